//! Starting and stopping.

use std::net::TcpListener;

use tempfile::tempdir;
use wb_testkit::tls::TestCertificate;

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Start, TOKEN};

#[tokio::test]
async fn it_starts_answers_and_stops_when_asked() {
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path()).ready();
    assert!(server.url.starts_with("http://127.0.0.1:") && !server.url.ends_with(":0"));
    let api = server.api();
    assert_eq!(api.open("/healthz").await.status(), 200);
    assert_eq!(api.open("/readyz").await.status(), 200);
    assert_eq!(api.open("/api/v1/status").await.status(), 401);
    let status = api.get("/api/v1/status").await;
    assert!(
        status
            .to_string()
            .contains(server.url.trim_start_matches("http://")),
        "{status}"
    );

    let stderr = server.stderr();
    assert!(stderr.contains("/set-up#"), "{stderr}");
    assert!(!stderr.contains(TOKEN), "{stderr}");
    let end = server.terminate();
    assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
    assert_eq!(
        end.lines, [""; 0],
        "standard output carries `ready` and nothing else"
    );
}

#[test]
fn a_second_process_on_one_directory_is_refused() {
    let data = tempdir().expect("a folder");
    let first = Start::new(data.path()).ready();
    let second = Start::new(data.path()).refused();
    assert_eq!(second.status.code(), Some(1));
    assert!(
        second
            .stderr
            .contains("in use by another watchbell process"),
        "{}",
        second.stderr
    );
    assert_eq!(second.lines, [""; 0]);
    first.terminate();
    Start::new(data.path()).ready().terminate();
}

#[test]
fn a_taken_port_is_refused() {
    let data = tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let start = Start::bare().flag("--data", data.path().to_str().expect("UTF-8"));
    let end = start.flag("--listen", &address).refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(
        end.stderr.contains(&format!("{address} is taken")),
        "{}",
        end.stderr
    );
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    let data = tempdir().expect("a folder");
    let file = data.path().join("w.toml");
    std::fs::write(&file, "[smtp]\nform = \"a@b\"\n").expect("written");
    let start = Start::new(data.path()).flag("--config", file.to_str().expect("UTF-8"));
    let end = start.variable("WATCHBELL__LISTEN__HTPP", "x").refused();
    assert_eq!(end.status.code(), Some(1));
    for words in [
        "smtp.form",
        "`smtp.from`",
        "WATCHBELL__LISTEN__HTPP",
        "WATCHBELL__LISTEN__HTTP",
    ] {
        assert!(end.stderr.contains(words), "{words}: {}", end.stderr);
    }
    // What Kubernetes sets for a service of our name is none of our business.
    Start::new(data.path())
        .variable("WATCHBELL_SERVICE_PORT", "1")
        .ready()
        .terminate();
}

#[test]
fn off_loopback_it_asks_for_its_public_address() {
    let data = tempdir().expect("a folder");
    let start = |listen: &str| {
        Start::bare()
            .flag("--data", data.path().to_str().expect("UTF-8"))
            .flag("--listen", listen)
    };
    let end = start("0.0.0.0:0").refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(
        end.stderr.contains("WATCHBELL__PUBLIC_URL"),
        "{}",
        end.stderr
    );
    let given = start("0.0.0.0:0").variable("WATCHBELL__PUBLIC_URL", "https://bell.example");
    let server = given.ready();
    assert!(
        server.stderr().contains("https://bell.example/set-up#"),
        "{}",
        server.stderr()
    );
}

#[tokio::test]
async fn it_speaks_tls_by_itself() {
    let data = tempdir().expect("a folder");
    let certificate = TestCertificate::new().expect("a certificate");
    let (cert, key) = (data.path().join("c.pem"), data.path().join("k.pem"));
    std::fs::write(&cert, &certificate.cert_pem).expect("written");
    std::fs::write(&key, &certificate.key_pem).expect("written");
    let start = |key: &std::path::Path| {
        Start::new(data.path())
            .flag("--tls-cert", cert.to_str().expect("UTF-8"))
            .flag("--tls-key", key.to_str().expect("UTF-8"))
    };
    let server = start(&key).ready();
    assert!(
        server.url.starts_with("https://127.0.0.1:"),
        "{}",
        server.url
    );
    let api = server.client(Some(&certificate.ca_pem));
    assert_eq!(api.open("/healthz").await.status(), 200);
    assert_eq!(server.terminate().status.code(), Some(0));

    let end = start(&data.path().join("none.pem")).refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(
        end.stderr.contains("TLS cannot be set up"),
        "{}",
        end.stderr
    );
}

#[test]
fn it_runs_from_any_folder_and_keeps_its_key() {
    let folder = tempdir().expect("a folder");
    let start = || {
        let bare = Start::bare().folder(folder.path());
        bare.flag("--data", "here").flag("--listen", "127.0.0.1:0")
    };
    start().ready().terminate();
    let keys = folder.path().join("here/keys.toml");
    let before = std::fs::read(&keys).expect("the key file");
    assert!(folder.path().join("here/watchbell.db").exists());
    start().ready().terminate();
    assert_eq!(std::fs::read(&keys).expect("the key file"), before);

    std::fs::remove_file(&keys).expect("removed");
    let end = start().refused();
    assert_eq!(end.status.code(), Some(1));
    assert!(end.stderr.contains("this node lacks key"), "{}", end.stderr);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_seen() {
    for (trusted, seen) in [
        ("127.0.0.1,10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.0/8", "127.0.0.1"),
    ] {
        let data = tempdir().expect("a folder");
        let server = Start::new(data.path())
            .variable("WATCHBELL__HTTP__TRUSTED_PROXIES", trusted)
            .ready();
        let api = server.api();
        let setup = Setup::new(&api).await;
        let person = setup.person("Ada", "ada@example.com").await;
        let key = setup.service("checkout", &[(&person, LONG_S)]).await;
        let status = api
            .enqueue_for(&trigger(&key, "one"), "198.51.100.7, 203.0.113.9, 10.0.0.4")
            .await;
        assert_eq!(status, 202);
        let integrations = api.all("/api/v1/integrations").await;
        let id = integrations[0]["id"].as_str().expect("an id");
        let signals = api.all(&format!("/api/v1/integrations/{id}/signals")).await;
        assert_eq!(signals[0]["remote"], seen, "{trusted}");
    }
    let data = tempdir().expect("a folder");
    let refused = Start::new(data.path())
        .variable("WATCHBELL__HTTP__TRUSTED_PROXIES", "the-proxy")
        .refused();
    assert!(
        refused.stderr.contains("neither an address"),
        "{}",
        refused.stderr
    );
}
