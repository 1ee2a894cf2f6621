//! Graphite's read API over this node's metrics, for dashboards and scripts that speak it already:
//! `/render`, `/metrics/find`, `/metrics/expand` and `/metrics/index.json`.
//!
//! Parameters, answers and defaults are those of graphite-web 1.1. Ours are the words of refusals,
//! which are plain text, and the limits: what is too much is refused, never cut short in silence.
//! Metrics belong to no team, so whoever may read anything may read all of them.

mod auth;
pub mod find;
mod gate;
mod parameters;
mod refusal;
pub mod render;

use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::limits::GRAPHITE_FORM_BYTES;
use crate::state::HttpState;

pub use gate::Gate;
pub use parameters::Parameters;
pub use refusal::Refusal;

/// The routes of the dialect. All are closed before their handlers are reached: by a login, or by
/// the integration key in their path.
pub(crate) fn router(state: &HttpState) -> OpenApiRouter<HttpState> {
    let by_login = OpenApiRouter::new()
        .routes(routes!(render::render, render::render_form))
        .routes(routes!(find::find, find::find_form))
        .routes(routes!(find::expand))
        .routes(routes!(find::index))
        // Graphite takes both spellings, and so do its clients.
        .route("/render/", get(render::render).post(render::render_form))
        .route("/metrics/find/", get(find::find).post(find::find_form))
        .route("/metrics/expand/", get(find::expand))
        .route_layer(from_fn_with_state(state.clone(), auth::by_login));
    let by_key = OpenApiRouter::new()
        .routes(routes!(render::render_by_key, render::render_form_by_key))
        .routes(routes!(find::find_by_key, find::find_form_by_key))
        .route_layer(from_fn_with_state(state.clone(), auth::by_key));
    by_login
        .merge(by_key)
        .layer(Extension(Gate::default()))
        .layer(DefaultBodyLimit::max(GRAPHITE_FORM_BYTES))
}
