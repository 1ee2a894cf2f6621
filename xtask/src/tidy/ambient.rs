//! Time and randomness come in as parameters; clippy bans the calls by type, this check by name,
//! so that neither a re-export nor an `allow` can bring them back.

use super::Finding;
use crate::{
    repo::{Repo, RustFile},
    tokens::{Token, starts_with_path},
};

const BANNED: [&[&str]; 11] = [
    &["SystemTime", "now"],
    &["Instant", "now"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["Utc", "now"],
    &["Uuid", "new_v4"],
    &["Uuid", "now_v7"],
    &["rand", "rng"],
    &["rand", "random"],
    &["OsRng"],
    &["SysRng"],
];

/// The one clock and source of randomness, and the store's watchdog over a stuck connection.
const ALLOWED: [&str; 2] = [
    "crates/watchbell/src/ambient.rs",
    "crates/wb-store/src/db/watch.rs",
];

/// Sleeping is the worker driver's alone; everything else is ticked.
const DRIVER: &str = "crates/wb-app/src/workers.rs";
const SLEEPS: [&str; 3] = ["sleep", "sleep_until", "interval"];

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let files = repo
        .rust
        .iter()
        .filter(|file| !ALLOWED.contains(&file.path.as_str()));
    files.flat_map(check_file).collect()
}

fn check_file(file: &RustFile) -> Vec<Finding> {
    let tokens: Vec<&Token> = file.shipped().collect();
    let in_app = file.path.starts_with("crates/wb-app/src/") && file.path != DRIVER;
    let mut findings = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at..];
        if let Some(path) = BANNED.iter().find(|path| starts_with_path(rest, path)) {
            let what = format!("`{}` is ambient time or randomness", path.join("::"));
            let mend = "take it as a parameter, or through the Clock or Random port";
            findings.push(Finding::new(&file.path, token.line, what, mend));
        }
        let called = rest.get(1).is_some_and(|next| next.is("("));
        if in_app && called && SLEEPS.iter().any(|name| token.is(name)) {
            let mend = "write the wake-up down and let the worker driver tick you";
            findings.push(Finding::new(
                &file.path,
                token.line,
                "sleeping in wb-app",
                mend,
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
    fn a_call_is_found_and_a_mention_is_not() {
        let source = "// SystemTime::now()\nfn f() { std::time::SystemTime::now(); }\n\
                      #[cfg(test)] mod tests { fn g() { Instant::now(); } }\nfn h() { Uuid::new_v4(); }";
        let found = check(&repo(&[("crates/wb-app/src/a.rs", source)]));
        assert_eq!(
            places(&found),
            ["crates/wb-app/src/a.rs:2", "crates/wb-app/src/a.rs:4"]
        );
    }

    #[test]
    fn the_one_clock_and_tests_are_free() {
        let source = "fn f() { Timestamp::now(); }";
        let free = [
            "crates/watchbell/src/ambient.rs",
            "crates/wb-app/tests/it/main.rs",
            "bench/src/a.rs",
        ];
        for path in free {
            assert_eq!(check(&repo(&[(path, source)])), [], "{path}");
        }
        assert_eq!(
            check(&repo(&[("crates/watchbell/src/other.rs", source)])).len(),
            1
        );
    }

    #[test]
    fn only_the_driver_sleeps() {
        let source = "async fn f() { tokio::time::sleep(d).await }";
        assert_eq!(
            check(&repo(&[("crates/wb-app/src/workers/pager.rs", source)])).len(),
            1
        );
        assert_eq!(check(&repo(&[(DRIVER, source)])).len(), 0);
    }
}
