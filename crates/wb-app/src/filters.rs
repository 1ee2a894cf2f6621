//! Saved filters of the list of incidents. They decide nothing, so they are plain rows without
//! facts.

use wb_core::config::Permission;
use wb_core::ids::{FilterId, TeamId};
use wb_core::limits;
use wb_store::db::{Lane, Tx};
use wb_store::filters::{self, Filter, FilterOwner};

use crate::app::App;
use crate::caller::Caller;
use crate::configure::Problems;
use crate::error::AppError;

/// What somebody wants to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterDraft {
    /// What it is called.
    pub name: String,
    /// What it selects, as JSON in the form of the API.
    pub query: String,
}

impl App {
    /// The filters the caller sees: their own, and those of their teams.
    ///
    /// # Errors
    /// When the caller is no person, or the store fails.
    pub async fn list_filters(&self, caller: &Caller) -> Result<Vec<Filter>, AppError> {
        let (user, scope) = (caller.user()?, caller.scope.clone());
        self.store
            .read(move |tx| Ok::<_, AppError>(filters::list(tx, &scope, user)?))
            .await
    }

    /// One filter.
    ///
    /// # Errors
    /// When the caller may not see it, or the store fails.
    pub async fn filter(&self, caller: &Caller, id: FilterId) -> Result<Filter, AppError> {
        let caller = caller.clone();
        self.store.read(move |tx| visible(tx, &caller, id)).await
    }

    /// Saves a filter for the caller, or for a team they may act for.
    ///
    /// # Errors
    /// When the name is taken or cannot be, there are too many, or the store fails.
    pub async fn create_filter(
        &self,
        caller: &Caller,
        team: Option<TeamId>,
        draft: FilterDraft,
    ) -> Result<Filter, AppError> {
        let user = caller.user()?;
        check(&draft)?;
        let owner = match team {
            Some(team) => {
                self.require_team(caller, team)?;
                FilterOwner::Team(team)
            }
            None => FilterOwner::User(user),
        };
        let filter = Filter {
            id: FilterId(self.fresh_id()),
            owner,
            name: draft.name,
            query: draft.query,
            version: 1,
            updated_at: self.now(),
            updated_by: user,
        };
        self.store
            .write(Lane::People, move |tx| {
                if filters::count(tx, owner)? >= u64::from(limits::FILTERS_PER_OWNER) {
                    return Err(invalid("name", "filters_many", limits::FILTERS_PER_OWNER));
                }
                if filters::insert(tx, &filter)? {
                    Ok(filter.clone())
                } else {
                    Err(taken())
                }
            })
            .await
    }

    /// Changes name and query of a filter that was read at version `expected`.
    ///
    /// # Errors
    /// When the caller may not change it, it is at another version, the name is taken, or the store
    /// fails.
    pub async fn update_filter(
        &self,
        caller: &Caller,
        id: FilterId,
        expected: u32,
        draft: FilterDraft,
    ) -> Result<Filter, AppError> {
        let user = caller.user()?;
        check(&draft)?;
        let (caller, now) = (caller.clone(), self.now());
        self.store
            .write(Lane::People, move |tx| {
                let found = changeable(tx, &caller, id, Some(expected))?;
                let filter = Filter {
                    name: draft.name.clone(),
                    query: draft.query.clone(),
                    version: expected.saturating_add(1),
                    updated_at: now,
                    updated_by: user,
                    ..found
                };
                if filters::update(tx, &filter, expected)? {
                    return Ok(filter);
                }
                // On PostgreSQL somebody may have been faster since the first look.
                changeable(tx, &caller, id, Some(expected))?;
                Err(taken())
            })
            .await
    }

    /// Deletes a filter.
    ///
    /// # Errors
    /// When the caller may not change it, it is at another version than `expected`, or the store
    /// fails.
    pub async fn delete_filter(
        &self,
        caller: &Caller,
        id: FilterId,
        expected: Option<u32>,
    ) -> Result<(), AppError> {
        let caller = caller.clone();
        self.store
            .write(Lane::People, move |tx| {
                changeable(tx, &caller, id, expected)?;
                filters::delete(tx, id)?;
                Ok(())
            })
            .await
    }

    /// A team that the caller may not see does not exist for them.
    fn require_team(&self, caller: &Caller, team: TeamId) -> Result<(), AppError> {
        let known = self.config().teams.contains_key(&team);
        match caller.require(Permission::Write, team) {
            Ok(()) if known => Ok(()),
            Err(AppError::Forbidden) => Err(AppError::Forbidden),
            _ => {
                let mut problems = Problems::default();
                let name = team.to_string();
                problems.add("team", "unknown", &[("kind", &"team"), ("name", &name)]);
                problems.into_result()
            }
        }
    }
}

fn visible(tx: &mut Tx<'_>, caller: &Caller, id: FilterId) -> Result<Filter, AppError> {
    filters::get(tx, &caller.scope, caller.user()?, id)?.ok_or(AppError::NotFound)
}

fn changeable(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: FilterId,
    expected: Option<u32>,
) -> Result<Filter, AppError> {
    let found = visible(tx, caller, id)?;
    if let FilterOwner::Team(team) = found.owner {
        caller.require(Permission::Write, team)?;
    }
    match expected {
        Some(expected) if expected != found.version => Err(AppError::Edited {
            current: found.version,
        }),
        _ => Ok(found),
    }
}

fn check(draft: &FilterDraft) -> Result<(), AppError> {
    let mut problems = Problems::default();
    problems.name("name", &draft.name);
    problems.into_result()
}

fn taken() -> AppError {
    let message = wb_ports::catalogue::text("problems.filter_name_taken", &[]);
    AppError::invalid("name", message)
}

fn invalid(field: &str, word: &str, max: u32) -> AppError {
    let mut problems = Problems::default();
    problems.add(field, word, &[("max", &max)]);
    AppError::Invalid(problems.into_list())
}
