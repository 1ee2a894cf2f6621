//! The `pagerduty` client library, as its users have it, over our own TLS.

use serde_json::Value;
use tempfile::tempdir;
use wb_testkit::python;
use wb_testkit::tls::TestCertificate;

use crate::setup::{LONG_S, Setup};
use crate::support::Start;

const CLIENT: &str = r#"
import ssl, sys
from pagerduty import EventsApiV2Client

url, key, authority, action = sys.argv[1:5]
trust = ssl.create_default_context(cafile=authority)
client = EventsApiV2Client(key, base_url=url, verify=trust)
if action == "trigger":
    print(client.trigger("p99 is high", "checkout-7", severity="error", custom_details={"p99": 512}))
else:
    print(getattr(client, action)(sys.argv[5]))
"#;

#[tokio::test]
async fn the_client_library_triggers_acknowledges_and_resolves() {
    let data = tempdir().expect("a folder");
    let certificate = TestCertificate::new().expect("a certificate");
    let path = |name: &str| data.path().join(name).to_str().expect("UTF-8").to_owned();
    for (name, pem) in [
        ("cert.pem", &certificate.cert_pem),
        ("key.pem", &certificate.key_pem),
        ("ca.pem", &certificate.ca_pem),
    ] {
        std::fs::write(path(name), pem).expect("written");
    }
    let start = Start::new(data.path());
    let server = start
        .flag("--tls-cert", &path("cert.pem"))
        .flag("--tls-key", &path("key.pem"))
        .ready();
    let api = server.client(Some(&certificate.ca_pem));
    let setup = Setup::new(&api).await;
    let person = setup.person("Ada", "ada@example.com").await;
    let key = setup.service("checkout", &[(&person, LONG_S)]).await;

    let run = async |action: &'static str, dedup_key: String| {
        let (url, key, authority) = (server.url.clone(), key.clone(), path("ca.pem"));
        let ran = tokio::task::spawn_blocking(move || {
            python::run(CLIENT, &[&url, &key, &authority, action, &dedup_key])
        });
        ran.await
            .expect("ran")
            .expect("the client is content")
            .trim()
            .to_owned()
    };
    let state = async || -> Value {
        let incidents = api.all("/api/v1/incidents").await;
        assert_eq!(incidents.len(), 1, "{incidents:?}");
        incidents[0]["state"].clone()
    };
    let dedup_key = run("trigger", String::new()).await;
    assert!(!dedup_key.is_empty());
    assert_eq!(state().await, "triggered");
    assert_eq!(run("acknowledge", dedup_key.clone()).await, dedup_key);
    assert_eq!(state().await, "acknowledged");
    assert_eq!(run("resolve", dedup_key.clone()).await, dedup_key);
    assert_eq!(state().await, "resolved");
    server.terminate();
}
