//! What shifts mean for people: load, being in two places, and what a change moves.

use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;

use super::rows::{Case, id};
use crate::config::Duty;
use crate::ids::{ScheduleId, UserId};
use crate::oncall::{Change, Changes, Moved, Shift, Why, doubled, load, moved, shifts};
use crate::time::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::from_jiff(text.parse().unwrap())
}

fn shifts_of(text: &str, from: &str, to: &str) -> Vec<Shift> {
    let case = Case::parse(text);
    shifts(&case.schedule, &Changes::default(), at(from), at(to)).unwrap()
}

fn shift(from: i64, to: i64, user: &str, duty: Duty) -> Shift {
    Shift {
        from: Timestamp::EPOCH.plus_secs(from),
        to: Timestamp::EPOCH.plus_secs(to),
        user: UserId(id(user)),
        duty,
        first_come: false,
        why: Why::default(),
    }
}

#[test]
fn a_week_over_the_clock_change_has_its_hours_nights_and_weekend() {
    let week = shifts_of(
        "zone Europe/Berlin
         rotation first 2026-03-23T09:00 every 1 weeks: ann eve~ | bob",
        "2026-03-23T09:00+01:00",
        "2026-03-30T09:00+02:00",
    );
    let found = load(&week, |_| "Europe/Berlin").unwrap();
    assert_eq!(found.len(), 1, "shadows carry nothing");
    let ann = found[0];
    assert_eq!(ann.total_s, 167 * 3_600);
    // Seven nights of eight hours, one of them an hour short; a weekend of 47 hours.
    assert_eq!((ann.nights, ann.night_s), (7, 55 * 3_600));
    assert_eq!((ann.weekends, ann.weekend_s), (1, 47 * 3_600));
    assert_eq!(
        (ann.nights_running, ann.nights_running_from),
        (7, Some(date(2026, 3, 23)))
    );
}

#[test]
fn nights_are_those_of_the_person() {
    let days = shifts_of(
        "zone Europe/Berlin
         rotation first 2026-01-05T09:00 every 1 weeks on mon,tue 09:00-17:00: ann",
        "2026-01-05T00:00Z",
        "2026-01-12T00:00Z",
    );
    assert_eq!(load(&days, |_| "Europe/Berlin").unwrap()[0].nights, 0);
    let far = load(&days, |_| "Pacific/Auckland").unwrap()[0];
    // 09:00 in Berlin is 21:00 in Auckland.
    assert_eq!(
        (far.nights, far.nights_running, far.night_s),
        (2, 2, 2 * 7 * 3_600)
    );
    assert!(load(&days, |_| "Mars/Base").is_err());
}

#[test]
fn a_change_says_who_gains_and_who_loses_and_not_why() {
    let span = ("2026-01-05T00:00Z", "2026-01-08T00:00Z");
    let before = "zone UTC
        rotation first 2026-01-05T00:00 every 1 days: ann | bob | ann";
    let after = "zone UTC
        rotation other 2026-01-05T12:00 every 1 days: bob | bob | ann
        rotation rest 2026-01-01T00:00 every 1 weeks: ann cat~";
    let before = shifts_of(before, span.0, span.1);
    let after = shifts_of(after, span.0, span.1);
    let one = |from: &str, to: &str, user: &str, change| Moved {
        from: at(from),
        to: at(to),
        user: UserId(id(user)),
        change,
    };
    assert_eq!(
        moved(&before, &after),
        [
            one(
                "2026-01-05T12:00Z",
                "2026-01-06T00:00Z",
                "ann",
                Change::Loses
            ),
            one(
                "2026-01-05T12:00Z",
                "2026-01-06T00:00Z",
                "bob",
                Change::Gains
            ),
            one(
                "2026-01-07T00:00Z",
                "2026-01-07T12:00Z",
                "ann",
                Change::Loses
            ),
            one(
                "2026-01-07T00:00Z",
                "2026-01-07T12:00Z",
                "bob",
                Change::Gains
            ),
        ]
    );
    assert_eq!(moved(&after, &after), []);
}

#[test]
fn somebody_in_two_schedules_at_once_is_seen() {
    let here = [
        shift(0, 10, "ann", Duty::Act),
        shift(10, 20, "bob", Duty::Act),
    ];
    let there = vec![
        shift(5, 15, "ann", Duty::Act),
        shift(12, 30, "bob", Duty::Shadow),
    ];
    let other = ScheduleId(id("other"));
    let found = doubled(&here, &[(other, there)]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].from, found[0].to, found[0].user, found[0].other),
        (
            Timestamp::EPOCH.plus_secs(5),
            Timestamp::EPOCH.plus_secs(10),
            UserId(id("ann")),
            other
        )
    );
}

fn random_shifts() -> impl Strategy<Value = Vec<Shift>> {
    let one = (0_i64..60, 1_i64..20, 0_usize..3, any::<bool>());
    let one = one.prop_map(|(from, length, who, counts)| {
        let duty = if counts { Duty::Act } else { Duty::Shadow };
        shift(from, from + length, ["ann", "bob", "cat"][who], duty)
    });
    vec(one, 0..8)
}

proptest! {
    #[test]
    fn what_moved_is_the_difference_at_every_second(before in random_shifts(), after in random_shifts()) {
        let found = moved(&before, &after);
        let is_on = |shifts: &[Shift], user: UserId, at: Timestamp| {
            shifts.iter().any(|s| s.user == user && s.duty != Duty::Shadow && s.from <= at && at < s.to)
        };
        for second in 0..80 {
            let at = Timestamp::EPOCH.plus_secs(second);
            for user in ["ann", "bob", "cat"].map(|name| UserId(id(name))) {
                let moves: Vec<_> = found
                    .iter()
                    .filter(|m| m.user == user && m.from <= at && at < m.to)
                    .map(|m| m.change)
                    .collect();
                let expected = match (is_on(&before, user, at), is_on(&after, user, at)) {
                    (false, true) => vec![Change::Gains],
                    (true, false) => vec![Change::Loses],
                    _ => vec![],
                };
                prop_assert_eq!(moves, expected);
            }
        }
    }
}
