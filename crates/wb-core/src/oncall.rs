//! Who is on call, and why: pure and exact.
//!
//! Time zones are resolved here and nowhere else. Hand-offs are civil times in the rotation's zone,
//! resolved once; hourly hand-offs are absolute durations from the rotation's start.
//!
//! The rules:
//! - Rotations stand in order of priority. The first one that has somebody at the instant counts,
//!   and everybody comes from that one; the people of rotations marked `beside` are on call with
//!   them.
//! - Turns of a rotation are counted from 0 at its start. Each belongs to the next slot in the
//!   ring of slots; a slot whose people have all left, or not joined yet, is passed over. Who joins
//!   or leaves is judged when a turn begins. Before its start and after its end a rotation has
//!   nobody.
//! - Turns count calendar periods, or worked days: then a day into which no window falls has no
//!   turn.
//! - Outside its windows a rotation has nobody, whatever the overrides of that rotation say.
//! - A local time that a clock change skips means the instant that much later (02:30 becomes
//!   03:30); one that happens twice means the first. Hand-offs and windows go by the same rule, so
//!   that a window that ends where the next begins meets it on every day of the year. A day that the
//!   calendar skipped whole has no windows.
//! - A holiday lasts from the first instant of its local date until that of the next one. A rotation
//!   that is free on holidays has nobody then, one that is for holidays only has nobody else; neither
//!   has their overrides. Turns go on being counted.
//! - Who is off has no turns. When all who count in a slot are off, the next slot with somebody
//!   there stands in, or nobody does, as the rotation says; the turns stay where they are. An
//!   override that says who is there instead of them settles it; one that names somebody who is off
//!   is a decision about them and stands.
//! - Overrides of a rotation change that rotation's people before the choice by priority, those of
//!   the whole schedule change the outcome; each kind in the order of their ids, so in the order of
//!   making, each from its first instant until just before its last.
//! - Shadows are told and never counted on: a rotation that has only shadows has nobody, and where
//!   nobody counts no shadow is on call either.
//! - Nobody is listed twice: the first reason stays, but for a shadow who also counts.
//!
//! [`on_call`] and [`shifts`] share the same pieces: `layer` (one rotation), `turns` (which turn,
//! when does it begin), `worked` (which days count), `ring` (whose turn), `windows` (when it has
//! people), `holidays` (when it is one), `people` (who that makes, with overrides and time off). `spans` is the sweep behind
//! [`shifts`]; `hours` are windows that something else waits for; `load` and `moved` say what shifts mean for people; `leave` takes somebody out.

mod holidays;
mod hours;
mod layer;
mod leave;
mod load;
mod moved;
mod people;
mod ring;
mod spans;
mod turns;
mod windows;
mod worked;
mod zone;

#[cfg(test)]
mod tests;

pub use hours::{is_open, next_closed, next_open};
pub use leave::without;
pub use load::{Doubled, Load, NIGHT, doubled, load};
pub use moved::{Change, Moved, end_of_shift, moved, spans_without};
pub use spans::{gaps, shifts};

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::config::{Config, Duty, Override, Schedule, TimeOff};
use crate::ids::{OverrideId, RotationId, ScheduleId, SwapId, UserId};
use crate::time::Timestamp;
use layer::Layer;
use people::{Exceptions, People};
use zone::Zone;

/// Somebody who is on call at an instant, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OnCall {
    /// Who.
    pub user: UserId,
    /// What for.
    pub duty: Duty,
    /// Whether they share it with others, and the first to acknowledge has it.
    pub first_come: bool,
    /// Why.
    pub why: Why,
}

/// Why somebody is on call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// The rotation that put them there, if one did (none for an added or replacing person of a
    /// whole-schedule override).
    pub rotation: Option<RotationId>,
    /// The number of the turn within the rotation, counted from 0 at its start. None without a
    /// rotation, or when an override puts somebody there before the rotation's start.
    pub turn: Option<i64>,
    /// The override that put them there.
    pub overridden_by: Option<OverrideId>,
    /// Whose turn it is, when they stand in for somebody who is off.
    pub covers: Option<UserId>,
    /// The swap by which they are, if that override was one.
    pub swap: Option<SwapId>,
    /// The holiday, when their rotation is for holidays only, or one of higher priority is free on
    /// it.
    pub holiday: Option<Date>,
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
    /// What for.
    pub duty: Duty,
    /// Whether they share it with others, and the first to acknowledge has it.
    pub first_come: bool,
    /// Why.
    pub why: Why,
}

