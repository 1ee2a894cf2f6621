//! Incidents: lists, one with its record, and what people do to them.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::AppError;
use wb_app::incidents::{Changed, Declare, ReassignTarget};
use wb_core::config::{Policy, Scope};
use wb_core::ids::{AlertId, IncidentId};
use wb_core::incident::{IncidentFact, PolicyRef};
use wb_core::monitor::{Group, INTEGRATION};
use wb_store::alerts::{AlertFilter, AlertRow};
use wb_store::db::Tx;
use wb_store::graphs::Graph;
use wb_store::incidents::{IncidentFilter, IncidentRow};
use wb_store::record::{Cursor as RecordCursor, Entry, EntryFact};

use super::alerts::AlertView;
use super::incident_view::{IncidentDetail, IncidentSummary, PolicyAt, escalation_word};
use super::pages;
use super::record::Words;
use super::refs::{Names, Ref};
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::limits::{EPISODES_MAX, RECORD_ENTRIES_MAX};
use crate::page::{Cursor, Limit, Page};
use crate::problem::{FieldIssue, Problem};
use crate::state::HttpState;
use crate::values::{
    Id, IncidentIdText, IncidentStateWord, List, NoteIdText, PolicyIdText, ServiceIdText,
    SeverityWord, TeamIdText, UrgencyWord, UserIdText, Word,
};

/// Which incidents a list holds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncidentQuery {
    /// `triggered`, `acknowledged` or `resolved`; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub state: List<IncidentStateWord>,
    /// Only those of these services; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub service: List<ServiceIdText>,
    /// Only those of these teams; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub team: List<TeamIdText>,
    /// Only those of this urgency.
    #[param(value_type = Option<String>)]
    pub urgency: Option<UrgencyWord>,
    /// Only those of this severity.
    #[param(value_type = Option<String>)]
    pub severity: Option<SeverityWord>,
    /// Only those this user has.
    #[param(value_type = Option<String>)]
    pub owner: Option<UserIdText>,
    /// Only those whose title or summary has this text in it.
    pub q: Option<String>,
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

impl IncidentQuery {
    fn filter(self) -> IncidentFilter {
        IncidentFilter {
            states: self.state.0.into_iter().map(|state| state.0).collect(),
            services: self.service.0.into_iter().map(|id| id.0).collect(),
            teams: self.team.0.into_iter().map(|id| id.0).collect(),
            urgency: self.urgency.map(|urgency| urgency.0),
            severity: self.severity.map(|severity| severity.0),
            owner: self.owner.map(|owner| owner.0),
            search: self.q.filter(|q| !q.trim().is_empty()),
        }
    }
}

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

/// Who gets the incident: a user or a policy.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignBody {
    /// A person.
    #[serde(default)]
    pub user: Option<UserIdText>,
    /// An escalation policy, from its first step.
    #[serde(default)]
    pub policy: Option<PolicyIdText>,
}

/// A note for the record.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// What to write down (Markdown).
    pub text: String,
}

/// A note that was written.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct NoteView {
    /// Its id.
    pub id: NoteIdText,
}

/// What a command did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedView {
    /// The incident.
    pub id: IncidentIdText,
    /// Whether anything changed; acknowledging what is acknowledged changes nothing.
    pub changed: bool,
    /// Where it stands now.
    pub state: IncidentStateWord,
    /// Who has it.
    pub owner: Option<Ref>,
    /// How many planned deliveries were stopped.
    pub cancelled: usize,
    /// How many of its alerts still fire.
    pub open_alert_count: usize,
    /// Its version now.
    pub version: u64,
}

