//! Random schedules around clock changes, compared with the oracle: each minute of a random day and
//! of the hours around the change, each second of the hour around what happens close to it, and
//! each second right around every other edge.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::Oracle;
use super::rows::{around, covering, id, schedule};
use crate::config::{
    Duty, Handoff, HandoffUnit, Holiday, OnHolidays, Override, OverrideChange, OverrideOrigin,
    Participant, Rotation, Schedule, Slot, TimeOff, TurnRule, WhenOff, Window,
};
use crate::ids::{OverrideId, RotationId, ScheduleId, SwapId, UserId};
use crate::oncall::{Changes, Shift, gaps, on_call, shifts};
use crate::time::Timestamp;

/// Zones with a reason to be here.
const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",     // winter time is the exception
    "Africa/Casablanca", // leaves DST for Ramadan
    "America/New_York",
    "America/St_Johns",    // half an hour off, and once changed at 00:01
    "Asia/Kolkata",        // no clock changes
    "Australia/Lord_Howe", // changes by half an hour
    "Pacific/Auckland",
    "Pacific/Chatham",  // three quarters of an hour off
    "Pacific/Apia",     // had no 2011-12-30
    "America/Havana",   // changes at midnight
    "Antarctica/Troll", // changes by two hours
    "Europe/Istanbul",  // stopped changing in 2016
];

const DAY_S: i64 = 86_400;

/// A schedule and its changes close to an instant, mostly a clock change.
#[derive(Clone, Debug)]
struct Case {
    schedule: Schedule,
    overrides: Vec<(OverrideId, Override)>,
    time_off: Vec<TimeOff>,
    center: Timestamp,
}

impl Case {
    fn changes(&self) -> Changes<'_> {
        let overrides = self.overrides.iter();
        Changes {
            overrides: overrides.map(|(id, change)| (*id, change)).collect(),
            time_off: self.time_off.iter().collect(),
        }
    }
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

/// Mostly in the small hours, where clocks change.
fn time() -> impl Strategy<Value = Time> {
    let hour = prop_oneof![3 => 0_i8..4, 1 => 0_i8..24];
    (hour, select(vec![0_i8, 15, 30, 59]), 0_i8..2)
        .prop_map(|(hour, minute, second)| Time::new(hour, minute, second, 0).unwrap())
}

/// A date up to some days before the local date of an instant, or after it.
fn date(local: Date, days_before: std::ops::Range<i64>) -> impl Strategy<Value = Date> {
    days_before.prop_map(move |days| local.checked_sub(Span::new().days(days)).unwrap())
}

fn slots(local: Date) -> impl Strategy<Value = Vec<Slot>> {
    let duty = prop_oneof![
        4 => Just(Duty::Act),
        1 => Just(Duty::Coordinate),
        1 => Just(Duty::Shadow)
    ];
    let seldom = || option::weighted(0.2, date(local, -5..40));
    let one = (0_u8..5, duty, seldom(), seldom());
    let one = one.prop_map(|(who, duty, joins, leaves)| Participant {
        user: user(who),
        duty,
        joins,
        leaves,
    });
    let slot = (vec(one, 0..3), any::<bool>());
    let slot = slot.prop_map(|(mut people, first_come)| {
        people.sort_by_key(|one| one.user);
        people.dedup_by_key(|one| one.user);
        Slot { people, first_come }
    });
    vec(slot, 0..5)
}

fn window() -> impl Strategy<Value = Window> {
    let days = vec(0_i8..7, 1..7).prop_map(|days| {
        let day = |day: i8| Weekday::from_monday_zero_offset(day).unwrap();
        days.into_iter().map(day).collect()
    });
    (days, time(), time(), any::<bool>()).prop_map(|(days, from, to, coordinate_only)| Window {
        days,
        from,
        to,
        coordinate_only,
    })
}

fn handoff() -> impl Strategy<Value = (Handoff, TurnRule)> {
    let unit = select(HandoffUnit::ALL.to_vec());
    let turn = select(TurnRule::ALL.to_vec());
    (unit, 1_u32..15, turn).prop_map(|(unit, every, turn)| {
        let every = if unit == HandoffUnit::Months {
            every % 3 + 1
        } else {
            every
        };
        (Handoff { every, unit }, turn)
    })
}

