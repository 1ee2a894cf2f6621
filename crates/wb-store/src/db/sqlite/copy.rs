//! Copies of the file: taken while everything goes on, and put back.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::lite::error;
use crate::db::error::{DbKind, Error};
use crate::db::migrate;

/// What is added to the database's name for a copy in the making.
const PART: &str = ".backup.part";

/// Room that is left on the disk besides the copy: ingest goes on meanwhile.
const SPARE_BYTES: u64 = 64 << 20;

/// Findings of the integrity check that are told.
const FINDINGS: u32 = 3;

/// A consistent copy of the database as it was at one moment. It has no name any more, so it is gone
/// with this value, however that ends. While it is there no other is made.
#[derive(Debug)]
pub struct Snapshot {
    /// The copy, at its beginning.
    pub file: File,
    /// How long it is.
    pub bytes: u64,
    _only: Only,
}

/// Held by the one who copies.
#[derive(Debug)]
struct Only(Arc<AtomicBool>);

impl Only {
    fn take(busy: &Arc<AtomicBool>) -> Result<Only, Error> {
        if busy.swap(true, Ordering::AcqRel) {
            return Err(Error::db(DbKind::Busy, "another copy is being made"));
        }
        Ok(Only(Arc::clone(busy)))
    }
}

impl Drop for Only {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Copies the database as it is now. `rows` are set in the table `meta` of the copy, and only there.
pub(crate) fn snapshot(
    source: &Path,
    rows: &[(String, String)],
    busy: &Arc<AtomicBool>,
) -> Result<Snapshot, Error> {
    const TEXT: &str = "VACUUM INTO";
    let only = Only::take(busy)?;
    let io = |e: io::Error| Error::db(DbKind::Io, e.to_string());
    let sql = |e: rusqlite::Error| error(&e, TEXT);
    enough_room(source)?;
    sweep(source).map_err(io)?;
    let part = beside(source, PART);
    // Whatever happens from here on, the name does not stay.
    let named = Named(part.clone());
    let conn =
        Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sql)?;
    vacuum_into(&conn, &part).map_err(sql)?;
    set_rows(&Connection::open(&part).map_err(sql)?, rows).map_err(sql)?;
    let file = File::open(&part).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    drop(named);
    Ok(Snapshot {
        file,
        bytes,
        _only: only,
    })
}

/// A copy that still has a name.
struct Named(PathBuf);

impl Drop for Named {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            let path = self.0.display();
            tracing::warn!(%error, "the temporary copy {path} could not be removed: {error}");
        }
    }
}

/// Removes what a process left behind that died while it copied.
pub(crate) fn sweep(source: &Path) -> io::Result<()> {
    let part = beside(source, PART);
    remove(&beside(&part, "-journal"))?;
    remove(&part)
}

/// A copy that filled the disk would stop the original, so it is not begun.
fn enough_room(source: &Path) -> Result<(), Error> {
    let io = |e: io::Error| Error::db(DbKind::Io, e.to_string());
    let mut needed = SPARE_BYTES;
    for path in [source.to_path_buf(), beside(source, "-wal")] {
        needed += path.metadata().map_or(0, |found| found.len());
    }
    let folder = source.parent().unwrap_or(source);
    let free = fs4::available_space(folder).map_err(io)?;
    if free >= needed {
        return Ok(());
    }
    let (free, needed) = (free >> 20, needed >> 20);
    let words = format!(
        "a copy may need {needed} MiB in {}, and {free} MiB are free",
        folder.display()
    );
    Err(Error::db(DbKind::DiskFull, words))
}

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Its schema.
    pub schema: i64,
    /// The key its secrets are sealed with.
    pub key_id: Option<String>,
}

/// Why a file cannot be put in the place of a database.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It is not a SQLite database, or its pages do not fit together.
    #[error("it is damaged, or no database at all: {0}")]
    Damaged(String),
    /// It is the database of something else.
    #[error("it is a SQLite database, but not one of Watchbell")]
    Foreign,
    /// It was written by a newer release.
    #[error(
        "its schema is {schema}, and this release knows {ours}: use the release that wrote it, or a newer one"
    )]
    Newer {
        /// What it has.
        schema: i64,
        /// What we know.
        ours: i64,
    },
    /// It cannot be written.
    #[error("it cannot be prepared: {0}")]
    Unwritable(String),
}

/// Checks a copy that is to become the database, and sets `rows` in its table `meta`. The file is
/// changed only after it was found good.
///
/// # Errors
/// Why it cannot be used.
pub fn adopt_copy(path: &Path, rows: &[(String, String)]) -> Result<Inspected, CopyError> {
    let damaged = |e: rusqlite::Error| CopyError::Damaged(e.to_string());
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|e| CopyError::Unwritable(e.to_string()))?;
    let findings = integrity(&conn).map_err(damaged)?;
    if findings != ["ok"] {
        return Err(CopyError::Damaged(findings.join("; ")));
    }
    let text = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN
                ('refinery_schema_history', 'meta', 'fact', 'incident', 'outbox')";
    let known: i64 = conn
        .query_row(text, [], |row| row.get(0))
        .map_err(damaged)?;
    if known != 5 {
        return Err(CopyError::Foreign);
    }
    let text = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    let schema: i64 = conn
        .query_row(text, [], |row| row.get(0))
        .map_err(damaged)?;
    let ours = migrate::newest(&migrate::sqlite_runner());
    if schema > ours {
        return Err(CopyError::Newer { schema, ours });
    }
    let text = "SELECT value FROM meta WHERE key = 'key_id'";
    let key_id = conn.query_row(text, [], |row| row.get(0)).optional();
    let key_id = key_id.map_err(damaged)?;
    set_rows(&conn, rows).map_err(|e| CopyError::Unwritable(e.to_string()))?;
    Ok(Inspected { schema, key_id })
}

fn integrity(conn: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut check = conn.prepare(&format!("PRAGMA integrity_check({FINDINGS})"))?;
    check.query_map([], |row| row.get(0))?.collect()
}

/// Sets rows of `meta` in a file that nobody else has open, and leaves no second file beside it.
fn set_rows(conn: &Connection, rows: &[(String, String)]) -> Result<(), rusqlite::Error> {
    conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    let all = conn.unchecked_transaction()?;
    let text = "INSERT INTO meta (key, value) VALUES (?1, ?2)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    for (key, value) in rows {
        all.execute(text, [key, value])?;
    }
    all.commit()
}

/// The name of a file that lies beside another.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Copies the database as it is now into a new file.
pub(super) fn vacuum_into(conn: &Connection, target: &Path) -> Result<(), rusqlite::Error> {
    let Some(target) = target.to_str() else {
        return Err(rusqlite::Error::InvalidPath(target.to_owned()));
    };
    conn.execute("VACUUM INTO ?1", [target]).map(drop)
}
