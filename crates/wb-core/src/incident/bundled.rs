//! Deliveries that wait because much goes to their recipient.
//!
//! The waiting itself stands in the outbox, written with the claim that found so much to be due. Here
//! the incident learns of it, so that everybody can see why somebody was told later.

use super::decide::Work;
use super::{DeliveryState, Incident, IncidentFact};
use crate::actor::Actor;
use crate::bundle::HeldBack;
use crate::ids::DeliveryId;

impl Work<'_> {
    /// What has ended since, or is no longer wanted, does not wait.
    pub(super) fn hold_back(&mut self, holds: Vec<(DeliveryId, HeldBack)>) {
        for (delivery, held) in holds {
            let waits = self.state.delivery(delivery).is_some_and(|(page, found)| {
                found.state == DeliveryState::Planned && self.state.wants(page.recipient, page.why)
            });
            if waits {
                self.emit(Actor::System, IncidentFact::HeldBack { delivery, held });
            }
        }
    }
}

impl Incident {
    pub(super) fn apply_held_back(&mut self, delivery: DeliveryId, held: HeldBack) {
        if let Some(found) = self.delivery_mut(delivery) {
            found.held_back = Some(held);
        }
    }
}
