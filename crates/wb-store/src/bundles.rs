//! What each contact method was sent lately: one row per method, which keeps two nodes from sending
//! over it at once more than its pace allows.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use wb_core::bundle::Bundle;
use wb_core::event::Urgency;
use wb_core::ids::{BundleId, IncidentId, MethodId, ServiceId};
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, P, SetSql, Sql, Tx, id_list, set, two};
use crate::read::word;
use crate::row;

const LOCK: Sql = two(
    "SELECT method_id, sent FROM bundle
      WHERE method_id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY method_id",
    "SELECT method_id, sent FROM bundle
      WHERE method_id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY method_id
        FOR UPDATE",
);
/// A row that is not there cannot be locked.
const MAKE: SetSql = set(
    &["method_id", "changed_at", "sent"],
    "INSERT INTO bundle (method_id, changed_at, sent) VALUES ($1, $2, $3)
     ON CONFLICT (method_id) DO NOTHING",
    "INSERT INTO bundle (method_id, changed_at, sent)
     SELECT t.method_id, t.changed_at, decode(t.sent, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(method_id uuid, changed_at bigint, sent text)
     ON CONFLICT (method_id) DO NOTHING",
);
const CHANGE: SetSql = set(
    &["method_id", "changed_at", "sent"],
    "UPDATE bundle SET changed_at = $2, sent = $3 WHERE method_id = $1",
    "UPDATE bundle SET changed_at = t.changed_at, sent = decode(t.sent, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(method_id uuid, changed_at bigint, sent text)
      WHERE bundle.method_id = t.method_id",
);
const SUBJECTS: Sql = two(
    "SELECT id, service_id, urgency FROM incident
      WHERE id IN (SELECT unhex(value) FROM json_each($1))",
    "SELECT id, service_id, urgency FROM incident
      WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)",
);

/// What these methods were sent lately. On PostgreSQL their rows stay locked until the commit. A
/// row that cannot be read counts as if nothing had been sent: a message too many is better than a
/// page too few, and the next save mends it.
///
/// # Errors
/// When the store fails.
pub fn lock(
    tx: &mut Tx<'_>,
    methods: &BTreeSet<MethodId>,
    now: Timestamp,
) -> Result<BTreeMap<MethodId, Bundle>, Error> {
    let mut found = read(tx, methods)?;
    let missing: Vec<_> = methods
        .iter()
        .filter(|method| !found.contains_key(method))
        .map(|method| (*method, Bundle::default()))
        .collect();
    if !missing.is_empty() {
        let rows = rows(missing.iter().map(|(id, bundle)| (*id, bundle)), now)?;
        tx.put_many(&MAKE, &rows)?;
        found = read(tx, methods)?;
    }
    Ok(found)
}

/// Writes what methods were sent; their rows were locked before.
///
/// # Errors
/// When the store fails.
pub fn save(
    tx: &mut Tx<'_>,
    bundles: &BTreeMap<MethodId, Bundle>,
    now: Timestamp,
) -> Result<(), Error> {
    let rows = rows(bundles.iter().map(|(id, bundle)| (*id, bundle)), now)?;
    tx.put_many(&CHANGE, &rows)?;
    Ok(())
}

/// Takes back a message that did not go out: it counts no more.
///
/// # Errors
/// When the store fails.
pub fn take_back(
    tx: &mut Tx<'_>,
    method: MethodId,
    message: BundleId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut bundles = read(tx, &BTreeSet::from([method]))?;
    let changed = bundles
        .get_mut(&method)
        .is_some_and(|bundle| bundle.take_back(message));
    if changed {
        save(tx, &bundles, now)?;
    }
    Ok(())
}

/// The service and the urgency of incidents, as messages are put together by them.
///
/// # Errors
/// When the store fails.
pub fn subjects(
    tx: &mut Tx<'_>,
    incidents: &BTreeSet<IncidentId>,
) -> Result<BTreeMap<IncidentId, (ServiceId, Urgency)>, Error> {
    let ids: Vec<Uuid> = incidents.iter().map(|id| id.0).collect();
    let list = id_list(&ids);
    let found = tx.query(&SUBJECTS, &[P::Json(&list)], |row| {
        let about = (ServiceId(row.id(1)?), word(row, 2, Urgency::from_word)?);
        Ok((IncidentId(row.id(0)?), about))
    })?;
    Ok(found.into_iter().collect())
}

fn read(
    tx: &mut Tx<'_>,
    methods: &BTreeSet<MethodId>,
) -> Result<BTreeMap<MethodId, Bundle>, Error> {
    let ids: Vec<Uuid> = methods.iter().map(|id| id.0).collect();
    let list = id_list(&ids);
    let found = tx.query(&LOCK, &[P::Json(&list)], |row| {
        let bundle = codec::decode_bundle(&row.blob(1)?).unwrap_or_default();
        Ok((MethodId(row.id(0)?), bundle))
    })?;
    Ok(found.into_iter().collect())
}

fn rows<'a>(
    bundles: impl Iterator<Item = (MethodId, &'a Bundle)>,
    now: Timestamp,
) -> Result<Vec<Vec<crate::db::Value>>, Error> {
    bundles
        .map(|(id, bundle)| {
            let bytes = codec::encode_bundle(bundle)?;
            Ok(row![id.0, now.as_micros(), bytes])
        })
        .collect()
}
