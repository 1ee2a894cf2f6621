//! Looking at a database without changing it: what a start would find. Nothing is made, migrated, locked or written,
//! not even the files SQLite keeps beside an open database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use postgres::{Client, Transaction};
use rusqlite::{Connection, OpenFlags};
use url::Url;
use uuid::Uuid;
use wb_core::config::{Object, ObjectId, User};
use wb_core::ids::UserId;
use wb_core::time::Timestamp;

use super::error::OpenError;
use super::migrate;
use super::postgres::{Connector, PostgresOptions, check};
use crate::codec;

/// Rows of `meta` that are read; there are a handful.
const META_ROWS_MAX: usize = 1_000;

/// The first schema that has monthly tests of contact methods.
const SCHEMA_OF_TESTS: i64 = 7;

/// Open tests that are read; nobody counts on from there.
const UNANSWERED: &str = "SELECT unanswered_since FROM recheck
      WHERE unanswered_since IS NOT NULL ORDER BY unanswered_since LIMIT 10000";

/// The first schema that has configuration.
const SCHEMA_OF_OBJECTS: i64 = 2;

/// People, as they are stored; who cannot be read is left out, and found by `verify`.
const PEOPLE: &str = "SELECT body FROM config_object
      WHERE kind = 'user' AND NOT deleted ORDER BY id";

/// Findings of SQLite's own check that are kept; one is enough to know.
const DAMAGE_MAX: u32 = 5;

/// A database as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The newest migration it has; 0 when it is empty.
    pub schema: i64,
    /// The newest migration this binary has.
    pub schema_ours: i64,
    /// The facts about the database itself, by name; see [`crate::meta`].
    pub meta: BTreeMap<String, String>,
    /// Since when contact methods have left their monthly test unanswered, the longest first.
    pub unanswered_since: Vec<Timestamp>,
    /// Everybody with an account.
    pub people: Vec<User>,
}

impl Inspection {
    /// Whether this binary may write.
    ///
    /// # Errors
    /// [`OpenError::TooOld`], when a newer release has taken the schema over.
    pub fn may_write(&self) -> Result<(), OpenError> {
        let min_writer = self.meta.get("min_writer").map(String::as_str);
        migrate::allowed(min_writer, self.schema_ours)
    }

    /// Whether sending is held, see [`crate::meta::sending_held`].
    pub fn sending_held(&self) -> bool {
        let held = self.meta.get(crate::meta::SENDING_HELD);
        held.is_some_and(|held| held == "1")
    }
}

/// What was found in a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresInspection {
    /// Schema and facts.
    pub inspection: Inspection,
    /// The server's version, in its own words.
    pub version: String,
    /// The version of TLS this connection uses; none without.
    pub tls: Option<String>,
    /// Whether the connection stays on this machine.
    pub is_local: bool,
    /// Why the schema could not be brought up to date with this user; none when it could.
    pub cannot_migrate: Option<String>,
    /// How far the server's clock is ahead of ours.
    pub clock_ahead_us: i64,
}

/// Looks at a SQLite file that no process has open.
///
/// # Errors
/// When it cannot be read or is no database.
pub fn inspect_sqlite(path: &Path) -> Result<Inspection, OpenError> {
    let conn = open_sqlite(path)?;
    let (schema, schema_ours) = migrate::sqlite_versions(&conn, &migrate::sqlite_runner())?;
    let meta = if schema == 0 {
        BTreeMap::new()
    } else {
        sqlite_meta(&conn).map_err(|e| unreadable(path, e.to_string()))?
    };
    let unanswered_since = if schema < SCHEMA_OF_TESTS {
        Vec::new()
    } else {
        sqlite_unanswered(&conn).map_err(|e| unreadable(path, e.to_string()))?
    };
    let people = if schema < SCHEMA_OF_OBJECTS {
        Vec::new()
    } else {
        sqlite_people(&conn).map_err(|e| unreadable(path, e.to_string()))?
    };
    Ok(Inspection {
        schema,
        schema_ours,
        meta,
        unanswered_since,
        people,
    })
}

