//! The store: queues in front, threads behind.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::error::{DbKind, Error, OpenError};
use super::job::{Job, Reply, Task};
use super::postgres::{Connector, Duty, PostgresOptions, Worker, prepare, work_loop};
use super::queue::{Diet, Lane, Queue, QueueLimits, Refusal};
use super::sqlite::{
    Snapshot, SqliteOptions, Writer, open, read_loop, snapshot, sweep, write_loop,
};
use super::stats::{Counters, Stats};
use super::steps::{Held, Steps};
use super::{Engine, Tx, migrate};

/// The database, on either engine. Cheap to clone; the last clone to go closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    schema: i64,
    /// In memory there are no threads: the caller's own runs the closure, which keeps the simulator deterministic.
    memory: Option<Arc<Mutex<Writer>>>,
    /// In the simulator writes wait here.
    held: Option<Arc<Held>>,
    file: Option<PathBuf>,
    /// Whether a copy of the file is being made.
    copying: Arc<AtomicBool>,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    counters: Arc<Counters>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens or makes a SQLite database and brings its schema up to date. An existing file with an older schema is
    /// copied beside itself first (`<name>.schema<version>`).
    pub fn open_sqlite(options: SqliteOptions) -> Result<Store, OpenError> {
        let counters = Arc::new(Counters::default());
        let opened = open(&options, migrate::sqlite_runner(), Arc::clone(&counters))?;
        let mut inner = Inner::new(Engine::Sqlite, opened.schema, counters, &options.queue);
        let Some(path) = options.path.clone() else {
            inner.memory = Some(Arc::new(Mutex::new(opened.writer)));
            return Ok(Store(Arc::new(inner)));
        };
        if let Err(error) = sweep(&path) {
            tracing::warn!(%error, "a left-over copy could not be removed: {error}");
        }
        inner.file = Some(path);
        let (writer, queue) = (opened.writer, Arc::clone(&inner.writes));
        inner.spawn("wb-writer", move || write_loop(writer, &queue))?;
        for (i, reader) in opened.readers.into_iter().enumerate() {
            let queue = Arc::clone(&inner.reads);
            let (limit, slow_ms) = (
                Duration::from_millis(options.read_limit_ms),
                options.slow_ms,
            );
            inner.spawn(&format!("wb-reader-{i}"), move || {
                read_loop(reader, &queue, limit, slow_ms)
            })?;
        }
        Ok(Store(Arc::new(inner)))
    }

    /// Connects to a PostgreSQL database and brings its schema up to date, one node at a time. Blocks; works from any
    /// thread.
    pub fn open_postgres(options: PostgresOptions) -> Result<Store, OpenError> {
        let connector = Connector::new(&options)?;
        // The synchronous client panics on an async runtime's thread, so the first connection has its own too.
        let first = connector.clone();
        let schema = std::thread::Builder::new()
            .name("wb-migrate".to_owned())
            .spawn(move || prepare(&first, migrate::postgres_runner()))
            .map_err(|e| OpenError::Thread(e.to_string()))?
            .join()
            .map_err(|_| OpenError::Migrate("the migration thread panicked".to_owned()))??;
        let inner = Inner::new(
            Engine::Postgres,
            schema,
            Arc::new(Counters::default()),
            &options.queue,
        );
        for (index, duty) in duties(&options).enumerate() {
            let worker = Worker {
                index: u32::try_from(index).unwrap_or(0),
                duty,
                connector: connector.clone(),
                queue: Arc::clone(if duty == Duty::Reads {
                    &inner.reads
                } else {
                    &inner.writes
                }),
                counters: Arc::clone(&inner.counters),
                options: options.clone(),
                schema,
            };
            inner.spawn(&format!("wb-pg-{index}"), move || work_loop(worker))?;
        }
        Ok(Store(Arc::new(inner)))
    }

    /// A further handle on the same in-memory database, as of a node of its own, whose writes wait until they are
    /// stepped. With `as_many` it says of itself that it is PostgreSQL, so that its node behaves as one of many. For the
    /// simulator: [`Store::write_blocking`] on it would wait for ever.
    ///
    /// # Errors
    /// [`DbKind::Unsupported`] for a database that is not in memory.
    pub fn stepped(&self, as_many: bool) -> Result<(Store, Steps), Error> {
        let Some(memory) = &self.0.memory else {
            return Err(Error::db(
                DbKind::Unsupported,
                "only a database in memory can be stepped",
            ));
        };
        let counters = Arc::new(Counters::default());
        let limits = QueueLimits::default();
        let engine = if as_many {
            Engine::Postgres
        } else {
            self.0.engine
        };
        let mut inner = Inner::new(engine, self.0.schema, counters, &limits);
        let held = Held::new(Arc::clone(memory));
        inner.memory = Some(Arc::clone(memory));
        inner.held = Some(Arc::clone(&held));
        Ok((Store(Arc::new(inner)), Steps::new(held)))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The newest schema version this binary knows, which the database now has (or more).
    pub fn schema_version(&self) -> i64 {
        self.0.schema
    }

    /// Runs a closure in a transaction and commits it if it returns `Ok`. The answer comes after the commit.
    ///
    /// `E` is the use case's own error. A closure written on the spot with nothing but `?` inside must name it once:
    /// `Ok::<_, Error>(value)`.
    pub async fn write<T, E, F>(&self, lane: Lane, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit_write(lane, Box::new(Task::new(f, Reply::Task(reply))))?;
        answer
            .await
            .unwrap_or_else(|_| Err(E::from(Error::Unknown)))
    }

    /// Runs a closure over one snapshot; it cannot write.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit_read(Box::new(Task::new(f, Reply::Task(reply))))?;
        answer
            .await
            .unwrap_or_else(|_| Err(E::from(Error::Unknown)))
    }

    /// [`Store::write`] for plain threads.
    pub fn write_blocking<T, E, F>(&self, lane: Lane, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.submit_write(lane, Box::new(Task::new(f, Reply::Thread(reply))))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(E::from(Error::Unknown)))
    }

    /// [`Store::read`] for plain threads.
    pub fn read_blocking<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.submit_read(Box::new(Task::new(f, Reply::Thread(reply))))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(E::from(Error::Unknown)))
    }

    /// The counters as they are now.
    pub fn stats(&self) -> Stats {
        let [
            waiting_people,
            waiting_timers,
            waiting_ingest,
            waiting_maintenance,
        ] = self.0.writes.depths();
        let waiting_reads = self.0.reads.depths()[0];
        let mut stats = Stats {
            waiting_people,
            waiting_timers,
            waiting_ingest,
            waiting_maintenance,
            waiting_reads,
            ..Stats::default()
        };
        self.0.counters.fill(&mut stats);
        stats
    }

    /// Copies a SQLite database as it is now while everything goes on, one copy at a time. `rows`
    /// are set in the copy's table `meta`, and only there. Blocks for as long as the disk needs: call
    /// it from a plain thread.
    ///
    /// # Errors
    /// [`DbKind::Busy`] while another copy is made, [`DbKind::Unsupported`] where there is no file,
    /// [`DbKind::DiskFull`] when there is no room for it; and what the database says.
    pub fn snapshot(&self, rows: &[(String, String)]) -> Result<Snapshot, Error> {
        match (&self.0.file, self.0.engine) {
            (Some(file), _) => snapshot(file, rows, &self.0.copying),
            (None, Engine::Postgres) => Err(Error::db(
                DbKind::Unsupported,
                "back up PostgreSQL with pg_dump or its own base backups",
            )),
            (None, Engine::Sqlite) => Err(Error::db(
                DbKind::Unsupported,
                "an in-memory database has no file to copy",
            )),
        }
    }

    /// Takes nothing more in, serves what waits, ends the threads and closes the files. Later calls get
    /// [`Error::Closed`].
    pub fn close(&self) {
        self.0.close();
    }

    fn submit_write(&self, lane: Lane, job: Box<dyn Job>) -> Result<(), Error> {
        let Some(memory) = &self.0.memory else {
            return self
                .0
                .writes
                .push(lane, job)
                .map_err(|refusal| self.refused(refusal, &self.0.writes));
        };
        self.memory_open()?;
        if let Some(held) = &self.0.held {
            held.push(job);
            return Ok(());
        }
        memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .run(vec![job]);
        Ok(())
    }

    fn submit_read(&self, job: Box<dyn Job>) -> Result<(), Error> {
        let Some(memory) = &self.0.memory else {
            return self
                .0
                .reads
                .push(Lane::People, job)
                .map_err(|refusal| self.refused(refusal, &self.0.reads));
        };
        self.memory_open()?;
        memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(job);
        Ok(())
    }

    fn memory_open(&self) -> Result<(), Error> {
        if self.0.writes.is_closed() {
            return Err(Error::Closed);
        }
        self.0.held.as_ref().map_or(Ok(()), |held| held.reach())
    }

    fn refused(&self, refusal: Refusal, queue: &Queue) -> Error {
        if refusal == Refusal::Closed {
            return Error::Closed;
        }
        self.0.counters.full.fetch_add(1, Relaxed);
        Error::Full {
            retry_after_ms: self.retry_after_ms(queue),
        }
    }

    /// About as long as the line before us takes at the present pace.
    fn retry_after_ms(&self, queue: &Queue) -> u64 {
        let waiting: usize = queue.depths().iter().sum();
        let batch = self.0.counters.last_batch.load(Relaxed).max(1);
        let commit_us = self.0.counters.last_commit_us.load(Relaxed);
        (waiting as u64 / batch * commit_us / 1_000).clamp(100, 10_000)
    }
}

