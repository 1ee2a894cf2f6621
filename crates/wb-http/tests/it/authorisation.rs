//! Nobody gets in: every operation of the API's description against every kind of caller.
//!
//! The table below has a row for each operation; an operation without one fails the test, so that
//! nobody adds a route without deciding who may use it. A letter per caller: `+` done, `c` let in and
//! refused for its content (in use, unknown team, wrong password), `f` forbidden, `n` not found (what
//! one may not see does not exist).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::shelf::Shelf;
use crate::test_app::{ADMIN, Setup, TestApp, World};

/// Who calls, in the order of the letters.
const CALLERS: [Who; 4] = [Who::Observer, Who::Member, Who::Stranger, Who::Admin];

#[derive(Clone, Copy, Debug)]
enum Who {
    /// An observer of the team that owns everything.
    Observer,
    /// A member of that team.
    Member,
    /// A member of another team.
    Stranger,
    /// A global admin.
    Admin,
}

/// Operations that need no login at all: they are closed by what they carry, or say nothing.
const OPEN: [&str; 7] = [
    "set_up",
    "sign_in",
    "get_health",
    "get_readiness",
    "open_link",
    "follow_link",
    "enqueue",
];

/// Open here because every listener is on loopback; its own rules are tested in `itself`.
const LOOPBACK: [&str; 1] = ["get_metrics"];

/// Answers without end to whoever has a login; what it tells is filtered by scope, which
/// `wb_app::live` tests.
const ENDLESS: [&str; 1] = ["listen_live"];

