//! Checks the records: every chain, every state against its facts, every seal.

use std::collections::BTreeSet;

use wb_core::config::Permission;
use wb_core::ids::{GroupId, IncidentId};
use wb_core::monitor::{Group, INTEGRATION};
use wb_core::time::Timestamp;
use wb_store::db::Tx;
use wb_store::verify::check_stream;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::workers::seal::seal_bytes;

/// Streams checked in one transaction.
const STREAMS_PER_READ: u32 = 100;

/// Things that are wrong are listed up to this number, and counted beyond it.
const FINDINGS_MAX: usize = 1_000;

/// Seals checked: a year's.
const SEALS_MAX: u32 = 366;

const DAY_S: i64 = 86_400;

/// What was checked and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Streams checked.
    pub streams: u64,
    /// Facts checked.
    pub facts: u64,
    /// Facts whose text was erased; their chain is checked all the same.
    pub erased: u64,
    /// Daily seals checked.
    pub seals: u64,
    /// How many things are wrong.
    pub wrong: u64,
    /// What is wrong, the first of them.
    pub findings: Vec<Found>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In which stream, or `seal YYYY-MM-DD`.
    pub stream: String,
    /// What, in words.
    pub what: String,
}

impl Verified {
    fn found(&mut self, stream: &str, what: String) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Found {
                stream: stream.to_owned(),
                what,
            });
        }
    }

    fn check(&mut self, tx: &mut Tx<'_>, stream: &str) -> Result<(), AppError> {
        let checked = check_stream(tx, stream)?;
        self.streams += 1;
        self.facts += checked.facts;
        self.erased += checked.erased;
        for finding in checked.findings {
            self.found(stream, finding.to_string());
        }
        Ok(())
    }

    fn add(&mut self, other: Self) {
        self.streams += other.streams;
        self.facts += other.facts;
        self.erased += other.erased;
        self.wrong += other.wrong;
        let room = FINDINGS_MAX.saturating_sub(self.findings.len());
        self.findings.extend(other.findings.into_iter().take(room));
    }
}

impl App {
    /// Checks everything.
    ///
    /// # Errors
    /// When the caller is no global admin, or the store fails.
    pub async fn verify(&self, caller: &Caller) -> Result<Verified, AppError> {
        caller.require_globally(Permission::Manage)?;
        let mut all = self
            .store
            .read(|tx| {
                let mut verified = Verified::default();
                for stream in wb_store::verify::rows_without_facts(tx, FINDINGS_MAX as u32)? {
                    verified.found(&stream, "the row has no facts".to_owned());
                }
                Ok::<_, AppError>(verified)
            })
            .await?;
        let mut after = String::new();
        loop {
            let from = after.clone();
            let (part, last) = self
                .store
                .read(move |tx| {
                    let streams = wb_store::verify::streams(tx, &from, STREAMS_PER_READ)?;
                    let mut part = Verified::default();
                    for stream in &streams {
                        part.check(tx, stream)?;
                    }
                    Ok::<_, AppError>((part, streams.last().cloned()))
                })
                .await?;
            all.add(part);
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        self.check_seals(&mut all).await?;
        Ok(all)
    }

    /// Checks one incident with its alerts.
    ///
    /// # Errors
    /// When the incident is unknown to the caller, or the store fails.
    pub async fn verify_incident(
        &self,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Verified, AppError> {
        let scope = caller.scope.clone();
        self.store
            .read(move |tx| {
                let incident =
                    wb_store::incidents::get(tx, &scope, id)?.ok_or(AppError::NotFound)?;
                let mut verified = Verified::default();
                verified.check(tx, &id.to_string())?;
                for alert in incident.incident.state.alerts.keys() {
                    verified.check(tx, &alert.to_string())?;
                }
                for group in watched_groups(tx, id)? {
                    verified.check(tx, &group.to_string())?;
                }
                Ok(verified)
            })
            .await
    }

    async fn check_seals(&self, all: &mut Verified) -> Result<(), AppError> {
        let seals = self
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::seals::list(tx, None, SEALS_MAX)?))
            .await?;
        for seal in seals {
            all.seals += 1;
            let end = Timestamp::EPOCH.plus_secs((seal.day + 1) * DAY_S);
            let name = format!("seal {}", end.plus_secs(-1).to_jiff().strftime("%Y-%m-%d"));
            let (root, count) = self
                .store
                .read(move |tx| Ok::<_, AppError>(wb_store::seals::root(tx, end)?))
                .await?;
            if (root, count) != (seal.root, seal.count) {
                all.found(
                    &name,
                    "the facts of that day are not the sealed ones".to_owned(),
                );
            }
            let bytes = seal_bytes(seal.day, &seal.root, seal.count);
            let signature: Option<[u8; 64]> = seal.signature.as_slice().try_into().ok();
            let is_ours = seal.key_id == self.vault.key_id();
            if is_ours && !signature.is_some_and(|s| self.vault.check_seal(&bytes, &s)) {
                all.found(&name, "the signature does not fit".to_owned());
            }
        }
        Ok(())
    }
}

/// The monitors' groups whose episodes the first alerts of an incident are.
fn watched_groups(tx: &mut Tx<'_>, id: IncidentId) -> Result<BTreeSet<GroupId>, AppError> {
    let alerts = wb_store::alerts::of_incident(tx, id, wb_store::PAGE_ROWS_MAX)?;
    let keys = alerts
        .iter()
        .map(|loaded| &loaded.state)
        .filter(|alert| alert.integration == INTEGRATION)
        .filter_map(|alert| Group::of_dedup_key(&alert.event.dedup_key));
    Ok(keys.collect())
}
