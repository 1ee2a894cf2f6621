//! Evaluation of plans over a source, within limits.

use wb_ports::metrics::MetricSource;

use super::Window;
use super::bind::{Plan, Value};
use super::error::RenderError;
use super::line::Line;

/// How much one request may read and compute. When a limit is met the request is refused: a graph
/// of a part of the series would be wrong without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Series read from the source, each counted as often as it is read.
    pub series: usize,
    /// Points read from the source and made by functions.
    pub points: usize,
    /// How often the source is read.
    pub fetches: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            series: 5_000,
            points: 10_000_000,
            fetches: 1_000,
        }
    }
}

/// The time that is evaluated; functions look at other times than the window's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) from_s: i64,
    pub(super) until_s: i64,
}

/// Evaluates plans, one after the other, within one set of limits.
pub(super) fn run<'p>(
    plans: impl Iterator<Item = &'p Plan>,
    window: &Window,
    source: &dyn MetricSource,
    limits: &Limits,
) -> Result<Vec<Line>, RenderError> {
    let range = Range {
        from_s: window.from_s.min(window.until_s),
        until_s: window.from_s.max(window.until_s),
    };
    if range.from_s == range.until_s {
        return Err(RenderError::EmptyWindow);
    }
    let mut engine = Engine {
        window,
        source,
        limits,
        series: 0,
        points: 0,
        fetches: 0,
    };
    let mut lines = Vec::new();
    for plan in plans {
        lines.extend(engine.evaluate(plan, range)?);
    }
    Ok(lines)
}

/// One request: where it reads, and how much it has used.
struct Engine<'e> {
    window: &'e Window,
    source: &'e dyn MetricSource,
    limits: &'e Limits,
    series: usize,
    points: usize,
    fetches: usize,
}

impl Engine<'_> {
    fn evaluate(&mut self, plan: &Plan, range: Range) -> Result<Vec<Line>, RenderError> {
        match plan {
            Plan::Path(pattern) => self.fetch(pattern, range),
            Plan::Call { function, values } => {
                let name = function.names.first().copied().unwrap_or_default();
                let mut call = Call {
                    engine: self,
                    name,
                    values,
                    range,
                };
                let lines = (function.run)(&mut call)?;
                self.charge(lines.iter().map(|line| line.values.len()).sum())?;
                Ok(lines)
            }
        }
    }

    fn fetch(&mut self, pattern: &str, range: Range) -> Result<Vec<Line>, RenderError> {
        self.fetches = self.fetches.saturating_add(1);
        if self.fetches > self.limits.fetches {
            return Err(RenderError::TooManyFetches {
                limit: self.limits.fetches,
            });
        }
        let read = self
            .source
            .fetch(pattern, range.from_s, range.until_s, self.window.now_s)
            .map_err(|cause| RenderError::Source {
                pattern: pattern.to_owned(),
                cause,
            })?;
        self.series = self.series.saturating_add(read.len());
        if self.series > self.limits.series {
            return Err(RenderError::TooManySeries {
                limit: self.limits.series,
            });
        }
        self.charge(read.iter().map(|points| points.values.len()).sum())?;
        Ok(read
            .into_iter()
            .map(|points| Line::read(points, pattern))
            .collect())
    }

    fn charge(&mut self, points: usize) -> Result<(), RenderError> {
        self.points = self.points.saturating_add(points);
        if self.points > self.limits.points {
            return Err(RenderError::TooManyPoints {
                limit: self.limits.points,
            });
        }
        Ok(())
    }
}

/// A call being evaluated: what a function sees of its arguments and of the request. Parameters are
/// known by their place in the descriptor.
pub(super) struct Call<'c, 'e> {
    engine: &'c mut Engine<'e>,
    /// The function's first name.
    pub(super) name: &'static str,
    values: &'c [Vec<Value>],
    /// The time this call is evaluated over.
    pub(super) range: Range,
}

impl Call<'_, '_> {
    /// The series of a parameter; of one that takes many, all of them.
    pub(super) fn series(&mut self, param: usize) -> Result<Vec<Line>, RenderError> {
        self.series_over(param, self.range)
    }

    /// The series of a parameter over another time.
    pub(super) fn series_over(
        &mut self,
        param: usize,
        range: Range,
    ) -> Result<Vec<Line>, RenderError> {
        let mut lines = Vec::new();
        for value in self.values.get(param).into_iter().flatten() {
            if let Value::Series(plan) = value {
                lines.extend(self.engine.evaluate(plan, range)?);
            }
        }
        Ok(lines)
    }

    /// The values of a parameter that takes many.
    pub(super) fn many(&self, param: usize) -> &[Value] {
        self.values.get(param).map_or(&[], Vec::as_slice)
    }

    /// The value of a parameter, if it has one.
    pub(super) fn value(&self, param: usize) -> Option<&Value> {
        self.many(param).first()
    }

    /// A number, if it is given.
    pub(super) fn float(&self, param: usize) -> Option<f64> {
        match self.value(param)? {
            Value::Float(number) => Some(*number),
            Value::Infinity => Some(f64::INFINITY),
            _ => None,
        }
    }

    /// A text; empty if it is not given.
    pub(super) fn text(&self, param: usize) -> String {
        match self.value(param) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, param: usize) -> bool {
        matches!(self.value(param), Some(Value::Flag(true)))
    }

    /// An interval as written, and its seconds; nothing if it is not given.
    pub(super) fn interval(&self, param: usize) -> (String, i64) {
        match self.value(param) {
            Some(Value::Interval { text, seconds }) => (text.clone(), *seconds),
            _ => (String::new(), 0),
        }
    }

    /// The zone of the reader.
    pub(super) fn zone(&self) -> &jiff::tz::TimeZone {
        &self.engine.window.zone
    }

    /// Counts points that are about to be made, before there is room for them. What a function
    /// answers is counted by itself.
    pub(super) fn reserve(&mut self, points: usize) -> Result<(), RenderError> {
        let used = self.engine.points;
        self.engine.charge(points)?;
        self.engine.points = used;
        Ok(())
    }
}
