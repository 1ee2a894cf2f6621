//! Checking the records.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::verify::Verified;

use crate::extract::Path;
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText};

/// What was checked and what is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerifiedView {
    /// Streams checked.
    pub streams: u64,
    /// Facts checked: each one's hash, its place in the chain, and the state they fold to.
    pub facts: u64,
    /// Facts whose text was erased; their chain is checked all the same.
    pub erased: u64,
    /// Daily seals checked.
    pub seals: u64,
    /// How many things are wrong.
    pub wrong: u64,
    /// What is wrong, the first of them.
    pub findings: Vec<FindingView>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// In which stream.
    pub stream: String,
    /// What, in words.
    pub message: String,
}

impl From<Verified> for VerifiedView {
    fn from(verified: Verified) -> Self {
        let finding = |found: wb_app::verify::Found| FindingView {
            stream: found.stream,
            message: found.what,
        };
        Self {
            streams: verified.streams,
            facts: verified.facts,
            erased: verified.erased,
            seals: verified.seals,
            wrong: verified.wrong,
            findings: verified.findings.into_iter().map(finding).collect(),
        }
    }
}

/// Check everything.
///
/// Every chain, every state against its facts, every daily seal. For global admins.
#[utoipa::path(
    post,
    path = "/verify",
    operation_id = "verify",
    tag = "system",
    responses((status = 200, body = VerifiedView)),
)]
pub async fn everything(
    State(state): State<HttpState>,
    Auth(caller): Auth,
) -> Result<Json<VerifiedView>, Problem> {
    Ok(Json(state.app.verify(&caller).await?.into()))
}

/// Check one incident with its alerts.
#[utoipa::path(
    post,
    path = "/incidents/{id}/verify",
    operation_id = "verify_incident",
    tag = "incidents",
    params(("id" = IncidentIdText, Path)),
    responses((status = 200, body = VerifiedView)),
)]
pub async fn incident(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
) -> Result<Json<VerifiedView>, Problem> {
    Ok(Json(state.app.verify_incident(&caller, id).await?.into()))
}
