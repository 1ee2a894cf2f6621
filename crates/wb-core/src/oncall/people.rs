//! Who is on call, given each rotation's turn and windows, who is off, and the overrides that are
//! active.

use jiff::civil::Date;

use super::layer::Layer;
use super::windows::Coverage;
use super::{OnCall, Why};
use crate::config::{Duty, Override, OverrideChange, OverrideOrigin, Participant, WhenOff};
use crate::ids::{OverrideId, RotationId, SwapId, UserId};

/// The people on call, in the order of their ids, nobody twice: the first reason stays, but for
/// somebody who was only told and now counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct People(Vec<OnCall>);

impl People {
    pub(super) fn as_slice(&self) -> &[OnCall] {
        &self.0
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn into_vec(self) -> Vec<OnCall> {
        self.0
    }

    /// Whether somebody counts.
    pub(super) fn anybody_counts(&self) -> bool {
        self.0.iter().any(|one| one.duty.counts())
    }

    fn add(&mut self, new: OnCall) {
        match self.0.binary_search_by_key(&new.user, |one| one.user) {
            Ok(place) => {
                if let Some(old) = self.0.get_mut(place)
                    && new.duty.counts()
                    && !old.duty.counts()
                {
                    *old = new;
                }
            }
            Err(place) => self.0.insert(place, new),
        }
    }

    fn add_all(&mut self, others: &Self, holiday: Option<Date>) {
        for one in &others.0 {
            let why = Why { holiday, ..one.why };
            self.add(OnCall { why, ..*one });
        }
    }

    fn remove(&mut self, user: UserId) -> Option<OnCall> {
        let place = self.0.binary_search_by_key(&user, |one| one.user).ok()?;
        Some(self.0.remove(place))
    }
}

/// An override that is active.
#[derive(Clone, Copy)]
struct Active {
    rotation: Option<RotationId>,
    id: OverrideId,
    change: OverrideChange,
    swap: Option<SwapId>,
}

/// What holds at one instant besides turns and windows.
#[derive(Default)]
pub(super) struct Exceptions {
    /// By what they change, then in the order of their ids.
    overrides: Vec<Active>,
    /// Who is off, once for each time off.
    off: Vec<UserId>,
}

impl Exceptions {
    /// An override becomes active.
    pub(super) fn begin(&mut self, id: OverrideId, change: &Override) {
        let entry = Active {
            rotation: change.rotation,
            id,
            change: change.change,
            swap: match change.origin {
                OverrideOrigin::Swap(swap) => Some(swap),
                OverrideOrigin::Set | OverrideOrigin::TakeOver => None,
            },
        };
        let place = self
            .overrides
            .partition_point(|known| (known.rotation, known.id) < (entry.rotation, entry.id));
        self.overrides.insert(place, entry);
    }

    /// An override stops being active.
    pub(super) fn end(&mut self, id: OverrideId) {
        self.overrides.retain(|known| known.id != id);
    }

    /// Somebody's time off begins.
    pub(super) fn leave(&mut self, user: UserId) {
        self.off.push(user);
    }

    /// Somebody's time off ends.
    pub(super) fn come_back(&mut self, user: UserId) {
        if let Some(place) = self.off.iter().position(|off| *off == user) {
            self.off.swap_remove(place);
        }
    }

    /// Those of one rotation, or of the whole schedule when `rotation` is none.
    fn overrides_of(&self, rotation: Option<RotationId>) -> impl Iterator<Item = &Active> + '_ {
        let all = self.overrides.iter();
        all.filter(move |one| one.rotation == rotation)
    }

    /// Whether somebody's turn in a rotation needs cover. It does not when an override says who is
    /// there instead: then that is who stands in.
    fn is_missing(&self, user: UserId, rotation: RotationId) -> bool {
        let replaced = |one: &Active| {
            one.rotation.is_none_or(|of| of == rotation)
                && matches!(one.change, OverrideChange::Replace { who: Some(who), .. } if who == user)
        };
        self.off.contains(&user) && !self.overrides.iter().any(replaced)
    }

