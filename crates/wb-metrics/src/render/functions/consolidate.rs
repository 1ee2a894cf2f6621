//! How points are made fewer: `consolidateBy`.

use crate::render::bind::Value;
use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::Line;
use crate::render::registry::{Function, Kind, Param};

pub(in crate::render) static CONSOLIDATE_BY: Function = Function {
    names: &["consolidateBy"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("consolidationFunc", Kind::Consolidation),
    ],
    run: consolidate_by,
};

fn consolidate_by(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let mut lines = call.series(0)?;
    let Some(Value::Consolidation {
        name,
        consolidation,
    }) = call.value(1)
    else {
        return Ok(lines);
    };
    for line in &mut lines {
        line.consolidation = *consolidation;
        line.tag("consolidateBy", name);
        line.rename(format!("consolidateBy({},\"{name}\")", line.name));
    }
    Ok(lines)
}
