//! Both mail servers, driven by the client library that Watchbell sends with.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::MultiPart,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls as ClientTls, TlsParameters},
    },
};
use wb_testkit::{
    Mail,
    python::AioSmtpd,
    smtp::{Behaviour, Options, Sink, Tls},
};

const DEADLINE: Duration = Duration::from_secs(20);

type Client = AsyncSmtpTransport<Tokio1Executor>;
type Sent = Result<lettre::transport::smtp::response::Response, lettre::transport::smtp::Error>;

fn client(options: &Options, port: u16, ca_pem: &str) -> Client {
    let trust = || {
        let ca = Certificate::from_pem(ca_pem.as_bytes()).unwrap();
        TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(ca)
            .build()
            .unwrap()
    };
    let tls = match options.tls {
        Tls::None => ClientTls::None,
        Tls::StartTls => ClientTls::Required(trust()),
        Tls::Implicit => ClientTls::Wrapper(trust()),
    };
    let mut builder = Client::builder_dangerous("localhost").port(port).tls(tls);
    if let Some((name, password)) = options.login.clone() {
        builder = builder.credentials(Credentials::new(name, password));
    }
    builder.build()
}

async fn send(client: &Client, to: &str) -> Sent {
    let mail = Message::builder()
        .from("pager@example.com".parse().unwrap())
        .to(to.parse().unwrap())
        .subject("Größe: checkout is slow")
        .message_id(Some("<one@example.com>".to_owned()))
        .multipart(MultiPart::alternative_plain_html(
            ".a line with a leading dot".to_owned(),
            "<a href=\"https://example.com/ack?a=1&amp;b=2\">Acknowledge</a>".to_owned(),
        ))
        .unwrap();
    client.send(mail).await
}

fn assert_arrived(mails: &[Mail]) {
    let [mail] = mails else {
        panic!("one mail expected, {} came", mails.len())
    };
    assert_eq!(mail.envelope_from, "pager@example.com");
    assert_eq!(mail.envelope_to, ["ana@example.com"]);
    assert_eq!(mail.subject, "Größe: checkout is slow");
    assert_eq!(mail.message_id, "one@example.com");
    assert_eq!(mail.text.trim(), ".a line with a leading dot");
    assert_eq!(mail.links("/ack"), ["https://example.com/ack?a=1&b=2"]);
}

fn kinds() -> Vec<Options> {
    let login = Some(("ana".to_owned(), "secret".to_owned()));
    vec![
        Options {
            tls: Tls::None,
            login: None,
        },
        Options {
            tls: Tls::StartTls,
            login: login.clone(),
        },
        Options {
            tls: Tls::Implicit,
            login,
        },
    ]
}

#[tokio::test]
async fn the_sink_takes_mail_in_every_way_it_may_be_sent() {
    for options in kinds() {
        let sink = Sink::start(options.clone()).unwrap();
        let client = client(&options, sink.address().port(), sink.ca_pem());
        send(&client, "ana@example.com").await.unwrap();
        assert_arrived(&sink.wait_for(1, DEADLINE).await.unwrap());
    }
}

#[tokio::test]
async fn aiosmtpd_takes_mail_in_every_way_it_may_be_sent() {
    for options in kinds() {
        let server = AioSmtpd::start(options.clone()).unwrap();
        let client = client(&options, server.address().port(), server.ca_pem());
        send(&client, "ana@example.com").await.unwrap();
        assert_arrived(&server.wait_for(1, DEADLINE).await.unwrap());
        assert_eq!(
            std::fs::read_dir(server.maildir().join("new"))
                .unwrap()
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_stranger_s_certificate_are_refused() {
    let right = kinds().remove(1);
    let sink = Sink::start(right.clone()).unwrap();
    let aiosmtpd = AioSmtpd::start(right.clone()).unwrap();
    let wrong = Options {
        login: Some(("ana".to_owned(), "guess".to_owned())),
        ..right.clone()
    };
    for (port, ca, other_ca) in [
        (sink.address().port(), sink.ca_pem(), aiosmtpd.ca_pem()),
        (aiosmtpd.address().port(), aiosmtpd.ca_pem(), sink.ca_pem()),
    ] {
        let refused = send(&client(&wrong, port, ca), "ana@example.com").await;
        assert!(refused.unwrap_err().is_permanent());
        assert!(
            send(&client(&right, port, other_ca), "ana@example.com")
                .await
                .is_err()
        );
    }
    assert!(sink.mails().is_empty() && aiosmtpd.mails().is_empty());
}

#[tokio::test]
async fn single_recipients_misbehave_as_told() {
    let options = Options::default();
    let sink = Sink::start(options.clone()).unwrap();
    sink.behave(
        "busy@example.com",
        Behaviour::Refuse(451, "later".to_owned()),
    );
    sink.behave(
        "gone@example.com",
        Behaviour::Refuse(550, "no such person".to_owned()),
    );
    sink.behave("slow@example.com", Behaviour::Hang);
    sink.behave("lost@example.com", Behaviour::DropAfterData);
    let client = client(&options, sink.address().port(), "");

    assert!(
        send(&client, "busy@example.com")
            .await
            .unwrap_err()
            .is_transient()
    );
    assert!(
        send(&client, "gone@example.com")
            .await
            .unwrap_err()
            .is_permanent()
    );
    // The client library's own timeout ends with the connect, so the sender needs one around it.
    let hung = tokio::time::timeout(
        Duration::from_millis(300),
        send(&client, "slow@example.com"),
    );
    assert!(hung.await.is_err());
    assert!(sink.mails().is_empty());

    let lost = send(&client, "lost@example.com").await.unwrap_err();
    assert!(
        !lost.is_permanent() && !lost.is_transient(),
        "no answer came: {lost}"
    );
    assert_eq!(
        sink.mails().len(),
        1,
        "taken, though the sender cannot know"
    );
    send(&client, "ana@example.com").await.unwrap();
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn what_does_not_come_is_an_error() {
    let sink = Sink::start(Options::default()).unwrap();
    let missing = sink
        .wait_for(1, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert_eq!(missing.to_string(), "0 of 1 mails came within 1ms");
}
