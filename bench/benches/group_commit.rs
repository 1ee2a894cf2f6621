//! What group commit is worth: closures that accept one event each (one SELECT, four writes), in a closed loop of 64
//! and of 512 callers, on a SQLite file with group commit, on the same with a COMMIT per closure, and on PostgreSQL
//! with a transaction per closure. All cells of a round run one after the other on the same disk; only the ratios
//! inside a round mean anything.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use uuid::Uuid;
use wb_store::db::{Error, Lane, PostgresOptions, Sql, SqliteOptions, Store, Tx, sql, two};
use wb_store::params;

const ROUNDS: usize = 3;
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(2);
const ALERTS: u64 = 1_000;

const TABLES: [Sql; 3] = [
    two(
        "CREATE TABLE b_event (id BLOB NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT",
        "CREATE TABLE b_event (id UUID NOT NULL PRIMARY KEY, body BYTEA NOT NULL)",
    ),
    two(
        "CREATE TABLE b_alert (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT",
        "CREATE TABLE b_alert (id UUID NOT NULL PRIMARY KEY, version BIGINT NOT NULL)",
    ),
    two(
        "CREATE TABLE b_outbox (id BLOB NOT NULL PRIMARY KEY, due_at INTEGER NOT NULL) STRICT",
        "CREATE TABLE b_outbox (id UUID NOT NULL PRIMARY KEY, due_at BIGINT NOT NULL)",
    ),
];
const LOAD: Sql = sql("SELECT version FROM b_alert WHERE id = $1");
const OPEN: Sql = sql("INSERT INTO b_alert (id, version) VALUES ($1, 0)");
const SAVE: Sql = sql("UPDATE b_alert SET version = version + 1 WHERE id = $1 AND version = $2");
const EVENT: Sql = sql("INSERT INTO b_event (id, body) VALUES ($1, $2)");
const DUE: Sql = sql("INSERT INTO b_outbox (id, due_at) VALUES ($1, $2)");

/// What one cell came to.
struct Cell {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    idle_percent: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    println!(
        "idle before: {:.0} %",
        idle_during(|| std::thread::sleep(Duration::from_secs(1)))
    );
    let folder = tempfile::TempDir::new()?;
    let file = |name: &str| SqliteOptions::file(folder.path().join(name));
    let grouped = prepared(Store::open_sqlite(file("grouped.db"))?)?;
    let alone = prepared(Store::open_sqlite(SqliteOptions {
        batch_max: 1,
        ..file("alone.db")
    })?)?;
    let database = wb_testkit::pg::database()?;
    let postgres = prepared(Store::open_postgres(PostgresOptions::url(database.url()))?)?;
    let ids = Arc::new(AtomicU64::new(0));
    for callers in [64, 512] {
        for round in 1..=ROUNDS {
            let mut baseline = None;
            let stores = [
                ("SQLite, COMMIT each", &alone),
                ("SQLite, group commit", &grouped),
                ("PostgreSQL", &postgres),
            ];
            for (name, store) in stores {
                let cell = measure(&runtime, store, callers, &ids)?;
                let base = *baseline.get_or_insert(cell.per_second);
                println!(
                    "{callers:>4} callers, round {round}: {name:<21} {:>7.0}/s = {:>4.1}x, p50 {:>6.1} ms, p99 {:>6.1} ms, idle {:>2.0} %",
                    cell.per_second,
                    cell.per_second / base,
                    cell.p50_ms,
                    cell.p99_ms,
                    cell.idle_percent
                );
            }
        }
    }
    for (name, store) in [
        ("SQLite, group commit", &grouped),
        ("PostgreSQL", &postgres),
    ] {
        check(name, store)?;
    }
    Ok(())
}

fn prepared(store: Store) -> Result<Store, Error> {
    for table in TABLES {
        store.write_blocking(Lane::People, move |tx| tx.exec(&table, &[]).map(drop))?;
    }
    store.write_blocking(Lane::People, |tx| {
        (0..ALERTS).try_for_each(|n| tx.put(&OPEN, params![alert_id(n)], 1))
    })?;
    Ok(store)
}

