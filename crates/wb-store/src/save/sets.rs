//! The statements of the unit of work, and the rows they take.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use wb_core::DECIDER_VERSION;
use wb_core::alert::Alert;
use wb_core::chain::Hash;
use wb_core::incident::Incident;
use wb_core::monitor::Group;
use wb_core::planted::{self, Bug};

use super::{Head, SignalRow};
use crate::db::{Error, SetSql, Sql, Tx, Value, set, sql};
use crate::read::{clean, folded, int};
use crate::{params, row};

pub(super) const PUT_INPUT: SetSql = set(
    &[
        "id",
        "kind",
        "at",
        "actor",
        "stream",
        "config_epoch",
        "decider_version",
        "body",
    ],
    "INSERT INTO input (id, kind, at, actor, stream, config_epoch, decider_version, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "INSERT INTO input (id, kind, at, actor, stream, config_epoch, decider_version, body)
     SELECT t.id, t.kind, t.at, t.actor, t.stream, t.config_epoch, t.decider_version,
            decode(t.body, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, kind text, at bigint, actor text,
            stream text, config_epoch bigint, decider_version bigint, body text)",
);

/// Payloads up to this many bytes go in one set; larger ones one by one, because a set carries
/// bytes as hexadecimal text.
const PAYLOAD_SET_BYTES: usize = 16_384;

// The conflicting row is locked even where it is not changed, so that the retention of payloads
// cannot take it away under a new signal; `at` moves at most once a day.
const PUT_PAYLOADS: SetSql = set(
    &["hash", "bytes", "size", "at"],
    "INSERT INTO payload (hash, bytes, size, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (hash) DO UPDATE SET at = excluded.at
      WHERE payload.at < excluded.at - 86400000000",
    "INSERT INTO payload (hash, bytes, size, at)
     SELECT decode(t.hash, 'hex'), decode(t.bytes, 'hex'), t.size, t.at
       FROM jsonb_to_recordset($1::jsonb) AS t(hash text, bytes text, size bigint, at bigint)
     ON CONFLICT (hash) DO UPDATE SET at = excluded.at
      WHERE payload.at < excluded.at - 86400000000",
);
const PUT_PAYLOAD: Sql = sql(
    "INSERT INTO payload (hash, bytes, size, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (hash) DO UPDATE SET at = excluded.at
      WHERE payload.at < excluded.at - 86400000000",
);

pub(super) const PUT_SIGNAL: SetSql = set(
    &[
        "id",
        "integration_id",
        "at",
        "payload_hash",
        "content_type",
        "action",
        "dedup_key",
        "outcome",
        "reason",
        "alert_id",
        "incident_id",
        "config_epoch",
        "decider_version",
        "remote",
    ],
    "INSERT INTO signal (id, integration_id, at, payload_hash, content_type, action, dedup_key,
            outcome, reason, alert_id, incident_id, config_epoch, decider_version, remote)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    "INSERT INTO signal (id, integration_id, at, payload_hash, content_type, action, dedup_key,
            outcome, reason, alert_id, incident_id, config_epoch, decider_version, remote)
     SELECT t.id, t.integration_id, t.at, decode(t.payload_hash, 'hex'), t.content_type, t.action,
            t.dedup_key, t.outcome, t.reason, t.alert_id, t.incident_id, t.config_epoch,
            t.decider_version, t.remote
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, integration_id uuid, at bigint,
            payload_hash text, content_type text, action text, dedup_key text, outcome text,
            reason text, alert_id uuid, incident_id uuid, config_epoch bigint,
            decider_version bigint, remote text)",
);

