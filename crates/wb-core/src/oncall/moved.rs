//! What changes for people between two plans: who gains and who loses which shifts.

use std::collections::{BTreeMap, BTreeSet};

use super::Shift;
use crate::ids::UserId;
use crate::time::Timestamp;

/// A span in which somebody is on call in one plan and not in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Who.
    pub user: UserId,
    /// Whether they gain it or lose it.
    pub change: Change,
}

/// What happens to somebody's time on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// They were not on call, and will be.
    Gains,
    /// They were on call, and will not be.
    Loses,
}

impl Change {
    /// The word used in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gains => "gains",
            Self::Loses => "loses",
        }
    }
}

type Span = (Timestamp, Timestamp);

/// Everything that moves between two plans over the same span, in order of begin and person.
///
/// Only whether somebody counts matters: not why, and not what shadows are told.
#[must_use]
pub fn moved(before: &[Shift], after: &[Shift]) -> Vec<Moved> {
    let (before, after) = (by_user(before), by_user(after));
    let none = Vec::new();
    let mut found = Vec::new();
    let users: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for user in users {
        let old = before.get(user).unwrap_or(&none);
        let new = after.get(user).unwrap_or(&none);
        for (change, spans) in [
            (Change::Gains, spans_without(new, old)),
            (Change::Loses, spans_without(old, new)),
        ] {
            found.extend(spans.into_iter().map(|(from, to)| Moved {
                from,
                to,
                user: *user,
                change,
            }));
        }
    }
    found.sort_unstable();
    found
}

/// When the turn ends that people have at `now`: the first end among those who are meant. Where nobody
/// counts at all, when somebody does next. None when that lies behind the shifts.
#[must_use]
pub fn end_of_shift(
    shifts: &[Shift],
    now: Timestamp,
    is_meant: impl Fn(UserId) -> bool,
) -> Option<Timestamp> {
    let spans = by_user(shifts);
    let present = |spans: &[Span]| {
        spans
            .iter()
            .find(|(from, to)| *from <= now && now < *to)
            .copied()
    };
    if spans.values().all(|spans| present(spans).is_none()) {
        let begins = spans.values().flatten().map(|(from, _)| *from);
        return begins.filter(|from| *from > now).min();
    }
    let meant = spans.iter().filter(|(user, _)| is_meant(**user));
    meant
        .filter_map(|(_, spans)| present(spans))
        .map(|(_, to)| to)
        .min()
}

/// The stretches in which each person counts, in order, without seams.
pub(super) fn by_user(shifts: &[Shift]) -> BTreeMap<UserId, Vec<Span>> {
    let mut counted: Vec<_> = shifts.iter().filter(|shift| shift.duty.counts()).collect();
    counted.sort_unstable_by_key(|shift| (shift.user, shift.from));
    let mut found: BTreeMap<UserId, Vec<Span>> = BTreeMap::new();
    for shift in counted {
        let spans = found.entry(shift.user).or_default();
        match spans.last_mut() {
            Some((_, end)) if shift.from <= *end => *end = shift.to.max(*end),
            _ => spans.push((shift.from, shift.to)),
        }
    }
    found
}

/// What is in some spans and not in others; both in order and without overlap.
#[must_use]
pub fn spans_without(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    for (from, to) in spans {
        let mut reached = *from;
        for (begin, end) in others.iter().filter(|(b, e)| b < to && from < e) {
            if reached < *begin {
                found.push((reached, *begin));
            }
            reached = reached.max(*end);
        }
        if reached < *to {
            found.push((reached, *to));
        }
    }
    found
}

/// The spans that both have; both in order and without overlap.
pub(super) fn common(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let both = spans.iter().flat_map(|(from, to)| {
        let others = others.iter();
        others.map(move |(begin, end)| (*from.max(begin), *to.min(end)))
    });
    both.filter(|(from, to)| from < to).collect()
}
