//! Browser sessions, found by the keyed hash of their secret.

use wb_core::ids::{SessionId, UserId};
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read::{self, clean};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
    /// The browser.
    pub user_agent: Option<String>,
    /// From where.
    pub remote: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, created_at, last_seen_at, expires_at, user_agent, remote
               FROM session ",
            $rest
        )
    };
}

const INSERT: Sql = sql(
    "INSERT INTO session (id, user_id, hash, created_at, last_seen_at, expires_at, user_agent,
            remote)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const BY_HASH: Sql = sql(select!("WHERE hash = $1 AND expires_at > $2"));
const BY_ID: Sql = sql(select!("WHERE id = $1"));
const OF_USER: Sql = sql(select!(
    "WHERE user_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 500"
));
const TOUCH: Sql = sql(
    "UPDATE session SET last_seen_at = $2, expires_at = $3 WHERE id = $1 AND last_seen_at < $2",
);
const END: Sql = sql("DELETE FROM session WHERE id = $1");
const END_ALL: Sql = sql("DELETE FROM session WHERE user_id = $1 AND id <> $2");

/// Writes a new session with the keyed hash of its secret.
///
/// # Errors
/// When the store fails.
pub fn create(tx: &mut Tx<'_>, session: &Session, hash: &str) -> Result<(), Error> {
    let agent = session.user_agent.as_deref().map(clean);
    let remote = session.remote.as_deref().map(clean);
    let params = params![
        session.id.0,
        session.user.0,
        hash,
        session.created_at.as_micros(),
        session.last_seen_at.as_micros(),
        session.expires_at.as_micros(),
        agent.as_ref(),
        remote.as_ref(),
    ];
    tx.put(&INSERT, params, 1)
}

/// The session of a hash, if it has not ended.
///
/// # Errors
/// When the store fails.
pub fn find(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Session>, Error> {
    tx.query_opt(&BY_HASH, params![hash, now.as_micros()], session)
}

/// A session by its id, also an expired one.
///
/// # Errors
/// When the store fails.
pub fn get(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>, Error> {
    tx.query_opt(&BY_ID, params![id.0], session)
}

/// The sessions of a user that have not ended, newest first.
///
/// # Errors
/// When the store fails.
pub fn of_user(tx: &mut Tx<'_>, user: UserId, now: Timestamp) -> Result<Vec<Session>, Error> {
    tx.query(&OF_USER, params![user.0, now.as_micros()], session)
}

/// Notes that a session was used and moves its end. Call it at most once a minute.
///
/// # Errors
/// When the store fails.
pub fn touch(
    tx: &mut Tx<'_>,
    id: SessionId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.exec(
        &TOUCH,
        params![id.0, at.as_micros(), expires_at.as_micros()],
    )?;
    Ok(())
}

/// Ends a session; false when there was none.
///
/// # Errors
/// When the store fails.
pub fn end(tx: &mut Tx<'_>, id: SessionId) -> Result<bool, Error> {
    Ok(tx.exec(&END, params![id.0])? == 1)
}

/// Ends every session of a user but one (none: all); says how many.
///
/// # Errors
/// When the store fails.
pub fn end_all(tx: &mut Tx<'_>, user: UserId, but: Option<SessionId>) -> Result<u64, Error> {
    let but = but.map_or(uuid::Uuid::nil(), |id| id.0);
    tx.exec(&END_ALL, params![user.0, but])
}

fn session(row: &Row<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: SessionId(row.id(0)?),
        user: UserId(row.id(1)?),
        created_at: read::at(row, 2)?,
        last_seen_at: read::at(row, 3)?,
        expires_at: read::at(row, 4)?,
        user_agent: row.opt_text(5)?,
        remote: row.opt_text(6)?,
    })
}
