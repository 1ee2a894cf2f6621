//! What a page does by a person's own rules: ringing until somebody picks up, quiet hours, a pause.

use jiff::civil::{Weekday, time};
use wb_core::actor::Via;
use wb_core::config::{Config, Hours, Object, PersonalRules, Target, Weekdays, Window};
use wb_core::event::Severity;
use wb_core::ids::DeliveryId;
use wb_core::incident::{
    AttemptResult, FailureReason, IncidentFact, IncidentInput, NotTold, ReassignTo,
};
use wb_core::limits;

use crate::world::{AIKO, MARTA, World, at, config, step};

/// The world begins at 14:13:20 UTC; this is how long it is until eight in the morning.
const UNTIL_EIGHT_S: i64 = 17 * 3_600 + 46 * 60 + 40;

fn ruled(change: impl FnOnce(&mut PersonalRules)) -> Config {
    let steps = vec![
        step(&[Target::User(AIKO)], 3_600),
        step(&[Target::User(MARTA)], 3_600),
    ];
    let mut config = config(steps, 0);
    let mut aiko = config.users[&AIKO].value.clone();
    change(&mut aiko.rules);
    config.put(Object::User(AIKO, aiko), 2);
    config
}

fn ringing() -> World {
    let config = ruled(|rules| rules.repeat_high_s = Some(300));
    World::open(config, Severity::Critical)
}

/// Sends what is due first, with this result.
fn send(world: &mut World, result: AttemptResult) -> DeliveryId {
    let due = world.outbox.iter().min_by_key(|(id, due)| (**due, **id));
    let (id, due) = due.map(|(id, due)| (*id, *due)).expect("something due");
    world.now_s = world.now_s.max(due.as_secs() - crate::world::START);
    world.report(id, result).unwrap();
    id
}

fn due_s(world: &World) -> Vec<i64> {
    let due = world.outbox.values();
    let mut due: Vec<_> = due.map(|at| at.as_secs() - crate::world::START).collect();
    due.sort_unstable();
    due
}

const REFUSED: AttemptResult = AttemptResult::Failed {
    reason: FailureReason::Refused,
    retry_after_s: None,
};

#[test]
fn the_last_rule_comes_again_and_again_until_somebody_acknowledges() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    assert_eq!(due_s(&world), [60], "the mail is not repeated");
    send(&mut world, AttemptResult::Accepted);
    assert_eq!(due_s(&world), [360]);
    send(&mut world, AttemptResult::Accepted);
    assert_eq!(due_s(&world), [660]);
    let facts = world.facts.iter();
    let repeats = facts.filter(|d| matches!(d.fact, IncidentFact::Repeated { .. }));
    assert_eq!(repeats.count(), 2);
    world.acknowledge().unwrap();
    assert_eq!(due_s(&world), []);
}

#[test]
fn what_did_not_go_out_is_repeated_too() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    send(&mut world, REFUSED);
    assert_eq!(due_s(&world), [360]);
}

#[test]
fn an_acknowledgement_that_is_taken_back_lets_it_ring_on() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    let push = *world.outbox.keys().next().unwrap();
    world.now_s = 60;
    world.claimed.insert(push);
    world.acknowledge().unwrap();
    // It was under way, and went out.
    world.report(push, AttemptResult::Accepted).unwrap();
    assert_eq!(due_s(&world), []);
    world.now_s = 90;
    world
        .input(IncidentInput::Unacknowledge { via: Via::Web })
        .unwrap();
    assert_eq!(due_s(&world), [390]);
}

#[test]
fn whoever_the_incident_was_taken_from_is_not_rung_again() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    let push = *world.outbox.keys().next().unwrap();
    world.now_s = 60;
    world.claimed.insert(push);
    world
        .input(IncidentInput::Reassign {
            via: Via::Web,
            to: ReassignTo::User(MARTA),
        })
        .unwrap();
    world.report(push, AttemptResult::Accepted).unwrap();
    assert_eq!(due_s(&world), [60], "Marta's mail only");
}

#[test]
fn a_person_is_rung_by_one_page_at_a_time() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    send(&mut world, AttemptResult::Accepted);
    let first = *world.outbox.keys().next().unwrap();
    let (via, step) = (Via::Web, Some(0));
    world.input(IncidentInput::Escalate { via, step }).unwrap();
    world.report(first, AttemptResult::Accepted).unwrap();
    assert_eq!(due_s(&world), [60, 120], "the new page's own two");
}

#[test]
fn ringing_ends_some_time() {
    let mut world = ringing();
    send(&mut world, AttemptResult::Accepted);
    for _ in 0..limits::REPEATS_PER_PAGE * 2 {
        if world.outbox.is_empty() {
            break;
        }
        send(&mut world, AttemptResult::Accepted);
    }
    let deliveries = world.incident.pages[0].deliveries.len();
    assert_eq!(deliveries, limits::REPEATS_PER_PAGE);
}

