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
    erased: u64,
    seals: u64,
    wrong: u64,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    stream: String,
    message: String,
}

impl Report {
    /// What was checked and what is wrong, line by line.
    fn lines(&self) -> Vec<String> {
        let Self {
            streams,
            facts,
            erased,
            seals,
            wrong,
            findings,
        } = self;
        let mut out = vec![format!(
            "{streams} streams, {facts} facts ({erased} with erased text) and {seals} seals checked."
        )];
        out.extend(
            findings
                .iter()
                .map(|one| format!("{}: {}", one.stream, one.message)),
        );
        out.push(if *wrong == 0 {
            "Every chain holds, and every state follows from its facts.".to_owned()
        } else {
            format!("{wrong} things are wrong; {} are listed.", findings.len())
        });
        out
    }
}

/// Has the records checked and shows what was found.
///
/// # Errors
/// When something is not in order, or there is no answer.
pub(crate) async fn run(flags: Verify) -> Result<(), CommandError> {
    let nothing = serde_json::json!({});
    let report: Report = Api::new(&flags.remote)?
        .post("/api/v1/verify", &nothing)
        .await?;
    let mut out = std::io::stdout().lock();
    for line in report.lines() {
        writeln!(out, "{line}")?;
    }
    if report.wrong == 0 {
        Ok(())
    } else {
        Err(CommandError::Found("the records are not whole".to_owned()))
    }
}
