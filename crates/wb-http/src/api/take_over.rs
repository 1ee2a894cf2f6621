//! "I'll take it until ...".

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::TakeOver;
use wb_core::ids::ScheduleId;

use super::overrides::OverrideView;
use super::refs::{Names, Ref};
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, ScheduleIdText, Time, UserIdText};

/// Who takes what over, until when.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOverBody {
    /// Until when; null means until the shift that is replaced ends. Within 31 days.
    #[serde(default)]
    pub until: Option<Time>,
    /// Who is replaced; null means everybody who is on call in the schedule.
    #[serde(default)]
    pub who: Option<UserIdText>,
    /// Who is on call then; null means whoever asks. Somebody else is named by an admin of the team.
    #[serde(default)]
    pub with: Option<UserIdText>,
}

/// A shift that was taken over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenOverView {
    /// The override that says so; to take it back, delete it.
    #[serde(rename = "override")]
    pub by: OverrideView,
    /// Who is off instead, now or later until then. They are told by a notice, but for whoever asks.
    pub replaced: Vec<Ref>,
}

/// Puts somebody on call at once, instead of whoever is, until a time or until the shift ends. Every
/// member of the schedule's team may. In an open incident it counts at the next step.
#[utoipa::path(
    post, path = "/schedules/{id}/take-over", tag = "schedules", operation_id = "take_over",
    params(("id" = ScheduleIdText, Path)),
    request_body = TakeOverBody, responses((status = 201, body = TakenOverView)),
)]
pub async fn take_over(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(schedule)): Path<ScheduleIdText>,
    Body(body): Body<TakeOverBody>,
) -> Result<(StatusCode, Json<TakenOverView>), Problem> {
    let schedule: ScheduleId = schedule;
    let wanted = TakeOver {
        with: body.with.map(|with| with.0),
        who: body.who.map(|who| who.0),
        until: body.until.map(|until| until.0),
    };
    let taken = state.app.take_over(&caller, schedule, wanted).await?;
    let config = state.app.config();
    let names = Names(&config);
    let view = TakenOverView {
        by: OverrideView::of(&taken.saved)?,
        replaced: taken
            .replaced
            .iter()
            .map(|user| names.user(*user))
            .collect(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}
