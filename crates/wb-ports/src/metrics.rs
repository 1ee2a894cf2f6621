//! Samples on their way in ([`SampleSink`]) and points on their way out ([`MetricSource`]).
//!
//! Listeners (carbon, later StatsD) push into a sink; render and monitors read from a source. Both
//! are played by the local metric store today and by stores of other makes later.

use async_trait::async_trait;

/// One measured value of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The series' dotted name, as sent (`checkout.latency_ms.p99`).
    pub series: String,
    /// When it was measured, in whole seconds since 1970 UTC.
    pub at_s: i64,
    /// The value; never NaN, never infinite.
    pub value: f64,
}

/// What became of a batch of samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many samples are stored.
    pub stored: usize,
    /// How many were left out: older than every archive of their series, too far in the future, or
    /// of a new series when no more may be opened.
    pub refused: usize,
}

/// Why a batch of samples was not stored, none of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The sink takes no more for the moment; try again shortly.
    #[error("the metric store takes no more samples for the moment")]
    Full,
    /// The sink is closed; the program is stopping.
    #[error("the metric store is closed")]
    Closed,
    /// The store could not be written.
    #[error("the metric store could not be written: {0}")]
    Store(String),
}

/// Where samples go.
#[async_trait]
pub trait SampleSink: Send + Sync {
    /// Stores a batch. On return its samples can be read and survive a killed process.
    ///
    /// # Errors
    ///
    /// [`AppendError`]: nothing of the batch is stored.
    async fn append(&self, batch: Vec<Sample>) -> Result<Appended, AppendError>;
}

/// How several points become one, as carbon's `storage-aggregation` and graphite's
/// `consolidateBy` name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Aggregation {
    /// The arithmetic mean; the default.
    #[default]
    Average,
    /// The sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The earliest.
    First,
    /// The latest.
    Last,
}

/// The points of one series over a window, in even steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// The name of the series.
    pub name: String,
    /// The time of the first value, a multiple of the step, in seconds since 1970 UTC.
    pub start_s: i64,
    /// The distance between two values, in seconds; at least 1.
    pub step_s: i64,
    /// One value for each step; `None` where nothing was measured.
    pub values: Vec<Option<f64>>,
    /// How its points are made fewer when there are more than can be shown.
    pub consolidation: Aggregation,
    /// The share of known values (0 to 1) below which a consolidated point is unknown.
    pub x_files_factor: f64,
}

impl Points {
    /// The end of the window: the time after the last value's step.
    #[must_use]
    pub fn end_s(&self) -> i64 {
        let count = i64::try_from(self.values.len()).unwrap_or(i64::MAX);
        self.start_s
            .saturating_add(self.step_s.saturating_mul(count))
    }
}

/// A node in the tree of dotted names that fits a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// Its whole dotted path.
    pub path: String,
    /// Whether points are kept under this very path.
    pub leaf: bool,
    /// Whether there are names below it.
    pub branch: bool,
}

/// Why points could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The pattern cannot be read.
    #[error("the pattern {pattern:?} cannot be read: {why}")]
    Pattern {
        /// The pattern, as given.
        pattern: String,
        /// What is wrong with it and where.
        why: String,
    },
    /// More series fit than one request may read.
    #[error("{pattern:?} fits more than {limit} series; make it narrower")]
    TooMany {
        /// The pattern, as given.
        pattern: String,
        /// The most that one request may read.
        limit: usize,
    },
    /// The store could not be read.
    #[error("the metric store could not be read: {0}")]
    Store(String),
}

/// Where points come from. Calls block; call them from a thread that may wait.
pub trait MetricSource: Send + Sync {
    /// The nodes that fit a graphite pattern (`*`, `?`, `[a-z]`, `{a,b}`; none crosses a dot), in
    /// the order of their paths.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError>;

    /// The points of every series that fits a pattern, over `from_s < t <= until_s`, read from the
    /// finest archive that reaches back to `from_s` as seen at `now_s`, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError>;

    /// When the newest sample of all came in, by our clock, in seconds since 1970 UTC; none before
    /// the first since the start, and for a source that cannot tell. By this a silent series is
    /// told from a source that hears nothing at all.
    fn last_heard_s(&self) -> Option<i64> {
        None
    }
    /// What keeps new points from being stored, if something does, for people.
    fn trouble(&self) -> Option<String> {
        None
    }
}
