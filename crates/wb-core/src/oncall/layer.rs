//! One rotation of a schedule, ready to be asked.

use std::rc::Rc;

use jiff::civil::Date;

use super::holidays;
use super::people::{self, Exceptions, People};
use super::ring::Ring;
use super::turns::Turns;
use super::windows::{Coverage, OpenWindows, occurrences};
use super::zone::Zone;
use super::{ScheduleError, zone_named};
use crate::config::{Holiday, OnHolidays, Rotation, Schedule};
use crate::time::Timestamp;

/// One rotation: what it needs for an answer, and what holds at the present instant.
pub(super) struct Layer<'a> {
    pub(super) rotation: &'a Rotation,
    /// Shared with the others of the schedule that have no zone of their own: looking it up, and what
    /// it remembers, is most of the cost of an answer.
    pub(super) zone: Rc<Zone>,
    pub(super) turns: Turns,
    pub(super) ring: Ring<'a>,
    /// The turn, if there is one.
    pub(super) turn: Option<i64>,
    /// The windows that are open.
    pub(super) open: OpenWindows<'a>,
    /// The holidays it heeds; none when they are days like any other.
    pub(super) holidays: &'a [Holiday],
    /// The one that it is, if it heeds it.
    pub(super) holiday: Option<Date>,
    /// The people that this makes, with the rotation's own overrides.
    pub(super) people: People,
}

impl<'a> Layer<'a> {
    /// The rotations of a schedule, in order of priority, at `at`, with no window open yet.
    pub(super) fn all_of(
        schedule: &'a Schedule,
        at: Timestamp,
    ) -> Result<Vec<Self>, ScheduleError> {
        // A schedule without rotations may have people by overrides; its zone must be known all the
        // same.
        let common = Rc::new(zone_named(&schedule.zone)?);
        let layer = |rotation: &'a Rotation| {
            let zone = match &rotation.zone {
                Some(own) => Rc::new(zone_named(own)?),
                None => Rc::clone(&common),
            };
            Self::of(rotation, zone, &schedule.holidays, at)
        };
        schedule.rotations.iter().map(layer).collect()
    }

    fn of(
        rotation: &'a Rotation,
        zone: Rc<Zone>,
        holidays: &'a [Holiday],
        at: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let turns = Turns::of(rotation, &zone)?;
        Ok(Self {
            rotation,
            turn: turns.at(at, &zone),
            ring: Ring::of(rotation, &turns, &zone),
            open: OpenWindows::new(&rotation.windows),
            holidays: match rotation.on_holidays {
                OnHolidays::AsUsual => &[],
                OnHolidays::Nobody | OnHolidays::Only => holidays,
            },
            holiday: None,
            people: People::default(),
            zone,
            turns,
        })
    }

    /// What its windows and the holiday make together.
    pub(super) fn coverage(&self) -> Coverage {
        match (self.rotation.on_holidays, self.holiday) {
            (OnHolidays::Nobody, Some(_)) | (OnHolidays::Only, None) => Coverage::Closed,
            _ => self.open.coverage(),
        }
    }

    /// The holiday on which it has nobody, though it would have somebody on another day.
    pub(super) fn free_on(&self) -> Option<Date> {
        let has_turn = self.turn.is_some() && self.open.coverage() != Coverage::Closed;
        self.holiday
            .filter(|_| has_turn && self.rotation.on_holidays == OnHolidays::Nobody)
    }

    /// The holiday it is there for.
    pub(super) fn there_for(&self) -> Option<Date> {
        self.holiday
            .filter(|_| self.rotation.on_holidays == OnHolidays::Only)
    }

    /// Opens the windows of one instant, and says whether it is a holiday.
    pub(super) fn open_at(&mut self, at: Timestamp) {
        let after = Timestamp::from_micros(at.as_micros().saturating_add(1));
        let windows = &self.rotation.windows;
        let all = occurrences(windows, &self.zone, at, after, usize::MAX);
        for one in all.into_iter().flatten() {
            self.open.change(one.window, 1);
        }
        if self.holidays.is_empty() {
            return;
        }
        let first = holidays::between(self.holidays, &self.zone, at, after).next();
        self.holiday = first.map(|free| free.date);
    }

    /// Works out the people again.
    pub(super) fn resolve(&mut self, exceptions: &Exceptions) {
        let mut people = core::mem::take(&mut self.people);
        people::of_layer(self, exceptions, &mut people);
        self.people = people;
    }
}
