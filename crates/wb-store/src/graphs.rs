//! Graphs: the points an incident is shown with, copied from the metric store so that they outlive
//! its retention. Illustration, and no part of what is hashed: the facts hold the values that
//! decided.

use wb_core::config::Side;
use wb_core::ids::{IncidentId, MonitorId};
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page;
use crate::params;
use crate::read::{self, clean};

/// The points of one episode of a monitor's group.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// The monitor's name at the time.
    pub monitor_name: String,
    /// The name of the series.
    pub series: String,
    /// The target expression at the time.
    pub target: String,
    /// Which side of the line is bad.
    pub side: Side,
    /// The line.
    pub threshold: f64,
    /// The level of recovery, if it is another one.
    pub recovery: Option<f64>,
    /// The first value beyond the line, in seconds since 1970 UTC; none for silence.
    pub since_s: Option<i64>,
    /// When it fired, in seconds since 1970 UTC.
    pub fired_s: i64,
    /// When it recovered, in seconds since 1970 UTC; none while it lasts.
    pub recovered_s: Option<i64>,
    /// The time of the first value, in seconds since 1970 UTC.
    pub start_s: i64,
    /// The distance between two values, in seconds.
    pub step_s: i64,
    /// The values; none where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// A graph with what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphRow {
    /// The incident.
    pub incident: IncidentId,
    /// The dedup key of the episode's events.
    pub key: String,
    /// The monitor.
    pub monitor: MonitorId,
    /// When the points were copied.
    pub at: Timestamp,
    /// Whether the episode is over and the points stay as they are.
    pub is_final: bool,
    /// The points.
    pub graph: Graph,
}

/// Graphs that one incident shows; the episodes of further groups are in its record without points.
pub const GRAPHS_PER_INCIDENT: u32 = 20;

const PUT: Sql = sql(
    "INSERT INTO graph (incident_id, key, monitor_id, at, is_final, body)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (incident_id, key) DO UPDATE
        SET at = excluded.at, is_final = excluded.is_final, body = excluded.body
      WHERE NOT graph.is_final",
);

const OF_INCIDENT: Sql = sql(
    "SELECT incident_id, key, monitor_id, at, is_final, body FROM graph
      WHERE incident_id = $1 ORDER BY at, key LIMIT $2",
);

const OF_INCIDENTS: Sql = two(
    "SELECT incident_id, key, monitor_id, at, is_final, body FROM graph
      WHERE incident_id IN (SELECT unhex(value) FROM json_each($1))
      ORDER BY incident_id, key LIMIT $2",
    "SELECT incident_id, key, monitor_id, at, is_final, body FROM graph
      WHERE incident_id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)
      ORDER BY incident_id, key LIMIT $2",
);

const LIVE: Sql = sql(
    "SELECT incident_id, key, monitor_id, at, is_final, body FROM graph
      WHERE monitor_id = $1 AND key = $2 AND NOT is_final",
);

const COPY: Sql = two(
    "INSERT INTO graph (incident_id, key, monitor_id, at, is_final, body)
     SELECT $2, key, monitor_id, at, is_final, body FROM graph WHERE incident_id = $1
     ON CONFLICT (incident_id, key) DO NOTHING",
    "INSERT INTO graph (incident_id, key, monitor_id, at, is_final, body)
     SELECT $2::uuid, key, monitor_id, at, is_final, body FROM graph WHERE incident_id = $1
     ON CONFLICT (incident_id, key) DO NOTHING",
);

/// Shows the graphs of one incident beside another one too; those under way go on in both.
///
/// # Errors
/// When the store fails.
pub fn copy(tx: &mut Tx<'_>, from: IncidentId, to: IncidentId) -> Result<(), Error> {
    tx.exec(&COPY, params![from.0, to.0])?;
    Ok(())
}

/// Keeps a graph, over an earlier copy of the same episode unless that one is final.
///
/// # Errors
/// When the store fails.
pub fn put(tx: &mut Tx<'_>, row: &GraphRow) -> Result<(), Error> {
    let body = codec::encode_graph(&row.graph)?;
    let key = clean(&row.key);
    let params = params![
        row.incident.0,
        &key,
        row.monitor.0,
        row.at.as_micros(),
        row.is_final,
        body.as_slice(),
    ];
    tx.exec(&PUT, params)?;
    Ok(())
}

/// The graphs of an incident, oldest first, at most [`GRAPHS_PER_INCIDENT`]. Whether the caller may
/// read the incident is asked before.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<GraphRow>, Error> {
    tx.query(&OF_INCIDENT, params![incident.0, GRAPHS_PER_INCIDENT], row)
}

/// The graphs of a page of incidents, in one query.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn of_incidents(
    tx: &mut Tx<'_>,
    incidents: impl IntoIterator<Item = IncidentId>,
) -> Result<Vec<GraphRow>, Error> {
    let ids = page::ids(Some(incidents.into_iter().map(|id| id.0))).unwrap_or_default();
    let limit = i64::from(crate::PAGE_ROWS_MAX) * i64::from(GRAPHS_PER_INCIDENT);
    tx.query(&OF_INCIDENTS, &[P::Json(&ids), P::Int(limit)], row)
}

/// The graphs of an episode under way, of the incidents it belongs to.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn live(tx: &mut Tx<'_>, monitor: MonitorId, key: &str) -> Result<Vec<GraphRow>, Error> {
    tx.query(&LIVE, params![monitor.0, &clean(key)], row)
}

fn row(row: &Row<'_>) -> Result<GraphRow, Error> {
    Ok(GraphRow {
        incident: IncidentId(row.id(0)?),
        key: row.text(1)?,
        monitor: MonitorId(row.id(2)?),
        at: read::at(row, 3)?,
        is_final: row.bool(4)?,
        graph: codec::decode_graph(&row.blob(5)?)?,
    })
}
