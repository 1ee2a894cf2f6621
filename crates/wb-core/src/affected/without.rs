//! The configuration without one of its objects.

use crate::config::{Config, Object, ObjectId, OverrideChange, Target, Versioned};
use crate::ids::UserId;
use crate::oncall;
use crate::time::Timestamp;

/// What taking an object out of everything does.
#[derive(Clone, Debug)]
pub struct Without {
    /// The configuration then.
    pub config: Config,
    /// What names it now, as it is without it.
    pub changed: Vec<Object>,
    /// What is nothing without it, and goes too: overrides, times off and swaps.
    pub ended: Vec<ObjectId>,
}

/// Takes a user, a schedule or a policy out of everything that names it; of anything else only the
/// object itself goes.
///
/// A step of a policy that names nobody any more goes too: escalation would pass it over at once.
/// What is left may be unsound, such as a policy without steps; that is for the caller to judge.
#[must_use]
pub fn without(config: &Config, id: ObjectId, now: Timestamp) -> Without {
    let changed = changed(config, id, now);
    let ended = ended(config, id);
    let mut after = config.clone();
    for object in &changed {
        let version = config.get(object.id()).map_or(1, |(_, version)| version);
        after.put(object.clone(), version);
    }
    for id in &ended {
        after.remove(*id);
    }
    after.remove(id);
    Without {
        config: after,
        changed,
        ended,
    }
}

fn changed(config: &Config, id: ObjectId, now: Timestamp) -> Vec<Object> {
    match id {
        ObjectId::User(user) => {
            let mut found = policies_without(config, Target::User(user));
            let named = config.schedules.iter();
            let named = named.filter(|(_, it)| oncall::people_of(&it.value).contains(&user));
            found.extend(named.map(|(schedule, it)| {
                Object::Schedule(*schedule, oncall::without(&it.value, user, now))
            }));
            found
        }
        ObjectId::Schedule(schedule) => policies_without(config, Target::Schedule(schedule)),
        ObjectId::Policy(policy) => {
            let paged = config.services.iter();
            let paged = paged.filter(|(_, it)| it.value.policy == Some(policy));
            paged
                .map(|(service, it)| {
                    let mut after = it.value.clone();
                    after.policy = None;
                    Object::Service(*service, after)
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn policies_without(config: &Config, target: Target) -> Vec<Object> {
    let naming = config.policies.iter();
    let naming = naming.filter(|(_, it)| it.value.targets().any(|one| one == target));
    naming
        .map(|(id, it)| {
            let mut after = it.value.clone();
            for step in &mut after.steps {
                step.targets.retain(|one| *one != target);
            }
            after.steps.retain(|step| !step.targets.is_empty());
            after.fallback.retain(|one| *one != target);
            Object::Policy(*id, after)
        })
        .collect()
}

fn ended(config: &Config, id: ObjectId) -> Vec<ObjectId> {
    fn ids<'a, I: Copy + 'a, T: 'a>(
        all: impl IntoIterator<Item = (&'a I, &'a Versioned<T>)>,
        of: fn(I) -> ObjectId,
        goes: impl Fn(&T) -> bool,
    ) -> Vec<ObjectId> {
        let going = all.into_iter().filter(|(_, it)| goes(&it.value));
        going.map(|(id, _)| of(*id)).collect()
    }
    match id {
        ObjectId::User(user) => [
            ids(&config.overrides, ObjectId::Override, |it| {
                names(it.change, user)
            }),
            ids(&config.time_off, ObjectId::TimeOff, |it| it.user == user),
            ids(&config.swaps, ObjectId::Swap, |it| it.concerns(user)),
        ]
        .concat(),
        ObjectId::Schedule(schedule) => [
            ids(&config.overrides, ObjectId::Override, |it| {
                it.schedule == schedule
            }),
            ids(&config.swaps, ObjectId::Swap, |it| it.schedule == schedule),
        ]
        .concat(),
        _ => Vec::new(),
    }
}

/// Whether an override is about somebody, or puts them on call.
pub(super) fn names(change: OverrideChange, user: UserId) -> bool {
    match change {
        OverrideChange::Add(who) | OverrideChange::Remove(who) | OverrideChange::Shadow(who) => {
            who == user
        }
        OverrideChange::Replace { who, with } => with == user || who == Some(user),
    }
}
