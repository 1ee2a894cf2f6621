//! PagerDuty's Events API v2, as its clients send it.
//!
//! | theirs | ours |
//! |---|---|
//! | `critical` | critical, Sev 1 |
//! | `error` | major, Sev 2 |
//! | `warning` | moderate, Sev 3 |
//! | `info` | info, Sev 5 |
//!
//! What makes an event is checked strictly and refused in the vendor's words: `routing_key`,
//! `event_action`, `dedup_key`, and for a trigger `payload` with `summary`, `source`, `severity`.
//! All else is taken as far as it can be read, with a note on the event: form never costs a page.
//! Fields we do not know are kept in the details under `_unknown`. An acknowledge or resolve needs
//! no payload, so whatever its payload looks like it is not refused: a resolve that is refused
//! would leave an alert open for ever.

mod fields;

use serde_json::{Map, Value};
use uuid::Uuid;
use wb_core::event::{Event, EventAction, EventNote, Severity};
use wb_core::limits::{DEDUP_KEY_CHARS, SIGNAL_BODY_BYTES, SUMMARY_SHOWN_CHARS};
use wb_core::time::Timestamp;
use wb_ports::{Inbound, Normalized, Refusal, RefusalStatus};

use super::json_text;
use fields::Reader;

const INVALID: &str = "Event object is invalid";

const ACTIONS: [(&str, EventAction); 3] = [
    ("trigger", EventAction::Trigger),
    ("acknowledge", EventAction::Acknowledge),
    ("resolve", EventAction::Resolve),
];

const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("error", Severity::Major),
    ("warning", Severity::Moderate),
    ("info", Severity::Info),
];

const KNOWN: [&str; 8] = [
    "routing_key",
    "event_action",
    "dedup_key",
    "payload",
    "images",
    "links",
    "client",
    "client_url",
];

const KNOWN_IN_PAYLOAD: [&str; 8] = [
    "summary",
    "source",
    "severity",
    "timestamp",
    "component",
    "group",
    "class",
    "custom_details",
];

/// The dialect `events_v2`.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventsV2;

impl Inbound for EventsV2 {
    fn dialect(&self) -> &'static str {
        "events_v2"
    }

    fn normalize(
        &self,
        body: &[u8],
        received_at: Timestamp,
        fresh_key: Uuid,
    ) -> Result<Normalized, Refusal> {
        if body.len() > SIGNAL_BODY_BYTES {
            let error = format!(
                "the body is {} bytes long (at most {SIGNAL_BODY_BYTES})",
                body.len()
            );
            return Err(refusal(
                RefusalStatus::TooLarge,
                "Event object is too large",
                error,
            ));
        }
        let read = json_text::read(body)
            .map_err(|error| refusal(RefusalStatus::BadRequest, INVALID, error.to_string()))?;
        let Value::Object(event) = read.value else {
            let error = "the body must be a JSON object".to_owned();
            return Err(refusal(RefusalStatus::BadRequest, INVALID, error));
        };
        let mut reader = Reader::default();
        if read.replaced > 0 {
            reader.notes.push(EventNote::CharactersReplaced {
                count: read.replaced,
            });
        }
        normalize(event, reader, received_at, fresh_key)
    }
}

fn refusal(status: RefusalStatus, message: &str, error: String) -> Refusal {
    Refusal {
        status,
        message: message.to_owned(),
        errors: vec![error],
        routing_key: None,
    }
}

/// What is checked strictly, and the payload as it was given.
struct Core {
    routing_key: Option<String>,
    action: Option<EventAction>,
    dedup_key: Option<String>,
}

fn normalize(
    mut event: Map<String, Value>,
    mut reader: Reader,
    received_at: Timestamp,
    fresh_key: Uuid,
) -> Result<Normalized, Refusal> {
    let core = core(&event, &mut reader);
    let payload = payload(event.remove("payload"), core.action, &mut reader);
    // Of a payload that is missing as a whole, its parts need not be named too.
    let strict = core
        .action
        .is_none_or(|action| action == EventAction::Trigger);
    let strict = strict && payload.is_some();
    let payload = payload.unwrap_or_default();
    let summary = required(&payload, "summary", strict, &mut reader);
    let source = required(&payload, "source", strict, &mut reader);
    let severity = severity(&payload, strict, &mut reader);
    let (Some(routing_key), Some(action), true) = (
        core.routing_key.clone(),
        core.action,
        reader.errors.is_empty(),
    ) else {
        return Err(Refusal {
            status: RefusalStatus::BadRequest,
            message: INVALID.to_owned(),
            errors: reader.errors,
            routing_key: core.routing_key,
        });
    };
    let characters = summary.chars().count();
    if characters > SUMMARY_SHOWN_CHARS {
        let characters = u32::try_from(characters).unwrap_or(u32::MAX);
        reader.notes.push(EventNote::SummaryLong { characters });
    }
    let event = Event {
        action,
        dedup_key: core
            .dedup_key
            .unwrap_or_else(|| fresh_key.simple().to_string()),
        severity,
        summary,
        source,
        component: reader.text(&payload, "payload.", "component"),
        group: reader.text(&payload, "payload.", "group"),
        class: reader.text(&payload, "payload.", "class"),
        occurred_at: reader
            .timestamp(payload.get("timestamp"))
            .unwrap_or(received_at),
        links: reader.links(event.get("links")),
        images: reader.images(event.get("images")),
        client: reader.text(&event, "", "client"),
        client_url: reader.text(&event, "", "client_url"),
        details: details(event, payload, &mut reader),
        notes: reader.notes,
    };
    Ok(Normalized { routing_key, event })
}

