//! The turns that a decision may take, locked at once before it.

use std::collections::BTreeSet;

use wb_core::config::{Config, Policy};
use wb_core::ids::{PolicyId, ServiceId};
use wb_core::incident::Turns;
use wb_store::db::Tx;

use super::LoadedIncident;
use crate::error::AppError;

/// Steps that tell one person after the other.
pub(crate) type InTurn = BTreeSet<(PolicyId, u32)>;

/// Those of a policy.
pub(crate) fn in_turn(id: PolicyId, policy: &Policy) -> InTurn {
    let numbered = (0_u32..).zip(&policy.steps);
    numbered
        .filter(|(_, step)| step.round_robin)
        .map(|(number, _)| (id, number))
        .collect()
}

/// Those of a policy as it is now.
pub(crate) fn in_turn_now(config: &Config, id: PolicyId) -> InTurn {
    let found = config.policies.get(&id);
    found.map_or_else(InTurn::new, |policy| in_turn(id, &policy.value))
}

/// Those that page for a service now.
pub(crate) fn in_turn_of_service(config: &Config, service: ServiceId) -> InTurn {
    let policy = config.services.get(&service).and_then(|s| s.value.policy);
    policy.map_or_else(InTurn::new, |id| in_turn_now(config, id))
}

/// Locks how far they have come; asks nothing of the database where there are none.
pub(crate) fn lock(tx: &mut Tx<'_>, steps: &InTurn) -> Result<Turns, AppError> {
    let steps: Vec<_> = steps.iter().copied().collect();
    Ok(wb_store::turns::lock(tx, &steps)?)
}

impl LoadedIncident {
    /// Those that a decision about it may execute: of the policy it holds, or else would come to hold.
    pub(crate) fn in_turn(&self, config: &Config) -> InTurn {
        match (self.state.policy, &self.policy) {
            _ if !self.state.is_open() => InTurn::new(),
            (Some(held), Some(policy)) => in_turn(held.id, policy),
            (Some(_), None) => InTurn::new(),
            (None, _) => in_turn_of_service(config, self.state.service),
        }
    }
}
