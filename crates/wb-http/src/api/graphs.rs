//! The graphs of an incident: the points its monitors saw, copied beside its record.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_core::config::{Config, Side};
use wb_core::time::Timestamp;
use wb_store::graphs::{Graph, GraphRow};

use super::refs::{Names, Ref};
use crate::extract::Path;
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, Time};

/// Values of a sparkline.
const SPARK_VALUES: usize = 48;

/// The graphs of an incident, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphList {
    /// One for each series that fired, at most 20.
    pub items: Vec<GraphView>,
}

/// The points of one series around the time it fired.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphView {
    /// The dedup key of the alert it belongs to.
    pub key: String,
    /// The monitor; its name is that of the time.
    pub monitor: Ref,
    /// The name of the series.
    pub series: String,
    /// The target expression at the time.
    pub target: String,
    /// `above` or `below`: which side of the threshold is bad.
    #[schema(value_type = String)]
    pub side: &'static str,
    /// The line.
    pub threshold: f64,
    /// The level of recovery; null when it is the threshold.
    pub recovery: Option<f64>,
    /// The first value beyond the line; null when the series fell silent.
    pub since: Option<Time>,
    /// When it fired.
    pub fired_at: Time,
    /// When it recovered; null while it lasts.
    pub recovered_at: Option<Time>,
    /// Whether it still fires and more points come.
    pub is_live: bool,
    /// The time of the first value, in seconds since 1970 UTC.
    pub start_s: i64,
    /// The distance between two values, in seconds.
    pub step_s: i64,
    /// The values; null where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// The newest points of an incident's first graph, made few, for a row of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SparkView {
    /// At most 48 values in even steps, oldest first; null where nothing was measured.
    pub values: Vec<Option<f64>>,
    /// The line.
    pub threshold: f64,
    /// `above` or `below`: which side of the threshold is bad.
    #[schema(value_type = String)]
    pub side: &'static str,
}

/// Shows the graphs of an incident.
#[utoipa::path(
    get, path = "/incidents/{id}/graphs", tag = "incidents", operation_id = "get_incident_graphs",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = GraphList)),
)]
pub async fn of_incident(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<GraphList>, Problem> {
    let rows = state
        .app
        .store
        .read(move |tx| {
            if wb_store::incidents::get(tx, &caller.scope, id)?.is_none() {
                return Ok::<_, AppError>(None);
            }
            Ok(Some(wb_store::graphs::of_incident(tx, id)?))
        })
        .await?
        .ok_or_else(Problem::not_found)?;
    let config = state.app.config();
    let items = rows.into_iter().map(|row| GraphView::new(row, &config));
    Ok(Json(GraphList {
        items: items.collect(),
    }))
}

impl GraphView {
    fn new(row: GraphRow, config: &Config) -> Self {
        let graph = row.graph;
        let known = Names(config).monitor(row.monitor);
        Self {
            key: row.key,
            monitor: Ref {
                name: known.name.or(Some(graph.monitor_name)),
                id: known.id,
            },
            series: graph.series,
            target: graph.target,
            side: Side::word(graph.side),
            threshold: graph.threshold,
            recovery: graph.recovery,
            since: graph.since_s.map(moment),
            fired_at: moment(graph.fired_s),
            recovered_at: graph.recovered_s.map(moment),
            is_live: !row.is_final,
            start_s: graph.start_s,
            step_s: graph.step_s,
            values: graph.values,
        }
    }
}

impl SparkView {
    /// The sparkline of a graph.
    #[must_use]
    pub fn new(graph: &Graph) -> Self {
        let per_value = graph.values.len().div_ceil(SPARK_VALUES).max(1);
        let values = graph.values.chunks(per_value).map(|chunk| {
            let known = chunk.iter().flatten();
            // The worst of each stretch: a spike must not be averaged away.
            known.copied().reduce(|a, b| match graph.side {
                Side::Above => a.max(b),
                Side::Below => a.min(b),
            })
        });
        Self {
            values: values.collect(),
            threshold: graph.threshold,
            side: graph.side.word(),
        }
    }
}

fn moment(at_s: i64) -> Time {
    Time(Timestamp::EPOCH.plus_secs(at_s))
}
