//! Small helpers for text that goes into messages and reports.

use wb_core::time::Timestamp;
use wb_ports::catalogue::text;
use wb_ports::{Content, Field, IncidentView, Message, OpenedSettings};

/// Characters of a provider's words that are shown.
const WORDS_CHARS: usize = 200;

/// Stands where a secret stood.
const HIDDEN: &str = "[hidden]";

/// The beginning of an answer as one line of text, with every secret hidden.
pub(super) fn first_words(answer: &[u8], secrets: &[&str]) -> String {
    shorten(
        &one_line(&hide(&String::from_utf8_lossy(answer), secrets)),
        WORDS_CHARS,
    )
}

/// The text with every secret hidden. Longer secrets go first, because one may contain another.
pub(super) fn hide(text: &str, secrets: &[&str]) -> String {
    let mut secrets: Vec<_> = secrets.iter().filter(|secret| secret.len() >= 4).collect();
    secrets.sort_by_key(|secret| core::cmp::Reverse(secret.len()));
    secrets.iter().fold(text.to_owned(), |text, secret| {
        text.replace(**secret, HIDDEN)
    })
}

/// The text on one line: runs of white space and control characters become one space. What this
/// returns cannot begin a new header or a new line of a protocol.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// At most `limit` characters, the last of them "…" when something was cut.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars()
        .take(limit.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// An instant for a person: local date and time, and the zone by its city.
pub(super) fn local_time(at: Timestamp, zone: &str) -> String {
    let (time, city) = at.local_words(zone);
    text("message.time", &[("time", &time), ("city", &city)])
}

/// A setting's value without white space around it; none when blank.
pub(super) fn given<'a>(settings: &'a OpenedSettings, field: &Field) -> Option<&'a str> {
    settings
        .get(field.name)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
}

/// What nothing may repeat of a message: the links whose holder can act without a login, and a code.
pub(super) fn secrets_of(message: &Message) -> Vec<&str> {
    let code = match &message.content {
        Content::Code { code, .. } => Some(code.as_str()),
        _ => None,
    };
    let bundled = match &message.content {
        Content::Bundle(bundle) => bundle.services.as_slice(),
        _ => &[],
    };
    let incidents = bundled.iter().flat_map(|service| &service.incidents);
    let links = incidents.map(|incident| &incident.links);
    links
        .chain([&message.links])
        .flat_map(|links| {
            [
                &links.acknowledge,
                &links.resolve,
                &links.accept,
                &links.decline,
                &links.confirm,
            ]
        })
        .filter_map(|link| link.as_deref())
        .chain(code)
        .collect()
}

/// What people call an incident: INC-12.
pub(super) fn incident_name(incident: &IncidentView) -> String {
    text("message.incident", &[("number", &incident.number)])
}

/// Service and title on one line.
pub(super) fn headline(incident: &IncidentView) -> String {
    let (service, title) = (one_line(&incident.service), one_line(&incident.title));
    text(
        "message.headline",
        &[("service", &service), ("title", &title)],
    )
}

/// The sentence for a message that may have arrived before.
pub(super) fn duplicate_note(message: &Message) -> Option<String> {
    let previous = message.attempt.saturating_sub(1).max(1);
    message
        .possible_duplicate
        .then(|| text("message.possible_duplicate", &[("previous", &previous)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_control_characters_become_one_space() {
        assert_eq!(
            one_line(" a\r\nBcc: x\u{0}\u{85}\u{2028}b\t "),
            "a Bcc: x b"
        );
    }

    #[test]
    fn secrets_are_hidden_before_the_text_is_cut() {
        let answer = format!("{}s3cret-token", "x".repeat(195));
        assert!(!first_words(answer.as_bytes(), &["s3cret-token"]).contains("s3c"));
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöüß", 3), "äö…");
    }

    #[test]
    fn times_are_local_and_name_the_city() {
        let at = Timestamp::from_micros(1_795_230_720_000_000);
        assert_eq!(
            local_time(at, "Pacific/Auckland"),
            "Sat 21 Nov 16:12, Auckland"
        );
        assert_eq!(
            local_time(at, "America/New_York"),
            "Fri 20 Nov 22:12, New York"
        );
        assert_eq!(local_time(at, "Nowhere/Land"), "Sat 21 Nov 03:12, UTC");
    }
}
