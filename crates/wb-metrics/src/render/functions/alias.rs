//! Names for the legend: `alias`, `aliasByNode`.

use crate::render::bind::Value;
use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::grammar;
use crate::render::line::Line;
use crate::render::registry::{Function, Kind, Param};

pub(in crate::render) static ALIAS: Function = Function {
    names: &["alias"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("newName", Kind::Text),
    ],
    run: alias,
};

pub(in crate::render) static ALIAS_BY_NODE: Function = Function {
    names: &["aliasByNode"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("nodes", Kind::NodeOrTag).many(),
    ],
    run: alias_by_node,
};

fn alias(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let mut lines = call.series(0)?;
    for line in &mut lines {
        line.name = call.text(1);
    }
    Ok(lines)
}

fn alias_by_node(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let mut lines = call.series(0)?;
    for line in &mut lines {
        let path = path_within(&line.name);
        let parts: Vec<_> = call
            .many(1)
            .iter()
            .map(|value| part(line, &path, value))
            .collect();
        line.name = parts.join(".");
    }
    Ok(lines)
}

/// A node of the path or, if it has no such node, the tag of that name.
fn part(line: &Line, path: &str, value: &Value) -> String {
    let tag = |key: &str| line.tags.get(key).cloned().unwrap_or_default();
    match value {
        Value::Int(number) => {
            let nodes: Vec<&str> = path
                .split(';')
                .next()
                .unwrap_or_default()
                .split('.')
                .collect();
            let count = i64::try_from(nodes.len()).unwrap_or(i64::MAX);
            let at = if *number < 0 {
                number.saturating_add(count)
            } else {
                *number
            };
            let node = usize::try_from(at).ok().and_then(|at| nodes.get(at));
            node.map_or_else(|| tag(&number.to_string()), |node| (*node).to_owned())
        }
        Value::Text(key) => tag(key),
        _ => String::new(),
    }
}

/// The first pattern in a name that looks like a call; any other name is a path itself.
fn path_within(name: &str) -> String {
    let first = name
        .ends_with(')')
        .then(|| grammar::first_path(name))
        .flatten();
    first.unwrap_or_else(|| name.to_owned())
}
