//! `watchbell explain`: why a page went out, or did not.
//!
//! From the event to the decision to the attempts, out of the record alone, so that what is shown
//! is what the chain of hashes proves.

use std::io::Write as _;

use serde::Deserialize;

use super::Explain;
use super::api::{Api, CommandError};

/// What of the API's answer is shown.
#[derive(Debug, Deserialize)]
struct Incident {
    id: String,
    number: u64,
    title: String,
    state: String,
    severity: String,
    urgency: String,
    service: Named,
    policy: Option<PolicyAt>,
    alerts: Vec<Alert>,
    pages: Vec<Page>,
    record: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PolicyAt {
    name: Option<String>,
    version: u32,
}

#[derive(Debug, Deserialize)]
struct Alert {
    id: String,
    dedup_key: String,
    summary: String,
}

#[derive(Debug, Deserialize)]
struct Page {
    id: String,
    recipient: Named,
    at: String,
    why: String,
    deliveries: Vec<Delivery>,
}

#[derive(Debug, Deserialize)]
struct Delivery {
    id: String,
    channel_label: String,
    method_name: Option<String>,
    due_at: String,
    text: String,
    attempts: Vec<Attempt>,
}

#[derive(Debug, Deserialize)]
struct Attempt {
    number: u32,
    finished_at: String,
    text: String,
    detail: Option<String>,
    possible_duplicate: bool,
}

#[derive(Debug, Deserialize)]
struct Entry {
    seq: u64,
    at: String,
    text: String,
    why: Option<String>,
    quote: Option<String>,
    from: Option<String>,
    page: Option<String>,
    hash: String,
}

/// Whether the chain holds, as the API says it.
#[derive(Debug, Deserialize)]
struct Explained {
    incident: Incident,
    chain_intact: bool,
}

/// Shows it.
///
/// # Errors
/// When there is no such thing, or no answer.
pub(crate) async fn run(flags: Explain) -> Result<(), CommandError> {
    let known = ["inc_", "pag_", "dlv_"]
        .iter()
        .any(|prefix| flags.id.starts_with(prefix));
    if !known
        || !flags
            .id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        return Err(CommandError::Asked(format!(
            "`{}` is no id of a page (pag_...), a delivery (dlv_...) or an incident (inc_...)",
            flags.id
        )));
    }
    let api = Api::new(&flags.remote)?;
    let explained: Explained = api.get(&format!("/api/v1/explain/{}", flags.id)).await?;
    let mut out = std::io::stdout().lock();
    for line in lines(&explained, &flags.id) {
        writeln!(out, "{line}")?;
    }
    if explained.chain_intact {
        Ok(())
    } else {
        Err(CommandError::Found(
            "this record is not whole; run `watchbell verify`".to_owned(),
        ))
    }
}

/// The whole story of an incident, or the part of it that led to one page or delivery.
fn lines(explained: &Explained, id: &str) -> Vec<String> {
    let incident = &explained.incident;
    let wanted = |page: &&Page| {
        id == incident.id || id == page.id || page.deliveries.iter().any(|one| one.id == id)
    };
    let pages: Vec<&Page> = incident.pages.iter().filter(wanted).collect();
    let mut out = head(incident);
    for page in &pages {
        out.push(String::new());
        out.extend(page_lines(page, id));
    }
    out.push(String::new());
    out.push("What was decided, in order:".to_owned());
    let ours = |entry: &&Entry| {
        entry
            .page
            .as_ref()
            .is_none_or(|page| pages.iter().any(|one| one.id == *page))
    };
    out.extend(incident.record.iter().filter(ours).flat_map(entry_lines));
    out.push(String::new());
    out.push(if explained.chain_intact {
        "Every chain holds, and the state follows from its facts.".to_owned()
    } else {
        "THE CHAIN DOES NOT HOLD, or the state does not follow from it.".to_owned()
    });
    out
}

fn head(incident: &Incident) -> Vec<String> {
    let Incident {
        number,
        title,
        id,
        state,
        severity,
        urgency,
        ..
    } = incident;
    let service = incident
        .service
        .name
        .as_deref()
        .unwrap_or("a deleted service");
    let policy = incident.policy.as_ref().map_or_else(
        || "no escalation policy".to_owned(),
        |policy| {
            let name = policy.name.as_deref().unwrap_or("a deleted policy");
            format!("escalation policy {name}, version {}", policy.version)
        },
    );
    let mut out = vec![
        format!("INC-{number} {title}"),
        format!("  {id}, {state}, {severity}, urgency {urgency}, service {service}, {policy}"),
    ];
    for alert in &incident.alerts {
        out.push(format!(
            "  alert {} ({}): {}",
            alert.id, alert.dedup_key, alert.summary
        ));
    }
    out
}

