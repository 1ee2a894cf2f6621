//! Deleting: what goes with an object, what it is taken out of, and what that means for people.

use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::affected::{self, Consequence, Without};
use wb_core::config::{Config, Object, ObjectId, Scope};
use wb_core::ids::{IncidentId, UserId};
use wb_core::incident::{Incident, IncidentState};
use wb_store::incidents::IncidentFilter;
use wb_store::{PAGE_ROWS_MAX, Page};

use super::check::Checker;
use super::problems::kind_label;
use super::references::{name_of, users_of};
use super::{Edits, Problems, present, rights, shut_out};
use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, FieldProblem};

/// What becomes of what still names a deleted object.
#[derive(Clone, Copy)]
enum InUse {
    /// It keeps the object from being deleted.
    Refuses,
    /// The object is taken out of it.
    TakenOut,
}

/// How an object goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It is deleted, and taken out of what names it.
    Deleted,
    /// A user who is made inactive: what names them stays as it is, and passes them over.
    Inactive,
}

/// What happens when an object goes.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The configuration as it is.
    pub before: Arc<Config>,
    /// What happens, the worst first; of what the caller may see.
    pub consequences: Vec<Consequence>,
    /// How much more happens to what they may not see.
    pub hidden: usize,
    /// The number and the title of the incidents among the consequences.
    pub incidents: BTreeMap<IncidentId, (u64, String)>,
    /// Whether there are more open incidents than were looked at: the newest 500 are.
    pub more_open: bool,
    /// Why it cannot be done at all, if it cannot.
    pub refusal: Option<AppError>,
}

impl App {
    /// Deletes an object; a schedule's overrides, a person's times off and the swaps of either go with
    /// it.
    ///
    /// # Errors
    /// Without the right to, when the object is at another version, or while others refer to it.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: ObjectId,
        expected: Option<u32>,
    ) -> Result<(), AppError> {
        self.delete_by(caller, id, expected, InUse::Refuses).await
    }

    /// Deletes a user, a schedule or a policy, and takes it out of everything that refers to it, all
    /// in one transaction; [`App::departure`] says what that means.
    ///
    /// # Errors
    /// Without the right to, also to change what refers to it; when the object is at another version;
    /// or when something could not be without it, such as a policy that would have no step left.
    pub async fn delete_everywhere(
        &self,
        caller: &Caller,
        id: ObjectId,
        expected: Option<u32>,
    ) -> Result<(), AppError> {
        self.delete_by(caller, id, expected, InUse::TakenOut).await
    }

    async fn delete_by(
        &self,
        caller: &Caller,
        id: ObjectId,
        expected: Option<u32>,
        in_use: InUse,
    ) -> Result<(), AppError> {
        self.commit(caller.actor, |config| {
            rights::may_delete(caller, config, id)?;
            let before = present(config, caller, id, expected)?;
            self.keep_the_essential(config, id)?;
            let gone = affected::without(config, id, self.now());
            match in_use {
                InUse::Refuses => unused(config, id)?,
                InUse::TakenOut => self.may_take_out(caller, config, &gone, id)?,
            }
            Ok((self.edits_without(config, &gone, (id, before.version)), ()))
        })
        .await
    }

    /// Says what happens when an object goes; changes nothing. Only somebody who may do it may ask.
    ///
    /// # Errors
    /// Without the right to, or when there is no such object.
    pub async fn departure(
        &self,
        caller: &Caller,
        id: ObjectId,
        leaving: Leaving,
    ) -> Result<Departure, AppError> {
        let before = self.config();
        rights::may_delete(caller, &before, id)?;
        present(&before, caller, id, None)?;
        let now = self.now();
        let (after, allowed) = match (leaving, id) {
            (Leaving::Inactive, ObjectId::User(user)) => {
                let after = with_inactive(&before, user)?;
                let allowed = self.sound_again(caller, (&before, &after), &[id]);
                (after, allowed)
            }
            _ => {
                let gone = affected::without(&before, id, now);
                let allowed = self
                    .keep_the_essential(&before, id)
                    .and_then(|()| self.may_take_out(caller, &before, &gone, id));
                (gone.config, allowed)
            }
        };
        let open = self.open_incidents(caller).await?;
        let more_open = open.len() >= PAGE_ROWS_MAX as usize;
        let (known, open): (Vec<_>, Vec<_>) = open.into_iter().unzip();
        let all = affected::affected((&before, &after), id, &open, now);
        let count = all.len();
        let consequences: Vec<_> = all
            .into_iter()
            .filter(|one| may_see(&caller.scope, &before, one))
            .collect();
        let named = open.iter().zip(known);
        Ok(Departure {
            hidden: count - consequences.len(),
            consequences,
            incidents: named
                .map(|(one, number)| (one.id, (number, one.title.clone())))
                .collect(),
            more_open,
            refusal: allowed.err(),
            before,
        })
    }

    /// The newest open incidents that the caller may see, with their numbers.
    async fn open_incidents(&self, caller: &Caller) -> Result<Vec<(u64, Incident)>, AppError> {
        let scope = caller.scope.clone();
        let filter = IncidentFilter {
            states: [IncidentState::Triggered, IncidentState::Acknowledged].into(),
            ..IncidentFilter::default()
        };
        let rows = self
            .store
            .read(move |tx| {
                let page = Page::newest(PAGE_ROWS_MAX);
                Ok::<_, AppError>(wb_store::incidents::list(tx, &scope, &filter, page)?)
            })
            .await?;
        let rows = rows.into_iter();
        Ok(rows.map(|row| (row.number, row.incident.state)).collect())
    }

    fn edits_without(
        &self,
        config: &Config,
        gone: &Without,
        (id, version): (ObjectId, u32),
    ) -> Edits {
        let mut edits = Edits::default();
        for object in &gone.changed {
            let before = config.get(object.id());
            let before = before.map(|(object, version)| super::Saved { object, version });
            edits.put(before.as_ref(), object.clone());
        }
        for own in &gone.ended {
            if let Some((_, version)) = config.get(*own) {
                edits.delete(*own, version);
            }
        }
        edits.delete(id, version);
        if let ObjectId::User(user) = id {
            edits.set_also(shut_out(user, self.now()));
        }
        edits
    }

    /// Makes sure the caller may change all that names the object, and that it can be without it.
    fn may_take_out(
        &self,
        caller: &Caller,
        config: &Config,
        gone: &Without,
        id: ObjectId,
    ) -> Result<(), AppError> {
        let mut kept = users_of(&gone.config, id);
        for object in &gone.changed {
            let before = config.get(object.id()).map(|(object, _)| object);
            if rights::may_put(caller, config, before.as_ref(), object).is_err() {
                kept.push(named(config, object));
            }
        }
        if !kept.is_empty() {
            return Err(AppError::InUse(kept));
        }
        let changed: Vec<_> = gone.changed.iter().map(Object::id).collect();
        self.sound_again(caller, (config, &gone.config), &changed)
    }

    /// Makes sure nothing is wrong with these objects that was not wrong before.
    fn sound_again(
        &self,
        caller: &Caller,
        (before, after): (&Config, &Config),
        ids: &[ObjectId],
    ) -> Result<(), AppError> {
        let wrong = |config: &Config, id: ObjectId| {
            let checker = Checker {
                config,
                base: before,
                scope: &caller.scope,
                dialects: &self.settings.dialects,
                catch_all: self.catch_all(),
            };
            let mut problems = Problems::default();
            if let Some((object, _)) = config.get(id) {
                checker.check(&object, &mut problems);
            }
            problems.into_list()
        };
        let mut found = Vec::new();
        for id in ids {
            let known = wrong(before, *id);
            let new = wrong(after, *id)
                .into_iter()
                .filter(|one| !known.contains(one));
            let name = after.get(*id).map(|(object, _)| named(after, &object));
            let name = name.unwrap_or_default();
            found.extend(new.map(|problem| FieldProblem {
                field: "id".to_owned(),
                message: format!("{name}: {}", problem.message),
            }));
        }
        if found.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(found))
        }
    }
}

