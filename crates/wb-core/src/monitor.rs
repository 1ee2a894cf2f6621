//! Monitors at work: the state of each group, and what an evaluation decides about it.
//!
//! A *group* is one series of a monitor's target. It is well until its values stay beyond the line
//! for the set time, *fires*, and recovers when they stay good for the set time. Each time it leaves
//! the well state is an *episode*; its event's dedup key is monitor, group and episode, so that a
//! double evaluation changes nothing and what a person resolved is not opened again by a group that
//! keeps firing.

mod decide;
mod listening;
mod replay;
#[cfg(test)]
mod tests;

pub use decide::{Command, GroupDecision, Point, Seen, Subject, close, decide};
pub use listening::Listening;
pub use replay::{Episode, Replay, replay};

use crate::config::Side;
use crate::decision::Decided;
use crate::ids::{self, GroupId, IntegrationId, MonitorId};
use crate::number::Number;
use crate::time::Timestamp;

/// The integration of all events that monitors, and Watchbell itself, send. It is built in: it has
/// no key, and is no object of the configuration.
pub const INTEGRATION: IntegrationId = IntegrationId(uuid::Uuid::from_u128(
    0x7761_7463_6862_7000_8000_6d6f_6e69_746f,
));

/// The state of one group, as folded from its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Whose group it is.
    pub monitor: MonitorId,
    /// The name of its series, as the target gives it.
    pub name: String,
    /// The monitor's version at the last fact.
    pub version: u32,
    /// How it is.
    pub phase: Phase,
    /// How often it has left the well state.
    pub episode: u32,
    /// The time of the last fact; the next one is never before it.
    pub updated_at: Timestamp,
}

/// How a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is wrong, or not for long enough.
    Well,
    /// Its values stayed beyond the line.
    Firing {
        /// The first value of the stretch, in seconds since 1970 UTC.
        since_s: i64,
    },
    /// It used to have points and has none.
    Silent {
        /// Its last point, in seconds since 1970 UTC.
        since_s: i64,
    },
}

impl Phase {
    /// The word used in the store and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Firing { .. } => "firing",
            Self::Silent { .. } => "silent",
        }
    }
}

/// What can become true of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupFact {
    /// Its values stayed beyond the line.
    Fired {
        /// The group.
        group: GroupId,
        /// Its monitor.
        monitor: MonitorId,
        /// The monitor's version.
        version: u32,
        /// The name of its series.
        name: String,
        /// Which episode this is; 1 for the first.
        episode: u32,
        /// The first value of the stretch, in seconds since 1970 UTC.
        since_s: i64,
        /// The value that fired, in seconds since 1970 UTC.
        at_s: i64,
        /// The value that fired.
        value: Number,
        /// The worst value of the stretch.
        worst: Number,
        /// Which side of the line is bad.
        side: Side,
        /// The line.
        threshold: Number,
    },
    /// It used to have points and has none.
    WentSilent {
        /// The group.
        group: GroupId,
        /// Its monitor.
        monitor: MonitorId,
        /// The monitor's version.
        version: u32,
        /// The name of its series.
        name: String,
        /// Which episode this is; 1 for the first.
        episode: u32,
        /// Its last point, in seconds since 1970 UTC.
        last_at_s: i64,
    },
    /// It is well again.
    Recovered {
        /// The monitor's version.
        version: u32,
        /// Which episode ended.
        episode: u32,
        /// Why.
        why: Recovery,
    },
}

/// Why an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Its values stayed good.
    Values {
        /// The first value of the stretch, in seconds since 1970 UTC.
        since_s: i64,
        /// The last value.
        value: Number,
    },
    /// A silent series has points again.
    Points {
        /// The last value.
        value: Number,
    },
    /// It fell silent, which its monitor takes for well; or silence is no longer a fault to it.
    Silence,
    /// The monitor is gone, or was edited and no longer selects the series.
    Gone,
}

impl Group {
    /// The id of a monitor's group: the same wherever and whenever it is made.
    #[must_use]
    pub fn id_of(monitor: MonitorId, name: &str) -> GroupId {
        let kind = format!("group {name}");
        GroupId(ids::derive(Timestamp::EPOCH, monitor.0, &kind, 0))
    }

    /// The state that a stream's first fact gives; `None` when that cannot stand first.
    #[must_use]
    pub fn open(first: &Decided<GroupFact>) -> Option<Self> {
        let (GroupFact::Fired {
            group,
            monitor,
            name,
            ..
        }
        | GroupFact::WentSilent {
            group,
            monitor,
            name,
            ..
        }) = &first.fact
        else {
            return None;
        };
        let mut state = Self {
            id: *group,
            monitor: *monitor,
            name: name.clone(),
            version: 0,
            phase: Phase::Well,
            episode: 0,
            updated_at: first.at,
        };
        state.apply(first);
        Some(state)
    }

    /// Changes the state by one fact.
    pub fn apply(&mut self, later: &Decided<GroupFact>) {
        self.updated_at = later.at;
        match later.fact {
            GroupFact::Fired {
                version,
                episode,
                since_s,
                ..
            } => {
                self.version = version;
                self.episode = episode;
                self.phase = Phase::Firing { since_s };
            }
            GroupFact::WentSilent {
                version,
                episode,
                last_at_s,
                ..
            } => {
                self.version = version;
                self.episode = episode;
                self.phase = Phase::Silent { since_s: last_at_s };
            }
            GroupFact::Recovered { version, .. } => {
                self.version = version;
                self.phase = Phase::Well;
            }
        }
    }

    /// Whether an episode is under way.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        !matches!(self.phase, Phase::Well)
    }

    /// The dedup key of an episode's events: monitor, group and episode.
    #[must_use]
    pub fn dedup_key(&self) -> String {
        format!("{}/{}/{}", self.monitor, self.id, self.episode)
    }

    /// The group that a dedup key speaks of; none for a key that is not a monitor's.
    #[must_use]
    pub fn of_dedup_key(key: &str) -> Option<GroupId> {
        key.split('/').nth(1)?.parse().ok()
    }
}
