//! Upkeep: everything that is done to stored points afterwards, and the thread that does it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use wb_core::trusted::Trusted;

use super::engine::Engine;
use super::error::StoreError;
use super::file;
use super::limits::MaintenanceReport;
use super::{lock, whole};

/// The most series looked at while the heads are held.
pub(super) const SWEEP: usize = 4_096;
/// How far the time that is noted in the file may be behind, in seconds.
const NOTE_EVERY_S: u64 = 60;

impl Engine {
    /// Does everything that is due by the clock, as far as the clock is trusted.
    fn maintain_by_clock(&self) -> Result<MaintenanceReport, StoreError> {
        self.mend()?;
        let now_s = self.clock.now().as_secs();
        let drop_s = self.trusted_s(now_s)?;
        self.maintain(now_s, drop_s)
    }

    /// The time by which points are dropped when the clock says `now_s`. It is kept in the file, so
    /// that a process which begins with a wrong clock is not fooled either.
    fn trusted_s(&self, now_s: i64) -> Result<i64, StoreError> {
        let mut seen = lock(&self.trusted);
        let was_doubted = seen.clock.is_doubted();
        let act_by_s = seen.clock.act_by(now_s, self.clock.monotonic());
        if seen.clock.is_doubted() && !was_doubted {
            tracing::warn!(
                now_s,
                act_by_s,
                "the clock jumped forward by more than a day; no points are dropped by it until it \
                 has held for an hour"
            );
        }
        if seen
            .noted_s
            .is_none_or(|noted| act_by_s.abs_diff(noted) >= NOTE_EVERY_S)
        {
            file::set_seen_s(&lock(&self.file).conn, act_by_s)?;
            seen.noted_s = Some(act_by_s);
        }
        Ok(act_by_s)
    }

    /// Does everything that is due at `now_s`; points are dropped as of `drop_s`.
    pub(crate) fn maintain(
        &self,
        now_s: i64,
        drop_s: i64,
    ) -> Result<MaintenanceReport, StoreError> {
        let _alone = lock(&self.upkeep);
        let mut report = MaintenanceReport::default();
        self.figures.since_upkeep.store(0, Ordering::Relaxed);
        // A coarser step may complete one that is coarser still.
        while !self.closing() {
            let rolled = self.roll_up(now_s)?;
            report.rolled_up += rolled;
            if rolled == 0 {
                break;
            }
        }
        self.seal(now_s, &mut report)?;
        self.retain(drop_s, &mut report)?;
        self.checkpoint(&mut report)?;
        Ok(report)
    }
}

/// The clock as it was seen last, also by an earlier process.
#[derive(Debug)]
pub(super) struct Seen {
    clock: Trusted,
    /// What is noted of it in the file.
    noted_s: Option<i64>,
}

impl Seen {
    pub(super) const fn new(noted_s: Option<i64>) -> Self {
        Self {
            clock: Trusted::new(noted_s),
            noted_s,
        }
    }
}

/// Wakes the thread of upkeep, or ends it.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    kicked: bool,
    ended: bool,
}

impl Signal {
    pub(crate) fn kick(&self) {
        lock(&self.state).kicked = true;
        self.changed.notify_all();
    }

    pub(crate) fn end(&self) {
        lock(&self.state).ended = true;
        self.changed.notify_all();
    }

    /// False: it is over.
    fn wait(&self, most: Duration) -> bool {
        let state = lock(&self.state);
        let sleeping = |state: &mut State| !state.kicked && !state.ended;
        let (mut state, _) = whole(self.changed.wait_timeout_while(state, most, sleeping));
        state.kicked = false;
        !state.ended
    }
}

/// Runs upkeep again and again until it is told to end.
pub(crate) fn run(engine: &Engine, signal: &Signal) {
    let every = Duration::from_millis(engine.limits.upkeep_every_ms.max(1));
    while signal.wait(every) {
        run_once(engine);
    }
}

fn run_once(engine: &Engine) {
    let ended = catch_unwind(AssertUnwindSafe(|| engine.maintain_by_clock()));
    let trouble = match ended {
        Ok(Ok(report)) => {
            tracing::debug!(?report, "metric store upkeep");
            None
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "metric store upkeep failed; it is tried again");
            Some(error.to_string())
        }
        Err(_) => {
            tracing::error!("metric store upkeep panicked; it is tried again");
            lock(&engine.health).is_torn = true;
            Some("upkeep panicked; the log says where".to_owned())
        }
    };
    lock(&engine.health).upkeep = trouble;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, AtomicU64};

    use wb_core::time::Timestamp;
    use wb_ports::{Clock, MetricSource as _, Sample};

    use super::super::{Limits, MetricStore, Rules};
    use super::*;

    const START_S: i64 = 20_000 * 86_400;

    /// A wall and a monotonic time, each set by hand.
    struct Hands(AtomicI64, AtomicU64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH.plus_secs(self.0.load(Ordering::SeqCst))
        }

        fn monotonic(&self) -> Duration {
            Duration::from_secs(self.1.load(Ordering::SeqCst))
        }
    }

    fn open(path: &std::path::Path, clock: &Arc<Hands>) -> MetricStore {
        let ini = "[all]\npattern = .*\nretentions = 60s:7d\n";
        let rules = Rules::from_carbon(Some(ini), None).expect("rules");
        let limits = Limits {
            upkeep_every_ms: 0,
            ..Limits::default()
        };
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        MetricStore::open(path, rules, limits, clock).expect("opened")
    }

    fn known(store: &MetricStore) -> usize {
        let found = store.fetch("a.b", START_S - 3_600, START_S, START_S);
        let found = found.expect("read");
        let values = found.iter().flat_map(|points| &points.values);
        values.flatten().count()
    }

    #[test]
    fn a_clock_far_ahead_drops_nothing_until_it_has_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("metrics.db");
        let clock = Arc::new(Hands(AtomicI64::new(START_S), AtomicU64::new(0)));
        let store = open(&path, &clock);
        let batch = (1..=60).map(|minute| Sample {
            series: "a.b".to_owned(),
            at_s: START_S - minute * 60,
            value: 1.0,
        });
        store.engine.append(&[batch.collect()]).expect("stored");
        run_once(&store.engine);
        let before = known(&store);
        assert!(before >= 59, "{before}");

        clock.0.store(START_S + 400 * 86_400, Ordering::SeqCst);
        run_once(&store.engine);
        assert_eq!(known(&store), before);
        drop(store);
        // Neither does a process that begins with such a clock.
        let store = open(&path, &clock);
        run_once(&store.engine);
        assert_eq!(known(&store), before);
        clock.1.store(3_599, Ordering::SeqCst);
        run_once(&store.engine);
        assert_eq!(known(&store), before);
        clock.1.store(3_600, Ordering::SeqCst);
        run_once(&store.engine);
        assert_eq!(known(&store), 0, "it held: it is believed");
    }
}
