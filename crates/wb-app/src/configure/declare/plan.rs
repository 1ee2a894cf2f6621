//! Compares a declared state with what is there, and applies it.

use wb_core::config::{Config, Object, ObjectId, Permission, Scope};
use wb_core::time::Timestamp;

use super::resolve::{Item, Resolver, items};
use super::{Declared, diff};
use crate::app::App;
use crate::caller::Caller;
use crate::configure::check::Checker;
use crate::configure::make::Maker;
use crate::configure::preview::{Affected, affected};
use crate::configure::references::name_of;
use crate::configure::{Edits, Problems, Saved};
use crate::error::{AppError, FieldProblem};

/// What applying a declared state does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each declared object, in the order of application.
    pub changes: Vec<Change>,
    /// What stands in the way; with any of these nothing can be applied.
    pub problems: Vec<FieldProblem>,
}

/// What happens to one declared object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the declaration, such as `services[2]`.
    pub path: String,
    /// Which object; a new one gets another id when the plan is applied.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub action: Action,
    /// The fields that change.
    pub fields: Vec<FieldChange>,
    /// Whose shifts move over the next 90 days, when it is a schedule that is there already.
    pub affected: Vec<Affected>,
}

impl Change {
    /// The word for the object's kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.id.kind()
    }
}

/// What happens to a declared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is as declared already.
    Unchanged,
}

impl Action {
    /// The word used in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A field that changes; secrets are not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Where.
    pub path: String,
    /// What it is; none when it is not there yet.
    pub before: Option<String>,
    /// What it will be; none when it goes away.
    pub after: Option<String>,
}

/// A declared object as it will be.
struct Planned {
    path: String,
    before: Option<Saved>,
    object: Object,
}

/// A declared state, made into objects.
struct Draw {
    planned: Vec<Planned>,
    /// The configuration with all of them in it.
    after: Config,
    problems: Problems,
}

impl App {
    /// Says what applying a declared state would do; changes nothing.
    ///
    /// # Errors
    /// When the caller is not an admin, or the store cannot be read.
    pub async fn plan(&self, caller: &Caller, declared: &Declared) -> Result<Plan, AppError> {
        caller.require_globally(Permission::Manage)?;
        let config = self.refresh_config().await?;
        let draw = self.draw(&config, &caller.scope, declared);
        let changes = draw.changes(&config, self.now());
        Ok(Plan {
            changes,
            problems: draw.problems.into_list(),
        })
    }

    /// Makes it so, all in one transaction, and says what was done.
    ///
    /// # Errors
    /// When the caller is not an admin, or with every problem there is; then nothing was changed.
    pub async fn apply(&self, caller: &Caller, declared: &Declared) -> Result<Plan, AppError> {
        caller.require_globally(Permission::Manage)?;
        self.commit(caller.actor, |config| {
            let draw = self.draw(config, &caller.scope, declared);
            let changes = draw.changes(config, self.now());
            draw.problems.into_result()?;
            let mut edits = Edits::default();
            for planned in draw.planned {
                edits.put(planned.before.as_ref(), planned.object);
            }
            Ok((
                edits,
                Plan {
                    changes,
                    problems: Vec::new(),
                },
            ))
        })
        .await
    }

    /// Makes the objects one after the other, each on top of those before it, and then checks them
    /// all against the whole: a new admin may stand below the one who leaves.
    fn draw(&self, config: &Config, scope: &Scope, declared: &Declared) -> Draw {
        let mut draw = Draw {
            planned: Vec::new(),
            after: config.clone(),
            problems: Problems::default(),
        };
        let items = items(declared);
        for (at, (path, item)) in items.iter().enumerate() {
            draw.problems.set_prefix(format!("{path}."));
            let earlier = items
                .iter()
                .take(at)
                .find(|(_, earlier)| earlier.is_same(item));
            if let Some((first, _)) = earlier {
                draw.problems
                    .add(item.key_field(), "declared_twice", &[("first", first)]);
            } else {
                self.draw_one(config, path, *item, &mut draw);
            }
        }
        let checker = Checker {
            config: &draw.after,
            base: config,
            scope,
            dialects: &self.settings.dialects,
            catch_all: self.catch_all(),
        };
        for planned in &draw.planned {
            draw.problems.set_prefix(format!("{}.", planned.path));
            checker.check(&planned.object, &mut draw.problems);
        }
        draw
    }

    fn draw_one(&self, config: &Config, path: &str, item: Item<'_>, draw: &mut Draw) {
        let resolver = Resolver {
            config: &draw.after,
        };
        let id = resolver.id(item, self.fresh_id());
        let draft = resolver.draft(id, item, &mut draw.problems);
        let maker = Maker {
            app: self,
            config: &draw.after,
        };
        let Some(object) = maker.make(id, &draft, &mut draw.problems) else {
            return;
        };
        if let Object::Integration(_, integration) = &object
            && let Some((other, _)) = draw.after.integration_by_key_hash(&integration.key_hash)
            && ObjectId::Integration(other) != id
        {
            // Told here, at the later of the two; put in, it would take the key from the other.
            draw.problems.add("key", "key_taken", &[]);
            return;
        }
        let before = config
            .get(id)
            .map(|(object, version)| Saved { object, version });
        let version = before.as_ref().map_or(1, |before| before.version);
        draw.after.put(object.clone(), version);
        draw.planned.push(Planned {
            path: path.to_owned(),
            before,
            object,
        });
    }
}

impl Draw {
    fn changes(&self, now: &Config, at: Timestamp) -> Vec<Change> {
        let change = |planned: &Planned| {
            let before = planned.before.as_ref().map(|before| &before.object);
            let action = match before {
                None => Action::Create,
                Some(before) if *before == planned.object => Action::Unchanged,
                Some(_) => Action::Update,
            };
            let fields = match action {
                Action::Unchanged => Vec::new(),
                _ => diff::fields(
                    before.map(|before| (now, before)),
                    (&self.after, &planned.object),
                ),
            };
            let affected = match (before, &planned.object) {
                (Some(Object::Schedule(id, before)), Object::Schedule(_, after))
                    if before != after =>
                {
                    affected((*id, before), (&self.after, after), at)
                }
                _ => Vec::new(),
            };
            Change {
                affected,
                path: planned.path.clone(),
                id: planned.object.id(),
                name: name_of(&self.after, &planned.object),
                action,
                fields,
            }
        };
        self.planned.iter().map(change).collect()
    }
}