/// What is damaged in a SQLite file that no process has open; nothing in a sound one. Reads the whole file.
///
/// # Errors
/// When it cannot be read or is no database.
pub fn damage_sqlite(path: &Path) -> Result<Vec<String>, OpenError> {
    let conn = open_sqlite(path)?;
    damage(&conn).map_err(|e| unreadable(path, e.to_string()))
}

fn open_sqlite(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let url = read_only_url(path).map_err(|words| unreadable(path, words))?;
    Connection::open_with_flags(url.as_str(), flags).map_err(|e| unreadable(path, e.to_string()))
}

fn unreadable(path: &Path, message: String) -> OpenError {
    OpenError::File {
        path: path.display().to_string(),
        message,
    }
}

/// The address that opens the file without making others beside it. A file that was closed well is whole by itself; one
/// whose process was killed is read through the log and the index it left.
fn read_only_url(path: &Path) -> Result<Url, String> {
    let absolute = std::path::absolute(path).map_err(|e| e.to_string())?;
    let mut url = Url::from_file_path(absolute).map_err(|()| "the path is no path".to_owned())?;
    let beside = |suffix: &str| -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        name.into()
    };
    let has_log = beside("-wal").metadata().is_ok_and(|log| log.len() > 0);
    if has_log && !beside("-shm").exists() {
        return Err("its write-ahead log has no index, which the next start makes".to_owned());
    }
    let how = if has_log { "readonly_shm" } else { "immutable" };
    url.query_pairs_mut()
        .append_pair("mode", "ro")
        .append_pair(how, "1");
    Ok(url)
}

fn damage(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare(&format!("PRAGMA quick_check({DAMAGE_MAX})"))?;
    let found: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(if found == ["ok"] { Vec::new() } else { found })
}

fn sqlite_meta(conn: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = conn.prepare("SELECT key, value FROM meta ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.take(META_ROWS_MAX).collect()
}

fn sqlite_people(conn: &Connection) -> rusqlite::Result<Vec<User>> {
    let mut statement = conn.prepare(PEOPLE)?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let bodies: Vec<_> = rows.collect::<Result<_, _>>()?;
    Ok(people(bodies.iter().map(Vec::as_slice)))
}

/// Who is stored in these bodies; which id each has is not in them.
fn people<'a>(bodies: impl Iterator<Item = &'a [u8]>) -> Vec<User> {
    let read = |body| match codec::decode_object(ObjectId::User(UserId(Uuid::nil())), body) {
        Ok(Object::User(_, user)) => Some(user),
        _ => None,
    };
    bodies.filter_map(read).collect()
}

fn sqlite_unanswered(conn: &Connection) -> rusqlite::Result<Vec<Timestamp>> {
    let mut statement = conn.prepare(UNANSWERED)?;
    let rows = statement.query_map([], |row| row.get(0).map(Timestamp::from_micros))?;
    rows.collect()
}

/// Looks at a PostgreSQL database; `now` is our clock. Blocks; works from any thread.
///
/// # Errors
/// When it cannot be reached, refuses us, or is none we can work with.
pub fn inspect_postgres(
    options: &PostgresOptions,
    now: impl Fn() -> Timestamp + Send + 'static,
) -> Result<PostgresInspection, OpenError> {
    let connector = Connector::new(options)?;
    // The synchronous client panics on an async runtime's thread.
    let thread = std::thread::Builder::new()
        .name("wb-inspect".to_owned())
        .spawn(move || {
            let mut pg = connector.connect().map_err(OpenError::Connect)?;
            look(pg.client(), &now)
        });
    thread
        .map_err(|e| OpenError::Thread(e.to_string()))?
        .join()
        .map_err(|_| OpenError::Thread("it panicked".to_owned()))?
}

