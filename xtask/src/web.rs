//! The web UI's tools, where there is a web UI.

use std::{fs, path::Path};

use crate::{command, error::Error};

/// Whether this tree has a web UI.
pub(crate) fn exists(root: &Path) -> bool {
    root.join("web/package.json").is_file()
}

/// Installs the packages of the lock file, if they are not there already.
pub(crate) fn install(root: &Path) -> Result<(), Error> {
    let web = root.join("web");
    let lock = web.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Error::file(&lock))?;
    let stamp = web.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    command::run(&web, "npm", &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, wanted).map_err(Error::file(stamp))
}

/// Builds `web/dist`, which the binary embeds.
pub(crate) fn build(root: &Path) -> Result<(), Error> {
    if !exists(root) {
        return Ok(());
    }
    install(root)?;
    command::run(&root.join("web"), "npm", &["run", "--silent", "build"])
}

/// Types and style.
pub(crate) fn lint(root: &Path) -> Result<(), Error> {
    if !exists(root) {
        return Ok(());
    }
    install(root)?;
    let web = root.join("web");
    command::run(&web, "npx", &["--no-install", "tsc", "--noEmit"])?;
    command::run(&web, "npx", &["--no-install", "eslint", "."])
}

/// Unit tests and the browser tests against the built binary.
pub(crate) fn test(root: &Path) -> Result<(), Error> {
    if !exists(root) {
        return Ok(());
    }
    let binary = root.join("target/debug/watchbell");
    let env = [("WATCHBELL_BIN", &*binary.to_string_lossy())];
    command::run_with_env(&root.join("web"), "npm", &["test"], &env)
}