const ROWS: &[(&str, &str)] = &[
    ("accept_swap", "ffnf"),
    ("acknowledge_incident", "f+n+"),
    ("add_note", "f+n+"),
    ("apply_config", "fff+"),
    ("ask_swap", "ccnc"),
    ("bulk_incidents", "++++"),
    ("confirm_code", "ffff"),
    ("create_backup", "fffc"),
    ("create_dashboard", "f+c+"),
    ("create_endpoint", "f+c+"),
    ("create_escalation_policy", "f+c+"),
    ("create_filter", "++++"),
    ("create_integration", "f+c+"),
    ("create_monitor", "f+c+"),
    ("create_override", "f+n+"),
    ("create_schedule", "f+c+"),
    ("create_service", "f+c+"),
    ("create_set_up_link", "fff+"),
    ("create_team", "fff+"),
    ("create_time_off", "fff+"),
    ("create_token", "++++"),
    ("create_user", "fff+"),
    ("declare_incident", "f+n+"),
    ("decline_swap", "ffn+"),
    ("delete_dashboard", "f+n+"),
    ("delete_endpoint", "f+n+"),
    ("delete_escalation_policy", "fcnc"),
    ("delete_filter", "f+n+"),
    ("delete_integration", "f+n+"),
    ("delete_monitor", "f+n+"),
    ("delete_note", "ffn+"),
    ("delete_override", "f+n+"),
    ("delete_schedule", "f+n+"),
    ("delete_service", "fcnc"),
    ("delete_team", "fffc"),
    ("delete_time_off", "fff+"),
    ("delete_user", "fffc"),
    ("edit_note", "ffn+"),
    ("escalate_incident", "f+n+"),
    ("end_other_sessions", "++++"),
    ("end_pause", "fff+"),
    ("explain", "++n+"),
    ("get_affected_by_policy", "f+n+"),
    ("get_affected_by_schedule", "f+n+"),
    ("get_affected_by_user", "fff+"),
    ("get_alert", "++n+"),
    ("get_coverage", "++n+"),
    ("get_dashboard", "++n+"),
    ("get_endpoint", "++n+"),
    ("get_escalation_policy", "++n+"),
    ("get_filter", "++n+"),
    ("get_incident", "++n+"),
    ("get_incident_graphs", "++n+"),
    ("get_integration", "++n+"),
    ("get_integration_key", "f+n+"),
    ("get_me", "++++"),
    ("get_monitor", "++n+"),
    ("get_note", "++n+"),
    ("get_on_call", "++n+"),
    ("get_override", "++n+"),
    ("get_schedule", "++n+"),
    ("get_sending", "fff+"),
    ("get_service", "++n+"),
    ("get_service_path", "++n+"),
    ("get_status", "++++"),
    ("get_team", "++n+"),
    ("get_time_off", "++++"),
    ("get_user", "++++"),
    ("graphite_expand", "++++"),
    ("graphite_find", "++++"),
    ("graphite_find_by_key", "++++"),
    ("graphite_find_form", "++++"),
    ("graphite_find_form_by_key", "++++"),
    ("graphite_index", "++++"),
    ("graphite_render", "++++"),
    ("graphite_render_by_key", "++++"),
    ("graphite_render_form", "++++"),
    ("graphite_render_form_by_key", "++++"),
    ("list_alerts", "++++"),
    ("list_changes", "++n+"),
    ("list_channels", "++++"),
    ("list_dashboards", "++++"),
    ("list_endpoints", "++++"),
    ("list_escalation_policies", "++++"),
    ("list_filters", "++++"),
    ("list_functions", "++++"),
    ("list_incidents", "++++"),
    ("list_integration_refusals", "++n+"),
    ("list_integration_signals", "++n+"),
    ("list_integrations", "++++"),
    ("list_limits", "++++"),
    ("list_monitor_history", "++n+"),
    ("list_monitors", "++++"),
    ("list_on_call", "++++"),
    ("list_outbox", "++++"),
    ("list_overrides", "++n+"),
    ("list_turns", "++n+"),
    ("list_rechecks", "++++"),
    ("list_record", "++n+"),
    ("list_schedules", "++++"),
    ("list_service_changes", "++n+"),
    ("list_services", "++++"),
    ("list_sessions", "++++"),
    ("list_shifts", "++n+"),
    ("list_swaps", "++++"),
    ("list_teams", "++++"),
    ("list_time_off", "++++"),
    ("list_tokens", "++++"),
    ("list_users", "++++"),
    ("merge_incident", "f+n+"),
    ("plan_config", "fff+"),
    ("preview_monitor", "++++"),
    ("preview_schedule", "f+c+"),
    ("reassign_incident", "f+n+"),
    ("recheck_method", "fffc"),
    ("ask_responders", "f+n+"),
    ("answer_request", "ccnc"),
    ("remove_member", "ffn+"),
    ("reopen_incident", "fcnc"),
    ("resolve_incident", "f+n+"),
    ("restore_version", "f+n+"),
    ("resume_sending", "fff+"),
    ("revoke_session", "nnnn"),
    ("revoke_token", "nnnn"),
    ("rotate_integration_key", "f+n+"),
    ("send_code", "ffff"),
    ("pause_user", "fff+"),
    ("set_member", "ffn+"),
    ("set_password", "cccc"),
    ("sign_out", "++++"),
    ("snooze_incident", "fcnc"),
    ("summarise_incidents", "++++"),
    ("take_over", "fcnc"),
    ("test_endpoint", "f+n+"),
    ("test_method", "fff+"),
    ("unacknowledge_incident", "fcnc"),
    ("unsnooze_incident", "fcnc"),
    ("update_dashboard", "f+n+"),
    ("update_endpoint", "f+n+"),
    ("update_escalation_policy", "f+n+"),
    ("update_filter", "f+n+"),
    ("update_integration", "f+n+"),
    ("update_monitor", "f+n+"),
    ("update_override", "f+n+"),
    ("update_schedule", "f+n+"),
    ("update_service", "f+n+"),
    ("update_team", "ffn+"),
    ("update_time_off", "fff+"),
    ("update_user", "fffc"),
    ("verify", "fff+"),
    ("verify_incident", "++n+"),
    ("withdraw_swap", "ffnc"),
];

