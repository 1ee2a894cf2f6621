//! `cargo xtask openapi`: the API's description, and the UI's types made from it.

use std::path::Path;

use crate::{command, error::Error};

/// Makes the test that holds the description against the routes write it instead.
const WRITE: &str = "WATCHBELL_WRITE_OPENAPI";

/// Writes `crates/wb-http/openapi.json` anew, and the types where the UI's tools are installed.
pub(crate) fn write(root: &Path) -> Result<(), Error> {
    let test = [
        "test",
        "-q",
        "-p",
        "wb-http",
        "--test",
        "it",
        "openapi::the_document",
    ];
    command::run_with_env(root, "cargo", &test, &[(WRITE, "1")])?;
    let web = root.join("web");
    if web.join("node_modules").is_dir() {
        command::run(&web, "npm", &["run", "api"])?;
    }
    Ok(())
}
