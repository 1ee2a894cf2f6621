//! One evaluation of 1,000 threshold monitors, each over a series of its own.
//!
//! Measured inside the bench: one tick of the worker with all monitors due at once, which the shipped binary spreads
//! over their period. It reads the metric store, judges, and reads the groups with an episode under way.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use wb_app::Caller;
use wb_app::monitors::MonitorState;
use wb_app::workers::{Monitors, Worker as _};
use wb_ports::{Clock as _, Sample, SampleSink as _};

use crate::harness::http::Connection;
use crate::harness::machine::{idle_percent, now};
use crate::harness::report::{Report, finding, median, rounds};
use crate::harness::watchbell::{Paging, TOKEN, declared};
use crate::harness::{Bench, Outcome};
use crate::inside::{self, Inside};

const MONITORS: usize = 1_000;

/// Seconds of a monitor's period.
const EVERY_S: i64 = 30;

/// Seconds between two points of a series.
const STEP_S: i64 = 10;

/// Seconds of points before the first evaluation.
const HISTORY_S: i64 = 3_600;

/// Evaluations in a round; its figure is the middle one.
const EVALUATIONS: usize = 9;

/// Measures.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let (mut took_ms, mut slowest_ms, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir()?;
        idle.push(idle_percent());
        let ticks = bench.wait(one(folder.path()))?;
        let ms: Vec<f64> = ticks.iter().map(|tick| tick.as_secs_f64() * 1e3).collect();
        took_ms.push(median(&ms));
        slowest_ms.push(ms.iter().copied().fold(0.0, f64::max));
    }
    let middle_ms = median(&took_ms);
    Ok(Report {
        title: "1,000 monitors (`monitors`)",
        workload: format!(
            "{MONITORS} monitors (over a threshold for 120 s, every {EVERY_S} s), each over one series with a point \
             every {STEP_S} s for an hour, none of them firing; one tick of the worker with all of them due, \
             {EVALUATIONS} ticks a round, in this process over the metric store and SQLite in files."
        ),
        columns: &[
            "one evaluation of all, ms",
            "slowest of the round, ms",
            "idle before, %",
        ],
        rows: vec![vec![
            rounds(&took_ms, 1),
            rounds(&slowest_ms, 1),
            rounds(&idle, 0),
        ]],
        findings: vec![finding(
            "1,000 threshold monitors",
            &format!("{middle_ms:.1} ms"),
            "under 50 ms",
            middle_ms < 50.0,
        )],
    })
}

async fn one(folder: &Path) -> Outcome<Vec<Duration>> {
    let inside = inside::start(folder, "127.0.0.1:0".parse()?, 256).await?;
    apply(&inside, &monitors()).await?;
    let now_s = inside.clock.now().as_secs();
    for at_s in (now_s - HISTORY_S..now_s).step_by(STEP_S as usize) {
        feed(&inside, at_s).await?;
    }
    // The first tick learns the monitors; none is due before its period is over.
    Monitors.tick(&inside.app, inside.clock.now()).await?;
    let mut ticks = Vec::new();
    for _ in 0..EVALUATIONS {
        inside.clock.forward_s(EVERY_S);
        let at_s = inside.clock.now().as_secs();
        for before_s in (0..EVERY_S).step_by(STEP_S as usize) {
            feed(&inside, at_s - before_s).await?;
        }
        let begun = now();
        let report = Monitors.tick(&inside.app, inside.clock.now()).await?;
        ticks.push(begun.elapsed());
        if (report.done, report.failed) != (0, 0) {
            return Err(format!("nothing should have changed, but {report:?}").into());
        }
    }
    all_evaluated(&inside).await?;
    Ok(ticks)
}

/// A monitor that was never evaluated, or over no series, would be a fast one.
async fn all_evaluated(inside: &Inside) -> Outcome<()> {
    let config = inside.app.config();
    let mut well = 0;
    for monitor in config.monitors.keys() {
        let view = inside.app.monitor_view(&Caller::system(), *monitor).await?;
        well += usize::from(view.state == MonitorState::Well);
    }
    match well {
        MONITORS => Ok(()),
        few => Err(format!("only {few} monitors are evaluated and well").into()),
    }
}

fn series(number: usize) -> String {
    format!("bench.host{number:04}.latency")
}

fn monitors() -> Value {
    let mut declaration = declared(Paging::Nobody);
    let monitor = |number: usize| {
        json!({
            "service": "checkout", "name": format!("Latency {number:04}"), "target": series(number),
            "side": "above", "threshold": 500.0, "for_s": 120, "every_s": EVERY_S,
        })
    };
    declaration["monitors"] = (0..MONITORS).map(monitor).collect();
    declaration
}

async fn apply(inside: &Inside, declaration: &Value) -> Outcome<()> {
    let mut connection = Connection::open(inside.address, Some(TOKEN)).await?;
    let path = "/api/v1/config/apply";
    let body = declaration.to_string().into();
    let answer = connection.send(hyper::Method::POST, path, body).await?;
    match answer.status.is_success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&answer.body).into_owned().into()),
    }
}

async fn feed(inside: &Inside, at_s: i64) -> Outcome<()> {
    let sample = |number| Sample {
        series: series(number),
        at_s,
        value: 100.0 + (number % 7) as f64,
    };
    inside
        .metrics
        .append((0..MONITORS).map(sample).collect())
        .await?;
    Ok(())
}
