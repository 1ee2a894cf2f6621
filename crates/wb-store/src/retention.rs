//! Deleting what has been kept long enough, in slices, so that no transaction is long.

use wb_core::time::Timestamp;

use crate::db::{Error, P, Sql, Tx, sql, two};
use crate::params;
use crate::read::number;

/// What goes after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expired {
    /// Signals; their payloads become orphans.
    Signals,
    /// Payloads that no signal refers to.
    Payloads,
    /// Inputs: with the signals they are the horizon of a replay.
    Inputs,
    /// What providers said about attempts.
    AttemptTexts,
    /// Sessions whose end lies before.
    Sessions,
    /// Answers kept for repeated calls.
    Idempotency,
    /// What contact methods were sent, where nothing was sent since.
    Bundles,
}

const SIGNALS: Sql = sql("DELETE FROM signal
      WHERE id IN (SELECT id FROM signal WHERE at < $1 ORDER BY at, id LIMIT $2)");
const INPUTS: Sql = sql("DELETE FROM input
      WHERE id IN (SELECT id FROM input WHERE at < $1 ORDER BY at, id LIMIT $2)");
const ATTEMPT_TEXTS: Sql = sql(
    "DELETE FROM fact_text WHERE (stream, seq) IN (
        SELECT stream, seq FROM fact_text WHERE kind = 'attempt' AND at < $1 ORDER BY at LIMIT $2)",
);
const SESSIONS: Sql = sql("DELETE FROM session
      WHERE id IN (SELECT id FROM session WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2)");
const BUNDLES: Sql = sql("DELETE FROM bundle WHERE method_id IN (
        SELECT method_id FROM bundle WHERE changed_at < $1 ORDER BY changed_at LIMIT $2)");
const IDEMPOTENCY: Sql = sql("DELETE FROM idempotency WHERE (scope, key) IN (
        SELECT scope, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2)");

// Two statements: the first locks, so that no new signal can take the payload up meanwhile; the
// second sees every signal that was committed before the lock.
const LOCK_ORPHANS: Sql = two(
    "SELECT hex(p.hash) FROM payload p
      WHERE p.at < $1 AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.payload_hash = p.hash)
      ORDER BY p.at LIMIT $2",
    "SELECT encode(p.hash, 'hex') FROM payload p
      WHERE p.at < $1 AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.payload_hash = p.hash)
      ORDER BY p.at LIMIT $2 FOR UPDATE SKIP LOCKED",
);
const DELETE_ORPHANS: Sql = two(
    "DELETE FROM payload
      WHERE hash IN (SELECT unhex(value) FROM json_each($1))
        AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.payload_hash = payload.hash)",
    "DELETE FROM payload
      WHERE hash IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1::jsonb) value)
        AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.payload_hash = payload.hash)",
);
const PAYLOAD_BYTES: Sql = two(
    "SELECT coalesce(sum(size), 0) FROM payload",
    "SELECT coalesce(sum(size), 0)::bigint FROM payload",
);
const REUSABLE: Sql = two(
    "SELECT f.freelist_count * p.page_size FROM pragma_freelist_count f, pragma_page_size p",
    "SELECT NULL::bigint",
);
const ERASE_TEXT: Sql = sql("DELETE FROM fact_text WHERE stream = $1 AND seq = $2");

/// Deletes the oldest of a kind that are from before a time, at most `rows_max`; says how many went.
/// Fewer than `rows_max` means that nothing is left to delete.
///
/// # Errors
/// When the store fails.
pub fn slice(
    tx: &mut Tx<'_>,
    expired: Expired,
    before: Timestamp,
    rows_max: u32,
) -> Result<u64, Error> {
    let sql = match expired {
        Expired::Signals => &SIGNALS,
        Expired::Payloads => return orphans(tx, before, rows_max),
        Expired::Inputs => &INPUTS,
        Expired::AttemptTexts => &ATTEMPT_TEXTS,
        Expired::Sessions => &SESSIONS,
        Expired::Idempotency => &IDEMPOTENCY,
        Expired::Bundles => &BUNDLES,
    };
    tx.exec(sql, params![before.as_micros(), rows_max])
}

/// Bytes of all stored payloads, for the cap: over it, delete signals from before ever later times,
/// then the orphans.
///
/// # Errors
/// When the store fails.
pub fn payload_bytes(tx: &mut Tx<'_>) -> Result<u64, Error> {
    tx.query_one(&PAYLOAD_BYTES, &[], |row| number(row, 0))
}

/// Bytes that deleted rows have left for new ones inside the file; none on PostgreSQL, whose disk is
/// its own.
///
/// # Errors
/// When the store fails.
pub fn reusable_bytes(tx: &mut Tx<'_>) -> Result<Option<u64>, Error> {
    let bytes = tx.query_one(&REUSABLE, &[], |row| row.opt_i64(0))?;
    Ok(bytes.map(|bytes| u64::try_from(bytes).unwrap_or(0)))
}

/// Erases the free text of one fact; the chain still verifies. False when it had none.
///
/// # Errors
/// When the store fails.
pub fn erase_text(tx: &mut Tx<'_>, stream: &str, seq: u64) -> Result<bool, Error> {
    Ok(tx.exec(&ERASE_TEXT, params![stream, crate::read::int(seq)])? == 1)
}

fn orphans(tx: &mut Tx<'_>, before: Timestamp, rows_max: u32) -> Result<u64, Error> {
    let found = tx.query(
        &LOCK_ORPHANS,
        params![before.as_micros(), rows_max],
        |row| row.text(0),
    )?;
    if found.is_empty() {
        return Ok(0);
    }
    let list = crate::read::text_list(found.iter().map(String::as_str));
    tx.exec(&DELETE_ORPHANS, &[P::Json(&list)])
}
