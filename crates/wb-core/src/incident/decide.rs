//! What commands, alerts, ticks and receipts do to an incident.

use std::collections::BTreeSet;

use super::{
    AttemptOutcome, Cause, Delivery, DeliveryState, EscalationState, FailureReason, Incident,
    IncidentFact, IncidentState, PolicyRef, ReassignTo,
};
use crate::actor::{Actor, Via};
use crate::config::Policy;
use crate::decision::{Ctx, Decided, Decision, Effect};
use crate::event::{Severity, Urgency};
use crate::ids::{AlertId, DeliveryId, IdSource, IncidentId, NoteId, ServiceId, TeamId};
use crate::limits;
use crate::time::Timestamp;

/// The decision about an incident.
pub type IncidentDecision = Decision<Incident, IncidentFact>;

/// What opens an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// Its id, derived by whoever opens it.
    pub id: IncidentId,
    /// The service.
    pub service: ServiceId,
    /// The service's team.
    pub team: TeamId,
    /// How bad it is.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// What opens it.
    pub cause: Cause,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words; may be empty.
    pub summary: String,
}

/// What is decided about an open or resolved incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentInput {
    /// Its wake-up is due.
    Tick,
    /// One of its alerts is over.
    AlertResolved {
        /// Which.
        alert: AlertId,
        /// By which way.
        via: Via,
    },
    /// One of its alerts is worse now.
    SeverityRaised {
        /// Which.
        alert: AlertId,
        /// The new severity.
        to: Severity,
        /// The new urgency.
        urgency: Urgency,
    },
    /// Somebody has it.
    Acknowledge {
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
    },
    /// Take the acknowledgement back.
    Unacknowledge {
        /// By which way.
        via: Via,
    },
    /// It is over.
    Resolve {
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
    },
    /// It was resolved too early.
    Reopen {
        /// By which way.
        via: Via,
    },
    /// Give it to somebody else.
    Reassign {
        /// By which way.
        via: Via,
        /// To whom.
        to: ReassignTo,
    },
    /// Give up the pages that were due too long ago while sending was held.
    Drop {
        /// By which way.
        via: Via,
        /// What was due before this.
        due_before: Timestamp,
    },
    /// Write a note.
    Note {
        /// The note's id.
        note: NoteId,
        /// By which way.
        via: Via,
        /// Markdown.
        text: String,
    },
    /// An attempt came to its end.
    Attempt(AttemptReport),
}

/// What the sender reports of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptReport {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// 1 for the first.
    pub number: u32,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// What happened.
    pub result: AttemptResult,
    /// What the provider said.
    pub detail: String,
    /// Random 0 to 999, spreads retries.
    pub jitter_permille: u32,
}

/// What happened in an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    /// The provider took it.
    Accepted,
    /// It failed.
    Failed {
        /// Why.
        reason: FailureReason,
        /// When the provider wants to be asked again, in seconds from now.
        retry_after_s: Option<u32>,
    },
    /// It was stopped before the first byte, because the delivery was no longer needed.
    Withheld,
}

/// What a decision knows besides the incident itself.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The incident's policy at the version it holds; none when it has none or the row is gone.
    pub policy: Option<&'a Policy>,
    /// Deliveries whose outbox row is claimed: they can no longer be cancelled.
    pub under_way: &'a BTreeSet<DeliveryId>,
    /// Who brings the input.
    pub actor: Actor,
}

/// Why a command does not fit the incident's state. None of these changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    /// Resolve beats acknowledge.
    #[error("the incident is already resolved")]
    AlreadyResolved,
    /// There is no acknowledgement to take back.
    #[error("the incident is not acknowledged")]
    NotAcknowledged,
    /// Only a resolved incident can be reopened.
    #[error("the incident is not resolved")]
    NotResolved,
    /// The delivery is not one of this incident's, or its attempt was reported before.
    #[error("this attempt is not known to the incident, or was reported before")]
    UnknownAttempt,
    /// The note is empty or too long.
    #[error("a note needs between 1 and {} bytes of text", limits::NOTE_BYTES)]
    NoteLength,
}

