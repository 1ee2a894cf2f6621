//! A message as a mail: headers and both bodies.

use core::time::Duration;
use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mail};
use wb_core::event::Urgency;
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::catalogue::text;
use wb_ports::{BundleView, Content, Message, SendFailure};

use super::render;
use crate::channels::{bundle, words};

/// Characters of a subject; mail programs show fewer, and long ones get folded badly.
const SUBJECT_CHARS: usize = 180;

/// The mail that carries a message.
pub(super) fn mail(from: &Mailbox, to: &str, message: &Message) -> Result<Mail, SendFailure> {
    let address: Address = to.parse().map_err(|_| {
        let words = text("channels.errors.email", &[]);
        let reason = FailureReason::Misconfigured;
        SendFailure::new(reason, "delivery.failed.setting", &[("words", &words)])
    })?;
    let name = words::one_line(&message.recipient.name);
    let domain = from.email.domain();
    let mut builder = Mail::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(name), address))
        .subject(subject(message))
        .date(system_time(message.sent_at))
        .message_id(Some(message_id(&message.delivery_id, domain)));
    if matches!(message.content, Content::Page { .. }) {
        // Nobody ever sent the root; it only ties the mails of one incident together.
        let root = message_id(&format!("{}.incident", message.thread), domain);
        builder = builder.in_reply_to(root.clone()).references(root);
    }
    for (name, value) in headers(message) {
        let name = HeaderName::new_from_ascii_str(name);
        builder = builder.raw_header(HeaderValue::new(name, words::one_line(&value)));
    }
    let bodies = render::bodies(message).map_err(|error| unwritable(&error))?;
    let parts = MultiPart::alternative()
        .boundary(format!("watchbell-{}", token(&message.delivery_id)))
        .singlepart(SinglePart::plain(bodies.plain))
        .singlepart(SinglePart::html(bodies.html));
    builder.multipart(parts).map_err(|error| unwritable(&error))
}

fn unwritable(error: &dyn core::fmt::Display) -> SendFailure {
    let key = "delivery.failed.smtp_message";
    SendFailure::new(FailureReason::Misconfigured, key, &[("words", &error)])
}

/// One line, whatever the sender of the event put into the title.
fn subject(message: &Message) -> String {
    let incident = match &message.content {
        Content::Page { incident, .. } => incident,
        Content::Bundle(several) => return bundle_subject(several),
        Content::Test => return text("message.test.title", &[]),
        Content::Code { .. } => return text("message.code.title", &[]),
        Content::Notice { title, .. } => {
            return words::shorten(&words::one_line(title), SUBJECT_CHARS);
        }
    };
    let severity = text("message.severity", &[("level", &incident.severity.level())]);
    let (name, headline) = (words::incident_name(incident), words::headline(incident));
    let subject = text(
        "email.subject",
        &[
            ("incident", &name),
            ("severity", &severity),
            ("headline", &headline),
        ],
    );
    words::shorten(&words::one_line(&subject), SUBJECT_CHARS)
}

/// How many incidents, how bad, and of which services.
fn bundle_subject(several: &BundleView) -> String {
    let subject = text(
        "email.subject_bundle",
        &[
            ("title", &bundle::title(several)),
            ("worst", &bundle::worst(several)),
            ("services", &bundle::services(several)),
        ],
    );
    words::shorten(&words::one_line(&subject), SUBJECT_CHARS)
}

fn headers(message: &Message) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("X-Watchbell-Delivery", message.delivery_id.clone()),
        ("X-Watchbell-Attempt", message.attempt.to_string()),
    ];
    if let Content::Page { incident, .. } = &message.content {
        headers.push(("X-Watchbell-Incident", incident.id.to_string()));
        headers.push(("X-Watchbell-Severity", incident.severity.word().to_owned()));
    }
    if let Content::Bundle(several) = &message.content {
        headers.push(("X-Watchbell-Incidents", several.count.to_string()));
        headers.push(("X-Watchbell-Severity", several.severity.word().to_owned()));
    }
    let urgency = match &message.content {
        Content::Page { incident, .. } => Some(incident.urgency),
        Content::Bundle(several) => Some(several.urgency),
        Content::Test | Content::Code { .. } | Content::Notice { .. } => None,
    };
    if urgency == Some(Urgency::High) {
        headers.push(("X-Priority", "1".to_owned()));
        headers.push(("Importance", "high".to_owned()));
        headers.push(("Priority", "urgent".to_owned()));
    }
    headers
}

/// An id in the form of a mail's, the same for every attempt of a delivery.
fn message_id(id: &str, domain: &str) -> String {
    format!("<{}@{domain}>", token(id))
}

/// Only what is safe in a mail's id or boundary.
fn token(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect()
}

fn system_time(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.as_micros()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}
