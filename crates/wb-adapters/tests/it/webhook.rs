//! The webhook and ntfy channels: what goes over the wire.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use wb_adapters::channels::ntfy::Ntfy;
use wb_adapters::channels::webhook::Webhook;
use wb_core::event::Urgency;
use wb_ports::{Channel, Content, Message};
use wb_testkit::http::{Reply, Request, Sink};

use crate::support::{client, incident, page, page_about, settings, test_message};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn post(message: &Message) -> Request {
    let sink = Sink::start().expect("a server");
    let settings = settings(&[("url", &sink.url("/hook")), ("secret", SECRET)]);
    let channel = Webhook::new(client(&["127.0.0.1"]));
    channel.check(&settings).expect("good settings");
    let receipt = channel.send(&settings, message).await.expect("a receipt");
    assert_eq!(receipt.detail, "The server answered 200 OK.");
    sink.requests().pop().expect("a request")
}

#[tokio::test]
async fn a_page_is_signed_and_says_everything() {
    let message = page();
    let request = post(&message).await;
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/hook")
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.header("webhook-id"),
        Some(message.delivery_id.as_str())
    );
    assert_eq!(request.header("webhook-timestamp"), Some("1795230725"));

    let key = STANDARD
        .decode(SECRET.trim_start_matches("whsec_"))
        .expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{}.1795230725.", message.delivery_id).as_bytes());
    mac.update(&request.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(request.header("webhook-signature"), Some(expected.as_str()));

    let body = request.json().expect("JSON");
    assert_eq!(body["type"], "incident.page");
    assert_eq!(body["timestamp"], "2026-11-21T03:12:05.000000Z");
    let data = &body["data"];
    assert_eq!(data["dedup_key"], "checkout/p99");
    assert_eq!(data["dedup_keys"], json!(["checkout/p99", "checkout/p95"]));
    assert_eq!(data["summary"], incident().summary);
    assert_eq!(
        data["acknowledge_url"],
        message.links.acknowledge.expect("a link")
    );
    assert_eq!(data["resolve_url"], message.links.resolve.expect("a link"));
    assert_eq!(data["incident"]["number"], 12);
    assert_eq!(data["incident"]["severity"], "major");
    assert_eq!(data["incident"]["state"], "triggered");
    assert_eq!(
        data["incident"]["url"],
        "https://pager.example/incidents/12"
    );
    assert_eq!(
        data["why"],
        "You are on call for Checkout primary until Mon 09:00."
    );
}

