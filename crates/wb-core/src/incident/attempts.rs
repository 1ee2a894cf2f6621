//! What the end of an attempt means for its delivery and for the escalation.

use super::decide::Work;
use super::{
    AttemptOutcome, AttemptReport, AttemptResult, Delivery, FailureReason, IncidentError,
    IncidentFact, Recipient,
};
use crate::actor::Actor;
use crate::config::Policy;
use crate::decision::Effect;
use crate::limits;

impl Work<'_> {
    pub(super) fn attempted(
        &mut self,
        report: AttemptReport,
        policy: Option<&Policy>,
    ) -> Result<(), IncidentError> {
        let (recipient, delivery) = self.known_delivery(&report)?;
        let possible_duplicate = delivery.may_have_gone_out_before(report.number);
        let wanted = self.state.wants(recipient);
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
            self.fall_back_to_admins();
        }
        self.ring_again(delivery);
        Ok(())
    }

    /// The delivery whose attempt is reported, if that was not done before. Attempts are numbered in
    /// the order of their claims, so this is also what keeps a node that was taken for dead from
    /// reporting over the head of the one that took over. All but one thing: that its attempt was
    /// accepted after all is worth knowing, because it makes a further one needless.
    fn known_delivery(
        &self,
        report: &AttemptReport,
    ) -> Result<(Recipient, &Delivery), IncidentError> {
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
            Ok((page.recipient, delivery))
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
