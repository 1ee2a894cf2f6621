//! Calls that were not taken: counted, and the newest kept with their reason.

use uuid::Uuid;
use wb_core::config::{ObjectId, Permission, Scope};
use wb_core::ids::IntegrationId;
use wb_core::time::Timestamp;

use crate::db::{Error, SetSql, Sql, Tx, set, sql};
use crate::read::{self, clean, int};
use crate::{config, params, row};

/// Refused calls kept for each integration; older ones are only counted.
pub const KEPT_PER_INTEGRATION: u32 = 100;

/// A call that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its id: ordered by time.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// The HTTP status it was answered with.
    pub status: u16,
    /// Why.
    pub reason: String,
    /// The sender's address.
    pub remote: Option<String>,
}

/// Stands for "no known integration".
const NOBODY: Uuid = Uuid::nil();

const COUNT: Sql = sql(
    "INSERT INTO refused_counter (integration_id, count) VALUES ($1, $2)
     ON CONFLICT (integration_id) DO UPDATE SET count = refused_counter.count + excluded.count",
);
const PUT: SetSql = set(
    &["integration_id", "id", "at", "status", "reason", "remote"],
    "INSERT INTO refused (integration_id, id, at, status, reason, remote)
     VALUES ($1, $2, $3, $4, $5, $6)",
    "INSERT INTO refused (integration_id, id, at, status, reason, remote)
     SELECT t.integration_id, t.id, t.at, t.status, t.reason, t.remote
       FROM jsonb_to_recordset($1::jsonb) AS t(integration_id uuid, id uuid, at bigint,
            status bigint, reason text, remote text)",
);
const TRIM: Sql = sql("DELETE FROM refused WHERE integration_id = $1 AND id <= (
        SELECT id FROM refused WHERE integration_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)");
const LIST: Sql = sql("SELECT id, at, status, reason, remote FROM refused
      WHERE integration_id = $1 ORDER BY id DESC LIMIT $2");
const COUNT_OF: Sql = sql("SELECT count FROM refused_counter WHERE integration_id = $1");

/// Adds refused calls of one integration (none: of no known one): `count` of them, of which the
/// newest are given. What is older than the newest hundred goes.
///
/// # Errors
/// When the store fails.
pub fn add(
    tx: &mut Tx<'_>,
    integration: Option<IntegrationId>,
    count: u64,
    newest: &[Refused],
) -> Result<(), Error> {
    let whose = integration.map_or(NOBODY, |id| id.0);
    tx.put(&COUNT, params![whose, int(count)], 1)?;
    let mut newest: Vec<_> = newest.iter().collect();
    newest.sort_by_key(|refused| refused.id);
    let rows: Vec<_> = newest
        .into_iter()
        .map(|refused| {
            row![
                whose,
                refused.id,
                refused.at.as_micros(),
                i64::from(refused.status),
                clean(&refused.reason),
                refused.remote.as_deref().map(clean),
            ]
        })
        .collect();
    tx.put_many(&PUT, &rows)?;
    tx.exec(&TRIM, params![whose, KEPT_PER_INTEGRATION])?;
    Ok(())
}

/// How many calls of an integration were refused in all, and the newest of them, newest first; if
/// the caller may read it. Those of no known integration need a global role.
///
/// # Errors
/// When the store fails.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    integration: Option<IntegrationId>,
    limit: u32,
) -> Result<(u64, Vec<Refused>), Error> {
    let readable = match integration {
        Some(id) => config::may_read(tx, scope, ObjectId::Integration(id))?,
        None => scope.allows_globally(Permission::Read),
    };
    if !readable {
        return Ok((0, Vec::new()));
    }
    let whose = integration.map_or(NOBODY, |id| id.0);
    let count = tx.query_opt(&COUNT_OF, params![whose], |row| read::number(row, 0))?;
    let rows = tx.query(
        &LIST,
        params![whose, limit.min(KEPT_PER_INTEGRATION)],
        |row| {
            Ok(Refused {
                id: row.id(0)?,
                at: read::at(row, 1)?,
                status: u16::try_from(row.i64(2)?).unwrap_or(0),
                reason: row.text(3)?,
                remote: row.opt_text(4)?,
            })
        },
    )?;
    Ok((count.unwrap_or(0), rows))
}
