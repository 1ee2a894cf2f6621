//! What shifts cost people: hours, nights, weekends; and where it is too much.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::{Date, Time, Weekday};

use super::moved::{by_user, common};
use super::zone::Zone;
use super::{ScheduleError, Shift, zone_named};
use crate::ids::{ScheduleId, UserId};
use crate::time::Timestamp;

/// When a night begins and ends, in the person's own zone.
pub const NIGHT: (Time, Time) = (Time::constant(22, 0, 0, 0), Time::constant(6, 0, 0, 0));

/// What being on call cost one person over a span, in their own zone. Shadows are not on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub user: UserId,
    /// Time on call, in seconds.
    pub total_s: i64,
    /// Of it at night, from 22:00 to 06:00.
    pub night_s: i64,
    /// Of it from Saturday 00:00 to Monday 00:00.
    pub weekend_s: i64,
    /// Nights in which they were on call, at least in part.
    pub nights: u32,
    /// Weekends in which they were on call, at least in part.
    pub weekends: u32,
    /// Most nights running.
    pub nights_running: u32,
    /// The date on which the first night of that run began; none without nights.
    pub nights_running_from: Option<Date>,
}

/// A span in which somebody is on call in two schedules at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubled {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Who.
    pub user: UserId,
    /// The other schedule.
    pub other: ScheduleId,
}

/// The load of everybody who counts in some shifts, in the order of their ids. `zone_of` names the
/// zone in which somebody's nights and weekends are meant.
///
/// # Errors
/// A zone is unknown.
pub fn load<'z>(
    shifts: &[Shift],
    zone_of: impl Fn(UserId) -> &'z str,
) -> Result<Vec<Load>, ScheduleError> {
    let mut zones: BTreeMap<&str, Zone> = BTreeMap::new();
    let mut found = Vec::new();
    for (user, spans) in by_user(shifts) {
        let name = zone_of(user);
        if !zones.contains_key(name) {
            zones.insert(name, zone_named(name)?);
        }
        if let Some(zone) = zones.get(name) {
            found.push(load_of(user, &spans, zone));
        }
    }
    Ok(found)
}

/// Where people of one schedule are on call in another one at the same time, in order.
#[must_use]
pub fn doubled(shifts: &[Shift], others: &[(ScheduleId, Vec<Shift>)]) -> Vec<Doubled> {
    let here = by_user(shifts);
    let mut found = Vec::new();
    for (other, shifts) in others {
        let there = by_user(shifts);
        for (user, spans) in &here {
            let both = there.get(user).map(|others| common(spans, others));
            found.extend(both.into_iter().flatten().map(|(from, to)| Doubled {
                from,
                to,
                user: *user,
                other: *other,
            }));
        }
    }
    found.sort_unstable();
    found
}

fn load_of(user: UserId, spans: &[(Timestamp, Timestamp)], zone: &Zone) -> Load {
    let mut nights = BTreeMap::new();
    let mut weekends = BTreeMap::new();
    let mut total_us = 0_i64;
    for (from, to) in spans {
        total_us = total_us.saturating_add(to.micros_since(*from));
        // The night of the day before may reach into the first day.
        let first = zone.date_of(*from).saturating_sub(Span::new().days(1));
        let last = zone.date_of(*to);
        let mut date = first;
        while date <= last {
            let next = date.saturating_add(Span::new().days(1));
            add_part(&mut nights, date, (*from, *to), night(date, next, zone));
            let saturday = match date.weekday() {
                Weekday::Saturday => Some(date),
                Weekday::Sunday => Some(date.saturating_sub(Span::new().days(1))),
                _ => None,
            };
            if let Some(saturday) = saturday {
                let day = (zone.begin_of(date), zone.begin_of(next));
                add_part(&mut weekends, saturday, (*from, *to), day);
            }
            if next == date {
                break;
            }
            date = next;
        }
    }
    let (nights_running, nights_running_from) = longest_run(&nights);
    Load {
        user,
        total_s: total_us / 1_000_000,
        night_s: nights.values().sum::<i64>() / 1_000_000,
        weekend_s: weekends.values().sum::<i64>() / 1_000_000,
        nights: count(nights.len()),
        weekends: count(weekends.len()),
        nights_running,
        nights_running_from,
    }
}

/// The night that begins on a date.
fn night(date: Date, next: Date, zone: &Zone) -> (Option<Timestamp>, Option<Timestamp>) {
    let (begin, end) = NIGHT;
    (
        zone.instant_of(date.to_datetime(begin)),
        zone.instant_of(next.to_datetime(end)),
    )
}

/// Adds what a span shares with a part of the calendar, in microseconds, under that part's date.
fn add_part(
    parts: &mut BTreeMap<Date, i64>,
    date: Date,
    span: (Timestamp, Timestamp),
    part: (Option<Timestamp>, Option<Timestamp>),
) {
    let (Some(begin), Some(end)) = part else {
        return;
    };
    let shared_us = span.1.min(end).micros_since(span.0.max(begin));
    if shared_us > 0 {
        let sum = parts.entry(date).or_default();
        *sum = sum.saturating_add(shared_us);
    }
}

/// The most dates running, and the first of them.
fn longest_run(nights: &BTreeMap<Date, i64>) -> (u32, Option<Date>) {
    let dates: BTreeSet<Date> = nights.keys().copied().collect();
    let mut best = (0_u32, None);
    let mut run = (0_u32, None::<Date>);
    let mut before: Option<Date> = None;
    for date in dates {
        let goes_on = before.is_some_and(|before| before.tomorrow().ok() == Some(date));
        run = if goes_on {
            (run.0.saturating_add(1), run.1)
        } else {
            (1, Some(date))
        };
        if run.0 > best.0 {
            best = run;
        }
        before = Some(date);
    }
    best
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
