//! The web UI, embedded in the binary. Without a built `web/dist` there is a one-line page.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use wb_ports::catalogue;

use crate::identity::has_session;
use crate::problem::Problem;

mod hints;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// The UI's page; its views are addresses of their own, which the browser resolves.
const INDEX: &str = "index.html";

/// What each view begins with; see [`hints`].
const HINTS: &str = "hints.json";

/// Vite puts a hash of the content into the names under this folder.
const HASHED: &str = "assets/";

/// The service worker, which keeps the UI's files in the browser.
const WORKER: &str = "sw.js";

/// It fetches our own files and loads no further code.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

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
        return serve(path, file, request.headers(), None);
    }
    if !accepts_html(request.headers()) {
        return Problem::not_found().into_response();
    }
    match Dist::get(INDEX) {
        Some(file) => serve(INDEX, file, request.headers(), beginning(&request)),
        None => not_built(),
    }
}

/// What the view that somebody opens begins with. Whoever has no session sees another view first, and their
/// browser would be told to ask for what it may not have.
fn beginning(request: &Request) -> Option<HeaderValue> {
    if !has_session(request.headers()) {
        return None;
    }
    let known = hints::Hints::read(&Dist::get(HINTS)?.data);
    known.link(request.uri().path(), request.uri().query())
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

fn serve(
    path: &str,
    file: EmbeddedFile,
    headers: &HeaderMap,
    link: Option<HeaderValue>,
) -> Response {
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
    // A browser keeps the hints with the page: without a session they are to go.
    let tag = format!("\"{hash}{}\"", if link.is_some() { "-hinted" } else { "" });
    let is_known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let head = [(ETAG, tag), (CACHE_CONTROL, caching(path).to_owned())];
    let link = link.map(|link| [(LINK, link)]);
    if is_known {
        return (StatusCode::NOT_MODIFIED, head, link, ()).into_response();
    }
    let kind = HeaderValue::from_str(&content_type(path, &guessed))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = (head, link, file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    if path == WORKER {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(WORKER_POLICY),
        );
    }
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// A name with a hash is that file for ever. Of every other a browser asks whether it is still the
/// same: of the service worker and the page above all, or a new version would not be found.
fn caching(path: &str) -> &'static str {
    if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
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

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn only_what_has_a_hash_is_kept_without_asking() {
        assert!(caching("assets/index-BG3PRT6A.js").contains("immutable"));
        for path in [WORKER, INDEX, "manifest.webmanifest", "icons/icon-192.png"] {
            assert_eq!(caching(path), "no-cache", "{path}");
        }
    }

    #[test]
    fn a_manifest_is_named_as_one() {
        let kind = content_type("manifest.webmanifest", "application/octet-stream");
        assert_eq!(kind, "application/manifest+json");
        assert_eq!(
            content_type(WORKER, "text/javascript"),
            "text/javascript; charset=utf-8"
        );
    }

    #[test]
    fn hints_are_for_who_has_a_session_and_opens_a_view() {
        let asked = |path: &str, cookie: Option<&str>| {
            let request = Request::builder().uri(path);
            let request = match cookie {
                Some(cookie) => request.header(COOKIE, cookie),
                None => request,
            };
            beginning(&request.body(axum::body::Body::empty()).expect("a request"))
        };
        let session = Some("wb_session=secret");
        assert_eq!(asked("/", None), None);
        assert_eq!(asked("/", Some("other=secret")), None);
        assert_eq!(asked("/nowhere", session), None);
        // Without a built UI there is nothing to hint at.
        let is_built = Dist::get(HINTS).is_some();
        assert_eq!(asked("/incidents/inc_1", session).is_some(), is_built);
    }

    #[test]
    fn addresses_of_programs_are_no_views() {
        for path in ["api/v1/nowhere", "l/token", "v2/enqueue", "in/key"] {
            assert!(is_api(path), "{path}");
        }
        assert!(!is_api("incidents/some_id"));
    }
}