fn look(client: &mut Client, now: &dyn Fn() -> Timestamp) -> Result<PostgresInspection, OpenError> {
    check(client)?;
    let mut tx = client
        .build_transaction()
        .read_only(true)
        .start()
        .map_err(failed)?;
    let clock_ahead_us = clock_ahead_us(&mut tx, now).map_err(failed)?;
    let row = tx
        .query_one(
            "SELECT current_setting('server_version'),
                    (SELECT CASE WHEN ssl THEN version END FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
                    coalesce(inet_server_addr() <<= inet '127.0.0.0/8' OR inet_server_addr() = inet '::1', true)",
            &[],
        )
        .map_err(failed)?;
    let (version, tls, is_local) = (
        row.try_get(0).map_err(failed)?,
        row.try_get(1).map_err(failed)?,
        row.try_get(2).map_err(failed)?,
    );
    let schema = postgres_schema(&mut tx).map_err(failed)?;
    let meta = if schema == 0 {
        BTreeMap::new()
    } else {
        postgres_meta(&mut tx).map_err(failed)?
    };
    let unanswered_since = if schema < SCHEMA_OF_TESTS {
        Vec::new()
    } else {
        postgres_unanswered(&mut tx).map_err(failed)?
    };
    let people = if schema < SCHEMA_OF_OBJECTS {
        Vec::new()
    } else {
        postgres_people(&mut tx).map_err(failed)?
    };
    Ok(PostgresInspection {
        inspection: Inspection {
            schema,
            schema_ours: migrate::newest(&migrate::postgres_runner()),
            meta,
            unanswered_since,
            people,
        },
        version,
        tls,
        is_local,
        cannot_migrate: cannot_migrate(&mut tx).map_err(failed)?,
        clock_ahead_us,
    })
}

/// The server's time against the middle of our question.
fn clock_ahead_us(
    tx: &mut Transaction<'_>,
    now: &dyn Fn() -> Timestamp,
) -> Result<i64, postgres::Error> {
    let before = now();
    let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    let theirs: i64 = tx.query_one(text, &[])?.try_get(0)?;
    let half_us = now().micros_since(before) / 2;
    Ok(theirs - before.as_micros() - half_us)
}

fn postgres_schema(tx: &mut Transaction<'_>) -> Result<i64, postgres::Error> {
    let text = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !tx.query_one(text, &[])?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let text = "SELECT coalesce(max(version), 0)::bigint FROM refinery_schema_history";
    tx.query_one(text, &[])?.try_get(0)
}

fn postgres_meta(tx: &mut Transaction<'_>) -> Result<BTreeMap<String, String>, postgres::Error> {
    let rows = tx.query("SELECT key, value FROM meta ORDER BY key LIMIT 1000", &[])?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

fn postgres_people(tx: &mut Transaction<'_>) -> Result<Vec<User>, postgres::Error> {
    let rows = tx.query(PEOPLE, &[])?;
    let bodies: Vec<&[u8]> = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    Ok(people(bodies.into_iter()))
}

fn postgres_unanswered(tx: &mut Transaction<'_>) -> Result<Vec<Timestamp>, postgres::Error> {
    let rows = tx.query(UNANSWERED, &[])?;
    let since = rows.iter().map(|row| row.try_get(0));
    since.map(|at| at.map(Timestamp::from_micros)).collect()
}

/// Every start runs `CREATE TABLE IF NOT EXISTS`, for which PostgreSQL asks for the right even where the table is there.
fn cannot_migrate(tx: &mut Transaction<'_>) -> Result<Option<String>, postgres::Error> {
    let row = tx.query_one(
        "SELECT current_user::text, current_schema()::text,
                coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
                (SELECT min(tableowner)::text FROM pg_tables
                 WHERE schemaname = current_schema() AND tablename IN ('meta', 'refinery_schema_history')
                   AND NOT pg_has_role(tableowner, 'USAGE'))",
        &[],
    )?;
    let (user, schema): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let (may_create, other_owner): (bool, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    Ok(match (schema, may_create, other_owner) {
        (None, ..) => Some(format!("user {user} has no schema in its search path")),
        (Some(schema), false, _) => Some(format!(
            "user {user} may not create tables in schema {schema}"
        )),
        (_, _, Some(owner)) => Some(format!(
            "user {user} may not change the tables, which belong to {owner}"
        )),
        _ => None,
    })
}

fn failed(e: postgres::Error) -> OpenError {
    OpenError::Server(super::postgres::chain(&e))
}
