//! What a schedule that is not saved yet would mean for people.

use std::collections::BTreeMap;

use wb_core::config::{Config, Object, ObjectId, Schedule};
use wb_core::ids::{ScheduleId, UserId};
use wb_core::oncall::{self, Change, Changes, Moved, Shift};
use wb_core::time::Timestamp;

use super::draft::{Draft, ScheduleDraft};
use super::make::Maker;
use super::problems::Problems;
use super::{Saved, present, rights};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// How far ahead a plan says which shifts move, in seconds: 90 days.
const AHEAD_S: i64 = 90 * 86_400;

/// What an unsaved schedule would mean over a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulePreview {
    /// The shifts as they would be.
    pub shifts: Vec<Shift>,
    /// Who gains and who loses what, against the schedule as it is; everything is gained when it is
    /// new.
    pub moved: Vec<Moved>,
}

/// What a change of a schedule means for one person over the next 90 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Their name.
    pub name: String,
    /// Time on call they gain, in seconds.
    pub gains_s: i64,
    /// Time on call they lose, in seconds.
    pub loses_s: i64,
    /// When the first of it begins.
    pub first: Timestamp,
}

impl App {
    /// Says what a schedule would mean if it were saved; changes nothing. Only somebody who may
    /// save it may ask.
    ///
    /// # Errors
    /// Without the right to, or with everything that is wrong with the draft or the span.
    pub fn preview_schedule(
        &self,
        caller: &Caller,
        id: Option<ScheduleId>,
        draft: &ScheduleDraft,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<SchedulePreview, AppError> {
        let config = self.config();
        let before = id
            .map(|id| present(&config, caller, ObjectId::Schedule(id), None))
            .transpose()?;
        let id = id.unwrap_or_else(|| ScheduleId(self.fresh_id()));
        let after = self.drawn(&config, caller, id, before.as_ref(), draft)?;
        let before = match before.map(|saved| saved.object) {
            Some(Object::Schedule(_, before)) => Some(before),
            _ => None,
        };
        let of = |schedule: &Schedule| {
            let changes = Changes::for_plan(&config, id, schedule);
            oncall::shifts(schedule, &changes, from, to)
                .map_err(|error| AppError::invalid("to", error.to_string()))
        };
        let old = before.as_ref().map(of).transpose()?.unwrap_or_default();
        let shifts = of(&after)?;
        let moved = oncall::moved(&old, &shifts);
        Ok(SchedulePreview { shifts, moved })
    }

    /// The schedule of a draft, when it could be saved.
    fn drawn(
        &self,
        config: &Config,
        caller: &Caller,
        id: ScheduleId,
        before: Option<&Saved>,
        draft: &ScheduleDraft,
    ) -> Result<Schedule, AppError> {
        let mut problems = Problems::default();
        let maker = Maker { app: self, config };
        let draft = Draft::Schedule(draft.clone());
        let object = maker
            .make(ObjectId::Schedule(id), &draft, &mut problems)
            .ok_or(AppError::NotFound)?;
        rights::may_put(caller, config, before.map(|saved| &saved.object), &object)?;
        self.checker(config, &caller.scope)
            .check(&object, &mut problems);
        problems.into_result()?;
        match object {
            Object::Schedule(_, schedule) => Ok(schedule),
            _ => Err(AppError::NotFound),
        }
    }
}

/// Whom the change of a schedule concerns from now on, those with the most to gain or lose first;
/// nobody when one of the two has no answer.
pub(super) fn affected(
    (id, before): (ScheduleId, &Schedule),
    (config, after): (&Config, &Schedule),
    now: Timestamp,
) -> Vec<Affected> {
    let to = now.plus_secs(AHEAD_S);
    let of = |schedule: &Schedule| {
        let changes = Changes::for_plan(config, id, schedule);
        oncall::shifts(schedule, &changes, now, to)
    };
    let (Ok(before), Ok(after)) = (of(before), of(after)) else {
        return Vec::new();
    };
    let mut found: BTreeMap<UserId, Affected> = BTreeMap::new();
    for one in oncall::moved(&before, &after) {
        let user = config.users.get(&one.user);
        let person = found.entry(one.user).or_insert_with(|| Affected {
            name: user.map_or_else(|| one.user.to_string(), |user| user.value.name.clone()),
            gains_s: 0,
            loses_s: 0,
            first: one.from,
        });
        let length_s = one.to.micros_since(one.from) / 1_000_000;
        match one.change {
            Change::Gains => person.gains_s += length_s,
            Change::Loses => person.loses_s += length_s,
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|one| (-(one.gains_s + one.loses_s), one.name.clone()));
    found
}
