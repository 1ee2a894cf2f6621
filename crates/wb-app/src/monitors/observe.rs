//! Reading a monitor's series. Blocks; runs on a thread that may wait.

use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::config::{Monitor, OnSilence};
use wb_core::ids::MonitorId;
use wb_core::limits;
use wb_core::monitor::Point;
use wb_core::number::Number;
use wb_metrics::render::{self, Limits, Target, Window};
use wb_ports::{MetricSource, Points};

use super::ALIVE_S;

/// A monitor whose evaluation is due.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) id: MonitorId,
    pub(super) version: u32,
    pub(super) rule: Monitor,
    pub(super) target: Result<Arc<Target>, String>,
    /// When it was due, in seconds since 1970 UTC.
    pub(super) due_s: i64,
    /// Whether to look for series that were alive before this process.
    pub(super) look_back: bool,
}

/// What was read for one monitor.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) series: Vec<Seen>,
    /// Series over the limit that were not looked at.
    pub(super) left_out: usize,
    /// Why nothing could be read.
    pub(super) error: Option<String>,
    pub(super) looked_back: bool,
}

impl Observed {
    /// How far apart the points of the series with the most frequent ones lie, in seconds; none where
    /// too few are known.
    pub(super) fn apart_s(&self) -> Option<i64> {
        let apart = self.series.iter().filter_map(|seen| {
            let (first, last) = (seen.points.first()?, seen.points.last()?);
            let gaps = i64::try_from(seen.points.len()).ok()? - 1;
            (gaps >= 2).then(|| (last.at_s - first.at_s) / gaps)
        });
        apart.min()
    }
}

/// What was read of one series.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) name: String,
    /// The known points within the monitor's reach, oldest first.
    pub(super) points: Vec<Point>,
    /// The distance between two values, in seconds.
    pub(super) step_s: i64,
    /// The last point before that, if it was looked for.
    pub(super) before: Option<Point>,
}

/// Reads the series of one monitor as they are now.
pub(super) fn observe(due: &Due, source: &dyn MetricSource, now_s: i64) -> Observed {
    match try_observe(due, source, now_s) {
        Ok(observed) => observed,
        Err(error) => Observed {
            error: Some(error),
            ..Observed::default()
        },
    }
}

fn try_observe(due: &Due, source: &dyn MetricSource, now_s: i64) -> Result<Observed, String> {
    let target = due.target.as_ref().map_err(Clone::clone)?;
    let mut all = read(target, source, now_s - due.rule.reach_s(0), now_s, None)?;
    let step_s = all.iter().map(|points| points.step_s).max().unwrap_or(0);
    // Values that come more rarely than the rule knows of: what it asks for reaches further back.
    if due.rule.reach_s(step_s) > due.rule.reach_s(0) {
        all = read(
            target,
            source,
            now_s - due.rule.reach_s(step_s),
            now_s,
            None,
        )?;
    }
    let left_out = all.len().saturating_sub(limits::GROUPS_PER_MONITOR);
    all.truncate(limits::GROUPS_PER_MONITOR);
    let mut series: Vec<Seen> = all
        .into_iter()
        .map(|points| Seen {
            points: known(&points),
            step_s: points.step_s,
            name: points.name,
            before: None,
        })
        .collect();
    let is_watched = due.rule.on_silence == OnSilence::Alert;
    let looks_back = due.look_back && is_watched;
    if looks_back && series.iter().any(|seen| seen.points.is_empty()) {
        let earlier = read(target, source, now_s - ALIVE_S, now_s, None)?;
        let mut last: BTreeMap<String, Point> = earlier
            .into_iter()
            .filter_map(|points| Some((points.name.clone(), *known(&points).last()?)))
            .collect();
        for seen in &mut series {
            seen.before = last.remove(&seen.name);
        }
    }
    Ok(Observed {
        series,
        left_out,
        error: None,
        looked_back: looks_back,
    })
}

/// The points of a target over `from_s < t <= until_s`, made at most `max_points` a series.
pub(super) fn read(
    target: &Target,
    source: &dyn MetricSource,
    from_s: i64,
    until_s: i64,
    max_points: Option<usize>,
) -> Result<Vec<Points>, String> {
    let window = Window {
        from_s,
        until_s,
        now_s: until_s,
        zone: jiff::tz::TimeZone::UTC,
        max_points,
    };
    let targets = core::slice::from_ref(target);
    let found = render::evaluate(targets, &window, source, &Limits::default());
    let series = found.map_err(|error| error.to_string())?;
    Ok(series
        .into_iter()
        .map(|series| Points {
            name: series.name,
            ..series.points
        })
        .collect())
}

/// The known values with their times, oldest first.
pub(super) fn known(points: &Points) -> Vec<Point> {
    let times = (0..).map(|n: i64| points.start_s + n * points.step_s);
    times
        .zip(&points.values)
        .filter_map(|(at_s, value)| {
            let value = Number::new((*value)?)?;
            Some(Point { at_s, value })
        })
        .collect()
}
