//! Any sequence of writes, upkeep and restarts reads like a naive model: a map from series, archive
//! and step to a value.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wb_metrics::store::{Archive, Archives, Limits, Rules};
use wb_ports::MetricSource;

use crate::support::{Ground, START, limits};

/// Steps and reaches small enough that every border is met often.
const ARCHIVES: &str = "5s:2m,15s:5m,60s:20m";
const SERIES: [&str; 3] = ["a.avg", "a.count", "b;t=1"];

#[derive(Debug, Clone)]
enum Step {
    /// Samples: series, age in seconds, value.
    Write(Vec<(usize, i64, f64)>),
    /// A run of one sample each step.
    Fill {
        series: usize,
        age_s: i64,
        count: i64,
    },
    Pass(i64),
    Maintain,
    Reopen,
    Check,
}

fn a_step() -> impl Strategy<Value = Step> {
    let age = prop_oneof![4 => 0_i64..40, 2 => 0_i64..400, 1 => -30_i64..1_300];
    let sample = (
        0..SERIES.len(),
        age,
        prop_oneof![(-100_i32..100).prop_map(f64::from), -1e300..1e300],
    );
    prop_oneof![
        6 => prop::collection::vec(sample, 1..20).prop_map(Step::Write),
        2 => (0..SERIES.len(), 0_i64..900, 1_i64..180)
            .prop_map(|(series, age_s, count)| Step::Fill { series, age_s, count }),
        4 => prop_oneof![4 => 1_i64..30, 1 => 30_i64..700].prop_map(Step::Pass),
        4 => Just(Step::Maintain),
        1 => Just(Step::Reopen),
        2 => Just(Step::Check),
    ]
}

struct Model {
    archives: Vec<Archive>,
    /// By series, archive and time.
    points: BTreeMap<(usize, usize, i64), f64>,
    dirty: BTreeSet<(usize, usize, i64)>,
}

impl Model {
    fn write(&mut self, now_s: i64, series: usize, at_s: i64, value: f64) -> bool {
        let age_s = now_s - at_s;
        let longest = self.archives.last().unwrap().reach_s();
        if age_s >= longest || age_s < -limits().future_s {
            return false;
        }
        let into = self
            .archives
            .iter()
            .position(|a| a.reach_s() >= age_s)
            .unwrap();
        self.put(series, into, at_s, value);
        true
    }

    fn put(&mut self, series: usize, archive: usize, at_s: i64, value: f64) {
        let step = self.archives[archive].step_s;
        self.points
            .insert((series, archive, at_s - at_s % step), value);
        if let Some(coarse) = self.archives.get(archive + 1) {
            self.dirty
                .insert((series, archive + 1, at_s - at_s % coarse.step_s));
        }
    }

    fn roll_up(&mut self, now_s: i64) {
        for archive in 1..self.archives.len() {
            let step = self.archives[archive].step_s;
            let fine = self.archives[archive - 1].step_s;
            let over = |key: &&(usize, usize, i64)| key.1 == archive && key.2 + step <= now_s;
            let due: Vec<_> = self.dirty.iter().filter(over).copied().collect();
            for key in due {
                self.dirty.remove(&key);
                let (series, _, at_s) = key;
                let range = (series, archive - 1, at_s)..(series, archive - 1, at_s + step);
                let known: Vec<f64> = self.points.range(range).map(|(_, value)| *value).collect();
                let sum: f64 = known.iter().sum();
                let (known, all) = (known.len() as f64, (step / fine) as f64);
                let counted = SERIES[series].ends_with(".count");
                let value = if counted { sum } else { sum / known };
                if known > 0.0 && (counted || known / all >= 0.5) && value.is_finite() {
                    self.put(series, archive, at_s, value);
                }
            }
        }
    }

    fn read(&self, series: usize, archive: usize, window: std::ops::Range<i64>) -> Vec<(i64, u64)> {
        let range = (series, archive, window.start)..(series, archive, window.end);
        self.points
            .range(range)
            .map(|(key, value)| (key.2, value.to_bits()))
            .collect()
    }
}

/// Every archive over all of its reach, and a part of it.
fn check(ground: &Ground, model: &Model, now_s: i64) {
    for (series, name) in SERIES.iter().enumerate() {
        for (archive, shape) in model.archives.iter().enumerate() {
            let finer = archive
                .checked_sub(1)
                .map_or(0, |finer| model.archives[finer].reach_s());
            for from_s in [now_s - shape.reach_s(), now_s - finer - 1] {
                let start = from_s - from_s % shape.step_s + shape.step_s;
                let end = now_s - now_s % shape.step_s + shape.step_s;
                let end = end.max(start + shape.step_s);
                let expected = model.read(series, archive, start..end);
                let read = ground.points(name, from_s, now_s, now_s);
                let read: Vec<_> = read
                    .into_iter()
                    .map(|(at, value)| (at, value.to_bits()))
                    .collect();
                assert_eq!(
                    read,
                    expected,
                    "{name}, archive {archive}, from {}",
                    from_s - now_s
                );
            }
        }
    }
}

fn run(steps: Vec<Step>, small: Limits) {
    let ini = format!("[all]\npattern = .*\nretentions = {ARCHIVES}\n");
    let mut ground = Ground::new(Rules::from_carbon(Some(&ini), None).unwrap(), small);
    let mut model = Model {
        archives: Archives::parse(ARCHIVES).unwrap().as_slice().to_vec(),
        points: BTreeMap::new(),
        dirty: BTreeSet::new(),
    };
    let mut now_s = START;
    for step in steps
        .into_iter()
        .chain([Step::Maintain, Step::Check, Step::Reopen, Step::Check])
    {
        if ground.store().stats().head_points > 4 * ground.limits.head_points {
            // The store takes no more until upkeep has run.
            ground.store().maintain(now_s).unwrap();
            model.roll_up(now_s);
        }
        let samples: Vec<(usize, i64, f64)> = match step {
            Step::Write(samples) => samples,
            Step::Fill {
                series,
                age_s,
                count,
            } => (0..count)
                .map(|n| (series, age_s - n * 5, n as f64))
                .collect(),
            Step::Pass(seconds) => {
                now_s += seconds;
                ground.clock.set(now_s);
                continue;
            }
            Step::Maintain => {
                ground.store().maintain(now_s).unwrap();
                model.roll_up(now_s);
                let again = ground.store().maintain(now_s).unwrap();
                assert_eq!((again.rolled_up, again.chunks_dropped), (0, 0));
                continue;
            }
            Step::Reopen => {
                ground.reopen();
                continue;
            }
            Step::Check => {
                check(&ground, &model, now_s);
                continue;
            }
        };
        let batch: Vec<_> = samples
            .iter()
            .map(|(s, age, v)| (SERIES[*s], now_s - age, *v))
            .collect();
        let stored = batch
            .iter()
            .zip(&samples)
            .filter(|((_, at, v), (s, _, _))| model.write(now_s, *s, *at, *v));
        let stored = stored.count();
        assert_eq!(ground.append(&batch).stored, stored);
    }
    drop(ground.store().find("*").unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_like_the_model(steps in prop::collection::vec(a_step(), 1..60)) {
        run(steps, limits());
    }

    /// With such limits points are sealed, merged and cut away all the time.
    #[test]
    fn reads_like_the_model_under_pressure(steps in prop::collection::vec(a_step(), 1..60)) {
        run(steps, Limits { head_points: 60, wal_points: 40, idle_s: 20, ..limits() });
    }
}
