//! The conformance kit: what every channel over HTTP must do, whatever its body looks like.

use core::time::Duration;
use std::sync::Arc;

use wb_adapters::channels;
use wb_adapters::channels::ntfy::Ntfy;
use wb_adapters::channels::webhook::Webhook;
use wb_core::incident::FailureReason;
use wb_ports::{Channel, FieldKind, OpenedSettings, SendFailure};
use wb_testkit::http::{Reply, Sink};

use crate::support::{client, closed_port, page, settings};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TOKEN: &str = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
const SECRETS: [&str; 6] = [
    SECRET,
    TOKEN,
    "wb-topic-91x",
    "AckSecret1",
    "ResSecret2",
    "PathSecret3",
];

/// Each HTTP channel with settings that make it call `url`.
fn calling(url: &str, deadline: Duration) -> Vec<(Arc<dyn Channel>, OpenedSettings)> {
    let http = client(&["127.0.0.1"]);
    let webhook = settings(&[("url", url), ("secret", SECRET)]);
    let ntfy = settings(&[("server", url), ("topic", "wb-topic-91x"), ("token", TOKEN)]);
    vec![
        (
            Arc::new(Webhook::new(http.clone()).with_deadline(deadline)),
            webhook,
        ),
        (Arc::new(Ntfy::new(http).with_deadline(deadline)), ntfy),
    ]
}

/// The failure of one send, which holds no secret.
async fn fail(channel: &dyn Channel, settings: &OpenedSettings) -> SendFailure {
    let failure = channel
        .send(settings, &page())
        .await
        .expect_err("a failure");
    let words = format!("{failure} {failure:?}");
    for secret in SECRETS {
        assert!(!words.contains(secret), "{secret} is in: {words}");
    }
    assert!(
        !failure.detail.starts_with("delivery."),
        "a text is missing: {words}"
    );
    failure
}

async fn failures(url: &str, deadline: Duration) -> Vec<SendFailure> {
    let mut failures = Vec::new();
    for (channel, settings) in calling(url, deadline) {
        failures.push(fail(&*channel, &settings).await);
    }
    failures
}

const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_table_of_answers() {
    use FailureReason::{ProviderFault, RateLimited, Refused, Unauthorised};
    let sink = Sink::start().expect("a server");
    let table = [
        (301, Refused),
        (302, Refused),
        (307, Refused),
        (400, Refused),
        (401, Unauthorised),
        (403, Unauthorised),
        (404, Refused),
        (408, ProviderFault),
        (410, Refused),
        (413, Refused),
        (422, Refused),
        (425, ProviderFault),
        (429, RateLimited),
        (500, ProviderFault),
        (502, ProviderFault),
        (503, ProviderFault),
        (504, ProviderFault),
        (599, ProviderFault),
    ];
    for (status, reason) in table {
        let reply = Reply::status(status).with_header("retry-after", "7");
        sink.script(
            "/PathSecret3",
            [reply.with_header("location", "http://127.0.0.1:1/")],
        );
        for failure in failures(&sink.url("/PathSecret3"), DEADLINE).await {
            assert_eq!(failure.reason, reason, "{status}: {failure}");
            let expected = reason.is_worth_retrying().then_some(7);
            assert_eq!(failure.retry_after_s, expected, "{status}");
            assert!(failure.detail.contains(&status.to_string()), "{failure}");
        }
    }
    for status in [200, 201, 202, 204] {
        sink.script("/ok", [Reply::status(status)]);
        for (channel, settings) in calling(&sink.url("/ok"), DEADLINE) {
            channel.send(&settings, &page()).await.expect("a receipt");
        }
    }
}

#[tokio::test]
async fn a_server_that_repeats_our_secrets_does_not_get_them_recorded() {
    let sink = Sink::start().expect("a server");
    for (channel, settings) in calling(&sink.url("/PathSecret3"), DEADLINE) {
        let given: Vec<_> = settings.values().cloned().collect();
        let links = page().links;
        let echo = format!(
            "no such hook /PathSecret3 {} {} {}",
            given.join(" "),
            links.acknowledge.expect("a link"),
            links.resolve.expect("a link"),
        );
        sink.script("/PathSecret3", [Reply::status(400).with_body(echo)]);
        let failure = fail(&*channel, &settings).await;
        assert!(
            failure.detail.contains("no such hook [hidden]"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_costs_the_deadline_and_may_have_the_message() {
    let sink = Sink::start().expect("a server");
    sink.script("/PathSecret3", [Reply::Hang]);
    for failure in failures(&sink.url("/PathSecret3"), Duration::from_millis(50)).await {
        assert_eq!(failure.reason, FailureReason::NoAnswer, "{failure}");
    }
    sink.script("/PathSecret3", [Reply::Close]);
    for failure in failures(&sink.url("/PathSecret3"), DEADLINE).await {
        assert_eq!(failure.reason, FailureReason::NoAnswer, "{failure}");
    }
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_apart() {
    let closed = format!("http://{}/PathSecret3", closed_port());
    for (url, reason) in [
        (closed.as_str(), FailureReason::Unreachable),
        (
            "http://169.254.169.254/PathSecret3",
            FailureReason::Forbidden,
        ),
        ("http://[::1]/PathSecret3", FailureReason::Forbidden),
        (
            "ftp://example.com/PathSecret3",
            FailureReason::Misconfigured,
        ),
    ] {
        for failure in failures(url, DEADLINE).await {
            assert_eq!(failure.reason, reason, "{url}: {failure}");
        }
    }
}

#[test]
fn every_descriptor_has_its_texts_and_refuses_empty_settings() {
    let channels = channels::all(&client(&[]), Vec::new());
    let names: Vec<_> = channels
        .descriptors()
        .map(|descriptor| descriptor.name)
        .collect();
    assert_eq!(names, ["email", "ntfy", "webhook"]);
    for descriptor in channels.descriptors() {
        let mut texts = vec![descriptor.label(), descriptor.docs()];
        for field in descriptor.fields {
            texts.push(descriptor.field_label(field));
            texts.push(descriptor.field_hint(field));
            let secret = matches!(field.name, "secret" | "token");
            assert_eq!(field.kind == FieldKind::Secret, secret, "{}", field.name);
        }
        assert!(
            texts.iter().all(|text| !text.starts_with("channels.")),
            "{texts:?}"
        );

        let channel = channels.get(descriptor.name).expect("registered");
        let errors = channel
            .check(&OpenedSettings::new())
            .expect_err("nothing was given");
        let required = descriptor
            .fields
            .iter()
            .filter(|field| field.required)
            .count();
        assert_eq!(errors.len(), required, "{errors:?}");
    }
}