fn rotations(zone: &'static str, center: Timestamp) -> impl Strategy<Value = Vec<Rotation>> {
    let local = TimeZone::get(zone).unwrap();
    let local = local.to_datetime(center.to_jiff()).date();
    let own_zone = option::weighted(0.2, select(ZONES.to_vec()));
    let start =
        (date(local, -1..60), time()).prop_map(|(date, time)| DateTime::from_parts(date, time));
    let end =
        (date(local, -3..3), time()).prop_map(|(date, time)| DateTime::from_parts(date, time));
    let flags = (
        select(WhenOff::ALL.to_vec()),
        prop::bool::weighted(0.2),
        select(OnHolidays::ALL.to_vec()),
    );
    let parts = (
        own_zone,
        start,
        option::weighted(0.1, end),
        handoff(),
        vec(window(), 0..4),
        slots(local),
        flags,
    );
    let one = parts.prop_map(
        |(zone, start, end, (handoff, turn), windows, slots, flags)| Rotation {
            id: rotation_id(0),
            name: String::new(),
            zone: zone.map(str::to_owned),
            start,
            end,
            handoff,
            turn,
            windows,
            slots,
            when_off: flags.0,
            beside: flags.1,
            on_holidays: flags.2,
        },
    );
    vec(one, 0..4).prop_map(|mut rotations| {
        for (number, rotation) in (0..).zip(&mut rotations) {
            rotation.id = rotation_id(number);
        }
        rotations
    })
}

/// A span near an instant; it may have no length or end before it begins.
fn span(center: Timestamp) -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (-300_i64..300, -30_i64..300).prop_map(move |(from_quarters, quarters)| {
        let from = center.plus_secs(from_quarters * 900);
        (from, from.plus_secs(quarters * 900))
    })
}

