//! Monitors over the API: what they are set to.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::shelf::Shelf;
use crate::test_app::{Setup, TestApp, World};

fn latency(world: &World) -> Value {
    json!({
        "service": world.service, "name": "Latency", "target": "shop.*.p99", "threshold": 500,
    })
}

/// `body` with one field set to something else.
fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[tokio::test]
async fn what_is_left_out_has_a_default() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let body = with(latency(&world), "for_s", json!(120));
    let made = app.admin("POST", "/monitors").json(&body);
    let made = made.send().await.expect(201);
    assert_eq!(made.header("etag"), Some("\"v1\""));
    let view = made.json();
    let id = view["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1/monitors/{id}").as_str())
    );
    assert_eq!(
        view,
        json!({
            "id": id, "version": 1, "service": world.service, "team": world.team,
            "name": "Latency", "description": "", "target": "shop.*.p99", "side": "above",
            "threshold": 500.0, "for_s": 120, "recovery": null, "recover_for_s": 120,
            "every_s": 30, "severity": "major", "silent_after_s": 300, "on_silence": "keep",
            "runbook_url": null,
        })
    );
    let list = app.admin("GET", "/monitors").send().await;
    let items = list.expect(200).json()["items"].take();
    let at_work = json!({
        "state": "unknown", "firing": 0, "silent": 0, "series": null, "first": null,
    });
    for (field, value) in view
        .as_object()
        .into_iter()
        .chain(at_work.as_object())
        .flatten()
    {
        assert_eq!(&items[0][field], value, "{field}");
    }
    let history = app.admin("GET", &format!("/monitors/{id}/history"));
    assert_eq!(
        history.send().await.expect(200).json(),
        json!({ "items": [] })
    );
    let read = app.admin("GET", &format!("/monitors/{id}")).send().await;
    let read = read.expect(200).json();
    for (field, value) in view.as_object().expect("an object") {
        assert_eq!(&read[field], value, "{field}");
    }
}

