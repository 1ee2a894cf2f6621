//! The ends of the range, and schedules that should never have been saved.

use jiff::civil::DateTime;
use rstest::rstest;

use super::rows::{id, schedule};
use crate::config::{
    Handoff, HandoffUnit, Override, OverrideChange, OverrideOrigin, Participant, Rotation,
    Schedule, Slot, TurnRule, Weekdays, Window,
};
use crate::ids::{OverrideId, RotationId, ScheduleId, UserId};
use crate::limits::SHIFTS_PER_SPAN;
use crate::oncall::{Changes, ScheduleError, gaps, on_call, shifts};
use crate::time::Timestamp;

const UNITS: [HandoffUnit; 4] = HandoffUnit::ALL;

fn first() -> Timestamp {
    Timestamp::from_micros(i64::MIN)
}

fn last() -> Timestamp {
    Timestamp::from_micros(i64::MAX)
}

fn one_rotation(zone: &str, start: DateTime, every: u32, unit: HandoffUnit) -> Schedule {
    let slots = ["ann", "bob"]
        .map(|who| Slot {
            people: vec![Participant::new(UserId(id(who)))],
            first_come: false,
        })
        .to_vec();
    let handoff = Handoff { every, unit };
    let rotation = RotationId(id("first"));
    let rotation = Rotation::new(rotation, "first".to_owned(), start, handoff, slots);
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
            let people = on_call(&schedule, &Changes::default(), at).unwrap();
            let until = at.plus_secs(100_000);
            let spans = shifts(&schedule, &Changes::default(), at, until).unwrap();
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
        let spans = shifts(&schedule, &Changes::default(), first(), last()).unwrap();
        assert_eq!(spans.len(), 1, "{unit:?}");
        assert_eq!((spans[0].why.turn, spans[0].to), (Some(0), last()));
        assert_eq!(gaps(&spans, first(), last()), [(first(), spans[0].from)]);
    }
}

#[test]
fn a_start_after_the_last_instant_never_comes() {
    for unit in UNITS {
        let schedule = one_rotation("UTC", DateTime::MAX, 1, unit);
        assert_eq!(on_call(&schedule, &Changes::default(), last()), Ok(vec![]));
        assert_eq!(
            shifts(&schedule, &Changes::default(), first(), last()),
            Ok(vec![])
        );
    }
}

#[test]
fn a_start_before_the_first_instant_has_long_begun() {
    let schedule = one_rotation("UTC", DateTime::MIN, u32::MAX, HandoffUnit::Weeks);
    assert_eq!(
        on_call(&schedule, &Changes::default(), first())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_span_that_does_not_go_forward_is_empty() {
    let start = DateTime::constant(2026, 1, 1, 9, 0, 0, 0);
    let schedule = one_rotation("UTC", start, 1, HandoffUnit::Hours);
    for (from, to) in [(last(), first()), (last(), last()), (first(), first())] {
        assert_eq!(shifts(&schedule, &Changes::default(), from, to), Ok(vec![]));
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
        assert_eq!(
            shifts(&schedule, &Changes::default(), first(), last()),
            busy,
            "{unit:?}"
        );
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
        origin: OverrideOrigin::Set,
    };
    let all: Vec<_> = (0..60_000).map(change).collect();
    let ids = (0_u128..).map(|n| OverrideId(uuid::Uuid::from_u128(n)));
    let all: Vec<_> = ids.zip(&all).collect();
    let of = |overrides: &[(OverrideId, _)]| Changes {
        overrides: overrides
            .iter()
            .map(|(id, change)| (*id, *change))
            .collect(),
        time_off: Vec::new(),
    };
    let found = shifts(&schedule("UTC"), &of(&all), first(), last());
    assert_eq!(
        found,
        Err(ScheduleError::SpanTooBusy {
            limit: SHIFTS_PER_SPAN
        })
    );
    let found = shifts(&schedule("UTC"), &of(&all[..50_000]), first(), last());
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
        on_call(&schedule, &Changes::default(), Timestamp::EPOCH),
        Err(unknown.clone())
    );
    assert_eq!(
        shifts(&schedule, &Changes::default(), first(), last()),
        Err(unknown)
    );
}

#[test]
fn a_turn_without_length_is_said_everywhere() {
    let rotation = RotationId(id("first"));
    for unit in UNITS {
        let schedule = one_rotation("UTC", DateTime::constant(2026, 1, 1, 0, 0, 0, 0), 0, unit);
        let error = ScheduleError::NoTurnLength { rotation };
        assert_eq!(
            on_call(&schedule, &Changes::default(), first()),
            Err(error.clone())
        );
        assert_eq!(
            shifts(&schedule, &Changes::default(), first(), first()),
            Err(error)
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
    assert_eq!(on_call(&schedule, &Changes::default(), last()), Ok(vec![]));
}

#[test]
fn windows_over_all_of_time_are_refused_and_at_its_ends_are_none() {
    let start = DateTime::constant(2026, 1, 1, 0, 0, 0, 0);
    let mut schedule = one_rotation("Europe/Berlin", start, 1, HandoffUnit::Months);
    schedule.rotations[0].turn = TurnRule::Worked;
    schedule.rotations[0].windows = vec![Window {
        days: Weekdays::ALL,
        from: jiff::civil::time(9, 0, 0, 0),
        to: jiff::civil::time(9, 0, 0, 0),
        coordinate_only: false,
    }];
    let busy = Err(ScheduleError::SpanTooBusy {
        limit: SHIFTS_PER_SPAN,
    });
    assert_eq!(
        shifts(&schedule, &Changes::default(), first(), last()),
        busy
    );
    for at in [first(), last(), last().plus_secs(-86_400 * 3)] {
        on_call(&schedule, &Changes::default(), at).unwrap();
        shifts(&schedule, &Changes::default(), at, at.plus_secs(86_400)).unwrap();
    }
}
