//! Small changes of one user: membership of a team, a proven contact method.

use wb_core::actor::Actor;
use wb_core::config::{Config, Object, ObjectId, Role, User};
use wb_core::ids::{MethodId, TeamId, UserId};

use super::{Edits, Problems, Saved, present, rights};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

impl App {
    /// Puts a user into a team with a role, or, without a role, takes them out.
    ///
    /// # Errors
    /// When the caller may not manage the team, or user or team are unknown.
    pub async fn set_member(
        &self,
        caller: &Caller,
        team: TeamId,
        user: UserId,
        role: Option<Role>,
    ) -> Result<Saved, AppError> {
        self.commit(caller.actor, |config| {
            caller.require(wb_core::config::Permission::Manage, team)?;
            self.change_user(config, caller, user, |user| {
                match role {
                    Some(role) => user.teams.insert(team, role),
                    None => user.teams.remove(&team),
                };
                Ok(())
            })
        })
        .await
    }

    /// Notes that a person followed the link in a test message: this method reaches them.
    ///
    /// # Errors
    /// When there is no such method any more.
    pub async fn confirm_method(&self, user: UserId, method: MethodId) -> Result<Saved, AppError> {
        let now = self.now();
        self.commit(Actor::User(user), |config| {
            self.change_user(config, &Caller::system(), user, |user| {
                let found = user.methods.iter_mut().find(|m| m.id == method);
                found.ok_or(AppError::NotFound)?.verified_at = Some(now);
                Ok(())
            })
        })
        .await
    }

    pub(super) fn change_user(
        &self,
        config: &Config,
        caller: &Caller,
        user: UserId,
        change: impl Fn(&mut User) -> Result<(), AppError>,
    ) -> Result<(Edits, Saved), AppError> {
        let before = present(config, caller, ObjectId::User(user), None)?;
        let mut object = before.object.clone();
        if let Object::User(_, user) = &mut object {
            change(user)?;
        }
        rights::may_put(caller, config, Some(&before.object), &object)?;
        let mut problems = Problems::default();
        self.checker(config, &caller.scope)
            .check(&object, &mut problems);
        problems.into_result()?;
        Ok(Edits::of(Some(&before), object))
    }
}
