//! Who may read: whoever has a role anywhere, and whoever holds an integration key.

use axum::extract::{RawPathParams, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wb_app::Caller;
use wb_core::config::Scope;

use super::Refusal;
use crate::identity::{self, Origin};
use crate::problem::Problem;
use crate::state::HttpState;

/// Lets in a token, as bearer or as password of basic auth, and a session.
pub(super) async fn by_login(
    State(state): State<HttpState>,
    origin: Origin,
    request: Request,
    next: Next,
) -> Response {
    match caller(&state, request.headers(), &origin).await {
        Ok(caller) if may_read(&caller.scope) => next.run(request).await,
        Ok(_) => {
            let text =
                "You have no role yet, neither global nor in a team: an admin gives you one.";
            Refusal::new(StatusCode::FORBIDDEN, text).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets in whoever names an integration key in the path.
pub(super) async fn by_key(
    State(state): State<HttpState>,
    path: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let app = &state.app;
    let key = path.iter().find(|(name, _)| *name == "key");
    let is_known = key.is_some_and(|(_, key)| {
        let hash = app.vault.key_hash(key);
        app.config().integration_by_key_hash(&hash).is_some()
    });
    if is_known {
        next.run(request).await
    } else {
        Refusal::unknown_key().into_response()
    }
}

async fn caller(
    state: &HttpState,
    headers: &HeaderMap,
    origin: &Origin,
) -> Result<Caller, Refusal> {
    let Some(token) = basic_password(headers) else {
        // Nothing here changes anything, so a session's POST needs no CSRF token.
        return identity::identify(state, &Method::GET, headers, origin)
            .await
            .map(|(caller, _)| caller)
            .map_err(|problem| refusal(&problem));
    };
    state
        .app
        .caller_of_token(&token, origin.line())
        .await
        .map_err(|error| refusal(&Problem::from(error)))?
        .ok_or_else(Refusal::unauthenticated)
}

fn refusal(problem: &Problem) -> Refusal {
    match problem.status() {
        StatusCode::UNAUTHORIZED => Refusal::unauthenticated(),
        _ => Refusal::unavailable("The login could not be checked; try again shortly."),
    }
}

/// Whether somebody may read anything at all.
fn may_read(scope: &Scope) -> bool {
    scope.readable_teams().is_none_or(|teams| !teams.is_empty())
}

/// The password of basic auth; the user's name says nothing.
fn basic_password(headers: &HeaderMap) -> Option<String> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    // Credentials that cannot be read are wrong ones, not none: a session must not make up for them.
    let decoded = STANDARD.decode(encoded.trim()).unwrap_or_default();
    let text = String::from_utf8(decoded).unwrap_or_default();
    let password = text.split_once(':').map(|(_, password)| password);
    Some(password.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_password_is_what_counts() {
        let rows = [
            ("Basic YW55OnQwazpu", Some("t0k:n")),
            ("basic  OnQwa2Vu ", Some("t0ken")),
            ("Basic bm9jb2xvbg==", Some("")),
            ("Basic !!", Some("")),
            ("Bearer YW55OnQwazpu", None),
            ("Basic", None),
        ];
        for (header, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            assert_eq!(basic_password(&headers).as_deref(), expected, "{header}");
        }
    }
}
