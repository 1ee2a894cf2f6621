//! The SQLite file: how it is opened, its tables, and every statement on them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};

use super::error::{OpenError, StoreError};
use super::index::SeriesId;
use super::wal::Record;

/// The format that this release writes.
const FORMAT: i64 = 1;
/// "WbMs": tells this file from other databases.
const APPLICATION: i64 = 0x5762_4D73;
const BUSY_MS: u64 = 5_000;
const WAL_BYTES: i64 = 64 * 1024 * 1024;

const TABLES: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    INSERT INTO meta VALUES ('chunk_bytes', 0);
    CREATE TABLE series (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL) STRICT;
    CREATE TABLE wal (
        seq INTEGER PRIMARY KEY, seals INTEGER NOT NULL, weight INTEGER NOT NULL, data BLOB NOT NULL
    ) STRICT;
    CREATE TABLE chunk (
        series INTEGER NOT NULL, step_s INTEGER NOT NULL, t0 INTEGER NOT NULL,
        t1 INTEGER NOT NULL, n INTEGER NOT NULL, expires_s INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (series, step_s, t0)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX chunk_by_expiry ON chunk (expires_s);
";

/// A row of the chunk table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) series: SeriesId,
    pub(crate) step_s: i64,
    pub(crate) t0_s: i64,
    pub(crate) t1_s: i64,
    pub(crate) points: usize,
    pub(crate) expires_s: i64,
    pub(crate) data: Vec<u8>,
}

/// A chunk without its points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ChunkKey {
    pub(crate) series: SeriesId,
    pub(crate) step_s: i64,
    pub(crate) t0_s: i64,
    pub(crate) t1_s: i64,
    pub(crate) bytes: i64,
}

/// Opens the file for writing and makes its tables where there are none.
pub(crate) fn open(path: &Path) -> Result<Connection, OpenError> {
    let shown = || path.display().to_string();
    let fail = |e: rusqlite::Error| OpenError::File {
        path: shown(),
        message: e.to_string(),
    };
    let mut conn = Connection::open(path).map_err(fail)?;
    settle(&conn).map_err(fail)?;
    let found: i64 = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(fail)?;
    if found > FORMAT {
        return Err(OpenError::TooNew {
            path: shown(),
            found,
            known: FORMAT,
        });
    }
    let application: i64 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(fail)?;
    let tables = "SELECT EXISTS (SELECT 1 FROM sqlite_schema)";
    let used: bool = conn.query_row(tables, [], |row| row.get(0)).map_err(fail)?;
    if used && application != APPLICATION {
        return Err(OpenError::File {
            path: shown(),
            message: "it is another program's database".to_owned(),
        });
    }
    if found == 0 {
        let tx = conn.transaction().map_err(fail)?;
        tx.execute_batch(TABLES).map_err(fail)?;
        tx.pragma_update(None, "application_id", APPLICATION)
            .map_err(fail)?;
        tx.pragma_update(None, "user_version", FORMAT)
            .map_err(fail)?;
        tx.commit().map_err(fail)?;
    }
    Ok(conn)
}

fn settle(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.busy_timeout(Duration::from_millis(BUSY_MS))?;
    // Only a file without tables takes the page size, and only before it is in WAL mode.
    conn.pragma_update(None, "page_size", 8_192)?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update_and_check(None, "journal_size_limit", WAL_BYTES, |_| Ok(()))?;
    common(conn)
}

fn common(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.set_prepared_statement_cache_capacity(32);
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "temp_store", "MEMORY")
}

/// Connections for reading; as many as there are readers at a time, a few are kept.
#[derive(Debug)]
pub(crate) struct ReadPool {
    path: PathBuf,
    idle: std::sync::Mutex<Vec<Connection>>,
}

const IDLE_READERS: usize = 4;

impl ReadPool {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: std::sync::Mutex::default(),
        }
    }

    /// Runs `read` over one state of the file.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = super::lock(&self.idle).pop();
        let mut conn = idle.map_or_else(|| reader(&self.path), Ok)?;
        let tx = conn.transaction()?;
        let out = read(&tx)?;
        drop(tx);
        let mut idle = super::lock(&self.idle);
        if idle.len() < IDLE_READERS {
            idle.push(conn);
        }
        Ok(out)
    }

    /// Closes the idle connections, so that the file can be folded up when the writer closes.
    pub(crate) fn close(&self) {
        super::lock(&self.idle).clear();
    }
}

