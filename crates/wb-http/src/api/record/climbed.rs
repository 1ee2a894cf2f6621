//! How the policy was climbed, in words.

use wb_core::ids::UserId;
use wb_core::incident::{IncidentFact, NotTold, TurnTaken, Unmet};
use wb_ports::catalogue;

use super::waited::in_utc;
use super::{Said, Words};
use crate::api::refs::{channel_label, shown};

impl Words<'_> {
    /// A step was executed, skipped or put off, or the policy came to its end.
    pub(super) fn climbed(&self, fact: &IncidentFact) -> Said {
        let plain = |key: &str| catalogue::text(key, &[]);
        match fact {
            IncidentFact::StepExecuted { .. } | IncidentFact::StepSkipped { .. } => {
                self.stepped(fact)
            }
            IncidentFact::Deferred { until } => Said {
                kind: "deferred",
                text: catalogue::text("record.deferred", &[("until", &in_utc(*until))]),
                next_at: Some(*until),
                ..Said::default()
            },
            IncidentFact::DeferralEnded { next_at } => Said {
                kind: "deferral_ended",
                text: plain("record.deferral_ended"),
                next_at: Some(*next_at),
                ..Said::default()
            },
            IncidentFact::EscalationExhausted { cycles } => Said {
                kind: "escalation_exhausted",
                text: catalogue::plural("record.escalation_exhausted", u64::from(*cycles), &[]),
                ..Said::default()
            },
            IncidentFact::EscalationHastened { next_at } => Said {
                kind: "escalation_hastened",
                text: plain("record.escalation_hastened"),
                next_at: Some(*next_at),
                ..Said::default()
            },
            IncidentFact::EscalationRestarted { next } => Said {
                kind: "escalation_restarted",
                text: catalogue::text(
                    "record.escalation_restarted",
                    &[("step", &next.step.saturating_add(1))],
                ),
                next_at: Some(next.at),
                ..Said::default()
            },
            IncidentFact::FellBack {
                to_admins,
                reachable,
            } => Said {
                kind: "fell_back",
                text: plain(match (to_admins, reachable) {
                    (true, 0) => "record.fell_back_in_vain",
                    (true, _) => "record.fell_back_to_admins",
                    (false, _) => "record.fell_back",
                }),
                ..Said::default()
            },
            _ => Said::default(),
        }
    }

    /// A step was executed, or left out.
    fn stepped(&self, fact: &IncidentFact) -> Said {
        match fact {
            IncidentFact::StepExecuted {
                step,
                reachable,
                passed_over,
                awaits,
                turn,
                next,
                ..
            } => Said {
                kind: "step_executed",
                text: step_text(*step, *reachable),
                why: self.expected(passed_over, awaits, turn.as_ref()),
                next_at: Some(next.at),
                ..Said::default()
            },
            IncidentFact::StepSkipped {
                step, unmet, next, ..
            } => Said {
                kind: "step_skipped",
                text: catalogue::text("record.step_skipped", &[("step", &step.saturating_add(1))]),
                why: Some(catalogue::text(
                    match unmet {
                        Unmet::Urgency => "record.unmet.urgency",
                        Unmet::Severity => "record.unmet.severity",
                        Unmet::Hours => "record.unmet.hours",
                    },
                    &[],
                )),
                next_at: Some(next.at),
                ..Said::default()
            },
            _ => Said::default(),
        }
    }

    /// The last rule of somebody came once more.
    pub(super) fn repeated(&self, fact: &IncidentFact) -> Said {
        let IncidentFact::Repeated { page, delivery } = fact else {
            return Said::default();
        };
        let known = self.incident.pages.iter().find(|known| known.id == *page);
        let name = known.map(|page| self.recipient_name(page.recipient));
        let channel = channel_label(&delivery.channel);
        Said {
            kind: "repeated",
            text: catalogue::text(
                "record.repeated",
                &[("name", &name.unwrap_or_default()), ("channel", &channel)],
            ),
            page: Some(*page),
            delivery: Some(delivery.id),
            next_at: Some(delivery.due_at),
            ..Said::default()
        }
    }

    /// Whose turn it is, who was not told because somebody else can act, and who has to acknowledge.
    fn expected(
        &self,
        passed_over: &[UserId],
        awaits: &[UserId],
        turn: Option<&TurnTaken>,
    ) -> Option<String> {
        let named = |key: &str, people: &[UserId]| {
            let names: Vec<_> = people
                .iter()
                .map(|user| shown(&self.names.user(*user)))
                .collect();
            (!names.is_empty()).then(|| catalogue::text(key, &[("names", &names.join(", "))]))
        };
        let missed = turn.map_or(&[][..], |turn| &turn.missed);
        let said: Vec<_> = [
            turn.map(|turn| self.turn_text(turn)),
            named("record.turn_missed", missed),
            named("record.passed_over", passed_over),
            named("record.awaits", awaits),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Whose turn it was in a step that tells one person after the other.
    fn turn_text(&self, turn: &TurnTaken) -> String {
        let name = shown(&self.names.user(turn.user));
        match turn.after {
            Some(before) => {
                let before = shown(&self.names.user(before));
                catalogue::text("record.turn", &[("name", &name), ("before", &before)])
            }
            None => catalogue::text("record.turn_first", &[("name", &name)]),
        }
    }
}

/// That somebody who is paged cannot be told, and why.
pub(in crate::api) fn not_told_text(not_told: Option<NotTold>, name: &str) -> String {
    match not_told {
        Some(NotTold::Paused { until }) => catalogue::text(
            "record.paged_while_paused",
            &[("name", &name), ("until", &in_utc(until))],
        ),
        Some(NotTold::Inactive) => catalogue::text("record.paged_inactive", &[("name", &name)]),
        Some(NotTold::Gone) => catalogue::text("record.paged_gone", &[("name", &name)]),
        Some(NotTold::NoMethod) | None => {
            catalogue::text("record.paged_without_way", &[("name", &name)])
        }
    }
}

fn step_text(step: u32, reachable: u32) -> String {
    let step = step.saturating_add(1);
    if reachable == 0 {
        catalogue::text("record.step_reaches_nobody", &[("step", &step)])
    } else {
        catalogue::plural(
            "record.step_executed",
            u64::from(reachable),
            &[("step", &step)],
        )
    }
}
