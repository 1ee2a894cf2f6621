//! Two nodes on one PostgreSQL.

use std::collections::BTreeMap;

use tempfile::tempdir;
use wb_testkit::{http, pg};

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{DEADLINE, Start, until};

const EVENTS: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_the_work_and_send_nothing_twice() {
    let database = pg::database().expect("PostgreSQL");
    let hooks = http::Sink::start().expect("a web server");
    let (one, two) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let start = |data: &std::path::Path| {
        let allowed = Start::new(data).variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1");
        allowed.flag("--database", &database.url())
    };
    let first = start(one.path()).ready();
    let keys = one.path().join("keys.toml");
    let second = start(two.path())
        .variable("WATCHBELL__KEYS__FILE", keys.to_str().expect("UTF-8"))
        .ready();

    let apis = [first.api(), second.api()];
    let setup = Setup::new(&apis[0]).await;
    let hook = setup.endpoint("Hook", &hooks.url("/hook")).await;
    let key = setup.service("hook", &[(&hook, LONG_S)]).await;
    // The second node learns of the integration in its own time; then it takes its first event.
    let warm = trigger(&key, "event-0000");
    until("the second node's configuration", async || {
        (apis[1].enqueue(&warm).await == Some(202)).then_some(())
    })
    .await;
    let mut sends = tokio::task::JoinSet::new();
    for n in 1..EVENTS {
        let (api, event) = (apis[n % 2].clone(), trigger(&key, &format!("event-{n:04}")));
        sends.spawn(async move { api.enqueue(&event).await });
    }
    while let Some(status) = sends.join_next().await {
        assert_eq!(status.expect("sent"), Some(202));
    }

    hooks.wait_for(EVENTS, DEADLINE).await.expect("every page");
    until("quiet", async || {
        let waiting = apis[0].all("/api/v1/incidents?state=triggered").await;
        (waiting.len() == EVENTS).then_some(())
    })
    .await;
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for request in hooks.requests() {
        let body = request.json().expect("JSON");
        *times
            .entry(body["data"]["dedup_key"].to_string())
            .or_default() += 1;
    }
    assert_eq!(times.len(), EVENTS);
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "sent more than once: {twice:?}");
    for api in &apis {
        let metrics = api.text("/metrics").await;
        let sent = metrics
            .lines()
            .filter(|line| line.starts_with("watchbell_sends_total{"));
        let sent: f64 = sent
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        assert!(sent > 0.0, "a node sent nothing:\n{metrics}");
    }
}

#[test]
fn a_node_with_another_key_is_refused_by_name() {
    let database = pg::database().expect("PostgreSQL");
    let start = |data: &std::path::Path| Start::new(data).flag("--database", &database.url());
    let (one, two) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    start(one.path()).ready().terminate();
    let text = std::fs::read_to_string(one.path().join("keys.toml")).expect("the key file");
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("id = "))
        .expect("an id");

    let end = start(two.path()).refused();
    assert_eq!(end.status.code(), Some(1));
    let words = format!("lacks key {}", id.trim_matches('"'));
    assert!(end.stderr.contains(&words), "{words}: {}", end.stderr);
    assert!(!two.path().join("keys.toml").exists());
}
