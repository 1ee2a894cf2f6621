//! Refused calls: counted on their integration, the newest kept with their reason.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use wb_core::ids::IntegrationId;
use wb_core::time::Timestamp;

/// Refused calls kept per integration between two writes; older ones are only counted.
const KEPT_PER_INTEGRATION: usize = 100;

/// A call that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose key it carried; none when the key is unknown or unreadable.
    pub integration: Option<IntegrationId>,
    /// The HTTP status it was answered with.
    pub status: u16,
    /// Why.
    pub reason: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Refused calls that wait to be written.
#[derive(Debug, Default)]
pub struct Refusals {
    waiting: Mutex<BTreeMap<Option<IntegrationId>, Waiting>>,
}

/// The refused calls of one integration.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// How many there were.
    pub(crate) count: u64,
    /// The newest of them, oldest first.
    pub(crate) newest: VecDeque<Refusal>,
}

impl Refusals {
    pub(crate) fn add(&self, refusal: Refusal) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let own = waiting.entry(refusal.integration).or_default();
        own.count += 1;
        if own.newest.len() == KEPT_PER_INTEGRATION {
            own.newest.pop_front();
        }
        own.newest.push_back(refusal);
    }

    /// Takes everything that waits.
    pub(crate) fn take(&self) -> BTreeMap<Option<IntegrationId>, Waiting> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
