//! Sending that is held because this database was restored or copied, and who let it go.
//!
//! While it is held nothing is claimed and no wake-up is processed: an escalation does not go past
//! people whom nobody could tell.

use wb_core::actor::Actor;
use wb_core::ids::IncidentId;
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, Sql, Tx, sql};
use crate::meta;
use crate::params;
use crate::read::{self, number};
use crate::stream::{self, SENDING};

const WHY: &str = "sending_held_why";
const SINCE: &str = "sending_held_since";
/// Of which hold the emergency contacts were told.
const TOLD: &str = "sending_held_told";
const RESUMED_AT: &str = "sending_resumed_at";
const RESUMED_BY: &str = "sending_resumed_by";

const RESUMPTIONS: Sql = sql("SELECT seq, at, actor, body FROM fact
      WHERE stream = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
const COUNT_DUE: Sql = sql("SELECT count(*) FROM outbox WHERE state = 'pending' AND due_at <= $1");
const COUNT_WAKING: Sql =
    sql("SELECT count(*) FROM incident WHERE wake_at IS NOT NULL AND wake_at <= $1");
const INCIDENTS_DUE: Sql = sql("SELECT DISTINCT incident_id FROM outbox
      WHERE state = 'pending' AND due_at <= $1 AND incident_id > $2
      ORDER BY incident_id LIMIT $3");

/// Why sending is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldWhy {
    /// The database is a backup that was put back.
    Backup,
    /// The SQLite file is not in the directory it was in.
    Directory,
    /// The PostgreSQL server is another one.
    Server,
    /// The PostgreSQL server is the same, the database in it is another one.
    Database,
    /// It is not known.
    Unknown,
}

impl HeldWhy {
    /// The word it is stored, and looked up in the catalogue, by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Directory => "directory",
            Self::Server => "server",
            Self::Database => "database",
            Self::Unknown => "unknown",
        }
    }

    fn of(word: Option<&str>) -> Self {
        [Self::Backup, Self::Directory, Self::Server, Self::Database]
            .into_iter()
            .find(|why| Some(why.word()) == word)
            .unwrap_or(Self::Unknown)
    }
}

/// Nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub why: HeldWhy,
    /// Since when, if that was noted.
    pub since: Option<Timestamp>,
}

/// Who let sending go the last time it was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}

/// One time that sending was let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumption {
    /// Its number; the first is 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// What had held it.
    pub hold: Hold,
    /// How many deliveries were dropped before.
    pub dropped: u64,
}

/// The body of such a fact.
#[derive(serde::Deserialize)]
struct Body {
    why: String,
    dropped: u64,
    since_us: Option<i64>,
}

/// Whether sending is held, and why.
///
/// # Errors
/// When the store fails.
pub fn held(tx: &mut Tx<'_>) -> Result<Option<Hold>, Error> {
    if !meta::sending_held(tx)? {
        return Ok(None);
    }
    Ok(Some(Hold {
        why: HeldWhy::of(meta::get(tx, WHY)?.as_deref()),
        since: time(tx, SINCE)?,
    }))
}

/// Holds sending. Where it is held already the first reason stands.
///
/// # Errors
/// When the store fails.
pub fn hold(tx: &mut Tx<'_>, why: HeldWhy, at: Timestamp) -> Result<(), Error> {
    if meta::sending_held(tx)? {
        return Ok(());
    }
    for (key, value) in rows_of_hold(why, at) {
        meta::set(tx, &key, &value)?;
    }
    Ok(())
}

/// The rows of `meta` that hold sending, for a copy that is not open as a store.
#[must_use]
pub fn rows_of_hold(why: HeldWhy, at: Timestamp) -> Vec<(String, String)> {
    let row = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    vec![
        row(meta::SENDING_HELD, "1"),
        row(WHY, why.word()),
        row(SINCE, &at.as_micros().to_string()),
    ]
}

