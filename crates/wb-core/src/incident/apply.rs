//! Folding: the only way in which an incident's state changes.

use std::collections::BTreeMap;

use super::{
    Attempt, AttemptOutcome, Cause, Delivery, DeliveryState, Escalation, EscalationState, Incident,
    IncidentFact, IncidentState, Merged, NewDelivery, NextStep, Page, PolicyRef, ReassignTo,
};
use crate::decision::Decided;
use crate::event::{Severity, Urgency};
use crate::ids::{DeliveryId, UserId};
use crate::time::Timestamp;

impl Incident {
    /// The state that the first fact gives; `None` when that is not [`IncidentFact::Opened`].
    #[must_use]
    pub fn open(first: &Decided<IncidentFact>) -> Option<Self> {
        let at = first.at;
        let IncidentFact::Opened {
            incident,
            service,
            team,
            severity,
            urgency,
            cause,
            policy,
            auto_resolve_at,
            title,
            summary,
        } = &first.fact
        else {
            return None;
        };
        let alerts = match cause {
            Cause::Alert { alert, .. } => BTreeMap::from([(*alert, true)]),
            Cause::Declared { .. } => BTreeMap::new(),
        };
        let state = match policy {
            Some(_) => EscalationState::Due(at),
            None => EscalationState::Off,
        };
        Some(Self {
            id: *incident,
            service: *service,
            team: *team,
            title: title.clone(),
            summary: summary.clone(),
            severity: *severity,
            urgency: *urgency,
            state: IncidentState::Triggered,
            cause: *cause,
            policy: *policy,
            opened_at: at,
            acknowledged_at: None,
            resolved_at: None,
            owner: None,
            snooze: None,
            acknowledge_expires_at: None,
            auto_resolve_at: *auto_resolve_at,
            alerts,
            escalation: Escalation {
                cycle: 0,
                next_step: 0,
                state,
                fell_back: false,
            },
            deferred_until: None,
            awaited: BTreeMap::new(),
            rings_from: None,
            pages: Vec::new(),
            responders: Vec::new(),
            stopped: Vec::new(),
            merged: None,
            absorbed: Vec::new(),
            updated_at: at,
        })
    }

    /// Changes the state by one later fact.
    pub fn apply(&mut self, later: &Decided<IncidentFact>) {
        let Decided { at, actor, fact } = later;
        let at = *at;
        self.updated_at = at;
        match fact {
            IncidentFact::Opened { .. }
            | IncidentFact::Noted { .. }
            | IncidentFact::NoteEdited { .. }
            | IncidentFact::NoteDeleted { .. } => {}
            IncidentFact::AlertResolved { alert } => {
                self.alerts.insert(*alert, false);
            }
            IncidentFact::SeverityRaised {
                to,
                urgency,
                policy,
                ..
            } => {
                self.apply_weight(*to, *urgency, *policy, at);
            }
            IncidentFact::StepExecuted { .. }
            | IncidentFact::StepSkipped { .. }
            | IncidentFact::Deferred { .. }
            | IncidentFact::DeferralEnded { .. }
            | IncidentFact::EscalationRestarted { .. }
            | IncidentFact::EscalationExhausted { .. }
            | IncidentFact::EscalationHastened { .. }
            | IncidentFact::FellBack { .. }
            | IncidentFact::Escalated { .. } => self.apply_climb(fact, at),
            IncidentFact::Snoozed { .. }
            | IncidentFact::Unsnoozed { .. }
            | IncidentFact::SnoozeEnded { .. }
            | IncidentFact::AcknowledgementExpired { .. } => {
                self.apply_timer(fact, at, actor.user());
            }
            IncidentFact::Paged { .. } => self.apply_paged(fact, at),
            IncidentFact::Repeated { page, delivery } => {
                if let Some(page) = self.pages.iter_mut().find(|known| known.id == *page) {
                    page.deliveries.push(Delivery::planned(delivery));
                }
            }
            IncidentFact::Attempted { .. } => self.apply_attempted(fact, at),
            IncidentFact::HeldBack { delivery, held } => self.apply_held_back(*delivery, *held),
            IncidentFact::Dropped { deliveries, .. } => {
                self.set_deliveries(deliveries, DeliveryState::Cancelled);
            }
            IncidentFact::Acknowledged { .. }
            | IncidentFact::Confirmed { .. }
            | IncidentFact::Unacknowledged { .. }
            | IncidentFact::Resolved { .. }
            | IncidentFact::Reopened { .. }
            | IncidentFact::Reassigned { .. } => self.apply_command(fact, at, actor.user()),
            IncidentFact::RespondersAsked { .. } | IncidentFact::ResponderAnswered { .. } => {
                self.apply_responders(later);
            }
            IncidentFact::Recalled { next_at, .. } => self.apply_given_anew(at, *next_at),
            IncidentFact::MergedInto { .. } | IncidentFact::Absorbed { .. } => {
                self.apply_merge(fact, at);
            }
        }
    }

