//! Hours that something waits for, or that something waits out.

use super::windows::occurrences;
use super::zone::Zone;
use crate::config::Hours;
use crate::limits;
use crate::time::Timestamp;

/// How far is looked ahead, in seconds: every weekday comes within it, also around clock changes and
/// days that a calendar skipped.
const AHEAD_S: i64 = 15 * 86_400;

/// Whether the hours are open at an instant. None when they cannot be read: their zone is unknown.
#[must_use]
pub fn is_open(hours: &Hours, now: Timestamp) -> Option<bool> {
    let stretches = stretches(hours, now)?;
    Some(stretches.first().is_some_and(|(from, _)| *from <= now))
}

/// When the hours are open next: this very instant inside of them. None when they cannot be read or
/// never open, so that nothing waits for them for ever.
#[must_use]
pub fn next_open(hours: &Hours, now: Timestamp) -> Option<Timestamp> {
    let (from, _) = *stretches(hours, now)?.first()?;
    Some(from.max(now))
}

/// When the hours are closed next: this very instant outside of them. None when they cannot be read
/// or never close, so that nothing waits for their end for ever.
#[must_use]
pub fn next_closed(hours: &Hours, now: Timestamp) -> Option<Timestamp> {
    match stretches(hours, now)?.first() {
        Some((from, to)) if *from <= now => Some(*to).filter(|to| *to < horizon(now)),
        _ => Some(now),
    }
}

fn horizon(now: Timestamp) -> Timestamp {
    now.plus_secs(AHEAD_S)
}

/// The stretches in which the hours are open from `now` on, in order; those that meet are one.
fn stretches(hours: &Hours, now: Timestamp) -> Option<Vec<(Timestamp, Timestamp)>> {
    let zone = Zone::named(&hours.zone)?;
    let limit = limits::SHIFTS_PER_SPAN;
    let mut all = occurrences(&hours.windows, &zone, now, horizon(now), limit)?;
    all.sort_by_key(|one| one.from);
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for one in all {
        match merged.last_mut() {
            Some((_, to)) if one.from <= *to => *to = one.to.max(*to),
            _ => merged.push((one.from, one.to)),
        }
    }
    Some(merged)
}
