//! Watchbell about itself: metrics, liveness, readiness.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::identity::{self, Origin};
use crate::problem::Problem;
use crate::state::HttpState;

/// Shows the metrics. Open only while every HTTP listener is on loopback and the public address is
/// unset or loopback, or when the operator opened it; else a token is needed.
#[utoipa::path(
    get, path = "/metrics", tag = "status", operation_id = "get_metrics",
    responses((status = 200, body = String, content_type = "text/plain")),
)]
pub async fn metrics(
    State(state): State<HttpState>,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_open(&state) {
        identity::identify(&state, &Method::GET, &headers, &origin).await?;
    }
    let text = (state.metrics)();
    Ok((
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}

/// Whether nobody but this machine can reach this instance. The client's address never decides:
/// behind a proxy everybody comes from loopback.
fn is_open(state: &HttpState) -> bool {
    if state.metrics_public {
        return true;
    }
    let all_loopback = state
        .listeners
        .iter()
        .filter(|listener| listener.protocol.starts_with("http"))
        .all(|listener| listener.address.ip().is_loopback());
    all_loopback
        && state
            .app
            .settings
            .public_url
            .as_deref()
            .is_none_or(is_loopback_url)
}

fn is_loopback_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<axum::http::Uri>() else {
        return false;
    };
    let host = uri
        .host()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<core::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Says that the process runs.
#[utoipa::path(
    get, path = "/healthz", tag = "status", operation_id = "get_health", security(()),
    responses((status = 200)),
)]
pub async fn healthz() -> StatusCode {
    StatusCode::OK
}

/// Says whether the pager works; `/api/v1/status` has the reasons. The body names in fixed words what
/// does not work on this node while paging does: that is no reason to take it out of service.
#[utoipa::path(
    get, path = "/readyz", tag = "status", operation_id = "get_readiness", security(()),
    responses((status = 200, body = String), (status = 503, body = String)),
)]
pub async fn readyz(State(state): State<HttpState>) -> (StatusCode, String) {
    let (status, mut text) = if (state.readiness)().is_ready() {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
    };
    for trouble in state.app.troubles.view().into_keys() {
        text.push_str("trouble: ");
        text.push_str(trouble.word());
        text.push('\n');
    }
    (status, text)
}

#[cfg(test)]
mod tests {
    use super::is_loopback_url;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in [
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:8080",
        ] {
            assert!(is_loopback_url(url), "{url}");
        }
        for url in [
            "https://bell.example",
            "http://127.0.0.1.example",
            "http://10.0.0.1",
            "x y",
        ] {
            assert!(!is_loopback_url(url), "{url}");
        }
    }
}
