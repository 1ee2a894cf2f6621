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
use crate::read::number;

const WHY: &str = "sending_held_why";
const SINCE: &str = "sending_held_since";
const RESUMED_AT: &str = "sending_resumed_at";
const RESUMED_BY: &str = "sending_resumed_by";

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

/// Lets sending go and notes who did; gives what had held it, and does nothing where nothing did.
///
/// # Errors
/// When the store fails.
pub fn resume(tx: &mut Tx<'_>, by: Actor, at: Timestamp) -> Result<Option<Hold>, Error> {
    let Some(hold) = held(tx)? else {
        return Ok(None);
    };
    meta::hold_sending(tx, false)?;
    meta::set(tx, RESUMED_AT, &at.as_micros().to_string())?;
    meta::set(tx, RESUMED_BY, &codec::actor_text(by))?;
    Ok(Some(hold))
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
