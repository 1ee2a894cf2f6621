//! What can go wrong.

use std::fmt::Display;

/// Why the store could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be opened or set up.
    #[error(
        "the metric store {path} cannot be opened: {message}: check that the folder exists and can be written, and that the file is a metric store"
    )]
    File {
        /// Which file.
        path: String,
        /// What the database or the system says.
        message: String,
    },
    /// A newer release wrote it.
    #[error(
        "the metric store {path} has format {found}, this release knows up to {known}: use the newer release"
    )]
    TooNew {
        /// Which file.
        path: String,
        /// The format of the file.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// A thread could not be started.
    #[error("the metric store cannot start a thread: {0}: raise the limit of threads")]
    Thread(String),
}

/// Why reading or upkeep failed; what is stored stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database says no.
    #[error("the file of the metric store cannot be used: {0}: check free space and the disk")]
    File(String),
    /// Bytes in the file are not what was written.
    #[error(
        "the file of the metric store holds bytes that cannot be read: {0}: restore it from a backup"
    )]
    Codec(String),
}

impl StoreError {
    pub(crate) fn codec(why: impl Display) -> Self {
        Self::Codec(why.to_string())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::File(error.to_string())
    }
}
