//! What can stop a chore.

use std::{io, path::PathBuf};

/// Every way a chore fails, saying what and how to mend it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A program could not be started.
    #[error("cannot start `{command}`: {source}; is it installed and on the PATH?")]
    Start { command: String, source: io::Error },
    /// A program ran and was not happy.
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: String },
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    /// The dependency graph could not be read.
    #[error("cargo metadata: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A file of ours is not what it should be.
    #[error("{path}: {what}")]
    Format { path: String, what: String },
    /// Rules are broken; each was printed.
    #[error("{0} broken rule(s), listed above")]
    Untidy(usize),
    /// Something the tests need is not on this machine.
    #[error("missing on this machine:\n{0}")]
    Missing(String),
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
