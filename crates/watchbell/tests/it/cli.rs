//! The commands that ask a running server.

use std::process::Output;

use tempfile::tempdir;
use wb_testkit::http;

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{DEADLINE, Server, Start, TOKEN, run, until};

/// What a command printed, when it worked.
pub(crate) fn good(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command complained about.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) async fn ask(server: &Server, arguments: &[&str]) -> Output {
    let mut all = arguments.to_vec();
    all.extend(["--url", &server.url, "--token", TOKEN]);
    run(&all).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_explained_from_event_to_attempt_and_the_records_verify() {
    let data = tempdir().expect("a folder");
    let hooks = http::Sink::start().expect("a web server");
    let server = Start::new(data.path())
        .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1")
        .ready();
    let api = server.api();
    let setup = Setup::new(&api).await;
    let hook = setup.endpoint("Hook", &hooks.url("/hook")).await;
    let key = setup.service("checkout", &[(&hook, LONG_S)]).await;
    for event in ["latency", "errors"] {
        assert_eq!(api.enqueue(&trigger(&key, event)).await, Some(202));
    }
    hooks.wait_for(2, DEADLINE).await.expect("both pages");
    let delivered = async || {
        let incident = api.all("/api/v1/incidents?q=latency").await.pop()?;
        let id = incident["id"].as_str()?.to_owned();
        let detail = api.get(&format!("/api/v1/incidents/{id}")).await;
        let page = detail["pages"][0].clone();
        let attempts = page["deliveries"][0]["attempts"].as_array()?.len();
        (attempts == 1).then_some((id, page))
    };
    let (incident, page) = until("the attempt's outcome", delivered).await;
    let (page, delivery) = (&page["id"], &page["deliveries"][0]["id"]);

    for id in [
        incident.as_str(),
        page.as_str().expect("id"),
        delivery.as_str().expect("id"),
    ] {
        let told = good(&ask(&server, &["explain", id]).await);
        for words in [
            "latency is slow",
            "Page to Hook",
            "Attempt 1",
            "Every chain holds",
        ] {
            assert!(told.contains(words), "{id}: {words}:\n{told}");
        }
        assert!(!told.contains("errors is slow"), "{told}");
    }
    let told = good(&ask(&server, &["verify"]).await);
    assert!(told.contains("Every chain holds"), "{told}");
    server.terminate();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_say_what_is_wrong() {
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path()).ready();
    let nothing = format!("pag_{:032x}", 1);
    let told = refused(&ask(&server, &["explain", &nothing]).await);
    assert!(told.contains("404"), "{told}");
    let told = refused(&ask(&server, &["explain", "INC-7"]).await);
    assert!(told.contains("no id of a page"), "{told}");
    let told = refused(&run(&["verify", "--url", &server.url, "--token", "wrong"]).await);
    assert!(told.contains("--token"), "{told}");
    let told = refused(&run(&["verify", "--url", "bell.example"]).await);
    assert!(told.contains("--url bell.example"), "{told}");
    let url = server.url.clone();
    server.terminate();
    let told = refused(&run(&["verify", "--url", &url, "--token", TOKEN]).await);
    assert!(told.contains("is the server running"), "{told}");
}
