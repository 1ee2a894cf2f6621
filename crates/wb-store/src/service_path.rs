//! The path of a service: what came in lately, what it became, and whom that reached. Counted in
//! the database, so that a busy service costs a row for each kind and hour, not one for each event.

use uuid::Uuid;
use wb_core::config::{ObjectId, Scope};
use wb_core::ids::{IntegrationId, ServiceId};
use wb_core::incident::IncidentState;
use wb_core::monitor;
use wb_core::time::Timestamp;

use crate::db::{Error, P, Row, Sql, Tx, sql};
use crate::read::{self, number, opt_at};
use crate::{config, params};

/// Incidents whose duration is looked at; of more, the newest.
const INCIDENTS_TIMED: u32 = 10_000;

/// Events of one kind in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What became of them.
    pub outcome: String,
    /// In which hour, counted from the beginning of the time looked at.
    pub hour: u32,
    /// How many.
    pub count: u64,
}

/// One way by which events come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The integration; that of the monitors stands for all of them.
    pub integration: IntegrationId,
    /// Its events.
    pub counts: Vec<Count>,
    /// When the last one came, be it before the time looked at; for monitors within it.
    pub last_at: Option<Timestamp>,
    /// Calls that were refused since it is there.
    pub refused: u64,
}

/// Alerts that opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// How many.
    pub count: u64,
    /// How many of them still fire.
    pub open: u64,
    /// How many incidents they belong to.
    pub incidents: u64,
}

/// Incidents that opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Incidents {
    /// How many.
    pub count: u64,
    /// How many of them nobody has.
    pub triggered: u64,
    /// How many of them somebody has.
    pub acknowledged: u64,
    /// The middle of how long the resolved ones took, in seconds; none where none is resolved.
    pub median_s: Option<u64>,
}

/// Pages about those incidents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// How many.
    pub count: u64,
    /// How many people they are for.
    pub people: u64,
    /// Their messages: each is one way to one recipient.
    pub messages: u64,
    /// Of these: tried to the end.
    pub done: u64,
    /// Of these: stopped because somebody had it.
    pub cancelled: u64,
}

/// From events to pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicePath {
    /// By which ways events came: the integrations that were asked for, then the monitors.
    pub ways: Vec<Way>,
    /// What they opened.
    pub alerts: Alerts,
    /// What these became.
    pub incidents: Incidents,
    /// Whom that reached.
    pub pages: Pages,
}

// Ids begin with the time, so a time is also a place in the index.
const EVENTS: Sql = sql(
    "SELECT outcome, (at - $3) / 3600000000, count(*), max(at) FROM signal
      WHERE integration_id = $1 AND id >= $2 AND at >= $3 GROUP BY 1, 2 ORDER BY 1, 2",
);
const EVENTS_OF_MONITORS: Sql = sql(
    "SELECT s.outcome, (s.at - $3) / 3600000000, count(*), max(s.at)
       FROM signal s JOIN alert a ON a.id = s.alert_id
      WHERE s.integration_id = $1 AND s.id >= $2 AND s.at >= $3 AND a.service_id = $4
      GROUP BY 1, 2 ORDER BY 1, 2",
);
const LAST: Sql = sql("SELECT at FROM signal WHERE integration_id = $1 ORDER BY id DESC LIMIT 1");
const REFUSED: Sql = sql("SELECT count FROM refused_counter WHERE integration_id = $1");
const ALERTS: Sql = sql(
    "SELECT count(*), count(CASE WHEN open THEN 1 END), count(DISTINCT incident_id) FROM alert
      WHERE service_id = $1 AND id >= $2 AND opened_at >= $3",
);
const INCIDENTS: Sql = sql("SELECT state, opened_at, resolved_at FROM incident
      WHERE service_id = $1 AND id >= $2 AND opened_at >= $3 ORDER BY id DESC LIMIT $4");
const PAGES: Sql = sql("SELECT count(DISTINCT o.page_id),
            count(DISTINCT CASE WHEN o.recipient_kind = 'person' THEN o.recipient_id END),
            count(*),
            count(CASE WHEN o.state = 'done' THEN 1 END),
            count(CASE WHEN o.state = 'cancelled' THEN 1 END)
       FROM incident i JOIN outbox o ON o.incident_id = i.id
      WHERE i.service_id = $1 AND i.id >= $2 AND i.opened_at >= $3");

/// The path of a service since a time, if the caller may read it; the integrations are those that
/// feed it.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn since(
    tx: &mut Tx<'_>,
    scope: &Scope,
    service: ServiceId,
    integrations: &[IntegrationId],
    from: Timestamp,
) -> Result<Option<ServicePath>, Error> {
    if !config::may_read(tx, scope, ObjectId::Service(service))? {
        return Ok(None);
    }
    let mut ways = Vec::with_capacity(integrations.len() + 1);
    for id in integrations {
        ways.push(of_integration(tx, *id, from)?);
    }
    ways.push(of_monitors(tx, service, from)?);
    Ok(Some(ServicePath {
        ways,
        alerts: alerts(tx, service, from)?,
        incidents: incidents(tx, service, from)?,
        pages: pages(tx, service, from)?,
    }))
}

/// The least id that something made then can have.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.as_millis()).unwrap_or(0);
    Uuid::from_u128(millis.min((1 << 48) - 1) << 80)
}

