//! What a decision is given and what comes out of it.

use uuid::Uuid;

use crate::actor::Actor;
use crate::config::Config;
use crate::ids::{DeliveryId, IncidentId, MethodId, PageId, PolicyId};
use crate::incident::{Recipient, Turn};
use crate::time::Timestamp;

/// What every decision is given besides the aggregate's state and the input itself.
#[derive(Clone, Copy, Debug)]
pub struct Ctx<'a> {
    /// The time of the decision.
    pub now: Timestamp,
    /// The id of the input that is decided: a signal, a command, a tick, a receipt.
    pub input: Uuid,
    /// The configuration at the epoch the transaction compared.
    pub config: &'a Config,
}

/// A fact with its time and who brought it about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided<F> {
    /// When; never before the stream's previous fact.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What is now true.
    pub fact: F,
}

/// What a decision about one aggregate gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<S, F> {
    /// The aggregate's state after the facts.
    pub state: S,
    /// What became true, in order.
    pub facts: Vec<Decided<F>>,
    /// What has to be carried out; written to the outbox in the same transaction.
    pub effects: Vec<Effect>,
}

/// A change of the outbox, whose rows are the fence between claiming and cancelling a delivery; or of
/// whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A delivery is to be attempted from `due_at` on.
    Plan(PlannedDelivery),
    /// These deliveries are not to be attempted (again).
    Cancel(Vec<DeliveryId>),
    /// These cancelled deliveries are to be attempted after all, from the given times on.
    Restore(Vec<(DeliveryId, Timestamp)>),
    /// The attempt is over, and another one is due.
    Retry {
        /// Which delivery.
        delivery: DeliveryId,
        /// From when on.
        due_at: Timestamp,
    },
    /// The delivery is over: accepted by a provider, or given up.
    Finish {
        /// Which delivery.
        delivery: DeliveryId,
    },
    /// Somebody's turn was taken in a step that tells one person after the other.
    TakeTurn {
        /// Of which policy.
        policy: PolicyId,
        /// Which step, counted from 0.
        step: u32,
        /// How far it has come with that.
        turn: Turn,
    },
}

/// A delivery as the outbox needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDelivery {
    /// Its id.
    pub delivery: DeliveryId,
    /// The page it serves.
    pub page: PageId,
    /// The incident it is about.
    pub incident: IncidentId,
    /// Who is told.
    pub recipient: Recipient,
    /// The contact method; none for an endpoint.
    pub method: Option<MethodId>,
    /// The channel's name.
    pub channel: String,
    /// When it is due.
    pub due_at: Timestamp,
    /// Whether it goes out although somebody has the incident: its recipient is asked to help.
    pub is_asked: bool,
}
