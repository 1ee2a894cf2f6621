//! The catalogue: every text that people read, in one file (`catalogue/en.json`).
//!
//! The file has the form i18next reads, so the web UI can use it too: nested objects, `{{name}}`
//! placeholders, plurals as `key_one` and `key_other`. Keys are joined by dots.

use core::fmt::Display;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, Value};
use serde_json::Value as Json;

/// The catalogue's file as it is.
pub const EN_JSON: &str = include_str!("../../../catalogue/en.json");

/// A placeholder's name and its value.
pub type Named<'a> = (&'a str, &'a dyn Display);

static TEXTS: LazyLock<Environment<'static>> = LazyLock::new(load);

fn load() -> Environment<'static> {
    let mut texts = BTreeMap::new();
    flatten(
        "",
        serde_json::from_str(EN_JSON).unwrap_or(Json::Null),
        &mut texts,
    );
    let mut environment = Environment::new();
    // Texts are plain; a channel that sends HTML escapes the finished text.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    for (key, text) in texts {
        // A text that is no template would be missing here; a test refuses such a catalogue.
        let _ = environment.add_template_owned(key, text);
    }
    environment
}

fn flatten(prefix: &str, value: Json, into: &mut BTreeMap<String, String>) {
    match value {
        Json::String(text) => {
            into.insert(prefix.to_owned(), text);
        }
        Json::Object(members) => {
            for (name, member) in members {
                let key = if prefix.is_empty() {
                    name
                } else {
                    format!("{prefix}.{name}")
                };
                flatten(&key, member, into);
            }
        }
        _ => {}
    }
}

/// Whether the catalogue has this key (for a plural, one of its forms).
#[must_use]
pub fn has(key: &str) -> bool {
    TEXTS.get_template(key).is_ok() || TEXTS.get_template(&format!("{key}_other")).is_ok()
}

/// All keys, in order.
#[must_use]
pub fn keys() -> Vec<String> {
    let mut keys: Vec<_> = TEXTS.templates().map(|(key, _)| key.to_owned()).collect();
    keys.sort();
    keys
}

/// The text of a key with its placeholders filled in. A key the catalogue lacks comes back as it
/// is: a message that says `email.why` still wakes somebody, an error would not.
#[must_use]
pub fn text(key: &str, values: &[Named<'_>]) -> String {
    let context: BTreeMap<&str, Value> = values
        .iter()
        .map(|(name, value)| (*name, Value::from(value.to_string())))
        .collect();
    TEXTS
        .get_template(key)
        .and_then(|template| template.render(context))
        .unwrap_or_else(|_| key.to_owned())
}

/// The text of a key for a number of things: `key_one` for 1, else `key_other`; `{{count}}` is the
/// number.
#[must_use]
pub fn plural(key: &str, count: u64, values: &[Named<'_>]) -> String {
    let form = if count == 1 { "one" } else { "other" };
    let mut all = vec![("count", &count as &dyn Display)];
    all.extend_from_slice(values);
    text(&format!("{key}_{form}"), &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_a_template() {
        let mut texts = BTreeMap::new();
        flatten(
            "",
            serde_json::from_str(EN_JSON).expect("the catalogue is JSON"),
            &mut texts,
        );
        for (key, text) in &texts {
            Environment::new()
                .template_from_str(text)
                .unwrap_or_else(|e| panic!("{key}: {e}"));
        }
        assert_eq!(keys(), texts.into_keys().collect::<Vec<_>>());
    }

    #[test]
    fn placeholders_are_filled_and_values_are_never_templates() {
        let text = text("channels.errors.missing", &[("field", &"{{ 1 + 1 }} <b>")]);
        assert!(text.contains("{{ 1 + 1 }} <b>"), "{text}");
    }

    #[test]
    fn a_missing_key_is_its_own_text() {
        assert_eq!(text("no.such.key", &[]), "no.such.key");
        assert!(!has("no.such.key"));
    }

    #[test]
    fn plurals_have_two_forms() {
        assert_ne!(
            plural("notes.characters_replaced", 1, &[]),
            plural("notes.characters_replaced", 2, &[])
        );
        assert!(has("notes.characters_replaced"));
    }
}
