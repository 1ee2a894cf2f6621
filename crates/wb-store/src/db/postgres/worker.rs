//! A connection thread: takes a closure, runs it in a transaction of its own, reruns it where that helps.

use std::sync::Arc;
use std::time::Duration;

use super::pg::Committed;
use super::{Connector, Pg, PostgresOptions};
use crate::db::error::{DbKind, Error};
use crate::db::job::{Fate, Job, Verdict, run_watched};
use crate::db::migrate;
use crate::db::queue::{Diet, Queue};
use crate::db::stats::Counters;
use crate::db::tx::{Conn, Tx};
use crate::db::watch::Watch;

const BACKOFF_FIRST: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// How often `min_writer` is looked at: an upgraded node elsewhere may have raised it.
const SCHEMA_LOOK: Duration = Duration::from_secs(5);

/// What a thread serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    Writes(Diet),
    Reads,
}

pub(crate) struct Worker {
    /// Counts from 0; spreads the pauses after conflicts, so that rivals do not meet again in step.
    pub(crate) index: u32,
    pub(crate) duty: Duty,
    pub(crate) connector: Connector,
    pub(crate) queue: Arc<Queue>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) options: PostgresOptions,
    /// The schema this binary knows.
    pub(crate) schema: i64,
}

/// A worker and its connection, when it has one.
struct Seat {
    worker: Worker,
    pg: Option<Pg>,
    schema_seen: Option<Watch>,
    backoff: Duration,
    failed: Option<(Watch, String)>,
}

enum Attempt {
    Done(Fate),
    Again(Error),
}

impl Attempt {
    fn after(error: Error) -> Attempt {
        if error.is_rerun() {
            Attempt::Again(error)
        } else {
            Attempt::Done(Fate::Overruled(error))
        }
    }
}

/// Serves the queue until it is closed and empty.
pub(crate) fn work_loop(worker: Worker) {
    let diet = match worker.duty {
        Duty::Writes(diet) => diet,
        Duty::Reads => Diet::Everything,
    };
    let queue = Arc::clone(&worker.queue);
    let mut seat = Seat {
        worker,
        pg: None,
        schema_seen: None,
        backoff: BACKOFF_FIRST,
        failed: None,
    };
    while let Some(jobs) = queue.take(1, diet) {
        jobs.into_iter().for_each(|job| seat.serve(job));
    }
}

impl Seat {
    fn serve(&mut self, mut job: Box<dyn Job>) {
        let mut reruns = 0;
        let fate = loop {
            match self.attempt(job.as_mut()) {
                Attempt::Done(fate) => break fate,
                Attempt::Again(error) if reruns >= self.worker.options.reruns_max => {
                    break Fate::Overruled(error);
                }
                Attempt::Again(error) => {
                    reruns += 1;
                    self.worker.counters.rerun(1);
                    tracing::debug!(%error, reruns, closure = job.name(), "a transaction is rerun");
                    std::thread::sleep(self.pause(reruns));
                }
            }
        };
        job.answer(fate);
    }

    /// None after the first conflict; then a few milliseconds more each time, different for each connection.
    fn pause(&self, reruns: u32) -> Duration {
        let step = 1 + self.worker.index % 8;
        Duration::from_millis(u64::from((reruns - 1) * step).min(50))
    }

    fn attempt(&mut self, job: &mut dyn Job) -> Attempt {
        let mut pg = match self.connection(job.watch()) {
            Ok(pg) => pg,
            Err(error) => return Attempt::Done(Fate::Overruled(error)),
        };
        let (attempt, fit) = self.transact(&mut pg, job);
        if fit && !pg.is_closed() {
            self.pg = Some(pg);
        }
        attempt
    }

    /// One run, and whether the connection is fit for another transaction afterwards.
    fn transact(&mut self, pg: &mut Pg, job: &mut dyn Job) -> (Attempt, bool) {
        if let Err(error) = self.begin(pg) {
            return (Attempt::after(error), pg.roll_back());
        }
        let read = self.worker.duty == Duty::Reads;
        let limit = Duration::from_millis(self.worker.options.statement_timeout_ms);
        let mut tx = Tx::new(Conn::Pg(pg), read, limit);
        match run_watched(job, &mut tx, self.worker.options.slow_ms) {
            Verdict::Commit if !read => self.commit(pg),
            Verdict::Failed(error) if error.is_rerun() => (Attempt::Again(error), pg.roll_back()),
            _ => (Attempt::Done(Fate::Stands), pg.roll_back()),
        }
    }

    fn begin(&mut self, pg: &mut Pg) -> Result<(), Error> {
        if self.worker.duty == Duty::Reads {
            // One snapshot for the whole read, as on SQLite.
            return pg.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        }
        if self
            .schema_seen
            .is_none_or(|seen| seen.elapsed() > SCHEMA_LOOK)
        {
            self.look_at_schema(pg)?;
        }
        pg.control("BEGIN")
    }

    fn look_at_schema(&mut self, pg: &mut Pg) -> Result<(), Error> {
        let min_writer = pg.min_writer()?;
        migrate::allowed(min_writer.as_deref(), self.worker.schema)
            .map_err(|e| Error::db(DbKind::Outdated, e.to_string()))?;
        self.schema_seen = Some(Watch::start());
        Ok(())
    }

    fn commit(&mut self, pg: &mut Pg) -> (Attempt, bool) {
        let watch = Watch::start();
        match pg.commit() {
            Committed::Yes => {
                self.worker.counters.committed(1, watch.elapsed_us());
                (Attempt::Done(Fate::Stands), true)
            }
            Committed::No(error) => (Attempt::after(error), pg.roll_back()),
            Committed::Perhaps => (Attempt::Done(Fate::Overruled(Error::Unknown)), false),
        }
    }

    /// The connection, or a new one. While the server is away a call waits within its patience, counted from when it
    /// was made, so that a long queue is answered in bounded time too.
    fn connection(&mut self, waiting: Watch) -> Result<Pg, Error> {
        if let Some(pg) = self.pg.take().filter(|pg| !pg.is_closed()) {
            return Ok(pg);
        }
        self.schema_seen = None;
        let patience = Duration::from_millis(self.worker.options.away_patience_ms);
        loop {
            let due_in = self.failed.as_ref().map_or(Duration::ZERO, |(at, _)| {
                self.backoff.saturating_sub(at.elapsed())
            });
            if due_in.is_zero() {
                match self.worker.connector.connect() {
                    Ok(pg) => {
                        self.backoff = BACKOFF_FIRST;
                        self.failed = None;
                        return Ok(pg);
                    }
                    Err(words) => self.note_failure(words),
                }
            }
            if waiting.elapsed() >= patience || self.worker.queue.is_closed() {
                let words = self.failed.as_ref().map_or("", |(_, words)| words.as_str());
                return Err(Error::db(DbKind::Unavailable, words));
            }
            std::thread::sleep(due_in.clamp(Duration::from_millis(10), BACKOFF_FIRST));
        }
    }

    fn note_failure(&mut self, words: String) {
        if let Some((_, before)) = &self.failed {
            self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
            tracing::debug!(error = %words, same = *before == words, "PostgreSQL is still not reachable");
        } else {
            tracing::warn!(error = %words, connection = self.worker.index, "PostgreSQL is not reachable");
        }
        self.failed = Some((Watch::start(), words));
    }
}