fn overrides(center: Timestamp) -> impl Strategy<Value = Vec<(OverrideId, Override)>> {
    let change = prop_oneof![
        (0_u8..5).prop_map(|who| OverrideChange::Add(user(who))),
        (0_u8..5).prop_map(|who| OverrideChange::Remove(user(who))),
        (0_u8..5).prop_map(|who| OverrideChange::Shadow(user(who))),
        (option::of(0_u8..5), 0_u8..5).prop_map(|(who, with)| OverrideChange::Replace {
            who: who.map(user),
            with: user(with)
        }),
    ];
    // Rotation 4 is never there.
    let origin = select(vec![
        OverrideOrigin::Set,
        OverrideOrigin::TakeOver,
        OverrideOrigin::Swap(SwapId(id("swap"))),
    ]);
    let one = (change, option::of(0_u8..5), span(center), origin);
    let one = one.prop_map(|(change, rotation, (from, to), origin)| Override {
        schedule: ScheduleId(id("schedule")),
        rotation: rotation.map(rotation_id),
        from,
        to,
        change,
        origin,
    });
    // Shuffled: the order of the answer's overrides is that of their ids, not of the slice.
    vec(one, 0..10)
        .prop_map(|all| {
            let ids = (0_u128..).map(|n| OverrideId(uuid::Uuid::from_u128(n)));
            ids.zip(all).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn time_off(center: Timestamp) -> impl Strategy<Value = Vec<TimeOff>> {
    let one = (0_u8..5, span(center)).prop_map(|(who, (from, to))| TimeOff {
        user: user(who),
        from,
        to,
    });
    vec(one, 0..5)
}

/// Days close to an instant, as somebody in the zone counts them.
fn holidays(zone: &str, center: Timestamp) -> impl Strategy<Value = Vec<Holiday>> {
    let local = TimeZone::get(zone).unwrap();
    let local = local.to_datetime(center.to_jiff()).date();
    vec(date(local, -4..4), 0..5).prop_map(|mut dates| {
        dates.sort_unstable();
        dates.dedup();
        let holiday = |date| Holiday {
            date,
            name: String::new(),
        };
        dates.into_iter().map(holiday).collect()
    })
}

fn cases() -> impl Strategy<Value = Case> {
    (select(ZONES.to_vec()), any::<u64>()).prop_flat_map(|(zone, pick)| {
        let center = center_of(&TimeZone::get(zone).unwrap(), pick);
        let parts = (
            rotations(zone, center),
            holidays(zone, center),
            overrides(center),
            time_off(center),
        );
        parts.prop_map(move |(rotations, holidays, overrides, time_off)| Case {
            schedule: Schedule {
                rotations,
                holidays,
                ..schedule(zone)
            },
            overrides,
            time_off,
            center,
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
            shifts.iter().find(goes_on).map(Shift::who),
            Some(shift.who()),
            "{shift:?}"
        );
    }
}

/// Fails unless everybody agrees at every one of `instants` that lies in the span.
fn agree(
    case: &Case,
    (from, to): (Timestamp, Timestamp),
    instants: impl Fn(&Oracle<'_>) -> Vec<Timestamp>,
) -> Result<(), TestCaseError> {
    let changes = case.changes();
    let oracle = Oracle::over(&case.schedule, &changes, from, to);
    let found = shifts(&case.schedule, &changes, from, to).unwrap();
    let uncovered = gaps(&found, from, to);
    assert_well_formed(&found, from, to);
    let instants = instants(&oracle).into_iter();
    for at in instants.filter(|at| from <= *at && *at < to) {
        let expected = oracle.on_call(at);
        prop_assert_eq!(
            &on_call(&case.schedule, &changes, at).unwrap(),
            &expected,
            "{}",
            at
        );
        prop_assert_eq!(&covering(&found, at), &expected, "{}", at);
        let in_gap = uncovered
            .iter()
            .any(|(begin, end)| *begin <= at && at < *end);
        prop_assert_eq!(in_gap, expected.is_empty(), "{}", at);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn agree_with_the_oracle(case in cases(), day_of in 0_i64..4, offset_s in 0_i64..60) {
        let (from, to) = (case.center.plus_secs(-2 * DAY_S), case.center.plus_secs(3 * DAY_S));
        agree(&case, (from, to), |oracle| {
            let day = (0..1_440).map(|m| from.plus_secs(day_of * DAY_S + m * 60 + offset_s));
            let change = (-120..120).map(|m| case.center.plus_secs(m * 60 + offset_s));
            let edges = oracle.edges().into_iter().chain([from, to, case.center]);
            day.chain(change).chain(edges.flat_map(around)).collect()
        })?;
    }

    #[test]
    fn a_span_asked_for_in_two_halves_says_the_same(case in cases(), cut_s in 1_i64..5 * DAY_S) {
        let (from, to) = (case.center.plus_secs(-2 * DAY_S), case.center.plus_secs(3 * DAY_S));
        let changes = case.changes();
        let cut = from.plus_secs(cut_s);
        let whole = shifts(&case.schedule, &changes, from, to).unwrap();
        let clipped = |from: Timestamp, to: Timestamp| -> Vec<Shift> {
            let parts = whole.iter().map(|s| Shift { from: s.from.max(from), to: s.to.min(to), ..*s });
            let mut parts: Vec<_> = parts.filter(|s| s.from < s.to).collect();
            parts.sort_by_key(|s| (s.from, s.user));
            parts
        };
        for (from, to) in [(from, cut), (cut, to)] {
            prop_assert_eq!(shifts(&case.schedule, &changes, from, to).unwrap(), clipped(from, to));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    #[test]
    fn agree_by_the_second_around_clock_changes(case in cases()) {
        const HALF_HOUR_S: i64 = 1_800;
        let (from, to) = (case.center.plus_secs(-DAY_S / 4), case.center.plus_secs(DAY_S / 4));
        agree(&case, (from, to), |oracle| {
            let edges = oracle.edges().into_iter().filter(|at| from <= *at && *at < to);
            let near = edges.chain([case.center]);
            let mut seconds: Vec<_> = near
                .flat_map(|at| (-HALF_HOUR_S..HALF_HOUR_S).map(move |s| at.plus_secs(s)))
                .collect();
            seconds.sort_unstable();
            seconds.dedup();
            seconds
        })?;
    }
}
