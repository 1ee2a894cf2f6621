//! Passwords: the link by which somebody sets the first one (or a new one), and changing it.
//!
//! A set-up link is signed, not stored: it names the user and its end, and the signature covers the
//! present password's hash too. So it works once, and every link dies with the next password.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use wb_core::actor::Actor;
use wb_core::config::{Object, ObjectId};
use wb_core::ids::UserId;
use wb_core::limits;
use wb_core::time::Timestamp;
use wb_store::{credentials, sessions};

use super::passwords::{Checked, Try};
use super::sessions::SignInError;
use crate::app::App;
use crate::caller::Caller;
use crate::configure::{Edits, Problems, Saved, also};
use crate::error::AppError;

/// How long a set-up link works.
const LINK_LIFETIME_S: i64 = 24 * 3_600;

/// What a set-up link's signature is for.
const PURPOSE: &str = "set-up";

const USER_BYTES: usize = 16;
const END_BYTES: usize = 8;

/// A new set-up link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetUp {
    /// What stands in the link.
    pub secret: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A set-up link as read, its signature not yet checked.
struct Link {
    user: UserId,
    expires_at: Timestamp,
    signature: Vec<u8>,
}

impl App {
    /// Makes a link by which a user sets their password, for the first time or because they forgot
    /// it. It works once, for a day.
    ///
    /// # Errors
    /// When the caller is not an admin, or there is no such active user.
    pub async fn create_set_up_link(
        &self,
        caller: &Caller,
        user: UserId,
    ) -> Result<SetUp, AppError> {
        caller.require_globally(wb_core::config::Permission::Manage)?;
        let config = self.config();
        config
            .users
            .get(&user)
            .filter(|user| user.value.active)
            .ok_or(AppError::NotFound)?;
        let password = self.password_of(user).await?;
        Ok(self.set_up_link(user, password.as_deref()))
    }

    /// Uses a set-up link: sets name, address, zone and password, and ends every session there is.
    ///
    /// # Errors
    /// When the link was used or is too old, or with everything that is wrong with what was given.
    pub async fn set_up(
        &self,
        secret: &str,
        name: &str,
        email: &str,
        password: &str,
        zone: &str,
    ) -> Result<UserId, AppError> {
        let now = self.now();
        let link = read(secret)
            .filter(|link| now < link.expires_at)
            .ok_or_else(link_gone)?;
        let before = self.password_of(link.user).await?;
        let signed = signed_bytes(link.user, link.expires_at, before.as_deref());
        if !self.vault.check_link(PURPOSE, &signed, &link.signature) {
            return Err(link_gone());
        }
        // Everything is checked before the slow hash, and once more, with it, when it is written.
        let config = self.refresh_config().await?;
        self.set_up_edits(&config, link.user, name, email, zone, password)?;
        let hash = self.passwords.hash(password, &*self.random).await?;
        self.commit(Actor::User(link.user), |config| {
            let (user, hash, before) = (link.user, hash.clone(), before.clone());
            let mut edits = self.set_up_edits(config, user, name, email, zone, password)?;
            edits.set_also(also(move |tx| {
                if credentials::get(tx, user)? != before {
                    return Err(link_gone());
                }
                credentials::set(tx, user, &hash, now)?;
                sessions::end_all(tx, user, None)?;
                Ok(())
            }));
            Ok((edits, user))
        })
        .await
    }

