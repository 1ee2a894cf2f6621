//! Plain numbers about the store, for `/metrics` and the status page.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A look at the store's counters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Closures waiting in the lane of people and claims.
    pub waiting_people: usize,
    /// Closures waiting in the lane of timers.
    pub waiting_timers: usize,
    /// Closures waiting in the lane of ingest.
    pub waiting_ingest: usize,
    /// Closures waiting in the lane of maintenance.
    pub waiting_maintenance: usize,
    /// Reads waiting for a reader.
    pub waiting_reads: usize,
    /// Transactions committed since the store was opened.
    pub commits_total: u64,
    /// Write closures answered since the store was opened.
    pub closures_total: u64,
    /// Closures that had to run once more.
    pub reruns_total: u64,
    /// Closures turned away because their lane was full.
    pub full_total: u64,
    /// How long the last COMMIT took.
    pub last_commit_us: u64,
    /// How many closures the last transaction held.
    pub last_batch: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) closures: AtomicU64,
    pub(crate) reruns: AtomicU64,
    pub(crate) full: AtomicU64,
    pub(crate) last_commit_us: AtomicU64,
    pub(crate) last_batch: AtomicU64,
}

impl Counters {
    pub(crate) fn committed(&self, batch: usize, commit_us: u64) {
        self.commits.fetch_add(1, Relaxed);
        self.closures.fetch_add(batch as u64, Relaxed);
        self.last_batch.store(batch as u64, Relaxed);
        self.last_commit_us.store(commit_us, Relaxed);
    }

    pub(crate) fn rerun(&self, closures: usize) {
        self.reruns.fetch_add(closures as u64, Relaxed);
    }

    pub(crate) fn fill(&self, stats: &mut Stats) {
        stats.commits_total = self.commits.load(Relaxed);
        stats.closures_total = self.closures.load(Relaxed);
        stats.reruns_total = self.reruns.load(Relaxed);
        stats.full_total = self.full.load(Relaxed);
        stats.last_commit_us = self.last_commit_us.load(Relaxed);
        stats.last_batch = self.last_batch.load(Relaxed);
    }
}
