//! What a monitor would have done over points that are known: the decisions of [`decide`], one after
//! the other, as if it had been evaluated then.

use uuid::Uuid;

use super::{Group, GroupFact, Point, Seen, Subject, decide};
use crate::config::{Config, Monitor};
use crate::decision::Ctx;
use crate::ids::MonitorId;
use crate::number::Number;
use crate::time::Timestamp;

/// One series of a monitor, and the time over which it is judged again.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// What the monitor is set to.
    pub rule: &'a Monitor,
    /// The name of the series.
    pub name: &'a str,
    /// Its known points, oldest first; from [`Monitor::reach_s`] before `from_s` on.
    pub points: &'a [Point],
    /// The distance between two values, in seconds.
    pub step_s: i64,
    /// The first evaluation, in seconds since 1970 UTC.
    pub from_s: i64,
    /// The last one at most, in seconds since 1970 UTC.
    pub until_s: i64,
    /// The distance between two evaluations, in seconds; at least 1.
    pub every_s: i64,
}

/// One time that a series would have left the well state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// Its values stayed beyond the line; else it fell silent.
    pub fired: bool,
    /// The first value of the stretch, or the last point before silence, in seconds since 1970 UTC.
    pub since_s: i64,
    /// When it was decided, in seconds since 1970 UTC.
    pub at_s: i64,
    /// When it was well again, in seconds since 1970 UTC; none where that did not come.
    pub until_s: Option<i64>,
    /// The worst value by the time it fired.
    pub worst: Option<Number>,
}

/// The episodes of a series, oldest first. We are taken to have listened all the time.
#[must_use]
pub fn replay(replay: &Replay<'_>, config: &Config) -> Vec<Episode> {
    let Replay { rule, points, .. } = *replay;
    let subject = Subject {
        monitor: MonitorId(Uuid::nil()),
        version: 1,
        rule,
        name: replay.name,
    };
    let reach_s = rule.reach_s(replay.step_s);
    let (mut first, mut end) = (0, 0);
    let mut group: Option<Group> = None;
    let mut episodes = Vec::new();
    let mut now_s = replay.from_s;
    while now_s <= replay.until_s {
        let is_past = |at: usize, limit_s: i64| points.get(at).is_some_and(|p| p.at_s <= limit_s);
        while is_past(end, now_s) {
            end += 1;
        }
        while first < end && is_past(first, now_s.saturating_sub(reach_s)) {
            first += 1;
        }
        let last_at_s = points.get(..end).and_then(<[_]>::last).map(|p| p.at_s);
        let seen = Seen {
            points: points.get(first..end).unwrap_or_default(),
            step_s: replay.step_s,
            last_at_s,
            listened_s: last_at_s.map_or(0, |at_s| now_s.saturating_sub(at_s)),
        };
        let ctx = Ctx {
            now: Timestamp::EPOCH.plus_secs(now_s),
            input: Uuid::nil(),
            config,
        };
        if let Some(decided) = decide(group.as_ref(), subject, seen, ctx) {
            for fact in &decided.decision.facts {
                note(&mut episodes, &fact.fact, now_s);
            }
            group = Some(decided.decision.state);
        }
        now_s = now_s.saturating_add(replay.every_s.max(1));
    }
    episodes
}

fn note(episodes: &mut Vec<Episode>, fact: &GroupFact, now_s: i64) {
    match fact {
        GroupFact::Fired { since_s, worst, .. } => episodes.push(Episode {
            fired: true,
            since_s: *since_s,
            at_s: now_s,
            until_s: None,
            worst: Some(*worst),
        }),
        GroupFact::WentSilent { last_at_s, .. } => episodes.push(Episode {
            fired: false,
            since_s: *last_at_s,
            at_s: now_s,
            until_s: None,
            worst: None,
        }),
        GroupFact::Recovered { .. } => {
            if let Some(last) = episodes.last_mut() {
                last.until_s = Some(now_s);
            }
        }
    }
}