    /// Changes the caller's own password and ends their other sessions; `session` is the secret of
    /// the one they do it in.
    ///
    /// # Errors
    /// When the old password is wrong or tried too often, or the new one is too short or too long.
    pub async fn set_password(
        &self,
        caller: &Caller,
        session: Option<&str>,
        old: &str,
        new: &str,
    ) -> Result<(), SignInError> {
        let user = caller.user()?;
        let mut problems = Problems::default();
        check_password(new, &mut problems);
        problems.into_result()?;
        let account = user.to_string();
        let stored = self.password_of(user).await?;
        let who = Try {
            account: &account,
            address: &caller.from,
            now: self.now(),
        };
        match self.passwords.check(who, old, stored).await? {
            Checked::Right => {}
            Checked::Wait { retry_after_s } => {
                return Err(SignInError::Throttled { retry_after_s });
            }
            Checked::Wrong => {
                let mut problems = Problems::default();
                problems.add("old", "password_wrong", &[]);
                return Err(problems
                    .into_result()
                    .map_or_else(Into::into, |()| SignInError::Wrong));
            }
        }
        let hash = self.passwords.hash(new, &*self.random).await?;
        let kept = session.map(|secret| self.vault.key_hash(secret));
        let now = self.now();
        let written = self.store.write(wb_store::db::Lane::People, move |tx| {
            let kept = match &kept {
                Some(hash) => sessions::find(tx, hash, now)?,
                None => None,
            };
            credentials::set(tx, user, &hash, now)?;
            sessions::end_all(tx, user, kept.map(|session| session.id))?;
            Ok::<_, AppError>(())
        });
        Ok(written.await?)
    }

    /// A set-up link for a user who has this password now.
    pub(super) fn set_up_link(&self, user: UserId, password: Option<&str>) -> SetUp {
        let expires_at = self.now().plus_secs(LINK_LIFETIME_S);
        let signature = self
            .vault
            .sign_link(PURPOSE, &signed_bytes(user, expires_at, password));
        let mut bytes = user.0.as_bytes().to_vec();
        bytes.extend_from_slice(&expires_at.as_micros().to_be_bytes());
        bytes.extend_from_slice(&signature);
        SetUp {
            secret: URL_SAFE_NO_PAD.encode(bytes),
            expires_at,
        }
    }

    /// The stored form of a user's password.
    pub(super) async fn password_of(&self, user: UserId) -> Result<Option<String>, AppError> {
        self.store
            .read(move |tx| Ok::<_, AppError>(credentials::get(tx, user)?))
            .await
    }

    fn set_up_edits(
        &self,
        config: &wb_core::config::Config,
        user: UserId,
        name: &str,
        email: &str,
        zone: &str,
        password: &str,
    ) -> Result<Edits, AppError> {
        let (object, version) = config.get(ObjectId::User(user)).ok_or_else(link_gone)?;
        let before = Saved { object, version };
        let mut object = before.object.clone();
        let Object::User(_, value) = &mut object else {
            return Err(link_gone());
        };
        if !value.active {
            return Err(link_gone());
        }
        value.name = name.trim().to_owned();
        value.email = email.trim().to_owned();
        value.zone = zone.trim().to_owned();
        let mut problems = Problems::default();
        check_password(password, &mut problems);
        self.check_object(config, &object, &mut problems);
        problems.into_result()?;
        let mut edits = Edits::default();
        edits.put(Some(&before), object);
        Ok(edits)
    }
}

fn check_password(password: &str, problems: &mut Problems) {
    let (min, max) = (
        *limits::PASSWORD_CHARS.start(),
        *limits::PASSWORD_CHARS.end(),
    );
    let count = password.chars().count();
    if count < min {
        problems.add("password", "password_short", &[("min", &min)]);
    }
    if count > max {
        problems.add("password", "password_long", &[("max", &max)]);
    }
}

/// What a set-up link's signature covers.
fn signed_bytes(user: UserId, expires_at: Timestamp, password: Option<&str>) -> Vec<u8> {
    let mut bytes = user.0.as_bytes().to_vec();
    bytes.extend_from_slice(&expires_at.as_micros().to_be_bytes());
    bytes.extend_from_slice(password.unwrap_or_default().as_bytes());
    bytes
}

fn read(secret: &str) -> Option<Link> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (user, rest) = bytes.split_at_checked(USER_BYTES)?;
    let (end, signature) = rest.split_at_checked(END_BYTES)?;
    Some(Link {
        user: UserId(Uuid::from_slice(user).ok()?),
        expires_at: Timestamp::from_micros(i64::from_be_bytes(end.try_into().ok()?)),
        signature: signature.to_vec(),
    })
}

fn link_gone() -> AppError {
    let mut problems = Problems::default();
    problems.add("secret", "set_up_link", &[]);
    AppError::Invalid(problems.into_list())
}
