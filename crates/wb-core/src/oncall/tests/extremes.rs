//! The ends of the range, and schedules that should never have been saved.

use jiff::civil::DateTime;
use rstest::rstest;

use super::rows::{Case, id, schedule};
use crate::config::{Handoff, HandoffUnit, Override, OverrideChange, Rotation, Schedule, Slot};
use crate::ids::{OverrideId, RotationId, ScheduleId, UserId};
use crate::limits::{PEOPLE_PER_SLOT, ROTATIONS_PER_SCHEDULE, SHIFTS_PER_SPAN, SLOTS_PER_ROTATION};
use crate::oncall::{ScheduleError, ScheduleProblem, check, gaps, on_call, shifts};
use crate::time::Timestamp;

const UNITS: [HandoffUnit; 3] = [HandoffUnit::Hours, HandoffUnit::Days, HandoffUnit::Weeks];

fn first() -> Timestamp {
    Timestamp::from_micros(i64::MIN)
}

fn last() -> Timestamp {
    Timestamp::from_micros(i64::MAX)
}

fn one_rotation(zone: &str, start: DateTime, every: u32, unit: HandoffUnit) -> Schedule {
    let slots = ["ann", "bob"]
        .map(|who| Slot {
            people: vec![UserId(id(who))],
        })
        .to_vec();
    let rotation = Rotation {
        id: RotationId(id("first")),
        name: "first".to_owned(),
        start,
        handoff: Handoff { every, unit },
        slots,
    };
    Schedule {
        rotations: vec![rotation],
        ..schedule(zone)
    }
}

#[rstest]
#[case(DateTime::MIN)]
#[case(DateTime::constant(-9999, 1, 2, 12, 0, 0, 0))]
#[case(DateTime::constant(2026, 3, 29, 2, 30, 0, 0))]
#[case(DateTime::constant(9999, 12, 30, 12, 0, 0, 0))]
#[case(DateTime::MAX)]
fn no_start_and_no_length_overflows(
    #[case] start: DateTime,
    #[values(1, 2, 7_304_484, u32::MAX)] every: u32,
    #[values("UTC", "Pacific/Apia", "America/Adak")] zone: &str,
) {
    for unit in UNITS {
        let schedule = one_rotation(zone, start, every, unit);
        let mut instants = vec![first(), first().plus_secs(1), Timestamp::EPOCH];
        instants.extend([last().plus_secs(-1), last()]);
        for at in instants {
            let people = on_call(&schedule, &[], at).unwrap();
            let until = at.plus_secs(100_000);
            let spans = shifts(&schedule, &[], at, until).unwrap();
            assert_eq!(people.first().is_some_and(|_| at < until), {
                spans.first().is_some_and(|s| s.from == at)
            });
        }
    }
}

#[test]
fn a_turn_longer_than_history_never_ends() {
    for unit in UNITS {
        let start = DateTime::constant(2026, 1, 1, 9, 0, 0, 0);
        let schedule = one_rotation("Europe/Berlin", start, u32::MAX, unit);
        let spans = shifts(&schedule, &[], first(), last()).unwrap();
        assert_eq!(spans.len(), 1, "{unit:?}");
        assert_eq!((spans[0].why.turn, spans[0].to), (Some(0), last()));
        assert_eq!(gaps(&spans, first(), last()), [(first(), spans[0].from)]);
    }
}

#[test]
fn a_start_after_the_last_instant_never_comes() {
    for unit in UNITS {
        let schedule = one_rotation("UTC", DateTime::MAX, 1, unit);
        assert_eq!(on_call(&schedule, &[], last()), Ok(vec![]));
        assert_eq!(shifts(&schedule, &[], first(), last()), Ok(vec![]));
    }
}

#[test]
fn a_start_before_the_first_instant_has_long_begun() {
    let schedule = one_rotation("UTC", DateTime::MIN, u32::MAX, HandoffUnit::Weeks);
    assert_eq!(on_call(&schedule, &[], first()).unwrap().len(), 1);
}

#[test]
fn a_span_that_does_not_go_forward_is_empty() {
    let start = DateTime::constant(2026, 1, 1, 9, 0, 0, 0);
    let schedule = one_rotation("UTC", start, 1, HandoffUnit::Hours);
    for (from, to) in [(last(), first()), (last(), last()), (first(), first())] {
        assert_eq!(shifts(&schedule, &[], from, to), Ok(vec![]));
        assert_eq!(gaps(&[], from, to), []);
    }
}

#[test]
fn a_span_that_is_too_busy_is_refused() {
    let start = DateTime::constant(2026, 1, 1, 9, 0, 0, 0);
    let busy = Err(ScheduleError::SpanTooBusy {
        limit: SHIFTS_PER_SPAN,
    });
    for unit in [HandoffUnit::Hours, HandoffUnit::Days] {
        let schedule = one_rotation("Europe/Berlin", start, 1, unit);
        assert_eq!(shifts(&schedule, &[], first(), last()), busy, "{unit:?}");
    }
}

