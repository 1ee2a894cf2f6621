//! Alerts: loading for decisions, and lists for views.

use std::collections::{BTreeMap, BTreeSet};

use wb_core::alert::Alert;
use wb_core::config::{Permission, Scope};
use wb_core::ids::{AlertId, IncidentId, IntegrationId, ServiceId, TeamId};
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page::{self, Page};
use crate::params;
use crate::read::{clean, head, number, opt_at, text_list};
use crate::save::Loaded;

/// An alert with its counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// The alert.
    pub alert: Loaded<Alert>,
    /// How many signals it has had.
    pub count: u64,
    /// When the last one came; none before the first was counted.
    pub last_seen: Option<Timestamp>,
}

/// Which alerts a list holds; an empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Only open ones, or only resolved ones.
    pub open: Option<bool>,
    /// Only those of these teams.
    pub teams: BTreeSet<TeamId>,
    /// Only those of this service.
    pub service: Option<ServiceId>,
    /// Only those of this integration.
    pub integration: Option<IntegrationId>,
    /// Only those of this incident.
    pub incident: Option<IncidentId>,
}

macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "SELECT a.version, a.head, a.state, coalesce(c.count, 0), c.last_seen
               FROM alert a LEFT JOIN alert_counter c ON c.alert_id = a.id ",
            $($rest),+
        )
    };
}

macro_rules! open_by_keys {
    ($lock:literal) => {
        two(
            "SELECT a.version, a.head, a.state, coalesce(c.count, 0), c.last_seen
               FROM json_each($1) k
               JOIN alert a ON a.integration_id = unhex(k.value ->> 'i')
                AND a.dedup_key = k.value ->> 'k' AND a.open
               LEFT JOIN alert_counter c ON c.alert_id = a.id
              ORDER BY a.id",
            concat!(
                "SELECT a.version, a.head, a.state, coalesce(c.count, 0), c.last_seen
                   FROM jsonb_to_recordset($1::jsonb) AS k(i uuid, k text)
                   JOIN alert a ON a.integration_id = k.i AND a.dedup_key = k.k AND a.open
                   LEFT JOIN alert_counter c ON c.alert_id = a.id
                  ORDER BY a.id",
                $lock
            ),
        )
    };
}

const OPEN_BY_KEYS: Sql = open_by_keys!("");
const OPEN_BY_KEYS_LOCKED: Sql = open_by_keys!(" FOR UPDATE OF a");

const BY_ID: Sql = sql(select!("WHERE a.id = $1"));
const BY_ID_LOCKED: Sql = two(
    select!("WHERE a.id = $1"),
    select!("WHERE a.id = $1 FOR UPDATE OF a"),
);
const OF_INCIDENT: Sql = sql(select!("WHERE a.incident_id = $1 ORDER BY a.id LIMIT $2"));
const ALL_OF_INCIDENT: Sql = two(
    select!("WHERE a.incident_id = $1 ORDER BY a.id"),
    select!("WHERE a.incident_id = $1 ORDER BY a.id FOR UPDATE OF a"),
);
const OPEN_OF_INCIDENT: Sql = two(
    select!("WHERE a.incident_id = $1 AND a.open ORDER BY a.id"),
    select!("WHERE a.incident_id = $1 AND a.open ORDER BY a.id FOR UPDATE OF a"),
);

macro_rules! list {
    ($drive:literal) => {
        two(
            select!(
                "WHERE ",
                $drive,
                " AND a.id < $1
                  AND ($2 IS NULL OR a.team_id IN (SELECT unhex(value) FROM json_each($2)))
                  AND ($3 IS NULL OR a.service_id = $3)
                  AND ($4 IS NULL OR a.integration_id = $4)
                  AND ($5 IS NULL OR a.open = $5)
                  AND ($6 IS NULL OR a.incident_id = $6)
                ORDER BY a.id DESC LIMIT $7"
            ),
            select!(
                "WHERE ",
                $drive,
                " AND a.id < $1
                  AND ($2::jsonb IS NULL
                       OR a.team_id IN (SELECT jsonb_array_elements_text($2::jsonb)::uuid))
                  AND ($3::uuid IS NULL OR a.service_id = $3::uuid)
                  AND ($4::uuid IS NULL OR a.integration_id = $4::uuid)
                  AND ($5::boolean IS NULL OR a.open = $5::boolean)
                  AND ($6::uuid IS NULL OR a.incident_id = $6::uuid)
                ORDER BY a.id DESC LIMIT $7"
            ),
        )
    };
}

// The condition that an index serves stands first and alone; the others only sift.
const LIST: Sql = list!("TRUE");
const LIST_OPEN: Sql = list!("a.open");
const LIST_INCIDENT: Sql = list!("a.incident_id = $6");
const LIST_SERVICE: Sql = list!("a.service_id = $3");
const LIST_INTEGRATION: Sql = list!("a.integration_id = $4");

const INCIDENTS_OF_KEYS: Sql = two(
    "SELECT dedup_key, incident_id FROM alert
      WHERE service_id = $1 AND id >= $2 AND integration_id = $3
        AND dedup_key IN (SELECT value FROM json_each($4)) ORDER BY id",
    "SELECT dedup_key, incident_id FROM alert
      WHERE service_id = $1 AND id >= $2 AND integration_id = $3
        AND dedup_key IN (SELECT jsonb_array_elements_text($4::jsonb)) ORDER BY id",
);

