//! Every zone there is that changes its clocks: the same schedule around each change of two years
//! and each change of its law in the past.

use std::collections::BTreeSet;

use jiff::Timestamp as Instant;
use jiff::tz::{TimeZone, db};

use super::oracle::Oracle;
use super::rows::{Case, around, covering};
use crate::oncall::{gaps, on_call, shifts};
use crate::time::Timestamp;

/// How far around a change is looked at.
const AROUND_S: i64 = 5 * 3_600;

/// Hand-offs in the small hours, by all units, with windows that end, begin and meet there.
const TEXT: &str = "
    rotation months YEAR-01-31T02:30 every 1 months on mon,wed,fri 01:30-02:30: ann | bob
    rotation worked YEAR-01-02T02:00 every 1 days worked on mon,tue,wed,thu,fri 22:00-02:30: bob | cat | dan
    rotation days YEAR-01-01T01:00 every 1 days on sat,sun,mon 00:00-00:00: cat ann~ | | dan?
    rotation hours YEAR-01-01T00:30 every 700 hours: dan | eve
    rotation weeks YEAR-01-01T03:00 every 1 weeks beside on every-day 02:30-03:00 coordinate: eve | ann";

/// The instants at which clocks change in a span.
fn changes(zone: &TimeZone, from: &str, to: &str) -> Vec<Timestamp> {
    let (from, to): (Instant, Instant) = (from.parse().unwrap(), to.parse().unwrap());
    let all = zone.following(from).take_while(|one| one.timestamp() < to);
    all.map(|one| Timestamp::from_jiff(one.timestamp()))
        .collect()
}

#[track_caller]
fn agree_around(zone: &str, center: Timestamp) {
    // Not long before, because the oracle steps.
    let year = center.to_jiff().to_zoned(TimeZone::UTC).year() - 1;
    let text = TEXT.replace("YEAR", &year.to_string());
    let case = Case::parse(&format!("zone {zone}\n{text}"));
    let (from, to) = (center.plus_secs(-AROUND_S), center.plus_secs(AROUND_S));
    let none = crate::oncall::Changes::default();
    let oracle = Oracle::over(&case.schedule, &none, from, to);
    let found = shifts(&case.schedule, &none, from, to).unwrap();
    assert_eq!(gaps(&found, from, to), [], "{zone} {center}");
    let edges = oracle.edges().into_iter().chain([center]).flat_map(around);
    let quarters = (-20..20).map(|n| center.plus_secs(n * 900));
    let near: BTreeSet<_> = edges
        .chain(quarters)
        .filter(|at| from <= *at && *at < to)
        .collect();
    for at in near {
        let expected = oracle.on_call(at);
        assert_eq!(
            on_call(&case.schedule, &none, at).unwrap(),
            expected,
            "{zone} {at}"
        );
        assert_eq!(covering(&found, at), expected, "{zone} {at}");
    }
}

/// The names of all zones; those with the same changes in a span are the same here.
fn zones_by_changes(from: &str, to: &str) -> Vec<(String, Vec<Timestamp>)> {
    let mut seen = BTreeSet::new();
    let mut zones = Vec::new();
    for name in db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        let changes = changes(&zone, from, to);
        let offsets: Vec<_> = changes
            .iter()
            .map(|at| zone.to_offset(at.to_jiff()).seconds())
            .collect();
        if !changes.is_empty() && seen.insert((changes.clone(), offsets)) {
            zones.push((name.as_str().to_owned(), changes));
        }
    }
    zones
}

#[test]
fn every_zone_with_clock_changes_agrees_with_the_oracle_around_each_of_them() {
    let zones = zones_by_changes("2026-01-01T00:00Z", "2028-01-01T00:00Z");
    assert!(
        zones.len() > 25,
        "only {} zones change their clocks",
        zones.len()
    );
    for (zone, changes) in zones {
        for center in changes {
            agree_around(&zone, center);
        }
    }
}

#[test]
fn changes_of_zone_law_in_the_past_agree_with_the_oracle() {
    // One change a zone in thirty years, the one at which its offset moved most; far more zones
    // than today have them.
    let zones = zones_by_changes("1990-01-01T00:00Z", "2020-01-01T00:00Z");
    assert!(zones.len() > 100, "only {} zones", zones.len());
    for (name, changes) in zones {
        let zone = TimeZone::get(&name).unwrap();
        let jump = |at: &Timestamp| {
            let before = zone.to_offset(at.plus_secs(-1).to_jiff()).seconds();
            (zone.to_offset(at.to_jiff()).seconds() - before).abs()
        };
        let most = changes.into_iter().max_by_key(jump).unwrap();
        agree_around(&name, most);
    }
}
