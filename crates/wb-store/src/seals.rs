//! The daily seal: one signed hash over the heads of all streams.

use sha2::{Digest, Sha256};
use wb_core::chain::Hash;
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read;

/// A seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The sealed day, counted from 1970-01-01 UTC.
    pub day: i64,
    /// When it was sealed.
    pub at: Timestamp,
    /// Which key signed.
    pub key_id: String,
    /// The hash over the heads.
    pub root: Hash,
    /// How many streams there were.
    pub count: u64,
    /// The signature.
    pub signature: Vec<u8>,
}

// The last fact before a time, of every stream.
const HEADS: Sql = sql("SELECT f.stream, f.hash FROM fact f
      WHERE f.at < $1 AND NOT EXISTS (
            SELECT 1 FROM fact g WHERE g.stream = f.stream AND g.seq = f.seq + 1 AND g.at < $1)
      ORDER BY f.stream");
const PUT: Sql = sql(
    "INSERT INTO seal (day, at, key_id, root, count, signature) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (day) DO NOTHING",
);
const LIST: Sql = sql("SELECT day, at, key_id, root, count, signature FROM seal
      WHERE day < $1 ORDER BY day DESC LIMIT $2");

/// SHA-256 over the name and last hash of every stream before a time, in the order of their names,
/// each length-prefixed; and how many streams there were.
///
/// # Errors
/// When the store fails.
pub fn root(tx: &mut Tx<'_>, before: Timestamp) -> Result<(Hash, u64), Error> {
    let mut hasher = Sha256::new();
    let mut count = 0;
    tx.query(&HEADS, params![before.as_micros()], |row| {
        let stream = row.text(0)?;
        hasher.update((stream.len() as u64).to_be_bytes());
        hasher.update(stream.as_bytes());
        hasher.update(read::hash(row, 1)?);
        count += 1;
        Ok(())
    })?;
    Ok((hasher.finalize().into(), count))
}

/// Keeps a seal; false when the day was sealed already.
///
/// # Errors
/// When the store fails.
pub fn put(tx: &mut Tx<'_>, seal: &Seal) -> Result<bool, Error> {
    let params = params![
        seal.day,
        seal.at.as_micros(),
        &seal.key_id,
        &seal.root,
        read::int(seal.count),
        &seal.signature,
    ];
    Ok(tx.exec(&PUT, params)? == 1)
}

/// The seals before a day (none: from the newest), newest first.
///
/// # Errors
/// When the store fails.
pub fn list(tx: &mut Tx<'_>, before: Option<i64>, limit: u32) -> Result<Vec<Seal>, Error> {
    tx.query(&LIST, params![before.unwrap_or(i64::MAX), limit], seal)
}

fn seal(row: &Row<'_>) -> Result<Seal, Error> {
    Ok(Seal {
        day: row.i64(0)?,
        at: read::at(row, 1)?,
        key_id: row.text(2)?,
        root: read::hash(row, 3)?,
        count: read::number(row, 4)?,
        signature: row.blob(5)?,
    })
}
