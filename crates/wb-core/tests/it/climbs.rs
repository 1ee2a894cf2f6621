//! Which steps a policy takes for which incident and when, who has to acknowledge, and what comes at
//! its end.

use jiff::civil::{Weekday, time};
use wb_core::actor::{Actor, Via};
use wb_core::config::{
    Condition, Config, Hours, Object, Policy, Role, Step, Target, User, Weekdays, Window,
};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, UserId};
use wb_core::incident::{
    AttemptResult, EscalationState, FailureReason, IncidentError, IncidentFact, IncidentInput,
    IncidentState, Unmet,
};

use crate::world::{AIKO, HOOK, MARTA, NOBODY, POLICY, World, config, step};

/// The world begins on Monday 2026-09-21, 14:13:20 UTC; these are the seconds until hours that open
/// on the next morning at nine.
const UNTIL_NINE_S: i64 = 18 * 3_600 + 46 * 60 + 40;

fn hours(from: i8, to: i8, days: &[Weekday]) -> Hours {
    Hours {
        zone: "UTC".to_owned(),
        windows: vec![Window {
            days: days.iter().copied().collect::<Weekdays>(),
            from: time(from, 0, 0, 0),
            to: time(to, 0, 0, 0),
            coordinate_only: false,
        }],
    }
}

fn every_day(from: i8, to: i8) -> Hours {
    let all = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    hours(from, to, &all)
}

fn only(target: Target, only: Condition) -> Step {
    Step {
        only,
        ..step(&[target], 300)
    }
}

fn with(steps: Vec<Step>, repeat: u32, change: impl FnOnce(&mut Policy)) -> Config {
    let mut config = config(steps, repeat);
    let mut policy = config.policies[&POLICY].value.clone();
    change(&mut policy);
    config.put(Object::Policy(POLICY, policy), 2);
    config
}

fn changed(config: &mut Config, id: UserId, change: impl FnOnce(&mut User)) {
    let mut user = config.users[&id].value.clone();
    change(&mut user);
    config.put(Object::User(id, user), 2);
}

fn skipped(world: &World) -> Vec<(u32, Unmet)> {
    let facts = world.facts.iter().filter_map(|decided| match decided.fact {
        IncidentFact::StepSkipped { step, unmet, .. } => Some((step, unmet)),
        _ => None,
    });
    facts.collect()
}

fn fell_back(world: &World) -> Vec<(bool, u32)> {
    let facts = world.facts.iter().filter_map(|decided| match decided.fact {
        IncidentFact::FellBack {
            to_admins,
            reachable,
        } => Some((to_admins, reachable)),
        _ => None,
    });
    facts.collect()
}

fn acknowledge_as(world: &mut World, actor: Actor) -> Result<(), IncidentError> {
    let from = String::new();
    let via = Via::Web;
    world.input_by(actor, IncidentInput::Acknowledge { via, from })
}

fn louder(world: &mut World, to: Severity) {
    let urgency = Urgency::by_severity(to);
    let alert = AlertId(uuid::Uuid::from_u128(7));
    let input = IncidentInput::SeverityRaised { alert, to, urgency };
    world.input_by(Actor::System, input).unwrap();
}

#[test]
fn a_step_is_for_incidents_that_are_bad_enough_and_of_its_urgency() {
    let bad = Condition {
        severity_at_least: Some(Severity::Major),
        ..Condition::default()
    };
    let quiet = Condition {
        urgency: Some(Urgency::Low),
        ..Condition::default()
    };
    let steps = || {
        vec![
            only(Target::User(AIKO), bad.clone()),
            only(Target::User(MARTA), quiet.clone()),
        ]
    };
    let world = World::open(config(steps(), 0), Severity::Major);
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60");
    let world = World::open(config(steps(), 0), Severity::Moderate);
    assert_eq!(skipped(&world), [(0, Unmet::Severity)]);
    assert_eq!(world.pages(), "+0 marta email+0");
}

