//! Whose turn it is: the slots as a ring, in which people join and leave at dates without moving
//! the others.
//!
//! Each turn belongs to the next slot in the ring, after that of the turn before, that takes part
//! when the turn begins. Between two dates at which somebody joins or leaves this is a plain count,
//! so that no turn has to be worked out from the one before.

use std::collections::BTreeSet;

use super::turns::Turns;
use super::zone::Zone;
use crate::config::{Participant, Rotation, Slot};

/// The slots of one rotation by turn.
pub(super) struct Ring<'a> {
    slots: &'a [Slot],
    /// The turns of each slot's people, in the order of the slots; empty when nobody joins or
    /// leaves.
    stays: Vec<Vec<Stay>>,
    /// From the first turn on; empty when nobody joins or leaves.
    segments: Vec<Segment>,
}

/// The turns somebody is there for.
#[derive(Clone, Copy)]
struct Stay {
    from: i64,
    until: i64,
}

/// Turns with the same slots taking part.
struct Segment {
    /// The first turn.
    first: i64,
    /// The slots that take part, in order from that of the first turn.
    order: Vec<usize>,
}

impl<'a> Ring<'a> {
    /// The ring of a rotation.
    pub(super) fn of(rotation: &'a Rotation, turns: &Turns, zone: &Zone) -> Self {
        let slots = rotation.slots.as_slice();
        let mut everybody = slots.iter().flat_map(|slot| &slot.people);
        if everybody.all(|one| one.joins.is_none() && one.leaves.is_none()) {
            return Self {
                slots,
                stays: Vec::new(),
                segments: Vec::new(),
            };
        }
        let stay = |one: &Participant| {
            let first_on = |date| {
                zone.begin_of(date)
                    .map_or(i64::MAX, |begin| turns.first_from(begin, zone))
            };
            Stay {
                from: one.joins.map_or(0, first_on),
                until: one.leaves.map_or(i64::MAX, first_on),
            }
        };
        let stays: Vec<Vec<Stay>> = slots
            .iter()
            .map(|slot| slot.people.iter().map(stay).collect())
            .collect();
        let mut ring = Self {
            slots,
            stays,
            segments: Vec::new(),
        };
        ring.segments = ring.cut();
        ring
    }

    /// The slot of a turn and, after it, the others that take part, in the order of their turns.
    pub(super) fn slots_from(&self, turn: i64) -> impl Iterator<Item = usize> + '_ {
        let segment = self
            .segments
            .partition_point(|segment| segment.first <= turn)
            .checked_sub(1)
            .and_then(|place| self.segments.get(place));
        let (count, passed) = match segment {
            Some(segment) => (segment.order.len(), turn.saturating_sub(segment.first)),
            None if self.segments.is_empty() => (self.slots.len(), turn),
            None => (0, 0),
        };
        let first = i64::try_from(count)
            .ok()
            .and_then(|count| passed.checked_rem_euclid(count))
            .and_then(|first| usize::try_from(first).ok())
            .unwrap_or(0);
        (0..count).filter_map(move |step| {
            let place = (first + step) % count;
            match segment {
                Some(segment) => segment.order.get(place).copied(),
                None => Some(place),
            }
        })
    }

    /// The people of a slot who are there for a turn.
    pub(super) fn people(
        &self,
        slot: usize,
        turn: i64,
    ) -> impl Iterator<Item = &'a Participant> + '_ {
        let people = self
            .slots
            .get(slot)
            .map_or(&[][..], |slot| slot.people.as_slice());
        let stays = self.stays.get(slot);
        people.iter().enumerate().filter_map(move |(place, one)| {
            let stay = stays.and_then(|stays| stays.get(place));
            stay.is_none_or(|stay| stay.from <= turn && turn < stay.until)
                .then_some(one)
        })
    }

    /// Whether a slot's turn goes to whoever comes first.
    pub(super) fn is_first_come(&self, slot: usize) -> bool {
        self.slots.get(slot).is_some_and(|slot| slot.first_come)
    }

    /// Whether a slot takes part in a turn. One that is meant for nobody always does; one whose
    /// people have all left, or only have somebody looking over their shoulders, does not.
    fn takes_part(&self, slot: usize, turn: i64) -> bool {
        let Some(declared) = self.slots.get(slot) else {
            return false;
        };
        let anybody_counts = declared.people.iter().any(|one| one.duty.counts());
        let mut there = self.people(slot, turn);
        declared.people.is_empty() || there.any(|one| one.duty.counts() || !anybody_counts)
    }

    fn cut(&self) -> Vec<Segment> {
        let changes = self.stays.iter().flatten();
        let changes: BTreeSet<i64> = changes
            .flat_map(|stay| [stay.from, stay.until])
            .chain([0])
            .filter(|turn| *turn < i64::MAX)
            .collect();
        let mut segments: Vec<Segment> = Vec::with_capacity(changes.len());
        // The slot that comes next, if it takes part.
        let mut next = 0;
        for first in changes {
            if let Some(before) = segments.last()
                && let Ok(count) = i64::try_from(before.order.len())
                && let Some(last) = first
                    .saturating_sub(before.first)
                    .saturating_sub(1)
                    .checked_rem_euclid(count)
                && let Some(last) = usize::try_from(last).ok().and_then(|n| before.order.get(n))
            {
                next = last + 1;
            }
            let slots = self.slots.len();
            let order = (next..slots).chain(0..next.min(slots));
            segments.push(Segment {
                first,
                order: order.filter(|slot| self.takes_part(*slot, first)).collect(),
            });
        }
        segments
    }
}
