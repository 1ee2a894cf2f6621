//! Pausing a person: nobody pages them for a while, such as when they are ill.

use wb_core::config::{Object, ObjectId, Permission};
use wb_core::ids::{ScheduleId, UserId};
use wb_core::limits;
use wb_core::oncall::{self, Changes, Shift, people_of};
use wb_core::time::Timestamp;

use super::{Edits, Problems, Saved, present, rights};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// How far ahead shifts are looked for that fall into a pause, in seconds: 14 days.
const SHIFTS_AHEAD_S: i64 = 14 * 86_400;

/// A person after a pause was set or ended.
#[derive(Clone, Debug)]
pub struct Paused {
    /// The user as they are now.
    pub saved: Saved,
    /// The shifts that fall into the pause, of the next two weeks, in order: somebody else has to
    /// have them. Only of schedules the caller may see.
    pub shifts: Vec<(ScheduleId, Shift)>,
}

impl App {
    /// Pauses a person until then, or, without a time, ends their pause. A pause changes nothing
    /// about their shifts: escalation passes them over.
    ///
    /// # Errors
    /// When the caller is neither that person nor manages them, or the time is not ahead of now or
    /// too far ahead.
    pub async fn pause(
        &self,
        caller: &Caller,
        user: UserId,
        until: Option<Timestamp>,
    ) -> Result<Paused, AppError> {
        let now = self.now();
        let saved = self
            .commit(caller.actor, |config| {
                rights::may_set_time_off(caller, config, user)?;
                let before = present(config, caller, ObjectId::User(user), None)?;
                let mut object = before.object.clone();
                if let Object::User(_, user) = &mut object {
                    user.paused_until = until;
                }
                let mut problems = Problems::default();
                let longest = now.plus_secs(limits::PAUSE_MAX_S);
                if until.is_some_and(|until| until <= now || until > longest) {
                    let days = limits::PAUSE_MAX_S / 86_400;
                    problems.add("until", "pause_time", &[("days", &days)]);
                }
                problems.into_result()?;
                Ok(Edits::of(Some(&before), object))
            })
            .await?;
        let shifts = until.map_or_else(Vec::new, |until| self.shifts_of(caller, user, until));
        Ok(Paused { saved, shifts })
    }

    /// The shifts of a person from now until then, as far as is looked ahead.
    fn shifts_of(
        &self,
        caller: &Caller,
        user: UserId,
        until: Timestamp,
    ) -> Vec<(ScheduleId, Shift)> {
        let config = self.config();
        let now = self.now();
        let to = until.min(now.plus_secs(SHIFTS_AHEAD_S));
        let mut found = Vec::new();
        for (id, schedule) in &config.schedules {
            let team = schedule.value.team;
            let changes = Changes::of(&config, *id);
            let is_seen = caller.scope.allows(Permission::Read, team);
            let may_have_any =
                !changes.overrides.is_empty() || people_of(&schedule.value).contains(&user);
            if !is_seen || !may_have_any {
                continue;
            }
            let shifts = oncall::shifts(&schedule.value, &changes, now, to).unwrap_or_default();
            let own = shifts.into_iter().filter(|shift| shift.user == user);
            found.extend(own.map(|shift| (*id, shift)));
        }
        found.sort_by_key(|(id, shift)| (shift.from, *id));
        found
    }
}
