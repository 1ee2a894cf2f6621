//! What happens when somebody, a schedule or a policy goes: what is said, and that it is so.

use std::collections::BTreeSet;

use jiff::civil::{Weekday, date, time};
use uuid::Uuid;
use wb_core::affected::{Consequence, Cover, Then, affected, without};
use wb_core::config::{
    Config, Handoff, HandoffUnit, Object, ObjectId, Override, OverrideChange, OverrideOrigin,
    Participant, Role, Rotation, Schedule, Slot, Target, TimeOff, Weekdays, Window,
};
use wb_core::event::Severity;
use wb_core::ids::{OverrideId, PolicyId, RotationId, ScheduleId, TimeOffId, UserId};
use wb_core::incident::{Incident, IncidentFact};
use wb_core::oncall::{self, Changes};
use wb_core::time::Timestamp;

use crate::world::{AIKO, CHECKOUT, HOOK, MARTA, POLICY, START, TEAM, World, at, config, step};

const PRIMARY: ScheduleId = ScheduleId(Uuid::from_u128(61));
const ROTATION: RotationId = RotationId(Uuid::from_u128(63));

fn weekly(people: &[&[UserId]]) -> Rotation {
    let slot = |people: &&[UserId]| Slot {
        people: people.iter().copied().map(Participant::new).collect(),
        first_come: false,
    };
    let handoff = Handoff {
        every: 1,
        unit: HandoffUnit::Weeks,
    };
    let start = date(2026, 1, 5).at(9, 0, 0, 0);
    let slots = people.iter().map(slot).collect();
    Rotation::new(ROTATION, "all".into(), start, handoff, slots)
}

fn schedule(rotations: Vec<Rotation>) -> Schedule {
    Schedule {
        team: TEAM,
        name: "primary".into(),
        zone: "Europe/Berlin".into(),
        rotations,
        holidays: Vec::new(),
    }
}

/// What deleting it means, and the configuration then.
fn deleted(config: &Config, id: ObjectId, open: &[Incident]) -> (Vec<Consequence>, Config) {
    let gone = without(config, id, at(0));
    let found = affected((config, &gone.config), id, open, at(0));
    (found, gone.config)
}

fn inactive(config: &Config, user: UserId) -> (Vec<Consequence>, Config) {
    let mut after = config.clone();
    let mut leaving = config.users[&user].value.clone();
    leaving.active = false;
    after.put(Object::User(user, leaving), 2);
    let found = affected((config, &after), ObjectId::User(user), &[], at(0));
    (found, after)
}

fn pages(config: Config) -> String {
    World::open(config, Severity::Critical).pages()
}

#[test]
fn a_step_that_names_nobody_else_is_followed_at_once() {
    let steps = vec![
        step(&[Target::User(AIKO)], 300),
        step(&[Target::User(MARTA)], 300),
    ];
    let before = config(steps, 0);
    let empty = |step, then| Consequence::StepEmpty {
        policy: POLICY,
        step,
        then,
    };
    let (found, after) = deleted(&before, ObjectId::User(AIKO), &[]);
    assert_eq!(found, [empty(0, Then::Step(1))]);
    assert!(pages(after).starts_with("+0 marta"));
    let (found, after) = inactive(&before, AIKO);
    assert_eq!(found, [empty(0, Then::Step(1))]);
    assert!(pages(after).contains("+0 marta"));
    // Nobody is named for the end.
    let (found, _) = deleted(&before, ObjectId::User(MARTA), &[]);
    assert_eq!(found, [empty(1, Then::Admins)]);
}

