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
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

const GET: Sql = sql("SELECT at, request_hash, status, body FROM idempotency
      WHERE scope = $1 AND key = $2 AND at > $3");
// An answer that has expired but was not yet deleted gives way.
const PUT: Sql = sql(
    "INSERT INTO idempotency (scope, key, at, request_hash, status, body)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (scope, key) DO UPDATE SET at = excluded.at,
            request_hash = excluded.request_hash, status = excluded.status, body = excluded.body
      WHERE idempotency.at <= $7",
);

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

/// Keeps the answer of a caller's key, in the transaction that did what it says.
///
/// # Errors
/// [`Error::Conflict`] when the key got an answer meanwhile, or the store's error.
pub fn put(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    answer: &Answer,
    kept_since: Timestamp,
) -> Result<(), Error> {
    let key = clean(key);
    let params = params![
        scope,
        &key,
        answer.at.as_micros(),
        &answer.request_hash,
        answer.status,
        &answer.body,
        kept_since.as_micros(),
    ];
    tx.put(&PUT, params, 1)
}
