//! How heavy and how fast the UI is on a slow phone: Chromium, driven by `web/e2e/speed.ts`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::machine::idle_percent;
use crate::harness::report::{Report, finding, median, rounds};
use crate::harness::{Bench, Outcome};

/// What the first load may weigh, and each further view, in kB.
const FIRST_KB: f64 = 250.0;
const FURTHER_KB: f64 = 60.0;
const FONTS_KB: f64 = 75.0;

/// Until the first visit shows what it knows; until a later view shows its frame, and its data.
const FIRST_MS: f64 = 5_000.0;
const FRAME_MS: f64 = 300.0;
const DATA_MS: f64 = 1_500.0;

/// Less than a pixel's worth is no shift.
const SHIFT: f64 = 0.001;

/// One view: its name, its own code, and what each round measured.
struct View {
    name: String,
    code_kb: f64,
    fonts_kb: Option<f64>,
    figures: BTreeMap<&'static str, Vec<f64>>,
}

impl View {
    fn of(name: &str, code_bytes: f64, visits: &[Value]) -> Self {
        let all = |key: &str| visits.iter().filter_map(|one| one[key].as_f64()).collect();
        let figures = ["frame_ms", "data_ms", "shift"].map(|key| (key, all(key)));
        Self {
            name: name.to_owned(),
            code_kb: code_bytes / 1e3,
            fonts_kb: None,
            figures: figures.into(),
        }
    }

    fn figure(&self, key: &str) -> f64 {
        self.figures.get(key).map_or(f64::NAN, |all| median(all))
    }

    fn cells(&self) -> Vec<String> {
        let all = |key: &str, digits| {
            let values = self.figures.get(key).map_or(&[][..], Vec::as_slice);
            rounds(values, digits)
        };
        vec![
            self.name.clone(),
            format!("{:.1}", self.code_kb),
            self.fonts_kb
                .map_or_else(|| "-".into(), |kb| format!("{kb:.1}")),
            all("frame_ms", 0),
            all("data_ms", 0),
            all("shift", 4),
        ]
    }
}

/// Measures.
pub(super) fn run(bench: &Bench) -> Outcome<Report> {
    let idle = idle_percent();
    let found = measured(bench)?;
    let first = first(&found)?;
    let later: Vec<View> = list(&found, "views")?
        .iter()
        .map(|one| {
            let name = one["name"].as_str().unwrap_or_default();
            let code = one["code"].as_f64().unwrap_or(f64::NAN);
            View::of(
                name,
                code,
                one["visits"].as_array().map_or(&[], Vec::as_slice),
            )
        })
        .collect();
    let findings = findings(&first, &later);
    let rows = [&first]
        .into_iter()
        .chain(&later)
        .map(View::cells)
        .collect();
    Ok(Report {
        title: "The UI on a slow phone (`web`)",
        workload: format!(
            "Chromium at 390 px with its own \"Slow 4G\" (562.5 ms to and fro, 1.44 Mbit/s down) and a processor four \
             times slower, against the demo on the same machine, which stood idle for {idle:.0} % before. The first row is \
             the first visit of somebody signed in, with nothing kept; the others are reached from it by a link, with \
             their code from the service worker, and weigh what they add to the first load. Frame: the view before is \
             gone and this one stands; data: nothing in it waits any more. HTML, CSS and JavaScript as they came over the \
             wire, with headers.",
        ),
        columns: &[
            "view",
            "code, kB",
            "fonts, kB",
            "frame, ms",
            "data, ms",
            "layout shift",
        ],
        rows,
        findings,
    })
}

fn findings(first: &View, later: &[View]) -> Vec<String> {
    let fonts_kb = first.fonts_kb.unwrap_or(f64::NAN);
    let first_ms = first.figure("data_ms");
    let mut found = vec![
        below("First load", first.code_kb, FIRST_KB, "kB"),
        below("Fonts", fonts_kb, FONTS_KB, "kB"),
        below("First visit, with its data", first_ms, FIRST_MS, "ms"),
    ];
    let worst = |what: &str, limit: f64, unit: &str, figure: &dyn Fn(&View) -> f64| {
        let most = later.iter().max_by(|a, b| figure(a).total_cmp(&figure(b)));
        let over = later.iter().filter(|one| figure(one) >= limit).count();
        most.map(|view| {
            let is = format!(
                "{:.4} {unit} ({}), {over} of {} over",
                figure(view),
                view.name,
                later.len()
            );
            finding(what, is.trim(), &format!("under {limit} {unit}"), over == 0)
        })
    };
    found.extend(worst("Heaviest further view", FURTHER_KB, "kB", &|one| {
        one.code_kb
    }));
    found.extend(worst(
        "Slowest frame of a later view",
        FRAME_MS,
        "ms",
        &|one| one.figure("frame_ms"),
    ));
    found.extend(worst(
        "Slowest data of a later view",
        DATA_MS,
        "ms",
        &|one| one.figure("data_ms"),
    ));
    found.extend(worst(
        "Most layout shift of a later view",
        SHIFT,
        "",
        &|one| one.figure("shift"),
    ));
    found.push(below(
        "Layout shift of the first visit",
        first.figure("shift"),
        SHIFT,
        "",
    ));
    found
}

fn below(what: &str, is: f64, limit: f64, unit: &str) -> String {
    let digits = if limit < 1.0 { 4 } else { 0 };
    let wanted = format!("under {limit} {unit}");
    finding(
        what,
        format!("{is:.digits$} {unit}").trim(),
        wanted.trim(),
        is < limit,
    )
}

fn first(found: &Value) -> Outcome<View> {
    let visits = list(found, "first")?;
    let all =
        |key: &str| -> Vec<f64> { visits.iter().filter_map(|one| one[key].as_f64()).collect() };
    let mut view = View::of("incidents, first visit", median(&all("code")), visits);
    view.fonts_kb = Some(median(&all("fonts")) / 1e3);
    Ok(view)
}

fn list<'a>(found: &'a Value, key: &str) -> Outcome<&'a [Value]> {
    let all = found[key].as_array();
    Ok(all.ok_or_else(|| format!("the browser measured no {key}"))?)
}

/// Lets the browser measure.
fn measured(bench: &Bench) -> Outcome<Value> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("found.json");
    let mut command = Command::new("npx");
    command
        .args([
            "--no-install",
            "vitest",
            "run",
            "--config",
            "vitest.e2e.config.ts",
        ])
        .current_dir(web)
        .env("TAKE", "speed")
        .env("ROUNDS", bench.rounds.to_string())
        .env("BENCH_OUT", &out)
        .env("WATCHBELL_BIN", std::path::absolute(&bench.program)?);
    let said = command.output()?;
    if !said.status.success() {
        let words = String::from_utf8_lossy(&said.stdout);
        return Err(format!("the browser could not measure:\n{words}").into());
    }
    Ok(serde_json::from_slice(&std::fs::read(&out)?)?)
}
