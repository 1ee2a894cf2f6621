//! Whole-system benchmarks: the release binary under load, against its peers in the same run.
//!
//! `wb-bench` runs every scenario, `wb-bench ingest latency` those, `--write` adds the tables to `RESULTS.md`. Figures
//! are of one machine and one hour: every table carries the machine's idle share, and peers are measured in the same
//! run, cell after cell.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints what it measured"
)]

mod harness;
mod inside;
mod peers;
mod scenarios;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use harness::{Bench, Outcome, machine};
use scenarios::{ALL, Scenario};

// As the shipped binary has it, for what is measured inside this process.
#[cfg(not(debug_assertions))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Watchbell and its peers.
#[derive(Debug, Parser)]
#[command(name = "wb-bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    inner: Option<Inner>,
    /// The scenarios to run; all when left out.
    scenarios: Vec<String>,
    /// Say what there is, and which peers are missing.
    #[arg(long)]
    list: bool,
    /// Add the tables to bench/RESULTS.md.
    #[arg(long)]
    write: bool,
    /// How often each cell is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The binary that is measured; `watchbell` beside this program when left out.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// What the bench starts of itself.
#[derive(Debug, Subcommand)]
enum Inner {
    /// Serve Watchbell from inside the bench, with what the shipped binary has no switch for.
    #[command(hide = true)]
    ServeInside(inside::ServeInside),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.inner {
        Some(Inner::ServeInside(flags)) => serve_inside(flags),
        None => run(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wb-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve_inside(flags: &inside::ServeInside) -> Outcome<bool> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(inside::run(flags))?;
    Ok(true)
}

/// Runs what was asked for; whether all of it could be.
fn run(arguments: &Arguments) -> Outcome<bool> {
    let chosen = chosen(&arguments.scenarios)?;
    if arguments.list {
        chosen.iter().for_each(|scenario| list(scenario));
        return Ok(true);
    }
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("watchbell"),
    };
    if !program.is_file() {
        let hint = "make it with `cargo build --release -p watchbell`";
        return Err(format!("{} is not there; {hint}", program.display()).into());
    }
    if cfg!(debug_assertions) {
        eprintln!("wb-bench: this is no release build; its figures mean nothing");
    }
    let bench = Bench::new(program, arguments.rounds.max(1))?;
    let mut all_ran = true;
    for scenario in chosen {
        let missing = missing(scenario);
        if !missing.is_empty() {
            let packages = missing.join(" ");
            println!(
                "{} did not run, peers are missing: `apt-get install -y {packages}`\n",
                scenario.name
            );
            all_ran = false;
            continue;
        }
        match (scenario.run)(&bench) {
            Ok(report) => {
                let text = report.markdown(&machine::describe(), &command(arguments, scenario));
                println!("{text}");
                if arguments.write {
                    write(&text)?;
                }
            }
            Err(error) => {
                println!("{} could not be measured: {error}\n", scenario.name);
                all_ran = false;
            }
        }
    }
    Ok(all_ran)
}

fn chosen(names: &[String]) -> Outcome<Vec<&'static Scenario>> {
    if names.is_empty() {
        return Ok(ALL.iter().collect());
    }
    let find = |name: &String| {
        let known: Vec<&str> = ALL.iter().map(|scenario| scenario.name).collect();
        let found = ALL.iter().find(|scenario| scenario.name == name);
        found
            .ok_or_else(|| format!("there is no scenario {name}, only {}", known.join(", ")).into())
    };
    names.iter().map(find).collect()
}

fn list(scenario: &Scenario) {
    let missing = missing(scenario);
    let note = match missing.is_empty() {
        true => String::new(),
        false => format!(" (missing: apt-get install -y {})", missing.join(" ")),
    };
    println!("{:<10} {}{note}", scenario.name, scenario.about);
}

fn missing(scenario: &Scenario) -> Vec<&'static str> {
    let gone = scenario.peers.iter().filter(|peer| !peer.is_there());
    gone.map(|peer| peer.package).collect()
}

fn command(arguments: &Arguments, scenario: &Scenario) -> String {
    let rounds = arguments.rounds;
    format!(
        "cargo run --release -p wb-bench -- {} --rounds {rounds}",
        scenario.name
    )
}

fn write(text: &str) -> Outcome<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let mut file = OpenOptions::new().append(true).open(file)?;
    Ok(write!(file, "\n{text}")?)
}
