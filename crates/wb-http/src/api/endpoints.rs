//! Endpoints.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::{EndpointDraft, Saved, TestTarget};
use wb_core::config::{Endpoint, Object, ObjectId, Versioned};
use wb_core::ids::EndpointId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use super::settings::{SettingsBody, TestView, settings_draft, settings_view};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{EndpointIdText, Id, TeamIdText};

/// An endpoint, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among endpoints.
    pub name: String,
    /// The channel's name; see `/channels`.
    pub channel: String,
    /// The channel's settings. A secret is shown as null; null keeps it as it is.
    #[serde(default)]
    pub settings: SettingsBody,
}

impl EndpointBody {
    fn of(endpoint: &Endpoint) -> Self {
        Self {
            team: Id(endpoint.team),
            name: endpoint.name.clone(),
            channel: endpoint.channel.clone(),
            settings: settings_view(&endpoint.settings),
        }
    }

    fn draft(self) -> EndpointDraft {
        EndpointDraft {
            team: self.team.0,
            name: self.name,
            channel: self.channel,
            settings: settings_draft(self.settings),
        }
    }
}

/// An endpoint, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EndpointView {
    /// Its id.
    pub id: EndpointIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: EndpointBody,
}

impl EndpointView {
    /// The view of an endpoint.
    #[must_use]
    pub fn new(id: EndpointId, endpoint: &Versioned<Endpoint>) -> Self {
        Self {
            id: Id(id),
            version: endpoint.version,
            body: EndpointBody::of(&endpoint.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Endpoint(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: EndpointBody::of(value),
        })
    }
}

/// Lists the endpoints the caller may see.
#[utoipa::path(
    get, path = "/endpoints", tag = "endpoints", operation_id = "list_endpoints", params(ListQuery),
    responses((status = 200, body = Page<EndpointView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<EndpointView>> {
    let config = state.app.config();
    let all = config
        .endpoints
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Endpoint(**id)).is_ok());
    query.page(all.map(|(id, endpoint)| (id.0, EndpointView::new(*id, endpoint))))
}

/// Creates an endpoint.
#[utoipa::path(
    post, path = "/endpoints", tag = "endpoints", operation_id = "create_endpoint",
    request_body = EndpointBody, responses((status = 201, body = EndpointView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<EndpointBody>,
) -> Result<Tagged<EndpointView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = EndpointView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/endpoints/{}", saved.id()),
        view,
    ))
}

/// Shows an endpoint.
#[utoipa::path(
    get, path = "/endpoints/{id}", tag = "endpoints", operation_id = "get_endpoint",
    params(("id" = EndpointIdText, Path)), responses((status = 200, body = EndpointView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<EndpointIdText>,
) -> Result<Tagged<EndpointView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Endpoint(id))?;
    let endpoint = config.endpoints.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(
        endpoint.version,
        EndpointView::new(id, endpoint),
    ))
}

/// Changes an endpoint; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/endpoints/{id}", tag = "endpoints", operation_id = "update_endpoint",
    params(("id" = EndpointIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = EndpointBody, responses((status = 200, body = EndpointView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<EndpointIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<EndpointBody>,
) -> Result<Tagged<EndpointView>, Problem> {
    let id = ObjectId::Endpoint(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = EndpointView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes an endpoint that nothing else refers to.
#[utoipa::path(
    delete, path = "/endpoints/{id}", tag = "endpoints", operation_id = "delete_endpoint",
    params(("id" = EndpointIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<EndpointIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Endpoint(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message to an endpoint, at once, and says what became of it.
#[utoipa::path(
    post, path = "/endpoints/{id}/test", tag = "endpoints", operation_id = "test_endpoint",
    params(("id" = EndpointIdText, Path)), responses((status = 200, body = TestView)),
)]
pub async fn test(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<EndpointIdText>,
) -> Result<Json<TestView>, Problem> {
    readable(&caller, &state.app.config(), ObjectId::Endpoint(id))?;
    let report = state
        .app
        .test_send(&caller, TestTarget::Endpoint(id))
        .await?;
    Ok(Json(TestView::new(report)))
}
