//! Codes by which people prove that a contact method reaches them.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::configured::Tagged;
use super::settings::TestView;
use super::users::UserView;
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{MethodIdText, Time, UserIdText};

/// A code that was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SentCodeView {
    /// What became of the message.
    #[serde(flatten)]
    pub sent: TestView,
    /// Until when the code counts.
    pub expires_at: Time,
}

/// The code somebody got.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// Six digits.
    pub code: String,
}

/// Sends a code of six digits over one of the caller's own contact methods. It counts for 15 minutes
/// and five tries; the ones before it no longer do.
#[utoipa::path(
    post, path = "/users/{id}/methods/{method}/code", tag = "users", operation_id = "send_code",
    params(("id" = UserIdText, Path), ("method" = MethodIdText, Path)),
    responses((status = 200, body = SentCodeView)),
)]
pub async fn send(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((id, method)): Path<(UserIdText, MethodIdText)>,
) -> Result<Json<SentCodeView>, Problem> {
    let sent = state.app.send_code(&caller, id.0, method.0).await?;
    Ok(Json(SentCodeView {
        sent: TestView::new(sent.report),
        expires_at: Time(sent.expires_at),
    }))
}

/// Takes the code that was sent: the right one proves that the contact method reaches the caller.
#[utoipa::path(
    post, path = "/users/{id}/methods/{method}/code/confirm", tag = "users",
    operation_id = "confirm_code",
    params(("id" = UserIdText, Path), ("method" = MethodIdText, Path)),
    request_body = CodeBody, responses((status = 200, body = UserView)),
)]
pub async fn confirm(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((id, method)): Path<(UserIdText, MethodIdText)>,
    Body(body): Body<CodeBody>,
) -> Result<Tagged<UserView>, Problem> {
    let saved = state
        .app
        .confirm_code(&caller, id.0, method.0, &body.code)
        .await?;
    Ok(Tagged::new(saved.version, UserView::of(&caller, &saved)?))
}
