//! Samples a second, from the first line sent until the last can be read, against carbon-cache.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use hyper::Method;

use crate::harness::machine::{idle_percent, now, unix_s};
use crate::harness::report::{Report, finding, ratio, rounds};
use crate::harness::watchbell::Watchbell;
use crate::harness::{Bench, Outcome};
use crate::peers::carbon_cache::CarbonCache;

const CONNECTIONS: usize = 4;
const SERIES: usize = 1_000;
const POINTS: usize = 400;
const STEP_S: i64 = 10;

/// A value no other sample has: what is looked for.
const MARK: f64 = 123_456.5;

/// How often we look.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// For how long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_idle, mut their_idle) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir()?;
        our_idle.push(idle_percent());
        ours.push(per_second(watchbell(bench, folder.path())?));
        their_idle.push(idle_percent());
        theirs.push(per_second(carbon_cache(folder.path())?));
    }
    let times = ratio(&ours, &theirs);
    Ok(Report {
        title: "Carbon until queryable (`carbon`)",
        workload: format!(
            "{} lines over {CONNECTIONS} TCP connections: {SERIES} series, {POINTS} points each, {STEP_S} s apart, all \
             series new; from the first byte until the last line of every connection can be read, in Watchbell over \
             `/render` (by then the samples are in its file), in carbon-cache from its cache (memory) or its files; no \
             limits on new files and writes there.",
            SERIES * POINTS
        ),
        columns: &["program", "samples a second", "idle before, %"],
        rows: vec![
            vec!["Watchbell".into(), rounds(&ours, 0), rounds(&our_idle, 0)],
            vec![
                "carbon-cache".into(),
                rounds(&theirs, 0),
                rounds(&their_idle, 0),
            ],
        ],
        findings: vec![finding(
            "Samples until queryable",
            &format!("{times:.1} of carbon-cache"),
            "2",
            times >= 2.0,
        )],
    })
}

fn per_second(took: Duration) -> f64 {
    (SERIES * POINTS) as f64 / took.as_secs_f64()
}

/// What one connection sends: its share of the series, and a marked line at the end.
fn lines(connection: usize, now_s: i64) -> String {
    let mut lines = String::new();
    for point in (0..POINTS as i64).rev() {
        let at_s = now_s - point * STEP_S;
        for series in (connection..SERIES).step_by(CONNECTIONS) {
            lines += &format!("bench.host{series:04}.load {}.25 {at_s}\n", series % 97);
        }
    }
    lines += &format!("{} {MARK} {now_s}\n", mark(connection));
    lines
}

fn mark(connection: usize) -> String {
    format!("bench.mark{connection}")
}

/// Sends everything, then looks until every mark is there; the time that took.
fn measure(
    address: SocketAddr,
    now_s: i64,
    mut is_there: impl FnMut(&str) -> Outcome<bool>,
) -> Outcome<Duration> {
    let texts: Vec<String> = (0..CONNECTIONS).map(|one| lines(one, now_s)).collect();
    let begun = now();
    let senders = texts.into_iter().map(|text| {
        std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(text.as_bytes())?;
            // Closed only when it was read: the connection is given back and kept.
            Ok::<_, std::io::Error>(stream)
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut open = Vec::new();
    for sender in senders {
        open.push(sender.join().map_err(|_| "a sender panicked")??);
    }
    for connection in 0..CONNECTIONS {
        while !is_there(&mark(connection))? {
            if begun.elapsed() > PATIENCE {
                return Err("the samples never came".into());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
    Ok(begun.elapsed())
}

fn watchbell(bench: &Bench, folder: &Path) -> Outcome<Duration> {
    let server = Watchbell::start(bench, &folder.join("data"))?;
    let call = |path: &str| bench.wait(server.call(Method::GET, path, None));
    let status = call("/api/v1/status")?;
    let listeners = status["listeners"].as_array().into_iter().flatten();
    let mut carbons = listeners.filter(|one| one["protocol"] == "carbon");
    let address = carbons.next().and_then(|one| one["address"].as_str());
    let address = address.ok_or("carbon is off")?.parse()?;
    let took = measure(address, unix_s() / STEP_S * STEP_S, |series| {
        let path = format!("/render?target={series}&from=-10min&format=json");
        Ok(call(&path)?.to_string().contains(&MARK.to_string()))
    })?;
    // The mark says that all before it is stored only while nothing overtakes and nothing is dropped.
    let status = call("/api/v1/status")?;
    let listeners = status["listeners"].as_array().into_iter().flatten();
    let samples = listeners.filter_map(|one| one["intake"]["samples"].as_u64());
    match samples.sum::<u64>() as usize {
        samples if samples == SERIES * POINTS + CONNECTIONS => Ok(took),
        samples => Err(format!("{samples} samples were stored when the last could be read").into()),
    }
}

fn carbon_cache(folder: &Path) -> Outcome<Duration> {
    let peer = CarbonCache::start(&folder.join("carbon"))?;
    let now_s = unix_s() / STEP_S * STEP_S;
    measure(peer.lines, now_s, |series| peer.has(series, now_s, MARK))
}
