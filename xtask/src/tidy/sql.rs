//! SQL lives in the two stores and nowhere else.

use super::Finding;
use crate::repo::Repo;

/// In capitals these words are SQL anywhere in a string.
const SHOUTED: [&[&str]; 7] = [
    &["SELECT ", " FROM "],
    &["INSERT INTO "],
    &["UPDATE ", " SET "],
    &["DELETE FROM "],
    &["CREATE TABLE "],
    &["CREATE INDEX "],
    &["ALTER TABLE "],
];

/// In small letters only where no English sentence begins.
const WHISPERED: [&str; 4] = [
    "insert into ",
    "delete from ",
    "create table ",
    "select * from ",
];

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let stores = ["crates/wb-store/", "crates/wb-metrics/"];
    let mut findings = Vec::new();
    for file in &repo.rust {
        if stores.iter().any(|store| file.path.starts_with(store)) {
            continue;
        }
        for token in file.shipped() {
            if token.string().is_some_and(is_sql) {
                let mend = "move the query into wb-store and call it from here";
                findings.push(Finding::new(
                    &file.path,
                    token.line,
                    "SQL outside the stores",
                    mend,
                ));
            }
        }
    }
    findings
}

fn is_sql(text: &str) -> bool {
    let flat = text
        .replace("\\n", " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        + " ";
    SHOUTED.iter().any(|words| in_order(&flat, words))
        || WHISPERED
            .iter()
            .any(|start| flat.to_lowercase().starts_with(start))
}

fn in_order(text: &str, words: &[&str]) -> bool {
    let mut rest = text;
    for word in words {
        // A space may close one word and open the next ("SELECT 1 FROM").
        let Some(at) = rest.find(word) else {
            return false;
        };
        rest = &rest[at + word.len() - 1..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    #[test]
    fn sql_is_told_from_english() {
        let sql = [
            "SELECT 1 FROM x",
            "select * from x",
            "\\n  UPDATE x\\n SET y = 1",
            "delete from x",
            "WITH a AS (SELECT b\n FROM c) INSERT INTO d",
        ];
        for text in sql {
            assert!(is_sql(text), "{text}");
        }
        for text in [
            "Select a person from the list",
            "Update the key and set it again",
            "FROM HERE",
        ] {
            assert!(!is_sql(text), "{text}");
        }
    }

    #[test]
    fn only_the_stores_may() {
        let source = "fn f() { run(r#\"\n SELECT id FROM users\"#) }";
        let files = [
            ("crates/wb-app/src/a.rs", source),
            ("crates/wb-store/src/a.rs", source),
            ("crates/wb-app/tests/it/a.rs", source),
        ];
        assert_eq!(places(&check(&repo(&files))), ["crates/wb-app/src/a.rs:1"]);
    }
}
