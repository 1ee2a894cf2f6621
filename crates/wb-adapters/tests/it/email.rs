//! The e-mail channel against a real SMTP server.

use core::time::Duration;

use mail_parser::MessageParser;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use wb_adapters::channels::email::{Email, Smtp};
use wb_adapters::net::Roots;
use wb_core::event::{Severity, Urgency};
use wb_core::incident::FailureReason;
use wb_ports::{Channel, Content, IncidentView, Links, Message, SendFailure};
use wb_testkit::Mail;
use wb_testkit::smtp::{Behaviour, Options, Sink, Tls};

use crate::support::{LONG, closed_port, incident, page, page_about, settings, test_message};

const FROM: &str = "Watchbell <pager@watchbell.example>";
const TO: &str = "ines@example.com";

fn channel(url: &str, roots: &Roots) -> Email {
    Email::new(Some(Smtp::parse(url, FROM, roots).expect("SMTP settings")))
}

fn start(options: Options) -> Sink {
    Sink::start(options).expect("a mail server")
}

async fn mail(message: &Message) -> Mail {
    let sink = start(Options::default());
    let channel = channel(&sink.url(), &Roots::load());
    channel
        .send(&settings(&[("address", TO)]), message)
        .await
        .expect("a receipt");
    sink.wait_for(1, LONG)
        .await
        .expect("a mail")
        .pop()
        .expect("a mail")
}

async fn failure(sink: &Sink) -> SendFailure {
    let channel = channel(&sink.url(), &Roots::load()).with_deadline(LONG);
    let failure = channel.send(&settings(&[("address", TO)]), &page()).await;
    failure.expect_err("a failure")
}

