//! Incidents: declaring one, and one with everything about it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_app::incidents::Declare;
use wb_core::config::{Config, Policy, Scope};
use wb_core::ids::IncidentId;
use wb_core::incident::IncidentFact;
use wb_core::monitor::{Group, INTEGRATION};
use wb_store::alerts::{AlertFilter, AlertRow};
use wb_store::db::Tx;
use wb_store::graphs::Graph;
use wb_store::incidents::IncidentRow;
use wb_store::record::{Cursor as RecordCursor, Entry, EntryFact};

use super::alerts::AlertView;
use super::incident_view::{
    IncidentDetail, IncidentRef, IncidentSummary, PolicyAt, escalation_word,
};
use super::pages;
use super::record::{Background, RecordEntry, Words};
use super::refs::Names;
use super::responders;
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::limits::{EPISODES_MAX, RECORD_ENTRIES_MAX};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, ServiceIdText, SeverityWord};

/// An incident declared by a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareBody {
    /// The service it is about.
    pub service: ServiceIdText,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words.
    #[serde(default)]
    pub summary: String,
    /// How bad it is; major when not said.
    #[serde(default)]
    pub severity: Option<SeverityWord>,
}

/// Declares an incident by hand and executes its first step.
#[utoipa::path(
    post, path = "/incidents", tag = "incidents", operation_id = "declare_incident",
    request_body = DeclareBody, responses((status = 201, body = IncidentDetail)),
)]
pub async fn declare(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<DeclareBody>,
) -> Result<impl IntoResponse, Problem> {
    let declare = Declare {
        service: body.service.0,
        title: body.title,
        summary: body.summary,
        severity: body.severity.map(|severity| severity.0),
    };
    let id = state.app.declare(&caller, declare).await?;
    let detail = detail(&state, caller.scope, id).await?;
    let location = [(LOCATION, format!("/api/v1/incidents/{id}"))];
    Ok((StatusCode::CREATED, location, Json(detail)))
}

/// Shows an incident with its record, its alerts, and who was told.
#[utoipa::path(
    get, path = "/incidents/{id}", tag = "incidents", operation_id = "get_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = IncidentDetail)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<IncidentDetail>, Problem> {
    detail(&state, caller.scope, id).await.map(Json)
}

/// What is read for one incident.
struct Loaded {
    row: IncidentRow,
    policy: Option<Policy>,
    alerts: Vec<AlertRow>,
    record: Vec<Entry>,
    graph: Option<Graph>,
    /// The numbers of the incidents it was merged with.
    numbers: BTreeMap<IncidentId, u64>,
}

impl Loaded {
    /// The record as sentences, in order.
    fn entries(&self, config: &Config) -> Vec<RecordEntry> {
        let incident = &self.row.incident.state;
        let background = Background::new(&self.record, &self.numbers);
        let words = Words::new(config, incident, &background);
        let entries = self.record.iter();
        entries.filter_map(|entry| words.entry(entry)).collect()
    }

    fn other(&self, id: IncidentId) -> IncidentRef {
        IncidentRef::new(id, &self.numbers)
    }
}

/// The record of an incident as sentences, in order.
pub(super) async fn record(
    state: &HttpState,
    scope: Scope,
    id: IncidentId,
) -> Result<Vec<RecordEntry>, Problem> {
    let loaded = state.app.store.read(move |tx| load(tx, &scope, id)).await?;
    let loaded = loaded.ok_or_else(Problem::not_found)?;
    Ok(loaded.entries(&state.app.config()))
}

