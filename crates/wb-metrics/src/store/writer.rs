//! The thread that writes samples: it takes what is there, writes it in one transaction, and never
//! waits for more.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, RwLockReadGuard};

use rusqlite::Transaction;
use tokio::sync::oneshot;
use wb_ports::{AppendError, Appended, Sample};

use super::archive::slot;
use super::engine::Engine;
use super::error::StoreError;
use super::file;
use super::head::Point;
use super::index::{Index, Series, SeriesId};
use super::name::normalized;
use super::rules::Policy;
use super::upkeep::Signal;
use super::wal::{Record, Run};
use super::{lock, read_lock, write_lock};

/// A batch on its way.
pub(crate) struct Job {
    pub(crate) batch: Vec<Sample>,
    pub(crate) reply: oneshot::Sender<Result<Appended, AppendError>>,
}

/// The most that goes into one transaction.
const JOBS: usize = 256;
const SAMPLES: usize = 100_000;
/// After so many samples upkeep runs without waiting for its time.
const KICK_SAMPLES: usize = 500_000;

/// Writes until the queue is closed and empty.
pub(crate) fn run(
    engine: &Engine,
    jobs: &Receiver<Job>,
    queued: &std::sync::atomic::AtomicUsize,
    upkeep: &Signal,
) {
    while let Ok(first) = jobs.recv() {
        let mut samples = first.batch.len();
        let mut group = vec![first];
        while group.len() < JOBS && samples < SAMPLES {
            let Ok(job) = jobs.try_recv() else { break };
            samples += job.batch.len();
            group.push(job);
        }
        let (batches, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|job| (job.batch, job.reply)).unzip();
        let answers = match append_caught(engine, &batches) {
            Ok(done) => done.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error); replies.len()],
        };
        queued.fetch_sub(samples, Ordering::AcqRel);
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller that has gone away needs no answer.
            drop(reply.send(answer));
        }
        let figures = &engine.figures;
        let full = figures.head_points.load(Ordering::Relaxed) > engine.limits.head_points;
        if full || figures.since_upkeep.load(Ordering::Relaxed) > KICK_SAMPLES {
            upkeep.kick();
        }
    }
}

/// Stores batches; a panic is an answer like another, and the thread goes on.
fn append_caught(engine: &Engine, batches: &[Vec<Sample>]) -> Result<Vec<Appended>, AppendError> {
    let done = catch_unwind(AssertUnwindSafe(|| {
        engine.mend()?;
        engine.append(batches)
    }));
    let mut health = lock(&engine.health);
    let words = match done {
        Ok(Ok(done)) => {
            health.write = None;
            return Ok(done);
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "samples could not be stored: {error}");
            error.to_string()
        }
        Err(_) => {
            tracing::error!("storing samples panicked; the next ones are tried again");
            health.is_torn = true;
            "storing samples panicked; the log says where".to_owned()
        }
    };
    health.write = Some(words.clone());
    Err(AppendError::Store(words))
}

impl Engine {
    /// Stores batches, all or none; on return they can be read.
    pub(crate) fn append(&self, batches: &[Vec<Sample>]) -> Result<Vec<Appended>, StoreError> {
        let now_s = self.clock.now().as_secs();
        let mut file = lock(&self.file);
        let mut done = Vec::with_capacity(batches.len());
        let mut fresh = HashMap::new();
        let (seq, record) = self.commit(&mut file, |tx| {
            let mut placing = Placing::new(self, tx, now_s);
            for batch in batches {
                let mut appended = Appended::default();
                for sample in batch {
                    if placing.place(sample)? {
                        appended.stored += 1;
                    } else {
                        appended.refused += 1;
                    }
                }
                done.push(appended);
            }
            fresh = placing.fresh;
            Ok(Record::Samples(placing.runs))
        })?;
        if !fresh.is_empty() {
            let mut index = write_lock(&self.index);
            for series in fresh.values() {
                index.insert(series);
            }
        }
        self.apply(seq, &record, now_s);
        drop(file);
        self.count(&done, now_s);
        Ok(done)
    }

    fn count(&self, done: &[Appended], now_s: i64) {
        let stored: usize = done.iter().map(|appended| appended.stored).sum();
        let refused: usize = done.iter().map(|appended| appended.refused).sum();
        let figures = &self.figures;
        figures.appended.fetch_add(stored as u64, Ordering::Relaxed);
        figures.refused.fetch_add(refused as u64, Ordering::Relaxed);
        figures
            .batches
            .fetch_add(done.len() as u64, Ordering::Relaxed);
        figures.since_upkeep.fetch_add(stored, Ordering::Relaxed);
        if stored > 0 {
            figures.last_append_at_s.store(now_s, Ordering::Relaxed);
        }
    }
}

/// Finds the series and the step of each sample.
struct Placing<'a> {
    engine: &'a Engine,
    tx: &'a Transaction<'a>,
    index: RwLockReadGuard<'a, Index>,
    now_s: i64,
    /// Series that this transaction opens.
    fresh: HashMap<String, Arc<Series>>,
    runs: Vec<Run>,
}

impl<'a> Placing<'a> {
    fn new(engine: &'a Engine, tx: &'a Transaction<'a>, now_s: i64) -> Self {
        Self {
            engine,
            tx,
            index: read_lock(&engine.index),
            now_s,
            fresh: HashMap::new(),
            runs: Vec::new(),
        }
    }

    /// False: the sample is refused.
    fn place(&mut self, sample: &Sample) -> Result<bool, StoreError> {
        let age_s = self.now_s.saturating_sub(sample.at_s);
        if age_s < -self.engine.limits.future_s || !sample.value.is_finite() {
            return Ok(false);
        }
        if let Some(series) = self.index.get(&sample.series) {
            let policy = series.policy(&self.engine.rules);
            let step_s = step_for(policy, age_s);
            let id = series.id;
            return Ok(step_s.is_some_and(|step_s| self.keep(id, step_s, sample)));
        }
        let Some(name) = normalized(&sample.series, self.engine.limits.name_bytes_max) else {
            return Ok(false);
        };
        let known = self.index.get(&name).or_else(|| self.fresh.get(&name));
        let (known, step_s) = match known {
            Some(series) => (
                Some(series.id),
                step_for(series.policy(&self.engine.rules), age_s),
            ),
            None => (None, step_for(&self.engine.rules.policy(&name), age_s)),
        };
        let Some(step_s) = step_s else {
            return Ok(false);
        };
        let id = match known {
            Some(id) => id,
            None if self.index.len() + self.fresh.len() >= self.engine.limits.series_max => {
                return Ok(false);
            }
            None => self.open(name)?,
        };
        Ok(self.keep(id, step_s, sample))
    }

    fn open(&mut self, name: String) -> Result<SeriesId, StoreError> {
        let id = file::insert_series(self.tx, &name)?;
        self.fresh.insert(name.clone(), Series::new(id, &name));
        Ok(id)
    }

    fn keep(&mut self, series: SeriesId, step_s: i64, sample: &Sample) -> bool {
        let point = Point {
            at_s: slot(sample.at_s, step_s),
            value: sample.value,
        };
        match self.runs.last_mut() {
            Some(run) if run.series == series && run.step_s == step_s => run.points.push(point),
            _ => self.runs.push(Run {
                series,
                step_s,
                points: vec![point],
            }),
        }
        true
    }
}

fn step_for(policy: &Policy, age_s: i64) -> Option<i64> {
    policy
        .archives
        .for_sample(age_s)
        .map(|archive| archive.step_s)
}
