//! Sending that is held in a restored or copied database.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::sending::{Due, LetGo, Sending, Waking};
use wb_ports::catalogue;
use wb_store::sending::{HeldWhy, Resumed};

use super::refs::{ActorView, Names, RecipientView, channel_label};
use crate::extract::Body;
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, Time};

/// Whether sending is held, and what goes out when it is let go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SendingView {
    /// Whether nothing is sent.
    pub held: bool,
    /// Since when.
    pub since: Option<Time>,
    /// Why, in words.
    pub why: Option<String>,
    /// Who let it go the last time it was held.
    pub resumed: Option<ResumedView>,
    /// How many deliveries are due.
    pub deliveries_due: u64,
    /// The first of them, the longest due first.
    pub deliveries: Vec<DueDeliveryView>,
    /// How many incidents have a step that is due.
    pub wake_ups_due: u64,
    /// The first of them, the longest due first.
    pub wake_ups: Vec<DueWakeUpView>,
}

/// Who let sending go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResumedView {
    /// When.
    pub at: Time,
    /// Who.
    pub by: ActorView,
}

/// A delivery that is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueDeliveryView {
    /// About which incident.
    pub incident: IncidentIdText,
    /// The incident's number.
    pub number: u64,
    /// What is wrong.
    pub title: String,
    /// Who is told.
    pub recipient: RecipientView,
    /// How.
    pub channel: String,
    /// When it was due.
    pub due_at: Time,
}

/// An incident whose next step is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueWakeUpView {
    /// Which.
    pub incident: IncidentIdText,
    /// Its number.
    pub number: u64,
    /// What is wrong.
    pub title: String,
    /// When its step was due.
    pub due_at: Time,
}

/// How to let sending go.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeBody {
    /// Drop the deliveries that have been due for longer than this, in seconds; the records of
    /// their incidents say so. Nothing is dropped when left out.
    #[serde(default)]
    pub drop_older_than_s: Option<u32>,
}

/// What letting go did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LetGoView {
    /// Whether sending had been held.
    pub changed: bool,
    /// Deliveries that were dropped.
    pub dropped: u64,
}

impl DueDeliveryView {
    fn new(names: Names<'_>, due: Due) -> Self {
        Self {
            incident: Id(due.incident.id),
            number: due.incident.number,
            title: due.incident.title,
            recipient: names.recipient(due.recipient),
            channel: channel_label(&due.channel),
            due_at: Time(due.due_at),
        }
    }
}

impl DueWakeUpView {
    fn new(waking: Waking) -> Self {
        Self {
            incident: Id(waking.incident.id),
            number: waking.incident.number,
            title: waking.incident.title,
            due_at: Time(waking.due_at),
        }
    }
}

/// Why sending is held, in words.
#[must_use]
pub fn why_text(why: HeldWhy) -> String {
    catalogue::text(&format!("sending.held.{}", why.word()), &[])
}

/// Show whether sending is held.
///
/// With what is due and goes out when it is let go. For global admins.
#[utoipa::path(
    get, path = "/sending", tag = "system", operation_id = "get_sending",
    responses((status = 200, body = SendingView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
) -> Result<Json<SendingView>, Problem> {
    let Sending {
        hold,
        resumed,
        due,
        deliveries,
        waking,
        wake_ups,
    } = state.app.sending(&caller).await?;
    let config = state.app.config();
    let names = Names(&config);
    let resumed_view = |resumed: Resumed| ResumedView {
        at: Time(resumed.at),
        by: names.actor(resumed.by),
    };
    Ok(Json(SendingView {
        held: hold.is_some(),
        since: hold.and_then(|hold| hold.since).map(Time),
        why: hold.map(|hold| why_text(hold.why)),
        resumed: resumed.map(resumed_view),
        deliveries_due: due,
        deliveries: deliveries
            .into_iter()
            .map(|due| DueDeliveryView::new(names, due))
            .collect(),
        wake_ups_due: waking,
        wake_ups: wake_ups.into_iter().map(DueWakeUpView::new).collect(),
    }))
}

/// Let sending go.
///
/// Who did, and when, is noted. Changes nothing where it is not held. For global admins.
#[utoipa::path(
    post, path = "/sending/resume", tag = "system", operation_id = "resume_sending",
    request_body = ResumeBody, responses((status = 200, body = LetGoView)),
)]
pub async fn resume(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<ResumeBody>,
) -> Result<Json<LetGoView>, Problem> {
    let now = state.app.now();
    let before = body
        .drop_older_than_s
        .map(|seconds| now.plus_secs(-i64::from(seconds)));
    let LetGo { changed, dropped } = state.app.resume_sending(&caller, before).await?;
    Ok(Json(LetGoView { changed, dropped }))
}
