//! When a person is off.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::Saved;
use wb_core::config::{Config, Object, ObjectId, TimeOff, Versioned};
use wb_core::ids::{TimeOffId, UserId};

use super::configured::{ListQuery, Tagged, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, Time, TimeOffIdText, UserIdText};

/// A span in which a person has no turns, in whichever schedule.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffBody {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
}

impl TimeOffBody {
    const fn draft(self, user: UserId) -> TimeOff {
        TimeOff {
            user,
            from: self.from.0,
            to: self.to.0,
        }
    }
}

/// A time off, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimeOffView {
    /// Its id.
    pub id: TimeOffIdText,
    /// Rises with each edit.
    pub version: u32,
    /// Who is off.
    pub user: UserIdText,
    /// What was set.
    #[serde(flatten)]
    pub body: TimeOffBody,
}

impl TimeOffView {
    /// The view of a time off.
    #[must_use]
    pub const fn new(id: TimeOffId, version: u32, value: &TimeOff) -> Self {
        Self {
            id: Id(id),
            version,
            user: Id(value.user),
            body: TimeOffBody {
                from: Time(value.from),
                to: Time(value.to),
            },
        }
    }

    fn of(saved: &Saved) -> Result<Self, Problem> {
        let Object::TimeOff(id, value) = &saved.object else {
            return Err(wrong_kind(saved));
        };
        Ok(Self::new(*id, saved.version, value))
    }
}

/// The time off of that id, if it is one of that user.
fn find(config: &Config, user: UserId, id: TimeOffId) -> Result<&Versioned<TimeOff>, Problem> {
    let found = config.time_off.get(&id);
    found
        .filter(|value| value.value.user == user)
        .ok_or_else(Problem::not_found)
}

/// Lists when a person is off. Everybody who is signed in may know, as they may know who the users
/// are.
#[utoipa::path(
    get, path = "/users/{id}/time-off", tag = "users", operation_id = "list_time_off",
    params(("id" = UserIdText, Path), ListQuery),
    responses((status = 200, body = Page<TimeOffView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(_caller): Auth,
    Path(Id(user)): Path<UserIdText>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<TimeOffView>>, Problem> {
    let config = state.app.config();
    if !config.users.contains_key(&user) {
        return Err(Problem::not_found());
    }
    let all = config.time_off_of(user);
    Ok(query.page(all.map(|(id, v)| (id.0, TimeOffView::new(id, v.version, &v.value)))))
}

/// Says when a person is off: the person, an admin, or an admin of one of their teams does.
#[utoipa::path(
    post, path = "/users/{id}/time-off", tag = "users", operation_id = "create_time_off",
    params(("id" = UserIdText, Path)),
    request_body = TimeOffBody, responses((status = 201, body = TimeOffView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(user)): Path<UserIdText>,
    Body(body): Body<TimeOffBody>,
) -> Result<Tagged<TimeOffView>, Problem> {
    if !state.app.config().users.contains_key(&user) {
        return Err(Problem::not_found());
    }
    let saved = state.app.create(&caller, body.draft(user)).await?;
    let path = format!("/api/v1/users/{user}/time-off/{}", saved.id());
    Ok(Tagged::created(
        saved.version,
        path,
        TimeOffView::of(&saved)?,
    ))
}

/// Shows a time off.
#[utoipa::path(
    get, path = "/users/{id}/time-off/{time_off}", tag = "users", operation_id = "get_time_off",
    params(("id" = UserIdText, Path), ("time_off" = TimeOffIdText, Path)),
    responses((status = 200, body = TimeOffView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(_caller): Auth,
    Path((user, id)): Path<(UserIdText, TimeOffIdText)>,
) -> Result<Tagged<TimeOffView>, Problem> {
    let config = state.app.config();
    let found = find(&config, user.0, id.0)?;
    Ok(Tagged::new(
        found.version,
        TimeOffView::new(id.0, found.version, &found.value),
    ))
}

/// Changes a time off; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/users/{id}/time-off/{time_off}", tag = "users",
    operation_id = "update_time_off",
    params(
        ("id" = UserIdText, Path), ("time_off" = TimeOffIdText, Path),
        ("If-Match" = String, Header, example = "\"v3\""),
    ),
    request_body = TimeOffBody, responses((status = 200, body = TimeOffView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((user, id)): Path<(UserIdText, TimeOffIdText)>,
    IfMatch(version): IfMatch,
    Body(body): Body<TimeOffBody>,
) -> Result<Tagged<TimeOffView>, Problem> {
    find(&state.app.config(), user.0, id.0)?;
    let id = ObjectId::TimeOff(id.0);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft(user.0))
        .await?;
    Ok(Tagged::new(saved.version, TimeOffView::of(&saved)?))
}

/// Takes a time off back.
#[utoipa::path(
    delete, path = "/users/{id}/time-off/{time_off}", tag = "users",
    operation_id = "delete_time_off",
    params(
        ("id" = UserIdText, Path), ("time_off" = TimeOffIdText, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((user, id)): Path<(UserIdText, TimeOffIdText)>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    find(&state.app.config(), user.0, id.0)?;
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::TimeOff(id.0), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