#[test]
fn a_step_is_for_its_hours_or_for_all_others() {
    let within = Condition {
        within: Some(every_day(9, 17)),
        ..Condition::default()
    };
    let outside = Condition {
        outside: Some(every_day(9, 17)),
        ..Condition::default()
    };
    let weekend = Condition {
        within: Some(hours(0, 0, &[Weekday::Saturday, Weekday::Sunday])),
        ..Condition::default()
    };
    let steps = vec![
        only(Target::User(AIKO), outside),
        only(Target::User(AIKO), weekend),
        only(Target::User(MARTA), within),
    ];
    let world = World::open(config(steps, 0), Severity::Critical);
    let hours = |step| (step, Unmet::Hours);
    assert_eq!(skipped(&world), [hours(0), hours(1)]);
    assert_eq!(world.pages(), "+0 marta email+0");
}

#[test]
fn hours_that_cannot_be_read_are_no_condition() {
    let nowhere = Hours {
        zone: "Nowhere/At-all".to_owned(),
        windows: Vec::new(),
    };
    let only_there = Condition {
        within: Some(nowhere.clone()),
        ..Condition::default()
    };
    let steps = vec![only(Target::User(MARTA), only_there)];
    let config = with(steps, 0, |policy| policy.low_urgency_hours = Some(nowhere));
    let world = World::open(config, Severity::Minor);
    assert_eq!(world.pages(), "+0 marta email+0");
}

#[test]
fn low_urgency_waits_for_the_hours_of_the_policy_and_high_does_not() {
    let steps = || vec![step(&[Target::User(MARTA)], 300)];
    let office = |policy: &mut Policy| policy.low_urgency_hours = Some(every_day(9, 12));
    let mut world = World::open(with(steps(), 0, office), Severity::Minor);
    assert!(world.incident.is_deferred());
    assert_eq!(world.pages(), "");
    assert!(world.wake());
    assert_eq!(world.now_s, UNTIL_NINE_S);
    assert!(world.pages().starts_with(&format!("+{UNTIL_NINE_S} marta")));
    let world = World::open(with(steps(), 0, office), Severity::Major);
    assert_eq!(world.pages(), "+0 marta email+0");
}

#[test]
fn what_becomes_urgent_waits_no_longer() {
    let steps = vec![step(&[Target::User(MARTA)], 300)];
    let office = |policy: &mut Policy| policy.low_urgency_hours = Some(every_day(9, 12));
    let mut world = World::open(with(steps, 0, office), Severity::Minor);
    world.now_s = 60;
    louder(&mut world, Severity::Critical);
    assert_eq!(world.pages(), "+60 marta email+60");
}

#[test]
fn what_becomes_worse_goes_back_to_the_step_it_was_not_bad_enough_for() {
    let bad = Condition {
        severity_at_least: Some(Severity::Critical),
        ..Condition::default()
    };
    let steps = vec![
        only(Target::User(AIKO), bad),
        step(&[Target::User(MARTA)], 300),
    ];
    let mut world = World::open(config(steps, 0), Severity::Major);
    world.now_s = 60;
    louder(&mut world, Severity::Critical);
    assert_eq!(
        world.pages(),
        "+0 marta email+0\n+60 aiko email+60 ntfy+120"
    );
}

#[test]
fn a_policy_whose_steps_are_all_for_others_is_not_climbed_without_end() {
    let never = Condition {
        urgency: Some(Urgency::Low),
        ..Condition::default()
    };
    let steps = vec![
        only(Target::User(AIKO), never.clone()),
        only(Target::User(MARTA), never),
    ];
    let mut world = World::open(config(steps, 2), Severity::Critical);
    while world.wake() {}
    assert_eq!(world.now_s, 120, "a minute between two climbs");
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
    assert_eq!(skipped(&world).len(), 6);
}

#[test]
fn a_wanted_step_asks_for_nothing() {
    let never = Condition {
        urgency: Some(Urgency::Low),
        ..Condition::default()
    };
    let steps = vec![
        step(&[Target::User(AIKO)], 300),
        only(Target::User(MARTA), never),
    ];
    let mut world = World::open(config(steps, 0), Severity::Critical);
    let (via, step) = (Via::Web, Some(1));
    world.input(IncidentInput::Escalate { via, step }).unwrap();
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60\n+0 marta email+0");
}

#[test]
fn at_the_end_whoever_is_there_for_that_is_told_once() {
    let steps = vec![step(&[Target::User(AIKO)], 300)];
    let fallback = |policy: &mut Policy| policy.fallback = vec![Target::User(MARTA)];
    let mut world = World::open(with(steps, 0, fallback), Severity::Critical);
    while world.wake() {}
    assert_eq!(
        world.pages(),
        "+0 aiko email+0 ntfy+60\n+300 marta email+300"
    );
    assert_eq!(fell_back(&world), [(false, 1)]);
}

