//! Stops the PostgreSQL cluster that tests share: `cargo run -p wb-testkit --bin test-pg`.

use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a command speaks to its caller")]
fn main() -> ExitCode {
    match wb_testkit::pg::stop() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("test-pg: {error}");
            ExitCode::FAILURE
        }
    }
}
