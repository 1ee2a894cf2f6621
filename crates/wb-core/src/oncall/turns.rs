//! When the turns of one rotation begin, and which one an instant falls into: arithmetic, never
//! stepping from the start.

use jiff::Span;
use jiff::civil::DateTime;

use super::ScheduleError;
use super::worked::WorkedDays;
use super::zone::Zone;
use crate::config::{HandoffUnit, Rotation, TurnRule};
use crate::planted::{self, Bug};
use crate::time::Timestamp;

const HOUR_US: i64 = 3_600_000_000;
const HOURS_PER_DAY: i64 = 24;
const DAYS_PER_WEEK: i64 = 7;
const MONTHS_PER_YEAR: i64 = 12;

/// The turns of one rotation.
pub(super) struct Turns {
    start: DateTime,
    /// First instant after all turns; none when there is no end.
    end: Option<Timestamp>,
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
    /// As many days with work in them from the start's local time.
    WorkedDays { length: i64, worked: WorkedDays },
    /// Civil months from the start's local day and time.
    Months { length: i64 },
}

impl Turns {
    /// The turns of `rotation`, whose start is meant in `zone`.
    pub(super) fn of(rotation: &Rotation, zone: &Zone) -> Result<Self, ScheduleError> {
        let every = i64::from(rotation.handoff.every);
        if every == 0 {
            return Err(ScheduleError::NoTurnLength {
                rotation: rotation.id,
            });
        }
        let start = rotation.start;
        // Every week and every month has each weekday in it, so that only days can go by without
        // work; hours are absolute and know no days.
        let period = match (rotation.handoff.unit, rotation.turn) {
            (HandoffUnit::Hours, _) => Period::Hours {
                anchor: zone.instant_of(start),
                length_us: every.saturating_mul(HOUR_US),
            },
            (HandoffUnit::Days, TurnRule::Worked) if !rotation.windows.is_empty() => {
                Period::WorkedDays {
                    length: every,
                    worked: WorkedDays::of(start, &rotation.windows),
                }
            }
            (HandoffUnit::Days, _) => Period::Days { length: every },
            (HandoffUnit::Weeks, _) => Period::Days {
                length: every.saturating_mul(DAYS_PER_WEEK),
            },
            (HandoffUnit::Months, _) => Period::Months { length: every },
        };
        // An end after the last instant there is never comes.
        let end = rotation.end.and_then(|end| zone.instant_of(end));
        Ok(Self { start, end, period })
    }

    /// When the rotation ends, if it does.
    pub(super) const fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// When turn `turn` (0 or later) begins; none after the last instant there is.
    ///
    /// Never decreases with `turn`. Two turns begin together when the calendar skipped a whole day
    /// (Apia had no 30 December 2011); the earlier one then has no length.
    pub(super) fn begin_of(&self, turn: i64, zone: &Zone) -> Option<Timestamp> {
        let civil = |span: Span| zone.instant_of(self.start.checked_add(span).ok()?);
        match &self.period {
            Period::Hours { anchor, length_us } => {
                let micros = (*anchor)?
                    .as_micros()
                    .checked_add(turn.checked_mul(*length_us)?)?;
                let begin = Timestamp::from_micros(micros);
                // The constructor clamps; a clamped instant is not when this turn begins.
                (begin.as_micros() == micros).then_some(begin)
            }
            Period::Days { length } if planted::is(Bug::HandOffOffByAnHour) => {
                let hours = turn.checked_mul(*length)?.checked_mul(HOURS_PER_DAY)?;
                let us = hours.checked_mul(HOUR_US)?;
                let anchor = zone.instant_of(self.start)?;
                Some(Timestamp::from_micros(anchor.as_micros().checked_add(us)?))
            }
            Period::Days { length } => {
                civil(Span::new().try_days(turn.checked_mul(*length)?).ok()?)
            }
            Period::WorkedDays { length, worked } => {
                let day = worked.nth(turn.checked_mul(*length)?)?;
                civil(Span::new().try_days(day).ok()?)
            }
            Period::Months { length } => {
                civil(Span::new().try_months(turn.checked_mul(*length)?).ok()?)
            }
        }
    }

    /// The turn that `at` falls into; none before the first and after the end.
    pub(super) fn at(&self, at: Timestamp, zone: &Zone) -> Option<i64> {
        let ended = self.end.is_some_and(|end| end <= at);
        (!ended).then(|| self.last_begun(at, zone)).flatten()
    }

    /// The last turn that has begun by `at`, as if there were no end; none before the first.
    pub(super) fn last_begun(&self, at: Timestamp, zone: &Zone) -> Option<i64> {
        // Dates tell how many periods have passed; the time of day, skipped days and clock changes
        // shift them: wrong by a few turns at most. The begins themselves decide.
        let guess = match &self.period {
            Period::Hours { anchor, length_us } => {
                let passed_us = at.micros_since((*anchor)?);
                return (passed_us >= 0).then(|| passed_us.div_euclid(*length_us));
            }
            Period::Days { length } => self.days_until(at, zone).div_euclid(*length),
            Period::WorkedDays { length, worked } => {
                let begun = worked.count_until(self.days_until(at, zone));
                begun.saturating_sub(1).div_euclid(*length)
            }
            Period::Months { length } => {
                let today = zone.date_of(at);
                let years = i64::from(today.year()) - i64::from(self.start.year());
                let months = i64::from(today.month()) - i64::from(self.start.month());
                (years * MONTHS_PER_YEAR + months).div_euclid(*length)
            }
        };
        let mut turn = guess.max(-1);
        while turn >= 0 && !self.has_begun(turn, at, zone) {
            turn -= 1;
        }
        while self.has_begun(turn.saturating_add(1), at, zone) {
            turn += 1;
        }
        (turn >= 0).then_some(turn)
    }

    /// The begins after `from` and before `to` with their turns, in order; none when there are
    /// more than `limit`.
    pub(super) fn begins_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
        zone: &Zone,
    ) -> Option<Vec<(Timestamp, i64)>> {
        let to = self.end.map_or(to, |end| end.min(to));
        let first = self
            .last_begun(from, zone)
            .map_or(0, |turn| turn.saturating_add(1));
        let last = self.last_begun(to, zone).unwrap_or(-1);
        // Counted before any of them is worked out, so that a refusal costs nothing.
        let count = last.saturating_sub(first).saturating_add(1);
        if usize::try_from(count).unwrap_or(0) > limit {
            return None;
        }
        let begins = (first..=last).filter_map(|turn| Some((self.begin_of(turn, zone)?, turn)));
        Some(begins.filter(|(begin, _)| *begin < to).collect())
    }

    /// The first turn that begins at `from` or later, as if there were no end.
    pub(super) fn first_from(&self, from: Timestamp, zone: &Zone) -> i64 {
        let before = Timestamp::from_micros(from.as_micros().saturating_sub(1));
        if before == from {
            return 0;
        }
        self.last_begun(before, zone)
            .map_or(0, |turn| turn.saturating_add(1))
    }

    fn days_until(&self, at: Timestamp, zone: &Zone) -> i64 {
        let today = zone.date_of(at);
        self.start.date().duration_until(today).as_hours() / HOURS_PER_DAY
    }

    fn has_begun(&self, turn: i64, at: Timestamp, zone: &Zone) -> bool {
        self.begin_of(turn, zone).is_some_and(|begin| begin <= at)
    }
}
