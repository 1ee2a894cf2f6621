//! What time alone does to an incident: snooze, the end of an acknowledgement, the end of an incident;
//! and steps that are wanted at once.

use proptest::prelude::*;
use wb_core::actor::{Actor, Via};
use wb_core::config::{Config, Object, Target, Timeouts};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::AlertId;
use wb_core::incident::{
    AttemptResult, EscalationState, IncidentError, IncidentFact, IncidentInput, IncidentState,
};
use wb_core::limits;

use crate::incident::{Act, act, play};
use crate::world::{AIKO, CHECKOUT, MARTA, World, at, config, step};

fn ladder(repeat: u32, timeouts: Timeouts) -> Config {
    let steps = vec![
        step(&[Target::User(AIKO)], 300),
        step(&[Target::User(MARTA)], 600),
    ];
    let mut config = config(steps, repeat);
    let mut service = config.services[&CHECKOUT].value.clone();
    service.timeouts = timeouts;
    config.put(Object::Service(CHECKOUT, service), 2);
    config
}

const EXPIRES: Timeouts = Timeouts {
    acknowledge_expires_after_s: Some(1_800),
    auto_resolve_after_s: None,
};
const ENDS: Timeouts = Timeouts {
    acknowledge_expires_after_s: None,
    auto_resolve_after_s: Some(3_600),
};

fn world(timeouts: Timeouts) -> World {
    World::open(ladder(0, timeouts), Severity::Critical)
}

fn snooze(world: &mut World, until_s: i64) -> Result<(), IncidentError> {
    let until = at(until_s);
    world.input(IncidentInput::Snooze {
        via: Via::Web,
        until,
    })
}

fn unsnooze(world: &mut World) -> Result<(), IncidentError> {
    world.input(IncidentInput::Unsnooze { via: Via::Web })
}

fn escalate(world: &mut World, step: Option<u32>) -> Result<(), IncidentError> {
    world.input(IncidentInput::Escalate {
        via: Via::Web,
        step,
    })
}

#[track_caller]
fn check_pages(world: &World, expected: &[&str]) {
    assert_eq!(world.pages(), expected.join("\n"));
}

#[test]
fn a_snooze_stops_everything_and_begins_anew_when_it_ends() {
    let mut world = world(Timeouts::default());
    world.now_s = 10;
    snooze(&mut world, 7_200).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
    assert_eq!(world.incident.owner, Some(MARTA));
    assert!(world.outbox.is_empty());
    assert!(world.wake());
    assert_eq!((world.now_s, world.incident.owner), (7_200, None));
    let ended = world.facts.iter().find_map(|decided| match decided.fact {
        IncidentFact::SnoozeEnded { owner, .. } => Some((owner, decided.actor)),
        _ => None,
    });
    assert_eq!(ended, Some((Some(MARTA), Actor::System)));
    check_pages(
        &world,
        &["+0 aiko email+0 ntfy+60", "+7200 aiko email+7200 ntfy+7260"],
    );
    while world.wake() {}
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
}

#[test]
fn a_snooze_that_is_taken_back_leaves_things_as_they_were() {
    // Nobody had it: the policy goes on, with what was stopped.
    let mut triggered = world(Timeouts::default());
    let planned = triggered.outbox.len();
    snooze(&mut triggered, 7_200).unwrap();
    triggered.now_s = 20;
    unsnooze(&mut triggered).unwrap();
    assert_eq!(triggered.incident.state, IncidentState::Triggered);
    assert_eq!(triggered.outbox.len(), planned);
    assert!(triggered.wake());
    assert_eq!(triggered.now_s, 300);

    // Aiko had it, and still does, also after it was put off twice.
    let mut held = world(EXPIRES);
    let acknowledge = IncidentInput::Acknowledge {
        via: Via::Web,
        from: String::new(),
    };
    held.input_by(Actor::User(AIKO), acknowledge).unwrap();
    snooze(&mut held, 7_200).unwrap();
    snooze(&mut held, 9_000).unwrap();
    assert_eq!(held.incident.wake_at(), Some(at(9_000)));
    held.now_s = 100;
    unsnooze(&mut held).unwrap();
    assert_eq!(held.incident.state, IncidentState::Acknowledged);
    assert_eq!(held.incident.owner, Some(AIKO));
    assert_eq!(held.incident.wake_at(), Some(at(1_900)));
    assert_eq!(unsnooze(&mut held), Err(IncidentError::NotSnoozed));
}

#[test]
fn an_incident_is_put_off_into_the_future_and_not_for_ever() {
    let mut world = world(Timeouts::default());
    world.now_s = 100;
    let longest = 100 + limits::SNOOZE_MAX_S;
    for until_s in [99, 100, longest + 1] {
        assert_eq!(snooze(&mut world, until_s), Err(IncidentError::SnoozeTime));
    }
    snooze(&mut world, longest).unwrap();
    let facts = world.facts.len();
    snooze(&mut world, longest).unwrap();
    assert_eq!(world.facts.len(), facts, "twice is once");
}

