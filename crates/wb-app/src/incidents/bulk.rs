//! One command to many incidents, each in a transaction of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;
use wb_core::ids::IncidentId;
use wb_core::limits;
use wb_ports::catalogue;

use super::{Changed, Command, ReassignTarget};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Incidents that are changed side by side.
const AT_ONCE: usize = 32;

/// What is done with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    /// Take it.
    Acknowledge,
    /// End it.
    Resolve,
    /// Give it to somebody.
    Reassign(ReassignTarget),
}

impl BulkAction {
    const fn command(self) -> Command {
        match self {
            Self::Acknowledge => Command::Acknowledge,
            Self::Resolve => Command::Resolve,
            Self::Reassign(to) => Command::Reassign(to),
        }
    }
}

impl App {
    /// Does the same with many incidents and says of each, in the order given, what became of it.
    /// One that cannot be changed does not keep the others from it.
    ///
    /// # Errors
    /// When there is no id, or there are too many.
    pub async fn bulk(
        self: &Arc<Self>,
        caller: &Caller,
        ids: &[IncidentId],
        action: BulkAction,
    ) -> Result<Vec<(IncidentId, Result<Changed, AppError>)>, AppError> {
        if ids.is_empty() || ids.len() > limits::BULK_INCIDENTS {
            let max = limits::BULK_INCIDENTS;
            let message = catalogue::text("problems.bulk_ids", &[("max", &max)]);
            return Err(AppError::invalid("ids", message));
        }
        // Who is named twice is not paged twice.
        let each: Vec<_> = ids
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut done: BTreeMap<IncidentId, Result<Changed, AppError>> = BTreeMap::new();
        for some in each.chunks(AT_ONCE) {
            let mut running = JoinSet::new();
            for id in some.iter().copied() {
                let (app, caller) = (Arc::clone(self), caller.clone());
                running.spawn(async move {
                    let changed = app.command(&caller, id, action.command()).await;
                    (id, changed)
                });
            }
            while let Some(ended) = running.join_next().await {
                match ended {
                    Ok((id, changed)) => drop(done.insert(id, changed)),
                    Err(panic) => tracing::error!(%panic, "a bulk command panicked: {panic}"),
                }
            }
        }
        let of = |id: &IncidentId| {
            let lost = || Err(AppError::Internal(format!("the command to {id} panicked")));
            (*id, done.get(id).cloned().unwrap_or_else(lost))
        };
        Ok(ids.iter().map(of).collect())
    }
}