/// Opens an incident and executes its first step.
#[must_use]
pub fn open(new: OpenIncident, actor: Actor, ctx: Ctx<'_>) -> Option<IncidentDecision> {
    let policy = paging_policy(new.service, new.urgency, ctx);
    let fact = IncidentFact::Opened {
        incident: new.id,
        service: new.service,
        team: new.team,
        severity: new.severity,
        urgency: new.urgency,
        cause: new.cause,
        policy,
        title: new.title,
        summary: new.summary,
    };
    let first = Decided {
        at: ctx.now,
        actor,
        fact,
    };
    let state = Incident::open(&first)?;
    let mut work = Work {
        ids: IdSource::new(ctx.now, ctx.input),
        now: ctx.now,
        ctx,
        state,
        facts: vec![first],
        effects: Vec::new(),
    };
    let policy = policy
        .and_then(|held| ctx.config.policies.get(&held.id))
        .map(|p| &p.value);
    work.run_due_steps(policy);
    Some(work.finish())
}

/// The policy that pages for a service at this urgency, at its current version.
fn paging_policy(service: ServiceId, urgency: Urgency, ctx: Ctx<'_>) -> Option<PolicyRef> {
    if urgency == Urgency::None {
        return None;
    }
    let id = ctx.config.services.get(&service)?.value.policy?;
    let version = ctx.config.policies.get(&id)?.version;
    Some(PolicyRef { id, version })
}

/// Decides about an existing incident. A decision without facts means: nothing to change (an
/// acknowledgement of what is acknowledged, a wake-up that is no longer due).
///
/// # Errors
/// When the command does not fit the incident's state.
pub fn decide(
    incident: &Incident,
    input: IncidentInput,
    situation: Situation<'_>,
    ctx: Ctx<'_>,
) -> Result<IncidentDecision, IncidentError> {
    let mut work = Work {
        ids: IdSource::new(ctx.now, ctx.input),
        now: ctx.now.max(incident.updated_at),
        ctx,
        state: incident.clone(),
        facts: Vec::new(),
        effects: Vec::new(),
    };
    match input {
        IncidentInput::Tick => work.run_due_steps(situation.policy),
        IncidentInput::AlertResolved { alert, via } => {
            work.alert_resolved(alert, via, situation);
        }
        IncidentInput::SeverityRaised { alert, to, urgency } => {
            work.severity_raised(alert, to, urgency);
            let held = work.state.policy;
            let policy = situation
                .policy
                .or_else(|| ctx.config.policies.get(&held?.id).map(|p| &p.value));
            work.run_due_steps(policy);
        }
        IncidentInput::Acknowledge { via, from } => work.acknowledge(via, from, situation)?,
        IncidentInput::Unacknowledge { via } => work.unacknowledge(via, situation)?,
        IncidentInput::Resolve { via, from } => work.resolve_by_hand(via, from, situation)?,
        IncidentInput::Reopen { via } => work.reopen(via, situation)?,
        IncidentInput::Reassign { via, to } => work.reassign(via, to, situation)?,
        IncidentInput::Drop { via, due_before } => work.drop_overdue(via, due_before, situation),
        IncidentInput::Note { note, via, text } => {
            if text.trim().is_empty() || text.len() > limits::NOTE_BYTES {
                return Err(IncidentError::NoteLength);
            }
            work.emit(situation.actor, IncidentFact::Noted { note, via, text });
        }
        IncidentInput::Attempt(report) => {
            work.attempted(report, situation.policy)?;
            work.run_due_steps(situation.policy);
        }
    }
    Ok(work.finish())
}

/// A decision in the making: facts are applied to the state as they are made.
pub(super) struct Work<'a> {
    pub(super) ids: IdSource,
    pub(super) now: Timestamp,
    pub(super) ctx: Ctx<'a>,
    pub(super) state: Incident,
    facts: Vec<Decided<IncidentFact>>,
    pub(super) effects: Vec<Effect>,
}

