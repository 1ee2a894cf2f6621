//! Facts in two parts: what is hashed for ever, and free text that may be erased.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use serde_with::{DeserializeAs, SerializeAs};
use wb_core::alert::AlertFact;
use wb_core::chain::{self, Hash};
use wb_core::incident::IncidentFact;
use wb_core::monitor::GroupFact;

use super::alert::{AlertFactV1, EventV1};
use super::group::GroupFactV1;
use super::incident_fact::IncidentFactV1;
use super::version::Document;
use super::{CodecError, blank_event, canonical, from_value, parse, shape, to_map};

/// The key under which a fact holds the commitment to its text.
const COMMITMENT: &str = "text";

/// A fact ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodedFact {
    /// The kind's word.
    pub kind: &'static str,
    /// The body without free text and without the commitment to it.
    body: Map<String, Value>,
    /// The free text, when there is any.
    pub text: Option<FactText>,
    document: Document,
}

/// The free text of a fact: canonical JSON for the body row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactText {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How long it is kept.
    pub kind: TextKind,
}

/// How long the free text of a fact is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Until it is erased by hand.
    Text,
    /// What a provider said about an attempt: erased after a while.
    Attempt,
}

impl TextKind {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Attempt => "attempt",
        }
    }
}

/// A fact as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedFact<F> {
    /// The fact; its texts are empty when they were erased.
    pub fact: F,
    /// Whether it had text that is gone.
    pub erased: bool,
}

impl EncodedFact {
    /// The bytes that are hashed and stored: the body with the commitment to the text, salted.
    ///
    /// # Errors
    /// When a number does not fit canonical JSON.
    pub fn seal(mut self, salt: &Hash) -> Result<Vec<u8>, CodecError> {
        if let Some(text) = &self.text {
            let commitment = chain::commitment(salt, &text.bytes);
            self.body
                .insert(COMMITMENT.to_owned(), HEXLOWER.encode(&commitment).into());
        }
        self.document.stamp(&mut self.body);
        canonical(self.document.name(), &mut Value::Object(self.body))
    }
}

/// The commitment a stored body holds to its text, if any.
///
/// # Errors
/// When the body is damaged.
pub fn commitment_in(body: &[u8]) -> Result<Option<Hash>, CodecError> {
    let map: Map<String, Value> = parse("fact", body)?;
    let Some(value) = map.get(COMMITMENT) else {
        return Ok(None);
    };
    value
        .as_str()
        .and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok())
        .and_then(|bytes| Hash::try_from(bytes).ok())
        .map(Some)
        .ok_or_else(|| shape("fact", "its commitment is not 32 bytes of hexadecimal"))
}

/// The key under which the fact of a change holds the version that was brought back.
const RESTORED_FROM: &str = "restored_from";

/// The fact that a configuration object changed to these bytes; with the version they are from, when
/// that one was brought back.
pub(crate) fn changed(object: Vec<u8>, restored_from: Option<u32>) -> EncodedFact {
    let mut body = Map::new();
    if let Some(version) = restored_from {
        body.insert(RESTORED_FROM.to_owned(), version.into());
    }
    EncodedFact {
        kind: "changed",
        body,
        text: Some(FactText {
            bytes: object,
            kind: TextKind::Text,
        }),
        document: Document::ObjectFact,
    }
}

/// The fact that a configuration object was deleted.
pub(crate) fn deleted() -> EncodedFact {
    EncodedFact {
        kind: "deleted",
        body: Map::new(),
        text: None,
        document: Document::ObjectFact,
    }
}

/// The version a change brought back, if it did.
pub(crate) fn restored_from(body: &[u8]) -> Result<Option<u32>, CodecError> {
    let map: Map<String, Value> = parse("fact", body)?;
    let version = map.get(RESTORED_FROM).and_then(Value::as_u64);
    Ok(version.and_then(|version| u32::try_from(version).ok()))
}

/// A fact of a stream that is folded into no row: that sending was let go, that a code was sent.
pub(crate) fn noted(kind: &'static str, body: Map<String, Value>) -> EncodedFact {
    EncodedFact {
        kind,
        body,
        text: None,
        document: Document::ObjectFact,
    }
}

/// A kind of fact that is stored in streams.
pub trait StoredFact: Sized {
    /// The fact in its two parts.
    ///
    /// # Errors
    /// When a number does not fit canonical JSON.
    fn encode(&self) -> Result<EncodedFact, CodecError>;

    /// The fact of a stored body and its text, if that is still there.
    ///
    /// # Errors
    /// When the bytes are damaged or written by a newer release.
    fn decode(
        kind: &str,
        body: &[u8],
        text: Option<&[u8]>,
    ) -> Result<DecodedFact<Self>, CodecError>;
}

/// A kind of fact and which of its fields are free text.
struct Kind {
    word: &'static str,
    texts: &'static [&'static str],
    keep: TextKind,
}

