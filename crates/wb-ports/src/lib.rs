//! The sockets between Watchbell and the world.
//!
//! Traits here are object-safe and their types plain: no database, no HTTP, no vendor. The domain
//! decides, `wb-app` carries out through these traits, and `wb-adapters` plugs into them. The
//! catalogue of texts ([`catalogue`]) lives here too, because everything that leaves through a
//! socket and is read by people takes its words from there.

pub mod ambient;
pub mod catalogue;
pub mod channel;
pub mod inbound;
pub mod message;
pub mod metrics;
pub mod networks;
pub mod notes;

pub use ambient::{Clock, Disk, Random};
pub use channel::{
    Capabilities, Channel, ChannelDescriptor, Channels, Field, FieldError, FieldKind,
    OpenedSettings, Receipt, SendFailure,
};
pub use inbound::{Inbound, Normalized, Refusal, RefusalStatus};
pub use message::{
    BundleView, BundledIncident, BundledService, Content, IncidentView, Links, Message,
    MessageRecipient,
};
pub use metrics::{
    Aggregation, AppendError, Appended, MetricSource, Node, Points, Sample, SampleSink, SourceError,
};
pub use notes::note_text;
