//! What monitors decide, case by case, and what holds for any series.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::config::{Config, Monitor, OnSilence, Side};
use crate::decision::Ctx;
use crate::event::Severity;
use crate::ids::ServiceId;
use crate::time::Timestamp;

const MONITOR: MonitorId = MonitorId(Uuid::from_u128(7));
const STEP_S: i64 = 10;

/// Over 500 for two minutes; recovers under 400 for two minutes; silent after five.
fn rule() -> Monitor {
    Monitor {
        service: ServiceId(Uuid::from_u128(1)),
        name: "latency".to_owned(),
        description: String::new(),
        target: "checkout.latency_ms.p99".to_owned(),
        side: Side::Above,
        threshold: number(500.0),
        for_s: 120,
        recovery: Some(number(400.0)),
        recover_for_s: 120,
        every_s: 10,
        severity: Severity::Critical,
        silent_after_s: 300,
        on_silence: OnSilence::Keep,
        runbook_url: None,
    }
}

fn number(value: f64) -> Number {
    Number::new(value).unwrap_or(Number::ZERO)
}

/// One point each ten seconds, from `from_s` on.
fn points(from_s: i64, values: &[f64]) -> Vec<Point> {
    let at = (0..).map(|n| from_s + n * STEP_S);
    at.zip(values)
        .map(|(at_s, value)| Point {
            at_s,
            value: number(*value),
        })
        .collect()
}

fn judge(
    group: Option<&Group>,
    rule: &Monitor,
    now_s: i64,
    all: &[Point],
) -> Option<GroupDecision> {
    let listened_s = now_s - all.last().map_or(0, |point| point.at_s);
    let from_s = now_s - rule.reach_s(STEP_S);
    let recent: Vec<Point> = all.iter().copied().filter(|p| p.at_s > from_s).collect();
    let seen = Seen {
        points: &recent,
        step_s: STEP_S,
        last_at_s: all.last().map(|point| point.at_s),
        listened_s,
    };
    judge_seen(group, rule, now_s, seen)
}

fn judge_seen(
    group: Option<&Group>,
    rule: &Monitor,
    now_s: i64,
    seen: Seen<'_>,
) -> Option<GroupDecision> {
    let subject = Subject {
        monitor: MONITOR,
        version: 3,
        rule,
        name: "checkout.latency_ms.p99",
    };
    let ctx = Ctx {
        now: Timestamp::EPOCH.plus_secs(now_s),
        input: Uuid::nil(),
        config: &Config::default(),
    };
    decide(group, subject, seen, ctx)
}

fn fact(decided: &GroupDecision) -> &GroupFact {
    &decided.decision.facts[0].fact
}

#[test]
fn values_that_come_rarely_are_not_silent_between() {
    let rule = Monitor {
        silent_after_s: 30,
        on_silence: OnSilence::Alert,
        ..rule()
    };
    let all: Vec<Point> = (0..100)
        .map(|n| Point {
            at_s: n * 60,
            value: number(700.0),
        })
        .collect();
    for now_s in 3_000..3_060 {
        let from_s = now_s - rule.reach_s(60);
        let known = |point: &&Point| point.at_s > from_s && point.at_s <= now_s - 60;
        let points: Vec<Point> = all.iter().filter(known).copied().collect();
        let seen = Seen {
            points: &points,
            step_s: 60,
            last_at_s: points.last().map(|point| point.at_s),
            listened_s: 3_000,
        };
        let decided = judge_seen(None, &rule, now_s, seen).unwrap();
        let phase = decided.decision.state.phase;
        assert!(matches!(phase, Phase::Firing { .. }), "{now_s}: {phase:?}");
    }
}

#[test]
fn fires_when_bad_for_long_enough_and_says_the_value() {
    let rule = rule();
    let mut values = vec![100.0; 10];
    values.extend([501.0; 11]);
    values.push(640.0);
    let early = points(10_000, &values);
    assert_eq!(
        judge(None, &rule, 10_215, &early),
        None,
        "110 s are not 120"
    );
    values.push(612.5);
    let all = points(10_000, &values);
    let fired = judge(None, &rule, 10_225, &all).unwrap();
    assert_eq!(fired.command, Command::Trigger);
    assert_eq!(
        *fact(&fired),
        GroupFact::Fired {
            group: Group::id_of(MONITOR, "checkout.latency_ms.p99"),
            monitor: MONITOR,
            version: 3,
            name: "checkout.latency_ms.p99".to_owned(),
            episode: 1,
            since_s: 10_100,
            at_s: 10_220,
            value: number(612.5),
            worst: number(640.0),
            side: Side::Above,
            threshold: number(500.0),
        }
    );
    let again = judge(Some(&fired.decision.state), &rule, 10_226, &all);
    assert_eq!(again, None, "a second evaluation changes nothing");
}

