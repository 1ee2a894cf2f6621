//! Signals: what was received, and what became of it.

use wb_core::chain::Hash;
use wb_core::config::{ObjectId, Scope};
use wb_core::ids::{AlertId, IncidentId, IntegrationId, SignalId};
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql};
use crate::page::Page;
use crate::read;
use crate::{alerts, config, params};

/// A stored signal, without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Its id.
    pub id: SignalId,
    /// Through which integration it came.
    pub integration: IntegrationId,
    /// When.
    pub at: Timestamp,
    /// The content hash of its payload.
    pub payload_hash: Hash,
    /// What the sender said the payload is.
    pub content_type: Option<String>,
    /// What its event asked for.
    pub action: Option<String>,
    /// Its event's key.
    pub dedup_key: Option<String>,
    /// What became of it.
    pub outcome: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The alert it concerned.
    pub alert: Option<AlertId>,
    /// The incident it concerned.
    pub incident: Option<IncidentId>,
    /// The configuration it was decided by.
    pub config_epoch: i64,
    /// The version of the deciders.
    pub decider_version: u32,
    /// The sender's address.
    pub remote: Option<String>,
}

/// A stored signal with what was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The signal.
    pub signal: Signal,
    /// The received bytes; none once they have expired.
    pub payload: Option<Vec<u8>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, integration_id, at, payload_hash, content_type, action, dedup_key, outcome,
                    reason, alert_id, incident_id, config_epoch, decider_version, remote
               FROM signal ",
            $rest
        )
    };
}

const OF_INTEGRATION: Sql = sql(select!(
    "WHERE integration_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
));
const OF_ALERT: Sql = sql(select!(
    "WHERE alert_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
));
const BY_ID: Sql = sql(select!("WHERE id = $1"));
const PAYLOAD: Sql = sql("SELECT bytes FROM payload WHERE hash = $1");

/// The signals of an integration, newest first, if the caller may read it.
///
/// # Errors
/// When the store fails.
pub fn of_integration(
    tx: &mut Tx<'_>,
    scope: &Scope,
    integration: IntegrationId,
    page: Page<SignalId>,
) -> Result<Vec<Signal>, Error> {
    if !config::may_read(tx, scope, ObjectId::Integration(integration))? {
        return Ok(Vec::new());
    }
    let params = params![integration.0, page.before(|id| id.0), page.rows()];
    tx.query(&OF_INTEGRATION, params, signal)
}

/// The signals of an alert, newest first, if the caller may read it.
///
/// # Errors
/// When the store fails.
pub fn of_alert(
    tx: &mut Tx<'_>,
    scope: &Scope,
    alert: AlertId,
    page: Page<SignalId>,
) -> Result<Vec<Signal>, Error> {
    if alerts::get(tx, scope, alert)?.is_none() {
        return Ok(Vec::new());
    }
    tx.query(
        &OF_ALERT,
        params![alert.0, page.before(|id| id.0), page.rows()],
        signal,
    )
}

/// One signal with what was received, if the caller may read its integration or its alert.
///
/// # Errors
/// When the store fails.
pub fn get(tx: &mut Tx<'_>, scope: &Scope, id: SignalId) -> Result<Option<Received>, Error> {
    let Some(signal) = tx.query_opt(&BY_ID, params![id.0], signal)? else {
        return Ok(None);
    };
    let of_alert = match signal.alert {
        Some(alert) => alerts::get(tx, scope, alert)?.is_some(),
        None => false,
    };
    if !of_alert && !config::may_read(tx, scope, ObjectId::Integration(signal.integration))? {
        return Ok(None);
    }
    let payload = tx.query_opt(&PAYLOAD, params![&signal.payload_hash], |row| row.blob(0))?;
    Ok(Some(Received { signal, payload }))
}

fn signal(row: &Row<'_>) -> Result<Signal, Error> {
    Ok(Signal {
        id: SignalId(row.id(0)?),
        integration: IntegrationId(row.id(1)?),
        at: read::at(row, 2)?,
        payload_hash: read::hash(row, 3)?,
        content_type: row.opt_text(4)?,
        action: row.opt_text(5)?,
        dedup_key: row.opt_text(6)?,
        outcome: row.text(7)?,
        reason: row.opt_text(8)?,
        alert: row.opt_id(9)?.map(AlertId),
        incident: row.opt_id(10)?.map(IncidentId),
        config_epoch: row.i64(11)?,
        decider_version: read::number32(row, 12)?,
        remote: row.opt_text(13)?,
    })
}
