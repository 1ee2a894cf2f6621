//! Writes that wait until they are told to go on: what the simulator and the tests of crashes hold in their hands.
//!
//! [`Store::stepped`](super::Store::stepped) gives a node's own handle on an in-memory database. A write through it does
//! nothing before it is stepped: its closure runs ([`Steps::load`]), later what it wrote is saved ([`Steps::save`]), and
//! only then its caller hears of it. Between the two, writes of other nodes may be saved, so nodes interleave as on
//! PostgreSQL. A step may also fail, with or without having been saved, or never come, as for a process that is killed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::{DbKind, Error};
use super::job::{Fate, Job, Verdict};
use super::sqlite::{Done, Writer};

/// The waiting writes of one handle.
#[derive(Clone)]
pub struct Steps(Arc<Held>);

pub(crate) struct Held {
    memory: Arc<Mutex<Writer>>,
    jobs: Mutex<Vec<Waiting>>,
    is_down: AtomicBool,
}

struct Waiting {
    job: Box<dyn Job>,
    /// What its closure did, once it ran.
    done: Option<Vec<Done>>,
}

/// What became of a write that was to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is committed.
    Yes,
    /// What it had seen has changed since, so its closure has to run once more.
    Stale,
    /// There was nothing to save: it was not loaded, or is gone.
    Nothing,
}

impl Held {
    pub(crate) fn new(memory: Arc<Mutex<Writer>>) -> Arc<Self> {
        Arc::new(Self {
            memory,
            jobs: Mutex::default(),
            is_down: AtomicBool::new(false),
        })
    }

    pub(crate) fn push(&self, job: Box<dyn Job>) {
        self.lock().push(Waiting { job, done: None });
    }

    /// Fails while the database is out of reach.
    pub(crate) fn reach(&self) -> Result<(), Error> {
        if self.is_down.load(Ordering::Relaxed) {
            return Err(out_of_reach());
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Steps {
    pub(crate) fn new(held: Arc<Held>) -> Self {
        Self(held)
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.0.lock().len()
    }

    /// Whether the closure of this write ran, so that it can be saved.
    pub fn is_loaded(&self, at: usize) -> bool {
        self.0.lock().get(at).is_some_and(|one| one.done.is_some())
    }

    /// Runs a write's closure and keeps what it wrote aside. One that is refused, or fails, is answered at once:
    /// there is nothing to save.
    pub fn load(&self, at: usize) {
        let mut jobs = self.0.lock();
        let Some(waiting) = jobs.get_mut(at) else {
            return;
        };
        let (verdict, done) = self.0.writer().load(waiting.job.as_mut());
        if verdict == Verdict::Commit {
            waiting.done = Some(done);
            return;
        }
        let ended = jobs.remove(at);
        drop(jobs);
        ended.job.answer(Fate::Stands);
    }

    /// Saves what a write's closure did and answers its caller.
    pub fn save(&self, at: usize) -> Saved {
        self.save_with(at, Fate::Stands)
    }

    /// Saves what a write's closure did, but its caller only hears that the connection was lost.
    pub fn save_without_answer(&self, at: usize) -> Saved {
        self.save_with(at, Fate::Overruled(Error::Unknown))
    }

    /// The write fails without having been saved.
    pub fn fail(&self, at: usize) {
        let mut jobs = self.0.lock();
        if at < jobs.len() {
            let failed = jobs.remove(at);
            drop(jobs);
            failed.job.answer(Fate::Overruled(out_of_reach()));
        }
    }

    /// The process is gone: nothing that waits is ever saved or answered.
    pub fn forget(&self) {
        let gone = std::mem::take(&mut *self.0.lock());
        drop(gone);
    }

    /// Whether the database can be reached through this handle; while it cannot, all that waits fails.
    pub fn set_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::Relaxed);
        if is_down {
            let failed = std::mem::take(&mut *self.0.lock());
            for waiting in failed {
                waiting.job.answer(Fate::Overruled(out_of_reach()));
            }
        }
    }

    fn save_with(&self, at: usize, fate: Fate) -> Saved {
        let mut jobs = self.0.lock();
        let Some(done) = jobs.get_mut(at).and_then(|waiting| waiting.done.take()) else {
            return Saved::Nothing;
        };
        if !self.0.writer().save(&done) {
            return Saved::Stale;
        }
        let saved = jobs.remove(at);
        drop(jobs);
        saved.job.answer(fate);
        Saved::Yes
    }
}

fn out_of_reach() -> Error {
    Error::db(DbKind::Unavailable, "the database is out of reach")
}
