//! The bottom of the store: the only place that knows there are two engines.
//!
//! **Use cases are synchronous functions over a transaction.** `fn acknowledge(tx: &mut Tx<'_>, ...) -> Result<T, E>`
//! loads, decides and saves; [`Store::write`] runs it, [`Store::read`] runs what only looks. The error type is the use
//! case's own, with `From<Error>`.
//!
//! Closures are `Fn`: they may run more than once (a version conflict, a deadlock, a connection lost before COMMIT, a
//! lost batch), so they have no side effects; replies, pokes and cache changes come after the answer. Whether a closure
//! is rerun is decided by the first error the [`Tx`] itself gave, whatever the closure made of it. They have a time
//! limit, and nothing heavy belongs inside: on SQLite everybody else waits.
//!
//! * **SQLite**: one writer thread drains what is there, up to 256 closures, into one transaction, each in its own
//!   savepoint: *every* write gets group commit without waiting for it. An error or panic rolls back its savepoint
//!   only; where SQLite rolls back everything (disk full) each closure is rerun alone.
//! * **PostgreSQL**: a few connection threads, one transaction per closure, READ COMMITTED; so every save is
//!   version-checked ([`Tx::put`]) and the store reruns conflicts, bounded. No batching over the shared queue: it
//!   deadlocks.
//!
//! A call whose future is dropped still runs.
//!
//! Dialect, in short: `$1` placeholders; two texts ([`two`]) where dialects differ; casts only in a PostgreSQL text;
//! name the columns, never `*`; say `NULLS FIRST` or `NULLS LAST` in every ORDER BY over a nullable column; what is
//! hashed is bytes, never JSONB; SQL never reads the clock.

mod error;
mod inspect;
mod job;
mod migrate;
mod postgres;
mod queue;
mod sql;
mod sqlite;
mod stats;
mod steps;
mod store;
mod tx;
mod watch;

pub use error::{DbKind, Error, OpenError};
pub use inspect::{
    Inspection, PostgresInspection, damage_sqlite, inspect_postgres, inspect_sqlite,
};
pub use postgres::PostgresOptions;
pub use queue::{Lane, QueueLimits};
pub use sql::{P, SetSql, Sql, Value, id_list, set, sql, two};
pub use sqlite::{CopyError, Inspected, Snapshot, SqliteOptions, adopt_copy};
pub use stats::Stats;
pub use steps::{Saved, Steps};
pub use store::Store;
pub use tx::{Row, Tx};

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded; one process.
    Sqlite,
    /// PostgreSQL 15 or newer; many nodes.
    Postgres,
}
