//! Who may change which object.

use wb_core::config::{Config, Object, ObjectId, Permission, User};
use wb_core::ids::{TeamId, UserId};

use crate::caller::Caller;
use crate::error::AppError;

/// Makes sure the caller may turn `before` (none when it is new) into `after`.
pub(super) fn may_put(
    caller: &Caller,
    config: &Config,
    before: Option<&Object>,
    after: &Object,
) -> Result<(), AppError> {
    match (before, after) {
        (Some(Object::User(id, before)), Object::User(_, after)) => {
            may_change_user(caller, *id, before, after)
        }
        (before, Object::TimeOff(_, after)) => {
            if let Some(Object::TimeOff(_, before)) = before {
                may_set_time_off(caller, config, before.user)?;
            }
            may_set_time_off(caller, config, after.user)
        }
        // What became of a swap is not undone by writing it anew: ask again.
        (_, Object::Swap(..)) => Err(AppError::Forbidden),
        (None, Object::User(..) | Object::Team(..)) => caller.require_globally(Permission::Manage),
        (Some(_), Object::Team(id, _)) => caller.require(Permission::Manage, *id),
        _ => {
            if let Some(before) = before {
                let team = config.team_of(before.id()).ok_or(AppError::NotFound)?;
                caller.require(Permission::Write, team)?;
            }
            may_own(caller, owner(config, after))
        }
    }
}

/// Makes sure the caller may delete an object.
pub(super) fn may_delete(caller: &Caller, config: &Config, id: ObjectId) -> Result<(), AppError> {
    match id {
        // Taking away a team or a user changes what others may do: not for a team's own admin.
        ObjectId::Team(_) | ObjectId::User(_) => caller.require_globally(Permission::Manage),
        ObjectId::TimeOff(id) => {
            let off = config.time_off.get(&id).ok_or(AppError::NotFound)?;
            may_set_time_off(caller, config, off.value.user)
        }
        _ => {
            let team = config.team_of(id).ok_or(AppError::NotFound)?;
            caller.require(Permission::Write, team)
        }
    }
}

/// A person says when they are off or paused; so do admins and the admins of their teams.
pub(super) fn may_set_time_off(
    caller: &Caller,
    config: &Config,
    user: UserId,
) -> Result<(), AppError> {
    let is_self = caller.actor.user() == Some(user);
    let teams = config.users.get(&user).map(|user| &user.value.teams);
    let manages = |team: &TeamId| caller.scope.allows(Permission::Manage, *team);
    let mut teams = teams.into_iter().flat_map(|teams| teams.keys());
    if is_self || caller.scope.allows_globally(Permission::Manage) || teams.any(manages) {
        Ok(())
    } else {
        Err(AppError::Forbidden)
    }
}

/// A person edits what is about themselves; a team's admin edits who is in the team; the rest is
/// for admins.
fn may_change_user(
    caller: &Caller,
    id: UserId,
    before: &User,
    after: &User,
) -> Result<(), AppError> {
    if caller.scope.allows_globally(Permission::Manage) {
        return Ok(());
    }
    let access = |user: &User| (user.email.clone(), user.role, user.active);
    let own = |user: &User| {
        (
            user.name.clone(),
            user.zone.clone(),
            user.methods.clone(),
            user.rules.clone(),
        )
    };
    let is_self = caller.actor.user() == Some(id);
    if access(before) != access(after) || (own(before) != own(after) && !is_self) {
        return Err(AppError::Forbidden);
    }
    let teams = before.teams.keys().chain(after.teams.keys());
    let changed = teams.filter(|team| before.teams.get(team) != after.teams.get(team));
    for team in changed {
        caller.require(Permission::Manage, *team)?;
    }
    // Nothing changed at all: whoever may not edit anything here is still told so.
    let touches = is_self
        || before
            .teams
            .keys()
            .any(|t| caller.scope.allows(Permission::Manage, *t));
    if touches || before != after {
        Ok(())
    } else {
        Err(AppError::Forbidden)
    }
}

/// The team that will own an object; `None` when it refers to what does not exist.
fn owner(config: &Config, object: &Object) -> Option<TeamId> {
    match object {
        Object::Team(id, _) => Some(*id),
        Object::User(..) | Object::TimeOff(..) => None,
        Object::Endpoint(_, v) => Some(v.team),
        Object::Service(_, v) => Some(v.team),
        Object::Policy(_, v) => Some(v.team),
        Object::Schedule(_, v) => Some(v.team),
        Object::Dashboard(_, v) => Some(v.team),
        Object::Integration(_, v) => config.team_of(ObjectId::Service(v.service)),
        Object::Monitor(_, v) => config.team_of(ObjectId::Service(v.service)),
        Object::Override(_, v) => config.team_of(ObjectId::Schedule(v.schedule)),
        Object::Swap(_, v) => config.team_of(ObjectId::Schedule(v.schedule)),
    }
}

/// A team that the caller may not even see is an unknown reference, which checking reports with
/// its path; one they see but may not edit is forbidden.
fn may_own(caller: &Caller, team: Option<TeamId>) -> Result<(), AppError> {
    match team.map(|team| caller.require(Permission::Write, team)) {
        Some(Err(AppError::Forbidden)) => Err(AppError::Forbidden),
        _ => Ok(()),
    }
}
