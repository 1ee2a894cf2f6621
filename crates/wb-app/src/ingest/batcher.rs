//! Batching of events on PostgreSQL: what waits goes into one transaction, one under way per node.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::{Ingested, Item};
use crate::error::AppError;

/// Events in one transaction at most.
const BATCH_MAX: usize = 256;

/// Events waiting at most; a further one is answered "busy".
const WAITING_MAX: usize = 8_192;

/// What a caller asked to come back after when the queue is full, in milliseconds.
const FULL_RETRY_AFTER_MS: u64 = 1_000;

type Answer = oneshot::Sender<Result<Ingested, AppError>>;

/// The queue of waiting events.
#[derive(Debug, Default)]
pub(crate) struct Batcher {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(Arc<Item>, Answer)>,
    draining: bool,
}

/// A place in the queue.
pub(crate) struct Wait {
    /// Whether the caller has to start the drain.
    pub(crate) leads: bool,
    /// Where the answer comes.
    pub(crate) answer: oneshot::Receiver<Result<Ingested, AppError>>,
}

impl Batcher {
    /// Takes a place.
    pub(crate) fn enqueue(&self, item: Arc<Item>) -> Result<Wait, AppError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting.len() >= WAITING_MAX {
            return Err(AppError::Busy {
                retry_after_ms: FULL_RETRY_AFTER_MS,
            });
        }
        let (sender, answer) = oneshot::channel();
        state.waiting.push_back((item, sender));
        let leads = !state.draining;
        state.draining = true;
        Ok(Wait { leads, answer })
    }

    /// The next batch, sorted by key so that nodes take locks in one order; `None` ends the drain.
    pub(crate) fn next(&self) -> Option<Vec<(Arc<Item>, Answer)>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let size = state.waiting.len().min(BATCH_MAX);
        if size == 0 {
            state.draining = false;
            return None;
        }
        let mut batch: Vec<_> = state.waiting.drain(..size).collect();
        // Stable: events with one key stay in the order in which they came.
        batch.sort_by(|(a, _), (b, _)| {
            (a.integration, &a.event.dedup_key).cmp(&(b.integration, &b.event.dedup_key))
        });
        Some(batch)
    }
}
