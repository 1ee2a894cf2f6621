//! How well a schedule is covered, what it costs people, and what a change of it would move.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::Caller;
use wb_core::config::{Config, ObjectId};
use wb_core::ids::{ScheduleId, UserId};
use wb_core::oncall::{self, Changes, Doubled, Load, Moved, Shift, people_of};
use wb_core::time::Timestamp;

use super::configured::readable;
use super::on_call::{ShiftView, problem};
use super::refs::{Names, Ref};
use super::schedules::ScheduleBody;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, LocalDate, ScheduleIdText, Time};

/// How far ahead is looked when nothing is said, in seconds: 90 days.
const AHEAD_S: i64 = 90 * 86_400;

/// Nights running that are much when nothing is said: more than a week.
const NIGHTS_RUNNING_MAX: u32 = 7;

/// The span somebody asks about.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// First instant; now when left out.
    #[param(value_type = Option<String>)]
    pub from: Option<Time>,
    /// First instant after; 90 days later when left out.
    #[param(value_type = Option<String>)]
    pub to: Option<Time>,
    /// More nights running than this are too much; 7 when left out.
    pub nights_running_max: Option<u32>,
}

/// How well a schedule is covered, and what it costs people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoverageView {
    /// The schedule.
    pub schedule: Ref,
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// When nobody is on call, in order.
    pub gaps: Vec<SpanView>,
    /// When somebody is on call in another schedule as well, in order. Schedules the caller may not
    /// see are not looked at.
    pub doubled: Vec<DoubledView>,
    /// What it costs each person.
    pub people: Vec<LoadView>,
}

/// A span of time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SpanView {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
}

/// A span in which somebody is on call twice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoubledView {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// Who.
    pub user: Ref,
    /// The other schedule.
    pub other: Ref,
}

/// What being on call costs a person, in their own zone. A night is from 22:00 to 06:00, a weekend
/// from Saturday 00:00 to Monday 00:00.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadView {
    /// Who.
    pub user: Ref,
    /// Time on call, in seconds.
    pub total_s: i64,
    /// Of it at night.
    pub night_s: i64,
    /// Of it at weekends.
    pub weekend_s: i64,
    /// Nights on call, at least in part.
    pub nights: u32,
    /// Weekends on call, at least in part.
    pub weekends: u32,
    /// Most nights running.
    pub nights_running: u32,
    /// The date on which the first of them began.
    pub nights_running_from: Option<LocalDate>,
    /// Whether that is more than `nights_running_max`.
    pub overloaded: bool,
}

/// A schedule somebody thinks of, and the span to look at.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// The schedule that would be changed; null for a new one.
    #[serde(default)]
    pub id: Option<ScheduleIdText>,
    /// What it would be.
    pub schedule: ScheduleBody,
    /// First instant; now when left out.
    #[serde(default)]
    pub from: Option<Time>,
    /// First instant after; 90 days later when left out.
    #[serde(default)]
    pub to: Option<Time>,
}

/// What an unsaved schedule would mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// The shifts as they would be.
    pub shifts: Vec<ShiftView>,
    /// When nobody would be on call.
    pub gaps: Vec<SpanView>,
    /// Who gains and who loses what against the schedule as it is.
    pub moved: Vec<MovedView>,
    /// Those concerned, each once.
    pub people: Vec<Ref>,
}

/// A span in which a change puts somebody on call, or takes them off.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovedView {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// Who.
    pub user: Ref,
    /// `gains` or `loses`.
    #[schema(value_type = String)]
    pub change: &'static str,
}

impl SpanView {
    fn of_gaps(shifts: &[Shift], from: Timestamp, to: Timestamp) -> Vec<Self> {
        let gaps = oncall::gaps(shifts, from, to).into_iter();
        gaps.map(|(from, to)| Self {
            from: Time(from),
            to: Time(to),
        })
        .collect()
    }
}

impl DoubledView {
    fn new(names: &Names<'_>, one: &Doubled) -> Self {
        Self {
            from: Time(one.from),
            to: Time(one.to),
            user: names.user(one.user),
            other: names.schedule(one.other),
        }
    }
}

impl LoadView {
    fn new(names: &Names<'_>, load: &Load, nights_running_max: u32) -> Self {
        Self {
            user: names.user(load.user),
            total_s: load.total_s,
            night_s: load.night_s,
            weekend_s: load.weekend_s,
            nights: load.nights,
            weekends: load.weekends,
            nights_running: load.nights_running,
            nights_running_from: load.nights_running_from.map(LocalDate),
            overloaded: load.nights_running > nights_running_max,
        }
    }
}

