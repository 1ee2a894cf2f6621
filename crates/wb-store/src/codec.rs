//! Stored JSON: facts, states and configuration objects.
//!
//! `wb-core` knows nothing of serialisation. Each stored form is a *mirror* (`...V1`) of a core
//! type, checked field by field by the compiler. Everything is canonical JSON (RFC 8785) in bytes,
//! integers only, and carries its format's version under `v`: to change a form, raise the version in
//! [`version`], add the step from the old one there, and keep the old fixture in the tests for ever.

mod alert;
mod bundle;
mod common;
mod dashboard;
mod fact;
mod graph;
mod group;
mod incident;
mod incident_fact;
mod input;
mod object;
mod responders;
mod schedule;
mod version;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_with::de::DeserializeAsWrap;
use serde_with::ser::SerializeAsWrap;
use serde_with::{DeserializeAs, SerializeAs};
use wb_core::actor::Actor;
use wb_core::alert::Alert;
use wb_core::bundle::Bundle;
use wb_core::config::{Object, ObjectId};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::incident::{Incident, Turn};
use wb_core::monitor::Group;
use wb_core::time::Timestamp;

pub use fact::{DecodedFact, EncodedFact, FactText, StoredFact, TextKind, commitment_in};
pub(crate) use fact::{changed, deleted, noted, restored_from};
use version::Document;

use crate::graphs::Graph;
use crate::save::InputBody;

/// Why stored JSON could not be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The bytes do not have the expected form: they were damaged or changed from outside.
    #[error("stored {what} cannot be read: {reason}; run `watchbell verify`")]
    Shape {
        /// Which document.
        what: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// A newer release wrote it.
    #[error("stored {what} has format {version}, which a newer release wrote; upgrade this node")]
    TooNew {
        /// Which document.
        what: &'static str,
        /// Its version.
        version: u64,
    },
    /// A number that canonical JSON cannot write exactly.
    #[error("{what} holds the number {number}, which canonical JSON cannot keep exactly")]
    Number {
        /// Which document.
        what: &'static str,
        /// The number.
        number: String,
    },
}

/// The largest integer a double, and so canonical JSON, keeps exactly.
const LARGEST_EXACT: u64 = (1 << 53) - 1;

/// An event without content: what stands where an event's text was erased.
pub(crate) const fn blank_event() -> Event {
    Event {
        action: EventAction::Trigger,
        dedup_key: String::new(),
        severity: Severity::Info,
        summary: String::new(),
        source: String::new(),
        component: None,
        group: None,
        class: None,
        occurred_at: Timestamp::EPOCH,
        details: None,
        links: Vec::new(),
        images: Vec::new(),
        client: None,
        client_url: None,
        notes: Vec::new(),
    }
}

/// The stored state of an alert.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub fn encode_alert(state: &Alert) -> Result<Vec<u8>, CodecError> {
    encode::<_, alert::AlertV1>(Document::Alert, state)
}

/// The alert of stored bytes.
///
/// # Errors
/// When they are damaged or written by a newer release.
pub fn decode_alert(bytes: &[u8]) -> Result<Alert, CodecError> {
    decode::<_, alert::AlertV1>(Document::Alert, bytes)
}

/// The stored state of an incident.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub fn encode_incident(state: &Incident) -> Result<Vec<u8>, CodecError> {
    encode::<_, incident::IncidentV1>(Document::Incident, state)
}

/// The incident of stored bytes.
///
/// # Errors
/// When they are damaged or written by a newer release.
pub fn decode_incident(bytes: &[u8]) -> Result<Incident, CodecError> {
    decode::<_, incident::IncidentV1>(Document::Incident, bytes)
}

/// The stored state of a monitor's group.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub fn encode_group(state: &Group) -> Result<Vec<u8>, CodecError> {
    encode::<_, group::GroupV1>(Document::Group, state)
}

/// The monitor's group of stored bytes.
///
/// # Errors
/// When they are damaged or written by a newer release.
pub fn decode_group(bytes: &[u8]) -> Result<Group, CodecError> {
    decode::<_, group::GroupV1>(Document::Group, bytes)
}

/// The stored form of what a contact method was sent lately.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub(crate) fn encode_bundle(bundle: &Bundle) -> Result<Vec<u8>, CodecError> {
    encode::<_, bundle::BundleV1>(Document::Bundle, bundle)
}

/// What a contact method was sent lately, from its stored form.
///
/// # Errors
/// When the bytes are damaged or written by a newer release.
pub(crate) fn decode_bundle(bytes: &[u8]) -> Result<Bundle, CodecError> {
    decode::<_, bundle::BundleV1>(Document::Bundle, bytes)
}

/// The stored form of how far a step has come that tells one person after the other; its version is
/// not in it.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub(crate) fn encode_turn(turn: &Turn) -> Result<Vec<u8>, CodecError> {
    encode::<_, responders::TurnV1>(Document::Turn, turn)
}

