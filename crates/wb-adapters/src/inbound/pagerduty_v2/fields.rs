//! Reads single fields, collecting what is refused and what is only noted.

use serde_json::{Map, Value};
use wb_core::event::{EventImage, EventLink, EventNote};
use wb_core::time::Timestamp;
use wb_ports::catalogue;

/// Characters of an unreadable timestamp that a note keeps.
const GIVEN_CHARS: usize = 100;

/// Unknown fields that a note names.
const NAMES: usize = 20;

/// What reading found besides values.
#[derive(Default)]
pub(super) struct Reader {
    /// Why the event is refused, in the vendor's words.
    pub(super) errors: Vec<String>,
    /// What was changed or left out.
    pub(super) notes: Vec<EventNote>,
}

impl Reader {
    /// A text that must be there.
    pub(super) fn required(
        &mut self,
        object: &Map<String, Value>,
        prefix: &str,
        name: &str,
    ) -> Option<String> {
        match object.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => return Some(text.clone()),
            None | Some(Value::Null | Value::String(_)) => {
                self.errors
                    .push(format!("'{prefix}{name}' is missing or blank"));
            }
            Some(_) => self
                .errors
                .push(format!("'{prefix}{name}' is invalid (must be a string)")),
        }
        None
    }

    /// The meaning of a word that must be one of a few.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        name: &str,
        word: &str,
        meanings: &[(&str, T)],
        known: &str,
    ) -> Option<T> {
        let found = meanings
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            self.errors.push(format!(
                "'{name}' is invalid (must be one of the following: {known})"
            ));
        }
        found
    }

    /// A text that may be there.
    pub(super) fn text(
        &mut self,
        object: &Map<String, Value>,
        prefix: &str,
        name: &str,
    ) -> Option<String> {
        match object.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => return Some(text.clone()),
            None | Some(Value::Null | Value::String(_)) => {}
            Some(_) => self.left_out(&format!("{prefix}{name}"), "notes.why.text"),
        }
        None
    }

    /// When it happened, if that can be read.
    pub(super) fn timestamp(&mut self, given: Option<&Value>) -> Option<Timestamp> {
        let given = match given {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(other) => other.to_string(),
        };
        let read = given
            .parse::<jiff::Timestamp>()
            .ok()
            .map(Timestamp::from_jiff);
        if read.is_none() && !given.is_empty() {
            let given = given.chars().take(GIVEN_CHARS).collect();
            self.notes.push(EventNote::TimestampUnreadable { given });
        }
        read
    }

    /// The links that can be read.
    pub(super) fn links(&mut self, given: Option<&Value>) -> Vec<EventLink> {
        self.list(given, "links", "notes.why.link", |link| {
            Some(EventLink {
                href: member(link, "href")?,
                text: member(link, "text"),
            })
        })
    }

    /// The images that can be read.
    pub(super) fn images(&mut self, given: Option<&Value>) -> Vec<EventImage> {
        self.list(given, "images", "notes.why.image", |image| {
            Some(EventImage {
                src: member(image, "src")?,
                href: member(image, "href"),
                alt: member(image, "alt"),
            })
        })
    }

    fn list<T>(
        &mut self,
        given: Option<&Value>,
        name: &str,
        why: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Vec<T> {
        let items = match given {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.left_out(name, "notes.why.list");
                return Vec::new();
            }
        };
        let usable: Vec<_> = items.iter().filter_map(read).collect();
        if usable.len() < items.len() {
            self.left_out(name, why);
        }
        usable
    }

    /// Notes that a field was not usable; `why` is a key of the catalogue.
    pub(super) fn left_out(&mut self, field: &str, why: &str) {
        let why = catalogue::text(why, &[]);
        self.notes.push(EventNote::LeftOut {
            field: field.to_owned(),
            why,
        });
    }

    /// Notes the fields that are kept though unknown.
    pub(super) fn unknown<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        let names = names.take(NAMES).cloned().collect();
        self.notes.push(EventNote::UnknownFields { names });
    }
}

/// A member of an object that is text and not blank.
fn member(object: &Value, name: &str) -> Option<String> {
    object
        .get(name)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}
