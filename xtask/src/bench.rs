//! `make bench`.

use std::path::Path;

use crate::{command, error::Error};

/// Runs every scenario over the release binary, then every benchmark of `bench/`.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let build = ["build", "--locked", "--release", "-p", "watchbell"];
    command::run(root, "cargo", &build)?;
    let scenarios = ["run", "--locked", "--release", "-p", "wb-bench"];
    command::run(root, "cargo", &scenarios)?;
    command::run(root, "cargo", &["bench", "--locked", "-p", "wb-bench"])
}
