//! Whether this database is still where it was: a copy must not page anybody by itself.
//!
//! A SQLite database and a file beside it carry the same random id. A PostgreSQL database knows its
//! server's system identifier and its own number in it; a physical replica has the same two, so a
//! failover changes nothing. What was made before there were these notes is noted as it is found.

use wb_core::time::Timestamp;

use crate::db::{Engine, Error, Sql, Tx, two};
use crate::meta;
use crate::sending::{self, HeldWhy};

const INSTANCE: &str = "instance_id";
const SYSTEM: &str = "postgres_system";
const DATABASE: &str = "postgres_database";

const ASK_DATABASE: Sql = two(
    "SELECT ''",
    "SELECT oid::text FROM pg_database WHERE datname = current_database()",
);
const MAY_ASK_SYSTEM: Sql = two(
    "SELECT 0",
    "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')",
);
const ASK_SYSTEM: Sql = two(
    "SELECT ''",
    "SELECT system_identifier::text FROM pg_control_system()",
);

/// The id that the file beside a SQLite database must hold; none before the first start that knows
/// of it.
///
/// # Errors
/// When the store fails.
pub fn instance(tx: &mut Tx<'_>) -> Result<Option<String>, Error> {
    meta::get(tx, INSTANCE)
}

/// Notes the id that the file beside a SQLite database holds from now on, and holds sending when
/// that was another one before.
///
/// # Errors
/// When the store fails.
pub fn set_instance(tx: &mut Tx<'_>, id: &str, at: Timestamp) -> Result<(), Error> {
    if instance(tx)?.is_some_and(|known| known != id) {
        sending::hold(tx, HeldWhy::Directory, at)?;
    }
    meta::set(tx, INSTANCE, id)
}

/// Notes in which PostgreSQL database this is, and holds sending when it was another one before.
///
/// # Errors
/// When the store fails.
pub fn settle_server(tx: &mut Tx<'_>, engine: Engine, at: Timestamp) -> Result<(), Error> {
    if engine != Engine::Postgres {
        return Ok(());
    }
    let database = tx.query_one(&ASK_DATABASE, &[], |row| row.text(0))?;
    settle(tx, DATABASE, &database, HeldWhy::Database, at)?;
    // Where the role may not ask, the database's number has to do.
    if tx.query_one(&MAY_ASK_SYSTEM, &[], |row| row.bool(0))? {
        let system = tx.query_one(&ASK_SYSTEM, &[], |row| row.text(0))?;
        settle(tx, SYSTEM, &system, HeldWhy::Server, at)?;
    }
    Ok(())
}

fn settle(
    tx: &mut Tx<'_>,
    key: &str,
    found: &str,
    why: HeldWhy,
    at: Timestamp,
) -> Result<(), Error> {
    let known = meta::get(tx, key)?;
    if known.as_deref() == Some(found) {
        return Ok(());
    }
    if known.is_some() {
        sending::hold(tx, why, at)?;
    }
    meta::set(tx, key, found)
}
