//! SQLite: one writer thread with group commit, a few reader threads.

mod copy;
mod lite;
mod open;
mod readers;
mod split;
mod text;
mod writer;

pub use copy::{CopyError, Inspected, Snapshot, adopt_copy};
pub(crate) use copy::{snapshot, sweep};
pub(crate) use lite::Lite;
pub(crate) use open::open;
pub(crate) use readers::read_loop;
pub(crate) use split::{Done, Split};
pub(crate) use writer::{Writer, write_loop};

use std::path::PathBuf;

use super::queue::QueueLimits;

/// How to open a SQLite store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// The database file; `None` keeps everything in memory, on one connection, run on the caller's own thread.
    pub path: Option<PathBuf>,
    /// Reader threads, each with its own connection.
    pub readers: usize,
    /// How long SQLite waits for a foreign lock before it says busy.
    pub busy_timeout_ms: u64,
    /// How long the writer goes on asking for the write lock before it gives the whole batch up.
    pub lock_patience_ms: u64,
    /// The limit of one write closure.
    pub write_limit_ms: u64,
    /// The limit of one read closure; a reader that holds on keeps the write-ahead log from shrinking.
    pub read_limit_ms: u64,
    /// A write closure slower than this is logged: everybody waits for it.
    pub slow_ms: u64,
    /// The write-ahead log is cut back to this size when it can be.
    pub wal_limit_bytes: u64,
    /// A cap on the file's pages (4 KiB each), beyond which writes fail as on a full disk.
    pub pages_max: Option<u32>,
    /// How many closures share a transaction at most. More than 256 gains nothing and makes the first in line wait
    /// (measured: 16, 64, 256, 1024).
    pub batch_max: usize,
    /// The bounds of the queues.
    pub queue: QueueLimits,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        SqliteOptions {
            path: None,
            readers: 4,
            busy_timeout_ms: 5_000,
            lock_patience_ms: 15_000,
            write_limit_ms: 5_000,
            read_limit_ms: 5_000,
            slow_ms: 250,
            wal_limit_bytes: 64 << 20,
            pages_max: None,
            batch_max: 256,
            queue: QueueLimits::default(),
        }
    }
}

impl SqliteOptions {
    /// Everything in memory: for tests, the simulator and demonstrations.
    pub fn memory() -> SqliteOptions {
        SqliteOptions::default()
    }

    /// A file with the default limits.
    pub fn file(path: impl Into<PathBuf>) -> SqliteOptions {
        SqliteOptions {
            path: Some(path.into()),
            ..SqliteOptions::default()
        }
    }
}