impl MovedView {
    fn new(names: &Names<'_>, one: &Moved) -> Self {
        Self {
            from: Time(one.from),
            to: Time(one.to),
            user: names.user(one.user),
            change: one.change.word(),
        }
    }
}

/// Says how well a schedule is covered: gaps, people who are on call twice, and everybody's load.
#[utoipa::path(
    get, path = "/schedules/{id}/coverage", tag = "schedules", operation_id = "get_coverage",
    params(("id" = ScheduleIdText, Path), CoverageQuery),
    responses((status = 200, body = CoverageView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    Query(query): Query<CoverageQuery>,
) -> Result<Json<CoverageView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Schedule(id))?;
    let (from, to) = span(&state, query.from, query.to);
    let shifts = shifts(&config, id, from, to)?;
    let others = others(&caller, &config, id, from, to)?;
    let zone = |user: UserId| zone_of(&config, user);
    let load = oncall::load(&shifts, zone).map_err(|error| problem(&error))?;
    let names = Names(&config);
    let doubled = oncall::doubled(&shifts, &others);
    let nights = query.nights_running_max.unwrap_or(NIGHTS_RUNNING_MAX);
    Ok(Json(CoverageView {
        schedule: names.schedule(id),
        from: Time(from),
        to: Time(to),
        gaps: SpanView::of_gaps(&shifts, from, to),
        doubled: doubled
            .iter()
            .map(|one| DoubledView::new(&names, one))
            .collect(),
        people: load
            .iter()
            .map(|one| LoadView::new(&names, one, nights))
            .collect(),
    }))
}

/// Says what a schedule would mean if it were saved: its shifts, its gaps, and the shifts that move.
/// Changes nothing; only somebody who may save it may ask.
#[utoipa::path(
    post, path = "/schedules/preview", tag = "schedules", operation_id = "preview_schedule",
    request_body = PreviewBody, responses((status = 200, body = PreviewView)),
)]
pub async fn preview(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<PreviewBody>,
) -> Result<Json<PreviewView>, Problem> {
    let (from, to) = span(&state, body.from, body.to);
    let id = body.id.map(|id| id.0);
    let draft = body.schedule.draft();
    let found = state
        .app
        .preview_schedule(&caller, id, &draft, (from, to))?;
    let config = state.app.config();
    let names = Names(&config);
    let mut people: Vec<_> = found.moved.iter().map(|one| names.user(one.user)).collect();
    people.sort_unstable();
    people.dedup();
    let shifts = found.shifts.iter();
    Ok(Json(PreviewView {
        from: Time(from),
        to: Time(to),
        shifts: shifts.map(|shift| ShiftView::new(&names, shift)).collect(),
        gaps: SpanView::of_gaps(&found.shifts, from, to),
        moved: found
            .moved
            .iter()
            .map(|one| MovedView::new(&names, one))
            .collect(),
        people,
    }))
}

fn span(state: &HttpState, from: Option<Time>, to: Option<Time>) -> (Timestamp, Timestamp) {
    let from = from.map_or_else(|| state.app.now(), |from| from.0);
    (from, to.map_or_else(|| from.plus_secs(AHEAD_S), |to| to.0))
}

fn shifts(
    config: &Config,
    id: ScheduleId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Shift>, Problem> {
    let schedule = config.schedules.get(&id).ok_or_else(Problem::not_found)?;
    let changes = Changes::of(config, id);
    oncall::shifts(&schedule.value, &changes, from, to).map_err(|error| problem(&error))
}

/// The shifts of the other schedules that the caller may see and that share people with this one.
fn others(
    caller: &Caller,
    config: &Config,
    id: ScheduleId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(ScheduleId, Vec<Shift>)>, Problem> {
    let everybody = |id: ScheduleId| {
        let plan = config.schedules.get(&id).map(|s| people_of(&s.value));
        let mut people = plan.unwrap_or_default();
        for (_, one) in config.overrides_of(id) {
            people.extend(one.value.change.puts_on_call());
        }
        people
    };
    let ours = everybody(id);
    let mut found = Vec::new();
    for other in config.schedules.keys().filter(|other| **other != id) {
        if readable(caller, config, ObjectId::Schedule(*other)).is_ok()
            && !everybody(*other).is_disjoint(&ours)
        {
            found.push((*other, shifts(config, *other, from, to)?));
        }
    }
    Ok(found)
}

fn zone_of(config: &Config, user: UserId) -> &str {
    config
        .users
        .get(&user)
        .map_or("UTC", |user| user.value.zone.as_str())
}
