//! Several incidents in one message, over every channel.

use core::time::Duration;

use serde_json::Value;
use uuid::Uuid;
use wb_adapters::channels::email::{Email, Smtp};
use wb_adapters::channels::ntfy::Ntfy;
use wb_adapters::channels::webhook::Webhook;
use wb_adapters::net::Roots;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::IncidentId;
use wb_core::time::Timestamp;
use wb_ports::{BundleView, BundledIncident, BundledService, Channel, Content, Links, Message};
use wb_testkit::{http, smtp};

use crate::support::{LONG, client, page, settings};

fn incident(number: u64) -> BundledIncident {
    let link = |what: &str| Some(format!("https://pager.example/l/{what}-{number}"));
    BundledIncident {
        id: IncidentId(Uuid::from_u128(number.into())),
        number,
        title: format!("disk {number} is <full>"),
        severity: Severity::Major,
        urgency: Urgency::High,
        opened_at: Timestamp::from_micros(1_795_230_725_000_000),
        links: Links {
            view: Some(format!("https://pager.example/incidents/{number}")),
            acknowledge: link("ack"),
            resolve: link("res"),
            ..Links::default()
        },
        possible_duplicate: number == 2,
    }
}

fn storm(incidents: u64, more: u32) -> Message {
    let service = |name: &str, range: core::ops::RangeInclusive<u64>, more: u32| {
        let incidents: Vec<_> = range.map(incident).collect();
        BundledService {
            name: name.to_owned(),
            count: u32::try_from(incidents.len()).expect("a few") + more,
            incidents,
        }
    };
    let services = vec![
        service("checkout", 1..=incidents - 1, more),
        service("search", incidents..=incidents, 0),
    ];
    let bundle = BundleView {
        count: u32::try_from(incidents).expect("a few") + more,
        severity: Severity::Critical,
        urgency: Urgency::High,
        services,
        more,
    };
    Message {
        content: Content::Bundle(Box::new(bundle)),
        links: Links {
            view: Some("https://pager.example/incidents".to_owned()),
            ..Links::default()
        },
        delivery_id: "bnd_01900000000070008000000000000001".to_owned(),
        thread: "bnd_01900000000070008000000000000001".to_owned(),
        ..page()
    }
}

#[tokio::test]
async fn a_mail_lists_each_with_its_link_and_says_how_many() {
    let sink = smtp::Sink::start(smtp::Options::default()).expect("a mail server");
    let smtp = Smtp::parse(
        &sink.url(),
        "Watchbell <pager@bell.example>",
        &Roots::load(),
    );
    let channel = Email::new(Some(smtp.expect("settings")));
    let to = settings(&[("address", "ines@example.com")]);
    channel.send(&to, &storm(12, 37)).await.expect("a receipt");
    let mail = sink
        .wait_for(1, LONG)
        .await
        .expect("a mail")
        .pop()
        .expect("a mail");
    assert_eq!(
        mail.subject,
        "[Watchbell] 49 incidents, worst Sev 1: checkout 48, search 1"
    );
    let raw = String::from_utf8_lossy(&mail.raw).into_owned();
    assert!(
        raw.contains("X-Watchbell-Incidents: 49") && raw.contains("X-Priority: 1"),
        "{raw}"
    );
    for number in 1..=12 {
        let link = format!("https://pager.example/l/ack-{number}\n");
        assert_eq!(
            mail.text.replace('\r', "").matches(&link).count(),
            1,
            "{}",
            mail.text
        );
        let link = format!("\"https://pager.example/l/ack-{number}\"");
        assert_eq!(mail.html.matches(&link).count(), 1, "{}", mail.html);
    }
    for body in [&mail.text, &mail.html] {
        for words in [
            "checkout, 48 incidents",
            "search, 1 incident",
            "And 37 more",
            "INC-12",
        ] {
            assert!(body.contains(words), "{words}: {body}");
        }
        assert_eq!(body.matches("You may have had this one before").count(), 1);
        assert!(
            !body.contains("message.bundle") && !body.contains("email."),
            "{body}"
        );
    }
    assert!(
        mail.html.contains("disk 1 is &lt;full&gt;"),
        "{}",
        mail.html
    );
}

#[tokio::test]
async fn a_push_names_as_many_as_fit_and_leads_to_the_list() {
    let sink = http::Sink::start().expect("a web server");
    let channel = Ntfy::new(client(&["127.0.0.1"])).with_deadline(Duration::from_secs(5));
    let to = settings(&[("server", &sink.url("/")), ("topic", "wb-topic")]);
    channel.send(&to, &storm(150, 0)).await.expect("a receipt");
    let body: Value = serde_json::from_slice(&sink.requests()[0].body).expect("JSON");
    assert_eq!(body["title"], "150 incidents, worst Sev 1");
    assert_eq!(body["priority"], 5);
    assert_eq!(body["click"], "https://pager.example/incidents");
    let text = body["message"].as_str().expect("text");
    assert!(text.len() < 4_096, "ntfy would make an attachment of it");
    let named = text.matches("/l/ack-").count();
    assert!((5..150).contains(&named), "{text}");
    assert!(
        text.contains(&format!("And {} more", 150 - named)),
        "{text}"
    );
}

#[tokio::test]
async fn a_webhook_gets_them_as_a_list() {
    let sink = http::Sink::start().expect("a web server");
    let channel = Webhook::new(client(&["127.0.0.1"])).with_deadline(Duration::from_secs(5));
    let to = settings(&[("url", &sink.url("/"))]);
    channel.send(&to, &storm(3, 0)).await.expect("a receipt");
    let body: Value = serde_json::from_slice(&sink.requests()[0].body).expect("JSON");
    assert_eq!(body["type"], "incident.pages");
    let data = &body["data"];
    assert_eq!(
        (&data["count"], &data["more"]),
        (&Value::from(3), &Value::from(0))
    );
    assert_eq!(data["incidents"].as_array().map(Vec::len), Some(3));
    assert_eq!(data["incidents"][1]["possible_duplicate"], true);
    assert_eq!(data["incidents"][2]["service"], "search");
    let link = "https://pager.example/l/ack-3";
    assert_eq!(data["incidents"][2]["acknowledge_url"], link);
}
