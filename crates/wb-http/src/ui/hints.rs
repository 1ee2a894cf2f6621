//! What a view begins with, told with the page: a browser asks for all of it at once instead of finding one
//! part in another, each a round trip later. The build writes what belongs to which view.

use axum::http::HeaderValue;
use serde::Deserialize;

/// The views, as the build wrote them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Hints(Vec<View>);

/// What one view begins with, as a `Link` header says it.
#[derive(Debug, Deserialize)]
struct View {
    /// Its address, as the browser's router reads it.
    path: String,
    /// What it begins with at any of its addresses.
    always: String,
    /// What it asks for unless the address selects something else.
    plain: String,
}

/// The part of an address that stands for whatever is there.
const ID: &str = ":id";

impl Hints {
    /// Reads what the build wrote. The page works without, so what cannot be read is nothing.
    pub(super) fn read(json: &[u8]) -> Self {
        serde_json::from_slice(json).unwrap_or_default()
    }

    /// The `Link` header of a view, by its path and query.
    pub(super) fn link(&self, path: &str, query: Option<&str>) -> Option<HeaderValue> {
        let (view, id) = self
            .0
            .iter()
            .find_map(|view| Some((view, matched(&view.path, path)?)))?;
        let parts = if query.is_none() {
            [view.always.as_str(), view.plain.as_str()]
        } else {
            [view.always.as_str(), ""]
        };
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        HeaderValue::from_str(&parts.join(", ").replace(ID, id)).ok()
    }
}

/// What stands in the place of the id, empty where the view has none; `None` for another view's path.
fn matched<'a>(view: &str, path: &'a str) -> Option<&'a str> {
    let (mut wanted, mut given) = (view.split('/'), path.split('/'));
    let mut id = "";
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(id),
            (Some(ID), Some(one)) if is_id(one) => id = one,
            (Some(wanted), Some(one)) if wanted == one && wanted != ID => {}
            _ => return None,
        }
    }
}

/// Whether a part of an address may be put into another one as it is.
fn is_id(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints() -> Hints {
        Hints::read(
            br#"[{"path": "/", "always": "</a.js>", "plain": "</list>"},
                 {"path": "/services/new", "always": "</new.js>", "plain": ""},
                 {"path": "/services/:id", "always": "</s.js>", "plain": "</api/services/:id>"}]"#,
        )
    }

    fn link(path: &str, query: Option<&str>) -> Option<String> {
        let link = hints().link(path, query)?;
        Some(link.to_str().expect("it is text").to_owned())
    }

    #[test]
    fn a_view_is_known_by_its_path() {
        assert_eq!(link("/", None).as_deref(), Some("</a.js>, </list>"));
        assert_eq!(link("/services/new", None).as_deref(), Some("</new.js>"));
        assert_eq!(
            link("/services/svc_1", None).as_deref(),
            Some("</s.js>, </api/services/svc_1>")
        );
        for path in [
            "/nowhere",
            "/services",
            "/services/",
            "/services/svc_1/more",
            "",
        ] {
            assert_eq!(link(path, None), None, "{path}");
        }
    }

    #[test]
    fn an_address_that_selects_asks_for_something_else() {
        assert_eq!(link("/", Some("q=1")).as_deref(), Some("</a.js>"));
    }

    #[test]
    fn nothing_but_an_id_goes_into_the_header() {
        for path in [
            "/services/a%0d%0ab",
            "/services/:id",
            "/services/a>;b",
            "/services/..",
        ] {
            assert_eq!(link(path, None), None, "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_hints_at_nothing() {
        assert!(Hints::read(b"{").link("/", None).is_none());
    }
}