#[test]
fn a_snooze_does_not_outlive_its_urgency() {
    let mut world = World::open(ladder(0, Timeouts::default()), Severity::Minor);
    snooze(&mut world, 7_200).unwrap();
    world.now_s = 60;
    world
        .input(IncidentInput::SeverityRaised {
            alert: AlertId(uuid::Uuid::nil()),
            to: Severity::Critical,
            urgency: Urgency::High,
        })
        .unwrap();
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert_eq!(world.incident.snooze, None);
}

#[test]
fn an_acknowledgement_that_expires_lets_the_policy_go_on() {
    let mut world = world(EXPIRES);
    world.now_s = 100;
    world.acknowledge().unwrap();
    assert!(world.wake());
    assert_eq!(world.now_s, 1_900);
    assert_eq!(world.incident.owner, None);
    assert!(world.facts.iter().any(|decided| matches!(
        decided.fact,
        IncidentFact::AcknowledgementExpired {
            owner: Some(MARTA),
            ..
        }
    )));
    // What the acknowledgement had stopped goes out, and the step that was held comes now.
    check_pages(
        &world,
        &["+0 aiko email+1900 ntfy+1900", "+1900 marta email+1900"],
    );
    while world.wake() {}
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
}

#[test]
fn an_acknowledgement_that_was_taken_back_does_not_expire() {
    let mut world = world(EXPIRES);
    world.acknowledge().unwrap();
    world
        .input(IncidentInput::Unacknowledge { via: Via::Web })
        .unwrap();
    assert_eq!(world.incident.acknowledge_expires_at, None);
    while world.wake() {}
    assert_eq!(world.now_s, 900);
}

#[test]
fn what_is_open_for_long_ends_once_everybody_was_told() {
    let mut world = World::open(ladder(9, ENDS), Severity::Critical);
    while world.wake() {}
    assert_eq!(world.now_s, 9_000, "ten climbs come first");
    let last = world.facts.last().map(|decided| &decided.fact);
    assert!(
        matches!(
            last,
            Some(IncidentFact::Resolved {
                timed_out: true,
                ..
            })
        ),
        "{last:?}"
    );
    world.now_s = 9_100;
    world
        .input(IncidentInput::Reopen { via: Via::Web })
        .unwrap();
    assert_eq!(world.incident.auto_resolve_at, Some(at(12_700)));
}

#[test]
fn what_somebody_has_ends_in_time_and_what_is_snoozed_does_not() {
    let mut held = world(ENDS);
    held.acknowledge().unwrap();
    assert!(held.wake());
    assert_eq!(held.now_s, 3_600);
    assert_eq!(held.incident.state, IncidentState::Resolved);

    let mut snoozed = world(ENDS);
    snooze(&mut snoozed, 7_200).unwrap();
    assert!(snoozed.wake());
    assert_eq!(snoozed.now_s, 7_200);
    assert_eq!(snoozed.incident.state, IncidentState::Triggered);
}

#[test]
fn a_step_that_is_wanted_comes_at_once() {
    let mut world = world(Timeouts::default());
    world.now_s = 30;
    escalate(&mut world, None).unwrap();
    check_pages(&world, &["+0 aiko email+0 ntfy+60", "+30 marta email+30"]);
    assert_eq!(world.incident.wake_at(), Some(at(630)));
    // After the last step comes the first.
    world.now_s = 60;
    escalate(&mut world, None).unwrap();
    assert!(world.pages().ends_with("+60 aiko email+60 ntfy+120"));
    // And any by its number.
    world.now_s = 90;
    escalate(&mut world, Some(1)).unwrap();
    assert!(world.pages().ends_with("+90 marta email+90"));
    let none = Err(IncidentError::NoSuchStep { steps: 2 });
    assert_eq!(escalate(&mut world, Some(2)), none);
}

#[test]
fn escalating_takes_the_incident_from_whoever_has_it() {
    let mut world = world(EXPIRES);
    world.acknowledge().unwrap();
    world.now_s = 30;
    escalate(&mut world, None).unwrap();
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert_eq!(world.incident.owner, None);
    // Aiko's messages stay stopped.
    assert_eq!(world.outbox.len(), 1);
    check_pages(&world, &["+0 aiko email+0 ntfy+60", "+30 marta email+30"]);
}

#[test]
fn there_is_nothing_to_escalate_without_a_policy_or_after_the_end() {
    let mut recorded = World::open(ladder(0, Timeouts::default()), Severity::Info);
    assert_eq!(escalate(&mut recorded, None), Err(IncidentError::NoPolicy));
    let mut over = world(Timeouts::default());
    let from = String::new();
    let resolve = IncidentInput::Resolve {
        via: Via::Web,
        from,
    };
    over.input(resolve).unwrap();
    let too_late = Err(IncidentError::AlreadyResolved);
    assert_eq!(escalate(&mut over, None), too_late);
    assert_eq!(snooze(&mut over, 60), too_late);
}

