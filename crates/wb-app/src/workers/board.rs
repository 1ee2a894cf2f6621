//! What each worker last did, for status, readiness and metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wb_core::time::Timestamp;

use super::Report;

/// The last state of every worker of this node.
#[derive(Debug, Default)]
pub struct Board(Mutex<BTreeMap<&'static str, WorkerView>>);

/// What one worker last did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerView {
    /// Its name.
    pub name: &'static str,
    /// When its last tick ended.
    pub last_tick_at: Timestamp,
    /// When its last good tick ended; none when there was none yet.
    pub last_good_at: Option<Timestamp>,
    /// Ticks so far.
    pub ticks: u64,
    /// Items carried out so far.
    pub done: u64,
    /// Items that failed so far.
    pub failed: u64,
    /// What went wrong in the last tick, if it failed.
    pub error: Option<String>,
}

impl Board {
    pub(super) fn note(&self, name: &'static str, at: Timestamp, result: &Result<Report, String>) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let view = board.entry(name).or_insert(WorkerView {
            name,
            last_tick_at: at,
            last_good_at: None,
            ticks: 0,
            done: 0,
            failed: 0,
            error: None,
        });
        view.last_tick_at = at;
        view.ticks += 1;
        match result {
            Ok(report) => {
                view.last_good_at = Some(at);
                view.done += report.done;
                view.failed += report.failed;
                view.error = None;
            }
            Err(error) => view.error = Some(error.clone()),
        }
    }

    /// All workers that ticked, by name.
    #[must_use]
    pub fn view(&self) -> Vec<WorkerView> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }
}
