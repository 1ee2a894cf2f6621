//! Random schedules around clock changes, compared with the oracle: each minute of a random day and
//! of the hours around the change, and each second around every hand-off, override edge and change.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant};
use proptest::collection::vec;
use proptest::prelude::*;

use super::oracle::Oracle;
use super::rows::{around, covering, id, schedule};
use crate::config::{Handoff, HandoffUnit, Override, OverrideChange, Rotation, Schedule, Slot};
use crate::ids::{OverrideId, RotationId, ScheduleId, UserId};
use crate::oncall::{Shift, gaps, on_call, shifts};
use crate::time::Timestamp;

/// Zones with a reason to be here.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",     // winter time is the exception
    "Africa/Casablanca", // leaves DST for Ramadan
    "America/New_York",
    "America/St_Johns",    // half an hour off
    "Asia/Kolkata",        // no clock changes
    "Australia/Lord_Howe", // changes by half an hour
    "Pacific/Auckland",
    "Pacific/Chatham", // three quarters of an hour off
    "Pacific/Apia",    // had no 2011-12-30
    "America/Havana",  // changes at midnight
];

const DAY_S: i64 = 86_400;

/// A schedule and its overrides close to an instant, mostly a clock change.
#[derive(Clone, Debug)]
struct Case {
    schedule: Schedule,
    overrides: Vec<(OverrideId, Override)>,
    center: Timestamp,
}

fn user(number: u8) -> UserId {
    UserId(id(
        ["ann", "bob", "cat", "dan", "eve"][usize::from(number) % 5]
    ))
}

fn rotation_id(number: u8) -> RotationId {
    RotationId(id(&format!("rotation{number}")))
}

fn center_of(zone: &TimeZone, pick: u64) -> Timestamp {
    let from: Instant = "2005-01-01T00:00Z".parse().unwrap();
    let to: Instant = "2032-01-01T00:00Z".parse().unwrap();
    let changes = zone
        .following(from)
        .take_while(|change| change.timestamp() < to);
    let changes: Vec<_> = changes
        .map(|change| Timestamp::from_jiff(change.timestamp()))
        .collect();
    let place = usize::try_from(pick % 1_000).unwrap();
    if changes.is_empty() || pick.is_multiple_of(8) {
        let days = i64::try_from(pick % 9_000).unwrap();
        return Timestamp::from_jiff(from).plus_secs(days * DAY_S);
    }
    changes[place % changes.len()]
}

fn rotations(zone: &'static str, center: Timestamp) -> impl Strategy<Value = Vec<Rotation>> {
    let unit = prop_oneof![
        Just(HandoffUnit::Hours),
        Just(HandoffUnit::Days),
        Just(HandoffUnit::Weeks)
    ];
    // Mostly in the small hours, where clocks change.
    let hour = prop_oneof![3 => 0_i8..4, 1 => 0_i8..24];
    let time = (hour, prop::sample::select(vec![0_i8, 15, 30, 59]), 0_i8..2);
    let slots = vec(vec(0_u8..5, 0..3), 0..5);
    let one = (unit, 1_u32..15, -1_i64..60, time, slots).prop_map(
        move |(unit, every, days_before, (hour, minute, second), slots)| {
            let local = TimeZone::get(zone).unwrap().to_datetime(center.to_jiff());
            let date = local
                .date()
                .checked_sub(Span::new().days(days_before))
                .unwrap();
            let slots = slots.into_iter();
            Rotation {
                id: rotation_id(0),
                name: String::new(),
                start: date.to_datetime(Time::new(hour, minute, second, 0).unwrap()),
                handoff: Handoff { every, unit },
                slots: slots
                    .map(|people| Slot {
                        people: people.into_iter().map(user).collect(),
                    })
                    .collect(),
            }
        },
    );
    vec(one, 0..4).prop_map(|mut rotations| {
        for (number, rotation) in (0..).zip(&mut rotations) {
            rotation.id = rotation_id(number);
        }
        rotations
    })
}

