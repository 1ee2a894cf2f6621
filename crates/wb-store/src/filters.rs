//! Filters of the list of incidents that people saved, for themselves or for their team.

use wb_core::config::{Permission, Scope};
use wb_core::ids::{FilterId, TeamId, UserId};
use wb_core::time::Timestamp;

use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page;
use crate::params;
use crate::read::{self, clean, folded};

/// Whose a filter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterOwner {
    /// One person's; nobody else sees it.
    User(UserId),
    /// A team's: who may read its incidents sees it, who may act on them changes it.
    Team(TeamId),
}

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its id.
    pub id: FilterId,
    /// Whose it is.
    pub owner: FilterOwner,
    /// What it is called.
    pub name: String,
    /// What it selects, as JSON in the form of the API; the store does not look inside.
    pub query: String,
    /// Rises with each edit.
    pub version: u32,
    /// When it was saved last.
    pub updated_at: Timestamp,
    /// Who saved it last.
    pub updated_by: UserId,
}

macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, user_id, team_id, name, query, version, updated_at, updated_by
               FROM saved_filter ",
            $($rest),+
        )
    };
}

const BY_ID: Sql = sql(select!("WHERE id = $1"));
const VISIBLE: Sql = two(
    select!(
        "WHERE user_id = $1
            OR (team_id IS NOT NULL
                AND ($2 IS NULL OR team_id IN (SELECT unhex(value) FROM json_each($2))))
         ORDER BY id"
    ),
    select!(
        "WHERE user_id = $1
            OR (team_id IS NOT NULL
                AND ($2::jsonb IS NULL
                     OR team_id IN (SELECT jsonb_array_elements_text($2::jsonb)::uuid)))
         ORDER BY id"
    ),
);
const COUNT_OF_USER: Sql = sql("SELECT count(*) FROM saved_filter WHERE user_id = $1");
const COUNT_OF_TEAM: Sql = sql("SELECT count(*) FROM saved_filter WHERE team_id = $1");
const INSERT: Sql = sql(
    "INSERT INTO saved_filter (id, user_id, team_id, owner_id, name, folded_name, query, version,
            updated_at, updated_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (owner_id, folded_name) DO NOTHING",
);
// The name is looked at in the same statement, because an error would spoil the transaction.
const UPDATE: Sql = sql(
    "UPDATE saved_filter SET name = $3, folded_name = $4, query = $5, version = version + 1,
            updated_at = $6, updated_by = $7
      WHERE id = $1 AND version = $2
        AND NOT EXISTS (SELECT 1 FROM saved_filter other
                         WHERE other.owner_id = saved_filter.owner_id
                           AND other.folded_name = $4 AND other.id <> $1)",
);
const DELETE: Sql = sql("DELETE FROM saved_filter WHERE id = $1");

/// A filter, if the caller may see it.
///
/// # Errors
/// When the store fails.
pub fn get(
    tx: &mut Tx<'_>,
    scope: &Scope,
    caller: UserId,
    id: FilterId,
) -> Result<Option<Filter>, Error> {
    let found = tx.query_opt(&BY_ID, params![id.0], filter)?;
    Ok(found.filter(|filter| match filter.owner {
        FilterOwner::User(user) => user == caller,
        FilterOwner::Team(team) => scope.allows(Permission::Read, team),
    }))
}

/// The filters the caller may see, oldest first: their own, and those of their teams.
///
/// # Errors
/// When the store fails.
pub fn list(tx: &mut Tx<'_>, scope: &Scope, caller: UserId) -> Result<Vec<Filter>, Error> {
    let teams = scope.readable_teams();
    let teams = page::ids(teams.map(|teams| teams.into_iter().map(|team| team.0)));
    let params = [P::Id(caller.0), teams.as_deref().map_or(P::Null, P::Json)];
    tx.query(&VISIBLE, &params, filter)
}

/// How many filters somebody, or a team, has.
///
/// # Errors
/// When the store fails.
pub fn count(tx: &mut Tx<'_>, owner: FilterOwner) -> Result<u64, Error> {
    let (sql, id) = match owner {
        FilterOwner::User(user) => (&COUNT_OF_USER, user.0),
        FilterOwner::Team(team) => (&COUNT_OF_TEAM, team.0),
    };
    tx.query_one(sql, params![id], |row| read::number(row, 0))
}

/// Writes a new filter; false when its owner has one of this name, in whatever case.
///
/// # Errors
/// When the store fails.
pub fn insert(tx: &mut Tx<'_>, filter: &Filter) -> Result<bool, Error> {
    let (user, team, owner) = match filter.owner {
        FilterOwner::User(user) => (Some(user.0), None, user.0),
        FilterOwner::Team(team) => (None, Some(team.0), team.0),
    };
    let (name, folded_name) = (clean(&filter.name), folded(&filter.name));
    let params = params![
        filter.id.0,
        user,
        team,
        owner,
        &name,
        &folded_name,
        filter.query.as_bytes(),
        filter.version,
        filter.updated_at.as_micros(),
        filter.updated_by.0,
    ];
    Ok(tx.exec(&INSERT, params)? == 1)
}

/// Writes an edit made from the version before; false when its owner has another one of this name,
/// or it is at another version.
///
/// # Errors
/// When the store fails.
pub fn update(tx: &mut Tx<'_>, filter: &Filter, before: u32) -> Result<bool, Error> {
    let (name, folded_name) = (clean(&filter.name), folded(&filter.name));
    let params = params![
        filter.id.0,
        before,
        &name,
        &folded_name,
        filter.query.as_bytes(),
        filter.updated_at.as_micros(),
        filter.updated_by.0,
    ];
    Ok(tx.exec(&UPDATE, params)? == 1)
}

/// Deletes a filter; false when there is none of this id.
///
/// # Errors
/// When the store fails.
pub fn delete(tx: &mut Tx<'_>, id: FilterId) -> Result<bool, Error> {
    Ok(tx.exec(&DELETE, params![id.0])? == 1)
}

fn filter(row: &Row<'_>) -> Result<Filter, Error> {
    let owner = match (row.opt_id(1)?, row.opt_id(2)?) {
        (Some(user), None) => FilterOwner::User(UserId(user)),
        (None, Some(team)) => FilterOwner::Team(TeamId(team)),
        _ => return Err(read::damaged("a saved filter has no owner, or two")),
    };
    let query = String::from_utf8(row.blob(4)?)
        .map_err(|_| read::damaged("the query of a saved filter is no text"))?;
    Ok(Filter {
        id: FilterId(row.id(0)?),
        owner,
        name: row.text(3)?,
        query,
        version: read::number32(row, 5)?,
        updated_at: read::at(row, 6)?,
        updated_by: UserId(row.id(7)?),
    })
}
