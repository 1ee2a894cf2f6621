//! What was said to those who are asked to help; it stands, erasable, in the record alone.

use std::collections::BTreeMap;

use wb_core::ids::{IncidentId, RequestId};
use wb_core::incident::IncidentFact;

use crate::codec::StoredFact;
use crate::db::{Error, Sql, Tx, sql};
use crate::params;

const FACTS: Sql = sql("SELECT f.kind, f.body, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream = $1 AND f.kind = 'responders_asked' ORDER BY f.seq");

/// The messages of an incident's requests; what was erased is empty.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn messages(
    tx: &mut Tx<'_>,
    incident: IncidentId,
) -> Result<BTreeMap<RequestId, String>, Error> {
    let facts = tx.query(&FACTS, params![&incident.to_string()], |row| {
        let text = row.opt_blob(2)?;
        let decoded = IncidentFact::decode(&row.text(0)?, &row.blob(1)?, text.as_deref())?;
        Ok(match decoded.fact {
            IncidentFact::RespondersAsked {
                request, message, ..
            } => Some((request, message)),
            _ => None,
        })
    })?;
    Ok(facts.into_iter().flatten().collect())
}
