//! Schedules with everything they can have: written, declared, previewed, looked at.

use serde_json::{Value, json};

use crate::test_app::{TestApp, World};

/// A schedule of two people in Berlin, on working days, with everything a rotation can have.
fn full(team: &str, first: &str, second: &str) -> Value {
    json!({
        "team": team, "name": "Payments", "zone": "Europe/Berlin",
        "rotations": [{
            "name": "office", "start": "2026-11-16T09:00", "end": "2030-01-01T00:00",
            "zone": "Europe/Lisbon",
            "handoff": { "every": 1, "unit": "days" }, "turn": "worked", "when_off": "next",
            "windows": [
                { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00" },
                { "days": ["mon"], "from": "17:00", "to": "19:00", "coordinate_only": true },
            ],
            "slots": [
                { "people": [first] },
                { "people": [{ "user": second, "joins": "2026-11-01" }] },
            ],
        }, {
            "name": "rest", "start": "2026-11-01T00:00", "beside": true,
            "handoff": { "every": 1, "unit": "months" },
            "slots": [{ "people": [first, { "user": second, "duty": "shadow" }] }],
        }],
    })
}

async fn second_person(app: &TestApp) -> String {
    let body = json!({ "name": "Aroha Ngata", "email": "aroha@example.com", "zone": "UTC" });
    app.create("/users", body).await
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = second_person(&app).await;
    let schedule = app
        .create("/schedules", full(&world.team, &world.user, &second))
        .await;
    let path = format!("/schedules/{schedule}");
    let read = app.admin("GET", &path).send().await.expect(200).json();
    let office = &read["rotations"][0];
    assert_eq!(office["turn"], "worked");
    assert_eq!(office["zone"], "Europe/Lisbon");
    assert_eq!(office["windows"][1]["coordinate_only"], true);
    assert_eq!(office["windows"][0]["days"].as_array().unwrap().len(), 5);
    assert_eq!(office["slots"][0]["people"], json!([world.user]));
    assert_eq!(office["slots"][1]["people"][0]["joins"], "2026-11-01");
    let rest = &read["rotations"][1];
    assert_eq!(rest["beside"], true);
    assert_eq!(rest["windows"], json!([]));
    assert_eq!(rest["slots"][0]["people"][1]["duty"], "shadow");
    // What is read can be written again as it is.
    let mut body = read.clone();
    for gone in ["id", "version"] {
        body.as_object_mut().unwrap().remove(gone);
    }
    let call = app.admin("PUT", &path).header("if-match", "\"v1\"");
    let again = call.json(&body).send().await.expect(200).json();
    assert_eq!(again["version"], 1, "nothing changed");
}

#[tokio::test]
async fn who_is_off_is_covered_and_the_cover_is_explained() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = second_person(&app).await;
    let schedule = app
        .create("/schedules", full(&world.team, &world.user, &second))
        .await;
    let at = "2026-11-16T12:00:00Z";
    let on_call = format!("/schedules/{schedule}/on-call?at={at}");
    let before = app.admin("GET", &on_call).send().await.expect(200).json();
    assert_eq!(before["people"].as_array().unwrap().len(), 2, "{before}");
    let off = format!("/users/{}/time-off", world.user);
    let body = json!({ "from": "2026-11-16T00:00:00Z", "to": "2026-11-17T00:00:00Z" });
    let made = app.create(&off, body).await;
    let people = app.admin("GET", &on_call).send().await.expect(200).json();
    let people = people["people"].as_array().unwrap().clone();
    assert_eq!(people.len(), 1, "{people:?}");
    assert_eq!(people[0]["user"]["id"], json!(second));
    assert_eq!(people[0]["duty"], "act");
    assert_eq!(people[0]["why"]["covers"]["id"], json!(world.user));
    let list = app.admin("GET", &off).send().await.expect(200).json();
    assert_eq!(list["items"][0]["id"], json!(made));
    let one = format!("{off}/{made}");
    app.admin("DELETE", &one).send().await.expect(204);
    let after = app.admin("GET", &on_call).send().await.expect(200).json();
    assert_eq!(after["people"], before["people"]);
}

