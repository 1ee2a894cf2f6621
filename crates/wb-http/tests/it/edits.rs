//! Configuration over the API: versions, repeats, errors, history, on call, plans.

use serde_json::{Value, json};

use crate::test_app::{TestApp, World};

#[tokio::test]
async fn an_edit_names_the_version_it_was_made_from() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let path = format!("/teams/{}", world.team);
    let read = app.admin("GET", &path).send().await.expect(200);
    assert_eq!(read.header("etag"), Some("\"v1\""));
    let body = json!({ "name": "Money" });
    let missing = app.admin("PUT", &path).json(&body).send().await.expect(428);
    assert_eq!(missing.json()["code"], "version_required");
    let put = |tag: &'static str| app.admin("PUT", &path).header("if-match", tag).json(&body);
    put("3").send().await.expect(400);
    let saved = put("\"v1\"").send().await.expect(200);
    assert_eq!(saved.header("etag"), Some("\"v2\""));
    assert_eq!(saved.json()["version"], 2);
    let late = put("\"v1\"").send().await.expect(412);
    assert_eq!(late.header("etag"), Some("\"v2\""));
    assert_eq!(late.json()["code"], "edited");
    let old = app
        .admin("DELETE", &path)
        .header("if-match", "\"v1\"")
        .send()
        .await;
    old.expect(412);
    let used = app.admin("DELETE", &path).send().await.expect(409).json();
    assert_eq!(used["code"], "in_use");
    assert!(
        used["detail"].as_str().unwrap().contains("checkout"),
        "{used}"
    );
}

#[tokio::test]
async fn a_repeated_post_gets_the_first_answer_and_does_nothing() {
    let app = TestApp::start().await;
    let post = |key: &'static str, name: &str| {
        app.admin("POST", "/teams")
            .header("idempotency-key", key)
            .json(&json!({ "name": name }))
    };
    let first = post("a", "One").send().await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = post("a", "One").send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("content-type"), Some("application/json"));
    let other = post("a", "Two").send().await.expect(422);
    assert_eq!(other.json()["code"], "idempotency_key_used");
    app.clock.forward_s(24 * 3_600 + 1);
    let taken = post("a", "One").send().await.expect(422).json();
    assert_eq!(
        taken["code"], "invalid",
        "the key is new again, the name is not: {taken}"
    );
    let long = "k".repeat(256);
    let call = app.admin("POST", "/teams").header("idempotency-key", &long);
    call.json(&json!({ "name": "x" })).send().await.expect(400);
}

#[tokio::test]
async fn of_two_posts_at_once_one_does_something() {
    let app = TestApp::start().await;
    let post = || {
        let call = app
            .admin("POST", "/teams")
            .header("idempotency-key", "once");
        call.json(&json!({ "name": "Once" })).send()
    };
    let (one, other) = tokio::join!(post(), post());
    let (first, second) = if one.status == 201 {
        (one, other)
    } else {
        (other, one)
    };
    let first = first.expect(201);
    match second.status.as_u16() {
        // Came after the first had ended.
        201 => assert_eq!(second.header("idempotency-replayed"), Some("true")),
        _ => {
            let refused = second.expect(409);
            assert_eq!(refused.json()["code"], "idempotency_under_way");
            assert_eq!(refused.header("retry-after"), Some("1"));
        }
    }
    assert_eq!(post().await.expect(201).body, first.body);
}