/// What an operation is called with.
fn body(operation: &str, world: &World, other: &str) -> Value {
    let World {
        team,
        user,
        policy,
        service,
        ..
    } = world;
    let settings = json!({ "url": "https://hook.example/new" });
    // Made and changed ones get names of their own, so that none is taken.
    let name = if operation.starts_with("create") {
        "Made"
    } else {
        "Changed"
    };
    let schedule = json!({ "team": team, "name": name, "zone": "UTC", "rotations": [] });
    let change = json!({ "type": "add", "user": user });
    let span = ["2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z"];
    let an_override = json!({ "from": span[0], "to": span[1], "change": change });
    let person = json!({ "name": name, "email": "new@example.com", "zone": "UTC" });
    match operation {
        "create_endpoint" | "update_endpoint" => {
            json!({ "team": team, "name": name, "channel": "hook", "settings": settings })
        }
        "create_dashboard" | "update_dashboard" => json!({
            "team": team, "name": name, "charts": [{ "title": "p99", "targets": ["shop.*.p99"] }],
        }),
        "create_escalation_policy" | "update_escalation_policy" => json!({
            "team": team, "name": name, "repeat": 0,
            "steps": [{ "targets": [{ "type": "user", "id": user }], "escalate_after_s": 60 }],
        }),
        "create_service" | "update_service" => {
            json!({ "team": team, "name": name, "urgency": "high", "policy": policy })
        }
        "create_integration" | "update_integration" => {
            json!({ "service": service, "name": name, "dialect": "events_v2" })
        }
        "preview_monitor" => json!({ "target": "shop.*.p99", "threshold": 500 }),
        "create_monitor" | "update_monitor" => {
            json!({ "service": service, "name": name, "target": "shop.*.p99", "threshold": 500 })
        }
        "create_schedule" | "update_schedule" => schedule,
        "preview_schedule" => json!({ "schedule": schedule }),
        "create_time_off" | "update_time_off" => json!({ "from": span[0], "to": span[1] }),
        "create_override" | "update_override" => an_override,
        "ask_swap" => json!({ "from": span[0], "to": span[1], "asked": user }),
        "take_over" => json!({ "until": span[1] }),
        "create_user" | "update_user" => person,
        "create_team" | "update_team" => json!({ "name": name }),
        "pause_user" => json!({ "until": span[1] }),
        "set_member" => json!({ "role": "observer" }),
        "create_token" => json!({ "name": "mine" }),
        "set_password" => json!({ "old": "wrong and long", "password": "right and long" }),
        "declare_incident" => json!({ "service": service, "title": "New" }),
        "reassign_incident" => json!({ "user": other }),
        "ask_responders" => json!({ "targets": [{ "type": "user", "id": other }] }),
        "answer_request" => json!({ "accept": true }),
        "create_filter" | "update_filter" => json!({ "name": name, "query": {} }),
        "confirm_code" => json!({ "code": "123456" }),
        "add_note" | "edit_note" => json!({ "text": "seen" }),
        "snooze_incident" => json!({ "until": span[0] }),
        "escalate_incident" => json!({}),
        _ => json!({}),
    }
}

/// A world with one of everything, and the ids that stand in the paths.
struct Ground {
    app: TestApp,
    world: World,
    incident: String,
    alert: String,
    schedule: String,
    an_override: String,
    time_off: String,
    swap: String,
    monitor: String,
    dashboard: String,
    /// Another incident, to merge with.
    second: String,
    /// A note of the admin's.
    note: String,
    /// A filter of the team's.
    filter: String,
}

