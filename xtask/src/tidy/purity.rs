//! wb-core is pure: no async, no serde, no hash-map order, nothing of the machine.

use super::Finding;
use crate::{
    repo::{Repo, RustFile},
    tokens::{Kind, Token, starts_with_path},
};

const WORDS: [(&str, &str); 8] = [
    (
        "async",
        "decisions are plain functions; do the waiting in wb-app",
    ),
    (
        "await",
        "decisions are plain functions; do the waiting in wb-app",
    ),
    (
        "HashMap",
        "use BTreeMap: the same inputs must give the same facts",
    ),
    (
        "HashSet",
        "use BTreeSet: the same inputs must give the same facts",
    ),
    (
        "serde",
        "each border owns its format: stored JSON in wb-store, views in wb-http",
    ),
    (
        "Serialize",
        "each border owns its format: stored JSON in wb-store, views in wb-http",
    ),
    (
        "Deserialize",
        "each border owns its format: stored JSON in wb-store, views in wb-http",
    ),
    ("tracing", "write a fact instead of a log line"),
];

const PATHS: [&[&str]; 5] = [
    &["std", "env"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "thread"],
    &["std", "process"],
];

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let core = repo
        .rust
        .iter()
        .filter(|file| file.path.starts_with("crates/wb-core/src/"));
    core.flat_map(check_file).collect()
}

fn check_file(file: &RustFile) -> Vec<Finding> {
    let tokens: Vec<&Token> = file.shipped().collect();
    let mut findings = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Ident {
            continue;
        }
        let word = WORDS.iter().find(|(word, _)| token.is(word));
        if let Some((word, mend)) = word {
            findings.push(Finding::new(
                &file.path,
                token.line,
                format!("`{word}` in wb-core"),
                *mend,
            ));
        }
        if let Some(path) = PATHS
            .iter()
            .find(|path| starts_with_path(&tokens[at..], path))
        {
            let what = format!("`{}` in wb-core", path.join("::"));
            findings.push(Finding::new(
                &file.path,
                token.line,
                what,
                "pass the value in",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    #[test]
    fn each_impurity_is_found() {
        let source = "use std::collections::HashMap;\n#[derive(Debug, serde::Serialize)]\nstruct A;\n\
                      async fn f() {}\nfn g() { std::env::args(); }";
        let found = check(&repo(&[("crates/wb-core/src/a.rs", source)]));
        let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [1, 2, 2, 4, 5]);
    }

    #[test]
    fn other_crates_and_core_tests_are_free() {
        let source = "use std::collections::HashMap;";
        assert_eq!(
            places(&check(&repo(&[("crates/wb-app/src/a.rs", source)]))),
            [""; 0]
        );
        assert_eq!(
            places(&check(&repo(&[("crates/wb-core/tests/it/a.rs", source)]))),
            [""; 0]
        );
    }
}
