//! Metrics, readiness, status, headers, the UI's place.

use serde_json::{Value, json};
use wb_http::Readiness;

use crate::test_app::{ADMIN, Setup, TestApp, World};

#[tokio::test]
async fn metrics_are_open_only_where_nobody_else_can_come() {
    // public address, listener, opened by the operator, status without a token
    let rows = [
        (None, "127.0.0.1:8080", false, 200),
        (Some("http://localhost:8080"), "[::1]:8080", false, 200),
        (Some("https://bell.example"), "127.0.0.1:8080", false, 401),
        (None, "0.0.0.0:8080", false, 401),
        (Some("https://bell.example"), "0.0.0.0:8080", true, 200),
    ];
    for (public_url, listen, metrics_public, status) in rows {
        let setup = Setup {
            public_url,
            listen,
            metrics_public,
            ..Setup::default()
        };
        let app = TestApp::with(setup).await;
        let open = app.call("GET", "/metrics").send().await;
        assert_eq!(
            open.status.as_u16(),
            status,
            "{public_url:?} {listen} {metrics_public}"
        );
        let token = app
            .call("GET", "/metrics")
            .token(ADMIN)
            .send()
            .await
            .expect(200);
        assert_eq!(token.text(), "watchbell_up 1\n");
    }
}

#[tokio::test]
async fn readiness_has_fixed_words_and_status_has_the_reasons() {
    let app = TestApp::start().await;
    app.call("GET", "/healthz").send().await.expect(200);
    let ready = app.call("GET", "/readyz").send().await.expect(200);
    assert_eq!(ready.text(), "ready\n");
    let words = "/var/lib/watchbell/metrics.db is damaged".to_owned();
    let troubles = &app.state.app.troubles;
    troubles.set(wb_app::us::Trouble::MetricsOff, Some(words.clone()));
    let ready = app.call("GET", "/readyz").send().await.expect(200);
    assert_eq!(ready.text(), "ready\ntrouble: metrics_off\n");
    let problems = vec!["the pager is stuck".to_owned()];
    *app.readiness.lock().unwrap() = Readiness { problems };
    let ready = app.call("GET", "/readyz").send().await.expect(503);
    assert_eq!(ready.text(), "not ready\ntrouble: metrics_off\n");
    let status = app.admin("GET", "/status").send().await.expect(200).json();
    assert_eq!(status["ready"], false);
    assert_eq!(status["problems"][0], "the pager is stuck");
    assert_eq!(status["troubles"][0]["detail"], words);
    assert_eq!(status["listeners"][0]["address"], "127.0.0.1:8080");
    assert_eq!(status["engine"], "sqlite");
    assert_eq!(status["sending_held"], false);
    assert_eq!(status["held_why"], serde_json::Value::Null);
}

#[tokio::test]
async fn status_counts_samples_and_shows_bad_lines_to_admins() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let member = app.token_of(&world.user).await;
    let of = async |token: &str| {
        let call = app.call("GET", "/api/v1/status").token(token);
        call.send().await.expect(200).json()["listeners"].clone()
    };
    let listeners = of(ADMIN).await;
    assert_eq!(listeners[0]["intake"], Value::Null);
    assert_eq!(listeners[1]["protocol"], "carbon");
    let intake = &listeners[1]["intake"];
    assert_eq!(
        (&intake["samples"], &intake["bad_lines"], &intake["dropped"]),
        (&json!(7), &json!(1), &json!(2))
    );
    let bad = &intake["recent_bad_lines"][0];
    assert_eq!(
        (&bad["line"], &bad["reason"]),
        (&json!("nonsense"), &json!("fields"))
    );

    let listeners = of(&member).await;
    assert_eq!(listeners[1]["intake"]["samples"], 7);
    assert_eq!(listeners[1]["intake"]["recent_bad_lines"], Value::Null);
}

#[tokio::test]
async fn status_shows_what_waits() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    world.trigger(&app, "k1").await;
    let status = app.admin("GET", "/status").send().await.expect(200).json();
    assert_eq!(status["queues"]["deliveries_pending"], 1);
    assert!(status["queues"]["next_wake_up_at"].is_string(), "{status}");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/me",
        "/api/openapi.json",
        "/l/x",
        "/nowhere",
        "/healthz",
    ] {
        let answer = app.call("GET", path).send().await;
        let policy = answer.header("content-security-policy").expect(path);
        let scripts = policy
            .split(';')
            .find(|part| part.trim().starts_with("script-src"));
        assert!(
            !scripts.unwrap_or_default().contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
        assert!(
            answer.header("strict-transport-security").is_some(),
            "{path}"
        );
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let app = TestApp::start().await;
    for path in ["/api/v1/nowhere", "/api/nowhere", "/v2/nowhere", "/nowhere"] {
        let answer = app.call("GET", path).send().await.expect(404);
        assert_eq!(answer.json()["code"], "not_found", "{path}");
    }
    let answer = app.call("DELETE", "/v2/enqueue").send().await.expect(405);
    assert_eq!(answer.json()["code"], "method_not_allowed");
    let html = app
        .call("GET", "/incidents")
        .header("accept", "text/html,*/*")
        .send()
        .await;
    html.expect(200);
    app.call("POST", "/incidents")
        .header("accept", "text/html")
        .send()
        .await
        .expect(404);
}

#[tokio::test]
async fn the_outbox_exists_only_in_the_demo() {
    let demo = TestApp::start().await;
    let list = demo.admin("GET", "/outbox").send().await.expect(200).json();
    assert!(list["items"].is_array());
    let serve = TestApp::with(Setup {
        demo: false,
        ..Setup::default()
    })
    .await;
    serve.admin("GET", "/outbox").send().await.expect(404);
}