/// The open alerts of these keys, in one query. In a write on PostgreSQL they stay locked until the
/// commit.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn open_by_keys(
    tx: &mut Tx<'_>,
    keys: &[(IntegrationId, String)],
) -> Result<BTreeMap<(IntegrationId, String), AlertRow>, Error> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted: BTreeMap<_, _> = keys
        .iter()
        .map(|key| ((key.0, clean(&key.1)), key))
        .collect();
    let list: serde_json::Value = wanted
        .keys()
        .map(|(integration, key)| {
            serde_json::json!({ "i": integration.0.simple().to_string(), "k": key })
        })
        .collect();
    let sql = if tx.is_read_only() {
        &OPEN_BY_KEYS
    } else {
        &OPEN_BY_KEYS_LOCKED
    };
    let rows = tx.query(sql, &[P::Json(&list.to_string())], alert_row)?;
    let mut found = BTreeMap::new();
    for row in rows {
        let state = &row.alert.state;
        if let Some(key) = wanted.get(&(state.integration, clean(&state.event.dedup_key))) {
            found.insert((*key).clone(), row);
        }
    }
    Ok(found)
}

/// One alert. In a write on PostgreSQL it stays locked until the commit.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn load(tx: &mut Tx<'_>, id: AlertId) -> Result<Option<Loaded<Alert>>, Error> {
    let sql = if tx.is_read_only() {
        &BY_ID
    } else {
        &BY_ID_LOCKED
    };
    Ok(tx
        .query_opt(sql, params![id.0], alert_row)?
        .map(|row| row.alert))
}

/// The open alerts of an incident, for a decision that ends them; locked on PostgreSQL.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn open_of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<AlertRow>, Error> {
    tx.query(&OPEN_OF_INCIDENT, params![incident.0], alert_row)
}

/// All alerts of an incident, for a decision that moves them; locked on PostgreSQL.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn all_of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<AlertRow>, Error> {
    tx.query(&ALL_OF_INCIDENT, params![incident.0], alert_row)
}

/// The alerts of an incident, oldest first: for the program's own work.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn of_incident(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    limit: u32,
) -> Result<Vec<Loaded<Alert>>, Error> {
    let rows = tx.query(&OF_INCIDENT, params![incident.0, limit], alert_row)?;
    Ok(rows.into_iter().map(|row| row.alert).collect())
}

/// One alert, if the caller may read it.
///
/// # Errors
/// When the store fails or the row is damaged.
pub fn get(tx: &mut Tx<'_>, scope: &Scope, id: AlertId) -> Result<Option<AlertRow>, Error> {
    let row = tx.query_opt(&BY_ID, params![id.0], alert_row)?;
    Ok(row.filter(|row| scope.allows(Permission::Read, row.alert.state.team)))
}

/// The alerts the caller may read, newest first.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &AlertFilter,
    page: Page<AlertId>,
) -> Result<Vec<AlertRow>, Error> {
    let sql = match filter {
        AlertFilter {
            incident: Some(_), ..
        } => &LIST_INCIDENT,
        AlertFilter {
            open: Some(true), ..
        } => &LIST_OPEN,
        AlertFilter {
            service: Some(_), ..
        } => &LIST_SERVICE,
        AlertFilter {
            integration: Some(_),
            ..
        } => &LIST_INTEGRATION,
        _ => &LIST,
    };
    let teams = page::ids(page::teams(scope, &filter.teams).map(|t| t.into_iter().map(|t| t.0)));
    let params = [
        P::Id(page.before(|id| id.0)),
        teams.as_deref().map_or(P::Null, P::Json),
        P::from(filter.service.map(|id| id.0)),
        P::from(filter.integration.map(|id| id.0)),
        P::from(filter.open),
        P::from(filter.incident.map(|id| id.0)),
        P::Int(page.rows()),
    ];
    tx.query(sql, &params, alert_row)
}

/// The incidents of a service's alerts of one integration with these dedup keys that opened at
/// `since` or later, by dedup key. Whether the caller may read the service is asked before.
///
/// # Errors
/// When the store fails.
pub fn incidents_of_keys(
    tx: &mut Tx<'_>,
    (service, integration): (ServiceId, IntegrationId),
    keys: &[String],
    since: Timestamp,
) -> Result<BTreeMap<String, IncidentId>, Error> {
    // Ids begin with the time, so those from then on are one range of the index.
    let millis = u64::try_from(since.as_millis()).unwrap_or(0);
    let first = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let keys = text_list(keys.iter().map(String::as_str));
    let params = [
        P::Id(service.0),
        P::Id(first),
        P::Id(integration.0),
        P::Json(&keys),
    ];
    let found = tx.query(&INCIDENTS_OF_KEYS, &params, |row| {
        Ok((row.text(0)?, IncidentId(row.id(1)?)))
    })?;
    Ok(found.into_iter().collect())
}

fn alert_row(row: &Row<'_>) -> Result<AlertRow, Error> {
    let state = codec::decode_alert(&row.blob(2)?)?;
    let alert = Loaded {
        state,
        head: head(row, 0)?,
    };
    Ok(AlertRow {
        alert,
        count: number(row, 3)?,
        last_seen: opt_at(row, 4)?,
    })
}
