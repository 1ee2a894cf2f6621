//! Whom the targets of a step stand for at this moment.

use super::decide::Work;
use super::{NotTold, PageWhy, Recipient};
use crate::config::{Config, Duty, Target};
use crate::ids::{ScheduleId, UserId};
use crate::oncall;
use crate::time::Timestamp;

/// Whom a step means.
pub(super) struct Meant {
    /// Who is told, in the order of the targets; each once.
    pub(super) told: Vec<(Recipient, PageWhy)>,
    /// Who can only coordinate, and is not told because somebody can act.
    pub(super) passed_over: Vec<UserId>,
}

impl Meant {
    /// Whether there is anybody in it who is counted on.
    pub(super) fn stands_for_somebody(&self) -> bool {
        self.told.iter().any(|(_, why)| !why.is_shadow())
    }
}

/// Who can be reached, by a configuration at a time.
#[derive(Clone, Copy)]
pub(super) struct Reach<'a> {
    pub(super) config: &'a Config,
    pub(super) now: Timestamp,
}

impl Work<'_> {
    pub(super) const fn reach(&self) -> Reach<'_> {
        Reach {
            config: self.ctx.config,
            now: self.now,
        }
    }

    /// Whom the targets stand for.
    pub(super) fn meant_by(&self, targets: &[Target]) -> Meant {
        self.reach().meant_by(targets)
    }
}

impl Reach<'_> {
    /// Why a person cannot be told; none when they can.
    pub(super) fn not_told(self, id: UserId) -> Option<NotTold> {
        let Some(user) = self.config.users.get(&id) else {
            return Some(NotTold::Gone);
        };
        if !user.value.active {
            Some(NotTold::Inactive)
        } else if let Some(until) = user.value.pause_at(self.now) {
            Some(NotTold::Paused { until })
        } else if user.value.methods.is_empty() {
            Some(NotTold::NoMethod)
        } else {
            None
        }
    }

    /// Whether a person is told when paged.
    pub(super) fn is_within_reach(self, id: UserId) -> bool {
        self.not_told(id).is_none()
    }

    /// Whom the targets stand for. Escalation prefers who can act: whoever can only coordinate is
    /// told only when nobody is on call, in any schedule of the same step, who can act and has a way
    /// to be reached. People and teams that the step names say nothing about what they can do, so
    /// they are told in either case and weigh nothing here.
    pub(super) fn meant_by(self, targets: &[Target]) -> Meant {
        let mut told: Vec<(Recipient, PageWhy)> = Vec::new();
        for target in targets {
            for (recipient, why) in self.resolve_target(*target) {
                match told.iter_mut().find(|(known, _)| *known == recipient) {
                    // Each once, for the reason by which most is expected of them.
                    Some((_, known)) if rank(why) < rank(*known) => *known = why,
                    Some(_) => {}
                    None => told.push((recipient, why)),
                }
            }
        }
        let somebody_can_act = told.iter().any(|(recipient, why)| {
            let is_on_call = matches!(why, PageWhy::OnCall { duty: Duty::Act, .. });
            matches!(recipient, Recipient::Person(user) if is_on_call && self.is_within_reach(*user))
        });
        let mut passed_over = Vec::new();
        if somebody_can_act {
            told.retain(|(recipient, why)| {
                let only_coordinates = matches!(
                    why,
                    PageWhy::OnCall {
                        duty: Duty::Coordinate,
                        ..
                    }
                );
                if let Recipient::Person(user) = recipient
                    && only_coordinates
                {
                    passed_over.push(*user);
                }
                !only_coordinates
            });
        }
        Meant { told, passed_over }
    }

    fn resolve_target(self, target: Target) -> Vec<(Recipient, PageWhy)> {
        let config = self.config;
        let why = PageWhy::Target(target);
        match target {
            Target::User(user) => vec![(Recipient::Person(user), why)],
            Target::Team(team) => config
                .members(team)
                .map(|user| (Recipient::Person(user), why))
                .collect(),
            Target::Admins => config
                .admins()
                .map(|user| (Recipient::Person(user), why))
                .collect(),
            Target::Endpoint(endpoint) => vec![(Recipient::Endpoint(endpoint), why)],
            Target::Schedule(id) => self.on_call_in(id),
        }
    }

    fn on_call_in(self, id: ScheduleId) -> Vec<(Recipient, PageWhy)> {
        let config = self.config;
        let Some(schedule) = config.schedules.get(&id) else {
            return Vec::new();
        };
        let changes = oncall::Changes::of(config, id);
        // A schedule that cannot be read reaches nobody, and the next step follows at once.
        oncall::on_call(&schedule.value, &changes, self.now)
            .unwrap_or_default()
            .into_iter()
            .map(|on_call| {
                let why = PageWhy::OnCall {
                    schedule: id,
                    version: schedule.version,
                    duty: on_call.duty,
                    why: on_call.why,
                };
                (Recipient::Person(on_call.user), why)
            })
            .collect()
    }
}

/// How much is expected of somebody who is told for this reason: the less, the higher.
const fn rank(why: PageWhy) -> u8 {
    match why {
        PageWhy::OnCall { duty, .. } => match duty {
            Duty::Act => 0,
            Duty::Coordinate => 1,
            Duty::Shadow => 2,
        },
        PageWhy::Target(_) | PageWhy::Reassigned | PageWhy::Louder | PageWhy::Asked { .. } => 0,
    }
}
