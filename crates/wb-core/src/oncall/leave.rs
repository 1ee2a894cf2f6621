//! Taking somebody out of a schedule for good.
//!
//! A slot that nobody is left in goes, and the ring grows shorter by it. Turns are counted from the
//! rotation's start, so the slots that stay are set so that whoever is next stays next: else taking
//! one person out would shuffle everybody's turns.

use jiff::civil::Date;

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
    let all = rotation.slots.iter().map(|slot| slot_without(slot, user));
    let kept = still_there(all.enumerate().collect(), &rotation.slots);
    if kept.is_empty() {
        return vec![Slot::default()];
    }
    let aligned = if kept.len() < rotation.slots.len() {
        aligned(rotation, &kept, zone, now)
    } else {
        None
    };
    aligned.unwrap_or_else(|| kept.into_iter().map(|(_, slot)| slot).collect())
}

/// The slots, each with its place among those of before, without those that nobody is left in.
fn still_there(slots: Vec<(usize, Slot)>, before: &[Slot]) -> Vec<(usize, Slot)> {
    let mut kept = slots;
    kept.retain(|(place, slot)| {
        counts(slot) > 0 || before.get(*place).is_some_and(|it| counts(it) == 0)
    });
    kept
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

/// The slots that stay, turned so that the next turn is that of the slot whose it was, or of the
/// first one after it that stays.
fn aligned(
    rotation: &Rotation,
    kept: &[(usize, Slot)],
    zone: &str,
    now: Timestamp,
) -> Option<Vec<Slot>> {
    let zone = zone_named(zone).ok()?;
    let turns = Turns::of(rotation, &zone).ok()?;
    let next = turns.first_from(now, &zone);
    let ring = Ring::of(rotation, &turns, &zone);
    let stays = |slot: &usize| kept.iter().any(|(place, _)| place == slot);
    let wanted = ring.slots_from(next).find(stays)?;
    let align = |kept: &[(usize, Slot)]| {
        let mut candidate = rotation.clone();
        (0..kept.len()).find_map(|by| {
            let turned = kept.iter().cycle().skip(by).take(kept.len());
            candidate.slots = turned.map(|(_, slot)| slot.clone()).collect();
            let first = Ring::of(&candidate, &turns, &zone)
                .slots_from(next)
                .next()?;
            let (place, _) = kept.get((first + by) % kept.len())?;
            (*place == wanted).then(|| candidate.slots.clone())
        })
    };
    // Those who joined and left in the past may leave no way to turn the ring: then they are what is
    // settled, and the dates go.
    align(kept).or_else(|| {
        let first_on = |date| {
            let begin = zone.begin_of(date);
            begin.map_or(i64::MAX, |begin| turns.first_from(begin, &zone))
        };
        let mut settled = kept.to_vec();
        for (_, slot) in &mut settled {
            let left = |date: Date| first_on(date) <= next;
            slot.people.retain(|one| !one.leaves.is_some_and(left));
            for one in &mut slot.people {
                one.joins = one.joins.filter(|date| first_on(*date) > next);
            }
        }
        align(&still_there(settled, &rotation.slots))
    })
}
