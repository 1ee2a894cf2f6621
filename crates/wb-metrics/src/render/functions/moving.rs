//! Functions over the last points before each: `movingAverage`.

use crate::render::aggregate::{Aggregate, enough};
use crate::render::bind::Value;
use crate::render::error::RenderError;
use crate::render::eval::{Call, Range};
use crate::render::line::Line;
use crate::render::registry::{Function, Kind, Param};

pub(in crate::render) static MOVING_AVERAGE: Function = Function {
    names: &["movingAverage"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("windowSize", Kind::PointsOrInterval),
        Param::optional("xFilesFactor", Kind::Float),
    ],
    run: |call| {
        let x_files_factor = call.float(2);
        moving(call, "movingAverage", Aggregate::Average, x_files_factor)
    },
};

/// How far a moving function looks back.
#[derive(Debug, Clone)]
enum Size {
    Points(i64),
    Interval { text: String, seconds: i64 },
}

fn moving(
    call: &mut Call<'_, '_>,
    name: &str,
    aggregate: Aggregate,
    x_files_factor: Option<f64>,
) -> Result<Vec<Line>, RenderError> {
    let size = match call.value(1) {
        Some(Value::Int(points)) => Size::Points(*points),
        _ => {
            let (text, seconds) = call.interval(1);
            Size::Interval {
                text,
                seconds: seconds.saturating_abs(),
            }
        }
    };
    let shown = call.series(0)?;
    let Some(longest_step_s) = shown.iter().map(|line| line.step_s).max() else {
        return Ok(Vec::new());
    };
    let preview_s = match &size {
        Size::Points(points) => longest_step_s.saturating_mul(*points),
        Size::Interval { seconds, .. } => *seconds,
    };
    drop(shown);
    // The first points of the window need those before it.
    let earlier = Range {
        from_s: call.range.from_s.saturating_sub(preview_s),
        ..call.range
    };
    let mut lines = call.series_over(0, earlier)?;
    for line in &mut lines {
        let (points, label, tag) = match &size {
            Size::Points(points) => (*points, points.to_string(), points.to_string()),
            Size::Interval { text, .. } => {
                (preview_s / line.step_s, format!("\"{text}\""), text.clone())
            }
        };
        line.tag(name, tag);
        line.rename(format!("{name}({},{label})", line.name));
        line.start_s = line.start_s.saturating_add(preview_s);
        let factor = x_files_factor.unwrap_or(line.x_files_factor);
        let points = usize::try_from(points).unwrap_or(usize::MAX);
        line.values = windows(&line.values, points, aggregate, factor);
    }
    Ok(lines)
}

/// The aggregate of each window but the first, which belongs to the time before.
fn windows(
    values: &[Option<f64>],
    points: usize,
    aggregate: Aggregate,
    x_files_factor: f64,
) -> Vec<Option<f64>> {
    if points == 0 {
        return vec![None; values.len()];
    }
    let one = |window: &[Option<f64>]| {
        let known: Vec<_> = window.iter().copied().filter(Option::is_some).collect();
        let enough = enough(known.len(), points as f64, x_files_factor);
        enough.then(|| aggregate.of(&known)).flatten()
    };
    values.windows(points).skip(1).map(one).collect()
}
