//! PostgreSQL: a few connection threads, one transaction per closure, reruns where PostgreSQL asks for them.

mod connect;
mod pg;
mod worker;

pub(crate) use connect::{Connector, check, prepare};
pub(crate) use pg::{Pg, chain};
pub(crate) use worker::{Duty, Worker, work_loop};

use std::path::PathBuf;

use super::queue::QueueLimits;

/// How to open a PostgreSQL store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:5432/database?sslmode=require`. With `sslmode=require`, `verify-ca` or
    /// `verify-full` the server's certificate and name are verified; `disable` goes plain; without a mode TLS is
    /// used if the server offers it.
    pub url: String,
    /// Certificate authorities in PEM to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// Connections for writes; one of them serves people and timers only, so ingest cannot hold them all.
    pub connections: usize,
    /// Connections for reads.
    pub readers: usize,
    /// The limit of one attempt to connect.
    pub connect_timeout_ms: u64,
    /// The limit of one statement, and of one closure.
    pub statement_timeout_ms: u64,
    /// The limit of waiting for one lock.
    pub lock_timeout_ms: u64,
    /// How long a call may wait for a server that is away before it is answered with an error.
    pub away_patience_ms: u64,
    /// How often a closure is run again after a conflict, a deadlock or a lost connection.
    pub reruns_max: u32,
    /// A closure slower than this is logged.
    pub slow_ms: u64,
    /// The bounds of the queues.
    pub queue: QueueLimits,
}

impl PostgresOptions {
    /// The default limits for a url.
    pub fn url(url: impl Into<String>) -> PostgresOptions {
        PostgresOptions {
            url: url.into(),
            ca_file: None,
            connections: 8,
            readers: 4,
            connect_timeout_ms: 3_000,
            statement_timeout_ms: 5_000,
            lock_timeout_ms: 3_000,
            away_patience_ms: 5_000,
            reruns_max: 20,
            slow_ms: 250,
            queue: QueueLimits::default(),
        }
    }
}
