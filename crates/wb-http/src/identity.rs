//! Who calls: an API token, or a browser session with its cookie and CSRF header.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use cookie::{Cookie, SameSite};
use wb_app::Caller;

use crate::limits;
use crate::problem::Problem;
use crate::state::HttpState;

/// The session's cookie.
pub const SESSION_COOKIE: &str = "wb_session";

/// The header that carries the session's CSRF token on unsafe methods.
pub static CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// Who calls, known to be allowed in. A handler that takes it is closed to everybody else.
#[derive(Clone, Debug)]
pub struct Auth(pub Caller);

/// The session by which the caller came, if it was one.
#[derive(Clone, Debug)]
pub struct SessionSecret(pub Option<String>);

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address, without its port.
    pub remote: Option<String>,
    /// The peer's program, as it calls itself.
    pub agent: Option<String>,
}

impl Origin {
    fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        Self {
            remote: extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|ConnectInfo(address)| address.ip().to_canonical().to_string()),
            agent: headers
                .get(USER_AGENT)
                .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned()),
        }
    }

    /// Address and program in a line, as the record shows them.
    #[must_use]
    pub fn line(&self) -> String {
        let parts: Vec<_> = [&self.remote, &self.agent]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        parts.join(", ").chars().take(limits::FROM_CHARS).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = core::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers, &parts.extensions))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Auth {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthenticated)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SessionSecret {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthenticated)
    }
}

/// Lets in who has a token or a session, and nobody else. Stands before every closed route, so a
/// handler that forgets to ask for the caller is closed all the same.
pub async fn require(State(state): State<HttpState>, mut request: Request, next: Next) -> Response {
    let origin = Origin::of(request.headers(), request.extensions());
    match identify(&state, request.method(), request.headers(), &origin).await {
        Ok((caller, session)) => {
            request.extensions_mut().insert(Auth(caller));
            request.extensions_mut().insert(SessionSecret(session));
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Who calls, by the headers of a request.
///
/// # Errors
/// Nobody is signed in, or an unsafe method came without the session's CSRF token.
pub async fn identify(
    state: &HttpState,
    method: &Method,
    headers: &HeaderMap,
    origin: &Origin,
) -> Result<(Caller, Option<String>), Problem> {
    let app = &state.app;
    if let Some(token) = bearer(headers) {
        let caller = app.caller_of_token(token, origin.line()).await?;
        return Ok((caller.ok_or_else(Problem::unauthenticated)?, None));
    }
    let secret = session_cookie(headers).ok_or_else(Problem::unauthenticated)?;
    let caller = app.caller_of_session(&secret, origin.line()).await?;
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    if !method.is_safe() {
        let given = headers
            .get(&CSRF_HEADER)
            .and_then(|value| value.to_str().ok());
        if !given.is_some_and(|given| app.check_csrf(&secret, given)) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "csrf", &[]));
        }
    }
    Ok((caller, Some(secret)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether somebody comes with a session; it may have ended.
#[must_use]
pub fn has_session(headers: &HeaderMap) -> bool {
    session_cookie(headers).is_some()
}

fn session_cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == SESSION_COOKIE)
        .map(|cookie| cookie.value().to_owned())
}

/// The header that gives a browser its session; without a secret, the one that takes it away.
#[must_use]
pub fn set_session(state: &HttpState, secret: Option<&str>) -> Option<HeaderValue> {
    let kept_s = if secret.is_some() {
        state.app.settings.session_idle.as_secs()
    } else {
        0
    };
    let kept = cookie::time::Duration::seconds(i64::try_from(kept_s).unwrap_or(i64::MAX));
    let cookie = Cookie::build((SESSION_COOKIE, secret.unwrap_or_default()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.is_https())
        .max_age(kept)
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_cookies_are_found() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer  abc"));
        headers.insert(COOKIE, HeaderValue::from_static("a=b; wb_session=xyz"));
        assert_eq!(bearer(&headers), Some("abc"));
        assert_eq!(session_cookie(&headers).as_deref(), Some("xyz"));
    }
}
