//! Schedules.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::{RotationDraft, Saved, ScheduleDraft};
use wb_core::config::{Handoff, Object, ObjectId, Rotation, Schedule, Slot, Versioned};
use wb_core::ids::ScheduleId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    HandoffUnitWord, Id, LocalTime, RotationIdText, ScheduleIdText, TeamIdText, UserIdText, Word,
};

/// A schedule, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among schedules.
    pub name: String,
    /// IANA zone in which hand-off times are meant, such as `Europe/Berlin`.
    pub zone: String,
    /// Highest priority first: the first one that has somebody counts.
    pub rotations: Vec<RotationBody>,
}

/// People who take turns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationBody {
    /// Its id; without one it is the present rotation of that name, or new.
    #[serde(default)]
    pub id: Option<RotationIdText>,
    /// Shown name, unique in the schedule.
    pub name: String,
    /// Local date and time at which the first turn begins.
    pub start: LocalTime,
    /// How long a turn is.
    pub handoff: HandoffBody,
    /// Whose turn it is, in order; a slot may hold several people, or nobody.
    pub slots: Vec<SlotBody>,
}

/// How long a turn is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoffBody {
    /// Every how many units; at least 1.
    pub every: u32,
    /// The unit. Hours are absolute; days and weeks keep the local time over clock changes.
    pub unit: HandoffUnitWord,
}

/// Who has one turn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotBody {
    /// The people; empty means nobody.
    pub people: Vec<UserIdText>,
}

impl RotationBody {
    fn of(rotation: &Rotation) -> Self {
        let people = |slot: &Slot| slot.people.iter().copied().map(Id).collect();
        Self {
            id: Some(Id(rotation.id)),
            name: rotation.name.clone(),
            start: LocalTime(rotation.start),
            handoff: HandoffBody {
                every: rotation.handoff.every,
                unit: Word(rotation.handoff.unit),
            },
            slots: rotation
                .slots
                .iter()
                .map(|s| SlotBody { people: people(s) })
                .collect(),
        }
    }

    fn draft(self) -> RotationDraft {
        let people = |slot: SlotBody| slot.people.into_iter().map(|id| id.0).collect();
        RotationDraft {
            id: self.id.map(|id| id.0),
            name: self.name,
            start: self.start.0,
            handoff: Handoff {
                every: self.handoff.every,
                unit: self.handoff.unit.0,
            },
            slots: self
                .slots
                .into_iter()
                .map(|s| Slot { people: people(s) })
                .collect(),
        }
    }
}

impl ScheduleBody {
    fn of(schedule: &Schedule) -> Self {
        Self {
            team: Id(schedule.team),
            name: schedule.name.clone(),
            zone: schedule.zone.clone(),
            rotations: schedule.rotations.iter().map(RotationBody::of).collect(),
        }
    }

    fn draft(self) -> ScheduleDraft {
        ScheduleDraft {
            team: self.team.0,
            name: self.name,
            zone: self.zone,
            rotations: self
                .rotations
                .into_iter()
                .map(RotationBody::draft)
                .collect(),
        }
    }
}

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

/// Deletes a schedule that nothing else refers to.
#[utoipa::path(
    delete, path = "/schedules/{id}", tag = "schedules", operation_id = "delete_schedule",
    params(("id" = ScheduleIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ScheduleIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Schedule(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
