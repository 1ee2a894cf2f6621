//! One rotation of a schedule, ready to be asked.

use super::people::{self, Exceptions, People};
use super::ring::Ring;
use super::turns::Turns;
use super::windows::{OpenWindows, occurrences};
use super::zone::Zone;
use super::{ScheduleError, zone_named};
use crate::config::{Rotation, Schedule};
use crate::time::Timestamp;

/// One rotation: what it needs for an answer, and what holds at the present instant.
pub(super) struct Layer<'a> {
    pub(super) rotation: &'a Rotation,
    pub(super) zone: Zone,
    pub(super) turns: Turns,
    pub(super) ring: Ring<'a>,
    /// The turn, if there is one.
    pub(super) turn: Option<i64>,
    /// The windows that are open.
    pub(super) open: OpenWindows<'a>,
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
        zone_named(&schedule.zone)?;
        let rotations = schedule.rotations.iter();
        rotations
            .map(|rotation| Self::of(schedule, rotation, at))
            .collect()
    }

    fn of(
        schedule: &Schedule,
        rotation: &'a Rotation,
        at: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let zone = zone_named(rotation.zone.as_ref().unwrap_or(&schedule.zone))?;
        let turns = Turns::of(rotation, &zone)?;
        Ok(Self {
            rotation,
            turn: turns.at(at, &zone),
            ring: Ring::of(rotation, &turns, &zone),
            open: OpenWindows::new(&rotation.windows),
            people: People::default(),
            zone,
            turns,
        })
    }

    /// Opens the windows of one instant.
    pub(super) fn open_at(&mut self, at: Timestamp) {
        let after = Timestamp::from_micros(at.as_micros().saturating_add(1));
        let windows = &self.rotation.windows;
        let all = occurrences(windows, &self.zone, at, after, usize::MAX);
        for one in all.into_iter().flatten() {
            self.open.change(one.window, 1);
        }
    }

    /// Works out the people again.
    pub(super) fn resolve(&mut self, exceptions: &Exceptions) {
        let mut people = core::mem::take(&mut self.people);
        people::of_layer(self, exceptions, &mut people);
        self.people = people;
    }
}
