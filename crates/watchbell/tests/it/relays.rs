//! Two mail servers: when the first one cannot be reached, the second has the mail at once.

use std::net::TcpListener;

use tempfile::tempdir;
use wb_testkit::smtp;

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Start, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_mail_server_costs_one_attempt() {
    let data = tempdir().expect("a folder");
    let mails = smtp::Sink::start(smtp::Options::default()).expect("a mail server");
    // A port that was free a moment ago and that nobody listens on.
    let dead = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    let server = Start::new(data.path())
        .variable("WATCHBELL__SMTP__URL", &format!("smtp://{dead}"))
        .variable("WATCHBELL__SMTP__SECOND_URL", &mails.url())
        .variable("WATCHBELL__SMTP__FROM", "Watchbell <bell@example.com>")
        .ready();
    let api = server.api();
    let setup = Setup::new(&api).await;
    let person = setup.person("Ada", "ada@example.com").await;
    let key = setup.service("checkout", &[(&person, LONG_S)]).await;
    assert_eq!(api.enqueue(&trigger(&key, "k")).await, Some(202));
    until("the mail", async || {
        (!mails.mails().is_empty()).then_some(())
    })
    .await;

    let incidents = api.all("/api/v1/incidents").await;
    let id = incidents[0]["id"].as_str().expect("an id").to_owned();
    let attempts = until("the second attempt's outcome", async || {
        let incident = api.get(&format!("/api/v1/incidents/{id}")).await;
        let attempts = incident["pages"][0]["deliveries"][0]["attempts"].clone();
        (attempts[1]["outcome"] == "accepted").then_some(attempts)
    })
    .await;
    assert_eq!(attempts[0]["reason"], "unreachable");
    let first = attempts[0]["detail"].as_str().expect("words");
    assert!(first.starts_with(&dead.to_string()), "{first}");
    // At once: not after the pause that comes before the same server is tried again.
    assert_eq!(attempts[0]["retry_at"], attempts[0]["finished_at"]);
    server.terminate();
}
