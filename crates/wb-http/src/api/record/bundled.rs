//! Pages that waited because much went to one address, and went out together, in words.

use wb_app::monitors::words;
use wb_core::bundle::{HeldBack, Together};
use wb_core::incident::{AttemptOutcome, IncidentFact};
use wb_core::time::Timestamp;
use wb_ports::catalogue;

use super::{Said, Words};
use crate::api::refs::channel_label;

impl Words<'_> {
    /// A delivery waits.
    pub(super) fn held_back(&self, fact: &IncidentFact) -> Said {
        let IncidentFact::HeldBack { delivery, held } = fact else {
            return Said::default();
        };
        let found = self.incident.delivery(*delivery);
        let name = found.map(|(page, _)| self.recipient_name(page.recipient));
        let channel = found.map(|(_, delivery)| channel_label(&delivery.channel));
        Said {
            kind: "held_back",
            text: catalogue::text(
                "record.held_back",
                &[
                    ("channel", &channel.unwrap_or_default()),
                    ("name", &name.unwrap_or_default()),
                    ("until", &to_the_second(held.until)),
                ],
            ),
            why: Some(because("record.held_back_why", held)),
            page: found.map(|(page, _)| page.id),
            delivery: Some(*delivery),
            next_at: Some(held.until),
            ..Said::default()
        }
    }
}

/// Until when a delivery waits, and why.
pub(in crate::api) fn held_text(held: &HeldBack) -> String {
    because("record.delivery.held", held)
}

/// That an attempt was part of a message with others.
pub(in crate::api) fn together_text(outcome: AttemptOutcome, together: Together) -> String {
    let key = match outcome {
        AttemptOutcome::Accepted => "record.together",
        _ => "record.together_failed",
    };
    catalogue::plural(key, u64::from(together.others), &[])
}

fn because(key: &str, held: &HeldBack) -> String {
    let span = words::span(i64::from(held.within_s));
    catalogue::plural(
        key,
        u64::from(held.sent),
        &[("until", &to_the_second(held.until)), ("span", &span)],
    )
}

/// It waits for a minute or two, as a rule.
fn to_the_second(at: Timestamp) -> String {
    at.to_jiff().strftime("%-d %b %Y, %H:%M:%S UTC").to_string()
}
