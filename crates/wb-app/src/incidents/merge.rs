//! Merging one incident into another: both, and the alerts that move, in one transaction.

use std::sync::Arc;

use wb_core::alert::{self, AlertInput};
use wb_core::config::{Config, Permission};
use wb_core::decision::Ctx;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, IncidentId, TeamId, derive};
use wb_core::incident::{
    self, Absorbed, IncidentDecision, IncidentError, IncidentInput, IncidentState,
};
use wb_store::alerts::AlertRow;
use wb_store::db::{Lane, Tx};
use wb_store::save::{InputBody, Save};

use super::{Changed, Deps, LoadedIncident};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// What a merge did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merging {
    /// The incident that ends.
    pub merged: Changed,
    /// The incident that takes it up.
    pub into: Changed,
    /// How many alerts move.
    pub alerts: usize,
    /// How bad the one that takes it up is then.
    pub severity: Severity,
    /// How loudly it is told then.
    pub urgency: Urgency,
    /// Whether whoever has it is told again, because it becomes louder.
    pub is_recalled: bool,
}

/// The incidents of a merge with their teams, for the views.
struct Done {
    merging: Merging,
    teams: [TeamId; 2],
}

impl App {
    /// Merges an incident into another one: its alerts go there, with all their later events, what
    /// it had planned is stopped, and it ends. With `is_preview` nothing is done, only said.
    ///
    /// # Errors
    /// When they are the same, either is resolved or unknown to the caller, together they have too
    /// many alerts, or the store fails.
    pub async fn merge(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        into: IncidentId,
        is_preview: bool,
    ) -> Result<Merging, AppError> {
        let (deps, caller) = (self.deps(), caller.clone());
        let done = self
            .decide(Lane::People, move |tx, config| {
                Merge { id, into, deps }.run(tx, config, &caller, is_preview)
            })
            .await?;
        if !is_preview {
            let [merged, taker] = done.teams;
            self.incident_changed(id, done.merging.merged.version, merged);
            self.incident_changed(into, done.merging.into.version, taker);
        }
        Ok(done.merging)
    }
}

/// Which incident goes into which.
struct Merge {
    id: IncidentId,
    into: IncidentId,
    deps: Deps,
}

impl Merge {
    fn run(
        &self,
        tx: &mut Tx<'_>,
        config: &Config,
        caller: &Caller,
        is_preview: bool,
    ) -> Result<Done, AppError> {
        if self.id == self.into {
            return Err(IncidentError::MergeIntoItself.into());
        }
        // Alerts before incidents, as in every transaction, and incidents in the order of their
        // ids: two merges, or a merge and an event, never wait for each other in a circle.
        let alerts = wb_store::alerts::all_of_incident(tx, self.id)?;
        let (source, target) = self.load(tx, config, caller)?;
        // On PostgreSQL another merge may have brought an alert in between the two looks.
        let is_stale = |id: &AlertId| !alerts.iter().any(|row| row.alert.state.id == *id);
        if source.state.alerts.keys().any(is_stale) {
            return Err(tx.conflict().into());
        }
        let deps = Deps {
            now: source.not_before(target.not_before(self.deps.now)),
            ..self.deps
        };
        let mut save = Save::new(deps.salt_key);
        let ended = self.end(&source, &deps, caller, config, &mut save)?;
        let taken = self.take_up(&source, &target, &deps, caller, config, &mut save)?;
        for row in &alerts {
            self.move_alert(row, &deps, caller, config, &mut save)?;
        }
        if !is_preview {
            save.flush(tx)?;
            wb_store::graphs::copy(tx, self.id, self.into)?;
        }
        let was_acknowledged = target.state.state == IncidentState::Acknowledged;
        Ok(Done {
            merging: Merging {
                merged: source.changed_by(&ended),
                into: target.changed_by(&taken),
                alerts: alerts.len(),
                severity: taken.state.severity,
                urgency: taken.state.urgency,
                is_recalled: was_acknowledged && taken.state.state == IncidentState::Triggered,
            },
            teams: [source.state.team, target.state.team],
        })
    }

    fn load(
        &self,
        tx: &mut Tx<'_>,
        config: &Config,
        caller: &Caller,
    ) -> Result<(LoadedIncident, LoadedIncident), AppError> {
        let first = LoadedIncident::load(tx, config, self.id.min(self.into))?;
        let second = LoadedIncident::load(tx, config, self.id.max(self.into))?;
        let (source, target) = if self.id < self.into {
            (first, second)
        } else {
            (second, first)
        };
        let source = source.ok_or(AppError::NotFound)?;
        caller.require(Permission::Write, source.state.team)?;
        let unknown = || {
            let message = wb_ports::catalogue::text("problems.merge_into", &[]);
            AppError::invalid("into", message)
        };
        let target = target.ok_or_else(unknown)?;
        match caller.require(Permission::Write, target.state.team) {
            Err(AppError::NotFound) => Err(unknown()),
            allowed => allowed.map(|()| (source, target)),
        }
    }

    fn end(
        &self,
        source: &LoadedIncident,
        deps: &Deps,
        caller: &Caller,
        config: &Config,
        save: &mut Save,
    ) -> Result<IncidentDecision, AppError> {
        let input = IncidentInput::MergeInto {
            into: self.into,
            via: caller.via,
            from: caller.from.clone(),
        };
        let body = InputBody::Incident(input.clone());
        let situation = source.situation(caller.actor);
        let decision = incident::decide(&source.state, input, situation, deps.ctx(config))?;
        save.input(deps.row("merge", caller, self.id, body, config));
        save.incident(Some(source.head), &decision)?;
        Ok(decision)
    }

    fn take_up(
        &self,
        source: &LoadedIncident,
        target: &LoadedIncident,
        deps: &Deps,
        caller: &Caller,
        config: &Config,
        save: &mut Save,
    ) -> Result<IncidentDecision, AppError> {
        // An input of its own, so that its ids are apart from those of the other decision.
        let deps = Deps {
            input: derive(self.deps.now, deps.input, "absorb", 0),
            ..*deps
        };
        let input = IncidentInput::Absorb(Absorbed {
            incident: self.id,
            via: caller.via,
            alerts: source.state.alerts.clone(),
            severity: source.state.severity,
            urgency: source.state.urgency,
        });
        let body = InputBody::Incident(input.clone());
        let situation = target.situation(caller.actor);
        let decision = incident::decide(&target.state, input, situation, deps.ctx(config))?;
        save.input(deps.row("absorb", caller, self.into, body, config));
        save.incident(Some(target.head), &decision)?;
        Ok(decision)
    }

    fn move_alert(
        &self,
        row: &AlertRow,
        deps: &Deps,
        caller: &Caller,
        config: &Config,
        save: &mut Save,
    ) -> Result<(), AppError> {
        let input = AlertInput::IncidentMerged {
            into: self.into,
            by: caller.actor,
            count: row.count,
        };
        let decided = alert::decide(Some(&row.alert.state), input, deps.ctx(config));
        if let Some(decision) = decided.decision {
            save.alert(Some(row.alert.head), &decision)?;
        }
        Ok(())
    }
}

impl Deps {
    fn ctx<'a>(&self, config: &'a Config) -> Ctx<'a> {
        Ctx {
            now: self.now,
            input: self.input,
            config,
        }
    }
}