fn overrides(center: Timestamp) -> impl Strategy<Value = Vec<(OverrideId, Override)>> {
    let change = prop_oneof![
        (0_u8..5).prop_map(|who| OverrideChange::Add(user(who))),
        (0_u8..5).prop_map(|who| OverrideChange::Remove(user(who))),
        (prop::option::of(0_u8..5), 0_u8..5).prop_map(|(who, with)| OverrideChange::Replace {
            who: who.map(user),
            with: user(with)
        }),
    ];
    // Rotation 4 is never there; a span may have no length or end before it begins.
    let one = (
        change,
        prop::option::of(0_u8..5),
        -300_i64..300,
        -30_i64..300,
    )
        .prop_map(move |(change, rotation, from_quarters, quarters)| {
            let from = center.plus_secs(from_quarters * 900);
            Override {
                schedule: ScheduleId(id("schedule")),
                rotation: rotation.map(rotation_id),
                from,
                to: from.plus_secs(quarters * 900),
                change,
            }
        });
    // Shuffled: the order of the answer's overrides is that of their ids, not of the slice.
    vec(one, 0..10)
        .prop_map(|all| {
            let ids = (0_u128..).map(|n| OverrideId(uuid::Uuid::from_u128(n)));
            ids.zip(all).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn cases() -> impl Strategy<Value = Case> {
    (prop::sample::select(ZONES.to_vec()), any::<u64>()).prop_flat_map(|(zone, pick)| {
        let center = center_of(&TimeZone::get(zone).unwrap(), pick);
        (rotations(zone, center), overrides(center)).prop_map(move |(rotations, overrides)| {
            let schedule = Schedule {
                rotations,
                ..schedule(zone)
            };
            Case {
                schedule,
                overrides,
                center,
            }
        })
    })
}

/// Sorted, within the span, and as long as they can be.
fn assert_well_formed(shifts: &[Shift], from: Timestamp, to: Timestamp) {
    assert!(shifts.is_sorted_by_key(|s| (s.from, s.user)));
    for shift in shifts {
        assert!(
            from <= shift.from && shift.from < shift.to && shift.to <= to,
            "{shift:?}"
        );
        let goes_on = |next: &&Shift| next.from == shift.to && next.user == shift.user;
        assert_ne!(
            shifts.iter().find(goes_on).map(|s| s.why),
            Some(shift.why),
            "{shift:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn agree_with_the_oracle(case in cases(), day_of in 0_i64..4, offset_s in 0_i64..60) {
        let (from, to) = (case.center.plus_secs(-2 * DAY_S), case.center.plus_secs(3 * DAY_S));
        let overrides: Vec<_> = case.overrides.iter().map(|(id, o)| (*id, o)).collect();
        let oracle = Oracle::until(&case.schedule, &overrides, to);
        let found = shifts(&case.schedule, &overrides, from, to).unwrap();
        let uncovered = gaps(&found, from, to);
        assert_well_formed(&found, from, to);

        let day = (0..1_440).map(|m| from.plus_secs(day_of * DAY_S + m * 60 + offset_s));
        let change = (-120..120).map(|m| case.center.plus_secs(m * 60 + offset_s));
        let minutes = day.chain(change);
        let edges = case.overrides.iter().flat_map(|(_, o)| [o.from, o.to]);
        let edges = edges.chain(oracle.begins()).chain([from, to, case.center]);
        for at in minutes.chain(edges.flat_map(around)).filter(|at| from <= *at && *at < to) {
            let expected = oracle.on_call(at);
            prop_assert_eq!(&on_call(&case.schedule, &overrides, at).unwrap(), &expected, "{}", at);
            prop_assert_eq!(&covering(&found, at), &expected, "{}", at);
            let in_gap = uncovered.iter().any(|(begin, end)| *begin <= at && at < *end);
            prop_assert_eq!(in_gap, expected.is_empty(), "{}", at);
        }
    }

    #[test]
    fn a_span_asked_for_in_two_halves_says_the_same(case in cases(), cut_s in 1_i64..5 * DAY_S) {
        let (from, to) = (case.center.plus_secs(-2 * DAY_S), case.center.plus_secs(3 * DAY_S));
        let overrides: Vec<_> = case.overrides.iter().map(|(id, o)| (*id, o)).collect();
        let cut = from.plus_secs(cut_s);
        let whole = shifts(&case.schedule, &overrides, from, to).unwrap();
        let clipped = |from: Timestamp, to: Timestamp| -> Vec<Shift> {
            let parts = whole.iter().map(|s| Shift { from: s.from.max(from), to: s.to.min(to), ..*s });
            let mut parts: Vec<_> = parts.filter(|s| s.from < s.to).collect();
            parts.sort_by_key(|s| (s.from, s.user));
            parts
        };
        for (from, to) in [(from, cut), (cut, to)] {
            prop_assert_eq!(shifts(&case.schedule, &overrides, from, to).unwrap(), clipped(from, to));
        }
    }
}
