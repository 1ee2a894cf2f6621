//! Dashboards.

mod bodies;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::configure::Saved;
use wb_core::config::{Dashboard, Object, ObjectId, Versioned};
use wb_core::ids::DashboardId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{DashboardIdText, Id};

pub use bodies::{ChartBody, ChoicesBody, DashboardBody, VariableBody};
pub(super) use bodies::{refresh_s, span_s};

/// A dashboard, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DashboardView {
    /// Its id.
    pub id: DashboardIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: DashboardBody,
}

impl DashboardView {
    /// The view of a dashboard.
    #[must_use]
    pub fn new(id: DashboardId, dashboard: &Versioned<Dashboard>) -> Self {
        Self {
            id: Id(id),
            version: dashboard.version,
            body: DashboardBody::of(&dashboard.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Dashboard(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: DashboardBody::of(value),
        })
    }
}

/// Lists the dashboards the caller may see.
#[utoipa::path(
    get, path = "/dashboards", tag = "dashboards", operation_id = "list_dashboards", params(ListQuery),
    responses((status = 200, body = Page<DashboardView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<DashboardView>> {
    let config = state.app.config();
    let all = config
        .dashboards
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Dashboard(**id)).is_ok());
    query.page(all.map(|(id, dashboard)| (id.0, DashboardView::new(*id, dashboard))))
}

/// Creates a dashboard.
#[utoipa::path(
    post, path = "/dashboards", tag = "dashboards", operation_id = "create_dashboard",
    request_body = DashboardBody, responses((status = 201, body = DashboardView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<DashboardBody>,
) -> Result<Tagged<DashboardView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = DashboardView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/dashboards/{}", saved.id()),
        view,
    ))
}

/// Shows a dashboard.
#[utoipa::path(
    get, path = "/dashboards/{id}", tag = "dashboards", operation_id = "get_dashboard",
    params(("id" = DashboardIdText, Path)), responses((status = 200, body = DashboardView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<DashboardIdText>,
) -> Result<Tagged<DashboardView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Dashboard(id))?;
    let dashboard = config.dashboards.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(
        dashboard.version,
        DashboardView::new(id, dashboard),
    ))
}

/// Changes a dashboard; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/dashboards/{id}", tag = "dashboards", operation_id = "update_dashboard",
    params(("id" = DashboardIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = DashboardBody, responses((status = 200, body = DashboardView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<DashboardIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<DashboardBody>,
) -> Result<Tagged<DashboardView>, Problem> {
    let id = ObjectId::Dashboard(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = DashboardView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes a dashboard.
#[utoipa::path(
    delete, path = "/dashboards/{id}", tag = "dashboards", operation_id = "delete_dashboard",
    params(("id" = DashboardIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<DashboardIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Dashboard(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
