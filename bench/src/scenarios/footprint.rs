//! What Watchbell costs where nothing happens: memory, the time until it is ready, the first load of the UI.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::harness::http::{Connection, Load};
use crate::harness::machine::{idle_percent, resident_mib};
use crate::harness::report::{Report, finding, median, rounds};
use crate::harness::watchbell::{Paging, Watchbell, declared, trigger};
use crate::harness::{Bench, Outcome};

const EVENTS: usize = 20_000;

/// How long a server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(10);

/// Figures of all rounds.
#[derive(Default)]
struct Found {
    fresh_mib: Vec<f64>,
    ready_ms: Vec<f64>,
    existing_mib: Vec<f64>,
    loaded_mib: Vec<f64>,
    idle_percent: Vec<f64>,
}

/// What a browser fetches before it can show the first page, in bytes over the wire.
#[derive(Clone, Copy, Default)]
struct FirstLoad {
    page: usize,
    fonts: usize,
    fonts_wait: bool,
    files: usize,
}

impl FirstLoad {
    fn add(&mut self, file: &Fetched) {
        self.page += file.wire_bytes;
        self.files += 1;
    }
}

/// Measures.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let mut found = Found::default();
    let mut first_load = FirstLoad::default();
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir()?;
        found.idle_percent.push(idle_percent());
        first_load = bench.wait(fresh(bench, folder.path(), &mut found))?;
        existing(bench, folder.path(), &mut found)?;
    }
    let ready_ms = median(&found.ready_ms);
    let memory_mib = median(&found.fresh_mib).max(median(&found.existing_mib));
    let (page_kb, fonts_kb) = (kb(first_load.page), kb(first_load.fonts));
    Ok(Report {
        title: "Idle memory, start, first load (`footprint`)",
        workload: format!(
            "memory is what is resident {} s after the last thing happened: of a new instance with one service, and of \
             one started on a database with {EVENTS} incidents; \"after load\" is right after those came in. Ready is \
             from starting the process on that database to its line `ready`. The first load is index.html, the \
             scripts and styles it names and those of the view seen first (sign-in or incidents, the larger), as sent \
             to a browser that takes br and gzip; fonts are all that its styles name.",
            REST.as_secs()
        ),
        columns: &[
            "idle, new, MiB",
            "idle, existing, MiB",
            "after load, MiB",
            "ready, ms",
            "first load, kB",
            "fonts, kB",
            "idle before, %",
        ],
        rows: vec![vec![
            rounds(&found.fresh_mib, 1),
            rounds(&found.existing_mib, 1),
            rounds(&found.loaded_mib, 1),
            rounds(&found.ready_ms, 0),
            format!("{page_kb:.1} ({} files)", first_load.files),
            format!("{fonts_kb:.1}"),
            rounds(&found.idle_percent, 0),
        ]],
        findings: findings(ready_ms, memory_mib, &first_load),
    })
}

fn findings(ready_ms: f64, memory_mib: f64, first_load: &FirstLoad) -> Vec<String> {
    let (page_kb, fonts_kb) = (kb(first_load.page), kb(first_load.fonts));
    vec![
        finding(
            "Idle memory, the larger of both",
            &format!("{memory_mib:.1} MiB"),
            "under 80 MiB",
            memory_mib < 80.0,
        ),
        finding(
            "Start to ready on an existing database",
            &format!("{ready_ms:.0} ms"),
            "under 300 ms",
            ready_ms < 300.0,
        ),
        finding(
            "First load",
            &format!("{page_kb:.1} kB"),
            "under 250 kB",
            page_kb < 250.0 && first_load.files > 2,
        ),
        finding(
            "Fonts",
            &format!(
                "{fonts_kb:.1} kB, text {} for them",
                if first_load.fonts_wait {
                    "waits"
                } else {
                    "does not wait"
                }
            ),
            "at most 75 kB, never blocking text",
            fonts_kb <= 75.0 && !first_load.fonts_wait,
        ),
    ]
}

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1e3
}

/// A new instance at rest, its UI, and then its load.
async fn fresh(bench: &Bench, folder: &Path, found: &mut Found) -> Outcome<FirstLoad> {
    let server = Watchbell::start(bench, &folder.join("data"))?;
    server.apply(&declared(Paging::Nobody)).await?;
    tokio::time::sleep(REST).await;
    found.fresh_mib.push(resident_mib(server.process())?);
    let first_load = first_load(&server).await?;
    let load = Load {
        address: server.address,
        path: "/v2/enqueue",
        connections: 64,
        requests: EVENTS,
        body: Arc::new(trigger),
        stop: Arc::default(),
    };
    load.run().await?;
    found.loaded_mib.push(resident_mib(server.process())?);
    Ok(first_load)
}

