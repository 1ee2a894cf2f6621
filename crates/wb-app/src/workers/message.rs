//! From a claimed delivery to the message it sends.

use std::sync::Arc;

use wb_core::config::{Config, ObjectId};
use wb_core::event::Event;
use wb_core::ids::IncidentId;
use wb_core::incident::{Incident, Page, PageWhy, Recipient};
use wb_core::limits;
use wb_ports::{
    Channel, Content, IncidentView, Links, Message, MessageRecipient, OpenedSettings, catalogue,
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
}

/// Alerts whose events a message shows at most.
const EVENTS_SHOWN: u32 = 20;

/// Loads what a message is about; `None` when the incident is gone.
pub(super) fn load_subject(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Subject>, AppError> {
    let Some(loaded) = wb_store::incidents::load(tx, id)? else {
        return Ok(None);
    };
    let Some(number) = wb_store::incidents::numbers(tx, &[id])?.get(&id).copied() else {
        return Ok(None);
    };
    let events = wb_store::alerts::of_incident(tx, id, EVENTS_SHOWN)?
        .into_iter()
        .map(|alert| alert.state.event)
        .collect();
    Ok(Some(Subject {
        incident: loaded.state,
        number,
        events,
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
            why: why(&config, page),
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
    let link = |action| {
        (!page.why.is_shadow())
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
        service: config.services.get(&incident.service).map_or_else(
            || incident.service.to_string(),
            |found| found.value.name.clone(),
        ),
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

/// Why this recipient, in a sentence.
fn why(config: &Config, page: &Page) -> String {
    match page.why {
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
