//! Sending that is held in a restored or copied database: what is due, and letting it go.

use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;
use wb_core::config::Permission;
use wb_core::decision::Ctx;
use wb_core::ids::IncidentId;
use wb_core::incident::{self, EscalationState, IncidentInput, Recipient};
use wb_core::time::Timestamp;
use wb_store::db::{Lane, Tx};
use wb_store::save::{InputBody, InputRow, Save};
use wb_store::sending::{self, Hold, Resumed};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::incidents::LoadedIncident;

/// Deliveries and wake-ups that are listed; more are only counted.
pub const LISTED_MAX: u32 = 50;

/// Incidents whose overdue pages are dropped side by side.
const DROPPED_AT_ONCE: u32 = 64;

/// The stream in which letting go is noted.
const STREAM: &str = "sending";

/// Whether sending is held, and what goes out when it is let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// What holds it; none when nothing does.
    pub hold: Option<Hold>,
    /// Who let it go the last time.
    pub resumed: Option<Resumed>,
    /// Deliveries that are due.
    pub due: u64,
    /// The first of them, the longest due first.
    pub deliveries: Vec<Due>,
    /// Incidents whose next step is due.
    pub waking: u64,
    /// The first of them, the longest due first.
    pub wake_ups: Vec<Waking>,
}

/// A delivery that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// About which incident.
    pub incident: Named,
    /// Who is told.
    pub recipient: Recipient,
    /// By which channel.
    pub channel: String,
    /// When it was due.
    pub due_at: Timestamp,
}

/// An incident whose next step is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waking {
    /// Which.
    pub incident: Named,
    /// When the step was due.
    pub due_at: Timestamp,
}

/// An incident as a line of a table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: IncidentId,
    /// Its number for people.
    pub number: u64,
    /// What is wrong.
    pub title: String,
}

/// What letting go did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetGo {
    /// Whether sending had been held.
    pub changed: bool,
    /// Deliveries that were dropped, because they were due too long ago.
    pub dropped: u64,
}

impl App {
    /// Whether sending is held, and what is due.
    ///
    /// # Errors
    /// When the caller is no global admin, or the store fails.
    pub async fn sending(&self, caller: &Caller) -> Result<Sending, AppError> {
        caller.require_globally(Permission::Manage)?;
        let now = self.now();
        self.store
            .read(move |tx| {
                Ok(Sending {
                    hold: sending::held(tx)?,
                    resumed: sending::resumed(tx)?,
                    due: sending::count_due(tx, now)?,
                    deliveries: deliveries(tx, now)?,
                    waking: sending::count_waking(tx, now)?,
                    wake_ups: wake_ups(tx, now)?,
                })
            })
            .await
    }

    /// Lets sending go. Pages that were due before `drop_before` are dropped first. Where it is not
    /// held nothing is changed.
    ///
    /// # Errors
    /// When the caller is no global admin, or the store fails; then it is still held, and what was
    /// dropped so far stays dropped.
    pub async fn resume_sending(
        self: &Arc<Self>,
        caller: &Caller,
        drop_before: Option<Timestamp>,
    ) -> Result<LetGo, AppError> {
        caller.require_globally(Permission::Manage)?;
        let held = self.store.read(sending::held).await?;
        let dropped = match drop_before {
            Some(before) if held.is_some() => self.drop_overdue(caller, before).await?,
            _ => 0,
        };
        let (deps, actor) = (self.deps(), caller.actor);
        let hold = self
            .decide(Lane::People, move |tx, config| {
                let Some(hold) = sending::resume(tx, actor, deps.now, dropped)? else {
                    return Ok(None);
                };
                let mut save = Save::new(deps.salt_key);
                save.input(InputRow {
                    id: deps.input,
                    kind: "resume_sending",
                    at: deps.now,
                    actor,
                    stream: STREAM.to_owned(),
                    body: InputBody::ResumeSending { drop_before },
                    config_epoch: config.epoch,
                });
                save.flush(tx)?;
                Ok(Some(hold))
            })
            .await?;
        if let Some(hold) = hold {
            let why = hold.why.word();
            tracing::warn!(by = ?actor, why, dropped, "sending was let go");
            self.timers_poke.notify_one();
            self.sender_poke.notify_one();
        }
        Ok(LetGo {
            changed: hold.is_some(),
            dropped,
        })
    }

