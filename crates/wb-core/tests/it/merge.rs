//! Merging one incident into another.

use std::collections::BTreeMap;

use uuid::Uuid;
use wb_core::actor::Via;
use wb_core::config::{Config, Target};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, IncidentId};
use wb_core::incident::{
    Absorbed, EscalationState, IncidentError, IncidentInput, IncidentState, Merged,
};
use wb_core::limits;

use crate::world::{AIKO, MARTA, World, config, step};

const OTHER: IncidentId = IncidentId(Uuid::from_u128(52));

fn ladder() -> Config {
    config(
        vec![
            step(&[Target::User(AIKO)], 300),
            step(&[Target::User(MARTA)], 600),
        ],
        0,
    )
}

fn merge_into(into: IncidentId) -> IncidentInput {
    IncidentInput::MergeInto {
        into,
        via: Via::Web,
        from: "192.0.2.7 Firefox".into(),
    }
}

fn alert(n: u128) -> AlertId {
    AlertId(Uuid::from_u128(n))
}

fn absorb(severity: Severity, urgency: Urgency) -> IncidentInput {
    IncidentInput::Absorb(Absorbed {
        incident: OTHER,
        via: Via::Web,
        alerts: BTreeMap::from([(alert(1), true), (alert(2), false)]),
        severity,
        urgency,
    })
}

#[test]
fn what_is_merged_ends_and_stops() {
    let mut world = World::open(ladder(), Severity::Critical);
    let claimed = *world.outbox.keys().next().unwrap();
    world.claimed.insert(claimed);
    world.input(merge_into(OTHER)).unwrap();
    assert_eq!(world.incident.state, IncidentState::Resolved);
    assert_eq!(world.incident.wake_at(), None);
    // What is being sent may still arrive; nothing else goes out.
    assert_eq!(world.outbox.keys().collect::<Vec<_>>(), [&claimed]);
    let merged = Merged {
        into: OTHER,
        alerts: Vec::new(),
    };
    assert_eq!(world.incident.merged, Some(merged));
}

#[test]
fn what_takes_it_up_has_its_alerts_and_is_as_bad_and_as_loud_as_the_worse_of_both() {
    let mut world = World::open(ladder(), Severity::Minor);
    world.now_s = 10;
    world.input(absorb(Severity::Major, Urgency::High)).unwrap();
    assert_eq!(world.incident.severity, Severity::Major);
    assert_eq!(world.incident.urgency, Urgency::High);
    assert_eq!(world.incident.absorbed, [OTHER]);
    assert_eq!(
        world.incident.alerts,
        BTreeMap::from([(alert(1), true), (alert(2), false)])
    );
    assert_eq!(world.incident.state, IncidentState::Triggered);
    // The milder one changes neither.
    world.input(absorb(Severity::Info, Urgency::None)).unwrap();
    assert_eq!(world.incident.severity, Severity::Major);
    assert_eq!(world.incident.urgency, Urgency::High);
    // When the last alert is over, so is the incident.
    let over = IncidentInput::AlertResolved {
        alert: alert(1),
        via: Via::System,
    };
    world.input(over).unwrap();
    assert_eq!(world.incident.state, IncidentState::Resolved);
}

#[test]
fn taking_up_something_louder_tells_whoever_has_it() {
    let mut world = World::open(ladder(), Severity::Minor);
    world.acknowledge().unwrap();
    world.now_s = 10;
    world.input(absorb(Severity::Minor, Urgency::Low)).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
    world
        .input(absorb(Severity::Critical, Urgency::High))
        .unwrap();
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert!(world.pages().ends_with("+10 marta email+10"));
}

#[test]
fn what_only_recorded_pages_from_then_on() {
    let mut world = World::open(ladder(), Severity::Info);
    assert_eq!(world.incident.escalation.state, EscalationState::Off);
    world
        .input(absorb(Severity::Critical, Urgency::High))
        .unwrap();
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60");
}

#[test]
fn refusals_are_clear_and_change_nothing() {
    let mut world = World::open(ladder(), Severity::Critical);
    let own = world.incident.id;
    assert_eq!(
        world.input(merge_into(own)),
        Err(IncidentError::MergeIntoItself)
    );
    let many = (0..=limits::ALERTS_PER_INCIDENT).map(|n| (alert(n as u128), true));
    let input = IncidentInput::Absorb(Absorbed {
        incident: OTHER,
        via: Via::Web,
        alerts: many.collect(),
        severity: Severity::Critical,
        urgency: Urgency::High,
    });
    assert_eq!(world.input(input), Err(IncidentError::TooManyAlerts));
    assert_eq!(world.facts.len(), 3, "opened, step, paged");

    world.input(merge_into(OTHER)).unwrap();
    let again = Err(IncidentError::Merged { into: OTHER });
    assert_eq!(world.input(merge_into(OTHER)), again);
    let reopen = IncidentInput::Reopen { via: Via::Web };
    assert_eq!(world.input(reopen), again);
    assert_eq!(
        world.input(absorb(Severity::Critical, Urgency::High)),
        Err(IncidentError::MergeTargetResolved)
    );
    assert_eq!(world.acknowledge(), Err(IncidentError::AlreadyResolved));

    let mut over = World::open(ladder(), Severity::Critical);
    let from = String::new();
    over.input(IncidentInput::Resolve {
        via: Via::Web,
        from,
    })
    .unwrap();
    assert_eq!(
        over.input(merge_into(OTHER)),
        Err(IncidentError::AlreadyResolved)
    );
}