// An open alert with the same key is no error but a lost race: nothing is inserted, and the count
// of rows tells.
pub(super) const INSERT_ALERT: SetSql = set(
    &[
        "id",
        "version",
        "head",
        "integration_id",
        "dedup_key",
        "service_id",
        "team_id",
        "incident_id",
        "open",
        "severity",
        "opened_at",
        "resolved_at",
        "state",
    ],
    "INSERT INTO alert (id, version, head, integration_id, dedup_key, service_id, team_id,
            incident_id, open, severity, opened_at, resolved_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (integration_id, dedup_key) WHERE open DO NOTHING",
    "INSERT INTO alert (id, version, head, integration_id, dedup_key, service_id, team_id,
            incident_id, open, severity, opened_at, resolved_at, state)
     SELECT t.id, t.version, decode(t.head, 'hex'), t.integration_id, t.dedup_key, t.service_id,
            t.team_id, t.incident_id, t.open, t.severity, t.opened_at, t.resolved_at,
            decode(t.state, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, version bigint, head text,
            integration_id uuid, dedup_key text, service_id uuid, team_id uuid, incident_id uuid,
            open boolean, severity text, opened_at bigint, resolved_at bigint, state text)
     ON CONFLICT (integration_id, dedup_key) WHERE open DO NOTHING",
);

pub(super) const UPDATE_ALERT: SetSql = set(
    &[
        "id",
        "before",
        "version",
        "head",
        "incident_id",
        "open",
        "severity",
        "resolved_at",
        "state",
    ],
    "UPDATE alert SET version = $3, head = $4, incident_id = $5, open = $6, severity = $7,
            resolved_at = $8, state = $9
      WHERE id = $1 AND version = $2",
    "UPDATE alert SET version = t.version, head = decode(t.head, 'hex'),
            incident_id = t.incident_id, open = t.open, severity = t.severity,
            resolved_at = t.resolved_at, state = decode(t.state, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, before bigint, version bigint, head text,
            incident_id uuid, open boolean, severity text, resolved_at bigint, state text)
      WHERE alert.id = t.id AND alert.version = t.before",
);

// As with alerts: a group that another node made first is a lost race.
pub(super) const INSERT_GROUP: SetSql = set(
    &["id", "version", "head", "monitor_id", "active", "state"],
    "INSERT INTO monitor_group (id, version, head, monitor_id, active, state)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO monitor_group (id, version, head, monitor_id, active, state)
     SELECT t.id, t.version, decode(t.head, 'hex'), t.monitor_id, t.active, decode(t.state, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, version bigint, head text,
            monitor_id uuid, active boolean, state text)
     ON CONFLICT (id) DO NOTHING",
);

pub(super) const UPDATE_GROUP: SetSql = set(
    &["id", "before", "version", "head", "active", "state"],
    "UPDATE monitor_group SET version = $3, head = $4, active = $5, state = $6
      WHERE id = $1 AND version = $2",
    "UPDATE monitor_group SET version = t.version, head = decode(t.head, 'hex'),
            active = t.active, state = decode(t.state, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, before bigint, version bigint, head text,
            active boolean, state text)
      WHERE monitor_group.id = t.id AND monitor_group.version = t.before",
);

pub(super) const COUNT_ALERT: SetSql = set(
    &["alert_id", "count", "last_seen"],
    "INSERT INTO alert_counter (alert_id, count, last_seen) VALUES ($1, $2, $3)
     ON CONFLICT (alert_id) DO UPDATE SET count = alert_counter.count + excluded.count,
            last_seen = max(alert_counter.last_seen, excluded.last_seen)",
    "INSERT INTO alert_counter (alert_id, count, last_seen)
     SELECT t.alert_id, t.count, t.last_seen
       FROM jsonb_to_recordset($1::jsonb) AS t(alert_id uuid, count bigint, last_seen bigint)
     ON CONFLICT (alert_id) DO UPDATE SET count = alert_counter.count + excluded.count,
            last_seen = greatest(alert_counter.last_seen, excluded.last_seen)",
);

