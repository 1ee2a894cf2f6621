//! A source of metrics that stands in memory and fails, waits or is too long when it is told to.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc::Receiver;

use wb_ports::metrics::{Aggregation, MetricSource, Node, Points, SourceError};

/// Seconds between two points.
const STEP_S: i64 = 60;

/// A source in memory. Each series has a point a minute: the minute's number modulo ten, and none
/// where that is three. Names with `broken` fail, names with `slow` wait, `many` are too many and
/// `long` is a long series.
#[derive(Default)]
pub(crate) struct Shelf {
    series: BTreeSet<String>,
    /// From, until and now of each read.
    pub(crate) read: Mutex<Vec<(i64, i64, i64)>>,
    /// A read of something slow takes one of these.
    release: Option<Mutex<Receiver<()>>>,
}

impl Shelf {
    pub(crate) fn with(series: &[&str]) -> Self {
        let series = series.iter().map(|name| (*name).to_owned()).collect();
        Self {
            series,
            ..Self::default()
        }
    }

    /// The same, in which something slow is read when a message comes, or its sender is gone.
    pub(crate) fn until(mut self, released: Receiver<()>) -> Self {
        self.release = Some(Mutex::new(released));
        self
    }

    fn refuse(&self, pattern: &str) -> Result<(), SourceError> {
        if pattern.contains("broken") {
            return Err(SourceError::Store("the disk is on fire".to_owned()));
        }
        if pattern.contains("many") {
            return Err(SourceError::TooMany {
                pattern: pattern.to_owned(),
                limit: 7,
            });
        }
        if pattern.contains('[') {
            return Err(SourceError::Pattern {
                pattern: pattern.to_owned(),
                why: "'[' has no ']'".to_owned(),
            });
        }
        if pattern.contains("slow")
            && let Some(release) = &self.release
        {
            // Hung up is released, so that a failing test ends.
            let _ = release.lock().expect("a lock").recv();
        }
        Ok(())
    }
}

impl MetricSource for Shelf {
    fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError> {
        self.refuse(pattern)?;
        let depth = pattern.split('.').count();
        let mut paths: BTreeSet<&str> = BTreeSet::new();
        for name in &self.series {
            let dots = name.match_indices('.').map(|(at, _)| at);
            let ends: Vec<usize> = dots.chain([name.len()]).collect();
            if let Some(path) = ends.get(depth - 1).and_then(|end| name.get(..*end)) {
                paths.insert(path);
            }
        }
        let fits = |path: &&str| {
            path.split('.')
                .zip(pattern.split('.'))
                .all(|(part, pattern)| glob(part.as_bytes(), pattern.as_bytes()))
        };
        let node = |path: &str| Node {
            path: path.to_owned(),
            leaf: self.series.contains(path),
            branch: {
                let below = format!("{path}.");
                let first = self.series.range(below.clone()..).next();
                first.is_some_and(|name| name.starts_with(&below))
            },
        };
        Ok(paths.into_iter().filter(fits).map(node).collect())
    }

    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        self.read
            .lock()
            .expect("a lock")
            .push((from_s, until_s, now_s));
        let first = from_s.div_euclid(STEP_S) + 1;
        let minutes = first..=until_s.div_euclid(STEP_S);
        let value = |minute: i64| {
            let value = minute.rem_euclid(10);
            (value != 3).then_some(value as f64)
        };
        let nodes = self.find(pattern)?.into_iter().filter(|node| node.leaf);
        Ok(nodes
            .map(|node| Points {
                values: if node.path == "long" {
                    vec![None; 2_000_001]
                } else {
                    minutes.clone().map(value).collect()
                },
                name: node.path,
                start_s: first * STEP_S,
                step_s: STEP_S,
                consolidation: Aggregation::Average,
                x_files_factor: 0.0,
            })
            .collect())
    }
}

/// Whether a part of a name fits a pattern of `*` and `?`.
fn glob(part: &[u8], pattern: &[u8]) -> bool {
    match (part, pattern) {
        ([], []) => true,
        (_, [b'*', rest @ ..]) => (0..=part.len()).any(|skip| glob(&part[skip..], rest)),
        ([_, part @ ..], [b'?', rest @ ..]) => glob(part, rest),
        ([a, part @ ..], [b, rest @ ..]) => a == b && glob(part, rest),
        _ => false,
    }
}
