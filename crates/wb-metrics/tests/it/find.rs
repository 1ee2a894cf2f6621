//! Patterns over the tree of names.

use rstest::rstest;
use wb_ports::{MetricSource, Node, SourceError};

use crate::support::{Ground, START, limits};
use wb_metrics::store::Rules;

const NAMES: [&str; 10] = [
    "a",
    "a.b",
    "a.b.c",
    "a-b.x",
    "web01.cpu.user",
    "web02.cpu.system",
    "web10.cpu.user",
    "db01.cpu.user",
    "x.odd[name",
    "disk.used;host=db.one;dc=eu",
];

fn ground() -> Ground {
    let ground = Ground::new(Rules::default(), limits());
    let samples: Vec<_> = NAMES.iter().map(|name| (*name, START, 1.0)).collect();
    assert_eq!(ground.append(&samples).stored, NAMES.len());
    ground
}

#[rstest]
#[case("*", &["a", "a-b", "db01", "disk", "web01", "web02", "web10", "x"])]
#[case("a", &["a"])]
#[case("a.*", &["a.b"])]
#[case("a.b.*", &["a.b.c"])]
#[case("a.b.c.*", &[])]
#[case("*.*.user", &["db01.cpu.user", "web01.cpu.user", "web10.cpu.user"])]
#[case("web0?", &["web01", "web02"])]
#[case("web?", &[])]
#[case("web[0-9][1-2]", &["web01", "web02"])]
#[case("web[!0]0", &["web10"])]
#[case("web{01,10}", &["web01", "web10"])]
#[case("{web,db}01", &["db01", "web01"])]
#[case("{web{01,02},db01}.cpu.{user,system}", &["db01.cpu.user", "web01.cpu.user", "web02.cpu.system"])]
#[case("web0{1}", &["web01"])]
#[case("a{,-b}", &["a", "a-b"])]
#[case("{web0*,d?01}", &["db01", "web01", "web02"])]
#[case("w**1", &["web01"])]
#[case("**", &["a", "a-b", "db01", "disk", "web01", "web02", "web10", "x"])]
#[case("x.odd[name", &["x.odd[name"])]
#[case("web0*.cpu", &["web01.cpu", "web02.cpu"])]
#[case("nothing.*", &[])]
#[case("disk.used;dc=eu;host=db.one", &["disk.used;dc=eu;host=db.one"])]
#[case("disk.used;*", &["disk.used;dc=eu;host=db.one"])]
#[case("disk.*", &["disk.used;dc=eu;host=db.one"])]
#[case("*.cpu.*;*", &[])]
fn patterns(#[case] pattern: &str, #[case] paths: &[&str]) {
    let found = ground().store().find(pattern).unwrap();
    let found: Vec<&str> = found.iter().map(|node| node.path.as_str()).collect();
    assert_eq!(found, paths);
}

#[rstest]
#[case("")]
#[case("web{01,02")]
#[case("web{01.cpu,02.cpu}")]
#[case("web01}")]
#[case("web[9-0]")]
fn patterns_that_cannot_be_read(#[case] pattern: &str) {
    let ground = ground();
    let refused = |error| matches!(error, SourceError::Pattern { .. });
    assert!(ground.store().find(pattern).is_err_and(refused));
    assert!(
        ground
            .store()
            .fetch(pattern, START - 9, START, START)
            .is_err_and(refused)
    );
}

#[test]
fn a_node_tells_whether_it_has_points_and_names_below() {
    let node = |path: &str, leaf, branch| Node {
        path: path.to_owned(),
        leaf,
        branch,
    };
    let ground = ground();
    assert_eq!(ground.store().find("a").unwrap(), [node("a", true, true)]);
    assert_eq!(
        ground.store().find("a.b.c").unwrap(),
        [node("a.b.c", true, false)]
    );
    assert_eq!(
        ground.store().find("web01.cpu").unwrap(),
        [node("web01.cpu", false, true)]
    );
}

#[test]
fn fetch_answers_series_in_the_order_of_their_names() {
    let fetched = ground()
        .store()
        .fetch("*.*", START - 60, START + 60, START + 60)
        .unwrap();
    let names: Vec<&str> = fetched.iter().map(|points| points.name.as_str()).collect();
    assert_eq!(
        names,
        ["a-b.x", "a.b", "disk.used;dc=eu;host=db.one", "x.odd[name"]
    );
    assert!(
        fetched
            .iter()
            .all(|points| points.values.contains(&Some(1.0)))
    );
}

#[test]
fn one_series_whatever_the_order_of_its_tags() {
    let ground = ground();
    ground.append(&[
        ("disk.used;dc=eu;host=db.one", START, 5.0),
        ("disk..used;host=db.one;dc=eu", START + 10, 6.0),
    ]);
    assert_eq!(ground.store().stats().series, NAMES.len());
    let read = ground.points("disk.used;*", START - 60, START + 60, START + 60);
    assert_eq!(read, [(START, 5.0), (START + 10, 6.0)]);
}