/// Lists the incidents the caller may see, newest first.
#[utoipa::path(
    get, path = "/incidents", tag = "incidents", operation_id = "list_incidents",
    params(IncidentQuery), responses((status = 200, body = Page<IncidentSummary>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<IncidentQuery>,
) -> Result<Json<Page<IncidentSummary>>, Problem> {
    let limit = query.limit;
    let page = limit.before(query.cursor, IncidentId);
    let filter = query.filter();
    let (rows, policies, graphs) = state
        .app
        .store
        .read(move |tx| {
            let rows = wb_store::incidents::list(tx, &caller.scope, &filter, page)?;
            let policies = held_policies(tx, &rows)?;
            let graphs = first_graphs(tx, &rows)?;
            Ok::<_, AppError>((rows, policies, graphs))
        })
        .await?;
    let config = state.app.config();
    let id = |row: &IncidentRow| row.incident.state.id.0;
    Ok(Json(Page::of_rows(rows, limit, id, |row| {
        let incident = row.incident.state;
        let policy = incident
            .policy
            .and_then(|held| policies.get(&held)?.as_ref());
        IncidentSummary::new(
            &incident,
            row.number,
            row.incident.head.seq,
            policy,
            &config,
        )
        .with_spark(graphs.get(&incident.id))
    })))
}

/// The first graph of each incident of a list that has one.
fn first_graphs(
    tx: &mut Tx<'_>,
    rows: &[IncidentRow],
) -> Result<BTreeMap<IncidentId, Graph>, AppError> {
    let ids = rows.iter().map(|row| row.incident.state.id);
    let mut first = BTreeMap::new();
    for row in wb_store::graphs::of_incidents(tx, ids)? {
        first.entry(row.incident).or_insert(row.graph);
    }
    Ok(first)
}

/// The policies of those incidents of a list that still wait for a step.
fn held_policies(
    tx: &mut Tx<'_>,
    rows: &[IncidentRow],
) -> Result<BTreeMap<PolicyRef, Option<Policy>>, AppError> {
    let held: BTreeSet<_> = rows
        .iter()
        .map(|row| &row.incident.state)
        .filter(|incident| incident.wake_at().is_some())
        .filter_map(|incident| incident.policy)
        .collect();
    let mut policies = BTreeMap::new();
    for policy in held {
        policies.insert(policy, wb_store::config::policy_at(tx, policy)?);
    }
    Ok(policies)
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
}

pub(super) async fn detail(
    state: &HttpState,
    scope: Scope,
    id: IncidentId,
) -> Result<IncidentDetail, Problem> {
    let loaded = state.app.store.read(move |tx| load(tx, &scope, id)).await?;
    let Loaded {
        row,
        policy,
        alerts,
        record,
        graph,
    } = loaded.ok_or_else(Problem::not_found)?;
    let config = state.app.config();
    let incident = &row.incident.state;
    let summaries: BTreeMap<AlertId, String> = alerts
        .iter()
        .map(|row| (row.alert.state.id, row.alert.state.event.summary.clone()))
        .collect();
    let words = Words::new(&config, incident, &summaries);
    let names = Names(&config);
    Ok(IncidentDetail {
        policy: incident.policy.map(|held| PolicyAt {
            policy: names.policy(held.id),
            version: held.version,
        }),
        escalation: escalation_word(incident.escalation.state),
        pages: pages::views(incident, &details(&record), &config),
        record: record
            .iter()
            .filter_map(|entry| words.entry(entry))
            .collect(),
        incident: IncidentSummary::new(
            incident,
            row.number,
            row.incident.head.seq,
            policy.as_ref(),
            &config,
        )
        .with_spark(graph.as_ref()),
        alerts: alerts
            .into_iter()
            .map(|row| AlertView::new(row, &config))
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
    Ok(Some(Loaded {
        row,
        policy,
        alerts,
        record,
        graph: graph.map(|row| row.graph),
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

/// Takes the incident; everything still pending is cancelled.
#[utoipa::path(
    post, path = "/incidents/{id}/acknowledge", tag = "incidents",
    operation_id = "acknowledge_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = ChangedView)),
)]
pub async fn acknowledge(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.acknowledge(&caller, id).await?;
    Ok(changed_view(&state, id, changed))
}

/// Takes an acknowledgement back; what it stopped goes out after all.
#[utoipa::path(
    post, path = "/incidents/{id}/unacknowledge", tag = "incidents",
    operation_id = "unacknowledge_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = ChangedView)),
)]
pub async fn unacknowledge(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.unacknowledge(&caller, id).await?;
    Ok(changed_view(&state, id, changed))
}

/// Ends the incident and its alerts.
#[utoipa::path(
    post, path = "/incidents/{id}/resolve", tag = "incidents", operation_id = "resolve_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = ChangedView)),
)]
pub async fn resolve(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.resolve(&caller, id).await?;
    Ok(changed_view(&state, id, changed))
}

/// Opens a resolved incident again.
#[utoipa::path(
    post, path = "/incidents/{id}/reopen", tag = "incidents", operation_id = "reopen_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = ChangedView)),
)]
pub async fn reopen(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.reopen(&caller, id).await?;
    Ok(changed_view(&state, id, changed))
}

/// Gives the incident to a person or to another policy.
#[utoipa::path(
    post, path = "/incidents/{id}/reassign", tag = "incidents", operation_id = "reassign_incident",
    params(("id" = IncidentIdText, Path)),
    request_body = ReassignBody, responses((status = 200, body = ChangedView)),
)]
pub async fn reassign(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<ReassignBody>,
) -> Result<Json<ChangedView>, Problem> {
    let target = match (body.user, body.policy) {
        (Some(user), None) => ReassignTarget::User(user.0),
        (None, Some(policy)) => ReassignTarget::Policy(policy.0),
        _ => {
            let message = wb_ports::catalogue::text("api.reassign_target", &[]);
            return Err(Problem::invalid(vec![FieldIssue {
                field: "user".to_owned(),
                message,
            }]));
        }
    };
    let changed = state.app.reassign(&caller, id, target).await?;
    Ok(changed_view(&state, id, changed))
}

/// Writes a note into the record.
#[utoipa::path(
    post, path = "/incidents/{id}/notes", tag = "incidents", operation_id = "add_note",
    params(("id" = IncidentIdText, Path)),
    request_body = NoteBody, responses((status = 201, body = NoteView)),
)]
pub async fn note(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<NoteBody>,
) -> Result<(StatusCode, Json<NoteView>), Problem> {
    let note = state.app.note(&caller, id, body.text).await?;
    Ok((StatusCode::CREATED, Json(NoteView { id: Id(note) })))
}

fn changed_view(state: &HttpState, id: IncidentId, changed: Changed) -> Json<ChangedView> {
    let config = state.app.config();
    Json(ChangedView {
        id: Id(id),
        changed: changed.changed,
        state: Word(changed.state),
        owner: changed.owner.map(|user| Names(&config).user(user)),
        cancelled: changed.cancelled,
        open_alert_count: changed.open_alerts,
        version: changed.version,
    })
}
