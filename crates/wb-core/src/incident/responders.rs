//! Others who are asked to help with an incident that somebody may have already.

use super::decide::Work;
use super::paging::PlannedPage;
use super::{
    DeliveryState, Incident, IncidentError, IncidentFact, PageWhy, PolicyRef, Recipient, Situation,
};
use crate::actor::{Actor, Via};
use crate::config::Target;
use crate::decision::Decided;
use crate::ids::{DeliveryId, RequestId, UserId};
use crate::limits;
use crate::time::Timestamp;

/// Who is asked for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpFrom {
    /// A person, a team, whoever is on call.
    Target(Target),
    /// Whom the first step of a policy means now.
    Policy(PolicyRef),
}

/// Somebody who was asked to help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Responder {
    /// Who.
    pub user: UserId,
    /// With which request, the last one.
    pub request: RequestId,
    /// Who asked.
    pub by: Actor,
    /// When.
    pub asked_at: Timestamp,
    /// What they said, the last time; none while they did not.
    pub answer: Option<Answer>,
}

/// What somebody who was asked to help said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether they come.
    pub accepted: bool,
    /// When they said so.
    pub at: Timestamp,
}

impl Incident {
    /// Who was asked to help, if this person was.
    #[must_use]
    pub fn responder(&self, user: UserId) -> Option<&Responder> {
        self.responders.iter().find(|known| known.user == user)
    }

    /// Whether this person's answer to this request is still waited for.
    pub(super) fn waits_for_answer(&self, recipient: Recipient, request: RequestId) -> bool {
        let Recipient::Person(user) = recipient else {
            return false;
        };
        self.responder(user)
            .is_some_and(|known| known.request == request && known.answer.is_none())
    }

    /// Whether this person comes, or was told that they are wanted and has not answered: asking them
    /// once more would only ring once more.
    fn is_asked(&self, user: UserId) -> bool {
        let Some(known) = self.responder(user) else {
            return false;
        };
        let why = PageWhy::Asked {
            request: known.request,
        };
        known.answer.map_or_else(
            || {
                let pages = self.pages.iter().filter(|page| page.why == why);
                pages
                    .filter(|page| page.recipient == Recipient::Person(user))
                    .flat_map(|page| &page.deliveries)
                    .any(|one| matches!(one.state, DeliveryState::Planned | DeliveryState::Sent))
            },
            |answer| answer.accepted,
        )
    }

    /// Changes the state by a fact about who is asked to help.
    pub(super) fn apply_responders(&mut self, decided: &Decided<IncidentFact>) {
        match &decided.fact {
            IncidentFact::RespondersAsked {
                request, people, ..
            } => {
                self.responders
                    .retain(|known| !people.contains(&known.user));
                self.responders.extend(people.iter().map(|user| Responder {
                    user: *user,
                    request: *request,
                    by: decided.actor,
                    asked_at: decided.at,
                    answer: None,
                }));
            }
            IncidentFact::ResponderAnswered {
                accepted,
                cancelled,
                ..
            } => {
                let by = decided.actor.user();
                let found = self.responders.iter_mut();
                for known in found.filter(|known| Some(known.user) == by) {
                    known.answer = Some(Answer {
                        accepted: *accepted,
                        at: decided.at,
                    });
                }
                self.set_deliveries(cancelled, DeliveryState::Cancelled);
            }
            _ => {}
        }
    }
}