impl Shift {
    /// Who is on call in it.
    #[must_use]
    pub const fn who(&self) -> OnCall {
        OnCall {
            user: self.user,
            duty: self.duty,
            first_come: self.first_come,
            why: self.why,
        }
    }

    /// A shift of no length yet.
    const fn begin(from: Timestamp, who: OnCall) -> Self {
        Self {
            from,
            to: from,
            user: who.user,
            duty: who.duty,
            first_come: who.first_come,
            why: who.why,
        }
    }
}

/// What changes a schedule's plan: its overrides, and when its people are off.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// The overrides of the schedule, in any order, each id once. One that names a rotation the
    /// schedule does not have changes nothing.
    pub overrides: Vec<(OverrideId, &'a Override)>,
    /// When people are off. Those of people who are not in the schedule change nothing.
    pub time_off: Vec<&'a TimeOff>,
}

impl<'a> Changes<'a> {
    /// Those of a schedule as it is configured.
    #[must_use]
    pub fn of(config: &'a Config, id: ScheduleId) -> Self {
        config
            .schedules
            .get(&id)
            .map_or_else(Self::default, |schedule| {
                Self::for_plan(config, id, &schedule.value)
            })
    }

    /// Those of a schedule that is `plan` instead of what is configured, or that is new.
    #[must_use]
    pub fn for_plan(config: &'a Config, id: ScheduleId, plan: &Schedule) -> Self {
        let overrides = config.overrides_of(id);
        let mut time_off = Vec::new();
        // Looking for the people is only worth it when somebody is off at all.
        if !config.time_off.is_empty() {
            let slots = plan.rotations.iter().flat_map(|r| &r.slots);
            let mut people: Vec<_> = slots.flat_map(|s| &s.people).map(|p| p.user).collect();
            people.sort_unstable();
            people.dedup();
            for user in people {
                time_off.extend(config.time_off_of(user).map(|(_, off)| &off.value));
            }
        }
        Self {
            overrides: overrides.map(|(id, found)| (id, &found.value)).collect(),
            time_off,
        }
    }
}

/// Everybody who has a place in one of a schedule's slots.
#[must_use]
pub fn people_of(schedule: &Schedule) -> BTreeSet<UserId> {
    let slots = schedule.rotations.iter().flat_map(|r| &r.slots);
    slots.flat_map(|s| &s.people).map(|one| one.user).collect()
}

/// A schedule that has no answer. The first two are refused when a schedule is saved.
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
        "more than {limit} hand-offs, windows, overrides or shifts in this span: ask for a shorter one"
    )]
    SpanTooBusy {
        /// [`crate::limits::SHIFTS_PER_SPAN`].
        limit: usize,
    },
}

/// Who is on call at an instant, in the order of their ids; empty when nobody is.
///
/// # Errors
/// A zone is unknown or a rotation's turns have no length.
pub fn on_call(
    schedule: &Schedule,
    changes: &Changes<'_>,
    at: Timestamp,
) -> Result<Vec<OnCall>, ScheduleError> {
    let mut layers = Layer::all_of(schedule, at)?;
    let mut exceptions = Exceptions::default();
    for (id, change) in &changes.overrides {
        if change.from <= at && at < change.to {
            exceptions.begin(*id, change);
        }
    }
    for off in &changes.time_off {
        if off.from <= at && at < off.to {
            exceptions.leave(off.user);
        }
    }
    for layer in &mut layers {
        layer.open_at(at);
        layer.resolve(&exceptions);
    }
    let mut people = People::default();
    people::of_schedule(&layers, &exceptions, &mut people);
    Ok(people.into_vec())
}

/// A zone, from the zone data this program runs with.
fn zone_named(name: &str) -> Result<Zone, ScheduleError> {
    Zone::named(name).ok_or_else(|| ScheduleError::UnknownZone {
        zone: name.to_owned(),
    })
}