/// Makes sure nothing refers to an object.
fn unused(config: &Config, id: ObjectId) -> Result<(), AppError> {
    let users = users_of(config, id);
    if users.is_empty() {
        Ok(())
    } else {
        Err(AppError::InUse(users))
    }
}

/// An object with its kind, such as `policy Checkout`.
fn named(config: &Config, object: &Object) -> String {
    let kind = kind_label(object.id().kind());
    format!("{kind} {}", name_of(config, object))
}

fn with_inactive(config: &Config, user: UserId) -> Result<Config, AppError> {
    let found = config.users.get(&user).ok_or(AppError::NotFound)?;
    let mut leaving = found.value.clone();
    leaving.active = false;
    let mut after = config.clone();
    after.put(Object::User(user, leaving), found.version);
    Ok(after)
}

/// Whether a caller may know of a consequence. Incidents were looked for among those they may see.
fn may_see(scope: &Scope, config: &Config, one: &Consequence) -> bool {
    use wb_core::config::Permission::Read;
    let about = match *one {
        Consequence::NoSteps { policy }
        | Consequence::StepEmpty { policy, .. }
        | Consequence::StepUnmanned { policy, .. }
        | Consequence::StepLoses { policy, .. }
        | Consequence::EndLoses { policy, .. } => ObjectId::Policy(policy),
        Consequence::Unpaged { service } | Consequence::Unreached { service, .. } => {
            ObjectId::Service(service)
        }
        Consequence::Uncovered { schedule, .. }
        | Consequence::RotationLoses { schedule, .. }
        | Consequence::CoverEnds { schedule, .. } => ObjectId::Schedule(schedule),
        Consequence::TeamEmpty { team } | Consequence::TeamWithoutAdmin { team } => {
            ObjectId::Team(team)
        }
        Consequence::IncidentHeld { .. }
        | Consequence::IncidentWaits { .. }
        | Consequence::IncidentRuns { .. } => return true,
    };
    let team = config.team_of(about);
    team.is_some_and(|team| scope.allows(Read, team))
}
