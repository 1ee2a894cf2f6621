//! Who is affected when a user, a schedule or a policy goes, and what happens instead.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::configure::{Departure, Leaving, name_of};
use wb_app::{AppError, Caller};
use wb_core::affected::{Consequence, Cover, Then};
use wb_core::config::ObjectId;
use wb_core::ids::{IncidentId, PolicyId, ScheduleId};
use wb_core::time::Timestamp;
use wb_ports::catalogue::{self, Named};

use super::refs::{Names, Ref, shown};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, PolicyIdText, ScheduleIdText, UserIdText};

/// What becomes of what refers to a deleted object.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteQuery {
    /// Takes the object out of everything that refers to it, as `affected` says; else it is only
    /// deleted when nothing does.
    #[serde(default)]
    #[param(default = false)]
    pub everywhere: bool,
}

impl DeleteQuery {
    /// Deletes an object.
    ///
    /// # Errors
    /// Those of the use case.
    pub async fn delete(
        self,
        state: &HttpState,
        caller: &Caller,
        id: ObjectId,
        expected: Option<u32>,
    ) -> Result<(), AppError> {
        if self.everywhere {
            state.app.delete_everywhere(caller, id, expected).await
        } else {
            state.app.delete(caller, id, expected).await
        }
    }
}

/// How a user goes.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LeavingQuery {
    /// The user is made inactive instead of deleted: what names them stays as it is, and passes them
    /// over.
    #[serde(default)]
    #[param(default = false)]
    pub inactive: bool,
}

/// What something that happens is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AboutView {
    /// `policy`, `service`, `schedule`, `incident` or `team`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name; of an incident, the number people use.
    pub name: Option<String>,
}

/// One thing that happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsequenceView {
    /// A stable word for what it is, such as `step_empty`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// What it is about.
    pub about: AboutView,
    /// What happens, and what happens instead. Times are those of the schedule.
    pub text: String,
}

/// What happens when something goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AffectedView {
    /// What happens, the worst first.
    pub items: Vec<ConsequenceView>,
    /// How much more happens in teams the caller may not see.
    pub hidden: usize,
    /// Whether there are more open incidents than were looked at: the newest 500 are.
    pub more_incidents: bool,
    /// Why it cannot be done, if it cannot, and how to mend that.
    pub refusal: Option<String>,
}

impl AffectedView {
    fn new(departure: &Departure, id: ObjectId) -> Self {
        let words = Words { departure, id };
        Self {
            items: departure
                .consequences
                .iter()
                .map(|one| words.view(one))
                .collect(),
            hidden: departure.hidden,
            more_incidents: departure.more_open,
            refusal: departure.refusal.as_ref().map(refusal),
        }
    }
}

fn refusal(error: &AppError) -> String {
    match error {
        AppError::InUse(names) => {
            catalogue::text("affected.not_yours", &[("names", &names.join(", "))])
        }
        AppError::Invalid(problems) => {
            let messages: Vec<_> = problems.iter().map(|one| one.message.as_str()).collect();
            messages.join(" ")
        }
        other => other.to_string(),
    }
}

/// Says what happens in words.
struct Words<'a> {
    departure: &'a Departure,
    id: ObjectId,
}

