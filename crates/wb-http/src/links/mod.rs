//! Signed links, by which people acknowledge, resolve, and answer who asks for help: pages that work on any device without a login or scripts.
//!
//! Opening a link changes nothing, however often and by whomever: mail scanners follow links. Only
//! the form on the page acts, and only with the nonce it was rendered with.

mod clock;
mod page;
mod recheck;
mod view;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use wb_app::incidents::Changed;
use wb_app::links::{Link, LinkAction, LinkError};
use wb_app::rechecks::RecheckLink;
use wb_app::{AppError, Caller};
use wb_core::incident::IncidentError;

use crate::extract::Path;
use crate::identity::Origin;
use crate::limits::LINK_FORM_BYTES;
use crate::state::HttpState;
use view::{Moment, Situation};

/// The form on a link's page.
#[derive(Debug, Default, Deserialize)]
struct Form {
    #[serde(default)]
    nonce: String,
    /// `undo` takes back what the link did; anything else does it.
    #[serde(default, rename = "do")]
    action: String,
}

/// The `do` of the form that takes back.
const UNDO: &str = "undo";

/// Shows the page behind a link; changes nothing.
#[utoipa::path(
    get, path = "/l/{token}", tag = "links", operation_id = "open_link", security(()),
    params(("token" = String, Path, description = "The signed token of the link")),
    responses(
        (status = 200, body = String, content_type = "text/html"),
        (status = 404, body = String, content_type = "text/html", description = "No such link"),
        (status = 410, body = String, content_type = "text/html", description = "The link ended"),
    ),
)]
pub async fn open(State(state): State<HttpState>, Path(token): Path<String>) -> Response {
    let link = match behind(&state, &token) {
        Ok(Behind::Incident(link)) => link,
        Ok(Behind::Recheck(link)) => return recheck::ask(&state, &token, &link),
        Err(error) => return page::refuse_link(&state, &error),
    };
    match view::load(&state, &link).await {
        Ok(situation) => page::ask(&state, &token, &situation, Moment::Opened),
        Err(error) => page::refuse(&state, &error),
    }
}

/// Does what the link says, or takes it back; a repeat is answered like the first time.
#[utoipa::path(
    post, path = "/l/{token}", tag = "links", operation_id = "follow_link", security(()),
    params(("token" = String, Path, description = "The signed token of the link")),
    request_body(
        content = String, content_type = "application/x-www-form-urlencoded",
        description = "The hidden inputs of the page's form",
    ),
    responses(
        (status = 200, body = String, content_type = "text/html"),
        (status = 403, body = String, content_type = "text/html", description = "Wrong nonce"),
        (status = 404, body = String, content_type = "text/html", description = "No such link"),
        (status = 410, body = String, content_type = "text/html", description = "The link ended"),
    ),
)]
pub async fn follow(
    State(state): State<HttpState>,
    Path(token): Path<String>,
    origin: Origin,
    body: axum::body::Body,
) -> Response {
    let behind = match behind(&state, &token) {
        Ok(behind) => behind,
        Err(error) => return page::refuse_link(&state, &error),
    };
    let bytes = axum::body::to_bytes(body, LINK_FORM_BYTES)
        .await
        .unwrap_or_default();
    let form: Form = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    if !state.app.check_nonce(&token, &form.nonce) {
        return page::message(&state, StatusCode::FORBIDDEN, "stale_form");
    }
    let link = match behind {
        Behind::Incident(link) => link,
        Behind::Recheck(link) => return recheck::confirm(&state, &link).await,
    };
    match act(&state, &link, &form, origin).await {
        Ok((situation, moment)) if moment == Moment::Undone => {
            page::ask(&state, &token, &situation, moment)
        }
        Ok((situation, moment)) => page::done(&state, &token, &situation, moment),
        Err(error) => page::refuse(&state, &error),
    }
}

/// What a link leads to.
enum Behind {
    Incident(Link),
    Recheck(RecheckLink),
}

fn behind(state: &HttpState, token: &str) -> Result<Behind, LinkError> {
    match state.app.read_recheck_link(token) {
        Some(link) => Ok(Behind::Recheck(link)),
        None => state.app.read_link(token).map(Behind::Incident),
    }
}

/// Carries out the form and loads what there is to see afterwards.
async fn act(
    state: &HttpState,
    link: &Link,
    form: &Form,
    origin: Origin,
) -> Result<(Situation, Moment), AppError> {
    let caller = state.app.caller_of_link(link, origin.line()).await?;
    let undo = form.action == UNDO;
    let result = if undo {
        undone(state, link, &caller).await
    } else {
        done(state, link, &caller).await
    };
    let moment = match result {
        Ok(Some(changed)) if undo && changed.changed => Moment::Undone,
        Ok(Some(changed)) if changed.changed => Moment::Done,
        // It was so already: the page says since when.
        Ok(_)
        | Err(AppError::Incident(
            IncidentError::AlreadyResolved
            | IncidentError::NotAcknowledged
            | IncidentError::NotResolved
            | IncidentError::Merged { .. }
            | IncidentError::NotAsked,
        )) => Moment::Unchanged,
        Err(error) => return Err(error),
    };
    // Whoever followed the link was reached. What they did is done without this being noted.
    if let Err(error) = state.app.reached_by_link(link).await {
        tracing::warn!(%error, "that a page reached its person could not be noted: {error}");
    }
    let situation = view::load(state, link).await?;
    Ok((situation, moment))
}

async fn done(
    state: &HttpState,
    link: &Link,
    caller: &Caller,
) -> Result<Option<Changed>, AppError> {
    match link.action {
        LinkAction::Acknowledge => state.app.acknowledge_by_link(caller, link).await.map(Some),
        LinkAction::Resolve => state.app.resolve(caller, link.incident).await.map(Some),
        LinkAction::Accept => state
            .app
            .answer_request(caller, link.incident, true)
            .await
            .map(Some),
        LinkAction::Decline => {
            let answered = state.app.answer_request(caller, link.incident, false);
            answered.await.map(Some)
        }
    }
}

/// Takes back what this link did. What somebody else has is theirs to give back.
async fn undone(
    state: &HttpState,
    link: &Link,
    caller: &Caller,
) -> Result<Option<Changed>, AppError> {
    let situation = view::load(state, link).await?;
    if !situation.can_undo() {
        return Ok(None);
    }
    match link.action {
        LinkAction::Acknowledge => state
            .app
            .unacknowledge(caller, situation.incident.id)
            .await
            .map(Some),
        LinkAction::Resolve => state.app.reopen(caller, link.incident).await.map(Some),
        // The message has a link for the other answer, too.
        LinkAction::Accept | LinkAction::Decline => Ok(None),
    }
}

/// The key of the page about a link that does not work.
const fn key_of(error: &LinkError) -> (StatusCode, &'static str) {
    match error {
        LinkError::Malformed => (StatusCode::NOT_FOUND, "unknown"),
        LinkError::Expired(_) => (StatusCode::GONE, "ended"),
    }
}