#[test]
fn the_admins_are_told_when_nobody_could_be() {
    let steps = vec![step(&[Target::User(NOBODY), Target::Endpoint(HOOK)], 300)];
    let mut config = config(steps, 0);
    changed(&mut config, MARTA, |marta| marta.role = Some(Role::Admin));
    let mut world = World::open(config, Severity::Critical);
    while world.wake() {}
    assert!(
        world.pages().ends_with("+300 marta email+300"),
        "{}",
        world.pages()
    );
    assert_eq!(fell_back(&world), [(true, 1)]);
}

#[test]
fn the_admins_are_told_when_the_last_message_fails_after_the_end() {
    let steps = vec![step(&[Target::User(AIKO)], 30)];
    let mut config = config(steps, 0);
    changed(&mut config, MARTA, |marta| marta.role = Some(Role::Admin));
    let mut world = World::open(config, Severity::Critical);
    while world.wake() {}
    assert_eq!(fell_back(&world), [], "a push is still to go out");
    let failed = AttemptResult::Failed {
        reason: FailureReason::Refused,
        retry_after_s: None,
    };
    for delivery in world.outbox.keys().copied().collect::<Vec<_>>() {
        world.report(delivery, failed).unwrap();
    }
    assert_eq!(fell_back(&world), [(true, 1)]);
    assert!(
        world.pages().ends_with("+30 marta email+30"),
        "{}",
        world.pages()
    );
}

#[test]
fn everybody_has_to_acknowledge_where_the_step_says_so() {
    let both = Step {
        needs_everyone: true,
        ..step(&[Target::User(AIKO), Target::User(MARTA)], 300)
    };
    let mut world = World::open(config(vec![both], 1), Severity::Critical);
    world.now_s = 10;
    acknowledge_as(&mut world, Actor::User(AIKO)).unwrap();
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert!(world.incident.awaited[&AIKO]);
    assert_eq!(world.outbox.len(), 1, "only Marta's is left");
    let before = world.facts.len();
    acknowledge_as(&mut world, Actor::User(AIKO)).unwrap();
    assert_eq!(world.facts.len(), before, "twice is once");
    // The next climb leaves in peace whoever did.
    assert!(world.wake());
    let pages = world.pages();
    assert_eq!(pages.matches("aiko").count(), 1, "{pages}");
    assert_eq!(pages.matches("marta").count(), 2, "{pages}");
    acknowledge_as(&mut world, Actor::User(MARTA)).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
    assert_eq!(world.incident.owner, Some(MARTA));
    assert!(world.outbox.is_empty());
}

/// Found by the simulator.
#[test]
fn the_end_leaves_in_peace_whoever_acknowledged_for_themselves() {
    let both = Step {
        needs_everyone: true,
        ..step(&[Target::User(AIKO), Target::User(MARTA)], 300)
    };
    let fallback = |policy: &mut Policy| {
        policy.fallback = vec![Target::User(AIKO), Target::User(MARTA)];
    };
    let mut world = World::open(with(vec![both], 0, fallback), Severity::Critical);
    world.now_s = 10;
    acknowledge_as(&mut world, Actor::User(AIKO)).unwrap();
    while world.wake() {}
    assert_eq!(fell_back(&world), [(false, 1)]);
    let pages = world.pages();
    assert_eq!(pages.matches("aiko").count(), 1, "{pages}");
    assert_eq!(pages.matches("marta").count(), 2, "{pages}");
}

#[test]
fn whoever_cannot_be_reached_keeps_nobody_waiting() {
    let both = Step {
        needs_everyone: true,
        ..step(&[Target::User(AIKO), Target::User(NOBODY)], 300)
    };
    let mut world = World::open(config(vec![both], 0), Severity::Critical);
    acknowledge_as(&mut world, Actor::User(AIKO)).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
}

#[test]
fn another_system_acknowledges_for_all() {
    let both = Step {
        needs_everyone: true,
        ..step(&[Target::User(AIKO), Target::User(MARTA)], 300)
    };
    let mut world = World::open(config(vec![both], 0), Severity::Critical);
    acknowledge_as(&mut world, Actor::System).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
}