impl Words<'_> {
    fn names(&self) -> Names<'_> {
        Names(&self.departure.before)
    }

    /// The name of what goes.
    fn leaving(&self) -> String {
        let config = &self.departure.before;
        let object = config.get(self.id).map(|(object, _)| object);
        object.map_or_else(|| self.id.to_string(), |object| name_of(config, &object))
    }

    fn view(&self, one: &Consequence) -> ConsequenceView {
        match *one {
            Consequence::NoSteps { policy } => self.of_policy("no_steps", policy, &[]),
            Consequence::StepEmpty { policy, step, then } => self.step_empty(policy, step, then),
            Consequence::StepUnmanned { policy, step } => self.of_policy(
                "step_unmanned",
                policy,
                &[("step", &step.saturating_add(1))],
            ),
            Consequence::StepLoses { policy, step } => {
                self.of_policy("step_loses", policy, &[("step", &step.saturating_add(1))])
            }
            Consequence::EndLoses { policy, left } => {
                let key = if left == 0 { "end_empty" } else { "end_loses" };
                self.of_policy(key, policy, &[])
            }
            Consequence::Unpaged { service } => {
                let about = of("service", self.names().service(service));
                self.say("unpaged", about, &[])
            }
            Consequence::Unreached { service, policy } => {
                let about = of("service", self.names().service(service));
                let policy = shown(&self.names().policy(policy));
                self.say("unreached", about, &[("policy", &policy)])
            }
            Consequence::IncidentHeld { incident } => self.of_incident("incident_held", incident),
            Consequence::IncidentWaits { incident } => {
                let key = match self.id {
                    ObjectId::User(_) => "incident_waits",
                    _ => "incident_climbs",
                };
                self.of_incident(key, incident)
            }
            Consequence::IncidentRuns { incident } => self.of_incident("incident_runs", incident),
            Consequence::TeamEmpty { team } => {
                self.say("team_empty", of("team", self.names().team(team)), &[])
            }
            Consequence::TeamWithoutAdmin { team } => {
                let about = of("team", self.names().team(team));
                self.say("team_without_admin", about, &[])
            }
            Consequence::Uncovered { .. }
            | Consequence::RotationLoses { .. }
            | Consequence::CoverEnds { .. } => self.in_schedule(one),
        }
    }

    /// What happens in a schedule.
    fn in_schedule(&self, one: &Consequence) -> ConsequenceView {
        match *one {
            Consequence::RotationLoses {
                schedule,
                rotation,
                left,
            } => {
                let found = self.departure.before.schedules.get(&schedule);
                let mut rotations = found.into_iter().flat_map(|it| &it.value.rotations);
                let rotation = rotations.find(|it| it.id == rotation);
                let rotation = rotation.map(|it| it.name.as_str()).unwrap_or_default();
                let key = if left == 0 {
                    "rotation_empty"
                } else {
                    "rotation_loses"
                };
                self.of_schedule(key, schedule, &[("rotation", &rotation)])
            }
            Consequence::CoverEnds {
                schedule,
                cover,
                from,
                to,
            } => {
                let key = match cover {
                    Cover::Override => "override_ends",
                    Cover::TakeOver => "take_over_ends",
                    Cover::Swap => "swap_ends",
                };
                let (from, to) = (self.local(schedule, from), self.local(schedule, to));
                self.of_schedule(key, schedule, &[("from", &from), ("to", &to)])
            }
            Consequence::Uncovered {
                schedule,
                first,
                count,
                total_s,
            } => {
                let from = self.local(schedule, first.0);
                let to = self.local(schedule, first.1);
                let hours = (total_s + 1_800) / 3_600;
                let key = if count == 1 {
                    "uncovered_one"
                } else {
                    "uncovered_other"
                };
                let values: [Named<'_>; 4] = [
                    ("from", &from),
                    ("to", &to),
                    ("hours", &hours),
                    ("count", &count),
                ];
                self.of_schedule(key, schedule, &values)
            }
            _ => self.view(one),
        }
    }

    fn step_empty(&self, policy: PolicyId, step: u32, then: Then) -> ConsequenceView {
        let number = step.saturating_add(1);
        let key = match then {
            Then::Step(_) => "step_empty_step",
            Then::Again => "step_empty_again",
            Then::End => "step_empty_end",
            Then::Admins => "step_empty_admins",
        };
        let next = match then {
            Then::Step(next) => next.saturating_add(1),
            Then::Again | Then::End | Then::Admins => number,
        };
        let mut view = self.of_policy(key, policy, &[("step", &number), ("next", &next)]);
        view.kind = "step_empty";
        view
    }

    fn of_policy(
        &self,
        key: &'static str,
        policy: PolicyId,
        values: &[Named<'_>],
    ) -> ConsequenceView {
        self.say(key, of("policy", self.names().policy(policy)), values)
    }

    fn of_schedule(
        &self,
        key: &'static str,
        schedule: ScheduleId,
        values: &[Named<'_>],
    ) -> ConsequenceView {
        self.say(key, of("schedule", self.names().schedule(schedule)), values)
    }

    fn of_incident(&self, key: &'static str, incident: IncidentId) -> ConsequenceView {
        let known = self.departure.incidents.get(&incident);
        let number = known.map(|(number, _)| *number).unwrap_or_default();
        let title = known.map(|(_, title)| title.as_str()).unwrap_or_default();
        let about = AboutView {
            kind: "incident",
            id: incident.to_string(),
            name: Some(catalogue::text("message.incident", &[("number", &number)])),
        };
        self.say(key, about, &[("title", &title)])
    }

    fn say(&self, key: &'static str, about: AboutView, values: &[Named<'_>]) -> ConsequenceView {
        let leaving = self.leaving();
        let name = about.name.clone().unwrap_or_else(|| about.id.clone());
        let mut all: Vec<Named<'_>> = vec![("name", &name), ("leaving", &leaving)];
        all.extend_from_slice(values);
        ConsequenceView {
            kind: key.trim_end_matches("_one").trim_end_matches("_other"),
            text: catalogue::text(&format!("affected.{key}"), &all),
            about,
        }
    }

    /// A time as the people of a schedule read it.
    fn local(&self, schedule: ScheduleId, at: Timestamp) -> String {
        let found = self.departure.before.schedules.get(&schedule);
        let zone = found.map_or("UTC", |it| it.value.zone.as_str());
        let at = at.to_jiff();
        at.in_tz(zone).map_or_else(
            |_| at.to_string(),
            |at| at.strftime("%a %-d %b, %H:%M %Z").to_string(),
        )
    }
}

