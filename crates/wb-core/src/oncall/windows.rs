//! The windows of a rotation as spans of instants.

use jiff::civil::Date;
use jiff::{Span, Timestamp as Instant};

use super::zone::Zone;
use crate::config::Window;
use crate::time::Timestamp;

/// A local date is at most this many days away from the date of the same instant elsewhere, with a
/// day that the calendar skipped.
const AROUND_DAYS: i64 = 3;

/// Whether a rotation has people, and what they can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// No window is open.
    Closed,
    /// All windows that are open are for coordinating.
    CoordinateOnly,
    /// People can act.
    Open,
}

/// One occurrence of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// Which window.
    pub(super) window: usize,
    /// First instant.
    pub(super) from: Timestamp,
    /// First instant after.
    pub(super) to: Timestamp,
}

/// The windows that are open at an instant: how often each is.
pub(super) struct OpenWindows<'a> {
    windows: &'a [Window],
    open: Vec<i32>,
}

impl<'a> OpenWindows<'a> {
    /// None open yet.
    pub(super) fn new(windows: &'a [Window]) -> Self {
        Self {
            windows,
            open: vec![0; windows.len()],
        }
    }

    /// One opens (`by` 1) or closes (`by` -1).
    pub(super) fn change(&mut self, window: usize, by: i32) {
        if let Some(open) = self.open.get_mut(window) {
            *open += by;
        }
    }

    /// What they make together. A rotation without windows is always open.
    pub(super) fn coverage(&self) -> Coverage {
        if self.windows.is_empty() {
            return Coverage::Open;
        }
        let open = self.windows.iter().zip(&self.open).filter(|(_, n)| **n > 0);
        let best = open.map(|(window, _)| {
            if window.coordinate_only {
                Coverage::CoordinateOnly
            } else {
                Coverage::Open
            }
        });
        best.fold(Coverage::Closed, |best, one| match (best, one) {
            (Coverage::Open, _) | (_, Coverage::Open) => Coverage::Open,
            (_, one) => one,
        })
    }
}

/// The occurrences of `windows` that share an instant with the span from `from` until just before
/// `to`, window by window, in order; none when there may be more than `limit`.
pub(super) fn occurrences(
    windows: &[Window],
    zone: &Zone,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Option<Vec<Occurrence>> {
    if windows.is_empty() || to <= from {
        return Some(Vec::new());
    }
    let around = Span::new().days(AROUND_DAYS);
    let first = zone.date_of(from).saturating_sub(around);
    let last = zone.date_of(to).saturating_add(around);
    let weeks = first.duration_until(last).as_hours() / (24 * 7) + 1;
    let per_week: u32 = windows.iter().map(|window| window.days.count()).sum();
    let most = weeks.saturating_mul(i64::from(per_week));
    if usize::try_from(most).unwrap_or(usize::MAX) > limit {
        return None;
    }
    let mut found = Vec::new();
    for (place, window) in windows.iter().enumerate() {
        let mut date = first;
        loop {
            if window.days.contains(date.weekday())
                && let Some((begin, end)) = occurrence(window, date, zone)
                && begin < to
                && from < end
            {
                found.push(Occurrence {
                    window: place,
                    from: begin,
                    to: end,
                });
            }
            match date.tomorrow() {
                Ok(next) if next <= last => date = next,
                _ => break,
            }
        }
    }
    Some(found)
}

/// When the window that begins on a date is open; none when clock changes leave nothing of it, or
/// the calendar skipped the whole day.
fn occurrence(window: &Window, date: Date, zone: &Zone) -> Option<(Timestamp, Timestamp)> {
    let ends_on = if window.to > window.from {
        Some(date)
    } else {
        date.tomorrow().ok()
    };
    let begin = zone.instant_of(date.to_datetime(window.from))?;
    // A window that would end after the last instant there is ends with it.
    let end = ends_on
        .and_then(|date| zone.instant_of(date.to_datetime(window.to)))
        .unwrap_or_else(|| Timestamp::from_jiff(Instant::MAX));
    (begin < end && zone.has_day(date)).then_some((begin, end))
}
