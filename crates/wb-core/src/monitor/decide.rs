//! What an evaluation decides about one group.

use super::{Group, GroupFact, Phase, Recovery};
use crate::actor::Actor;
use crate::config::{Monitor, OnSilence};
use crate::decision::{Ctx, Decided, Decision};
use crate::ids::MonitorId;
use crate::number::Number;

/// One known value of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When, in seconds since 1970 UTC.
    pub at_s: i64,
    /// The value.
    pub value: Number,
}

/// Which group is judged, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The monitor.
    pub monitor: MonitorId,
    /// Its version.
    pub version: u32,
    /// What it is set to.
    pub rule: &'a Monitor,
    /// The name of the series.
    pub name: &'a str,
}

/// What an evaluation saw of a group.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The known points of the last [`Monitor::reach_s`] seconds, oldest first.
    pub points: &'a [Point],
    /// The distance between two values of the series, in seconds; 0 when that is not known.
    pub step_s: i64,
    /// The last point ever, when `points` holds none; none for a series that is not known to have
    /// been alive.
    pub last_at_s: Option<i64>,
    /// For how many seconds since the last point we were listening: the time after a start, or in
    /// which no series at all had points, is no evidence of silence.
    pub listened_s: i64,
}

/// What the group asks of its alert, in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// An event is to trigger.
    Trigger,
    /// An event is to resolve.
    Resolve,
}

/// The decision about a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDecision {
    /// The new state with its fact.
    pub decision: Decision<Group, GroupFact>,
    /// What its alert has to do, under the new state's dedup key.
    pub command: Command,
}

/// A stretch of values of one kind that ends at the newest point.
struct Stretch {
    since_s: i64,
    newest: Point,
    worst: Number,
}

impl Stretch {
    const fn lasts_s(&self) -> i64 {
        self.newest.at_s.saturating_sub(self.since_s)
    }
}

/// Decides about a group; `group` is its state, none while it has never left the well state. `None`
/// when nothing changes.
#[must_use]
pub fn decide(
    group: Option<&Group>,
    subject: Subject<'_>,
    seen: Seen<'_>,
    ctx: Ctx<'_>,
) -> Option<GroupDecision> {
    let rule = subject.rule;
    let phase = group.map_or(Phase::Well, |group| group.phase);
    let silent_after_s = rule.silence_s(seen.step_s);
    let now_s = ctx.now.as_secs();
    let newest = seen
        .points
        .last()
        .filter(|newest| now_s.saturating_sub(newest.at_s) <= silent_after_s);
    let Some(newest) = newest else {
        let last_at_s = seen.points.last().map(|point| point.at_s);
        let last_at_s = last_at_s.or(seen.last_at_s)?;
        let is_silent = seen.listened_s > silent_after_s;
        return is_silent
            .then(|| fell_silent(group, phase, subject, last_at_s, ctx))
            .flatten();
    };
    match phase {
        Phase::Silent { .. } => {
            let why = Recovery::Points {
                value: newest.value,
            };
            recover(group?, subject.version, why, ctx)
        }
        Phase::Well => {
            let bad = stretch(rule, seen, |value| rule.is_bad(value))?;
            (bad.lasts_s() >= i64::from(rule.for_s))
                .then(|| fire(group, subject, &bad, ctx))
                .flatten()
        }
        Phase::Firing { .. } => {
            let good = stretch(rule, seen, |value| rule.is_good(value))?;
            let why = Recovery::Values {
                since_s: good.since_s,
                value: good.newest.value,
            };
            (good.lasts_s() >= i64::from(rule.recover_for_s))
                .then(|| recover(group?, subject.version, why, ctx))
                .flatten()
        }
    }
}

/// Ends the episode of a group whose monitor is gone or no longer selects its series. `version` is
/// the monitor's; the group's own when the monitor is gone.
#[must_use]
pub fn close(group: &Group, version: u32, ctx: Ctx<'_>) -> Option<GroupDecision> {
    if !group.is_active() {
        return None;
    }
    recover(group, version, Recovery::Gone, ctx)
}

