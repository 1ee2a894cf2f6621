//! What has to hold after every step.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use wb_app::error::AppError;
use wb_core::config::Scope;
use wb_core::decision::Decided;
use wb_core::ids::{DeliveryId, IncidentId};
use wb_core::incident::Incident;
use wb_core::time::Timestamp;
use wb_ports::Content;
use wb_store::db::{Sql, Store, Tx, sql};
use wb_store::outbox::LostClaim;
use wb_store::record::{self, Entry, EntryFact};
use wb_store::save::Loaded;

use crate::provider::Providers;

const VERSIONS: Sql = sql("SELECT id, version FROM incident ORDER BY id");
const HEADS: Sql = sql("SELECT id, head FROM incident ORDER BY id");
const SIGNALS: Sql = sql("SELECT count(*) FROM signal");

/// Far beyond every time that is played.
const FOR_EVER_US: i64 = i64::MAX / 4;

const MANY: u32 = 10_000;

/// An incident as its facts give it, and the number of the last of them.
struct Folded {
    seq: u64,
    state: Incident,
}

/// What was seen at the last step.
#[derive(Default)]
pub(crate) struct Checks {
    folded: BTreeMap<IncidentId, Folded>,
    /// The claims that stand, each by its delivery and number.
    claims: BTreeSet<(DeliveryId, u32)>,
    /// How many of the messages that were taken were looked at.
    taken: usize,
    /// The deliveries with a message that did not say it may be the second one.
    unmarked: BTreeSet<String>,
}

/// What changed since the last look.
struct Seen {
    /// The incidents that did, each with its new facts.
    changed: Vec<(Loaded<Incident>, Vec<Entry>)>,
    claims: Vec<LostClaim>,
    /// The incidents of new claims.
    claimed: Vec<Incident>,
}

impl Checks {
    /// The incidents there are.
    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        self.folded.keys().copied().collect()
    }

    /// Looks at what the last transaction did. What was folded at the last look is folded on: the whole chain with its
    /// hashes and texts is looked at when everything has come to rest.
    pub(crate) fn after_save(&mut self, store: &Store) -> Result<(), String> {
        let versions = self.folded.iter().map(|(id, one)| (*id, one.seq)).collect();
        let claims = self.claims.clone();
        let seen = store.read_blocking(move |tx| look(tx, &versions, &claims));
        let seen = seen.map_err(|error| error.to_string())?;
        for (stored, facts) in seen.changed {
            let id = stored.state.id;
            let told = |what: &str| format!("the record does not verify: {id}: {what}");
            let folded = fold(self.folded.remove(&id), &facts).map_err(told)?;
            let last = facts.last().map(|entry| entry.hash);
            if folded.seq != stored.head.seq || last != Some(stored.head.hash) {
                return Err(told("the row does not stand at the last fact"));
            }
            if folded.state != stored.state {
                return Err(told("the stored state is not what the facts give"));
            }
            self.folded.insert(id, folded);
        }
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

fn look(
    tx: &mut Tx<'_>,
    versions: &BTreeMap<IncidentId, u64>,
    claims: &BTreeSet<(DeliveryId, u32)>,
) -> Result<Seen, AppError> {
    let all = tx.query(&VERSIONS, &[], |row| {
        Ok((IncidentId(row.id(0)?), row.i64(1)?.unsigned_abs()))
    })?;
    let is_new = |(id, version): &(_, _)| versions.get(id) != Some(version);
    let ids: Vec<_> = all.into_iter().filter(is_new).map(|(id, _)| id).collect();
    let mut changed = Vec::new();
    for stored in wb_store::incidents::load_many(tx, &ids)? {
        let stream = stored.state.id.to_string();
        let known = versions.get(&stored.state.id).copied().unwrap_or(0);
        let facts = record::of_stream(tx, &Scope::system(), &stream, known, MANY)?;
        changed.push((stored, facts));
    }
    let standing = wb_store::outbox::lost(tx, Timestamp::from_micros(FOR_EVER_US), &[], MANY)?;
    let of_new = standing
        .iter()
        .filter(|claim| !claims.contains(&key(claim)));
    let ids: BTreeSet<_> = of_new.map(|claim| claim.incident).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let claimed = wb_store::incidents::load_many(tx, &ids)?;
    Ok(Seen {
        changed,
        claims: standing,
        claimed: claimed.into_iter().map(|loaded| loaded.state).collect(),
    })
}

/// Folds on from what was folded before.
fn fold(known: Option<Folded>, facts: &[Entry]) -> Result<Folded, &'static str> {
    let mut folded = known;
    for entry in facts {
        let EntryFact::Incident(fact) = &entry.fact else {
            return Err("a fact of something else");
        };
        let decided = Decided {
            at: entry.at,
            actor: entry.actor,
            fact: fact.clone(),
        };
        if entry.seq != folded.as_ref().map_or(0, |known| known.seq) + 1 {
            return Err("facts are missing");
        }
        match &mut folded {
            Some(known) => {
                known.state.apply(&decided);
                known.seq = entry.seq;
            }
            None => {
                folded = Incident::open(&decided).map(|state| Folded {
                    seq: entry.seq,
                    state,
                });
            }
        }
        if folded.is_none() {
            return Err("the first fact opens nothing");
        }
    }
    folded.ok_or("there is a row and no fact")
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
