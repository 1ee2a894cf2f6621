//! When a contact method that was proved once is to prove itself again, by a monthly test message.
//!
//! Each method has a slot of its own in every month, by a hash of its id: one of the twenty weekdays
//! that the first 28 days of any month have, and a minute of the day. So the tests of many people,
//! or of the many methods that were set up on one day, spread over the month.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::ids::MethodId;
use crate::time::Timestamp;

/// Between two tests, and between a proof and the next test, at least.
pub const PAUSE_S: i64 = 28 * 86_400;

/// How long a test may be left unanswered before somebody should look.
pub const PATIENCE_S: i64 = 7 * 86_400;

/// How long a test may be answered.
pub const ANSWER_WITHIN_S: i64 = 30 * 86_400;

/// No test comes before this hour, or from [`UNTIL_H`] on, as the person's clock shows it.
const FROM_H: i8 = 10;
const UNTIL_H: i8 = 16;

/// Slots begin within these minutes after [`FROM_H`]; the rest is for a server that comes late.
const SPREAD_MIN: u64 = 300;

/// Weekdays within the first 28 days of any month.
const WEEKDAYS: u64 = 20;

/// Days that are looked at for the next slot: 28 of pause, and at most a month until the slot.
const DAYS_AHEAD: usize = 100;

/// A place within the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Which of the month's first twenty weekdays, from 0.
    weekday: u64,
    /// Minutes after [`FROM_H`].
    minute: u64,
}

impl Slot {
    /// The slot of a method.
    #[must_use]
    pub fn of(method: MethodId) -> Self {
        let hash = Sha256::digest(method.0.as_bytes());
        let number = hash
            .iter()
            .take(8)
            .fold(0_u64, |n, b| n << 8 | u64::from(*b));
        Self {
            weekday: number % WEEKDAYS,
            minute: number / WEEKDAYS % SPREAD_MIN,
        }
    }

    /// Whether the slot of this day's month is on this day or was before it.
    fn is_reached(self, date: Date) -> bool {
        let first = date.first_of_month();
        let before = first.series(1.day()).take_while(|day| *day < date);
        let weekdays = before.filter(|day| is_weekday(*day)).count();
        is_weekday(date) && u64::try_from(weekdays).is_ok_and(|count| count >= self.weekday)
    }
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The first instant from `now` on at which the test of a method may go out: on a weekday between
/// 10:00 and 16:00 in the zone, in its slot of the month or after it, once in a calendar month, and
/// a good while after `last`, when it was tested or proved the last time. That is `now` itself when
/// it is due. None where no such day comes, as in a zone that is unknown at the end of time.
#[must_use]
pub fn next_at(zone: &str, slot: Slot, last: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).date();
    let earliest = now.max(last.plus_secs(PAUSE_S));
    let told = local(last).first_of_month();
    let mut days = local(earliest).series(1.day()).take(DAYS_AHEAD);
    days.find_map(|date| {
        if date.first_of_month() == told || !slot.is_reached(date) {
            return None;
        }
        let (from, until) = window(date, slot, &zone)?;
        let at = earliest.max(from);
        (at < until).then_some(at)
    })
}

/// From when until when a test may go out on a day; none on a day that the zone leaves out.
fn window(date: Date, slot: Slot, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let minute = i8::try_from(slot.minute % 60).ok()?;
    let hour = FROM_H + i8::try_from(slot.minute / 60).ok()?;
    let at = |hour, minute| {
        let wall = date.at(hour, minute, 0, 0);
        let there = zone.to_ambiguous_zoned(wall).compatible().ok()?;
        (there.date() == date).then(|| Timestamp::from_jiff(there.timestamp()))
    };
    Some((at(hour, minute)?, at(UNTIL_H, 0)?))
}

