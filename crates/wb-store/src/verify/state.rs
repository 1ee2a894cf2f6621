//! Comparing a folded state with its row.

use wb_core::alert::Alert;
use wb_core::config::ObjectId;
use wb_core::ids::{AlertId, GroupId, IncidentId};
use wb_core::incident::Incident;
use wb_core::monitor::Group;

use super::{Finding, Folded};
use crate::codec::{self, CodecError};
use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read::{self, clean};
use crate::save::Head;

const ALERT: Sql = sql("SELECT version, head, state FROM alert WHERE id = $1");
const ALERT_COLUMNS: Sql = sql("SELECT count(*) FROM alert
      WHERE id = $1 AND integration_id = $2 AND dedup_key = $3 AND service_id = $4
        AND team_id = $5 AND incident_id = $6 AND open = $7 AND severity = $8 AND opened_at = $9
        AND resolved_at IS NOT DISTINCT FROM $10");
const INCIDENT: Sql = sql("SELECT version, head, data FROM incident WHERE id = $1");
const INCIDENT_COLUMNS: Sql = sql("SELECT count(*) FROM incident
      WHERE id = $1 AND service_id = $2 AND team_id = $3 AND state = $4 AND severity = $5
        AND urgency = $6 AND owner_id IS NOT DISTINCT FROM $7 AND opened_at = $8
        AND updated_at = $9 AND resolved_at IS NOT DISTINCT FROM $10
        AND wake_at IS NOT DISTINCT FROM $11");
const GROUP: Sql = sql("SELECT version, head, state FROM monitor_group WHERE id = $1");
const GROUP_COLUMNS: Sql =
    sql("SELECT count(*) FROM monitor_group WHERE id = $1 AND monitor_id = $2 AND active = $3");
const OBJECT: Sql =
    sql("SELECT version, head, body, deleted FROM config_object WHERE kind = $1 AND id = $2");

/// A row as far as every aggregate has it.
struct Stored {
    head: Head,
    bytes: Vec<u8>,
}

pub(super) fn alert(
    tx: &mut Tx<'_>,
    id: AlertId,
    head: Head,
    folded: Option<Folded<Alert>>,
) -> Result<Vec<Finding>, Error> {
    let Some(stored) = tx.query_opt(&ALERT, params![id.0], stored)? else {
        return Ok(vec![Finding::RowMissing]);
    };
    let mut findings = differing_head(&stored, head);
    let Some(folded) = folded else {
        return Ok(findings);
    };
    let same = match folded.erased {
        false => codec::is_alert(&stored.bytes, &folded.state),
        true => codec::decode_alert(&stored.bytes).map(|mut state| {
            state.event = codec::blank_event();
            state == folded.state
        }),
    };
    if !is_same(same) {
        findings.push(Finding::StateDiffers);
        return Ok(findings);
    }
    // The key of an erased event is still in the row, because it may still be open.
    let state = &folded.state;
    let key = clean(&codec::decode_alert(&stored.bytes)?.event.dedup_key);
    let params = params![
        id.0,
        state.integration.0,
        &key,
        state.service.0,
        state.team.0,
        state.incident.0,
        state.is_open(),
        state.severity.word(),
        state.opened_at.as_micros(),
        state.resolved_at.map(|at| at.as_micros()),
    ];
    if tx.query_one(&ALERT_COLUMNS, params, |row| row.i64(0))? != 1 {
        findings.push(Finding::ColumnsDiffer);
    }
    Ok(findings)
}

pub(super) fn incident(
    tx: &mut Tx<'_>,
    id: IncidentId,
    head: Head,
    folded: Option<Folded<Incident>>,
) -> Result<Vec<Finding>, Error> {
    let Some(stored) = tx.query_opt(&INCIDENT, params![id.0], stored)? else {
        return Ok(vec![Finding::RowMissing]);
    };
    let mut findings = differing_head(&stored, head);
    let Some(folded) = folded else {
        return Ok(findings);
    };
    let same = match folded.erased {
        false => codec::is_incident(&stored.bytes, &folded.state),
        true => codec::decode_incident(&stored.bytes).map(|mut state| {
            state.title.clear();
            state.summary.clear();
            state == folded.state
        }),
    };
    if !is_same(same) {
        findings.push(Finding::StateDiffers);
    }
    let state = &folded.state;
    let params = params![
        id.0,
        state.service.0,
        state.team.0,
        state.state.word(),
        state.severity.word(),
        state.urgency.word(),
        state.owner.map(|id| id.0),
        state.opened_at.as_micros(),
        state.updated_at.as_micros(),
        state.resolved_at.map(|at| at.as_micros()),
        state.wake_at().map(|at| at.as_micros()),
    ];
    if tx.query_one(&INCIDENT_COLUMNS, params, |row| row.i64(0))? != 1 {
        findings.push(Finding::ColumnsDiffer);
    }
    Ok(findings)
}

pub(super) fn group(
    tx: &mut Tx<'_>,
    id: GroupId,
    head: Head,
    folded: Option<Folded<Group>>,
) -> Result<Vec<Finding>, Error> {
    let Some(stored) = tx.query_opt(&GROUP, params![id.0], stored)? else {
        return Ok(vec![Finding::RowMissing]);
    };
    let mut findings = differing_head(&stored, head);
    let Some(Folded { state, .. }) = folded else {
        return Ok(findings);
    };
    if !is_same(codec::is_group(&stored.bytes, &state)) {
        findings.push(Finding::StateDiffers);
    }
    let params = params![id.0, state.monitor.0, state.is_active()];
    if tx.query_one(&GROUP_COLUMNS, params, |row| row.i64(0))? != 1 {
        findings.push(Finding::ColumnsDiffer);
    }
    Ok(findings)
}

/// Compares an object's row with the text of its newest change; an erased text is not compared.
pub(super) fn object(
    tx: &mut Tx<'_>,
    id: ObjectId,
    head: Head,
    deleted: bool,
    body: Option<&[u8]>,
) -> Result<Vec<Finding>, Error> {
    let found = tx.query_opt(&OBJECT, params![id.kind(), id.uuid()], |row| {
        Ok((stored(row)?, row.bool(3)?))
    })?;
    let Some((stored, row_deleted)) = found else {
        return Ok(vec![Finding::RowMissing]);
    };
    let mut findings = differing_head(&stored, head);
    if body.is_some_and(|body| body != stored.bytes) {
        findings.push(Finding::StateDiffers);
    }
    if row_deleted != deleted {
        findings.push(Finding::ColumnsDiffer);
    }
    Ok(findings)
}

fn differing_head(stored: &Stored, head: Head) -> Vec<Finding> {
    if stored.head == head {
        Vec::new()
    } else {
        vec![Finding::HeadDiffers]
    }
}

/// A state that cannot be read is not the same.
fn is_same(compared: Result<bool, CodecError>) -> bool {
    compared.unwrap_or(false)
}

fn stored(row: &Row<'_>) -> Result<Stored, Error> {
    Ok(Stored {
        head: read::head(row, 0)?,
        bytes: row.blob(2)?,
    })
}
