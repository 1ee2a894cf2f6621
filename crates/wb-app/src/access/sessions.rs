//! Signing in with a browser.

use core::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wb_core::actor::Via;
use wb_core::ids::{SessionId, UserId};
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::sessions::{self, Session};

use super::SECRET_BYTES;
use super::passwords::{Checked, Try};
use crate::app::App;
use crate::caller::Caller;
use crate::configure::same_name;
use crate::error::AppError;
use crate::vault::fresh_secret;

/// A session is noted as used at most this often, so that reading does not become writing.
const TOUCH_EVERY_S: i64 = 60;

/// The longest a session lasts, however much it is used.
const LONGEST_S: i64 = 90 * 24 * 3_600;

/// What a CSRF token's signature is for.
const CSRF: &str = "csrf";

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What goes into the cookie; shown once.
    pub secret: String,
    /// The session.
    pub session: Session,
}

/// Why somebody could not sign in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignInError {
    /// Address or password are wrong; which of them is not said.
    #[error("address or password are wrong")]
    Wrong,
    /// Too many wrong passwords for this account or from this address.
    #[error("too many wrong passwords; try again in {retry_after_s} seconds")]
    Throttled {
        /// When to try again.
        retry_after_s: u32,
    },
    /// Something else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Signs somebody in. `remote` is the address the request came from, without a port.
    ///
    /// # Errors
    /// Wrong address or password, too many of them, or the store's error.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        remote: &str,
        user_agent: Option<&str>,
    ) -> Result<SignIn, SignInError> {
        let user = self.active_user(email).await?;
        let stored = match user {
            Some(user) => self.password_of(user).await?,
            None => None,
        };
        let who = Try {
            account: email.trim(),
            address: remote,
            now: self.now(),
        };
        match self.passwords.check(who, password, stored).await? {
            Checked::Wait { retry_after_s } => Err(SignInError::Throttled { retry_after_s }),
            Checked::Wrong => Err(SignInError::Wrong),
            Checked::Right => {
                let user = user.ok_or(SignInError::Wrong)?;
                Ok(self.start_session(user, remote, user_agent).await?)
            }
        }
    }

    /// The caller of a browser's session; none when it has ended or the account is not in use.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn caller_of_session(
        &self,
        secret: &str,
        from: String,
    ) -> Result<Option<Caller>, AppError> {
        let Some(session) = self.session_of(secret).await? else {
            return Ok(None);
        };
        let caller = self.caller_as(session.user, Via::Web, from).await?;
        if caller.is_some() {
            self.touch_session(&session).await;
        }
        Ok(caller)
    }

    /// The session of a secret, if it has not ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session_of(&self, secret: &str) -> Result<Option<Session>, AppError> {
        let (hash, now) = (self.vault.key_hash(secret), self.now());
        self.store
            .read(move |tx| Ok::<_, AppError>(sessions::find(tx, &hash, now)?))
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AppError> {
        if let Some(session) = self.session_of(secret).await? {
            self.end_session(session.id).await?;
        }
        Ok(())
    }

    /// A user's sessions, newest first: one's own, or anybody's for an admin.
    ///
    /// # Errors
    /// Without the right to, or when the store cannot be read.
    pub async fn list_sessions(
        &self,
        caller: &Caller,
        user: UserId,
    ) -> Result<Vec<Session>, AppError> {
        self.require_self_or_admin(caller, user)?;
        let now = self.now();
        self.store
            .read(move |tx| Ok::<_, AppError>(sessions::of_user(tx, user, now)?))
            .await
    }

    /// Ends one of one's own sessions, or anybody's for an admin.
    ///
    /// # Errors
    /// When there is none, or it is somebody else's.
    pub async fn revoke_session(&self, caller: &Caller, id: SessionId) -> Result<(), AppError> {
        let found = self
            .store
            .read(move |tx| Ok::<_, AppError>(sessions::get(tx, id)?))
            .await?;
        let session = found.ok_or(AppError::NotFound)?;
        // Somebody else's session does not exist for those who may not end it.
        self.require_self_or_admin(caller, session.user)
            .map_err(|_| AppError::NotFound)?;
        self.end_session(id).await
    }

    /// Ends the caller's own sessions but the one they call with; says how many.
    ///
    /// # Errors
    /// When the caller is no person, or the store fails.
    pub async fn end_other_sessions(
        &self,
        caller: &Caller,
        secret: Option<&str>,
    ) -> Result<u64, AppError> {
        let user = caller.user()?;
        let current = match secret {
            Some(secret) => self.session_of(secret).await?.map(|session| session.id),
            None => None,
        };
        self.store
            .write(Lane::People, move |tx| {
                Ok::<_, AppError>(sessions::end_all(tx, user, current)?)
            })
            .await
    }

    /// The token a page of this session sends along with each change, against other sites' forms.
    #[must_use]
    pub fn csrf_of(&self, session_secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.vault.sign_link(CSRF, session_secret.as_bytes()))
    }

    /// Whether a token is this session's.
    #[must_use]
    pub fn check_csrf(&self, session_secret: &str, token: &str) -> bool {
        URL_SAFE_NO_PAD.decode(token).is_ok_and(|token| {
            self.vault
                .check_link(CSRF, session_secret.as_bytes(), &token)
        })
    }

    /// The active user of an address.
    async fn active_user(&self, email: &str) -> Result<Option<UserId>, AppError> {
        let find = |config: &wb_core::config::Config| {
            config
                .users
                .iter()
                .find(|(_, user)| user.value.active && same_name(&user.value.email, email))
                .map(|(id, _)| *id)
        };
        match find(&self.config()) {
            Some(user) => Ok(Some(user)),
            // Made, or renamed, on another node a moment ago.
            None => Ok(find(&*self.refresh_config().await?)),
        }
    }

    async fn start_session(
        &self,
        user: UserId,
        remote: &str,
        user_agent: Option<&str>,
    ) -> Result<SignIn, AppError> {
        let now = self.now();
        let session = Session {
            id: SessionId(self.fresh_id()),
            user,
            created_at: now,
            last_seen_at: now,
            expires_at: self.session_end(now, now),
            user_agent: user_agent.map(ToOwned::to_owned),
            remote: (!remote.is_empty()).then(|| remote.to_owned()),
        };
        let secret = fresh_secret(&*self.random, SECRET_BYTES);
        let (row, hash) = (session.clone(), self.vault.key_hash(&secret));
        self.store
            .write(Lane::People, move |tx| {
                Ok::<_, AppError>(sessions::create(tx, &row, &hash)?)
            })
            .await?;
        Ok(SignIn { secret, session })
    }

    /// Notes that a session is in use. That this fails is no reason to turn somebody away.
    async fn touch_session(&self, session: &Session) {
        let now = self.now();
        if now.micros_since(session.last_seen_at) < TOUCH_EVERY_S * 1_000_000 {
            return;
        }
        let (id, end) = (session.id, self.session_end(session.created_at, now));
        let touched = self
            .store
            .write(Lane::Maintenance, move |tx| {
                Ok::<_, AppError>(sessions::touch(tx, id, now, end)?)
            })
            .await;
        if let Err(error) = touched {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }

    fn session_end(&self, created_at: Timestamp, now: Timestamp) -> Timestamp {
        let idle: Duration = self.settings.session_idle;
        let idle_s = i64::try_from(idle.as_secs()).unwrap_or(LONGEST_S);
        now.plus_secs(idle_s).min(created_at.plus_secs(LONGEST_S))
    }

    async fn end_session(&self, id: SessionId) -> Result<(), AppError> {
        self.store
            .write(Lane::People, move |tx| {
                sessions::end(tx, id)?;
                Ok::<_, AppError>(())
            })
            .await
    }
}
