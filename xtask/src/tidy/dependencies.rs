//! Who may know what: the table of ARCHITECTURE.md over the direct, normal dependencies.
//!
//! What is only used by tests may be anything. A crate without a row is a finding, so the table
//! cannot be forgotten.

use super::Finding;
use crate::{repo::Repo, workspace::Member};

/// What a crate may depend on.
struct Rule {
    name: &'static str,
    /// Crates of ours.
    ours: &'static [&'static str],
    others: Others,
    why: &'static str,
}

enum Others {
    /// These and nothing else: the purest crates, where each new dependency is a decision.
    Only(&'static [&'static str]),
    /// Anything but these.
    AllBut(&'static [&'static [&'static str]]),
}

use Others::{AllBut, Only};

const HTTP_SERVER: &[&str] = &[
    "axum",
    "axum-server",
    "hyper",
    "tower-http",
    "tonic",
    "utoipa",
];
const HTTP_CLIENT: &[&str] = &["reqwest", "ureq", "hyper", "hyper-util"];
const SQL: &[&str] = &[
    "rusqlite",
    "postgres",
    "tokio-postgres",
    "refinery",
    "refinery-core",
    "sqlx",
];
const MAIL: &[&str] = &["lettre", "mailin", "mail-parser"];
const TEST: &[&str] = &[
    "wb-testkit",
    "proptest",
    "rstest",
    "insta",
    "wiremock",
    "rcgen",
    "criterion",
];

const RULES: [Rule; 9] = [
    Rule {
        name: "wb-core",
        ours: &[],
        others: Only(&["jiff", "thiserror", "uuid", "sha2", "cel", "minijinja"]),
        why: "the domain is pure: no format, no I/O, no clock",
    },
    Rule {
        name: "wb-ports",
        ours: &["wb-core"],
        others: Only(&[
            "async-trait",
            "ipnet",
            "jiff",
            "minijinja",
            "serde_json",
            "thiserror",
            "uuid",
        ]),
        why: "ports are plain types and traits, nothing with a socket in it",
    },
    Rule {
        name: "wb-store",
        ours: &["wb-core"],
        others: AllBut(&[HTTP_SERVER, HTTP_CLIENT, MAIL, TEST]),
        why: "the store knows rows, not the network",
    },
    Rule {
        name: "wb-metrics",
        ours: &["wb-core", "wb-ports"],
        others: AllBut(&[HTTP_SERVER, HTTP_CLIENT, MAIL, TEST]),
        why: "the metric store knows points, not the network",
    },
    Rule {
        name: "wb-adapters",
        ours: &["wb-core", "wb-ports"],
        others: AllBut(&[HTTP_SERVER, SQL, TEST]),
        why: "adapters meet the house only through ports",
    },
    Rule {
        name: "wb-app",
        ours: &["wb-core", "wb-ports", "wb-store", "wb-metrics"],
        others: AllBut(&[HTTP_SERVER, HTTP_CLIENT, SQL, MAIL, TEST, &["http", "rand"]]),
        why: "use cases know neither HTTP nor SQL nor vendors",
    },
    Rule {
        name: "wb-http",
        ours: &["wb-app", "wb-core", "wb-ports", "wb-metrics", "wb-store"],
        others: AllBut(&[HTTP_CLIENT, SQL, MAIL, TEST, &["rand"]]),
        why: "the face decides nothing and calls no vendor",
    },
    Rule {
        name: "watchbell",
        ours: &[
            "wb-core",
            "wb-ports",
            "wb-store",
            "wb-metrics",
            "wb-adapters",
            "wb-app",
            "wb-http",
        ],
        others: AllBut(&[SQL, TEST]),
        why: "the binary wires; it holds no logic and no test kit",
    },
    Rule {
        name: "wb-testkit",
        ours: &[
            "wb-core",
            "wb-ports",
            "wb-store",
            "wb-metrics",
            "wb-adapters",
            "wb-app",
            "wb-http",
        ],
        others: AllBut(&[]),
        why: "the test kit may use anything",
    },
];

/// Never shipped and never depended upon.
const FREE: [&str; 3] = ["xtask", "wb-bench", "wb-sim"];

pub(super) fn check(members: &[Member], repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members
        .iter()
        .filter(|member| !FREE.contains(&member.name.as_str()))
    {
        let Some(rule) = RULES.iter().find(|rule| rule.name == member.name) else {
            let mend = "give it a row in `xtask/src/tidy/dependencies.rs` and in the table of ARCHITECTURE.md";
            findings.push(Finding::new(
                &member.manifest,
                1,
                "a crate without a rule",
                mend,
            ));
            continue;
        };
        for dependency in &member.dependencies {
            if !rule.allows(dependency, members) {
                let line = line_of(repo, &member.manifest, dependency);
                let what = format!(
                    "{} may not depend on {dependency}: {}",
                    member.name, rule.why
                );
                let mend = "reach it through a port, or move the code to the crate that may";
                findings.push(Finding::new(&member.manifest, line, what, mend));
            }
        }
    }
    findings
}

impl Rule {
    fn allows(&self, dependency: &str, members: &[Member]) -> bool {
        if members.iter().any(|member| member.name == dependency) {
            return self.ours.contains(&dependency);
        }
        match self.others {
            Only(names) => names.contains(&dependency),
            AllBut(groups) => !groups.iter().any(|group| group.contains(&dependency)),
        }
    }
}

fn line_of(repo: &Repo, manifest: &str, dependency: &str) -> usize {
    let lines = repo.text(manifest).into_iter().flat_map(str::lines);
    let named = |line: &str| {
        line.strip_prefix(dependency)
            .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    lines
        .enumerate()
        .find(|(_, line)| named(line))
        .map_or(1, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repo;

    fn member(name: &str, dependencies: &[&str]) -> Member {
        Member {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: dependencies.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn broken(name: &str, dependency: &str) -> bool {
        let house = [
            "wb-core",
            "wb-ports",
            "wb-store",
            "wb-adapters",
            "wb-app",
            "wb-http",
            "wb-testkit",
        ];
        let mut members: Vec<Member> = house.iter().map(|name| member(name, &[])).collect();
        members.retain(|other| other.name != name);
        members.push(member(name, &[dependency]));
        !check(&members, &repo(&[])).is_empty()
    }

    #[test]
    fn each_floor_is_kept_from_what_it_may_not_know() {
        let banned = [
            ("wb-core", "serde"),
            ("wb-core", "tokio"),
            ("wb-core", "wb-ports"),
            ("wb-ports", "tokio"),
            ("wb-store", "axum"),
            ("wb-store", "wb-app"),
            ("wb-adapters", "wb-store"),
            ("wb-adapters", "rusqlite"),
            ("wb-app", "reqwest"),
            ("wb-app", "wb-adapters"),
            ("wb-http", "wb-adapters"),
            ("wb-http", "postgres"),
            ("watchbell", "wb-testkit"),
            ("watchbell", "rusqlite"),
        ];
        for (name, dependency) in banned {
            assert!(broken(name, dependency), "{name} -> {dependency}");
        }
    }

    #[test]
    fn each_floor_may_use_what_it_needs() {
        let fine = [
            ("wb-core", "jiff"),
            ("wb-store", "rusqlite"),
            ("wb-adapters", "reqwest"),
            ("wb-app", "wb-store"),
            ("wb-http", "axum"),
            ("watchbell", "wb-adapters"),
        ];
        for (name, dependency) in fine {
            assert!(!broken(name, dependency), "{name} -> {dependency}");
        }
    }

    #[test]
    fn a_finding_points_at_the_line_and_a_new_crate_needs_a_row() {
        let manifest = "[dependencies]\nserde_json = \"1\"\nserde.workspace = true";
        let repo = repo(&[("crates/wb-core/Cargo.toml", manifest)]);
        let found = check(
            &[member("wb-core", &["serde"]), member("wb-new", &[])],
            &repo,
        );
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [3, 1]
        );
    }
}
