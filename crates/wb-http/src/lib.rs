//! The HTTP face: the API, the dialects' routes, signed links, metrics, and the embedded UI.
//!
//! Handlers translate: a request into a use case of `wb-app` or a plain read of the store, and what
//! comes back into a view. They decide nothing. Views are types of this crate, so that neither the
//! domain nor the store can change the API by accident; the document at `/api/openapi.json` is made
//! from the same routes, and a test holds it against the file `openapi.json` of this crate.

pub mod api;
pub mod compat;
pub mod demo;
pub mod enqueue;
pub mod etag;
pub mod extract;
pub mod idempotency;
pub mod identity;
pub mod itself;
pub mod limits;
pub mod links;
pub mod openapi;
pub mod page;
pub mod problem;
mod proxies;
pub mod shield;
pub mod state;
pub mod ui;
pub mod values;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use demo::{Outbox, OutboxLink, OutboxMessage};
pub use limits::Limits;
pub use proxies::{ForwardHeader, Proxies};
pub use state::{
    Build, CheckReadiness, CountIntake, HttpState, Intake, IntakeFault, Listener, Readiness,
    RenderMetrics,
};

/// The whole HTTP face.
pub fn router(state: HttpState) -> Router {
    assemble(state).0
}

/// The API's description, as `/api/openapi.json` serves it.
#[must_use]
pub fn openapi(state: HttpState) -> OpenApi {
    assemble(state).1
}

fn assemble(state: HttpState) -> (Router, OpenApi) {
    let (routes, mut document) = OpenApiRouter::with_openapi(openapi::base())
        .nest("/api/v1", api::router(&state))
        .routes(routes!(enqueue::enqueue))
        .routes(routes!(links::open, links::follow))
        .routes(routes!(itself::metrics))
        .routes(routes!(itself::healthz))
        .routes(routes!(itself::readyz))
        .merge(compat::graphite::router(&state))
        .split_for_parts();
    openapi::finish(&mut document);
    // Names and texts only: it always serialises.
    let json = document.to_json().unwrap_or_default();
    let served = openapi::Document(json.into());
    let router = routes
        .route("/api/openapi.json", get(openapi::serve).with_state(served))
        .fallback(ui::fallback)
        .method_not_allowed_fallback(|| async {
            problem::Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &[])
                .into_response()
        })
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), shield::guard))
        .layer(from_fn_with_state(
            Arc::clone(&state.proxies),
            proxies::see_through,
        ))
        .with_state(state);
    (router, document)
}