#[test]
fn one_good_value_or_a_long_gap_starts_the_time_anew() {
    let rule = rule();
    let mut values = vec![600.0; 13];
    values[6] = 500.0;
    assert_eq!(judge(None, &rule, 10_121, &points(10_000, &values)), None);
    let mut gap = points(10_000, &[600.0; 13]);
    gap.extend(points(10_120 + 301, &[600.0]));
    assert_eq!(judge(None, &rule, 10_425, &gap), None);
    let mut short = points(10_000, &[600.0; 2]);
    short.extend(points(10_010 + 300, &[600.0]));
    assert!(judge(None, &rule, 10_315, &short).is_some());
}

#[test]
fn recovers_only_under_the_recovery_level_for_long_enough() {
    let rule = rule();
    let fired = judge(None, &rule, 10_130, &points(10_000, &[600.0; 14])).unwrap();
    let firing = &fired.decision.state;
    let between = points(10_200, &[450.0; 30]);
    assert_eq!(judge(Some(firing), &rule, 10_495, &between), None);
    let good = points(10_500, &[399.0; 13]);
    let over = judge(Some(firing), &rule, 10_621, &good).unwrap();
    assert_eq!(over.command, Command::Resolve);
    assert_eq!(over.decision.state.dedup_key(), firing.dedup_key());
    let again = judge(
        Some(&over.decision.state),
        &rule,
        10_800,
        &points(10_650, &[600.0; 14]),
    );
    let again = again.unwrap().decision.state;
    assert_eq!(again.episode, 2);
    assert_ne!(again.dedup_key(), firing.dedup_key());
}

#[test]
fn below_is_the_mirror_and_no_duration_fires_at_once() {
    let mut rule = rule();
    rule.side = Side::Below;
    rule.threshold = number(1.0);
    rule.recovery = None;
    rule.for_s = 0;
    rule.recover_for_s = 0;
    let on_the_line = points(10_000, &[5.0, 1.0]);
    assert_eq!(judge(None, &rule, 10_011, &on_the_line), None);
    let fired = judge(None, &rule, 10_021, &points(10_000, &[5.0, 1.0, 0.5])).unwrap();
    let state = &fired.decision.state;
    let over = judge(
        Some(state),
        &rule,
        10_031,
        &points(10_000, &[5.0, 1.0, 0.5, 1.0]),
    )
    .unwrap();
    assert!(matches!(
        fact(&over),
        GroupFact::Recovered {
            why: Recovery::Values { .. },
            ..
        }
    ));
}

#[test]
fn silence_means_what_the_monitor_says() {
    let points = points(10_000, &[600.0; 14]);
    for (meaning, from_well, from_firing) in [
        (OnSilence::Keep, None, None),
        (OnSilence::Alert, Some(Command::Trigger), None),
        (OnSilence::Recover, None, Some(Command::Resolve)),
    ] {
        let rule = Monitor {
            on_silence: meaning,
            ..rule()
        };
        let firing = judge(None, &rule, 10_130, &points).unwrap().decision.state;
        let well = judge(None, &rule, 10_600, &points[..3]).map(|d| d.command);
        assert_eq!(well, from_well, "{meaning:?}");
        let fired = judge(Some(&firing), &rule, 10_600, &points).map(|d| d.command);
        assert_eq!(fired, from_firing, "{meaning:?}");
    }
}

#[test]
fn silence_counts_only_while_we_listened() {
    let rule = Monitor {
        on_silence: OnSilence::Alert,
        ..rule()
    };
    let seen = |listened_s| Seen {
        points: &[],
        step_s: STEP_S,
        last_at_s: Some(10_000),
        listened_s,
    };
    assert_eq!(judge_seen(None, &rule, 90_000, seen(300)), None);
    let silent = judge_seen(None, &rule, 90_000, seen(301)).unwrap();
    assert!(matches!(
        fact(&silent),
        GroupFact::WentSilent {
            last_at_s: 10_000,
            ..
        }
    ));
    let unknown = Seen {
        last_at_s: None,
        ..seen(80_000)
    };
    assert_eq!(judge_seen(None, &rule, 90_000, unknown), None);
    // Points again: that episode is over, and only the next evaluation may fire.
    let back = points(89_000, &[900.0; 100]);
    let over = judge(Some(&silent.decision.state), &rule, 90_000, &back).unwrap();
    assert_eq!(over.command, Command::Resolve);
    assert!(judge(Some(&over.decision.state), &rule, 90_000, &back).is_some());
}

