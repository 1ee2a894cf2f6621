//! The log on standard error and the metrics.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use metrics::{describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};
use tracing_subscriber::EnvFilter;
use wb_adapters::listen::carbon::{Counters, DropReason, LineFault};
use wb_http::RenderMetrics;
use wb_store::db::Store;

use crate::boot::Log;

/// Buckets of durations in seconds.
const BUCKETS_S: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// How often finished samples are folded together.
const UPKEEP_EVERY: Duration = Duration::from_secs(10);

/// Starts the log. Standard output stays free for the one line that says we are ready.
pub(crate) fn start_log(log: &Log) {
    // The level was checked with the boot configuration.
    let filter = log.level.parse::<EnvFilter>().unwrap_or_default();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = if log.format == "json" {
        lines.json().try_init()
    } else {
        lines
            .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .try_init()
    };
    // Only fails when a log was started before, which then serves.
    drop(started);
}

/// Starts the metrics and gives the function that renders them.
///
/// # Errors
/// When the recorder cannot be set up.
pub(crate) fn start_metrics(
    store: &Store,
    carbon: Option<Arc<Counters>>,
) -> Result<RenderMetrics, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS_S)?
        .install_recorder()?;
    describe_gauge!(
        "watchbell_store_waiting",
        "Closures waiting for the database, by lane"
    );
    describe_counter!("watchbell_store_commits_total", "Transactions committed");
    describe_counter!("watchbell_store_closures_total", "Write closures answered");
    describe_counter!(
        "watchbell_store_reruns_total",
        "Closures that had to run once more"
    );
    describe_counter!(
        "watchbell_store_full_total",
        "Closures refused because a lane was full"
    );
    describe_gauge!(
        "watchbell_store_last_commit_seconds",
        "How long the last commit took"
    );
    if carbon.is_some() {
        describe_carbon();
    }
    let upkeep = handle.clone();
    tokio::spawn(async move {
        // Histograms keep every sample until this, also where nobody ever asks for metrics.
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            upkeep.run_upkeep();
        }
    });
    let store = store.clone();
    Ok(Arc::new(move || {
        note_store(&store);
        if let Some(carbon) = &carbon {
            note_carbon(carbon);
        }
        handle.render()
    }))
}

fn note_store(store: &Store) {
    let stats = store.stats();
    for (lane, waiting) in [
        ("people", stats.waiting_people),
        ("timers", stats.waiting_timers),
        ("ingest", stats.waiting_ingest),
        ("maintenance", stats.waiting_maintenance),
        ("reads", stats.waiting_reads),
    ] {
        gauge!("watchbell_store_waiting", "lane" => lane).set(waiting as f64);
    }
    metrics::counter!("watchbell_store_commits_total").absolute(stats.commits_total);
    metrics::counter!("watchbell_store_closures_total").absolute(stats.closures_total);
    metrics::counter!("watchbell_store_reruns_total").absolute(stats.reruns_total);
    metrics::counter!("watchbell_store_full_total").absolute(stats.full_total);
    gauge!("watchbell_store_last_commit_seconds").set(stats.last_commit_us as f64 / 1e6);
}

fn describe_carbon() {
    describe_gauge!(
        "watchbell_carbon_connections",
        "Connections that send carbon's lines"
    );
    describe_counter!(
        "watchbell_carbon_connections_total",
        "Connections let in for carbon's lines"
    );
    describe_counter!(
        "watchbell_carbon_refused_peers_total",
        "Connections and datagrams of peers that carbon.allow does not name"
    );
    describe_counter!("watchbell_carbon_samples_total", "Samples stored");
    describe_counter!(
        "watchbell_carbon_bad_lines_total",
        "Lines that could not be read, by reason"
    );
    describe_counter!(
        "watchbell_carbon_dropped_total",
        "Samples of good lines that were not stored, by reason"
    );
}

fn note_carbon(carbon: &Counters) {
    let stats = carbon.stats();
    gauge!("watchbell_carbon_connections").set(stats.connections_open as f64);
    metrics::counter!("watchbell_carbon_connections_total").absolute(stats.connections);
    metrics::counter!("watchbell_carbon_refused_peers_total").absolute(stats.refused_peers);
    metrics::counter!("watchbell_carbon_samples_total").absolute(stats.samples);
    for (fault, count) in LineFault::ALL.iter().zip(stats.bad_lines) {
        metrics::counter!("watchbell_carbon_bad_lines_total", "reason" => fault.word())
            .absolute(count);
    }
    for (reason, count) in DropReason::ALL.iter().zip(stats.dropped) {
        metrics::counter!("watchbell_carbon_dropped_total", "reason" => reason.word())
            .absolute(count);
    }
}