/// Whether a test has been left unanswered for so long that somebody should look.
#[must_use]
pub fn is_overdue(unanswered_since: Timestamp, now: Timestamp) -> bool {
    unanswered_since.plus_secs(PATIENCE_S) <= now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_jiff(text.parse().unwrap())
    }

    const fn slot(weekday: u64, minute: u64) -> Slot {
        Slot { weekday, minute }
    }

    #[test]
    fn a_slot_is_the_same_weekday_of_every_month() {
        let next = |last: &str, now: &str| {
            next_at("Pacific/Auckland", slot(4, 90), at(last), at(now)).unwrap()
        };
        // The fifth weekday of December 2026 is Monday the 7th, and 11:30 in Auckland is 22:30 UTC.
        let december = next("2026-11-03T00:00:00Z", "2026-11-21T00:00:00Z");
        assert_eq!(december, at("2026-12-06T22:30:00Z"));
        // The fifth of January is Thursday the 7th.
        let january = next("2026-12-06T22:30:00Z", "2026-12-06T22:30:01Z");
        assert_eq!(january, at("2027-01-06T22:30:00Z"));
    }

    #[test]
    fn who_was_proved_lately_is_left_alone_and_who_is_late_is_asked_now() {
        let next = |last: &str, now: &str| next_at("UTC", slot(0, 0), at(last), at(now)).unwrap();
        let proved = next("2026-11-25T12:00:00Z", "2026-12-01T10:00:00Z");
        assert_eq!(proved, at("2026-12-23T12:00:00Z"), "four weeks on");
        // The server was down on the day of the slot.
        let late = "2026-12-08T14:20:00Z";
        assert_eq!(next("2026-10-01T12:00:00Z", late), at(late));
        let evening = next("2026-10-01T12:00:00Z", "2026-12-04T18:00:00Z");
        assert_eq!(evening, at("2026-12-07T10:00:00Z"), "after the weekend");
    }

    #[test]
    fn a_day_that_a_zone_left_out_is_left_out() {
        // Friday 2011-12-30 never was in Apia.
        let next = next_at(
            "Pacific/Apia",
            slot(0, 0),
            at("2011-11-01T00:00:00Z"),
            at("2011-12-30T03:00:00Z"),
        );
        assert_eq!(next, Some(at("2012-01-01T20:00:00Z")));
    }

    fn any_zone() -> impl Strategy<Value = String> {
        let names: Vec<_> = jiff::tz::db().available().map(|n| n.to_string()).collect();
        proptest::sample::select(names)
    }

    proptest! {
        /// Whatever the zone and whenever the server looks: weekdays, by day, once a month.
        #[test]
        fn tests_come_politely_and_at_most_once_a_month(
            zone in any_zone(),
            id in any::<u128>(),
            start_s in 946_684_800_i64..4_102_444_800,
            gaps_s in proptest::collection::vec(0_i64..40 * 86_400, 1..40),
        ) {
            let slot = Slot::of(MethodId(uuid::Uuid::from_u128(id)));
            let tz = TimeZone::get(&zone).unwrap();
            let mut last = Timestamp::EPOCH.plus_secs(start_s);
            let mut now = last;
            for gap_s in gaps_s {
                now = now.plus_secs(gap_s);
                let due = next_at(&zone, slot, last, now).unwrap();
                prop_assert!(due >= now);
                prop_assert!(due <= now.max(last.plus_secs(PAUSE_S)).plus_secs(38 * 86_400));
                let there = due.to_jiff().to_zoned(tz.clone());
                let before = last.to_jiff().to_zoned(tz.clone());
                prop_assert!(is_weekday(there.date()), "{there}");
                prop_assert!((FROM_H..UNTIL_H).contains(&there.hour()), "{there}");
                let months = (there.date().first_of_month(), before.date().first_of_month());
                prop_assert!(months.0 != months.1, "{before} {there}");
                prop_assert!(due >= last.plus_secs(PAUSE_S));
                // What is due stays due until its window ends.
                prop_assert_eq!(next_at(&zone, slot, last, due), Some(due));
                // A server that looks all the time sends it then.
                if due <= now {
                    last = due;
                }
            }
        }
    }
}