    /// Changes the people of one rotation, or of the whole schedule when `rotation` is none.
    fn apply(&self, rotation: Option<RotationId>, turn: Option<i64>, people: &mut People) {
        for &Active {
            id, change, swap, ..
        } in self.overrides_of(rotation)
        {
            let new = |user, duty| OnCall {
                user,
                duty,
                first_come: false,
                why: Why {
                    rotation,
                    turn,
                    overridden_by: Some(id),
                    swap,
                    ..Why::default()
                },
            };
            match change {
                OverrideChange::Add(user) => people.add(new(user, Duty::Act)),
                OverrideChange::Shadow(user) => people.add(new(user, Duty::Shadow)),
                OverrideChange::Replace {
                    who: Some(who),
                    with,
                } => {
                    // Whoever steps in has the same shift: its duty and its way of being shared.
                    if let Some(old) = people.remove(who) {
                        people.add(OnCall {
                            first_come: old.first_come,
                            ..new(with, old.duty)
                        });
                    }
                }
                OverrideChange::Replace { who: None, with } => {
                    people.clear();
                    people.add(new(with, Duty::Act));
                }
                OverrideChange::Remove(user) => drop(people.remove(user)),
            }
        }
    }
}

/// The people of one rotation, with its own overrides, whether or not it counts.
pub(super) fn of_layer(layer: &Layer<'_>, exceptions: &Exceptions, people: &mut People) {
    people.clear();
    let coverage = layer.coverage();
    if coverage == Coverage::Closed {
        return;
    }
    if let Some(turn) = layer.turn {
        of_turn(layer, turn, coverage, exceptions, people);
    }
    exceptions.apply(Some(layer.rotation.id), layer.turn, people);
}

fn of_turn(
    layer: &Layer<'_>,
    turn: i64,
    coverage: Coverage,
    exceptions: &Exceptions,
    people: &mut People,
) {
    let rotation = layer.rotation.id;
    let is_there = |one: &Participant| !exceptions.is_missing(one.user, rotation);
    let add = |slot: usize, covers: Option<UserId>, people: &mut People| {
        for one in layer.ring.people(slot, turn).filter(|one| is_there(one)) {
            let duty = match (one.duty, coverage) {
                (Duty::Act, Coverage::CoordinateOnly) => Duty::Coordinate,
                (duty, _) => duty,
            };
            people.add(OnCall {
                user: one.user,
                duty,
                first_come: layer.ring.is_first_come(slot),
                why: Why {
                    rotation: Some(rotation),
                    turn: Some(turn),
                    covers,
                    ..Why::default()
                },
            });
        }
    };
    let mut slots = layer.ring.slots_from(turn);
    let Some(slot) = slots.next() else { return };
    add(slot, None, people);
    let mut meant = layer.ring.people(slot, turn);
    let missing = meant.find(|one| one.duty.counts() && !is_there(one));
    let Some(missing) = missing.filter(|_| !people.anybody_counts()) else {
        return;
    };
    if layer.rotation.when_off == WhenOff::Nobody {
        return;
    }
    let can_cover = |slot: &usize| {
        let mut people = layer.ring.people(*slot, turn);
        people.any(|one| one.duty.counts() && is_there(one))
    };
    if let Some(cover) = slots.find(can_cover) {
        // Who only looks over the shoulder of somebody who is not there has nothing to see.
        people.clear();
        add(cover, Some(missing.user), people);
    }
}

/// The people of the schedule, from those of its rotations in order of priority.
pub(super) fn of_schedule(layers: &[Layer<'_>], exceptions: &Exceptions, people: &mut People) {
    people.clear();
    let mut free_on = None;
    for layer in layers.iter().filter(|layer| !layer.rotation.beside) {
        if layer.people.anybody_counts() {
            people.add_all(&layer.people, layer.there_for().or(free_on));
            break;
        }
        free_on = free_on.or(layer.free_on());
    }
    for layer in layers.iter().filter(|layer| layer.rotation.beside) {
        people.add_all(&layer.people, layer.there_for());
    }
    exceptions.apply(None, None, people);
    if !people.anybody_counts() {
        people.clear();
    }
}
