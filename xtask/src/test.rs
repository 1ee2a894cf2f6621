//! `make test`: everything is built first, then the web tests, and the Rust tests last, so that the
//! last lines are their summary.

use std::path::Path;

use crate::{command, error::Error, web};

/// Runs every test.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    web::build(root)?;
    let nextest = command::succeeds(root, "cargo", &["nextest", "--version"]);
    let runner: &[&str] = if nextest {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    // Doc examples are not run: they show, the tests prove.
    // The benches have no tests, and need the clippy of `make lint` only.
    let scope = [
        "--locked",
        "--workspace",
        "--exclude",
        "wb-bench",
        "--tests",
    ];
    let tests = [runner, &scope].concat();
    command::run(root, "cargo", &[tests.as_slice(), &["--no-run"]].concat())?;
    web::test(root)?;
    command::run(root, "cargo", &tests)
}
