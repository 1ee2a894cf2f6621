//! Refusals as Graphite's clients show them: a status and a plain text.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use wb_metrics::render::RenderError;
use wb_ports::metrics::SourceError;

/// Seconds after which a client should try again what was refused only for the moment.
const RETRY_AFTER_S: u64 = 2;

/// Why a request is not answered, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    /// A refusal with its words.
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { status, text }
    }

    /// The client must change the request.
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// The request is good and its answer too large: a smaller one is answered.
    pub(super) fn too_much(text: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, text)
    }

    /// Not now; the same request may be answered in a moment.
    pub(super) fn unavailable(text: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, text)
    }

    /// A defect of ours, which the log tells more about.
    pub(super) fn internal() -> Self {
        let text = "A defect of ours; the log tells more under the x-request-id of this answer.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, text)
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Send an API token: as `Authorization: Bearer`, or as the password of basic auth with \
             any user name.",
        )
    }

    pub(super) fn unknown_key() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "The key in the path belongs to no integration of this instance.",
        )
    }

    /// This node has no metric store.
    pub(super) fn no_metrics() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "This node keeps no metrics: ask the node that listens for carbon, or set carbon.listen.",
        )
    }
}

impl From<SourceError> for Refusal {
    fn from(error: SourceError) -> Self {
        match &error {
            SourceError::Pattern { .. } => Self::bad_request(error.to_string()),
            SourceError::TooMany { .. } => Self::too_much(error.to_string()),
            SourceError::Store(_) => {
                Self::unavailable("The metric store could not be read; the log says why.")
            }
        }
    }
}

impl From<RenderError> for Refusal {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Source { cause, .. } => cause.into(),
            RenderError::EmptyWindow | RenderError::Steps { .. } => {
                Self::bad_request(error.to_string())
            }
            RenderError::TooManySeries { .. }
            | RenderError::TooManyPoints { .. }
            | RenderError::TooManyFetches { .. } => Self::too_much(error.to_string()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.text + "\n").into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"Watchbell\""),
            );
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        response
    }
}
