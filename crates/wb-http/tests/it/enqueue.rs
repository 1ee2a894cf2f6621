//! `POST /v2/enqueue`: what a PagerDuty client relies on, and what is refused.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};
use wb_store::db::{Lane, Tx};

use crate::test_app::{TestApp, World};

async fn alerts(app: &TestApp) -> Vec<Value> {
    let list = app.admin("GET", "/alerts").send().await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_event_is_accepted_and_opens_an_alert() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let answer = app
        .enqueue(&world.event("trigger", "k1"))
        .await
        .expect(202)
        .json();
    assert_eq!(
        answer,
        json!({ "status": "success", "message": "Event processed", "dedup_key": "k1" })
    );
    let alerts = alerts(&app).await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["dedup_key"], "k1");
    assert_eq!(alerts[0]["state"], "open");
    app.enqueue(&world.event("resolve", "k1")).await.expect(202);
    assert_eq!(self::alerts(&app).await[0]["state"], "resolved");
}

#[tokio::test]
async fn a_key_is_made_where_the_sender_gives_none() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let mut event = world.event("trigger", "");
    event.as_object_mut().unwrap().remove("dedup_key");
    let answer = app.enqueue(&event).await.expect(202).json();
    assert!(!answer["dedup_key"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn any_content_type_is_read_as_json() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let body = world.event("trigger", "k1").to_string();
    let plain = app
        .call("POST", "/v2/enqueue")
        .header("content-type", "text/plain");
    plain.bytes(body.clone()).send().await.expect(202);
    app.call("POST", "/v2/enqueue")
        .bytes(body)
        .send()
        .await
        .expect(202);
    assert_eq!(alerts(&app).await[0]["count"], 2);
}

#[tokio::test]
async fn form_never_costs_a_page() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let mut event = world.event("trigger", "odd");
    let summary = format!("{}\u{0}end", "x".repeat(10_000));
    event["payload"]["summary"] = Value::from(summary);
    event["payload"]["timestamp"] = Value::from("yesterday-ish");
    event["extra"] = json!({ "a": 1 });
    app.enqueue(&event).await.expect(202);
    let alert = alerts(&app).await.remove(0);
    let kept = alert["summary"].as_str().unwrap();
    assert!(kept.len() > 10_000 && kept.ends_with("\u{fffd}end"));
    assert_eq!(
        alert["notes"].as_array().unwrap().len(),
        4,
        "{}",
        alert["notes"]
    );
}

/// Bad bodies: what is bad, the body, the status, and what the errors say.
fn bad_events(world: &World) -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let changed = |field: &str, value: Value| {
        let mut event = world.event("trigger", "k1");
        event[field] = value;
        event.to_string().into_bytes()
    };
    let mut no_payload = world.event("trigger", "k1");
    no_payload.as_object_mut().unwrap().remove("payload");
    vec![
        ("no JSON", b"{\"routing_key\": ".to_vec(), 400, "line 1"),
        ("empty", Vec::new(), 400, ""),
        ("not an object", b"[1]".to_vec(), 400, ""),
        (
            "not UTF-8",
            b"{\"routing_key\": \"\xff\"}".to_vec(),
            400,
            "UTF-8",
        ),
        (
            "unknown key",
            changed("routing_key", json!("R".repeat(32))),
            400,
            "routing_key",
        ),
        (
            "wrong type",
            changed("payload", json!("down")),
            400,
            "payload",
        ),
        (
            "unknown action",
            changed("event_action", json!("explode")),
            400,
            "event_action",
        ),
        (
            "long dedup key",
            changed("dedup_key", json!("k".repeat(256))),
            400,
            "dedup_key",
        ),
        (
            "no payload",
            no_payload.to_string().into_bytes(),
            400,
            "payload",
        ),
        (
            "too large",
            changed("client", json!("x".repeat(600_000))),
            413,
            "524288",
        ),
    ]
}

/// What each refused body is answered with; none of them leaves a signal, an alert or a fact.
#[tokio::test]
async fn bad_events_get_a_clear_answer_and_change_nothing() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let rows = bad_events(&world);
    let refused = rows.len();
    for (name, body, status, says) in rows {
        let answer = app.call("POST", "/v2/enqueue").bytes(body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
        let json = answer.json();
        assert_eq!(json["status"], "invalid event", "{name}");
        assert!(!json["message"].as_str().unwrap().is_empty(), "{name}");
        let errors = json["errors"].to_string();
        assert!(errors.contains(says), "{name}: {errors}");
    }
    assert!(alerts(&app).await.is_empty());
    let path = format!("/integrations/{}/signals", world.integration);
    let signals = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(signals["items"], json!([]));
    app.work().await;
    let path = format!("/integrations/{}/refusals", world.integration);
    let refusals = app.admin("GET", &path).send().await.expect(200).json();
    let counted = refusals["count"].as_u64().unwrap();
    assert!(counted >= 4 && counted < refused as u64, "{refusals}");
    assert_eq!(refusals["items"].as_array().unwrap().len() as u64, counted);
}

#[tokio::test]
async fn a_key_of_another_service_stays_with_its_service() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    app.enqueue(&world.event("trigger", "k1")).await.expect(202);
    let rotate = format!("/integrations/{}/key/rotate", world.integration);
    let fresh = app.admin("POST", &rotate).send().await.expect(200).json();
    app.enqueue(&world.event("trigger", "k1")).await.expect(400);
    let mut event = world.event("trigger", "k1");
    event["routing_key"] = fresh["key"].clone();
    app.enqueue(&event).await.expect(202);
    assert_eq!(alerts(&app).await[0]["count"], 2);
}

#[tokio::test]
async fn a_store_that_is_gone_is_answered_with_503() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    app.store.close();
    let answer = app.enqueue(&world.event("trigger", "k1")).await.expect(503);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.json()["status"], "unavailable");
}

#[tokio::test]
async fn a_flood_is_told_to_come_back_and_loses_nothing_that_was_accepted() {
    const SENT: usize = 2_050;
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    // Nothing is written until this is let go, so all of them wait.
    let (let_go, held) = channel::<()>();
    let held = Mutex::new(held);
    let store = app.store.clone();
    let blocked = tokio::spawn(async move {
        let wait = move |_: &mut Tx<'_>| {
            // Hung up is let go, so that a failing test ends.
            let _ = held.lock().expect("a lock").recv();
            Ok::<_, wb_store::db::Error>(())
        };
        store.write(Lane::People, wait).await
    });
    let event = |n: usize| world.event("trigger", &format!("flood-{n}"));
    let events: Vec<_> = (0..SENT).map(event).collect();
    let mut answers: FuturesUnordered<_> = events.iter().map(|event| app.enqueue(event)).collect();
    // 2,048 events of one integration may wait.
    for _ in 2_048..SENT {
        let refused = answers.next().await.expect("an answer").expect(429);
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(refused.json()["status"], "throttle exceeded");
    }
    drop(let_go);
    blocked.await.expect("a task").expect("a commit");
    let mut accepted = 0;
    while let Some(answer) = answers.next().await {
        answer.expect(202);
        accepted += 1;
    }
    let counts = app
        .admin("GET", "/incidents/summary?state=triggered")
        .send()
        .await;
    let counts = counts.expect(200).json();
    assert_eq!((accepted, &counts["total"]), (2_048, &json!(2_048)));
}