    fn apply_climb(&mut self, fact: &IncidentFact, at: Timestamp) {
        match fact {
            IncidentFact::StepExecuted { next, awaits, .. } => {
                self.escalation = Escalation::at(*next);
                for user in awaits {
                    self.awaited.entry(*user).or_insert(false);
                }
            }
            IncidentFact::StepSkipped { next, .. } | IncidentFact::EscalationRestarted { next } => {
                self.escalation = Escalation::at(*next);
            }
            IncidentFact::Escalated { next, .. } => {
                // While nobody has it, whoever is rung by now goes on being rung.
                let rings_from = match self.state {
                    IncidentState::Triggered => self.rings_from,
                    IncidentState::Acknowledged | IncidentState::Resolved => Some(at),
                };
                self.apply_given_anew(at, Some(next.at));
                self.rings_from = rings_from;
                self.escalation = Escalation::at(*next);
            }
            IncidentFact::Deferred { until } => {
                self.deferred_until = Some(*until);
                self.escalation.state = EscalationState::Due(*until);
            }
            IncidentFact::EscalationHastened { next_at }
            | IncidentFact::DeferralEnded { next_at } => {
                self.escalation.state = EscalationState::Due(*next_at);
            }
            IncidentFact::EscalationExhausted { .. } => {
                self.escalation.state = EscalationState::Exhausted;
            }
            IncidentFact::FellBack { to_admins, .. } => {
                self.escalation.fell_back |= *to_admins;
            }
            _ => {}
        }
    }

    /// How bad it is and how loudly it is told, and the policy that pages from now on if none did.
    fn apply_weight(
        &mut self,
        severity: Severity,
        urgency: Urgency,
        policy: Option<PolicyRef>,
        at: Timestamp,
    ) {
        self.severity = severity;
        self.urgency = urgency;
        if self.policy.is_none() && policy.is_some() {
            self.policy = policy;
            self.escalation = Escalation::from_start(at);
            if self.state != IncidentState::Triggered {
                self.hold_escalation();
            }
        }
    }

    fn apply_merge(&mut self, fact: &IncidentFact, at: Timestamp) {
        match fact {
            IncidentFact::MergedInto {
                into,
                alerts,
                cancelled,
                ..
            } => {
                self.apply_over(cancelled, at);
                self.alerts.clear();
                self.merged = Some(Merged {
                    into: *into,
                    alerts: alerts.clone(),
                });
            }
            IncidentFact::Absorbed {
                incident,
                firing,
                resolved,
                severity,
                urgency,
                policy,
                ..
            } => {
                self.absorbed.push(*incident);
                self.alerts.extend(firing.iter().map(|id| (*id, true)));
                self.alerts.extend(resolved.iter().map(|id| (*id, false)));
                self.apply_weight(*severity, *urgency, *policy, at);
            }
            _ => {}
        }
    }