fn fell_silent(
    group: Option<&Group>,
    phase: Phase,
    subject: Subject<'_>,
    last_at_s: i64,
    ctx: Ctx<'_>,
) -> Option<GroupDecision> {
    match (phase, subject.rule.on_silence) {
        (Phase::Well, OnSilence::Alert) => go_silent(group, subject, last_at_s, ctx),
        (Phase::Firing { .. }, OnSilence::Recover)
        | (Phase::Silent { .. }, OnSilence::Recover | OnSilence::Keep) => {
            recover(group?, subject.version, Recovery::Silence, ctx)
        }
        _ => None,
    }
}

/// The values of one kind at the end of the points, without a gap that would be silence.
fn stretch(rule: &Monitor, seen: Seen<'_>, is_kind: impl Fn(Number) -> bool) -> Option<Stretch> {
    let (points, gap_s_max) = (seen.points, rule.silence_s(seen.step_s));
    let newest = *points.last().filter(|point| is_kind(point.value))?;
    let mut found = Stretch {
        since_s: newest.at_s,
        newest,
        worst: newest.value,
    };
    for point in points.iter().rev() {
        let gap_s = found.since_s.saturating_sub(point.at_s);
        if !is_kind(point.value) || gap_s > gap_s_max {
            break;
        }
        found.since_s = point.at_s;
        if rule.side.is_beyond(point.value, found.worst) {
            found.worst = point.value;
        }
    }
    Some(found)
}

fn fire(
    group: Option<&Group>,
    subject: Subject<'_>,
    bad: &Stretch,
    ctx: Ctx<'_>,
) -> Option<GroupDecision> {
    let fact = GroupFact::Fired {
        group: Group::id_of(subject.monitor, subject.name),
        monitor: subject.monitor,
        version: subject.version,
        name: subject.name.to_owned(),
        episode: next_episode(group),
        since_s: bad.since_s,
        at_s: bad.newest.at_s,
        value: bad.newest.value,
        worst: bad.worst,
        side: subject.rule.side,
        threshold: subject.rule.threshold,
    };
    changed(group, fact, Command::Trigger, ctx)
}

fn go_silent(
    group: Option<&Group>,
    subject: Subject<'_>,
    last_at_s: i64,
    ctx: Ctx<'_>,
) -> Option<GroupDecision> {
    let fact = GroupFact::WentSilent {
        group: Group::id_of(subject.monitor, subject.name),
        monitor: subject.monitor,
        version: subject.version,
        name: subject.name.to_owned(),
        episode: next_episode(group),
        last_at_s,
    };
    changed(group, fact, Command::Trigger, ctx)
}

fn recover(group: &Group, version: u32, why: Recovery, ctx: Ctx<'_>) -> Option<GroupDecision> {
    let fact = GroupFact::Recovered {
        version,
        episode: group.episode,
        why,
    };
    changed(Some(group), fact, Command::Resolve, ctx)
}

fn next_episode(group: Option<&Group>) -> u32 {
    group.map_or(0, |group| group.episode).saturating_add(1)
}

/// The decision of one fact; `None` only for a fact that cannot stand first.
fn changed(
    group: Option<&Group>,
    fact: GroupFact,
    command: Command,
    ctx: Ctx<'_>,
) -> Option<GroupDecision> {
    let at = group.map_or(ctx.now, |group| ctx.now.max(group.updated_at));
    let decided = Decided {
        at,
        actor: Actor::System,
        fact,
    };
    let state = match group {
        None => Group::open(&decided)?,
        Some(group) => {
            let mut state = group.clone();
            state.apply(&decided);
            state
        }
    };
    Some(GroupDecision {
        decision: Decision {
            state,
            facts: vec![decided],
            effects: Vec::new(),
        },
        command,
    })
}
