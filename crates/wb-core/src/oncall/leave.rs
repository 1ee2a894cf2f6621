//! Taking somebody out of a schedule for good.
//!
//! A slot that nobody is left in goes, and the ring grows shorter by it. Turns are counted from the
//! rotation's start, so the slots that stay are set so that whoever is next stays next: else taking
//! one person out would shuffle everybody's turns.

use super::ring::Ring;
use super::turns::Turns;
use super::zone_named;
use crate::config::{Rotation, Schedule, Slot};
use crate::ids::UserId;
use crate::time::Timestamp;

/// The schedule without a person. A rotation that has nobody else stays, and is for nobody.
#[must_use]
pub fn without(schedule: &Schedule, user: UserId, now: Timestamp) -> Schedule {
    let mut after = schedule.clone();
    for rotation in &mut after.rotations {
        let mut people = rotation.slots.iter().flat_map(|slot| &slot.people);
        if people.any(|one| one.user == user) {
            let zone = rotation.zone.as_ref().unwrap_or(&schedule.zone);
            rotation.slots = slots_without(rotation, zone, user, now);
        }
    }
    after
}

fn slots_without(rotation: &Rotation, zone: &str, user: UserId, now: Timestamp) -> Vec<Slot> {
    let mut kept = Vec::with_capacity(rotation.slots.len());
    let mut slots = Vec::with_capacity(rotation.slots.len());
    for (place, slot) in rotation.slots.iter().enumerate() {
        let left = slot_without(slot, user);
        if counts(slot) == 0 || counts(&left) > 0 {
            kept.push(place);
            slots.push(left);
        }
    }
    if slots.is_empty() {
        return vec![Slot::default()];
    }
    if kept.len() < rotation.slots.len() {
        let by = rotated_by(rotation, &slots, &kept, zone, now);
        slots.rotate_left(by);
    }
    slots
}

/// How many in a slot are counted on.
fn counts(slot: &Slot) -> usize {
    slot.people.iter().filter(|one| one.duty.counts()).count()
}

fn slot_without(slot: &Slot, user: UserId) -> Slot {
    let mut left = slot.clone();
    left.people.retain(|one| one.user != user);
    // First come, first served takes two.
    left.first_come = left.first_come && counts(&left) > 1;
    left
}

/// By how many places the slots that stay are turned, so that the next turn is that of the slot
/// whose it was, or of the first one after it that stays.
fn rotated_by(
    rotation: &Rotation,
    slots: &[Slot],
    kept: &[usize],
    zone: &str,
    now: Timestamp,
) -> usize {
    let Ok(zone) = zone_named(zone) else {
        return 0;
    };
    let Ok(turns) = Turns::of(rotation, &zone) else {
        return 0;
    };
    let next = turns.first_from(now, &zone);
    let ring = Ring::of(rotation, &turns, &zone);
    let Some(wanted) = ring.slots_from(next).find(|slot| kept.contains(slot)) else {
        return 0;
    };
    let mut candidate = rotation.clone();
    candidate.slots = slots.to_vec();
    for by in 0..kept.len() {
        let ring = Ring::of(&candidate, &turns, &zone);
        let first = ring.slots_from(next).next();
        let place = first.map(|first| (first + by) % kept.len());
        if place.and_then(|place| kept.get(place)) == Some(&wanted) {
            return by;
        }
        candidate.slots.rotate_left(1);
    }
    0
}
