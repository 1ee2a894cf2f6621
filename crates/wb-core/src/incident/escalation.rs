//! Climbing the ladder: which step is due, whom it pages, what comes after it.

use super::decide::Work;
use super::paging::PlannedPage;
use super::targets::Meant;
use super::{
    DeliveryState, EscalationState, IncidentFact, IncidentState, NextStep, Page, PageWhy,
    Recipient, Unmet,
};
use crate::actor::Actor;
use crate::config::{Condition, Policy, Target};
use crate::event::{Severity, Urgency};
use crate::limits;
use crate::oncall;
use crate::time::Timestamp;

/// The shortest wait before a ladder that reached nobody is climbed again, in seconds: without it a
/// policy of empty steps would be climbed without end in one decision.
const EMPTY_CYCLE_WAIT_S: u32 = 60;

/// How bad an incident is and how loudly it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) severity: Severity,
    pub(super) urgency: Urgency,
}

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
            if let Some(until) = self.waits_until(policy) {
                self.emit(Actor::System, IncidentFact::Deferred { until });
                return;
            }
            match self.unmet_now(policy) {
                Some(unmet) => self.skip_step(policy, unmet),
                None => self.run_step(policy),
            }
        }
    }

    /// Executes the step that somebody wants now, whatever it and the policy ask for.
    pub(super) fn run_wanted_step(&mut self, policy: &Policy) {
        if self.state.pages.len() < limits::PAGES_PER_INCIDENT {
            self.run_step(policy);
        }
    }

    /// When the hours open that low urgency waits for; none when it need not wait. What cannot be
    /// read is not waited for.
    fn waits_until(&self, policy: &Policy) -> Option<Timestamp> {
        let hours = policy.low_urgency_hours.as_ref()?;
        if self.state.urgency == Urgency::High {
            return None;
        }
        oncall::next_open(hours, self.now).filter(|at| *at > self.now)
    }

    /// What the step that is due asks for in vain.
    fn unmet_now(&self, policy: &Policy) -> Option<Unmet> {
        let step = policy.steps.get(self.state.escalation.next_step as usize)?;
        unmet(&step.only, self.weight(), self.now)
    }

    pub(super) fn weight(&self) -> Weight {
        Weight {
            severity: self.state.severity,
            urgency: self.state.urgency,
        }
    }

    fn skip_step(&mut self, policy: &Policy, unmet: Unmet) {
        let cycle = self.state.escalation.cycle;
        let step = self.state.escalation.next_step;
        let next = self.next_step(policy, 0, false);
        let fact = IncidentFact::StepSkipped {
            cycle,
            step,
            unmet,
            next,
        };
        self.emit(Actor::System, fact);
    }

    /// What became urgent waits for no hours, and goes back to the first step that was skipped because
    /// it was not as bad before.
    pub(super) fn climb_as_louder(&mut self, before: Weight, policy: Option<&Policy>) {
        if self.state.state != IncidentState::Triggered {
            return;
        }
        if self.state.urgency < before.urgency && self.state.is_deferred() {
            let next_at = self.now;
            self.emit(Actor::System, IncidentFact::DeferralEnded { next_at });
        }
        let is_climbing = matches!(
            self.state.escalation.state,
            EscalationState::Due(_) | EscalationState::Exhausted
        );
        let Some(policy) = policy.filter(|_| is_climbing) else {
            return;
        };
        let passed = policy.steps.iter().zip(0..self.state.escalation.next_step);
        let now_meant = passed.into_iter().find(|(step, _)| {
            let was = unmet(&step.only, before, self.now);
            was.is_some() && unmet(&step.only, self.weight(), self.now).is_none()
        });
        if let Some((_, step)) = now_meant {
            let next = NextStep {
                cycle: self.state.escalation.cycle,
                step,
                at: self.now,
            };
            self.emit(Actor::System, IncidentFact::EscalationRestarted { next });
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
            self.come_to_end(None, self.state.escalation.cycle);
        }
    }

    /// Nobody acknowledged to the end: whoever is there for that is told. Nothing ends without
    /// anybody having been told; where nobody could be, the admins are.
    fn come_to_end(&mut self, policy: Option<&Policy>, cycles: u32) {
        self.emit(Actor::System, IncidentFact::EscalationExhausted { cycles });
        let targets = policy.map_or(&[][..], |policy| &policy.fallback);
        let pages = self.plan_all(targets, cycles);
        if !pages.is_empty() {
            self.fall_back(pages, false);
        }
        self.fall_back_to_admins();
    }

    /// Tells the admins when the policy has come to its end and nobody else was, or may still be,
    /// told.
    pub(super) fn fall_back_to_admins(&mut self) {
        let is_over = self.state.escalation.state == EscalationState::Exhausted
            && self.state.state == IncidentState::Triggered
            && !self.state.escalation.fell_back;
        if !is_over || self.somebody_is_told() {
            return;
        }
        let cycle = self.state.escalation.cycle.saturating_add(1);
        let mut pages = self.plan_all(&[Target::Admins], cycle);
        pages.retain(PlannedPage::is_reachable);
        self.fall_back(pages, true);
    }

    fn fall_back(&mut self, pages: Vec<PlannedPage>, to_admins: bool) {
        let people = pages.iter().filter(|page| page.reaches_person());
        let reachable = u32::try_from(people.count()).unwrap_or(u32::MAX);
        let fact = IncidentFact::FellBack {
            to_admins,
            reachable,
        };
        self.emit(Actor::System, fact);
        for page in pages {
            self.page(page);
        }
    }

    fn plan_all(&mut self, targets: &[Target], cycle: u32) -> Vec<PlannedPage> {
        let told = self.meant_by(targets).told;
        self.not_confirmed(told)
            .into_iter()
            .map(|(recipient, why)| self.plan_page(recipient, why, cycle, None))
            .collect()
    }

    /// Whether a person who is counted on was told, or will be as far as is known.
    fn somebody_is_told(&self) -> bool {
        let people = self.state.pages.iter().filter(|page| {
            matches!(page.recipient, Recipient::Person(_))
                && !page.why.is_shadow()
                && !page.why.is_asked()
        });
        people
            .flat_map(|page| &page.deliveries)
            .any(|delivery| match delivery.state {
                DeliveryState::Sent => true,
                DeliveryState::Planned => delivery.attempts.is_empty(),
                DeliveryState::GivenUp | DeliveryState::Cancelled => false,
            })
    }

    fn run_step(&mut self, policy: &Policy) {
        let cycle = self.state.escalation.cycle;
        let number = self.state.escalation.next_step;
        let Some(step) = policy.steps.get(number as usize) else {
            self.come_to_end(Some(policy), cycle.saturating_add(1));
            return;
        };
        let Meant { told, passed_over } = self.meant_by(&step.targets);
        let told = self.not_confirmed(told);
        let (told, turn) = match self.state.policy {
            Some(held) if step.round_robin => self.take_turn(held.id, number, told),
            _ => (told, None),
        };
        let pages: Vec<_> = told
            .into_iter()
            .map(|(recipient, why)| self.plan_page(recipient, why, cycle, Some(number)))
            .collect();
        let awaits = if step.needs_everyone {
            pages.iter().filter_map(PlannedPage::person).collect()
        } else {
            Vec::new()
        };
        let reachable = pages.iter().filter(|page| page.is_reachable()).count();
        let next = self.next_step(policy, step.escalate_after_s, reachable > 0);
        let reachable = u32::try_from(reachable).unwrap_or(u32::MAX);
        let fact = IncidentFact::StepExecuted {
            cycle,
            step: number,
            reachable,
            passed_over,
            awaits,
            turn,
            next,
        };
        self.emit(Actor::System, fact);
        for page in pages {
            self.page(page);
        }
    }

    /// Those of them who did not acknowledge for themselves yet.
    fn not_confirmed(&self, mut told: Vec<(Recipient, PageWhy)>) -> Vec<(Recipient, PageWhy)> {
        told.retain(|(recipient, why)| self.state.wants(*recipient, *why));
        told
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
        let mut newest_first = self.state.pages.iter().rev();
        let Some(last) = newest_first.find(|page| !page.why.is_asked()) else {
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
            .filter(|page| !page.why.is_shadow() && !page.why.is_asked())
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

/// The first thing that a step's condition asks for and an incident of this weight does not give at
/// this time. Hours that cannot be read are no condition: better told than not.
fn unmet(only: &Condition, weight: Weight, now: Timestamp) -> Option<Unmet> {
    if only.urgency.is_some_and(|wanted| wanted != weight.urgency) {
        return Some(Unmet::Urgency);
    }
    let is_bad_enough = |least: Severity| !least.is_worse_than(weight.severity);
    if !only.severity_at_least.is_none_or(is_bad_enough) {
        return Some(Unmet::Severity);
    }
    let within = only.within.as_ref();
    let outside = only.outside.as_ref();
    let is_within = within.and_then(|hours| oncall::is_open(hours, now));
    let is_outside = outside.and_then(|hours| oncall::is_open(hours, now));
    (is_within == Some(false) || is_outside == Some(true)).then_some(Unmet::Hours)
}
