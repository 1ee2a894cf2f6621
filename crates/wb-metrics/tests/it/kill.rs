//! A process killed at any moment loses nothing that it had been told is stored.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use wb_metrics::store::Limits;
use wb_ports::MetricSource;

use crate::support::{HandClock, START, append, limits, open, schema};

const FOLDER: &str = "WB_METRICS_KILL_FOLDER";
const SERIES: i64 = 8;
const RULES: &str = "1s:1d,10s:10d";

/// Small limits, so that seals and cuts happen all the time.
fn busy() -> Limits {
    Limits {
        head_points: 200,
        wal_points: 300,
        idle_s: 5,
        ..limits()
    }
}

/// The child: writes one second of every series at a time, says so once it is stored, and does
/// upkeep in between. Every third second is written again, ten seconds late.
#[test]
#[ignore = "the other test runs it as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the parent names the folder")]
fn child() {
    let folder = std::env::var(FOLDER).unwrap();
    let clock = HandClock::at(START);
    let store = open(
        &Path::new(&folder).join("metrics.db"),
        &schema(RULES),
        &busy(),
        &clock,
    );
    let begin = store
        .fetch("s0", START, START + 80_000, START + 80_000)
        .unwrap();
    let stored = begin
        .first()
        .map_or(0, |points| points.values.iter().flatten().count());
    for second in i64::try_from(stored).unwrap().. {
        clock.set(START + second);
        let names: Vec<String> = (0..SERIES).map(|n| format!("s{n}")).collect();
        let mut samples: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), START + 1 + second, value(second)))
            .collect();
        let late = second - 10;
        if late >= 0 && late % 3 == 0 {
            samples.extend(
                names
                    .iter()
                    .map(|name| (name.as_str(), START + 1 + late, -value(late))),
            );
        }
        append(&store, &samples);
        println!("stored {second}");
        if second % 7 == 0 {
            store.maintain(START + second).unwrap();
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn value(second: i64) -> f64 {
    second as f64 + 0.25
}

#[test]
fn nothing_acknowledged_is_missing_after_a_kill() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut last = -1;
    for run in 0..4 {
        last = run_and_kill(folder.path(), 150 + run * 37).max(last);
        check(folder.path(), last);
    }
    assert!(last > 500);
}

/// Lets the child write, kills it, and returns the last second that it said was stored.
fn run_and_kill(folder: &Path, lines: usize) -> i64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::child", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut out = out.lines().map_while(Result::ok);
    // The first line may begin with the name of the test.
    let number = |line: String| line.split("stored ").nth(1)?.trim().parse::<i64>().ok();
    let mut said: Vec<i64> = out.by_ref().filter_map(number).take(lines).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(out.filter_map(number));
    said.last().copied().unwrap()
}

fn check(folder: &Path, last: i64) {
    let clock = HandClock::at(START + last);
    let store = open(&folder.join("metrics.db"), &schema(RULES), &busy(), &clock);
    let fetched = store
        .fetch("*", START, START + last + 1, START + last + 1)
        .unwrap();
    assert_eq!(fetched.len(), usize::try_from(SERIES).unwrap());
    for points in &fetched {
        assert_eq!((points.start_s, points.step_s), (START + 1, 1));
        for (second, stored) in (0..=last).zip(&points.values) {
            let rewritten = second % 3 == 0 && second + 10 <= last;
            let may_be = second % 3 == 0 && *stored == Some(-value(second));
            let expected = if rewritten {
                -value(second)
            } else {
                value(second)
            };
            assert!(
                *stored == Some(expected) || (may_be && !rewritten),
                "{} at {second}: {stored:?}",
                points.name
            );
        }
    }
}
