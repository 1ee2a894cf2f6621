//! Codes by which people prove that a contact method reaches them, and the facts about them.
//!
//! A code's facts stand in a stream of the method's own: the person's stream holds their versions.

use serde_json::Map;
use uuid::Uuid;
use wb_core::actor::Actor;
use wb_core::ids::{MethodId, UserId};
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read;
use crate::stream;

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub user: UserId,
    /// Over which of their methods.
    pub method: MethodId,
    /// The keyed hash of the code and of what it was sent to.
    pub hash: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// How often somebody gave a code since.
    pub attempts: u32,
    /// When it was used; it counts once.
    pub used_at: Option<Timestamp>,
}

/// What happened to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFact {
    /// One was handed to the channel.
    Sent,
    /// The channel could not send it.
    NotSent(FailureReason),
    /// A wrong one was given.
    Wrong {
        /// How many more tries it has.
        left: u32,
    },
    /// The right one was given.
    Confirmed,
}

const INSERT: Sql = sql(
    "INSERT INTO method_code (id, user_id, method_id, hash, sent_at, expires_at, attempts, used_at)
     VALUES ($1, $2, $3, $4, $5, $6, 0, NULL)",
);
const SINCE: Sql = sql("SELECT method_id, sent_at FROM method_code
      WHERE user_id = $1 AND sent_at > $2 ORDER BY sent_at, id");
const NEWEST: Sql = sql(
    "SELECT id, user_id, method_id, hash, sent_at, expires_at, attempts, used_at FROM method_code
      WHERE method_id = $1 ORDER BY sent_at DESC, id DESC LIMIT 1",
);
const TRY: Sql = sql("UPDATE method_code SET attempts = attempts + 1
      WHERE id = $1 AND attempts < $2 AND used_at IS NULL");
const USE: Sql = sql("UPDATE method_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL");
const FORGET: Sql = sql("DELETE FROM method_code WHERE user_id = $1 AND sent_at <= $2");

/// Writes a new code; the older ones of its method no longer count.
///
/// # Errors
/// When the store fails.
pub fn create(tx: &mut Tx<'_>, code: &Code) -> Result<(), Error> {
    let params = params![
        code.id,
        code.user.0,
        code.method.0,
        code.hash.as_str(),
        code.sent_at.as_micros(),
        code.expires_at.as_micros(),
    ];
    tx.put(&INSERT, params, 1)
}

/// Over which methods codes were sent to somebody after a time, and when; the oldest first.
///
/// # Errors
/// When the store fails.
pub fn since(
    tx: &mut Tx<'_>,
    user: UserId,
    after: Timestamp,
) -> Result<Vec<(MethodId, Timestamp)>, Error> {
    tx.query(&SINCE, params![user.0, after.as_micros()], |row| {
        Ok((MethodId(row.id(0)?), read::at(row, 1)?))
    })
}

/// The newest code of a method.
///
/// # Errors
/// When the store fails.
pub fn newest(tx: &mut Tx<'_>, method: MethodId) -> Result<Option<Code>, Error> {
    tx.query_opt(&NEWEST, params![method.0], code)
}

/// Counts a try at a code, before it is looked at; false when it has no more than `max` tries, or
/// was used.
///
/// # Errors
/// When the store fails.
pub fn count_try(tx: &mut Tx<'_>, id: Uuid, max: u32) -> Result<bool, Error> {
    Ok(tx.exec(&TRY, params![id, max])? == 1)
}

/// Uses a code up; false when it was used before.
///
/// # Errors
/// When the store fails.
pub fn use_up(tx: &mut Tx<'_>, id: Uuid, at: Timestamp) -> Result<bool, Error> {
    Ok(tx.exec(&USE, params![id, at.as_micros()])? == 1)
}

/// Drops the codes sent to somebody up to a time.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, user: UserId, until: Timestamp) -> Result<(), Error> {
    tx.exec(&FORGET, params![user.0, until.as_micros()])?;
    Ok(())
}

/// Writes the fact of what happened to a code of a method.
///
/// # Errors
/// When the store fails.
pub fn note(
    tx: &mut Tx<'_>,
    (user, method): (UserId, MethodId),
    fact: CodeFact,
    by: Actor,
    at: Timestamp,
) -> Result<(), Error> {
    let mut body = Map::new();
    body.insert("user".to_owned(), user.to_string().into());
    let kind = match fact {
        CodeFact::Sent => "code_sent",
        CodeFact::NotSent(reason) => {
            body.insert("reason".to_owned(), reason.word().into());
            "code_not_sent"
        }
        CodeFact::Wrong { left } => {
            body.insert("left".to_owned(), left.into());
            "code_wrong"
        }
        CodeFact::Confirmed => "code_confirmed",
    };
    stream::note(tx, &method.to_string(), by, at, codec::noted(kind, body))
}

fn code(row: &Row<'_>) -> Result<Code, Error> {
    Ok(Code {
        id: row.id(0)?,
        user: UserId(row.id(1)?),
        method: MethodId(row.id(2)?),
        hash: row.text(3)?,
        sent_at: read::at(row, 4)?,
        expires_at: read::at(row, 5)?,
        attempts: read::number32(row, 6)?,
        used_at: read::opt_at(row, 7)?,
    })
}
