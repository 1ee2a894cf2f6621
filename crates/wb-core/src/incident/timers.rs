//! What happens to an incident by time alone, and what puts that off: snooze, the end of an
//! acknowledgement, the end of an incident.

use super::decide::Work;
use super::{
    EscalationState, Incident, IncidentError, IncidentFact, IncidentState, Situation, Snooze,
};
use crate::actor::{Actor, Via};
use crate::config::Timeouts;
use crate::decision::Ctx;
use crate::ids::{ServiceId, UserId};
use crate::limits;
use crate::time::Timestamp;

/// The timeouts of a service as they are now; what is under way keeps the times it was given.
pub(super) fn timeouts_of(service: ServiceId, ctx: Ctx<'_>) -> Timeouts {
    let found = ctx.config.services.get(&service);
    found.map_or_else(Timeouts::default, |service| service.value.timeouts)
}

/// The time that many seconds from now, if there is a number of them.
pub(super) fn later(now: Timestamp, after_s: Option<u32>) -> Option<Timestamp> {
    after_s.map(|seconds| now.plus_secs(i64::from(seconds)))
}

impl Work<'_> {
    /// Does whatever is due: first what gives the incident back, then its steps, then its end.
    pub(super) fn tick(&mut self, situation: Situation<'_>) {
        if self.state.state == IncidentState::Acknowledged {
            if let Some(snooze) = self.state.snooze {
                if snooze.until <= self.now {
                    self.end_snooze(situation);
                }
            } else if self.is_past(self.state.acknowledge_expires_at) {
                self.expire_acknowledgement();
            }
        }
        self.run_due_steps(situation.policy);
        self.resolve_if_timed_out(situation);
    }

    fn is_past(&self, at: Option<Timestamp>) -> bool {
        at.is_some_and(|at| at <= self.now)
    }

    /// It comes back as if it had just opened: whoever was told before may not be on call any more.
    fn end_snooze(&mut self, situation: Situation<'_>) {
        let fact = IncidentFact::SnoozeEnded {
            owner: self.state.owner,
            next_at: situation.policy.and(self.state.policy).map(|_| self.now),
        };
        self.emit(Actor::System, fact);
    }

    /// The same as if it were given back by hand: what was stopped goes out, and the policy goes on.
    fn expire_acknowledgement(&mut self) {
        let owner = self.state.owner;
        let restored = self.restore_stopped();
        let fact = IncidentFact::AcknowledgementExpired {
            owner,
            restored,
            next_at: self.resumed_at(),
        };
        self.emit(Actor::System, fact);
        self.ring_on();
    }

    /// Never while somebody is still to be paged: an incident that ends unseen is one nobody heard of.
    fn resolve_if_timed_out(&mut self, situation: Situation<'_>) {
        let is_escalating = self.state.state == IncidentState::Triggered
            && matches!(self.state.escalation.state, EscalationState::Due(_));
        let is_due = self.is_past(self.state.auto_resolve_at)
            && self.state.is_open()
            && self.state.snooze.is_none();
        if !is_due || is_escalating {
            return;
        }
        self.resolve_open_alerts(Actor::System);
        let (cancelled, under_way) = self.cancel_planned(situation);
        let fact = IncidentFact::Resolved {
            via: Via::System,
            timed_out: true,
            cancelled,
            under_way,
            from: String::new(),
        };
        self.emit(Actor::System, fact);
    }

    /// Puts the incident off: whoever does so has it until then.
    pub(super) fn snooze(
        &mut self,
        via: Via,
        until: Timestamp,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Err(IncidentError::AlreadyResolved);
        }
        if until <= self.now || until > self.now.plus_secs(limits::SNOOZE_MAX_S) {
            return Err(IncidentError::SnoozeTime);
        }
        if self.state.snooze.is_some_and(|known| known.until == until) {
            return Ok(());
        }
        let (cancelled, under_way) = self.cancel_unless_asked(situation);
        let fact = IncidentFact::Snoozed {
            via,
            until,
            cancelled,
            under_way,
        };
        self.emit(situation.actor, fact);
        Ok(())
    }

    pub(super) fn unsnooze(
        &mut self,
        via: Via,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        let Some(snooze) = self.state.snooze else {
            return Err(IncidentError::NotSnoozed);
        };
        let acknowledged = snooze.was_acknowledged;
        let (restored, next_at, expires_at) = if acknowledged {
            (Vec::new(), None, self.expiry())
        } else {
            (self.restore_stopped(), self.resumed_at(), None)
        };
        let fact = IncidentFact::Unsnoozed {
            via,
            acknowledged,
            expires_at,
            restored,
            next_at,
        };
        self.emit(situation.actor, fact);
        self.ring_on();
        self.run_due_steps(situation.policy);
        Ok(())
    }

    /// When an acknowledgement of this moment no longer holds.
    pub(super) fn expiry(&self) -> Option<Timestamp> {
        let timeouts = timeouts_of(self.state.service, self.ctx);
        later(self.now, timeouts.acknowledge_expires_after_s)
    }
}

impl Incident {
    /// Changes the state by a fact about time.
    pub(super) fn apply_timer(&mut self, fact: &IncidentFact, at: Timestamp, by: Option<UserId>) {
        match fact {
            IncidentFact::Snoozed {
                until, cancelled, ..
            } => {
                let was_acknowledged = self
                    .snooze
                    .map_or(self.state == IncidentState::Acknowledged, |known| {
                        known.was_acknowledged
                    });
                if self.state == IncidentState::Triggered {
                    self.state = IncidentState::Acknowledged;
                    self.acknowledged_at = Some(at);
                    self.owner = by;
                }
                self.acknowledge_expires_at = None;
                self.snooze = Some(Snooze {
                    until: *until,
                    was_acknowledged,
                });
                self.hold_escalation();
                self.stop(cancelled);
            }
            IncidentFact::Unsnoozed {
                acknowledged: true,
                expires_at,
                ..
            } => {
                self.snooze = None;
                self.acknowledge_expires_at = *expires_at;
            }
            IncidentFact::Unsnoozed {
                restored, next_at, ..
            }
            | IncidentFact::AcknowledgementExpired {
                restored, next_at, ..
            } => self.apply_given_back(restored, *next_at),
            IncidentFact::SnoozeEnded { next_at, .. } => self.apply_given_anew(at, *next_at),
            _ => {}
        }
    }
}
