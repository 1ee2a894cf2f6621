//! Parameters: from the query, and of a POST from its urlencoded body too.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};

use super::Refusal;
use crate::limits::GRAPHITE_FORM_BYTES;

/// What a request asks, name by name. Unknown names are nobody's business: Graphite's clients send
/// many that only matter to its pictures and caches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The last value of a parameter, so that the body wins over the query; none when it is empty.
    pub(super) fn last(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().rev().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a parameter, in their order.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let of_name = self.0.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| value.clone()).collect()
    }

    /// Whether a parameter is there, with or without a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// A parameter that is a number to say yes or no: 0 is no.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let Some(text) = self.last(name) else {
            return Ok(false);
        };
        let number: i64 = text.parse().map_err(|_| {
            Refusal::bad_request(format!("{name}: {text:?} is no number; send 0 or 1."))
        })?;
        Ok(number != 0)
    }

    fn extend(&mut self, encoded: &[u8]) {
        self.0.extend(form_urlencoded::parse(encoded).into_owned());
    }
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        parameters.extend(request.uri().query().unwrap_or_default().as_bytes());
        if request.method() == Method::POST {
            let is_form = is_form(request.headers());
            let body = Bytes::from_request(request, state).await.map_err(unread)?;
            if !is_form && !body.is_empty() {
                return Err(Refusal::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as application/x-www-form-urlencoded.",
                ));
            }
            parameters.extend(&body);
        }
        if parameters.has("jsonp") {
            return Err(Refusal::bad_request(
                "jsonp is not supported: pages of other sites do not get to read metrics.",
            ));
        }
        Ok(parameters)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn unread(rejection: axum::extract::rejection::BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let text = format!("The body is over {GRAPHITE_FORM_BYTES} bytes; send fewer targets.");
        Refusal::too_much(text)
    } else {
        Refusal::bad_request("The body could not be read to its end.")
    }
}
