//! Overrides of a schedule.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::Caller;
use wb_app::configure::Saved;
use wb_core::config::{
    Config, Object, ObjectId, Override, OverrideChange, OverrideOrigin, Versioned,
};
use wb_core::ids::{OverrideId, ScheduleId};

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, OverrideIdText, RotationIdText, ScheduleIdText, Time, UserIdText};

/// A change of who is on call for a span of time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    /// The one rotation it changes, within that rotation's windows; null means the whole schedule.
    #[serde(default)]
    pub rotation: Option<RotationIdText>,
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// What changes.
    pub change: ChangeBody,
}

/// What an override does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeBody {
    /// One more person is on call.
    Add {
        /// Who.
        user: UserIdText,
    },
    /// Somebody is on call instead of one person, or of everybody.
    Replace {
        /// Who is replaced; null means everybody.
        #[serde(default)]
        who: Option<UserIdText>,
        /// Who is on call instead.
        with: UserIdText,
    },
    /// One person is not on call.
    Remove {
        /// Who.
        user: UserIdText,
    },
    /// One more person is told and never counted on.
    Shadow {
        /// Who.
        user: UserIdText,
    },
}

impl ChangeBody {
    const fn of(change: OverrideChange) -> Self {
        match change {
            OverrideChange::Add(user) => Self::Add { user: Id(user) },
            OverrideChange::Remove(user) => Self::Remove { user: Id(user) },
            OverrideChange::Shadow(user) => Self::Shadow { user: Id(user) },
            OverrideChange::Replace {
                who: Some(who),
                with,
            } => Self::Replace {
                who: Some(Id(who)),
                with: Id(with),
            },
            OverrideChange::Replace { who: None, with } => Self::Replace {
                who: None,
                with: Id(with),
            },
        }
    }

    fn change(self) -> OverrideChange {
        match self {
            Self::Add { user } => OverrideChange::Add(user.0),
            Self::Remove { user } => OverrideChange::Remove(user.0),
            Self::Shadow { user } => OverrideChange::Shadow(user.0),
            Self::Replace { who, with } => OverrideChange::Replace {
                who: who.map(|who| who.0),
                with: with.0,
            },
        }
    }
}

impl OverrideBody {
    fn of(value: &Override) -> Self {
        Self {
            rotation: value.rotation.map(Id),
            from: Time(value.from),
            to: Time(value.to),
            change: ChangeBody::of(value.change),
        }
    }

    fn draft(self, schedule: ScheduleId) -> Override {
        Override {
            schedule,
            rotation: self.rotation.map(|rotation| rotation.0),
            from: self.from.0,
            to: self.to.0,
            change: self.change.change(),
            origin: OverrideOrigin::Set,
        }
    }
}

/// An override, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverrideView {
    /// Its id.
    pub id: OverrideIdText,
    /// Rises with each edit.
    pub version: u32,
    /// The schedule it changes.
    pub schedule: ScheduleIdText,
    /// How it came about: `set` by somebody, a `take_over`, or a `swap`.
    #[schema(value_type = String)]
    pub origin: &'static str,
    /// What was set.
    #[serde(flatten)]
    pub body: OverrideBody,
}

impl OverrideView {
    /// The view of an override.
    #[must_use]
    pub fn new(id: OverrideId, version: u32, value: &Override) -> Self {
        Self {
            id: Id(id),
            version,
            schedule: Id(value.schedule),
            origin: value.origin.word(),
            body: OverrideBody::of(value),
        }
    }

    pub(super) fn of(saved: &Saved) -> Result<Self, Problem> {
        let Object::Override(id, value) = &saved.object else {
            return Err(wrong_kind(saved));
        };
        Ok(Self::new(*id, saved.version, value))
    }
}

/// The override of that id, if it is one of that schedule and the caller may see it.
fn find<'a>(
    caller: &Caller,
    config: &'a Config,
    schedule: ScheduleId,
    id: OverrideId,
) -> Result<&'a Versioned<Override>, Problem> {
    readable(caller, config, ObjectId::Schedule(schedule))?;
    config
        .overrides
        .get(&id)
        .filter(|value| value.value.schedule == schedule)
        .ok_or_else(Problem::not_found)
}

/// Lists the overrides of a schedule.
#[utoipa::path(
    get, path = "/schedules/{id}/overrides", tag = "schedules", operation_id = "list_overrides",
    params(("id" = ScheduleIdText, Path), ListQuery),
    responses((status = 200, body = Page<OverrideView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(schedule)): Path<ScheduleIdText>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<OverrideView>>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Schedule(schedule))?;
    let all = config.overrides_of(schedule);
    Ok(query.page(all.map(|(id, v)| (id.0, OverrideView::new(id, v.version, &v.value)))))
}

/// Creates an override.
#[utoipa::path(
    post, path = "/schedules/{id}/overrides", tag = "schedules", operation_id = "create_override",
    params(("id" = ScheduleIdText, Path)),
    request_body = OverrideBody, responses((status = 201, body = OverrideView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(schedule)): Path<ScheduleIdText>,
    Body(body): Body<OverrideBody>,
) -> Result<Tagged<OverrideView>, Problem> {
    readable(&caller, &state.app.config(), ObjectId::Schedule(schedule))?;
    let saved = state.app.create(&caller, body.draft(schedule)).await?;
    let path = format!("/api/v1/schedules/{schedule}/overrides/{}", saved.id());
    Ok(Tagged::created(
        saved.version,
        path,
        OverrideView::of(&saved)?,
    ))
}

/// Shows an override.
#[utoipa::path(
    get, path = "/schedules/{id}/overrides/{override}", tag = "schedules",
    operation_id = "get_override",
    params(("id" = ScheduleIdText, Path), ("override" = OverrideIdText, Path)),
    responses((status = 200, body = OverrideView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((schedule, id)): Path<(ScheduleIdText, OverrideIdText)>,
) -> Result<Tagged<OverrideView>, Problem> {
    let config = state.app.config();
    let (Id(schedule), Id(id)) = (schedule, id);
    let found = find(&caller, &config, schedule, id)?;
    Ok(Tagged::new(
        found.version,
        OverrideView::new(id, found.version, &found.value),
    ))
}

/// Changes an override; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/schedules/{id}/overrides/{override}", tag = "schedules",
    operation_id = "update_override",
    params(
        ("id" = ScheduleIdText, Path), ("override" = OverrideIdText, Path),
        ("If-Match" = String, Header, example = "\"v3\""),
    ),
    request_body = OverrideBody, responses((status = 200, body = OverrideView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((schedule, id)): Path<(ScheduleIdText, OverrideIdText)>,
    IfMatch(version): IfMatch,
    Body(body): Body<OverrideBody>,
) -> Result<Tagged<OverrideView>, Problem> {
    let (Id(schedule), Id(id)) = (schedule, id);
    find(&caller, &state.app.config(), schedule, id)?;
    let id = ObjectId::Override(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft(schedule))
        .await?;
    Ok(Tagged::new(saved.version, OverrideView::of(&saved)?))
}

/// Deletes an override.
#[utoipa::path(
    delete, path = "/schedules/{id}/overrides/{override}", tag = "schedules",
    operation_id = "delete_override",
    params(
        ("id" = ScheduleIdText, Path), ("override" = OverrideIdText, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((schedule, id)): Path<(ScheduleIdText, OverrideIdText)>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let (Id(schedule), Id(id)) = (schedule, id);
    find(&caller, &state.app.config(), schedule, id)?;
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Override(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
