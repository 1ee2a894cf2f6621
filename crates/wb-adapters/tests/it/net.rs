//! The guard of the outbound client, tried with real sockets.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;
use std::collections::BTreeMap;

use http::{HeaderMap, Method};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use wb_adapters::net::{HttpRequest, NetError, Roots, SystemLookup};

use wb_testkit::http::{Reply, Sink};
use wb_testkit::tls::TestCertificate;

use crate::support::{FakeLookup, LONG, client, client_with, closed_port};

fn get(url: String) -> HttpRequest {
    HttpRequest {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Vec::new(),
        timeout: LONG,
    }
}

#[tokio::test]
async fn loopback_is_refused_unless_listed() {
    let sink = Sink::start().expect("a server");
    let refused = client(&[]).send(get(sink.url("/"))).await;
    assert_eq!(refused, Err(NetError::Forbidden));
    assert!(sink.requests().is_empty(), "nothing may reach the socket");

    for allow in ["127.0.0.1", "127.0.0.0/8"] {
        let answer = client(&[allow])
            .send(get(sink.url("/")))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 200);
    }
    assert_eq!(sink.requests().len(), 2);
}

#[tokio::test]
async fn literal_addresses_are_refused_in_every_spelling() {
    let client = client(&[]);
    for url in [
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://10.1.2.3/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://100.64.0.1/",
        "https://user:pass@192.168.0.1/",
    ] {
        assert_eq!(client.check_url(url), Err(NetError::Forbidden), "{url}");
        assert_eq!(
            client.send(get(url.to_owned())).await,
            Err(NetError::Forbidden),
            "{url}"
        );
    }
}

#[tokio::test]
async fn only_http_and_https_are_called() {
    for url in [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "nonsense",
        "",
    ] {
        assert_eq!(client(&[]).check_url(url), Err(NetError::BadUrl), "{url}");
    }
}

fn loopback_names() -> FakeLookup {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let metadata = "169.254.169.254".parse().expect("an address");
    FakeLookup(BTreeMap::from([
        ("inside.example", vec![loopback]),
        ("metadata.example", vec![metadata]),
        ("mixed.example", vec![metadata, loopback]),
        ("empty.example", vec![]),
    ]))
}

#[tokio::test]
async fn names_are_judged_by_what_they_resolve_to() {
    let sink = Sink::start().expect("a server");
    let port = sink.address().port();
    let url = |host: &str| get(format!("http://{host}:{port}/"));

    let nothing = client_with(&[], loopback_names(), Roots::load());
    for host in ["inside.example", "metadata.example", "mixed.example"] {
        assert_eq!(
            nothing.send(url(host)).await,
            Err(NetError::Forbidden),
            "{host}"
        );
    }
    for host in ["unknown.example", "empty.example"] {
        let error = nothing.send(url(host)).await.expect_err("no address");
        assert!(matches!(error, NetError::Unreachable(_)), "{host}: {error}");
    }

    let by_name = client_with(&["Inside.Example"], loopback_names(), Roots::load());
    assert_eq!(
        by_name
            .send(url("inside.example"))
            .await
            .expect("an answer")
            .status,
        200
    );
    assert_eq!(
        by_name.send(url("metadata.example")).await,
        Err(NetError::Forbidden)
    );

    // Of several addresses only the permitted ones are tried.
    let by_address = client_with(&["127.0.0.1"], loopback_names(), Roots::load());
    assert_eq!(
        by_address
            .send(url("mixed.example"))
            .await
            .expect("an answer")
            .status,
        200
    );
    assert_eq!(sink.requests().len(), 2);
}

#[tokio::test]
async fn redirects_are_handed_back_and_never_followed() {
    let inside = Sink::start().expect("a server");
    let outside = Sink::start().expect("a server");
    outside.script(
        "/",
        [Reply::status(307).with_header("location", &inside.url("/"))],
    );
    let answer = client(&["127.0.0.1"])
        .send(get(outside.url("/")))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 307);
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn long_answers_are_cut() {
    let sink = Sink::start().expect("a server");
    sink.script("/", [Reply::status(200).with_body("x".repeat(1_000_000))]);
    let answer = client(&["127.0.0.1"])
        .send(get(sink.url("/")))
        .await
        .expect("an answer");
    assert_eq!(answer.body.len(), 16_384);
}

#[tokio::test]
async fn errors_never_hold_the_address() {
    let silent = Sink::start().expect("a server");
    silent.script("/s3cret", [Reply::Hang]);
    let closed = closed_port();
    let client = client_with(&["127.0.0.1"], loopback_names(), Roots::load());
    let addresses = [
        silent.url("/s3cret?token=s3cret"),
        format!("http://user:s3cret@{closed}/s3cret"),
        "http://unknown.example/s3cret".to_owned(),
        "http://169.254.169.254/s3cret".to_owned(),
        format!("https://{}/s3cret", silent.address()),
        "ftp://x/s3cret".to_owned(),
    ];
    for url in addresses {
        let request = HttpRequest {
            timeout: Duration::from_millis(50),
            ..get(url.clone())
        };
        let error = client.send(request).await.expect_err("no answer");
        let words = format!("{error} {error:?} {}", error.reason().word());
        assert!(
            !words.contains("s3cret") && !words.contains("127.0.0.1"),
            "{url}: {words}"
        );
    }
}

#[tokio::test]
async fn silence_is_no_answer_and_a_closed_port_is_unreachable() {
    let silent = Sink::start().expect("a server");
    silent.script("/", [Reply::Hang]);
    silent.script("/close", [Reply::Close]);
    let client = client(&["127.0.0.1"]);
    let request = HttpRequest {
        timeout: Duration::from_millis(50),
        ..get(silent.url("/"))
    };
    let error = client.send(request).await.expect_err("no answer");
    assert_eq!(error, NetError::TimedOut);
    let error = client
        .send(get(silent.url("/close")))
        .await
        .expect_err("no answer");
    assert_eq!(error, NetError::BrokenOff);

    let closed = closed_port();
    let error = client
        .send(get(format!("http://{closed}/")))
        .await
        .expect_err("no connection");
    assert!(matches!(error, NetError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn certificates_are_checked() {
    let certificate = TestCertificate::new().expect("a certificate");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = tokio_rustls::TlsAcceptor::from(certificate.server_config.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Handshake and hang up: whether it succeeds is the client's to say.
            let _ = acceptor.accept(stream).await;
        }
    });
    let url = format!("https://127.0.0.1:{port}/");
    let error = client(&["127.0.0.1"])
        .send(get(url.clone()))
        .await
        .expect_err("unknown authority");
    assert!(matches!(error, NetError::Unreachable(_)), "{error}");

    let authority = CertificateDer::from_pem_slice(certificate.ca_pem.as_bytes()).expect("PEM");
    let roots = Roots::load().with(authority);
    let trusting = client_with(&["127.0.0.1"], SystemLookup, roots);
    assert_eq!(trusting.send(get(url)).await, Err(NetError::BrokenOff));
}