/// Lets sending go and notes who did, as a fact; gives what had held it, and does nothing where
/// nothing did. `dropped` is how many deliveries were dropped before.
///
/// # Errors
/// When the store fails.
pub fn resume(
    tx: &mut Tx<'_>,
    by: Actor,
    at: Timestamp,
    dropped: u64,
) -> Result<Option<Hold>, Error> {
    let Some(hold) = held(tx)? else {
        return Ok(None);
    };
    note(tx, hold, by, at, dropped)?;
    meta::hold_sending(tx, false)?;
    meta::set(tx, RESUMED_AT, &at.as_micros().to_string())?;
    meta::set(tx, RESUMED_BY, &codec::actor_text(by))?;
    Ok(Some(hold))
}

/// Writes the fact that sending was let go.
fn note(tx: &mut Tx<'_>, hold: Hold, by: Actor, at: Timestamp, dropped: u64) -> Result<(), Error> {
    let mut body = serde_json::Map::new();
    body.insert("why".to_owned(), hold.why.word().into());
    body.insert("dropped".to_owned(), dropped.into());
    if let Some(since) = hold.since {
        body.insert("since_us".to_owned(), since.as_micros().into());
    }
    stream::note(tx, SENDING, by, at, codec::noted("resumed", body))
}

/// Each time that sending was let go, the newest first; `before` is the number of one to go on from.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn resumptions(
    tx: &mut Tx<'_>,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Resumption>, Error> {
    let before = before.map_or(i64::MAX, i64::from);
    let limit = limit.min(crate::page::PAGE_ROWS_MAX);
    tx.query(&RESUMPTIONS, params![SENDING, before, limit], |row| {
        let body: Body = serde_json::from_slice(&row.blob(3)?).map_err(read::damaged)?;
        let hold = Hold {
            why: HeldWhy::of(Some(&body.why)),
            since: body.since_us.map(Timestamp::from_micros),
        };
        Ok(Resumption {
            number: read::number32(row, 0)?,
            at: read::at(row, 1)?,
            by: codec::parse_actor(&row.text(2)?)?,
            hold,
            dropped: body.dropped,
        })
    })
}

/// Notes that the emergency contacts are told of the hold; false when they were told of it before.
///
/// # Errors
/// When the store fails.
pub fn tell_once(tx: &mut Tx<'_>, hold: Hold) -> Result<bool, Error> {
    let mark = hold.since.map_or(0, |since| since.as_micros()).to_string();
    if meta::get(tx, TOLD)?.as_deref() == Some(mark.as_str()) {
        return Ok(false);
    }
    meta::set(tx, TOLD, &mark)?;
    Ok(true)
}

/// Who let sending go the last time; none when it was never held.
///
/// # Errors
/// When the store fails.
pub fn resumed(tx: &mut Tx<'_>) -> Result<Option<Resumed>, Error> {
    let (Some(at), Some(by)) = (time(tx, RESUMED_AT)?, meta::get(tx, RESUMED_BY)?) else {
        return Ok(None);
    };
    let by = codec::parse_actor(&by)?;
    Ok(Some(Resumed { at, by }))
}

/// How many deliveries are due at `now`.
///
/// # Errors
/// When the store fails.
pub fn count_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, Error> {
    tx.query_one(&COUNT_DUE, params![now.as_micros()], |row| number(row, 0))
}

/// How many incidents have a wake-up that is due at `now`.
///
/// # Errors
/// When the store fails.
pub fn count_waking(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, Error> {
    tx.query_one(&COUNT_WAKING, params![now.as_micros()], |row| {
        number(row, 0)
    })
}

/// Incidents with deliveries that are due at `now`, in the order of their ids from behind `after`.
///
/// # Errors
/// When the store fails.
pub fn incidents_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    after: IncidentId,
    limit: u32,
) -> Result<Vec<IncidentId>, Error> {
    let params = params![now.as_micros(), after.0, limit];
    tx.query(&INCIDENTS_DUE, params, |row| row.id(0).map(IncidentId))
}

fn time(tx: &mut Tx<'_>, key: &str) -> Result<Option<Timestamp>, Error> {
    let text = meta::get(tx, key)?;
    Ok(text
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_micros))
}
