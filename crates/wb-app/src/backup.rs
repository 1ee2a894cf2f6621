//! A copy of the database for somebody to keep.

use wb_core::config::Permission;
use wb_store::db::{DbKind, Error, Lane, Snapshot};
use wb_store::meta;
use wb_store::sending::{self, HeldWhy};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Why there is no copy. The database itself is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// One at a time.
    #[error("another backup is being made")]
    Running,
    /// PostgreSQL has its own tools.
    #[error("PostgreSQL is backed up with pg_dump")]
    Postgres,
    /// The copy would fill the disk.
    #[error("there is no room for a backup: {0}")]
    NoRoom(String),
    /// The copy could not be made.
    #[error("the backup could not be made: {0}")]
    Failed(String),
}

impl App {
    /// Copies the database as it is now, while everything goes on. The copy holds its sending,
    /// however it is put back; the original does not.
    ///
    /// # Errors
    /// When the caller is no global admin, or no copy can be made.
    pub async fn backup(&self, caller: &Caller) -> Result<Snapshot, AppError> {
        caller.require_globally(Permission::Manage)?;
        let (store, rows) = (
            self.store.clone(),
            sending::rows_of_hold(HeldWhy::Backup, self.now()),
        );
        // A copy whose caller went away is dropped when it is done.
        let copied = tokio::task::spawn_blocking(move || store.snapshot(&rows)).await;
        let snapshot = copied
            .map_err(|panic| AppError::Internal(panic.to_string()))?
            .map_err(refused)?;
        tracing::info!(bytes = snapshot.bytes, "a backup was made");
        let at = self.now();
        let noted = self
            .store
            .write(Lane::Maintenance, move |tx| {
                Ok::<_, AppError>(meta::note_backup(tx, at)?)
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the time of the backup could not be noted");
        }
        Ok(snapshot)
    }
}

fn refused(error: Error) -> BackupError {
    match error.kind() {
        // Nothing but a file can be copied; a database in memory is only for tests.
        Some(DbKind::Unsupported) => BackupError::Postgres,
        Some(DbKind::Busy) => BackupError::Running,
        Some(DbKind::DiskFull) => BackupError::NoRoom(error.to_string()),
        _ => BackupError::Failed(error.to_string()),
    }
}
