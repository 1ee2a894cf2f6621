//! Fits a statement's text to SQLite.

use std::collections::HashMap;

use crate::db::error::{DbKind, Error};
use crate::db::tx::head;

/// Rewritten texts, kept by the address of the static text they came from.
#[derive(Default)]
pub(crate) struct Texts(HashMap<(usize, usize), String>);

impl Texts {
    pub(crate) fn get(&mut self, text: &'static str) -> Result<&str, Error> {
        use std::collections::hash_map::Entry;
        match self.0.entry((text.as_ptr().addr(), text.len())) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(rewrite(text)?)),
        }
    }
}

/// Turns `$1` into `?1`, outside quotes and comments.
///
/// SQLite takes `$1` for a *name* and numbers names by first appearance, so `$2, $1` would be bound the wrong way
/// round without a word. And it reads `$1::bigint` as one long name: a cast is refused.
pub(crate) fn rewrite(text: &str) -> Result<String, Error> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '$', ':', '-', '/']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with("::") {
            return Err(Error::db(
                DbKind::Statement,
                "a :: cast in a text for SQLite".to_owned() + &head(text),
            ));
        } else if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(['\'', '"']) {
            // A doubled quote inside simply reads as two quoted pieces.
            rest[1..].find(&rest[..1]).map_or(rest.len(), |end| end + 2)
        } else {
            1
        };
        let placeholder =
            rest.starts_with('$') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        out.push_str(if placeholder { "?" } else { &rest[..taken] });
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(rewrite(text).unwrap(), expected);
    }

    #[test]
    fn placeholders_become_numbered() {
        check("SELECT $2, $1, $12", "SELECT ?2, ?1, ?12");
        check("a = $1 AND b = $1", "a = ?1 AND b = ?1");
        check("no parameter", "no parameter");
        check("json ->> '$.a' || $1", "json ->> '$.a' || ?1");
        check("'it''s $1' , $2", "'it''s $1' , ?2");
        check("\"$1\" = $1", "\"$1\" = ?1");
        check("a -- $1 isn't\n= $1", "a -- $1 isn't\n= ?1");
        check(
            "a /* $1 :: ' */ = $1 - 2 / 1",
            "a /* $1 :: ' */ = ?1 - 2 / 1",
        );
        check("'ü' || $1", "'ü' || ?1");
        check("'open $1", "'open $1");
    }

    #[test]
    fn casts_are_refused_outside_quotes() {
        assert!(rewrite("SELECT $1::bigint").is_err());
        check("SELECT '::' , $1", "SELECT '::' , ?1");
    }
}