/// The connections of a store: with two or more for writes, the first is kept for people and timers.
fn duties(options: &PostgresOptions) -> impl Iterator<Item = Duty> {
    let (writers, readers) = (options.connections.max(1), options.readers.max(1));
    let diet = move |i| {
        if i == 0 && writers > 1 {
            Diet::Urgent
        } else {
            Diet::Everything
        }
    };
    (0..writers)
        .map(move |i| Duty::Writes(diet(i)))
        .chain((0..readers).map(|_| Duty::Reads))
}

impl Inner {
    fn new(engine: Engine, schema: i64, counters: Arc<Counters>, limits: &QueueLimits) -> Inner {
        let mut read_limits = limits.clone();
        read_limits.people = limits.reads;
        Inner {
            engine,
            schema,
            memory: None,
            held: None,
            file: None,
            copying: Arc::default(),
            writes: Arc::new(Queue::new(limits.clone())),
            reads: Arc::new(Queue::new(read_limits)),
            counters,
            threads: Mutex::default(),
        }
    }

    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        let thread = thread.map_err(|e| OpenError::Thread(e.to_string()))?;
        self.threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(())
    }

    fn close(&self) {
        self.writes.close();
        self.reads.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // The last clone may go inside a closure, that is on one of these very threads.
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("a store thread panicked");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
