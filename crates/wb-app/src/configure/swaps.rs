//! Swaps: asking somebody, or anyone, to have a stretch of one's shifts, and their answers.

use wb_core::config::{Config, Object, ObjectId, Permission, Stretch, Swap, SwapState, Versioned};
use wb_core::ids::{OverrideId, ScheduleId, SwapId, UserId};
use wb_core::limits;
use wb_core::oncall::{self, Changes, Shift, people_of};
use wb_store::notices::Notice;

use super::{Edits, Problems, Saved, also, present};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::notices::Words;

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskSwap {
    /// Whose shifts; none means whoever asks. For somebody else an admin of the team does.
    pub asker: Option<UserId>,
    /// The stretch of their shifts.
    pub stretch: Stretch,
    /// Who is asked; none means anyone of the schedule's people.
    pub asked: Option<UserId>,
    /// The stretch of the asked one's shifts that they have in return.
    pub in_return: Option<Stretch>,
}

/// An answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapAnswer {
    /// Somebody takes it; none means whoever answers. For somebody else an admin of the team does.
    Accept(Option<UserId>),
    /// Whoever was asked does not want it.
    Decline,
    /// Whoever asked takes it back.
    Withdraw,
}

/// What a caller may do about a request now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwapRights {
    /// Accept it themselves.
    pub accept: bool,
    /// Decline it.
    pub decline: bool,
    /// Take it back.
    pub withdraw: bool,
}

