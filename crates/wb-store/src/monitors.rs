//! Monitors' groups: loading for decisions and views, and the claim of an evaluation.

use std::collections::BTreeMap;

use uuid::Uuid;
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
      WHERE monitor_claim.due_s < excluded.due_s",
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

/// Claims the evaluation of a monitor that was due at a time, in seconds since 1970 UTC. False when
/// that one, or a later one, was claimed before. The claim stands with the transaction: whoever
/// commits it has evaluated.
///
/// # Errors
/// When the store fails.
pub fn claim(tx: &mut Tx<'_>, monitor: MonitorId, due_s: i64, node: NodeId) -> Result<bool, Error> {
    Ok(tx.exec(&CLAIM, params![monitor.0, due_s, node.0])? == 1)
}

/// Forgets the claims of a monitor that was deleted.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, monitor: Uuid) -> Result<(), Error> {
    tx.exec(&FORGET, params![monitor])?;
    Ok(())
}

fn group(row: &Row<'_>) -> Result<Loaded<Group>, Error> {
    Ok(Loaded {
        head: head(row, 0)?,
        state: codec::decode_group(&row.blob(2)?)?,
    })
}
