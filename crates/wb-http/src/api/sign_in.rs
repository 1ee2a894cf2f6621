//! Signing in and out with a browser, and the set-up link.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::access::SignInError;

use super::me::{self, MeView};
use crate::extract::{Body, Path};
use crate::identity::{self, Auth, Origin, SessionSecret};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, Time, UserIdText};

/// Address and password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// What the user of a set-up link says about themselves.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpBody {
    /// What stands in the link.
    pub secret: String,
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address.
    pub email: String,
    /// The password to sign in with.
    pub password: String,
    /// IANA zone in which times are shown.
    pub zone: String,
}

/// A new set-up link.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SetUpView {
    /// What stands in the link; shown this once.
    pub secret: String,
    /// The link, when this instance has a public address.
    pub href: Option<String>,
    /// When it stops working.
    pub expires_at: Time,
}

/// Passwords to change from and to.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The present password.
    pub old: String,
    /// The new one.
    pub password: String,
}

/// Signs in with address and password; the answer sets the session's cookie.
#[utoipa::path(
    post, path = "/sign-in", tag = "access", operation_id = "sign_in", security(()),
    request_body = SignInBody, responses((status = 200, body = MeView)),
)]
pub async fn sign_in(
    State(state): State<HttpState>,
    origin: Origin,
    Body(body): Body<SignInBody>,
) -> Result<Response, Problem> {
    start(&state, &origin, &body.email, &body.password).await
}

/// Uses a set-up link: sets name, address, zone and password, and signs in.
#[utoipa::path(
    post, path = "/set-up", tag = "access", operation_id = "set_up", security(()),
    request_body = SetUpBody, responses((status = 200, body = MeView)),
)]
pub async fn set_up(
    State(state): State<HttpState>,
    origin: Origin,
    Body(body): Body<SetUpBody>,
) -> Result<Response, Problem> {
    let SetUpBody {
        secret,
        name,
        email,
        password,
        zone,
    } = body;
    state
        .app
        .set_up(&secret, &name, &email, &password, &zone)
        .await?;
    start(&state, &origin, &email, &password).await
}

async fn start(
    state: &HttpState,
    origin: &Origin,
    email: &str,
    password: &str,
) -> Result<Response, Problem> {
    let remote = origin.remote.as_deref().unwrap_or_default();
    let agent = origin.agent.as_deref();
    let signed = state
        .app
        .sign_in(email, password, remote, agent)
        .await
        .map_err(problem)?;
    let caller = state
        .app
        .caller_of_session(&signed.secret, origin.line())
        .await?;
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    let view = me::view(state, &caller, Some(&signed.secret))?;
    Ok(with_session(state, Some(&signed.secret), Json(view)))
}

fn with_session(state: &HttpState, secret: Option<&str>, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Some(cookie) = identity::set_session(state, secret) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn problem(error: SignInError) -> Problem {
    match error {
        SignInError::Wrong => Problem::new(StatusCode::UNAUTHORIZED, "wrong_password", &[]),
        SignInError::Throttled { retry_after_s } => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "throttled",
            &[("seconds", &retry_after_s)],
        )
        .retry_after(u64::from(retry_after_s)),
        SignInError::App(error) => error.into(),
    }
}

/// Ends the session.
#[utoipa::path(
    post, path = "/sign-out", tag = "access", operation_id = "sign_out",
    responses((status = 204)),
)]
pub async fn sign_out(
    State(state): State<HttpState>,
    _auth: Auth,
    SessionSecret(secret): SessionSecret,
) -> Result<Response, Problem> {
    if let Some(secret) = &secret {
        state.app.sign_out(secret).await?;
    }
    let mut response = with_session(&state, None, StatusCode::NO_CONTENT);
    // What the browser kept of the API is not for whoever sits down next.
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// Changes the caller's own password and ends their other sessions.
#[utoipa::path(
    post, path = "/me/password", tag = "access", operation_id = "set_password",
    request_body = PasswordBody, responses((status = 204)),
)]
pub async fn set_password(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    SessionSecret(secret): SessionSecret,
    Body(body): Body<PasswordBody>,
) -> Result<StatusCode, Problem> {
    let session = secret.as_deref();
    state
        .app
        .set_password(&caller, session, &body.old, &body.password)
        .await
        .map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a link by which a user sets their password; it works once, for a day.
#[utoipa::path(
    post, path = "/users/{id}/set-up-link", tag = "users", operation_id = "create_set_up_link",
    params(("id" = UserIdText, Path)), responses((status = 201, body = SetUpView)),
)]
pub async fn create_link(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<UserIdText>,
) -> Result<(StatusCode, Json<SetUpView>), Problem> {
    let link = state.app.create_set_up_link(&caller, id).await?;
    let base = state.app.settings.public_url.as_deref();
    let view = SetUpView {
        href: base.map(|base| format!("{base}/set-up#{}", link.secret)),
        secret: link.secret,
        expires_at: Time(link.expires_at),
    };
    Ok((StatusCode::CREATED, Json(view)))
}
