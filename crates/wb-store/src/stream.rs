//! The name of a stream: the id of its aggregate.

use wb_core::config::ObjectId;
use wb_core::ids::{AlertId, GroupId, IncidentId};

/// Whose facts a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Alert(AlertId),
    Incident(IncidentId),
    Group(GroupId),
    Object(ObjectId),
    /// Who let sending go, and when. It is folded into no row.
    Sending,
}

/// The name of the stream about sending.
pub(crate) const SENDING: &str = "sending";

impl Stream {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if name == SENDING {
            return Some(Self::Sending);
        }
        let (prefix, _) = name.split_once('_')?;
        Some(match prefix {
            "alr" => Self::Alert(name.parse().ok()?),
            "inc" => Self::Incident(name.parse().ok()?),
            "grp" => Self::Group(name.parse().ok()?),
            "tea" => Self::Object(ObjectId::Team(name.parse().ok()?)),
            "usr" => Self::Object(ObjectId::User(name.parse().ok()?)),
            "end" => Self::Object(ObjectId::Endpoint(name.parse().ok()?)),
            "svc" => Self::Object(ObjectId::Service(name.parse().ok()?)),
            "int" => Self::Object(ObjectId::Integration(name.parse().ok()?)),
            "pol" => Self::Object(ObjectId::Policy(name.parse().ok()?)),
            "sch" => Self::Object(ObjectId::Schedule(name.parse().ok()?)),
            "ovr" => Self::Object(ObjectId::Override(name.parse().ok()?)),
            "off" => Self::Object(ObjectId::TimeOff(name.parse().ok()?)),
            "mon" => Self::Object(ObjectId::Monitor(name.parse().ok()?)),
            _ => return None,
        })
    }
}
