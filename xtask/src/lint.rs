//! `make lint`: the quick checks first.

use std::path::Path;

use crate::{command, error::Error, tidy, web};

/// Runs every check; stops at the first that fails.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    command::run(root, "cargo", &["fmt", "--all", "--check"])?;
    command::say("tidy");
    tidy::run(root)?;
    let clippy = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    command::run(root, "cargo", &clippy)?;
    // The licence list is checked by tidy in any case; cargo-deny adds bans and sources.
    if command::which("cargo-deny").is_some() {
        let deny = ["deny", "--offline", "check", "licenses", "bans", "sources"];
        command::run(root, "cargo", &deny)?;
    }
    web::lint(root)
}
