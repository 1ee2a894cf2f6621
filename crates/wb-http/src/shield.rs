//! What every request passes on its way in and every answer on its way out: request id, log line,
//! caught panics, the time limit, security headers.

use core::fmt::Write as _;
use core::panic::AssertUnwindSafe;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use tracing::Instrument as _;

use crate::api::backup;
use crate::limits;
use crate::problem::Problem;
use crate::state::HttpState;

/// The header that names a request in answers and in the log.
pub static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No scripts but our own files, no plugins, no frames. Mantine needs inline styles, which cannot
/// run code.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      worker-src 'self'; manifest-src 'self'; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Names the request, catches panics, keeps the time limit and writes the log line. Keys stand in
/// some paths, so the log has the route's pattern and never the path.
pub async fn guard(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let id = state.app.fresh_id().simple().to_string();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", %id, %method, %route);
    let began = state.app.clock.monotonic();
    let limit = if route == backup::ROUTE {
        limits::BACKUP
    } else {
        state.limits.request
    };
    let answer = AssertUnwindSafe(tokio::time::timeout(limit, next.run(request)))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let mut response = match answer {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", &[]).into_response()
        }
        Err(_) => {
            span.in_scope(|| tracing::error!("a request handler panicked"));
            Problem::internal().into_response()
        }
    };
    let took_ms = state
        .app
        .clock
        .monotonic()
        .saturating_sub(began)
        .as_millis();
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), took_ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    harden(response.headers_mut(), state.is_https());
    response
}

fn harden(headers: &mut HeaderMap, https: bool) {
    let is_part = is_part_of_a_page(headers);
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if !is_part {
        set(CONTENT_SECURITY_POLICY, POLICY);
        set(X_FRAME_OPTIONS, "DENY");
        set(REFERRER_POLICY, "no-referrer");
        set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        );
        set(
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        );
    }
    if https {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Whether an answer is a script, a style sheet or a font: nothing a browser shows by itself, so
/// what guards a page means nothing on it. The first view asks for dozens of them.
fn is_part_of_a_page(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            ["text/javascript", "text/css", "font/"]
                .iter()
                .any(|part| kind.starts_with(part))
        })
}

/// The policy of a page that stands alone: nothing but its own styles, named by a nonce.
#[must_use]
pub fn page_policy(style_nonce: &str) -> String {
    let mut policy = String::from("default-src 'none'; base-uri 'none'; form-action 'self'");
    // Writing to a string cannot fail.
    let _ = write!(
        policy,
        "; frame-ancestors 'none'; style-src 'nonce-{style_nonce}'"
    );
    policy.push_str("; img-src 'self' data:");
    policy
}
