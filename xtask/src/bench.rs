//! `make bench`.

use std::path::Path;

use crate::{command, error::Error};

/// Runs every benchmark of `bench/`.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    command::run(root, "cargo", &["bench", "--locked", "-p", "wb-bench"])
}
