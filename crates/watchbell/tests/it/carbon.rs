//! Metrics over carbon's port, as a process shows them.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};

use serde_json::{Value, json};
use tempfile::tempdir;
use wb_testkit::http;

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Api, DEADLINE, Start, until};

/// The carbon listener as the status shows it; none when it is off.
async fn carbon(api: &Api) -> Option<Value> {
    let status = api.get("/api/v1/status").await;
    let listeners = status["listeners"].as_array().expect("a list");
    let mut found = listeners.iter().filter(|one| one["protocol"] == "carbon");
    let first = found.next().cloned();
    assert!(found.next().is_none(), "{listeners:?}");
    first
}

async fn address(api: &Api) -> String {
    let listener = carbon(api).await.expect("it is on");
    listener["address"].as_str().expect("an address").to_owned()
}

/// The counters, once this many samples are stored.
async fn counted(api: &Api, samples: u64) -> Value {
    until("the samples", async || {
        let intake = carbon(api).await?["intake"].clone();
        (intake["samples"].as_u64()? >= samples).then_some(intake)
    })
    .await
}

fn now_s() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    i64::try_from(now.as_secs()).expect("not yet")
}

#[tokio::test]
async fn good_lines_are_stored_and_bad_ones_shown() {
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path())
        .flag("--carbon", "127.0.0.1:0")
        .ready();
    let api = server.api();
    let address = address(&api).await;
    assert!(!address.ends_with(":0"), "{address}");
    assert!(server.stderr().contains(&address), "{}", server.stderr());

    let mut stream = TcpStream::connect(&address).expect("it listens");
    let now_s = now_s();
    write!(
        stream,
        "shop.orders 1 {now_s}\nnon\u{1b}sense\nshop.orders nan -1\n"
    )
    .expect("written");
    write!(stream, "shop.latency_ms;region=eu 874 {now_s}\r\n").expect("written");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.send_to(b"shop.stock 7 -1", &address).expect("sent");

    let intake = counted(&api, 3).await;
    assert_eq!(
        (&intake["samples"], &intake["bad_lines"], &intake["dropped"]),
        (&json!(3), &json!(1), &json!(1)),
        "{intake}"
    );
    let bad = &intake["recent_bad_lines"][0];
    assert_eq!(
        (&bad["reason"], &bad["line"]),
        (&json!("fields"), &json!("non\\u{1b}sense"))
    );
    let metrics = api.text("/metrics").await;
    for line in [
        "watchbell_carbon_samples_total 3",
        "watchbell_carbon_bad_lines_total{reason=\"fields\"} 1",
        "watchbell_carbon_dropped_total{reason=\"nan\"} 1",
    ] {
        assert!(metrics.lines().any(|one| one == line), "{line}: {metrics}");
    }
    assert!(data.path().join("metrics.db").exists());
    let end = server.terminate();
    assert_eq!(
        (end.status.code(), end.lines.len()),
        (Some(0), 0),
        "{}",
        end.stderr
    );
}

#[test]
fn a_taken_port_is_refused_before_anything_is_made() {
    let data = tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let end = Start::new(data.path()).flag("--carbon", &address).refused();
    assert_eq!(end.status.code(), Some(1));
    for words in [&*format!("{address} is taken"), "--carbon off"] {
        assert!(end.stderr.contains(words), "{words}: {}", end.stderr);
    }
    assert!(!data.path().join("watchbell.db").exists());
}

#[tokio::test]
async fn off_is_off() {
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path()).flag("--carbon", "off").ready();
    assert_eq!(carbon(&server.api()).await, None);
    let metrics = server.api().text("/metrics").await;
    assert!(!metrics.contains("watchbell_carbon"), "{metrics}");
    assert!(!data.path().join("metrics.db").exists());
}

#[test]
fn off_loopback_it_asks_who_may_send() {
    let data = tempdir().expect("a folder");
    let start = || Start::new(data.path()).flag("--carbon", "0.0.0.0:0");
    let end = start().refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(
        end.stderr.contains("WATCHBELL__CARBON__ALLOW"),
        "{}",
        end.stderr
    );
    let named = start().variable("WATCHBELL__CARBON__ALLOW", "10.0.0.0/8");
    named.ready().terminate();
}

#[test]
fn storage_rules_that_cannot_be_read_are_refused() {
    let data = tempdir().expect("a folder");
    let file = data.path().join("w.toml");
    std::fs::write(&file, "[metrics]\nstorage_schemas = \"schemas.conf\"\n").expect("written");
    let start = || Start::new(data.path()).flag("--config", file.to_str().expect("UTF-8"));
    let end = start().refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(end.stderr.contains("schemas.conf"), "{}", end.stderr);

    let rules = data.path().join("schemas.conf");
    std::fs::write(&rules, "[all]\npattern = .*\nretentions = never\n").expect("written");
    let end = start().refused();
    assert!(end.stderr.contains("schemas.conf"), "{}", end.stderr);

    std::fs::write(&rules, "[all]\npattern = .*\nretentions = 10s:6h,1m:7d\n").expect("written");
    start().ready().terminate();
}

