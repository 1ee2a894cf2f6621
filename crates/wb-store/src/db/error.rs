//! What can go wrong at the bottom of the store, as a small closed set.

use std::fmt;

/// What a transaction, or the way to it, can end with.
///
/// A use case has its own error type with `From<Error>`; the store never needs to look inside it, because a
/// [`Tx`](super::Tx) remembers the first error any of its methods returned, and that one decides about a rerun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A version-checked save found another version. On PostgreSQL the store reran the closure and still lost.
    #[error("somebody else changed this at the same time; load it again and retry")]
    Conflict,
    /// The database refused or failed; `kind` says which way.
    #[error("database: {kind}: {message}")]
    Db {
        /// The class of failure, to branch on.
        kind: DbKind,
        /// The driver's words and the head of the statement; never a parameter's value.
        message: String,
    },
    /// The closure panicked; its transaction was rolled back and nobody else's.
    #[error("a transaction panicked and was rolled back: {0}")]
    Panic(String),
    /// The lane's queue is full; nothing was run.
    #[error("the store's queue is full; retry in {retry_after_ms} ms")]
    Full {
        /// When a retry has a fair chance.
        retry_after_ms: u64,
    },
    /// The answer was lost during COMMIT: it may or may not have happened. Idempotency keys settle it.
    #[error(
        "the connection was lost during COMMIT: the outcome is unknown; ask again with the same idempotency key"
    )]
    Unknown,
    /// A statement, a lock wait or the whole closure took longer than its limit; rolled back.
    #[error("a transaction went over its time limit and was rolled back")]
    Timeout,
    /// The store was closed before this ran.
    #[error("the store is closed")]
    Closed,
}

impl Error {
    /// Short for building [`Error::Db`].
    pub(crate) fn db(kind: DbKind, message: impl Into<String>) -> Error {
        Error::Db {
            kind,
            message: message.into(),
        }
    }

    /// The class of a database failure, if it is one.
    pub fn kind(&self) -> Option<DbKind> {
        match self {
            Error::Db { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// Whether a unique index refused the row: the one constraint use cases branch on.
    pub fn is_duplicate(&self) -> bool {
        self.kind() == Some(DbKind::Unique)
    }

    /// Whether a second run of the same closure on PostgreSQL may well succeed.
    pub(crate) fn is_rerun(&self) -> bool {
        matches!(self, Error::Conflict)
            || matches!(
                self.kind(),
                Some(DbKind::Serialization | DbKind::Deadlock | DbKind::Lost | DbKind::StalePlan)
            )
    }
}

/// The class of a database failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DbKind {
    /// A unique index or primary key already holds this value.
    Unique,
    /// A foreign key points nowhere, or something still points here.
    ForeignKey,
    /// NULL in a NOT NULL column.
    NotNull,
    /// A CHECK constraint said no.
    Check,
    /// A value does not fit: wrong type, U+0000 in text, not UTF-8, number out of range.
    Value,
    /// `query_one` found no row.
    NoRow,
    /// `query_one` or `query_opt` found more than one row.
    ManyRows,
    /// A write inside a read.
    ReadOnly,
    /// The statement itself is wrong: syntax, unknown table, wrong number of parameters.
    Statement,
    /// PostgreSQL: concurrent transactions could not be put in an order; the store reruns these.
    Serialization,
    /// PostgreSQL: a deadlock, this transaction was the victim; the store reruns these.
    Deadlock,
    /// PostgreSQL: the connection went away before COMMIT; the store reruns these.
    Lost,
    /// PostgreSQL: a cached statement no longer matches the schema; the store drops the cache and reruns.
    StalePlan,
    /// The database cannot be reached or does not accept connections now.
    Unavailable,
    /// A newer release owns the schema now: this node must not write any more and wants an upgrade.
    Outdated,
    /// Somebody else holds the database too long.
    Busy,
    /// No space left for the database.
    DiskFull,
    /// Reading or writing the files failed.
    Io,
    /// The files are damaged or are no database.
    Corrupt,
    /// This engine does not do that.
    Unsupported,
    /// Anything else; the message has the driver's words.
    Other,
}

impl fmt::Display for DbKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            DbKind::Unique => "already exists",
            DbKind::ForeignKey => "a reference does not hold",
            DbKind::NotNull => "a required value is missing",
            DbKind::Check => "a value is not allowed",
            DbKind::Value => "a value does not fit its column",
            DbKind::NoRow => "no such row",
            DbKind::ManyRows => "more than one row",
            DbKind::ReadOnly => "a read must not write",
            DbKind::Statement => "a statement is wrong",
            DbKind::Serialization => "concurrent changes",
            DbKind::Deadlock => "deadlock",
            DbKind::Lost => "connection lost",
            DbKind::StalePlan => "the schema changed under a statement",
            DbKind::Unavailable => "not reachable",
            DbKind::Outdated => "this release is too old for the schema",
            DbKind::Busy => "busy",
            DbKind::DiskFull => "disk full",
            DbKind::Io => "input/output failure",
            DbKind::Corrupt => "damaged",
            DbKind::Unsupported => "not supported by this engine",
            DbKind::Other => "failed",
        };
        f.write_str(words)
    }
}

/// Why a store could not be opened, and how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The SQLite file cannot be opened or set up.
    #[error(
        "cannot open the database file {path}: {message}; check that the folder exists and is writable"
    )]
    File {
        /// The file.
        path: String,
        /// The driver's words.
        message: String,
    },
    /// The PostgreSQL URL cannot be understood.
    #[error("the PostgreSQL url is not usable: {0}")]
    Url(String),
    /// The certificate file or the TLS set-up is not usable.
    #[error("TLS to PostgreSQL cannot be set up: {0}")]
    Tls(String),
    /// PostgreSQL cannot be reached or refuses us.
    #[error(
        "cannot connect to PostgreSQL: {0}; check that it runs, the url, and the user's rights"
    )]
    Connect(String),
    /// The server is not one we can work with.
    #[error("this PostgreSQL cannot be used: {0}")]
    Server(String),
    /// A migration failed; nothing of it was kept.
    #[error("the schema could not be brought up to date, and was left as it was: {0}")]
    Migrate(String),
    /// The copy that is made before an upgrade failed, so the upgrade was not tried.
    #[error(
        "the copy before the upgrade could not be written to {path}: {message}; free some space and start again"
    )]
    CopyAside {
        /// Where the copy should have gone.
        path: String,
        /// The driver's words.
        message: String,
    },
    /// A newer binary has raised `min_writer` beyond this one.
    #[error(
        "the database has min_writer {min_writer}, this binary writes schema {ours}: install a newer release"
    )]
    TooOld {
        /// The oldest schema that may write.
        min_writer: i64,
        /// What this binary knows.
        ours: i64,
    },
    /// A thread could not be started.
    #[error("cannot start a store thread: {0}")]
    Thread(String),
}