#[test]
fn a_step_that_names_others_goes_on_without_one() {
    let both = [Target::User(AIKO), Target::User(MARTA)];
    let mut before = config(vec![step(&both, 300)], 0);
    let mut policy = before.policies[&POLICY].value.clone();
    policy.fallback = vec![Target::User(AIKO), Target::Endpoint(HOOK)];
    before.put(Object::Policy(POLICY, policy), 1);
    let (found, after) = deleted(&before, ObjectId::User(AIKO), &[]);
    let expected = [
        Consequence::StepLoses {
            policy: POLICY,
            step: 0,
        },
        Consequence::EndLoses {
            policy: POLICY,
            left: 1,
        },
    ];
    assert_eq!(found, expected);
    let policy = &after.policies[&POLICY].value;
    assert_eq!(policy.steps[0].targets, [Target::User(MARTA)]);
    assert_eq!(policy.fallback, [Target::Endpoint(HOOK)]);
}

#[test]
fn a_step_that_is_left_with_an_endpoint_tells_no_person() {
    let steps = vec![
        step(&[Target::User(AIKO), Target::Endpoint(HOOK)], 300),
        step(&[Target::User(MARTA)], 300),
    ];
    let (found, after) = deleted(&config(steps, 0), ObjectId::User(AIKO), &[]);
    let unmanned = Consequence::StepUnmanned {
        policy: POLICY,
        step: 0,
    };
    assert_eq!(found, [unmanned]);
    // The next step keeps its distance.
    assert!(pages(after).starts_with("+0 hook"));
}

#[test]
fn whoever_is_named_for_the_end_takes_over_from_the_last_step() {
    let steps = vec![step(&[Target::User(AIKO)], 300)];
    let mut before = config(steps, 0);
    let mut policy = before.policies[&POLICY].value.clone();
    policy.fallback = vec![Target::User(MARTA)];
    before.put(Object::Policy(POLICY, policy), 1);
    let (found, _) = inactive(&before, AIKO);
    let empty = |then| Consequence::StepEmpty {
        policy: POLICY,
        step: 0,
        then,
    };
    assert_eq!(found, [empty(Then::End)]);
    // As a deletion it would leave no step at all.
    let (found, _) = deleted(&before, ObjectId::User(AIKO), &[]);
    assert_eq!(found, [Consequence::NoSteps { policy: POLICY }]);
    let mut again = before.clone();
    let mut policy = again.policies[&POLICY].value.clone();
    policy.repeat = 1;
    again.put(Object::Policy(POLICY, policy), 1);
    assert_eq!(inactive(&again, AIKO).0, [empty(Then::Again)]);
}

#[test]
fn a_policy_that_reaches_nobody_any_more_is_said_for_each_service() {
    let before = config(vec![step(&[Target::User(AIKO)], 300)], 0);
    let (found, after) = inactive(&before, AIKO);
    let unreached = Consequence::Unreached {
        service: CHECKOUT,
        policy: POLICY,
    };
    assert_eq!(found[0], unreached);
    // As it is said: at the end of the ladder, and with no admin here, nobody.
    let world = World::open(after, Severity::Critical);
    let told = world.facts.iter().any(
        |fact| matches!(fact.fact, IncidentFact::StepExecuted { reachable, .. } if reachable > 0),
    );
    assert!(!told);
    let policy = ObjectId::Policy(POLICY);
    let (found, after) = deleted(&before, policy, &[]);
    assert_eq!(found, [Consequence::Unpaged { service: CHECKOUT }]);
    assert_eq!(after.services[&CHECKOUT].value.policy, None);
}

#[test]
fn a_team_that_stands_for_nobody_any_more_empties_its_steps() {
    let mut before = config(vec![step(&[Target::Team(TEAM)], 300)], 0);
    let mut aiko = before.users[&AIKO].value.clone();
    aiko.teams.insert(TEAM, Role::Admin);
    before.put(Object::User(AIKO, aiko), 1);
    let (found, after) = deleted(&before, ObjectId::User(AIKO), &[]);
    assert_eq!(found, [Consequence::TeamWithoutAdmin { team: TEAM }]);
    let others: Vec<_> = after
        .users
        .keys()
        .copied()
        .filter(|id| *id != MARTA)
        .collect();
    let mut before = after;
    for other in others {
        before.remove(ObjectId::User(other));
    }
    let (found, _) = deleted(&before, ObjectId::User(MARTA), &[]);
    let lost = [
        Consequence::Unreached {
            service: CHECKOUT,
            policy: POLICY,
        },
        Consequence::StepEmpty {
            policy: POLICY,
            step: 0,
            then: Then::Admins,
        },
        Consequence::TeamEmpty { team: TEAM },
    ];
    assert_eq!(found, lost);
}

