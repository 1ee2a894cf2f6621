//! Merging, bulk commands, summaries, the record in pages, and what was changed around a service.

use serde_json::{Value, json};

use crate::test_app::{Answer, TestApp, World};

async fn get(app: &TestApp, path: &str) -> Value {
    app.admin("GET", path).send().await.expect(200).json()
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.admin("POST", path).json(body).send().await
}

fn words(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

/// Two incidents, the older one first.
async fn two(app: &TestApp, world: &World) -> [String; 2] {
    let first = world.trigger(app, "k1").await;
    app.clock.forward_s(60);
    let second = world.trigger(app, "k2").await;
    [first, second]
}

#[tokio::test]
async fn a_merge_says_what_it_would_do_then_does_it_and_both_tell_of_it() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let [first, second] = two(&app, &world).await;
    let path = format!("/incidents/{second}/merge");
    let said = post(&app, &path, &json!({ "into": first, "preview": true })).await;
    let said = said.expect(200).json();
    assert_eq!(said["preview"], true);
    assert_eq!(said["alert_count"], 1);
    assert_eq!(said["merged"]["state"], "resolved");
    assert_eq!(said["merged"]["cancelled"], 1);
    assert_eq!(said["into"]["open_alert_count"], 2);
    let untouched = get(&app, &format!("/incidents/{second}")).await;
    assert_eq!(untouched["state"], "triggered");

    let done = post(&app, &path, &json!({ "into": first }))
        .await
        .expect(200);
    assert_eq!(done.json()["merged"]["version"], said["merged"]["version"]);
    let merged = get(&app, &format!("/incidents/{second}")).await;
    assert_eq!(merged["state"], "resolved");
    assert_eq!(merged["merged_into"]["id"], first);
    assert_eq!(merged["merged_into"]["number"], 1);
    assert_eq!(merged["alerts"], json!([]));
    let kinds = words(&merged["record"], "kind");
    assert_eq!(kinds.first().map(String::as_str), Some("alert_opened"));
    assert_eq!(kinds.last().map(String::as_str), Some("merged_into"));
    let last = merged["record"].as_array().unwrap().last().unwrap();
    assert!(last["text"].as_str().unwrap().contains("INC-1"), "{last}");
    assert_eq!(last["other"]["id"], first);

    let taker = get(&app, &format!("/incidents/{first}")).await;
    assert_eq!(taker["absorbed"], json!([{ "id": second, "number": 2 }]));
    assert_eq!(taker["alert_count"], 2);
    assert_eq!(words(&taker["alerts"], "dedup_key").len(), 2);
    let record = taker["record"].as_array().unwrap();
    assert!(record.iter().any(|entry| entry["kind"] == "absorbed"));

    // The alert's later events follow it: only when both are over, the incident is.
    for (key, state) in [("k2", "triggered"), ("k1", "resolved")] {
        app.enqueue(&world.event("resolve", key)).await.expect(202);
        let now = get(&app, &format!("/incidents/{first}")).await;
        assert_eq!(now["state"], state, "after {key}");
    }
    for id in [&first, &second] {
        let path = format!("/incidents/{id}/verify");
        let checked = post(&app, &path, &json!({})).await.expect(200).json();
        assert_eq!(checked["findings"], json!([]), "{checked}");
    }
}

#[tokio::test]
async fn merges_that_cannot_be_are_refused_in_words() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let [first, second] = two(&app, &world).await;
    let merge = async |id: &str, into: &str| {
        let path = format!("/incidents/{id}/merge");
        let answer = post(&app, &path, &json!({ "into": into })).await;
        let code = answer.json()["code"].as_str().map(ToOwned::to_owned);
        (answer.status.as_u16(), code.unwrap_or_default())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    assert_eq!(
        merge(&first, &first).await,
        refused(409, "merge_into_itself")
    );
    let nowhere = "inc_00000000000000000000000000000001";
    assert_eq!(merge(&first, nowhere).await, refused(422, "invalid"));
    assert_eq!(merge(nowhere, &first).await, refused(404, "not_found"));
    assert_eq!(merge(&second, &first).await.0, 200);
    assert_eq!(merge(&second, &first).await, refused(409, "merged"));
    assert_eq!(
        merge(&first, &second).await,
        refused(409, "merge_target_resolved")
    );
    let reopen = format!("/incidents/{second}/reopen");
    let problem = post(&app, &reopen, &json!({})).await.expect(409).json();
    assert_eq!(problem["code"], "merged");
    assert!(problem["detail"].as_str().unwrap().contains(&first));
    let resolve = format!("/incidents/{first}/resolve");
    post(&app, &resolve, &json!({})).await.expect(200);
    app.clock.forward_s(60);
    let third = world.trigger(&app, "k3").await;
    assert_eq!(
        merge(&third, &first).await,
        refused(409, "merge_target_resolved")
    );
    assert_eq!(
        merge(&first, &third).await,
        refused(409, "already_resolved")
    );
}

