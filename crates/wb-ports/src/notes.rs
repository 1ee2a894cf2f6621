//! What normalising an event changed, in words.

use wb_core::event::EventNote;

use crate::catalogue;

/// A note in one sentence, for the alert and the record.
#[must_use]
pub fn note_text(note: &EventNote) -> String {
    match note {
        EventNote::SummaryLong { characters } => {
            catalogue::text("notes.summary_long", &[("characters", characters)])
        }
        EventNote::CharactersReplaced { count } => {
            catalogue::plural("notes.characters_replaced", u64::from(*count), &[])
        }
        EventNote::TimestampUnreadable { given } => {
            catalogue::text("notes.timestamp_unreadable", &[("given", given)])
        }
        EventNote::UnknownFields { names } => {
            catalogue::text("notes.unknown_fields", &[("names", &names.join(", "))])
        }
        EventNote::LeftOut { field, why } => {
            catalogue::text("notes.left_out", &[("field", field), ("why", why)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_has_words() {
        for (note, words) in [
            (
                EventNote::SummaryLong { characters: 2_000 },
                "2000 characters",
            ),
            (
                EventNote::CharactersReplaced { count: 1 },
                "1 character that",
            ),
            (
                EventNote::CharactersReplaced { count: 2 },
                "2 characters that",
            ),
            (
                EventNote::TimestampUnreadable {
                    given: "soon".into(),
                },
                "\"soon\"",
            ),
            (
                EventNote::UnknownFields {
                    names: vec!["a".into(), "b".into()],
                },
                "a, b",
            ),
            (
                EventNote::LeftOut {
                    field: "links".into(),
                    why: "odd.".into(),
                },
                "links was left",
            ),
        ] {
            assert!(note_text(&note).contains(words), "{}", note_text(&note));
        }
    }
}
