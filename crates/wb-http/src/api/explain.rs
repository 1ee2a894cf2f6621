//! Why a page went out, or did not: the incident's record with the proof that nobody changed it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_core::ids::{DeliveryId, IncidentId, PageId};

use super::incident_view::IncidentDetail;
use super::incidents;
use crate::extract::Path;
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;

/// The story of a page, from event to decision to attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The incident, with everybody who was told and the whole record.
    pub incident: IncidentDetail,
    /// Whether every chain, and the state that follows from it, was checked just now and holds.
    pub chain_intact: bool,
}

/// Explain a page, a delivery or an incident.
#[utoipa::path(
    get,
    path = "/explain/{id}",
    operation_id = "explain",
    tag = "incidents",
    params(("id" = String, Path, description = "`inc_...`, `pag_...` or `dlv_...`")),
    responses((status = 200, body = Explanation)),
)]
pub async fn explain(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(id): Path<String>,
) -> Result<Json<Explanation>, Problem> {
    let incident = incident_of(&state, &id).await?;
    let verified = state.app.verify_incident(&caller, incident).await?;
    let detail = incidents::detail(&state, caller.scope, incident).await?;
    Ok(Json(Explanation {
        incident: detail,
        chain_intact: verified.wrong == 0,
    }))
}

async fn incident_of(state: &HttpState, id: &str) -> Result<IncidentId, AppError> {
    if let Ok(incident) = id.parse::<IncidentId>() {
        return Ok(incident);
    }
    let page = id.parse::<PageId>().ok();
    let delivery = id.parse::<DeliveryId>().ok();
    let found = state
        .app
        .store
        .read(move |tx| {
            Ok::<_, AppError>(match (page, delivery) {
                (Some(page), _) => wb_store::outbox::incident_of_page(tx, page)?,
                (_, Some(delivery)) => wb_store::outbox::incident_of_delivery(tx, delivery)?,
                (None, None) => None,
            })
        })
        .await?;
    found.ok_or(AppError::NotFound)
}