#[test]
fn office_hours_of_one_person_are_holes_when_they_go() {
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ];
    let mut office = weekly(&[&[AIKO]]);
    office.windows = vec![Window {
        days: days.into_iter().collect::<Weekdays>(),
        from: time(9, 0, 0, 0),
        to: time(17, 0, 0, 0),
        coordinate_only: false,
    }];
    let mut before = config(vec![step(&[Target::Schedule(PRIMARY)], 300)], 0);
    before.put(Object::Schedule(PRIMARY, schedule(vec![office])), 1);
    // Monday 2026-09-21 at 15:33 in Berlin. The first hole is what is left of that day.
    assert_eq!(at(0), Timestamp::EPOCH.plus_secs(START));
    for found in [
        deleted(&before, ObjectId::User(AIKO), &[]).0,
        inactive(&before, AIKO).0,
    ] {
        let hole = found.iter().find_map(|one| match one {
            Consequence::Uncovered {
                first,
                count,
                total_s,
                ..
            } => Some((*first, *count, *total_s)),
            _ => None,
        });
        let (first, count, total_s) = hole.unwrap();
        assert_eq!(first.0, at(0), "it begins at once");
        assert_eq!(count, 65, "the working days of 90 days");
        let whole_days = 8 * 3_600 * (i64::from(count) - 1);
        assert_eq!(
            total_s,
            whole_days + first.1.micros_since(first.0) / 1_000_000
        );
        assert!(matches!(found[0], Consequence::Unreached { .. }));
    }
    let (_, after) = deleted(&before, ObjectId::User(AIKO), &[]);
    let left = &after.schedules[&PRIMARY].value.rotations[0];
    assert_eq!(left.slots, [Slot::default()], "it stays, and is for nobody");
}

/// Who has the turns from the next hand-off on.
fn next_ones(schedule: &Schedule, now: Timestamp, count: usize) -> Vec<UserId> {
    let to = now.plus_secs(40 * 7 * 86_400);
    let shifts = oncall::shifts(schedule, &Changes::default(), now, to).unwrap();
    // By week, so that two of the same person running are two.
    let week = |n: usize| {
        let first = shifts[0].to;
        first.plus_secs(i64::try_from(n).unwrap() * 7 * 86_400 + 4 * 3_600)
    };
    let at = |t: Timestamp| {
        shifts
            .iter()
            .find(|s| s.from <= t && t < s.to)
            .unwrap()
            .user
    };
    (0..count).map(|n| at(week(n))).collect()
}

#[test]
fn the_others_keep_their_order_and_whoever_is_next_stays_next() {
    let people: Vec<UserId> = (1..=5).map(|n| UserId(Uuid::from_u128(n))).collect();
    let slots: Vec<&[UserId]> = people.chunks(1).collect();
    let before = schedule(vec![weekly(&slots)]);
    for week in 0..11 {
        let now = at(week * 7 * 86_400);
        for leaving in &people {
            let expected: Vec<_> = next_ones(&before, now, 20)
                .into_iter()
                .filter(|user| user != leaving)
                .collect();
            let after = oncall::without(&before, *leaving, now);
            // One turn fewer may be left of the present one, when it was theirs.
            let seen = next_ones(&after, now, 8);
            assert_eq!(seen, expected[..8], "week {week}");
        }
    }
}

