//! The event of an episode: what fired, by which value, in words.

use serde_json::{Value, json};
use wb_core::config::Monitor;
use wb_core::event::{Event, EventAction, EventLink};
use wb_core::monitor::{Command, Group, GroupFact, Point, Recovery};
use wb_core::time::Timestamp;
use wb_ports::catalogue::text;

use super::words;
use crate::ingest::RawSignal;

/// The name under which monitors send.
const CLIENT: &str = "Watchbell";

/// The event about a group's change. `rule` is none when the monitor is gone; then only an end is
/// told.
pub(super) fn event(
    rule: Option<&Monitor>,
    group: &Group,
    fact: &GroupFact,
    command: Command,
    now: Timestamp,
) -> Event {
    let name = rule.map_or_else(|| group.monitor.to_string(), |rule| rule.name.clone());
    let runbook = rule.and_then(|rule| rule.runbook_url.clone());
    Event {
        action: match command {
            Command::Trigger => EventAction::Trigger,
            Command::Resolve => EventAction::Resolve,
        },
        dedup_key: group.dedup_key(),
        severity: rule.map_or(wb_core::event::Severity::Info, |rule| rule.severity),
        summary: summary(&name, group, fact),
        source: group.name.clone(),
        component: None,
        group: None,
        class: Some(text("monitors.class", &[])),
        occurred_at: occurred_at(fact, now),
        details: rule.map(|rule| details(rule, fact).to_string()),
        links: runbook
            .into_iter()
            .map(|href| EventLink {
                href,
                text: Some(text("monitors.runbook", &[])),
            })
            .collect(),
        images: Vec::new(),
        client: Some(CLIENT.to_owned()),
        client_url: None,
        notes: Vec::new(),
    }
}

/// The signal that is kept for it: everything the decision was made from.
pub(super) fn signal(group: &Group, fact: &GroupFact, points: &[Point]) -> RawSignal {
    let points: Vec<Value> = points
        .iter()
        .map(|point| json!([point.at_s, point.value.get()]))
        .collect();
    let body = json!({
        "monitor": group.monitor.to_string(),
        "version": group.version,
        "series": group.name,
        "episode": group.episode,
        "state": group.phase.word(),
        "decided": decided(fact),
        "points": points,
    });
    RawSignal {
        body: body.to_string().into_bytes(),
        content_type: Some("application/json".to_owned()),
        remote: None,
    }
}

fn decided(fact: &GroupFact) -> Value {
    match fact {
        GroupFact::Fired {
            since_s,
            at_s,
            value,
            threshold,
            side,
            ..
        } => json!({
            "kind": "fired", "since": since_s, "at": at_s, "value": value.get(),
            "threshold": threshold.get(), "side": side.word(),
        }),
        GroupFact::WentSilent { last_at_s, .. } => {
            json!({ "kind": "went_silent", "last_at": last_at_s })
        }
        GroupFact::Recovered { .. } => json!({ "kind": "recovered" }),
    }
}

fn summary(name: &str, group: &Group, fact: &GroupFact) -> String {
    let series = &group.name;
    match fact {
        GroupFact::Fired {
            since_s,
            at_s,
            value,
            side,
            threshold,
            ..
        } => {
            let lasted_s = at_s.saturating_sub(*since_s);
            let side = words::side(*side);
            let (value, threshold) = (words::value(*value), words::value(*threshold));
            let span = words::span(lasted_s);
            let key = if lasted_s > 0 {
                "monitors.fired"
            } else {
                "monitors.fired_at_once"
            };
            text(
                key,
                &[
                    ("monitor", &name),
                    ("series", series),
                    ("value", &value),
                    ("side", &side),
                    ("threshold", &threshold),
                    ("span", &span),
                ],
            )
        }
        GroupFact::WentSilent { .. } => text(
            "monitors.went_silent",
            &[("monitor", &name), ("series", series)],
        ),
        GroupFact::Recovered { why, .. } => {
            let key = match why {
                Recovery::Gone => "monitors.gone",
                _ => "monitors.recovered",
            };
            text(key, &[("monitor", &name), ("series", series)])
        }
    }
}

fn details(rule: &Monitor, fact: &GroupFact) -> Value {
    let mut details = json!({
        "monitor": rule.name,
        "target": rule.target,
        "threshold": rule.threshold.get(),
        "side": rule.side.word(),
    });
    let mut put = |key: &str, value: Value| {
        if let Some(map) = details.as_object_mut() {
            map.insert(key.to_owned(), value);
        }
    };
    if !rule.description.is_empty() {
        put("description", json!(rule.description));
    }
    match fact {
        GroupFact::Fired {
            value,
            worst,
            since_s,
            ..
        } => {
            put("value", json!(value.get()));
            put("worst", json!(worst.get()));
            put("since", json!(moment(*since_s).to_string()));
        }
        GroupFact::WentSilent { last_at_s, .. } => {
            put("last_point", json!(moment(*last_at_s).to_string()));
        }
        GroupFact::Recovered { .. } => {}
    }
    details
}

fn occurred_at(fact: &GroupFact, now: Timestamp) -> Timestamp {
    match fact {
        GroupFact::Fired { since_s, .. } => moment(*since_s),
        GroupFact::WentSilent { last_at_s, .. } => moment(*last_at_s),
        GroupFact::Recovered { .. } => now,
    }
}

fn moment(at_s: i64) -> Timestamp {
    Timestamp::EPOCH.plus_secs(at_s)
}
