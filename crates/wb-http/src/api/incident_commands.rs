//! What people do to incidents.

use core::num::NonZeroU32;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::incidents::{BulkAction, Changed, ReassignTarget};
use wb_core::ids::IncidentId;

use super::refs::{Names, Ref};
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::{FieldIssue, Problem};
use crate::state::HttpState;
use crate::values::{
    Id, IncidentIdText, IncidentStateWord, PolicyIdText, SeverityWord, Time, UrgencyWord,
    UserIdText, Word,
};

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

impl ReassignBody {
    /// The one it names.
    fn target(self, field: &str) -> Result<ReassignTarget, Problem> {
        match (self.user, self.policy) {
            (Some(user), None) => Ok(ReassignTarget::User(user.0)),
            (None, Some(policy)) => Ok(ReassignTarget::Policy(policy.0)),
            _ => Err(wrong(field, "api.reassign_target")),
        }
    }
}

/// Until when.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeBody {
    /// When it comes back: in the future, within 30 days.
    pub until: Time,
}

/// Which step.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateBody {
    /// The step, counted from 1; null means the one that comes next, which after the last one is the
    /// first.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub step: Option<NonZeroU32>,
}

/// Into which incident.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The incident that goes on.
    pub into: IncidentIdText,
    /// Only say what would happen. A merge cannot be undone.
    #[serde(default)]
    pub preview: bool,
}

/// What a merge did, or would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MergingView {
    /// Whether nothing was done yet.
    pub preview: bool,
    /// The incident that ends.
    pub merged: ChangedView,
    /// The incident that goes on, under its own policy.
    pub into: ChangedView,
    /// How many alerts move.
    pub alert_count: usize,
    /// How bad the one that goes on is then.
    pub severity: SeverityWord,
    /// How loudly it is told then.
    pub urgency: UrgencyWord,
    /// Whether nobody has it any more, because it becomes louder: whoever had it is told again.
    pub recalled: bool,
}

/// What is done with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkActionWord {
    /// Take it.
    Acknowledge,
    /// End it.
    Resolve,
    /// Give it to somebody.
    Reassign,
}

/// The same for many incidents.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// Which, 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    pub ids: Vec<IncidentIdText>,
    /// What to do with each.
    pub action: BulkActionWord,
    /// Who gets them, when they are reassigned.
    #[serde(default)]
    pub to: Option<ReassignBody>,
}

/// What became of each, in the order asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkView {
    /// How many could not be done.
    pub failed: usize,
    /// One for each id.
    pub items: Vec<BulkItem>,
}

/// What became of one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkItem {
    /// Which.
    pub id: IncidentIdText,
    /// What was done; null when it could not be.
    pub changed: Option<ChangedView>,
    /// Why it could not be done; null when it was.
    pub problem: Option<Problem>,
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
    Ok(Json(changed_view(&state, id, changed)))
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
    Ok(Json(changed_view(&state, id, changed)))
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
    Ok(Json(changed_view(&state, id, changed)))
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
    Ok(Json(changed_view(&state, id, changed)))
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
    let changed = state
        .app
        .reassign(&caller, id, body.target("user")?)
        .await?;
    Ok(Json(changed_view(&state, id, changed)))
}

/// Puts the incident off: whoever does so has it until then, and then it pages anew from the first step.
#[utoipa::path(
    post, path = "/incidents/{id}/snooze", tag = "incidents", operation_id = "snooze_incident",
    params(("id" = IncidentIdText, Path)),
    request_body = SnoozeBody, responses((status = 200, body = ChangedView)),
)]
pub async fn snooze(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<SnoozeBody>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.snooze(&caller, id, body.until.0).await?;
    Ok(Json(changed_view(&state, id, changed)))
}

/// Takes a snooze back; the incident is as it was before.
#[utoipa::path(
    post, path = "/incidents/{id}/unsnooze", tag = "incidents",
    operation_id = "unsnooze_incident",
    params(("id" = IncidentIdText, Path)), responses((status = 200, body = ChangedView)),
)]
pub async fn unsnooze(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.unsnooze(&caller, id).await?;
    Ok(Json(changed_view(&state, id, changed)))
}