pub(super) async fn detail(
    state: &HttpState,
    scope: Scope,
    id: IncidentId,
) -> Result<IncidentDetail, Problem> {
    let loaded = state.app.store.read(move |tx| load(tx, &scope, id)).await?;
    let loaded = loaded.ok_or_else(Problem::not_found)?;
    let config = state.app.config();
    let incident = &loaded.row.incident.state;
    let names = Names(&config);
    let merged = incident.merged.as_ref();
    Ok(IncidentDetail {
        policy: incident.policy.map(|held| PolicyAt {
            policy: names.policy(held.id),
            version: held.version,
        }),
        escalation: escalation_word(incident.escalation.state),
        pages: pages::views(incident, &details(&loaded.record), &config),
        responders: responders::views(incident, &config),
        record: loaded.entries(&config),
        incident: IncidentSummary::new(
            incident,
            loaded.row.number,
            loaded.row.incident.head.seq,
            loaded.policy.as_ref(),
            &config,
        )
        .with_spark(loaded.graph.as_ref()),
        merged_into: merged.map(|merged| loaded.other(merged.into)),
        absorbed: incident
            .absorbed
            .iter()
            .map(|id| loaded.other(*id))
            .collect(),
        alerts: loaded
            .alerts
            .iter()
            .map(|row| AlertView::new(row.clone(), &config))
            .collect(),
    })
}

/// The record with what the monitors decided that opened its alerts; each before what followed.
fn with_episodes(
    tx: &mut Tx<'_>,
    alerts: &[AlertRow],
    record: Vec<Entry>,
) -> Result<Vec<Entry>, AppError> {
    let watched = alerts
        .iter()
        .map(|row| &row.alert.state)
        .filter(|alert| alert.integration == INTEGRATION)
        .filter_map(|alert| {
            Some((
                Group::of_dedup_key(&alert.event.dedup_key)?,
                alert.opened_at,
            ))
        });
    let mut all = Vec::new();
    for (group, opened_at) in watched.take(EPISODES_MAX) {
        all.extend(wb_store::record::of_episode(tx, group, opened_at)?);
    }
    all.extend(record);
    all.sort_by_key(|entry| entry.at);
    Ok(all)
}

fn load(tx: &mut Tx<'_>, scope: &Scope, id: IncidentId) -> Result<Option<Loaded>, AppError> {
    let Some(row) = wb_store::incidents::get(tx, scope, id)? else {
        return Ok(None);
    };
    let policy = match row.incident.state.policy {
        Some(held) => wb_store::config::policy_at(tx, held)?,
        None => None,
    };
    let filter = AlertFilter {
        incident: Some(id),
        ..AlertFilter::default()
    };
    let page = wb_store::Page::newest(wb_store::PAGE_ROWS_MAX);
    let alerts = wb_store::alerts::list(tx, scope, &filter, page)?;
    let mut record: Vec<Entry> = Vec::new();
    while record.len() < RECORD_ENTRIES_MAX {
        let after = record.last().map(|entry| RecordCursor {
            at: entry.at,
            stream: entry.stream.clone(),
            seq: entry.seq,
        });
        let more =
            wb_store::record::of_incident(tx, scope, id, after.as_ref(), wb_store::PAGE_ROWS_MAX)?;
        if more.is_empty() {
            break;
        }
        record.extend(more);
    }
    let record = with_episodes(tx, &alerts, record)?;
    let graph = wb_store::graphs::of_incidents(tx, [id])?.into_iter().next();
    let incident = &row.incident.state;
    let merged = incident.merged.iter().map(|merged| merged.into);
    let others: Vec<_> = merged.chain(incident.absorbed.iter().copied()).collect();
    let numbers = wb_store::incidents::numbers(tx, &others)?;
    Ok(Some(Loaded {
        row,
        policy,
        alerts,
        record,
        graph: graph.map(|row| row.graph),
        numbers,
    }))
}

/// What providers said, from the record.
fn details(record: &[Entry]) -> pages::Details {
    record
        .iter()
        .filter_map(|entry| match &entry.fact {
            EntryFact::Incident(IncidentFact::Attempted {
                delivery,
                number,
                detail,
                ..
            }) => Some(((*delivery, *number), detail.clone())),
            _ => None,
        })
        .collect()
}
