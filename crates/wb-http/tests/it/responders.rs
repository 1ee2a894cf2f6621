//! Asking others to help, from the call to the link in their message; and turns.

use serde_json::{Value, json};

use crate::links::{form, post};
use crate::test_app::{PUBLIC_URL, TestApp, World};

fn path(link: Option<&String>) -> String {
    let link = link.expect("a link");
    link.strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

async fn incident(app: &TestApp, id: &str) -> Value {
    let answer = app.admin("GET", &format!("/incidents/{id}")).send().await;
    answer.expect(200).json()
}

fn texts(incident: &Value, kind: &str) -> Vec<String> {
    let record = incident["record"].as_array().unwrap();
    let found = record.iter().filter(|entry| entry["kind"] == kind);
    found
        .map(|entry| entry["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn somebody_is_asked_and_answers_by_the_link_in_the_message() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let ask = |body: Value| {
        let path = format!("/incidents/{id}/responders");
        let app = &app;
        async move { app.admin("POST", &path).json(&body).send().await }
    };
    let acknowledge = format!("/incidents/{id}/acknowledge");
    app.admin("POST", &acknowledge).send().await.expect(200);
    let whom = json!([{ "type": "policy", "id": world.policy }]);
    let body = json!({ "targets": whom, "message": "The replica lags.", "preview": true });
    let would = ask(body).await.expect(200).json();
    assert_eq!(would["asked"][0]["user"]["id"], world.user);
    assert_eq!(incident(&app, &id).await["responders"], json!([]));
    let body = json!({ "targets": whom, "message": "The replica lags." });
    let done = ask(body.clone()).await.expect(200).json();
    assert_eq!(
        (&done["changed"], &done["asked"][0]["not_told"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(ask(body).await.expect(200).json()["changed"], false);
    app.work().await;
    let (accept, decline) = {
        let sent = app.hook.sent.lock().unwrap();
        let links = &sent.last().expect("a message").links;
        assert_eq!(links.acknowledge, None);
        (path(links.accept.as_ref()), path(links.decline.as_ref()))
    };
    let page = app.call("GET", &accept).send().await.expect(200);
    assert!(
        page.text().contains("You are asked to help"),
        "{}",
        page.text()
    );
    assert_eq!(
        incident(&app, &id).await["responders"][0]["answer"],
        Value::Null
    );
    let answered = post(&app, form(&page)).await.expect(200);
    assert!(
        answered.text().contains("You said at"),
        "{}",
        answered.text()
    );
    let shown = incident(&app, &id).await;
    assert_eq!(shown["responders"][0]["answer"], "accepted");
    assert_eq!(shown["state"], "acknowledged");
    assert_eq!(texts(&shown, "responder_answered"), ["Jonas Weber helps."]);
    let page = app.call("GET", &decline).send().await.expect(200);
    post(&app, form(&page)).await.expect(200);
    let shown = incident(&app, &id).await;
    assert_eq!(shown["responders"][0]["answer"], "declined");
    let asked = texts(&shown, "responders_asked");
    assert!(asked[0].contains("Jonas Weber"), "{asked:?}");
    app.admin("POST", &format!("/incidents/{id}/resolve"))
        .send()
        .await
        .expect(200);
    let late = post(&app, form(&page)).await.expect(200);
    assert!(late.text().contains("You said at"), "{}", late.text());
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_words() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let path = format!("/incidents/{id}/responders");
    let ask = |body: Value| app.admin("POST", &path).json(&body).send();
    let nobody = "usr_00000000000000000000000000000001";
    let rows = [
        (json!({ "targets": [] }), 422),
        (
            json!({ "targets": [{ "type": "user", "id": nobody }] }),
            422,
        ),
        (
            json!({ "targets": [{ "type": "user", "id": world.user }], "message": "x".repeat(1001) }),
            422,
        ),
    ];
    for (body, status) in rows {
        let problem = ask(body).await.expect(status).json();
        assert!(
            problem["errors"][0]["message"]
                .as_str()
                .unwrap()
                .contains(' '),
            "{problem}"
        );
    }
    let answer = app
        .admin("POST", &format!("{path}/answer"))
        .json(&json!({ "accept": true }));
    assert_eq!(answer.send().await.expect(409).json()["code"], "not_asked");
}

#[tokio::test]
async fn a_policy_says_whose_turn_is_next() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let path = format!("/escalation-policies/{}", world.policy);
    let policy = app.admin("GET", &path).send().await.expect(200).json();
    let step = |more: Value| {
        let mut step = json!({
            "targets": [{ "type": "user", "id": world.user }, { "type": "admins" }],
            "escalate_after_s": 300, "round_robin": true,
        });
        step.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "team": world.team, "name": policy["name"], "steps": [step], "repeat": 0 })
    };
    let put = |body: Value| {
        app.admin("PUT", &path)
            .header("if-match", "\"v1\"")
            .json(&body)
            .send()
    };
    let refused = put(step(json!({ "needs_everyone": true })))
        .await
        .expect(422)
        .json();
    assert_eq!(refused["errors"][0]["field"], "steps[0].round_robin");
    put(step(json!({}))).await.expect(200);
    let turns = || async {
        let answer = app.admin("GET", &format!("{path}/turns")).send().await;
        answer.expect(200).json()["items"][0].clone()
    };
    let before = turns().await;
    assert_eq!(
        (&before["last"], &before["next"]["id"]),
        (&Value::Null, &json!(world.user))
    );
    let id = world.trigger(&app, "k1").await;
    let shown = incident(&app, &id).await;
    let record = shown["record"].as_array().unwrap();
    let entry = record
        .iter()
        .find(|entry| entry["kind"] == "step_executed")
        .unwrap();
    assert_eq!(entry["why"], "It is the turn of Jonas Weber, the first.");
    assert_eq!(turns().await["last"]["id"], world.user);
}
