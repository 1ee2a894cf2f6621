//! Deleting what is in use: it says what will happen, and then that happens.

use serde_json::{Value, json};

use crate::test_app::{TestApp, World};

/// Somebody who has a way to be told.
async fn second_person(app: &TestApp) -> String {
    let body = json!({
        "name": "Aroha Ngata", "email": "aroha@example.com", "zone": "UTC",
        "methods": [{ "name": "mail", "channel": "hook", "settings": { "url": "https://hook.example/aroha", "secret": "hush" } }],
    });
    app.create("/users", body).await
}

/// A schedule of these people, by weeks.
async fn rota(app: &TestApp, team: &str, people: &[&str]) -> String {
    let slots: Vec<_> = people
        .iter()
        .map(|one| json!({ "people": [one] }))
        .collect();
    let body = json!({
        "team": team, "name": "Rota", "zone": "Europe/Berlin",
        "rotations": [{
            "name": "weeks", "start": "2026-11-02T09:00",
            "handoff": { "every": 1, "unit": "weeks" }, "slots": slots,
        }],
    });
    app.create("/schedules", body).await
}

async fn ladder(app: &TestApp, team: &str, steps: &[Value]) -> String {
    let steps: Vec<_> = steps
        .iter()
        .map(|target| json!({ "targets": [target], "escalate_after_s": 300 }))
        .collect();
    let body = json!({ "team": team, "name": "Ladder", "steps": steps });
    app.create("/escalation-policies", body).await
}

async fn affected(app: &TestApp, path: &str) -> Value {
    app.admin("GET", path).send().await.expect(200).json()
}

fn kinds(affected: &Value) -> Vec<&str> {
    let items = affected["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_schedule_goes_from_the_policies_that_page_it() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = second_person(&app).await;
    let rota = rota(&app, &world.team, &[&world.user, &second]).await;
    let targets = [
        json!({ "type": "schedule", "id": rota }),
        json!({ "type": "user", "id": second }),
    ];
    let ladder = ladder(&app, &world.team, &targets).await;
    let path = format!("/schedules/{rota}");
    let said = affected(&app, &format!("{path}/affected")).await;
    assert_eq!(kinds(&said), ["step_empty"]);
    assert_eq!(said["refusal"], Value::Null);
    assert_eq!(said["items"][0]["about"]["id"], ladder.as_str());
    let text = said["items"][0]["text"].as_str().unwrap();
    assert_eq!(
        text,
        "Step 1 of Ladder reaches nobody then: step 2 follows at once."
    );
    // Whoever does not know of it does not change who is paged.
    let used = app.admin("DELETE", &path).send().await.expect(409).json();
    assert_eq!(used["code"], "in_use");
    let everywhere = format!("{path}?everywhere=true");
    let old = app
        .admin("DELETE", &everywhere)
        .header("if-match", "\"v9\"");
    old.send().await.expect(412);
    app.admin("DELETE", &everywhere).send().await.expect(204);
    let ladder = format!("/escalation-policies/{ladder}");
    let left = app.admin("GET", &ladder).send().await.expect(200).json();
    let steps = left["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["targets"], json!([targets[1]]));
    assert_eq!(left["version"], 2);
}

#[tokio::test]
async fn somebody_goes_from_everywhere_or_not_at_all() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = second_person(&app).await;
    let rota = rota(&app, &world.team, &[&second]).await;
    let ladder_id = ladder(
        &app,
        &world.team,
        &[json!({ "type": "user", "id": second })],
    )
    .await;
    let path = format!("/users/{second}");
    let said = affected(&app, &format!("{path}/affected")).await;
    assert_eq!(kinds(&said), ["no_steps", "uncovered", "rotation_empty"]);
    let refusal = said["refusal"].as_str().unwrap();
    assert!(refusal.contains("Ladder"), "{refusal}");
    let hole = said["items"][1]["text"].as_str().unwrap();
    assert!(hole.starts_with("Nobody is on call in Rota from"), "{hole}");
    let everywhere = format!("{path}?everywhere=true");
    app.admin("DELETE", &everywhere).send().await.expect(422);
    // Made inactive, nothing is taken out of anything, and it can be done.
    let said = affected(&app, &format!("{path}/affected?inactive=true")).await;
    assert_eq!(kinds(&said), ["uncovered", "step_empty"]);
    assert_eq!(said["refusal"], Value::Null);
    let ladder = format!("/escalation-policies/{ladder_id}");
    let mut body = app.admin("GET", &ladder).send().await.json();
    for gone in ["id", "version"] {
        body.as_object_mut().unwrap().remove(gone);
    }
    let other = json!({ "type": "user", "id": world.user });
    body["steps"][0]["targets"]
        .as_array_mut()
        .unwrap()
        .push(other);
    let put = app.admin("PUT", &ladder).header("if-match", "\"v1\"");
    put.json(&body).send().await.expect(200);
    let said = affected(&app, &format!("{path}/affected")).await;
    assert_eq!(kinds(&said), ["uncovered", "step_loses", "rotation_empty"]);
    app.admin("DELETE", &everywhere).send().await.expect(204);
    app.admin("GET", &path).send().await.expect(404);
    let left = app.admin("GET", &format!("/schedules/{rota}"));
    let left = left.send().await.expect(200).json();
    assert_eq!(left["rotations"][0]["slots"][0]["people"], json!([]));
}

#[tokio::test]
async fn a_policy_that_goes_leaves_its_incidents_as_they_are() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let incident = world.trigger(&app, "disk").await;
    let path = format!("/escalation-policies/{}", world.policy);
    let said = affected(&app, &format!("{path}/affected")).await;
    assert_eq!(kinds(&said), ["unpaged", "incident_runs"]);
    assert_eq!(said["items"][1]["about"]["id"], incident.as_str());
    app.admin("DELETE", &format!("{path}?everywhere=true"))
        .send()
        .await
        .expect(204);
    let service = format!("/services/{}", world.service);
    let left = app.admin("GET", &service).send().await.expect(200).json();
    assert_eq!(left["policy"], Value::Null);
    let open = app.admin("GET", &format!("/incidents/{incident}"));
    let open = open.send().await.expect(200).json();
    assert_eq!(open["state"], "triggered");
    // Of what somebody may not see they learn only that there is more.
    let team = app.create("/teams", json!({ "name": "Others" })).await;
    let own = ladder(&app, &team, &[json!({ "type": "user", "id": world.user })]).await;
    let mut paged = left.clone();
    for gone in ["id", "version"] {
        paged.as_object_mut().unwrap().remove(gone);
    }
    paged["policy"] = json!(own);
    let put = app.admin("PUT", &service).header("if-match", "\"v2\"");
    put.json(&paged).send().await.expect(200);
    let member = json!({
        "name": "Bo", "email": "bo@example.com", "zone": "UTC", "teams": [{ "team": team, "role": "member" }],
    });
    let member = app.create("/users", member).await;
    let token = app.token_of(&member).await;
    let call = app.call(
        "GET",
        &format!("/api/v1/escalation-policies/{own}/affected"),
    );
    let said = call.token(&token).send().await.expect(200).json();
    assert_eq!(kinds(&said), [""; 0]);
    assert_eq!(said["hidden"], 1);
    assert!(said["refusal"].is_string(), "{said}");
    let gone = app.call(
        "DELETE",
        &format!("/api/v1/escalation-policies/{own}?everywhere=true"),
    );
    gone.token(&token).send().await.expect(409);
}
