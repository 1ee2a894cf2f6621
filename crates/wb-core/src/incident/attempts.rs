//! What the end of an attempt means for its delivery and for the escalation.

use super::decide::Work;
use super::{
    AttemptOutcome, AttemptReport, AttemptResult, Delivery, FailureReason, IncidentError,
    IncidentFact, Page,
};
use crate::actor::Actor;
use crate::config::Policy;
use crate::decision::Effect;
use crate::limits;
use crate::planted::{self, Bug};

impl Work<'_> {
    pub(super) fn attempted(
        &mut self,
        report: AttemptReport,
        policy: Option<&Policy>,
    ) -> Result<(), IncidentError> {
        let (page, delivery) = self.known_delivery(&report)?;
        let possible_duplicate = delivery.may_have_gone_out_before(report.number);
        let wanted = self.state.wants(page.recipient, page.why);
        let is_asked = page.why.is_asked();
        let outcome = match report.result {
            AttemptResult::Accepted if planted::is(Bug::RetryAfterSuccess) => {
                let reason = FailureReason::ProviderFault;
                AttemptOutcome::Retry {
                    reason,
                    at: self.now,
                }
            }
            AttemptResult::Accepted => AttemptOutcome::Accepted,
            AttemptResult::Withheld => AttemptOutcome::Withheld,
            AttemptResult::Failed {
                reason,
                retry_after_s,
            } => {
                let chain = Chain::of(&report, delivery, reason);
                match chain.wait_ms(retry_after_s, report.jitter_permille) {
                    Some(wait_ms) if wanted => AttemptOutcome::Retry {
                        reason,
                        at: self.now.plus_millis(wait_ms),
                    },
                    _ => AttemptOutcome::GivenUp { reason },
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
                together: report.together,
                detail: report.detail,
            },
        );
        // Whoever is asked to help is none of those whom the policy counts on.
        if matches!(outcome, AttemptOutcome::GivenUp { .. }) && wanted && !is_asked {
            self.hasten_if_unreachable(policy);
            self.fall_back_to_admins();
        }
        self.ring_again(delivery);
        Ok(())
    }

    /// The delivery whose attempt is reported, if that was not done before. Attempts are numbered in
    /// the order of their claims, so this is also what keeps a node that was taken for dead from
    /// reporting over the head of the one that took over. All but one thing: that its attempt was
    /// accepted after all is worth knowing, because it makes a further one needless.
    fn known_delivery(&self, report: &AttemptReport) -> Result<(&Page, &Delivery), IncidentError> {
        let (page, delivery) = self
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
            Ok((page, delivery))
        } else {
            Err(IncidentError::UnknownAttempt)
        }
    }
}

/// Where an attempt that failed stands in its channel's chain of providers. They are tried in turn;
/// a round is over when each of them was.
struct Chain {
    /// Which round it is, from 1.
    round: u32,
    /// Whether it was the last provider of its round.
    ends_round: bool,
    /// Why it failed.
    reason: FailureReason,
    /// Whether the same may work with any of them later.
    is_worth_retrying: bool,
}

impl Chain {
    fn of(report: &AttemptReport, delivery: &Delivery, reason: FailureReason) -> Self {
        let providers = report.providers.max(1);
        let before = report.number.saturating_sub(1);
        let begun_at = before - before % providers;
        // A provider that refuses says nothing about the one before it that could not be reached.
        let earlier_in_round = delivery
            .attempts
            .iter()
            .filter(|attempt| attempt.number > begun_at && attempt.number < report.number);
        let mut reasons = earlier_in_round.filter_map(|attempt| attempt.outcome.failed_because());
        Self {
            round: before / providers + 1,
            ends_round: report.number.is_multiple_of(providers),
            reason,
            is_worth_retrying: reason.is_worth_retrying()
                || reasons.any(FailureReason::is_worth_retrying),
        }
    }

    /// Milliseconds until the next attempt, if there is one: none for the next provider, and none
    /// where it was our own node that died, since nobody asked us to wait.
    fn wait_ms(&self, retry_after_s: Option<u32>, jitter_permille: u32) -> Option<i64> {
        if !self.ends_round {
            return Some(0);
        }
        let is_tried_again = self.is_worth_retrying && self.round < limits::ATTEMPTS_PER_DELIVERY;
        is_tried_again.then(|| match self.reason {
            FailureReason::Interrupted => 0,
            _ => retry_delay_ms(self.round, retry_after_s, jitter_permille),
        })
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
