//! Whom it concerns when a user, a schedule or a policy goes, and what happens instead.
//!
//! Two configurations are compared, as it is and as it would be, so that what is said and what is
//! then done come from the same place: [`without`].

mod incidents;
mod policies;
mod without;

use std::collections::BTreeSet;

use crate::config::{Config, ObjectId, OverrideOrigin, Role, Rotation};
use crate::ids::{IncidentId, PolicyId, RotationId, ScheduleId, ServiceId, TeamId, UserId};
use crate::incident::Incident;
use crate::oncall::{self, Changes};
use crate::time::Timestamp;

pub use without::{Without, without};

/// How far ahead is looked for times at which nobody is on call, in seconds: 90 days.
pub const AHEAD_S: i64 = 90 * 86_400;

/// One thing that happens when an object goes. In the order of the enum the worst comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Every step of the policy names nobody else, and it cannot be without steps: this stands in
    /// the way.
    NoSteps {
        /// The policy.
        policy: PolicyId,
    },
    /// The service has no policy then: it records, and pages nobody.
    Unpaged {
        /// The service.
        service: ServiceId,
    },
    /// The service's policy reaches nobody then: the admins are told at its end.
    Unreached {
        /// The service.
        service: ServiceId,
        /// Its policy.
        policy: PolicyId,
    },
    /// Nobody is on call at times when somebody is now.
    Uncovered {
        /// The schedule.
        schedule: ScheduleId,
        /// The first such time.
        first: (Timestamp, Timestamp),
        /// How many there are in the next 90 days.
        count: u32,
        /// How long they are together, in seconds.
        total_s: i64,
    },
    /// A step reaches nobody then.
    StepEmpty {
        /// The policy.
        policy: PolicyId,
        /// Which step, from 0, as the policy is now.
        step: u32,
        /// What comes instead, and comes at once.
        then: Then,
    },
    /// A step that reaches a person tells only endpoints then; the next one keeps its distance.
    StepUnmanned {
        /// The policy.
        policy: PolicyId,
        /// Which step, from 0, as the policy is now.
        step: u32,
    },
    /// Somebody who goes has an open incident, and it stays theirs.
    IncidentHeld {
        /// The incident.
        incident: IncidentId,
    },
    /// An open incident waits for somebody who goes, or is still to tell them: that is given up, and
    /// escalation goes on without them.
    IncidentWaits {
        /// The incident.
        incident: IncidentId,
    },
    /// An open incident goes on with the policy as it was when it opened.
    IncidentRuns {
        /// The incident.
        incident: IncidentId,
    },
    /// A step names one fewer, and still reaches somebody.
    StepLoses {
        /// The policy.
        policy: PolicyId,
        /// Which step, from 0, as the policy is now.
        step: u32,
    },
    /// Of those told at the end of a policy there is one fewer.
    EndLoses {
        /// The policy.
        policy: PolicyId,
        /// How many are left; with none the admins are told when nobody was reached.
        left: u32,
    },
    /// A rotation has one fewer; the others keep their order.
    RotationLoses {
        /// The schedule.
        schedule: ScheduleId,
        /// The rotation.
        rotation: RotationId,
        /// How many people are left in it.
        left: u32,
    },
    /// An override, a take-over, or a swap that is asked for or agreed, ends.
    CoverEnds {
        /// The schedule.
        schedule: ScheduleId,
        /// How it came about.
        cover: Cover,
        /// When it begins.
        from: Timestamp,
        /// When it would end.
        to: Timestamp,
    },
    /// A team has nobody in it then.
    TeamEmpty {
        /// The team.
        team: TeamId,
    },
    /// A team has no admin of its own then.
    TeamWithoutAdmin {
        /// The team.
        team: TeamId,
    },
}

/// What comes instead of a step that reaches nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Then {
    /// This step, from 0, as the policy is now.
    Step(u32),
    /// The ladder is climbed again.
    Again,
    /// Those named for the end of the policy are told.
    End,
    /// The admins are told.
    Admins,
}

/// How cover came about that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    /// Somebody set an override.
    Override,
    /// Somebody took over.
    TakeOver,
    /// A swap.
    Swap,
}

/// What happens when an object goes, the worst first; `after` is the configuration then: without it,
/// or, for a user, with them inactive. `open` are the open incidents to be looked at.
#[must_use]
pub fn affected(
    (before, after): (&Config, &Config),
    id: ObjectId,
    open: &[Incident],
    now: Timestamp,
) -> Vec<Consequence> {
    let mut found = policies::affected((before, after), id);
    found.extend(uncovered((before, after), id, now));
    found.extend(incidents::affected(before, id, open));
    found.extend(rotations((before, after), id));
    found.extend(cover((before, after), now));
    found.extend(teams((before, after), id));
    found.sort();
    found
}

/// Whether somebody can be told when they are paged, leaving aside what passes by itself.
fn is_there(config: &Config, user: UserId) -> bool {
    let user = config.users.get(&user);
    user.is_some_and(|user| user.value.active && !user.value.methods.is_empty())
}