    /// Drops what was due before a time; says how much it was.
    async fn drop_overdue(
        self: &Arc<Self>,
        caller: &Caller,
        before: Timestamp,
    ) -> Result<u64, AppError> {
        let (now, mut after, mut dropped) = (self.now(), IncidentId(Uuid::nil()), 0);
        loop {
            let found = self
                .store
                .read(move |tx| sending::incidents_due(tx, now, after, DROPPED_AT_ONCE))
                .await?;
            let Some(last) = found.last() else {
                return Ok(dropped);
            };
            after = *last;
            let mut running = JoinSet::new();
            for id in found {
                let (app, caller) = (Arc::clone(self), caller.clone());
                running.spawn(async move { app.drop_overdue_of(id, caller, before).await });
            }
            while let Some(done) = running.join_next().await {
                dropped += done.map_err(|panic| AppError::Internal(panic.to_string()))??;
            }
        }
    }

    async fn drop_overdue_of(
        &self,
        id: IncidentId,
        caller: Caller,
        due_before: Timestamp,
    ) -> Result<u64, AppError> {
        let deps = self.deps();
        let changed = self
            .decide(Lane::People, move |tx, config| {
                let Some(loaded) = LoadedIncident::load(tx, config, id)? else {
                    return Ok(None);
                };
                let ctx = Ctx {
                    now: loaded.not_before(deps.now),
                    input: deps.input,
                    config,
                };
                let via = caller.via;
                let input = IncidentInput::Drop { via, due_before };
                let situation = loaded.situation(caller.actor);
                let decision = incident::decide(&loaded.state, input.clone(), situation, ctx)?;
                let count = decision.facts.iter().map(dropped_by).sum::<u64>();
                if count == 0 {
                    return Ok(None);
                }
                let mut save = Save::new(deps.salt_key);
                save.input(deps.row("drop", &caller, id, InputBody::Incident(input), config));
                save.incident(Some(loaded.head), &decision)?;
                save.flush(tx)?;
                let version = loaded.head.seq + decision.facts.len() as u64;
                Ok(Some((version, loaded.state.team, count)))
            })
            .await?;
        let Some((version, team, count)) = changed else {
            return Ok(0);
        };
        self.incident_changed(id, version, team);
        Ok(count)
    }
}

fn dropped_by(decided: &wb_core::decision::Decided<incident::IncidentFact>) -> u64 {
    match &decided.fact {
        incident::IncidentFact::Dropped { deliveries, .. } => deliveries.len() as u64,
        _ => 0,
    }
}

fn deliveries(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Due>, AppError> {
    let mut list = Vec::new();
    for due in wb_store::outbox::due(tx, now, LISTED_MAX)? {
        if let Some((incident, _)) = named(tx, due.incident)? {
            list.push(Due {
                incident,
                recipient: due.recipient,
                channel: due.channel,
                due_at: due.due_at,
            });
        }
    }
    Ok(list)
}

fn wake_ups(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Waking>, AppError> {
    let mut list = Vec::new();
    for id in wb_store::incidents::due(tx, now, LISTED_MAX)? {
        if let Some((incident, EscalationState::Due(due_at))) = named(tx, id)? {
            list.push(Waking { incident, due_at });
        }
    }
    Ok(list)
}

/// An incident as a table shows it, and where its escalation stands.
fn named(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<(Named, EscalationState)>, AppError> {
    let Some(loaded) = wb_store::incidents::load(tx, id)? else {
        return Ok(None);
    };
    let number = wb_store::incidents::numbers(tx, &[id])?.get(&id).copied();
    let named = Named {
        id,
        number: number.unwrap_or(0),
        title: loaded.state.title,
    };
    Ok(Some((named, loaded.state.escalation.state)))
}
