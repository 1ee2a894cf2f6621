//! Who I am, my sessions and tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::Caller;
use wb_app::access::{Session, Token};
use wb_core::config::Permission;
use wb_core::ids::{SessionId, UserId};

use super::refs::via_word;
use super::users::UserView;
use crate::extract::{Body, Path, Query};
use crate::identity::{Auth, SessionSecret};
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, SessionIdText, Time, TokenIdText, UserIdText};

/// Who calls.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The account.
    pub user: UserView,
    /// `web` for a session, `api` for a token.
    #[schema(value_type = String)]
    pub via: &'static str,
    /// Whether they may manage people, tokens and the system.
    pub is_admin: bool,
    /// What a session sends as `x-csrf-token` with each change; null for a token.
    pub csrf_token: Option<String>,
}

/// A browser session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: SessionIdText,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub last_seen_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
    /// The address it was begun from.
    pub remote: Option<String>,
}

/// Whose.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfUserQuery {
    /// Whose; the caller's own when left out.
    #[param(value_type = Option<String>)]
    pub user: Option<UserIdText>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    pub id: TokenIdText,
    /// Whose it is.
    pub user: UserIdText,
    /// What they call it.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// When it stops working.
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A token to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    /// What to call it.
    pub name: String,
    /// Whose; the caller's own when left out.
    #[serde(default)]
    pub user: Option<UserIdText>,
    /// When it stops working; never when left out.
    #[serde(default)]
    pub expires_at: Option<Time>,
}

/// A new token with its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewTokenView {
    /// The token.
    #[serde(flatten)]
    pub token: TokenView,
    /// What goes into `Authorization: Bearer`; shown this once.
    pub secret: String,
}

impl TokenView {
    fn new(token: Token) -> Self {
        Self {
            id: Id(token.id),
            user: Id(token.user),
            name: token.name,
            created_at: Time(token.created_at),
            expires_at: token.expires_at.map(Time),
            last_used_at: token.last_used_at.map(Time),
            revoked_at: token.revoked_at.map(Time),
        }
    }
}

impl SessionView {
    fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: Id(session.id),
            current: current == Some(session.id),
            created_at: Time(session.created_at),
            last_seen_at: Time(session.last_seen_at),
            expires_at: Time(session.expires_at),
            user_agent: session.user_agent,
            remote: session.remote,
        }
    }
}

/// Who calls, as they see themselves.
///
/// # Errors
/// When the caller is no person, or is gone.
pub fn view(state: &HttpState, caller: &Caller, session: Option<&str>) -> Result<MeView, Problem> {
    let id = caller.user()?;
    let config = state.app.config();
    let user = config.users.get(&id).ok_or_else(Problem::unauthenticated)?;
    Ok(MeView {
        user: UserView::new(caller, id, user.version, &user.value),
        via: via_word(caller.via),
        is_admin: caller.scope.allows_globally(Permission::Manage),
        csrf_token: session.map(|secret| state.app.csrf_of(secret)),
    })
}

/// Shows who calls.
#[utoipa::path(
    get, path = "/me", tag = "access", operation_id = "get_me",
    responses((status = 200, body = MeView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    SessionSecret(secret): SessionSecret,
) -> Result<impl IntoResponse, Problem> {
    let view = view(&state, &caller, secret.as_deref())?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(view)))
}

/// Lists browser sessions: one's own, or anybody's for an admin.
#[utoipa::path(
    get, path = "/sessions", tag = "access", operation_id = "list_sessions", params(OfUserQuery),
    responses((status = 200, body = Page<SessionView>)),
)]
pub async fn sessions(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    SessionSecret(secret): SessionSecret,
    Query(query): Query<OfUserQuery>,
) -> Result<Json<Page<SessionView>>, Problem> {
    let user = whose(&caller, query.user)?;
    let current = match &secret {
        Some(secret) => state
            .app
            .session_of(secret)
            .await?
            .map(|session| session.id),
        None => None,
    };
    let sessions = state.app.list_sessions(&caller, user).await?;
    let items = sessions
        .into_iter()
        .map(|s| SessionView::new(s, current))
        .collect();
    Ok(Json(Page { items, next: None }))
}

/// What ending the others did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct EndedView {
    /// How many sessions were ended.
    pub ended: u64,
}

/// Ends the caller's sessions but the one that asks; with a token, all of them.
#[utoipa::path(
    delete, path = "/sessions", tag = "access", operation_id = "end_other_sessions",
    responses((status = 200, body = EndedView)),
)]
pub async fn end_other_sessions(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    SessionSecret(secret): SessionSecret,
) -> Result<Json<EndedView>, Problem> {
    let secret = secret.as_deref();
    let ended = state.app.end_other_sessions(&caller, secret).await?;
    Ok(Json(EndedView { ended }))
}

/// Ends a session.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "access", operation_id = "revoke_session",
    params(("id" = SessionIdText, Path)), responses((status = 204)),
)]
pub async fn revoke_session(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<SessionIdText>,
) -> Result<StatusCode, Problem> {
    state.app.revoke_session(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists API tokens: one's own, or anybody's for an admin.
#[utoipa::path(
    get, path = "/tokens", tag = "access", operation_id = "list_tokens", params(OfUserQuery),
    responses((status = 200, body = Page<TokenView>)),
)]
pub async fn tokens(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<OfUserQuery>,
) -> Result<Json<Page<TokenView>>, Problem> {
    let user = whose(&caller, query.user)?;
    let tokens = state.app.list_tokens(&caller, user).await?;
    Ok(Json(Page {
        items: tokens.into_iter().map(TokenView::new).collect(),
        next: None,
    }))
}

/// Makes an API token; its secret is shown this once.
#[utoipa::path(
    post, path = "/tokens", tag = "access", operation_id = "create_token",
    request_body = TokenBody, responses((status = 201, body = NewTokenView)),
)]
pub async fn create_token(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<TokenBody>,
) -> Result<impl IntoResponse, Problem> {
    let user = whose(&caller, body.user)?;
    let expires_at = body.expires_at.map(|at| at.0);
    let (token, secret) = state
        .app
        .create_token(&caller, &body.name, user, expires_at)
        .await?;
    let view = NewTokenView {
        token: TokenView::new(token),
        secret,
    };
    Ok((
        StatusCode::CREATED,
        [(CACHE_CONTROL, "no-store")],
        Json(view),
    ))
}

/// Revokes an API token; it stops working at once.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "access", operation_id = "revoke_token",
    params(("id" = TokenIdText, Path)), responses((status = 204)),
)]
pub async fn revoke_token(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<TokenIdText>,
) -> Result<StatusCode, Problem> {
    state.app.revoke_token(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn whose(caller: &Caller, asked: Option<UserIdText>) -> Result<UserId, Problem> {
    match asked {
        Some(user) => Ok(user.0),
        None => Ok(caller.user()?),
    }
}