    fn apply_command(&mut self, fact: &IncidentFact, at: Timestamp, by: Option<UserId>) {
        match fact {
            IncidentFact::Acknowledged {
                cancelled,
                expires_at,
                ..
            } => {
                self.state = IncidentState::Acknowledged;
                self.acknowledged_at = Some(at);
                self.acknowledge_expires_at = *expires_at;
                self.owner = by;
                self.hold_escalation();
                self.stop(cancelled);
            }
            IncidentFact::Confirmed { cancelled, .. } => {
                self.awaited.extend(by.map(|user| (user, true)));
                self.set_deliveries(cancelled, DeliveryState::Cancelled);
            }
            IncidentFact::Unacknowledged {
                restored, next_at, ..
            } => self.apply_given_back(restored, *next_at),
            IncidentFact::Resolved { cancelled, .. } => self.apply_over(cancelled, at),
            IncidentFact::Reopened {
                restored,
                next_at,
                auto_resolve_at,
                ..
            } => {
                self.resolved_at = None;
                self.auto_resolve_at = *auto_resolve_at;
                self.apply_given_back(restored, *next_at);
            }
            IncidentFact::Reassigned {
                to,
                cancelled,
                next_at,
                ..
            } => {
                self.apply_reassigned(to, at, *next_at);
                self.set_deliveries(cancelled, DeliveryState::Cancelled);
            }
            _ => {}
        }
    }

    fn apply_paged(&mut self, fact: &IncidentFact, at: Timestamp) {
        let IncidentFact::Paged {
            page,
            recipient,
            recipient_version,
            cycle,
            step,
            why,
            deliveries,
            ..
        } = fact
        else {
            return;
        };
        self.pages.push(Page {
            id: *page,
            recipient: *recipient,
            recipient_version: *recipient_version,
            cycle: *cycle,
            step: *step,
            at,
            why: *why,
            deliveries: deliveries.iter().map(Delivery::planned).collect(),
        });
    }

    fn apply_attempted(&mut self, fact: &IncidentFact, at: Timestamp) {
        let IncidentFact::Attempted {
            delivery,
            number,
            claimed_at,
            outcome,
            possible_duplicate,
            together,
            ..
        } = fact
        else {
            return;
        };
        let page = self.delivery(*delivery).map(|(page, _)| page);
        let wanted = page.is_some_and(|page| self.wants(page.recipient, page.why));
        let is_held = if page.is_some_and(|page| page.why.is_asked()) {
            !self.is_open()
        } else {
            self.state != IncidentState::Triggered
        };
        let stopped = match outcome {
            AttemptOutcome::Withheld => is_held,
            AttemptOutcome::GivenUp { reason } => is_held && reason.may_be_retried_after(*number),
            AttemptOutcome::Accepted | AttemptOutcome::Retry { .. } => false,
        };
        if stopped && !self.stopped.contains(delivery) {
            self.stopped.push(*delivery);
        }
        if let Some(found) = self.delivery_mut(*delivery) {
            found.held_back = None;
            // An attempt that was taken for lost and turns out to have been accepted.
            found.attempts.retain(|known| known.number != *number);
            found.attempts.push(Attempt {
                number: *number,
                claimed_at: *claimed_at,
                finished_at: at,
                outcome: *outcome,
                possible_duplicate: *possible_duplicate,
                together: *together,
            });
            found.state = match outcome {
                AttemptOutcome::Accepted => DeliveryState::Sent,
                AttemptOutcome::Retry { .. } => DeliveryState::Planned,
                AttemptOutcome::Withheld if wanted => DeliveryState::Planned,
                AttemptOutcome::GivenUp { .. } if wanted => DeliveryState::GivenUp,
                AttemptOutcome::GivenUp { .. } | AttemptOutcome::Withheld => {
                    DeliveryState::Cancelled
                }
            };
        }
    }

    fn apply_reassigned(&mut self, to: &ReassignTo, at: Timestamp, next_at: Option<Timestamp>) {
        if let ReassignTo::Policy(policy) = to {
            self.policy = Some(*policy);
        }
        self.apply_given_anew(at, next_at);
    }

