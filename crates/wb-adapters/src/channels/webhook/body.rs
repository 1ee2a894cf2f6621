//! The JSON we post. This format is ours: fields are added, never changed or removed.

use serde::Serialize;
use wb_core::event::{EventImage, EventLink};
use wb_ports::{BundleView, Content, IncidentView, Message};

use crate::channels::bundle;

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// When this attempt was made.
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    recipient: &'a str,
    attempt: u32,
    possible_duplicate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<Notice<'a>>,
    #[serde(flatten)]
    page: Option<PageData<'a>>,
    #[serde(flatten)]
    bundle: Option<BundleData<'a>>,
}

/// Several incidents at once: only to a person's own webhook, when much comes within a short time.
#[derive(Serialize)]
struct BundleData<'a> {
    summary: String,
    count: u32,
    /// How many of them are not listed.
    more: u32,
    severity: &'static str,
    urgency: &'static str,
    url: Option<&'a str>,
    incidents: Vec<Bundled<'a>>,
}

#[derive(Serialize)]
struct Bundled<'a> {
    id: String,
    number: u64,
    title: &'a str,
    severity: &'static str,
    urgency: &'static str,
    service: &'a str,
    opened_at: String,
    possible_duplicate: bool,
    url: Option<&'a str>,
    acknowledge_url: Option<&'a str>,
    resolve_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accept_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Notice<'a> {
    title: &'a str,
    body: &'a str,
    url: Option<&'a str>,
    /// Only where it asks to be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_url: Option<&'a str>,
}

#[derive(Serialize)]
struct PageData<'a> {
    incident: Incident<'a>,
    summary: &'a str,
    dedup_key: Option<&'a str>,
    dedup_keys: &'a [String],
    step: Option<u32>,
    why: &'a str,
    acknowledge_url: Option<&'a str>,
    resolve_url: Option<&'a str>,
    /// Only where somebody is asked to help.
    #[serde(skip_serializing_if = "Option::is_none")]
    accept_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Incident<'a> {
    id: String,
    number: u64,
    title: &'a str,
    summary: &'a str,
    severity: &'static str,
    urgency: &'static str,
    state: &'static str,
    service: &'a str,
    source: Option<&'a str>,
    opened_at: String,
    url: Option<&'a str>,
    details: Option<&'a str>,
    links: Vec<Link<'a>>,
    images: Vec<Image<'a>>,
}

#[derive(Serialize)]
struct Link<'a> {
    href: &'a str,
    text: Option<&'a str>,
}

#[derive(Serialize)]
struct Image<'a> {
    src: &'a str,
    href: Option<&'a str>,
    alt: Option<&'a str>,
}

pub(super) fn render(message: &Message) -> Vec<u8> {
    let mut code = None;
    let mut notice = None;
    let (kind, page) = match &message.content {
        Content::Page {
            incident,
            step,
            why,
        } => ("incident.page", Some(page(message, incident, *step, why))),
        Content::Bundle(_) => ("incident.pages", None),
        Content::Test => ("test", None),
        Content::Code { code: text, .. } => {
            code = Some(text.as_str());
            ("code", None)
        }
        Content::Notice { title, body } => {
            notice = Some(Notice {
                title,
                body,
                url: message.links.view.as_deref(),
                confirm_url: message.links.confirm.as_deref(),
            });
            ("notice", None)
        }
    };
    let body = Body {
        kind,
        timestamp: message.sent_at.to_string(),
        data: Data {
            recipient: &message.recipient.name,
            attempt: message.attempt,
            possible_duplicate: message.possible_duplicate,
            code,
            notice,
            page,
            bundle: match &message.content {
                Content::Bundle(several) => Some(bundled(message, several)),
                _ => None,
            },
        },
    };
    // Strings, numbers and lists only: writing them as JSON cannot fail.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn bundled<'a>(message: &'a Message, several: &'a BundleView) -> BundleData<'a> {
    let incidents = several.services.iter().flat_map(|service| {
        service.incidents.iter().map(|incident| Bundled {
            id: incident.id.to_string(),
            number: incident.number,
            title: &incident.title,
            severity: incident.severity.word(),
            urgency: incident.urgency.word(),
            service: &service.name,
            opened_at: incident.opened_at.to_string(),
            possible_duplicate: incident.possible_duplicate,
            url: incident.links.view.as_deref(),
            acknowledge_url: incident.links.acknowledge.as_deref(),
            resolve_url: incident.links.resolve.as_deref(),
            accept_url: incident.links.accept.as_deref(),
            decline_url: incident.links.decline.as_deref(),
        })
    });
    let title = bundle::title(several);
    BundleData {
        summary: format!("{title}: {}", bundle::services(several)),
        count: several.count,
        more: several.more,
        severity: several.severity.word(),
        urgency: several.urgency.word(),
        url: message.links.view.as_deref(),
        incidents: incidents.collect(),
    }
}

fn page<'a>(
    message: &'a Message,
    incident: &'a IncidentView,
    step: Option<u32>,
    why: &'a str,
) -> PageData<'a> {
    let summary = if incident.summary.is_empty() {
        &incident.title
    } else {
        &incident.summary
    };
    PageData {
        incident: Incident {
            id: incident.id.to_string(),
            number: incident.number,
            title: &incident.title,
            summary,
            severity: incident.severity.word(),
            urgency: incident.urgency.word(),
            state: incident.state.word(),
            service: &incident.service,
            source: incident.source.as_deref(),
            opened_at: incident.opened_at.to_string(),
            url: message.links.view.as_deref(),
            details: incident.details.as_deref(),
            links: incident.links.iter().map(link).collect(),
            images: incident.images.iter().map(image).collect(),
        },
        summary,
        dedup_key: incident.dedup_keys.first().map(String::as_str),
        dedup_keys: &incident.dedup_keys,
        step,
        why,
        acknowledge_url: message.links.acknowledge.as_deref(),
        resolve_url: message.links.resolve.as_deref(),
        accept_url: message.links.accept.as_deref(),
        decline_url: message.links.decline.as_deref(),
    }
}

fn link(link: &EventLink) -> Link<'_> {
    Link {
        href: &link.href,
        text: link.text.as_deref(),
    }
}

fn image(image: &EventImage) -> Image<'_> {
    Image {
        src: &image.src,
        href: image.href.as_deref(),
        alt: image.alt.as_deref(),
    }
}
