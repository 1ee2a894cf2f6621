//! Escalation policies.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::AppError;
use wb_app::configure::Saved;
use wb_core::config::{Condition, Object, ObjectId, Policy, Step, Target, Versioned};
use wb_core::ids::PolicyId;
use wb_core::incident::next_in_turn;

use super::affected::DeleteQuery;
use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use super::hours::HoursBody;
use super::refs::{Names, Ref};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    EndpointIdText, Id, PolicyIdText, ScheduleIdText, SeverityWord, TeamIdText, UrgencyWord,
    UserIdText, Word,
};

/// An escalation policy, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among policies.
    pub name: String,
    /// The ladder; at least one step.
    pub steps: Vec<StepBody>,
    /// How often the whole ladder is climbed again while nobody acknowledges.
    #[serde(default)]
    pub repeat: u32,
    /// When low urgency is told: outside of these hours what is due waits for them. Null means at any
    /// time.
    #[serde(default)]
    pub low_urgency_hours: Option<HoursBody>,
    /// Who is told when the ladder has come to its end and nobody acknowledged. When there are none,
    /// or none of them can be reached, and nobody was reached before either: every admin.
    #[serde(default)]
    pub fallback: Vec<TargetBody>,
}

/// One step of a policy.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// Who is paged; several are paged at once.
    pub targets: Vec<TargetBody>,
    /// Seconds after this step until the next one, if nobody acknowledges.
    pub escalate_after_s: u32,
    /// For which incidents and when it is executed; else the next one follows at once.
    #[serde(default)]
    pub only: ConditionBody,
    /// Whether everybody it pages has to acknowledge. Until then whoever did is left in peace, and
    /// escalation goes on for the others.
    #[serde(default)]
    pub needs_everyone: bool,
    /// Whether of the people it means only one is told, one after the other from incident to incident.
    /// Not together with `needs_everyone`.
    #[serde(default)]
    pub round_robin: bool,
}

/// When a step is executed: when all that is asked for here holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionBody {
    /// The incident has this urgency: `high` or `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyWord>,
    /// The incident is at least this bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_at_least: Option<SeverityWord>,
    /// It is within these hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<HoursBody>,
    /// It is outside of these hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<HoursBody>,
}

impl ConditionBody {
    fn of(only: &Condition) -> Self {
        Self {
            urgency: only.urgency.map(Word),
            severity_at_least: only.severity_at_least.map(Word),
            within: only.within.as_ref().map(HoursBody::of),
            outside: only.outside.as_ref().map(HoursBody::of),
        }
    }

    /// The condition as the domain knows it.
    pub(super) fn condition(self) -> Condition {
        Condition {
            urgency: self.urgency.map(|word| word.0),
            severity_at_least: self.severity_at_least.map(|word| word.0),
            within: self.within.map(HoursBody::hours),
            outside: self.outside.map(HoursBody::hours),
        }
    }
}

/// Whom a step pages.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TargetBody {
    /// One person.
    User {
        /// Who.
        id: UserIdText,
    },
    /// Whoever is on call in this schedule at the moment of the step.
    Schedule {
        /// Which.
        id: ScheduleIdText,
    },
    /// Every member of a team.
    Team {
        /// Which.
        id: TeamIdText,
    },
    /// Every user whose global role is admin.
    Admins,
    /// A webhook, a room: told, but never counted as reaching a human.
    Endpoint {
        /// Which.
        id: EndpointIdText,
    },
}

impl TargetBody {
    const fn of(target: Target) -> Self {
        match target {
            Target::User(id) => Self::User { id: Id(id) },
            Target::Schedule(id) => Self::Schedule { id: Id(id) },
            Target::Team(id) => Self::Team { id: Id(id) },
            Target::Admins => Self::Admins,
            Target::Endpoint(id) => Self::Endpoint { id: Id(id) },
        }
    }

    const fn target(self) -> Target {
        match self {
            Self::User { id } => Target::User(id.0),
            Self::Schedule { id } => Target::Schedule(id.0),
            Self::Team { id } => Target::Team(id.0),
            Self::Admins => Target::Admins,
            Self::Endpoint { id } => Target::Endpoint(id.0),
        }
    }
}

impl PolicyBody {
    fn of(policy: &Policy) -> Self {
        let steps = policy.steps.iter().map(|step| StepBody {
            targets: step.targets.iter().copied().map(TargetBody::of).collect(),
            escalate_after_s: step.escalate_after_s,
            only: ConditionBody::of(&step.only),
            needs_everyone: step.needs_everyone,
            round_robin: step.round_robin,
        });
        Self {
            team: Id(policy.team),
            name: policy.name.clone(),
            steps: steps.collect(),
            repeat: policy.repeat,
            low_urgency_hours: policy.low_urgency_hours.as_ref().map(HoursBody::of),
            fallback: policy
                .fallback
                .iter()
                .copied()
                .map(TargetBody::of)
                .collect(),
        }
    }

