//! What is wrong with a schedule, told before it is saved.

use std::collections::BTreeSet;

use super::{ScheduleError, zone_of};
use crate::config::{Rotation, Schedule};
use crate::ids::RotationId;
use crate::limits::{PEOPLE_PER_SLOT, ROTATIONS_PER_SCHEDULE, SLOTS_PER_ROTATION};

/// Something that keeps a schedule from being saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleProblem {
    /// The zone is in no zone data we have.
    #[error("no time zone is called `{zone}`: use an IANA name such as Europe/Berlin")]
    UnknownZone {
        /// The name as it stands in the schedule.
        zone: String,
    },
    /// More than [`ROTATIONS_PER_SCHEDULE`].
    #[error("{found} rotations: at most {limit} are allowed", limit = ROTATIONS_PER_SCHEDULE)]
    TooManyRotations {
        /// How many there are.
        found: usize,
    },
    /// Two rotations have the same id, so that an override could not tell them apart.
    #[error("rotation {rotation} stands there twice: give each its own id")]
    SameRotationTwice {
        /// The id.
        rotation: RotationId,
    },
    /// A turn without length.
    #[error("rotation {rotation} hands off every 0 units: the least is 1")]
    NoTurnLength {
        /// The rotation.
        rotation: RotationId,
    },
    /// Nobody can ever have a turn; a slot for nobody is one without people.
    #[error("rotation {rotation} has no slots: add one, without people if nobody is meant")]
    NoSlots {
        /// The rotation.
        rotation: RotationId,
    },
    /// More than [`SLOTS_PER_ROTATION`].
    #[error(
        "rotation {rotation} has {found} slots: at most {limit} are allowed",
        limit = SLOTS_PER_ROTATION
    )]
    TooManySlots {
        /// The rotation.
        rotation: RotationId,
        /// How many there are.
        found: usize,
    },
    /// More than [`PEOPLE_PER_SLOT`].
    #[error(
        "slot {slot} of rotation {rotation} has {found} people: at most {limit} are allowed",
        limit = PEOPLE_PER_SLOT
    )]
    TooManyPeople {
        /// The rotation.
        rotation: RotationId,
        /// The slot's place, counted from 1.
        slot: usize,
        /// How many there are.
        found: usize,
    },
}

/// Everything that is wrong with a schedule, in its own order; empty when it can be saved.
///
/// A start at a local time that a clock change skips is fine: it means the instant that much later.
#[must_use]
pub fn check(schedule: &Schedule) -> Vec<ScheduleProblem> {
    let mut problems = Vec::new();
    if let Err(ScheduleError::UnknownZone { zone }) = zone_of(schedule) {
        problems.push(ScheduleProblem::UnknownZone { zone });
    }
    let found = schedule.rotations.len();
    if found > ROTATIONS_PER_SCHEDULE {
        problems.push(ScheduleProblem::TooManyRotations { found });
    }
    let mut seen = BTreeSet::new();
    for rotation in &schedule.rotations {
        if !seen.insert(rotation.id) {
            problems.push(ScheduleProblem::SameRotationTwice {
                rotation: rotation.id,
            });
        }
        check_rotation(rotation, &mut problems);
    }
    problems
}

fn check_rotation(rotation: &Rotation, problems: &mut Vec<ScheduleProblem>) {
    let id = rotation.id;
    if rotation.handoff.every == 0 {
        problems.push(ScheduleProblem::NoTurnLength { rotation: id });
    }
    let found = rotation.slots.len();
    if found == 0 {
        problems.push(ScheduleProblem::NoSlots { rotation: id });
    }
    if found > SLOTS_PER_ROTATION {
        problems.push(ScheduleProblem::TooManySlots {
            rotation: id,
            found,
        });
    }
    for (place, slot) in rotation.slots.iter().enumerate() {
        let found = slot.people.len();
        if found > PEOPLE_PER_SLOT {
            let slot = place.saturating_add(1);
            problems.push(ScheduleProblem::TooManyPeople {
                rotation: id,
                slot,
                found,
            });
        }
    }
}
