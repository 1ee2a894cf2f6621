//! Schedules.

mod bodies;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::configure::Saved;
use wb_core::config::{Object, ObjectId, Schedule, Versioned};
use wb_core::ids::ScheduleId;

use super::affected::DeleteQuery;
use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, ScheduleIdText};

pub use bodies::{
    HandoffBody, HolidayBody, ParticipantBody, RotationBody, ScheduleBody, SlotBody,
    SpecialParticipant, WindowBody,
};
pub(super) use bodies::{act, as_usual, calendar, every_day, next};

/// A schedule, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// Its id.
    pub id: ScheduleIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: ScheduleBody,
}

impl ScheduleView {
    /// The view of a schedule.
    #[must_use]
    pub fn new(id: ScheduleId, schedule: &Versioned<Schedule>) -> Self {
        Self {
            id: Id(id),
            version: schedule.version,
            body: ScheduleBody::of(&schedule.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Schedule(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: ScheduleBody::of(value),
        })
    }
}

/// Lists the schedules the caller may see.
#[utoipa::path(
    get, path = "/schedules", tag = "schedules", operation_id = "list_schedules", params(ListQuery),
    responses((status = 200, body = Page<ScheduleView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<ScheduleView>> {
    let config = state.app.config();
    let all = config
        .schedules
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Schedule(**id)).is_ok());
    query.page(all.map(|(id, schedule)| (id.0, ScheduleView::new(*id, schedule))))
}

/// Creates a schedule.
#[utoipa::path(
    post, path = "/schedules", tag = "schedules", operation_id = "create_schedule",
    request_body = ScheduleBody, responses((status = 201, body = ScheduleView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<ScheduleBody>,
) -> Result<Tagged<ScheduleView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = ScheduleView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/schedules/{}", saved.id()),
        view,
    ))
}

/// Shows a schedule.
#[utoipa::path(
    get, path = "/schedules/{id}", tag = "schedules", operation_id = "get_schedule",
    params(("id" = ScheduleIdText, Path)), responses((status = 200, body = ScheduleView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
) -> Result<Tagged<ScheduleView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Schedule(id))?;
    let schedule = config.schedules.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(
        schedule.version,
        ScheduleView::new(id, schedule),
    ))
}

/// Changes a schedule; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/schedules/{id}", tag = "schedules", operation_id = "update_schedule",
    params(("id" = ScheduleIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = ScheduleBody, responses((status = 200, body = ScheduleView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<ScheduleBody>,
) -> Result<Tagged<ScheduleView>, Problem> {
    let id = ObjectId::Schedule(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = ScheduleView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes a schedule that nothing refers to; with `everywhere`, takes it out of what refers to it.
#[utoipa::path(
    delete, path = "/schedules/{id}", tag = "schedules", operation_id = "delete_schedule",
    params(("id" = ScheduleIdText, Path), ("If-Match" = Option<String>, Header), DeleteQuery),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    Query(query): Query<DeleteQuery>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    query
        .delete(&state, &caller, ObjectId::Schedule(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
