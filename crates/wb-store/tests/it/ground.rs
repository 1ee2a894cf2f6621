//! What the tests stand on: an open store on one of the engines, with tables to play with.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tempfile::TempDir;
use uuid::Uuid;
use wb_store::db::{Error, Lane, PostgresOptions, Sql, SqliteOptions, Store, Tx, sql, two};
use wb_store::params;
use wb_testkit::pg::{PgDb, database};

/// The lane most tests use.
pub(crate) const LANE: Lane = Lane::People;

const TABLES: [Sql; 2] = [
    two(
        "CREATE TABLE probe (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, flag INTEGER, note TEXT,
                             body BLOB, parent BLOB REFERENCES probe (id)) STRICT",
        "CREATE TABLE probe (id UUID NOT NULL PRIMARY KEY, version BIGINT NOT NULL, flag BOOLEAN,
                             note TEXT COLLATE \"C\", body BYTEA, parent UUID REFERENCES probe (id))",
    ),
    two(
        "CREATE TABLE small (n INTEGER NOT NULL, j TEXT) STRICT",
        "CREATE TABLE small (n SMALLINT NOT NULL, j JSONB)",
    ),
];

pub(crate) const INSERT: Sql = sql("INSERT INTO probe (id, version) VALUES ($1, $2)");
pub(crate) const COUNT: Sql = sql("SELECT count(*) FROM probe");

/// A store and where its data lies; the store goes first.
pub(crate) struct Ground {
    pub(crate) store: Store,
    pub(crate) home: Home,
    /// How many closures can run at once.
    writers: usize,
}

pub(crate) enum Home {
    Memory,
    Folder(TempDir),
    Postgres(PgDb),
}

/// How a test wants its store.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wish {
    pub(crate) limit_ms: Option<u64>,
    pub(crate) people_max: Option<usize>,
    /// One connection on PostgreSQL, where the order of closures matters.
    pub(crate) one_writer: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

impl Ground {
    pub(crate) fn new(kind: Kind, wish: Wish) -> Ground {
        Ground::bare(kind, wish).with_tables()
    }

    /// A store with one writer, opened by the test itself.
    pub(crate) fn on(store: Store, home: Home) -> Ground {
        Ground::on_existing(store, home).with_tables()
    }

    /// The same where the tables are there already.
    pub(crate) fn on_existing(store: Store, home: Home) -> Ground {
        Ground {
            store,
            home,
            writers: 1,
        }
    }

    fn with_tables(self) -> Ground {
        for table in TABLES {
            self.write(move |tx| tx.exec(&table, &[]).map(drop))
                .unwrap();
        }
        self
    }

    fn bare(kind: Kind, wish: Wish) -> Ground {
        match kind {
            Kind::Memory => Ground::open_sqlite(SqliteOptions::memory(), Home::Memory, wish),
            Kind::Sqlite => {
                let folder = TempDir::new().unwrap();
                let options = SqliteOptions::file(folder.path().join("watchbell.db"));
                Ground::open_sqlite(options, Home::Folder(folder), wish)
            }
            Kind::Postgres => Ground::open_postgres(database().unwrap(), wish),
        }
    }

    fn open_sqlite(mut options: SqliteOptions, home: Home, wish: Wish) -> Ground {
        if let Some(limit_ms) = wish.limit_ms {
            (options.read_limit_ms, options.write_limit_ms) = (limit_ms, limit_ms);
        }
        options.queue.people = wish.people_max.unwrap_or(options.queue.people);
        Ground {
            store: Store::open_sqlite(options).unwrap(),
            home,
            writers: 1,
        }
    }

    fn open_postgres(db: PgDb, wish: Wish) -> Ground {
        let mut options = PostgresOptions::url(db.url());
        options.statement_timeout_ms = wish.limit_ms.unwrap_or(options.statement_timeout_ms);
        options.queue.people = wish.people_max.unwrap_or(options.queue.people);
        options.connections = if wish.one_writer { 1 } else { 4 };
        options.readers = 2;
        let writers = options.connections;
        Ground {
            store: Store::open_postgres(options).unwrap(),
            home: Home::Postgres(db),
            writers,
        }
    }

    /// Closes the store and opens the same data again.
    pub(crate) fn reopened(self) -> Ground {
        drop(self.store);
        match self.home {
            Home::Memory => {
                Ground::open_sqlite(SqliteOptions::memory(), Home::Memory, Wish::default())
            }
            Home::Folder(folder) => {
                let options = SqliteOptions::file(folder.path().join("watchbell.db"));
                Ground::open_sqlite(options, Home::Folder(folder), Wish::default())
            }
            Home::Postgres(db) => Ground::open_postgres(db, Wish::default()),
        }
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.write_blocking(LANE, f)
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.read_blocking(f)
    }

    pub(crate) fn insert(&self, n: u8) {
        self.write(move |tx| tx.put(&INSERT, params![id(n), 0_i64], 1))
            .unwrap();
    }

    pub(crate) fn count(&self) -> i64 {
        self.read(|tx| tx.query_one(&COUNT, &[], |row| row.i64(0)))
            .unwrap()
    }

    /// Occupies every writer until the returned guard goes, so that what is written meanwhile piles up.
    pub(crate) fn hold(&self) -> Hold {
        let started = Arc::new(AtomicUsize::new(0));
        let mut gates = Vec::new();
        let mut threads = Vec::new();
        for _ in 0..self.writers {
            let (gate, wait): (Sender<()>, Receiver<()>) = channel();
            let (store, started, wait) =
                (self.store.clone(), Arc::clone(&started), Mutex::new(wait));
            threads.push(std::thread::spawn(move || {
                let held: Result<(), Error> = store.write_blocking(LANE, move |_| {
                    started.fetch_add(1, SeqCst);
                    // An error means that the gate was dropped, which opens it.
                    wait.lock().unwrap().recv().ok();
                    Ok(())
                });
                held.unwrap();
            }));
            gates.push(gate);
        }
        wait_until(|| started.load(SeqCst) == self.writers);
        Hold { gates, threads }
    }

    /// Starts a write from a thread of its own and waits until it stands in the queue behind a [`Hold`].
    pub(crate) fn queue<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        lane: Lane,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> JoinHandle<Result<T, E>> {
        let before = self.waiting();
        let store = self.store.clone();
        let thread = std::thread::spawn(move || store.write_blocking(lane, f));
        wait_until(|| self.waiting() > before);
        thread
    }

    fn waiting(&self) -> usize {
        let stats = self.store.stats();
        stats.waiting_people
            + stats.waiting_timers
            + stats.waiting_ingest
            + stats.waiting_maintenance
    }
}

/// Open gates let the writers go on.
pub(crate) struct Hold {
    gates: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Hold {
    pub(crate) fn release(self) {
        drop(self.gates);
        self.threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    }
}

pub(crate) fn wait_until(done: impl Fn() -> bool) {
    while !done() {
        std::thread::yield_now();
    }
}

pub(crate) fn id(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}
