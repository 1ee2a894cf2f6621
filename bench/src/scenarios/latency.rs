//! From event to webhook, where a webhook is the target of the first step: the time between sending an event and the
//! arrival of its page, at 100 events a second and in a burst of 1,000; and how long an acknowledgement takes while
//! ingest is saturated.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Method;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::harness::http::{Connection, Load, quantile};
use crate::harness::machine::{idle_percent, now};
use crate::harness::report::{Report, finding, median, rounds};
use crate::harness::sink::{Arrival, Sink};
use crate::harness::watchbell::{Paging, TOKEN, Watchbell, declared, trigger};
use crate::harness::{Bench, Outcome};
use crate::peers::alertmanager::{ALERTS, Alertmanager, alert};

const PACED: usize = 2_000;
const PACE: Duration = Duration::from_millis(10);
const BURST: usize = 1_000;
const CONNECTIONS: usize = 64;
const ACKNOWLEDGED: usize = 400;
const ACKNOWLEDGE_EVERY: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(30);

/// Figures of one program.
#[derive(Default)]
struct Found {
    paced_p50_ms: Vec<f64>,
    paced_p99_ms: Vec<f64>,
    burst_ms: Vec<f64>,
    acknowledged_p50_ms: Vec<f64>,
    acknowledged_p99_ms: Vec<f64>,
    saturated_per_second: Vec<f64>,
    idle_percent: Vec<f64>,
}

/// Measures Watchbell and Alertmanager, round by round.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let (mut ours, mut theirs) = (Found::default(), Found::default());
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir()?;
        ours.idle_percent.push(idle_percent());
        bench.wait(watchbell(bench, folder.path(), &mut ours))?;
        acknowledgements(bench, folder.path(), &mut ours)?;
        theirs.idle_percent.push(idle_percent());
        bench.wait(alertmanager(&folder.path().join("am"), &mut theirs))?;
    }
    let paced_ms = median(&ours.paced_p99_ms);
    let burst_ms = median(&ours.burst_ms);
    let acknowledged_ms = median(&ours.acknowledged_p99_ms);
    Ok(Report {
        title: "From event to webhook (`latency`)",
        workload: format!(
            "{PACED} events at 100 a second, each timed from sending it to the arrival of its page; then {BURST} \
             events over {CONNECTIONS} connections at once, timed from the first request to the last page; a policy \
             whose first step is the webhook; a fresh process each. Then {ACKNOWLEDGED} acknowledgements at 40 a \
             second from a thread of their own, while {CONNECTIONS} connections send new events as fast as they are \
             taken. Alertmanager with one group per alert and `group_wait: 0s`."
        ),
        columns: &[
            "program",
            "paced p50, ms",
            "paced p99, ms",
            "burst of 1,000 out, ms",
            "acknowledgement p50, ms",
            "acknowledgement p99, ms",
            "ingest meanwhile, a second",
            "idle before, %",
        ],
        rows: vec![ours.row("Watchbell"), theirs.row("Alertmanager")],
        findings: vec![
            finding(
                "Paced at 100 a second, p99",
                &format!("{paced_ms:.1} ms"),
                "under 20 ms",
                paced_ms < 20.0,
            ),
            finding(
                "A burst of 1,000",
                &format!("{burst_ms:.0} ms"),
                "within 1 s",
                burst_ms <= 1_000.0,
            ),
            finding(
                "An acknowledgement while ingest is saturated, p99",
                &format!("{acknowledged_ms:.1} ms"),
                "under 100 ms",
                acknowledged_ms < 100.0,
            ),
        ],
    })
}

impl Found {
    fn row(&self, name: &str) -> Vec<String> {
        let shown = |values: &[f64], digits| match values.is_empty() {
            true => "-".to_owned(),
            false => rounds(values, digits),
        };
        vec![
            name.to_owned(),
            shown(&self.paced_p50_ms, 1),
            shown(&self.paced_p99_ms, 1),
            shown(&self.burst_ms, 0),
            shown(&self.acknowledged_p50_ms, 1),
            shown(&self.acknowledged_p99_ms, 1),
            shown(&self.saturated_per_second, 0),
            shown(&self.idle_percent, 0),
        ]
    }