    fn draft(self) -> Policy {
        let steps = self.steps.into_iter().map(|step| Step {
            targets: step.targets.into_iter().map(TargetBody::target).collect(),
            escalate_after_s: step.escalate_after_s,
            only: step.only.condition(),
            needs_everyone: step.needs_everyone,
            round_robin: step.round_robin,
        });
        Policy {
            team: self.team.0,
            name: self.name,
            steps: steps.collect(),
            repeat: self.repeat,
            low_urgency_hours: self.low_urgency_hours.map(HoursBody::hours),
            fallback: self.fallback.into_iter().map(TargetBody::target).collect(),
        }
    }
}

/// An escalation policy, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// Its id.
    pub id: PolicyIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: PolicyBody,
}

impl PolicyView {
    /// The view of an escalation policy.
    #[must_use]
    pub fn new(id: PolicyId, policy: &Versioned<Policy>) -> Self {
        Self {
            id: Id(id),
            version: policy.version,
            body: PolicyBody::of(&policy.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Policy(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: PolicyBody::of(value),
        })
    }
}

/// How far a step has come that tells one person after the other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TurnView {
    /// The step, counted from 1.
    pub step: u32,
    /// Who was told last; null before the first time.
    pub last: Option<Ref>,
    /// Whose turn is next as things are now; null when nobody it means can be told.
    pub next: Option<Ref>,
}

/// The turns of a policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TurnsView {
    /// One for each of its steps that tell one person after the other.
    pub items: Vec<TurnView>,
}

/// Shows whose turn it is in the steps that tell one person after the other.
#[utoipa::path(
    get, path = "/escalation-policies/{id}/turns", tag = "escalation-policies",
    operation_id = "list_turns",
    params(("id" = PolicyIdText, Path)), responses((status = 200, body = TurnsView)),
)]
pub async fn turns(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<PolicyIdText>,
) -> Result<Json<TurnsView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Policy(id))?;
    let policy = config.policies.get(&id).ok_or_else(Problem::not_found)?;
    let numbered = (0_u32..).zip(&policy.value.steps);
    let in_turn: Vec<_> = numbered.filter(|(_, step)| step.round_robin).collect();
    let numbers: Vec<u32> = in_turn.iter().map(|(number, _)| *number).collect();
    let known = state
        .app
        .store
        .read(move |tx| {
            let each = numbers
                .iter()
                .map(|number| wb_store::turns::get(tx, id, *number));
            Ok::<_, AppError>(each.collect::<Result<Vec<_>, _>>()?)
        })
        .await?;
    let names = Names(&config);
    let now = state.app.now();
    let items = in_turn
        .iter()
        .zip(&known)
        .map(|((number, step), turn)| TurnView {
            step: number.saturating_add(1),
            last: turn.last.map(|user| names.user(user)),
            next: next_in_turn(&config, step, turn, now).map(|user| names.user(user)),
        });
    Ok(Json(TurnsView {
        items: items.collect(),
    }))
}

/// Lists the escalation policies the caller may see.
#[utoipa::path(
    get, path = "/escalation-policies", tag = "escalation-policies", operation_id = "list_escalation_policies", params(ListQuery),
    responses((status = 200, body = Page<PolicyView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<PolicyView>> {
    let config = state.app.config();
    let all = config
        .policies
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Policy(**id)).is_ok());
    query.page(all.map(|(id, policy)| (id.0, PolicyView::new(*id, policy))))
}

/// Creates an escalation policy.
#[utoipa::path(
    post, path = "/escalation-policies", tag = "escalation-policies", operation_id = "create_escalation_policy",
    request_body = PolicyBody, responses((status = 201, body = PolicyView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<PolicyBody>,
) -> Result<Tagged<PolicyView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = PolicyView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/escalation-policies/{}", saved.id()),
        view,
    ))
}

/// Shows an escalation policy.
#[utoipa::path(
    get, path = "/escalation-policies/{id}", tag = "escalation-policies", operation_id = "get_escalation_policy",
    params(("id" = PolicyIdText, Path)), responses((status = 200, body = PolicyView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<PolicyIdText>,
) -> Result<Tagged<PolicyView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Policy(id))?;
    let policy = config.policies.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(policy.version, PolicyView::new(id, policy)))
}

/// Changes an escalation policy; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/escalation-policies/{id}", tag = "escalation-policies", operation_id = "update_escalation_policy",
    params(("id" = PolicyIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = PolicyBody, responses((status = 200, body = PolicyView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<PolicyIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<PolicyBody>,
) -> Result<Tagged<PolicyView>, Problem> {
    let id = ObjectId::Policy(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = PolicyView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes an escalation policy that nothing refers to; with `everywhere`, takes it out of what refers to it.
#[utoipa::path(
    delete, path = "/escalation-policies/{id}", tag = "escalation-policies", operation_id = "delete_escalation_policy",
    params(("id" = PolicyIdText, Path), ("If-Match" = Option<String>, Header), DeleteQuery),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<PolicyIdText>,
    Query(query): Query<DeleteQuery>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    query
        .delete(&state, &caller, ObjectId::Policy(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
