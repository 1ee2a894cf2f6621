//! The pages of links: what stands on them, and how they are answered.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::Environment;
use serde::Serialize;
use wb_app::AppError;
use wb_app::links::{LinkAction, LinkError};
use wb_app::vault::fresh_secret;
use wb_core::incident::IncidentState;
use wb_ports::catalogue;

use super::view::{Moment, Situation};
use crate::shield;
use crate::state::HttpState;

/// Random bytes of a style nonce.
const STYLE_NONCE_BYTES: usize = 16;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    // The names end in .html, so everything put in is escaped. A template that does not parse is
    // missing here, and a test renders each.
    let _ = pages.add_template("button.html", include_str!("templates/button.html"));
    let _ = pages.add_template("link.html", include_str!("templates/link.html"));
    let _ = pages.add_template("message.html", include_str!("templates/message.html"));
    pages.add_global("style", include_str!("templates/link.css"));
    pages
});

#[derive(Serialize)]
struct LinkPage {
    title: String,
    for_whom: String,
    state: &'static str,
    state_label: String,
    severity: u8,
    severity_label: String,
    service: String,
    heading: String,
    lead: Option<String>,
    readouts: Vec<Readout>,
    next: Option<Next>,
    warning: Option<String>,
    merged: Option<String>,
    stopped: Vec<Stopped>,
    after: Option<String>,
    form: Option<FormView>,
    undo: Option<FormView>,
    open: Option<OpenLink>,
    foot: String,
}

#[derive(Serialize)]
struct Readout {
    label: String,
    value: String,
    small: String,
}

#[derive(Serialize)]
struct Next {
    before: String,
    strong: String,
}

#[derive(Serialize)]
struct Stopped {
    what: String,
    at: String,
}

#[derive(Serialize)]
pub(super) struct FormView {
    pub(super) action: String,
    pub(super) nonce: String,
    pub(super) what: &'static str,
    pub(super) button: String,
    pub(super) is_primary: bool,
    pub(super) hint: Option<String>,
}

#[derive(Serialize)]
struct OpenLink {
    href: String,
    label: String,
}

/// The page that asks: one form, which does what the link says.
pub(super) fn ask(
    state: &HttpState,
    token: &str,
    situation: &Situation,
    moment: Moment,
) -> Response {
    let mut page = common(state, situation, moment);
    page.form = Some(form(state, token, situation));
    let until = situation.clock(situation.link.expires_at);
    page.foot = catalogue::text("link.foot_ask", &[("until", &until)]);
    render(state, StatusCode::OK, "link.html", &page)
}

/// The page after the form was sent: what was done, and how to take it back.
pub(super) fn done(
    state: &HttpState,
    token: &str,
    situation: &Situation,
    moment: Moment,
) -> Response {
    let mut page = common(state, situation, moment);
    page.stopped = situation
        .stopped()
        .into_iter()
        .map(|(what, at)| Stopped { what, at })
        .collect();
    if !page.stopped.is_empty() {
        page.after = Some(catalogue::text("link.not_sent", &[]));
    }
    if situation.can_undo() {
        page.undo = Some(FormView {
            action: format!("/l/{token}"),
            nonce: state.app.nonce(token),
            what: super::UNDO,
            button: match situation.link.action {
                LinkAction::Acknowledge => catalogue::text("link.undo_acknowledge", &[]),
                LinkAction::Resolve => catalogue::text("link.undo_resolve", &[]),
                LinkAction::Accept | LinkAction::Decline => String::new(),
            },
            is_primary: false,
            hint: None,
        });
    }
    page.foot = catalogue::text("link.foot_done", &[]);
    render(state, StatusCode::OK, "link.html", &page)
}

