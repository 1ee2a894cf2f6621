//! Who is on call: now, at an instant, over a span.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_core::config::{Config, ObjectId, OverrideOrigin};
use wb_core::ids::ScheduleId;
use wb_core::oncall::{self, Changes, ScheduleError, Shift, Why};
use wb_core::time::Timestamp;

use super::configured::{ListQuery, readable};
use super::refs::{Names, Ref};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::{FieldIssue, Problem};
use crate::state::HttpState;
use crate::values::{
    DutyWord, Id, LocalDate, OverrideIdText, RotationIdText, ScheduleIdText, SwapIdText, Time, Word,
};

/// The instant somebody asks about.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtQuery {
    /// The instant; now when left out.
    #[param(value_type = Option<String>)]
    pub at: Option<Time>,
}

/// The span somebody asks about.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// First instant.
    #[param(value_type = String)]
    pub from: Time,
    /// First instant after.
    #[param(value_type = String)]
    pub to: Time,
}

/// Who is on call in a schedule at an instant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnCallView {
    /// The schedule.
    pub schedule: Ref,
    /// The instant.
    pub at: Time,
    /// Who; empty when nobody is.
    pub people: Vec<OnCallPerson>,
}

/// Somebody who is on call, with the reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnCallPerson {
    /// Who.
    pub user: Ref,
    /// What for. A shadow is told and never counted on.
    pub duty: DutyWord,
    /// Whether they share it with others, and the first to acknowledge has it.
    pub first_come: bool,
    /// Why.
    pub why: WhyView,
}

/// Why somebody is on call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhyView {
    /// The rotation that put them there, if one did.
    pub rotation: Option<RotationIdText>,
    /// The number of the turn within the rotation, counted from 0.
    pub turn: Option<i64>,
    /// The override that put them there.
    pub overridden_by: Option<OverrideIdText>,
    /// Whose turn it is, when they stand in for somebody who is off.
    pub covers: Option<Ref>,
    /// The swap by which they are, if that override was one.
    pub swap: Option<SwapIdText>,
    /// Whether that override was a take-over; false when it is gone by now.
    pub taken_over: bool,
    /// The local date of the holiday, when their rotation is for holidays only, or one of higher
    /// priority is free on it.
    pub holiday: Option<LocalDate>,
}

/// A span in which one person is on call for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShiftView {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// Who.
    pub user: Ref,
    /// What for. A shadow is told and never counted on.
    pub duty: DutyWord,
    /// Whether they share it with others, and the first to acknowledge has it.
    pub first_come: bool,
    /// Why.
    pub why: WhyView,
}

/// The shifts of a span.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShiftsView {
    /// The schedule.
    pub schedule: Ref,
    /// The shifts, in order; where none covers an instant, nobody is on call.
    pub items: Vec<ShiftView>,
}

impl WhyView {
    fn new(names: &Names<'_>, why: Why) -> Self {
        let by = why.overridden_by.and_then(|id| names.0.overrides.get(&id));
        Self {
            rotation: why.rotation.map(Id),
            turn: why.turn,
            overridden_by: why.overridden_by.map(Id),
            covers: why.covers.map(|user| names.user(user)),
            swap: why.swap.map(Id),
            taken_over: by.is_some_and(|by| by.value.origin == OverrideOrigin::TakeOver),
            holiday: why.holiday.map(LocalDate),
        }
    }
}

impl ShiftView {
    /// The view of a shift.
    #[must_use]
    pub fn new(names: &Names<'_>, shift: &Shift) -> Self {
        Self {
            from: Time(shift.from),
            to: Time(shift.to),
            user: names.user(shift.user),
            duty: Word(shift.duty),
            first_come: shift.first_come,
            why: WhyView::new(names, shift.why),
        }
    }
}

/// Lists every schedule the caller may see with who is on call in it now.
#[utoipa::path(
    get, path = "/on-call", tag = "schedules", operation_id = "list_on_call", params(ListQuery),
    responses((status = 200, body = Page<OnCallView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<OnCallView>>, Problem> {
    let config = state.app.config();
    let at = state.app.now();
    let mut all = Vec::new();
    for id in config.schedules.keys() {
        if readable(&caller, &config, ObjectId::Schedule(*id)).is_ok() {
            all.push((id.0, view(&config, *id, at)?));
        }
    }
    Ok(query.page(all))
}

/// Shows who is on call in a schedule, now or at another instant.
#[utoipa::path(
    get, path = "/schedules/{id}/on-call", tag = "schedules", operation_id = "get_on_call",
    params(("id" = ScheduleIdText, Path), AtQuery), responses((status = 200, body = OnCallView)),
)]
pub async fn at(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    Query(query): Query<AtQuery>,
) -> Result<Json<OnCallView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Schedule(id))?;
    let at = query.at.map_or_else(|| state.app.now(), |at| at.0);
    view(&config, id, at).map(Json)
}

/// Shows the shifts of a schedule over a span.
#[utoipa::path(
    get, path = "/schedules/{id}/shifts", tag = "schedules", operation_id = "list_shifts",
    params(("id" = ScheduleIdText, Path), SpanQuery), responses((status = 200, body = ShiftsView)),
)]
pub async fn shifts(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    Query(query): Query<SpanQuery>,
) -> Result<Json<ShiftsView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Schedule(id))?;
    let schedule = config.schedules.get(&id).ok_or_else(Problem::not_found)?;
    let changes = Changes::of(&config, id);
    let shifts = oncall::shifts(&schedule.value, &changes, query.from.0, query.to.0)
        .map_err(|error| problem(&error))?;
    let names = Names(&config);
    let items = shifts.iter().map(|shift| ShiftView::new(&names, shift));
    Ok(Json(ShiftsView {
        schedule: names.schedule(id),
        items: items.collect(),
    }))
}

fn view(config: &Config, id: ScheduleId, at: Timestamp) -> Result<OnCallView, Problem> {
    let schedule = config.schedules.get(&id).ok_or_else(Problem::not_found)?;
    let found = oncall::on_call(&schedule.value, &Changes::of(config, id), at)
        .map_err(|error| problem(&error))?;
    let names = Names(config);
    let people = found
        .into_iter()
        .map(|one| OnCallPerson {
            user: names.user(one.user),
            duty: Word(one.duty),
            first_come: one.first_come,
            why: WhyView::new(&names, one.why),
        })
        .collect();
    Ok(OnCallView {
        schedule: names.schedule(id),
        at: Time(at),
        people,
    })
}

/// Why a schedule has no answer, as the caller's mistake: a span that is too busy.
pub(super) fn problem(error: &ScheduleError) -> Problem {
    Problem::invalid(vec![FieldIssue {
        field: String::new(),
        message: error.to_string(),
    }])
}