#[tokio::test]
async fn the_demo_takes_the_next_port_and_prints_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let wanted = taken.local_addr().expect("an address");
    let server = Start::demo().flag("--carbon", &wanted.to_string()).ready();
    let address = address(&server.api()).await;
    assert_ne!(address, wanted.to_string());
    assert!(server.stderr().contains(&address), "{}", server.stderr());
}

/// Series and steps of ten seconds that are sent before and while the process is killed; each
/// sample is a point of its own.
const SERIES: i64 = 200;
const STEPS: i64 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_stored_sample() {
    let data = tempdir().expect("a folder");
    let start = || {
        Start::new(data.path())
            .flag("--carbon", "127.0.0.1:0")
            .ready()
    };
    let server = start();
    let api = server.api();
    let address = address(&api).await;
    let until_s = now_s() - now_s() % 10;
    let sender = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        for step in 0..STEPS {
            let at_s = until_s - (STEPS - step) * 10;
            let lines = (0..SERIES).map(|n| format!("load.s{n} {step} {at_s}\n"));
            // The kill cuts it off.
            if stream
                .write_all(lines.collect::<String>().as_bytes())
                .is_err()
            {
                return;
            }
        }
    });
    let stored = counted(&api, 3_000).await["samples"]
        .as_i64()
        .expect("a count");
    server.kill();
    sender.join().expect("the sender");

    let again = start();
    let query = "/render?target=load.*&format=json&from=-30min";
    let series = again.api().get(query).await;
    let series = series.as_array().expect("series");
    let points = series.iter().flat_map(|one| one["datapoints"].as_array());
    let known = points.flatten().filter(|point| point[0].is_number());
    let found = i64::try_from(known.count()).expect("a count");
    assert!(found >= stored, "{found} of {stored} samples are left");
}

#[tokio::test]
async fn a_damaged_metric_store_keeps_nobody_from_being_paged() {
    let data = tempdir().expect("a folder");
    let file = data.path().join("metrics.db");
    std::fs::write(&file, "this is no metric store".repeat(1_000)).expect("written");
    let hooks = http::Sink::start().expect("a web server");
    let server = Start::new(data.path())
        .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1")
        .flag("--carbon", "127.0.0.1:0")
        .ready();
    let api = server.api();
    assert!(
        server.stderr().contains("metrics_off"),
        "{}",
        server.stderr()
    );
    assert_eq!(carbon(&api).await, None, "who is refused keeps what it has");
    let status = api.get("/api/v1/status").await;
    assert_eq!(status["ready"], true);
    let trouble = &status["troubles"][0];
    assert_eq!(trouble["kind"], "metrics_off");
    let detail = trouble["detail"].as_str().expect("for an admin");
    assert!(detail.contains("move metrics.db"), "{detail}");
    assert_eq!(api.text("/readyz").await, "ready\ntrouble: metrics_off\n");
    until("the alert about us", async || {
        let alerts = api.all("/api/v1/alerts").await;
        alerts
            .iter()
            .any(|alert| {
                alert["dedup_key"]
                    .as_str()
                    .is_some_and(|key| key.starts_with("metrics_off"))
            })
            .then_some(())
    })
    .await;
    let metrics = api.text("/metrics").await;
    let gauge = "watchbell_trouble{kind=\"metrics_off\"} 1";
    assert!(metrics.lines().any(|line| line == gauge), "{metrics}");

    let setup = Setup::new(&api).await;
    let hook = setup.endpoint("Hook", &hooks.url("/hook")).await;
    let key = setup.service("hook", &[(&hook, LONG_S)]).await;
    assert_eq!(api.enqueue(&trigger(&key, "it pages")).await, Some(202));
    hooks.wait_for(1, DEADLINE).await.expect("the page");
    assert_eq!(server.terminate().status.code(), Some(0));
    let kept = std::fs::read(&file).expect("still there");
    assert!(kept.starts_with(b"this is no"), "only moved when told");

    let doctor = Start::doctor(data.path()).output();
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let line = found.lines().find(|line| line.contains("metric store"));
    assert!(
        line.is_some_and(|line| line.contains("To mend: with the server stopped, move")),
        "{found}"
    );
    std::fs::remove_file(&file).expect("moved");
    let server = Start::new(data.path())
        .flag("--carbon", "127.0.0.1:0")
        .ready();
    let api = server.api();
    assert!(carbon(&api).await.is_some());
    until("the end of it", async || {
        let alerts = api.all("/api/v1/alerts?state=open").await;
        let is_over = |alert: &Value| {
            !alert["dedup_key"]
                .as_str()
                .is_some_and(|key| key.starts_with("metrics_off"))
        };
        alerts.iter().all(is_over).then_some(())
    })
    .await;
}
