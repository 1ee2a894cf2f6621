//! Whose turn it is in the steps that tell one person after the other.

use wb_core::ids::PolicyId;
use wb_core::incident::{Turn, Turns};

use crate::codec;
use crate::db::{Error, Sql, Tx, sql, two};
use crate::params;
use crate::read::number;

const MAKE: Sql = sql("INSERT INTO policy_turn (policy_id, step, version, turn)
     VALUES ($1, $2, 0, $3) ON CONFLICT (policy_id, step) DO NOTHING");
const LOCK: Sql = two(
    "SELECT version, turn FROM policy_turn WHERE policy_id = $1 AND step = $2",
    "SELECT version, turn FROM policy_turn WHERE policy_id = $1 AND step = $2 FOR UPDATE",
);
const READ: Sql = sql("SELECT version, turn FROM policy_turn WHERE policy_id = $1 AND step = $2");

/// How far these steps have come, for a decision that may take turns. On PostgreSQL their rows stay
/// locked until the commit, so that two incidents that open at once take turns. Give all that one
/// transaction needs at once, in order: else two of them may wait for each other in a circle.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn lock(tx: &mut Tx<'_>, steps: &[(PolicyId, u32)]) -> Result<Turns, Error> {
    let mut turns = Turns::default();
    for (policy, step) in steps {
        let number = i64::from(*step);
        let mut found = read(tx, &LOCK, *policy, *step)?;
        if found.is_none() {
            // Another one may make it at the same time, and is waited for.
            let first = codec::encode_turn(&Turn::default())?;
            tx.exec(&MAKE, params![policy.0, number, first.as_slice()])?;
            found = read(tx, &LOCK, *policy, *step)?;
        }
        turns.put(*policy, *step, found.unwrap_or_default());
    }
    Ok(turns)
}

/// How far a step has come, for people to look at.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn get(tx: &mut Tx<'_>, policy: PolicyId, step: u32) -> Result<Turn, Error> {
    Ok(read(tx, &READ, policy, step)?.unwrap_or_default())
}

fn read(tx: &mut Tx<'_>, sql: &Sql, policy: PolicyId, step: u32) -> Result<Option<Turn>, Error> {
    tx.query_opt(sql, params![policy.0, i64::from(step)], |row| {
        Ok(Turn {
            version: number(row, 0)?,
            ..codec::decode_turn(&row.blob(1)?)?
        })
    })
}
