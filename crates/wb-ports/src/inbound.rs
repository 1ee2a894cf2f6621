//! The way in: a dialect turns a body into an event.

use uuid::Uuid;
use wb_core::event::Event;
use wb_core::time::Timestamp;

/// A dialect that senders speak. Pure: the same arguments give the same answer.
pub trait Inbound: Send + Sync {
    /// The name in configuration and API, such as `events_v2`.
    fn dialect(&self) -> &'static str;

    /// Reads a body. `fresh_key` becomes the dedup key where the sender may leave it out and did.
    ///
    /// # Errors
    /// Why the body is refused, in the dialect's own words.
    fn normalize(
        &self,
        body: &[u8],
        received_at: Timestamp,
        fresh_key: Uuid,
    ) -> Result<Normalized, Refusal>;
}

/// A body that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalized {
    /// The key by which the integration is found.
    pub routing_key: String,
    /// The event.
    pub event: Event,
}

/// A body that was not taken. It writes no signal, but is counted on its integration, if known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {}", errors.join("; "))]
pub struct Refusal {
    /// Which kind of answer fits.
    pub status: RefusalStatus,
    /// What is wrong, in a line.
    pub message: String,
    /// Each thing that is wrong.
    pub errors: Vec<String>,
    /// The key, if it could be read.
    pub routing_key: Option<String>,
}

/// Which kind of answer fits a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalStatus {
    /// The sender must change the body.
    BadRequest,
    /// The sender must make the body smaller.
    TooLarge,
}
