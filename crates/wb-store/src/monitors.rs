//! Monitors' groups: loading for decisions and views, and the claim of an evaluation.

use wb_core::ids::{GroupId, MonitorId, NodeId};
use wb_core::monitor::Group;

use crate::codec;
use crate::db::{Error, Row, Sql, Tx, sql, two};
use crate::page;
use crate::params;
use crate::read::head;
use crate::save::Loaded;

/// Groups that are read at once; more come page by page.
const PAGE_GROUPS: u32 = 5_000;

const ACTIVE: Sql = sql(
    "SELECT version, head, state, monitor_id, id FROM monitor_group
      WHERE active AND (monitor_id, id) > ($1, $2) ORDER BY monitor_id, id LIMIT $3",
);

const BY_IDS: Sql = two(
    "SELECT version, head, state, monitor_id, id FROM monitor_group
      WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
    "SELECT version, head, state, monitor_id, id FROM monitor_group
      WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY id",
);

const OF_MONITOR: Sql = sql(
    "SELECT version, head, state, monitor_id, id FROM monitor_group
      WHERE monitor_id = $1 ORDER BY active DESC, id LIMIT $2",
);

const CLAIM: Sql = sql(
    "INSERT INTO monitor_claim (monitor_id, due_s, node_id) VALUES ($1, $2, $3)
     ON CONFLICT (monitor_id) DO UPDATE SET due_s = excluded.due_s, node_id = excluded.node_id
      WHERE monitor_claim.due_s < excluded.due_s OR monitor_claim.due_s > $4
         OR (monitor_claim.due_s = excluded.due_s AND monitor_claim.node_id = excluded.node_id)",
);

const FORGET: Sql = sql("DELETE FROM monitor_claim WHERE monitor_id = $1");

/// Groups that were read, and the rows among them that could not be: one damaged row spoils nobody
/// else's evaluation.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Those that could be read, in the order of the query.
    pub good: Vec<Loaded<Group>>,
    /// Those that could not.
    pub damaged: Vec<Damaged>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Which group it is about.
    pub group: GroupId,
    /// Whose group that is.
    pub monitor: MonitorId,
    /// What is wrong with it.
    pub why: String,
}

/// A place in the list of active groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The monitor of the group before it.
    monitor: MonitorId,
    /// The group before it.
    group: GroupId,
}

impl Place {
    /// Before all of them.
    pub const FIRST: Self = Self {
        monitor: MonitorId(uuid::Uuid::nil()),
        group: GroupId(uuid::Uuid::nil()),
    };
}

/// Groups with an episode under way, of all monitors, from a place on; and the place to go on from,
/// none after the last.
///
/// # Errors
/// When the store fails.
pub fn active(tx: &mut Tx<'_>, from: Place) -> Result<(Groups, Option<Place>), Error> {
    let params = params![from.monitor.0, from.group.0, PAGE_GROUPS];
    let rows = tx.query(&ACTIVE, params, group)?;
    let is_full = rows.len() >= PAGE_GROUPS as usize;
    let last = rows.last().filter(|_| is_full).map(|row| row.place);
    Ok((sorted_out(rows), last))
}

/// The groups of these ids that have a row.
///
/// # Errors
/// When the store fails.
pub fn by_ids(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = GroupId>) -> Result<Groups, Error> {
    let ids = page::ids(Some(ids.into_iter().map(|id| id.0))).unwrap_or_default();
    let rows = tx.query(&BY_IDS, &[crate::db::P::Json(&ids)], group)?;
    Ok(sorted_out(rows))
}

/// The groups of a monitor that have ever left the well state, active ones first.
///
/// # Errors
/// When the store fails.
pub fn of_monitor(tx: &mut Tx<'_>, monitor: MonitorId, limit: u32) -> Result<Groups, Error> {
    let rows = tx.query(&OF_MONITOR, params![monitor.0, limit], group)?;
    Ok(sorted_out(rows))
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

/// A row and whether it could be read.
struct Read {
    place: Place,
    group: Result<Loaded<Group>, Error>,
}

fn group(row: &Row<'_>) -> Result<Read, Error> {
    let place = Place {
        monitor: MonitorId(row.id(3)?),
        group: GroupId(row.id(4)?),
    };
    let group = loaded(row);
    Ok(Read { place, group })
}

fn loaded(row: &Row<'_>) -> Result<Loaded<Group>, Error> {
    Ok(Loaded {
        head: head(row, 0)?,
        state: codec::decode_group(&row.blob(2)?)?,
    })
}

fn sorted_out(rows: Vec<Read>) -> Groups {
    let mut groups = Groups::default();
    for row in rows {
        match row.group {
            Ok(loaded) => groups.good.push(loaded),
            Err(error) => groups.damaged.push(Damaged {
                group: row.place.group,
                monitor: row.place.monitor,
                why: error.to_string(),
            }),
        }
    }
    groups
}
