//! Getting in: the first start, API tokens, signing in with a password, sessions.
//!
//! Secrets (tokens, sessions) are shown once and stored as keyed hashes. What somebody may do is
//! not stored with them but looked up in the configuration at each request, so that taking a role
//! away works at once.

mod bootstrap;
mod passwords;
mod sessions;
mod set_up;
mod throttle;
mod tokens;

use wb_core::actor::{Actor, Via};
use wb_core::config::{Permission, Scope, User};
use wb_core::ids::UserId;

pub use bootstrap::Bootstrap;
pub use passwords::Passwords;
pub use sessions::{SignIn, SignInError};
pub use set_up::SetUp;
pub use wb_store::sessions::Session;
pub use wb_store::tokens::Token;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Bytes of randomness in tokens and session secrets.
const SECRET_BYTES: usize = 32;

impl App {
    /// The caller a user is, as long as the account is in use.
    async fn caller_as(
        &self,
        user: UserId,
        via: Via,
        from: String,
    ) -> Result<Option<Caller>, AppError> {
        let mut config = self.config();
        if !config.users.contains_key(&user) {
            // Made on another node a moment ago.
            config = self.refresh_config().await?;
        }
        let active = config
            .users
            .get(&user)
            .map(|user| &user.value)
            .filter(|user| user.active);
        Ok(active.map(|value| Caller {
            actor: Actor::User(user),
            via,
            scope: scope_of(value),
            from,
        }))
    }

    /// Makes sure the caller is this user, or an admin, and that the user exists.
    fn require_self_or_admin(&self, caller: &Caller, user: UserId) -> Result<(), AppError> {
        if caller.actor.user() != Some(user) {
            caller.require_globally(Permission::Manage)?;
        }
        if self.config().users.contains_key(&user) {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    }
}

fn scope_of(user: &User) -> Scope {
    Scope::new(user.role, user.teams.clone())
}
