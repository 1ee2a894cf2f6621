//! What a monitor did: the episodes of its groups, as their facts tell.

use wb_core::config::{ObjectId, Permission};
use wb_core::ids::{IncidentId, MonitorId};
use wb_core::monitor::{GroupFact, INTEGRATION, Recovery};
use wb_core::number::Number;
use wb_core::time::Timestamp;
use wb_store::record::{Entry, EntryFact};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Groups whose facts are looked at.
const GROUPS_MAX: u32 = 1_000;

/// Facts that are read, the newest ones: two for each episode.
const FACTS_MAX: u32 = 200;

/// One episode of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The name of its series.
    pub series: String,
    /// `firing` or `silent`.
    pub state: &'static str,
    /// The first value of the stretch, or the last point before silence.
    pub since: Timestamp,
    /// When it was decided.
    pub at: Timestamp,
    /// The worst value by then; none for silence.
    pub worst: Option<Number>,
    /// The line at the time; none for silence.
    pub threshold: Option<Number>,
    /// When it was well again; none while it lasts.
    pub until: Option<Timestamp>,
    /// Why it ended: `values`, `points`, `silence` or `gone`.
    pub why: Option<&'static str>,
    /// The incident of its alert, if it is still that of the monitor's service.
    pub incident: Option<IncidentId>,
}

impl App {
    /// What a monitor did, the newest episode first, about 100 at most.
    ///
    /// # Errors
    /// When there is none, the caller may not see it, or the store fails.
    pub async fn monitor_history(
        &self,
        caller: &Caller,
        id: MonitorId,
    ) -> Result<Vec<Past>, AppError> {
        let config = self.config();
        let team = config
            .team_of(ObjectId::Monitor(id))
            .ok_or(AppError::NotFound)?;
        caller.require(Permission::Read, team)?;
        let service = config.monitors.get(&id).ok_or(AppError::NotFound)?;
        let service = service.value.service;
        self.store
            .read(move |tx| {
                let groups = wb_store::monitors::of_monitor(tx, id, GROUPS_MAX)?.good;
                let groups: Vec<_> = groups.iter().map(|group| group.state.id).collect();
                let facts = wb_store::record::newest_of_groups(tx, &groups, FACTS_MAX)?;
                let mut told = told(facts);
                if let Some(oldest) = told.iter().map(|(_, past)| past.at).min() {
                    let keys: Vec<_> = told.iter().map(|(key, _)| format!("{id}/{key}")).collect();
                    let of = (service, INTEGRATION);
                    let found = wb_store::alerts::incidents_of_keys(tx, of, &keys, oldest)?;
                    for ((_, past), key) in told.iter_mut().zip(&keys) {
                        past.incident = found.get(key).copied();
                    }
                }
                Ok::<_, AppError>(told.into_iter().map(|(_, past)| past).collect())
            })
            .await
    }
}

/// The episodes of facts, newest first, each under its group and number.
fn told(mut facts: Vec<Entry>) -> Vec<(String, Past)> {
    facts.reverse();
    let mut told: Vec<(String, Past)> = Vec::new();
    for entry in facts {
        let EntryFact::Group(fact) = entry.fact else {
            continue;
        };
        let key = |episode: u32| format!("{}/{episode}", entry.stream);
        match fact {
            GroupFact::Fired {
                name,
                episode,
                since_s,
                worst,
                threshold,
                ..
            } => {
                let mut past = begun(name, "firing", since_s, entry.at);
                (past.worst, past.threshold) = (Some(worst), Some(threshold));
                told.push((key(episode), past));
            }
            GroupFact::WentSilent {
                name,
                episode,
                last_at_s,
                ..
            } => told.push((key(episode), begun(name, "silent", last_at_s, entry.at))),
            GroupFact::Recovered { episode, why, .. } => {
                let key = key(episode);
                if let Some((_, past)) = told.iter_mut().rev().find(|(known, _)| *known == key) {
                    past.until = Some(entry.at);
                    past.why = Some(word(why));
                }
            }
        }
    }
    told.reverse();
    told
}

fn begun(series: String, state: &'static str, since_s: i64, at: Timestamp) -> Past {
    Past {
        series,
        state,
        since: Timestamp::EPOCH.plus_secs(since_s),
        at,
        worst: None,
        threshold: None,
        until: None,
        why: None,
        incident: None,
    }
}

const fn word(why: Recovery) -> &'static str {
    match why {
        Recovery::Values { .. } => "values",
        Recovery::Points { .. } => "points",
        Recovery::Silence => "silence",
        Recovery::Gone => "gone",
    }
}
