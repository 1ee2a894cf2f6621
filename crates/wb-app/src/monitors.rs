//! Monitors at work: reading their series, deciding about each group, and writing what changed.
//!
//! A monitor is evaluated at its own phase of its period, by whichever node has its series. Reading
//! and judging happen outside any transaction and change nothing. Only when a group may change is
//! one transaction written: it claims the evaluation (monitor and due time), judges again over the
//! groups as they are stored, and takes the events through the same path as those of any sender. So
//! two nodes never both fire, and a crash between the two halves costs one evaluation.

mod commit;
mod event;
mod failing;
mod graph;
mod history;
mod observe;
mod preview;
mod us;
mod view;
mod watch;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use wb_core::ids::MonitorId;
use wb_core::monitor::{Listening, Point};
use wb_metrics::render::Target;

pub use history::Past;
pub use preview::{PREVIEW_SPAN_S_MAX, Preview, PreviewSeries};
pub use view::{GroupView, MonitorState, MonitorSummary, MonitorView};

use observe::Observed;

/// Seconds before the firing that a graph shows.
const GRAPH_BEFORE_S: i64 = 3_600;

/// Values a graph keeps at most.
const GRAPH_VALUES_MAX: usize = 720;

/// Groups that one transaction changes at most.
const CHANGES_MAX: usize = 200;

/// How far back a series counts as having been alive, in seconds.
const ALIVE_S: i64 = 86_400;

/// What a node remembers between evaluations; all of it can be made anew after a start.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    listening: Option<Listening>,
    /// When the monitors were last looked after, in seconds since 1970 UTC.
    awake_s: i64,
    /// Since when that was so without a break.
    began_s: i64,
    monitors: BTreeMap<MonitorId, Known>,
    /// Those that could not be evaluated at the last look.
    failing: BTreeSet<MonitorId>,
}

/// What is remembered of one monitor.
#[derive(Debug)]
struct Known {
    /// The version this was learnt with.
    version: u32,
    /// The parsed target, or what is wrong with it.
    target: Result<Arc<Target>, String>,
    /// The time of the last evaluation that was due, in seconds since 1970 UTC.
    due_s: i64,
    /// The last point of each series.
    last: BTreeMap<String, Point>,
    /// Whether series that were alive before this process have been looked for.
    looked_back: bool,
    /// What the last evaluation saw.
    seen: Option<Evaluated>,
    /// Which of its groups cannot be read from the database, in words.
    damage: Option<String>,
    /// Since when it could not be evaluated, or not all of it.
    failing_since_s: Option<i64>,
    /// When the points of firing groups were last copied, by how long they have been firing.
    copied_s: BTreeMap<u32, i64>,
}

/// What the last evaluation of a monitor saw, for its view.
#[derive(Clone, Debug)]
struct Evaluated {
    at_s: i64,
    series: usize,
    left_out: usize,
    error: Option<String>,
}

impl Memory {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn new(version: u32, target: &str, due_s: i64) -> Self {
        Self {
            version,
            target: wb_metrics::render::parse(target)
                .map(Arc::new)
                .map_err(|error| error.to_string()),
            due_s,
            last: BTreeMap::new(),
            looked_back: false,
            seen: None,
            damage: None,
            failing_since_s: None,
            copied_s: BTreeMap::new(),
        }
    }

    /// The same monitor after an edit. That it could not be evaluated is not forgotten.
    fn edited(&self, version: u32, target: &str) -> Self {
        Self {
            failing_since_s: self.failing_since_s,
            ..Self::new(version, target, self.due_s)
        }
    }

    /// Takes in what an evaluation saw.
    fn learn(&mut self, now_s: i64, seen: &Observed) {
        for series in &seen.series {
            if let Some(newest) = series.points.last().or(series.before.as_ref()) {
                self.last.insert(series.name.clone(), *newest);
            }
        }
        self.last
            .retain(|_, point| now_s.saturating_sub(point.at_s) <= ALIVE_S);
        self.looked_back |= seen.looked_back;
        self.seen = Some(Evaluated {
            at_s: now_s,
            series: seen.series.len(),
            left_out: seen.left_out,
            error: seen.error.clone(),
        });
    }
}
