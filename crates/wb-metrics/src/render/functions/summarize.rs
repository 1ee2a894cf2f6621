//! Intervals made one point: `summarize`.

use crate::render::aggregate::{Aggregate, enough};
use crate::render::bind::Value;
use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::Line;
use crate::render::registry::{Default, Function, Kind, Param};

pub(in crate::render) static SUMMARIZE: Function = Function {
    names: &["summarize"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("intervalString", Kind::Span),
        Param::with_default("func", Kind::Aggregate, Default::Text("sum")),
        Param::with_default("alignToFrom", Kind::Flag, Default::Flag(false)),
    ],
    run: summarize,
};

fn summarize(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let mut lines = call.series(0)?;
    let (text, interval_s) = call.interval(1);
    let align_to_from = call.flag(3);
    let (name, aggregate) = match call.value(2) {
        Some(Value::Aggregate { name, aggregate }) => (name.clone(), *aggregate),
        _ => ("sum".to_owned(), Aggregate::Sum),
    };
    for line in &mut lines {
        let (start_s, mut end_s) = bounds(line, interval_s, align_to_from);
        let count = end_s.saturating_sub(start_s).max(0) as u64;
        let count = usize::try_from(count.div_ceil(interval_s as u64)).unwrap_or(usize::MAX);
        call.reserve(count)?;
        let values = buckets(line, start_s, interval_s, count, aggregate);
        if align_to_from {
            let length_s = interval_s.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
            end_s = start_s.saturating_add(length_s);
        }
        line.tag("summarize", text.as_str());
        line.tag("summarizeFunction", name.as_str());
        let aligned = if align_to_from { ", true" } else { "" };
        line.rename(format!(
            "summarize({}, \"{text}\", \"{name}\"{aligned})",
            line.name
        ));
        (line.start_s, line.end_s, line.step_s) = (start_s, end_s, interval_s);
        line.values = values;
    }
    Ok(lines)
}

/// The first bucket's beginning and the last one's end.
fn bounds(line: &Line, interval_s: i64, align_to_from: bool) -> (i64, i64) {
    if align_to_from {
        return (line.start_s, line.end_s);
    }
    let floor = |at_s: i64| at_s.saturating_sub(at_s.rem_euclid(interval_s));
    (
        floor(line.start_s),
        floor(line.end_s).saturating_add(interval_s),
    )
}

fn buckets(
    line: &Line,
    start_s: i64,
    interval_s: i64,
    count: usize,
    aggregate: Aggregate,
) -> Vec<Option<f64>> {
    let time = |at: usize| {
        let offset = line
            .step_s
            .saturating_mul(i64::try_from(at).unwrap_or(i64::MAX));
        line.start_s.saturating_add(offset)
    };
    let times = line.end_s.saturating_sub(line.start_s).max(0) as u64;
    let times = usize::try_from(times.div_ceil(line.step_s as u64)).unwrap_or(usize::MAX);
    let length = times.min(line.values.len());
    let wanted = interval_s as f64 / line.step_s as f64;
    let mut at = 0;
    let mut values = Vec::with_capacity(count);
    let mut bucket_s = start_s;
    for _ in 0..count {
        let mut first = at;
        let mut known = 0;
        while at < length && time(at) < bucket_s.saturating_add(interval_s) {
            if time(at) <= bucket_s {
                first = at;
            }
            let is_known = matches!(line.values.get(at), Some(Some(_)));
            known += usize::from(is_known && time(at) >= bucket_s);
            at += 1;
        }
        let inside = line.values.get(first..at).unwrap_or_default();
        let enough = enough(known, wanted, line.x_files_factor);
        values.push(enough.then(|| aggregate.of(inside)).flatten());
        bucket_s = bucket_s.saturating_add(interval_s);
    }
    values
}
