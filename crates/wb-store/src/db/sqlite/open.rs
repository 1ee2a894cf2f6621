//! Opening the file: settings, the copy before an upgrade, backups.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use refinery::Runner;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::copy::{beside, remove, vacuum_into};
use super::{Lite, SqliteOptions, Writer};
use crate::db::error::OpenError;
use crate::db::migrate;
use crate::db::stats::Counters;

/// Pages of the file that the writer keeps in memory; SQLite's own 2 MiB hold the open ends of our tables and indexes
/// only while the database is small.
const WRITER_CACHE_KIB: i64 = 16 * 1024;

/// Pages in the write-ahead log (16 MiB) before they go into the file: the hot ones go there once and not every few
/// commits.
const CHECKPOINT_PAGES: i64 = 4_000;

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
    writer_only(&conn).map_err(fail)?;
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

fn writer_only(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    conn.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))
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
    // Else SQLite, built with STAT4 as ours is, prepares a cached statement anew whenever a bound value might lead to
    // a better plan: an eighth of the writer's time, two fifths of the readers'.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
    // Whoever goes back to it goes back in time: as with any other backup, nothing is sent then
    // before somebody has looked.
    hold(&part).map_err(|e| fail(e.to_string()))?;
    std::fs::rename(&part, &target).map_err(|e| fail(e.to_string()))?;
    tracing::info!(copy = %target.display(), from = have, to = want, "copied the database aside before its upgrade");
    Ok(())
}

/// Holds sending in a copy whose schema knows of it.
fn hold(copy: &Path) -> Result<(), rusqlite::Error> {
    let conn = Connection::open(copy)?;
    let text = "UPDATE meta SET value = '1' WHERE key = 'sending_held'";
    conn.execute(text, []).map(drop)
}

#[cfg(test)]
mod tests {
    use refinery::Migration;
    use tempfile::TempDir;

    use super::*;

    const BASE: (&str, &str) = (
        "V1__base",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT); CREATE TABLE t (n INTEGER);
         INSERT INTO t VALUES (7); INSERT INTO meta VALUES ('min_writer', '1')",
    );
    const MORE: (&str, &str) = ("V2__more", "ALTER TABLE t ADD COLUMN more INTEGER");

    fn open_with(path: &Path, migrations: &[(&str, &str)]) -> Result<i64, OpenError> {
        let migrations: Vec<Migration> = migrations
            .iter()
            .map(|(name, sql)| Migration::unapplied(name, sql).unwrap())
            .collect();
        let runner = migrate::shaped(Runner::new(&migrations));
        open(&SqliteOptions::file(path), runner, Arc::default()).map(|opened| opened.schema)
    }

    fn columns(path: &Path) -> i64 {
        let text = "SELECT count(*) FROM pragma_table_info('t')";
        Connection::open(path)
            .unwrap()
            .query_row(text, [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn an_older_file_is_copied_aside_before_its_upgrade() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("watchbell.db");
        let copy = folder.path().join("watchbell.db.schema1");
        assert_eq!(open_with(&path, &[BASE]).unwrap(), 1);
        assert_eq!(open_with(&path, &[BASE]).unwrap(), 1);
        assert!(!copy.exists(), "nothing to upgrade, nothing to copy");
        assert_eq!(open_with(&path, &[BASE, MORE]).unwrap(), 2);
        assert_eq!((columns(&copy), columns(&path)), (1, 2));
        // The older release goes back to the copy, and stands the newer schema while min_writer lets it.
        assert_eq!(open_with(&copy, &[BASE]).unwrap(), 1);
        assert_eq!(open_with(&path, &[BASE]).unwrap(), 1);
        Connection::open(&path)
            .unwrap()
            .execute("UPDATE meta SET value = '2' WHERE key = 'min_writer'", [])
            .unwrap();
        assert!(matches!(
            open_with(&path, &[BASE]),
            Err(OpenError::TooOld {
                min_writer: 2,
                ours: 1
            })
        ));
    }

    #[test]
    fn a_failed_or_changed_migration_leaves_the_file_as_it_was() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("watchbell.db");
        open_with(&path, &[BASE]).unwrap();
        let broken = ("V3__broken", "CREATE TABLE u (n INTEGER); SELEC 1");
        assert!(matches!(
            open_with(&path, &[BASE, MORE, broken]),
            Err(OpenError::Migrate(_))
        ));
        assert_eq!(
            columns(&path),
            1,
            "the step before the broken one is undone too"
        );
        let changed = ("V1__base", "CREATE TABLE other (n INTEGER)");
        assert!(matches!(
            open_with(&path, &[changed]),
            Err(OpenError::Migrate(_))
        ));
        assert_eq!(open_with(&path, &[BASE, MORE]).unwrap(), 2);
    }
}