#[test]
fn low_urgency_waits_for_the_end_of_quiet_hours_with_all_its_rules() {
    let all = (0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
    let quiet = Hours {
        zone: "UTC".to_owned(),
        windows: vec![Window {
            days: all.collect::<Weekdays>(),
            from: time(12, 0, 0, 0),
            to: time(8, 0, 0, 0),
            coordinate_only: false,
        }],
    };
    let rules = |rules: &mut PersonalRules| {
        rules.low = rules.high.clone();
        rules.quiet_hours = Some(quiet);
    };
    let config = ruled(rules);
    let world = World::open(config.clone(), Severity::Minor);
    assert_eq!(due_s(&world), [UNTIL_EIGHT_S, UNTIL_EIGHT_S + 60]);
    let waits = world.facts.iter().find_map(|decided| match &decided.fact {
        IncidentFact::Paged { deliveries, .. } => {
            Some(deliveries.iter().all(|d| d.after_quiet_hours))
        }
        _ => None,
    });
    assert_eq!(waits, Some(true));
    let world = World::open(config, Severity::Critical);
    assert_eq!(due_s(&world), [0, 60], "high urgency disturbs");
}

#[test]
fn quiet_hours_without_an_end_are_none() {
    let all = (0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
    let always = Hours {
        zone: "UTC".to_owned(),
        windows: vec![Window {
            days: all.collect::<Weekdays>(),
            from: time(0, 0, 0, 0),
            to: time(0, 0, 0, 0),
            coordinate_only: false,
        }],
    };
    let config = ruled(|rules| rules.quiet_hours = Some(always));
    assert_eq!(due_s(&World::open(config, Severity::Minor)), [0]);
}

#[test]
fn whoever_is_paused_is_passed_over_until_the_pause_ends() {
    let paused = |until_s| {
        let mut config = ruled(|_| {});
        let mut aiko = config.users[&AIKO].value.clone();
        aiko.paused_until = Some(at(until_s));
        config.put(Object::User(AIKO, aiko), 3);
        World::open(config, Severity::Critical)
    };
    let world = paused(1);
    assert_eq!(
        world.pages(),
        "+0 aiko \n+0 marta email+0",
        "the next step follows at once"
    );
    let why = world.facts.iter().find_map(|decided| match decided.fact {
        IncidentFact::Paged { not_told, .. } => not_told,
        _ => None,
    });
    assert_eq!(why, Some(NotTold::Paused { until: at(1) }));
    assert_eq!(
        paused(0).pages(),
        "+0 aiko email+0 ntfy+60",
        "it is over at its end"
    );
}

fn failed(reason: FailureReason) -> AttemptResult {
    AttemptResult::Failed {
        reason,
        retry_after_s: None,
    }
}

/// How long after each of these failures the next attempt comes, in seconds; none when there is no
/// further one.
fn waits(providers: u32, reasons: &[FailureReason]) -> Vec<Option<i64>> {
    let mut world = World::open(ruled(|_| {}), Severity::Critical);
    world.providers = providers;
    let mail = *world
        .outbox
        .iter()
        .min_by_key(|(id, due)| (**due, **id))
        .unwrap()
        .0;
    let mut waits = Vec::new();
    for reason in reasons {
        world.report(mail, failed(*reason)).unwrap();
        let due = world
            .outbox
            .get(&mail)
            .map(|at| at.as_secs() - crate::world::START);
        waits.push(due.map(|due| due - world.now_s));
        world.now_s = due.unwrap_or(world.now_s);
    }
    waits
}

#[test]
fn the_next_provider_is_tried_at_once_and_a_round_waits() {
    use FailureReason::{NoAnswer, Refused, Unreachable};
    assert_eq!(waits(1, &[Unreachable, NoAnswer]), [Some(5), Some(11)]);
    // Each failure leads on, whatever it is; then the first is tried again after a while.
    let round = [Unreachable, NoAnswer, Unreachable, NoAnswer];
    assert_eq!(waits(2, &round), [Some(0), Some(5), Some(0), Some(11)]);
    assert_eq!(waits(2, &[Refused, Unreachable]), [Some(0), Some(5)]);
    // The second one's refusal says nothing about the first, which could not be reached.
    assert_eq!(waits(2, &[Unreachable, Refused]), [Some(0), Some(5)]);
    assert_eq!(waits(2, &[Refused, Refused]), [Some(0), None]);
}

#[test]
fn each_provider_gets_as_many_attempts_as_a_single_one() {
    let most = limits::ATTEMPTS_PER_DELIVERY as usize;
    for providers in [1, 2] {
        let all = vec![FailureReason::Unreachable; most * providers as usize];
        let waits = waits(providers, &all);
        let tried_again = waits.iter().filter(|wait| wait.is_some()).count();
        assert_eq!(tried_again, all.len() - 1);
    }
}
