//! What a monitor would have done: a draft judged over the points of the last days.

use tokio::sync::Semaphore;
use wb_core::config::{Config, Monitor};
use wb_core::monitor::{Episode, Replay, replay};
use wb_metrics::render::{self, Target};
use wb_ports::MetricSource;
use wb_ports::catalogue::text;

use super::observe::{known, read};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// The longest time that is looked back over, in seconds (a week).
pub const PREVIEW_SPAN_S_MAX: u32 = 604_800;

/// Series of a draft that are judged; further ones are left out, and the answer says how many.
const SERIES_MAX: usize = 100;

/// Points that all judgements together look at, about; more seldom ones are made instead.
const WORK_MAX: i64 = 50_000_000;

/// Episodes of one series that are listed, the newest ones; all are counted.
const EPISODES_SHOWN: usize = 100;

/// Previews under way at once on this node; a few more wait for their turn.
const AT_ONCE: usize = 2;

/// Previews under way or waiting; more are told to come back.
const WAITING_MAX: usize = 16;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
static PLACES: Semaphore = Semaphore::const_new(WAITING_MAX);

/// What a draft would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The beginning, in seconds since 1970 UTC.
    pub from_s: i64,
    /// The end, in seconds since 1970 UTC.
    pub until_s: i64,
    /// The distance between two judgements, in seconds.
    pub every_s: i64,
    /// Each series, those that fired most often first.
    pub series: Vec<PreviewSeries>,
    /// Series that were not judged.
    pub left_out: usize,
}

/// What one series would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewSeries {
    /// Its name.
    pub name: String,
    /// The distance between two of its values, in seconds.
    pub step_s: i64,
    /// How often it left the well state within the time.
    pub count: usize,
    /// The same, of the last day.
    pub count_day: usize,
    /// The newest episodes, oldest first.
    pub episodes: Vec<Episode>,
}

impl App {
    /// Judges a draft over the points of the last `span_s` seconds. Metrics belong to no team, so
    /// whoever may read anything may ask.
    ///
    /// # Errors
    /// When the draft is not sound, there are no metrics here, or they cannot be read.
    pub async fn preview_monitor(
        &self,
        caller: &Caller,
        rule: Monitor,
        span_s: u32,
    ) -> Result<Preview, AppError> {
        let teams = caller.scope.readable_teams();
        if teams.is_some_and(|teams| teams.is_empty()) {
            return Err(AppError::Forbidden);
        }
        Self::check_rule(&rule)?;
        let target =
            render::parse(&rule.target).map_err(|e| AppError::invalid("target", e.to_string()))?;
        let source = self.metrics.clone();
        let source = source
            .ok_or_else(|| AppError::invalid("target", text("monitors.preview.no_metrics", &[])))?;
        let place = PLACES.try_acquire().map_err(|_| AppError::Busy {
            retry_after_ms: 1_000,
        })?;
        let turn = TURNS.acquire().await;
        let turn = turn.map_err(|error| AppError::Internal(error.to_string()))?;
        let (config, until_s) = (self.config(), self.now().as_secs());
        let span_s = i64::from(span_s.clamp(60, PREVIEW_SPAN_S_MAX));
        tokio::task::spawn_blocking(move || {
            // Held until the thread is free again, however long ago who asked has left.
            let _held = (place, turn);
            judge(
                &rule,
                &target,
                &*source,
                (until_s - span_s, until_s),
                &config,
            )
        })
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?
    }
}

fn judge(
    rule: &Monitor,
    target: &Target,
    source: &dyn MetricSource,
    (from_s, until_s): (i64, i64),
    config: &Config,
) -> Result<Preview, AppError> {
    // Begun a little earlier, so that what was under way at the beginning is not taken for new.
    let begin_s = from_s - rule.reach_s(0);
    let read_from_s = begin_s - rule.reach_s(0);
    let mut all = read(target, source, read_from_s, until_s, None)
        .map_err(|error| AppError::invalid("target", error))?;
    let left_out = all.len().saturating_sub(SERIES_MAX);
    all.truncate(SERIES_MAX);
    let shortest_s = all.iter().map(|points| points.step_s).min().unwrap_or(1);
    let every_s = pace(rule, shortest_s, all.len(), until_s - begin_s);
    let mut series: Vec<_> = all
        .into_iter()
        .map(|points| {
            let values = known(&points);
            let mut episodes = replay(
                &Replay {
                    rule,
                    name: &points.name,
                    points: &values,
                    step_s: points.step_s,
                    from_s: begin_s,
                    until_s,
                    every_s,
                },
                config,
            );
            episodes.retain(|one| one.until_s.is_none_or(|until_s| until_s > from_s));
            let since = |limit_s: i64| episodes.iter().filter(|one| one.at_s > limit_s).count();
            let (count, count_day) = (since(from_s), since(from_s.max(until_s - 86_400)));
            let skipped = episodes.len().saturating_sub(EPISODES_SHOWN);
            PreviewSeries {
                name: points.name,
                step_s: points.step_s,
                count,
                count_day,
                episodes: episodes.split_off(skipped),
            }
        })
        .collect();
    series.sort_by_key(|one| core::cmp::Reverse(one.count));
    Ok(Preview {
        from_s,
        until_s,
        every_s,
        series,
        left_out,
    })
}

/// Seconds between two judgements: as the monitor has it, no more often than there are values, and
/// so seldom that all of them are done soon.
fn pace(rule: &Monitor, step_s: i64, series: usize, span_s: i64) -> i64 {
    let step_s = step_s.max(1);
    let every_s = i64::from(rule.every_s).max(step_s);
    let looked_at = rule.reach_s(step_s) / step_s + 1;
    let per_judgement = looked_at.saturating_mul(i64::try_from(series).unwrap_or(i64::MAX).max(1));
    every_s.max(span_s.saturating_mul(per_judgement) / WORK_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::config::{OnSilence, Side};
    use wb_core::event::Severity;
    use wb_core::ids::ServiceId;
    use wb_core::number::Number;

    #[test]
    fn much_work_is_done_more_seldom() {
        let rule = Monitor {
            service: ServiceId(uuid::Uuid::nil()),
            name: String::new(),
            description: String::new(),
            target: "a".to_owned(),
            side: Side::Above,
            threshold: Number::ZERO,
            for_s: 0,
            recovery: None,
            recover_for_s: 0,
            every_s: 30,
            severity: Severity::Major,
            silent_after_s: 300,
            on_silence: OnSilence::Keep,
            runbook_url: None,
        };
        assert_eq!(pace(&rule, 10, 1, 604_800), 30);
        assert_eq!(pace(&rule, 60, 1, 604_800), 60);
        let long = Monitor {
            for_s: 86_400,
            ..rule
        };
        assert!(pace(&long, 10, 100, 604_800) > 10_000);
    }
}