#[tokio::test]
async fn edits_name_their_version_and_are_kept() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = app.create("/monitors", latency(&world)).await;
    let path = format!("/monitors/{id}");
    let body = json!({
        "service": world.service, "name": "Free space", "description": "The disk fills up.",
        "target": "host.*.free", "side": "below", "threshold": -0.5, "for_s": 0, "recovery": 2.25,
        "recover_for_s": 60, "every_s": 10, "severity": "critical", "silent_after_s": 20,
        "on_silence": "alert", "runbook_url": "https://wiki.example/disk",
    });
    let put = |tag: &'static str| app.admin("PUT", &path).header("if-match", tag).json(&body);
    let without = app.admin("PUT", &path).json(&body).send().await;
    assert_eq!(without.expect(428).json()["code"], "version_required");
    let mut saved = put("\"v1\"").send().await.expect(200).json();
    assert_eq!(
        put("\"v1\"").send().await.expect(412).json()["code"],
        "edited"
    );
    let changes = format!("/changes?object={id}");
    let changes = app.admin("GET", &changes).send().await.expect(200).json();
    assert_eq!(changes["items"][0]["object"], saved);
    assert_eq!(changes["items"][1]["object"]["name"], "Latency");
    assert_eq!(saved["version"], 2);
    for own in ["id", "version", "team"] {
        saved.as_object_mut().expect("an object").remove(own);
    }
    assert_eq!(saved, body);

    let service = format!("/services/{}", world.service);
    let used = app
        .admin("DELETE", &service)
        .send()
        .await
        .expect(409)
        .json();
    let detail = used["detail"].as_str().expect("words");
    assert!(detail.contains("monitor Free space"), "{used}");
    let old = app.admin("DELETE", &path).header("if-match", "\"v1\"");
    old.send().await.expect(412);
    app.admin("DELETE", &path).send().await.expect(204);
    app.admin("GET", &path).send().await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    app.create("/monitors", latency(&world)).await;
    let fresh = with(latency(&world), "name", json!("New"));
    let fresh = with(fresh, "recover_for_s", json!(60));
    let unusable = [
        ("name", json!("latency")),
        ("target", json!("")),
        ("target", json!("scale(shop.*.p99")),
        ("target", json!("scael(shop.*.p99, 2)")),
        ("recovery", json!(501)),
        ("for_s", json!(86_401)),
        ("recover_for_s", json!(86_401)),
        ("every_s", json!(0)),
        ("silent_after_s", json!(30)),
        ("runbook_url", json!("ftp://wiki.example")),
        ("service", json!("svc_00000000000000000000000000000001")),
    ];
    for (field, value) in unusable {
        let body = with(fresh.clone(), field, value);
        let refused = app.admin("POST", "/monitors").json(&body).send().await;
        let refused = refused.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1));
    }
    let unreadable = [
        ("threshold", json!("500")),
        ("threshold", json!(null)),
        ("recovery", json!("low")),
        ("for_s", json!(-1)),
        ("side", json!("beside")),
        ("severity", json!("bad")),
        ("on_silence", json!("panic")),
        ("service", json!(world.team)),
    ];
    for (field, value) in unreadable {
        let body = with(fresh.clone(), field, value);
        let refused = app.admin("POST", "/monitors").json(&body).send().await;
        let refused = refused.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let body = with(fresh.clone(), "target", json!("scael(shop.*.p99, 2)"));
    let refused = app.admin("POST", "/monitors").json(&body).send().await;
    let refused = refused.expect(422).json();
    let message = refused["errors"][0]["message"].as_str().expect("words");
    assert!(
        message.contains("scael") && message.contains("character 1"),
        "{message}"
    );
    // No JSON number is that large, and none is NaN.
    for number in ["1e999", "NaN"] {
        let text = fresh.to_string().replace("500", number);
        assert!(text.contains(number));
        app.admin("POST", "/monitors")
            .bytes(text)
            .send()
            .await
            .expect(400);
    }
    let all = app
        .admin("GET", "/monitors")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_list_is_filtered_and_holds_what_one_may_see() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let other = app.create("/teams", json!({ "name": "Search" })).await;
    let body = json!({ "team": other, "name": "search" });
    let service = app.create("/services", body).await;
    let first = app.create("/monitors", latency(&world)).await;
    // Ids are in the order of the milliseconds in which they were made.
    app.clock.forward_s(1);
    let body = with(latency(&world), "service", json!(service));
    let second = app.create("/monitors", body).await;
    let ids = |answer: Value| -> Vec<String> {
        let items = answer["items"].as_array().expect("items").iter();
        items
            .map(|item| item["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let read = |query: String| {
        let call = app.admin("GET", &format!("/monitors{query}"));
        async { call.send().await.expect(200).json() }
    };
    assert_eq!(ids(read(String::new()).await), [&*first, &*second]);
    assert_eq!(ids(read(format!("?team={other}")).await), [&*second]);
    let both = format!("?team={other},{}", world.team);
    assert_eq!(ids(read(both).await).len(), 2);
    let of_service = format!("?service={}", world.service);
    assert_eq!(ids(read(of_service).await), [&*first]);
    let page = read("?limit=1".to_owned()).await;
    let next = page["next"].as_str().expect("more");
    assert_eq!(
        ids(read(format!("?limit=1&cursor={next}")).await),
        [&*second]
    );
    app.admin("GET", "/monitors?sevrice=x")
        .send()
        .await
        .expect(400);

    // The person of this world is in its team only.
    let token = app.token_of(&world.user).await;
    let call = |method: &str, path: &str| app.call(method, &format!("/api/v1{path}")).token(&token);
    let seen = call("GET", "/monitors").send().await.expect(200).json();
    assert_eq!(ids(seen), [&*first]);
    let theirs = format!("/monitors/{second}");
    call("GET", &theirs).send().await.expect(404);
    call("DELETE", &theirs).send().await.expect(404);
    let put = call("PUT", &theirs).header("if-match", "\"v1\"");
    put.json(&latency(&world)).send().await.expect(404);
    let changes = format!("/changes?object={second}");
    call("GET", &changes).send().await.expect(404);
    // Nor can one be given away to a service one does not see.
    let stray = with(latency(&world), "service", json!(service));
    let put = call("PUT", &format!("/monitors/{first}"));
    let put = put.header("if-match", "\"v1\"").json(&stray).send().await;
    assert_eq!(put.expect(422).json()["errors"][0]["field"], "service");
}

#[tokio::test]
async fn a_draft_is_judged_over_the_past() {
    let setup = Setup {
        metrics: Some(Arc::new(Shelf::with(&["shop.eu", "shop.us"]))),
        ..Setup::default()
    };
    let app = TestApp::with(setup).await;
    // Values go 0 to 9 within ten minutes, without the 3: over 7 for two of them, each time.
    let draft = json!({
        "target": "shop.*", "threshold": 7, "for_s": 60, "recover_for_s": 0, "every_s": 60,
        "silent_after_s": 120, "span_s": 172_800,
    });
    let app = &app;
    let seen = |body: Value| async move {
        app.admin("POST", "/monitors/preview")
            .json(&body)
            .send()
            .await
    };
    let judged = seen(draft.clone()).await.expect(200).json();
    assert_eq!(judged["every_s"], 60);
    assert_eq!(
        judged["count"],
        2 * 288,
        "two series, six times an hour, two days"
    );
    assert_eq!(judged["count_day"], 2 * 144);
    assert_eq!(judged["left_out"], 0);
    let series = &judged["series"][0];
    assert_eq!(
        (&series["count"], &series["step_s"]),
        (&json!(288), &json!(60))
    );
    let episodes = series["episodes"].as_array().expect("a list");
    assert_eq!(episodes.len(), 100);
    let last = &episodes[98];
    assert_eq!(
        (&last["state"], &last["worst"]),
        (&json!("firing"), &json!(9.0))
    );
    assert!(last["until"].is_string(), "{last}");

    let never = with(draft.clone(), "threshold", json!(9));
    assert_eq!(seen(never).await.expect(200).json()["count"], 0);
    let refused = seen(with(draft.clone(), "target", json!("scale(shop.*")))
        .await
        .expect(422);
    assert_eq!(refused.json()["errors"][0]["field"], "target");
    seen(with(draft, "for_s", json!(100_000))).await.expect(422);
}

#[tokio::test]
async fn functions_are_listed_with_what_they_take() {
    let app = TestApp::start().await;
    let list = app
        .admin("GET", "/metrics/functions")
        .send()
        .await
        .expect(200)
        .json();
    let items = list["items"].as_array().expect("a list");
    let shift = items.iter().find(|one| one["name"] == "timeShift");
    let parameters = &shift.expect("timeShift")["parameters"];
    assert_eq!(parameters[0]["is_series"], true);
    assert_eq!(parameters[1]["is_required"], true);
}