impl Work<'_> {
    /// Asks others to help. Each is paged by their own rules for high urgency, because somebody is
    /// wanted now, however urgent the incident is.
    pub(super) fn ask_responders(
        &mut self,
        via: Via,
        targets: Vec<HelpFrom>,
        message: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        self.check_open()?;
        if targets.is_empty() || targets.len() > limits::TARGETS_PER_STEP {
            return Err(IncidentError::HelpTargets);
        }
        if message.chars().count() > limits::HELP_MESSAGE_CHARS {
            return Err(IncidentError::HelpMessageLength);
        }
        let request = RequestId(self.ids.next("request"));
        let meant = self.meant_to_help(&targets, situation.actor);
        if meant.is_empty() {
            return Err(IncidentError::NobodyToHelp);
        }
        let mut people = meant;
        people.retain(|user| !self.state.is_asked(*user));
        if people.is_empty() {
            return Ok(());
        }
        let others = self.state.responders.iter();
        let others = others.filter(|known| !people.contains(&known.user)).count();
        let pages = self.state.pages.len() + people.len();
        if others + people.len() > limits::RESPONDERS_PER_INCIDENT
            || pages > limits::PAGES_PER_INCIDENT
        {
            return Err(IncidentError::TooManyResponders);
        }
        let why = PageWhy::Asked { request };
        let pages: Vec<PlannedPage> = people
            .iter()
            .map(|user| self.plan_one(*user, why))
            .collect();
        let reachable = pages.iter().filter(|page| page.is_reachable()).count();
        let fact = IncidentFact::RespondersAsked {
            request,
            via,
            targets,
            people,
            reachable: u32::try_from(reachable).unwrap_or(u32::MAX),
            message,
        };
        self.emit(situation.actor, fact);
        for page in pages {
            self.page(page);
        }
        Ok(())
    }

    fn check_open(&self) -> Result<(), IncidentError> {
        match &self.state.merged {
            Some(merged) => Err(IncidentError::Merged { into: merged.into }),
            None if self.state.is_open() => Ok(()),
            None => Err(IncidentError::AlreadyResolved),
        }
    }

    /// The people whom the targets mean now, each once: neither who asks, nor who has the incident,
    /// nor who only looks on.
    fn meant_to_help(&mut self, targets: &[HelpFrom], asker: Actor) -> Vec<UserId> {
        let mut people = Vec::new();
        for target in targets {
            for (recipient, why) in self.resolve_help(*target) {
                if let Recipient::Person(user) = recipient
                    && !why.is_shadow()
                    && !people.contains(&user)
                    && Some(user) != asker.user()
                    && Some(user) != self.state.owner
                {
                    people.push(user);
                }
            }
        }
        people
    }

    fn resolve_help(&mut self, target: HelpFrom) -> Vec<(Recipient, PageWhy)> {
        let config = self.ctx.config;
        match target {
            HelpFrom::Target(target) => self.meant_by(&[target]).told,
            HelpFrom::Policy(held) => {
                let policy = config.policies.get(&held.id);
                let Some(step) = policy.and_then(|policy| policy.value.steps.first()) else {
                    return Vec::new();
                };
                let told = self.meant_by(&step.targets).told;
                if step.round_robin {
                    self.take_turn(held.id, 0, told).0
                } else {
                    told
                }
            }
        }
    }

    /// What somebody who was asked to help says. They may change their mind.
    pub(super) fn answer_request(
        &mut self,
        via: Via,
        from: String,
        accepts: bool,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        let user = situation.actor.user();
        let Some(known) = user.and_then(|user| self.state.responder(user)) else {
            return Err(IncidentError::NotAsked);
        };
        let answer = known.answer.map(|answer| answer.accepted);
        self.check_open()?;
        if answer != Some(accepts) {
            self.answer(via, from, accepts, situation);
        }
        Ok(())
    }

    /// Whoever takes an incident they were asked to help with, helps.
    pub(super) fn accept_if_asked(&mut self, via: Via, from: &str, situation: Situation<'_>) {
        let user = situation.actor.user();
        let known = user.and_then(|user| self.state.responder(user));
        let accepts = |answer: super::Answer| answer.accepted;
        if known.is_some_and(|known| !known.answer.is_some_and(accepts)) {
            self.answer(via, from.to_owned(), true, situation);
        }
    }

    fn answer(&mut self, via: Via, from: String, accepted: bool, situation: Situation<'_>) {
        let recipient = situation.actor.user().map(Recipient::Person);
        let pages = self.state.pages.iter();
        let own = pages.filter(|page| page.why.is_asked() && Some(page.recipient) == recipient);
        let planned: Vec<DeliveryId> = own
            .flat_map(|page| &page.deliveries)
            .filter(|delivery| delivery.state == DeliveryState::Planned)
            .map(|delivery| delivery.id)
            .collect();
        let (cancelled, under_way) = self.cancel(planned, situation);
        let fact = IncidentFact::ResponderAnswered {
            via,
            accepted,
            cancelled,
            under_way,
            from,
        };
        self.emit(situation.actor, fact);
    }
}
