//! `Idempotency-Key`: a POST that is sent again gets the answer of the first time and does nothing.
//!
//! Answers are kept for a day, per caller, and sealed, because some hold a secret that is shown
//! once. Answers that tell the caller to try again are not kept.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wb_app::Caller;
use wb_core::actor::Actor;
use wb_store::db::Lane;
use wb_store::idempotency::{self, Answer};

use crate::identity::Auth;
use crate::limits::IDEMPOTENCY_KEY_CHARS;
use crate::problem::Problem;
use crate::state::HttpState;

/// The header that carries the key.
pub static KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// The header of an answer that was given before.
pub static REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long an answer is kept.
const KEPT_S: i64 = 24 * 3_600;

/// How long a call may be under way before its process is taken for dead; well over the time limit
/// of a request.
const UNDER_WAY_S: i64 = 120;

/// What a caller is asked to come back after while the first call is under way, in seconds.
const COME_BACK_S: u64 = 1;

/// The headers an answer is kept with.
static KEPT_HEADERS: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

/// What a repeat is recognised by.
struct Asked {
    scope: String,
    key: String,
    hash: [u8; 32],
}

/// Answers a repeated POST like the first time. Stands behind the login: the key is the caller's.
pub async fn repeat(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let key = match key_of(request.method(), request.headers()) {
        Ok(Some(key)) => key,
        Ok(None) => return next.run(request).await,
        Err(problem) => return problem.into_response(),
    };
    let Some(Auth(caller)) = request.extensions().get::<Auth>().cloned() else {
        return Problem::unauthenticated().into_response();
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, state.limits.api_body_bytes).await else {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &[]).into_response();
    };
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let asked = Asked {
        scope: scope_of(&caller),
        key,
        hash: hash(path, &body),
    };
    match reserve(&state, &asked).await {
        Ok(true) => {}
        Ok(false) => {
            return known(&state, &asked)
                .await
                .unwrap_or_else(Problem::into_response);
        }
        Err(problem) => return problem.into_response(),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(&state, asked, response).await
}

fn key_of(method: &Method, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get(&KEY_HEADER).filter(|_| method == Method::POST) else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_CHARS => {
            Ok(Some(key.to_owned()))
        }
        _ => {
            let message = format!("give 1 to {IDEMPOTENCY_KEY_CHARS} visible ASCII characters");
            Err(Problem::unreadable("Idempotency-Key", message))
        }
    }
}

/// Keys of one person are theirs, whichever token or browser they use.
fn scope_of(caller: &Caller) -> String {
    match caller.actor {
        Actor::User(user) => user.to_string(),
        Actor::Integration(integration) => integration.to_string(),
        Actor::System | Actor::Anonymous => String::new(),
    }
}

fn hash(path: &str, body: &Bytes) -> [u8; 32] {
    let length = u64::try_from(path.len()).unwrap_or(u64::MAX);
    Sha256::new()
        .chain_update(length.to_be_bytes())
        .chain_update(path)
        .chain_update(body)
        .finalize()
        .into()
}

/// Takes the key before anything happens, so that of two calls at once only one does something.
async fn reserve(state: &HttpState, asked: &Asked) -> Result<bool, Problem> {
    let (scope, key, hash) = (asked.scope.clone(), asked.key.clone(), asked.hash);
    let now = state.app.now();
    let (kept, under_way) = (now.plus_secs(-KEPT_S), now.plus_secs(-UNDER_WAY_S));
    let reserved = state
        .app
        .store
        .write(Lane::People, move |tx| {
            idempotency::reserve(tx, &scope, &key, &hash, now, kept, under_way)
        })
        .await?;
    Ok(reserved)
}

/// The answer of the first time.
async fn known(state: &HttpState, asked: &Asked) -> Result<Response, Problem> {
    let since = state.app.now().plus_secs(-KEPT_S);
    let (scope, key) = (asked.scope.clone(), asked.key.clone());
    let found = state
        .app
        .store
        .read(move |tx| idempotency::get(tx, &scope, &key, since))
        .await?;
    let answer = match found {
        Some(answer) if answer.request_hash != asked.hash => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "idempotency_key_used", &[]));
        }
        Some(answer) if answer.status != 0 => answer,
        // Under way, or given back a moment ago.
        _ => {
            let problem = Problem::new(StatusCode::CONFLICT, "idempotency_under_way", &[]);
            return Err(problem.retry_after(COME_BACK_S));
        }
    };
    let kept = open(state, asked, &answer).ok_or_else(|| {
        tracing::warn!("a kept answer could not be opened; was the instance's key changed?");
        Problem::new(StatusCode::CONFLICT, "answer_lost", &[])
    })?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    for (name, value) in &kept.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED_HEADER.clone(), HeaderValue::from_static("true"));
    Ok(response)
}

fn place(asked: &Asked) -> String {
    format!("idempotency/{}/{}", asked.scope, asked.key)
}

fn open(state: &HttpState, asked: &Asked, answer: &Answer) -> Option<Kept> {
    let sealed = core::str::from_utf8(&answer.body).ok()?;
    let text = state.app.vault.open(sealed, &place(asked)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Keeps an answer and gives it. That it could not be kept is no reason to withhold it: what it
/// says has happened.
async fn keep(state: &HttpState, asked: Asked, response: Response) -> Response {
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        give_back(state, asked).await;
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Problem::internal().into_response();
    };
    let headers = KEPT_HEADERS
        .iter()
        .filter_map(|name| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        })
        .collect();
    let kept = Kept {
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    if let Ok(text) = serde_json::to_string(&kept) {
        let app = &state.app;
        let now = app.now();
        let answer = Answer {
            at: now,
            request_hash: asked.hash,
            status: status.as_u16(),
            body: app
                .vault
                .seal(&text, &place(&asked), &*app.random)
                .into_bytes(),
        };
        let written = app
            .store
            .write(Lane::People, move |tx| {
                idempotency::answer(tx, &asked.scope, &asked.key, &answer)
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "an answer could not be kept for a repeat");
        }
    }
    Response::from_parts(parts, Body::from(body))
}

/// Lets the caller try again with the same key: the call did nothing.
async fn give_back(state: &HttpState, asked: Asked) {
    let given = state
        .app
        .store
        .write(Lane::People, move |tx| {
            idempotency::forget(tx, &asked.scope, &asked.key, &asked.hash)
        })
        .await;
    if let Err(error) = given {
        tracing::warn!(%error, "a key could not be given back; it is free again in two minutes");
    }
}
