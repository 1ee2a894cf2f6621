//! The processes that work on this database, and their heartbeats.

use wb_core::ids::NodeId;
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql, two};
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