#[tokio::test]
async fn who_may_not_act_for_both_teams_cannot_merge() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let [first, _] = two(&app, &world).await;
    let other = app.create("/teams", json!({ "name": "Others" })).await;
    let body = json!({ "team": other, "name": "mail", "urgency": "none" });
    let service = app.create("/services", body).await;
    let body = json!({ "service": service, "title": "Mails are late" });
    let theirs = app.create("/incidents", body).await;
    let person = |role: Option<&'static str>, n: u8| {
        let mut teams = vec![json!({ "team": world.team, "role": "member" })];
        teams.extend(role.map(|role| json!({ "team": other, "role": role })));
        json!({
            "name": "Caller", "email": format!("caller{n}@example.com"), "zone": "UTC",
            "teams": teams,
        })
    };
    for (n, role, status) in [
        (1, None, 422),
        (2, Some("observer"), 403),
        (3, Some("member"), 200),
    ] {
        let user = app.create("/users", person(role, n)).await;
        let token = app.token_of(&user).await;
        let path = format!("/api/v1/incidents/{first}/merge");
        let body = json!({ "into": theirs, "preview": true });
        let call = app.call("POST", &path).token(&token).json(&body);
        call.send().await.expect(status);
    }
}

#[tokio::test]
async fn many_at_once_each_with_its_own_outcome() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let [first, second] = two(&app, &world).await;
    let path = format!("/incidents/{first}/resolve");
    post(&app, &path, &json!({})).await.expect(200);
    let nowhere = "inc_00000000000000000000000000000001";
    let ids = [&second, &first, nowhere, &second];
    let body = json!({ "ids": ids, "action": "acknowledge" });
    let send = || {
        let call = app.admin("POST", "/incidents/bulk");
        call.header("idempotency-key", "bulk").json(&body).send()
    };
    let done = send().await.expect(200);
    let shown = done.json();
    assert_eq!(shown["failed"], 2);
    assert_eq!(words(&shown["items"], "id"), ids);
    assert_eq!(shown["items"][0]["changed"]["state"], "acknowledged");
    assert_eq!(shown["items"][1]["problem"]["code"], "already_resolved");
    assert_eq!(shown["items"][2]["problem"]["code"], "not_found");
    assert_eq!(shown["items"][3]["changed"], shown["items"][0]["changed"]);
    let again = send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, done.body);

    let to = json!({ "user": world.user });
    let given = json!({ "ids": [second], "action": "reassign", "to": to });
    let shown = post(&app, "/incidents/bulk", &given)
        .await
        .expect(200)
        .json();
    assert_eq!(shown["items"][0]["changed"]["state"], "triggered");
    let ended = json!({ "ids": [second], "action": "resolve" });
    let shown = post(&app, "/incidents/bulk", &ended)
        .await
        .expect(200)
        .json();
    assert_eq!(shown["items"][0]["changed"]["state"], "resolved");

    let many: Vec<String> = (0..201).map(|n| format!("inc_{n:032x}")).collect();
    for (body, field) in [
        (json!({ "ids": [], "action": "resolve" }), "ids"),
        (json!({ "ids": many, "action": "resolve" }), "ids"),
        (json!({ "ids": [second], "action": "reassign" }), "to"),
        (
            json!({ "ids": [second], "action": "resolve", "to": to }),
            "to",
        ),
        (
            json!({ "ids": [second], "action": "reassign", "to": {} }),
            "to",
        ),
    ] {
        let problem = post(&app, "/incidents/bulk", &body)
            .await
            .expect(422)
            .json();
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn a_summary_counts_what_a_list_holds() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let [first, second] = two(&app, &world).await;
    let path = format!("/incidents/{first}/acknowledge");
    post(&app, &path, &json!({})).await.expect(200);
    let summary = get(&app, "/incidents/summary").await;
    assert_eq!(summary["total"], 2);
    let counts = |list: &Value| -> Vec<u64> {
        let items = list.as_array().unwrap().iter();
        items.map(|item| item["count"].as_u64().unwrap()).collect()
    };
    assert_eq!(counts(&summary["states"]), [1, 1, 0]);
    assert_eq!(counts(&summary["severities"]), [2, 0, 0, 0, 0]);
    let service = &summary["services"][0];
    assert_eq!(service["service"]["name"], "checkout");
    assert_eq!(
        (&service["open"], &service["worst"]),
        (&json!(2), &json!("critical"))
    );
    let me = get(&app, "/me").await["user"]["id"].clone();
    for query in [
        "?owner=me".to_owned(),
        format!("?owner={}", me.as_str().unwrap()),
        "?state=acknowledged".to_owned(),
        "?until=2026-11-21T03:12:00Z".to_owned(),
        "?since=2026-11-21T03:12:00Z".to_owned(),
        "?severity=critical,minor&q=p99&state=triggered".to_owned(),
        "?q=inc-2".to_owned(),
        "?q=inc-2&state=triggered".to_owned(),
    ] {
        let list = get(&app, &format!("/incidents{query}")).await;
        let found = words(&list["items"], "id");
        let is_second = query.contains("since") || query.contains("q=");
        let expected = if is_second { &second } else { &first };
        assert_eq!(found, [expected.as_str()], "{query}");
        let total = &get(&app, &format!("/incidents/summary{query}")).await["total"];
        assert_eq!(*total, 1, "{query}");
    }
    let path = "/incidents/summary?limit=3";
    app.admin("GET", path).send().await.expect(400);
}

