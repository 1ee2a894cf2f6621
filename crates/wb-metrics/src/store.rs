//! The store: series, heads, the write-ahead table, chunks and archives, in one SQLite file.
//!
//! # How points are kept
//!
//! A sample belongs to one step of one archive of its series. Its point is in up to
//! three places: the **head** (memory: the open points of one series and step), the **write-ahead
//! table** (`wal`: one row for each transaction, a compact list of points) and a **chunk** (`chunk`:
//! up to 256 points compressed). A commit writes the row, then brings it into the heads, then
//! answers. **Upkeep** rolls finished steps up into the next coarser archive, seals heads into
//! chunks, drops what is over, and cuts the write-ahead table.
//!
//! # What always holds, also after kill -9 at any moment
//!
//! 1. *What was answered is in the file.* An acknowledged point is in a row of `wal` or in a chunk
//!    (or a newer value of its step is).
//! 2. *Heads are the rows, replayed.* Commit and replay bring rows in by the same code, oldest
//!    first, so a later row wins. Rows are only ever taken out oldest first; what goes is sealed,
//!    or written again in a later row (an image of the head) before.
//! 3. *Heads are newer than chunks.* Where both have a point, the head's counts. A point leaves its
//!    head only if it still has the value that was sealed.
//! 4. *A seal and its notice are one transaction.* The notice names the last row that was in the
//!    head when all of it was copied, so that replay does not bring sealed points back. Points that
//!    do come back (a head sealed in parts) do no harm: they are sealed once more, with the same
//!    values.
//! 5. *Chunks of one series and step never overlap* and are written by upkeep alone, one run at a
//!    time.
//! 6. *A coarser step waits until its row says it was rolled.* Each sample marks the step of the
//!    next archive; the row of the rolled values clears the mark, also where too few points are
//!    known. Rolling holds the file, so no sample comes between reading and writing. Points are
//!    kept one coarser step longer than they can be written, so a late sample always finds its
//!    whole step.
//! 7. *Numbers of series are never used again*, so an old row cannot speak of another series.
//!
//! `synchronous=NORMAL`: a killed process loses nothing; power failure may lose the last commits.

mod archive;
mod carbon;
mod checkpoint;
mod chunk;
mod engine;
mod error;
mod file;
mod glob;
mod head;
mod index;
mod limits;
mod name;
mod read;
mod retention;
mod rollup;
mod rules;
mod seal;
mod tree;
mod upkeep;
mod wal;
mod writer;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{
    Arc, LockResult, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::thread::JoinHandle;

use async_trait::async_trait;
use tokio::sync::oneshot;
use wb_ports::{
    AppendError, Appended, Clock, MetricSource, Node, Points, Sample, SampleSink, SourceError,
};

pub use archive::{Archive, ArchiveError, Archives};
pub use error::{OpenError, StoreError};
pub use limits::{Limits, MaintenanceReport, StoreStats};
pub use rules::{AggregationRule, Rules, RulesError, SchemaRule};

use engine::Engine;
use upkeep::Signal;
use writer::Job;

/// The metric store. Share it in an [`Arc`]; dropping it closes it.
pub struct MetricStore {
    engine: Arc<Engine>,
    /// `None` once closed.
    jobs: Mutex<Option<Sender<Job>>>,
    /// Samples waiting to be written.
    queued: Arc<AtomicUsize>,
    upkeep: Arc<Signal>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for MetricStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricStore").finish_non_exhaustive()
    }
}