/// Whom a schedule may put on call at some time.
fn people_in(config: &Config, id: ScheduleId) -> BTreeSet<UserId> {
    let Some(schedule) = config.schedules.get(&id) else {
        return BTreeSet::new();
    };
    let mut people = oncall::people_of(&schedule.value);
    let overrides = config.overrides_of(id);
    people.extend(overrides.filter_map(|(_, it)| it.value.change.puts_on_call()));
    people
}

/// The schedules in which somebody goes.
fn schedules_of(config: &Config, user: UserId) -> impl Iterator<Item = ScheduleId> {
    let all = config.schedules.keys().copied();
    all.filter(move |id| {
        let mut overrides = config.overrides_of(*id);
        people_in(config, *id).contains(&user)
            || overrides.any(|(_, it)| without::names(it.value.change, user))
    })
}

/// When nobody who is there counts in a schedule; none when that has no answer.
fn gaps(config: &Config, id: ScheduleId, now: Timestamp) -> Option<Vec<(Timestamp, Timestamp)>> {
    let schedule = config.schedules.get(&id)?;
    let to = now.plus_secs(AHEAD_S);
    let mut shifts = oncall::shifts(&schedule.value, &Changes::of(config, id), now, to).ok()?;
    shifts.retain(|shift| is_there(config, shift.user));
    Some(oncall::gaps(&shifts, now, to))
}

fn uncovered(
    (before, after): (&Config, &Config),
    id: ObjectId,
    now: Timestamp,
) -> Vec<Consequence> {
    let ObjectId::User(user) = id else {
        return Vec::new();
    };
    let of = |schedule: ScheduleId| {
        let (old, new) = (gaps(before, schedule, now)?, gaps(after, schedule, now)?);
        let new = oncall::spans_without(&new, &old);
        let length_s = |(from, to): &(Timestamp, Timestamp)| to.micros_since(*from) / 1_000_000;
        Some(Consequence::Uncovered {
            schedule,
            first: *new.first()?,
            count: u32::try_from(new.len()).unwrap_or(u32::MAX),
            total_s: new.iter().map(length_s).sum(),
        })
    };
    schedules_of(before, user).filter_map(of).collect()
}

fn rotations((before, after): (&Config, &Config), id: ObjectId) -> Vec<Consequence> {
    let ObjectId::User(user) = id else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (schedule, old) in &before.schedules {
        let Some(new) = after.schedules.get(schedule) else {
            continue;
        };
        let pairs = old.value.rotations.iter().zip(&new.value.rotations);
        for (old, new) in pairs {
            let left = people_of(new);
            if people_of(old).contains(&user) && !left.contains(&user) {
                found.push(Consequence::RotationLoses {
                    schedule: *schedule,
                    rotation: old.id,
                    left: u32::try_from(left.len()).unwrap_or(u32::MAX),
                });
            }
        }
    }
    found
}

fn people_of(rotation: &Rotation) -> BTreeSet<UserId> {
    let people = rotation.slots.iter().flat_map(|slot| &slot.people);
    people.map(|one| one.user).collect()
}

fn cover((before, after): (&Config, &Config), now: Timestamp) -> Vec<Consequence> {
    let overrides = before.overrides.iter();
    let ended = overrides.filter(|(id, it)| it.value.to > now && !after.overrides.contains_key(id));
    let overrides = ended.filter_map(|(_, it)| {
        let cover = match it.value.origin {
            OverrideOrigin::Set => Cover::Override,
            OverrideOrigin::TakeOver => Cover::TakeOver,
            // Said by the swap itself.
            OverrideOrigin::Swap(_) => return None,
        };
        Some((it.value.schedule, cover, it.value.from, it.value.to))
    });
    let swaps = before.swaps.iter();
    let ended = swaps.filter(|(id, it)| {
        let last = it.value.stretches().map(|(_, to)| to).max();
        it.value.counts(now) && last > Some(now) && !after.swaps.contains_key(id)
    });
    let swaps = ended.map(|(_, it)| (it.value.schedule, Cover::Swap, it.value.from, it.value.to));
    overrides
        .chain(swaps)
        .map(|(schedule, cover, from, to)| Consequence::CoverEnds {
            schedule,
            cover,
            from,
            to,
        })
        .collect()
}

fn teams((before, after): (&Config, &Config), id: ObjectId) -> Vec<Consequence> {
    let ObjectId::User(user) = id else {
        return Vec::new();
    };
    let has_admin = |config: &Config, team: TeamId| {
        let mut users = config.users.values();
        users.any(|it| it.value.active && it.value.teams.get(&team) == Some(&Role::Admin))
    };
    let own = before.users.get(&user);
    let own = own.into_iter().flat_map(|user| user.value.teams.keys());
    let lost = own.filter_map(|team| {
        let team = *team;
        if before.members(team).next().is_some() && after.members(team).next().is_none() {
            Some(Consequence::TeamEmpty { team })
        } else if has_admin(before, team) && !has_admin(after, team) {
            Some(Consequence::TeamWithoutAdmin { team })
        } else {
            None
        }
    });
    lost.collect()
}