/// Executes a step at once. Whoever has the incident has it no more.
#[utoipa::path(
    post, path = "/incidents/{id}/escalate", tag = "incidents", operation_id = "escalate_incident",
    params(("id" = IncidentIdText, Path)),
    request_body = EscalateBody, responses((status = 200, body = ChangedView)),
)]
pub async fn escalate(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<EscalateBody>,
) -> Result<Json<ChangedView>, Problem> {
    let step = body.step.map(|step| step.get() - 1);
    let changed = state.app.escalate(&caller, id, step).await?;
    Ok(Json(changed_view(&state, id, changed)))
}

/// Merges an incident into another one, or says what that would do.
#[utoipa::path(
    post, path = "/incidents/{id}/merge", tag = "incidents", operation_id = "merge_incident",
    params(("id" = IncidentIdText, Path)),
    request_body = MergeBody, responses((status = 200, body = MergingView)),
)]
pub async fn merge(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<MergeBody>,
) -> Result<Json<MergingView>, Problem> {
    let into = body.into.0;
    let merging = state.app.merge(&caller, id, into, body.preview).await?;
    Ok(Json(MergingView {
        preview: body.preview,
        alert_count: merging.alerts,
        severity: Word(merging.severity),
        urgency: Word(merging.urgency),
        recalled: merging.is_recalled,
        merged: changed_view(&state, id, merging.merged),
        into: changed_view(&state, into, merging.into),
    }))
}

/// Does the same with up to 200 incidents, and says of each what became of it.
#[utoipa::path(
    post, path = "/incidents/bulk", tag = "incidents", operation_id = "bulk_incidents",
    request_body = BulkBody, responses((status = 200, body = BulkView)),
)]
pub async fn bulk(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<BulkBody>,
) -> Result<Json<BulkView>, Problem> {
    let action = match (body.action, body.to) {
        (BulkActionWord::Acknowledge, None) => BulkAction::Acknowledge,
        (BulkActionWord::Resolve, None) => BulkAction::Resolve,
        (BulkActionWord::Reassign, Some(to)) => BulkAction::Reassign(to.target("to")?),
        _ => return Err(wrong("to", "problems.bulk_to")),
    };
    let ids: Vec<IncidentId> = body.ids.into_iter().map(|id| id.0).collect();
    let done = state.app.bulk(&caller, &ids, action).await?;
    let items = done.into_iter().map(|(id, result)| match result {
        Ok(changed) => BulkItem {
            id: Id(id),
            changed: Some(changed_view(&state, id, changed)),
            problem: None,
        },
        Err(error) => BulkItem {
            id: Id(id),
            changed: None,
            problem: Some(error.into()),
        },
    });
    let items: Vec<_> = items.collect();
    let failed = items.iter().filter(|item| item.problem.is_some()).count();
    // When none can be done for now, that is the answer: it says when to come back, and is not kept
    // for a repeat.
    let for_now = |item: &BulkItem| item.problem.as_ref().is_some_and(Problem::is_for_now);
    match items.first().and_then(|item| item.problem.clone()) {
        Some(problem) if items.iter().all(for_now) => Err(problem),
        _ => Ok(Json(BulkView { failed, items })),
    }
}

fn wrong(field: &str, key: &str) -> Problem {
    Problem::invalid(vec![FieldIssue {
        field: field.to_owned(),
        message: wb_ports::catalogue::text(key, &[]),
    }])
}

pub(super) fn changed_view(state: &HttpState, id: IncidentId, changed: Changed) -> ChangedView {
    let config = state.app.config();
    ChangedView {
        id: Id(id),
        changed: changed.changed,
        state: Word(changed.state),
        owner: changed.owner.map(|user| Names(&config).user(user)),
        cancelled: changed.cancelled,
        open_alert_count: changed.open_alerts,
        version: changed.version,
    }
}