impl MetricStore {
    /// Opens the file, or makes it, and starts the threads that write and keep it.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(
        path: &Path,
        rules: Rules,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let timed = limits.upkeep_every_ms > 0;
        let store = Self {
            engine: Arc::new(Engine::open(path, rules, limits, clock)?),
            jobs: Mutex::new(None),
            queued: Arc::default(),
            upkeep: Arc::default(),
            threads: Mutex::default(),
        };
        let (sender, receiver) = channel();
        let (engine, queued) = (Arc::clone(&store.engine), Arc::clone(&store.queued));
        let signal = Arc::clone(&store.upkeep);
        store.start("metric-writer", move || {
            again_after_panic("writer", || {
                writer::run(&engine, &receiver, &queued, &signal);
            });
        })?;
        *lock(&store.jobs) = Some(sender);
        if timed {
            let (engine, signal) = (Arc::clone(&store.engine), Arc::clone(&store.upkeep));
            store.start("metric-upkeep", move || {
                again_after_panic("upkeep", || upkeep::run(&engine, &signal));
            })?;
        }
        Ok(store)
    }

    fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(work);
        let thread = thread.map_err(|error| OpenError::Thread(error.to_string()))?;
        lock(&self.threads).push(thread);
        Ok(())
    }

    /// Does all upkeep that is due at `now_s`, in slices that hold up nobody for long: rolls up,
    /// seals, drops what is over, cuts the write-ahead table. The store's own thread calls it (see
    /// [`Limits::upkeep_every_ms`]); called again at the same time it finds nothing to do. Blocks.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the next run goes on where this one stopped.
    pub fn maintain(&self, now_s: i64) -> Result<MaintenanceReport, StoreError> {
        self.engine.mend()?;
        self.engine.maintain(now_s, now_s)
    }

    /// What keeps samples from being stored or kept, if something does, in words.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let is_gone = lock(&self.threads).iter().any(JoinHandle::is_finished);
        if is_gone && !self.engine.closing() {
            return Some(
                "a thread of the metric store has ended; start the server anew".to_owned(),
            );
        }
        let health = lock(&self.engine.health);
        health.write.clone().or_else(|| health.upkeep.clone())
    }

    /// Figures as they are now.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        self.engine.stats()
    }

    /// Writes what is queued, then ends the threads; blocks until they have ended. Samples are
    /// answered [`AppendError::Closed`] from now on; reads still work.
    pub fn close(&self) {
        drop(lock(&self.jobs).take());
        self.engine.closing.store(true, Ordering::Release);
        self.upkeep.end();
        let threads = std::mem::take(&mut *lock(&self.threads));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the metric store had panicked");
            }
        }
        self.engine.readers.close();
    }

    /// Puts a batch into the queue.
    fn enqueue(&self, job: Job) -> Result<(), AppendError> {
        let limits = &self.engine.limits;
        let open = self.engine.figures.head_points.load(Ordering::Relaxed);
        if open > limits.head_points.saturating_mul(4) {
            self.upkeep.kick();
            return Err(AppendError::Full);
        }
        let jobs = lock(&self.jobs);
        let sender = jobs.as_ref().ok_or(AppendError::Closed)?;
        let samples = job.batch.len();
        let before = self.queued.fetch_add(samples, Ordering::AcqRel);
        // A batch larger than the queue is taken when nothing else waits.
        let taken = if before > 0 && before + samples > limits.queue_samples {
            Err(AppendError::Full)
        } else {
            sender.send(job).map_err(|_| AppendError::Closed)
        };
        if taken.is_err() {
            self.queued.fetch_sub(samples, Ordering::AcqRel);
        }
        taken
    }
}

impl Drop for MetricStore {
    fn drop(&mut self) {
        self.close();
    }
}

#[async_trait]
impl SampleSink for MetricStore {
    async fn append(&self, batch: Vec<Sample>) -> Result<Appended, AppendError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job { batch, reply })?;
        let lost = || AppendError::Store("the batch was lost in a panic".to_owned());
        answer.await.unwrap_or_else(|_| Err(lost()))
    }
}

impl MetricSource for MetricStore {
    fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError> {
        self.engine.find(pattern)
    }

    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        self.engine.fetch(pattern, from_s, until_s, now_s)
    }

    fn last_heard_s(&self) -> Option<i64> {
        self.stats().last_append_at_s
    }

    fn trouble(&self) -> Option<String> {
        Self::trouble(self)
    }
}

/// Runs a thread's work to its end, also when it panics on the way.
fn again_after_panic(name: &str, work: impl Fn()) {
    while catch_unwind(AssertUnwindSafe(&work)).is_err() {
        tracing::error!("the {name} of the metric store panicked; it goes on");
    }
}

/// A lock that a panic left behind is still good: every change under one is whole.
fn whole<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    whole(mutex.lock())
}

fn read_lock<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    whole(lock.read())
}

fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    whole(lock.write())
}
