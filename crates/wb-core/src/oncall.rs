//! Who is on call, and why: pure and exact.
//!
//! Time zones are resolved here and nowhere else. Hand-offs are civil times in the schedule's zone,
//! resolved once; hourly hand-offs are absolute durations from the rotation's start.
//!
//! The rules:
//! - Rotations stand in order of priority. The first one that has somebody at the instant counts,
//!   and everybody comes from that one.
//! - Turns of a rotation are counted from 0 at its start; turn `n` belongs to slot `n` modulo the
//!   number of slots. Before its start a rotation has nobody.
//! - A local time that a clock change skips means the instant that much later (02:30 becomes
//!   03:30); one that happens twice means the first.
//! - Overrides of a rotation change that rotation's people before the choice by priority, those of
//!   the whole schedule change the outcome; each kind in the order of their ids, so in the order of
//!   making, each from its first instant until just before its last.
//! - Nobody is listed twice: the first reason stays.
//!
//! [`on_call`] and [`shifts`] share the same pieces: `turns` (which turn, when does it begin),
//! `people` (who that makes, with overrides). `spans` is the sweep behind [`shifts`].

mod check;
mod people;
mod spans;
mod turns;

#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;

pub use check::{ScheduleProblem, check};
pub use spans::{gaps, shifts};

use crate::config::{Override, Schedule};
use crate::ids::{OverrideId, RotationId, UserId};
use crate::time::Timestamp;
use people::ActiveOverrides;
use turns::Turns;

/// Somebody who is on call at an instant, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OnCall {
    /// Who.
    pub user: UserId,
    /// Why.
    pub why: Why,
}

/// Why somebody is on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// The rotation that put them there, if one did (none for an added or replacing person of a
    /// whole-schedule override).
    pub rotation: Option<RotationId>,
    /// The number of the turn within the rotation, counted from 0 at its start. None without a
    /// rotation, or when an override puts somebody there before the rotation's start.
    pub turn: Option<i64>,
    /// The override that put them there.
    pub overridden_by: Option<OverrideId>,
}

/// A span in which one person is on call for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Who.
    pub user: UserId,
    /// Why.
    pub why: Why,
}

/// A schedule that has no answer. [`check`] finds the first two before a schedule is saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The zone is in no zone data we have.
    #[error("no time zone is called `{zone}`: use an IANA name such as Europe/Berlin")]
    UnknownZone {
        /// The name as it stands in the schedule.
        zone: String,
    },
    /// A turn without length.
    #[error("rotation {rotation} hands off every 0 units: the least is 1")]
    NoTurnLength {
        /// The rotation.
        rotation: RotationId,
    },
    /// The span asked for holds too much.
    #[error(
        "more than {limit} hand-offs, override edges or shifts in this span: ask for a shorter one"
    )]
    SpanTooBusy {
        /// [`crate::limits::SHIFTS_PER_SPAN`].
        limit: usize,
    },
}

/// Who is on call at an instant, in the order of their ids; empty when nobody is.
///
/// `overrides` are those of this schedule, in any order, each id once; one that names a rotation
/// the schedule does not have changes nothing.
///
/// # Errors
/// The zone is unknown or a rotation's turns have no length.
pub fn on_call(
    schedule: &Schedule,
    overrides: &[(OverrideId, &Override)],
    at: Timestamp,
) -> Result<Vec<OnCall>, ScheduleError> {
    let zone = zone_of(schedule)?;
    let mut turns = Vec::with_capacity(schedule.rotations.len());
    for rotation in &schedule.rotations {
        turns.push(Turns::of(rotation, &zone)?.at(at));
    }
    let mut active = ActiveOverrides::default();
    for (id, change) in overrides {
        if change.from <= at && at < change.to {
            active.begin(*id, change);
        }
    }
    let people = people::resolve(&schedule.rotations, &turns, &active);
    Ok(people
        .into_iter()
        .map(|(user, why)| OnCall { user, why })
        .collect())
}

/// The schedule's zone, from the zone data this program runs with.
fn zone_of(schedule: &Schedule) -> Result<TimeZone, ScheduleError> {
    TimeZone::get(&schedule.zone)
        .ok()
        .filter(|zone| !zone.is_unknown())
        .ok_or_else(|| ScheduleError::UnknownZone {
            zone: schedule.zone.clone(),
        })
}