const fn kind(word: &'static str, texts: &'static [&'static str]) -> Kind {
    Kind {
        word,
        texts,
        keep: TextKind::Text,
    }
}

const ALERT_KINDS: [Kind; 4] = [
    kind("opened", &["event"]),
    kind("severity_raised", &[]),
    kind("resolved", &[]),
    kind("moved", &[]),
];

const INCIDENT_KINDS: [Kind; 35] = [
    kind("opened", &["title", "summary"]),
    kind("alert_resolved", &[]),
    kind("severity_raised", &[]),
    kind("step_executed", &[]),
    kind("step_skipped", &[]),
    kind("deferred", &[]),
    kind("deferral_ended", &[]),
    kind("paged", &[]),
    kind("repeated", &[]),
    kind("held_back", &[]),
    kind("escalation_exhausted", &[]),
    kind("fell_back", &[]),
    kind("escalation_hastened", &[]),
    Kind {
        word: "attempted",
        texts: &["detail"],
        keep: TextKind::Attempt,
    },
    kind("acknowledged", &["from"]),
    kind("confirmed", &["from"]),
    kind("unacknowledged", &[]),
    kind("acknowledgement_expired", &[]),
    kind("snoozed", &[]),
    kind("unsnoozed", &[]),
    kind("snooze_ended", &[]),
    kind("escalated", &[]),
    kind("resolved", &["from"]),
    kind("reopened", &[]),
    kind("reassigned", &[]),
    kind("dropped", &[]),
    kind("escalation_restarted", &[]),
    kind("recalled", &[]),
    kind("merged_into", &["from"]),
    kind("absorbed", &[]),
    kind("responders_asked", &["message"]),
    kind("responder_answered", &["from"]),
    kind("noted", &["text"]),
    kind("note_edited", &["text"]),
    kind("note_deleted", &[]),
];

const GROUP_KINDS: [Kind; 3] = [
    kind("fired", &[]),
    kind("went_silent", &[]),
    kind("recovered", &[]),
];

impl StoredFact for AlertFact {
    fn encode(&self) -> Result<EncodedFact, CodecError> {
        split::<_, AlertFactV1>(Document::AlertFact, &ALERT_KINDS, self)
    }

    fn decode(
        kind: &str,
        body: &[u8],
        text: Option<&[u8]>,
    ) -> Result<DecodedFact<Self>, CodecError> {
        join::<_, AlertFactV1>(Document::AlertFact, &ALERT_KINDS, kind, body, text)
    }
}

impl StoredFact for IncidentFact {
    fn encode(&self) -> Result<EncodedFact, CodecError> {
        split::<_, IncidentFactV1>(Document::IncidentFact, &INCIDENT_KINDS, self)
    }

    fn decode(
        kind: &str,
        body: &[u8],
        text: Option<&[u8]>,
    ) -> Result<DecodedFact<Self>, CodecError> {
        join::<_, IncidentFactV1>(Document::IncidentFact, &INCIDENT_KINDS, kind, body, text)
    }
}

impl StoredFact for GroupFact {
    fn encode(&self) -> Result<EncodedFact, CodecError> {
        split::<_, GroupFactV1>(Document::GroupFact, &GROUP_KINDS, self)
    }

    fn decode(
        kind: &str,
        body: &[u8],
        text: Option<&[u8]>,
    ) -> Result<DecodedFact<Self>, CodecError> {
        join::<_, GroupFactV1>(Document::GroupFact, &GROUP_KINDS, kind, body, text)
    }
}

/// Takes a fact apart: kind, body, text. Texts that are all empty make no body row.
fn split<T, M: SerializeAs<T>>(
    document: Document,
    kinds: &'static [Kind],
    fact: &T,
) -> Result<EncodedFact, CodecError> {
    let mut tagged = to_map::<T, M>(document, fact)?;
    let (kind, body) = kinds
        .iter()
        .find_map(|kind| tagged.remove(kind.word).map(|body| (kind, body)))
        .ok_or_else(|| shape(document.name(), "a kind that is not in the table of kinds"))?;
    let Value::Object(mut body) = body else {
        return Err(shape(document.name(), "not an object"));
    };
    let mut texts = Map::new();
    for field in kind.texts {
        if let Some(value) = body.remove(*field) {
            texts.insert((*field).to_owned(), value);
        }
    }
    let text = if texts.values().all(is_blank) {
        None
    } else {
        let bytes = canonical(document.name(), &mut Value::Object(texts))?;
        Some(FactText {
            bytes,
            kind: kind.keep,
        })
    };
    Ok(EncodedFact {
        kind: kind.word,
        body,
        text,
        document,
    })
}

/// Puts a fact together again; erased texts are empty.
fn join<T, M: for<'de> DeserializeAs<'de, T>>(
    document: Document,
    kinds: &'static [Kind],
    word: &str,
    body: &[u8],
    text: Option<&[u8]>,
) -> Result<DecodedFact<T>, CodecError> {
    let name = document.name();
    let kind = kinds
        .iter()
        .find(|kind| kind.word == word)
        .ok_or_else(|| shape(name, format_args!("unknown kind `{word}`")))?;
    let mut whole: Map<String, Value> = parse(name, body)?;
    let had_text = whole.remove(COMMITMENT).is_some();
    let mut texts: Map<String, Value> = match text {
        Some(text) if had_text => parse(name, text)?,
        _ => Map::new(),
    };
    for field in kind.texts {
        let value = texts
            .remove(*field)
            .map_or_else(|| blank(name, field), Ok)?;
        whole.insert((*field).to_owned(), value);
    }
    let whole = document.current(whole)?;
    let tagged = Map::from_iter([(kind.word.to_owned(), Value::Object(whole))]);
    let fact = from_value::<T, M>(name, Value::Object(tagged))?;
    Ok(DecodedFact {
        fact,
        erased: had_text && text.is_none(),
    })
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty)
}

/// What stands in the place of an erased text.
fn blank(name: &'static str, field: &str) -> Result<Value, CodecError> {
    match field {
        "event" => {
            let blank = blank_event();
            serde_json::to_value(serde_with::ser::SerializeAsWrap::<_, EventV1>::new(&blank))
                .map_err(|error| shape(name, error))
        }
        _ => Ok(Value::String(String::new())),
    }
}