#[tokio::test]
async fn keys_of_two_callers_are_apart_and_refusals_are_repeated_too() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let token = app.token_of(&world.user).await;
    let path = "/api/v1/services";
    let body = json!({ "team": world.team, "name": "" });
    let call = |token: &str| {
        app.call("POST", path)
            .token(token)
            .header("idempotency-key", "k")
            .json(&body)
    };
    let mine = call(&token).send().await.expect(422);
    assert_eq!(call(&token).send().await.expect(422).body, mine.body);
    let theirs = call(crate::test_app::ADMIN).send().await.expect(422);
    assert_eq!(theirs.header("idempotency-replayed"), None);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_say_where() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let post = |body: String| app.admin("POST", "/escalation-policies").bytes(body);
    let broken = post("{\"team\": ".to_owned())
        .send()
        .await
        .expect(400)
        .json();
    assert!(
        broken["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("line 1"),
        "{broken}"
    );
    let wrong = json!({
        "team": world.team, "name": "x",
        "steps": [{ "targets": [{ "type": "user", "id": world.team }], "escalate_after_s": 60 }],
    });
    let wrong = post(wrong.to_string()).send().await.expect(400).json();
    assert_eq!(
        wrong["errors"][0]["field"], "steps[0].targets[0]",
        "{wrong}"
    );
    let extra = json!({ "name": "x", "nmae": "y" });
    let extra = app
        .admin("POST", "/teams")
        .json(&extra)
        .send()
        .await
        .expect(400)
        .json();
    assert!(
        extra["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("nmae"),
        "{extra}"
    );
    let problem = app
        .admin("POST", "/services")
        .json(&json!({ "team": world.team, "name": " " }))
        .send()
        .await
        .expect(422);
    assert_eq!(
        problem.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(problem.json()["errors"][0]["field"], "name");
    assert_eq!(problem.json()["status"], 422);
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(5 << 20));
    let large = app
        .admin("POST", "/teams")
        .bytes(large)
        .send()
        .await
        .expect(413)
        .json();
    assert_eq!(large["code"], "too_large");
}

#[tokio::test]
async fn secrets_are_never_shown_and_stay_when_left_out() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let path = format!("/users/{}", world.user);
    let read = app.admin("GET", &path).send().await.expect(200);
    assert!(!read.text().contains("hush"), "{}", read.text());
    let mut user = read.json();
    assert_eq!(user["methods"][0]["settings"]["secret"], Value::Null);
    assert_eq!(user["methods"][0]["verified_at"], Value::Null);
    for field in ["id", "version", "paused_until"] {
        user.as_object_mut().unwrap().remove(field);
    }
    user["methods"][0]
        .as_object_mut()
        .unwrap()
        .remove("verified_at");
    user["name"] = json!("Jonas W.");
    let put = app
        .admin("PUT", &path)
        .header("if-match", "\"v1\"")
        .json(&user);
    put.send().await.expect(200);
    let test = format!("{path}/methods/{}/test", world.method);
    let report = app.admin("POST", &test).send().await.expect(200).json();
    assert_eq!(report["accepted"], true);
    let token = app.token_of(&world.user).await;
    let own = app
        .call("GET", &format!("/api/v1{path}"))
        .token(&token)
        .send()
        .await;
    assert!(own.json()["methods"].is_array());
}

#[tokio::test]
async fn an_object_has_a_history() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let path = format!("/teams/{}", world.team);
    for (tag, name) in [("\"v1\"", "Money"), ("\"v2\"", "Cash")] {
        let put = app.admin("PUT", &path).header("if-match", tag);
        put.json(&json!({ "name": name })).send().await.expect(200);
    }
    let changes = format!("/changes?object={}&limit=2", world.team);
    let page = app.admin("GET", &changes).send().await.expect(200).json();
    assert_eq!(page["items"][0]["version"], 3);
    assert_eq!(page["items"][0]["object"]["name"], "Cash");
    assert_eq!(page["items"][0]["actor"]["kind"], "user");
    let next = format!("{changes}&cursor={}", page["next"].as_str().unwrap());
    let rest = app.admin("GET", &next).send().await.expect(200).json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Value::Null);
    app.admin("GET", "/changes?object=nonsense")
        .send()
        .await
        .expect(400);
    let nowhere = "/changes?object=svc_00000000000000000000000000000001";
    app.admin("GET", nowhere).send().await.expect(404);
}

#[tokio::test]
async fn schedules_say_who_is_on_call() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let body = json!({
        "team": world.team, "name": "Payments", "zone": "Europe/Berlin",
        "rotations": [{
            "name": "week", "start": "2026-11-16T09:00",
            "handoff": { "every": 1, "unit": "weeks" },
            "slots": [{ "people": [world.user] }, { "people": [] }],
        }],
    });
    let schedule = app.create("/schedules", body).await;
    let read = |path: String| async move { path };
    let now = read(format!("/schedules/{schedule}/on-call")).await;
    let now = app.admin("GET", &now).send().await.expect(200).json();
    assert_eq!(now["people"][0]["user"]["name"], "Jonas Weber");
    let later = format!("/schedules/{schedule}/on-call?at=2026-11-24T12:00:00Z");
    let later = app.admin("GET", &later).send().await.expect(200).json();
    assert_eq!(later["people"], json!([]));
    let body = json!({
        "from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z",
        "change": { "type": "add", "user": world.user },
    });
    let overrides = format!("/schedules/{schedule}/overrides");
    let made = app
        .admin("POST", &overrides)
        .json(&body)
        .send()
        .await
        .expect(201);
    let shifts =
        format!("/schedules/{schedule}/shifts?from=2026-11-16T08:00:00Z&to=2026-11-26T00:00:00Z");
    let shifts = app.admin("GET", &shifts).send().await.expect(200).json();
    assert_eq!(shifts["items"].as_array().unwrap().len(), 2, "{shifts}");
    assert_eq!(
        shifts["items"][1]["why"]["overridden_by"],
        made.json()["id"]
    );
    let all = app.admin("GET", "/on-call").send().await.expect(200).json();
    assert_eq!(all["items"][0]["schedule"]["name"], "Payments");
    let bad = format!("/schedules/{schedule}/on-call?at=noon");
    app.admin("GET", &bad).send().await.expect(400);
}

