//! What happens in the demo: events, sent as any monitoring system sends them.

use core::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::api::Api;

const CHECKOUT_KEY: &str = "DEMO00000000000000000000CHECKOUT";
const CHECKOUT_ALERT: &str = "checkout-latency";
const RECEIPTS_KEY: &str = "DEMO00000000000000000000RECEIPTS";
const RECEIPTS_ALERT: &str = "receipts-queue";

/// When the latency rises: soon enough for whoever waits, late enough to have read what is printed.
const PROBLEM_AT_S: u64 = 5;

/// How often the probe repeats itself while the problem lasts.
const REPEAT_EVERY_S: u64 = 15;

/// How long the problem lasts.
const PROBLEM_LASTS_S: u64 = 180;

/// A queue fills and empties again after the problem, so that the first page stands alone.
const NOISE_S: core::ops::Range<u64> = 270..360;

/// After this the story begins anew.
const CYCLE_S: u64 = 600;

/// What the probe measures, over and over.
const P99_MS: [u32; 6] = [812, 904, 1_130, 1_287, 1_190, 968];

/// Something that is sent.
#[derive(Debug)]
struct Moment {
    /// Seconds after the story began.
    at_s: u64,
    event: Value,
}

/// Tells the story until it is stopped.
pub(super) async fn tell(api: Api, used_before: bool, stop: CancellationToken) {
    if used_before {
        // An alert that an earlier run left open would swallow the first page of this one.
        for (key, alert) in [
            (CHECKOUT_KEY, CHECKOUT_ALERT),
            (RECEIPTS_KEY, RECEIPTS_ALERT),
        ] {
            send(&api, &resolve(key, alert)).await;
        }
    }
    loop {
        let mut told_s = 0;
        for Moment { at_s, event } in cycle() {
            let wait = Duration::from_secs(at_s.saturating_sub(told_s));
            told_s = at_s;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => send(&api, &event).await,
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(CYCLE_S.saturating_sub(told_s))) => {}
        }
    }
}

async fn send(api: &Api, event: &Value) {
    // A repeat follows; as with a real probe, one that is lost is only a gap.
    if let Err(error) = api.post::<Value>("/v2/enqueue", event).await {
        tracing::warn!(%error, "an event of the demo was not taken: {error}");
    }
}

/// One round of the story, in order.
fn cycle() -> Vec<Moment> {
    let heals_at_s = PROBLEM_AT_S + PROBLEM_LASTS_S;
    let measured_at =
        (PROBLEM_AT_S..heals_at_s).step_by(usize::try_from(REPEAT_EVERY_S).unwrap_or(1));
    let slow = measured_at
        .zip(P99_MS.iter().cycle())
        .map(|(at_s, p99_ms)| Moment {
            at_s,
            event: latency(*p99_ms),
        });
    let rest = [
        Moment {
            at_s: heals_at_s,
            event: resolve(CHECKOUT_KEY, CHECKOUT_ALERT),
        },
        Moment {
            at_s: NOISE_S.start,
            event: queue(1_240),
        },
        Moment {
            at_s: NOISE_S.end,
            event: resolve(RECEIPTS_KEY, RECEIPTS_ALERT),
        },
    ];
    slow.chain(rest).collect()
}

fn latency(p99_ms: u32) -> Value {
    json!({
        "routing_key": CHECKOUT_KEY,
        "event_action": "trigger",
        "dedup_key": CHECKOUT_ALERT,
        "client": "Latency probe",
        "client_url": "https://probe.demo.example/checkout",
        "payload": {
            "summary": "Checkout is slow: p99 latency over 500 ms",
            "source": "probe-fra-1",
            "severity": "critical",
            "component": "checkout",
            "group": "payments",
            "class": "latency",
            "custom_details": {
                "p99_ms": p99_ms,
                "p95_ms": p99_ms * 3 / 5,
                "threshold_ms": 500,
                "region": "eu-central",
                "slowest_call": "POST /checkout/confirm",
            },
        },
        "links": [
            {"href": "https://graphs.demo.example/checkout-latency", "text": "Latency of checkout"},
            {"href": "https://wiki.demo.example/playbooks/checkout", "text": "Playbook: checkout"},
        ],
    })
}

fn queue(mails: u32) -> Value {
    json!({
        "routing_key": RECEIPTS_KEY,
        "event_action": "trigger",
        "dedup_key": RECEIPTS_ALERT,
        "client": "Mail queue",
        "payload": {
            "summary": "Receipts wait: more than 1,000 mails in the queue",
            "source": "mail-lis-2",
            "severity": "warning",
            "component": "receipts",
            "class": "queue length",
            "custom_details": {"mails": mails, "oldest_wait_s": 340},
        },
    })
}

fn resolve(key: &str, alert: &str) -> Value {
    json!({"routing_key": key, "event_action": "resolve", "dedup_key": alert})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_in_order_and_heals() {
        let cycle = cycle();
        assert!(cycle.is_sorted_by_key(|moment| moment.at_s));
        let text =
            |moment: &Moment, name: &str| moment.event[name].as_str().unwrap_or("").to_owned();
        let first = cycle.first().expect("a beginning");
        assert!(first.at_s <= 8, "the first page is waited for");
        assert_eq!(text(first, "dedup_key"), CHECKOUT_ALERT);
        assert_eq!(first.event["payload"]["severity"], "critical");
        for alert in [CHECKOUT_ALERT, RECEIPTS_ALERT] {
            let mut of = cycle
                .iter()
                .filter(|moment| text(moment, "dedup_key") == alert);
            let last = of.next_back().expect("events");
            assert_eq!(text(last, "event_action"), "resolve", "{alert}");
            assert!(last.at_s < CYCLE_S);
        }
        let repeats = cycle
            .iter()
            .filter(|m| text(m, "dedup_key") == CHECKOUT_ALERT)
            .count();
        assert_eq!(repeats, 13, "twelve measurements and the end");
    }

    #[test]
    fn the_keys_are_those_of_the_configuration() {
        for key in [CHECKOUT_KEY, RECEIPTS_KEY] {
            assert!(super::super::TEAM.contains(key), "{key}");
            assert_eq!(key.len(), 32);
        }
    }
}
