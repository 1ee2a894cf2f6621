//! Incidents: loading for decisions, wake-ups, and lists for views.

mod list;

use std::collections::BTreeMap;

use wb_core::config::{Permission, Scope};
use wb_core::ids::IncidentId;
use wb_core::incident::Incident;
use wb_core::time::Timestamp;

pub use list::{Counted, IncidentFilter, list, summary};

use crate::codec;
use crate::db::{Error, P, Row, Sql, Tx, id_list, sql, two};
use crate::params;
use crate::read::{self, head};
use crate::save::Loaded;

/// An incident with its number for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// The number people use.
    pub number: u64,
    /// The incident.
    pub incident: Loaded<Incident>,
}

macro_rules! select {
    ($($rest:literal),+) => {
        concat!("SELECT i.version, i.head, i.data, i.number FROM incident i ", $($rest),+)
    };
}
use select;

const BY_ID: Sql = sql(select!("WHERE i.id = $1"));
const BY_ID_LOCKED: Sql = two(
    select!("WHERE i.id = $1"),
    select!("WHERE i.id = $1 FOR UPDATE"),
);
const BY_IDS: Sql = two(
    select!("WHERE i.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY i.id"),
    select!("WHERE i.id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY i.id"),
);
const BY_IDS_LOCKED: Sql = two(
    select!("WHERE i.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY i.id"),
    select!(
        "WHERE i.id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY i.id
           FOR UPDATE"
    ),
);
const BY_NUMBER: Sql = sql(select!("WHERE i.number = $1"));
const DUE: Sql = sql(
    "SELECT id FROM incident WHERE wake_at IS NOT NULL AND wake_at <= $1
      ORDER BY wake_at, id LIMIT $2",
);
const NEXT_WAKE: Sql = sql("SELECT min(wake_at) FROM incident WHERE wake_at > $1");
const WAKE: Sql = sql("UPDATE incident SET wake_at = $2 WHERE id = $1");
const NUMBER: Sql = sql("SELECT number FROM incident WHERE id = $1");
const NUMBERS: Sql = two(
    "SELECT id, number FROM incident WHERE id IN (SELECT unhex(value) FROM json_each($1))",
    "SELECT id, number FROM incident
      WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)",
);

/// One incident for a decision. In a write on PostgreSQL it stays locked until the commit.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn load(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Loaded<Incident>>, Error> {
    let sql = if tx.is_read_only() {
        &BY_ID
    } else {
        &BY_ID_LOCKED
    };
    Ok(tx
        .query_opt(sql, params![id.0], incident_row)?
        .map(|row| row.incident))
}

/// Several incidents, in the order of their ids. In a write on PostgreSQL they stay locked until
/// the commit.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn load_many(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<Vec<Loaded<Incident>>, Error> {
    let sql = if tx.is_read_only() {
        &BY_IDS
    } else {
        &BY_IDS_LOCKED
    };
    let rows = tx.query(sql, &[P::Json(&uuids(ids))], incident_row)?;
    Ok(rows.into_iter().map(|row| row.incident).collect())
}

/// The incidents whose wake-up is due, the longest due first.
///
/// # Errors
/// When the store fails.
pub fn due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<IncidentId>, Error> {
    tx.query(&DUE, params![now.as_micros(), limit], |row| {
        row.id(0).map(IncidentId)
    })
}

/// When the first wake-up of any incident after `now` is due.
///
/// # Errors
/// When the store fails.
pub fn next_wake(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    tx.query_one(&NEXT_WAKE, params![now.as_micros()], |row| {
        read::opt_at(row, 0)
    })
}

/// Saves when an incident wakes by itself: what [`wb_core::planted::Bug::WakeUpApart`] does wrong.
///
/// # Errors
/// When the store fails.
pub fn wake_apart(tx: &mut Tx<'_>, id: IncidentId) -> Result<(), Error> {
    let wake_at = load(tx, id)?.and_then(|loaded| loaded.state.wake_at());
    let wake_us = wake_at.map(|at| at.as_micros());
    tx.exec(&WAKE, params![id.0, wake_us]).map(drop)
}

/// One incident, if the caller may read it.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn get(tx: &mut Tx<'_>, scope: &Scope, id: IncidentId) -> Result<Option<IncidentRow>, Error> {
    Ok(tx
        .query_opt(&BY_ID, params![id.0], incident_row)?
        .filter(|row| readable(scope, row)))
}

/// The incident of a number, if the caller may read it.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn by_number(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: u64,
) -> Result<Option<IncidentRow>, Error> {
    let found = tx.query_opt(&BY_NUMBER, params![read::int(number)], incident_row)?;
    Ok(found.filter(|row| readable(scope, row)))
}

/// The number of an incident.
///
/// # Errors
/// When the store fails.
pub fn number(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<u64>, Error> {
    tx.query_opt(&NUMBER, params![id.0], |row| read::number(row, 0))
}

/// The numbers of incidents; ids that are gone are left out.
///
/// # Errors
/// When the store fails.
pub fn numbers(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<BTreeMap<IncidentId, u64>, Error> {
    let rows = tx.query(&NUMBERS, &[P::Json(&uuids(ids))], |row| {
        Ok((IncidentId(row.id(0)?), read::number(row, 1)?))
    })?;
    Ok(rows.into_iter().collect())
}

fn readable(scope: &Scope, row: &IncidentRow) -> bool {
    scope.allows(Permission::Read, row.incident.state.team)
}

fn uuids(ids: &[IncidentId]) -> String {
    id_list(&ids.iter().map(|id| id.0).collect::<Vec<_>>())
}

fn incident_row(row: &Row<'_>) -> Result<IncidentRow, Error> {
    let state = codec::decode_incident(&row.blob(2)?)?;
    let incident = Loaded {
        state,
        head: head(row, 0)?,
    };
    Ok(IncidentRow {
        number: read::number(row, 3)?,
        incident,
    })
}