fn reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    // Not SQLITE_OPEN_READ_ONLY: a reader may have to build the shared-memory index of the log.
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_millis(BUSY_MS))?;
    common(&conn)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

type Rows<T> = Result<T, rusqlite::Error>;

pub(crate) fn all_series(conn: &Connection, mut each: impl FnMut(SeriesId, &str)) -> Rows<()> {
    let mut statement = conn.prepare("SELECT id, name FROM series")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

pub(crate) fn insert_series(conn: &Connection, name: &str) -> Rows<SeriesId> {
    conn.prepare_cached("INSERT INTO series (name) VALUES (?1)")?
        .insert([name])
}

pub(crate) fn delete_series(conn: &Connection, id: SeriesId) -> Rows<()> {
    conn.prepare_cached("DELETE FROM series WHERE id = ?1")?
        .execute([id])
        .map(drop)
}

pub(crate) fn insert_wal(conn: &Connection, seq: i64, record: &Record) -> Result<(), StoreError> {
    let seals = matches!(record, Record::Sealed(_));
    conn.prepare_cached("INSERT INTO wal (seq, seals, weight, data) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            seq,
            seals,
            count(record.weight()),
            record.encode()?
        ])?;
    Ok(())
}

/// The rows of the write-ahead table, oldest first: those that tell of seals, or the others.
pub(crate) fn wal_rows(
    conn: &Connection,
    seals: bool,
    mut each: impl FnMut(i64, Record),
) -> Result<(), StoreError> {
    let text = "SELECT seq, data FROM wal WHERE seals = ?1 ORDER BY seq";
    let mut statement = conn.prepare(text)?;
    let mut rows = statement.query([seals])?;
    while let Some(row) = rows.next()? {
        let data = row.get_ref(1)?.as_blob().map_err(StoreError::codec)?;
        each(row.get(0)?, Record::decode(data)?);
    }
    Ok(())
}

/// The number of the last row of the write-ahead table (0: none) and the weight of all.
pub(crate) fn wal_size(conn: &Connection) -> Rows<(i64, usize)> {
    let text = "SELECT coalesce(max(seq), 0), coalesce(sum(weight), 0) FROM wal";
    conn.query_row(text, [], |row| Ok((row.get(0)?, uncount(row.get(1)?))))
}

/// Takes the oldest rows up to `seq` out, at most `rows`; returns how many and their weight.
pub(crate) fn delete_wal(conn: &Connection, seq: i64, rows: usize) -> Rows<(usize, usize)> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM wal WHERE seq IN (SELECT seq FROM wal WHERE seq <= ?1 ORDER BY seq LIMIT ?2)
         RETURNING weight",
    )?;
    let mut rows = statement.query(params![seq, count(rows)])?;
    let (mut deleted, mut weight) = (0, 0);
    while let Some(row) = rows.next()? {
        deleted += 1;
        weight += uncount(row.get(0)?);
    }
    Ok((deleted, weight))
}

pub(crate) fn chunk_bytes(conn: &Connection) -> Rows<i64> {
    conn.query_row(
        "SELECT value FROM meta WHERE key = 'chunk_bytes'",
        [],
        |row| row.get(0),
    )
}

pub(crate) fn add_chunk_bytes(conn: &Connection, bytes: i64) -> Rows<()> {
    conn.prepare_cached("UPDATE meta SET value = value + ?1 WHERE key = 'chunk_bytes'")?
        .execute([bytes])
        .map(drop)
}

/// The last time by which something was dropped, if that was noted.
pub(crate) fn seen_s(conn: &Connection) -> Rows<Option<i64>> {
    let text = "SELECT value FROM meta WHERE key = 'seen_s'";
    conn.query_row(text, [], |row| row.get(0)).optional()
}

pub(crate) fn set_seen_s(conn: &Connection, seen_s: i64) -> Rows<()> {
    conn.prepare_cached(
        "INSERT INTO meta (key, value) VALUES ('seen_s', ?1)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([seen_s])
    .map(drop)
}

pub(crate) fn put_chunk(conn: &Connection, chunk: &Chunk) -> Rows<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO chunk (series, step_s, t0, t1, n, expires_s, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        chunk.series,
        chunk.step_s,
        chunk.t0_s,
        chunk.t1_s,
        count(chunk.points),
        chunk.expires_s,
        chunk.data
    ])
    .map(drop)
}

