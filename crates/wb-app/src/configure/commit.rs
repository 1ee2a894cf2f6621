//! Writes prepared changes in one transaction, or has them prepared again.

use std::sync::Arc;

use wb_core::actor::Actor;
use wb_core::config::{Config, Object, ObjectId};
use wb_core::time::Timestamp;
use wb_store::config::EditError;
use wb_store::db::{Lane, Tx};

use super::Saved;
use crate::app::App;
use crate::error::AppError;
use crate::live::Hint;

/// How often changes are prepared again because somebody else was faster.
const REDOS_MAX: u32 = 8;

/// Rows of other tables that belong to the same change.
pub(crate) type Also = Arc<dyn Fn(&mut Tx<'_>) -> Result<(), AppError> + Send + Sync>;

/// Makes an [`Also`].
pub(crate) fn also(
    rows: impl Fn(&mut Tx<'_>) -> Result<(), AppError> + Send + Sync + 'static,
) -> Also {
    Arc::new(rows)
}

/// Changes that go into one transaction.
#[derive(Clone, Default)]
pub(crate) struct Edits {
    /// Objects with the version each has now; none for new ones.
    puts: Vec<(Object, Option<u32>)>,
    /// Objects as they were at a version, with the version each has now, or its deletion.
    restores: Vec<Restore>,
    deletes: Vec<(ObjectId, u32)>,
    also: Option<Also>,
}

/// An object that is brought back.
#[derive(Clone)]
pub(super) struct Restore {
    pub(super) object: Object,
    /// The version it is from.
    pub(super) from: u32,
    /// The version it has now.
    pub(super) now: u32,
}

impl Edits {
    /// The change of one object, and how it is stored then; nothing when it is the same as before.
    pub(super) fn of(before: Option<&Saved>, object: Object) -> (Self, Saved) {
        let mut edits = Self::default();
        let version = edits.put(before, object.clone());
        (edits, Saved { object, version })
    }

    /// Adds the change of one object and says which version it will have.
    pub(crate) fn put(&mut self, before: Option<&Saved>, object: Object) -> u32 {
        match before {
            Some(before) if before.object == object => before.version,
            Some(before) => {
                self.puts.push((object, Some(before.version)));
                before.version.saturating_add(1)
            }
            None => {
                self.puts.push((object, None));
                1
            }
        }
    }

    pub(super) fn restore(&mut self, restore: Restore) {
        self.restores.push(restore);
    }

    pub(super) fn delete(&mut self, id: ObjectId, version: u32) {
        self.deletes.push((id, version));
    }

    pub(crate) fn set_also(&mut self, also: Also) {
        self.also = Some(also);
    }

    fn is_empty(&self) -> bool {
        self.puts.is_empty()
            && self.restores.is_empty()
            && self.deletes.is_empty()
            && self.also.is_none()
    }

    fn write(&self, tx: &mut Tx<'_>, author: &Author) -> Result<(), AppError> {
        let Author {
            actor,
            at,
            salt_key,
        } = author;
        for (object, version) in &self.puts {
            wb_store::config::put(tx, object, *version, *actor, *at, salt_key).map_err(refused)?;
        }
        for Restore { object, from, now } in &self.restores {
            wb_store::config::restore(tx, object, *from, *now, *actor, *at, salt_key)
                .map_err(refused)?;
        }
        for (id, version) in &self.deletes {
            wb_store::config::delete(tx, *id, *version, *actor, *at, salt_key).map_err(refused)?;
        }
        self.also.as_ref().map_or(Ok(()), |also| also(tx))
    }

    /// What changed, for views; each object's team is looked up in the configurations before and
    /// after the change.
    fn hints<'a>(
        &'a self,
        before: &'a Config,
        after: &'a Config,
    ) -> impl Iterator<Item = Hint> + 'a {
        let put = self
            .puts
            .iter()
            .map(|(object, version)| (object.id(), version.unwrap_or(0)));
        let restored = self.restores.iter();
        put.chain(restored.map(|restore| (restore.object.id(), restore.now)))
            .chain(self.deletes.iter().copied())
            .map(|(id, version)| Hint {
                kind: id.kind(),
                id: id.to_string(),
                version: u64::from(version) + 1,
                team: after.team_of(id).or_else(|| before.team_of(id)),
            })
    }
}

/// Who changes something, and when.
struct Author {
    actor: Actor,
    at: Timestamp,
    salt_key: [u8; 32],
}

/// While the epoch is held, versions and names are those that were checked. A name can be refused
/// all the same when two objects swap it within one change.
fn refused(error: EditError) -> AppError {
    match error {
        EditError::VersionMoved { .. } => AppError::ConfigMoved,
        EditError::NameTaken { .. } => AppError::invalid("name", error.to_string()),
        EditError::Store(error) => error.into(),
    }
}

impl App {
    /// Prepares changes by the configuration and writes them, if it is still the newest one then;
    /// else prepares them again.
    pub(crate) async fn commit<T: Send>(
        &self,
        actor: Actor,
        prepare: impl Fn(&Config) -> Result<(Edits, T), AppError> + Send + Sync,
    ) -> Result<T, AppError> {
        for _ in 0..REDOS_MAX {
            let config = self.config();
            let (edits, result) = match prepare(&config) {
                Ok(prepared) => prepared,
                Err(error) => {
                    // What looks wrong may only be old here, where another node was faster.
                    if self.refresh_config().await?.epoch == config.epoch {
                        return Err(error);
                    }
                    continue;
                }
            };
            if edits.is_empty() {
                return Ok(result);
            }
            match self.write(actor, Arc::clone(&config), edits.clone()).await {
                Ok(()) => {
                    // It is written; what this node does not load now it will load later.
                    if let Err(error) = self.refresh_config().await {
                        tracing::warn!(%error, "the configuration could not be loaded again");
                    }
                    edits
                        .hints(&config, &self.config())
                        .for_each(|hint| self.live.tell(hint));
                    return Ok(result);
                }
                Err(AppError::ConfigMoved) => drop(self.refresh_config().await?),
                Err(error) => return Err(error),
            }
        }
        Err(AppError::Busy {
            retry_after_ms: 1_000,
        })
    }

    async fn write(&self, actor: Actor, config: Arc<Config>, edits: Edits) -> Result<(), AppError> {
        let author = Author {
            actor,
            at: self.now(),
            salt_key: self.vault.salt_key(),
        };
        self.store
            .write(Lane::People, move |tx| {
                if wb_store::config::epoch_for_edit(tx)? != config.epoch {
                    return Err(AppError::ConfigMoved);
                }
                edits.write(tx, &author)
            })
            .await
    }
}
