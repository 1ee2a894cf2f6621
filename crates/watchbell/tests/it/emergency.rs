//! The database goes away: readiness fails, the contacts are told, and told again when it is back.

use tempfile::tempdir;
use wb_testkit::{http, pg, smtp};

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{DEADLINE, Start, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_is_told_without_it() {
    let cluster = pg::Cluster::private().expect("PostgreSQL");
    let database = cluster.database().expect("a database");
    let hooks = http::Sink::start().expect("a web server");
    let mails = smtp::Sink::start(smtp::Options::default()).expect("a mail server");
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path())
        .flag("--database", &database.url())
        .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1,localhost")
        .variable("WATCHBELL__SMTP__URL", &mails.url())
        .variable("WATCHBELL__SMTP__FROM", "Watchbell <bell@example.com>")
        .variable("WATCHBELL__EMERGENCY__EMAIL", "ops@example.com")
        .variable("WATCHBELL__EMERGENCY__WEBHOOK", &hooks.url("/emergency"))
        .variable("WATCHBELL__DEADMAN_URL", &hooks.url("/alive"))
        .ready();
    let api = server.api();
    let setup = Setup::new(&api).await;
    let person = setup.person("Ada", "ada@example.com").await;
    let key = setup.service("checkout", &[(&person, LONG_S)]).await;
    assert_eq!(api.enqueue(&trigger(&key, "before")).await, Some(202));
    let count = |path: &str| hooks.requests().iter().filter(|r| r.path == path).count();
    until("the dead-man's ping", async || (count("/alive") > 0).then_some(())).await;
    assert_eq!(api.open("/readyz").await.status(), 200);

    cluster.stop().expect("stopped");
    let pings = count("/alive");
    let status = api.enqueue(&trigger(&key, "during")).await;
    assert_eq!(status, Some(503), "what cannot be stored is not accepted");
    until("the emergency webhook", async || (count("/emergency") > 0).then_some(())).await;
    assert_eq!(api.open("/readyz").await.status(), 503);
    let told = |words: &str| {
        let ours = |mail: &&wb_testkit::Mail| mail.envelope_to == ["ops@example.com"];
        let mails = mails.mails();
        mails.iter().filter(ours).filter_map(|m| m.header("Subject")).any(|s| s.contains(words))
    };
    until("the emergency mail", async || told("cannot write").then_some(())).await;
    assert!(count("/alive") <= pings + 1, "the ping stops with the database");

    cluster.start().expect("started");
    until("the all-clear", async || (count("/emergency") > 1).then_some(())).await;
    assert_eq!(api.open("/readyz").await.status(), 200);
    until("the all-clear by mail", async || told("works again").then_some(())).await;
    assert_eq!(api.enqueue(&trigger(&key, "after")).await, Some(202));
    assert_eq!(server.terminate().status.code(), Some(0));
    assert_eq!(count("/emergency"), 2, "once per outage and once at its end");
    mails.wait_for(3, DEADLINE).await.expect("the page of before, the outage, the all-clear");
}
