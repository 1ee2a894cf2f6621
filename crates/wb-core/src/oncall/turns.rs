//! When the turns of one rotation begin, and which one an instant falls into: arithmetic, never
//! stepping from the start.

use jiff::Span;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::ScheduleError;
use crate::config::{HandoffUnit, Rotation};
use crate::time::Timestamp;

const HOUR_US: i64 = 3_600_000_000;
const HOURS_PER_DAY: i64 = 24;
const DAYS_PER_WEEK: i64 = 7;

/// The turns of one rotation.
pub(super) struct Turns<'a> {
    zone: &'a TimeZone,
    start: DateTime,
    period: Period,
}

enum Period {
    /// Absolute from the first turn's begin; none when that lies after the last instant there is.
    Hours {
        anchor: Option<Timestamp>,
        length_us: i64,
    },
    /// Civil days from the start's local time.
    Days { length: i64 },
}

impl<'a> Turns<'a> {
    /// The turns of `rotation`, whose start is meant in `zone`.
    pub(super) fn of(rotation: &Rotation, zone: &'a TimeZone) -> Result<Self, ScheduleError> {
        let every = i64::from(rotation.handoff.every);
        if every == 0 {
            return Err(ScheduleError::NoTurnLength {
                rotation: rotation.id,
            });
        }
        let start = rotation.start;
        let period = match rotation.handoff.unit {
            HandoffUnit::Hours => Period::Hours {
                anchor: instant_of(zone, start),
                length_us: every.saturating_mul(HOUR_US),
            },
            HandoffUnit::Days => Period::Days { length: every },
            HandoffUnit::Weeks => Period::Days {
                length: every.saturating_mul(DAYS_PER_WEEK),
            },
        };
        Ok(Self {
            zone,
            start,
            period,
        })
    }

    /// When turn `turn` (0 or later) begins; none after the last instant there is.
    ///
    /// Never decreases with `turn`. Two turns begin together when the calendar skipped a whole day
    /// (Apia had no 30 December 2011); the earlier one then has no length.
    pub(super) fn begin_of(&self, turn: i64) -> Option<Timestamp> {
        match self.period {
            Period::Hours { anchor, length_us } => {
                let micros = anchor?
                    .as_micros()
                    .checked_add(turn.checked_mul(length_us)?)?;
                let begin = Timestamp::from_micros(micros);
                // The constructor clamps; a clamped instant is not when this turn begins.
                (begin.as_micros() == micros).then_some(begin)
            }
            Period::Days { length } => {
                let days = Span::new().try_days(turn.checked_mul(length)?).ok()?;
                instant_of(self.zone, self.start.checked_add(days).ok()?)
            }
        }
    }

    /// The turn that `at` falls into: the last one that has begun; none before the first.
    pub(super) fn at(&self, at: Timestamp) -> Option<i64> {
        match self.period {
            Period::Hours { anchor, length_us } => {
                let passed_us = at.micros_since(anchor?);
                (passed_us >= 0).then(|| passed_us.div_euclid(length_us))
            }
            Period::Days { length } => {
                let today = self.zone.to_datetime(at.to_jiff()).date();
                let passed = self.start.date().duration_until(today).as_hours() / HOURS_PER_DAY;
                // A guess, for dates alone do not say whether today's hand-off is past, and clock
                // changes shift them: wrong by a few turns at most. The begins themselves decide.
                let mut turn = passed.div_euclid(length).max(-1);
                while turn >= 0 && !self.has_begun(turn, at) {
                    turn -= 1;
                }
                while self.has_begun(turn.saturating_add(1), at) {
                    turn += 1;
                }
                (turn >= 0).then_some(turn)
            }
        }
    }

    /// The begins after `from` and before `to` with their turns, in order; none when there are
    /// more than `limit`.
    pub(super) fn begins_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Option<Vec<(Timestamp, i64)>> {
        let first = self.at(from).map_or(0, |turn| turn.saturating_add(1));
        let last = self.at(to).unwrap_or(-1);
        // Counted before any of them is worked out, so that a refusal costs nothing.
        let count = last.saturating_sub(first).saturating_add(1);
        if usize::try_from(count).unwrap_or(0) > limit {
            return None;
        }
        let begins = (first..=last).filter_map(|turn| Some((self.begin_of(turn)?, turn)));
        Some(begins.filter(|(begin, _)| *begin < to).collect())
    }

    fn has_begun(&self, turn: i64, at: Timestamp) -> bool {
        self.begin_of(turn).is_some_and(|begin| begin <= at)
    }
}

/// The instant of a local time: later by the gap's length when a clock change skips it, the first
/// one when it happens twice. A time before the first instant there is counts as that instant; one
/// after the last is none.
fn instant_of(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).compatible() {
        Ok(instant) => Some(Timestamp::from_jiff(instant)),
        Err(_) if local.year() < 0 => Some(Timestamp::from_micros(i64::MIN)),
        Err(_) => None,
    }
}