    /// Nobody has it, and its policy begins at this time.
    pub(super) fn apply_given_anew(&mut self, at: Timestamp, next_at: Option<Timestamp>) {
        self.apply_nobodys();
        self.stopped.clear();
        self.rings_from = Some(at);
        self.escalation = Escalation {
            cycle: 0,
            next_step: 0,
            state: next_at.map_or(EscalationState::Off, EscalationState::Due),
            fell_back: false,
        };
    }

    /// Nobody has it, and its policy goes on where it was held, with what was stopped.
    pub(super) fn apply_given_back(
        &mut self,
        restored: &[(DeliveryId, Timestamp)],
        next_at: Option<Timestamp>,
    ) {
        self.apply_nobodys();
        self.resume_escalation(next_at);
        self.apply_restored(restored);
    }

    fn apply_nobodys(&mut self) {
        self.state = IncidentState::Triggered;
        self.acknowledged_at = None;
        self.acknowledge_expires_at = None;
        self.snooze = None;
        self.owner = None;
        self.awaited.clear();
    }

    fn apply_over(&mut self, cancelled: &[DeliveryId], at: Timestamp) {
        self.state = IncidentState::Resolved;
        self.resolved_at = Some(at);
        self.acknowledge_expires_at = None;
        self.snooze = None;
        self.hold_escalation();
        self.stop(cancelled);
    }

    pub(super) fn stop(&mut self, cancelled: &[DeliveryId]) {
        self.set_deliveries(cancelled, DeliveryState::Cancelled);
        self.stopped.extend_from_slice(cancelled);
    }

    fn apply_restored(&mut self, restored: &[(DeliveryId, Timestamp)]) {
        self.stopped.clear();
        for (id, due_at) in restored {
            if let Some(delivery) = self.delivery_mut(*id) {
                delivery.state = DeliveryState::Planned;
                delivery.held_back = None;
                delivery.due_at = *due_at;
            }
        }
    }

    pub(super) fn set_deliveries(&mut self, ids: &[DeliveryId], state: DeliveryState) {
        for id in ids {
            if let Some(delivery) = self.delivery_mut(*id) {
                delivery.state = state;
            }
        }
    }

    pub(super) fn delivery_mut(&mut self, id: DeliveryId) -> Option<&mut Delivery> {
        self.pages
            .iter_mut()
            .flat_map(|page| &mut page.deliveries)
            .find(|d| d.id == id)
    }

    pub(super) fn hold_escalation(&mut self) {
        let was_due = match self.escalation.state {
            EscalationState::Due(at) => Some(at),
            EscalationState::Held { was_due } => was_due,
            EscalationState::Off => return,
            EscalationState::Exhausted => None,
        };
        self.escalation.state = EscalationState::Held { was_due };
    }

    /// Goes on where it was held; a ladder that had come to its end begins anew.
    fn resume_escalation(&mut self, next_at: Option<Timestamp>) {
        if let Some(at) = next_at {
            let had_ended = matches!(
                self.escalation.state,
                EscalationState::Held { was_due: None } | EscalationState::Exhausted
            );
            if had_ended {
                self.escalation = Escalation::from_start(at);
            } else {
                self.escalation.state = EscalationState::Due(at);
            }
        } else if self.escalation.state != EscalationState::Off {
            self.escalation.state = EscalationState::Exhausted;
        }
    }
}

impl Escalation {
    const fn at(next: NextStep) -> Self {
        Self {
            cycle: next.cycle,
            next_step: next.step,
            state: EscalationState::Due(next.at),
            fell_back: false,
        }
    }

    pub(super) const fn from_start(at: Timestamp) -> Self {
        Self {
            cycle: 0,
            next_step: 0,
            state: EscalationState::Due(at),
            fell_back: false,
        }
    }
}

impl Delivery {
    fn planned(new: &NewDelivery) -> Self {
        Self {
            id: new.id,
            method: new.method,
            channel: new.channel.clone(),
            due_at: new.due_at,
            state: DeliveryState::Planned,
            held_back: None,
            attempts: Vec::new(),
        }
    }
}