impl Ground {
    async fn new() -> Self {
        let setup = Setup {
            metrics: Some(Arc::new(Shelf::default())),
            ..Setup::default()
        };
        let app = TestApp::with(setup).await;
        let world = World::on(&app).await;
        let incident = world.trigger(&app, "k").await;
        let alerts = app.admin("GET", "/alerts").send().await.expect(200).json();
        let alert = text(&alerts["items"][0]["id"]);
        let rotation = json!({
            "name": "r", "start": "2026-01-05T09:00:00",
            "handoff": { "every": 1, "unit": "weeks" }, "slots": [{ "people": [world.user] }],
        });
        let body =
            json!({ "team": world.team, "name": "S", "zone": "UTC", "rotations": [rotation] });
        let schedule = app.create("/schedules", body).await;
        let body = body_of_override(&world);
        let path = format!("/schedules/{schedule}/overrides");
        let an_override = app.create(&path, body).await;
        let path = format!("/users/{}/time-off", world.user);
        let body = json!({ "from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z" });
        let time_off = app.create(&path, body).await;
        let body = json!({
            "name": "Second", "email": "second@example.com", "zone": "UTC",
            "teams": [{ "team": world.team, "role": "member" }],
        });
        let second = app.create("/users", body).await;
        let body = json!({
            "from": "2027-01-04T00:00:00Z", "to": "2027-01-05T00:00:00Z",
            "asker": world.user, "asked": second,
        });
        let swap = app
            .create(&format!("/schedules/{schedule}/swaps"), body)
            .await;
        let body = json!({
            "service": world.service, "name": "M", "target": "shop.*.p99", "threshold": 500,
        });
        let monitor = app.create("/monitors", body).await;
        let body = json!({ "team": world.team, "name": "D" });
        let dashboard = app.create("/dashboards", body).await;
        let body = json!({ "service": world.service, "title": "Another" });
        let second = app.create("/incidents", body).await;
        let body = json!({ "text": "seen" });
        let note = app
            .create(&format!("/incidents/{incident}/notes"), body)
            .await;
        let body = json!({ "name": "Ours", "query": {}, "team": world.team });
        let filter = app.create("/filters", body).await;
        Self {
            app,
            world,
            incident,
            alert,
            schedule,
            an_override,
            time_off,
            swap,
            monitor,
            dashboard,
            second,
            note,
            filter,
        }
    }

    /// The path with ids of this world in it.
    fn path(&self, template: &str) -> String {
        let world = &self.world;
        let of = |resource: &str| match resource {
            "alerts" => &self.alert,
            "dashboards" => &self.dashboard,
            "endpoints" => &world.endpoint,
            "filters" => &self.filter,
            "escalation-policies" => &world.policy,
            "incidents" | "explain" => &self.incident,
            "integrations" => &world.integration,
            "monitors" => &self.monitor,
            "schedules" => &self.schedule,
            "services" => &world.service,
            "swaps" => &self.swap,
            "teams" => &world.team,
            "users" => &world.user,
            _ => &world.user,
        };
        let resource = template
            .trim_start_matches("/api/v1/")
            .split('/')
            .next()
            .unwrap_or("");
        let path = template
            .replace("{id}", of(resource))
            .replace("{override}", &self.an_override)
            .replace("{time_off}", &self.time_off)
            .replace("{note}", &self.note)
            .replace("{user}", &world.user)
            .replace("{method}", &world.method)
            .replace("{token}", "x")
            .replace("{object}", &world.service)
            .replace("{version}", "1")
            .replace("{key}", &world.key);
        let query = match path.as_str() {
            "/api/v1/changes" => format!("?object={}", world.service),
            path if path.ends_with("/shifts") => {
                "?from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z".to_owned()
            }
            path if path.ends_with("/render") => "?format=json".to_owned(),
            path if path.contains("/metrics/") => "?query=*".to_owned(),
            _ => String::new(),
        };
        path + &query
    }

    /// The version an edit has to name: what the object has now.
    async fn version(&self, path: &str) -> String {
        let object = path
            .trim_start_matches("/api/v1")
            .trim_end_matches("/key/rotate");
        let restored = format!("/services/{}", self.world.service);
        let object = if object.ends_with("/restore") {
            &restored
        } else {
            object
        };
        let answer = self.app.admin("GET", object).send().await;
        answer.header("etag").unwrap_or("\"v1\"").to_owned()
    }

    async fn token(&self, who: Who) -> Option<String> {
        let other = self.app.create("/teams", json!({ "name": "Others" })).await;
        let (team, role) = match who {
            Who::Observer => (&self.world.team, "observer"),
            Who::Member => (&self.world.team, "member"),
            Who::Stranger => (&other, "member"),
            Who::Admin => return None,
        };
        let body = json!({
            "name": "Caller", "email": "caller@example.com", "zone": "UTC",
            "teams": [{ "team": team, "role": role }],
        });
        let user = self.app.create("/users", body).await;
        Some(self.app.token_of(&user).await)
    }
}

