//! The repository's chores in one typed place: `cargo xtask --help`.

use std::{path::Path, process::ExitCode};

use clap::{Parser, Subcommand};

mod bench;
mod command;
mod dev;
mod error;
mod lint;
mod notices;
mod openapi;
mod repo;
mod setup;
mod test;
mod tidy;
mod tokens;
mod web;
mod workspace;

#[cfg(test)]
mod fixture;

use error::Error;

#[derive(Parser)]
#[command(about = "The repository's chores")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need, or say what is missing and how to get it.
    Setup,
    /// Web tests, then Rust tests.
    Test,
    /// Format, tidy, clippy, licences, TypeScript.
    Lint,
    /// The repository's own rules; runs in seconds.
    Tidy,
    /// Write THIRD-PARTY-NOTICES.md anew.
    Notices,
    /// Add the migrations of this release to their lock file; they may never change afterwards.
    LockMigrations,
    /// Write the API's description, and the UI's types from it, anew.
    Openapi,
    /// Build the UI into web/dist.
    WebBuild,
    /// Run the benchmarks.
    Bench,
    /// Server and Vite, both reloading on change.
    Dev,
}

fn main() -> ExitCode {
    // The manifest folder is known at compile time, so every chore works from any folder.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    match run(&Cli::parse().chore, root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command::say(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore, root: &Path) -> Result<(), Error> {
    match chore {
        Chore::Setup => setup::run(root),
        Chore::Test => test::run(root),
        Chore::Lint => lint::run(root),
        Chore::Tidy => tidy::run(root),
        Chore::Notices => notices::write(root),
        Chore::LockMigrations => tidy::migrations::write_lock(root),
        Chore::Openapi => openapi::write(root),
        Chore::WebBuild => web::build(root),
        Chore::Bench => bench::run(root),
        Chore::Dev => dev::run(root),
    }
}
