//! graphite-web, in a Python of its own: its render view without a web server around it, over whisper files.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Peer;
use crate::harness::Outcome;

/// Where it comes from.
pub(crate) const GRAPHITE_WEB: Peer = Peer {
    program: "/usr/lib/python3/dist-packages/graphite/settings.py",
    package: "graphite-web",
};

/// Debian's own: only there are its packages.
const PYTHON: &str = "/usr/bin/python3";

/// What a render came to.
pub(crate) struct Rendered {
    /// Values of the answer that are not null.
    pub(crate) values: u64,
    /// The highest of them.
    pub(crate) highest: f64,
    /// Seconds of each render.
    pub(crate) seconds: Vec<f64>,
}

/// Makes files `bench.hostNNNN.load` with the value NNNN modulo 97, and renders a target over them some times.
///
/// # Errors
/// When it fails; with what it said.
pub(crate) fn render(
    folder: &Path,
    series: usize,
    points: usize,
    step_s: i64,
    target: &str,
    renders: usize,
) -> Outcome<Rendered> {
    std::fs::create_dir_all(folder)?;
    let numbers = [series.to_string(), points.to_string(), step_s.to_string()];
    let output = Command::new(PYTHON)
        .args(["-c", include_str!("graphite_web.py")])
        .arg(folder)
        .args(numbers)
        .args([target, &renders.to_string()])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("graphite-web failed: {said}").into());
    }
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let seconds = found["seconds"].as_array().into_iter().flatten();
    Ok(Rendered {
        values: found["values"].as_u64().unwrap_or(0),
        highest: found["highest"].as_f64().unwrap_or(0.0),
        seconds: seconds.filter_map(Value::as_f64).collect(),
    })
}
