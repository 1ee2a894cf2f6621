//! Bringing back what an object was: an old version written as the newest one, by the same rules as
//! any other change.

use wb_core::config::{Config, Object, ObjectId};

use super::commit::Restore;
use super::settings::{Holder, Use, check_stored};
use super::{Edits, Problems, Saved, present, rights};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Which version of which object is to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The object.
    pub id: ObjectId,
    /// The version it is to be again.
    pub version: u32,
    /// The version it has now; of a deleted one, the deletion.
    pub expected: u32,
}

impl App {
    /// Writes an old version of an object as its newest one; a deleted object comes back under its
    /// id. With `preview` everything is checked and nothing written. A version that is no different
    /// from the present one makes no new version.
    ///
    /// # Errors
    /// Without the right to, when the object is at another version, when that version is a deletion
    /// or was erased, or with everything that is wrong with it now, such as what it refers to being
    /// gone.
    pub async fn restore(
        &self,
        caller: &Caller,
        wanted: Wanted,
        preview: bool,
    ) -> Result<Saved, AppError> {
        let (id, scope) = (wanted.id, caller.scope.clone());
        let behind = wanted.version.saturating_add(1);
        let (old, newest) = self
            .store
            .read(move |tx| {
                let old = wb_store::config::history(tx, &scope, id, Some(behind), 1)?;
                let newest = wb_store::config::history(tx, &scope, id, None, 1)?;
                Ok::<_, AppError>((old.into_iter().next(), newest.into_iter().next()))
            })
            .await?;
        let found = old.filter(|old| old.version == wanted.version);
        let (old, newest) = found.zip(newest).ok_or(AppError::NotFound)?;
        let word = if old.deleted {
            "restore_deletion"
        } else {
            "restore_erased"
        };
        let Some(object) = old.object else {
            let mut problems = Problems::default();
            problems.add("version", word, &[]);
            return Err(AppError::Invalid(problems.into_list()));
        };
        let deleted_at = newest.deleted.then_some(newest.version);
        let prepare =
            |config: &Config| self.prepare_restore(config, caller, wanted, &object, deleted_at);
        if preview {
            return prepare(&self.config()).map(|(_, saved)| saved);
        }
        self.commit(caller.actor, prepare).await
    }

    fn prepare_restore(
        &self,
        config: &Config,
        caller: &Caller,
        wanted: Wanted,
        object: &Object,
        deleted_at: Option<u32>,
    ) -> Result<(Edits, Saved), AppError> {
        let before = match (config.get(wanted.id), deleted_at) {
            (None, Some(current)) if current == wanted.expected => None,
            (None, Some(current)) => return Err(AppError::Edited { current }),
            _ => Some(present(config, caller, wanted.id, Some(wanted.expected))?),
        };
        rights::may_put(
            caller,
            config,
            before.as_ref().map(|saved| &saved.object),
            object,
        )?;
        let mut problems = Problems::default();
        self.checker(config, &caller.scope)
            .check(object, &mut problems);
        self.check_settings(object, &mut problems);
        problems.into_result()?;
        let mut edits = Edits::default();
        if let Some(before) = before
            && before.object == *object
        {
            return Ok((edits, before));
        }
        edits.restore(Restore {
            object: object.clone(),
            from: wanted.version,
            now: wanted.expected,
        });
        self.shut_out_inactive(object, &mut edits);
        let saved = Saved {
            object: object.clone(),
            version: wanted.expected.saturating_add(1),
        };
        Ok((edits, saved))
    }

    /// Adds what is wrong with the channels an object names and what it set them to.
    fn check_settings(&self, object: &Object, problems: &mut Problems) {
        let mut check = |holder: &Holder<'_>, path: &str| {
            check_stored(&self.channels, &self.vault, holder, path, problems);
        };
        match object {
            Object::Endpoint(id, endpoint) => {
                let holder = Holder {
                    object: object.id(),
                    id,
                    used_for: Use::Endpoint,
                    channel: &endpoint.channel,
                    old: Some((&endpoint.channel, &endpoint.settings)),
                };
                check(&holder, "");
            }
            Object::User(_, user) => {
                for (at, method) in user.methods.iter().enumerate() {
                    let holder = Holder {
                        object: object.id(),
                        id: &method.id,
                        used_for: Use::Person,
                        channel: &method.channel,
                        old: Some((&method.channel, &method.settings)),
                    };
                    check(&holder, &format!("methods[{at}]."));
                }
            }
            _ => {}
        }
    }
}
