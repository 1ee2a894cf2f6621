//! The catalogue and the code agree: every key used has a text, every text is used.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use crate::{
    repo::{Repo, line_at},
    tokens::{Token, starts_with_path},
};

const CATALOGUE: &str = "catalogue/en.json";

/// Calls whose first argument is a key, in the web UI and in Rust.
const WEB_CALLS: [&str; 1] = ["t"];
const RUST_CALLS: [&[&str]; 2] = [&["catalogue", "text"], &["catalogue", "plural"]];

/// What i18next and our own plural put behind a key, and the contexts that the UI gives i18next.
const FORMS: [&str; 5] = ["_zero", "_one", "_other", "_later", "_logged"];

/// Keys as the code names them.
#[derive(Default)]
struct Uses<'a> {
    /// Keys in a call, with where: they must exist.
    called: Vec<(&'a str, &'a str, usize)>,
    /// Any string that may be a key kept in a table.
    strings: BTreeSet<&'a str>,
    /// The constant parts of keys put together at run time (`channels.{}.label`).
    built: BTreeSet<Vec<&'a str>>,
}

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let Some(text) = repo.text(CATALOGUE) else {
        return Vec::new();
    };
    let keys = match serde_json::from_str(text) {
        Ok(json) => keys(&json),
        Err(error) => {
            return vec![Finding::new(
                CATALOGUE,
                error.line(),
                error.to_string(),
                "write valid JSON",
            )];
        }
    };
    let mut uses = Uses::default();
    collect_rust(repo, &mut uses);
    collect_web(repo, &mut uses);
    let mut findings = Vec::new();
    for (key, path, line) in &uses.called {
        if !has(&keys, key) {
            let mend = format!("add it to {CATALOGUE}, or name an existing one");
            findings.push(Finding::new(
                path,
                *line,
                format!("no text for the key `{key}`"),
                mend,
            ));
        }
    }
    for key in &keys {
        if !uses.covers(key) {
            let last = key.rsplit('.').next().unwrap_or(key);
            let at = text
                .find(&format!("\"{key}\""))
                .or_else(|| text.find(&format!("\"{last}\"")));
            let line = at.map_or(1, |at| line_at(text, at));
            let what = format!("the text `{key}` is used nowhere");
            findings.push(Finding::new(CATALOGUE, line, what, "take it out"));
        }
    }
    findings
}

/// The keys, nested objects joined with dots.
fn keys(json: &Value) -> BTreeSet<String> {
    let mut all = BTreeMap::new();
    walk("", json, &mut all);
    all.into_keys().collect()
}

fn walk(prefix: &str, json: &Value, out: &mut BTreeMap<String, ()>) {
    let Some(object) = json.as_object() else {
        out.insert(prefix.to_owned(), ());
        return;
    };
    for (name, value) in object {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        walk(&key, value, out);
    }
}

/// Whether there is a text, or the forms of a plural.
fn has(keys: &BTreeSet<String>, key: &str) -> bool {
    keys.contains(key)
        || FORMS
            .iter()
            .any(|form| keys.contains(&format!("{key}{form}")))
}

fn collect_rust<'a>(repo: &'a Repo, uses: &mut Uses<'a>) {
    for file in repo.rust.iter().filter(|file| !file.is_dev_only()) {
        let tokens: Vec<&Token> = file.shipped().collect();
        for (at, token) in tokens.iter().enumerate() {
            let Some(text) = token.string() else { continue };
            // `catalogue`, `:`, `:`, `text`, `(` and then the key.
            let before = &tokens[at.saturating_sub(5)..at];
            let is_call = before.last().is_some_and(|last| last.is("("))
                && RUST_CALLS.iter().any(|path| starts_with_path(before, path));
            uses.add(
                text,
                "{",
                is_call.then_some((file.path.as_str(), token.line)),
            );
        }
    }
}

fn collect_web<'a>(repo: &'a Repo, uses: &mut Uses<'a>) {
    let web = repo.under("web/src/").filter(|(below, _)| {
        (below.ends_with(".ts") || below.ends_with(".tsx")) && !below.contains(".test.")
    });
    // Templates of mails and pages call `t` too.
    let templates = repo
        .under("crates/")
        .filter(|(below, _)| below.contains("/templates/"));
    for (_, file) in web.chain(templates) {
        // Quotes are paired line by line: an apostrophe in a comment must not swallow the file.
        for (index, line) in file.text.lines().enumerate() {
            for quote in ['"', '\'', '`'] {
                for (at, text) in quoted(line, quote) {
                    let called = WEB_CALLS
                        .iter()
                        .any(|call| ends_with_call(&line[..at], call));
                    uses.add(
                        text,
                        "${",
                        called.then_some((file.path.as_str(), index + 1)),
                    );
                }
            }
        }
    }
}

