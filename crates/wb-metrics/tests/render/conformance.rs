//! The answers of graphite-web itself (`oracle.json`, made by `oracle.py`), case by case.

use std::fmt::Write;

use jiff::tz::TimeZone;
use serde_json::Value;
use wb_metrics::render::{Limits, Series, Window, evaluate, parse, time};

use crate::memory::{Memory, series};

fn oracle() -> Value {
    serde_json::from_str(include_str!("oracle.json")).expect("oracle.json is JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect(key)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect(key)
}

fn int(value: &Value, key: &str) -> i64 {
    value[key].as_i64().expect(key)
}

fn values(value: &Value) -> Vec<Option<f64>> {
    list(value, "values").iter().map(Value::as_f64).collect()
}

fn zone(value: &Value) -> TimeZone {
    TimeZone::get(text(value, "zone")).expect("a zone")
}

fn memory(oracle: &Value) -> Memory {
    let input = |one| {
        series(
            text(one, "name"),
            int(one, "start"),
            int(one, "step"),
            &values(one),
        )
    };
    Memory {
        series: list(oracle, "inputs").iter().map(input).collect(),
        reach_s: None,
    }
}

fn answer(case: &Value, now_s: i64, memory: &Memory) -> Result<Vec<Series>, String> {
    let targets = list(case, "targets")
        .iter()
        .map(|target| parse(target.as_str().expect("a target")).map_err(|error| error.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    let window = Window {
        from_s: int(case, "from"),
        until_s: int(case, "until"),
        now_s,
        zone: zone(case),
        max_points: case["max_data_points"].as_u64().map(|most| most as usize),
    };
    evaluate(&targets, &window, memory, &Limits::default()).map_err(|error| error.to_string())
}

/// What is different, if anything.
fn difference(ours: &Series, theirs: &Value) -> Option<String> {
    let path = text(theirs, "path_expression");
    let points = &ours.points;
    if ours.name != text(theirs, "name") || points.name != ours.name {
        return Some(format!(
            "name {} instead of {}",
            ours.name,
            text(theirs, "name")
        ));
    }
    if ours.path_expression != path {
        return Some(format!("path {} instead of {path}", ours.path_expression));
    }
    let tags = serde_json::to_value(&ours.tags).expect("tags");
    if tags != theirs["tags"] {
        return Some(format!("tags {tags} instead of {}", theirs["tags"]));
    }
    let times = (int(theirs, "start"), int(theirs, "step"));
    if (points.start_s, points.step_s) != times {
        return Some(format!(
            "times {:?} instead of {times:?}",
            (points.start_s, points.step_s)
        ));
    }
    let expected = values(theirs);
    if points.values.len() != expected.len() {
        return Some(format!(
            "{} values instead of {}",
            points.values.len(),
            expected.len()
        ));
    }
    let near = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    };
    let (at, (a, b)) = points
        .values
        .iter()
        .zip(&expected)
        .enumerate()
        .find(|(_, (a, b))| !near(a, b))?;
    Some(format!("value {at} is {a:?} instead of {b:?}"))
}

#[test]
fn series_are_those_of_graphite() {
    let oracle = oracle();
    let (now_s, memory) = (int(&oracle, "now"), memory(&oracle));
    let mut wrong = String::new();
    let cases = list(&oracle, "cases");
    for case in cases {
        let theirs = list(case, "series");
        let found = match answer(case, now_s, &memory) {
            Err(error) => Some(error),
            Ok(ours) if ours.len() != theirs.len() => {
                Some(format!("{} series instead of {}", ours.len(), theirs.len()))
            }
            Ok(ours) => ours
                .iter()
                .zip(theirs)
                .find_map(|(ours, theirs)| difference(ours, theirs)),
        };
        if let Some(found) = found {
            let (from, until, most) = (&case["from"], &case["until"], &case["max_data_points"]);
            writeln!(wrong, "{} {from} {until} {most}: {found}", case["targets"]).expect("a line");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(cases.len() >= 300, "the oracle lost cases: {}", cases.len());
}

#[test]
fn times_are_those_of_graphite() {
    let oracle = oracle();
    let now_s = int(&oracle, "now");
    let mut wrong = String::new();
    for case in list(&oracle, "times") {
        let ours = time::parse_at(text(case, "text"), now_s, &zone(case));
        if ours.as_ref().ok().copied() != case["at"].as_i64() {
            writeln!(wrong, "{case}: {ours:?}").expect("a line");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn spans_are_those_of_graphite() {
    let oracle = oracle();
    let mut wrong = String::new();
    for case in list(&oracle, "spans") {
        let ours = time::parse_duration(text(case, "text"));
        if ours.as_ref().ok().copied() != case["seconds"].as_i64() {
            writeln!(wrong, "{case}: {ours:?}").expect("a line");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