/// How far a step has come, from its stored form.
///
/// # Errors
/// When the bytes are damaged or written by a newer release.
pub(crate) fn decode_turn(bytes: &[u8]) -> Result<Turn, CodecError> {
    decode::<_, responders::TurnV1>(Document::Turn, bytes)
}

/// The stored form of a graph.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn encode_graph(graph: &Graph) -> Result<Vec<u8>, CodecError> {
    let mut map = to_map::<_, graph::GraphV1>(Document::Graph, graph)?;
    Document::Graph.stamp(&mut map);
    serde_json::to_vec(&map).map_err(|error| shape(Document::Graph.name(), error))
}

/// The graph of stored bytes.
///
/// # Errors
/// When they are damaged or written by a newer release.
pub(crate) fn decode_graph(bytes: &[u8]) -> Result<Graph, CodecError> {
    decode::<_, graph::GraphV1>(Document::Graph, bytes)
}

/// Whether stored bytes are those of this state: byte by byte, or by content where an older release
/// wrote them in an older format.
pub(crate) fn is_alert(bytes: &[u8], state: &Alert) -> Result<bool, CodecError> {
    Ok(bytes == encode_alert(state)?
        || (Document::Alert.is_older(&parse("alert", bytes)?) && decode_alert(bytes)? == *state))
}

/// As [`is_alert`].
pub(crate) fn is_incident(bytes: &[u8], state: &Incident) -> Result<bool, CodecError> {
    Ok(bytes == encode_incident(state)?
        || (Document::Incident.is_older(&parse("incident", bytes)?)
            && decode_incident(bytes)? == *state))
}

/// As [`is_alert`].
pub(crate) fn is_group(bytes: &[u8], state: &Group) -> Result<bool, CodecError> {
    Ok(bytes == encode_group(state)?
        || (Document::Group.is_older(&parse("monitor group", bytes)?)
            && decode_group(bytes)? == *state))
}

/// The stored form of a configuration object, without its id.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub fn encode_object(object: &Object) -> Result<Vec<u8>, CodecError> {
    match object {
        Object::Team(_, v) => encode::<_, object::TeamV1>(Document::Team, v),
        Object::User(_, v) => encode::<_, object::UserV1>(Document::User, v),
        Object::Endpoint(_, v) => encode::<_, object::EndpointV1>(Document::Endpoint, v),
        Object::Service(_, v) => encode::<_, object::ServiceV1>(Document::Service, v),
        Object::Integration(_, v) => encode::<_, object::IntegrationV1>(Document::Integration, v),
        Object::Policy(_, v) => encode::<_, object::PolicyV1>(Document::Policy, v),
        Object::Schedule(_, v) => encode::<_, schedule::ScheduleV2>(Document::Schedule, v),
        Object::Override(_, v) => encode::<_, schedule::OverrideV1>(Document::Override, v),
        Object::TimeOff(_, v) => encode::<_, schedule::TimeOffV1>(Document::TimeOff, v),
        Object::Swap(_, v) => encode::<_, schedule::SwapV1>(Document::Swap, v),
        Object::Monitor(_, v) => encode::<_, object::MonitorV1>(Document::Monitor, v),
        Object::Dashboard(_, v) => encode::<_, dashboard::DashboardV1>(Document::Dashboard, v),
    }
}

/// The configuration object of an id and stored bytes.
///
/// # Errors
/// When they are damaged or written by a newer release.
pub fn decode_object(id: ObjectId, bytes: &[u8]) -> Result<Object, CodecError> {
    Ok(match id {
        ObjectId::Team(id) => Object::Team(id, decode::<_, object::TeamV1>(Document::Team, bytes)?),
        ObjectId::User(id) => Object::User(id, decode::<_, object::UserV1>(Document::User, bytes)?),
        ObjectId::Endpoint(id) => Object::Endpoint(
            id,
            decode::<_, object::EndpointV1>(Document::Endpoint, bytes)?,
        ),
        ObjectId::Service(id) => Object::Service(
            id,
            decode::<_, object::ServiceV1>(Document::Service, bytes)?,
        ),
        ObjectId::Integration(id) => Object::Integration(
            id,
            decode::<_, object::IntegrationV1>(Document::Integration, bytes)?,
        ),
        ObjectId::Policy(id) => {
            Object::Policy(id, decode::<_, object::PolicyV1>(Document::Policy, bytes)?)
        }
        ObjectId::Schedule(id) => Object::Schedule(
            id,
            decode::<_, schedule::ScheduleV2>(Document::Schedule, bytes)?,
        ),
        ObjectId::Override(id) => Object::Override(
            id,
            decode::<_, schedule::OverrideV1>(Document::Override, bytes)?,
        ),
        ObjectId::TimeOff(id) => Object::TimeOff(
            id,
            decode::<_, schedule::TimeOffV1>(Document::TimeOff, bytes)?,
        ),
        ObjectId::Swap(id) => {
            Object::Swap(id, decode::<_, schedule::SwapV1>(Document::Swap, bytes)?)
        }
        ObjectId::Monitor(id) => Object::Monitor(
            id,
            decode::<_, object::MonitorV1>(Document::Monitor, bytes)?,
        ),
        ObjectId::Dashboard(id) => Object::Dashboard(
            id,
            decode::<_, dashboard::DashboardV1>(Document::Dashboard, bytes)?,
        ),
    })
}

