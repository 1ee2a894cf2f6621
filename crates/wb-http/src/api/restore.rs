//! Bringing back an earlier version of an object of configuration.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::configure::WantedVersion;

use super::changes::{object_id, shown};
use super::configured::Tagged;
use crate::etag::IfMatch;
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;

/// How it is brought back.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RestoreQuery {
    /// Only says whether it could be brought back; nothing is changed.
    #[serde(default)]
    #[param(required = false)]
    pub preview: bool,
}

/// An object that was brought back, or would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RestoredView {
    /// The object's id.
    pub id: String,
    /// The version it has now, or would have.
    pub version: u32,
    /// Whether it differs from what it was a moment ago.
    pub changed: bool,
    /// The object as its own resource shows it.
    #[schema(value_type = Object)]
    pub object: Option<serde_json::Value>,
}

/// Brings back what an object was at a version, as a new version; a deleted one comes back under its
/// id. `If-Match` names the version it has now; of a deleted one, the deletion.
#[utoipa::path(
    post, path = "/changes/{object}/{version}/restore", tag = "config",
    operation_id = "restore_version",
    params(
        ("object" = String, Path, description = "The object's id, such as `svc_...`."),
        ("version" = u32, Path, description = "The version to bring back."),
        ("If-Match" = String, Header, example = "\"v3\""), RestoreQuery,
    ),
    responses((status = 200, body = RestoredView)),
)]
pub async fn restore(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((object, version)): Path<(String, u32)>,
    IfMatch(expected): IfMatch,
    Query(query): Query<RestoreQuery>,
) -> Result<Tagged<RestoredView>, Problem> {
    let id = object_id(&object).ok_or_else(Problem::not_found)?;
    let wanted = WantedVersion {
        id,
        version,
        expected,
    };
    let saved = state.app.restore(&caller, wanted, query.preview).await?;
    let version = saved.version;
    let config = state.app.config();
    let view = RestoredView {
        id: id.to_string(),
        version,
        changed: version != expected,
        object: shown(&caller, &config, saved.object, version),
    };
    Ok(Tagged::new(version, view))
}