#[test]
fn a_group_whose_monitor_is_gone_recovers_once() {
    let rule = rule();
    let fired = judge(None, &rule, 10_130, &points(10_000, &[600.0; 14])).unwrap();
    let ctx = Ctx {
        now: Timestamp::EPOCH,
        input: Uuid::nil(),
        config: &Config::default(),
    };
    let closed = close(&fired.decision.state, 4, ctx).unwrap();
    assert_eq!(
        closed.decision.facts[0].at, fired.decision.state.updated_at,
        "never backwards"
    );
    assert_eq!(close(&closed.decision.state, 4, ctx), None);
}

proptest! {
    /// However values run: events of a group strictly alternate, trigger and resolve of one episode
    /// have one key, no two episodes share one, and folding the facts gives the state.
    #[test]
    fn triggers_and_resolves_alternate(
        values in prop::collection::vec(prop::option::weighted(0.8, 0.0..1_000.0_f64), 1..400),
        for_s in 0_u32..200,
        recover_for_s in 0_u32..200,
        meaning in prop::sample::select(OnSilence::ALL.to_vec()),
    ) {
        let rule = Monitor { for_s, recover_for_s, on_silence: meaning, silent_after_s: 60, ..rule() };
        let mut state: Option<Group> = None;
        let mut facts: Vec<Decided<GroupFact>> = Vec::new();
        let mut open: Option<String> = None;
        let mut keys = std::collections::BTreeSet::new();
        let mut all = Vec::new();
        for (n, value) in (0_i64..).zip(&values) {
            let at_s = 10_000 + n * STEP_S;
            all.extend(value.map(|value| Point { at_s, value: number(value) }));
            let Some(decided) = judge(state.as_ref(), &rule, at_s + 1, &all) else {
                continue;
            };
            let key = decided.decision.state.dedup_key();
            match decided.command {
                Command::Trigger => {
                    prop_assert_eq!(&open, &None);
                    prop_assert!(keys.insert(key.clone()));
                    open = Some(key);
                }
                Command::Resolve => prop_assert_eq!(open.take(), Some(key)),
            }
            facts.extend(decided.decision.facts);
            state = Some(decided.decision.state);
        }
        let folded = facts.split_first().map(|(first, later)| {
            let mut group = Group::open(first).unwrap();
            later.iter().for_each(|fact| group.apply(fact));
            group
        });
        prop_assert_eq!(folded, state);
    }
}

#[test]
fn a_replay_fires_where_the_monitor_would_have() {
    // Ten minutes well, ten bad, ten good; then nothing.
    let mut values = vec![100.0; 60];
    values.extend([700.0; 60]);
    values.extend([100.0; 60]);
    let all = points(0, &values);
    let rule = rule();
    let replayed = |rule: &Monitor, until_s: i64, every_s: i64| {
        let seen = Replay {
            rule,
            name: "p99",
            points: &all,
            step_s: STEP_S,
            from_s: 0,
            until_s,
            every_s,
        };
        replay(&seen, &Config::default())
    };
    let fired = Episode {
        fired: true,
        since_s: 600,
        at_s: 720,
        until_s: Some(1_320),
        worst: Some(number(700.0)),
    };
    assert_eq!(replayed(&rule, 4_000, 10), std::slice::from_ref(&fired));
    let open = Episode {
        until_s: None,
        ..fired.clone()
    };
    assert_eq!(replayed(&rule, 1_000, 10), [open]);
    // Evaluated more rarely, it is later by less than one period.
    assert_eq!(replayed(&rule, 1_000, 50)[0].at_s, 750);
    let patient = Monitor {
        for_s: 601,
        ..rule.clone()
    };
    assert_eq!(replayed(&patient, 4_000, 10), []);
    let watched = Monitor {
        on_silence: OnSilence::Alert,
        ..rule
    };
    let all_of_it = replayed(&watched, 4_000, 10);
    assert_eq!(all_of_it.len(), 2, "{all_of_it:?}");
    assert_eq!(all_of_it[0], fired);
    assert!(!all_of_it[1].fired);
    assert_eq!((all_of_it[1].since_s, all_of_it[1].at_s), (1_790, 2_100));
}
