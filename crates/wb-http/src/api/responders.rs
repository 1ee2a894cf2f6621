//! Asking others to help with an incident.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::incidents::AskTarget;
use wb_core::config::{Config, Target};
use wb_core::incident::{Incident, PageWhy, Recipient};

use super::incident_commands::{ChangedView, changed_view};
use super::record::not_told_text;
use super::refs::{ActorView, Names, Ref, shown};
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    Id, IncidentIdText, PolicyIdText, ScheduleIdText, TeamIdText, Time, UserIdText,
};

/// Who is asked for help.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum HelpTargetBody {
    /// One person.
    User {
        /// Who.
        id: UserIdText,
    },
    /// Whoever is on call in this schedule now.
    Schedule {
        /// Which.
        id: ScheduleIdText,
    },
    /// Every member of a team.
    Team {
        /// Which.
        id: TeamIdText,
    },
    /// Whom the first step of an escalation policy means now.
    Policy {
        /// Which.
        id: PolicyIdText,
    },
}

impl HelpTargetBody {
    const fn target(self) -> AskTarget {
        match self {
            Self::User { id } => AskTarget::Target(Target::User(id.0)),
            Self::Schedule { id } => AskTarget::Target(Target::Schedule(id.0)),
            Self::Team { id } => AskTarget::Target(Target::Team(id.0)),
            Self::Policy { id } => AskTarget::Policy(id.0),
        }
    }
}

/// A request to help.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// Who is wanted, 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    pub targets: Vec<HelpTargetBody>,
    /// What is said to them, up to 1000 characters.
    #[serde(default)]
    pub message: String,
    /// Only say who would be told.
    #[serde(default)]
    pub preview: bool,
}

/// What a request did, or would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedView {
    /// Whether nothing was done yet.
    pub preview: bool,
    /// What it changed: nothing when everybody it means was asked before.
    #[serde(flatten)]
    pub changed: ChangedView,
    /// Who is asked.
    pub asked: Vec<AskedPersonView>,
}

/// Somebody who is asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedPersonView {
    /// Who.
    pub user: Ref,
    /// Why they cannot be told, in words; null when they can.
    pub not_told: Option<String>,
}

/// An answer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Whether one helps.
    pub accept: bool,
}

/// Somebody who was asked to help.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResponderView {
    /// Who.
    pub user: Ref,
    /// Who asked, the last time.
    pub by: ActorView,
    /// When.
    pub asked_at: Time,
    /// What they said: `accepted` or `declined`; null while they did not answer.
    #[schema(value_type = Option<String>)]
    pub answer: Option<&'static str>,
    /// When they said so.
    pub answered_at: Option<Time>,
    /// Whether there is, or was, a way to tell them.
    pub told: bool,
}

/// Those who were asked to help with an incident.
#[must_use]
pub fn views(incident: &Incident, config: &Config) -> Vec<ResponderView> {
    let names = Names(config);
    let view = |known: &wb_core::incident::Responder| {
        let why = PageWhy::Asked {
            request: known.request,
        };
        let mut pages = incident.pages.iter();
        let page =
            pages.find(|page| page.why == why && page.recipient == Recipient::Person(known.user));
        ResponderView {
            user: names.user(known.user),
            by: names.actor(known.by),
            asked_at: Time(known.asked_at),
            answer: known.answer.map(|answer| {
                if answer.accepted {
                    "accepted"
                } else {
                    "declined"
                }
            }),
            answered_at: known.answer.map(|answer| Time(answer.at)),
            told: page.is_some_and(|page| !page.deliveries.is_empty()),
        }
    };
    incident.responders.iter().map(view).collect()
}

/// Asks others to help, or says who would be told. Each is told by their own rules for high urgency
/// until they answer, whoever has the incident.
#[utoipa::path(
    post, path = "/incidents/{id}/responders", tag = "incidents", operation_id = "ask_responders",
    params(("id" = IncidentIdText, Path)),
    request_body = AskBody, responses((status = 200, body = AskedView)),
)]
pub async fn ask(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<AskBody>,
) -> Result<Json<AskedView>, Problem> {
    let targets = body.targets.into_iter().map(HelpTargetBody::target);
    let asking = state
        .app
        .ask_responders(&caller, id, targets.collect(), body.message, body.preview)
        .await?;
    let config = state.app.config();
    let asked = asking.asked.iter().map(|asked| {
        let user = Names(&config).user(asked.user);
        let why = |not_told| not_told_text(Some(not_told), &shown(&user));
        AskedPersonView {
            not_told: asked.not_told.map(why),
            user,
        }
    });
    Ok(Json(AskedView {
        preview: body.preview,
        asked: asked.collect(),
        changed: changed_view(&state, id, asking.changed),
    }))
}

/// Says whether the caller helps; who was asked may change their mind.
#[utoipa::path(
    post, path = "/incidents/{id}/responders/answer", tag = "incidents",
    operation_id = "answer_request",
    params(("id" = IncidentIdText, Path)),
    request_body = AnswerBody, responses((status = 200, body = ChangedView)),
)]
pub async fn answer(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<AnswerBody>,
) -> Result<Json<ChangedView>, Problem> {
    let changed = state.app.answer_request(&caller, id, body.accept).await?;
    Ok(Json(changed_view(&state, id, changed)))
}
