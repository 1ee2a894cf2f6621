//! `watchbell restore`: puts a backup in the place of the database, with no server running.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use wb_core::time::Timestamp;
use wb_ports::Clock as _;
use wb_store::db::{CopyError, Inspected, adopt_copy};
use wb_store::sending::{HeldWhy, rows_of_hold};

use super::Restore;
use crate::ambient::SystemClock;
use crate::keys;
use crate::lifecycle::{DATABASE_FILE, LockError, hold_data};
use crate::replace::{self, beside, existing};

/// What a copy in the making is called, before a random end.
const PART: &str = "watchbell.db.restore.";

/// Why nothing was restored. What was there is still there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    /// The data directory cannot be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is a database.
    #[error(
        "{0} is there already; --force moves it aside and keeps it under another name in the same directory"
    )]
    Exists(PathBuf),
    /// The file is a database in use, or was copied from one.
    #[error(
        "{0} has a write-ahead log beside it, so it is no backup but a database's own file; \
         make a backup with `watchbell backup`"
    )]
    Live(PathBuf),
    /// The file cannot be used.
    #[error("{path} cannot be restored: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CopyError,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The outcome cannot be shown.
    #[error("restored, but the outcome cannot be shown: {0}")]
    Output(#[from] io::Error),
}

/// Puts the backup in place and says what to do next.
///
/// # Errors
/// Why it was not put in place.
pub(crate) fn run(flags: &Restore) -> Result<(), RestoreError> {
    let now = SystemClock::start().now();
    let _lock = hold_data(&flags.data)?;
    let target = flags.data.join(DATABASE_FILE);
    refuse_live(&flags.file)?;
    // An earlier restore that was cut off comes first: what it put in place is not lost either.
    replace::finish(&flags.data).map_err(file(&flags.data))?;
    let there = existing(&target);
    if !there.is_empty() && !flags.force {
        return Err(RestoreError::Exists(target));
    }
    sweep(&flags.data)?;
    let (part, inspected) = prepare(&flags.file, &flags.data, now)?;
    let stamp = replace::free_stamp(&flags.data, now);
    // From here on the next start finishes what a crash leaves undone.
    let ready = replace::ready(&flags.data, &stamp);
    part.persist_noclobber(&ready)
        .map_err(|error| file(&ready)(error.error))?;
    let aside = replace::finish(&flags.data).map_err(file(&flags.data))?;
    let aside = aside.and_then(|replaced| replaced.aside);
    let mut out = io::stdout().lock();
    for line in next_steps(flags, &inspected, aside.as_deref()) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn file(path: &Path) -> impl Fn(io::Error) -> RestoreError + '_ {
    |source| RestoreError::File {
        path: path.to_path_buf(),
        source,
    }
}

/// The part of a running database that is in its log would be lost.
fn refuse_live(source: &Path) -> Result<(), RestoreError> {
    let log = beside(source, "-wal");
    if log.metadata().is_ok_and(|found| found.len() > 0) {
        return Err(RestoreError::Live(source.to_path_buf()));
    }
    Ok(())
}

/// Removes what a restore left behind that was killed.
fn sweep(data: &Path) -> Result<(), RestoreError> {
    for entry in std::fs::read_dir(data).map_err(file(data))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PART) {
            std::fs::remove_file(entry.path()).map_err(file(&entry.path()))?;
        }
    }
    Ok(())
}

/// Copies the backup into the directory, checks that copy and holds its sending. What was checked is
/// what is put in place; whatever fails, the copy is removed.
fn prepare(
    source: &Path,
    data: &Path,
    now: Timestamp,
) -> Result<(NamedTempFile, Inspected), RestoreError> {
    let mut from = File::open(source).map_err(file(source))?;
    let mut part = Builder::new()
        .prefix(PART)
        .tempfile_in(data)
        .map_err(file(data))?;
    io::copy(&mut from, &mut part).map_err(file(part.path()))?;
    let rows = rows_of_hold(HeldWhy::Backup, now);
    let inspected = adopt_copy(part.path(), &rows).map_err(|error| RestoreError::Unusable {
        path: source.to_path_buf(),
        source: error,
    })?;
    part.as_file().sync_all().map_err(file(part.path()))?;
    Ok((part, inspected))
}

fn next_steps(flags: &Restore, inspected: &Inspected, aside: Option<&Path>) -> Vec<String> {
    let data = flags.data.display();
    let mut lines = vec![format!(
        "{} is in place in {data}. Its sending is held: nobody is paged yet.",
        flags.file.display()
    )];
    if let Some(aside) = aside {
        lines.push(format!(
            "The database that was there is kept as {}.",
            aside.display()
        ));
    }
    if let Some(wanted) = &inspected.key_id {
        let path = flags.data.join(keys::FILE_NAME);
        let shown = path.display();
        lines.push(match keys::load(&path) {
            Ok(master) if master.id == *wanted => format!("The key file {shown} fits."),
            _ => format!(
                "It needs key {wanted}, and {shown} does not hold it: put the key file you kept there, \
                 or name it by keys.file in the boot configuration."
            ),
        });
    }
    lines.push(format!("Next: watchbell serve --data {data}"));
    lines.push(
        "Then: watchbell resume, which lists what is due before anything goes out.".to_owned(),
    );
    lines
}
