//! Values changed one by one: `scale`, `perSecond`.

use crate::render::error::RenderError;
use crate::render::eval::Call;
use crate::render::line::Line;
use crate::render::number::{general, shortest};
use crate::render::registry::{Function, Kind, Param};

pub(in crate::render) static SCALE: Function = Function {
    names: &["scale"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("factor", Kind::Float),
    ],
    run: scale,
};

pub(in crate::render) static PER_SECOND: Function = Function {
    names: &["perSecond"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::optional("maxValue", Kind::Float),
        Param::optional("minValue", Kind::Float),
    ],
    run: per_second,
};

fn scale(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let factor = call.float(1).unwrap_or(1.0);
    let mut lines = call.series(0)?;
    for line in &mut lines {
        line.tag("scale", shortest(factor));
        line.rename(format!("scale({},{})", line.name, general(factor)));
        line.values
            .iter_mut()
            .flatten()
            .for_each(|value| *value *= factor);
    }
    Ok(lines)
}

fn per_second(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let counter = Counter {
        max: call.float(1),
        min: call.float(2),
    };
    let mut lines = call.series(0)?;
    for line in &mut lines {
        line.tag("perSecond", "1");
        line.rename(format!("perSecond({})", line.name));
        let step_s = line.step_s as f64;
        let mut before = None;
        for value in &mut line.values {
            let now = value.filter(|value| counter.holds(*value));
            let delta = now
                .zip(before)
                .and_then(|(now, before)| counter.delta(now, before));
            *value = delta.map(|delta| to_millionths(delta / step_s));
            before = now;
        }
    }
    Ok(lines)
}

/// A number that only grows, until it starts again.
struct Counter {
    /// The largest value before it starts again; larger ones are not believed.
    max: Option<f64>,
    /// Where it starts again; smaller values are not believed.
    min: Option<f64>,
}

impl Counter {
    fn holds(&self, value: f64) -> bool {
        self.max.is_none_or(|max| value <= max) && self.min.is_none_or(|min| value >= min)
    }

    /// How much was counted between two values, if that can be told.
    fn delta(&self, now: f64, before: f64) -> Option<f64> {
        if now >= before {
            return Some(now - before);
        }
        match (self.max, self.min) {
            (Some(max), min) => Some(max + 1.0 + now - before - min.unwrap_or(0.0)),
            (None, Some(min)) => Some(now - min),
            (None, None) => None,
        }
    }
}

/// Rounded to six decimals, and to the even one where two are as near. Printing is exact where
/// multiplying by a million and rounding is not.
fn to_millionths(value: f64) -> f64 {
    format!("{value:.6}").parse().unwrap_or(value)
}
