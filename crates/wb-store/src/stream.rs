//! The name of a stream: the id of its aggregate.

use wb_core::actor::Actor;
use wb_core::chain::GENESIS;
use wb_core::config::ObjectId;
use wb_core::ids::{AlertId, GroupId, IncidentId, MethodId};
use wb_core::time::Timestamp;

use crate::codec::EncodedFact;
use crate::db::{Error, Sql, Tx, sql};
use crate::params;
use crate::read;
use crate::save::{FactLog, Head};

/// Whose facts a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Alert(AlertId),
    Incident(IncidentId),
    Group(GroupId),
    Object(ObjectId),
    /// How somebody proved that a contact method reaches them. It is folded into no row.
    Method(MethodId),
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
            "swp" => Self::Object(ObjectId::Swap(name.parse().ok()?)),
            "mon" => Self::Object(ObjectId::Monitor(name.parse().ok()?)),
            "dsh" => Self::Object(ObjectId::Dashboard(name.parse().ok()?)),
            "cm" => Self::Method(name.parse().ok()?),
            _ => return None,
        })
    }
}

const LAST: Sql = sql("SELECT seq, hash, at FROM fact WHERE stream = $1 ORDER BY seq DESC LIMIT 1");

/// Adds a fact without free text to a stream that is folded into no row.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    stream: &str,
    by: Actor,
    at: Timestamp,
    fact: EncodedFact,
) -> Result<(), Error> {
    let last = tx.query_opt(&LAST, params![stream], |row| {
        Ok((read::head(row, 0)?, read::at(row, 2)?))
    })?;
    let first = Head {
        seq: 0,
        hash: GENESIS,
    };
    let (head, at) = last.map_or((first, at), |(head, before)| (head, at.max(before)));
    // Nothing in it is free text, so there is nothing to salt.
    let mut log = FactLog::new([0; 32]);
    log.append_one(stream, head, at, by, fact)?;
    log.flush(tx)
}
