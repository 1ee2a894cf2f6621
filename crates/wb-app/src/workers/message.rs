//! From a claimed delivery to the message it sends.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wb_core::config::{Config, ObjectId};
use wb_core::event::{Event, Severity, Urgency};
use wb_core::ids::{BundleId, IncidentId, RequestId, ServiceId, UserId};
use wb_core::incident::{Incident, Page, PageWhy, Recipient, Responder};
use wb_core::limits;
use wb_core::time::Timestamp;
use wb_ports::{
    BundleView, BundledIncident, BundledService, Channel, Content, IncidentView, Links, Message,
    MessageRecipient, OpenedSettings, catalogue,
};
use wb_store::db::Tx;
use wb_store::outbox::Claimed;

use crate::app::App;
use crate::configure::settings;
use crate::error::AppError;
use crate::links::LinkAction;

/// A message with everything needed to send it.
pub(super) struct Addressed {
    pub(super) channel: Arc<dyn Channel>,
    pub(super) settings: OpenedSettings,
    pub(super) message: Message,
}

/// What a message is about.
pub(super) struct Subject {
    pub(super) incident: Incident,
    number: u64,
    events: Vec<Event>,
    /// What was said to those who are asked to help.
    requests: BTreeMap<RequestId, String>,
}

/// Alerts whose events a message shows at most.
const EVENTS_SHOWN: u32 = 20;

/// Loads what a message is about, and what its alerts say where that is shown; `None` when the
/// incident is gone.
pub(super) fn load_subject(
    tx: &mut Tx<'_>,
    id: IncidentId,
    with_events: bool,
) -> Result<Option<Subject>, AppError> {
    let Some(loaded) = wb_store::incidents::load(tx, id)? else {
        return Ok(None);
    };
    let Some(number) = wb_store::incidents::numbers(tx, &[id])?.get(&id).copied() else {
        return Ok(None);
    };
    let shown = if with_events { EVENTS_SHOWN } else { 0 };
    let events = match shown {
        0 => Vec::new(),
        shown => wb_store::alerts::of_incident(tx, id, shown)?,
    };
    let events = events.into_iter().map(|alert| alert.state.event).collect();
    let requests = if loaded.state.responders.is_empty() {
        BTreeMap::new()
    } else {
        wb_store::responders::messages(tx, id)?
    };
    Ok(Some(Subject {
        incident: loaded.state,
        number,
        events,
        requests,
    }))
}

/// Where a claimed delivery goes and what it says; an error is the reason in words why it cannot
/// go anywhere.
pub(super) fn address(app: &App, claim: &Claimed, subject: &Subject) -> Result<Addressed, String> {
    let config = app.config();
    let channel = app
        .channels
        .get(&claim.channel)
        .ok_or_else(|| catalogue::text("attempts.no_channel", &[("channel", &claim.channel)]))?;
    let (recipient, settings) = recipient(app, &config, claim)?;
    let (page, delivery) = subject
        .incident
        .delivery(claim.delivery)
        .ok_or_else(|| catalogue::text("attempts.no_delivery", &[]))?;
    let sent_at = app.now();
    let message = Message {
        content: Content::Page {
            incident: Box::new(view(&config, subject)),
            step: page.step.map(|step| step + 1),
            why: why(&config, subject, page),
        },
        recipient,
        links: links(app, claim, page, sent_at),
        delivery_id: claim.delivery.to_string(),
        thread: claim.incident.to_string(),
        attempt: claim.attempt,
        possible_duplicate: delivery.may_have_gone_out_before(claim.attempt),
        sent_at,
    };
    Ok(Addressed {
        channel: Arc::clone(channel),
        settings,
        message,
    })
}

