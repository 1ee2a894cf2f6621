//! What has to hold after every step.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use wb_app::error::AppError;
use wb_core::ids::{DeliveryId, IncidentId};
use wb_core::incident::Incident;
use wb_core::time::Timestamp;
use wb_ports::Content;
use wb_store::db::{Sql, Store, sql};
use wb_store::outbox::LostClaim;
use wb_store::verify::check_stream;

use crate::provider::Providers;

const VERSIONS: Sql = sql("SELECT id, version FROM incident ORDER BY id");
const HEADS: Sql = sql("SELECT id, head FROM incident ORDER BY id");
const SIGNALS: Sql = sql("SELECT count(*) FROM signal");

/// Far beyond every time that is played.
const FOR_EVER_US: i64 = i64::MAX / 4;

const MANY: u32 = 10_000;

/// What was seen at the last step.
#[derive(Default)]
pub(crate) struct Checks {
    versions: BTreeMap<IncidentId, i64>,
    /// The claims that stand, each by its delivery and number.
    claims: BTreeSet<(DeliveryId, u32)>,
    /// How many of the messages that were taken were looked at.
    taken: usize,
    /// The deliveries with a message that did not say it may be the second one.
    unmarked: BTreeSet<String>,
}

/// What changed since the last look.
struct Seen {
    changed: Vec<(IncidentId, i64)>,
    findings: Vec<String>,
    claims: Vec<LostClaim>,
    /// The incidents of new claims.
    claimed: Vec<Incident>,
}

impl Checks {
    /// The incidents there are.
    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        self.versions.keys().copied().collect()
    }

    /// Looks at what the last transaction did.
    pub(crate) fn after_save(&mut self, store: &Store) -> Result<(), String> {
        let (versions, claims) = (self.versions.clone(), self.claims.clone());
        let for_ever = Timestamp::from_micros(FOR_EVER_US);
        let seen = store
            .read_blocking(move |tx| {
                let all = tx.query(&VERSIONS, &[], |row| {
                    Ok((IncidentId(row.id(0)?), row.i64(1)?))
                })?;
                let is_new = |(id, version): &(_, _)| versions.get(id) != Some(version);
                let changed: Vec<_> = all.into_iter().filter(is_new).collect();
                let mut findings = Vec::new();
                for (id, _) in &changed {
                    for finding in check_stream(tx, &id.to_string())?.findings {
                        findings.push(format!("{id}: {finding}"));
                    }
                }
                let standing = wb_store::outbox::lost(tx, for_ever, &[], MANY)?;
                let of_new = standing
                    .iter()
                    .filter(|claim| !claims.contains(&key(claim)));
                let ids: BTreeSet<_> = of_new.map(|claim| claim.incident).collect();
                let ids: Vec<_> = ids.into_iter().collect();
                let claimed = wb_store::incidents::load_many(tx, &ids)?;
                Ok::<_, AppError>(Seen {
                    changed,
                    findings,
                    claims: standing,
                    claimed: claimed.into_iter().map(|loaded| loaded.state).collect(),
                })
            })
            .map_err(|error| error.to_string())?;
        if let Some(finding) = seen.findings.first() {
            return Err(format!("the record does not verify: {finding}"));
        }
        self.versions.extend(seen.changed);
        let before = core::mem::take(&mut self.claims);
        for claim in &seen.claims {
            self.claims.insert(key(claim));
            if !before.contains(&key(claim)) {
                check_claim(claim, &seen.claimed)?;
            }
        }
        Ok(())
    }

    /// Looks at what providers took: nobody is told twice without being told that it may be so.
    pub(crate) fn after_send(&mut self, providers: &Providers) -> Result<(), String> {
        for taken in providers.taken_from(self.taken) {
            self.taken += 1;
            let id = &taken.message.delivery_id;
            let is_bundle = matches!(taken.message.content, Content::Bundle(_));
            if is_bundle {
                // Each line of it says so for itself.
                continue;
            }
            if !taken.message.possible_duplicate && !self.unmarked.insert(id.clone()) {
                return Err(format!("sent twice and not marked: {id}"));
            }
        }
        Ok(())
    }
}

const fn key(claim: &LostClaim) -> (DeliveryId, u32) {
    (claim.delivery, claim.attempt)
}

/// A delivery is claimed only while it is wanted.
fn check_claim(claim: &LostClaim, incidents: &[Incident]) -> Result<(), String> {
    let incident = incidents.iter().find(|one| one.id == claim.incident);
    let Some(incident) = incident else {
        return Err(format!("a claim for no incident: {claim:?}"));
    };
    let Some((page, delivery)) = incident.delivery(claim.delivery) else {
        return Err(format!("a claim for no delivery: {claim:?}"));
    };
    if !incident.wants(page.recipient, page.why) {
        return Err(format!(
            "claimed although nobody wants it ({}): {claim:?}",
            incident.state.word()
        ));
    }
    if delivery.state != wb_core::incident::DeliveryState::Planned {
        return Err(format!(
            "claimed although it is {:?}: {claim:?}",
            delivery.state
        ));
    }
    Ok(())
}

/// How many events are stored.
pub(crate) fn signals(store: &Store) -> Result<u64, String> {
    store
        .read_blocking(|tx| Ok::<_, AppError>(tx.query_one(&SIGNALS, &[], |row| row.i64(0))?))
        .map(i64::unsigned_abs)
        .map_err(|error| error.to_string())
}

/// The same for the same incidents with the same records.
pub(crate) fn fingerprint(store: &Store) -> Result<u64, String> {
    let heads = store.read_blocking(|tx| {
        let row = |row: &wb_store::db::Row<'_>| Ok((row.id(0)?, row.blob(1)?));
        Ok::<_, AppError>(tx.query(&HEADS, &[], row)?)
    });
    let mut hasher = DefaultHasher::new();
    heads.map_err(|error| error.to_string())?.hash(&mut hasher);
    Ok(hasher.finish())
}