fn of(kind: &'static str, thing: Ref) -> AboutView {
    AboutView {
        kind,
        id: thing.id,
        name: thing.name,
    }
}

async fn answer(
    state: &HttpState,
    caller: &Caller,
    id: ObjectId,
    leaving: Leaving,
) -> Result<Json<AffectedView>, Problem> {
    let departure = state.app.departure(caller, id, leaving).await?;
    Ok(Json(AffectedView::new(&departure, id)))
}

/// Says who is affected when a user is deleted or made inactive, and what happens instead. Changes
/// nothing.
#[utoipa::path(
    get, path = "/users/{id}/affected", tag = "users", operation_id = "get_affected_by_user",
    params(("id" = UserIdText, Path), LeavingQuery),
    responses((status = 200, body = AffectedView)),
)]
pub async fn by_user(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<UserIdText>,
    Query(query): Query<LeavingQuery>,
) -> Result<Json<AffectedView>, Problem> {
    let leaving = if query.inactive {
        Leaving::Inactive
    } else {
        Leaving::Deleted
    };
    answer(&state, &caller, ObjectId::User(id), leaving).await
}

/// Says who is affected when a schedule is deleted, and what happens instead. Changes nothing.
#[utoipa::path(
    get, path = "/schedules/{id}/affected", tag = "schedules",
    operation_id = "get_affected_by_schedule",
    params(("id" = ScheduleIdText, Path)), responses((status = 200, body = AffectedView)),
)]
pub async fn by_schedule(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
) -> Result<Json<AffectedView>, Problem> {
    answer(&state, &caller, ObjectId::Schedule(id), Leaving::Deleted).await
}

/// Says who is affected when an escalation policy is deleted, and what happens instead. Changes
/// nothing.
#[utoipa::path(
    get, path = "/escalation-policies/{id}/affected", tag = "escalation-policies",
    operation_id = "get_affected_by_policy",
    params(("id" = PolicyIdText, Path)), responses((status = 200, body = AffectedView)),
)]
pub async fn by_policy(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<PolicyIdText>,
) -> Result<Json<AffectedView>, Problem> {
    answer(&state, &caller, ObjectId::Policy(id), Leaving::Deleted).await
}