/// Where several claimed deliveries of one method go, and the one message that tells of them all.
pub(super) fn together(
    app: &App,
    message: BundleId,
    several: &[(Claimed, Subject)],
) -> Result<Addressed, String> {
    let config = app.config();
    // They are of one method, so any of them says where to.
    let (claim, _) = several
        .first()
        .ok_or_else(|| catalogue::text("attempts.no_delivery", &[]))?;
    let channel = app
        .channels
        .get(&claim.channel)
        .ok_or_else(|| catalogue::text("attempts.no_channel", &[("channel", &claim.channel)]))?;
    let (recipient, settings) = recipient(app, &config, claim)?;
    let sent_at = app.now();
    let attempt = several.iter().map(|(claim, _)| claim.attempt).max();
    let bundle = bundle_view(app, &config, several, sent_at);
    let possible_duplicate = bundle
        .services
        .iter()
        .flat_map(|service| &service.incidents)
        .any(|incident| incident.possible_duplicate);
    let base = app.settings.public_url.as_deref();
    let message = Message {
        content: Content::Bundle(Box::new(bundle)),
        recipient,
        links: Links {
            view: base.map(|base| format!("{base}/incidents")),
            ..Links::default()
        },
        delivery_id: message.to_string(),
        thread: message.to_string(),
        attempt: attempt.unwrap_or(1),
        possible_duplicate,
        sent_at,
    };
    Ok(Addressed {
        channel: Arc::clone(channel),
        settings,
        message,
    })
}

/// Several incidents by service, each once; the service with the most of them first.
fn bundle_view(
    app: &App,
    config: &Config,
    several: &[(Claimed, Subject)],
    now: Timestamp,
) -> BundleView {
    let mut by_service: BTreeMap<ServiceId, Vec<&(Claimed, Subject)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for one in several
        .iter()
        .filter(|(claim, _)| seen.insert(claim.incident))
    {
        by_service
            .entry(one.1.incident.service)
            .or_default()
            .push(one);
    }
    let mut groups: Vec<_> = by_service.into_iter().collect();
    groups.sort_by_key(|(service, group)| (Reverse(group.len()), *service));
    let mut left = limits::INCIDENTS_NAMED_PER_MESSAGE;
    let services = groups.into_iter().map(|(service, group)| {
        let shown = group.len().min(left);
        left -= shown;
        let incidents = group.iter().take(shown);
        BundledService {
            name: service_name(config, service),
            count: count(group.len()),
            incidents: incidents.map(|one| bundled(app, one, now)).collect(),
        }
    });
    let services: Vec<_> = services.collect();
    let incidents = several.iter().map(|(_, subject)| &subject.incident);
    BundleView {
        count: count(seen.len()),
        // Most pressing first, by their order.
        urgency: incidents
            .clone()
            .map(|i| i.urgency)
            .min()
            .unwrap_or(Urgency::Low),
        severity: incidents
            .map(|i| i.severity)
            .min()
            .unwrap_or(Severity::Info),
        more: count(
            seen.len()
                .saturating_sub(limits::INCIDENTS_NAMED_PER_MESSAGE),
        ),
        services,
    }
}

