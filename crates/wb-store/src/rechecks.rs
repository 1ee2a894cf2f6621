//! When contact methods were tested and proved the last time: one row per method. The facts about the
//! tests stand in the method's stream, beside those of its codes.

use serde_json::Map;
use wb_core::actor::Actor;
use wb_core::ids::{MethodId, UserId};
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read;
use crate::stream;

/// How the tests of a contact method went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// Which method.
    pub method: MethodId,
    /// Whose.
    pub user: UserId,
    /// When it was tested the last time.
    pub asked_at: Option<Timestamp>,
    /// When the first test went out that nobody answered since.
    pub unanswered_since: Option<Timestamp>,
    /// When a provider took the newest test.
    pub sent_at: Option<Timestamp>,
    /// Why none did, once it is given up.
    pub failed: Option<FailureReason>,
    /// When its person last answered over it: a test, or a page.
    pub confirmed_at: Option<Timestamp>,
}

/// What happened to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecheckFact {
    /// One is to go out.
    Asked,
    /// The channel could not send it.
    NotSent(FailureReason),
    /// Its link was followed.
    Confirmed,
}

const ALL: Sql = sql(
    "SELECT method_id, user_id, asked_at, unanswered_since, sent_at, failed, confirmed_at
       FROM recheck ORDER BY method_id",
);
const OF_USER: Sql = sql(
    "SELECT method_id, user_id, asked_at, unanswered_since, sent_at, failed, confirmed_at
       FROM recheck WHERE user_id = $1 ORDER BY method_id",
);
/// Two nodes may find the same one due: the later of them changes nothing.
const CLAIM: Sql = sql(
    "INSERT INTO recheck (method_id, user_id, asked_at, unanswered_since) VALUES ($1, $2, $3, $3)
     ON CONFLICT (method_id) DO UPDATE
        SET asked_at = excluded.asked_at, sent_at = NULL, failed = NULL,
            unanswered_since = COALESCE(recheck.unanswered_since, excluded.asked_at)
      WHERE recheck.asked_at IS NULL OR recheck.asked_at <= $4",
);
const SENT: Sql = sql("UPDATE recheck SET sent_at = $2, failed = NULL WHERE method_id = $1");
const FAILED: Sql = sql("UPDATE recheck SET failed = $2 WHERE method_id = $1");
const CONFIRM: Sql = sql(
    "INSERT INTO recheck (method_id, user_id, confirmed_at) VALUES ($1, $2, $3)
     ON CONFLICT (method_id) DO UPDATE
        SET confirmed_at = excluded.confirmed_at, unanswered_since = NULL",
);
const FORGET: Sql = sql("DELETE FROM recheck WHERE method_id = $1");

/// All of them.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Recheck>, Error> {
    tx.query(&ALL, params![], recheck)
}

/// Those of a person's methods.
///
/// # Errors
/// When the store fails.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Recheck>, Error> {
    tx.query(&OF_USER, params![user.0], recheck)
}

/// Claims a test of a method; false when it was tested after `quiet_since`.
///
/// # Errors
/// When the store fails.
pub fn claim(
    tx: &mut Tx<'_>,
    (user, method): (UserId, MethodId),
    now: Timestamp,
    quiet_since: Timestamp,
) -> Result<bool, Error> {
    let times = (now.as_micros(), quiet_since.as_micros());
    let params = params![method.0, user.0, times.0, times.1];
    Ok(tx.exec(&CLAIM, params)? == 1)
}

/// Notes what became of sending the newest test.
///
/// # Errors
/// When the store fails.
pub fn sent(
    tx: &mut Tx<'_>,
    method: MethodId,
    failed: Option<FailureReason>,
    at: Timestamp,
) -> Result<(), Error> {
    match failed {
        None => tx.exec(&SENT, params![method.0, at.as_micros()])?,
        Some(reason) => tx.exec(&FAILED, params![method.0, reason.word()])?,
    };
    Ok(())
}

/// Notes that a method reached its person; nothing is open then.
///
/// # Errors
/// When the store fails.
pub fn confirm(
    tx: &mut Tx<'_>,
    (user, method): (UserId, MethodId),
    at: Timestamp,
) -> Result<(), Error> {
    tx.put(&CONFIRM, params![method.0, user.0, at.as_micros()], 1)
}

/// Drops what is known of a method: it is gone, or reaches another address now.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, method: MethodId) -> Result<(), Error> {
    tx.exec(&FORGET, params![method.0])?;
    Ok(())
}

/// Writes the fact of what happened to a test of a method.
///
/// # Errors
/// When the store fails.
pub fn note(
    tx: &mut Tx<'_>,
    (user, method): (UserId, MethodId),
    fact: RecheckFact,
    by: Actor,
    at: Timestamp,
) -> Result<(), Error> {
    let mut body = Map::new();
    body.insert("user".to_owned(), user.to_string().into());
    let kind = match fact {
        RecheckFact::Asked => "recheck_asked",
        RecheckFact::NotSent(reason) => {
            body.insert("reason".to_owned(), reason.word().into());
            "recheck_not_sent"
        }
        RecheckFact::Confirmed => "recheck_confirmed",
    };
    stream::note(tx, &method.to_string(), by, at, codec::noted(kind, body))
}

fn recheck(row: &Row<'_>) -> Result<Recheck, Error> {
    let failed = row.opt_text(5)?;
    Ok(Recheck {
        method: MethodId(row.id(0)?),
        user: UserId(row.id(1)?),
        asked_at: read::opt_at(row, 2)?,
        unanswered_since: read::opt_at(row, 3)?,
        sent_at: read::opt_at(row, 4)?,
        failed: failed.and_then(|word| FailureReason::from_word(&word)),
        confirmed_at: read::opt_at(row, 6)?,
    })
}
