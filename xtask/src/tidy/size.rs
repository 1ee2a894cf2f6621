//! A file that no longer fits one head is split.

use super::Finding;
use crate::repo::Repo;

const LINES_MAX: usize = 700;

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let files = repo.under("crates/").filter(|(below, file)| {
        let in_src = below.split('/').nth(1) == Some("src");
        in_src && below.ends_with(".rs") && !file.text.contains("@generated")
    });
    let mut findings = Vec::new();
    for (_, file) in files {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            let what = format!("{lines} lines, {LINES_MAX} are allowed");
            let mend = "split it along its subjects, not in the middle";
            findings.push(Finding::new(&file.path, lines, what, mend));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    #[test]
    fn long_files_are_found_unless_generated() {
        let long = "// a\n".repeat(LINES_MAX + 1);
        let generated = format!("// @generated\n{long}");
        let fits = "// a\n".repeat(LINES_MAX);
        let files = [
            ("crates/wb-app/src/long.rs", long.as_str()),
            ("crates/wb-app/src/generated.rs", generated.as_str()),
            ("crates/wb-app/src/fits.rs", fits.as_str()),
            ("crates/wb-app/tests/it/long.rs", long.as_str()),
        ];
        assert_eq!(
            places(&check(&repo(&files))),
            ["crates/wb-app/src/long.rs:701"]
        );
    }
}
