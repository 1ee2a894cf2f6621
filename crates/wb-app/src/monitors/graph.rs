//! Points on their way into an incident's record.

use wb_core::config::Monitor;
use wb_core::monitor::{Group, Phase};
use wb_core::time::Timestamp;
use wb_metrics::render::Target;
use wb_ports::{MetricSource, Points};
use wb_store::graphs::Graph;

use super::observe::read;
use super::{GRAPH_BEFORE_S, GRAPH_VALUES_MAX};

/// The points of one series, with what the monitor was set to when they were read.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    rule: Monitor,
    points: Points,
}

/// Reads the points around a firing that began at `since_s`, of those series that are named.
pub(super) fn copy(
    rule: &Monitor,
    target: &Target,
    source: &dyn MetricSource,
    since_s: i64,
    now_s: i64,
) -> Vec<Copied> {
    let from_s = since_s.min(now_s) - GRAPH_BEFORE_S;
    match read(target, source, from_s, now_s, Some(GRAPH_VALUES_MAX)) {
        Ok(all) => all
            .into_iter()
            .map(|points| Copied {
                rule: rule.clone(),
                points,
            })
            .collect(),
        // The page matters more than its picture.
        Err(error) => {
            tracing::warn!(%error, "the points of a monitor could not be copied: {error}");
            Vec::new()
        }
    }
}

impl Copied {
    /// The name of the series.
    pub(super) fn series(&self) -> &str {
        &self.points.name
    }

    /// The graph of an episode that begins.
    pub(super) fn graph(&self, group: &Group, now: Timestamp) -> Graph {
        let since_s = match group.phase {
            Phase::Firing { since_s } => Some(since_s),
            Phase::Silent { .. } | Phase::Well => None,
        };
        Graph {
            monitor_name: self.rule.name.clone(),
            series: group.name.clone(),
            target: self.rule.target.clone(),
            side: self.rule.side,
            threshold: self.rule.threshold.get(),
            recovery: self.rule.recovery.map(|level| level.get()),
            since_s,
            fired_s: now.as_secs(),
            recovered_s: None,
            start_s: self.points.start_s,
            step_s: self.points.step_s,
            values: self.points.values.clone(),
        }
    }

    /// Puts newer points into a graph.
    pub(super) fn refresh(&self, graph: &mut Graph) {
        graph.start_s = self.points.start_s;
        graph.step_s = self.points.step_s;
        graph.values.clone_from(&self.points.values);
    }
}
