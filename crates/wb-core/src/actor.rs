//! Who did something, and by which way.

use crate::ids::{DeliveryId, IntegrationId, SignalId, TokenId, UserId};

/// Who did something. Facts name people by id only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// Watchbell itself: a timer, a rule.
    System,
    /// A person.
    User(UserId),
    /// A sender, through its integration.
    Integration(IntegrationId),
    /// Whoever used the link in a message to an endpoint; nobody knows who that was.
    Anonymous,
}

impl Actor {
    /// The person, if it was one.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::System | Self::Integration(_) | Self::Anonymous => None,
        }
    }
}

/// By which way something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// In the web UI.
    Web,
    /// Over the API with a token.
    Api(TokenId),
    /// By the signed link in the message of this delivery.
    Link(DeliveryId),
    /// By a signal from a sender.
    Signal(SignalId),
    /// By Watchbell itself.
    System,
}
