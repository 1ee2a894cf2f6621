//! A clock that is set by hand, and stores without a thread for upkeep.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use wb_core::time::Timestamp;
use wb_metrics::store::{Limits, MetricStore, Rules};
use wb_ports::{Appended, Clock, MetricSource, Sample, SampleSink};

/// A time that is a whole number of days, so that steps begin with it.
pub(crate) const START: i64 = 20_000 * 86_400;

#[derive(Debug, Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn at(now_s: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now_s)))
    }

    pub(crate) fn set(&self, now_s: i64) {
        self.0.store(now_s, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst) * 1_000_000)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Upkeep only by hand.
pub(crate) fn limits() -> Limits {
    Limits {
        upkeep_every_ms: 0,
        ..Limits::default()
    }
}

/// One schema for every series.
pub(crate) fn schema(archives: &str) -> Rules {
    let ini = format!("[all]\npattern = .*\nretentions = {archives}\n");
    Rules::from_carbon(Some(&ini), None).unwrap()
}

/// A store in a folder of its own that can be closed and opened again.
pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    store: Option<MetricStore>,
}

impl Ground {
    pub(crate) fn new(rules: Rules, limits: Limits) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = HandClock::at(START);
        let mut ground = Self {
            folder,
            clock,
            rules,
            limits,
            store: None,
        };
        ground.reopen();
        ground
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("metrics.db")
    }

    pub(crate) fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open(&self.path(), &self.rules, &self.limits, &self.clock));
    }

    pub(crate) fn store(&self) -> &MetricStore {
        self.store.as_ref().unwrap()
    }

    pub(crate) fn append(&self, samples: &[(&str, i64, f64)]) -> Appended {
        append(self.store(), samples)
    }

    /// The known points of one series.
    pub(crate) fn points(
        &self,
        name: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Vec<(i64, f64)> {
        let found = self.store().fetch(name, from_s, until_s, now_s).unwrap();
        let known = found.iter().flat_map(|points| {
            let at = (points.start_s..).step_by(usize::try_from(points.step_s).unwrap());
            at.zip(&points.values)
                .filter_map(|(at, value)| Some((at, (*value)?)))
        });
        known.collect()
    }
}

pub(crate) fn open(
    path: &Path,
    rules: &Rules,
    limits: &Limits,
    clock: &Arc<HandClock>,
) -> MetricStore {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    MetricStore::open(path, rules.clone(), limits.clone(), clock).unwrap()
}

pub(crate) fn append(store: &MetricStore, samples: &[(&str, i64, f64)]) -> Appended {
    let batch = samples.iter().map(|(series, at_s, value)| Sample {
        series: (*series).to_owned(),
        at_s: *at_s,
        value: *value,
    });
    now(store.append(batch.collect())).unwrap()
}

/// Runs one future to its end.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}
