//! Both bodies of a mail, from templates. Words come from the catalogue, and HTML escapes itself.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, Value, context};
use reqwest::Url;
use wb_core::event::{EventImage, EventLink};
use wb_ports::{BundleView, BundledIncident, Content, IncidentView, Message, catalogue};

use crate::channels::{bundle, words};

/// Characters of a summary in a mail; the incident's view has all of it.
const SUMMARY_CHARS: usize = 4_000;

/// Characters of the sender's details in a mail.
const DETAILS_CHARS: usize = 2_000;

/// Characters of a title in a mail about several incidents.
const TITLE_CHARS: usize = 140;

/// Links and images of the sender in a mail.
const LINKS: usize = 10;

/// The two bodies.
pub(super) struct Bodies {
    pub(super) plain: String,
    pub(super) html: String,
}

const TEMPLATES: [(&str, &str); 11] = [
    ("bundle.html", include_str!("templates/bundle.html")),
    ("bundle.txt", include_str!("templates/bundle.txt")),
    ("code.html", include_str!("templates/code.html")),
    ("code.txt", include_str!("templates/code.txt")),
    ("layout.html", include_str!("templates/layout.html")),
    ("notice.html", include_str!("templates/notice.html")),
    ("notice.txt", include_str!("templates/notice.txt")),
    ("page.html", include_str!("templates/page.html")),
    ("page.txt", include_str!("templates/page.txt")),
    ("test.html", include_str!("templates/test.html")),
    ("test.txt", include_str!("templates/test.txt")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // Tags on lines of their own leave no lines behind. Defaults but for that, so it builds.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.add_function("t", translate);
    environment.add_filter("href", href);
    for (name, source) in TEMPLATES {
        // A template that does not parse would be missing here; a test renders every one.
        let _ = environment.add_template(name, source);
    }
    environment
});

/// `t("key", name=value)` in a template: a text of the catalogue.
fn translate(key: &str, values: Kwargs) -> Result<String, Error> {
    let values: Vec<(&str, Value)> = values
        .args()
        .map(|name| Ok((name, values.get(name)?)))
        .collect::<Result<_, Error>>()?;
    let values: Vec<catalogue::Named<'_>> = values
        .iter()
        .map(|(name, value)| (*name, value as _))
        .collect();
    Ok(catalogue::text(key, &values))
}

/// An address for a quoted attribute. Serialising it leaves no quote and no bracket in it, so only
/// `&` has to be escaped; the usual escaping also turns every `/` into a character reference, which
/// is right but which nobody who looks for links in a mail expects.
fn href(address: &str) -> Value {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    Value::from_safe_string(
        url.map(|url| url.as_str().replace('&', "&amp;"))
            .unwrap_or_default(),
    )
}

/// Renders a message.
pub(super) fn bodies(message: &Message) -> Result<Bodies, Error> {
    let (name, values) = match &message.content {
        Content::Page {
            incident,
            step,
            why,
        } => ("page", page_values(message, incident, *step, why)),
        Content::Bundle(several) => ("bundle", bundle_values(message, several)),
        Content::Test => ("test", test_values(message)),
        Content::Code { code, minutes } => ("code", code_values(message, code, *minutes)),
        Content::Notice { title, body } => ("notice", notice_values(message, title, body)),
    };
    let render = |extension: &str| {
        ENVIRONMENT
            .get_template(&format!("{name}.{extension}"))?
            .render(&values)
    };
    Ok(Bodies {
        plain: render("txt")?,
        html: render("html")?,
    })
}

fn bundle_values(message: &Message, several: &BundleView) -> Value {
    let services = several.services.iter().map(|service| {
        let incidents = service.incidents.iter().map(bundled_values);
        context! {
            heading => bundle::heading(&service.name, service.count),
            incidents => incidents.collect::<Vec<_>>(),
        }
    });
    let mut incidents = several.services.iter().flat_map(|s| &s.incidents);
    context! {
        title => bundle::title(several),
        worst => bundle::worst(several),
        listed => bundle::services(several),
        services => services.collect::<Vec<_>>(),
        more => bundle::more(several.more),
        name => &message.recipient.name,
        view => &message.links.view,
        linked => incidents.any(|i| i.links.acknowledge.is_some() || i.links.accept.is_some()),
    }
}