fn bundled(app: &App, (claim, subject): &(Claimed, Subject), now: Timestamp) -> BundledIncident {
    let incident = &subject.incident;
    let found = incident.delivery(claim.delivery);
    let links = found.map(|(page, _)| links(app, claim, page, now));
    BundledIncident {
        id: incident.id,
        number: subject.number,
        title: incident.title.clone(),
        severity: incident.severity,
        urgency: incident.urgency,
        opened_at: incident.opened_at,
        links: links.unwrap_or_default(),
        possible_duplicate: found
            .is_some_and(|(_, delivery)| delivery.may_have_gone_out_before(claim.attempt)),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn service_name(config: &Config, id: ServiceId) -> String {
    let found = config.services.get(&id);
    found.map_or_else(|| id.to_string(), |found| found.value.name.clone())
}

/// The recipient as the message names them, and their settings as they are now, opened.
fn recipient(
    app: &App,
    config: &Config,
    claim: &Claimed,
) -> Result<(MessageRecipient, OpenedSettings), String> {
    let opened = |object, holder: &dyn core::fmt::Display, settings| {
        settings::open(&app.vault, object, holder, settings).map_err(|error| error.to_string())
    };
    match claim.recipient {
        Recipient::Person(id) => {
            let user = config
                .users
                .get(&id)
                .filter(|user| user.value.active)
                .ok_or_else(|| catalogue::text("attempts.no_user", &[]))?;
            let method = user
                .value
                .methods
                .iter()
                .find(|method| Some(method.id) == claim.method)
                .ok_or_else(|| catalogue::text("attempts.no_method", &[]))?;
            let named = MessageRecipient {
                name: user.value.name.clone(),
                zone: user.value.zone.clone(),
            };
            let object = ObjectId::User(id);
            Ok((named, opened(object, &method.id, &method.settings)?))
        }
        Recipient::Endpoint(id) => {
            let endpoint = config
                .endpoints
                .get(&id)
                .ok_or_else(|| catalogue::text("attempts.no_endpoint", &[]))?;
            let named = MessageRecipient {
                name: endpoint.value.name.clone(),
                zone: "UTC".to_owned(),
            };
            let object = ObjectId::Endpoint(id);
            Ok((named, opened(object, &id, &endpoint.value.settings)?))
        }
    }
}

fn links(app: &App, claim: &Claimed, page: &Page, now: wb_core::time::Timestamp) -> Links {
    // A shadow only looks on: with the same buttons as everybody they would stop the others' pages.
    // Who is asked to help answers that: somebody else may have the incident.
    let is_asked = page.why.is_asked();
    let link = |action: LinkAction| {
        (!page.why.is_shadow() && action.is_answer() == is_asked)
            .then(|| app.link_address(action, claim.incident, claim.delivery, now))
            .flatten()
    };
    Links {
        view: app
            .settings
            .public_url
            .as_deref()
            .map(|base| format!("{base}/incidents/{}", claim.incident)),
        acknowledge: link(LinkAction::Acknowledge),
        resolve: link(LinkAction::Resolve),
        accept: link(LinkAction::Accept),
        decline: link(LinkAction::Decline),
        confirm: None,
    }
}

fn view(config: &Config, subject: &Subject) -> IncidentView {
    let incident = &subject.incident;
    let first = subject.events.first();
    IncidentView {
        id: incident.id,
        number: subject.number,
        title: incident.title.clone(),
        summary: incident.summary.clone(),
        service: service_name(config, incident.service),
        severity: incident.severity,
        urgency: incident.urgency,
        state: incident.state,
        opened_at: incident.opened_at,
        source: first
            .map(|event| event.source.clone())
            .filter(|source| !source.is_empty()),
        details: first
            .and_then(|event| event.details.as_deref())
            .map(shortened),
        links: first.map(|event| event.links.clone()).unwrap_or_default(),
        images: first.map(|event| event.images.clone()).unwrap_or_default(),
        dedup_keys: subject
            .events
            .iter()
            .map(|event| event.dedup_key.clone())
            .collect(),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= limits::DETAILS_SHOWN_CHARS {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(limits::DETAILS_SHOWN_CHARS - 1).collect();
    cut.push('…');
    cut
}

fn by_whom(responder: &Responder) -> Option<UserId> {
    responder.by.user()
}

/// Who asks for help, and what they say.
fn asked_why(config: &Config, by: Option<UserId>, message: &str) -> String {
    let name = by.and_then(|id| config.users.get(&id)).map_or_else(
        || catalogue::text("pages.why.somebody", &[]),
        |user| user.value.name.clone(),
    );
    if message.is_empty() {
        catalogue::text("pages.why.asked", &[("name", &name)])
    } else {
        catalogue::text(
            "pages.why.asked_saying",
            &[("name", &name), ("message", &message)],
        )
    }
}

/// Why this recipient, in a sentence.
fn why(config: &Config, subject: &Subject, page: &Page) -> String {
    match page.why {
        PageWhy::Asked { request } => {
            let message = subject.requests.get(&request).map_or("", String::as_str);
            let responders = subject.incident.responders.iter();
            let by = responders
                .filter(|known| known.request == request)
                .find_map(by_whom);
            asked_why(config, by, message)
        }
        PageWhy::Reassigned => catalogue::text("pages.why.reassigned", &[]),
        PageWhy::Louder => catalogue::text("pages.why.louder", &[]),
        PageWhy::Target(_) | PageWhy::OnCall { .. } if page.step.is_none() => {
            catalogue::text("pages.why.fallback", &[])
        }
        PageWhy::Target(_) => catalogue::text("pages.why.target", &[]),
        PageWhy::OnCall { schedule, why, .. } => {
            let name = config
                .schedules
                .get(&schedule)
                .map_or_else(|| schedule.to_string(), |found| found.value.name.clone());
            let key = if page.why.is_shadow() {
                "pages.why.shadow"
            } else if why.swap.is_some() {
                "pages.why.swap"
            } else if why.overridden_by.is_some() {
                "pages.why.override"
            } else if why.holiday.is_some() {
                "pages.why.holiday"
            } else {
                "pages.why.on_call"
            };
            catalogue::text(key, &[("schedule", &name)])
        }
    }
}
