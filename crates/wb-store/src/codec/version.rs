//! Which format version each stored document has, and the steps from old ones.

use serde_json::{Map, Value};

use super::{CodecError, schedule, shape};

/// A kind of stored document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    Alert,
    AlertFact,
    Incident,
    IncidentFact,
    ObjectFact,
    Team,
    User,
    Endpoint,
    Service,
    Integration,
    Policy,
    Schedule,
    Override,
    TimeOff,
    Swap,
    Monitor,
    Dashboard,
    Group,
    GroupFact,
    Graph,
    Input,
    Bundle,
    Turn,
}

/// The key under which a document says its version.
const VERSION: &str = "v";

impl Document {
    /// What it is called in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::AlertFact => "alert fact",
            Self::Incident => "incident",
            Self::IncidentFact => "incident fact",
            Self::ObjectFact => "configuration fact",
            Self::Team => "team",
            Self::User => "user",
            Self::Endpoint => "endpoint",
            Self::Service => "service",
            Self::Integration => "integration",
            Self::Policy => "policy",
            Self::Schedule => "schedule",
            Self::Override => "override",
            Self::TimeOff => "time off",
            Self::Swap => "swap",
            Self::Monitor => "monitor",
            Self::Dashboard => "dashboard",
            Self::Group => "monitor group",
            Self::GroupFact => "monitor fact",
            Self::Graph => "graph",
            Self::Input => "input",
            Self::Bundle => "bundle",
            Self::Turn => "turn",
        }
    }

    /// The version that is written today.
    const fn written(self) -> u64 {
        match self {
            Self::Alert
            | Self::AlertFact
            | Self::Incident
            | Self::IncidentFact
            | Self::ObjectFact
            | Self::Team
            | Self::User
            | Self::Endpoint
            | Self::Service
            | Self::Integration
            | Self::Policy
            | Self::Override
            | Self::TimeOff
            | Self::Swap
            | Self::Monitor
            | Self::Dashboard
            | Self::Group
            | Self::GroupFact
            | Self::Graph
            | Self::Input
            | Self::Bundle
            | Self::Turn => 1,
            Self::Schedule => 2,
        }
    }

    /// Whether a stored document has an older format than today's.
    pub(super) fn is_older(self, map: &Map<String, Value>) -> bool {
        map.get(VERSION)
            .and_then(Value::as_u64)
            .is_some_and(|version| version < self.written())
    }

    /// Notes today's version in a document about to be written.
    pub(super) fn stamp(self, map: &mut Map<String, Value>) {
        map.insert(VERSION.to_owned(), self.written().into());
    }

    /// The document in today's form, without its version.
    pub(super) fn current(
        self,
        mut map: Map<String, Value>,
    ) -> Result<Map<String, Value>, CodecError> {
        let version = map
            .remove(VERSION)
            .and_then(|version| version.as_u64())
            .ok_or_else(|| shape(self.name(), "no format version"))?;
        if version > self.written() {
            return Err(CodecError::TooNew {
                what: self.name(),
                version,
            });
        }
        (version..self.written()).try_fold(map, |map, from| self.step(from, map))
    }

    /// One step from version `from` to the next. A new version adds its arm here.
    fn step(self, from: u64, map: Map<String, Value>) -> Result<Map<String, Value>, CodecError> {
        match (self, from) {
            (Self::Schedule, 1) => Ok(schedule::schedule_from_1(map)),
            _ => Err(shape(
                self.name(),
                format_args!("format {from} was never written"),
            )),
        }
    }
}