/// The stored form of what was asked of a decision, without its free text.
///
/// # Errors
/// When a number does not fit canonical JSON.
pub fn encode_input(input: &InputBody) -> Result<Vec<u8>, CodecError> {
    encode::<_, input::InputBodyV1>(Document::Input, input)
}

/// What was asked of a decision, from its stored form; free text is empty.
///
/// # Errors
/// When the bytes are damaged or from a newer release.
pub fn decode_input(bytes: &[u8]) -> Result<InputBody, CodecError> {
    decode::<_, input::InputBodyV1>(Document::Input, bytes)
}

/// The stored text form of an actor.
#[must_use]
pub fn actor_text(actor: Actor) -> String {
    match actor {
        Actor::System => "system".to_owned(),
        Actor::User(id) => id.to_string(),
        Actor::Integration(id) => id.to_string(),
        Actor::Anonymous => "anonymous".to_owned(),
    }
}

/// The actor of a stored text form.
///
/// # Errors
/// When it is none of the known forms.
pub fn parse_actor(text: &str) -> Result<Actor, CodecError> {
    match text {
        "system" => Ok(Actor::System),
        "anonymous" => Ok(Actor::Anonymous),
        _ => text
            .parse()
            .map(Actor::User)
            .or_else(|_| text.parse().map(Actor::Integration))
            .map_err(|_| {
                shape(
                    "actor",
                    "neither a known word nor an id of a user or integration",
                )
            }),
    }
}

fn shape(what: &'static str, reason: impl ToString) -> CodecError {
    CodecError::Shape {
        what,
        reason: reason.to_string(),
    }
}

fn encode<T, M: SerializeAs<T>>(document: Document, value: &T) -> Result<Vec<u8>, CodecError> {
    let mut map = to_map::<T, M>(document, value)?;
    document.stamp(&mut map);
    canonical(document.name(), &mut Value::Object(map))
}

fn decode<T, M: for<'de> DeserializeAs<'de, T>>(
    document: Document,
    bytes: &[u8],
) -> Result<T, CodecError> {
    let map = document.current(parse(document.name(), bytes)?)?;
    from_value::<T, M>(document.name(), Value::Object(map))
}

fn to_map<T, M: SerializeAs<T>>(
    document: Document,
    value: &T,
) -> Result<Map<String, Value>, CodecError> {
    match serde_json::to_value(SerializeAsWrap::<T, M>::new(value)) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(shape(document.name(), "not an object")),
        Err(error) => Err(shape(document.name(), error)),
    }
}

fn from_value<T, M: for<'de> DeserializeAs<'de, T>>(
    what: &'static str,
    value: Value,
) -> Result<T, CodecError> {
    serde_json::from_value::<DeserializeAsWrap<T, M>>(value)
        .map(DeserializeAsWrap::into_inner)
        .map_err(|error| shape(what, error))
}

fn parse<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, CodecError> {
    serde_json::from_slice(bytes).map_err(|error| shape(what, error))
}

/// Canonical JSON bytes; refuses numbers that would be rounded.
///
/// Of what RFC 8785 asks, integers and the escapes of strings are what `serde_json` writes anyway,
/// and names in ASCII sort alike as bytes and as UTF-16. Then sorting is all there is to do, which
/// costs a fifth of the general way; other names go that one.
fn canonical(what: &'static str, value: &mut Value) -> Result<Vec<u8>, CodecError> {
    refuse_inexact(what, value)?;
    if has_ascii_names(value) {
        value.sort_all_objects();
        return serde_json::to_vec(value).map_err(|error| shape(what, error));
    }
    serde_json_canonicalizer::to_vec(value).map_err(|error| shape(what, error))
}

fn has_ascii_names(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(has_ascii_names),
        Value::Object(map) => map
            .iter()
            .all(|(name, item)| name.is_ascii() && has_ascii_names(item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn refuse_inexact(what: &'static str, value: &Value) -> Result<(), CodecError> {
    match value {
        Value::Number(number) => {
            let size = number
                .as_u64()
                .or_else(|| number.as_i64().map(i64::unsigned_abs));
            match size {
                Some(size) if size <= LARGEST_EXACT => Ok(()),
                _ => Err(CodecError::Number {
                    what,
                    number: number.to_string(),
                }),
            }
        }
        Value::Array(items) => items.iter().try_for_each(|item| refuse_inexact(what, item)),
        Value::Object(map) => map.values().try_for_each(|item| refuse_inexact(what, item)),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}
