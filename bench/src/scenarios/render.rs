//! `sumSeries` over 1,000 series of a day, against graphite-web.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use crate::harness::http::Connection;
use crate::harness::machine::{idle_percent, now, unix_s};
use crate::harness::report::{Report, finding, median, ratio, rounds};
use crate::harness::watchbell::{TOKEN, Watchbell};
use crate::harness::{Bench, Outcome};
use crate::peers::graphite_web::{self, Rendered};

const SERIES: usize = 1_000;
const STEP_S: i64 = 60;
const POINTS: usize = 1_440;
const TARGET: &str = "sumSeries(bench.*.load)";
const RENDERS: usize = 5;

/// How long the samples may take to be stored.
const PATIENCE: Duration = Duration::from_secs(180);

/// Measures.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_idle, mut their_idle) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir()?;
        let own = watchbell(bench, folder.path(), &mut our_idle)?;
        their_idle.push(idle_percent());
        let home = folder.path().join("graphite");
        let other = graphite_web::render(&home, SERIES, POINTS, STEP_S, TARGET, RENDERS)?;
        agree(&own, &other)?;
        ours.push(median(&own.seconds) * 1e3);
        theirs.push(median(&other.seconds) * 1e3);
    }
    let times = ratio(&theirs, &ours);
    Ok(Report {
        title: "`sumSeries` over 1,000 series of a day (`render`)",
        workload: format!(
            "`{TARGET}` over {SERIES} series of {POINTS} points, {STEP_S} s apart, as JSON, {RENDERS} renders a round; \
             the same sums from both. Watchbell over HTTP, with what came in by carbon a moment before; graphite-web's \
             render view called inside its Python over whisper files, without web server, network and cache, which \
             favours it."
        ),
        columns: &["program", "a render, ms", "idle before, %"],
        rows: vec![
            vec!["Watchbell".into(), rounds(&ours, 1), rounds(&our_idle, 0)],
            vec![
                "graphite-web".into(),
                rounds(&theirs, 0),
                rounds(&their_idle, 0),
            ],
        ],
        findings: vec![finding(
            "sumSeries over 1,000 series of a day",
            &format!("{times:.0} times as fast as graphite-web"),
            "10 times",
            times >= 10.0,
        )],
    })
}

/// Two programs that compute different things cannot be compared. At the edges each may show a step more or less.
fn agree(own: &Rendered, other: &Rendered) -> Outcome<()> {
    let same = own.values.abs_diff(other.values) <= 2 && own.highest == other.highest;
    match same && own.values as usize >= POINTS - 3 {
        true => Ok(()),
        false => Err(format!(
            "{} values up to {} against {} up to {}",
            own.values, own.highest, other.values, other.highest
        )
        .into()),
    }
}

fn watchbell(bench: &Bench, folder: &Path, idle: &mut Vec<f64>) -> Outcome<Rendered> {
    let schemas = folder.join("storage-schemas.conf");
    std::fs::write(&schemas, "[all]\npattern = .*\nretentions = 60s:2d\n")?;
    let mut command = Command::new(&bench.program);
    command.arg("serve");
    command.env("WATCHBELL__METRICS__STORAGE_SCHEMAS", &schemas);
    let server = Watchbell::start_as(command, &folder.join("data"))?;
    feed(bench, &server)?;
    idle.push(idle_percent());
    bench.wait(async {
        let mut connection = Connection::open(server.address, Some(TOKEN)).await?;
        let mut rendered = Rendered {
            values: 0,
            highest: 0.0,
            seconds: Vec::new(),
        };
        let window_s = POINTS as i64 * STEP_S;
        let path = format!("/render?target={TARGET}&from=-{window_s}s&format=json");
        for _ in 0..RENDERS {
            let begun = now();
            let answer = connection.send(Method::GET, &path, Bytes::new()).await?;
            rendered.seconds.push(begun.elapsed().as_secs_f64());
            let found: Value = serde_json::from_slice(&answer.body)?;
            let points = found[0]["datapoints"].as_array();
            let points = points.ok_or_else(|| format!("no points in {found}"))?;
            let values: Vec<f64> = points
                .iter()
                .filter_map(|point| point[0].as_f64())
                .collect();
            rendered.values = values.len() as u64;
            rendered.highest = values.iter().copied().fold(0.0, f64::max);
        }
        Ok(rendered)
    })
}

/// Sends a day of all series as carbon's lines and waits until all of it is stored.
fn feed(bench: &Bench, server: &Watchbell) -> Outcome<()> {
    let carbon = || -> Outcome<Value> {
        let status = bench.wait(server.call(Method::GET, "/api/v1/status", None))?;
        let listeners = status["listeners"].as_array().into_iter().flatten();
        let mut carbons = listeners.filter(|one| one["protocol"] == "carbon");
        Ok(carbons.next().ok_or("carbon is off")?.clone())
    };
    let address: SocketAddr = carbon()?["address"].as_str().unwrap_or_default().parse()?;
    let mut stream = TcpStream::connect(address)?;
    let now_s = unix_s() / STEP_S * STEP_S;
    for point in (0..POINTS as i64).rev() {
        let at_s = now_s - point * STEP_S;
        let line = |series: usize| format!("bench.host{series:04}.load {} {at_s}\n", series % 97);
        let lines: String = (0..SERIES).map(line).collect();
        stream.write_all(lines.as_bytes())?;
    }
    let begun = now();
    while carbon()?["intake"]["samples"].as_u64() < Some((SERIES * POINTS) as u64) {
        if begun.elapsed() > PATIENCE {
            return Err(format!("not all samples were stored: {}", carbon()?["intake"]).into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
