//! Several series made one: `sumSeries`, `averageSeries`, `minSeries`, `maxSeries`.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::aggregate::Aggregate;
use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::{Consolidation, Line};
use crate::render::registry::{Function, Kind, Param};

const PARAMS: &[Param] = &[Param::required("seriesLists", Kind::Series).many()];

pub(in crate::render) static SUM_SERIES: Function = Function {
    names: &["sumSeries", "sum"],
    params: PARAMS,
    run: |call| aggregate(call, "sum", Aggregate::Sum),
};

pub(in crate::render) static AVERAGE_SERIES: Function = Function {
    names: &["averageSeries", "avg"],
    params: PARAMS,
    run: |call| aggregate(call, "average", Aggregate::Average),
};

pub(in crate::render) static MIN_SERIES: Function = Function {
    names: &["minSeries", "min"],
    params: PARAMS,
    run: |call| aggregate(call, "min", Aggregate::Min),
};

pub(in crate::render) static MAX_SERIES: Function = Function {
    names: &["maxSeries", "max"],
    params: PARAMS,
    run: |call| aggregate(call, "max", Aggregate::Max),
};

fn aggregate(
    call: &mut Call<'_, '_>,
    function: &str,
    aggregate: Aggregate,
) -> Result<Vec<Line>, RenderError> {
    let lines = call.series(0)?;
    let Some(step_s) = common_step(&lines) else {
        return Err(RenderError::Steps {
            function: call.name.to_owned(),
        });
    };
    let (Some(start_s), Some(end_s)) = (
        lines.iter().map(|line| line.start_s).min(),
        lines.iter().map(|line| line.end_s).max(),
    ) else {
        return Ok(Vec::new());
    };
    // Series that begin at different times are laid together by their first points, as
    // graphite-web does: within one request they differ by less than a step.
    let columns: Vec<_> = lines.iter().map(|line| coarser(line, step_s)).collect();
    let length = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut row = Vec::with_capacity(columns.len());
    let mut values = Vec::with_capacity(length);
    for at in 0..length {
        row.clear();
        row.extend(
            columns
                .iter()
                .map(|column| column.get(at).copied().flatten()),
        );
        values.push(aggregate.of(&row));
    }
    let name = format!("{function}Series({})", path_expressions(&lines));
    let mut tags = common_tags(&lines);
    tags.entry("name".to_owned())
        .or_insert_with(|| name.clone());
    tags.insert("aggregatedBy".to_owned(), function.to_owned());
    Ok(vec![Line {
        path_expression: name.clone(),
        tags,
        start_s,
        end_s: end_s - end_s.saturating_sub(start_s).rem_euclid(step_s),
        step_s,
        values,
        consolidation: Consolidation::Plain(wb_ports::metrics::Aggregation::Average),
        x_files_factor: 0.0,
        name,
    }])
}

fn coarser(line: &Line, step_s: i64) -> Vec<Option<f64>> {
    line.consolidated(usize::try_from(step_s / line.step_s).unwrap_or(usize::MAX))
}

/// The least step that all steps fit into; 1 for no series.
fn common_step(lines: &[Line]) -> Option<i64> {
    let multiple = |a: i64, b: i64| (a / greatest_divisor(a, b)).checked_mul(b);
    lines
        .iter()
        .try_fold(1, |step_s, line| multiple(step_s, line.step_s))
}

fn greatest_divisor(a: i64, b: i64) -> i64 {
    if b == 0 {
        a
    } else {
        greatest_divisor(b, a % b)
    }
}

/// What the series were read with, each named once.
fn path_expressions(lines: &[Line]) -> String {
    let mut seen = BTreeSet::new();
    let mut listed: Vec<_> = lines
        .iter()
        .map(|line| line.path_expression.as_str())
        .collect();
    listed.retain(|expression| seen.insert(*expression));
    listed.join(",")
}

/// The tags that all series share.
fn common_tags(lines: &[Line]) -> BTreeMap<String, String> {
    let mut tags = lines
        .first()
        .map(|line| line.tags.clone())
        .unwrap_or_default();
    tags.retain(|key, value| lines.iter().all(|line| line.tags.get(key) == Some(value)));
    tags
}
