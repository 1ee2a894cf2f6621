//! `watchbell verify`: are the records whole?

use std::io::Write as _;

use serde::Deserialize;

use super::Verify;
use super::api::{Api, CommandError};

/// What the check found.
#[derive(Debug, Deserialize)]
struct Report {
    streams: u64,
    facts: u64,
    seals: u64,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    stream: String,
    seq: Option<u64>,
    message: String,
}

/// Has the records checked and shows what was found.
///
/// # Errors
/// When something is not in order, or there is no answer.
pub(crate) async fn run(flags: Verify) -> Result<(), CommandError> {
    let nothing = serde_json::json!({});
    let report: Report = Api::new(&flags.remote)?.post("/api/v1/verify", &nothing).await?;
    let mut out = std::io::stdout().lock();
    let Report { streams, facts, seals, findings } = &report;
    writeln!(out, "{streams} streams, {facts} facts, {seals} seals checked.")?;
    for finding in findings {
        let seq = finding.seq.map(|seq| format!(" entry {seq}")).unwrap_or_default();
        writeln!(out, "{}{seq}: {}", finding.stream, finding.message)?;
    }
    match findings.len() {
        0 => {
            writeln!(out, "Every chain holds and every state follows from its facts.")?;
            Ok(())
        }
        found => Err(CommandError::Found(format!("{found} findings; the records are not whole"))),
    }
}
