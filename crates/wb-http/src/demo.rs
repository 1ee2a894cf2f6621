//! The demo's outbox: messages that really went over the wire, into a sink instead of the world.

use wb_core::time::Timestamp;

/// A sink that keeps what it received. Only the demo has one.
pub trait Outbox: Send + Sync {
    /// What it received, oldest first.
    fn messages(&self) -> Vec<OutboxMessage>;
}

/// One message in the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMessage {
    /// When it arrived.
    pub at: Timestamp,
    /// By which channel.
    pub channel: String,
    /// To whom.
    pub to: String,
    /// Its subject or title.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// Where it leads.
    pub links: Vec<OutboxLink>,
}

/// A link in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxLink {
    /// `acknowledge` and `resolve`, or `accept` and `decline`.
    pub rel: String,
    /// The absolute address.
    pub href: String,
}
