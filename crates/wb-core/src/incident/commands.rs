//! What people do to an incident, and what is stopped and goes on because of it.

use super::decide::Work;
use super::escalation::Weight;
use super::{
    DeliveryState, EscalationState, IncidentError, IncidentFact, IncidentState, NextStep, PageWhy,
    ReassignTo, Recipient, Situation, timers,
};
use crate::actor::{Actor, Via};
use crate::config::Policy;
use crate::decision::Effect;
use crate::ids::{AlertId, DeliveryId};
use crate::planted::{self, Bug};
use crate::time::Timestamp;

impl Work<'_> {
    pub(super) fn acknowledge(
        &mut self,
        via: Via,
        from: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if self.state.is_open() {
            self.accept_if_asked(via, &from, situation);
        }
        match self.state.state {
            IncidentState::Resolved => Err(IncidentError::AlreadyResolved),
            IncidentState::Acknowledged => Ok(()),
            IncidentState::Triggered if self.others_are_awaited(situation.actor) => {
                self.confirm(via, from, situation);
                Ok(())
            }
            IncidentState::Triggered => {
                let (cancelled, under_way) = self.cancel_unless_asked(situation);
                let fact = IncidentFact::Acknowledged {
                    via,
                    expires_at: self.expiry(),
                    cancelled,
                    under_way,
                    from,
                };
                self.emit(situation.actor, fact);
                // Who is asked to help was rung by one page at a time, which may have been another.
                self.ring_on();
                Ok(())
            }
        }
    }

    /// Whether a step needs others than this person to acknowledge. What is no person, such as another
    /// system, acknowledges for all.
    fn others_are_awaited(&self, actor: Actor) -> bool {
        let Some(user) = actor.user() else {
            return false;
        };
        let mut awaited = self.state.awaited.iter();
        awaited.any(|(other, confirmed)| !confirmed && *other != user)
    }

    /// One acknowledges, and others have to do so too: only they are left in peace.
    fn confirm(&mut self, via: Via, from: String, situation: Situation<'_>) {
        let Some(user) = situation.actor.user() else {
            return;
        };
        if self.state.awaited.get(&user) == Some(&true) {
            return;
        }
        let own = self.state.pages.iter().filter(|page| !page.why.is_asked());
        let own = own.filter(|page| page.recipient == Recipient::Person(user));
        let planned: Vec<_> = own
            .flat_map(|page| &page.deliveries)
            .filter(|delivery| delivery.state == DeliveryState::Planned)
            .map(|delivery| delivery.id)
            .collect();
        let (cancelled, under_way) = self.cancel(planned, situation);
        let others = self.state.awaited.iter();
        let left = others.filter(|(other, confirmed)| !**confirmed && **other != user);
        let fact = IncidentFact::Confirmed {
            via,
            cancelled,
            under_way,
            left: u32::try_from(left.count()).unwrap_or(u32::MAX),
            from,
        };
        self.emit(situation.actor, fact);
    }

    pub(super) fn unacknowledge(
        &mut self,
        via: Via,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if self.state.state != IncidentState::Acknowledged {
            return Err(IncidentError::NotAcknowledged);
        }
        let restored = self.restore_stopped();
        let next_at = self.resumed_at();
        self.emit(
            situation.actor,
            IncidentFact::Unacknowledged {
                via,
                restored,
                next_at,
            },
        );
        self.ring_on();
        Ok(())
    }

    pub(super) fn resolve_by_hand(
        &mut self,
        via: Via,
        from: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Ok(());
        }
        self.resolve_open_alerts(situation.actor);
        self.resolve(via, from, situation);
        Ok(())
    }

    /// An incident that is over has no alerts that are not.
    pub(super) fn resolve_open_alerts(&mut self, actor: Actor) {
        let open: Vec<AlertId> = self
            .state
            .alerts
            .iter()
            .filter(|(_, open)| **open)
            .map(|(id, _)| *id)
            .collect();
        for alert in open {
            self.emit(actor, IncidentFact::AlertResolved { alert });
        }
    }

    pub(super) fn resolve(&mut self, via: Via, from: String, situation: Situation<'_>) {
        let (cancelled, under_way) = self.cancel_planned(situation);
        let fact = IncidentFact::Resolved {
            via,
            timed_out: false,
            cancelled,
            under_way,
            from,
        };
        self.emit(situation.actor, fact);
    }

    pub(super) fn reopen(
        &mut self,
        via: Via,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if let Some(merged) = &self.state.merged {
            return Err(IncidentError::Merged { into: merged.into });
        }
        if self.state.is_open() {
            return Err(IncidentError::NotResolved);
        }
        let restored = self.restore_stopped();
        let next_at = self.resumed_at();
        let timeouts = timers::timeouts_of(self.state.service, self.ctx);
        self.emit(
            situation.actor,
            IncidentFact::Reopened {
                via,
                auto_resolve_at: timers::later(self.now, timeouts.auto_resolve_after_s),
                restored,
                next_at,
            },
        );
        self.ring_on();
        Ok(())
    }

    pub(super) fn reassign(
        &mut self,
        via: Via,
        to: ReassignTo,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Err(IncidentError::AlreadyResolved);
        }
        let (cancelled, _) = self.cancel_unless_asked(situation);
        let policy = match to {
            ReassignTo::Policy(new) => {
                let found = self.ctx.config.policies.get(&new.id);
                found.map(|policy| &policy.value)
            }
            // At the version the incident holds, which stands even when the policy was deleted.
            ReassignTo::User(_) => situation.policy,
        };
        let next_at = match to {
            ReassignTo::Policy(_) => Some(self.now),
            ReassignTo::User(_) => self.after_first_step(policy),
        };
        self.emit(
            situation.actor,
            IncidentFact::Reassigned {
                via,
                to,
                cancelled,
                next_at,
            },
        );
        if let ReassignTo::User(user) = to {
            self.page_one(user, PageWhy::Reassigned);
        }
        self.run_due_steps(policy);
        Ok(())
    }

    /// Executes the step that comes next, or another one, at once. Whoever had the incident has it no
    /// more, and what was stopped for them stays stopped: others are wanted now. After the last step
    /// comes the first.
    pub(super) fn escalate(
        &mut self,
        via: Via,
        step: Option<u32>,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Err(IncidentError::AlreadyResolved);
        }
        let Some(policy) = situation.policy.filter(|_| self.state.policy.is_some()) else {
            return Err(IncidentError::NoPolicy);
        };
        let is_there = |step: u32| (step as usize) < policy.steps.len();
        let escalation = self.state.escalation;
        let (cycle, step) = match step {
            Some(step) if !is_there(step) => {
                let steps = policy.steps.len();
                return Err(IncidentError::NoSuchStep { steps });
            }
            Some(step) => (escalation.cycle, step),
            None if is_there(escalation.next_step) => (escalation.cycle, escalation.next_step),
            None => (0, 0),
        };
        let next = NextStep {
            cycle,
            step,
            at: self.now,
        };
        self.emit(situation.actor, IncidentFact::Escalated { via, next });
        self.run_wanted_step(policy);
        self.run_due_steps(situation.policy);
        Ok(())
    }

    /// When the policy begins for an incident that one person is told about first: they get as long
    /// as the first step would give.
    fn after_first_step(&self, policy: Option<&Policy>) -> Option<Timestamp> {
        policy
            .and_then(|policy| policy.steps.first())
            .map(|step| self.now.plus_secs(i64::from(step.escalate_after_s)))
    }

    /// Whoever has it took something quieter. When it became louder since, they are told again, and
    /// the policy begins anew if they do not acknowledge that.
    pub(super) fn tell_again_if_louder(&mut self, before: Weight, situation: Situation<'_>) {
        let policy = self.held_policy(situation);
        let is_louder = self.state.urgency < before.urgency;
        if self.state.state == IncidentState::Acknowledged && is_louder {
            let owner = self.state.owner;
            let planned = owner.map(|user| self.plan_one(user, PageWhy::Louder));
            let next_at = match &planned {
                Some(page) if page.is_reachable() => self.after_first_step(policy),
                // Nobody to begin with, such as when another system had it.
                _ => policy.map(|_| self.now),
            };
            self.emit(Actor::System, IncidentFact::Recalled { owner, next_at });
            if let Some(page) = planned {
                self.page(page);
            }
        } else {
            self.climb_as_louder(before, policy);
        }
        self.run_due_steps(policy);
    }

    /// Splits what is still planned into what can be cancelled and what is already being sent, and
    /// asks the outbox to cancel the former.
    pub(super) fn cancel_planned(
        &mut self,
        situation: Situation<'_>,
    ) -> (Vec<DeliveryId>, Vec<DeliveryId>) {
        let planned = self.state.planned_deliveries();
        let planned = planned.map(|delivery| delivery.id).collect();
        self.cancel(planned, situation)
    }

    /// As [`Self::cancel_planned`], but for what asks others to help: somebody has the incident is no
    /// reason not to help them.
    pub(super) fn cancel_unless_asked(
        &mut self,
        situation: Situation<'_>,
    ) -> (Vec<DeliveryId>, Vec<DeliveryId>) {
        let pages = self.state.pages.iter().filter(|page| !page.why.is_asked());
        let planned = pages
            .flat_map(|page| &page.deliveries)
            .filter(|delivery| delivery.state == DeliveryState::Planned)
            .map(|delivery| delivery.id)
            .collect();
        self.cancel(planned, situation)
    }

    pub(super) fn cancel(
        &mut self,
        planned: Vec<DeliveryId>,
        situation: Situation<'_>,
    ) -> (Vec<DeliveryId>, Vec<DeliveryId>) {
        let (under_way, cancelled): (Vec<_>, Vec<_>) = planned
            .into_iter()
            .partition(|id| situation.under_way.contains(id));
        if !cancelled.is_empty() {
            let mut rows = cancelled.clone();
            if planted::is(Bug::AcknowledgeLeavesOne) {
                rows.pop();
            }
            self.effects.push(Effect::Cancel(rows));
        }
        (cancelled, under_way)
    }

    /// Cancels what is planned since before `due_before`. It is not noted as stopped, so taking back
    /// a later acknowledgement does not bring it back; the escalation goes on as it was. Where it
    /// had come to its end, its last step comes once more: else nobody would hear of the incident.
    pub(super) fn drop_overdue(
        &mut self,
        via: Via,
        due_before: Timestamp,
        situation: Situation<'_>,
    ) {
        let deliveries: Vec<_> = self
            .state
            .planned_deliveries()
            .filter(|delivery| delivery.due_at < due_before)
            .map(|delivery| delivery.id)
            .filter(|id| !situation.under_way.contains(id))
            .collect();
        if deliveries.is_empty() {
            return;
        }
        self.effects.push(Effect::Cancel(deliveries.clone()));
        let fact = IncidentFact::Dropped {
            via,
            due_before,
            deliveries,
        };
        self.emit(situation.actor, fact);
        if self.state.planned_deliveries().next().is_none() {
            self.climb_last_step_again(situation.policy);
        }
    }

    /// Plans again what the acknowledgement or resolve in force stopped, none of it in the past.
    pub(super) fn restore_stopped(&mut self) -> Vec<(DeliveryId, Timestamp)> {
        let restored: Vec<_> = self
            .state
            .stopped
            .iter()
            .filter_map(|id| self.state.delivery(*id))
            // One of them may have been accepted by its provider in the meantime.
            .filter(|(_, delivery)| delivery.state == DeliveryState::Cancelled)
            .map(|(_, delivery)| (delivery.id, delivery.due_at.max(self.now)))
            .collect();
        if !restored.is_empty() {
            self.effects.push(Effect::Restore(restored.clone()));
        }
        restored
    }

    /// When the escalation goes on after an acknowledgement or resolve was taken back: not before
    /// the time it had, and never in the past. One that had come to its end begins anew, because
    /// nobody has the incident and nobody would hear of it.
    pub(super) fn resumed_at(&self) -> Option<Timestamp> {
        match self.state.escalation.state {
            EscalationState::Held { was_due: Some(at) } => Some(at.max(self.now)),
            EscalationState::Held { was_due: None } | EscalationState::Exhausted => Some(self.now),
            EscalationState::Off => None,
            EscalationState::Due(at) => Some(at),
        }
    }
}
