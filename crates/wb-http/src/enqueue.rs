//! `POST /v2/enqueue`: Events API v2, answered after the commit.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_app::ingest::RawSignal;
use wb_core::ids::IntegrationId;
use wb_core::limits::SIGNAL_BODY_BYTES;
use wb_ports::{Normalized, Refusal, RefusalStatus};

use crate::identity::Origin;
use crate::limits::DRAINED_BYTES;
use crate::state::HttpState;

/// The dialect's name in configuration.
const DIALECT: &str = "events_v2";

/// What the dialect calls a refused event.
const INVALID: &str = "invalid event";

/// An event was accepted, as the dialect says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Always `success`.
    status: &'static str,
    /// Always `Event processed`.
    message: &'static str,
    /// The key under which later events find the alert.
    dedup_key: String,
}

/// An event was not accepted, as the dialect says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotAccepted {
    /// What kind of refusal.
    status: &'static str,
    /// What is wrong, in a line.
    message: String,
    /// Each thing that is wrong.
    errors: Vec<String>,
}

/// Takes one event. The key in the body is the login; any content type is read as JSON.
#[utoipa::path(
    post, path = "/v2/enqueue", tag = "events", operation_id = "enqueue",
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses(
        (status = 202, body = Accepted, description = "The event is in the database"),
        (status = 400, body = NotAccepted, description = "The sender must change the event"),
        (status = 413, body = NotAccepted, description = "Over 524,288 bytes"),
        (status = 429, body = NotAccepted, description = "Send again after Retry-After seconds"),
        (status = 503, body = NotAccepted, description = "The store cannot be written; send again"),
    ),
)]
pub async fn enqueue(
    State(state): State<HttpState>,
    origin: Origin,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read_body(body).await {
        Ok(body) => body,
        Err(refusal) => return refused(&state, None, &refusal, origin),
    };
    match accept(&state, &body) {
        Ok((integration, normalized)) => {
            let content_type = headers
                .get(CONTENT_TYPE)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            let raw = RawSignal {
                body,
                content_type,
                remote: origin.remote,
            };
            ingest(&state, integration, normalized, raw).await
        }
        Err((integration, refusal)) => refused(&state, integration, &refusal, origin),
    }
}

/// Reads the event and finds its integration: all that happens before the database.
fn accept(
    state: &HttpState,
    body: &[u8],
) -> Result<(IntegrationId, Normalized), (Option<IntegrationId>, Refusal)> {
    let app = &state.app;
    let dialect = state
        .dialect(DIALECT)
        .ok_or_else(|| (None, unknown_key()))?;
    let config = app.config();
    let find = |key: &str| {
        config
            .integration_by_key_hash(&app.vault.key_hash(key))
            .filter(|(_, integration)| integration.value.dialect == DIALECT)
            .map(|(id, _)| id)
    };
    match dialect.normalize(body, app.now(), app.fresh_id()) {
        Ok(normalized) => match find(&normalized.routing_key) {
            Some(integration) => Ok((integration, normalized)),
            None => Err((None, unknown_key())),
        },
        Err(refusal) => Err((refusal.routing_key.as_deref().and_then(find), refusal)),
    }
}

fn unknown_key() -> Refusal {
    refusal(
        RefusalStatus::BadRequest,
        "'routing_key' belongs to no integration of this instance",
    )
}

fn refusal(status: RefusalStatus, error: &str) -> Refusal {
    Refusal {
        status,
        message: "Event object is invalid".to_owned(),
        errors: vec![error.to_owned()],
        routing_key: None,
    }
}

async fn ingest(
    state: &HttpState,
    integration: IntegrationId,
    normalized: Normalized,
    raw: RawSignal,
) -> Response {
    let error = match state.app.ingest(integration, normalized.event, raw).await {
        Ok(done) => {
            let accepted = Accepted {
                status: "success",
                message: "Event processed",
                dedup_key: done.dedup_key,
            };
            return (StatusCode::ACCEPTED, Json(accepted)).into_response();
        }
        Err(error) => error,
    };
    let (status, word, retry_after_s) = match &error {
        AppError::Busy { retry_after_ms } => (
            StatusCode::TOO_MANY_REQUESTS,
            "throttle exceeded",
            retry_after_ms.div_ceil(1_000).max(1),
        ),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5),
    };
    tracing::warn!(%error, "an event was not accepted");
    let message = match status {
        StatusCode::TOO_MANY_REQUESTS => "Too many events at once; send it again",
        _ => "The event could not be stored; send it again",
    };
    let body = NotAccepted {
        status: word,
        message: message.to_owned(),
        errors: Vec::new(),
    };
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
    response
}

/// Answers a refused call and counts it on its integration.
fn refused(
    state: &HttpState,
    integration: Option<IntegrationId>,
    refusal: &Refusal,
    origin: Origin,
) -> Response {
    let status = match refusal.status {
        RefusalStatus::BadRequest => StatusCode::BAD_REQUEST,
        RefusalStatus::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    };
    let reason = refusal.to_string();
    state
        .app
        .refuse(integration, status.as_u16(), &reason, origin.remote);
    let body = NotAccepted {
        status: INVALID,
        message: refusal.message.clone(),
        errors: refusal.errors.clone(),
    };
    (status, Json(body)).into_response()
}

/// Reads the body up to its limit. What lies above it is still read for a while and dropped:
/// senders that get no chance to finish see a broken connection instead of the answer.
async fn read_body(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut kept = Vec::new();
    let mut received = 0_usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            refusal(
                RefusalStatus::BadRequest,
                "The body could not be read to its end",
            )
        })?;
        received = received.saturating_add(chunk.len());
        if received <= SIGNAL_BODY_BYTES {
            kept.extend_from_slice(&chunk);
        } else if received > DRAINED_BYTES {
            break;
        }
    }
    if received <= SIGNAL_BODY_BYTES {
        return Ok(kept);
    }
    let error = format!("The body is over {SIGNAL_BODY_BYTES} bytes; send less custom_details");
    Err(refusal(RefusalStatus::TooLarge, &error))
}
