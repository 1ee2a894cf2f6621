//! Steps that tell one person after the other: whose turn it is.

use std::collections::BTreeMap;

use super::decide::Work;
use super::targets::Reach;
use super::{PageWhy, Recipient};
use crate::config::{Config, Step};
use crate::decision::Effect;
use crate::ids::{PolicyId, UserId};
use crate::time::Timestamp;

/// How far a step that tells one person after the other has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// How many turns were taken.
    pub version: u64,
    /// Who was taken last; none before the first time.
    pub last: Option<UserId>,
    /// Whom the step meant then, in order: what tells who comes next when the last one is gone.
    pub order: Vec<UserId>,
}

impl Turn {
    /// These people in the order in which their turns come now. They begin after whoever was taken
    /// last; when that is none of them any more, with whoever came after that one then.
    #[must_use]
    pub fn order_of(&self, people: &[UserId]) -> Vec<UserId> {
        let (before, from) = people.split_at(self.begin(people));
        [from, before].concat()
    }

    fn begin(&self, people: &[UserId]) -> usize {
        let place = |user: &UserId| people.iter().position(|known| known == user);
        let Some(last) = self.last else {
            return 0;
        };
        if let Some(at) = place(&last) {
            return at + 1;
        }
        let then = self.order.iter().position(|known| *known == last);
        let after = then.map_or(0, |at| at + 1);
        let (earlier, later) = self.order.split_at(after);
        later.iter().chain(earlier).find_map(place).unwrap_or(0)
    }

    /// The turn after this person of these was taken.
    fn taken(&self, user: UserId, people: Vec<UserId>) -> Self {
        Self {
            version: self.version.saturating_add(1),
            last: Some(user),
            order: people,
        }
    }
}

/// Whose turn it would be now in a step that tells one person after the other; nobody's where nobody
/// can be told.
#[must_use]
pub fn next_in_turn(config: &Config, step: &Step, turn: &Turn, now: Timestamp) -> Option<UserId> {
    let reach = Reach { config, now };
    let people = people_of(&reach.meant_by(&step.targets).told);
    let mut order = turn.order_of(&people).into_iter();
    order.find(|user| reach.is_within_reach(*user))
}

/// The people among them who are counted on, in order.
fn people_of(told: &[(Recipient, PageWhy)]) -> Vec<UserId> {
    let counted = told.iter().filter(|(_, why)| !why.is_shadow());
    counted.filter_map(|(one, _)| person(one)).collect()
}

const fn person(recipient: &Recipient) -> Option<UserId> {
    match recipient {
        Recipient::Person(user) => Some(*user),
        Recipient::Endpoint(_) => None,
    }
}

/// The turns that a decision may take, by policy and step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns(BTreeMap<(PolicyId, u32), Turn>);

impl Turns {
    /// How far a step has come; at its beginning when that is not known.
    #[must_use]
    pub fn of(&self, policy: PolicyId, step: u32) -> Turn {
        self.0.get(&(policy, step)).cloned().unwrap_or_default()
    }

    /// Notes how far a step has come.
    pub fn put(&mut self, policy: PolicyId, step: u32, turn: Turn) {
        self.0.insert((policy, step), turn);
    }

    /// Notes the turns that a decision took, for the next one in the same transaction.
    pub fn follow(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::TakeTurn { policy, step, turn } = effect {
                self.put(*policy, *step, turn.clone());
            }
        }
    }
}

/// Whose turn it was in a step that tells one person after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnTaken {
    /// Who is told.
    pub user: UserId,
    /// Whose turn it was before; none the first time.
    pub after: Option<UserId>,
    /// Whose turn it would have been, but who cannot be told; they keep their place.
    pub missed: Vec<UserId>,
}

impl Work<'_> {
    /// Of the people a step means only the one whose turn it is, and the endpoints. Where none of
    /// them can be told no turn is taken, and the record says of each why.
    pub(super) fn take_turn(
        &mut self,
        policy: PolicyId,
        step: u32,
        mut told: Vec<(Recipient, PageWhy)>,
    ) -> (Vec<(Recipient, PageWhy)>, Option<TurnTaken>) {
        told.retain(|(_, why)| !why.is_shadow());
        let people = people_of(&told);
        let turn = self.turns.of(policy, step);
        let mut missed = turn.order_of(&people);
        let next = missed
            .iter()
            .position(|user| self.reach().is_within_reach(*user));
        let Some((at, user)) = next.and_then(|at| Some((at, *missed.get(at)?))) else {
            return (told, None);
        };
        missed.truncate(at);
        told.retain(|(one, _)| person(one).is_none_or(|known| known == user));
        let after = turn.last;
        let turn = turn.taken(user, people);
        self.turns.put(policy, step, turn.clone());
        self.effects.push(Effect::TakeTurn { policy, step, turn });
        let taken = TurnTaken {
            user,
            after,
            missed,
        };
        (told, Some(taken))
    }
}
