//! API tokens, found by the keyed hash of their secret.

use wb_core::ids::{TokenId, UserId};
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read::{self, clean};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, created_at, expires_at, last_used_at, revoked_at FROM token ",
            $rest
        )
    };
}

/// `last_used_at` moves at most this often, so that reading does not become writing.
pub const TOUCH_EVERY_S: i64 = 60;

const INSERT: Sql = sql(
    "INSERT INTO token (id, user_id, name, hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)",
);
const BY_HASH: Sql = sql(select!(
    "WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
));
const BY_ID: Sql = sql(select!("WHERE id = $1"));
const OF_USER: Sql = sql(select!("WHERE user_id = $1 ORDER BY id DESC LIMIT 500"));
const REVOKE: Sql = sql("UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
const REVOKE_ALL: Sql =
    sql("UPDATE token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL");
const TOUCH: Sql = sql("UPDATE token SET last_used_at = $2
      WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)");

/// Writes a new token with the keyed hash of its secret.
///
/// # Errors
/// When the store fails.
pub fn create(tx: &mut Tx<'_>, token: &Token, hash: &str) -> Result<(), Error> {
    let name = clean(&token.name);
    let params = params![
        token.id.0,
        token.user.0,
        &name,
        hash,
        token.created_at.as_micros(),
        token.expires_at.map(|at| at.as_micros()),
    ];
    tx.put(&INSERT, params, 1)
}

/// The token of a hash, if it works now: neither revoked nor expired.
///
/// # Errors
/// When the store fails.
pub fn find(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Token>, Error> {
    tx.query_opt(&BY_HASH, params![hash, now.as_micros()], token)
}

/// A token by its id, whatever its state.
///
/// # Errors
/// When the store fails.
pub fn get(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<Token>, Error> {
    tx.query_opt(&BY_ID, params![id.0], token)
}

/// The tokens of a user, newest first, revoked and expired ones too.
///
/// # Errors
/// When the store fails.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Token>, Error> {
    tx.query(&OF_USER, params![user.0], token)
}

/// Revokes a token; false when it was revoked already or is unknown.
///
/// # Errors
/// When the store fails.
pub fn revoke(tx: &mut Tx<'_>, id: TokenId, at: Timestamp) -> Result<bool, Error> {
    Ok(tx.exec(&REVOKE, params![id.0, at.as_micros()])? == 1)
}

/// Revokes every token of a user; says how many.
///
/// # Errors
/// When the store fails.
pub fn revoke_all(tx: &mut Tx<'_>, user: UserId, at: Timestamp) -> Result<u64, Error> {
    tx.exec(&REVOKE_ALL, params![user.0, at.as_micros()])
}

/// Notes that a token was used, at most once a minute.
///
/// # Errors
/// When the store fails.
pub fn touch(tx: &mut Tx<'_>, id: TokenId, at: Timestamp) -> Result<(), Error> {
    let stale = at.plus_secs(-TOUCH_EVERY_S);
    tx.exec(&TOUCH, params![id.0, at.as_micros(), stale.as_micros()])?;
    Ok(())
}

fn token(row: &Row<'_>) -> Result<Token, Error> {
    Ok(Token {
        id: TokenId(row.id(0)?),
        user: UserId(row.id(1)?),
        name: row.text(2)?,
        created_at: read::at(row, 3)?,
        expires_at: read::opt_at(row, 4)?,
        last_used_at: read::opt_at(row, 5)?,
        revoked_at: read::opt_at(row, 6)?,
    })
}
