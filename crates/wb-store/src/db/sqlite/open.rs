//! Opening the file: settings, the copy before an upgrade, backups.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use refinery::Runner;
use rusqlite::{Connection, OpenFlags};

use super::lite::error;
use super::{Lite, SqliteOptions, Writer};
use crate::db::error::{DbKind, Error, OpenError};
use crate::db::migrate;
use crate::db::stats::Counters;

/// An opened database: the writer and the readers' connections (none in memory).
pub(crate) struct Opened {
    pub(crate) writer: Writer,
    pub(crate) readers: Vec<Lite>,
    pub(crate) schema: i64,
}

pub(crate) fn open(
    options: &SqliteOptions,
    runner: Runner,
    counters: Arc<Counters>,
) -> Result<Opened, OpenError> {
    let fail = |e: rusqlite::Error| OpenError::File {
        path: shown(options),
        message: e.to_string(),
    };
    let mut conn = match &options.path {
        Some(path) => Connection::open(path),
        None => Connection::open_in_memory(),
    }
    .map_err(fail)?;
    settle(&conn, options).map_err(fail)?;
    if let Some(path) = &options.path {
        copy_aside(&mut conn, path, &runner)?;
    }
    let schema = migrate::sqlite(&mut conn, runner)?;
    if let Some(pages) = options.pages_max {
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(fail)?;
    }
    let mut readers = Vec::new();
    if let Some(path) = &options.path {
        for _ in 0..options.readers.max(1) {
            readers.push(reader(path, options).map_err(fail)?);
        }
    }
    let writer = Writer::new(Lite::new(conn).map_err(fail)?, counters, options);
    Ok(Opened {
        writer,
        readers,
        schema,
    })
}

fn shown(options: &SqliteOptions) -> String {
    options
        .path
        .as_ref()
        .map_or_else(|| ":memory:".to_owned(), |p| p.display().to_string())
}

fn settle(conn: &Connection, options: &SqliteOptions) -> Result<(), rusqlite::Error> {
    conn.busy_timeout(Duration::from_millis(options.busy_timeout_ms))?;
    let wal_limit = i64::try_from(options.wal_limit_bytes).unwrap_or(i64::MAX);
    // In memory the answer is "memory": nothing to journal there.
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update_and_check(None, "journal_size_limit", wal_limit, |_| Ok(()))?;
    common(conn)
}

fn reader(path: &Path, options: &SqliteOptions) -> Result<Lite, rusqlite::Error> {
    // Not SQLITE_OPEN_READ_ONLY: a reader may have to build the shared-memory index of the log.
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_millis(options.busy_timeout_ms))?;
    common(&conn)?;
    conn.pragma_update(None, "query_only", true)?;
    Lite::new(conn)
}

fn common(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // LIKE tells upper from lower case on PostgreSQL, so it must here.
    conn.pragma_update(None, "case_sensitive_like", true)
}

/// Before an older file is upgraded a copy goes beside it, so that the older release can be gone back to.
fn copy_aside(conn: &mut Connection, path: &Path, runner: &Runner) -> Result<(), OpenError> {
    let (have, want) = migrate::sqlite_versions(conn, runner)?;
    if have == 0 || have >= want {
        return Ok(());
    }
    let target = beside(path, &format!(".schema{have}"));
    let fail = |message: String| OpenError::CopyAside {
        path: target.display().to_string(),
        message,
    };
    let part = beside(&target, ".part");
    remove(&part).map_err(|e| fail(e.to_string()))?;
    vacuum_into(conn, &part).map_err(|e| fail(e.to_string()))?;
    std::fs::rename(&part, &target).map_err(|e| fail(e.to_string()))?;
    tracing::info!(copy = %target.display(), from = have, to = want, "copied the database aside before its upgrade");
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn vacuum_into(conn: &Connection, target: &Path) -> Result<(), rusqlite::Error> {
    let Some(target) = target.to_str() else {
        return Err(rusqlite::Error::InvalidPath(target.to_owned()));
    };
    conn.execute("VACUUM INTO ?1", [target]).map(drop)
}

/// Copies the database as it is now into a new file, while everything goes on.
pub(crate) fn backup(source: &Path, target: &Path) -> Result<(), Error> {
    const TEXT: &str = "VACUUM INTO";
    let conn = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|e| error(&e, TEXT))?;
    if target.exists() {
        return Err(Error::db(
            DbKind::Io,
            format!("{} already exists: choose a new name", target.display()),
        ));
    }
    let part = beside(target, ".part");
    let io = |e: std::io::Error| Error::db(DbKind::Io, e.to_string());
    remove(&part).map_err(io)?;
    vacuum_into(&conn, &part).map_err(|e| error(&e, TEXT))?;
    let file = std::fs::File::open(&part).map_err(io)?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&part, target).map_err(io)
}