pub(crate) fn delete_chunk(conn: &Connection, key: &ChunkKey) -> Rows<()> {
    conn.prepare_cached("DELETE FROM chunk WHERE series = ?1 AND step_s = ?2 AND t0 = ?3")?
        .execute(params![key.series, key.step_s, key.t0_s])
        .map(drop)
}

pub(crate) fn keep_chunk(conn: &Connection, key: &ChunkKey, expires_s: i64) -> Rows<()> {
    let text = "UPDATE chunk SET expires_s = ?4 WHERE series = ?1 AND step_s = ?2 AND t0 = ?3";
    conn.prepare_cached(text)?
        .execute(params![key.series, key.step_s, key.t0_s, expires_s])
        .map(drop)
}

pub(crate) fn has_chunks(conn: &Connection, series: SeriesId) -> Rows<bool> {
    conn.prepare_cached("SELECT 1 FROM chunk WHERE series = ?1 LIMIT 1")?
        .exists([series])
}

pub(crate) fn expired_chunks(conn: &Connection, now_s: i64, most: usize) -> Rows<Vec<ChunkKey>> {
    let mut statement = conn.prepare_cached(
        "SELECT series, step_s, t0, t1, length(data) FROM chunk
         WHERE expires_s <= ?1 ORDER BY expires_s LIMIT ?2",
    )?;
    let rows = statement.query_map(params![now_s, count(most)], |row| {
        Ok(ChunkKey {
            series: row.get(0)?,
            step_s: row.get(1)?,
            t0_s: row.get(2)?,
            t1_s: row.get(3)?,
            bytes: row.get(4)?,
        })
    })?;
    rows.collect()
}

/// The chunk that a point at `at_s` belongs to: the last that begins no later.
pub(crate) fn chunk_at(
    conn: &Connection,
    series: SeriesId,
    step_s: i64,
    at_s: i64,
) -> Rows<Option<Chunk>> {
    conn.prepare_cached(
        "SELECT t0, t1, n, expires_s, data FROM chunk
         WHERE series = ?1 AND step_s = ?2 AND t0 <= ?3 ORDER BY t0 DESC LIMIT 1",
    )?
    .query_row(params![series, step_s, at_s], |row| {
        Ok(Chunk {
            series,
            step_s,
            t0_s: row.get(0)?,
            t1_s: row.get(1)?,
            points: uncount(row.get(2)?),
            expires_s: row.get(3)?,
            data: row.get(4)?,
        })
    })
    .optional()
}

/// Where the next chunk after `at_s` begins.
pub(crate) fn next_chunk(
    conn: &Connection,
    series: SeriesId,
    step_s: i64,
    at_s: i64,
) -> Rows<Option<i64>> {
    conn.prepare_cached(
        "SELECT t0 FROM chunk WHERE series = ?1 AND step_s = ?2 AND t0 > ?3 ORDER BY t0 LIMIT 1",
    )?
    .query_row(params![series, step_s, at_s], |row| row.get(0))
    .optional()
}

/// Calls `each` with the beginning and the bytes of the chunks that may hold points at
/// `start_s <= t < end_s`.
pub(crate) fn chunks_between(
    conn: &Connection,
    series: SeriesId,
    step_s: i64,
    (start_s, end_s): (i64, i64),
    mut each: impl FnMut(i64, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT t0, t1, data FROM chunk WHERE series = ?1 AND step_s = ?2 AND t0 < ?4
         AND t0 >= coalesce((SELECT max(t0) FROM chunk
                             WHERE series = ?1 AND step_s = ?2 AND t0 <= ?3), ?3)
         ORDER BY t0",
    )?;
    let mut rows = statement.query(params![series, step_s, start_s, end_s])?;
    while let Some(row) = rows.next()? {
        let t1_s: i64 = row.get(1)?;
        if t1_s >= start_s {
            each(
                row.get(0)?,
                row.get_ref(2)?.as_blob().map_err(StoreError::codec)?,
            )?;
        }
    }
    Ok(())
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn uncount(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}