#[tokio::test]
async fn headers_thread_and_identify() {
    let mail = mail(&page()).await;
    assert_eq!(mail.envelope_to, [TO]);
    assert_eq!(
        mail.subject,
        "[INC-12] Sev 2 checkout: p99 latency over 500 ms for 2 min"
    );
    assert_eq!(
        mail.message_id,
        "dlv_01900000000070008000000000000001@watchbell.example"
    );
    let root = "<inc_01900000000070008000000000000012.incident@watchbell.example>";
    for (name, value) in [
        ("References", root),
        ("In-Reply-To", root),
        ("Auto-Submitted", "auto-generated"),
        (
            "X-Watchbell-Incident",
            "inc_01900000000070008000000000000012",
        ),
        (
            "X-Watchbell-Delivery",
            "dlv_01900000000070008000000000000001",
        ),
        ("X-Watchbell-Severity", "major"),
        ("X-Watchbell-Attempt", "1"),
        ("X-Priority", "1"),
        ("Importance", "high"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    let date = mail.header("Date").expect("a date");
    assert!(date.starts_with("Sat, 21 Nov 2026 03:12:05"), "{date}");
    let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
    let to = parsed.to().and_then(|to| to.first()).expect("a recipient");
    assert_eq!((to.name(), to.address()), (Some("Inês Āwhina"), Some(TO)));
}

#[tokio::test]
async fn both_bodies_say_what_why_since_and_what_to_do() {
    let message = page();
    let mail = mail(&message).await;
    let acknowledge = message.links.acknowledge.expect("a link");
    let resolve = message.links.resolve.expect("a link");
    assert_eq!(mail.links("/l/ack"), [acknowledge.as_str()]);
    assert_eq!(mail.links("/l/res"), [resolve.as_str()]);
    assert_eq!(
        mail.links("/incidents/"),
        ["https://pager.example/incidents/12"]
    );
    assert_eq!(
        mail.links("graphs.example"),
        ["https://graphs.example/1.png"]
    );
    assert!(mail.links("javascript").is_empty() && !mail.html.contains("javascript"));
    assert!(!mail.html.contains("<img") && !mail.html.contains("<script"));
    assert!(mail.text.contains(&acknowledge) && mail.text.contains(&resolve));
    for body in [&mail.text, &mail.html] {
        for part in [
            "Triggered",
            "Sev 2, major",
            "p99 latency over 500 ms for 2 min",
            "was 874 ms",
            "You are on call for Checkout primary",
            "Sat 21 Nov 16:12, Auckland",
            "checkout.latency_ms.p99",
            "eu-west",
            "Inês Āwhina",
            "Step 1.",
        ] {
            assert!(body.contains(part), "{part} is missing in: {body}");
        }
    }
    assert!(!mail.text.contains("\n\n\n"), "{:?}", mail.text);
}

#[tokio::test]
async fn what_senders_write_stays_text() {
    let view = IncidentView {
        title: "bad\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script> {{ 7 * 7 }}".into(),
        service: "che\nckout".into(),
        summary: "<img src=x onerror=alert(1)> & co".into(),
        ..incident()
    };
    let message = Message {
        recipient: wb_ports::MessageRecipient {
            name: "A\r\nBcc: other@example.com".into(),
            zone: "Nowhere".into(),
        },
        delivery_id: "dlv\r\nX-Evil: 1".into(),
        ..page_about(view)
    };
    let mail = mail(&message).await;
    assert_eq!(mail.envelope_to, [TO]);
    assert_eq!(mail.header("Bcc"), None);
    assert_eq!(mail.header("X-Evil"), None);
    assert!(
        mail.subject
            .contains("che ckout: bad Bcc: victim@example.com"),
        "{}",
        mail.subject
    );
    assert!(
        !mail.html.contains("<script>") && !mail.html.contains("<img"),
        "{}",
        mail.html
    );
    assert!(mail.html.contains("{{ 7 * 7 }}") && mail.text.contains("<script>alert(1)</script>"));
}

#[tokio::test]
async fn low_urgency_a_long_title_and_a_repeat() {
    let view = IncidentView {
        urgency: Urgency::Low,
        severity: Severity::Minor,
        title: "long ".repeat(2_000),
        ..incident()
    };
    let message = Message {
        attempt: 2,
        possible_duplicate: true,
        ..page_about(view)
    };
    let mail = mail(&message).await;
    assert_eq!(mail.header("X-Priority"), None);
    assert!(mail.subject.chars().count() <= 180 && mail.subject.ends_with('…'));
    assert!(mail.text.contains("the answer to attempt 1 was lost"));
    assert_eq!(
        mail.message_id,
        "dlv_01900000000070008000000000000001@watchbell.example"
    );
}

#[tokio::test]
async fn a_test_message_asks_for_nothing() {
    let mail = mail(&test_message()).await;
    assert_eq!(mail.subject, "Test message from Watchbell");
    assert_eq!(mail.header("References"), None);
    assert!(mail.text.contains("pages reach you here") && mail.links("").is_empty());
}

#[tokio::test]
async fn the_monthly_test_has_one_button() {
    let confirm = "https://pager.example/l/Confirm1?x=2";
    let test = Message {
        content: Content::Notice {
            title: "Monthly test".to_owned(),
            body: "This is only a test.".to_owned(),
        },
        links: Links {
            confirm: Some(confirm.to_owned()),
            ..Links::default()
        },
        ..page()
    };
    let mail = mail(&test).await;
    let text = mail.text.replace('\r', "");
    assert!(text.contains(&format!("Confirm:\n{confirm}\n")), "{text}");
    let button = format!(
        "class=\"button\" href=\"{}\"",
        confirm.replace('&', "&amp;")
    );
    assert!(mail.html.contains(&button), "{}", mail.html);
    assert!(!mail.html.contains("Acknowledge"), "{}", mail.html);
}

#[tokio::test]
async fn starttls_implicit_tls_and_login_work() {
    let login = Some(("pager".to_owned(), "s3cret-pw".to_owned()));
    for tls in [Tls::None, Tls::StartTls, Tls::Implicit] {
        let sink = start(Options {
            tls,
            login: login.clone(),
        });
        let authority = CertificateDer::from_pem_slice(sink.ca_pem().as_bytes()).expect("PEM");
        let roots = Roots::load().with(authority);
        let mut urls = vec![sink.url()];
        if tls == Tls::StartTls {
            urls.push(format!("{}?tls=required", sink.url()));
        }
        for url in urls {
            let channel = channel(&url, &roots);
            let sent = channel.send(&settings(&[("address", TO)]), &page()).await;
            sent.unwrap_or_else(|failure| panic!("{tls:?}: {failure}"));
        }
    }
}

#[tokio::test]
async fn an_unknown_authority_and_missing_tls_are_refused() {
    let sink = start(Options {
        tls: Tls::Implicit,
        login: None,
    });
    let failed = failure(&sink).await;
    assert_eq!(failed.reason, FailureReason::Unreachable, "{failed}");

    let sink = start(Options::default());
    let url = format!("{}?tls=required", sink.url());
    let failed = channel(&url, &Roots::load())
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect_err("no TLS");
    assert_eq!(failed.reason, FailureReason::Misconfigured);
    assert!(
        sink.mails().is_empty() && failed.detail.contains("?tls=none"),
        "{failed}"
    );
}

#[tokio::test]
async fn refused_credentials_are_never_repeated() {
    let sink = start(Options {
        tls: Tls::None,
        login: Some(("pager".to_owned(), "right".to_owned())),
    });
    let url = sink.url().replace("right", "wr0ng-s3cret");
    let failed = channel(&url, &Roots::load())
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect_err("wrong password");
    assert_eq!(failed.reason, FailureReason::Unauthorised);
    assert!(!format!("{failed:?}").contains("wr0ng"), "{failed:?}");
}

#[tokio::test]
async fn the_table_of_replies() {
    use FailureReason::{ProviderFault, RateLimited, Refused};
    let sink = start(Options::default());
    for (code, words, reason) in [
        (421, "4.3.2 going down", ProviderFault),
        (450, "4.2.0 mailbox busy", ProviderFault),
        (
            451,
            "4.7.1 greylisted, see https://pager.example/l/ack?token=AckSecret1&x=2",
            RateLimited,
        ),
        (452, "4.3.1 disk full", ProviderFault),
        (550, "5.1.1 no such user", Refused),
        (552, "5.2.2 mailbox over quota", Refused),
        (554, "5.7.1 looks like spam", Refused),
    ] {
        sink.behave(TO, Behaviour::Refuse(code, words.to_owned()));
        let failed = failure(&sink).await;
        assert_eq!(failed.reason, reason, "{code}: {failed}");
        let begin: String = words.chars().take(14).collect();
        assert!(failed.detail.contains(&begin), "{code}: {failed}");
        assert!(!failed.detail.contains("AckSecret1"), "{failed}");
    }
}

#[tokio::test]
async fn silence_and_lost_answers_may_have_gone_out() {
    let sink = start(Options::default());
    sink.behave(TO, Behaviour::DropAfterData);
    assert_eq!(failure(&sink).await.reason, FailureReason::NoAnswer);

    sink.behave(TO, Behaviour::Hang);
    let short = Duration::from_secs(3);
    let channel = channel(&sink.url(), &Roots::load()).with_deadline(short);
    let failed = channel
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect_err("silence");
    assert_eq!(failed.reason, FailureReason::NoAnswer, "{failed}");

    // The connection that was given up is not used again.
    sink.behave(TO, Behaviour::Accept);
    let channel = channel.with_deadline(LONG);
    channel
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect("a receipt");
}

#[tokio::test]
async fn one_connection_carries_several_mails() {
    let sink = start(Options::default());
    let channel = channel(&sink.url(), &Roots::load());
    for attempt in 1..=5 {
        let message = Message { attempt, ..page() };
        channel
            .send(&settings(&[("address", TO)]), &message)
            .await
            .expect("a receipt");
    }
    let mails = sink.wait_for(5, LONG).await.expect("mails");
    let attempts: Vec<_> = mails
        .iter()
        .map(|mail| mail.header("X-Watchbell-Attempt").expect("a header"))
        .collect();
    assert_eq!(attempts, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn a_missing_server_is_told_apart() {
    let url = format!("smtp://{}", closed_port());
    let closed = channel(&url, &Roots::load());
    let failed = closed
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect_err("closed");
    assert_eq!(failed.reason, FailureReason::Unreachable);

    let none = Email::new(None);
    let failed = none
        .send(&settings(&[("address", TO)]), &page())
        .await
        .expect_err("none");
    assert_eq!(failed.reason, FailureReason::Misconfigured);
    assert!(failed.detail.contains("smtp.url"), "{failed}");
}

#[tokio::test]
async fn the_second_server_has_every_other_attempt() {
    let sink = start(Options::default());
    let dead = format!("smtp://{}", closed_port());
    let servers = [dead, sink.url()].map(|url| Smtp::parse(&url, FROM, &Roots::load()));
    let channel = Email::new(servers.map(|server| server.expect("SMTP settings")));
    assert_eq!(channel.providers(), 2);
    let to = settings(&[("address", TO)]);
    for (attempt, is_taken) in [(1, false), (2, true), (3, false), (4, true)] {
        let message = Message { attempt, ..page() };
        match channel.send(&to, &message).await {
            Ok(receipt) => {
                assert!(is_taken, "attempt {attempt}: {}", receipt.detail);
                assert!(
                    sink.url()
                        .contains(receipt.detail.split(": ").next().expect("a name"))
                );
            }
            Err(failed) => {
                assert!(!is_taken, "attempt {attempt}: {failed}");
                assert_eq!(failed.reason, FailureReason::Unreachable);
            }
        }
    }
}

#[test]
fn addresses_are_checked() {
    let channel = Email::new(None);
    channel
        .check(&settings(&[("address", " ines@example.com ")]))
        .expect("an address");
    for address in [
        "ines",
        "a@b@c",
        "x y@example.com",
        "a@example.com\r\nBcc: b@example.com",
    ] {
        let errors = channel
            .check(&settings(&[("address", address)]))
            .expect_err("no address");
        assert_eq!(errors[0].field, "address");
    }
}
