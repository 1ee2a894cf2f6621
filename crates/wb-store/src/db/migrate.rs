//! Schema versions: refinery runs the twins in `migrations/sqlite` and `migrations/postgres`, forward only.
//!
//! `meta.schema_version` says what the database has, `meta.min_writer` the oldest schema whose binary may still write.

use postgres::Client;
use refinery::{Runner, Target};
use rusqlite::{Connection, OptionalExtension};

use super::error::OpenError;

mod lite {
    refinery::embed_migrations!("migrations/sqlite");
}

mod pg {
    refinery::embed_migrations!("migrations/postgres");
}

/// One lock for all nodes on one PostgreSQL database; the number is "watchbel" in ASCII.
const ADVISORY_LOCK: i64 = 0x7761_7463_6862_656c;

pub(crate) fn sqlite_runner() -> Runner {
    shaped(lite::migrations::runner())
}

pub(crate) fn postgres_runner() -> Runner {
    shaped(pg::migrations::runner())
}

/// All in one transaction: apart, a migration could be applied and its row in the history lost. An unknown newer
/// migration is no error: during a rolling upgrade older nodes go on as long as `min_writer` lets them.
pub(crate) fn shaped(runner: Runner) -> Runner {
    runner
        .set_grouped(true)
        .set_abort_missing(false)
        .set_abort_divergent(true)
        .set_target(Target::Latest)
}

/// The newest schema a binary with these migrations knows.
pub(crate) fn newest(runner: &Runner) -> i64 {
    runner
        .get_migrations()
        .iter()
        .map(|m| i64::from(m.version()))
        .max()
        .unwrap_or(0)
}

/// What the file has and what it would be brought to.
pub(crate) fn sqlite_versions(conn: &Connection, runner: &Runner) -> Result<(i64, i64), OpenError> {
    let text = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    let known: i64 = conn.query_row(text, [], |row| row.get(0)).map_err(failed)?;
    if known == 0 {
        return Ok((0, newest(runner)));
    }
    let text = "SELECT max(version) FROM refinery_schema_history";
    let have: Option<i64> = conn.query_row(text, [], |row| row.get(0)).map_err(failed)?;
    Ok((have.unwrap_or(0), newest(runner)))
}

/// Brings a SQLite database up to date; returns this binary's schema version.
pub(crate) fn sqlite(conn: &mut Connection, runner: Runner) -> Result<i64, OpenError> {
    let ours = newest(&runner);
    runner.run(conn).map_err(failed)?;
    let have = conn.query_row(
        "SELECT max(version) FROM refinery_schema_history",
        [],
        |r| r.get::<_, i64>(0),
    );
    let text = "INSERT INTO meta (key, value) VALUES ('schema_version', ?1)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    conn.execute(text, [have.map_err(failed)?.to_string()])
        .map_err(failed)?;
    let text = "SELECT value FROM meta WHERE key = 'min_writer'";
    let value: Option<String> = conn
        .query_row(text, [], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    allowed(value.as_deref(), ours)?;
    Ok(ours)
}

/// Brings a PostgreSQL database up to date, one node at a time; returns this binary's schema version.
pub(crate) fn postgres(client: &mut Client, runner: Runner) -> Result<i64, OpenError> {
    let ours = newest(&runner);
    // Waiting for another node's migration is normal and may take long.
    client
        .batch_execute("SET lock_timeout = 0; SET statement_timeout = 0")
        .map_err(failed)?;
    client
        .execute("SELECT pg_advisory_lock($1)", &[&ADVISORY_LOCK])
        .map_err(failed)?;
    let outcome = migrate_locked(client, &runner);
    // Closing this connection would let go as well; the error that matters is the migration's.
    let unlocked = client.execute("SELECT pg_advisory_unlock($1)", &[&ADVISORY_LOCK]);
    outcome?;
    unlocked.map_err(failed)?;
    allowed(
        postgres_min_writer(client).map_err(failed)?.as_deref(),
        ours,
    )?;
    Ok(ours)
}

fn migrate_locked(client: &mut Client, runner: &Runner) -> Result<(), OpenError> {
    runner.run(client).map_err(failed)?;
    let text = "INSERT INTO meta (key, value)
                SELECT 'schema_version', max(version)::text FROM refinery_schema_history
                ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    client.execute(text, &[]).map_err(failed).map(drop)
}

pub(crate) fn postgres_min_writer(client: &mut Client) -> Result<Option<String>, postgres::Error> {
    let row = client.query_opt("SELECT value FROM meta WHERE key = 'min_writer'", &[])?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Whether a binary that knows schema `ours` may write.
pub(crate) fn allowed(min_writer: Option<&str>, ours: i64) -> Result<(), OpenError> {
    let min_writer = min_writer.and_then(|text| text.parse().ok()).unwrap_or(0);
    if min_writer > ours {
        Err(OpenError::TooOld { min_writer, ours })
    } else {
        Ok(())
    }
}

fn failed(e: impl std::error::Error) -> OpenError {
    // Drivers put the useful words one level down.
    let mut words = e.to_string();
    let mut source = e.source();
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    OpenError::Migrate(words)
}
