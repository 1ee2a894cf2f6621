//! Passwords, as hashes, and the link that sets the first one.

use wb_core::ids::UserId;
use wb_core::time::Timestamp;

use crate::db::{Error, Sql, Tx, sql};
use crate::params;

const SET: Sql = sql(
    "INSERT INTO credential (user_id, password_hash, updated_at) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash,
            updated_at = excluded.updated_at",
);
const GET: Sql = sql("SELECT password_hash FROM credential WHERE user_id = $1");
const REMOVE: Sql = sql("DELETE FROM credential WHERE user_id = $1");
const NEW_LINK: Sql = sql("INSERT INTO setup_link (hash, created_at) VALUES ($1, $2)");
const VOID_LINKS: Sql = sql("UPDATE setup_link SET used_at = $1 WHERE used_at IS NULL");
const LINK_OPEN: Sql =
    sql("SELECT count(*) FROM setup_link WHERE hash = $1 AND used_at IS NULL AND created_at > $2");
const USE_LINK: Sql = sql(
    "UPDATE setup_link SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND created_at > $3",
);

/// Sets a user's password by its stored form (PHC string).
///
/// # Errors
/// When the store fails.
pub fn set(tx: &mut Tx<'_>, user: UserId, password_hash: &str, at: Timestamp) -> Result<(), Error> {
    tx.put(&SET, params![user.0, password_hash, at.as_micros()], 1)
}

/// The stored form of a user's password; none when none was set.
///
/// # Errors
/// When the store fails.
pub fn get(tx: &mut Tx<'_>, user: UserId) -> Result<Option<String>, Error> {
    tx.query_opt(&GET, params![user.0], |row| row.text(0))
}

/// Takes a user's password away; says whether there was one.
///
/// # Errors
/// When the store fails.
pub fn remove(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Error> {
    Ok(tx.exec(&REMOVE, params![user.0])? > 0)
}

/// Writes a new set-up link by the hash of its secret; older unused ones are void from now on.
///
/// # Errors
/// When the store fails.
pub fn new_setup_link(tx: &mut Tx<'_>, hash: &str, at: Timestamp) -> Result<(), Error> {
    tx.exec(&VOID_LINKS, params![at.as_micros()])?;
    tx.put(&NEW_LINK, params![hash, at.as_micros()], 1)
}

/// Whether a set-up link made after `made_after` can still be used.
///
/// # Errors
/// When the store fails.
pub fn setup_link_is_open(
    tx: &mut Tx<'_>,
    hash: &str,
    made_after: Timestamp,
) -> Result<bool, Error> {
    Ok(
        tx.query_one(&LINK_OPEN, params![hash, made_after.as_micros()], |row| {
            row.i64(0)
        })? > 0,
    )
}

/// Uses a set-up link made after `made_after`; false when it is unknown, used or too old. Of two
/// who use it at the same time one gets false.
///
/// # Errors
/// When the store fails.
pub fn use_setup_link(
    tx: &mut Tx<'_>,
    hash: &str,
    at: Timestamp,
    made_after: Timestamp,
) -> Result<bool, Error> {
    let params = params![hash, at.as_micros(), made_after.as_micros()];
    Ok(tx.exec(&USE_LINK, params)? == 1)
}