/// The strings in a line with where their quote stands.
fn quoted(line: &str, quote: char) -> Vec<(usize, &str)> {
    let marks: Vec<usize> = line.match_indices(quote).map(|(at, _)| at).collect();
    // Every pair of neighbours: a stray quote then costs nothing but a string nobody asks about.
    marks
        .windows(2)
        .filter_map(|pair| Some((pair[0], line.get(pair[0] + 1..pair[1])?)))
        .collect()
}

fn ends_with_call(before: &str, call: &str) -> bool {
    let Some(head) = before
        .strip_suffix('(')
        .and_then(|head| head.strip_suffix(call))
    else {
        return false;
    };
    !head.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
}

impl<'a> Uses<'a> {
    fn add(&mut self, text: &'a str, hole: &str, call: Option<(&'a str, usize)>) {
        if text.contains(hole) {
            let mut parts = text.split(hole);
            let first = parts.next().unwrap_or_default();
            // Without a dot in front it would be nearly every key, with a space it is no key.
            if first.contains('.') && !text.contains(' ') {
                let rest = parts.map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
                self.built
                    .insert(std::iter::once(first).chain(rest).collect());
            }
            return;
        }
        if text.contains('.') && text.ends_with('.') && !text.contains(' ') {
            // The rest is joined on at run time.
            self.built.insert(vec![text, ""]);
        }
        self.strings.insert(text);
        if let Some((path, line)) = call {
            self.called.push((text, path, line));
        }
    }

    /// Whether something in the code may ask for this key.
    fn covers(&self, key: &str) -> bool {
        let single = FORMS.iter().find_map(|form| key.strip_suffix(form));
        [Some(key), single].into_iter().flatten().any(|key| {
            self.strings.contains(key) || self.built.iter().any(|parts| fits(key, parts))
        })
    }
}

/// Whether a key can come from these constant parts with something between each two of them.
fn fits(key: &str, parts: &[&str]) -> bool {
    let [first, middle @ .., last] = parts else {
        return false;
    };
    let Some(mut rest) = key.strip_prefix(first) else {
        return false;
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.len() > last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    const TEXTS: &str = "{\n\"a.b\": \"x\",\n\"c\": {\"d\": \"y\"}\n}";

    #[test]
    fn a_key_without_text_and_a_text_without_use_are_found() {
        let files = [
            (CATALOGUE, TEXTS),
            (
                "crates/wb-http/src/a.rs",
                "fn f() { catalogue::text(\"a.b\", &[]); wb_ports::catalogue::plural(\"gone\", 2, &[]); }",
            ),
        ];
        let found = places(&check(&repo(&files)));
        assert_eq!(found, ["crates/wb-http/src/a.rs:1", "catalogue/en.json:3"]);
    }

    #[test]
    fn keys_in_tables_and_put_together_count_as_used() {
        let files = [
            (CATALOGUE, TEXTS),
            (
                "web/src/views/registry.ts",
                "const it's = [{ title: \"a.b\" }];\nt(`c.${name}`);",
            ),
        ];
        assert_eq!(places(&check(&repo(&files))), [""; 0]);
    }

    #[test]
    fn built_keys_cover_only_what_they_can_become() {
        let texts =
            r#"{"channels": {"ntfy": {"label": "a", "gone": "b"}}, "n_one": "c", "n_other": "d"}"#;
        let source =
            "fn f() { text(&format!(\"channels.{}.label\", name)); catalogue::plural(\"n\", 1) }";
        let files = [(CATALOGUE, texts), ("crates/wb-ports/src/a.rs", source)];
        let found = check(&repo(&files));
        let whats: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(whats, ["the text `channels.ntfy.gone` is used nowhere"]);
    }

    #[test]
    fn templates_are_read_and_a_prefix_stands_for_its_keys() {
        let page = "{{ t(\"a.b\") }} {{ word(\"c.\" ~ kind) }}\n{{ t('gone') }}";
        let path = "crates/wb-adapters/src/channels/email/templates/page.html";
        assert_eq!(
            places(&check(&repo(&[(CATALOGUE, TEXTS), (path, page)]))),
            [format!("{path}:2")]
        );
    }

    #[test]
    fn web_calls_are_checked_and_look_alikes_are_not() {
        let source = "t('a.b'); t(\"c.d\");\nt('gone'); count('gone too');";
        let files = [(CATALOGUE, TEXTS), ("web/src/a.tsx", source)];
        assert_eq!(places(&check(&repo(&files))), ["web/src/a.tsx:2"]);
    }

    #[test]
    fn without_a_catalogue_there_is_nothing_to_say_and_a_broken_one_is_said() {
        assert_eq!(check(&repo(&[("web/src/a.ts", "t('a')")])), []);
        assert_eq!(
            places(&check(&repo(&[(CATALOGUE, "{\n x")]))),
            ["catalogue/en.json:2"]
        );
    }
}
