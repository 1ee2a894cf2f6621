//! Which days have work in them, counted from a rotation's start.

use jiff::civil::{DateTime, Weekday};

use super::zone::of_day_us;
use crate::config::Window;

const DAY_US: i64 = 86_400_000_000;
const DAYS_PER_WEEK: i64 = 7;

/// The worked days among the days from a start, each from the start's time of day until the same
/// time on the next day. Windows come back every week, so seven days tell all of them. Clock
/// changes do not count here: a window that one of them swallows was still work that was planned.
pub(super) struct WorkedDays {
    /// Those of the first seven, in order.
    first_week: Vec<i64>,
}

impl WorkedDays {
    /// The days from `start` into which one of `windows` falls.
    pub(super) fn of(start: DateTime, windows: &[Window]) -> Self {
        let begin_us = of_day_us(start.time());
        let first_week = (0..DAYS_PER_WEEK)
            .filter(|day| {
                let today = weekday_after(start.date().weekday(), *day);
                windows.iter().any(|window| {
                    // A window of the day before may reach into this one, and this one lasts into
                    // the day after.
                    (-1..=1).any(|offset| {
                        let from_us = offset * DAY_US + of_day_us(window.from);
                        let to_us = from_us + length_us(window);
                        window.days.contains(weekday_after(today, offset))
                            && from_us < begin_us + DAY_US
                            && begin_us < to_us
                    })
                })
            })
            .collect();
        Self { first_week }
    }

    /// The place, in days from the start, of the n-th worked day, counted from 0.
    pub(super) fn nth(&self, n: i64) -> Option<i64> {
        let per_week = self.per_week();
        let week = n.checked_div_euclid(per_week)?;
        let of_week = usize::try_from(n.checked_rem_euclid(per_week)?).ok()?;
        let day = self.first_week.get(of_week)?;
        week.checked_mul(DAYS_PER_WEEK)?.checked_add(*day)
    }

    /// How many worked days there are among the days up to the one `days` after the start.
    pub(super) fn count_until(&self, days: i64) -> i64 {
        let week = days.div_euclid(DAYS_PER_WEEK);
        let of_week = days.rem_euclid(DAYS_PER_WEEK);
        let begun = self.first_week.partition_point(|day| *day <= of_week);
        week.saturating_mul(self.per_week())
            .saturating_add(i64::try_from(begun).unwrap_or(DAYS_PER_WEEK))
    }

    fn per_week(&self) -> i64 {
        i64::try_from(self.first_week.len()).unwrap_or(DAYS_PER_WEEK)
    }
}

/// How long a window lasts on a day without clock changes.
fn length_us(window: &Window) -> i64 {
    let length = of_day_us(window.to) - of_day_us(window.from);
    if length > 0 { length } else { length + DAY_US }
}

fn weekday_after(day: Weekday, days: i64) -> Weekday {
    day.wrapping_add(days)
}