#[tokio::test]
async fn a_preview_says_which_shifts_move_and_saves_nothing() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = second_person(&app).await;
    let rota = |people: [&str; 2]| {
        json!({
            "team": world.team, "name": "Payments", "zone": "UTC",
            "rotations": [{
                "name": "days", "start": "2026-11-16T00:00",
                "handoff": { "every": 1, "unit": "days" },
                "slots": people.map(|one| json!({ "people": [one] })),
            }],
        })
    };
    let schedule = app.create("/schedules", rota([&world.user, &second])).await;
    let body = json!({
        "id": schedule, "schedule": rota([&second, &world.user]),
        "from": "2026-11-16T00:00:00Z", "to": "2026-11-17T00:00:00Z",
    });
    let call = app.admin("POST", "/schedules/preview").json(&body);
    let found = call.send().await.expect(200).json();
    assert_eq!(found["gaps"], json!([]));
    assert_eq!(found["shifts"].as_array().unwrap().len(), 1);
    let moved: Vec<_> = found["moved"].as_array().unwrap().iter().collect();
    let words: Vec<_> = moved
        .iter()
        .map(|one| (one["user"]["id"].clone(), one["change"].clone()))
        .collect();
    assert!(words.contains(&(json!(second), json!("gains"))), "{found}");
    assert!(
        words.contains(&(json!(world.user), json!("loses"))),
        "{found}"
    );
    assert_eq!(found["people"].as_array().unwrap().len(), 2);
    let kept = app
        .admin("GET", &format!("/schedules/{schedule}"))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(kept["version"], 1);
    // What could not be saved cannot be previewed either, and says why.
    let mut wrong = body.clone();
    wrong["schedule"]["rotations"][0]["turn"] = json!("worked");
    let call = app.admin("POST", "/schedules/preview").json(&wrong);
    let refused = call.send().await.expect(422).json();
    assert!(
        refused.to_string().contains("rotations[0].turn"),
        "{refused}"
    );
}

#[tokio::test]
async fn coverage_says_gaps_load_and_who_is_on_call_twice() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let rota = |name: &str, from: &str, to: &str| {
        json!({
            "team": world.team, "name": name, "zone": "UTC",
            "rotations": [{
                "name": "days", "start": "2026-11-16T00:00",
                "handoff": { "every": 1, "unit": "weeks" },
                "windows": [{ "from": from, "to": to }],
                "slots": [{ "people": [world.user] }],
            }],
        })
    };
    let schedule = app.create("/schedules", rota("A", "00:00", "12:00")).await;
    let other = app.create("/schedules", rota("B", "11:00", "13:00")).await;
    let span = "from=2026-11-16T00:00:00Z&to=2026-11-18T00:00:00Z&nights_running_max=1";
    let path = format!("/schedules/{schedule}/coverage?{span}");
    let found = app.admin("GET", &path).send().await.expect(200).json();
    assert_eq!(found["gaps"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(found["gaps"][0]["from"], "2026-11-16T12:00:00.000000Z");
    assert_eq!(found["doubled"][0]["from"], "2026-11-16T11:00:00.000000Z");
    assert_eq!(found["doubled"][0]["other"]["id"], json!(other));
    assert_eq!(found["people"][0]["total_s"], 24 * 3_600);
    assert_eq!(found["people"][0]["overloaded"], true, "{found}");
}

#[tokio::test]
async fn a_declared_schedule_is_applied_and_the_next_plan_says_whom_it_concerns() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let second = "aroha@example.com";
    second_person(&app).await;
    let teams = app.admin("GET", "/teams").send().await.expect(200).json();
    let team = teams["items"].as_array().unwrap();
    let team = team
        .iter()
        .find(|one| one["id"] == json!(world.team))
        .unwrap()["name"]
        .clone();
    let users = app.admin("GET", "/users").send().await.expect(200).json();
    let users = users["items"].as_array().unwrap();
    let first = users
        .iter()
        .find(|one| one["id"] == json!(world.user))
        .unwrap()["email"]
        .clone();
    let declared = |leaves: Value| {
        json!({ "schedules": [{
            "name": "Payments", "team": team, "zone": "Europe/Berlin",
            "rotations": [{
                "name": "days", "start": "2026-11-16T09:00", "turn": "worked",
                "handoff": { "every": 1, "unit": "days" },
                "windows": [{ "days": ["sat", "sun"], "from": "22:00", "to": "06:00" }],
                "slots": [
                    { "people": [{ "user": first, "leaves": leaves }] },
                    { "people": [second, { "user": first, "duty": "shadow" }], "first_come": false },
                ],
            }],
        }] })
    };
    let send = |verb: &str, body: &Value| {
        let call = app.admin("POST", &format!("/config/{verb}")).json(body);
        async move { call.send().await }
    };
    send("apply", &declared(Value::Null)).await.expect(200);
    let again = send("plan", &declared(Value::Null))
        .await
        .expect(200)
        .json();
    assert_eq!(again["changes"][0]["action"], "unchanged", "{again}");
    let plan = send("plan", &declared(json!("2026-12-01")))
        .await
        .expect(200)
        .json();
    let change = &plan["changes"][0];
    assert_eq!(change["action"], "update");
    assert!(
        change["fields"][0]["after"]
            .as_str()
            .unwrap()
            .contains("leaves 2026-12-01"),
        "{change}"
    );
    assert_eq!(change["affected"].as_array().unwrap().len(), 2, "{change}");
    let mut wrong = declared(Value::Null);
    wrong["schedules"][0]["rotations"][0]["slots"][0]["people"][0]["duty"] = json!("sleep");
    let refused = send("plan", &wrong).await.json();
    let text = refused.to_string();
    assert!(
        text.contains("schedules[0].rotations[0].slots[0].people[0]"),
        "{text}"
    );
    assert!(text.contains("act, coordinate, shadow"), "{text}");
}
