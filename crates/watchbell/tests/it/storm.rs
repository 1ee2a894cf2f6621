//! Two hundred incidents at once, for one person, over a real mail server.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::tempdir;
use wb_testkit::Mail;
use wb_testkit::smtp;

use crate::cli::{ask, good};
use crate::demo::hidden_inputs;
use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Api, Server, Start, until};

const INCIDENTS: usize = 200;
const BASE: &str = "http://bell.example";

fn start(data: &std::path::Path, mails: &smtp::Sink) -> Server {
    Start::new(data)
        .variable("WATCHBELL__SMTP__URL", &mails.url())
        .variable("WATCHBELL__SMTP__FROM", "Watchbell <bell@example.com>")
        .variable("WATCHBELL__PUBLIC_URL", BASE)
        .ready()
}

/// Where the acknowledge links of a mail lead.
fn links(mail: &Mail) -> Vec<String> {
    let prefix = format!("{BASE}/l/");
    let lines = mail
        .text
        .lines()
        .filter(|line| line.contains("Acknowledge"));
    let inline = lines.filter_map(|line| line.split_once(&prefix));
    let mut found: Vec<_> = inline.map(|(_, token)| format!("/l/{token}")).collect();
    if found.is_empty() {
        // A mail about one incident has the label on a line of its own; resolving comes after it.
        let own = mail
            .text
            .lines()
            .find_map(|line| line.strip_prefix(&prefix));
        found.extend(own.map(|token| format!("/l/{token}")));
    }
    found
}

/// The last of them, once it was sent.
async fn bundled(api: &Api) -> Value {
    until("its outcome", async || {
        let incident = api.all("/api/v1/incidents?q=alert-199").await.pop()?;
        let id = incident["id"].as_str()?;
        let view = api.get(&format!("/api/v1/incidents/{id}")).await;
        let attempt = &view["pages"][0]["deliveries"][0]["attempts"][0];
        (attempt["outcome"] == "accepted").then_some(view)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_incidents_are_five_mails() {
    let data = tempdir().expect("a folder");
    let mails = smtp::Sink::start(smtp::Options::default()).expect("a mail server");
    let server = start(data.path(), &mails);
    let api = server.api();
    let setup = Setup::new(&api).await;
    let person = setup.person("Ada", "ada@example.com").await;
    let mut keys = Vec::new();
    for service in ["checkout", "search", "billing"] {
        keys.push(setup.service(service, &[(&person, LONG_S)]).await);
    }
    server.terminate();

    // A database that is not where it was starts with sending held, so that all of it is due at one
    // moment.
    std::fs::remove_file(data.path().join("instance")).expect("the file beside it");
    let server = start(data.path(), &mails);
    let api = server.api();
    for n in 0..INCIDENTS {
        let event = trigger(&keys[n % 3], &format!("alert-{n}"));
        assert_eq!(api.enqueue(&event).await, Some(202));
    }
    assert_eq!(mails.mails().len(), 0, "sending is held");
    good(&ask(&server, &["resume", "--yes"]).await);
    until("the mails", async || {
        (mails.mails().len() >= 5).then_some(())
    })
    .await;

    let view = bundled(&api).await;
    let sent = mails.mails();
    assert_eq!(
        sent.len(),
        5,
        "{:?}",
        sent.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
    let all: Vec<_> = sent.iter().flat_map(links).collect();
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(
        (all.len(), distinct.len()),
        (INCIDENTS, INCIDENTS),
        "each has its link, once"
    );
    let bundle = sent
        .iter()
        .find(|mail| mail.subject.contains("196 incidents"));
    let bundle = bundle.expect("the message with all the others");
    for service in ["checkout", "search", "billing"] {
        assert!(
            bundle.text.contains(&format!("== {service}, 6")),
            "{}",
            bundle.text
        );
    }

    // A link of it acknowledges its own incident, and no other.
    let link = links(bundle).pop().expect("a link");
    let page = api.open(&link).await.text().await.expect("a page");
    let answer = api.post_form(&link, &hidden_inputs(&page)).await;
    assert_eq!(answer.status(), 200);
    let acknowledged = api.all("/api/v1/incidents?state=acknowledged").await;
    assert_eq!(acknowledged.len(), 1);

    // The record says what went together, and so does the command.
    let attempt = &view["pages"][0]["deliveries"][0]["attempts"][0];
    assert_eq!(attempt["others"], 195);
    let id = view["id"]
        .as_str()
        .expect("one of those that went together");
    let told = good(&ask(&server, &["explain", id]).await);
    let words = "It went out together with 195 others, as one message.";
    assert!(told.contains(words), "{told}");
    assert!(told.contains("Every chain holds"), "{told}");
    server.terminate();
}
