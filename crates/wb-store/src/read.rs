//! Small helpers between rows and core types.

use uuid::Uuid;
use wb_core::chain::Hash;
use wb_core::ids::{EndpointId, UserId};
use wb_core::incident::Recipient;
use wb_core::time::Timestamp;

use crate::codec::CodecError;
use crate::db::{DbKind, Error, Row, SetSql, Tx, Value};
use crate::save::Head;

impl From<CodecError> for Error {
    fn from(error: CodecError) -> Self {
        let kind = match error {
            CodecError::Shape { .. } => DbKind::Corrupt,
            CodecError::TooNew { .. } => DbKind::Unsupported,
            CodecError::Number { .. } => DbKind::Value,
        };
        Self::db(kind, error.to_string())
    }
}

/// Says that a stored value is none that this program writes.
pub(crate) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::db(DbKind::Corrupt, format!("{what}; run `watchbell verify`"))
}

/// A counter as the databases keep it.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Text as both engines can keep it: PostgreSQL has no U+0000.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Text as it is searched: in lower case.
pub(crate) fn folded(text: &str) -> String {
    clean(&text.to_lowercase())
}

pub(crate) fn at(row: &Row<'_>, i: usize) -> Result<Timestamp, Error> {
    row.i64(i).map(Timestamp::from_micros)
}

pub(crate) fn opt_at(row: &Row<'_>, i: usize) -> Result<Option<Timestamp>, Error> {
    Ok(row.opt_i64(i)?.map(Timestamp::from_micros))
}

pub(crate) fn number(row: &Row<'_>, i: usize) -> Result<u64, Error> {
    let value = row.i64(i)?;
    u64::try_from(value).map_err(|_| damaged(format_args!("column {i} holds {value}")))
}

pub(crate) fn number32(row: &Row<'_>, i: usize) -> Result<u32, Error> {
    let value = row.i64(i)?;
    u32::try_from(value).map_err(|_| damaged(format_args!("column {i} holds {value}")))
}

pub(crate) fn hash(row: &Row<'_>, i: usize) -> Result<Hash, Error> {
    Hash::try_from(row.blob(i)?).map_err(|_| damaged(format_args!("column {i} is no hash")))
}

/// The head of a stream from a version column and the column after it.
pub(crate) fn head(row: &Row<'_>, i: usize) -> Result<Head, Error> {
    Ok(Head {
        seq: number(row, i)?,
        hash: hash(row, i + 1)?,
    })
}

/// The value of a word in a column.
pub(crate) fn word<T>(
    row: &Row<'_>,
    i: usize,
    from_word: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Error> {
    let text = row.text(i)?;
    from_word(&text).ok_or_else(|| damaged(format_args!("column {i} holds `{text}`")))
}

/// A recipient as the outbox keeps it.
pub(crate) const fn recipient_parts(recipient: Recipient) -> (&'static str, Uuid) {
    match recipient {
        Recipient::Person(id) => ("person", id.0),
        Recipient::Endpoint(id) => ("endpoint", id.0),
    }
}

/// A recipient from its column and the column after it.
pub(crate) fn recipient(row: &Row<'_>, i: usize) -> Result<Recipient, Error> {
    let id = row.id(i + 1)?;
    word(row, i, |kind| match kind {
        "person" => Some(Recipient::Person(UserId(id))),
        "endpoint" => Some(Recipient::Endpoint(EndpointId(id))),
        _ => None,
    })
}

/// Texts as one JSON parameter.
pub(crate) fn text_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(texts).to_string()
}

/// Writes rows of which every one must take effect; otherwise somebody else was first.
pub(crate) fn put_checked(tx: &mut Tx<'_>, set: &SetSql, rows: &[Vec<Value>]) -> Result<(), Error> {
    let touched = tx.put_many(set, rows)?;
    if touched == rows.len() as u64 {
        Ok(())
    } else {
        Err(tx.conflict())
    }
}
