//! What people did, in words; and what time did for want of them.

use wb_core::actor::Via;
use wb_core::incident::{IncidentFact, ReassignTo};
use wb_ports::catalogue;

use super::{NoteMark, Said, Words};
use crate::api::incident_view::IncidentRef;
use crate::api::refs::shown;

impl Words<'_> {
    /// What somebody did to the incident.
    pub(super) fn command(&self, fact: &IncidentFact, who: &str) -> Said {
        let by = |key: &str| catalogue::text(key, &[("who", &who)]);
        match fact {
            IncidentFact::Acknowledged {
                via,
                cancelled,
                under_way,
                from,
                expires_at: _,
            } => Said {
                kind: "acknowledged",
                via: Some(*via),
                text: by("record.acknowledged"),
                why: Some(stopped_text(cancelled.len(), under_way.len())),
                from: Some(from.clone()),
                ..Said::default()
            },
            IncidentFact::Confirmed {
                via,
                cancelled,
                under_way,
                left,
                from,
            } => Said {
                kind: "confirmed",
                via: Some(*via),
                text: catalogue::plural("record.confirmed", u64::from(*left), &[("who", &who)]),
                why: Some(stopped_text(cancelled.len(), under_way.len())),
                from: Some(from.clone()),
                ..Said::default()
            },
            IncidentFact::Resolved { .. } => self.over(fact, who),
            IncidentFact::Unacknowledged { .. } | IncidentFact::Reopened { .. } => {
                self.taken_back(fact, who)
            }
            IncidentFact::Snoozed { .. }
            | IncidentFact::Unsnoozed { .. }
            | IncidentFact::SnoozeEnded { .. }
            | IncidentFact::AcknowledgementExpired { .. }
            | IncidentFact::Escalated { .. } => self.waited(fact, who),
            IncidentFact::Reassigned {
                via,
                to,
                cancelled,
                next_at,
            } => Said {
                kind: "reassigned",
                via: Some(*via),
                text: self.reassigned_text(*to, who),
                why: Some(stopped_text(cancelled.len(), 0)),
                next_at: *next_at,
                ..Said::default()
            },
            IncidentFact::Dropped {
                via, deliveries, ..
            } => Said {
                kind: "dropped",
                via: Some(*via),
                text: by("record.dropped"),
                why: Some(stopped_text(deliveries.len(), 0)),
                ..Said::default()
            },
            IncidentFact::MergedInto { .. } | IncidentFact::Absorbed { .. } => {
                self.merge(fact, who)
            }
            IncidentFact::Noted { .. }
            | IncidentFact::NoteEdited { .. }
            | IncidentFact::NoteDeleted { .. } => self.noted(fact, who),
            _ => self.asked(fact, who),
        }
    }

    /// It is over.
    fn over(&self, fact: &IncidentFact, who: &str) -> Said {
        let IncidentFact::Resolved {
            via,
            timed_out,
            cancelled,
            under_way,
            from,
        } = fact
        else {
            return Said::default();
        };
        let text = match via {
            _ if *timed_out => catalogue::text("record.resolved_timed_out", &[]),
            Via::Signal(_) | Via::System => catalogue::text("record.resolved_itself", &[]),
            Via::Web | Via::Api(_) | Via::Link(_) => {
                catalogue::text("record.resolved", &[("who", &who)])
            }
        };
        Said {
            kind: "resolved",
            via: Some(*via),
            text,
            why: Some(stopped_text(cancelled.len(), under_way.len())),
            from: Some(from.clone()),
            ..Said::default()
        }
    }

    /// Two incidents turned out to be one.
    fn merge(&self, fact: &IncidentFact, who: &str) -> Said {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let said = |kind, via: &Via, key, other: IncidentRef, why: String| Said {
            kind,
            via: Some(*via),
            text: catalogue::text(key, &[("who", &who), ("incident", &other.name())]),
            why: Some(why),
            other: Some(other),
            ..Said::default()
        };
        match fact {
            IncidentFact::MergedInto {
                into,
                via,
                alerts,
                cancelled,
                under_way,
                from,
            } => {
                let alerts = match alerts.len() {
                    0 => String::new(),
                    n => catalogue::plural("record.merged_alerts", count(n), &[]),
                };
                let stopped = stopped_text(cancelled.len(), under_way.len());
                let why = [alerts, stopped].join(" ").trim().to_owned();
                let other = IncidentRef::new(*into, self.background.numbers);
                Said {
                    from: Some(from.clone()),
                    ..said("merged_into", via, "record.merged_into", other, why)
                }
            }
            IncidentFact::Absorbed {
                incident,
                via,
                firing,
                resolved,
                severity,
                ..
            } => {
                let alerts = match firing.len() + resolved.len() {
                    0 => String::new(),
                    n => catalogue::plural("record.absorbed_alerts", count(n), &[]),
                };
                let level = severity.level();
                let weight = catalogue::text("record.absorbed_weight", &[("level", &level)]);
                let why = [alerts, weight].join(" ").trim().to_owned();
                let other = IncidentRef::new(*incident, self.background.numbers);
                said("absorbed", via, "record.absorbed", other, why)
            }
            _ => Said::default(),
        }
    }

    /// A note was written, changed or deleted. It is quoted where it was written, as it reads now;
    /// what it said before stands in the note's own resource.
    fn noted(&self, fact: &IncidentFact, who: &str) -> Said {
        let (kind, note, via) = match fact {
            IncidentFact::Noted { note, via, .. } => ("noted", note, via),
            IncidentFact::NoteEdited { note, via, .. } => ("note_edited", note, via),
            IncidentFact::NoteDeleted { note, via } => ("note_deleted", note, via),
            _ => return Said::default(),
        };
        let known = self.background.notes.get(note);
        let is_deleted = known.is_some_and(|known| known.note.deleted_at.is_some());
        let key = match kind {
            "noted" if is_deleted => "record.noted_deleted".to_owned(),
            kind => format!("record.{kind}"),
        };
        Said {
            kind,
            via: Some(*via),
            text: catalogue::text(&key, &[("who", &who)]),
            quote: known
                .filter(|_| kind == "noted")
                .map(|known| known.text.clone()),
            note: known.map(|known| NoteMark::new(&known.note)),
            ..Said::default()
        }
    }

    /// An acknowledgement or resolve was taken back.
    fn taken_back(&self, fact: &IncidentFact, who: &str) -> Said {
        let (kind, key, via, restored, next_at) = match fact {
            IncidentFact::Unacknowledged {
                via,
                restored,
                next_at,
            } => (
                "unacknowledged",
                "record.unacknowledged",
                via,
                restored,
                next_at,
            ),
            IncidentFact::Reopened {
                via,
                restored,
                next_at,
                auto_resolve_at: _,
            } => ("reopened", "record.reopened", via, restored, next_at),
            _ => return Said::default(),
        };
        Said {
            kind,
            via: Some(*via),
            text: catalogue::text(key, &[("who", &who)]),
            why: Some(restored_text(restored.len())),
            next_at: *next_at,
            ..Said::default()
        }
    }

    fn reassigned_text(&self, to: ReassignTo, who: &str) -> String {
        match to {
            ReassignTo::User(user) => catalogue::text(
                "record.reassigned_user",
                &[("who", &who), ("name", &shown(&self.names.user(user)))],
            ),
            ReassignTo::Policy(policy) => catalogue::text(
                "record.reassigned_policy",
                &[
                    ("who", &who),
                    ("name", &shown(&self.names.policy(policy.id))),
                ],
            ),
        }
    }
}

pub(super) fn stopped_text(cancelled: usize, under_way: usize) -> String {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    if cancelled > 0 {
        parts.push(catalogue::plural("record.stopped", count(cancelled), &[]));
    }
    if under_way > 0 {
        parts.push(catalogue::plural("record.under_way", count(under_way), &[]));
    }
    parts.join(" ")
}

pub(super) fn restored_text(restored: usize) -> String {
    match u64::try_from(restored) {
        Ok(0) | Err(_) => String::new(),
        Ok(count) => catalogue::plural("record.restored", count, &[]),
    }
}
