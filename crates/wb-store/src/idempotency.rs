//! Answers kept for a while, so that a repeated call gets the same one and does nothing.

use wb_core::chain::Hash;
use wb_core::time::Timestamp;

use crate::db::{Error, Sql, Tx, sql};
use crate::params;
use crate::read::{self, clean};

/// What a call was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// The hash of the request: the same key with another request is the caller's mistake.
    pub request_hash: Hash,
    /// The HTTP status; 0 while the call is under way.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

const GET: Sql = sql("SELECT at, request_hash, status, body FROM idempotency
      WHERE scope = $1 AND key = $2 AND at > $3");
// An answer that has expired but was not yet deleted gives way, and so does a call that has been
// under way for longer than any call may take: its process is gone.
const RESERVE: Sql = sql(
    "INSERT INTO idempotency (scope, key, at, request_hash, status, body)
     VALUES ($1, $2, $3, $4, 0, $5)
     ON CONFLICT (scope, key) DO UPDATE SET at = excluded.at,
            request_hash = excluded.request_hash, status = excluded.status, body = excluded.body
      WHERE idempotency.at <= $6 OR (idempotency.status = 0 AND idempotency.at <= $7)",
);
const ANSWER: Sql = sql("UPDATE idempotency SET at = $3, status = $5, body = $6
      WHERE scope = $1 AND key = $2 AND request_hash = $4 AND status = 0");
const FORGET: Sql = sql("DELETE FROM idempotency
      WHERE scope = $1 AND key = $2 AND request_hash = $3 AND status = 0");

/// The answer kept for a caller's key since `kept_since`.
///
/// # Errors
/// When the store fails.
pub fn get(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    kept_since: Timestamp,
) -> Result<Option<Answer>, Error> {
    let key = clean(key);
    let params = params![scope, &key, kept_since.as_micros()];
    tx.query_opt(&GET, params, |row| {
        Ok(Answer {
            at: read::at(row, 0)?,
            request_hash: read::hash(row, 1)?,
            status: u16::try_from(row.i64(2)?).unwrap_or(500),
            body: row.blob(3)?,
        })
    })
}

/// Takes a caller's key for a call that begins now; false when the key has an answer, or a call with
/// it is under way. A call under way since before `under_way_since` is taken for dead.
///
/// # Errors
/// When the store fails.
pub fn reserve(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    request_hash: &Hash,
    at: Timestamp,
    kept_since: Timestamp,
    under_way_since: Timestamp,
) -> Result<bool, Error> {
    let (key, nothing): (_, &[u8]) = (clean(key), &[]);
    let params = params![
        scope,
        &key,
        at.as_micros(),
        request_hash,
        nothing,
        kept_since.as_micros(),
        under_way_since.as_micros(),
    ];
    Ok(tx.exec(&RESERVE, params)? == 1)
}

/// Keeps the answer of a call whose key was reserved.
///
/// # Errors
/// [`Error::Conflict`] when the reservation was lost meanwhile, or the store's error.
pub fn answer(tx: &mut Tx<'_>, scope: &str, key: &str, answer: &Answer) -> Result<(), Error> {
    let key = clean(key);
    let params = params![
        scope,
        &key,
        answer.at.as_micros(),
        &answer.request_hash,
        answer.status,
        &answer.body,
    ];
    tx.put(&ANSWER, params, 1)
}

/// Gives a reserved key back: the call did nothing, and may be made again.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, scope: &str, key: &str, request_hash: &Hash) -> Result<(), Error> {
    let key = clean(key);
    tx.exec(&FORGET, params![scope, &key, request_hash])?;
    Ok(())
}
