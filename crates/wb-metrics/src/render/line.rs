//! A series while it is evaluated, and how its points are made fewer.

use std::collections::BTreeMap;

use wb_ports::metrics::{Aggregation, Points};

use super::Series;
use super::aggregate::{enough, max, min};

/// How points of one series become one; graphite's names, of which the port has all but `avg_zero`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consolidation {
    /// The port's way.
    Plain(Aggregation),
    /// The mean with unknown values counted as 0.
    AverageZero,
}

impl Consolidation {
    /// The names that [`Self::named`] knows.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(Self::Plain(match name {
            "sum" => Aggregation::Sum,
            "average" | "avg" => Aggregation::Average,
            "avg_zero" => return Some(Self::AverageZero),
            "min" => Aggregation::Min,
            "max" => Aggregation::Max,
            "first" => Aggregation::First,
            "last" => Aggregation::Last,
            _ => return None,
        }))
    }

    fn of(self, values: &[Option<f64>]) -> Option<f64> {
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let sum = || known.iter().sum::<f64>();
        match self {
            Self::AverageZero => Some(sum() / values.len() as f64),
            Self::Plain(Aggregation::Average) => Some(sum() / known.len() as f64),
            Self::Plain(Aggregation::Sum) => Some(sum()),
            Self::Plain(Aggregation::Min) => Some(min(&known)),
            Self::Plain(Aggregation::Max) => Some(max(&known)),
            Self::Plain(Aggregation::First) => known.first().copied(),
            Self::Plain(Aggregation::Last) => known.last().copied(),
        }
    }
}

/// A series while it is evaluated.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) name: String,
    /// What functions that put series together call it: the pattern it was read with, or the name
    /// a function gave it, but never an alias.
    pub(super) path_expression: String,
    pub(super) start_s: i64,
    /// Where the series is shown to end. Functions move it apart from `start + step * values`, and
    /// points after it are not shown.
    pub(super) end_s: i64,
    /// At least 1.
    pub(super) step_s: i64,
    pub(super) values: Vec<Option<f64>>,
    pub(super) consolidation: Consolidation,
    pub(super) x_files_factor: f64,
    pub(super) tags: BTreeMap<String, String>,
}

impl Line {
    /// A series as it was read with a pattern.
    ///
    /// The share of known values that consolidation needs is graphite-web's default, 0: the one of
    /// the source says how its archives are rolled up, not how a graph is drawn.
    pub(super) fn read(points: Points, pattern: &str) -> Self {
        Self {
            end_s: points.end_s(),
            tags: tags_of(&points.name),
            path_expression: pattern.to_owned(),
            start_s: points.start_s,
            step_s: points.step_s.max(1),
            values: points.values,
            consolidation: Consolidation::Plain(points.consolidation),
            x_files_factor: 0.0,
            name: points.name,
        }
    }

    /// Gives it a new name under which other functions know it too.
    pub(super) fn rename(&mut self, name: String) {
        self.path_expression.clone_from(&name);
        self.name = name;
    }

    pub(super) fn tag(&mut self, key: &str, value: impl Into<String>) {
        self.tags.insert(key.to_owned(), value.into());
    }

    /// Its values, so many made one.
    pub(super) fn consolidated(&self, per_point: usize) -> Vec<Option<f64>> {
        if per_point <= 1 {
            return self.values.clone();
        }
        let one = |chunk: &[Option<f64>]| {
            let known = chunk.iter().flatten().count();
            // The last chunk may be short; its share is still that of a whole one.
            enough(known, per_point as f64, self.x_files_factor)
                .then(|| self.consolidation.of(chunk))
                .flatten()
        };
        self.values.chunks(per_point).map(one).collect()
    }

    /// The series as it is answered.
    pub(super) fn into_series(self, per_point: usize) -> Series {
        let step_s = self
            .step_s
            .saturating_mul(i64::try_from(per_point).unwrap_or(i64::MAX));
        let mut values = self.consolidated(per_point);
        // A point on the very end is shown, one after it is not.
        let shown = self
            .end_s
            .saturating_sub(self.start_s)
            .div_euclid(step_s)
            .saturating_add(1);
        values.truncate(usize::try_from(shown).unwrap_or(0));
        let consolidation = match self.consolidation {
            Consolidation::Plain(aggregation) => aggregation,
            Consolidation::AverageZero => Aggregation::Average,
        };
        let points = Points {
            name: self.name.clone(),
            start_s: self.start_s,
            step_s,
            values,
            consolidation,
            x_files_factor: self.x_files_factor,
        };
        Series {
            name: self.name,
            path_expression: self.path_expression,
            points,
            tags: self.tags,
        }
    }
}

/// Makes room for `max_points`: answers how many values become one in each line, and moves the
/// beginnings of the lines to where such points begin, so that they stay in place when the window
/// moves on a little.
pub(super) fn fit(lines: &mut [Line], max_points: usize) -> Vec<usize> {
    let start_s = lines.iter().map(|line| line.start_s).min().unwrap_or(0);
    let end_s = lines.iter().map(|line| line.end_s).max().unwrap_or(0);
    let range_s = end_s.saturating_sub(start_s);
    lines
        .iter_mut()
        .map(|line| fit_line(line, range_s, max_points))
        .collect()
}

fn fit_line(line: &mut Line, range_s: i64, max_points: usize) -> usize {
    if max_points == 1 {
        return line.values.len().max(1);
    }
    let count = range_s as f64 / line.step_s as f64;
    if max_points as f64 >= count {
        return 1;
    }
    let per_point = (count / max_points as f64).ceil();
    let point_s = (per_point * line.step_s as f64) as i64;
    let nudge_s = point_s
        .saturating_add(line.start_s.rem_euclid(line.step_s))
        .saturating_sub(line.start_s.rem_euclid(point_s.max(1)));
    line.start_s = line.start_s.saturating_add(nudge_s);
    let lost = usize::try_from(nudge_s / line.step_s)
        .unwrap_or(0)
        .saturating_sub(1);
    line.values.drain(..lost.min(line.values.len()));
    per_point as usize
}

/// The tags in a stored name (`name;k=v;k2=v2`), its name among them.
fn tags_of(name: &str) -> BTreeMap<String, String> {
    let mut parts = name.split(';');
    let base = parts.next().unwrap_or_default();
    let mut tags: BTreeMap<String, String> = parts
        .filter_map(|tag| tag.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    tags.insert("name".to_owned(), base.to_owned());
    tags
}
