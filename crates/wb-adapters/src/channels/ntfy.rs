//! Push to a phone through ntfy (<https://ntfy.sh>, or a server of one's own).

use core::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use wb_core::event::Urgency;
use wb_core::incident::FailureReason;
use wb_ports::catalogue::{self, text};
use wb_ports::{
    BundleView, BundledIncident, Capabilities, Channel, ChannelDescriptor, Content, Field,
    FieldError, FieldKind, Message, OpenedSettings, Receipt, SendFailure,
};

use super::{bundle, http_call, words};
use crate::net::{HttpClient, HttpRequest};

const SERVER: Field = Field {
    name: "server",
    kind: FieldKind::Url,
    required: false,
};
const TOPIC: Field = Field {
    name: "topic",
    kind: FieldKind::Text,
    required: true,
};
const TOKEN: Field = Field {
    name: "token",
    kind: FieldKind::Secret,
    required: false,
};

static DESCRIPTOR: ChannelDescriptor = ChannelDescriptor {
    name: "ntfy",
    fields: &[SERVER, TOPIC, TOKEN],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: false,
        links: true,
        priority: true,
    },
};

const DEFAULT_SERVER: &str = "https://ntfy.sh";

/// Characters of a push's title; phones show no more.
const TITLE_CHARS: usize = 200;

/// Characters of a push's text; ntfy turns more than 4,096 bytes into an attachment.
const TEXT_CHARS: usize = 900;

/// Characters of a title in a push about several incidents.
const BUNDLED_TITLE_CHARS: usize = 80;

/// Bytes of the incidents in such a push; the others are counted.
const BUNDLE_BYTES: usize = 3_000;

/// The ntfy channel.
pub struct Ntfy {
    http: HttpClient,
    deadline: Duration,
}

impl Ntfy {
    /// An ntfy channel over this client.
    #[must_use]
    pub const fn new(http: HttpClient) -> Self {
        Self {
            http,
            deadline: Duration::from_secs(10),
        }
    }

    /// The same with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

#[derive(Serialize)]
struct Push<'a> {
    topic: &'a str,
    title: String,
    message: String,
    priority: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Action<'a>>,
}

/// A button. It opens the signed page rather than posting by itself: the server in between could
/// otherwise acknowledge, and people would not see what they did.
#[derive(Serialize)]
struct Action<'a> {
    action: &'static str,
    label: String,
    url: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    id: String,
}

#[async_trait::async_trait]
impl Channel for Ntfy {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &DESCRIPTOR
    }

    fn check(&self, settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        let mut errors = DESCRIPTOR.shape_errors(settings);
        errors.extend(http_call::check_url(
            &self.http,
            SERVER.name,
            server(settings),
        ));
        if words::given(settings, &TOPIC).is_some_and(|topic| !is_topic(topic)) {
            errors.push(FieldError::new(
                TOPIC.name,
                "channels.ntfy.errors.topic",
                &[],
            ));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        let topic = words::given(settings, &TOPIC).unwrap_or_default();
        let token = words::given(settings, &TOKEN);
        let request = HttpRequest {
            method: Method::POST,
            url: server(settings).to_owned(),
            headers: headers(token)?,
            // Strings and numbers only: writing them as JSON cannot fail.
            body: serde_json::to_vec(&push(topic, message)).unwrap_or_default(),
            timeout: self.deadline,
        };
        let mut secrets = words::secrets_of(message);
        secrets.extend(token);
        secrets.push(topic);
        let (receipt, body) =
            http_call::call(&self.http, request, message.sent_at, &secrets).await?;
        let provider_id = serde_json::from_slice(&body)
            .ok()
            .map(|answer: Answer| answer.id);
        Ok(Receipt {
            provider_id,
            ..receipt
        })
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }
}

fn server(settings: &OpenedSettings) -> &str {
    words::given(settings, &SERVER).unwrap_or(DEFAULT_SERVER)
}

fn is_topic(topic: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    topic.len() <= 64 && topic.chars().all(known)
}

fn headers(token: Option<&str>) -> Result<HeaderMap, SendFailure> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(token) = token {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            let words: [catalogue::Named<'_>; 1] = [("words", &TOKEN.name)];
            SendFailure::new(
                FailureReason::Misconfigured,
                "delivery.failed.setting",
                &words,
            )
        })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

