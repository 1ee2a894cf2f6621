//! Points on their way into an incident's record.

use std::collections::BTreeMap;

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

/// Reads the points of the named series, each from before the time that stands beside its name.
/// Series whose times are about as far back are read together, so that an episode of weeks does not
/// widen the graph of one that has just begun.
pub(super) fn copy(
    rule: &Monitor,
    target: &Target,
    source: &dyn MetricSource,
    since_s: &BTreeMap<String, i64>,
    now_s: i64,
) -> BTreeMap<String, Copied> {
    let mut classes: BTreeMap<u32, i64> = BTreeMap::new();
    for since_s in since_s.values() {
        let earliest_s = classes.entry(age_class(*since_s, now_s)).or_insert(now_s);
        *earliest_s = (*earliest_s).min(*since_s);
    }
    let mut copied = BTreeMap::new();
    for (class, earliest_s) in classes {
        let from_s = earliest_s - GRAPH_BEFORE_S;
        let all = match read(target, source, from_s, now_s, Some(GRAPH_VALUES_MAX)) {
            Ok(all) => all,
            // The page matters more than its picture.
            Err(error) => {
                tracing::warn!(%error, "the points of a monitor could not be copied: {error}");
                continue;
            }
        };
        let is_wanted = |points: &Points| {
            let since_s = since_s.get(&points.name);
            since_s.is_some_and(|since_s| age_class(*since_s, now_s) == class)
        };
        for points in all.into_iter().filter(is_wanted) {
            let rule = rule.clone();
            copied.insert(points.name.clone(), Copied { rule, points });
        }
    }
    copied
}

/// How far back a time is, in powers of two of the time that every graph shows at least.
pub(super) fn age_class(since_s: i64, now_s: i64) -> u32 {
    let ratio = (now_s.saturating_sub(since_s) / GRAPH_BEFORE_S).max(1);
    ratio.ilog2()
}

/// Seconds between two copies of series of a class: about the width of one value of their graph,
/// as more often would show nothing new, and `least_s` at least.
pub(super) const fn copy_every_s(class: u32, least_s: i64) -> i64 {
    // No monitor fires for 2^32 hours.
    let shown_s = GRAPH_BEFORE_S << if class < 32 { class } else { 32 };
    let width_s = shown_s / GRAPH_VALUES_MAX as i64;
    if width_s > least_s { width_s } else { least_s }
}

impl Copied {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_an_episode_the_more_rarely_it_is_copied() {
        let class = |hours: i64| age_class(1_000_000 - hours * 3_600, 1_000_000);
        assert_eq!([0, 1, 2, 7, 8].map(class), [0, 0, 1, 2, 3]);
        assert_eq!(age_class(i64::MAX, 0), 0);
        let every = |hours: i64| copy_every_s(class(hours), 15);
        assert_eq!([0, 2, 6, 24 * 30].map(every), [15, 15, 20, 2_560]);
        assert!(copy_every_s(age_class(i64::MIN, i64::MAX), 15) > 0);
    }
}
