//! Upkeep: everything that is done to stored points afterwards, and the thread that does it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use super::engine::Engine;
use super::error::StoreError;
use super::limits::MaintenanceReport;
use super::{lock, whole};

/// The most series looked at while the heads are held.
pub(super) const SWEEP: usize = 4_096;

impl Engine {
    /// Does everything that is due at `now_s`.
    pub(crate) fn maintain(&self, now_s: i64) -> Result<MaintenanceReport, StoreError> {
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
        self.retain(now_s, &mut report)?;
        self.checkpoint(&mut report)?;
        Ok(report)
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
        let now_s = engine.clock.now().as_secs();
        match catch_unwind(AssertUnwindSafe(|| engine.maintain(now_s))) {
            Ok(Ok(report)) => tracing::debug!(?report, "metric store upkeep"),
            Ok(Err(error)) => {
                tracing::error!(%error, "metric store upkeep failed; it is tried again")
            }
            Err(_) => tracing::error!("metric store upkeep panicked; it is tried again"),
        }
    }
}
