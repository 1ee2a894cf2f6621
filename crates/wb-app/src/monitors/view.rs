//! How a monitor is, for people.

use std::collections::BTreeMap;

use wb_core::config::{ObjectId, Permission};
use wb_core::ids::MonitorId;
use wb_core::monitor::{Group, Phase, Point};
use wb_core::time::Timestamp;
use wb_ports::catalogue::text;
use wb_store::monitors;

use super::{Evaluated, Known};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Groups that a view shows, those with an episode under way first.
const GROUPS_SHOWN: usize = 100;

/// How a monitor is as a whole: the worst of its groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonitorState {
    /// A group fires.
    Firing,
    /// A group is silent, and that is a fault.
    Silent,
    /// It could not be evaluated.
    Failed,
    /// No series fits its target.
    NoSeries,
    /// This node has not evaluated it yet, or another node does.
    Unknown,
    /// Nothing is wrong.
    Well,
}

impl MonitorState {
    /// The word used in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Silent => "silent",
            Self::Failed => "failed",
            Self::NoSeries => "no_series",
            Self::Unknown => "unknown",
            Self::Well => "well",
        }
    }
}

/// A monitor at work.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorView {
    /// How it is as a whole.
    pub state: MonitorState,
    /// What somebody should know or mend, in words.
    pub notice: Option<String>,
    /// When this node last evaluated it.
    pub evaluated_at: Option<Timestamp>,
    /// Its groups, those with an episode under way first, at most 100.
    pub groups: Vec<GroupView>,
}

/// One group of a monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// The name of its series.
    pub series: String,
    /// `well`, `firing` or `silent`.
    pub state: &'static str,
    /// Since when it fires or is silent.
    pub since: Option<Timestamp>,
    /// Its last point, as far as this node knows.
    pub last: Option<Point>,
}

/// How a monitor is, in short, for a list.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorSummary {
    /// How it is as a whole.
    pub state: MonitorState,
    /// How many of its groups fire.
    pub firing: usize,
    /// How many of its groups are silent, where that is a fault.
    pub silent: usize,
    /// How many series this node saw at the last evaluation; none before the first.
    pub series: Option<usize>,
    /// The group that fires or is silent for the longest time; else the one with the newest point.
    pub first: Option<GroupView>,
}

impl App {
    /// How all monitors are, in short; those that are not in the list have never fired and were not
    /// evaluated by this node. Which of them the caller may see is for the caller to ask.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn monitor_summaries(&self) -> Result<BTreeMap<MonitorId, MonitorSummary>, AppError> {
        let (active, _) = self.active_groups().await?;
        Ok(self.monitors.with(|state| {
            let ids = state.monitors.keys().chain(active.keys()).copied();
            let none = BTreeMap::new();
            ids.map(|id| {
                let groups = active.get(&id).unwrap_or(&none);
                (id, summary(groups, state.monitors.get(&id)))
            })
            .collect()
        }))
    }

    /// How a monitor is.
    ///
    /// # Errors
    /// When there is none, the caller may not see it, or the store fails.
    pub async fn monitor_view(
        &self,
        caller: &Caller,
        id: MonitorId,
    ) -> Result<MonitorView, AppError> {
        let config = self.config();
        let team = config
            .team_of(ObjectId::Monitor(id))
            .ok_or(AppError::NotFound)?;
        caller.require(Permission::Read, team)?;
        let shown = u32::try_from(GROUPS_SHOWN).unwrap_or(u32::MAX);
        let stored = self
            .store
            .read(move |tx| Ok::<_, AppError>(monitors::of_monitor(tx, id, shown)?))
            .await?
            .good;
        Ok(self.monitors.with(|state| {
            let known = state.monitors.get(&id);
            let seen = known.and_then(|known| known.seen.as_ref());
            let last = |name: &str| known.and_then(|known| known.last.get(name).copied());
            let mut groups: Vec<GroupView> =
                stored.iter().map(|g| group_view(&g.state, last)).collect();
            let quiet = known.into_iter().flat_map(|known| &known.last);
            for (series, point) in quiet {
                if groups.len() >= GROUPS_SHOWN {
                    break;
                }
                if !stored.iter().any(|group| group.state.name == *series) {
                    groups.push(GroupView {
                        series: series.clone(),
                        state: Phase::Well.word(),
                        since: None,
                        last: Some(*point),
                    });
                }
            }
            MonitorView {
                state: state_of(stored.iter().map(|group| &group.state), seen),
                notice: seen.and_then(notice).or_else(|| known?.damage.clone()),
                evaluated_at: seen.map(|seen| Timestamp::EPOCH.plus_secs(seen.at_s)),
                groups,
            }
        }))
    }
}

fn summary(groups: &BTreeMap<String, Group>, known: Option<&Known>) -> MonitorSummary {
    let seen = known.and_then(|known| known.seen.as_ref());
    let last = |name: &str| known.and_then(|known| known.last.get(name).copied());
    let count = |is: fn(&Phase) -> bool| groups.values().filter(|g| is(&g.phase)).count();
    let views = groups.values().map(|group| group_view(group, last));
    let newest = || {
        let all = known?.last.iter();
        let (series, point) = all.max_by_key(|(_, point)| point.at_s)?;
        Some(GroupView {
            series: series.clone(),
            state: Phase::Well.word(),
            since: None,
            last: Some(*point),
        })
    };
    MonitorSummary {
        state: state_of(groups.values(), seen),
        firing: count(|phase| matches!(phase, Phase::Firing { .. })),
        silent: count(|phase| matches!(phase, Phase::Silent { .. })),
        series: seen.map(|seen| seen.series),
        first: views.min_by_key(|view| view.since).or_else(newest),
    }
}

fn group_view(group: &Group, last: impl Fn(&str) -> Option<Point>) -> GroupView {
    let since_s = match group.phase {
        Phase::Well => None,
        Phase::Firing { since_s } | Phase::Silent { since_s } => Some(since_s),
    };
    GroupView {
        series: group.name.clone(),
        state: group.phase.word(),
        since: since_s.map(|at_s| Timestamp::EPOCH.plus_secs(at_s)),
        last: last(&group.name),
    }
}

fn state_of<'a>(
    groups: impl Iterator<Item = &'a Group> + Clone,
    seen: Option<&Evaluated>,
) -> MonitorState {
    let any = |is: fn(&Phase) -> bool| groups.clone().any(|group| is(&group.phase));
    if any(|phase| matches!(phase, Phase::Firing { .. })) {
        return MonitorState::Firing;
    }
    if any(|phase| matches!(phase, Phase::Silent { .. })) {
        return MonitorState::Silent;
    }
    match seen {
        None => MonitorState::Unknown,
        Some(seen) if seen.error.is_some() => MonitorState::Failed,
        Some(seen) if seen.series == 0 => MonitorState::NoSeries,
        Some(_) => MonitorState::Well,
    }
}

fn notice(seen: &Evaluated) -> Option<String> {
    if let Some(error) = &seen.error {
        return Some(text("monitors.notice.failed", &[("error", error)]));
    }
    if seen.series == 0 {
        return Some(text("monitors.notice.no_series", &[]));
    }
    (seen.left_out > 0).then(|| {
        let values: [(&str, &dyn core::fmt::Display); 2] =
            [("shown", &seen.series), ("left_out", &seen.left_out)];
        text("monitors.notice.left_out", &values)
    })
}
