//! Small repositories for the checks' own tests.

use crate::repo::Repo;

/// A repository of these files.
pub(crate) fn repo(files: &[(&str, &str)]) -> Repo {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())))
        .collect();
    Repo::from_files(files).unwrap()
}

/// Findings as `path:line`.
pub(crate) fn places(findings: &[crate::tidy::Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{}:{}", finding.path, finding.line))
        .collect()
}
