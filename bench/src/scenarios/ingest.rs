//! Events a second that are in the database when they are answered, against Alertmanager, which keeps alerts in memory.
//!
//! Both open one incident (one group) for each event, and tell one webhook of each, or nobody. Every cell starts anew on
//! an empty directory; the cells of a round follow each other, and only ratios inside a round are compared.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;

use crate::harness::http::{Load, Loaded, quantile};
use crate::harness::machine::idle_percent;
use crate::harness::report::{Report, finding, progress, ratio, rounds};
use crate::harness::sink::Sink;
use crate::harness::watchbell::{Paging, Watchbell, declared, trigger};
use crate::harness::{Bench, Outcome};
use crate::peers::alertmanager::{ALERTS, Alertmanager, alert};

const EVENTS: usize = 20_000;
const CONNECTIONS: [usize; 2] = [64, 256];

/// What the store has as its default.
const GROUP_MAX: usize = 256;

/// How long the webhooks may be silent before we give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who takes the events, and what they do with them.
#[derive(Clone, Copy)]
enum Cell {
    Watchbell {
        webhook: bool,
    },
    /// Watchbell inside the bench, so many closures to a commit.
    Inside {
        webhook: bool,
        batch_max: usize,
    },
    Alertmanager {
        webhook: bool,
    },
}

const CELLS: [(&str, Cell); 7] = [
    ("Watchbell, webhook", Cell::Watchbell { webhook: true }),
    (
        "Alertmanager, webhook",
        Cell::Alertmanager { webhook: true },
    ),
    (
        "Watchbell, urgency none",
        Cell::Watchbell { webhook: false },
    ),
    (
        "Alertmanager, no receiver",
        Cell::Alertmanager { webhook: false },
    ),
    (
        "Inside the bench, urgency none, group commit on",
        Cell::Inside {
            webhook: false,
            batch_max: GROUP_MAX,
        },
    ),
    (
        "Inside the bench, urgency none, group commit off",
        Cell::Inside {
            webhook: false,
            batch_max: 1,
        },
    ),
    (
        "Inside the bench, webhook, group commit off",
        Cell::Inside {
            webhook: true,
            batch_max: 1,
        },
    ),
];

/// What one cell came to, over its rounds.
#[derive(Default)]
struct Found {
    per_second: Vec<f64>,
    p99_ms: Vec<f64>,
    told_per_second: Vec<f64>,
    idle_percent: Vec<f64>,
}

/// Measures all cells in all rounds.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let mut report = Report {
        title: "Ingest (`ingest`)",
        workload: format!(
            "{EVENTS} events, each with a dedup key of its own, a payload of 300 bytes and an incident of its own; for \
             Alertmanager as many distinct alerts of 300 bytes, one group each, `group_wait: 0s`; one event or alert a \
             request, closed loop; a fresh process and directory for each cell, cells inside the bench in the first round only. \"told\" is webhooks a second until \
             the last one came, from the first request on."
        ),
        columns: &[
            "connections",
            "cell",
            "answered a second",
            "p99 of an answer, ms",
            "told a second",
            "idle before, %",
        ],
        rows: Vec::new(),
        findings: Vec::new(),
    };
    for connections in CONNECTIONS {
        let mut found: [Found; CELLS.len()] = Default::default();
        for round in 0..bench.rounds {
            for ((name, cell), found) in CELLS.iter().zip(&mut found) {
                // Without group commit a cell takes a minute on a busy disk; it is a figure, and has no target.
                if round > 0 && matches!(cell, Cell::Inside { .. }) {
                    continue;
                }
                measure(bench, *cell, connections, found)?;
                // A whole run takes minutes.
                let per_second = found.per_second.last().unwrap_or(&0.0);
                progress(&format!(
                    "{connections} connections, {name}: {per_second:.0}/s"
                ));
            }
        }
        for ((name, _), found) in CELLS.iter().zip(&found) {
            report.rows.push(found.row(connections, name));
        }
        report.findings.extend(findings(connections, &found));
    }
    Ok(report)
}

