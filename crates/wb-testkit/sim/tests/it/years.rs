//! A year of a small team, in virtual time: what it feels like is the same in every run.

use wb_sim::{Weather, year};

#[test]
fn a_rough_year_is_a_good_year() {
    let year = year(1, Weather::Rough).unwrap();
    assert!(year.incidents > 500);
    // Nearly always the first message is there at once; else a retry or another method follows.
    let told = &year.told_s;
    assert!(
        told.at(90) <= 2 && told.at(100) <= 60,
        "told after {told} s"
    );
    let late = &year.late_s;
    assert!(late.at(100) <= 5, "late by {late} s");
    // Somebody slept through one message or another; nobody through the whole policy.
    let acknowledged = &year.acknowledged_s;
    assert!(acknowledged.at(100) <= 3_600, "after {acknowledged} s");
}