fn core(event: &Map<String, Value>, reader: &mut Reader) -> Core {
    let routing_key = reader.required(event, "", "routing_key");
    let action_word = reader.required(event, "", "event_action");
    let action = action_word.and_then(|word| {
        reader.one_of(
            "event_action",
            &word,
            &ACTIONS,
            "'trigger', 'acknowledge' or 'resolve'",
        )
    });
    let dedup_key = match (event.get("dedup_key"), action) {
        (None | Some(Value::Null), None | Some(EventAction::Trigger)) => None,
        (Some(Value::String(key)), None | Some(EventAction::Trigger)) if key.trim().is_empty() => {
            None
        }
        _ => reader.required(event, "", "dedup_key"),
    };
    if dedup_key
        .as_ref()
        .is_some_and(|key| key.chars().count() > DEDUP_KEY_CHARS)
    {
        reader.errors.push(format!(
            "Length of 'dedup_key' is incorrect (should be at most {DEDUP_KEY_CHARS} characters)"
        ));
    }
    Core {
        routing_key,
        action,
        dedup_key,
    }
}

/// The payload; a missing or unusable one is refused where it is needed, else noted.
fn payload(
    given: Option<Value>,
    action: Option<EventAction>,
    reader: &mut Reader,
) -> Option<Map<String, Value>> {
    let strict = action == Some(EventAction::Trigger);
    match given {
        Some(Value::Object(payload)) => return Some(payload),
        None | Some(Value::Null) if strict => {
            reader
                .errors
                .push("'payload' is missing or blank".to_owned());
        }
        Some(_) if strict => {
            reader
                .errors
                .push("'payload' is invalid (must be an object)".to_owned());
        }
        None | Some(Value::Null) => {}
        Some(_) => reader.left_out("payload", "notes.why.ignored_action"),
    }
    None
}

fn required(
    payload: &Map<String, Value>,
    name: &'static str,
    strict: bool,
    reader: &mut Reader,
) -> String {
    if strict {
        reader
            .required(payload, "payload.", name)
            .unwrap_or_default()
    } else {
        reader.text(payload, "payload.", name).unwrap_or_default()
    }
}

/// The severity; of an acknowledge or resolve that names none, the lowest, since it never raises.
fn severity(payload: &Map<String, Value>, strict: bool, reader: &mut Reader) -> Severity {
    let word = required(payload, "severity", strict, reader);
    let known = "'critical', 'warning', 'error' or 'info'";
    let found = SEVERITIES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, severity)| *severity);
    if found.is_none() && !word.is_empty() {
        if strict {
            let _ = reader.one_of("payload.severity", &word, &SEVERITIES, known);
        } else {
            reader.left_out("payload.severity", "notes.why.ignored_action");
        }
    }
    found.unwrap_or(Severity::Info)
}

/// The sender's details as JSON text, with the fields we do not know under `_unknown`. Details that
/// are no object, or use that name themselves, then move under `custom_details`.
fn details(
    event: Map<String, Value>,
    mut payload: Map<String, Value>,
    reader: &mut Reader,
) -> Option<String> {
    const UNKNOWN: &str = "_unknown";
    let given = payload
        .remove("custom_details")
        .filter(|details| !details.is_null());
    let top = event
        .into_iter()
        .filter(|(name, _)| !KNOWN.contains(&name.as_str()));
    let inner = payload
        .into_iter()
        .filter(|(name, _)| !KNOWN_IN_PAYLOAD.contains(&name.as_str()))
        .map(|(name, value)| (format!("payload.{name}"), value));
    let unknown: Map<String, Value> = top.chain(inner).collect();
    if unknown.is_empty() {
        return given.map(|details| details.to_string());
    }
    reader.unknown(unknown.keys());
    let mut details = match given {
        None => Map::new(),
        Some(Value::Object(details)) if !details.contains_key(UNKNOWN) => details,
        Some(other) => Map::from_iter([("custom_details".to_owned(), other)]),
    };
    details.insert(UNKNOWN.to_owned(), Value::Object(unknown));
    Some(Value::Object(details).to_string())
}