impl Work<'_> {
    pub(super) fn emit(&mut self, actor: Actor, fact: IncidentFact) {
        let decided = Decided {
            at: self.now,
            actor,
            fact,
        };
        self.state.apply(&decided);
        self.facts.push(decided);
    }

    fn finish(self) -> IncidentDecision {
        Decision {
            state: self.state,
            facts: self.facts,
            effects: self.effects,
        }
    }

    fn alert_resolved(&mut self, alert: AlertId, via: Via, situation: Situation<'_>) {
        if self.state.alerts.get(&alert) != Some(&true) {
            return;
        }
        self.emit(situation.actor, IncidentFact::AlertResolved { alert });
        if self.state.is_open() && self.state.open_alerts() == 0 {
            self.resolve(via, String::new(), situation);
        }
    }

    fn severity_raised(&mut self, alert: AlertId, to: Severity, urgency: Urgency) {
        if !to.is_worse_than(self.state.severity) {
            return;
        }
        // Louder than before: a service that only recorded may have to page from now on.
        let policy = match self.state.policy {
            Some(held) => Some(held),
            None => paging_policy(self.state.service, urgency, self.ctx),
        };
        let urgency = urgency.min(self.state.urgency);
        self.emit(
            Actor::System,
            IncidentFact::SeverityRaised {
                to,
                urgency,
                alert,
                policy,
            },
        );
    }

    fn acknowledge(
        &mut self,
        via: Via,
        from: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        match self.state.state {
            IncidentState::Resolved => Err(IncidentError::AlreadyResolved),
            IncidentState::Acknowledged => Ok(()),
            IncidentState::Triggered => {
                let (cancelled, under_way) = self.cancel_planned(situation);
                let fact = IncidentFact::Acknowledged {
                    via,
                    cancelled,
                    under_way,
                    from,
                };
                self.emit(situation.actor, fact);
                Ok(())
            }
        }
    }

    fn unacknowledge(&mut self, via: Via, situation: Situation<'_>) -> Result<(), IncidentError> {
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
        Ok(())
    }

    fn resolve_by_hand(
        &mut self,
        via: Via,
        from: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Ok(());
        }
        let open: Vec<AlertId> = self
            .state
            .alerts
            .iter()
            .filter(|(_, open)| **open)
            .map(|(id, _)| *id)
            .collect();
        for alert in open {
            self.emit(situation.actor, IncidentFact::AlertResolved { alert });
        }
        self.resolve(via, from, situation);
        Ok(())
    }

    fn resolve(&mut self, via: Via, from: String, situation: Situation<'_>) {
        let (cancelled, under_way) = self.cancel_planned(situation);
        let fact = IncidentFact::Resolved {
            via,
            cancelled,
            under_way,
            from,
        };
        self.emit(situation.actor, fact);
    }

    fn reopen(&mut self, via: Via, situation: Situation<'_>) -> Result<(), IncidentError> {
        if self.state.is_open() {
            return Err(IncidentError::NotResolved);
        }
        let restored = self.restore_stopped();
        let next_at = self.resumed_at();
        self.emit(
            situation.actor,
            IncidentFact::Reopened {
                via,
                restored,
                next_at,
            },
        );
        Ok(())
    }

    fn reassign(
        &mut self,
        via: Via,
        to: ReassignTo,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Err(IncidentError::AlreadyResolved);
        }
        let (cancelled, _) = self.cancel_planned(situation);
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
            // The person is paged now; the policy begins anew if they do not acknowledge.
            ReassignTo::User(_) => policy
                .and_then(|policy| policy.steps.first())
                .map(|step| self.now.plus_secs(i64::from(step.escalate_after_s))),
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
            self.page_reassigned(user);
        }
        self.run_due_steps(policy);
        Ok(())
    }

    /// Splits what is still planned into what can be cancelled and what is already being sent, and
    /// asks the outbox to cancel the former.
    fn cancel_planned(&mut self, situation: Situation<'_>) -> (Vec<DeliveryId>, Vec<DeliveryId>) {
        let (under_way, cancelled): (Vec<_>, Vec<_>) = self
            .state
            .planned_deliveries()
            .map(|delivery| delivery.id)
            .partition(|id| situation.under_way.contains(id));
        if !cancelled.is_empty() {
            self.effects.push(Effect::Cancel(cancelled.clone()));
        }
        (cancelled, under_way)
    }

    /// Cancels what is planned since before `due_before`. It is not noted as stopped, so taking back
    /// a later acknowledgement does not bring it back; the escalation goes on as it was.
    fn drop_overdue(&mut self, via: Via, due_before: Timestamp, situation: Situation<'_>) {
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
    }

    /// Plans again what the acknowledgement or resolve in force stopped, none of it in the past.
    fn restore_stopped(&mut self) -> Vec<(DeliveryId, Timestamp)> {
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
    /// the time it had, and never in the past.
    fn resumed_at(&self) -> Option<Timestamp> {
        match self.state.escalation.state {
            EscalationState::Held { was_due: Some(at) } => Some(at.max(self.now)),
            EscalationState::Held { was_due: None } | EscalationState::Exhausted => None,
            EscalationState::Off => None,
            EscalationState::Due(at) => Some(at),
        }
    }

    fn attempted(
        &mut self,
        report: AttemptReport,
        policy: Option<&Policy>,
    ) -> Result<(), IncidentError> {
        let delivery = self.known_delivery(&report)?;
        let possible_duplicate = delivery.may_have_gone_out_before(report.number);
        let wanted = self.state.state == IncidentState::Triggered;
        let outcome = match report.result {
            AttemptResult::Accepted => AttemptOutcome::Accepted,
            AttemptResult::Withheld => AttemptOutcome::Withheld,
            AttemptResult::Failed {
                reason,
                retry_after_s,
            } => {
                if wanted && reason.is_retried_after(report.number) {
                    // Nobody asked us to wait when it was our own node that died.
                    let wait_ms = match reason {
                        FailureReason::Interrupted => 0,
                        _ => retry_delay_ms(report.number, retry_after_s, report.jitter_permille),
                    };
                    AttemptOutcome::Retry {
                        reason,
                        at: self.now.plus_millis(wait_ms),
                    }
                } else {
                    AttemptOutcome::GivenUp { reason }
                }
            }
        };
        let delivery = report.delivery;
        self.effects.push(match outcome {
            AttemptOutcome::Retry { at, .. } => Effect::Retry {
                delivery,
                due_at: at,
            },
            // Withheld because of an acknowledgement that was taken back since: wanted after all.
            AttemptOutcome::Withheld if wanted => Effect::Retry {
                delivery,
                due_at: self.now,
            },
            _ => Effect::Finish { delivery },
        });
        self.emit(
            Actor::System,
            IncidentFact::Attempted {
                delivery,
                number: report.number,
                claimed_at: report.claimed_at,
                outcome,
                possible_duplicate,
                crossed: !wanted && outcome == AttemptOutcome::Accepted,
                detail: report.detail,
            },
        );
        if matches!(outcome, AttemptOutcome::GivenUp { .. }) && wanted {
            self.hasten_if_unreachable(policy);
        }
        Ok(())
    }
}

