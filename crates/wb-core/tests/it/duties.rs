//! What people are on call for, and whom escalation counts on.

use jiff::civil::date;
use uuid::Uuid;
use wb_core::config::{
    Config, Duty, Handoff, HandoffUnit, Object, Participant, Rotation, Schedule, Slot, Target,
};
use wb_core::event::Severity;
use wb_core::ids::{RotationId, ScheduleId, UserId};
use wb_core::incident::{AttemptResult, FailureReason, IncidentFact};

use crate::world::{AIKO, HOOK, MARTA, NOBODY, TEAM, World, config, step};

const PRIMARY: ScheduleId = ScheduleId(Uuid::from_u128(61));
const SECONDARY: ScheduleId = ScheduleId(Uuid::from_u128(62));

/// Puts these people on call in a schedule, for good.
fn on_call(config: &mut Config, schedule: ScheduleId, people: &[(UserId, Duty)]) {
    let people = people.iter().map(|(user, duty)| Participant {
        duty: *duty,
        ..Participant::new(*user)
    });
    let slot = Slot {
        people: people.collect(),
        first_come: false,
    };
    let weekly = Handoff {
        every: 1,
        unit: HandoffUnit::Weeks,
    };
    let rotation = Rotation::new(
        RotationId(Uuid::from_u128(63)),
        "all".into(),
        date(2026, 1, 5).at(9, 0, 0, 0),
        weekly,
        vec![slot],
    );
    let name = schedule.to_string();
    let schedule_of = Schedule {
        team: TEAM,
        name,
        zone: "UTC".into(),
        rotations: vec![rotation],
        holidays: Vec::new(),
    };
    config.put(Object::Schedule(schedule, schedule_of), 1);
}

/// A policy whose first step pages these targets, and whose second one pages Marta.
fn world(targets: &[Target], people: &[(ScheduleId, &[(UserId, Duty)])]) -> World {
    world_of(targets, people, |_| {})
}

fn world_of(
    targets: &[Target],
    people: &[(ScheduleId, &[(UserId, Duty)])],
    change: impl FnOnce(&mut Config),
) -> World {
    let steps = vec![step(targets, 300), step(&[Target::User(MARTA)], 300)];
    let mut config = config(steps, 0);
    for (schedule, people) in people {
        on_call(&mut config, *schedule, people);
    }
    change(&mut config);
    World::open(config, Severity::Critical)
}

fn passed_over(world: &World) -> Vec<UserId> {
    let found = world.facts.iter().find_map(|decided| match &decided.fact {
        IncidentFact::StepExecuted { passed_over, .. } => Some(passed_over.clone()),
        _ => None,
    });
    found.expect("an executed step")
}

const ONE: [Target; 1] = [Target::Schedule(PRIMARY)];
const BOTH: [Target; 2] = [Target::Schedule(PRIMARY), Target::Schedule(SECONDARY)];

#[test]
fn shadows_are_told_and_a_step_of_shadows_only_reaches_nobody() {
    // A rotation of shadows alone has nobody on call, so the shadow is beside somebody who has no
    // way to be reached.
    let shadow = (AIKO, Duty::Shadow);
    let world = world(&ONE, &[(PRIMARY, &[(NOBODY, Duty::Act), shadow])]);
    assert_eq!(
        world.pages(),
        "+0 aiko email+0 ntfy+60\n+0 nobody \n+0 marta email+0"
    );
    let step = world.facts.iter().find_map(|decided| match decided.fact {
        IncidentFact::StepExecuted { reachable, .. } => Some(reachable),
        _ => None,
    });
    assert_eq!(step, Some(0));
}

#[test]
fn a_shadow_that_is_reached_keeps_nobody_waiting() {
    let people = [(AIKO, Duty::Act), (MARTA, Duty::Shadow)];
    let steps = vec![
        step(&ONE, 300),
        step(&[Target::Admins, Target::User(MARTA)], 300),
    ];
    let mut config = config(steps, 0);
    on_call(&mut config, PRIMARY, &people);
    let mut world = World::open(config, Severity::Critical);
    let refused = AttemptResult::Failed {
        reason: FailureReason::Refused,
        retry_after_s: None,
    };
    let of_aiko: Vec<_> = world.incident.pages[0]
        .deliveries
        .iter()
        .map(|d| d.id)
        .collect();
    let of_shadow = world.incident.pages[1].deliveries[0].id;
    world.report(of_shadow, AttemptResult::Accepted).unwrap();
    for id in of_aiko {
        world.report(id, refused).unwrap();
    }
    assert!(
        world
            .pages()
            .ends_with("+0 marta email+0\n+0 marta email+0"),
        "{}",
        world.pages()
    );
}

#[test]
fn who_is_a_shadow_here_and_meant_there_is_meant() {
    let mut targets = ONE.to_vec();
    targets.push(Target::User(AIKO));
    let people = [(NOBODY, Duty::Act), (AIKO, Duty::Shadow)];
    let world = world(&targets, &[(PRIMARY, &people)]);
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60\n+0 nobody ");
}

#[test]
fn who_can_act_is_preferred() {
    let people = [(MARTA, Duty::Coordinate), (AIKO, Duty::Act)];
    let world = world(&ONE, &[(PRIMARY, &people)]);
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60");
    assert_eq!(passed_over(&world), [MARTA]);
}

#[test]
fn who_can_act_is_preferred_across_the_schedules_of_a_step() {
    let first: &[_] = &[(MARTA, Duty::Coordinate)];
    let second: &[_] = &[(AIKO, Duty::Act)];
    let world = world(&BOTH, &[(PRIMARY, first), (SECONDARY, second)]);
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60");
}

#[test]
fn who_can_only_coordinate_is_told_when_nobody_can_act() {
    let first: &[_] = &[(AIKO, Duty::Coordinate)];
    let alone = world(&ONE, &[(PRIMARY, first)]);
    assert_eq!(alone.pages(), "+0 aiko email+0 ntfy+60");
    // Nobody has no way to be reached, so they cannot act either.
    let with_nobody: &[_] = &[(NOBODY, Duty::Act), (AIKO, Duty::Coordinate)];
    let beside = world(&ONE, &[(PRIMARY, with_nobody)]);
    assert_eq!(beside.pages(), "+0 aiko email+0 ntfy+60\n+0 nobody ");
    assert_eq!(passed_over(&beside), []);
}

#[test]
fn inactive_users_are_not_counted() {
    let people: &[_] = &[(AIKO, Duty::Act), (MARTA, Duty::Coordinate)];
    let world = world_of(&ONE, &[(PRIMARY, people)], |config| {
        let mut aiko = config.users[&AIKO].value.clone();
        aiko.active = false;
        config.put(Object::User(AIKO, aiko), 2);
    });
    assert_eq!(world.pages(), "+0 aiko \n+0 marta email+0");
}

#[test]
fn people_the_step_names_weigh_nothing_against_who_can_only_coordinate() {
    let targets = [
        Target::Schedule(PRIMARY),
        Target::User(MARTA),
        Target::Endpoint(HOOK),
    ];
    let people: &[_] = &[(AIKO, Duty::Coordinate)];
    let world = world(&targets, &[(PRIMARY, people)]);
    assert_eq!(
        world.pages(),
        "+0 aiko email+0 ntfy+60\n+0 marta email+0\n+0 hook webhook+0"
    );
}
