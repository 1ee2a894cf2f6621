//! Incidents in the API: lists, filters, pages, the record, commands.

use serde_json::{Value, json};

use crate::test_app::{TestApp, World};

async fn list(app: &TestApp, query: &str) -> Value {
    app.admin("GET", &format!("/incidents{query}"))
        .send()
        .await
        .expect(200)
        .json()
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_of_a_list_meet_without_gap_or_overlap() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    for n in 0..5 {
        app.clock.forward_s(1);
        app.enqueue(&world.event("trigger", &format!("k{n}")))
            .await
            .expect(202);
    }
    let whole = ids(&list(&app, "").await);
    assert_eq!(whole.len(), 5);
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = list(&app, &query).await;
        seen.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole);
    for bad in [
        "?limit=0",
        "?limit=201",
        "?cursor=x",
        "?stat=triggered",
        "?state=open",
    ] {
        let path = format!("/incidents{bad}");
        let answer = app.admin("GET", &path).send().await.expect(400).json();
        assert_eq!(answer["code"], "unreadable", "{bad}: {answer}");
    }
}

#[tokio::test]
async fn filters_narrow_a_list() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let first = world.trigger(&app, "k1").await;
    app.clock.forward_s(1);
    let second = world.trigger(&app, "k2").await;
    let path = format!("/incidents/{first}/acknowledge");
    app.admin("POST", &path).send().await.expect(200);
    let rows = [
        ("?state=triggered".to_owned(), vec![&second]),
        ("?state=acknowledged".to_owned(), vec![&first]),
        (
            "?state=triggered,acknowledged".to_owned(),
            vec![&second, &first],
        ),
        (
            "?state=triggered&state=acknowledged".to_owned(),
            vec![&second, &first],
        ),
        ("?state=resolved".to_owned(), vec![]),
        (
            format!("?service={}&urgency=high", world.service),
            vec![&second, &first],
        ),
        ("?urgency=low".to_owned(), vec![]),
        ("?severity=critical".to_owned(), vec![&second, &first]),
        (format!("?team={}&q=P99", world.team), vec![&second, &first]),
        ("?q=100%25".to_owned(), vec![]),
        ("?q=inc-1".to_owned(), vec![&first]),
        ("?q=%232&state=triggered".to_owned(), vec![&second]),
        ("?q=INC-2&state=acknowledged".to_owned(), vec![]),
        ("?q=INC-3".to_owned(), vec![]),
        (format!("?owner={}", world.user), vec![]),
    ];
    for (query, expected) in rows {
        let found = ids(&list(&app, &query).await);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn an_incident_tells_its_story() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    app.work().await;
    let path = format!("/incidents/{id}");
    let shown = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(shown["state"], "triggered");
    assert_eq!(shown["service"]["name"], "checkout");
    assert_eq!(shown["next"]["step"], 2);
    assert_eq!(shown["next"]["targets"], json!(["Room"]));
    assert_eq!(shown["policy"]["name"], "Payments on call");
    assert_eq!(shown["alerts"][0]["dedup_key"], "k1");
    let delivery = &shown["pages"][0]["deliveries"][0];
    assert_eq!(shown["pages"][0]["recipient"]["name"], "Jonas Weber");
    assert_eq!(delivery["state"], "sent");
    assert_eq!(delivery["method_name"], "phone");
    assert_eq!(delivery["attempts"][0]["outcome"], "accepted");
    assert_eq!(delivery["attempts"][0]["detail"], "taken");
    let note = json!({ "text": "Started with the 03:06 deploy." });
    app.admin("POST", &format!("{path}/notes"))
        .json(&note)
        .send()
        .await
        .expect(201);
    app.admin("POST", &format!("{path}/resolve"))
        .send()
        .await
        .expect(200);
    let record = app.admin("GET", &path).send().await.expect(200).json()["record"].clone();
    let record = record.as_array().unwrap();
    let kinds: Vec<_> = record
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    let expected = [
        "alert_opened",
        "opened",
        "step_executed",
        "paged",
        "attempted",
        "noted",
        "alert_resolved",
        "resolved",
    ];
    assert_eq!(sorted(&kinds), sorted(&expected), "{kinds:?}");
    for entry in record {
        let text = entry["text"].as_str().unwrap();
        assert!(text.contains(' ') && !text.contains("record."), "{entry}");
        assert!(!text.contains("{{"), "{entry}");
        assert_eq!(entry["hash"].as_str().unwrap().len(), 64);
        assert_eq!(
            entry["at"].as_str().unwrap().len(),
            "2026-11-21T03:11:40.000000Z".len()
        );
    }
    let noted = record
        .iter()
        .find(|entry| entry["kind"] == "noted")
        .unwrap();
    assert_eq!(noted["quote"], "Started with the 03:06 deploy.");
}