#[derive(Clone, Debug)]
enum Late {
    Act(Act),
    Snooze(i64),
    Unsnooze,
    Escalate(Option<u32>),
    Wake,
}

fn late() -> impl Strategy<Value = Late> {
    prop_oneof![
        6 => act().prop_map(Late::Act),
        1 => (-10_i64..5_000).prop_map(Late::Snooze),
        1 => Just(Late::Unsnooze),
        1 => prop::option::of(0_u32..3).prop_map(Late::Escalate),
        2 => Just(Late::Wake),
    ]
}

fn timeouts() -> impl Strategy<Value = Timeouts> {
    let times = || prop::option::of(60_u32..3_000);
    (times(), times()).prop_map(|(expires, ends)| Timeouts {
        acknowledge_expires_after_s: expires,
        auto_resolve_after_s: ends,
    })
}

fn play_late(world: &mut World, late: &Late) {
    match late {
        Late::Act(act) => play(world, act),
        Late::Snooze(in_s) => {
            let until_s = world.now_s + in_s;
            snooze(world, until_s).unwrap_or_default();
        }
        Late::Unsnooze => unsnooze(world).unwrap_or_default(),
        Late::Escalate(step) => escalate(world, *step).unwrap_or_default(),
        Late::Wake => drop(world.wake()),
    }
}

proptest! {
    /// With snoozes, times that run out and steps on demand, too: nothing can be claimed while somebody
    /// has it, and whatever somebody has either waits for a stated time or is held for good.
    #[test]
    fn nothing_is_claimable_while_it_waits(
        times in timeouts(),
        lives in prop::collection::vec(late(), 0..60),
    ) {
        let mut world = World::open(ladder(1, times), Severity::Critical);
        for late in &lives {
            play_late(&mut world, late);
            if world.incident.state != IncidentState::Triggered {
                let unclaimed = world.outbox.keys().filter(|id| !world.claimed.contains(*id));
                prop_assert_eq!(unclaimed.count(), 0);
            }
            let is_held = world.incident.state == IncidentState::Acknowledged;
            prop_assert!(is_held || world.incident.snooze.is_none());
            prop_assert!(is_held || world.incident.acknowledge_expires_at.is_none());
            if let Some(snooze) = world.incident.snooze {
                prop_assert_eq!(world.incident.wake_at(), Some(snooze.until));
            }
        }
    }

    /// Left alone from any moment on, an incident comes to rest: it is over, or held for good by
    /// somebody, or its policy was climbed to its end and it has no end of its own.
    #[test]
    fn every_incident_comes_to_rest(
        times in timeouts(),
        lives in prop::collection::vec(late(), 0..40),
    ) {
        let mut world = World::open(ladder(2, times), Severity::Critical);
        for late in &lives {
            play_late(&mut world, late);
        }
        let mut wakes = 0;
        while world.wake() {
            wakes += 1;
            prop_assert!(wakes < 100, "no end in sight");
        }
        match world.incident.state {
            IncidentState::Resolved => {}
            IncidentState::Acknowledged => {
                prop_assert_eq!(times, Timeouts::default());
                prop_assert_eq!(world.incident.snooze, None);
            }
            IncidentState::Triggered => {
                prop_assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
                prop_assert_eq!(world.incident.auto_resolve_at, None);
            }
        }
    }

    /// The same inputs at the same times give the same facts.
    #[test]
    fn decisions_by_time_are_functions(
        times in timeouts(),
        lives in prop::collection::vec(late(), 0..40),
    ) {
        let mut one = World::open(ladder(1, times), Severity::Critical);
        let mut other = World::open(ladder(1, times), Severity::Critical);
        for late in &lives {
            play_late(&mut one, late);
            play_late(&mut other, late);
        }
        prop_assert_eq!(one.facts, other.facts);
    }

    /// An acknowledgement that comes while a snooze is in force leaves the snooze alone: a late click
    /// on an old message must not make it last for good.
    #[test]
    fn a_late_acknowledgement_does_not_end_a_snooze(until_s in 60_i64..9_000) {
        let mut world = world(Timeouts::default());
        snooze(&mut world, until_s).unwrap();
        let first = world.incident.pages[0].deliveries[0].id;
        world.acknowledge().unwrap();
        prop_assert_eq!(world.incident.wake_at(), Some(at(until_s)));
        prop_assert!(world.report(first, AttemptResult::Withheld).is_ok());
        prop_assert!(world.wake());
        prop_assert_eq!(world.incident.state, IncidentState::Triggered);
    }
}