fn body_of_override(world: &World) -> Value {
    body("create_override", world, "")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Every operation: its name, method and path.
async fn operations(app: &TestApp) -> Vec<(String, String, String)> {
    let document = app
        .call("GET", "/api/openapi.json")
        .send()
        .await
        .expect(200)
        .json();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = text(&operation["operationId"]);
            all.push((name, method.to_uppercase(), path.clone()));
        }
    }
    // What is read first, what is deleted last: one world serves a whole column.
    let order = |method: &str| {
        ["GET", "POST", "PUT", "DELETE"]
            .iter()
            .position(|m| *m == method)
    };
    all.sort_by_key(|(name, method, _)| (order(method), name.clone()));
    all
}

#[tokio::test]
async fn without_a_login_nothing_opens() {
    let ground = Ground::new().await;
    let app = &ground.app;
    let link = {
        app.work().await;
        let sent = app.hook.sent.lock().expect("messages");
        let link = sent
            .first()
            .and_then(|message| message.links.acknowledge.clone());
        link.and_then(|link| link.rsplit('/').next().map(ToOwned::to_owned))
            .expect("a link")
    };
    let strangers = [None, Some(ground.world.key.as_str()), Some(link.as_str())];
    let mut wrong = Vec::new();
    for (name, method, template) in operations(app).await {
        if OPEN.contains(&name.as_str()) || LOOPBACK.contains(&name.as_str()) {
            continue;
        }
        for credential in strangers {
            // Where a key in the path is the login, no other one helps a wrong key.
            let path = ground.path(&template).replace(&ground.world.key, "wrong");
            let call = app.call(&method, &path);
            let call = match credential {
                Some(credential) => call.token(credential),
                None => call,
            };
            let status = call.json(&json!({})).send().await.status.as_u16();
            if status != 401 {
                wrong.push(format!("{name} answered {status} to {credential:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn every_operation_lets_in_whom_its_row_says() {
    let mut letters: BTreeMap<String, String> = BTreeMap::new();
    for who in CALLERS {
        let ground = Ground::new().await;
        let token = ground.token(who).await;
        let other = ground.world.user.clone();
        for (name, method, template) in operations(&ground.app).await {
            if OPEN
                .iter()
                .chain(&LOOPBACK)
                .chain(&ENDLESS)
                .any(|other| *other == name)
            {
                continue;
            }
            let path = ground.path(&template);
            let token = token.as_deref().unwrap_or(ADMIN);
            let call = ground.app.call(&method, &path).token(token);
            let version = ground.version(&path).await;
            let call = call.header("if-match", &version);
            let body = match name.as_str() {
                "bulk_incidents" => json!({ "ids": [ground.incident], "action": "acknowledge" }),
                "merge_incident" => json!({ "into": ground.second, "preview": true }),
                name => body(name, &ground.world, &other),
            };
            let call = if name.starts_with("graphite_") {
                call
            } else {
                call.json(&body)
            };
            let answer = call.send().await;
            let letter = match answer.status.as_u16() {
                200..=299 => '+',
                403 => 'f',
                404 => 'n',
                409 | 412 | 422 => 'c',
                _ => '!',
            };
            letters.entry(name).or_default().push(letter);
        }
    }
    let expected: BTreeMap<&str, &str> = ROWS.iter().copied().collect();
    let differ: Vec<_> = letters
        .iter()
        .filter(|(name, row)| expected.get(name.as_str()) != Some(&row.as_str()))
        .map(|(name, row)| format!("(\"{name}\", \"{row}\"),"))
        .collect();
    assert!(
        differ.is_empty(),
        "no row, or another one:\n{}",
        differ.join("\n")
    );
    assert_eq!(letters.len(), ROWS.len(), "a row without an operation");
}