impl Found {
    fn row(&self, connections: usize, name: &str) -> Vec<String> {
        let told = match self.told_per_second.is_empty() {
            true => "-".to_owned(),
            false => rounds(&self.told_per_second, 0),
        };
        vec![
            connections.to_string(),
            name.to_owned(),
            rounds(&self.per_second, 0),
            rounds(&self.p99_ms, 1),
            told,
            rounds(&self.idle_percent, 0),
        ]
    }
}

fn findings(connections: usize, found: &[Found; CELLS.len()]) -> Vec<String> {
    let [
        webhook,
        their_webhook,
        none,
        their_none,
        inside,
        single,
        single_webhook,
    ] = found;
    let paging = ratio(&webhook.per_second, &their_webhook.per_second);
    let told = ratio(&webhook.told_per_second, &their_webhook.told_per_second);
    let recording = ratio(&none.per_second, &their_none.per_second);
    vec![
        finding(
            &format!("{connections} connections, with a webhook"),
            &format!("{paging:.2} of Alertmanager (of its webhooks a second: {told:.2})"),
            "1.0",
            paging >= 1.0,
        ),
        finding(
            &format!("{connections} connections, urgency none"),
            &format!("{recording:.2} of Alertmanager, which loses all at kill -9"),
            "0.4",
            recording >= 0.4,
        ),
        format!(
            "{connections} connections, group commit off: {:.2} of the same with it (urgency none); {:.2} of \
             Alertmanager with a webhook.",
            ratio(&single.per_second, &inside.per_second),
            ratio(&single_webhook.per_second, &their_webhook.per_second),
        ),
    ]
}

fn measure(bench: &Bench, cell: Cell, connections: usize, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let idle = idle_percent();
    let (loaded, told) = bench.wait(one(bench, folder.path(), cell, connections))?;
    found.idle_percent.push(idle);
    found.per_second.push(loaded.per_second());
    found
        .p99_ms
        .push(quantile(&loaded.latencies, 0.99).as_secs_f64() * 1e3);
    found
        .told_per_second
        .extend(told.map(|took| EVENTS as f64 / took.as_secs_f64()));
    Ok(())
}

/// Runs one cell; also says how long it took until every webhook was called.
async fn one(
    bench: &Bench,
    folder: &Path,
    cell: Cell,
    connections: usize,
) -> Outcome<(Loaded, Option<Duration>)> {
    let sink = Sink::start().await?;
    match cell {
        Cell::Watchbell { webhook } | Cell::Inside { webhook, .. } => {
            let server = start(bench, &folder.join("data"), cell)?;
            let paging = match webhook {
                true => Paging::Webhook(sink.address),
                false => Paging::Nobody,
            };
            server.apply(&declared(paging)).await?;
            let load = load(server.address, "/v2/enqueue", connections, trigger);
            let done = finish(load, webhook, &sink).await?;
            let incidents = server.incidents_opened().await?;
            if incidents != EVENTS as u64 {
                return Err(format!("{EVENTS} events opened {incidents} incidents").into());
            }
            Ok(done)
        }
        Cell::Alertmanager { webhook } => {
            let peer = Alertmanager::start(folder, webhook.then_some(sink.address))?;
            let load = load(peer.address, ALERTS, connections, alert);
            finish(load, webhook, &sink).await
        }
    }
}

fn start(bench: &Bench, data: &Path, cell: Cell) -> Outcome<Watchbell> {
    let Cell::Inside { batch_max, .. } = cell else {
        return Watchbell::start(bench, data);
    };
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("serve-inside");
    command.args(["--batch-max", &batch_max.to_string()]);
    Watchbell::start_as(command, data)
}

fn load(
    address: std::net::SocketAddr,
    path: &'static str,
    connections: usize,
    body: fn(usize) -> Bytes,
) -> Load {
    Load {
        address,
        path,
        connections,
        requests: EVENTS,
        body: Arc::new(body),
        stop: Arc::new(AtomicBool::new(false)),
    }
}

async fn finish(load: Load, webhook: bool, sink: &Sink) -> Outcome<(Loaded, Option<Duration>)> {
    let loaded = load.run().await?;
    if !webhook {
        return Ok((loaded, None));
    }
    sink.wait_for(EVENTS, PATIENCE).await?;
    let last = sink.arrivals().into_iter().map(|arrival| arrival.at).max();
    let told = last.map(|at| at.duration_since(loaded.begun));
    Ok((loaded, told))
}
