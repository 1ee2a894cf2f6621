//! Facts about the database itself, by name.

use wb_core::time::Timestamp;

use crate::db::{Error, Sql, Tx, sql};
use crate::params;
use crate::read::clean;

/// The row that says whether sending is held.
pub(crate) const SENDING_HELD: &str = "sending_held";
/// The row that a probe of the store writes.
const PROBED_AT: &str = "probed_at";
/// The row that says when a copy was last made for somebody to keep.
const BACKUP_AT: &str = "backup_at";

const GET: Sql = sql("SELECT value FROM meta WHERE key = $1");
const SET: Sql = sql("INSERT INTO meta (key, value) VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value");

const SET_ONCE: Sql =
    sql("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING");

/// The value of a name.
///
/// # Errors
/// When the store fails.
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, Error> {
    tx.query_opt(&GET, params![key], |row| row.text(0))
}

/// Sets the value of a name.
///
/// # Errors
/// When the store fails.
pub fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<(), Error> {
    tx.put(&SET, params![key, &clean(value)], 1)
}

/// Sets the value of a name unless it has one, and gives the one it has then: of two nodes at the
/// same time the first wins, and both learn who it was.
///
/// # Errors
/// When the store fails.
pub fn set_once(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<String, Error> {
    tx.exec(&SET_ONCE, params![key, &clean(value)])?;
    tx.query_one(&GET, params![key], |row| row.text(0))
}

/// Whether nothing is sent, because this database was restored or copied and nobody has said yet
/// that it is the one to go on with.
///
/// # Errors
/// When the store fails.
pub fn sending_held(tx: &mut Tx<'_>) -> Result<bool, Error> {
    Ok(get(tx, SENDING_HELD)?.as_deref() == Some("1"))
}

/// Holds sending, or lets it go.
///
/// # Errors
/// When the store fails.
pub(crate) fn hold_sending(tx: &mut Tx<'_>, held: bool) -> Result<(), Error> {
    set(tx, SENDING_HELD, if held { "1" } else { "0" })
}

/// Writes one small row, to find out whether the store can be written.
///
/// # Errors
/// When it cannot.
pub fn probe(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), Error> {
    set(tx, PROBED_AT, &at.as_micros().to_string())
}

/// Notes that a copy was made for somebody to keep.
///
/// # Errors
/// When the store fails.
pub fn note_backup(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), Error> {
    set(tx, BACKUP_AT, &at.as_micros().to_string())
}

/// When a copy was last made through the API; none when none was.
///
/// # Errors
/// When the store fails.
pub fn last_backup(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    let text = get(tx, BACKUP_AT)?;
    Ok(text
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_micros))
}
