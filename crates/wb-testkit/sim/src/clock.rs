//! Time: the true one, and what each node takes for it.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use wb_core::time::Timestamp;
use wb_ports::{Clock, Random};

/// True time; it never runs back.
#[derive(Clone, Debug)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn begin(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_micros())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn pass(&self, us: i64) {
        self.0.fetch_add(us.max(0), Ordering::Relaxed);
    }
}

/// A node's clocks: its wall clock may be wrong and jump; its monotonic one only stands still while
/// its host sleeps.
#[derive(Debug)]
pub(crate) struct NodeClock {
    time: Time,
    wrong_by_us: AtomicI64,
    slept_us: AtomicI64,
}

impl NodeClock {
    pub(crate) fn new(time: &Time, wrong_by_us: i64) -> Arc<Self> {
        Arc::new(Self {
            time: time.clone(),
            wrong_by_us: AtomicI64::new(wrong_by_us),
            slept_us: AtomicI64::new(0),
        })
    }

    /// The wall clock is set to be wrong by this.
    pub(crate) fn set_wrong_by(&self, us: i64) {
        self.wrong_by_us.store(us, Ordering::Relaxed);
    }

    /// The host slept for so long.
    pub(crate) fn slept(&self, us: i64) {
        self.slept_us.fetch_add(us, Ordering::Relaxed);
    }
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        let now_us = self.time.now().as_micros();
        Timestamp::from_micros(now_us + self.wrong_by_us.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        let awake_us = self.time.now().as_micros() - self.slept_us.load(Ordering::Relaxed);
        Duration::from_micros(awake_us.unsigned_abs())
    }
}

/// Bytes that never come twice and are the same in every run.
#[derive(Debug)]
pub(crate) struct Counted(AtomicU64);

impl Counted {
    /// Streams with different numbers have no bytes in common.
    pub(crate) const fn stream(number: u64) -> Self {
        Self(AtomicU64::new(number << 32))
    }
}

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            let spread = next.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            for (byte, value) in chunk.iter_mut().zip(spread) {
                *byte = value;
            }
        }
    }
}