#[test]
fn those_who_join_and_leave_at_dates_keep_their_place_too() {
    let people: Vec<UserId> = (1..=5).map(|n| UserId(Uuid::from_u128(n))).collect();
    let slots: Vec<&[UserId]> = people.chunks(1).collect();
    let mut rotation = weekly(&slots);
    rotation.slots[1].people[0].joins = Some(date(2026, 3, 2));
    rotation.slots[3].people[0].leaves = Some(date(2026, 8, 3));
    let before = schedule(vec![rotation]);
    for week in 0..8 {
        let now = at(week * 7 * 86_400);
        for leaving in &people {
            let expected = next_ones(&before, now, 20);
            let mut expected = expected.into_iter().filter(|user| user != leaving);
            let after = oncall::without(&before, *leaving, now);
            let seen = next_ones(&after, now, 6);
            let expected: Vec<_> = expected.by_ref().take(6).collect();
            assert_eq!(seen, expected, "week {week}, without {leaving}");
        }
    }
}

#[test]
fn cover_that_names_somebody_ends_with_them() {
    let mut before = config(vec![step(&[Target::Schedule(PRIMARY)], 300)], 0);
    let both = schedule(vec![weekly(&[&[AIKO], &[MARTA]])]);
    before.put(Object::Schedule(PRIMARY, both), 1);
    let ids = [71, 72].map(|n| OverrideId(Uuid::from_u128(n)));
    let span = (at(3_600), at(7_200));
    for (id, who) in ids.into_iter().zip([AIKO, MARTA]) {
        let value = Override {
            schedule: PRIMARY,
            rotation: None,
            from: span.0,
            to: span.1,
            change: OverrideChange::Add(who),
            origin: OverrideOrigin::TakeOver,
        };
        before.put(Object::Override(id, value), 1);
    }
    let off = TimeOff {
        user: AIKO,
        from: span.0,
        to: span.1,
    };
    before.put(Object::TimeOff(TimeOffId(Uuid::from_u128(73)), off), 1);
    let (found, after) = deleted(&before, ObjectId::User(AIKO), &[]);
    let expected = [
        Consequence::RotationLoses {
            schedule: PRIMARY,
            rotation: ROTATION,
            left: 1,
        },
        Consequence::CoverEnds {
            schedule: PRIMARY,
            cover: Cover::TakeOver,
            from: span.0,
            to: span.1,
        },
    ];
    assert_eq!(found, expected);
    assert_eq!(after.overrides.keys().collect::<Vec<_>>(), [&ids[1]]);
    assert!(after.time_off.is_empty());
    // With the schedule itself all of its cover goes, and the step is empty.
    let (found, after) = deleted(&before, ObjectId::Schedule(PRIMARY), &[]);
    assert!(after.overrides.is_empty() && after.schedules.is_empty());
    assert_eq!(found[0], Consequence::NoSteps { policy: POLICY });
    let ends = found
        .iter()
        .filter(|one| matches!(one, Consequence::CoverEnds { .. }));
    assert_eq!(ends.count(), 2);
}

#[test]
fn open_incidents_are_named_with_what_becomes_of_them() {
    let steps = vec![
        step(&[Target::User(AIKO)], 300),
        step(&[Target::User(MARTA)], 300),
    ];
    let mut world = World::open(config(steps, 0), Severity::Critical);
    let of = |world: &World, id: ObjectId| -> BTreeSet<Consequence> {
        let open = [world.incident.clone()];
        deleted(&world.config, id, &open).0.into_iter().collect()
    };
    let incident = world.incident.id;
    let waits = Consequence::IncidentWaits { incident };
    let runs = Consequence::IncidentRuns { incident };
    let held = Consequence::IncidentHeld { incident };
    assert!(of(&world, ObjectId::User(AIKO)).contains(&waits));
    assert!(!of(&world, ObjectId::User(MARTA)).contains(&waits));
    assert!(of(&world, ObjectId::Policy(POLICY)).contains(&runs));
    let other = ObjectId::Policy(PolicyId(Uuid::from_u128(42)));
    assert!(of(&world, other).is_empty());
    world.acknowledge().unwrap();
    assert!(of(&world, ObjectId::User(MARTA)).contains(&held));
    assert!(!of(&world, ObjectId::User(AIKO)).contains(&waits));
}
