//! Who was asked to help and what they said, in words.

use wb_core::incident::{HelpFrom, IncidentFact};
use wb_ports::catalogue;

use super::did::stopped_text;
use super::{Said, Words};
use crate::api::refs::shown;

impl Words<'_> {
    pub(super) fn asked(&self, fact: &IncidentFact, who: &str) -> Said {
        match fact {
            IncidentFact::RespondersAsked {
                via,
                targets,
                people,
                reachable,
                message,
                ..
            } => {
                let people = people.iter().map(|user| shown(&self.names.user(*user)));
                let people: Vec<_> = people.collect();
                let targets: Vec<_> = targets.iter().map(|one| self.help_from(*one)).collect();
                let unreachable = people.len().saturating_sub(*reachable as usize);
                let mut why = vec![catalogue::text(
                    "record.asked_for",
                    &[("targets", &targets.join(", "))],
                )];
                if unreachable > 0 {
                    let count = u64::try_from(unreachable).unwrap_or(u64::MAX);
                    why.push(catalogue::plural("record.asked_unreachable", count, &[]));
                }
                Said {
                    kind: "responders_asked",
                    via: Some(*via),
                    text: catalogue::text(
                        "record.asked",
                        &[("who", &who), ("names", &people.join(", "))],
                    ),
                    why: Some(why.join(" ")),
                    quote: Some(message.clone()),
                    ..Said::default()
                }
            }
            IncidentFact::ResponderAnswered {
                via,
                accepted,
                cancelled,
                under_way,
                from,
            } => {
                let key = if *accepted {
                    "record.accepted"
                } else {
                    "record.declined"
                };
                Said {
                    kind: "responder_answered",
                    via: Some(*via),
                    text: catalogue::text(key, &[("who", &who)]),
                    why: Some(stopped_text(cancelled.len(), under_way.len())),
                    from: Some(from.clone()),
                    ..Said::default()
                }
            }
            _ => Said::default(),
        }
    }

    fn help_from(&self, target: HelpFrom) -> String {
        match target {
            HelpFrom::Target(target) => self.names.target(target),
            HelpFrom::Policy(held) => {
                let name = shown(&self.names.policy(held.id));
                catalogue::text("record.target.policy", &[("name", &name)])
            }
        }
    }
}
