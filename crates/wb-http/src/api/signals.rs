//! Signals of an integration: what came in lately, and what was refused.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_core::config::ObjectId;
use wb_core::ids::SignalId;
use wb_store::refused::Refused;
use wb_store::signals::Signal;

use super::configured::{ListQuery, readable};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::limits::RECENT_ITEMS;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{AlertIdText, Id, IncidentIdText, IntegrationIdText, SignalIdText, Time};

/// A signal, and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignalView {
    /// Its id.
    pub id: SignalIdText,
    /// When it came.
    pub at: Time,
    /// What its event asked for.
    pub action: Option<String>,
    /// Its event's key.
    pub dedup_key: Option<String>,
    /// What became of it: `opened`, `repeated`, `raised`, `acknowledged`, `resolved`, `stray` or
    /// `failed`.
    pub outcome: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The alert it concerned.
    pub alert: Option<AlertIdText>,
    /// The incident it concerned.
    pub incident: Option<IncidentIdText>,
    /// What the sender said the body is.
    pub content_type: Option<String>,
    /// The sender's address.
    pub remote: Option<String>,
}

/// A call that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusalView {
    /// When.
    pub at: Time,
    /// The HTTP status it was answered with.
    pub status: u16,
    /// Why.
    pub reason: String,
    /// The sender's address.
    pub remote: Option<String>,
}

/// The refused calls of an integration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusalsView {
    /// How many there were in all.
    pub count: u64,
    /// The newest of them, newest first.
    pub items: Vec<RefusalView>,
}

impl SignalView {
    /// The view of a signal.
    #[must_use]
    pub fn new(signal: Signal) -> Self {
        Self {
            id: Id(signal.id),
            at: Time(signal.at),
            action: signal.action,
            dedup_key: signal.dedup_key,
            outcome: signal.outcome,
            reason: signal.reason,
            alert: signal.alert.map(Id),
            incident: signal.incident.map(Id),
            content_type: signal.content_type,
            remote: signal.remote,
        }
    }
}

impl RefusalView {
    fn new(refused: Refused) -> Self {
        Self {
            at: Time(refused.at),
            status: refused.status,
            reason: refused.reason,
            remote: refused.remote,
        }
    }
}

/// Lists the signals of an integration, newest first.
#[utoipa::path(
    get, path = "/integrations/{id}/signals", tag = "integrations",
    operation_id = "list_integration_signals",
    params(("id" = IntegrationIdText, Path), ListQuery),
    responses((status = 200, body = Page<SignalView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SignalView>>, Problem> {
    readable(&caller, &state.app.config(), ObjectId::Integration(id))?;
    let page = query.limit.before(query.cursor, SignalId);
    let rows = state
        .app
        .store
        .read(move |tx| wb_store::signals::of_integration(tx, &caller.scope, id, page))
        .await?;
    Ok(Json(Page::of_rows(
        rows,
        query.limit,
        |row| row.id.0,
        SignalView::new,
    )))
}

/// Lists the newest refused calls of an integration.
#[utoipa::path(
    get, path = "/integrations/{id}/refusals", tag = "integrations",
    operation_id = "list_integration_refusals",
    params(("id" = IntegrationIdText, Path)), responses((status = 200, body = RefusalsView)),
)]
pub async fn refusals(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IntegrationIdText>,
) -> Result<Json<RefusalsView>, Problem> {
    readable(&caller, &state.app.config(), ObjectId::Integration(id))?;
    let (count, rows) = state
        .app
        .store
        .read(move |tx| wb_store::refused::list(tx, &caller.scope, Some(id), RECENT_ITEMS))
        .await?;
    Ok(Json(RefusalsView {
        count,
        items: rows.into_iter().map(RefusalView::new).collect(),
    }))
}
