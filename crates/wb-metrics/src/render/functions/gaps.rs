//! What stands for unknown values: `keepLastValue`, `transformNull`.

use crate::render::bind::Value;
use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::Line;
use crate::render::number::{general, shortest};
use crate::render::registry::{Default, Function, Kind, Param};

pub(in crate::render) static KEEP_LAST_VALUE: Function = Function {
    names: &["keepLastValue"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::with_default("limit", Kind::Limit, Default::Infinity),
    ],
    run: keep_last_value,
};

pub(in crate::render) static TRANSFORM_NULL: Function = Function {
    names: &["transformNull"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::optional("default", Kind::Float),
        Param::optional("referenceSeries", Kind::Series),
    ],
    run: transform_null,
};

fn keep_last_value(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let limit = match call.value(1) {
        Some(Value::Int(limit)) => usize::try_from(*limit).unwrap_or(0),
        _ => usize::MAX,
    };
    let mut lines = call.series(0)?;
    for line in &mut lines {
        line.rename(format!("keepLastValue({})", line.name));
        fill_gaps(&mut line.values, limit);
    }
    Ok(lines)
}

/// Fills every gap of at most `limit` values with the value before it.
fn fill_gaps(values: &mut [Option<f64>], limit: usize) {
    let mut last = None;
    for run in values.chunk_by_mut(|a, b| a.is_none() == b.is_none()) {
        if let Some(Some(known)) = run.last().copied() {
            last = Some(known);
        } else if run.len() <= limit {
            run.fill(last);
        }
    }
}

fn transform_null(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let given = call.float(1);
    let default = given.unwrap_or(0.0);
    let tag = given.map_or_else(|| "0".to_owned(), shortest);
    let mut lines = call.series(0)?;
    let reference = call.series(2)?;
    let defaults = defaults(&reference, default);
    for line in &mut lines {
        line.tag("transformNull", tag.as_str());
        let mut suffix = "";
        if !reference.is_empty() {
            line.tag("referenceSeries", "1");
            suffix = ",referenceSeries";
        }
        line.rename(format!(
            "transformNull({},{}{suffix})",
            line.name,
            general(default)
        ));
        if defaults.is_empty() {
            line.values
                .iter_mut()
                .for_each(|value| *value = value.or(Some(default)));
        } else {
            line.values = filled(&line.values, &defaults);
        }
    }
    Ok(lines)
}

/// For each place the default, if any of the reference series knows a value there.
fn defaults(reference: &[Line], default: f64) -> Vec<Option<f64>> {
    let length = reference
        .iter()
        .map(|line| line.values.len())
        .max()
        .unwrap_or(0);
    let known = |at: usize| {
        reference
            .iter()
            .any(|line| matches!(line.values.get(at), Some(Some(_))))
    };
    (0..length).map(|at| known(at).then_some(default)).collect()
}

fn filled(values: &[Option<f64>], defaults: &[Option<f64>]) -> Vec<Option<f64>> {
    let at = |list: &[Option<f64>], place: usize| list.get(place).copied().flatten();
    let length = values.len().max(defaults.len());
    let all = (0..length).map(|place| at(values, place).or(at(defaults, place)));
    // A reference with more points than the series pushes the first ones out, in graphite-web and
    // so here: places are compared by number, whatever the steps.
    all.skip(length - values.len()).collect()
}
