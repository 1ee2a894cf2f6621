//! Batching of events: what waits goes into one transaction, one being written at a time per node.

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
    /// Whether somebody will come for those who wait.
    is_led: bool,
}

/// A place in the queue.
pub(crate) struct Wait {
    /// Whether the caller has to see to a batch.
    pub(crate) leads: bool,
    /// Where the answer comes.
    pub(crate) answer: oneshot::Receiver<Result<Ingested, AppError>>,
}

/// The place of a batch, filled when its transaction begins: what came while the one before was
/// written goes along. It keeps its events should the transaction begin anew.
#[derive(Debug, Default)]
pub(crate) struct Slot(Mutex<Option<Taken>>);

/// The events of a batch, and who waits for them.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) items: Arc<Vec<Arc<Item>>>,
    pub(crate) answers: Vec<Answer>,
}

/// What a slot holds.
pub(crate) struct Filled {
    pub(crate) items: Arc<Vec<Arc<Item>>>,
    /// Whether others wait and the caller has to see to a further batch at once.
    pub(crate) is_followed: bool,
}

/// When the next batch may be on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// When this one begins: whoever writes does so in the order of coming.
    AtBegin,
    /// When this one is done: writers stand beside one another.
    AtEnd,
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
        let leads = !state.is_led;
        state.is_led = true;
        Ok(Wait { leads, answer })
    }

    /// For whoever leads: others count on it.
    pub(crate) const fn lead(&self, slot: Arc<Slot>, next: Next) -> Lead<'_> {
        Lead {
            batcher: self,
            slot,
            next,
            is_over: false,
        }
    }

    /// Fills a slot, or says what it was filled with before. Sorted by key, so that nodes take locks
    /// in one order.
    pub(crate) fn fill(&self, slot: &Slot, next: Next) -> Filled {
        let mut taken = slot.lock();
        if let Some(Taken { items, .. }) = &*taken {
            return Filled {
                items: Arc::clone(items),
                is_followed: false,
            };
        }
        let mut state = self.lock();
        let mut batch = state.take(BATCH_MAX);
        let is_followed = next == Next::AtBegin && state.waiting > 0;
        if next == Next::AtBegin {
            state.is_led = is_followed;
        }
        drop(state);
        // Stable: events with one key stay in the order in which they came.
        batch.sort_by(|(a, _), (b, _)| {
            (a.integration, &a.event.dedup_key).cmp(&(b.integration, &b.event.dedup_key))
        });
        let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let items = Arc::new(items);
        *taken = Some(Taken {
            items: Arc::clone(&items),
            answers,
        });
        Filled { items, is_followed }
    }

    /// Answers everybody who waits now.
    pub(crate) fn answer_all(&self, error: &AppError) {
        let waiting = self.lock().take_all();
        for (_, answer) in waiting {
            drop(answer.send(Err(error.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// What it was filled with; `None` when its transaction never began.
    pub(crate) fn take(&self) -> Option<Taken> {
        self.lock().take()
    }

    /// Whether its transaction began.
    pub(crate) fn is_filled(&self) -> bool {
        self.lock().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Stands for a batch under way. When it goes before its end, because its task panicked or the
/// runtime stops, and nobody follows it yet, nobody is left waiting: the next caller leads again.
pub(crate) struct Lead<'a> {
    batcher: &'a Batcher,
    slot: Arc<Slot>,
    next: Next,
    is_over: bool,
}

impl Lead<'_> {
    /// The batch is done; says whether the caller has to see to a further one.
    pub(crate) fn end(mut self) -> bool {
        self.is_over = true;
        if self.has_passed_on() {
            return false;
        }
        let mut state = self.batcher.lock();
        state.is_led = state.waiting > 0;
        state.is_led
    }

    fn has_passed_on(&self) -> bool {
        self.next == Next::AtBegin && self.slot.is_filled()
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if !self.is_over && !self.has_passed_on() {
            // Under one lock, so that nobody queues up for a batch that will never come.
            let mut state = self.batcher.lock();
            let left = state.take_all();
            state.is_led = false;
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

    fn lead(batcher: &Batcher, next: Next) -> (Arc<Slot>, Lead<'_>) {
        let slot = Arc::new(Slot::default());
        let lead = batcher.lead(Arc::clone(&slot), next);
        (slot, lead)
    }

    #[test]
    fn a_lead_that_stops_in_the_middle_leaves_nobody_waiting() {
        let batcher = Batcher::default();
        let mut first = batcher.enqueue(item(1)).unwrap();
        assert!(first.leads);
        let (slot, under_way) = lead(&batcher, Next::AtEnd);
        assert_eq!(batcher.fill(&slot, Next::AtEnd).items.len(), 1);
        let mut second = batcher.enqueue(item(1)).unwrap();
        assert!(!second.leads);
        drop((slot.take(), under_way));
        assert!(is_let_go(&mut first) && is_let_go(&mut second));
        assert!(batcher.enqueue(item(1)).unwrap().leads);
    }

    #[test]
    fn a_lead_that_ends_leaves_the_next_one_alone() {
        let batcher = Batcher::default();
        let _first = batcher.enqueue(item(1)).unwrap();
        let (slot, under_way) = lead(&batcher, Next::AtEnd);
        batcher.fill(&slot, Next::AtEnd);
        assert!(!under_way.end());
        let mut second = batcher.enqueue(item(1)).unwrap();
        assert!(second.leads);
        assert!(!is_let_go(&mut second));
        assert!(!batcher.enqueue(item(1)).unwrap().leads);
    }

    #[test]
    fn the_next_batch_is_on_its_way_while_one_is_written() {
        let batcher = Batcher::default();
        let mut waits = vec![batcher.enqueue(item(1)).unwrap()];
        let (slot, under_way) = lead(&batcher, Next::AtBegin);
        // Before it begins, whoever comes goes along.
        waits.push(batcher.enqueue(item(1)).unwrap());
        assert!(!waits[1].leads);
        let filled = batcher.fill(&slot, Next::AtBegin);
        assert_eq!((filled.items.len(), filled.is_followed), (2, false));
        let third = batcher.enqueue(item(1)).unwrap();
        assert!(third.leads);
        // Begun anew, it has the same events.
        assert_eq!(batcher.fill(&slot, Next::AtBegin).items.len(), 2);
        assert!(!under_way.end());
        assert!(
            !batcher.enqueue(item(1)).unwrap().leads,
            "third still leads"
        );
    }

    #[test]
    fn what_does_not_fit_has_a_batch_of_its_own_at_once() {
        for next in [Next::AtBegin, Next::AtEnd] {
            let batcher = Batcher::default();
            let waits: Vec<_> = (0..=BATCH_MAX)
                .map(|_| batcher.enqueue(item(1)).unwrap())
                .collect();
            let (slot, under_way) = lead(&batcher, next);
            let filled = batcher.fill(&slot, next);
            assert_eq!(filled.items.len(), BATCH_MAX);
            assert_eq!(filled.is_followed, next == Next::AtBegin);
            assert!(!batcher.enqueue(item(1)).unwrap().leads);
            assert_eq!(under_way.end(), next == Next::AtEnd);
            drop(waits);
        }
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
        let (slot, under_way) = lead(&batcher, Next::AtEnd);
        let batch = batcher.fill(&slot, Next::AtEnd).items;
        assert_eq!(batch.len(), BATCH_MAX);
        let quiet = batch
            .iter()
            .filter(|item| item.integration == IntegrationId(Uuid::from_u128(2)));
        assert_eq!(quiet.count(), 1, "the quiet one has its turn");
        waits.push(batcher.enqueue(item(1)).unwrap());
        batcher.answer_all(&AppError::Unknown);
        let last = waits.last_mut().unwrap().answer.try_recv();
        assert!(matches!(last, Ok(Err(AppError::Unknown))));
        assert!(!under_way.end());
    }
}
