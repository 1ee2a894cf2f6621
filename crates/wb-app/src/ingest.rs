//! From an accepted event to alert, incident and pages: one transaction, answered after the commit.
//!
//! The [`Batcher`] puts what waits into one transaction, one batch under way per node: loaded as a
//! set, decided one by one in memory, saved as a set ([`Batch`]).
//!
//! An event whose decision fails is not lost: its signal is stored as failed, and one alert per
//! integration opens on the catch-all service.

mod batcher;
mod decide;
mod refusals;

use std::sync::Arc;

use wb_core::event::Event;
use wb_core::ids::{IncidentId, IntegrationId, ServiceId, SignalId, TeamId};
use wb_core::time::Timestamp;
use wb_store::db::Lane;

pub(crate) use batcher::Batcher;
pub use refusals::{Refusal, Refusals};

use crate::app::App;
use crate::error::AppError;
use crate::live::Hint;
pub(crate) use decide::Batch;

/// A signal as it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawSignal {
    /// The body, byte by byte.
    pub body: Vec<u8>,
    /// Its content type, as the sender stated it.
    pub content_type: Option<String>,
    /// The sender's address.
    pub remote: Option<String>,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingested {
    /// The event's dedup key.
    pub dedup_key: String,
    /// `opened`, `repeated`, `raised`, `acknowledged`, `resolved`, `stray` or `failed`.
    pub outcome: &'static str,
    /// The incident it concerned, if one.
    pub incident: Option<IncidentId>,
    /// The incident's team.
    pub team: Option<TeamId>,
}

/// One event on its way into a transaction.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) signal: SignalId,
    pub(crate) integration: IntegrationId,
    /// Where it goes, when the sender's integration does not say it: the events of monitors.
    pub(crate) service: Option<ServiceId>,
    pub(crate) event: Event,
    pub(crate) raw: RawSignal,
    pub(crate) at: Timestamp,
}

impl App {
    /// Accepts an event: when this returns `Ok`, the signal and everything decided because of it
    /// are in the database.
    ///
    /// # Errors
    /// [`AppError::Busy`] under overload, [`AppError::Unavailable`] when the store cannot be
    /// written, [`AppError::Unknown`] when the connection broke during the commit. Nothing was
    /// accepted then; the sender should send again (the dedup key makes that harmless).
    pub async fn ingest(
        self: &Arc<Self>,
        integration: IntegrationId,
        event: Event,
        raw: RawSignal,
    ) -> Result<Ingested, AppError> {
        self.ingest_to(integration, None, event, raw).await
    }

    /// As [`App::ingest`], to a service the integration does not name.
    pub(crate) async fn ingest_to(
        self: &Arc<Self>,
        integration: IntegrationId,
        service: Option<ServiceId>,
        event: Event,
        raw: RawSignal,
    ) -> Result<Ingested, AppError> {
        let item = Arc::new(Item {
            signal: SignalId(self.fresh_id()),
            integration,
            service,
            event,
            raw,
            at: self.now(),
        });
        let done = self.ingest_batched(item).await?;
        self.ingested(&done);
        Ok(done)
    }

    /// Wakes the workers and tells the views about an event that changed an incident.
    pub(crate) fn ingested(&self, done: &Ingested) {
        if let Some(incident) = done.incident
            && done.outcome != "repeated"
        {
            self.sender_poke.notify_one();
            self.timers_poke.notify_one();
            let team = done.team;
            self.live.tell(Hint {
                kind: "incident",
                id: incident.to_string(),
                version: 0,
                team,
            });
        }
    }

    /// What a batch of events takes into its transaction.
    pub(crate) fn batch(&self, failure: Option<String>) -> Batch {
        Batch {
            salt_key: self.vault.salt_key(),
            before_deciding: self.before_deciding.clone(),
            catch_all: self.catch_all(),
            failure,
        }
    }

    async fn ingest_alone(self: &Arc<Self>, item: Arc<Item>) -> Result<Ingested, AppError> {
        let items = Arc::new(vec![item]);
        match self.ingest_together(&items, None).await {
            // Something of this event's is damaged in the database, or we have a defect: it is kept
            // all the same, and the admins are told.
            Err(AppError::Internal(reason)) => {
                tracing::error!(%reason, "an event could not be decided: {reason}");
                let done = self.ingest_together(&items, Some(reason)).await;
                only(done?)
            }
            done => only(done?),
        }
    }

    async fn ingest_batched(self: &Arc<Self>, item: Arc<Item>) -> Result<Ingested, AppError> {
        let wait = self.batcher.enqueue(item)?;
        if wait.leads {
            let app = Arc::clone(self);
            // The leader outlives its own request: others wait for it.
            tokio::spawn(async move { app.drain_batches().await });
        }
        // Without an answer the drain ended in the middle, be it before or after the commit.
        wait.answer.await.map_err(|_| AppError::Unknown)?
    }

    /// Writes batches until nothing waits; at most one of these runs per node.
    async fn drain_batches(self: Arc<Self>) {
        let mut drain = self.batcher.drain();
        while let Some(waiting) = drain.next() {
            let (items, answers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
            let items = Arc::new(items);
            match self.ingest_together(&items, None).await {
                Ok(done) => {
                    for (answer, one) in answers.into_iter().zip(done) {
                        // A caller that went away needs no answer; its event is stored.
                        drop(answer.send(Ok(one)));
                    }
                }
                // One of them spoils it for all: each alone.
                Err(AppError::Internal(reason)) => {
                    tracing::error!(%reason, "a batch could not be decided: {reason}");
                    for (item, answer) in items.iter().zip(answers) {
                        drop(answer.send(self.ingest_alone(Arc::clone(item)).await));
                    }
                }
                Err(error) => {
                    // The store's patience is over. Those who came meanwhile must not wait for it
                    // batch by batch.
                    if matches!(error, AppError::Unavailable(_)) {
                        drain.answer_all(&error);
                    }
                    for answer in answers {
                        drop(answer.send(Err(error.clone())));
                    }
                }
            }
        }
    }

    async fn ingest_together(
        &self,
        items: &Arc<Vec<Arc<Item>>>,
        failure: Option<String>,
    ) -> Result<Vec<Ingested>, AppError> {
        let items = Arc::clone(items);
        let batch = self.batch(failure);
        self.decide(Lane::Ingest, move |tx, config| {
            batch.run(tx, config, &items)
        })
        .await
    }

    /// Counts a refused call on its integration, for its owner to see. Writes no signal and no
    /// fact; kept in memory and written by a worker, so that a flood of bad calls costs nothing.
    pub fn refuse(
        &self,
        integration: Option<IntegrationId>,
        status: u16,
        reason: &str,
        remote: Option<String>,
    ) {
        self.refusals.add(Refusal {
            integration,
            status,
            reason: reason.to_owned(),
            remote,
            at: self.now(),
        });
    }
}

fn only(done: Vec<Ingested>) -> Result<Ingested, AppError> {
    done.into_iter()
        .next()
        .ok_or_else(|| AppError::Internal("a batch of one gave no answer".to_owned()))
}
