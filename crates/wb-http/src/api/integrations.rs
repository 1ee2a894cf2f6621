//! Integrations.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::{IntegrationDraft, Saved};
use wb_core::config::{Integration, Object, ObjectId, Versioned};
use wb_core::ids::IntegrationId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IntegrationIdText, ServiceIdText};

/// An integration, as it is set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationBody {
    /// The service its events go to; its team owns the integration.
    pub service: ServiceIdText,
    /// Shown name, unique among the service's integrations.
    pub name: String,
    /// The dialect's name, such as `events_v2`.
    pub dialect: String,
    /// A key of one's own; without one the present key stays, or a new one is made.
    #[serde(default)]
    pub key: Option<String>,
}

impl IntegrationBody {
    fn draft(self) -> IntegrationDraft {
        IntegrationDraft {
            service: self.service.0,
            name: self.name,
            dialect: self.dialect,
            key: self.key,
        }
    }
}

/// An integration, as the API shows it; its key has a resource of its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IntegrationView {
    /// Its id.
    pub id: IntegrationIdText,
    /// Rises with each edit.
    pub version: u32,
    /// The service its events go to; its team owns the integration.
    pub service: ServiceIdText,
    /// Shown name.
    pub name: String,
    /// The dialect's name.
    pub dialect: String,
}

impl IntegrationView {
    /// The view of an integration.
    #[must_use]
    pub fn new(id: IntegrationId, integration: &Versioned<Integration>) -> Self {
        Self::at(id, integration.version, &integration.value)
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Integration(id, value) = &saved.object else {
            return None;
        };
        Some(Self::at(*id, saved.version, value))
    }

    fn at(id: IntegrationId, version: u32, integration: &Integration) -> Self {
        Self {
            id: Id(id),
            version,
            service: Id(integration.service),
            name: integration.name.clone(),
            dialect: integration.dialect.clone(),
        }
    }
}

/// Lists the integrations the caller may see.
#[utoipa::path(
    get, path = "/integrations", tag = "integrations", operation_id = "list_integrations", params(ListQuery),
    responses((status = 200, body = Page<IntegrationView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<IntegrationView>> {
    let config = state.app.config();
    let all = config
        .integrations
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Integration(**id)).is_ok());
    query.page(all.map(|(id, integration)| (id.0, IntegrationView::new(*id, integration))))
}

/// Creates an integration.
#[utoipa::path(
    post, path = "/integrations", tag = "integrations", operation_id = "create_integration",
    request_body = IntegrationBody, responses((status = 201, body = IntegrationView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<IntegrationBody>,
) -> Result<Tagged<IntegrationView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = IntegrationView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/integrations/{}", saved.id()),
        view,
    ))
}

/// Shows an integration.
#[utoipa::path(
    get, path = "/integrations/{id}", tag = "integrations", operation_id = "get_integration",
    params(("id" = IntegrationIdText, Path)), responses((status = 200, body = IntegrationView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
) -> Result<Tagged<IntegrationView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Integration(id))?;
    let integration = config
        .integrations
        .get(&id)
        .ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(
        integration.version,
        IntegrationView::new(id, integration),
    ))
}

/// Changes an integration; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/integrations/{id}", tag = "integrations", operation_id = "update_integration",
    params(("id" = IntegrationIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = IntegrationBody, responses((status = 200, body = IntegrationView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<IntegrationBody>,
) -> Result<Tagged<IntegrationView>, Problem> {
    let id = ObjectId::Integration(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = IntegrationView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes an integration that nothing else refers to.
#[utoipa::path(
    delete, path = "/integrations/{id}", tag = "integrations", operation_id = "delete_integration",
    params(("id" = IntegrationIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Integration(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An integration's key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeyView {
    /// The key senders use.
    pub key: String,
}

/// Shows an integration's key again, to those who may edit it.
#[utoipa::path(
    get, path = "/integrations/{id}/key", tag = "integrations", operation_id = "get_integration_key",
    params(("id" = IntegrationIdText, Path)), responses((status = 200, body = KeyView)),
)]
pub async fn key(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
) -> Result<Json<KeyView>, Problem> {
    let key = state.app.reveal_key(&caller, id)?;
    Ok(Json(KeyView { key }))
}

/// Gives an integration a new key; the old one stops working at once.
#[utoipa::path(
    post, path = "/integrations/{id}/key/rotate", tag = "integrations",
    operation_id = "rotate_integration_key",
    params(("id" = IntegrationIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = KeyView)),
)]
pub async fn rotate_key(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
    version: Option<IfMatch>,
) -> Result<Tagged<KeyView>, Problem> {
    readable(&caller, &state.app.config(), ObjectId::Integration(id))?;
    let expected = version.map(|IfMatch(version)| version);
    let (key, saved) = state.app.rotate_key(&caller, id, expected).await?;
    Ok(Tagged::new(saved.version, KeyView { key }))
}