fn alert_id(n: u64) -> Uuid {
    Uuid::from_u64_pair(n, 0)
}

/// Accepts one event: the shape of the hot path, without its decisions.
fn accept(tx: &mut Tx<'_>, n: u64, body: &[u8]) -> Result<(), Error> {
    let alert = alert_id(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % ALERTS);
    let version = tx.query_one(&LOAD, params![alert], |row| row.i64(0))?;
    tx.put(&EVENT, params![Uuid::from_u64_pair(n, 1), body], 1)?;
    tx.put(&SAVE, params![alert, version], 1)?;
    tx.put(&DUE, params![Uuid::from_u64_pair(n, 2), 1_i64], 1)?;
    tx.put(&DUE, params![Uuid::from_u64_pair(n, 3), 2_i64], 1)
}

fn measure(
    runtime: &Runtime,
    store: &Store,
    callers: u64,
    ids: &Arc<AtomicU64>,
) -> Result<Cell, Error> {
    let (counting, stop) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (store, ids) = (store.clone(), Arc::clone(ids));
            let (counting, stop) = (Arc::clone(&counting), Arc::clone(&stop));
            runtime.spawn(async move {
                let mut latencies_us = Vec::new();
                while !stop.load(Relaxed) {
                    let (n, started) = (ids.fetch_add(1, Relaxed), now());
                    let body = [b'x'; 330];
                    store
                        .write(Lane::Ingest, move |tx| accept(tx, n, &body))
                        .await?;
                    if counting.load(Relaxed) {
                        latencies_us.push(started.elapsed().as_micros());
                    }
                }
                Ok::<_, Error>(latencies_us)
            })
        })
        .collect();
    std::thread::sleep(WARM_UP);
    counting.store(true, Relaxed);
    let started = now();
    let idle_percent = idle_during(|| std::thread::sleep(MEASURED));
    counting.store(false, Relaxed);
    let elapsed = started.elapsed();
    stop.store(true, Relaxed);
    let mut latencies_us = Vec::new();
    for task in tasks {
        latencies_us.extend(runtime.block_on(task).unwrap_or(Err(Error::Closed))?);
    }
    latencies_us.sort_unstable();
    let at = |share: f64| {
        let index = (latencies_us.len() as f64 * share) as usize;
        latencies_us
            .get(index)
            .map_or(0.0, |us| *us as f64 / 1_000.0)
    };
    Ok(Cell {
        per_second: latencies_us.len() as f64 / elapsed.as_secs_f64(),
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        idle_percent,
    })
}

/// No event may be without its bump of an alert, and none bumped twice.
fn check(name: &str, store: &Store) -> Result<(), Error> {
    const SUMS: Sql = two(
        "SELECT (SELECT count(*) FROM b_event), (SELECT sum(version) FROM b_alert)",
        "SELECT (SELECT count(*) FROM b_event), (SELECT sum(version)::bigint FROM b_alert)",
    );
    let (events, bumps) =
        store.read_blocking(|tx| tx.query_one(&SUMS, &[], |row| Ok((row.i64(0)?, row.i64(1)?))))?;
    let stats = store.stats();
    let verdict = if events == bumps {
        "no lost update"
    } else {
        "LOST UPDATES"
    };
    let per_commit = stats.closures_total as f64 / stats.commits_total.max(1) as f64;
    println!(
        "{name}: {events} events, {bumps} bumps: {verdict}; {per_commit:.1} closures a commit, {} reruns",
        stats.reruns_total
    );
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring is what a benchmark is for"
)]
fn now() -> Instant {
    Instant::now()
}

/// The share of the machine's time that nobody used meanwhile, in percent.
fn idle_during(run: impl FnOnce()) -> f64 {
    let (idle_before, all_before) = ticks();
    run();
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
        .filter_map(|t| t.parse().ok())
        .collect();
    // The fourth column is idle time, the fifth waiting for the disk.
    (ticks.iter().skip(3).take(2).sum(), ticks.iter().sum())
}
