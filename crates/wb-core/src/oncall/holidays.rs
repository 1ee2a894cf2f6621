//! Public holidays as spans of instants.

use jiff::Span;
use jiff::civil::Date;

use super::zone::Zone;
use crate::config::Holiday;
use crate::time::Timestamp;

/// A local date is at most this many days away from the date of the same instant elsewhere, with a
/// day that the calendar skipped.
const AROUND_DAYS: i64 = 3;

/// A holiday in one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Free {
    /// Which.
    pub(super) date: Date,
    /// First instant.
    pub(super) from: Timestamp,
    /// First instant after.
    pub(super) to: Timestamp,
}

/// The holidays that share an instant with the span from `from` until just before `to`, in the order
/// they are given in. One on a day that the calendar skipped is none.
pub(super) fn between<'a>(
    holidays: &'a [Holiday],
    zone: &'a Zone,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = Free> + 'a {
    let around = Span::new().days(AROUND_DAYS);
    // Found by date first: most holidays are far away, and a date is cheap to compare.
    let first = zone.date_of(from).saturating_sub(around);
    let last = zone.date_of(to).saturating_add(around);
    let near = holidays
        .iter()
        .map(|holiday| holiday.date)
        .filter(move |date| first <= *date && *date <= last);
    near.filter_map(move |date| {
        let begin = zone.begin_of(date)?;
        // A day that would end after the last instant there is ends with it.
        let end = date.tomorrow().ok().and_then(|next| zone.begin_of(next));
        let end = end.unwrap_or_else(|| Timestamp::from_jiff(jiff::Timestamp::MAX));
        let free = Free {
            date,
            from: begin,
            to: end,
        };
        (begin < end && begin < to && from < end).then_some(free)
    })
}
