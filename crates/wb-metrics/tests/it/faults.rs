//! Faults in the middle of the work: the store goes on, and says what is wrong.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use wb_core::time::Timestamp;
use wb_metrics::store::{MetricStore, Rules};
use wb_ports::{AppendError, Clock, MetricSource as _, Sample, SampleSink as _};

use crate::support::{START, limits, now};

/// A clock that panics when it is told to, which the writer asks for the time of each batch.
#[derive(Debug, Default)]
struct Planted(AtomicBool);

impl Clock for Planted {
    fn now(&self) -> Timestamp {
        assert!(!self.0.swap(false, Ordering::SeqCst), "planted");
        Timestamp::EPOCH.plus_secs(START)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn sample(value: f64) -> Vec<Sample> {
    vec![Sample {
        series: "a.b".to_owned(),
        at_s: START - 60,
        value,
    }]
}

#[test]
fn a_panic_while_storing_costs_one_batch() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(Planted::default());
    let path = folder.path().join("metrics.db");
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let store = MetricStore::open(&path, Rules::default(), limits(), shared).unwrap();
    assert_eq!(now(store.append(sample(1.0))).unwrap().stored, 1);
    assert_eq!(store.trouble(), None);

    clock.0.store(true, Ordering::SeqCst);
    let refused = now(store.append(sample(2.0))).unwrap_err();
    assert!(matches!(refused, AppendError::Store(_)), "{refused}");
    assert!(store.trouble().unwrap().contains("panicked"));

    assert_eq!(now(store.append(sample(3.0))).unwrap().stored, 1);
    assert_eq!(store.trouble(), None);
    let found = store.fetch("a.b", START - 120, START, START).unwrap();
    let known: Vec<f64> = found[0].values.iter().copied().flatten().collect();
    assert_eq!(known, [3.0]);
}
