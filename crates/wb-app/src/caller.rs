//! Who calls a use case, and by which way.

use wb_core::actor::{Actor, Via};
use wb_core::config::{Permission, Scope};
use wb_core::ids::{TeamId, UserId};

use crate::error::AppError;

/// Who calls, what they may do, and from where. Made by the HTTP layer once per request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// By which way.
    pub via: Via,
    /// What they may see and do.
    pub scope: Scope,
    /// Address and program, shown in the record beside what they did.
    pub from: String,
}

impl Caller {
    /// The program itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            actor: Actor::System,
            via: Via::System,
            scope: Scope::system(),
            from: String::new(),
        }
    }

    /// The person who calls.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the caller is not a person.
    pub fn user(&self) -> Result<UserId, AppError> {
        self.actor.user().ok_or(AppError::Forbidden)
    }

    /// Makes sure the caller may do this to an object of `team`. What they may not even see does
    /// not exist for them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without the right to read, [`AppError::Forbidden`] without the right
    /// asked for.
    pub fn require(&self, permission: Permission, team: TeamId) -> Result<(), AppError> {
        if self.scope.allows(permission, team) {
            Ok(())
        } else if self.scope.allows(Permission::Read, team) {
            Err(AppError::Forbidden)
        } else {
            Err(AppError::NotFound)
        }
    }

    /// Makes sure the caller may do this to what belongs to no team: users, tokens, the system.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn require_globally(&self, permission: Permission) -> Result<(), AppError> {
        if self.scope.allows_globally(permission) {
            Ok(())
        } else {
            Err(AppError::Forbidden)
        }
    }
}
