//! "I'll take it until ...": somebody is on call at once instead of whoever is.

use wb_core::config::{
    Config, Object, ObjectId, Override, OverrideChange, OverrideOrigin, Permission,
};
use wb_core::ids::{OverrideId, ScheduleId, UserId};
use wb_core::limits;
use wb_core::oncall::{self, Change, Changes};
use wb_core::time::Timestamp;

use super::{Edits, Problems, Saved, also, present};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::notices::Words;

/// Who takes what over, until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakeOver {
    /// Who is on call then; none means whoever asks. Somebody else is named by an admin of the team.
    pub with: Option<UserId>,
    /// Who is replaced; none means everybody who is on call in the schedule.
    pub who: Option<UserId>,
    /// Until when; none means until the shift that is replaced ends.
    pub until: Option<Timestamp>,
}

/// A shift that was taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOver {
    /// The override that says so.
    pub saved: Saved,
    /// Who is off instead, now or later until then; they are told.
    pub replaced: Vec<UserId>,
}

/// A take-over that can be written.
struct Prepared {
    value: Override,
    with: UserId,
    moved: Vec<(UserId, Change)>,
}

impl App {
    /// Puts somebody on call at once instead of whoever is: an override from now on. Whom it moves is
    /// told by a notice, but for the one who asks.
    ///
    /// # Errors
    /// When the caller is no member of the schedule's team, or with what is wrong with it: nobody to
    /// replace, an end that is past or too far ahead, or somebody who is on call already.
    pub async fn take_over(
        &self,
        caller: &Caller,
        schedule: ScheduleId,
        wanted: TakeOver,
    ) -> Result<TakenOver, AppError> {
        let id = OverrideId(self.fresh_id());
        let asker = caller.user()?;
        let taken = self
            .commit(caller.actor, |config| {
                let prepared = self.prepare_take_over(config, caller, schedule, wanted)?;
                let object = Object::Override(id, prepared.value.clone());
                let (mut edits, saved) = Edits::of(None, object);
                let notices: Vec<_> = prepared
                    .moved
                    .iter()
                    .filter(|(user, _)| *user != asker)
                    .filter_map(|(user, change)| {
                        self.take_over_notice(config, &prepared, *user, *change)
                    })
                    .collect();
                edits.set_also(also(move |tx| {
                    for notice in &notices {
                        wb_store::notices::add(tx, notice)?;
                    }
                    Ok(())
                }));
                let losers = prepared.moved.iter();
                let losers = losers.filter(|(_, change)| *change == Change::Loses);
                let replaced = losers.map(|(user, _)| *user).collect();
                Ok((edits, TakenOver { saved, replaced }))
            })
            .await?;
        self.notices_poke.notify_one();
        Ok(taken)
    }

    fn prepare_take_over(
        &self,
        config: &Config,
        caller: &Caller,
        id: ScheduleId,
        wanted: TakeOver,
    ) -> Result<Prepared, AppError> {
        present(config, caller, ObjectId::Schedule(id), None)?;
        let schedule = config.schedules.get(&id).ok_or(AppError::NotFound)?;
        caller.require(Permission::Write, schedule.value.team)?;
        let with = wanted.with.unwrap_or(caller.user()?);
        if caller.user()? != with {
            caller.require(Permission::Manage, schedule.value.team)?;
        }
        let now = self.now();
        let mut problems = Problems::default();
        let changes = Changes::of(config, id);
        let broken =
            |error: &oncall::ScheduleError| AppError::invalid("schedule", error.to_string());
        let longest = now.plus_secs(limits::TAKE_OVER_MAX_S);
        let before = oncall::shifts(&schedule.value, &changes, now, longest)
            .map_err(|error| broken(&error))?;
        let on_call = |shift: &&oncall::Shift| shift.from <= now && shift.duty.counts();
        let present: Vec<UserId> = before.iter().filter(on_call).map(|s| s.user).collect();
        let replaced = |user: UserId| wanted.who.is_none_or(|who| who == user) && user != with;
        if wanted.who.is_some_and(|who| !present.contains(&who)) {
            problems.add("who", "take_over_who", &[]);
        } else if !present.is_empty() && !present.iter().any(|user| replaced(*user)) {
            problems.add("with", "take_over_has", &[]);
        }
        if !config
            .users
            .get(&with)
            .is_some_and(|user| user.value.active)
        {
            problems.unknown("with", "user", &with);
        }
        let end = || oncall::end_of_shift(&before, now, replaced);
        let until = wanted.until.or_else(end).filter(|until| *until < longest);
        if until.is_none_or(|until| until <= now) {
            let days = limits::TAKE_OVER_MAX_S / 86_400;
            problems.add("until", "take_over_until", &[("days", &days)]);
        }
        problems.into_result()?;
        let value = Override {
            schedule: id,
            rotation: None,
            from: now,
            to: until.unwrap_or(now),
            change: OverrideChange::Replace {
                who: wanted.who,
                with,
            },
            origin: OverrideOrigin::TakeOver,
        };
        let moved = moved(config, &value).map_err(|error| broken(&error))?;
        Ok(Prepared { value, with, moved })
    }

    fn take_over_notice(
        &self,
        config: &Config,
        prepared: &Prepared,
        user: UserId,
        change: Change,
    ) -> Option<wb_store::notices::Notice> {
        let word = match change {
            Change::Loses => "taken_over",
            Change::Gains => "given",
        };
        let value = &prepared.value;
        let words = Words {
            word,
            about: prepared.with,
            schedule: value.schedule,
            from: value.from,
            to: value.to,
        };
        self.notice(config, user, words)
    }
}

/// Whom an override that is not there yet moves, each once.
pub(super) fn moved(
    config: &Config,
    value: &Override,
) -> Result<Vec<(UserId, Change)>, oncall::ScheduleError> {
    let Some(schedule) = config.schedules.get(&value.schedule) else {
        return Ok(Vec::new());
    };
    let mut changes = Changes::of(config, value.schedule);
    let before = oncall::shifts(&schedule.value, &changes, value.from, value.to)?;
    // Made last, so behind all others.
    changes
        .overrides
        .push((OverrideId(uuid::Uuid::max()), value));
    let after = oncall::shifts(&schedule.value, &changes, value.from, value.to)?;
    let mut moved: Vec<_> = oncall::moved(&before, &after)
        .into_iter()
        .map(|one| (one.user, one.change))
        .collect();
    moved.sort_unstable();
    moved.dedup();
    Ok(moved)
}
