//! What can go wrong in a use case.

use wb_core::incident::IncidentError;
use wb_store::db::{self, DbKind};

use crate::backup::BackupError;

/// One thing that is wrong with what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where: a path such as `steps[1].targets[0]`.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Why a use case did not happen. Nothing was changed, except under [`AppError::Unknown`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the caller may not see it.
    #[error("not found")]
    NotFound,
    /// The caller may see it, but not do this to it.
    #[error("not allowed")]
    Forbidden,
    /// What was asked for cannot be; each problem says how to mend it.
    #[error("{}", problems(.0))]
    Invalid(Vec<FieldProblem>),
    /// Somebody else changed it in the meantime; `current` is the version it has now.
    #[error("it was changed in the meantime and is at version {current} now")]
    Edited {
        /// The version it has now.
        current: u32,
    },
    /// It is used by other objects, which are named.
    #[error("still in use by {}", .0.join(", "))]
    InUse(Vec<String>),
    /// The command does not fit the incident's state.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// There is no copy of the database, and why.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The configuration moved while the transaction ran; use cases redo and never return this.
    #[error("the configuration moved")]
    ConfigMoved,
    /// Too much at once; come back later.
    #[error("too busy; try again in {retry_after_ms} ms")]
    Busy {
        /// When to come back.
        retry_after_ms: u64,
    },
    /// Codes were sent to this person too often.
    #[error("too many codes; try again in {retry_after_s} seconds")]
    CodesTooOften {
        /// When the next one can be sent.
        retry_after_s: u32,
    },
    /// This contact method was tested a moment ago.
    #[error("tested a moment ago; try again in {retry_after_s} seconds")]
    TestsTooOften {
        /// When it can be tested again.
        retry_after_s: u32,
    },
    /// The store cannot be reached or written; nothing was changed.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The connection was lost during the commit: it may have happened or not.
    #[error("the outcome is unknown: the connection to the database was lost during the commit")]
    Unknown,
    /// A defect of ours; the text is for the log.
    #[error("internal error: {0}")]
    Internal(String),
}

impl AppError {
    /// One problem with one field.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem {
            field: field.to_owned(),
            message: message.into(),
        }])
    }
}

fn problems(list: &[FieldProblem]) -> String {
    let each: Vec<_> = list
        .iter()
        .map(|p| format!("{}: {}", p.field, p.message))
        .collect();
    each.join("; ")
}

impl From<db::Error> for AppError {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Full { retry_after_ms } => Self::Busy { retry_after_ms },
            db::Error::Unknown => Self::Unknown,
            db::Error::Panic(words) => Self::Internal(words),
            db::Error::Db { kind, .. } if is_ours(kind) => Self::Internal(error.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Whether the store works and what was asked of it is at fault: trying again changes nothing.
const fn is_ours(kind: DbKind) -> bool {
    matches!(
        kind,
        DbKind::Unique
            | DbKind::ForeignKey
            | DbKind::NotNull
            | DbKind::Check
            | DbKind::Value
            | DbKind::NoRow
            | DbKind::ManyRows
            | DbKind::ReadOnly
            | DbKind::Statement
            | DbKind::Corrupt
            | DbKind::Unsupported
    )
}
