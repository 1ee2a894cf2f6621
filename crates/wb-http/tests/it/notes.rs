//! Changing and deleting notes, and saved filters.

use serde_json::{Value, json};

use crate::test_app::{Answer, TestApp, World};

/// An incident with a note of the admin's, and the note's path.
async fn noted(app: &TestApp) -> (String, String) {
    let world = World::on(app).await;
    let id = world.trigger(app, "k1").await;
    let path = format!("/incidents/{id}/notes");
    let body = json!({ "text": "**first**" });
    let answer = app.admin("POST", &path).json(&body).send().await;
    let answer = answer.expect(201);
    assert_eq!(answer.header("etag"), Some("\"v1\""));
    let location = answer.header("location").unwrap();
    let note = location.trim_start_matches("/api/v1").to_owned();
    (id, note)
}

async fn edit(app: &TestApp, note: &str, tag: &str, text: &str) -> Answer {
    let call = app.admin("PUT", note).header("if-match", tag);
    call.json(&json!({ "text": text })).send().await
}

async fn record(app: &TestApp, id: &str) -> Vec<Value> {
    let path = format!("/incidents/{id}/record?kind=noted,note_edited,note_deleted");
    let shown = app.admin("GET", &path).send().await.expect(200).json();
    shown["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_note_is_changed_by_its_author_for_a_while() {
    let app = TestApp::start().await;
    let (id, note) = noted(&app).await;
    let body = json!({ "text": "second" });
    let blind = app.admin("PUT", &note).json(&body).send().await;
    assert_eq!(blind.expect(428).json()["code"], "version_required");
    app.clock.forward_s(60);
    let saved = edit(&app, &note, "\"v1\"", "second").await.expect(200);
    assert_eq!(saved.header("etag"), Some("\"v2\""));
    assert_eq!(saved.json()["earlier"][0]["text"], "**first**");
    let late = edit(&app, &note, "\"v1\"", "third").await.expect(412);
    assert_eq!(late.header("etag"), Some("\"v2\""));
    let empty = edit(&app, &note, "\"v2\"", " ").await.expect(422);
    assert_eq!(empty.json()["errors"][0]["field"], "text");

    let shown = record(&app, &id).await;
    assert_eq!(shown[0]["quote"], "second");
    assert_eq!(shown[0]["note"]["version"], 2);
    assert!(shown[0]["note"]["edited_at"].is_string());
    assert_eq!(shown[1]["kind"], "note_edited");
    assert_eq!(shown[1]["quote"], Value::Null);

    let read = app.admin("GET", &note).send().await.expect(200);
    assert_eq!(read.json()["text"], "second");
    app.clock.forward_s(14 * 60);
    let old = edit(&app, &note, "\"v2\"", "third").await.expect(409);
    assert_eq!(old.json()["code"], "note_too_old");
    let kept = app.admin("DELETE", &note).send().await.expect(409);
    assert_eq!(kept.json()["code"], "note_too_old");
}

#[tokio::test]
async fn nobody_changes_somebody_elses_note() {
    let app = TestApp::start().await;
    let (_, note) = noted(&app).await;
    let users = app.admin("GET", "/users").send().await.expect(200).json();
    let users = users["items"].as_array().unwrap().iter();
    let jonas = users
        .filter(|user| user["name"] == "Jonas Weber")
        .map(|user| user["id"].as_str().unwrap())
        .next()
        .unwrap();
    let token = app.token_of(jonas).await;
    let path = format!("/api/v1{note}");
    let call = app.call("PUT", &path).token(&token);
    let call = call.header("if-match", "\"v1\"");
    let refused = call.json(&json!({ "text": "mine" })).send().await;
    assert_eq!(refused.expect(403).json()["code"], "note_of_another");
    let refused = app.call("DELETE", &path).token(&token).send().await;
    assert_eq!(refused.expect(403).json()["code"], "note_of_another");
    let gone = note.replace("/nte_", "/nte_f");
    app.admin("GET", &gone).send().await.expect(404);
}

#[tokio::test]
async fn a_deleted_note_leaves_an_entry_and_no_text() {
    let app = TestApp::start().await;
    let (id, note) = noted(&app).await;
    edit(&app, &note, "\"v1\"", "secret").await.expect(200);
    let stale = app.admin("DELETE", &note).header("if-match", "\"v1\"");
    stale.send().await.expect(412);
    app.admin("DELETE", &note).send().await.expect(204);
    let shown = app.admin("GET", &format!("/incidents/{id}")).send().await;
    assert!(!shown.text().contains("secret") && !shown.text().contains("**first**"));
    let entries = record(&app, &id).await;
    assert_eq!(entries.len(), 3);
    assert!(entries[0]["note"]["deleted_at"].is_string());
    assert_eq!(entries[0]["erased"], true);
    assert_eq!(entries[2]["kind"], "note_deleted");
    let read = app.admin("GET", &note).send().await.expect(200).json();
    assert_eq!(read["text"], "");
    let again = app.admin("DELETE", &note).send().await.expect(409);
    assert_eq!(again.json()["code"], "note_deleted");
    let verify = format!("/incidents/{id}/verify");
    let checked = app.admin("POST", &verify).send().await.expect(200).json();
    assert_eq!(checked["findings"], json!([]));
}

#[tokio::test]
async fn filters_are_saved_for_oneself_or_a_team() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let query = json!({ "state": ["triggered"], "owner": "me", "severity": ["critical"] });
    let mine = json!({ "name": "Mine", "query": query });
    let made = app.admin("POST", "/filters").json(&mine).send().await;
    let made = made.expect(201);
    assert_eq!(made.json()["query"], query);
    assert_eq!(made.json()["team"], Value::Null);
    let taken = json!({ "name": "MINE", "query": {} });
    let problem = app.admin("POST", "/filters").json(&taken).send().await;
    assert_eq!(problem.expect(422).json()["errors"][0]["field"], "name");
    for (body, status) in [
        (json!({ "name": " ", "query": {} }), 422),
        (json!({ "name": "x", "query": { "colour": "red" } }), 400),
        (json!({ "name": "x", "query": { "state": ["open"] } }), 400),
        (
            json!({ "name": "x", "query": { "q": "x".repeat(20_000) } }),
            422,
        ),
        (
            json!({ "name": "x", "query": {}, "team": "tea_00000000000000000000000000000001" }),
            422,
        ),
    ] {
        let call = app.admin("POST", "/filters").json(&body);
        call.send().await.expect(status);
    }
    let ours = json!({ "name": "Ours", "query": {}, "team": world.team });
    let ours = app.create("/filters", ours).await;

    // Jonas is of the team: he sees the team's filter and may change it, and not the admin's own.
    let token = app.token_of(&world.user).await;
    let call = |method, path: &str| app.call(method, &format!("/api/v1{path}")).token(&token);
    let list = call("GET", "/filters").send().await.expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["team"]["name"], "Payments");
    let path = format!("/filters/{}", made.id());
    call("GET", &path).send().await.expect(404);
    call("DELETE", &path).send().await.expect(404);
    let path = format!("/filters/{ours}");
    let body = json!({ "name": "Everybody's", "query": { "q": "p99" } });
    let blind = call("PUT", &path).json(&body).send().await;
    blind.expect(428);
    let edit = || call("PUT", &path).header("if-match", "\"v1\"").json(&body);
    let saved = edit().send().await.expect(200);
    assert_eq!(saved.header("etag"), Some("\"v2\""));
    assert_eq!(saved.json()["updated_by"]["name"], "Jonas Weber");
    assert_eq!(
        edit().send().await.expect(412).header("etag"),
        Some("\"v2\"")
    );
    call("DELETE", &path).send().await.expect(204);
    call("GET", &path).send().await.expect(404);
}

#[tokio::test]
async fn nobody_saves_filters_without_end() {
    let app = TestApp::start().await;
    for n in 0..100 {
        let body = json!({ "name": format!("f{n}"), "query": {} });
        app.create("/filters", body).await;
    }
    let body = json!({ "name": "one more", "query": {} });
    let problem = app.admin("POST", "/filters").json(&body).send().await;
    assert_eq!(problem.expect(422).json()["code"], "invalid");
}
