//! From an accepted event to alert, incident and pages: one transaction, answered after the commit.
//!
//! The [`Batcher`] puts what waits into one transaction, one batch being written per node: loaded as
//! a set, decided one by one in memory, saved as a set ([`Batch`]). On SQLite the next one is on its
//! way by then, and takes what has come when the writer gets to it.
//!
//! An event whose decision fails is not lost: its signal is stored as failed, and one alert per
//! integration opens on the catch-all service.

mod batcher;
mod decide;
mod refusals;

use std::sync::Arc;

use tokio::runtime::Handle;
use wb_core::event::Event;
use wb_core::ids::{IncidentId, IntegrationId, ServiceId, SignalId, TeamId};
use wb_core::time::Timestamp;
use wb_store::db::{Engine, Lane};

use batcher::{Next, Slot, Taken};

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
            self.see_to_a_batch(&Handle::current());
        }
        // Without an answer the batch ended in the middle, be it before or after the commit.
        wait.answer.await.map_err(|_| AppError::Unknown)?
    }

    /// Has a task write a batch, and those that follow it. A task of its own: it outlives the
    /// request that came first, because others wait for it.
    fn see_to_a_batch(self: &Arc<Self>, runtime: &Handle) {
        let app = Arc::clone(self);
        runtime.spawn(async move { while app.write_batch().await {} });
    }

    /// Writes a batch; says whether a further one has to follow.
    async fn write_batch(self: &Arc<Self>) -> bool {
        let next = match self.store.engine() {
            Engine::Sqlite => Next::AtBegin,
            Engine::Postgres => Next::AtEnd,
        };
        let slot = Arc::new(Slot::default());
        let lead = self.batcher.lead(Arc::clone(&slot), next);
        let done = self.ingest_slot(&slot, next).await;
        if let Err(error) = &done
            && (matches!(error, AppError::Unavailable(_)) || !slot.is_filled())
        {
            // The store's patience is over. Those who came meanwhile must not wait for it batch by
            // batch.
            self.batcher.answer_all(error);
        }
        let goes_on = lead.end();
        if let Some(taken) = slot.take() {
            self.answer(taken, done).await;
        }
        goes_on
    }

    async fn ingest_slot(
        self: &Arc<Self>,
        slot: &Arc<Slot>,
        next: Next,
    ) -> Result<Vec<Ingested>, AppError> {
        let (app, slot) = (Arc::clone(self), Arc::clone(slot));
        let (batch, runtime) = (self.batch(None), Handle::current());
        self.decide(Lane::Ingest, move |tx, config| {
            let filled = app.batcher.fill(&slot, next);
            if filled.is_followed {
                app.see_to_a_batch(&runtime);
            }
            batch.run(tx, config, &filled.items)
        })
        .await
    }

    async fn answer(self: &Arc<Self>, taken: Taken, done: Result<Vec<Ingested>, AppError>) {
        let Taken { items, answers } = taken;
        match done {
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
                for answer in answers {
                    drop(answer.send(Err(error.clone())));
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
