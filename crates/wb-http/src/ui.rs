//! The web UI, embedded in the binary. Without a built `web/dist` there is a one-line page.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use wb_ports::catalogue;

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// The UI's page; its views are addresses of their own, which the browser resolves.
const INDEX: &str = "index.html";

/// Vite puts a hash of the content into the names under this folder.
const HASHED: &str = "assets/";

/// What the build appends to the name of a file it packed, with more patience than there is while
/// someone waits.
const PACKED: &str = ".br";

/// Answers what no route takes: files of the UI, its page for anything a browser navigates to, and
/// a problem for the rest.
pub async fn fallback(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if !matches!(*request.method(), Method::GET | Method::HEAD) || is_api(path) {
        return Problem::not_found().into_response();
    }
    if let Some(file) = Dist::get(path) {
        return serve(path, file, request.headers());
    }
    if !accepts_html(request.headers()) {
        return Problem::not_found().into_response();
    }
    match Dist::get(INDEX) {
        Some(file) => serve(INDEX, file, request.headers()),
        None => not_built(),
    }
}

/// Addresses of programs: a browser that strays here is told so instead of seeing an empty view.
fn is_api(path: &str) -> bool {
    ["api/", "v2/", "l/", "compat/", "in/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn serve(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let packed = takes_brotli(headers)
        .then(|| Dist::get(&format!("{path}{PACKED}")))
        .flatten();
    let is_packed = packed.is_some();
    let guessed = file.metadata.mimetype().to_owned();
    let file = packed.unwrap_or(file);
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let tag = format!("\"{hash}\"");
    let caching = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let is_known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let head = [(ETAG, tag), (CACHE_CONTROL, caching.to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    let kind = HeaderValue::from_str(&content_type(path, &guessed))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = (head, file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// Whether a client takes brotli without reservations; one that weighs its encodings gets its
/// answer packed while it is sent, like every other.
fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim() == "br"))
}

fn content_type(path: &str, guessed: &str) -> String {
    if path.ends_with(".webmanifest") {
        "application/manifest+json".to_owned()
    } else if guessed.starts_with("text/") {
        format!("{guessed}; charset=utf-8")
    } else {
        guessed.to_owned()
    }
}

fn not_built() -> Response {
    let text = catalogue::text("ui.not_built", &[]);
    (
        [(CONTENT_TYPE, "text/html; charset=utf-8")],
        format!("<!doctype html><p>{text}</p>\n"),
    )
        .into_response()
}
