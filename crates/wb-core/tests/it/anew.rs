//! What makes an incident that somebody had, or that had come to its end, be told once more.

use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::config::{Config, Target};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, IntegrationId};
use wb_core::incident::{
    EscalationState, IncidentError, IncidentFact, IncidentInput, IncidentState, PageWhy,
};

use crate::world::{AIKO, HOOK, MARTA, NOBODY, World, at, config, step};

fn ladder() -> Config {
    config(
        vec![
            step(&[Target::User(AIKO)], 300),
            step(&[Target::User(MARTA)], 600),
        ],
        0,
    )
}

/// A world whose ladder was climbed to its end.
fn exhausted(config: Config) -> World {
    let mut world = World::open(config, Severity::Critical);
    while world.wake() {}
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
    world
}

fn resolve(world: &mut World) {
    let from = String::new();
    let input = IncidentInput::Resolve {
        via: Via::Web,
        from,
    };
    world.input(input).unwrap();
}

#[track_caller]
fn check_last_pages(world: &World, expected: &[&str]) {
    let pages = world.pages();
    let lines: Vec<_> = pages.lines().collect();
    let last = lines.len().saturating_sub(expected.len());
    assert_eq!(&lines[last..], expected, "{pages}");
}

#[test]
fn reopening_what_had_come_to_its_end_begins_the_policy_anew() {
    let mut world = exhausted(ladder());
    resolve(&mut world);
    world.now_s = 5_000;
    let reopen = IncidentInput::Reopen { via: Via::Web };
    world.input(reopen).unwrap();
    while world.wake() {}
    check_last_pages(
        &world,
        &["+5000 aiko email+5000 ntfy+5060", "+5300 marta email+5300"],
    );
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
}

#[test]
fn so_does_giving_it_back() {
    let mut world = exhausted(ladder());
    world.acknowledge().unwrap();
    world.now_s = 5_000;
    let undo = IncidentInput::Unacknowledge { via: Via::Web };
    world.input(undo).unwrap();
    assert!(world.wake());
    check_last_pages(&world, &["+5000 aiko email+5000 ntfy+5060"]);
}

#[test]
fn reopening_what_had_not_goes_on_where_it_stood() {
    let mut world = World::open(ladder(), Severity::Critical);
    resolve(&mut world);
    world.now_s = 10;
    world
        .input(IncidentInput::Reopen { via: Via::Web })
        .unwrap();
    assert!(world.wake());
    check_last_pages(&world, &["+300 marta email+300"]);
}

#[test]
fn dropping_the_last_pages_of_a_policy_has_its_last_step_once_more() {
    let mut world = exhausted(ladder());
    let waiting = world.incident.planned_deliveries().count();
    assert!(waiting > 0, "nothing was sent in this world");
    world.now_s = 90_000;
    let drop = |before| IncidentInput::Drop {
        via: Via::Web,
        due_before: at(before),
    };
    world.input(drop(90_000)).unwrap();
    assert_eq!(world.incident.planned_deliveries().count(), 0);
    assert!(world.wake());
    check_last_pages(&world, &["+90600 marta email+90600"]);
    assert!(world.wake());
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
}

#[test]
fn the_last_step_is_the_last_one_that_stands_for_somebody() {
    let steps = vec![
        step(&[Target::Endpoint(HOOK)], 300),
        step(&[Target::User(AIKO)], 300),
        step(&[], 300),
    ];
    let mut world = exhausted(config(steps, 0));
    world.now_s = 90_000;
    let drop = IncidentInput::Drop {
        via: Via::Web,
        due_before: at(90_000),
    };
    world.input(drop).unwrap();
    assert!(world.wake());
    check_last_pages(&world, &["+90300 aiko email+90300 ntfy+90360"]);
}

#[test]
fn dropping_leaves_a_policy_alone_that_has_steps_to_come_or_pages_on_their_way() {
    // A step is to come.
    let mut world = World::open(ladder(), Severity::Critical);
    world.now_s = 200;
    let drop = |before| IncidentInput::Drop {
        via: Via::Web,
        due_before: at(before),
    };
    world.input(drop(200)).unwrap();
    assert!(matches!(
        world.facts.last().map(|f| &f.fact),
        Some(IncidentFact::Dropped { .. })
    ));
    // One page is not too old.
    let mut world = exhausted(ladder());
    world.input(drop(61)).unwrap();
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
}

fn raise(world: &mut World, to: Severity, urgency: Urgency) {
    let alert = AlertId(Uuid::from_u128(61));
    let input = IncidentInput::SeverityRaised { alert, to, urgency };
    world.input(input).unwrap();
}

#[test]
fn whoever_took_something_quiet_is_told_again_when_it_becomes_loud() {
    let mut world = World::open(ladder(), Severity::Minor);
    world.acknowledge().unwrap();
    world.now_s = 100;
    raise(&mut world, Severity::Critical, Urgency::High);
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert_eq!(world.incident.owner, None);
    assert_eq!(
        world.incident.pages.last().map(|page| page.why),
        Some(PageWhy::Louder)
    );
    // Nobody answers: the policy begins anew after the time its first step gives.
    assert!(world.wake());
    check_last_pages(
        &world,
        &["+100 marta email+100", "+400 aiko email+400 ntfy+460"],
    );
}

#[test]
fn what_becomes_worse_but_not_louder_stays_with_whoever_has_it() {
    let mut world = World::open(ladder(), Severity::Major);
    world.acknowledge().unwrap();
    raise(&mut world, Severity::Critical, Urgency::High);
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
    assert_eq!(world.incident.owner, Some(MARTA));
    assert_eq!(world.incident.severity, Severity::Critical);
}

#[test]
fn where_nobody_can_be_told_again_the_policy_begins_at_once() {
    let acknowledge = || IncidentInput::Acknowledge {
        via: Via::System,
        from: String::new(),
    };
    let sender = Actor::Integration(IntegrationId(Uuid::from_u128(71)));
    for actor in [sender, Actor::User(NOBODY)] {
        let mut world = World::open(ladder(), Severity::Minor);
        world.input_by(actor, acknowledge()).unwrap();
        world.now_s = 100;
        raise(&mut world, Severity::Critical, Urgency::High);
        check_last_pages(&world, &["+100 aiko email+100 ntfy+160"]);
    }
}

#[test]
fn a_service_that_only_recorded_pages_even_when_somebody_had_it() {
    let mut world = World::open(ladder(), Severity::Info);
    assert_eq!(world.pages(), "");
    world.acknowledge().unwrap();
    world.now_s = 100;
    raise(&mut world, Severity::Critical, Urgency::High);
    assert!(world.wake());
    check_last_pages(
        &world,
        &["+100 marta email+100", "+400 aiko email+400 ntfy+460"],
    );
    resolve(&mut world);
    assert_eq!(world.acknowledge(), Err(IncidentError::AlreadyResolved));
}