#[tokio::test]
async fn a_retry_keeps_the_id_and_an_empty_summary_is_the_title() {
    let view = wb_ports::IncidentView {
        summary: String::new(),
        ..incident()
    };
    let message = Message {
        attempt: 3,
        possible_duplicate: true,
        ..page_about(view)
    };
    let request = post(&message).await;
    assert_eq!(
        request.header("webhook-id"),
        Some(message.delivery_id.as_str())
    );
    let data = &request.json().expect("JSON")["data"];
    assert_eq!(
        (&data["attempt"], &data["possible_duplicate"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(data["summary"], incident().title);
}

#[tokio::test]
async fn a_test_is_no_incident() {
    let body = post(&test_message()).await.json().expect("JSON");
    assert_eq!(body["type"], "test");
    assert!(body["data"].get("incident").is_none());
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed() {
    let sink = Sink::start().expect("a server");
    let settings = settings(&[("url", &sink.url("/")), ("secret", " ")]);
    Webhook::new(client(&["127.0.0.1"]))
        .send(&settings, &page())
        .await
        .expect("a receipt");
    assert!(
        sink.requests()
            .iter()
            .all(|request| request.header("webhook-signature").is_none())
    );
}

#[test]
fn settings_are_checked_and_errors_say_how_to_mend() {
    let channel = Webhook::new(client(&[]));
    for (values, field, words) in [
        (vec![("url", "")], "url", "Give the address."),
        (vec![("url", "example.com")], "url", "https://"),
        (vec![("url", "http://10.0.0.1/")], "url", "outbound.allow"),
        (
            vec![("url", "https://example.com"), ("secret", "short")],
            "secret",
            "whsec_",
        ),
        (
            vec![("url", "https://example.com"), ("uri", "x")],
            "uri",
            "url, secret",
        ),
    ] {
        let errors = channel.check(&settings(&values)).expect_err("an error");
        assert_eq!(errors.len(), 1, "{errors:?}");
        let error = &errors[0];
        assert!(
            error.field == field && error.message.contains(words),
            "{error:?}"
        );
    }
}

async fn push(message: &Message, token: &str) -> (Request, wb_ports::Receipt) {
    let sink = Sink::start().expect("a server");
    sink.script(
        "/",
        [Reply::status(200).with_body(r#"{"id":"sPs71M8A2T","event":"message"}"#)],
    );
    let settings = settings(&[
        ("server", &sink.url("")),
        ("topic", "wb-ines-91x"),
        ("token", token),
    ]);
    let channel = Ntfy::new(client(&["127.0.0.1"]));
    channel.check(&settings).expect("good settings");
    let receipt = channel.send(&settings, message).await.expect("a receipt");
    (sink.requests().pop().expect("a request"), receipt)
}

#[tokio::test]
async fn a_push_has_priority_and_buttons_that_open_the_signed_pages() {
    let message = page();
    let (request, receipt) = push(&message, "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2").await;
    assert_eq!(receipt.provider_id.as_deref(), Some("sPs71M8A2T"));
    assert_eq!(
        request.header("authorization"),
        Some("Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2")
    );
    let body = request.json().expect("JSON");
    assert_eq!(body["topic"], "wb-ines-91x");
    assert_eq!(body["priority"], 5);
    assert_eq!(
        body["title"],
        "Sev 2 checkout: p99 latency over 500 ms for 2 min"
    );
    assert_eq!(body["click"], "https://pager.example/incidents/12");
    let acknowledge = message.links.acknowledge.expect("a link");
    let resolve = message.links.resolve.expect("a link");
    assert_eq!(
        body["actions"],
        json!([
            {"action": "view", "label": "Acknowledge", "url": acknowledge},
            {"action": "view", "label": "Resolve", "url": resolve},
        ])
    );
    assert!(body["message"].as_str().expect("text").contains("874 ms"));
}

#[tokio::test]
async fn a_low_push_and_a_test_are_quieter() {
    let low = wb_ports::IncidentView {
        urgency: Urgency::Low,
        ..incident()
    };
    let (request, _) = push(&page_about(low), "").await;
    assert_eq!(request.json().expect("JSON")["priority"], 3);
    assert_eq!(request.header("authorization"), None);

    let (request, _) = push(&test_message(), "").await;
    let body = request.json().expect("JSON");
    assert!(body.get("actions").is_none(), "{body}");
    assert!(
        body["message"]
            .as_str()
            .expect("text")
            .contains("Nothing is wrong")
    );
}

#[tokio::test]
async fn a_long_summary_stays_a_push() {
    let long = wb_ports::IncidentView {
        summary: "ü".repeat(10_000),
        ..incident()
    };
    let message = page_about(long);
    assert!(matches!(message.content, Content::Page { .. }));
    let (request, _) = push(&message, "").await;
    let text = request.json().expect("JSON")["message"]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(text.len() < 4_096 && text.contains('…'), "{}", text.len());
}

#[test]
fn a_topic_is_letters_digits_dashes() {
    let channel = Ntfy::new(client(&[]));
    channel
        .check(&settings(&[("topic", "alerts_2-x")]))
        .expect("a topic");
    for topic in ["with space", "a/b", &"x".repeat(65)] {
        let errors = channel
            .check(&settings(&[("topic", topic)]))
            .expect_err("no topic");
        assert_eq!(errors[0].field, "topic");
    }
}
