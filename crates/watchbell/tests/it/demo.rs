//! The demo, as a newcomer meets it.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::{Api, Server, Start, TOKEN, until};

/// Samples the demo sends in the time after which a page that was not cancelled would have gone
/// out: six a second, and the next message is due 20 seconds after the first.
const SAMPLES: u64 = 6 * 22;

async fn outbox(api: &Api) -> Vec<Value> {
    api.get("/api/v1/outbox").await["items"]
        .as_array()
        .expect("items")
        .clone()
}

/// The acknowledge link of the first mail.
async fn first_mail(api: &Api, server: &Server) -> String {
    let href = until("the first mail", async || {
        let items = outbox(api).await;
        let mail = items.iter().find(|item| item["channel"] == "email")?;
        let links = mail["links"].as_array()?.iter();
        let link = links.clone().find(|link| link["rel"] == "acknowledge")?;
        link["href"].as_str().map(str::to_owned)
    });
    let href = href.await;
    href.strip_prefix(&server.url)
        .expect("an absolute address of this instance")
        .to_owned()
}

/// The hidden inputs of a page's one form, as name and value.
pub(crate) fn hidden_inputs(page: &str) -> Vec<(String, String)> {
    assert_eq!(page.matches("<form").count(), 1, "{page}");
    assert!(page.contains("method=\"post\""), "{page}");
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let tags = page
        .split("<input")
        .skip(1)
        .filter_map(|rest| rest.split_once('>'));
    let hidden = tags.filter(|(tag, _)| tag.contains("type=\"hidden\""));
    hidden
        .filter_map(|(tag, _)| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
        .collect()
}

/// How many samples the demo has sent.
async fn heard(api: &Api) -> u64 {
    let status = api.get("/api/v1/status").await;
    let listeners = status["listeners"].as_array().expect("listeners");
    let carbon = listeners.iter().find(|one| one["protocol"] == "carbon");
    carbon.map_or(0, |one| one["intake"]["samples"].as_u64().unwrap_or(0))
}

#[tokio::test]
async fn the_page_arrives_is_acknowledged_and_calms_down() {
    let server = Start::demo().ready();
    let api = server.api();
    let path = first_mail(&api, &server).await;
    let page = api.open(&path).await;
    assert_eq!(page.status(), 200);
    let fields = hidden_inputs(&page.text().await.expect("a body"));
    assert!(!fields.is_empty());
    let incidents = api.all("/api/v1/incidents?state=triggered").await;
    assert_eq!(incidents.len(), 1, "looking changes nothing: {incidents:?}");
    let title = incidents[0]["title"].as_str().expect("a title");
    assert!(title.contains("over 500 for"), "{title}");
    assert!(incidents[0]["spark"]["values"].is_array(), "{incidents:?}");

    assert_eq!(api.post_form(&path, &fields).await.status(), 200);
    let incidents = api.all("/api/v1/incidents?state=acknowledged").await;
    let id = incidents[0]["id"].as_str().expect("an id").to_owned();
    let settled = until("the end of the sends under way", async || {
        let incident = api.get(&format!("/api/v1/incidents/{id}")).await;
        let pages = incident["pages"].as_array().expect("pages").clone();
        let states = pages
            .iter()
            .flat_map(|page| page["deliveries"].as_array().expect("deliveries"));
        (!states.clone().any(|one| one["state"] == "planned")).then(|| outbox(&api))
    });
    let before = settled.await.await;
    let samples_before = heard(&api).await;
    until("more seconds of the story", async || {
        (heard(&api).await >= samples_before + SAMPLES).then_some(())
    })
    .await;
    let incident = api.get(&format!("/api/v1/incidents/{id}")).await;
    let first = &incident["record"][0];
    assert_eq!(first["kind"], "monitor_fired", "{first}");
    let why = first["why"].as_str().expect("why");
    assert!(why.starts_with("It stayed over 500 for"), "{why}");
    let explained = api.get(&format!("/api/v1/explain/{id}")).await;
    assert_eq!(explained["chain_intact"], true);
    let graphs = api.get(&format!("/api/v1/incidents/{id}/graphs")).await;
    let graph = &graphs["items"][0];
    assert_eq!(graph["series"], "checkout.latency_ms.p99", "{graphs}");
    assert_eq!(graph["threshold"], 500.0);
    let values = graph["values"].as_array().expect("values");
    let known: Vec<f64> = values.iter().filter_map(Value::as_f64).collect();
    assert!(known.iter().any(|value| *value > 500.0), "{known:?}");
    assert!(
        known.iter().filter(|value| **value < 400.0).count() > 100,
        "{known:?}"
    );
    assert_eq!(
        outbox(&api).await,
        before,
        "an acknowledged incident pages nobody"
    );

    let data = server.stderr().lines().find_map(|line| {
        let rest = line.trim().strip_prefix("data")?.trim();
        Some(rest.split(" (").next()?.to_owned())
    });
    let data = data.expect("where the data lie");
    assert!(Path::new(&data).join("watchbell.db").exists());
    let end = server.terminate();
    assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
    assert_eq!(
        end.lines, [""; 0],
        "standard output carries `ready` and nothing else"
    );
    assert!(
        !Path::new(&data).exists(),
        "a temporary directory goes away"
    );
}

#[tokio::test]
async fn a_directory_may_be_used_again() {
    let data = tempdir().expect("a folder");
    let start = || Start::demo().flag("--data", data.path().to_str().expect("UTF-8"));
    let login = |server: &Server| {
        let stderr = server.stderr();
        let lines = stderr.lines().map(str::trim);
        lines
            .filter(|line| line.starts_with("password"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let first = start().ready();
    first_mail(&first.api(), &first).await;
    let known = login(&first);
    assert_eq!(known.len(), 1, "{}", first.stderr());
    assert!(first.stderr().contains(TOKEN), "{}", first.stderr());
    assert_eq!(first.terminate().status.code(), Some(0));

    let second = start().ready();
    assert_eq!(login(&second), known);
    let api = second.api();
    first_mail(&api, &second).await;
    let services = api.all("/api/v1/services").await;
    let named = |name: &str| services.iter().filter(|one| one["name"] == name).count();
    assert_eq!(["checkout", "ledger", "receipts"].map(named), [1, 1, 1]);
    assert_eq!(second.terminate().status.code(), Some(0));
}

#[tokio::test]
async fn the_printed_login_works() {
    let server = Start::demo().ready();
    let stderr = server.stderr();
    let said = |name: &str| {
        let line = stderr
            .lines()
            .find_map(|line| line.trim().strip_prefix(name))
            .expect(name);
        line.trim().to_owned()
    };
    let body = serde_json::json!({"email": said("e-mail"), "password": said("password")});
    let signed_in = server.api().post("/api/v1/sign-in", &body).await;
    assert!(signed_in.to_string().contains("Demo Admin"), "{signed_in}");
    server.terminate();
}

#[test]
fn a_taken_port_leads_to_the_next() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let server = Start::demo_at(&address.to_string()).ready();
    let port: u16 = server
        .url
        .rsplit(':')
        .next()
        .expect("a port")
        .parse()
        .expect("a number");
    assert!(port > address.port(), "{port}");
    server.terminate();
}

#[test]
fn what_a_demo_does_not_do_is_refused() {
    let outside = Start::demo_at("0.0.0.0:0").refused();
    assert_eq!(outside.status.code(), Some(1));
    assert!(
        outside.stderr.contains("this machine only"),
        "{}",
        outside.stderr
    );

    let database = Start::demo()
        .variable("WATCHBELL__DATABASE__URL", "postgres://db/w")
        .refused();
    assert!(
        database.stderr.contains("keeps its data in SQLite"),
        "{}",
        database.stderr
    );

    let flag = Start::demo()
        .flag("--database", "postgres://db/w")
        .refused();
    assert_eq!(flag.status.code(), Some(2));

    let data = tempdir().expect("a folder");
    Start::new(data.path()).ready().terminate();
    let path = data.path().to_str().expect("UTF-8");
    let foreign = Start::demo().flag("--data", path).refused();
    assert!(
        foreign.stderr.contains("leaves alone"),
        "{}",
        foreign.stderr
    );
    assert!(!data.path().join("demo.toml").exists());
}