fn common(state: &HttpState, situation: &Situation, moment: Moment) -> LinkPage {
    let incident = &situation.incident;
    let severity = incident.severity.level();
    let (heading, lead) = heading(situation, moment);
    let is_triggered = incident.state == IncidentState::Triggered;
    let warning = (situation.link.action == LinkAction::Resolve && incident.open_alerts() > 0)
        .then(|| plural("link.still_firing", incident.open_alerts()));
    LinkPage {
        title: format!("{} · {}", heading, catalogue::text("link.product", &[])),
        for_whom: catalogue::text("link.for_whom", &[("name", &situation.recipient_name())]),
        state: incident.state.word(),
        state_label: catalogue::text(&format!("state.{}", incident.state.word()), &[]),
        severity,
        severity_label: catalogue::text(
            "link.severity",
            &[("level", &severity), ("word", &incident.severity.word())],
        ),
        service: situation.service_name(),
        heading,
        lead,
        readouts: readouts(situation),
        next: if is_triggered { next(situation) } else { None },
        warning,
        merged: merged(situation),
        stopped: Vec::new(),
        after: None,
        form: None,
        undo: None,
        open: state
            .app
            .settings
            .public_url
            .as_deref()
            .map(|base| OpenLink {
                href: format!("{base}/incidents/{}", situation.goes_on_as()),
                label: catalogue::text("link.open_incident", &[]),
            }),
        foot: String::new(),
    }
}

/// That what the message was about goes on elsewhere.
fn merged(situation: &Situation) -> Option<String> {
    let other = situation.other.as_ref()?;
    let key = match situation.incident.merged {
        Some(_) => "link.goes_on",
        None => "link.taken_up",
    };
    Some(catalogue::text(key, &[("title", &other.title)]))
}

/// What the page says first, and what under it.
fn heading(situation: &Situation, moment: Moment) -> (String, Option<String>) {
    let incident = &situation.incident;
    let title = incident.title.clone();
    if let Some(answer) = situation
        .answer()
        .filter(|_| situation.link.action.is_answer())
    {
        let at = situation.clock(answer.at);
        let key = if answer.accepted {
            "link.you_help"
        } else {
            "link.you_do_not_help"
        };
        return (catalogue::text(key, &[("at", &at)]), Some(title));
    }
    match incident.state {
        IncidentState::Triggered | IncidentState::Acknowledged
            if situation.link.action.is_answer() =>
        {
            (catalogue::text("link.wanted", &[]), Some(title))
        }
        IncidentState::Triggered if moment == Moment::Undone => {
            (catalogue::text("link.taken_back", &[]), Some(title))
        }
        IncidentState::Triggered => (title, None),
        IncidentState::Acknowledged => {
            let since = situation.clock(incident.acknowledged_at.unwrap_or(situation.now));
            let heading = match (situation.other_owner(), incident.owner) {
                (Some(name), _) => {
                    catalogue::text("link.other_has_it", &[("name", &name), ("since", &since)])
                }
                (None, Some(_)) => catalogue::text("link.you_have_it", &[("since", &since)]),
                (None, None) => catalogue::text("link.acknowledged", &[("since", &since)]),
            };
            (heading, Some(title))
        }
        IncidentState::Resolved => {
            let since = situation.clock(incident.resolved_at.unwrap_or(situation.now));
            (
                catalogue::text("link.resolved", &[("since", &since)]),
                Some(title),
            )
        }
    }
}

fn readouts(situation: &Situation) -> Vec<Readout> {
    let incident = &situation.incident;
    let since = situation.clock_with_zone(incident.opened_at);
    let mut readouts = vec![Readout {
        label: match incident.state {
            IncidentState::Resolved => catalogue::text("link.was_open_for", &[]),
            _ => catalogue::text("link.open_for", &[]),
        },
        value: situation.age(),
        small: catalogue::text("link.since", &[("since", &since)]),
    }];
    if !incident.alerts.is_empty() {
        readouts.push(Readout {
            label: catalogue::text("link.firing", &[]),
            value: incident.open_alerts().to_string(),
            small: plural("link.of_alerts", incident.alerts.len()),
        });
    }
    readouts
}

fn next(situation: &Situation) -> Option<Next> {
    let (name, span) = situation.next()?;
    Some(Next {
        before: catalogue::text("link.nobody_has_it", &[]),
        strong: catalogue::text("link.next", &[("name", &name), ("span", &span)]),
    })
}