    fn paced(&mut self, latencies: &[Duration]) {
        self.paced_p50_ms.push(ms(quantile(latencies, 0.5)));
        self.paced_p99_ms.push(ms(quantile(latencies, 0.99)));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

async fn watchbell(bench: &Bench, folder: &Path, found: &mut Found) -> Outcome<()> {
    let sink = Sink::start().await?;
    let server = Watchbell::start(bench, &folder.join("paced"))?;
    server
        .apply(&declared(Paging::Webhook(sink.address)))
        .await?;
    found.paced(&paced(server.address, "/v2/enqueue", trigger, &sink).await?);
    let sink = Sink::start().await?;
    let server = Watchbell::start(bench, &folder.join("burst"))?;
    server
        .apply(&declared(Paging::Webhook(sink.address)))
        .await?;
    let out = burst(server.address, "/v2/enqueue", trigger, &sink).await?;
    found.burst_ms.push(ms(out));
    Ok(())
}

async fn alertmanager(folder: &Path, found: &mut Found) -> Outcome<()> {
    let sink = Sink::start().await?;
    let peer = Alertmanager::start(&folder.join("paced"), Some(sink.address))?;
    found.paced(&paced(peer.address, ALERTS, alert, &sink).await?);
    let sink = Sink::start().await?;
    let peer = Alertmanager::start(&folder.join("burst"), Some(sink.address))?;
    let out = burst(peer.address, ALERTS, alert, &sink).await?;
    found.burst_ms.push(ms(out));
    Ok(())
}

/// Sends at an even pace, whatever the answers do; the sorted times from sending to arrival.
async fn paced(
    address: SocketAddr,
    path: &'static str,
    body: fn(usize) -> Bytes,
    sink: &Sink,
) -> Outcome<Vec<Duration>> {
    let mut connections = Vec::new();
    for _ in 0..16 {
        let connection = Connection::open(address, None).await?;
        connections.push(Arc::new(Mutex::new(connection)));
    }
    let mut pace = tokio::time::interval(PACE);
    let mut sending = JoinSet::new();
    for number in 0..PACED {
        pace.tick().await;
        let connection = Arc::clone(&connections[number % connections.len()]);
        sending.spawn(async move {
            let sent = now();
            let mut connection = connection.lock().await;
            let answer = connection.send(Method::POST, path, body(number)).await?;
            match answer.status.is_success() {
                true => Outcome::Ok((number, sent)),
                false => Err(format!("{path} {}", answer.status).into()),
            }
        });
    }
    let mut sent = HashMap::new();
    while let Some(one) = sending.join_next().await {
        let (number, at) = one??;
        sent.insert(number, at);
    }
    sink.wait_for(PACED, PATIENCE).await?;
    let arrived = first_arrivals(sink.arrivals());
    let latency = |(number, sent): (&usize, &Instant)| {
        let at = arrived.get(number).ok_or("an event was never told")?;
        Outcome::Ok(at.duration_since(*sent))
    };
    let mut latencies = sent.iter().map(latency).collect::<Outcome<Vec<_>>>()?;
    latencies.sort_unstable();
    Ok(latencies)
}

/// When each event first arrived: its number stands in every message as `bench/000017`.
fn first_arrivals(arrivals: Vec<Arrival>) -> HashMap<usize, Instant> {
    let mut first = HashMap::new();
    for Arrival { at, body } in arrivals {
        let text = String::from_utf8_lossy(&body);
        let number = text
            .split_once("bench/")
            .and_then(|(_, rest)| rest.get(..6)?.parse().ok());
        if let Some(number) = number {
            let known = first.entry(number).or_insert(at);
            *known = at.min(*known);
        }
    }
    first
}

/// Sends all at once; the time from the first request to the last arrival.
async fn burst(
    address: SocketAddr,
    path: &'static str,
    body: fn(usize) -> Bytes,
    sink: &Sink,
) -> Outcome<Duration> {
    let load = Load {
        address,
        path,
        connections: CONNECTIONS,
        requests: BURST,
        body: Arc::new(body),
        stop: Arc::default(),
    };
    let loaded = load.run().await?;
    sink.wait_for(BURST, PATIENCE).await?;
    let last = sink.arrivals().into_iter().map(|one| one.at).max();
    let last = last.ok_or("nothing arrived")?;
    Ok(last.duration_since(loaded.begun))
}

/// Acknowledges while as many events come in as are taken.
fn acknowledgements(bench: &Bench, folder: &Path, found: &mut Found) -> Outcome<()> {
    let (server, sink, ids) = bench.wait(async {
        let sink = Sink::start().await?;
        let server = Watchbell::start(bench, &folder.join("busy"))?;
        server
            .apply(&declared(Paging::Webhook(sink.address)))
            .await?;
        let ids = incidents(&server, &sink).await?;
        Outcome::Ok((server, sink, ids))
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let load = Load {
        address: server.address,
        path: "/v2/enqueue",
        connections: CONNECTIONS,
        requests: usize::MAX,
        body: Arc::new(|number| trigger(BURST + number)),
        stop: Arc::clone(&stop),
    };
    let address = server.address;
    // A thread of its own, so that what is measured does not wait for the load's own work.
    let clicking = std::thread::spawn(move || {
        let clicked = acknowledge_all(address, &ids);
        stop.store(true, Relaxed);
        clicked
    });
    let loaded = bench.wait(load.run())?;
    let clicked = clicking.join().map_err(|_| "the thread panicked")??;
    found.acknowledged_p50_ms.push(ms(quantile(&clicked, 0.5)));
    found.acknowledged_p99_ms.push(ms(quantile(&clicked, 0.99)));
    found.saturated_per_second.push(loaded.per_second());
    drop((server, sink));
    Ok(())
}

/// Opens incidents and gives the ids of some of them.
async fn incidents(server: &Watchbell, sink: &Sink) -> Outcome<Vec<String>> {
    burst(server.address, "/v2/enqueue", trigger, sink).await?;
    let (mut ids, mut path) = (Vec::new(), "/api/v1/incidents?limit=200".to_owned());
    while ids.len() < ACKNOWLEDGED {
        let page = server.call(Method::GET, &path, None).await?;
        let items = page["items"].as_array().ok_or("no list of incidents")?;
        let found = items.iter().filter_map(|item| item["id"].as_str());
        ids.extend(found.map(ToOwned::to_owned));
        let next = page["next"].as_str();
        match next {
            Some(cursor) => path = format!("/api/v1/incidents?limit=200&cursor={cursor}"),
            None => break,
        }
    }
    ids.truncate(ACKNOWLEDGED);
    match ids.len() {
        ACKNOWLEDGED => Ok(ids),
        few => Err(format!("only {few} incidents to acknowledge").into()),
    }
}

/// Acknowledges one after the other; the sorted times.
fn acknowledge_all(address: SocketAddr, ids: &[String]) -> Outcome<Vec<Duration>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address, Some(TOKEN)).await?;
        let mut pace = tokio::time::interval(ACKNOWLEDGE_EVERY);
        let mut taken = Vec::with_capacity(ids.len());
        // The load needs a moment to be at its full height.
        tokio::time::sleep(Duration::from_secs(1)).await;
        for id in ids {
            pace.tick().await;
            let path = format!("/api/v1/incidents/{id}/acknowledge");
            let sent = now();
            let answer = connection.send(Method::POST, &path, Bytes::new()).await?;
            taken.push(sent.elapsed());
            if !answer.status.is_success() {
                let text = String::from_utf8_lossy(&answer.body);
                return Err(format!("{path} {}: {text}", answer.status).into());
            }
        }
        taken.sort_unstable();
        Ok(taken)
    })
}
