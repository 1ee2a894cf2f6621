//! Nothing of the machine somebody happened to work on: no absolute paths of a home or a work
//! folder, and no package source but the public registries.

use super::Finding;
use crate::repo::{Repo, TextFile, line_at};

// Cut in two, so that this file does not find itself.
const PATHS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Words that point a package manager at another registry, each with the files it matters in.
const REDIRECTS: [(&str, &str); 5] = [
    (".npmrc", "registry="),
    ("config.toml", "[source."),
    ("config.toml", "[registries."),
    ("pip.conf", "index-url"),
    ("requirements.txt", "--index-url"),
];

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    repo.texts.iter().flat_map(check_file).collect()
}

fn check_file(file: &TextFile) -> Vec<Finding> {
    let mut findings = machine_paths(file);
    findings.extend(match file.path.rsplit('/').next() {
        Some("Cargo.lock") => foreign_sources(file, "source = \"", CRATES),
        Some("package-lock.json") => foreign_sources(file, "\"resolved\": \"", NPM),
        Some(name) => redirects(file, name),
        None => Vec::new(),
    });
    findings
}

fn machine_paths(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for needle in PATHS {
        for (at, _) in file.text.match_indices(needle) {
            // `https://example.com/…` and `a/…` only contain the word; a path of a machine begins with it.
            let before = file.text[..at].chars().next_back();
            let inside = before.is_some_and(|c| c.is_alphanumeric() || "_-.}>)*/".contains(c));
            if !inside {
                let what = format!("a path of one machine (`{needle}`)");
                let mend = "use a path relative to the repository, or a temporary folder";
                findings.push(Finding::new(
                    &file.path,
                    line_at(&file.text, at),
                    what,
                    mend,
                ));
            }
        }
    }
    findings
}

fn foreign_sources(file: &TextFile, key: &str, public: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let Some(source) = line.trim().strip_prefix(key) else {
            continue;
        };
        if !source.starts_with(public) {
            let what = format!("package source `{}`", source.trim_end_matches(['"', ',']));
            let mend = format!("only {public} may stand in a lock file; rewrite the entry to it");
            findings.push(Finding::new(&file.path, index + 1, what, mend));
        }
    }
    findings
}

fn redirects(file: &TextFile, name: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (suffix, word) in REDIRECTS {
        if !name.ends_with(suffix) {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if line.trim().starts_with(word) {
                let what = format!("`{word}` points at another package registry");
                let mend = "keep such settings in your home folder";
                findings.push(Finding::new(&file.path, index + 1, what, mend));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    #[test]
    fn machine_paths_are_found_and_addresses_are_not() {
        let text = format!(
            "cd {}main\nsee https://example.com{}page",
            PATHS[0], PATHS[2]
        );
        assert_eq!(
            places(&check(&repo(&[("docs/a.md", &text)]))),
            ["docs/a.md:1"]
        );
    }

    #[test]
    fn lock_files_name_public_registries_only() {
        let cargo =
            format!("source = \"{CRATES}\"\nsource = \"registry+https://mirror.example/x\"");
        let npm = format!(
            "\"resolved\": \"{NPM}a.tgz\",\n  \"resolved\": \"https://mirror.example/a.tgz\","
        );
        let files = [
            ("Cargo.lock", cargo.as_str()),
            ("web/package-lock.json", npm.as_str()),
        ];
        assert_eq!(
            places(&check(&repo(&files))),
            ["Cargo.lock:2", "web/package-lock.json:2"]
        );
    }

    #[test]
    fn redirected_package_managers_are_found() {
        let files = [
            (
                "web/.npmrc",
                "engine-strict=true\nregistry=https://mirror.example",
            ),
            (".cargo/config.toml", "[source.crates-io]"),
        ];
        assert_eq!(
            places(&check(&repo(&files))),
            ["web/.npmrc:2", ".cargo/config.toml:1"]
        );
    }
}
