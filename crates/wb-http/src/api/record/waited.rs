//! What was put off, and what happened because nobody did anything for long, in words.

use wb_core::ids::UserId;
use wb_core::incident::IncidentFact;
use wb_core::time::Timestamp;
use wb_ports::catalogue;

use super::did::{restored_text, stopped_text};
use super::{Said, Words};
use crate::api::refs::shown;

impl Words<'_> {
    /// A snooze began or ended, an acknowledgement held no longer, or a step was not waited for.
    pub(super) fn waited(&self, fact: &IncidentFact, who: &str) -> Said {
        match fact {
            IncidentFact::Snoozed {
                via,
                until,
                cancelled,
                under_way,
            } => Said {
                kind: "snoozed",
                via: Some(*via),
                text: catalogue::text(
                    "record.snoozed",
                    &[("who", &who), ("until", &in_utc(*until))],
                ),
                why: Some(stopped_text(cancelled.len(), under_way.len())),
                next_at: Some(*until),
                ..Said::default()
            },
            IncidentFact::Unsnoozed {
                via,
                acknowledged,
                restored,
                next_at,
                ..
            } => Said {
                kind: "unsnoozed",
                via: Some(*via),
                text: catalogue::text("record.unsnoozed", &[("who", &who)]),
                why: Some(if *acknowledged {
                    catalogue::text("record.unsnoozed_held", &[])
                } else {
                    restored_text(restored.len())
                }),
                next_at: *next_at,
                ..Said::default()
            },
            IncidentFact::SnoozeEnded { owner, next_at } => Said {
                kind: "snooze_ended",
                text: self.of_owner("record.snooze_ended", *owner),
                why: next_at.map(|_| catalogue::text("record.snooze_ended_why", &[])),
                next_at: *next_at,
                ..Said::default()
            },
            IncidentFact::AcknowledgementExpired {
                owner,
                restored,
                next_at,
            } => Said {
                kind: "acknowledgement_expired",
                text: self.of_owner("record.acknowledgement_expired", *owner),
                why: Some(restored_text(restored.len())),
                next_at: *next_at,
                ..Said::default()
            },
            IncidentFact::Escalated { via, next } => Said {
                kind: "escalated",
                via: Some(*via),
                text: catalogue::text(
                    "record.escalated",
                    &[("who", &who), ("step", &next.step.saturating_add(1))],
                ),
                next_at: Some(next.at),
                ..Said::default()
            },
            _ => Said::default(),
        }
    }

    fn of_owner(&self, key: &str, owner: Option<UserId>) -> String {
        match owner {
            Some(user) => {
                let name = shown(&self.names.user(user));
                catalogue::text(&format!("{key}_owner"), &[("name", &name)])
            }
            None => catalogue::text(key, &[]),
        }
    }
}

/// The record is the same for everybody, so its sentences have no zone of a reader.
pub(super) fn in_utc(at: Timestamp) -> String {
    at.to_jiff().strftime("%-d %b %Y, %H:%M UTC").to_string()
}