#[tokio::test]
async fn the_record_in_pages_and_by_kind() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    app.work().await;
    for text in ["one", "two"] {
        let path = format!("/incidents/{id}/notes");
        post(&app, &path, &json!({ "text": text }))
            .await
            .expect(201);
    }
    let whole = get(&app, &format!("/incidents/{id}")).await["record"].clone();
    let mut pages = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = get(&app, &format!("/incidents/{id}/record{query}")).await;
        pages.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(json!(pages), whole);
    for entry in &pages {
        let expected = format!("{}/{}", entry["stream"].as_str().unwrap(), entry["seq"]);
        assert_eq!(entry["id"], expected);
    }
    let noted = get(&app, &format!("/incidents/{id}/record?kind=noted,paged")).await;
    assert_eq!(words(&noted["items"], "kind"), ["paged", "noted", "noted"]);
    let path = format!("/incidents/{id}/record?kind=nodet");
    let problem = app.admin("GET", &path).send().await.expect(400).json();
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("nodet") && message.contains("noted"),
        "{problem}"
    );
}

#[tokio::test]
async fn what_was_changed_around_a_service() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    app.clock.forward_s(3_600);
    let path = format!("/services/{}", world.service);
    let body = json!({
        "team": world.team, "name": "checkout", "urgency": "low", "policy": world.policy,
    });
    let put = app.admin("PUT", &path).header("if-match", "\"v1\"");
    put.json(&body).send().await.expect(200);
    let changes = get(&app, &format!("{path}/changes")).await;
    let kinds = words(&changes["items"], "kind");
    let expected = ["service", "integration", "service", "escalation_policy"];
    let sorted = |mut words: Vec<String>| {
        words.sort_unstable();
        words
    };
    let expected: Vec<String> = expected.map(ToOwned::to_owned).to_vec();
    assert_eq!(sorted(kinds), sorted(expected));
    let newest = &changes["items"][0];
    assert_eq!(
        (
            &newest["change"],
            &newest["version"],
            &newest["object"]["name"]
        ),
        (&json!("changed"), &json!(2), &json!("checkout"))
    );
    assert_eq!(newest["actor"]["kind"], "user");
    let since = "?since=2026-11-21T04:00:00Z";
    let recent = get(&app, &format!("{path}/changes{since}")).await;
    assert_eq!(recent["items"].as_array().unwrap().len(), 1);
}
