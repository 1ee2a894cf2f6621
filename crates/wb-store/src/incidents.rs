//! Incidents: loading for decisions, wake-ups, and lists for views.

use std::collections::{BTreeMap, BTreeSet};

use wb_core::config::{Permission, Scope};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, ServiceId, TeamId, UserId};
use wb_core::incident::{Incident, IncidentState};
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, P, Row, Sql, Tx, id_list, sql, two};
use crate::page::{self, Page};
use crate::params;
use crate::read::{self, folded, head, text_list};
use crate::save::Loaded;

/// An incident with its number for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// The number people use.
    pub number: u64,
    /// The incident.
    pub incident: Loaded<Incident>,
}

/// Which incidents a list holds; an empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those in these states.
    pub states: BTreeSet<IncidentState>,
    /// Only those of these services.
    pub services: BTreeSet<ServiceId>,
    /// Only those of these teams.
    pub teams: BTreeSet<TeamId>,
    /// Only those of this urgency.
    pub urgency: Option<Urgency>,
    /// Only those of this severity.
    pub severity: Option<Severity>,
    /// Only those this person has.
    pub owner: Option<UserId>,
    /// Only those whose title or summary contains this, in whatever case.
    pub search: Option<String>,
}

macro_rules! select {
    ($($rest:literal),+) => {
        concat!("SELECT i.version, i.head, i.data, i.number FROM incident i ", $($rest),+)
    };
}

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
const NUMBER: Sql = sql("SELECT number FROM incident WHERE id = $1");
const NUMBERS: Sql = two(
    "SELECT id, number FROM incident WHERE id IN (SELECT unhex(value) FROM json_each($1))",
    "SELECT id, number FROM incident
      WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)",
);

macro_rules! list {
    ($drive:literal) => {
        two(
            select!(
                "WHERE ",
                $drive,
                " AND i.id < $1
                  AND ($2 IS NULL OR i.state IN (SELECT value FROM json_each($2)))
                  AND ($3 IS NULL OR i.team_id IN (SELECT unhex(value) FROM json_each($3)))
                  AND ($4 IS NULL OR i.team_id = $4)
                  AND ($5 IS NULL OR i.service_id IN (SELECT unhex(value) FROM json_each($5)))
                  AND ($6 IS NULL OR i.service_id = $6)
                  AND ($7 IS NULL OR i.urgency = $7)
                  AND ($8 IS NULL OR i.severity = $8)
                  AND ($9 IS NULL OR i.owner_id = $9)
                  AND ($10 IS NULL OR i.search LIKE $10 ESCAPE '\\')
                ORDER BY i.id DESC LIMIT $11"
            ),
            select!(
                "WHERE ",
                $drive,
                " AND i.id < $1
                  AND ($2::jsonb IS NULL
                       OR i.state IN (SELECT jsonb_array_elements_text($2::jsonb)))
                  AND ($3::jsonb IS NULL
                       OR i.team_id IN (SELECT jsonb_array_elements_text($3::jsonb)::uuid))
                  AND ($4::uuid IS NULL OR i.team_id = $4::uuid)
                  AND ($5::jsonb IS NULL
                       OR i.service_id IN (SELECT jsonb_array_elements_text($5::jsonb)::uuid))
                  AND ($6::uuid IS NULL OR i.service_id = $6::uuid)
                  AND ($7::text IS NULL OR i.urgency = $7::text)
                  AND ($8::text IS NULL OR i.severity = $8::text)
                  AND ($9::uuid IS NULL OR i.owner_id = $9::uuid)
                  AND ($10::text IS NULL OR i.search LIKE $10::text ESCAPE '\\')
                ORDER BY i.id DESC LIMIT $11"
            ),
        )
    };
}

// The condition that an index serves stands first and alone; the others only sift.
const LIST: Sql = list!("TRUE");
const LIST_OPEN: Sql = list!("i.state <> 'resolved'");
const LIST_SERVICE: Sql = list!("i.service_id = $6");
const LIST_OWNER: Sql = list!("i.owner_id = $9");
const LIST_TEAM: Sql = list!("i.team_id = $4");

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

/// The incidents the caller may read, newest first.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &IncidentFilter,
    page: Page<IncidentId>,
) -> Result<Vec<IncidentRow>, Error> {
    let teams = page::teams(scope, &filter.teams);
    let team = teams
        .as_ref()
        .filter(|t| t.len() == 1)
        .and_then(|t| t.first())
        .copied();
    let service = (filter.services.len() == 1)
        .then(|| filter.services.first().copied())
        .flatten();
    let only_open = !filter.states.is_empty() && !filter.states.contains(&IncidentState::Resolved);
    let sql = match (only_open, filter.owner, service, team) {
        (true, ..) => &LIST_OPEN,
        (_, Some(_), ..) => &LIST_OWNER,
        (_, _, Some(_), _) => &LIST_SERVICE,
        (_, _, _, Some(_)) => &LIST_TEAM,
        _ => &LIST,
    };
    let states = (!filter.states.is_empty())
        .then(|| text_list(filter.states.iter().map(|state| state.word())));
    let teams = page::ids(teams.map(|t| t.into_iter().map(|t| t.0)));
    let services = (!filter.services.is_empty()).then(|| filter.services.iter().map(|s| s.0));
    let services = page::ids(services);
    let search = filter.search.as_deref().map(pattern);
    let params = [
        P::Id(page.before(|id| id.0)),
        states.as_deref().map_or(P::Null, P::Json),
        teams.as_deref().map_or(P::Null, P::Json),
        P::from(team.map(|id| id.0)),
        services.as_deref().map_or(P::Null, P::Json),
        P::from(service.map(|id| id.0)),
        P::from(filter.urgency.map(Urgency::word)),
        P::from(filter.severity.map(Severity::word)),
        P::from(filter.owner.map(|id| id.0)),
        search.as_deref().map_or(P::Null, P::Text),
        P::Int(page.rows()),
    ];
    tx.query(sql, &params, incident_row)
}

/// A LIKE pattern for "contains", with its special characters taken literally.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
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