pub(super) const INSERT_INCIDENT: SetSql = set(
    &[
        "id",
        "version",
        "head",
        "service_id",
        "team_id",
        "state",
        "severity",
        "urgency",
        "owner_id",
        "opened_at",
        "updated_at",
        "resolved_at",
        "wake_at",
        "search",
        "data",
    ],
    "INSERT INTO incident (id, version, head, service_id, team_id, state, severity, urgency,
            owner_id, opened_at, updated_at, resolved_at, wake_at, search, data, number)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
            (SELECT coalesce(max(number), 0) + 1 FROM incident))",
    "INSERT INTO incident (id, version, head, service_id, team_id, state, severity, urgency,
            owner_id, opened_at, updated_at, resolved_at, wake_at, search, data)
     SELECT t.id, t.version, decode(t.head, 'hex'), t.service_id, t.team_id, t.state, t.severity,
            t.urgency, t.owner_id, t.opened_at, t.updated_at, t.resolved_at, t.wake_at, t.search,
            decode(t.data, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, version bigint, head text,
            service_id uuid, team_id uuid, state text, severity text, urgency text, owner_id uuid,
            opened_at bigint, updated_at bigint, resolved_at bigint, wake_at bigint, search text,
            data text)
      ORDER BY t.id",
);

pub(super) const UPDATE_INCIDENT: SetSql = set(
    &[
        "id",
        "before",
        "version",
        "head",
        "state",
        "severity",
        "urgency",
        "owner_id",
        "updated_at",
        "resolved_at",
        "wake_at",
        "data",
    ],
    "UPDATE incident SET version = $3, head = $4, state = $5, severity = $6, urgency = $7,
            owner_id = $8, updated_at = $9, resolved_at = $10, wake_at = $11, data = $12
      WHERE id = $1 AND version = $2",
    "UPDATE incident SET version = t.version, head = decode(t.head, 'hex'), state = t.state,
            severity = t.severity, urgency = t.urgency, owner_id = t.owner_id,
            updated_at = t.updated_at, resolved_at = t.resolved_at, wake_at = t.wake_at,
            data = decode(t.data, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, before bigint, version bigint, head text,
            state text, severity text, urgency text, owner_id uuid, updated_at bigint,
            resolved_at bigint, wake_at bigint, data text)
      WHERE incident.id = t.id AND incident.version = t.before",
);

