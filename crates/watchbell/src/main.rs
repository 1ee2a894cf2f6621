//! The program: command line, boot configuration, wiring, lifecycle.
//!
//! Nothing is decided here. Standard output belongs to answers (`ready URL`, what a command was
//! asked for); everything else goes to standard error.

mod ambient;
mod boot;
mod cli;
mod demo;
mod doctor;
mod emergency;
mod keys;
mod lifecycle;
mod replace;
mod telemetry;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::declare::Mode;
use crate::cli::{Cli, Command, Serve};

#[cfg(not(debug_assertions))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut err = std::io::stderr().lock();
            // With standard error gone the exit code still says it.
            drop(writeln!(err, "watchbell: {error}"));
            error.code()
        }
    }
}

/// Why the program does not end with 0.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Boot(#[from] boot::BootError),
    #[error(transparent)]
    Serve(#[from] lifecycle::ServeError),
    #[error(transparent)]
    Command(#[from] cli::CommandError),
    #[error(transparent)]
    Restore(#[from] cli::restore::RestoreError),
    #[error("the program cannot start its threads: {0}")]
    Runtime(#[from] std::io::Error),
}

impl Failure {
    fn code(&self) -> ExitCode {
        match self {
            Self::Command(cli::CommandError::Unconfirmed) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    // One provider for everything that speaks TLS; installing it again changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = match command {
        Command::Serve(flags) => runtime.block_on(serve(&flags)),
        Command::Demo(flags) => runtime.block_on(demo(&flags)),
        Command::Plan(flags) => Ok(runtime.block_on(cli::declare::run(flags, Mode::Plan))?),
        Command::Apply(flags) => Ok(runtime.block_on(cli::declare::run(flags, Mode::Apply))?),
        Command::Explain(flags) => Ok(runtime.block_on(cli::explain::run(flags))?),
        Command::Doctor(flags) => Ok(runtime.block_on(doctor::run(&flags))?),
        Command::Backup(flags) => Ok(runtime.block_on(cli::backup::run(flags))?),
        Command::Restore(flags) => Ok(cli::restore::run(&flags)?),
        Command::Resume(flags) => Ok(runtime.block_on(cli::resume::run(flags))?),
        Command::Verify(flags) => Ok(runtime.block_on(cli::verify::run(flags))?),
    };
    // What still runs by now was given its time; a lookup in a resolver's thread is not worth more.
    runtime.shutdown_background();
    result
}

async fn serve(flags: &Serve) -> Result<(), Failure> {
    let variables: boot::Variables = std::env::vars_os().collect();
    let boot = boot::load(flags.process.config.as_deref(), &variables, &flags.flags())?;
    let admin_token = boot::admin_token(&variables)?;
    telemetry::start_log(&boot.log);
    Ok(lifecycle::serve(boot, admin_token).await?)
}

async fn demo(flags: &cli::Demo) -> Result<(), Failure> {
    let variables: boot::Variables = std::env::vars_os().collect();
    let prepared = demo::prepare(flags, &variables, &ambient::SystemRandom)?;
    let admin_token = boot::admin_token(&variables)?;
    telemetry::start_log(&prepared.boot.log);
    let ended = lifecycle::demo(prepared.boot, admin_token).await;
    // Only now: the database is closed.
    drop(prepared.temporary);
    Ok(ended?)
}
