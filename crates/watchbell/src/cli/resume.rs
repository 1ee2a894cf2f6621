//! `watchbell resume`: shows what is due in a restored or copied database, and lets it go.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use jiff::{Span, SpanRelativeTo};
use serde::Deserialize;
use serde_json::json;

use super::Resume;
use super::api::{Api, CommandError};

/// Characters of a title that are shown.
const TITLE_CHARS: usize = 60;

#[derive(Debug, Deserialize)]
struct Sending {
    held: bool,
    since: Option<String>,
    why: Option<String>,
    deliveries_due: u64,
    deliveries: Vec<Delivery>,
    wake_ups_due: u64,
    wake_ups: Vec<WakeUp>,
}

#[derive(Debug, Deserialize)]
struct Delivery {
    number: u64,
    title: String,
    recipient: Recipient,
    channel: String,
    due_at: String,
}

#[derive(Debug, Deserialize)]
struct Recipient {
    id: String,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WakeUp {
    number: u64,
    title: String,
    due_at: String,
}

#[derive(Debug, Deserialize)]
struct LetGo {
    changed: bool,
    dropped: u64,
}

/// Reads a span such as `2h` or `1d` as seconds.
///
/// # Errors
/// When it is none, or too long.
pub(crate) fn seconds(text: &str) -> Result<u32, String> {
    let hint = || "write a span such as 30m, 2h or 1d".to_owned();
    let span: Span = text.parse().map_err(|_| hint())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| hint())?;
    u32::try_from(duration.as_secs()).map_err(|_| hint())
}

/// Shows what is due, asks, and lets it go.
///
/// # Errors
/// When nobody said yes, or there is no answer.
pub(crate) async fn run(flags: Resume) -> Result<(), CommandError> {
    let api = Api::new(&flags.remote)?;
    let sending: Sending = api.get("/api/v1/sending").await?;
    let mut out = io::stdout();
    for line in sending.lines() {
        writeln!(out, "{line}")?;
    }
    if !sending.held {
        return Ok(());
    }
    if !flags.yes && !confirmed(&mut out)? {
        return Err(CommandError::Unconfirmed);
    }
    let body = json!({ "drop_older_than_s": flags.drop_older_than });
    let done: LetGo = api.post("/api/v1/sending/resume", &body).await?;
    if done.dropped > 0 {
        writeln!(
            out,
            "{} deliveries were dropped; the records of their incidents say so.",
            done.dropped
        )?;
    }
    writeln!(
        out,
        "{}",
        if done.changed {
            "Sending goes on."
        } else {
            "Somebody else was faster: sending was let go already."
        }
    )?;
    Ok(())
}

fn confirmed(out: &mut impl io::Write) -> io::Result<bool> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(false);
    }
    write!(
        out,
        "Is this the instance to go on with? Type yes to send: "
    )?;
    out.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

impl Sending {
    fn lines(&self) -> Vec<String> {
        if !self.held {
            return vec!["Sending is not held; there is nothing to resume.".to_owned()];
        }
        let since = self.since.as_deref().map(shown_time);
        let since = since.map_or_else(String::new, |since| format!(" since {since}"));
        let why = self.why.as_deref().unwrap_or_default();
        let mut lines = vec![format!("Sending is held{since}. {why}"), String::new()];
        let due = format!(
            "{} deliveries are due and go out at once:",
            self.deliveries_due
        );
        let rows = self.deliveries.iter().map(|delivery| {
            let to = &delivery.recipient;
            [
                shown_time(&delivery.due_at),
                format!("#{}", delivery.number),
                shown(to.name.as_ref().unwrap_or(&to.id)),
                shown(&delivery.channel),
                shown(&delivery.title),
            ]
        });
        let heads = ["due", "incident", "to", "by", "title"];
        add(&mut lines, due, heads, rows.collect(), self.deliveries_due);
        let due = format!(
            "{} escalations have a step that is due and go on one step at a time:",
            self.wake_ups_due
        );
        let rows = self.wake_ups.iter().map(|wake_up| {
            [
                shown_time(&wake_up.due_at),
                format!("#{}", wake_up.number),
                shown(&wake_up.title),
            ]
        });
        let heads = ["due", "incident", "title"];
        add(&mut lines, due, heads, rows.collect(), self.wake_ups_due);
        lines
    }
}

/// Adds a table, or one line when it would be empty.
fn add<const N: usize>(
    lines: &mut Vec<String>,
    heading: String,
    heads: [&str; N],
    rows: Vec<[String; N]>,
    total: u64,
) {
    if total == 0 {
        lines.push(heading.split(" and ").next().unwrap_or_default().to_owned() + ".");
        return;
    }
    lines.push(heading);
    let rest = total.saturating_sub(rows.len() as u64);
    let all: Vec<[String; N]> = [heads.map(ToOwned::to_owned)]
        .into_iter()
        .chain(rows)
        .collect();
    let width = |column: usize| {
        let cells = all.iter().map(|row| row.get(column));
        cells.flatten().map(|cell| cell.chars().count()).max()
    };
    for row in &all {
        let cells = row.iter().enumerate();
        let padded = cells.map(|(column, cell)| {
            let width = width(column).unwrap_or(0);
            format!("{cell:width$}")
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        lines.push(format!("  {}", line.trim_end()));
    }
    if rest > 0 {
        lines.push(format!("  and {rest} more"));
    }
    lines.push(String::new());
}

/// Text of others on somebody's terminal: bounded, and without control characters.
fn shown(text: &str) -> String {
    let safe = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    safe.take(TITLE_CHARS).collect()
}

fn shown_time(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        Err(_) => shown(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        assert_eq!(seconds("30m"), Ok(1_800));
        assert_eq!(seconds("2h"), Ok(7_200));
        assert_eq!(seconds("1d"), Ok(86_400));
        for bad in ["", "2", "soon", "-2h", "900y"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_due_is_a_table() {
        let sending: Sending = serde_json::from_value(json!({
            "held": true, "since": "2026-11-21T08:00:00.5Z", "why": "Copied.",
            "deliveries_due": 3, "wake_ups_due": 0, "wake_ups": [],
            "deliveries": [{
                "number": 7, "title": "disk\u{1b}[2J full", "channel": "E-mail",
                "recipient": {"id": "usr_1", "name": "Aroha"}, "due_at": "2026-11-21T07:00:00Z",
            }],
        }))
        .expect("good");
        let expected = [
            "Sending is held since 2026-11-21 08:00:00Z. Copied.",
            "",
            "3 deliveries are due and go out at once:",
            "  due                   incident  to     by      title",
            "  2026-11-21 07:00:00Z  #7        Aroha  E-mail  disk [2J full",
            "  and 2 more",
            "",
            "0 escalations have a step that is due.",
        ];
        assert_eq!(sending.lines(), expected);
    }
}
