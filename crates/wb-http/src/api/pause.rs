//! Pausing a person: nobody pages them for a while.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::Caller;
use wb_app::configure::Paused;
use wb_core::config::Config;

use super::on_call::ShiftView;
use super::refs::{Names, Ref};
use super::users::UserView;
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, Time, UserIdText};

/// How long a person is paused.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseBody {
    /// Until when nobody pages them; at most 90 days ahead.
    pub until: Time,
}

/// A person after a pause was set or ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PauseView {
    /// The person.
    pub user: UserView,
    /// The shifts that fall into the pause, of the next 14 days: escalation passes the person over
    /// in them, so somebody else should have them.
    pub shifts: Vec<PausedShiftView>,
}

/// A shift of somebody who is paused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PausedShiftView {
    /// In which schedule.
    pub schedule: Ref,
    /// The shift.
    pub shift: ShiftView,
}

impl PauseView {
    fn new(caller: &Caller, config: &Config, paused: &Paused) -> Result<Self, Problem> {
        let names = Names(config);
        let shifts = paused
            .shifts
            .iter()
            .map(|(schedule, shift)| PausedShiftView {
                schedule: names.schedule(*schedule),
                shift: ShiftView::new(&names, shift),
            });
        Ok(Self {
            user: UserView::of(caller, &paused.saved)?,
            shifts: shifts.collect(),
        })
    }
}

/// Pauses a person: nobody pages them until then. They themselves, an admin, or an admin of one of
/// their teams does.
#[utoipa::path(
    put, path = "/users/{id}/pause", tag = "users", operation_id = "pause_user",
    params(("id" = UserIdText, Path)),
    request_body = PauseBody, responses((status = 200, body = PauseView)),
)]
pub async fn pause(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(user)): Path<UserIdText>,
    Body(body): Body<PauseBody>,
) -> Result<Json<PauseView>, Problem> {
    let paused = state.app.pause(&caller, user, Some(body.until.0)).await?;
    let config = state.app.config();
    Ok(Json(PauseView::new(&caller, &config, &paused)?))
}

/// Ends the pause of a person at once.
#[utoipa::path(
    delete, path = "/users/{id}/pause", tag = "users", operation_id = "end_pause",
    params(("id" = UserIdText, Path)), responses((status = 200, body = PauseView)),
)]
pub async fn end(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(user)): Path<UserIdText>,
) -> Result<Json<PauseView>, Problem> {
    let paused = state.app.pause(&caller, user, None).await?;
    let config = state.app.config();
    Ok(Json(PauseView::new(&caller, &config, &paused)?))
}
