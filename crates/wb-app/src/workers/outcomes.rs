//! What became of attempts, on its way into the database.
//!
//! On SQLite, where all writes share one thread, outcomes that come while others are being written
//! go into one transaction together. On PostgreSQL each is a transaction of its own: these run side
//! by side, and one that held several incidents could wait for an event's transaction in a circle.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use wb_core::actor::Actor;
use wb_core::config::Config;
use wb_core::decision::Ctx;
use wb_core::ids::{IncidentId, TeamId};
use wb_core::incident::{self, AttemptReport, IncidentError, IncidentInput};
use wb_store::db::{Engine, Lane, Tx};
use wb_store::save::{InputBody, Save};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::incidents::{Deps, LoadedIncident};

/// Outcomes in one transaction at most: a few milliseconds in which nobody else writes.
const TOGETHER_MAX: usize = 64;

/// An outcome that has to be written.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) incident: IncidentId,
    pub(super) report: AttemptReport,
}

/// The outcomes that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// Those that could not be written when they came.
    kept: Mutex<Vec<Outcome>>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    line: VecDeque<(Outcome, oneshot::Sender<()>)>,
    is_drained: bool,
}

/// An incident that an outcome changed: its new version and its team.
type Changed = (IncidentId, u64, TeamId);

impl Outcomes {
    fn keep(&self, outcome: Outcome) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(outcome);
    }

    fn take_kept(&self) -> Vec<Outcome> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gets in line; the caller has to drain it if nobody does, and `done` tells when the outcome
    /// was dealt with.
    fn enqueue(&self, outcome: Outcome) -> (bool, oneshot::Receiver<()>) {
        let (sender, done) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.line.push_back((outcome, sender));
        let leads = !waiting.is_drained;
        waiting.is_drained = true;
        (leads, done)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what waits until nothing does. When it goes before that, because its task panicked or the
/// runtime stops, the next outcome leads again; the claims of those that waited run out.
struct Drain<'a> {
    outcomes: &'a Outcomes,
    ended: bool,
}

impl Drain<'_> {
    /// The next outcomes, one of each incident and in the order of those; none ends the drain.
    fn next(&mut self) -> Vec<(Outcome, oneshot::Sender<()>)> {
        let mut waiting = self.outcomes.waiting();
        let mut taken = BTreeMap::new();
        let mut left = VecDeque::new();
        while let Some((outcome, done)) = waiting.line.pop_front() {
            if taken.len() < TOGETHER_MAX && !taken.contains_key(&outcome.incident) {
                taken.insert(outcome.incident, (outcome, done));
            } else {
                left.push_back((outcome, done));
            }
        }
        waiting.line = left;
        waiting.is_drained = !taken.is_empty();
        self.ended = taken.is_empty();
        taken.into_values().collect()
    }
}

impl Drop for Drain<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let mut waiting = self.outcomes.waiting();
            waiting.line.clear();
            waiting.is_drained = false;
        }
    }
}

impl App {
    /// Writes the outcomes that could not be written when they came.
    pub(super) async fn report_kept(self: &Arc<Self>) {
        for outcome in self.sends.outcomes.take_kept() {
            self.report_alone(outcome).await;
        }
    }

    /// Writes an outcome; one that cannot be written now is kept for the next tick.
    pub(super) async fn report(self: &Arc<Self>, outcome: Outcome) {
        if self.store.engine() == Engine::Postgres {
            return self.report_alone(outcome).await;
        }
        let (leads, done) = self.sends.outcomes.enqueue(outcome);
        if leads {
            let app = Arc::clone(self);
            // In a task of its own: the leader's attempt may end before the others' are written.
            tokio::spawn(async move { app.drain_outcomes().await });
        }
        // A sender that was dropped has nothing to say: the claim stands, and runs out.
        drop(done.await);
    }

    async fn drain_outcomes(self: Arc<Self>) {
        let mut drain = Drain {
            outcomes: &self.sends.outcomes,
            ended: false,
        };
        loop {
            let (outcomes, answers): (Vec<_>, Vec<_>) = drain.next().into_iter().unzip();
            if outcomes.is_empty() {
                return;
            }
            if let Err(error) = self.write_outcomes(&outcomes).await {
                tracing::warn!(%error, "{} outcomes could not be written together: {error}", outcomes.len());
                for outcome in outcomes {
                    self.report_alone(outcome).await;
                }
            }
            for answer in answers {
                // The attempt's task may be gone.
                answer.send(()).ok();
            }
        }
    }

    async fn report_alone(self: &Arc<Self>, outcome: Outcome) {
        if let Err(error) = self.write_outcome(&outcome).await {
            let delivery = outcome.report.delivery;
            tracing::error!(
                %delivery, %error,
                "the outcome of {delivery} could not be written and is kept: {error}"
            );
            self.sends.outcomes.keep(outcome);
        }
    }

    /// Ends a claim with the outcome of its attempt. An attempt that was reported before, be it as
    /// interrupted by another node, stays as it is.
    pub(super) async fn write_outcome(self: &Arc<Self>, outcome: &Outcome) -> Result<(), AppError> {
        self.write_outcomes(std::slice::from_ref(outcome)).await
    }

    /// As [`App::write_outcome`], of different incidents in the order of their ids.
    async fn write_outcomes(self: &Arc<Self>, outcomes: &[Outcome]) -> Result<(), AppError> {
        let prepared: Vec<(Deps, Outcome)> = outcomes
            .iter()
            .map(|outcome| (self.deps(), outcome.clone()))
            .collect();
        let salt_key = self.vault.salt_key();
        let changed = self
            .decide(Lane::People, move |tx, config| {
                let mut save = Save::new(salt_key);
                let mut changed = Vec::with_capacity(prepared.len());
                for (deps, outcome) in &prepared {
                    changed.extend(end_claim(tx, config, deps, outcome, &mut save)?);
                }
                save.flush(tx)?;
                Ok(changed)
            })
            .await?;
        for (id, version, team) in changed {
            self.incident_changed(id, version, team);
        }
        Ok(())
    }
}

fn end_claim(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    outcome: &Outcome,
    save: &mut Save,
) -> Result<Option<Changed>, AppError> {
    let id = outcome.incident;
    let Some(loaded) = LoadedIncident::load(tx, config, id)? else {
        return Ok(None);
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let input = IncidentInput::Attempt(outcome.report.clone());
    let body = InputBody::Incident(input.clone());
    let situation = loaded.situation(Actor::System);
    let decision = match incident::decide(&loaded.state, input, situation, ctx) {
        Ok(decision) => decision,
        Err(IncidentError::UnknownAttempt) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    save.input(deps.row("receipt", &Caller::system(), id, body, config));
    save.incident(Some(loaded.head), &decision)?;
    let version = loaded.head.seq + decision.facts.len() as u64;
    Ok(Some((id, version, loaded.state.team)))
}
