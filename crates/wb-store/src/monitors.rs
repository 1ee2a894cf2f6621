//! Monitors' groups: loading for decisions and views, and the claim of an evaluation.

use std::collections::BTreeMap;

use wb_core::ids::{GroupId, MonitorId, NodeId};
use wb_core::monitor::Group;

use crate::codec;
use crate::db::{Error, Row, Sql, Tx, sql, two};
use crate::page;
use crate::params;
use crate::read::head;
use crate::save::Loaded;

/// Active groups that one evaluation looks at; more than these are left to the next one.
pub const ACTIVE_GROUPS_MAX: u32 = 20_000;

const ACTIVE: Sql = sql(
    "SELECT version, head, state FROM monitor_group WHERE active ORDER BY monitor_id, id LIMIT $1",
);

const BY_IDS: Sql = two(
    "SELECT version, head, state FROM monitor_group
      WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
    "SELECT version, head, state FROM monitor_group
      WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY id",
);

const OF_MONITOR: Sql = sql("SELECT version, head, state FROM monitor_group
      WHERE monitor_id = $1 ORDER BY active DESC, id LIMIT $2");

const CLAIM: Sql = sql(
    "INSERT INTO monitor_claim (monitor_id, due_s, node_id) VALUES ($1, $2, $3)
     ON CONFLICT (monitor_id) DO UPDATE SET due_s = excluded.due_s, node_id = excluded.node_id
      WHERE monitor_claim.due_s < excluded.due_s OR monitor_claim.due_s > $4
         OR (monitor_claim.due_s = excluded.due_s AND monitor_claim.node_id = excluded.node_id)",
);

const FORGET: Sql = sql("DELETE FROM monitor_claim WHERE monitor_id = $1");

/// The groups with an episode under way, of all monitors.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn active(tx: &mut Tx<'_>) -> Result<Vec<Loaded<Group>>, Error> {
    tx.query(&ACTIVE, params![ACTIVE_GROUPS_MAX], group)
}

/// The groups of these ids that have a row, by id.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn by_ids(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = GroupId>,
) -> Result<BTreeMap<GroupId, Loaded<Group>>, Error> {
    let ids = page::ids(Some(ids.into_iter().map(|id| id.0))).unwrap_or_default();
    let found = tx.query(&BY_IDS, &[crate::db::P::Json(&ids)], group)?;
    Ok(found
        .into_iter()
        .map(|loaded| (loaded.state.id, loaded))
        .collect())
}

/// The groups of a monitor that have ever left the well state, active ones first.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn of_monitor(
    tx: &mut Tx<'_>,
    monitor: MonitorId,
    limit: u32,
) -> Result<Vec<Loaded<Group>>, Error> {
    tx.query(&OF_MONITOR, params![monitor.0, limit], group)
}

/// An evaluation to be claimed; all times in seconds since 1970 UTC.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The monitor.
    pub monitor: MonitorId,
    /// When the evaluation was due.
    pub due_s: i64,
    /// The latest time for which a claim is believed: a clock that was wrong may have left one that
    /// would keep everybody from evaluating until its time comes.
    pub latest_s: i64,
    /// Who claims.
    pub node: NodeId,
}

/// Claims an evaluation. False when a later one was claimed before, or this one by another node. The
/// claim stands with the transaction: whoever commits it has evaluated.
///
/// # Errors
/// When the store fails.
pub fn claim(tx: &mut Tx<'_>, claim: Claim) -> Result<bool, Error> {
    let params = params![claim.monitor.0, claim.due_s, claim.node.0, claim.latest_s];
    Ok(tx.exec(&CLAIM, params)? == 1)
}

/// Forgets the claims of a monitor that was deleted.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, monitor: MonitorId) -> Result<(), Error> {
    tx.exec(&FORGET, params![monitor.0])?;
    Ok(())
}

fn group(row: &Row<'_>) -> Result<Loaded<Group>, Error> {
    Ok(Loaded {
        head: head(row, 0)?,
        state: codec::decode_group(&row.blob(2)?)?,
    })
}