#[test]
fn many_short_overrides_are_refused_too() {
    let change = |n: i64| Override {
        schedule: ScheduleId(id("schedule")),
        rotation: None,
        from: Timestamp::EPOCH.plus_secs(n * 2),
        to: Timestamp::EPOCH.plus_secs(n * 2 + 1),
        change: OverrideChange::Add(UserId(id("ann"))),
    };
    let all: Vec<_> = (0..60_000).map(change).collect();
    let ids = (0_u128..).map(|n| OverrideId(uuid::Uuid::from_u128(n)));
    let all: Vec<_> = ids.zip(&all).collect();
    let found = shifts(&schedule("UTC"), &all, first(), last());
    assert_eq!(
        found,
        Err(ScheduleError::SpanTooBusy {
            limit: SHIFTS_PER_SPAN
        })
    );
    let found = shifts(&schedule("UTC"), &all[..50_000], first(), last());
    assert_eq!(found.map(|s| s.len()), Ok(50_000));
}

#[rstest]
#[case("")]
#[case("Mars/Olympus")]
#[case("Etc/Unknown")]
#[case("../../etc/passwd")]
#[case("Europe/Berlin\0")]
fn an_unknown_zone_is_said_everywhere(#[case] zone: &str) {
    let zone = zone.to_owned();
    let unknown = ScheduleError::UnknownZone { zone: zone.clone() };
    let schedule = schedule(&zone);
    assert_eq!(
        on_call(&schedule, &[], Timestamp::EPOCH),
        Err(unknown.clone())
    );
    assert_eq!(shifts(&schedule, &[], first(), last()), Err(unknown));
    assert_eq!(check(&schedule), [ScheduleProblem::UnknownZone { zone }]);
}

#[test]
fn a_turn_without_length_is_said_everywhere() {
    let rotation = RotationId(id("first"));
    for unit in UNITS {
        let schedule = one_rotation("UTC", DateTime::constant(2026, 1, 1, 0, 0, 0, 0), 0, unit);
        let error = ScheduleError::NoTurnLength { rotation };
        assert_eq!(on_call(&schedule, &[], first()), Err(error.clone()));
        assert_eq!(shifts(&schedule, &[], first(), first()), Err(error));
        assert_eq!(
            check(&schedule),
            [ScheduleProblem::NoTurnLength { rotation }]
        );
    }
}

#[test]
fn a_rotation_without_slots_has_nobody() {
    let mut schedule = one_rotation(
        "UTC",
        DateTime::constant(2026, 1, 1, 0, 0, 0, 0),
        1,
        HandoffUnit::Days,
    );
    schedule.rotations[0].slots.clear();
    assert_eq!(on_call(&schedule, &[], last()), Ok(vec![]));
    let rotation = schedule.rotations[0].id;
    assert_eq!(check(&schedule), [ScheduleProblem::NoSlots { rotation }]);
}

#[test]
fn too_much_of_anything_is_a_problem_and_the_limit_itself_is_not() {
    let start = DateTime::constant(2026, 1, 1, 0, 0, 0, 0);
    let mut schedule = one_rotation("UTC", start, 1, HandoffUnit::Days);
    let mut one = schedule.rotations.remove(0);
    one.slots = vec![
        Slot {
            people: vec![UserId(id("ann")); PEOPLE_PER_SLOT]
        };
        SLOTS_PER_ROTATION
    ];
    for number in 0..ROTATIONS_PER_SCHEDULE {
        let id = RotationId(id(&number.to_string()));
        schedule.rotations.push(Rotation { id, ..one.clone() });
    }
    assert_eq!(check(&schedule), []);

    one.slots.push(Slot::default());
    one.slots[1].people.push(UserId(id("bob")));
    one.id = schedule.rotations[0].id;
    schedule.rotations.push(one);
    let rotation = schedule.rotations[0].id;
    assert_eq!(
        check(&schedule),
        [
            ScheduleProblem::TooManyRotations {
                found: ROTATIONS_PER_SCHEDULE + 1
            },
            ScheduleProblem::SameRotationTwice { rotation },
            ScheduleProblem::TooManySlots {
                rotation,
                found: SLOTS_PER_ROTATION + 1
            },
            ScheduleProblem::TooManyPeople {
                rotation,
                slot: 2,
                found: PEOPLE_PER_SLOT + 1
            },
        ]
    );
}

#[test]
fn a_start_in_the_gap_is_no_problem() {
    let case = Case::parse(
        "zone Europe/Berlin
         rotation first 2026-03-29T02:30 every 1 days: ann | bob",
    );
    assert_eq!(check(&case.schedule), []);
}
