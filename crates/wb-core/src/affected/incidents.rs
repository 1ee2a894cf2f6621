//! What happens to open incidents.

use super::Consequence;
use crate::config::{Config, ObjectId, Target};
use crate::ids::{ScheduleId, UserId};
use crate::incident::{DeliveryState, Incident, IncidentState, Recipient};

pub(super) fn affected(before: &Config, id: ObjectId, open: &[Incident]) -> Vec<Consequence> {
    let open = open.iter().filter(|it| it.state != IncidentState::Resolved);
    let of = |it: &Incident| {
        let incident = it.id;
        match id {
            ObjectId::User(user) if it.owner == Some(user) => {
                Some(Consequence::IncidentHeld { incident })
            }
            ObjectId::User(user) if waits_for(it, user) => {
                Some(Consequence::IncidentWaits { incident })
            }
            ObjectId::Policy(policy) if it.policy.is_some_and(|held| held.id == policy) => {
                Some(Consequence::IncidentRuns { incident })
            }
            ObjectId::Schedule(schedule) if climbs_to(before, it, schedule) => {
                Some(Consequence::IncidentWaits { incident })
            }
            _ => None,
        }
    };
    open.filter_map(of).collect()
}

/// Whether somebody has to acknowledge it, was asked to help and has not answered, or is still to be
/// told.
fn waits_for(it: &Incident, user: UserId) -> bool {
    let is_awaited = it.awaited.get(&user) == Some(&false);
    let own = it.pages.iter();
    let own = own.filter(|page| page.recipient == Recipient::Person(user));
    let mut deliveries = own.flat_map(|page| &page.deliveries);
    is_awaited || deliveries.any(|one| one.state == DeliveryState::Planned)
}

/// Whether its policy, as it is now, pages a schedule that goes.
fn climbs_to(before: &Config, it: &Incident, schedule: ScheduleId) -> bool {
    let policy = it.policy.and_then(|held| before.policies.get(&held.id));
    let mut targets = policy.into_iter().flat_map(|policy| policy.value.targets());
    it.state == IncidentState::Triggered && targets.any(|one| one == Target::Schedule(schedule))
}
