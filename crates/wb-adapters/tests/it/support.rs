//! What the tests share: clients, names that resolve as told, and messages.

use core::net::IpAddr;
use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use wb_adapters::net::{AllowList, HttpClient, Lookup, NetSettings, Roots, SystemLookup};
use wb_core::event::{EventImage, EventLink, Severity, Urgency};
use wb_core::ids::IncidentId;
use wb_core::incident::IncidentState;
use wb_core::time::Timestamp;
use wb_ports::{Content, IncidentView, Links, Message, MessageRecipient, OpenedSettings};

/// Long enough for any machine; only a failing test waits for it.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A resolver that knows these names and no others.
pub(crate) struct FakeLookup(pub(crate) BTreeMap<&'static str, Vec<IpAddr>>);

#[async_trait::async_trait]
impl Lookup for FakeLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.0
            .get(host)
            .cloned()
            .ok_or_else(|| io::Error::other("no such name"))
    }
}

/// A client that may call what `allow` lists.
pub(crate) fn client(allow: &[&str]) -> HttpClient {
    client_with(allow, SystemLookup, Roots::load())
}

pub(crate) fn client_with(
    allow: &[&str],
    lookup: impl Lookup + 'static,
    roots: Roots,
) -> HttpClient {
    let allow = AllowList::parse(allow.iter().copied()).expect("an allow list");
    HttpClient::new(NetSettings {
        allow,
        roots,
        lookup: Arc::new(lookup),
    })
    .expect("a client")
}

/// An address of loopback where nobody listens.
pub(crate) fn closed_port() -> core::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

pub(crate) fn settings(values: &[(&str, &str)]) -> OpenedSettings {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn incident() -> IncidentView {
    IncidentView {
        id: IncidentId(uuid::Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0012,
        )),
        number: 12,
        title: "p99 latency over 500 ms for 2 min".to_owned(),
        summary: "checkout.latency_ms.p99 was 874 ms; it fires over 500 ms.".to_owned(),
        service: "checkout".to_owned(),
        severity: Severity::Major,
        urgency: Urgency::High,
        state: IncidentState::Triggered,
        opened_at: Timestamp::from_micros(1_795_230_720_000_000),
        source: Some("checkout.latency_ms.p99".to_owned()),
        details: Some("{\"region\":\"eu-west\"}".to_owned()),
        links: vec![
            EventLink {
                href: "https://runbooks.example/checkout".to_owned(),
                text: None,
            },
            EventLink {
                href: "javascript:alert(1)".to_owned(),
                text: Some("bad".to_owned()),
            },
        ],
        images: vec![EventImage {
            src: "https://graphs.example/1.png".to_owned(),
            href: None,
            alt: Some("Latency".to_owned()),
        }],
        dedup_keys: vec!["checkout/p99".to_owned(), "checkout/p95".to_owned()],
    }
}

/// A page about [`incident`].
pub(crate) fn page() -> Message {
    page_about(incident())
}

pub(crate) fn page_about(incident: IncidentView) -> Message {
    Message {
        thread: incident.id.to_string(),
        content: Content::Page {
            incident: Box::new(incident),
            step: Some(1),
            why: "You are on call for Checkout primary until Mon 09:00.".to_owned(),
        },
        recipient: MessageRecipient {
            name: "Inês Āwhina".to_owned(),
            zone: "Pacific/Auckland".to_owned(),
        },
        links: Links {
            view: Some("https://pager.example/incidents/12".to_owned()),
            acknowledge: Some("https://pager.example/l/ack?token=AckSecret1&x=2".to_owned()),
            resolve: Some("https://pager.example/l/res?token=ResSecret2&x=2".to_owned()),
            ..Links::default()
        },
        delivery_id: "dlv_01900000000070008000000000000001".to_owned(),
        attempt: 1,
        possible_duplicate: false,
        sent_at: Timestamp::from_micros(1_795_230_725_000_000),
    }
}

/// A test message.
pub(crate) fn test_message() -> Message {
    Message {
        content: Content::Test,
        thread: "test".to_owned(),
        ..page()
    }
}
