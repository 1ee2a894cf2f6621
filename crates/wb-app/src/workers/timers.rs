//! Wakes incidents whose next step is due: oldest first, one step at a time.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use wb_core::actor::Actor;
use wb_core::decision::Ctx;
use wb_core::ids::{IncidentId, TeamId};
use wb_core::incident::{self, IncidentInput};
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::save::{InputBody, Save};

use super::{Report, Worker};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::incidents::{Deps, LoadedIncident, resolve_alerts};

/// Incidents woken in one tick at most.
const BATCH_MAX: u32 = 256;

/// Executes escalation steps that are due.
#[derive(Debug)]
pub struct Timers;

#[async_trait::async_trait]
impl Worker for Timers {
    fn name(&self) -> &'static str {
        "timers"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn poke<'a>(&self, app: &'a App) -> Option<&'a Notify> {
        Some(&app.timers_poke)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        app.refresh_config().await?;
        let (due, next_at) = app
            .store
            .read(move |tx| {
                // An escalation must not go past people whom nobody could tell.
                if wb_store::meta::sending_held(tx)? {
                    return Ok::<_, AppError>((Vec::new(), None));
                }
                let due = wb_store::incidents::due(tx, now, BATCH_MAX)?;
                let next_at = wb_store::incidents::next_wake(tx, now)?;
                Ok((due, next_at))
            })
            .await?;
        let found = due.len();
        // Side by side, so that SQLite commits them together.
        let mut running = JoinSet::new();
        for id in due {
            let app = Arc::clone(app);
            running.spawn(async move { (id, app.wake(id).await) });
        }
        let mut report = Report {
            more: found == BATCH_MAX as usize,
            next_at,
            ..Report::default()
        };
        while let Some(woken) = running.join_next().await {
            match woken {
                Ok((_, Ok(()))) => report.done += 1,
                Ok((id, Err(error))) => {
                    report.failed += 1;
                    tracing::error!(incident = %id, %error, "the step of {id} failed: {error}");
                }
                Err(panic) => {
                    report.failed += 1;
                    tracing::error!(%panic, "a step panicked: {panic}");
                }
            }
        }
        // Nothing got done: pause like after a failure instead of spinning on the same items.
        report.more &= report.done > 0;
        Ok(report)
    }
}

impl App {
    /// Does what is due with one incident; nothing when it is not due any more.
    async fn wake(self: &Arc<Self>, id: IncidentId) -> Result<(), AppError> {
        let mut woken = self.wake_with(id, false).await?;
        if matches!(woken, Woken::NeedsAlerts) {
            woken = self.wake_with(id, true).await?;
        }
        if let Woken::Changed(version, team) = woken {
            self.incident_changed(id, version, team);
        }
        Ok(())
    }

    /// Alerts are locked before their incident, as in every transaction, so whether they are needed is
    /// only known when it is too late to lock them: then it is all done once more.
    async fn wake_with(
        self: &Arc<Self>,
        id: IncidentId,
        with_alerts: bool,
    ) -> Result<Woken, AppError> {
        let deps = self.deps();
        self.decide(Lane::Timers, move |tx, config| {
            let alerts = if with_alerts {
                wb_store::alerts::open_of_incident(tx, id)?
            } else {
                Vec::new()
            };
            let Some(loaded) = LoadedIncident::load(tx, config, id)? else {
                return Ok(Woken::Unchanged);
            };
            let deps = Deps {
                now: loaded.not_before(deps.now),
                ..deps
            };
            let ctx = Ctx {
                now: deps.now,
                input: deps.input,
                config,
            };
            let situation = loaded.situation(Actor::System);
            let decision = incident::decide(&loaded.state, IncidentInput::Tick, situation, ctx)?;
            if decision.facts.is_empty() {
                return Ok(Woken::Unchanged);
            }
            let is_over = !decision.state.is_open();
            if is_over && !with_alerts {
                return Ok(Woken::NeedsAlerts);
            }
            let caller = Caller::system();
            let mut save = Save::new(deps.salt_key);
            if is_over {
                resolve_alerts(&mut save, alerts, &caller, ctx)?;
            }
            let body = InputBody::Incident(IncidentInput::Tick);
            save.input(deps.row("tick", &caller, id, body, config));
            save.incident(Some(loaded.head), &decision)?;
            save.flush(tx)?;
            let version = loaded.head.seq + decision.facts.len() as u64;
            Ok(Woken::Changed(version, loaded.state.team))
        })
        .await
    }
}

/// What came of a wake-up.
enum Woken {
    /// Nothing was due.
    Unchanged,
    /// The incident has this version now; it is this team's.
    Changed(u64, TeamId),
    /// It is over by itself, and its alerts with it.
    NeedsAlerts,
}
