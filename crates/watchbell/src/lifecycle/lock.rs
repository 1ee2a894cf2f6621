//! The data directory, held by one process.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "watchbell.lock";

/// Holds the directory for as long as it lives; the system lets go when the process ends, however
/// it ends.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

/// The data directory cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// Another process has it.
    #[error(
        "the data directory {0} is in use by another watchbell process; \
         stop that one, or give this one a directory of its own (--data)"
    )]
    Held(PathBuf),
    /// It cannot be made or written.
    #[error("the data directory {path} cannot be used: {source}")]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Makes the directory if it is not there, readable for its user only, and takes it.
///
/// # Errors
/// When another process has it, or it cannot be made or written.
pub(crate) fn hold(directory: &Path) -> Result<DataLock, LockError> {
    let unusable = |source| LockError::Unusable {
        path: directory.to_path_buf(),
        source,
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(unusable)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    let file = options.open(directory.join(FILE_NAME)).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(DataLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(LockError::Held(directory.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// Whether a process has the directory. Nothing is made or changed for it: where there is no lock
/// file nobody ever had it.
///
/// # Errors
/// When the lock file cannot be looked at.
pub(super) fn is_held(directory: &Path) -> io::Result<bool> {
    let file = match File::open(directory.join(FILE_NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    // A shared lock, so that two who look do not take each other for a server.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_by_one_and_free_afterwards() {
        let folder = tempfile::tempdir().expect("a folder");
        let directory = folder.path().join("deep/data");
        let lock = hold(&directory).expect("free");
        assert!(matches!(hold(&directory), Err(LockError::Held(_))));
        drop(lock);
        hold(&directory).expect("free again");
    }

    #[test]
    fn looking_takes_and_makes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!is_held(folder.path()).expect("looked"));
        assert!(!folder.path().join(FILE_NAME).exists());
        let lock = hold(folder.path()).expect("free");
        assert!(is_held(folder.path()).expect("looked"));
        drop(lock);
        assert!(!is_held(folder.path()).expect("looked"));
        hold(folder.path()).expect("still free");
    }

    #[test]
    fn a_file_in_its_place_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data");
        std::fs::write(&path, "").expect("written");
        assert!(matches!(hold(&path), Err(LockError::Unusable { .. })));
    }
}
