//! Who is on call, given each rotation's turn and the overrides that are active.

use std::collections::BTreeMap;

use super::Why;
use crate::config::{Override, OverrideChange, Rotation, Slot};
use crate::ids::{OverrideId, RotationId, UserId};

/// The people on call with their reasons. A map, because nobody is listed twice and the order must
/// not depend on how the answer came about.
pub(super) type People = BTreeMap<UserId, Why>;

/// The overrides active at one instant: by what they change, then in the order of their ids.
#[derive(Default)]
pub(super) struct ActiveOverrides {
    by_layer: BTreeMap<Option<RotationId>, BTreeMap<OverrideId, OverrideChange>>,
}

impl ActiveOverrides {
    /// An override becomes active.
    pub(super) fn begin(&mut self, id: OverrideId, change: &Override) {
        self.by_layer
            .entry(change.rotation)
            .or_default()
            .insert(id, change.change);
    }

    /// An override stops being active.
    pub(super) fn end(&mut self, id: OverrideId, change: &Override) {
        if let Some(layer) = self.by_layer.get_mut(&change.rotation) {
            layer.remove(&id);
        }
    }

    /// Changes the people of one rotation, or of the whole schedule when `rotation` is none.
    fn apply(&self, rotation: Option<RotationId>, turn: Option<i64>, people: &mut People) {
        for (id, change) in self.by_layer.get(&rotation).into_iter().flatten() {
            let why = Why {
                rotation,
                turn,
                overridden_by: Some(*id),
            };
            match change {
                OverrideChange::Add(user) => {
                    people.entry(*user).or_insert(why);
                }
                OverrideChange::Replace {
                    who: Some(who),
                    with,
                } => {
                    if people.remove(who).is_some() {
                        people.entry(*with).or_insert(why);
                    }
                }
                OverrideChange::Replace { who: None, with } => {
                    people.clear();
                    people.insert(*with, why);
                }
                OverrideChange::Remove(user) => {
                    people.remove(user);
                }
            }
        }
    }
}

/// Who is on call; `turns` holds the turn of each of `rotations`, none before its start.
pub(super) fn resolve(
    rotations: &[Rotation],
    turns: &[Option<i64>],
    active: &ActiveOverrides,
) -> People {
    let mut people = People::new();
    for (rotation, turn) in rotations.iter().zip(turns) {
        people = people_of_turn(rotation, *turn);
        active.apply(Some(rotation.id), *turn, &mut people);
        if !people.is_empty() {
            break;
        }
    }
    active.apply(None, None, &mut people);
    people
}

fn people_of_turn(rotation: &Rotation, turn: Option<i64>) -> People {
    let why = Why {
        rotation: Some(rotation.id),
        turn,
        overridden_by: None,
    };
    let slot = turn.and_then(|turn| slot_of(rotation, turn));
    slot.map(|slot| slot.people.iter().map(|user| (*user, why)).collect())
        .unwrap_or_default()
}

fn slot_of(rotation: &Rotation, turn: i64) -> Option<&Slot> {
    let slots = i64::try_from(rotation.slots.len()).ok()?;
    let place = turn.checked_rem_euclid(slots)?;
    rotation.slots.get(usize::try_from(place).ok()?)
}