/// Who is told of an answer, with which words, about whom.
type Told = (UserId, &'static str, UserId);

impl App {
    /// Asks for a swap; the asked are told by a notice.
    ///
    /// # Errors
    /// When the caller may not, or with what is wrong: a stretch that is no shift of theirs, begun or
    /// swapped already, or somebody who is not of the schedule.
    pub async fn ask_swap(
        &self,
        caller: &Caller,
        schedule: ScheduleId,
        wanted: AskSwap,
    ) -> Result<Saved, AppError> {
        let id = SwapId(self.fresh_id());
        let by = caller.user()?;
        let saved = self
            .commit(caller.actor, |config| {
                let swap = self.prepare_swap(config, caller, schedule, wanted)?;
                let asked = match swap.asked {
                    Some(asked) => vec![asked],
                    None => others_of(config, &swap),
                };
                let asked = asked.into_iter().filter(|user| *user != by);
                let notices = asked.filter_map(|user| {
                    self.swap_notice(config, &swap, "swap_asked", user, swap.asker)
                });
                let (mut edits, saved) = Edits::of(None, Object::Swap(id, swap));
                edits.set_also(telling(notices.collect()));
                Ok((edits, saved))
            })
            .await?;
        self.notices_poke.notify_one();
        Ok(saved)
    }

    /// Answers a request. Accepting writes the overrides that make it so in the same transaction; of
    /// two who accept at once one comes too late.
    ///
    /// # Errors
    /// When the caller may not, or it was answered already, or is too late.
    pub async fn answer_swap(
        &self,
        caller: &Caller,
        id: SwapId,
        answer: SwapAnswer,
    ) -> Result<Saved, AppError> {
        let ids = [self.fresh_id(), self.fresh_id()].map(OverrideId);
        let actor = caller.user()?;
        let saved = self
            .commit(caller.actor, |config| {
                let before = present(config, caller, ObjectId::Swap(id), None)?;
                let found = config.swaps.get(&id).ok_or(AppError::NotFound)?;
                let (swap, told) = self.answered(config, caller, found, answer)?;
                let (mut edits, saved) = Edits::of(Some(&before), Object::Swap(id, swap));
                if let SwapState::Accepted(by) = swap.state {
                    for (own, value) in ids.into_iter().zip(swap.overrides(id, by)) {
                        edits.put(None, Object::Override(own, value));
                    }
                }
                let told = told.into_iter().filter(|(user, ..)| *user != actor);
                let notices = told.filter_map(|(user, word, about)| {
                    self.swap_notice(config, &swap, word, user, about)
                });
                edits.set_also(telling(notices.collect()));
                Ok((edits, saved))
            })
            .await?;
        self.notices_poke.notify_one();
        Ok(saved)
    }

    /// What a caller may do about a request now.
    #[must_use]
    pub fn swap_rights(&self, config: &Config, caller: &Caller, swap: &Swap) -> SwapRights {
        if !swap.is_open(self.now()) {
            return SwapRights::default();
        }
        let manages = manages(config, caller, swap.schedule);
        let user = caller.actor.user();
        let is_asked = match swap.asked {
            Some(asked) => user == Some(asked),
            None => user.is_some_and(|user| others_of(config, swap).contains(&user)),
        };
        SwapRights {
            accept: is_asked,
            decline: swap.asked.is_some() && (is_asked || manages),
            withdraw: user == Some(swap.asker) || manages,
        }
    }

    fn prepare_swap(
        &self,
        config: &Config,
        caller: &Caller,
        id: ScheduleId,
        wanted: AskSwap,
    ) -> Result<Swap, AppError> {
        present(config, caller, ObjectId::Schedule(id), None)?;
        let asker = wanted.asker.unwrap_or(caller.user()?);
        if caller.user()? != asker && !manages(config, caller, id) {
            return Err(AppError::Forbidden);
        }
        let (from, to) = wanted.stretch;
        let swap = Swap {
            schedule: id,
            asker,
            from,
            to,
            asked: wanted.asked,
            in_return: wanted.in_return,
            state: SwapState::Asked,
        };
        let mut problems = Problems::default();
        self.check_people(config, &swap, &mut problems);
        self.check_stretch(
            config,
            &swap,
            ("", swap.asker),
            wanted.stretch,
            &mut problems,
        )?;
        if let Some(back) = swap.in_return {
            match swap.asked {
                Some(asked) => {
                    let place = ("in_return.", asked);
                    self.check_stretch(config, &swap, place, back, &mut problems)?;
                }
                None => problems.add("in_return", "swap_return_of", &[]),
            }
        }
        problems.into_result()?;
        Ok(swap)
    }

    fn check_people(&self, config: &Config, swap: &Swap, problems: &mut Problems) {
        let others = others_of(config, swap);
        match swap.asked {
            Some(asked) if asked == swap.asker => problems.add("asked", "replace_self", &[]),
            Some(asked) if !may_have(config, swap.schedule, asked) => {
                problems.add("asked", "swap_not_of_it", &[]);
            }
            None if others.is_empty() => problems.add("asked", "swap_nobody", &[]),
            _ => {}
        }
    }

    /// A stretch is to come, is somebody's shift from begin to end, and nothing of it is swapped.
    fn check_stretch(
        &self,
        config: &Config,
        swap: &Swap,
        (path, whose): (&str, UserId),
        (from, to): Stretch,
        problems: &mut Problems,
    ) -> Result<(), AppError> {
        let now = self.now();
        let field = |name: &str| format!("{path}{name}");
        if to <= from {
            problems.add(&field("to"), "override_order", &[]);
            return Ok(());
        }
        if from <= now {
            problems.add(&field("from"), "swap_begun", &[]);
        }
        if to.micros_since(from) / 1_000_000 > limits::SWAP_MAX_S {
            let days = limits::SWAP_MAX_S / 86_400;
            problems.add(&field("to"), "swap_long", &[("days", &days)]);
            return Ok(());
        }
        let taken = config
            .swaps
            .values()
            .map(|other| &other.value)
            .find(|other| {
                let overlaps = |(begin, end): Stretch| begin < to && from < end;
                other.schedule == swap.schedule
                    && other.counts(now)
                    && other.concerns(whose)
                    && other.stretches().any(overlaps)
            });
        if let Some(other) = taken {
            let word = match other.state {
                SwapState::Accepted(_) => "swap_taken",
                _ => "swap_asked_already",
            };
            problems.add(&field("from"), word, &[]);
        }
        if !has(&shifts(config, swap.schedule, (from, to))?, whose) {
            problems.add(&field("from"), "swap_no_shift", &[]);
        }
        Ok(())
    }

    /// The request as it is after an answer, and who is told of it with which words about whom.
    fn answered(
        &self,
        config: &Config,
        caller: &Caller,
        found: &Versioned<Swap>,
        answer: SwapAnswer,
    ) -> Result<(Swap, Vec<Told>), AppError> {
        let swap = found.value;
        let actor = caller.user()?;
        let manages = manages(config, caller, swap.schedule);
        let mut problems = Problems::default();
        if !swap.is_open(self.now()) {
            let word = match swap.state {
                SwapState::Accepted(_) => "swap_is_accepted",
                SwapState::Declined => "swap_is_declined",
                SwapState::Withdrawn => "swap_is_withdrawn",
                SwapState::Asked => "swap_is_expired",
            };
            problems.add("state", word, &[]);
            problems.into_result()?;
        }
        let (state, told) = match answer {
            SwapAnswer::Accept(by) => {
                let by = by.unwrap_or(actor);
                let may = by == actor || manages;
                let is_asked = match swap.asked {
                    Some(asked) => asked == by,
                    None => others_of(config, &swap).contains(&by),
                };
                if !may || !is_asked {
                    return Err(AppError::Forbidden);
                }
                self.check_acceptance(config, &swap, by)?;
                let told = vec![
                    (swap.asker, "swap_accepted", by),
                    (by, "swap_yours", swap.asker),
                ];
                (SwapState::Accepted(by), told)
            }
            SwapAnswer::Decline => {
                let asked = swap.asked.ok_or(AppError::Forbidden)?;
                if asked != actor && !manages {
                    return Err(AppError::Forbidden);
                }
                let told = vec![(swap.asker, "swap_declined", asked)];
                (SwapState::Declined, told)
            }
            SwapAnswer::Withdraw => {
                if swap.asker != actor && !manages {
                    return Err(AppError::Forbidden);
                }
                let told = swap
                    .asked
                    .map(|asked| (asked, "swap_withdrawn", swap.asker));
                (SwapState::Withdrawn, told.into_iter().collect())
            }
        };
        Ok((Swap { state, ..swap }, told))
    }

    /// Both still have what they give, and neither has what they get.
    fn check_acceptance(&self, config: &Config, swap: &Swap, by: UserId) -> Result<(), AppError> {
        let mut problems = Problems::default();
        let given = Some(((swap.from, swap.to), swap.asker, by));
        let back = swap.in_return.map(|back| (back, by, swap.asker));
        for (stretch, from, to) in given.into_iter().chain(back) {
            let shifts = shifts(config, swap.schedule, stretch)?;
            if !has(&shifts, from) {
                problems.add("state", "swap_moved", &[]);
            }
            if shifts
                .iter()
                .any(|shift| shift.user == to && shift.duty.counts())
            {
                problems.add("by", "swap_has_it", &[]);
            }
        }
        problems.into_result()
    }

    fn swap_notice(
        &self,
        config: &Config,
        swap: &Swap,
        word: &'static str,
        to: UserId,
        about: UserId,
    ) -> Option<Notice> {
        let words = Words {
            word,
            about,
            schedule: swap.schedule,
            from: swap.from,
            to: swap.to,
        };
        let notice = self.notice(config, to, words)?;
        let path = "/on-call".to_owned();
        Some(Notice { path, ..notice })
    }
}

fn telling(notices: Vec<Notice>) -> super::commit::Also {
    also(move |tx| {
        for notice in &notices {
            wb_store::notices::add(tx, notice)?;
        }
        Ok(())
    })
}

fn manages(config: &Config, caller: &Caller, schedule: ScheduleId) -> bool {
    let team = config.team_of(ObjectId::Schedule(schedule));
    team.is_some_and(|team| caller.scope.allows(Permission::Manage, team))
}

/// Whether somebody may have shifts of a schedule by a swap: its people, and its team's.
fn may_have(config: &Config, id: ScheduleId, user: UserId) -> bool {
    let Some(schedule) = config.schedules.get(&id) else {
        return false;
    };
    let Some(user_of) = config.users.get(&user).filter(|user| user.value.active) else {
        return false;
    };
    user_of.value.teams.contains_key(&schedule.value.team)
        || people_of(&schedule.value).contains(&user)
}

/// The schedule's people who are in use, but for the asker.
fn others_of(config: &Config, swap: &Swap) -> Vec<UserId> {
    let schedule = config.schedules.get(&swap.schedule);
    let people = schedule.map(|schedule| people_of(&schedule.value));
    let people = people.into_iter().flatten();
    let active = |user: &UserId| config.users.get(user).is_some_and(|user| user.value.active);
    people
        .filter(|user| *user != swap.asker)
        .filter(active)
        .collect()
}

fn shifts(config: &Config, id: ScheduleId, (from, to): Stretch) -> Result<Vec<Shift>, AppError> {
    let schedule = config.schedules.get(&id).ok_or(AppError::NotFound)?;
    oncall::shifts(&schedule.value, &Changes::of(config, id), from, to)
        .map_err(|error| AppError::invalid("to", error.to_string()))
}

/// Whether somebody counts in some of these shifts.
fn has(shifts: &[Shift], user: UserId) -> bool {
    shifts
        .iter()
        .any(|shift| shift.user == user && shift.duty.counts())
}