pub(super) const PUT_FACT: SetSql = set(
    &[
        "stream",
        "seq",
        "at",
        "actor",
        "kind",
        "body",
        "prev_hash",
        "hash",
    ],
    "INSERT INTO fact (stream, seq, at, actor, kind, body, prev_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "INSERT INTO fact (stream, seq, at, actor, kind, body, prev_hash, hash)
     SELECT t.stream, t.seq, t.at, t.actor, t.kind, decode(t.body, 'hex'),
            decode(t.prev_hash, 'hex'), decode(t.hash, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(stream text, seq bigint, at bigint, actor text,
            kind text, body text, prev_hash text, hash text)",
);

pub(super) const PUT_TEXT: SetSql = set(
    &["stream", "seq", "at", "kind", "salt", "text"],
    "INSERT INTO fact_text (stream, seq, at, kind, salt, text) VALUES ($1, $2, $3, $4, $5, $6)",
    "INSERT INTO fact_text (stream, seq, at, kind, salt, text)
     SELECT t.stream, t.seq, t.at, t.kind, decode(t.salt, 'hex'), decode(t.text, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(stream text, seq bigint, at bigint, kind text,
            salt text, text text)",
);

/// A signal with the content hash under which its payload is stored.
pub(super) fn hashed(signal: SignalRow) -> (Hash, SignalRow) {
    (Sha256::digest(&signal.body).into(), signal)
}

/// Stores the payloads of signals, equal ones once, in the order of their hashes.
pub(super) fn put_payloads(tx: &mut Tx<'_>, signals: &[(Hash, SignalRow)]) -> Result<(), Error> {
    let by_hash: BTreeMap<&Hash, &SignalRow> = signals
        .iter()
        .map(|(hash, signal)| (hash, signal))
        .collect();
    let (large, small): (Vec<_>, Vec<_>) = by_hash
        .into_iter()
        .partition(|(_, signal)| signal.body.len() > PAYLOAD_SET_BYTES);
    let rows: Vec<_> = small
        .into_iter()
        .map(|(hash, signal)| {
            let size = int(signal.body.len() as u64);
            row![
                &hash[..],
                signal.body.as_slice(),
                size,
                signal.at.as_micros()
            ]
        })
        .collect();
    tx.put_many(&PUT_PAYLOADS, &rows)?;
    for (hash, signal) in large {
        let size = int(signal.body.len() as u64);
        let at = signal.at.as_micros();
        tx.exec(
            &PUT_PAYLOAD,
            params![hash, signal.body.as_slice(), size, at],
        )?;
    }
    Ok(())
}

pub(super) fn signal((hash, signal): &(Hash, SignalRow)) -> Vec<Value> {
    row![
        signal.id.0,
        signal.integration.0,
        signal.at.as_micros(),
        &hash[..],
        signal.content_type.as_deref().map(clean),
        signal.action,
        clean(&signal.dedup_key),
        signal.outcome,
        signal.reason.as_deref().map(clean),
        signal.alert.map(|id| id.0),
        signal.incident.map(|id| id.0),
        signal.config_epoch,
        DECIDER_VERSION,
        signal.remote.as_deref().map(clean),
    ]
}

pub(super) fn new_group(state: &Group, head: Head, bytes: Vec<u8>) -> Vec<Value> {
    row![
        state.id.0,
        int(head.seq),
        &head.hash[..],
        state.monitor.0,
        state.is_active(),
        bytes,
    ]
}

pub(super) fn changed_group(state: &Group, before: Head, head: Head, bytes: Vec<u8>) -> Vec<Value> {
    row![
        state.id.0,
        int(before.seq),
        int(head.seq),
        &head.hash[..],
        state.is_active(),
        bytes,
    ]
}

pub(super) fn new_alert(state: &Alert, head: Head, bytes: Vec<u8>) -> Vec<Value> {
    row![
        state.id.0,
        int(head.seq),
        &head.hash[..],
        state.integration.0,
        clean(&state.event.dedup_key),
        state.service.0,
        state.team.0,
        state.incident.0,
        state.is_open(),
        state.severity.word(),
        state.opened_at.as_micros(),
        state.resolved_at.map(|at| at.as_micros()),
        bytes,
    ]
}

pub(super) fn changed_alert(state: &Alert, before: Head, head: Head, bytes: Vec<u8>) -> Vec<Value> {
    row![
        state.id.0,
        int(before.seq),
        int(head.seq),
        &head.hash[..],
        state.incident.0,
        state.is_open(),
        state.severity.word(),
        state.resolved_at.map(|at| at.as_micros()),
        bytes,
    ]
}

/// Characters of title and summary that a search looks at.
const SEARCHED_CHARS: usize = 4_000;

fn searchable(title: &str, summary: &str) -> String {
    folded(&format!("{title}\n{summary}"))
        .chars()
        .take(SEARCHED_CHARS)
        .collect()
}

fn wake_us(state: &Incident) -> Option<i64> {
    let wake_at = state.wake_at().filter(|_| !planted::is(Bug::WakeUpApart));
    wake_at.map(|at| at.as_micros())
}

pub(super) fn new_incident(state: &Incident, head: Head, bytes: Vec<u8>) -> Vec<Value> {
    row![
        state.id.0,
        int(head.seq),
        &head.hash[..],
        state.service.0,
        state.team.0,
        state.state.word(),
        state.severity.word(),
        state.urgency.word(),
        state.owner.map(|id| id.0),
        state.opened_at.as_micros(),
        state.updated_at.as_micros(),
        state.resolved_at.map(|at| at.as_micros()),
        wake_us(state),
        searchable(&state.title, &state.summary),
        bytes,
    ]
}

pub(super) fn changed_incident(
    state: &Incident,
    before: Head,
    head: Head,
    bytes: Vec<u8>,
) -> Vec<Value> {
    row![
        state.id.0,
        int(before.seq),
        int(head.seq),
        &head.hash[..],
        state.state.word(),
        state.severity.word(),
        state.urgency.word(),
        state.owner.map(|id| id.0),
        state.updated_at.as_micros(),
        state.resolved_at.map(|at| at.as_micros()),
        wake_us(state),
        bytes,
    ]
}
