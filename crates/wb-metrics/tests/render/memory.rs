//! A metric source in memory, which reads as whisper does.

use regex::Regex;
use wb_ports::metrics::{Aggregation, MetricSource, Node, Points, SourceError};

/// The series it holds, each with its points from its own beginning on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    pub(crate) series: Vec<Points>,
    /// How far from the present it answers; as far as asked if none is set.
    pub(crate) reach_s: Option<i64>,
}

/// A series with graphite-web's defaults.
pub(crate) fn series(name: &str, start_s: i64, step_s: i64, values: &[Option<f64>]) -> Points {
    Points {
        name: name.to_owned(),
        start_s,
        step_s,
        values: values.to_vec(),
        consolidation: Aggregation::Average,
        x_files_factor: 0.5,
    }
}

impl Memory {
    fn fitting(&self, pattern: &str) -> Vec<&Points> {
        let expression = expression(pattern);
        let mut fitting: Vec<_> = self
            .series
            .iter()
            .filter(|points| expression.is_match(&points.name))
            .collect();
        fitting.sort_by(|a, b| a.name.cmp(&b.name));
        fitting
    }
}

/// The points of a series over `from_s < t <= until_s`, unknown where it has none.
fn window(points: &Points, from_s: i64, until_s: i64) -> Points {
    let step_s = points.step_s;
    let next = |at_s: i64| at_s - at_s.rem_euclid(step_s) + step_s;
    let (start_s, end_s) = (next(from_s), next(until_s));
    let value = |at_s: i64| {
        let place = usize::try_from((at_s - points.start_s).div_euclid(step_s)).ok()?;
        points.values.get(place).copied().flatten()
    };
    let count = (end_s - start_s) / step_s;
    let values = (0..count)
        .map(|place| value(start_s + place * step_s))
        .collect();
    Points {
        start_s,
        values,
        ..points.clone()
    }
}

fn expression(pattern: &str) -> Regex {
    let mut expression = String::from("^");
    let mut in_braces = false;
    for c in pattern.chars() {
        match c {
            '*' => expression.push_str("[^.]*"),
            '?' => expression.push_str("[^.]"),
            '{' => {
                in_braces = true;
                expression.push_str("(?:");
            }
            '}' => {
                in_braces = false;
                expression.push(')');
            }
            '[' | ']' | '-' => expression.push(c),
            ',' if in_braces => expression.push('|'),
            _ => expression.push_str(&regex::escape(&c.to_string())),
        }
    }
    Regex::new(&(expression + "$")).unwrap_or_else(|_| Regex::new("^$").unwrap())
}

impl MetricSource for Memory {
    fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError> {
        let leaf = |points: &Points| Node {
            path: points.name.clone(),
            leaf: true,
            branch: false,
        };
        Ok(self.fitting(pattern).into_iter().map(leaf).collect())
    }

    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        let reach_s = self.reach_s.unwrap_or(i64::MAX);
        let (oldest_s, newest_s) = (now_s.saturating_sub(reach_s), now_s.saturating_add(reach_s));
        if until_s <= oldest_s || from_s >= newest_s {
            return Ok(Vec::new());
        }
        let (from_s, until_s) = (from_s.max(oldest_s), until_s.min(newest_s));
        let fitting = self.fitting(pattern).into_iter();
        Ok(fitting
            .map(|points| window(points, from_s, until_s))
            .collect())
    }
}
