//! `watchbell plan` and `watchbell apply`: configuration as code.
//!
//! The files are read here and decided upon by the server, which names what is wrong by its path in
//! the whole declaration; the places kept while reading turn such a path back into file, line and
//! column.

mod read;
mod show;

use std::io::Write as _;

use serde::Deserialize;
use serde_json::Value;

use super::Declare;
use super::api::{Api, CommandError, Issue};

pub(crate) use read::Declaration;

/// What the server makes of a declaration.
#[derive(Debug, Deserialize)]
pub(crate) struct Plan {
    changes: Vec<Change>,
    #[serde(default)]
    problems: Vec<Issue>,
}

/// What happens to one declared object.
#[derive(Debug, Deserialize)]
struct Change {
    kind: String,
    name: String,
    action: String,
    fields: Vec<FieldChange>,
    #[serde(default)]
    affected: Vec<Affected>,
}

/// What a change of a schedule means for one person over the next 90 days.
#[derive(Debug, Deserialize)]
struct Affected {
    name: String,
    gains_s: i64,
    loses_s: i64,
    first: String,
}

#[derive(Debug, Deserialize)]
struct FieldChange {
    path: String,
    before: Option<String>,
    after: Option<String>,
}

/// What is done with a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Only say what would be done.
    Plan,
    /// Do it.
    Apply,
}

/// Shows what applying the files would do, or does it and shows what was done.
///
/// # Errors
/// With every problem there is; then nothing was changed.
pub(crate) async fn run(flags: Declare, mode: Mode) -> Result<(), CommandError> {
    let declaration = Declaration::of_paths(&flags.files)?;
    let plan = submit(&Api::new(&flags.remote)?, &declaration, mode).await?;
    let mut out = std::io::stdout().lock();
    for line in show::lines(&plan, mode) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Sends a declaration to the server.
///
/// # Errors
/// What the server refuses, each at its place in the files.
pub(crate) async fn submit(
    api: &Api,
    declaration: &Declaration,
    mode: Mode,
) -> Result<Plan, CommandError> {
    let path = match mode {
        Mode::Plan => "/api/v1/config/plan",
        Mode::Apply => "/api/v1/config/apply",
    };
    let body = Value::Object(declaration.body.clone());
    let (plan, problems) = match api.post::<Plan>(path, &body).await {
        Err(CommandError::Refused { issues, .. }) if !issues.is_empty() => (None, issues),
        // What a plan with problems would change is half of the truth at best.
        Ok(Plan { problems, .. }) if !problems.is_empty() => (None, problems),
        answer => (Some(answer?), Vec::new()),
    };
    plan.ok_or_else(|| CommandError::Found(read::in_words(declaration.locate(&problems))))
}
