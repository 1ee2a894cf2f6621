//! The one writer: everything waiting goes into one transaction, each closure in its own savepoint, one fsync for all.

use std::sync::Arc;
use std::time::Duration;

use super::split::{Done, Split, redo};
use super::{Lite, SqliteOptions};
use crate::db::error::{DbKind, Error};
use crate::db::job::{Fate, Job, Verdict, run_watched};
use crate::db::queue::{Diet, Queue};
use crate::db::stats::Counters;
use crate::db::tx::{Conn, Tx};
use crate::db::watch::Watch;

type BoxJob = Box<dyn Job>;

pub(crate) struct Writer {
    db: Lite,
    counters: Arc<Counters>,
    limit: Duration,
    lock_patience: Duration,
    slow_ms: u64,
    batch_max: usize,
}

/// What became of a batch before its COMMIT.
enum Batch {
    /// Still one transaction, to be committed, with what each closure comes to.
    Whole,
    /// SQLite rolled the whole transaction back (disk full and the like), so no earlier closure counts.
    Lost,
}

/// Serves the queue until it is closed and empty. Never waits for company: what is there is the batch.
pub(crate) fn write_loop(mut writer: Writer, queue: &Queue) {
    while let Some(jobs) = queue.take(writer.batch_max, Diet::Everything) {
        writer.run(jobs);
    }
}

impl Writer {
    pub(crate) fn new(db: Lite, counters: Arc<Counters>, options: &SqliteOptions) -> Writer {
        Writer {
            db,
            counters,
            limit: Duration::from_millis(options.write_limit_ms),
            lock_patience: Duration::from_millis(options.lock_patience_ms),
            slow_ms: options.slow_ms,
            batch_max: options.batch_max.max(1),
        }
    }

    /// Runs and answers a batch.
    pub(crate) fn run(&mut self, mut jobs: Vec<BoxJob>) {
        if jobs.len() <= 1 {
            return jobs.into_iter().for_each(|job| self.run_alone(job));
        }
        if let Err(error) = self.begin() {
            return answer_all(jobs, &Fate::Overruled(error));
        }
        let mut verdicts = Vec::with_capacity(jobs.len());
        let outcome = match self.run_in_savepoints(&mut jobs, &mut verdicts) {
            Batch::Whole => self.commit(jobs.len()),
            Batch::Lost => Err(Error::db(DbKind::Other, "the batch was rolled back")),
        };
        match outcome {
            Ok(()) => answer_all(jobs, &Fate::Stands),
            Err(error) => {
                tracing::warn!(%error, closures = jobs.len(), "a batch was lost; each closure is rerun alone");
                self.rerun_each(jobs, verdicts);
            }
        }
    }

    /// For a read on the writer's own connection (in memory).
    pub(crate) fn read(&mut self, mut job: BoxJob) {
        if let Err(error) = self.db.control("BEGIN") {
            return job.answer(Fate::Overruled(error));
        }
        self.step(job.as_mut(), true);
        self.roll_back();
        job.answer(Fate::Stands);
    }

    /// Runs a closure and takes back what it did; says what that was. In memory, for the simulator.
    pub(crate) fn load(&mut self, job: &mut dyn Job) -> (Verdict, Vec<Done>) {
        if let Err(error) = self.begin() {
            return (Verdict::Failed(error), Vec::new());
        }
        self.db.arm(self.limit);
        let mut done = Vec::new();
        let split = Split::new(&mut self.db, &mut done);
        let mut tx = Tx::new(Conn::Split(split), false, self.limit);
        let verdict = run_watched(job, &mut tx, self.slow_ms);
        self.db.disarm();
        self.roll_back();
        (verdict, done)
    }

    /// Makes what a closure did, unless it would not do the same any more; says whether it is committed.
    pub(crate) fn save(&mut self, done: &[Done]) -> bool {
        let is_saved =
            self.begin().is_ok() && redo(&mut self.db, done) == Ok(true) && self.commit(1).is_ok();
        self.roll_back();
        is_saved
    }

    fn run_in_savepoints(&mut self, jobs: &mut [BoxJob], verdicts: &mut Vec<Verdict>) -> Batch {
        for job in jobs {
            if self.db.control("SAVEPOINT closure").is_err() {
                return Batch::Lost;
            }
            let verdict = self.step(job.as_mut(), false);
            let kept = verdict == Verdict::Commit;
            verdicts.push(verdict);
            // FULL, IOERR, NOMEM and an interrupted write roll back everything, the neighbours' work included.
            if !self.db.in_transaction() {
                return Batch::Lost;
            }
            if !kept && self.db.control("ROLLBACK TO closure").is_err() {
                return Batch::Lost;
            }
            if self.db.control("RELEASE closure").is_err() {
                return Batch::Lost;
            }
        }
        Batch::Whole
    }

    /// Runs the closures of a lost batch one by one. One that ran over its limit or panicked is not asked again: it
    /// would only do the same to everybody a second time.
    fn rerun_each(&mut self, jobs: Vec<BoxJob>, verdicts: Vec<Verdict>) {
        self.roll_back();
        self.counters.rerun(jobs.len());
        let known = verdicts
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat(None));
        for (job, verdict) in jobs.into_iter().zip(known) {
            match verdict {
                Some(Verdict::Failed(Error::Timeout | Error::Panic(_))) => job.answer(Fate::Stands),
                _ => self.run_alone(job),
            }
        }
    }

    fn run_alone(&mut self, mut job: BoxJob) {
        if let Err(error) = self.begin() {
            return job.answer(Fate::Overruled(error));
        }
        let fate = match self.step(job.as_mut(), false) {
            Verdict::Commit => match self.commit(1) {
                Ok(()) => Fate::Stands,
                Err(error) => Fate::Overruled(error),
            },
            Verdict::Refused | Verdict::Failed(_) => Fate::Stands,
        };
        self.roll_back();
        job.answer(fate);
    }

    /// Runs one closure under its time limit.
    fn step(&mut self, job: &mut dyn Job, read_only: bool) -> Verdict {
        self.db.arm(self.limit);
        let mut tx = Tx::new(Conn::Lite(&mut self.db), read_only, self.limit);
        let verdict = run_watched(job, &mut tx, self.slow_ms);
        self.db.disarm();
        verdict
    }

    /// Takes the write lock; a foreign writer past the busy timeout is waited for again, within our patience.
    fn begin(&mut self) -> Result<(), Error> {
        let watch = Watch::start();
        loop {
            match self.db.control("BEGIN IMMEDIATE") {
                Err(error)
                    if error.kind() == Some(DbKind::Busy)
                        && watch.elapsed() < self.lock_patience =>
                {
                    tracing::warn!(
                        waited_ms = watch.elapsed_us() / 1_000,
                        "another process holds the write lock"
                    );
                }
                other => return other,
            }
        }
    }

    fn commit(&mut self, closures: usize) -> Result<(), Error> {
        let watch = Watch::start();
        self.db.control("COMMIT")?;
        self.counters.committed(closures, watch.elapsed_us());
        Ok(())
    }

    /// Leaves no transaction open, whatever happened.
    fn roll_back(&mut self) {
        if self.db.in_transaction()
            && let Err(error) = self.db.control("ROLLBACK")
        {
            tracing::error!(%error, "a rollback failed");
        }
    }
}

fn answer_all(jobs: Vec<BoxJob>, fate: &Fate) {
    for job in jobs {
        job.answer(fate.clone());
    }
}