fn page_lines(page: &Page, id: &str) -> Vec<String> {
    let name = page
        .recipient
        .name
        .as_deref()
        .unwrap_or("a deleted recipient");
    let mut out = vec![
        format!("{} Page to {name} ({})", page.at, page.id),
        indent(1, &page.why),
    ];
    let wanted = |one: &&Delivery| one.id == id || page.deliveries.iter().all(|d| d.id != id);
    for delivery in page.deliveries.iter().filter(wanted) {
        let method = delivery
            .method_name
            .as_deref()
            .map(|n| format!(" ({n})"))
            .unwrap_or_default();
        out.push(format!(
            "  {} Delivery by {}{method}: {} ({})",
            delivery.due_at, delivery.channel_label, delivery.text, delivery.id
        ));
        for attempt in &delivery.attempts {
            let twice = if attempt.possible_duplicate {
                " (possible duplicate)"
            } else {
                ""
            };
            out.push(format!(
                "    {} Attempt {}: {}{twice}",
                attempt.finished_at, attempt.number, attempt.text
            ));
            out.extend(attempt.detail.iter().map(|detail| indent(3, detail)));
        }
    }
    out
}

fn entry_lines(entry: &Entry) -> Vec<String> {
    let mut out = vec![format!(
        "  {:>3} {} {} [{}]",
        entry.seq,
        entry.at,
        entry.text,
        short(&entry.hash)
    )];
    let more = [&entry.why, &entry.quote, &entry.from]
        .into_iter()
        .flatten();
    out.extend(more.map(|text| indent(3, text)));
    out
}

/// The head of a hash: enough to tell two apart by eye.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Text below a line, each line of it indented.
fn indent(levels: usize, text: &str) -> String {
    let margin = "  ".repeat(levels);
    let lines: Vec<_> = text.lines().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Explained {
        let page = |n: u32, name: &str| {
            json!({
                "id": format!("pag_{n}"), "recipient": {"name": name}, "at": "T1",
                "why": "On call for Payments.",
                "deliveries": [
                    {"id": format!("dlv_{n}a"), "channel_label": "E-mail", "method_name": "work",
                     "due_at": "T1", "text": "Sent.", "attempts": [
                        {"number": 1, "finished_at": "T2", "text": "Accepted.",
                         "detail": "250 ok", "possible_duplicate": false}]},
                    {"id": format!("dlv_{n}b"), "channel_label": "Webhook", "method_name": null,
                     "due_at": "T1", "text": "Cancelled.", "attempts": []},
                ],
            })
        };
        let entry = |seq: u64, text: &str, page: Option<&str>| {
            json!({"seq": seq, "at": "T", "text": text, "why": null, "quote": null, "from": null,
                   "page": page, "hash": format!("{seq:04}")})
        };
        let explained = json!({
            "chain_intact": true,
            "incident": {
                "id": "inc_1", "number": 7, "title": "p99 is high", "state": "acknowledged",
                "severity": "critical", "urgency": "high", "service": {"name": "checkout"},
                "policy": {"name": "Payments", "version": 3},
                "alerts": [{"id": "alr_1", "dedup_key": "lat", "summary": "p99 is high"}],
                "pages": [page(1, "Ada"), page(2, "Grace")],
                "record": [
                    entry(1, "Opened.", None),
                    entry(2, "Paged Ada.", Some("pag_1")),
                    entry(3, "Paged Grace.", Some("pag_2")),
                ],
            },
        });
        serde_json::from_value(explained).expect("the shape of the API")
    }

    #[test]
    fn an_incident_shows_everything() {
        let text = lines(&sample(), "inc_1").join("\n");
        for words in [
            "INC-7 p99 is high",
            "alert alr_1 (lat)",
            "Page to Ada",
            "Page to Grace",
            "Attempt 1: Accepted.",
            "250 ok",
            "Paged Grace. [0003]",
            "Every chain holds",
        ] {
            assert!(text.contains(words), "{words}:\n{text}");
        }
    }

    #[test]
    fn a_page_and_a_delivery_show_what_led_to_them() {
        let text = lines(&sample(), "pag_1").join("\n");
        assert!(
            text.contains("Page to Ada") && text.contains("dlv_1b"),
            "{text}"
        );
        assert!(!text.contains("Grace"), "{text}");
        let text = lines(&sample(), "dlv_2b").join("\n");
        assert!(
            text.contains("Page to Grace") && text.contains("Opened."),
            "{text}"
        );
        assert!(!text.contains("Ada") && !text.contains("dlv_2a"), "{text}");
    }
}