impl Work<'_> {
    /// The delivery whose attempt is reported, if that was not done before. Attempts are numbered in
    /// the order of their claims, so this is also what keeps a node that was taken for dead from
    /// reporting over the head of the one that took over. All but one thing: that its attempt was
    /// accepted after all is worth knowing, because it makes a further one needless.
    fn known_delivery(&self, report: &AttemptReport) -> Result<&Delivery, IncidentError> {
        let (_, delivery) = self
            .state
            .delivery(report.delivery)
            .ok_or(IncidentError::UnknownAttempt)?;
        let is_new = match delivery.attempts.last() {
            Some(last) if last.number == report.number => {
                last.outcome.was_interrupted() && report.result == AttemptResult::Accepted
            }
            Some(last) => last.number < report.number,
            None => true,
        };
        if is_new {
            Ok(delivery)
        } else {
            Err(IncidentError::UnknownAttempt)
        }
    }
}

/// Milliseconds until the next attempt: doubling from the first delay up to the longest, with up to
/// a quarter added at random, and never before the provider wants to be asked again.
fn retry_delay_ms(number: u32, retry_after_s: Option<u32>, jitter_permille: u32) -> i64 {
    let doublings = number.saturating_sub(1).min(16);
    let backoff_s = limits::RETRY_FIRST_S
        .saturating_mul(1_u32 << doublings)
        .min(limits::RETRY_LONGEST_S);
    let wait_s = backoff_s.max(retry_after_s.unwrap_or(0).min(limits::RETRY_LONGEST_S));
    let wait_ms = i64::from(wait_s) * 1_000;
    wait_ms + wait_ms / 4 * i64::from(jitter_permille.min(999)) / 1_000
}