fn bundled_values(incident: &BundledIncident) -> Value {
    let level = incident.severity.level();
    context! {
        name => bundle::name(incident),
        title => words::shorten(&words::one_line(&incident.title), TITLE_CHARS),
        severity => catalogue::text("message.severity", &[("level", &level)]),
        view => &incident.links.view,
        acknowledge => &incident.links.acknowledge,
        accept => &incident.links.accept,
        decline => &incident.links.decline,
        duplicate => incident.possible_duplicate,
    }
}

fn test_values(message: &Message) -> Value {
    context! {
        title => catalogue::text("message.test.title", &[]),
        name => &message.recipient.name,
        view => &message.links.view,
    }
}

fn code_values(message: &Message, code: &str, minutes: u32) -> Value {
    context! {
        title => catalogue::text("message.code.title", &[]),
        name => &message.recipient.name,
        code, minutes,
    }
}

fn notice_values(message: &Message, title: &str, body: &str) -> Value {
    context! {
        title => words::one_line(title),
        body,
        name => &message.recipient.name,
        confirm => &message.links.confirm,
        view => &message.links.view,
    }
}

fn page_values(message: &Message, incident: &IncidentView, step: Option<u32>, why: &str) -> Value {
    let (state, word) = (incident.state.word(), incident.severity.word());
    let state_text = catalogue::text(&format!("state.{state}"), &[]);
    let word = catalogue::text(&format!("severity.{word}"), &[]);
    let level = incident.severity.level();
    let severity = catalogue::text(
        "message.severity_word",
        &[("level", &level), ("word", &word)],
    );
    let summary = Some(incident.summary.trim())
        .filter(|summary| !summary.is_empty() && *summary != incident.title.trim())
        .map(|summary| words::shorten(summary, SUMMARY_CHARS));
    context! {
        title => words::one_line(&incident.title),
        name => &message.recipient.name,
        incident => words::incident_name(incident),
        service => words::one_line(&incident.service),
        state, state_text, severity, summary, why, step,
        since => words::local_time(incident.opened_at, &message.recipient.zone),
        source => &incident.source,
        details => incident.details.as_deref().map(|text| words::shorten(text, DETAILS_CHARS)),
        links => links(incident),
        duplicate => words::duplicate_note(message),
        view => &message.links.view,
        acknowledge => &message.links.acknowledge,
        resolve => &message.links.resolve,
        accept => &message.links.accept,
        decline => &message.links.decline,
    }
}

/// The sender's links and images, as links: an image that loads by itself would tell its host that
/// the mail was read.
fn links(incident: &IncidentView) -> Vec<Value> {
    let links = incident
        .links
        .iter()
        .map(|EventLink { href, text }| (href, text));
    let images = incident
        .images
        .iter()
        .map(|EventImage { src, href, alt }| (href.as_ref().unwrap_or(src), alt));
    links
        .chain(images)
        .filter(|(href, _)| href.starts_with("https://") || href.starts_with("http://"))
        .take(LINKS)
        .map(|(href, text)| {
            let text = text
                .as_ref()
                .filter(|text| !text.trim().is_empty())
                .unwrap_or(href);
            context! { href, text }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_leave_its_attribute() {
        let address = "https://e.example/a\"b<c>?q=\"'><script>&x=1#\"<f>";
        let href = href(address).to_string();
        assert!(!href.contains(['"', '<', '>']), "{href}");
        assert!(
            href.starts_with("https://e.example/a") && href.contains("&amp;x=1"),
            "{href}"
        );
    }

    #[test]
    fn other_schemes_lead_nowhere() {
        for address in ["javascript:alert(1)", "data:text/html,x", "x"] {
            assert_eq!(href(address).to_string(), "", "{address}");
        }
    }
}
