//! Batching of events: what waits goes into one transaction, one under way per node.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use wb_core::ids::IntegrationId;

use super::{Ingested, Item};
use crate::error::AppError;

/// Events in one transaction at most. On SQLite nobody else writes meanwhile: some 20 ms.
const BATCH_MAX: usize = 128;

/// Events waiting at most; a further one is answered "busy".
const WAITING_MAX: usize = 8_192;

/// Events of one integration waiting at most, so that it exhausts its own share only.
const WAITING_PER_INTEGRATION: usize = 2_048;

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
    /// A line for each integration that waits, none of them empty.
    lines: BTreeMap<IntegrationId, VecDeque<(Arc<Item>, Answer)>>,
    /// Whose turn it is: one event of each line at a time.
    turns: VecDeque<IntegrationId>,
    /// Events in all lines.
    waiting: usize,
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
        let mut state = self.lock();
        let share = state.lines.get(&item.integration).map_or(0, VecDeque::len);
        if state.waiting >= WAITING_MAX || share >= WAITING_PER_INTEGRATION {
            return Err(AppError::Busy {
                retry_after_ms: FULL_RETRY_AFTER_MS,
            });
        }
        let (sender, answer) = oneshot::channel();
        state.push(item, sender);
        let leads = !state.draining;
        state.draining = true;
        Ok(Wait { leads, answer })
    }

    /// The drain, for whoever leads.
    pub(crate) const fn drain(&self) -> Drain<'_> {
        Drain {
            batcher: self,
            ended: false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, item: Arc<Item>, answer: Answer) {
        let integration = item.integration;
        let line = self.lines.entry(integration).or_default();
        if line.is_empty() {
            self.turns.push_back(integration);
        }
        line.push_back((item, answer));
        self.waiting += 1;
    }

    /// The next event: lines take turns, so that one that is flooded delays itself only.
    fn pop(&mut self) -> Option<(Arc<Item>, Answer)> {
        let integration = self.turns.pop_front()?;
        let line = self.lines.get_mut(&integration)?;
        let next = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&integration);
        } else {
            self.turns.push_back(integration);
        }
        Some(next)
    }

    fn take(&mut self, size: usize) -> Vec<(Arc<Item>, Answer)> {
        std::iter::from_fn(|| self.pop()).take(size).collect()
    }

    fn take_all(&mut self) -> Vec<(Arc<Item>, Answer)> {
        self.take(self.waiting)
    }
}

/// Takes batches until nothing waits. When it goes before that, because its task panicked or the
/// runtime stops, nobody is left waiting, and the next caller leads again.
pub(crate) struct Drain<'a> {
    batcher: &'a Batcher,
    ended: bool,
}

impl Drain<'_> {
    /// The next batch, sorted by key so that nodes take locks in one order; `None` ends the drain.
    pub(crate) fn next(&mut self) -> Option<Vec<(Arc<Item>, Answer)>> {
        let mut state = self.batcher.lock();
        let mut batch = state.take(BATCH_MAX);
        if batch.is_empty() {
            state.draining = false;
            self.ended = true;
            return None;
        }
        // Stable: events with one key stay in the order in which they came.
        batch.sort_by(|(a, _), (b, _)| {
            (a.integration, &a.event.dedup_key).cmp(&(b.integration, &b.event.dedup_key))
        });
        Some(batch)
    }

    /// Answers everybody who waits now.
    pub(crate) fn answer_all(&self, error: &AppError) {
        let waiting = self.batcher.lock().take_all();
        for (_, answer) in waiting {
            drop(answer.send(Err(error.clone())));
        }
    }
}

impl Drop for Drain<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // Under one lock, so that nobody queues up for a drain that will never come.
            let mut state = self.batcher.lock();
            let left = state.take_all();
            state.draining = false;
            drop(state);
            drop(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use oneshot::error::TryRecvError;
    use uuid::Uuid;
    use wb_core::event::{Event, EventAction, Severity};
    use wb_core::ids::SignalId;
    use wb_core::time::Timestamp;

    use super::*;
    use crate::ingest::RawSignal;

    fn item(integration: u128) -> Arc<Item> {
        let event = Event {
            action: EventAction::Trigger,
            dedup_key: "latency".to_owned(),
            severity: Severity::Major,
            summary: String::new(),
            source: String::new(),
            component: None,
            group: None,
            class: None,
            occurred_at: Timestamp::EPOCH,
            details: None,
            links: Vec::new(),
            images: Vec::new(),
            client: None,
            client_url: None,
            notes: Vec::new(),
        };
        Arc::new(Item {
            signal: SignalId(Uuid::nil()),
            integration: IntegrationId(Uuid::from_u128(integration)),
            service: None,
            event,
            raw: RawSignal::default(),
            at: Timestamp::EPOCH,
        })
    }

    fn is_let_go(wait: &mut Wait) -> bool {
        matches!(wait.answer.try_recv(), Err(TryRecvError::Closed))
    }

    #[test]
    fn a_drain_that_stops_in_the_middle_leaves_nobody_waiting() {
        let batcher = Batcher::default();
        let mut first = batcher.enqueue(item(1)).unwrap();
        assert!(first.leads);
        let mut drain = batcher.drain();
        let under_way = drain.next().unwrap();
        let mut second = batcher.enqueue(item(1)).unwrap();
        assert!(!second.leads);
        drop((under_way, drain));
        assert!(is_let_go(&mut first) && is_let_go(&mut second));
        assert!(batcher.enqueue(item(1)).unwrap().leads);
    }

    #[test]
    fn a_drain_that_ends_leaves_the_next_one_alone() {
        let batcher = Batcher::default();
        let _first = batcher.enqueue(item(1)).unwrap();
        let mut drain = batcher.drain();
        assert_eq!(drain.next().map(|batch| batch.len()), Some(1));
        assert!(drain.next().is_none());
        let mut second = batcher.enqueue(item(1)).unwrap();
        assert!(second.leads);
        drop(drain);
        assert!(!is_let_go(&mut second));
        assert!(!batcher.enqueue(item(1)).unwrap().leads);
    }

    #[test]
    fn one_integration_exhausts_its_own_share_only() {
        let batcher = Batcher::default();
        let mut waits: Vec<_> = (0..WAITING_PER_INTEGRATION)
            .map(|_| batcher.enqueue(item(1)).unwrap())
            .collect();
        let further = batcher.enqueue(item(1));
        assert!(matches!(further, Err(AppError::Busy { .. })));
        waits.push(batcher.enqueue(item(2)).unwrap());
        let mut drain = batcher.drain();
        let batch = drain.next().unwrap();
        assert_eq!(batch.len(), BATCH_MAX);
        let quiet = batch
            .iter()
            .filter(|(item, _)| item.integration == IntegrationId(Uuid::from_u128(2)));
        assert_eq!(quiet.count(), 1, "the quiet one has its turn");
        waits.push(batcher.enqueue(item(1)).unwrap());
        drain.answer_all(&AppError::Unknown);
        let last = waits.last_mut().unwrap().answer.try_recv();
        assert!(matches!(last, Ok(Err(AppError::Unknown))));
        assert!(drain.next().is_none());
    }
}