/// The instance once more, over what [`fresh`] left behind when it was killed.
fn existing(bench: &Bench, folder: &Path, found: &mut Found) -> Outcome<()> {
    // The first start after a kill brings the write-ahead log in; a start after a stop has nothing to do.
    for _ in 0..2 {
        let server = Watchbell::start(bench, &folder.join("data"))?;
        found.ready_ms.push(server.ready_after.as_secs_f64() * 1e3);
        std::thread::sleep(REST / 2);
        found.existing_mib.push(resident_mib(server.process())?);
    }
    Ok(())
}

/// What the browser fetches for the larger of the two views somebody may see first.
async fn first_load(server: &Watchbell) -> Outcome<FirstLoad> {
    let mut connection = Connection::open(server.address, None).await?;
    let index = fetch(&mut connection, "/").await?;
    let mut shared = FirstLoad {
        page: index.wire_bytes,
        files: 1,
        ..FirstLoad::default()
    };
    let (mut fonts, mut scripts) = (Vec::new(), String::new());
    let named_files = named(&index.text, &["src=\"", "href=\""], "\"");
    for path in &named_files {
        let is_style = path.ends_with(".css");
        if !is_style && !path.ends_with(".js") {
            continue;
        }
        let file = fetch(&mut connection, path).await?;
        shared.add(&file);
        if is_style {
            fonts.extend(named(&file.text, &["url("], ")"));
            shared.fonts_wait |= waits_for_fonts(&file.text);
        } else {
            scripts.push_str(&file.text);
        }
    }
    fonts.retain(|path| path.contains(".woff2"));
    fonts.sort();
    fonts.dedup();
    for font in fonts {
        shared.fonts += fetch(&mut connection, &font).await?.wire_bytes;
    }
    let mut largest = shared;
    for view in FIRST_VIEWS {
        let mut load = shared;
        let files = files_of_view(&scripts, view);
        for path in files.ok_or_else(|| format!("the scripts name no view {view}"))? {
            if !named_files.contains(&path) {
                load.add(&fetch(&mut connection, &path).await?);
            }
        }
        if load.page > largest.page {
            largest = load;
        }
    }
    Ok(largest)
}

/// The views somebody may see first: without and with a session.
const FIRST_VIEWS: [&str; 2] = ["SignIn", "Incidents"];

/// The files that Vite loads with a view: it puts all names into one list, and beside each import those it needs.
fn files_of_view(scripts: &str, view: &str) -> Option<Vec<String>> {
    let (_, list) = scripts.split_once("m.f=[")?;
    let names = list.split(']').next()?.split(',');
    let names: Vec<String> = names
        .map(|name| format!("/{}", name.trim_matches('"')))
        .collect();
    let (_, import) = scripts.split_once(&format!("./{view}-"))?;
    let (_, needed) = import.split_once("__vite__mapDeps([")?;
    let numbers = needed.split(']').next()?.split(',');
    numbers
        .map(|number| names.get(number.parse::<usize>().ok()?).cloned())
        .collect()
}

/// Whether a style has faces that hide text until they are there.
fn waits_for_fonts(style: &str) -> bool {
    let faces = style.matches("@font-face").count();
    let swaps = ["swap", "optional", "fallback"]
        .map(|how| style.matches(&format!("font-display:{how}")).count());
    swaps.iter().sum::<usize>() < faces
}

/// A file of the UI.
struct Fetched {
    wire_bytes: usize,
    text: String,
}

/// Fetches a file twice: compressed for its size, and plain for what it says.
async fn fetch(connection: &mut Connection, path: &str) -> Outcome<Fetched> {
    let compressed = connection.get(path, "gzip, deflate, br").await?;
    let plain = connection.get(path, "identity").await?;
    if !compressed.status.is_success() || !plain.status.is_success() {
        return Err(format!("{path} {}", compressed.status).into());
    }
    Ok(Fetched {
        wire_bytes: compressed.body.len(),
        text: String::from_utf8_lossy(&plain.body).into_owned(),
    })
}

/// What stands between one of the openings and the closing, everywhere in a text.
fn named(text: &str, openings: &[&str], closing: &str) -> Vec<String> {
    let after = openings.iter().flat_map(|open| text.split(open).skip(1));
    let inner = after.filter_map(|rest| rest.split(closing).next());
    inner
        .map(|path| path.trim_matches(['"', '\'']).to_owned())
        .collect()
}
