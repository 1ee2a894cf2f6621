//! Lines that are drawn and not measured: `constantLine`.

use std::collections::BTreeMap;

use wb_ports::metrics::Aggregation;

use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::{Consolidation, Line};
use crate::render::number::shortest;
use crate::render::registry::{Function, Kind, Param};

/// Points of a line: its ends and the middle, as graphite-web has them.
const POINTS: i64 = 3;

pub(in crate::render) static CONSTANT_LINE: Function = Function {
    names: &["constantLine"],
    params: &[Param::required("value", Kind::Float)],
    run: constant_line,
};

fn constant_line(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let value = call.float(0).unwrap_or_default();
    let (from_s, until_s) = (call.range.from_s, call.range.until_s);
    let name = shortest(value);
    Ok(vec![Line {
        path_expression: format!("constantLine({name})"),
        tags: BTreeMap::from([("name".to_owned(), name.clone())]),
        name,
        start_s: from_s,
        end_s: until_s,
        step_s: ((until_s - from_s) / (POINTS - 1)).max(1),
        values: vec![value.is_finite().then_some(value); 3],
        consolidation: Consolidation::Plain(Aggregation::Average),
        x_files_factor: 0.0,
    }])
}
