//! Setting things up: create, change and delete configuration objects, and apply whole files.
//!
//! A change is prepared against the configuration snapshot, outside any transaction (checking,
//! sealing and comparing need no database), and then written in one transaction that makes sure the
//! snapshot was the newest. If it was not, everything is prepared again.

mod check;
mod codes;
mod commit;
pub mod declare;
mod delete;
mod draft;
mod keys;
mod make;
mod pause;
mod people;
mod preview;
mod problems;
mod references;
mod restore;
mod rights;
pub mod settings;
mod swaps;
mod take_over;
mod test_send;

use wb_core::config::{Config, Object, ObjectId, Permission, Scope, User};
use wb_core::ids::{ServiceId, UserId};
use wb_core::time::Timestamp;

pub use codes::{CODE_LIFE_S, SentCode};
pub use declare::Declared;
pub use delete::{Departure, Leaving};
pub use draft::{
    Draft, EndpointDraft, IntegrationDraft, MethodDraft, MethodRef, RotationDraft, RuleDraft,
    RulesDraft, ScheduleDraft, SettingsDraft, UserDraft,
};
pub use pause::Paused;
pub use preview::{Affected, SchedulePreview};
pub use references::name_of;
pub use restore::Wanted as WantedVersion;
pub use swaps::{AskSwap, SwapAnswer, SwapRights};
pub use take_over::{TakeOver, TakenOver};
pub use test_send::{TestReport, TestTarget};

pub(crate) use commit::{Edits, also};
pub(crate) use problems::{Problems, same_name};
pub(crate) use test_send::{first_method, proved_method};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// An object as it is stored now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The object.
    pub object: Object,
    /// Its version.
    pub version: u32,
}

impl Saved {
    /// The object's id.
    #[must_use]
    pub const fn id(&self) -> ObjectId {
        self.object.id()
    }
}

impl App {
    /// Creates an object.
    ///
    /// # Errors
    /// Without the right to, or with everything that is wrong with the draft.
    pub async fn create(
        &self,
        caller: &Caller,
        draft: impl Into<Draft>,
    ) -> Result<Saved, AppError> {
        let draft = draft.into();
        let id = draft.id(self.fresh_id());
        self.commit(caller.actor, |config| {
            self.prepare(config, caller, id, None, &draft)
        })
        .await
    }

    /// Changes an object. With `expected` the change is only made to that version. A change that
    /// changes nothing makes no new version.
    ///
    /// # Errors
    /// Without the right to, when the object is at another version, or with everything that is wrong
    /// with the draft.
    pub async fn update(
        &self,
        caller: &Caller,
        id: ObjectId,
        expected: Option<u32>,
        draft: impl Into<Draft>,
    ) -> Result<Saved, AppError> {
        let draft = draft.into();
        if !draft.fits(id) {
            return Err(AppError::NotFound);
        }
        self.commit(caller.actor, |config| {
            let before = present(config, caller, id, expected)?;
            self.prepare(config, caller, id, Some(&before), &draft)
        })
        .await
    }

    fn prepare(
        &self,
        config: &Config,
        caller: &Caller,
        id: ObjectId,
        before: Option<&Saved>,
        draft: &Draft,
    ) -> Result<(Edits, Saved), AppError> {
        let mut problems = Problems::default();
        let maker = make::Maker { app: self, config };
        let object = maker
            .make(id, draft, &mut problems)
            .ok_or(AppError::NotFound)?;
        rights::may_put(caller, config, before.map(|saved| &saved.object), &object)?;
        self.checker(config, &caller.scope)
            .check(&object, &mut problems);
        problems.into_result()?;
        let (mut edits, saved) = Edits::of(before, object);
        self.shut_out_inactive(&saved.object, &mut edits);
        Ok((edits, saved))
    }

    /// Whoever is made inactive is shut out at once.
    fn shut_out_inactive(&self, object: &Object, edits: &mut Edits) {
        if let Object::User(user, User { active: false, .. }) = object {
            edits.set_also(shut_out(*user, self.now()));
        }
    }

    /// Adds everything that is wrong with an object, as the program itself sees it.
    pub(crate) fn check_object(&self, config: &Config, object: &Object, problems: &mut Problems) {
        self.checker(config, &Scope::system())
            .check(object, problems);
    }

    fn checker<'a>(&'a self, config: &'a Config, scope: &'a Scope) -> check::Checker<'a> {
        check::Checker {
            config,
            base: config,
            scope,
            dialects: &self.settings.dialects,
            catch_all: self.catch_all(),
        }
    }

    /// The catch-all and the last admin stay: without them a page could reach nobody.
    fn keep_the_essential(&self, config: &Config, id: ObjectId) -> Result<(), AppError> {
        let is_catch_all = |service: ServiceId| self.catch_all() == Some(service);
        let is_last_admin = |user: UserId| {
            let mut admins = config.admins();
            admins.next() == Some(user) && admins.next().is_none()
        };
        let mut problems = Problems::default();
        match id {
            ObjectId::Service(service) if is_catch_all(service) => {
                problems.add("id", "catch_all_kept", &[]);
            }
            ObjectId::User(user) if is_last_admin(user) => problems.add("id", "last_admin", &[]),
            _ => {}
        }
        problems.into_result()
    }
}

/// The object as it is now, at the version that was expected.
fn present(
    config: &Config,
    caller: &Caller,
    id: ObjectId,
    expected: Option<u32>,
) -> Result<Saved, AppError> {
    if let Some(team) = config.team_of(id) {
        caller.require(Permission::Read, team)?;
    }
    let (object, version) = config.get(id).ok_or(AppError::NotFound)?;
    if expected.is_some_and(|expected| expected != version) {
        return Err(AppError::Edited { current: version });
    }
    Ok(Saved { object, version })
}

/// Ends what lets somebody in, so that it does not come back to life with the account.
fn shut_out(user: UserId, now: Timestamp) -> commit::Also {
    also(move |tx| {
        wb_store::sessions::end_all(tx, user, None)?;
        wb_store::tokens::revoke_all(tx, user, now)?;
        wb_store::credentials::remove(tx, user)?;
        Ok(())
    })
}
