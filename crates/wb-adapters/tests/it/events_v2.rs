//! Events API v2: what is taken, what is noted and what is refused.

use serde_json::{Value, json};
use uuid::Uuid;
use wb_adapters::inbound::pagerduty_v2::EventsV2;
use wb_core::event::{Event, EventAction, EventImage, EventLink, EventNote, Severity};
use wb_core::time::Timestamp;
use wb_ports::{Inbound, Refusal, RefusalStatus};

const RECEIVED: i64 = 1_795_230_725_000_000;

fn send(body: &[u8]) -> Result<Event, Refusal> {
    let received_at = Timestamp::from_micros(RECEIVED);
    let normalized = EventsV2.normalize(body, received_at, Uuid::from_u128(0xabc))?;
    assert_eq!(normalized.routing_key, "DEMO00000000000000000000CHECKOUT");
    Ok(normalized.event)
}

fn trigger() -> Value {
    json!({
        "routing_key": "DEMO00000000000000000000CHECKOUT",
        "event_action": "trigger",
        "dedup_key": "checkout/p99",
        "payload": {"summary": "p99 over 500 ms", "source": "checkout", "severity": "error"},
    })
}

/// The trigger with one value changed; the path is dotted, null in `value` means "taken out".
fn with(path: &str, value: Value) -> Value {
    let mut event = trigger();
    let mut at = &mut event;
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    for part in parents.split('.').filter(|part| !part.is_empty()) {
        at = at.get_mut(part).expect("a parent");
    }
    at.as_object_mut()
        .expect("an object")
        .insert(last.to_owned(), value);
    event
}

