//! What happens to policies, and to the services that page through them.

use std::collections::BTreeMap;

use super::{Consequence, Then, is_there, people_in};
use crate::config::{Config, ObjectId, Policy, Target};
use crate::ids::PolicyId;

pub(super) fn affected((before, after): (&Config, &Config), id: ObjectId) -> Vec<Consequence> {
    let mut found = Vec::new();
    let mut unreached = BTreeMap::new();
    for (policy, old) in &before.policies {
        let Some(new) = after.policies.get(policy) else {
            continue;
        };
        let ladder = Ladder {
            before,
            after,
            policy: *policy,
            old: &old.value,
            gone: target(id),
        };
        if new.value.steps.is_empty() {
            found.push(Consequence::NoSteps { policy: *policy });
        } else {
            found.extend(ladder.steps());
        }
        found.extend(ladder.end());
        unreached.insert(*policy, ladder.is_lost());
    }
    for (service, old) in &before.services {
        let Some(policy) = old.value.policy else {
            continue;
        };
        if !after.policies.contains_key(&policy) {
            found.push(Consequence::Unpaged { service: *service });
        } else if unreached.get(&policy) == Some(&true) {
            found.push(Consequence::Unreached {
                service: *service,
                policy,
            });
        }
    }
    found
}

/// The target by which a policy names an object.
const fn target(id: ObjectId) -> Option<Target> {
    match id {
        ObjectId::User(id) => Some(Target::User(id)),
        ObjectId::Schedule(id) => Some(Target::Schedule(id)),
        _ => None,
    }
}

/// A policy as it is, in two configurations: what it names does not change by what can be reached.
struct Ladder<'a> {
    before: &'a Config,
    after: &'a Config,
    policy: PolicyId,
    old: &'a Policy,
    gone: Option<Target>,
}

impl Ladder<'_> {
    fn steps(&self) -> Vec<Consequence> {
        let reaches = |config, targets: &[Target]| {
            let mut targets = targets.iter();
            targets.any(|one| reaches_person(config, *one))
        };
        let mut found = Vec::new();
        for (step, it) in (0..).zip(&self.old.steps) {
            let is_lost = reaches(self.before, &it.targets) && !reaches(self.after, &it.targets);
            if is_lost && it.targets.iter().any(|one| is_endpoint(*one)) {
                found.push(Consequence::StepUnmanned {
                    policy: self.policy,
                    step,
                });
            } else if is_lost {
                found.push(Consequence::StepEmpty {
                    policy: self.policy,
                    step,
                    then: self.then(step),
                });
            } else if self.gone.is_some_and(|gone| it.targets.contains(&gone)) {
                found.push(Consequence::StepLoses {
                    policy: self.policy,
                    step,
                });
            }
        }
        found
    }

    fn then(&self, step: u32) -> Then {
        let next = step.saturating_add(1);
        if (next as usize) < self.old.steps.len() {
            Then::Step(next)
        } else if self.old.repeat > 0 {
            Then::Again
        } else if self.reached_at_end() {
            Then::End
        } else {
            Then::Admins
        }
    }

    fn reached_at_end(&self) -> bool {
        let mut end = self.old.fallback.iter();
        end.any(|one| reaches_person(self.after, *one))
    }

    fn end(&self) -> Option<Consequence> {
        let gone = self.gone.filter(|gone| self.old.fallback.contains(gone))?;
        let left = self.old.fallback.iter().filter(|one| {
            **one != gone && (is_endpoint(**one) || reaches_person(self.after, **one))
        });
        Some(Consequence::EndLoses {
            policy: self.policy,
            left: u32::try_from(left.count()).unwrap_or(u32::MAX),
        })
    }

    /// Whether it reaches a person now, and will not.
    fn is_lost(&self) -> bool {
        let reaches = |config: &Config| self.old.targets().any(|one| reaches_person(config, one));
        reaches(self.before) && !reaches(self.after)
    }
}

const fn is_endpoint(target: Target) -> bool {
    matches!(target, Target::Endpoint(_))
}

/// Whether a target stands for anybody who can be told, at some time.
fn reaches_person(config: &Config, target: Target) -> bool {
    match target {
        Target::User(user) => is_there(config, user),
        Target::Schedule(id) => {
            let mut people = people_in(config, id).into_iter();
            people.any(|user| is_there(config, user))
        }
        Target::Team(team) => config.members(team).any(|user| is_there(config, user)),
        Target::Admins => config.admins().any(|user| is_there(config, user)),
        Target::Endpoint(_) => false,
    }
}