fn of_integration(
    tx: &mut Tx<'_>,
    integration: IntegrationId,
    from: Timestamp,
) -> Result<Way, Error> {
    let params = params![integration.0, first_id(from), from.as_micros()];
    let (counts, _) = counts(tx, &EVENTS, params)?;
    let last = tx.query_opt(&LAST, params![integration.0], |row| read::at(row, 0))?;
    let refused = tx.query_opt(&REFUSED, params![integration.0], |row| number(row, 0))?;
    Ok(Way {
        integration,
        counts,
        last_at: last,
        refused: refused.unwrap_or(0),
    })
}

fn of_monitors(tx: &mut Tx<'_>, service: ServiceId, from: Timestamp) -> Result<Way, Error> {
    let integration = monitor::INTEGRATION;
    let micros = from.as_micros();
    let params = params![integration.0, first_id(from), micros, service.0];
    let (counts, last_at) = counts(tx, &EVENTS_OF_MONITORS, params)?;
    Ok(Way {
        integration,
        counts,
        last_at,
        refused: 0,
    })
}

fn counts(
    tx: &mut Tx<'_>,
    sql: &Sql,
    params: &[P<'_>],
) -> Result<(Vec<Count>, Option<Timestamp>), Error> {
    let rows = tx.query(sql, params, |row| {
        let count = Count {
            outcome: row.text(0)?,
            hour: read::number32(row, 1)?,
            count: number(row, 2)?,
        };
        Ok((count, opt_at(row, 3)?))
    })?;
    let last = rows.iter().filter_map(|(_, at)| *at).max();
    Ok((rows.into_iter().map(|(count, _)| count).collect(), last))
}

fn alerts(tx: &mut Tx<'_>, service: ServiceId, from: Timestamp) -> Result<Alerts, Error> {
    let params = params![service.0, first_id(from), from.as_micros()];
    let found = tx.query_opt(&ALERTS, params, |row| {
        Ok(Alerts {
            count: number(row, 0)?,
            open: number(row, 1)?,
            incidents: number(row, 2)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}

fn incidents(tx: &mut Tx<'_>, service: ServiceId, from: Timestamp) -> Result<Incidents, Error> {
    let params = params![service.0, first_id(from), from.as_micros(), INCIDENTS_TIMED];
    let rows = tx.query(&INCIDENTS, params, |row: &Row<'_>| {
        let state = read::word(row, 0, IncidentState::from_word)?;
        Ok((state, read::at(row, 1)?, opt_at(row, 2)?))
    })?;
    let of = |wanted| rows.iter().filter(|(state, ..)| *state == wanted).count() as u64;
    let mut took: Vec<i64> = rows
        .iter()
        .filter_map(|(_, opened, resolved)| Some(resolved.as_ref()?.micros_since(*opened)))
        .collect();
    took.sort_unstable();
    let median = took.get(took.len().saturating_sub(1) / 2);
    Ok(Incidents {
        count: rows.len() as u64,
        triggered: of(IncidentState::Triggered),
        acknowledged: of(IncidentState::Acknowledged),
        median_s: median.map(|micros| u64::try_from(micros / 1_000_000).unwrap_or(0)),
    })
}

fn pages(tx: &mut Tx<'_>, service: ServiceId, from: Timestamp) -> Result<Pages, Error> {
    let params = params![service.0, first_id(from), from.as_micros()];
    let found = tx.query_opt(&PAGES, params, |row| {
        Ok(Pages {
            count: number(row, 0)?,
            people: number(row, 1)?,
            messages: number(row, 2)?,
            done: number(row, 3)?,
            cancelled: number(row, 4)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}
