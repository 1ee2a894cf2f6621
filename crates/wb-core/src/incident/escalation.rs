//! Climbing the ladder: which step is due, whom it pages, what comes after it.

use super::decide::Work;
use super::targets::Meant;
use super::{
    DeliveryState, EscalationState, IncidentFact, IncidentState, NextStep, Page, Recipient,
};
use crate::actor::Actor;
use crate::config::Policy;
use crate::limits;

/// The shortest wait before a ladder that reached nobody is climbed again, in seconds: without it a
/// policy of empty steps would be climbed without end in one decision.
const EMPTY_CYCLE_WAIT_S: u32 = 60;

impl Work<'_> {
    /// Executes the step that is due. A step that reaches nobody is followed by the next one at
    /// once; missed steps never fire together, because each delay counts from the execution.
    pub(super) fn run_due_steps(&mut self, policy: Option<&Policy>) {
        let Some(policy) = policy else {
            self.give_up_without_policy();
            return;
        };
        // Each step at most once in one decision, plus the end of the ladder.
        for _ in 0..=policy.steps.len() {
            if !self.is_step_due() {
                return;
            }
            if self.state.pages.len() >= limits::PAGES_PER_INCIDENT {
                let cycles = self.state.escalation.cycle.saturating_add(1);
                self.emit(Actor::System, IncidentFact::EscalationExhausted { cycles });
                return;
            }
            self.run_step(policy);
        }
    }

    fn is_step_due(&self) -> bool {
        self.state.state == IncidentState::Triggered
            && matches!(self.state.escalation.state, EscalationState::Due(at) if at <= self.now)
    }

    /// Puts the last step of a policy that had come to its end up once more; the last one that
    /// stands for anybody. Not at once, which would send what was just dropped: it counts as sent,
    /// so the step is due after the time it gives.
    pub(super) fn climb_last_step_again(&mut self, policy: Option<&Policy>) {
        let Some(policy) = policy.filter(|_| self.state.state == IncidentState::Triggered) else {
            return;
        };
        let is_at_end = match self.state.escalation.state {
            EscalationState::Exhausted => true,
            EscalationState::Due(_) => {
                self.state.escalation.next_step as usize >= policy.steps.len()
            }
            EscalationState::Off | EscalationState::Held { .. } => false,
        };
        let stands_for_somebody = |n: &usize| {
            let targets = policy.steps.get(*n).map(|step| &step.targets);
            targets.is_some_and(|targets| self.meant_by(targets).stands_for_somebody())
        };
        let last = (0..policy.steps.len()).rev().find(stands_for_somebody);
        let found = last.and_then(|n| Some((u32::try_from(n).ok()?, policy.steps.get(n)?)));
        if let Some((step, last)) = found.filter(|_| is_at_end) {
            let next = NextStep {
                cycle: self.state.escalation.cycle,
                step,
                at: self.now.plus_secs(i64::from(last.escalate_after_s)),
            };
            self.emit(Actor::System, IncidentFact::EscalationRestarted { next });
        }
    }

    /// The policy's row is gone although the incident holds it: say so instead of waking up for
    /// ever.
    fn give_up_without_policy(&mut self) {
        if self.is_step_due() {
            let cycles = self.state.escalation.cycle;
            self.emit(Actor::System, IncidentFact::EscalationExhausted { cycles });
        }
    }

    fn run_step(&mut self, policy: &Policy) {
        let cycle = self.state.escalation.cycle;
        let number = self.state.escalation.next_step;
        let Some(step) = policy.steps.get(number as usize) else {
            let cycles = cycle.saturating_add(1);
            self.emit(Actor::System, IncidentFact::EscalationExhausted { cycles });
            return;
        };
        let Meant { told, passed_over } = self.meant_by(&step.targets);
        let pages: Vec<_> = told
            .into_iter()
            .map(|(recipient, why)| self.plan_page(recipient, why, cycle, Some(number)))
            .collect();
        let reachable = pages.iter().filter(|page| page.is_reachable()).count();
        let next = self.next_step(policy, step.escalate_after_s, reachable > 0);
        let reachable = u32::try_from(reachable).unwrap_or(u32::MAX);
        let fact = IncidentFact::StepExecuted {
            cycle,
            step: number,
            reachable,
            passed_over,
            next,
        };
        self.emit(Actor::System, fact);
        for page in pages {
            self.page(page);
        }
    }

    fn next_step(&self, policy: &Policy, escalate_after_s: u32, reached: bool) -> NextStep {
        let cycle = self.state.escalation.cycle;
        let step = self.state.escalation.next_step.saturating_add(1);
        let after = |seconds: u32| self.now.plus_secs(i64::from(seconds));
        let is_last = step as usize >= policy.steps.len();
        if !is_last {
            let at = if reached {
                after(escalate_after_s)
            } else {
                self.now
            };
            NextStep { cycle, step, at }
        } else if cycle < policy.repeat {
            let wait_s = if reached {
                escalate_after_s
            } else {
                escalate_after_s.max(EMPTY_CYCLE_WAIT_S)
            };
            NextStep {
                cycle: cycle.saturating_add(1),
                step: 0,
                at: after(wait_s),
            }
        } else {
            NextStep {
                cycle,
                step,
                at: after(escalate_after_s),
            }
        }
    }

    /// When no page of the last executed step can reach anybody any more, the next step comes now.
    /// Only a step further up the same climb: a repeat keeps its distance, else a mail server that is
    /// down for a minute would use up the whole policy within that minute.
    pub(super) fn hasten_if_unreachable(&mut self, policy: Option<&Policy>) {
        let EscalationState::Due(at) = self.state.escalation.state else {
            return;
        };
        let Some(last) = self.state.pages.last() else {
            return;
        };
        let next = self.state.escalation.next_step;
        let is_further_up = self.state.escalation.cycle == last.cycle
            && last.step.is_none_or(|step| next > step)
            && policy.is_some_and(|policy| (next as usize) < policy.steps.len());
        if at > self.now && is_further_up && !self.may_still_reach(last) {
            self.emit(
                Actor::System,
                IncidentFact::EscalationHastened { next_at: self.now },
            );
        }
    }

    /// Whether a page decided together with `last` may still reach somebody who is counted on; a
    /// person, if any of them is for a person. Together is also a matter of time: a ladder that began anew counts its
    /// climbs from 0 again.
    fn may_still_reach(&self, last: &Page) -> bool {
        let together: Vec<_> = self
            .state
            .pages
            .iter()
            .filter(|page| (page.at, page.cycle, page.step) == (last.at, last.cycle, last.step))
            .filter(|page| !page.why.is_shadow())
            .collect();
        let is_person = |page: &Page| matches!(page.recipient, Recipient::Person(_));
        let has_person = together.iter().any(|page| is_person(page));
        together
            .iter()
            .filter(|page| !has_person || is_person(page))
            .flat_map(|page| &page.deliveries)
            .any(|d| matches!(d.state, DeliveryState::Planned | DeliveryState::Sent))
    }
}
