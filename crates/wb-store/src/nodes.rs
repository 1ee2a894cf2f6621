//! The processes that work on this database, and their heartbeats.

use wb_core::ids::NodeId;
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql, two};
use crate::meta;
use crate::params;
use crate::read;

/// A process. Whether it lives is judged by each observer: its beat has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id, new with each start.
    pub id: NodeId,
    /// What its operator calls it.
    pub name: String,
    /// Which instance key it has.
    pub key_id: String,
    /// Rises with each heartbeat.
    pub beat: u64,
    /// When it started.
    pub started_at: Timestamp,
    /// Its release.
    pub version: String,
    /// Where its API is.
    pub url: Option<String>,
}

const BEAT: Sql = sql(
    "INSERT INTO node (id, name, key_id, beat, started_at, version, url)
     VALUES ($1, $2, $3, 1, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET beat = node.beat + 1",
);
const ALL: Sql =
    sql("SELECT id, name, key_id, beat, started_at, version, url FROM node ORDER BY id LIMIT 1000");
const CLOCK: Sql = two(
    "SELECT NULL",
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
);
/// Rows of `meta` about nodes that keep metrics: this, then the node's name; the value is the id of
/// its last process. `0` comes right after `/`.
const METRICS: &str = "metrics_node/";
const METRICS_NODES: Sql = sql("SELECT key, value FROM meta
      WHERE key >= 'metrics_node/' AND key < 'metrics_node0' ORDER BY key LIMIT 100");
const METRICS_FORGET: Sql = sql("DELETE FROM meta WHERE key = $1");
const FORGET: Sql = sql("DELETE FROM node WHERE id = $1");

/// One heartbeat; the first one makes the node known. `node.beat` is not looked at.
///
/// # Errors
/// When the store fails.
pub fn beat(tx: &mut Tx<'_>, node: &Node) -> Result<(), Error> {
    let params = params![
        node.id.0,
        &node.name,
        &node.key_id,
        node.started_at.as_micros(),
        &node.version,
        node.url.as_ref(),
    ];
    tx.put(&BEAT, params, 1)
}

/// Every known node with its beat: an observer holds one for dead whose beat has stood still for
/// long enough by the observer's own clock.
///
/// # Errors
/// When the store fails.
pub fn live(tx: &mut Tx<'_>) -> Result<Vec<Node>, Error> {
    tx.query(&ALL, &[], node)
}

/// Forgets a node that stopped or is dead, after its claims were released.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &mut Tx<'_>, id: NodeId) -> Result<(), Error> {
    tx.exec(&FORGET, params![id.0])?;
    Ok(())
}

/// A node that keeps metrics, or kept them when it last ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsNode {
    /// What its operator calls it.
    pub name: String,
    /// Its last process; none when that cannot be read.
    pub last: Option<NodeId>,
}

/// Notes whether a node keeps metrics.
///
/// # Errors
/// When the store fails.
pub fn keep_metrics(tx: &mut Tx<'_>, node: &Node, keeps: bool) -> Result<(), Error> {
    let key = format!("{METRICS}{}", node.name);
    if keeps {
        return meta::set(tx, &key, &node.id.to_string());
    }
    tx.exec(&METRICS_FORGET, params![&key])?;
    Ok(())
}

/// The nodes that keep metrics, also those that do not run: monitors wait for them.
///
/// # Errors
/// When the store fails.
pub fn metrics_nodes(tx: &mut Tx<'_>) -> Result<Vec<MetricsNode>, Error> {
    tx.query(&METRICS_NODES, &[], |row| {
        let key = row.text(0)?;
        Ok(MetricsNode {
            name: key.strip_prefix(METRICS).unwrap_or_default().to_owned(),
            last: row.text(1)?.parse().ok(),
        })
    })
}

/// What the database's server has for the time, to see how far this node's clock is off; none on
/// SQLite, which has no clock of its own. The one place where SQL reads a clock.
///
/// # Errors
/// When the store fails.
pub fn database_clock(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(&CLOCK, &[], |row| read::opt_at(row, 0))
}

fn node(row: &Row<'_>) -> Result<Node, Error> {
    Ok(Node {
        id: NodeId(row.id(0)?),
        name: row.text(1)?,
        key_id: row.text(2)?,
        beat: read::number(row, 3)?,
        started_at: read::at(row, 4)?,
        version: row.text(5)?,
        url: row.opt_text(6)?,
    })
}