fn push<'a>(topic: &'a str, message: &'a Message) -> Push<'a> {
    let name = &message.recipient.name;
    let (incident, why) = match &message.content {
        Content::Page { incident, why, .. } => (incident, why),
        Content::Bundle(several) => return bundle_push(topic, message, several),
        Content::Test => {
            let body = text("message.test.body", &[("name", name)]);
            return plain_push(topic, message, text("message.test.title", &[]), body);
        }
        Content::Code { code, minutes } => {
            let title = text("message.code.push", &[("code", code)]);
            let body = text("message.code.body", &[("name", name), ("minutes", minutes)]);
            return plain_push(topic, message, title, body);
        }
        Content::Notice { title, body } => {
            let title = words::shorten(&words::one_line(title), TITLE_CHARS);
            return plain_push(topic, message, title, body.clone());
        }
    };
    let level = incident.severity.level();
    let title = format!(
        "{} {}",
        text("message.severity", &[("level", &level)]),
        words::headline(incident)
    );
    Push {
        topic,
        title: words::shorten(&title, TITLE_CHARS),
        message: lines(message, &incident.summary, why),
        priority: if incident.urgency == Urgency::High {
            5
        } else {
            3
        },
        tags: vec![words::incident_name(incident), format!("sev-{level}")],
        click: message
            .links
            .view
            .as_deref()
            .or(message.links.acknowledge.as_deref())
            .or(message.links.accept.as_deref()),
        actions: actions(message),
    }
}

/// A push about several incidents: as many as fit, each with the link that acknowledges it.
fn bundle_push<'a>(topic: &'a str, message: &'a Message, several: &BundleView) -> Push<'a> {
    let mut lines = vec![bundle::services(several)];
    let (mut bytes, mut left) = (0, several.more);
    for incident in several.services.iter().flat_map(|s| &s.incidents) {
        let line = bundled_line(incident);
        bytes += line.len() + 1;
        if bytes > BUNDLE_BYTES {
            left = left.saturating_add(1);
        } else {
            lines.push(line);
        }
    }
    lines.extend(bundle::more(left));
    let title = format!("{}, {}", bundle::title(several), bundle::worst(several));
    let list = message.links.view.as_deref();
    let action = |url| Action {
        action: "view",
        label: text("message.bundle.list", &[]),
        url,
    };
    Push {
        topic,
        title: words::shorten(&title, TITLE_CHARS),
        message: lines.join("\n"),
        priority: if several.urgency == Urgency::High {
            5
        } else {
            3
        },
        tags: vec![format!("sev-{}", several.severity.level())],
        click: list,
        actions: list.map(action).into_iter().collect(),
    }
}

fn bundled_line(incident: &BundledIncident) -> String {
    let title = words::shorten(&words::one_line(&incident.title), BUNDLED_TITLE_CHARS);
    let line = format!("{}: {title}", bundle::name(incident));
    let links = &incident.links;
    match links.acknowledge.as_ref().or(links.accept.as_ref()) {
        Some(link) => format!("{line}\n{link}"),
        None => line,
    }
}

/// A push about no incident.
fn plain_push<'a>(topic: &'a str, message: &'a Message, title: String, body: String) -> Push<'a> {
    Push {
        topic,
        title,
        message: body,
        priority: 3,
        tags: Vec::new(),
        click: message
            .links
            .confirm
            .as_deref()
            .or(message.links.view.as_deref()),
        // What it is not about cannot be done by it.
        actions: links([("message.confirm", &message.links.confirm)]),
    }
}

fn lines(message: &Message, summary: &str, why: &str) -> String {
    let mut lines = vec![words::shorten(summary, TEXT_CHARS), why.to_owned()];
    lines.extend(words::duplicate_note(message));
    if message.links.acknowledge.is_none() && message.links.accept.is_none() {
        lines.push(text("message.no_link", &[]));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn actions(message: &Message) -> Vec<Action<'_>> {
    links([
        ("message.acknowledge", &message.links.acknowledge),
        ("message.resolve", &message.links.resolve),
        ("message.accept", &message.links.accept),
        ("message.decline", &message.links.decline),
    ])
}

/// Buttons for those of the links that there are, each with the key of its words.
fn links<'a, const N: usize>(links: [(&'static str, &'a Option<String>); N]) -> Vec<Action<'a>> {
    links
        .into_iter()
        .filter_map(|(key, url)| Some((key, url.as_deref()?)))
        .map(|(key, url)| Action {
            action: "view",
            label: text(key, &[]),
            url,
        })
        .collect()
}