fn form(state: &HttpState, token: &str, situation: &Situation) -> FormView {
    let action = situation.link.action;
    let has_effect = match action {
        LinkAction::Acknowledge => situation.incident.state == IncidentState::Triggered,
        LinkAction::Resolve => situation.incident.is_open(),
        LinkAction::Accept | LinkAction::Decline => {
            let wanted = action == LinkAction::Accept;
            let is_so = situation.answer().map(|answer| answer.accepted) == Some(wanted);
            situation.incident.is_open() && !is_so
        }
    };
    let hint = match (has_effect, action) {
        (false, _) => catalogue::text("link.hint_no_effect", &[]),
        (true, LinkAction::Acknowledge) if situation.person().is_some() => {
            catalogue::text("link.hint_acknowledge", &[])
        }
        (true, LinkAction::Acknowledge) => catalogue::text("link.hint_acknowledge_nobody", &[]),
        (true, LinkAction::Resolve) => catalogue::text("link.hint_resolve", &[]),
        (true, LinkAction::Accept) => catalogue::text("link.hint_accept", &[]),
        (true, LinkAction::Decline) => catalogue::text("link.hint_decline", &[]),
    };
    FormView {
        action: format!("/l/{token}"),
        nonce: state.app.nonce(token),
        what: action.word(),
        button: match action {
            LinkAction::Acknowledge => catalogue::text("link.acknowledge", &[]),
            LinkAction::Resolve => catalogue::text("link.resolve", &[]),
            LinkAction::Accept => catalogue::text("link.accept", &[]),
            LinkAction::Decline => catalogue::text("link.decline", &[]),
        },
        is_primary: has_effect,
        hint: Some(hint),
    }
}

fn plural(key: &str, count: usize) -> String {
    catalogue::plural(key, u64::try_from(count).unwrap_or(u64::MAX), &[])
}

#[derive(Serialize)]
pub(super) struct MessagePage {
    title: String,
    heading: String,
    text: String,
    form: Option<FormView>,
    open: Option<OpenLink>,
}

impl MessagePage {
    pub(super) fn new(heading: String, text: String) -> Self {
        Self {
            title: format!("{heading} · {}", catalogue::text("link.product", &[])),
            heading,
            text,
            form: None,
            open: None,
        }
    }

    pub(super) fn with_form(self, form: Option<FormView>) -> Self {
        Self { form, ..self }
    }
}

/// The page about a link that does not work.
pub(super) fn refuse_link(state: &HttpState, error: &LinkError) -> Response {
    let (status, key) = super::key_of(error);
    message(state, status, key)
}

/// The page about a use case that did not happen.
pub(super) fn refuse(state: &HttpState, error: &AppError) -> Response {
    match error {
        AppError::NotFound | AppError::Forbidden => {
            message(state, StatusCode::NOT_FOUND, "unknown")
        }
        _ => {
            tracing::error!(%error, "a link could not be followed");
            message(state, StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    }
}

/// A page with a heading and a sentence: the catalogue's `link.message.<key>`.
pub(super) fn message(state: &HttpState, status: StatusCode, key: &str) -> Response {
    let part = |part: &str| catalogue::text(&format!("link.message.{key}.{part}"), &[]);
    let base = state.app.settings.public_url.as_deref();
    let page = MessagePage {
        open: base.map(|base| OpenLink {
            href: format!("{base}/incidents"),
            label: catalogue::text("link.sign_in", &[]),
        }),
        ..MessagePage::new(part("heading"), part("text"))
    };
    show_message(state, status, &page)
}

/// A page with a heading, a sentence, and perhaps a form.
pub(super) fn show_message(state: &HttpState, status: StatusCode, page: &MessagePage) -> Response {
    render(state, status, "message.html", page)
}

fn render(state: &HttpState, status: StatusCode, name: &str, page: &impl Serialize) -> Response {
    let nonce = fresh_secret(&*state.app.random, STYLE_NONCE_BYTES);
    let product = catalogue::text("link.product", &[]);
    let html = PAGES.get_template(name).and_then(|template| {
        let page = minijinja::Value::from(minijinja::value::Serde(page));
        template.render(minijinja::context! { page, style_nonce => nonce.as_str(), product })
    });
    let html = match html {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, name, "a page could not be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&shield::page_policy(&nonce)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
