//! The repository's own rules.
//!
//! Each check is one file with tests that show it can fail. A finding says where, what, and how to
//! mend it. A new check is one file and one line in `run`.

use std::{fmt, path::Path};

use crate::{command::say, error::Error, repo::Repo, workspace::Workspace};

mod ambient;
mod catalogue;
mod dependencies;
mod doc_paths;
mod licences;
mod machine;
pub(crate) mod migrations;
mod purity;
mod siblings;
mod size;
mod sql;

/// One broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) mend: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}: {}; to mend: {}",
            self.path, self.line, self.what, self.mend
        )
    }
}

/// Runs every check and prints what it finds.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let repo = Repo::load(root)?;
    let workspace = Workspace::load(root)?;
    let mut findings: Vec<Finding> = [
        ambient::check(&repo),
        catalogue::check(&repo),
        dependencies::check(&workspace.members, &repo),
        doc_paths::check(&repo),
        licences::check(&workspace, &repo)?,
        machine::check(&repo),
        migrations::check(&repo),
        purity::check(&repo),
        siblings::check(&repo),
        size::check(&repo),
        sql::check(&repo),
        crate::notices::check(&workspace, &repo),
    ]
    .into_iter()
    .flatten()
    .collect();
    findings.sort();
    for finding in &findings {
        say(finding);
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Error::Untidy(findings.len()))
    }
}
