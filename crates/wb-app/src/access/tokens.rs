//! API tokens: shown once, stored as keyed hashes, as strong as the user they belong to.

use wb_core::actor::Via;
use wb_core::ids::{TokenId, UserId};
use wb_core::limits;
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::tokens::{self, TOUCH_EVERY_S, Token};

use super::SECRET_BYTES;
use crate::app::App;
use crate::caller::Caller;
use crate::configure::Problems;
use crate::error::AppError;
use crate::vault::fresh_secret;

/// What a token begins with, so that people and secret scanners know what they are looking at.
const PREFIX: &str = "wb_";

impl App {
    /// The caller of an API token; none when there is no such token, it was revoked or has expired,
    /// or its user's account is not in use.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn caller_of_token(
        &self,
        secret: &str,
        from: String,
    ) -> Result<Option<Caller>, AppError> {
        let (hash, now) = (self.vault.key_hash(secret), self.now());
        let found = self
            .store
            .read(move |tx| Ok::<_, AppError>(tokens::find(tx, &hash, now)?))
            .await?;
        let Some(token) = found else { return Ok(None) };
        let caller = self.caller_as(token.user, Via::Api(token.id), from).await?;
        if caller.is_some() {
            self.touch_token(&token).await;
        }
        Ok(caller)
    }

    /// Makes a token for oneself, or, for an admin, for anybody. The secret is shown this once.
    ///
    /// # Errors
    /// Without the right to, or with what is wrong with name or end.
    pub async fn create_token(
        &self,
        caller: &Caller,
        name: &str,
        user: UserId,
        expires_at: Option<Timestamp>,
    ) -> Result<(Token, String), AppError> {
        self.require_self_or_admin(caller, user)?;
        let now = self.now();
        let mut problems = Problems::default();
        problems.name("name", name);
        if expires_at.is_some_and(|at| at <= now) {
            problems.add("expires_at", "past", &[]);
        }
        problems.into_result()?;
        let secret = format!("{PREFIX}{}", fresh_secret(&*self.random, SECRET_BYTES));
        let token = Token {
            id: TokenId(self.fresh_id()),
            user,
            name: name.trim().to_owned(),
            created_at: now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let (row, hash) = (token.clone(), self.vault.key_hash(&secret));
        self.store
            .write(Lane::People, move |tx| {
                let count = tokens::of_user(tx, row.user)?
                    .iter()
                    .filter(|t| t.revoked_at.is_none())
                    .count();
                if count >= limits::TOKENS_PER_USER {
                    let mut problems = Problems::default();
                    problems.many("user", count + 1, limits::TOKENS_PER_USER);
                    problems.into_result()?;
                }
                Ok::<_, AppError>(tokens::create(tx, &row, &hash)?)
            })
            .await?;
        Ok((token, secret))
    }

    /// A user's tokens, newest first: one's own, or anybody's for an admin.
    ///
    /// # Errors
    /// Without the right to, or when the store cannot be read.
    pub async fn list_tokens(&self, caller: &Caller, user: UserId) -> Result<Vec<Token>, AppError> {
        self.require_self_or_admin(caller, user)?;
        self.store
            .read(move |tx| Ok::<_, AppError>(tokens::of_user(tx, user)?))
            .await
    }

    /// Revokes one of one's own tokens, or anybody's for an admin; it stops working at once.
    ///
    /// # Errors
    /// When there is none, or it is somebody else's.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<(), AppError> {
        let found = self
            .store
            .read(move |tx| Ok::<_, AppError>(tokens::get(tx, id)?))
            .await?;
        let token = found.ok_or(AppError::NotFound)?;
        // Somebody else's token does not exist for those who may not revoke it.
        self.require_self_or_admin(caller, token.user)
            .map_err(|_| AppError::NotFound)?;
        let now = self.now();
        self.store
            .write(Lane::People, move |tx| {
                tokens::revoke(tx, id, now)?;
                Ok::<_, AppError>(())
            })
            .await
    }

    /// Notes that a token is in use. That this fails is no reason to turn somebody away.
    async fn touch_token(&self, token: &Token) {
        let (id, now) = (token.id, self.now());
        let fresh = |at: Timestamp| now.micros_since(at) < TOUCH_EVERY_S * 1_000_000;
        if token.last_used_at.is_some_and(fresh) {
            return;
        }
        let touched = self
            .store
            .write(Lane::Maintenance, move |tx| {
                Ok::<_, AppError>(tokens::touch(tx, id, now)?)
            })
            .await;
        if let Err(error) = touched {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    }
}
