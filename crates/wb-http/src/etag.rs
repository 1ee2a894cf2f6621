//! Versions of configuration objects as ETags: `"v3"`. An edit says which version it was made from.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};

use crate::problem::Problem;

/// The ETag of a version, for an answer.
#[must_use]
pub fn tag(version: u32) -> [(HeaderName, String); 1] {
    [(ETAG, format!("\"v{version}\""))]
}

/// The version an edit was made from; a request without it is answered 428.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub u32);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IF_MATCH) else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version_required",
                &[],
            ));
        };
        value
            .to_str()
            .ok()
            .and_then(|text| {
                text.trim()
                    .strip_prefix("\"v")?
                    .strip_suffix('"')?
                    .parse()
                    .ok()
            })
            .map(Self)
            .ok_or_else(|| Problem::unreadable("If-Match", "expected an ETag such as \"v3\""))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(IF_MATCH) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}
