//! The machine: its name, its idle share, the memory of a process.

use std::time::{Duration, Instant};

use super::Outcome;

/// How long the machine is watched before a cell.
const WATCHED: Duration = Duration::from_secs(1);

/// The time, for measuring.
#[expect(
    clippy::disallowed_methods,
    reason = "measuring is what a benchmark is for"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970.
pub(crate) fn unix_s() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The share of the machine's time that nobody uses, in percent, watched for a second.
pub(crate) fn idle_percent() -> f64 {
    let (idle_before, all_before) = ticks();
    std::thread::sleep(WATCHED);
    let (idle, all) = ticks();
    100.0 * (idle - idle_before) / (all - all_before).max(1.0)
}

fn ticks() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = first
        .split_whitespace()
        .skip(1)
        .take(8)
        .filter_map(|tick| tick.parse().ok())
        .collect();
    // The fourth column is idle time. The fifth, waiting for the disk, is left out: a busy disk is no idle machine.
    (ticks.get(3).copied().unwrap_or(0.0), ticks.iter().sum())
}

/// The machine in a line.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let memory_kib: u64 = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    format!(
        "{cores} cores ({}), {} GiB, Linux {}",
        processor.trim(),
        (memory_kib + (1 << 19)) >> 20,
        kernel.trim()
    )
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The resident memory of a process in MiB.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_mib(process: u32) -> Outcome<f64> {
    let found = field(&format!("/proc/{process}/status"), "VmRSS");
    let kib = found.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kib.ok_or("the process is gone")? / 1_024.0)
}
