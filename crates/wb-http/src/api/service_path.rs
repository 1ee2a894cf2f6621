//! The path of a service: from the events of the last hours to the pages they led to.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::AppError;
use wb_core::config::{Config, ObjectId};
use wb_core::monitor;
use wb_core::time::Timestamp;
use wb_store::service_path::{ServicePath, Way};

use super::configured::readable;
use super::refs::{Names, Ref};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, ServiceIdText, Time};

/// How far back one may look, in hours: a week.
const HOURS_MAX: u32 = 168;

/// How far back is looked, in hours, when the caller does not say.
const HOURS: u32 = 24;

/// How far back.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PathQuery {
    /// How many hours; more than 168 are cut to that.
    #[param(minimum = 1, maximum = 168, default = 24)]
    pub hours: Option<u32>,
}

/// How many events had one outcome.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeCount {
    /// `opened`, `repeated`, `raised`, `acknowledged`, `resolved`, `stray` or `failed`.
    pub outcome: String,
    /// How many.
    pub count: u64,
}

/// One way by which events come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WayView {
    /// The integration; null for the service's monitors.
    pub integration: Option<Ref>,
    /// Its events in that time.
    pub count: u64,
    /// The same by hour, oldest first.
    pub by_hour: Vec<u64>,
    /// When its last signal came, be it earlier; for the monitors within that time.
    pub last_at: Option<Time>,
    /// Calls refused since the integration is there.
    pub refused: u64,
}

/// Alerts that opened in that time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PathAlerts {
    /// How many.
    pub count: u64,
    /// How many of them still fire.
    pub open: u64,
    /// How many incidents they belong to.
    pub incidents: u64,
}

/// Incidents that opened in that time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PathIncidents {
    /// How many.
    pub count: u64,
    /// How many of them nobody has.
    pub triggered: u64,
    /// How many of them somebody has.
    pub acknowledged: u64,
    /// The middle of how long the resolved ones took, in seconds; null where none is resolved.
    pub median_s: Option<u64>,
}

/// Pages about those incidents.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PathPages {
    /// How many.
    pub count: u64,
    /// How many people they are for.
    pub people: u64,
    /// Their messages: each is one way to one recipient.
    pub messages: u64,
    /// Of these: tried to the end.
    pub done: u64,
    /// Of these: stopped, because somebody had it.
    pub cancelled: u64,
}

/// From events to pages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServicePathView {
    /// Since when.
    pub from: Time,
    /// Until when.
    pub to: Time,
    /// Events by what became of them.
    pub events: Vec<OutcomeCount>,
    /// By which ways they came: the integrations by name, then the monitors.
    pub ways: Vec<WayView>,
    /// What they opened.
    pub alerts: PathAlerts,
    /// What these became.
    pub incidents: PathIncidents,
    /// Whom that reached.
    pub pages: PathPages,
}

impl ServicePathView {
    fn new(path: &ServicePath, (from, to): (Timestamp, Timestamp), config: &Config) -> Self {
        let hours = usize::try_from(to.micros_since(from) / 3_600_000_000).unwrap_or(0);
        let mut events = BTreeMap::<&str, u64>::new();
        for count in path.ways.iter().flat_map(|way| &way.counts) {
            *events.entry(&count.outcome).or_default() += count.count;
        }
        let (alerts, incidents, pages) = (path.alerts, path.incidents, path.pages);
        let mut ways: Vec<_> = path
            .ways
            .iter()
            .map(|one| way(one, hours, config))
            .collect();
        ways.sort_by_key(|way| (way.integration.is_none(), name(way)));
        Self {
            from: Time(from),
            to: Time(to),
            events: events
                .into_iter()
                .map(|(outcome, count)| OutcomeCount {
                    outcome: outcome.to_owned(),
                    count,
                })
                .collect(),
            ways,
            alerts: PathAlerts {
                count: alerts.count,
                open: alerts.open,
                incidents: alerts.incidents,
            },
            incidents: PathIncidents {
                count: incidents.count,
                triggered: incidents.triggered,
                acknowledged: incidents.acknowledged,
                median_s: incidents.median_s,
            },
            pages: PathPages {
                count: pages.count,
                people: pages.people,
                messages: pages.messages,
                done: pages.done,
                cancelled: pages.cancelled,
            },
        }
    }
}

fn name(way: &WayView) -> String {
    let named = way.integration.as_ref().and_then(|one| one.name.clone());
    named.unwrap_or_default()
}

fn way(way: &Way, hours: usize, config: &Config) -> WayView {
    let mut by_hour = vec![0; hours];
    for count in &way.counts {
        // What comes while we count belongs to the last hour.
        let hour = (count.hour as usize).min(hours.saturating_sub(1));
        if let Some(there) = by_hour.get_mut(hour) {
            *there += count.count;
        }
    }
    let of_monitors = way.integration == monitor::INTEGRATION;
    WayView {
        integration: (!of_monitors).then(|| Names(config).integration(way.integration)),
        count: way.counts.iter().map(|count| count.count).sum(),
        by_hour,
        last_at: way.last_at.map(Time),
        refused: way.refused,
    }
}

/// Counts what came in for a service lately, what it became, and whom that reached.
#[utoipa::path(
    get, path = "/services/{id}/path", tag = "services", operation_id = "get_service_path",
    params(("id" = ServiceIdText, Path), PathQuery),
    responses((status = 200, body = ServicePathView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ServiceIdText>,
    Query(query): Query<PathQuery>,
) -> Result<Json<ServicePathView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Service(id))?;
    let hours = query.hours.unwrap_or(HOURS).clamp(1, HOURS_MAX);
    let to = state.app.now();
    let from = to.plus_secs(-i64::from(hours) * 3_600);
    let feeding = config.integrations.iter();
    let feeding = feeding.filter(|(_, one)| one.value.service == id);
    let integrations: Vec<_> = feeding.map(|(integration, _)| *integration).collect();
    let path = state
        .app
        .store
        .read(move |tx| {
            let scope = &caller.scope;
            let path = wb_store::service_path::since(tx, scope, id, &integrations, from)?;
            Ok::<_, AppError>(path)
        })
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(ServicePathView::new(&path, (from, to), &config)))
}