#[tokio::test]
async fn a_declared_state_is_planned_and_applied() {
    let app = TestApp::start().await;
    let body = json!({
        "teams": [{ "name": "Search" }],
        "users": [{
            "name": "Aroha Ngata", "email": "aroha@example.com", "zone": "Pacific/Auckland",
            "teams": { "Search": "member" },
            "methods": [{
                "name": "phone", "channel": "hook",
                "settings": { "url": "https://hook.example/aroha" },
            }],
        }],
        "policies": [{
            "name": "Search on call", "team": "Search",
            "steps": [{ "targets": [{ "user": "aroha@example.com" }, "admins"],
                        "escalate_after_s": 60 }],
        }],
        "services": [{ "name": "search", "team": "Search", "policy": "Search on call" }],
        "integrations": [{
            "service": "search", "name": "events", "dialect": "events_v2",
            "key": "DEMO00000000000000000000CHECKOUT",
        }],
        "monitors": [{
            "service": "search", "name": "Latency", "target": "search.*.p99", "threshold": 0.5,
        }],
    });
    let plan = |verb: &str| app.admin("POST", &format!("/config/{verb}")).json(&body);
    let planned = plan("plan").send().await.expect(200).json();
    assert_eq!(planned["problems"], json!([]));
    assert!(
        planned["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c["action"] == "create")
    );
    let applied = plan("apply").send().await.expect(200).json();
    assert_eq!(applied["changes"].as_array().unwrap().len(), 6);
    let again = plan("plan").send().await.expect(200).json();
    assert!(
        again["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c["action"] == "unchanged"),
        "{again}"
    );
    let wrong = json!({ "services": [{ "name": "x", "team": "Serach" }] });
    let wrong = app
        .admin("POST", "/config/apply")
        .json(&wrong)
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(wrong["errors"][0]["field"], "services[0].team", "{wrong}");
}

#[tokio::test]
async fn a_dashboard_is_kept_as_given() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let body = json!({
        "team": world.team, "name": "Web", "description": "The servers",
        "variables": [
            { "name": "host", "choices": { "find": "servers.*.cpu" } },
            { "name": "zone", "choices": { "list": ["a", "b"] }, "default": "b" },
        ],
        "charts": [
            { "title": "CPU of $host", "targets": ["servers.$host.cpu"], "unit": "%", "y_min": 0.5 },
            { "title": "All", "targets": ["sumSeries(servers.*.cpu)", "a.$zone"], "width": 3 },
        ],
        "span_s": 7200, "refresh_s": null,
    });
    let id = app.create("/dashboards", body.clone()).await;
    let path = format!("/dashboards/{id}");
    let made = app.admin("GET", &path).send().await.expect(200);
    assert_eq!(made.header("etag"), Some("\"v1\""));
    let made = made.json();
    assert_eq!(made["charts"][0]["width"], 1);
    assert_eq!(made["charts"][0]["y_min"], json!(0.5));
    assert_eq!(
        made["variables"][0]["choices"],
        body["variables"][0]["choices"]
    );
    assert_eq!(made["variables"][1], body["variables"][1]);
    assert_eq!(
        (&made["span_s"], &made["refresh_s"]),
        (&json!(7200), &Value::Null)
    );
    let both = json!({ "team": world.team, "name": "x", "variables": [
        { "name": "v", "choices": { "find": "a.*", "list": [] } },
    ]});
    app.admin("POST", "/dashboards")
        .json(&both)
        .send()
        .await
        .expect(400);
}

#[tokio::test]
async fn a_dashboard_is_declared_and_brought_back() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let charts = json!([{ "title": "CPU", "targets": ["servers.*.cpu"] }]);
    let body = json!({ "team": world.team, "name": "Web", "charts": charts, "refresh_s": null });
    let id = app.create("/dashboards", body).await;
    let path = format!("/dashboards/{id}");
    let made = app.admin("GET", &path).send().await.expect(200).json();
    let team = app
        .admin("GET", &format!("/teams/{}", world.team))
        .send()
        .await
        .json();
    let charts = json!([{ "title": "One", "targets": ["a.b"] }]);
    let declared = json!({
        "dashboards": [{ "name": "web", "team": team["name"], "charts": charts }],
    });
    let plan = app.admin("POST", "/config/plan").json(&declared);
    let plan = plan.send().await.expect(200).json();
    assert_eq!(plan["changes"][0]["action"], "update", "{plan}");
    app.admin("POST", "/config/apply")
        .json(&declared)
        .send()
        .await
        .expect(200);
    let now = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(
        (&now["version"], &now["refresh_s"]),
        (&json!(2), &json!(30))
    );

    app.admin("DELETE", &path)
        .header("if-match", "\"v2\"")
        .send()
        .await
        .expect(204);
    app.admin("GET", &path).send().await.expect(404);
    let kind = app
        .admin("GET", "/changes?kind=dashboard")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(kind["items"].as_array().expect("a list").len(), 3);
    let restore = format!("/changes/{id}/1/restore");
    let call = app.admin("POST", &restore).header("if-match", "\"v3\"");
    call.json(&json!({})).send().await.expect(200);
    let back = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(
        (&back["charts"], &back["version"]),
        (&made["charts"], &json!(4))
    );
}
