//! Plays fresh seeds on all processors until the time is up or an invariant breaks:
//! `soak [SECONDS] [FIRST_SEED] [STEPS]`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use wb_sim::{Failure, Mode, Options, Report, run};

const SECONDS: u64 = 600;
const STEPS: usize = 400;

#[allow(
    clippy::disallowed_methods,
    reason = "a tool at the border: it measures time and takes its first seed from it"
)]
fn main() -> ExitCode {
    let number = |n| std::env::args().nth(n).and_then(|text| text.parse().ok());
    let seconds: u64 = number(1).unwrap_or(SECONDS);
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let first = number(2).unwrap_or_else(|| since_epoch.map_or(0, |since| since.as_secs()) << 20);
    let steps = number(3)
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(STEPS);
    let begun = Instant::now();
    let next = AtomicU64::new(first);
    let stop = AtomicBool::new(false);
    let all = Mutex::new((Report::default(), Vec::<Failure>::new()));
    let play = || {
        while !stop.load(Ordering::Relaxed) && begun.elapsed() < Duration::from_secs(seconds) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            for mode in [Mode::One, Mode::Split] {
                let played = run(seed, Options { mode, steps });
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                match played {
                    Ok(report) => all.0.add(report),
                    Err(failure) => {
                        all.1.push(failure);
                        stop.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    let (report, failures) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seeds = next.into_inner() - first;
    let took_s = begun.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    let said = writeln!(
        out,
        "{seeds} seeds from {first}, both modes, in {took_s:.1} s: {report:?}"
    );
    let told = failures
        .iter()
        .try_for_each(|failure| writeln!(out, "{failure}"));
    if failures.is_empty() && said.is_ok() && told.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
