//! Carbon's files: what is read, and what is refused with words that help.

use rstest::rstest;
use wb_metrics::store::{ArchiveError, Archives, Rules};
use wb_ports::Aggregation;

fn steps(archives: &Archives) -> Vec<(i64, i64)> {
    archives
        .as_slice()
        .iter()
        .map(|a| (a.step_s, a.points))
        .collect()
}

#[rstest]
#[case("10s:6h,1min:7d,10min:5y", &[(10, 2_160), (60, 10_080), (600, 262_800)])]
#[case("60:1440", &[(60, 1_440)])]
#[case("60s:90d", &[(60, 129_600)])]
#[case(" 1m:1w , 15s:1day ", &[(15, 5_760), (60, 10_080)])]
#[case("1hour:2years", &[(3_600, 17_520)])]
fn archives_in_carbons_notation(#[case] text: &str, #[case] expected: &[(i64, i64)]) {
    assert_eq!(steps(&Archives::parse(text).unwrap()), expected);
}

#[rstest]
#[case("", ArchiveError::Empty)]
#[case("10s", ArchiveError::Shape { part: "10s".to_owned() })]
#[case("10x:1d", ArchiveError::Shape { part: "10x:1d".to_owned() })]
#[case(":1d", ArchiveError::Shape { part: ":1d".to_owned() })]
#[case("-1s:1d", ArchiveError::Shape { part: "-1s:1d".to_owned() })]
#[case("0s:1d", ArchiveError::Range { part: "0s:1d".to_owned() })]
#[case("1d:1h", ArchiveError::Range { part: "1d:1h".to_owned() })]
#[case("1y:9999999999999", ArchiveError::Range { part: "1y:9999999999999".to_owned() })]
#[case("10s:1h,10s:1d", ArchiveError::SameStep { step_s: 10 })]
#[case("10s:1h,25s:1d", ArchiveError::NotMultiple { fine_s: 10, coarse_s: 25 })]
#[case("10s:1d,60s:1d", ArchiveError::NotLonger { fine_s: 10, coarse_s: 60 })]
#[case("10s:30s,60s:1d", ArchiveError::TooFew { fine_s: 10, points: 3, coarse_s: 60, needed: 6 })]
fn archives_that_whisper_refuses(#[case] text: &str, #[case] expected: ArchiveError) {
    assert_eq!(Archives::parse(text), Err(expected));
}

const SCHEMAS: &str = r"
# what carbon itself sends
[carbon]
pattern = ^carbon\.
retentions = 60:90d

[z_first]
PATTERN = ^stats\.(timers|gauges)\.
retentions = 10s:6h,1min:7d

[default_1min_for_1day]
pattern = ^app
retentions = 60s:1d
";

const AGGREGATION: &str = r"
[min]
pattern = \.lower$
xFilesFactor = 0.1
aggregationMethod = min

[sum]
pattern = \.sum$
xfilesfactor = 0
aggregationMethod = sum

[default_average]
pattern = .*
";

#[test]
fn the_first_rule_that_fits_counts_and_order_is_kept() {
    let rules = Rules::from_carbon(Some(SCHEMAS), Some(AGGREGATION)).unwrap();
    let names: Vec<&str> = rules
        .schemas()
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    assert_eq!(names, ["carbon", "z_first", "default_1min_for_1day"]);
    assert_eq!(steps(rules.archives("carbon.agents.x")), [(60, 129_600)]);
    assert_eq!(
        steps(rules.archives("stats.timers.x")),
        [(10, 2_160), (60, 10_080)]
    );
    assert_eq!(steps(rules.archives("apps")), [(60, 1_440)]);
    let fallback = [(10, 8_640), (60, 43_200), (600, 105_120)];
    assert_eq!(steps(rules.archives("other.app")), fallback);
    let aggregations: Vec<_> = rules
        .aggregations()
        .iter()
        .map(|a| (a.method, a.x_files_factor))
        .collect();
    let expected = [
        (Aggregation::Min, 0.1),
        (Aggregation::Sum, 0.0),
        (Aggregation::Average, 0.5),
    ];
    assert_eq!(aggregations, expected);
}

#[rstest]
#[case(
    "pattern = .*\n",
    "storage-schemas.conf: \"pattern\" stands before the first section: put [name] above it"
)]
#[case(
    "[a]\nretentions = 60:1\n",
    "storage-schemas.conf [a]: pattern is missing: add it"
)]
#[case(
    "[a]\npattern = .*\n",
    "storage-schemas.conf [a]: retentions is missing: add it"
)]
#[case(
    "[a]\npattern = .*\nretentions = 60\n",
    "storage-schemas.conf [a]: \"60\" is not an archive: write step:reach, as in 10s:6h (units s, min, h, d, w, y)"
)]
fn schema_files_that_are_refused(#[case] text: &str, #[case] message: &str) {
    assert_eq!(
        Rules::from_carbon(Some(text), None)
            .unwrap_err()
            .to_string(),
        message
    );
}

#[rstest]
#[case(
    "[a]\npattern = (\n",
    "storage-aggregation.conf [a]: the pattern cannot be read"
)]
#[case("[a]\npattern = x(?!y)\n", "look-around")]
#[case(
    "[a]\npattern = x\nxFilesFactor = 2\n",
    "xFilesFactor \"2\" is not a number from 0 to 1"
)]
#[case(
    "[a]\npattern = x\naggregationMethod = median\n",
    "aggregationMethod \"median\" is not known"
)]
#[case("[a\npattern = x\n", "storage-aggregation.conf, line 3, column 1: ")]
fn aggregation_files_that_are_refused(#[case] text: &str, #[case] part: &str) {
    let message = Rules::from_carbon(None, Some(text))
        .unwrap_err()
        .to_string();
    assert!(message.contains(part), "{message}");
}