fn taken(event: &Value) -> Event {
    send(event.to_string().as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn refused(event: &Value) -> Refusal {
    send(event.to_string().as_bytes()).expect_err("a refusal")
}

#[test]
fn a_full_trigger_keeps_everything() {
    let mut event = trigger();
    event["payload"]["timestamp"] = json!("2026-11-21T03:12:00.5+01:00");
    event["payload"]["component"] = json!("db");
    event["payload"]["group"] = json!("eu");
    event["payload"]["class"] = json!("latency");
    event["payload"]["custom_details"] = json!({"p99": 874});
    event["links"] = json!([{"href": "https://x.example", "text": "Run book"}, {"href": "y"}]);
    event["images"] = json!([{"src": "https://i.example/1.png", "alt": "p99"}]);
    event["client"] = json!("Sender");
    event["client_url"] = json!("https://s.example");
    let event = taken(&event);
    assert_eq!(
        event,
        Event {
            action: EventAction::Trigger,
            dedup_key: "checkout/p99".into(),
            severity: Severity::Major,
            summary: "p99 over 500 ms".into(),
            source: "checkout".into(),
            component: Some("db".into()),
            group: Some("eu".into()),
            class: Some("latency".into()),
            occurred_at: Timestamp::from_micros(1_795_227_120_500_000),
            details: Some(r#"{"p99":874}"#.into()),
            links: vec![
                EventLink {
                    href: "https://x.example".into(),
                    text: Some("Run book".into())
                },
                EventLink {
                    href: "y".into(),
                    text: None
                },
            ],
            images: vec![EventImage {
                src: "https://i.example/1.png".into(),
                href: None,
                alt: Some("p99".into()),
            }],
            client: Some("Sender".into()),
            client_url: Some("https://s.example".into()),
            notes: vec![],
        }
    );
}

#[test]
fn severities_are_mapped() {
    for (theirs, ours) in [
        ("critical", Severity::Critical),
        ("error", Severity::Major),
        ("warning", Severity::Moderate),
        ("info", Severity::Info),
    ] {
        assert_eq!(
            taken(&with("payload.severity", json!(theirs))).severity,
            ours
        );
    }
}

#[test]
fn a_trigger_without_a_key_gets_a_fresh_one() {
    for key in [Value::Null, json!(""), json!("  ")] {
        let event = taken(&with("dedup_key", key));
        assert_eq!(event.dedup_key, "00000000000000000000000000000abc");
    }
}

#[test]
fn acknowledge_and_resolve_need_a_key_and_nothing_else() {
    for (word, action) in [
        ("acknowledge", EventAction::Acknowledge),
        ("resolve", EventAction::Resolve),
    ] {
        let mut event = with("event_action", json!(word));
        for payload in [
            Value::Null,
            json!({"severity": "loud", "summary": 1}),
            json!("x"),
        ] {
            event["payload"] = payload;
            let event = taken(&event);
            assert_eq!(
                (event.action, event.dedup_key.as_str()),
                (action, "checkout/p99")
            );
            assert_eq!(event.severity, Severity::Info);
        }
        event["dedup_key"] = Value::Null;
        assert_eq!(refused(&event).errors, ["'dedup_key' is missing or blank"]);
    }
}

#[test]
fn form_never_costs_a_page() {
    let long = "ü".repeat(10_000);
    let event = taken(&with("payload.summary", json!(long)));
    assert_eq!(event.summary, long);
    assert_eq!(event.notes, [EventNote::SummaryLong { characters: 10_000 }]);

    let event = taken(&with("payload.summary", json!("a\0b\0")));
    assert_eq!(event.summary, "a\u{fffd}b\u{fffd}");
    assert_eq!(event.notes, [EventNote::CharactersReplaced { count: 2 }]);

    let body = trigger()
        .to_string()
        .replace("p99 over", r"\ud800 over \udc00");
    let event = send(body.as_bytes()).expect("an event");
    assert_eq!(event.summary, "\u{fffd} over \u{fffd} 500 ms");
    assert_eq!(event.notes, [EventNote::CharactersReplaced { count: 2 }]);

    for given in ["yesterday", "2026-13-01T00:00:00Z", "2026-11-21T03:12:00"] {
        let event = taken(&with("payload.timestamp", json!(given)));
        assert_eq!(event.occurred_at, Timestamp::from_micros(RECEIVED));
        assert_eq!(
            event.notes,
            [EventNote::TimestampUnreadable {
                given: given.into()
            }]
        );
    }
    let event = taken(&with("payload.timestamp", json!(1_795_230_725)));
    assert_eq!(
        event.notes,
        [EventNote::TimestampUnreadable {
            given: "1795230725".into()
        }]
    );
}

#[test]
fn the_vendors_own_form_of_a_timestamp_is_read() {
    let event = taken(&with(
        "payload.timestamp",
        json!("2015-07-17T08:42:58.315+0000"),
    ));
    assert_eq!(event.occurred_at.to_string(), "2015-07-17T08:42:58.315000Z");
}

#[test]
fn unknown_fields_are_kept() {
    let mut event = with("payload.colour", json!("red"));
    event["team"] = json!({"id": 7});
    let names = vec!["payload.colour".to_owned(), "team".to_owned()];
    let kept = json!({"payload.colour": "red", "team": {"id": 7}});
    for (given, details) in [
        (Value::Null, json!({"_unknown": kept})),
        (json!({"p99": 1}), json!({"p99": 1, "_unknown": kept})),
        (
            json!("text"),
            json!({"custom_details": "text", "_unknown": kept}),
        ),
        (
            json!({"_unknown": 1}),
            json!({"custom_details": {"_unknown": 1}, "_unknown": kept}),
        ),
    ] {
        event["payload"]["custom_details"] = given;
        let event = taken(&event);
        let read: Value = serde_json::from_str(&event.details.expect("details")).expect("JSON");
        assert_eq!(read, details);
        assert_eq!(
            event.notes,
            [EventNote::UnknownFields {
                names: names.clone()
            }]
        );
    }
}

#[test]
fn optional_fields_of_a_wrong_type_are_left_out_with_a_note() {
    for (path, value) in [
        ("links", json!("x")),
        ("links", json!([1, {"href": 2}, {"text": "no href"}])),
        ("images", json!({"src": "x"})),
        ("images", json!([{"alt": "no src"}])),
        ("client", json!(5)),
        ("client_url", json!(["x"])),
        ("payload.component", json!({})),
        ("payload.group", json!(true)),
        ("payload.class", json!(1.5)),
    ] {
        let event = taken(&with(path, value));
        let [EventNote::LeftOut { field, why }] = event.notes.as_slice() else {
            panic!("{path}: {:?}", event.notes);
        };
        assert_eq!(field, path);
        assert!(why.starts_with("it must be"), "{why}");
        assert!(event.links.is_empty() && event.images.is_empty());
    }
}

#[test]
fn what_makes_an_event_is_refused_in_the_vendors_words() {
    let severities = "'payload.severity' is invalid (must be one of the following: \
                      'critical', 'warning', 'error' or 'info')";
    let actions = "'event_action' is invalid (must be one of the following: \
                   'trigger', 'acknowledge' or 'resolve')";
    let length = "Length of 'dedup_key' is incorrect (should be at most 255 characters)";
    for (path, value, error) in [
        (
            "event_action",
            Value::Null,
            "'event_action' is missing or blank",
        ),
        ("event_action", json!("explode"), actions),
        (
            "event_action",
            json!(1),
            "'event_action' is invalid (must be a string)",
        ),
        (
            "dedup_key",
            json!(1),
            "'dedup_key' is invalid (must be a string)",
        ),
        ("dedup_key", json!("ü".repeat(256)), length),
        ("payload", Value::Null, "'payload' is missing or blank"),
        (
            "payload",
            json!([]),
            "'payload' is invalid (must be an object)",
        ),
        (
            "payload.summary",
            json!(" "),
            "'payload.summary' is missing or blank",
        ),
        (
            "payload.summary",
            json!(5),
            "'payload.summary' is invalid (must be a string)",
        ),
        (
            "payload.source",
            Value::Null,
            "'payload.source' is missing or blank",
        ),
        (
            "payload.source",
            json!({}),
            "'payload.source' is invalid (must be a string)",
        ),
        (
            "payload.severity",
            Value::Null,
            "'payload.severity' is missing or blank",
        ),
        ("payload.severity", json!("loud"), severities),
        (
            "payload.severity",
            json!(["error"]),
            "'payload.severity' is invalid (must be a string)",
        ),
    ] {
        let refusal = refused(&with(path, value));
        assert_eq!(refusal.status, RefusalStatus::BadRequest);
        assert_eq!(refusal.message, "Event object is invalid");
        assert_eq!(refusal.errors, [error]);
        assert_eq!(
            refusal.routing_key.as_deref(),
            Some("DEMO00000000000000000000CHECKOUT")
        );
    }
}

#[test]
fn a_key_of_255_characters_is_taken() {
    taken(&with("dedup_key", json!("ü".repeat(255))));
}

#[test]
fn every_error_is_named_at_once() {
    let refusal = refused(&json!({"event_action": "trigger", "payload": {}}));
    assert_eq!(
        refusal.errors,
        [
            "'routing_key' is missing or blank",
            "'payload.summary' is missing or blank",
            "'payload.source' is missing or blank",
            "'payload.severity' is missing or blank",
        ]
    );
    assert_eq!(refusal.routing_key, None);
    let refusal = refused(&with("routing_key", json!(7)));
    assert_eq!(
        refusal.errors,
        ["'routing_key' is invalid (must be a string)"]
    );
}

#[test]
fn unreadable_bodies_say_where_they_break() {
    for (body, words) in [
        (
            &b"{\"routing_key\": \"x\","[..],
            "not JSON: EOF while parsing",
        ),
        (b"{'a': 1}", "line 1 column 2"),
        (b"\xff\xfe", "not UTF-8: byte 1"),
        (b"{\"a\": \"\xc3\x28\"}", "not UTF-8: byte 8"),
        (b"", "not JSON"),
        (b"[]", "must be a JSON object"),
        (b"\"x\"", "must be a JSON object"),
    ] {
        let refusal = send(body).expect_err("a refusal");
        assert_eq!(refusal.status, RefusalStatus::BadRequest);
        assert!(refusal.errors[0].contains(words), "{refusal}");
    }
    let refusal = send(&vec![b' '; 524_289]).expect_err("a refusal");
    assert_eq!(refusal.status, RefusalStatus::TooLarge);
}