fn sorted<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

#[tokio::test]
async fn an_incident_is_declared_in_one_call() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let body = json!({
        "service": world.service, "title": "Cards are refused", "summary": "Since the switch",
        "severity": "critical",
    });
    let answer = app
        .admin("POST", "/incidents")
        .json(&body)
        .send()
        .await
        .expect(201);
    let shown = answer.json();
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1/incidents/{}", shown["id"].as_str().unwrap()).as_str())
    );
    assert_eq!(shown["summary"], "Since the switch");
    assert_eq!(shown["pages"].as_array().unwrap().len(), 1);
    let refused = json!({ "service": world.service, "title": " " });
    let problem = app
        .admin("POST", "/incidents")
        .json(&refused)
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["field"], "title");
}

#[tokio::test]
async fn commands_that_do_not_fit_say_so() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let command = |name: &str| app.admin("POST", &format!("/incidents/{id}/{name}"));
    let code = |answer: crate::test_app::Answer| answer.json()["code"].clone();
    assert_eq!(
        code(command("unacknowledge").send().await.expect(409)),
        "not_acknowledged"
    );
    assert_eq!(
        code(command("reopen").send().await.expect(409)),
        "not_resolved"
    );
    let first = command("acknowledge").send().await.expect(200).json();
    assert_eq!(first["changed"], true);
    assert_eq!(first["cancelled"], 1);
    assert_eq!(
        command("acknowledge").send().await.expect(200).json()["changed"],
        false
    );
    let both = json!({ "user": world.user, "policy": world.policy });
    command("reassign").json(&both).send().await.expect(422);
    command("reassign")
        .json(&json!({ "user": world.user }))
        .send()
        .await
        .expect(200);
    command("resolve").send().await.expect(200);
    assert_eq!(
        code(command("acknowledge").send().await.expect(409)),
        "already_resolved"
    );
    let empty = json!({ "text": " " });
    let problem = command("notes")
        .json(&empty)
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["field"], "text");
    let nowhere = "/incidents/inc_00000000000000000000000000000001";
    assert_eq!(
        code(app.admin("GET", nowhere).send().await.expect(404)),
        "not_found"
    );
    app.admin("GET", "/incidents/nonsense")
        .send()
        .await
        .expect(404);
}

#[tokio::test]
async fn what_waits_and_what_is_wanted_at_once_is_told_in_the_record() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let command = |name: &str| app.admin("POST", &format!("/incidents/{id}/{name}"));
    let late = json!({ "until": "2126-01-01T00:00:00Z" });
    let problem = command("snooze")
        .json(&late)
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["field"], "until");
    let until = app.state.app.now().plus_secs(3_600);
    let soon = json!({ "until": until.to_string() });
    let put_off = command("snooze")
        .json(&soon)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(put_off["state"], "acknowledged");
    let path = format!("/incidents/{id}");
    let shown = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(shown["snoozed_until"], until.to_string());
    command("unsnooze").send().await.expect(200);
    let again = command("unsnooze").send().await.expect(409).json();
    assert_eq!(again["code"], "not_snoozed");
    command("escalate")
        .json(&json!({}))
        .send()
        .await
        .expect(200);
    let zero = json!({ "step": 0 });
    command("escalate").json(&zero).send().await.expect(400);
    let ninth = json!({ "step": 9 });
    let problem = command("escalate")
        .json(&ninth)
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["field"], "step");
    let shown = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(shown["snoozed_until"], serde_json::Value::Null);
    let record = shown["record"].as_array().unwrap();
    for kind in ["snoozed", "unsnoozed", "escalated"] {
        let entry = record.iter().find(|entry| entry["kind"] == kind).unwrap();
        let text = entry["text"].as_str().unwrap();
        assert!(!text.is_empty() && !text.contains("{{"), "{kind}: {text}");
    }
}
