//! Time and randomness: the two things nobody may take from the machine directly.

use core::time::Duration;

use wb_core::time::Timestamp;

/// Where the time comes from. The program has one implementation; tests have their own and move it
/// by hand.
pub trait Clock: Send + Sync {
    /// The instant by which decisions are made; never runs backwards.
    fn now(&self) -> Timestamp;

    /// Time since the process started, untouched by changes of the wall clock: for deadlines and
    /// for judging whether a peer is alive.
    fn monotonic(&self) -> Duration;
}

/// Where randomness comes from: keys, nonces, jitter, ids of inputs.
pub trait Random: Send + Sync {
    /// Fills `bytes` with values nobody can predict.
    fn fill(&self, bytes: &mut [u8]);
}

/// The disk that holds the data directory.
pub trait Disk: Send + Sync {
    /// How many bytes are free for us.
    ///
    /// # Errors
    /// What the system says.
    fn free_bytes(&self) -> std::io::Result<u64>;
}
