//! What is written is read; what cannot be kept is refused and counted.

use std::sync::Arc;

use wb_metrics::store::{Limits, MetricStore, OpenError, Rules};
use wb_ports::{AppendError, Appended, Clock, MetricSource, Sample, SampleSink, SourceError};

use crate::support::{Ground, START, limits, now, schema};

#[test]
fn written_points_are_read_before_and_after_sealing_and_reopening() {
    let mut ground = Ground::new(schema("10s:1h,1m:1d"), limits());
    ground.append(&[
        ("a.b", START - 5, 1.0),
        ("a.b", START, 2.0),
        ("a.b", START + 9, 3.0),
    ]);
    let expected = vec![(START - 10, 1.0), (START, 3.0)];
    let read = |ground: &Ground| ground.points("a.b", START - 60, START + 30, START + 30);
    assert_eq!(read(&ground), expected);
    ground.reopen();
    assert_eq!(read(&ground), expected);
    let report = ground.store().maintain(START + 3_600).unwrap();
    assert_eq!(report.sealed_points, 2, "idle, so it is sealed");
    assert_eq!(ground.store().stats().head_points, 0);
    assert_eq!(read(&ground), expected);
    ground.append(&[("a.b", START - 10, 7.0)]);
    assert_eq!(
        read(&ground),
        [(START - 10, 7.0), (START, 3.0)],
        "the newest write counts"
    );
    ground.reopen();
    assert_eq!(read(&ground), [(START - 10, 7.0), (START, 3.0)]);
    ground.store().maintain(START + 3_600).unwrap();
    assert_eq!(read(&ground), [(START - 10, 7.0), (START, 3.0)]);
}

#[test]
fn a_window_is_aligned_as_whisper_does_it() {
    let ground = Ground::new(schema("10s:1h,1m:1d"), limits());
    ground.append(&[("a", START, 1.0)]);
    let shape = |from_s, until_s, now_s| {
        let found = ground.store().fetch("a", from_s, until_s, now_s).unwrap();
        let point = found.first()?;
        Some((point.start_s - START, point.end_s() - START, point.step_s))
    };
    assert_eq!(shape(START - 13, START - 1, START), Some((-10, 0, 10)));
    assert_eq!(shape(START - 20, START, START), Some((-10, 10, 10)));
    assert_eq!(
        shape(START - 3, START - 3, START),
        Some((0, 10, 10)),
        "no length: the next step"
    );
    assert_eq!(shape(START - 3_600, START, START), Some((-3_590, 10, 10)));
    assert_eq!(
        shape(START - 3_601, START, START),
        Some((-3_600, 60, 60)),
        "beyond the finer reach"
    );
    assert_eq!(
        shape(START - 200_000, START, START),
        Some((-86_340, 60, 60)),
        "cut to what is kept"
    );
    assert_eq!(
        shape(START, START + 500, START + 60),
        Some((10, 70, 10)),
        "cut to now"
    );
    assert_eq!(
        shape(START + 1, START + 2, START),
        None,
        "all in the future"
    );
    assert_eq!(
        shape(START - 200_000, START - 100_000, START),
        None,
        "all too old"
    );
    assert_eq!(shape(START, START - 1, START), None, "backwards");
}

#[test]
fn samples_that_cannot_be_kept_are_refused_and_counted() {
    let few = Limits {
        series_max: 2,
        ..limits()
    };
    let ground = Ground::new(schema("10s:1h,1m:1d"), few);
    let long = "x".repeat(1_025);
    let done = ground.append(&[
        ("a", START - 86_400, 1.0),
        ("a", START + 3_601, 1.0),
        ("a", START, f64::NAN),
        ("a", START, f64::INFINITY),
        ("", START, 1.0),
        (&long, START, 1.0),
        ("a", START - 86_399, 1.0),
        ("a", START + 3_600, 1.0),
        ("b", START, 1.0),
        ("c", START, 1.0),
    ]);
    assert_eq!(
        done,
        Appended {
            stored: 3,
            refused: 7
        }
    );
    let stats = ground.store().stats();
    assert_eq!(
        (stats.series, stats.appended, stats.refused, stats.batches),
        (2, 3, 7, 1)
    );
    assert_eq!(stats.last_append_at_s, Some(START));
}

#[test]
fn an_old_sample_goes_where_it_is_still_kept() {
    let ground = Ground::new(schema("10s:1h,1m:1d"), limits());
    ground.append(&[("a", START - 7_205, 4.0), ("a", START - 7_201, 5.0)]);
    let read = ground.points("a", START - 7_300, START, START);
    assert_eq!(read, [(START - 7_260, 5.0)]);
    assert_eq!(ground.points("a", START - 3_600, START, START), []);
}

#[test]
fn finished_steps_are_rolled_up_and_late_samples_roll_them_again() {
    let rules = "[all]\npattern=.*\nretentions=10s:1m,30s:5m,1m:1h\n";
    let aggregation = "[all]\npattern=.*\nxFilesFactor=0.6\naggregationMethod=sum\n";
    let rules = Rules::from_carbon(Some(rules), Some(aggregation)).unwrap();
    let ground = Ground::new(rules, limits());
    ground.clock.set(START + 59);
    ground.append(&[
        ("a", START, 1.0),
        ("a", START + 10, 2.0),
        ("a", START + 30, 5.0),
    ]);
    let coarse = |now_s| ground.points("a", START - 100, now_s, now_s);
    ground.store().maintain(START + 59).unwrap();
    assert_eq!(
        coarse(START + 59),
        [(START, 3.0)],
        "the second step is not over"
    );
    ground.store().maintain(START + 60).unwrap();
    assert_eq!(
        coarse(START + 60),
        [(START, 3.0)],
        "one of three is below the factor"
    );
    ground.append(&[("a", START + 40, 6.0)]);
    ground.store().maintain(START + 60).unwrap();
    assert_eq!(coarse(START + 60), [(START, 3.0), (START + 30, 11.0)]);
    assert_eq!(
        ground.points("a", START - 1_000, START + 60, START + 60),
        [(START, 14.0)]
    );
    ground.append(&[("a", START + 10, 20.0)]);
    assert!(ground.store().maintain(START + 60).unwrap().rolled_up >= 2);
    assert_eq!(coarse(START + 60), [(START, 21.0), (START + 30, 11.0)]);
    assert_eq!(
        ground.points("a", START - 1_000, START + 60, START + 60),
        [(START, 32.0)]
    );
    assert_eq!(
        ground.store().maintain(START + 60).unwrap().rolled_up,
        0,
        "nothing is left to do"
    );
}

#[test]
fn what_is_over_is_dropped_and_empty_series_go() {
    let mut ground = Ground::new(schema("10s:1h,1m:1d"), limits());
    ground.append(&[("old.a", START, 1.0), ("new.a", START, 1.0)]);
    ground.store().maintain(START + 3_600).unwrap();
    ground.clock.set(START + 90_000);
    ground.append(&[("new.a", START + 90_000, 2.0)]);
    let report = ground.store().maintain(START + 90_000).unwrap();
    assert_eq!((report.chunks_dropped, report.series_removed), (2, 1));
    assert_eq!(ground.store().find("*").unwrap().len(), 1);
    assert_eq!(ground.store().stats().chunk_bytes, 0);
    ground.reopen();
    assert_eq!(ground.store().find("*.*").unwrap().len(), 1);
    assert_eq!(ground.store().stats().series, 1);
    ground.append(&[("old.a", START + 90_000, 3.0)]);
    let read = ground.points("old.a", START + 80_000, START + 90_000, START + 90_000);
    assert_eq!(read, [], "on 1-minute steps nothing is rolled up yet");
    let read = ground.points("old.a", START + 89_000, START + 90_000, START + 90_000);
    assert_eq!(read, [(START + 90_000, 3.0)]);
}

#[test]
fn a_request_for_too_much_is_refused() {
    let few = Limits {
        fetch_series_max: 2,
        fetch_values_max: 1_000,
        ..limits()
    };
    let ground = Ground::new(schema("10s:1h,1m:1d"), few);
    ground.append(&[
        ("a.x", START, 1.0),
        ("a.y", START, 1.0),
        ("b.z", START, 1.0),
    ]);
    let fetch = |pattern: &str, back| ground.store().fetch(pattern, START - back, START, START);
    assert_eq!(fetch("a.*", 60).unwrap().len(), 2);
    let limit = |limit, pattern: &str| {
        Err(SourceError::TooMany {
            pattern: pattern.to_owned(),
            limit,
        })
    };
    assert_eq!(fetch("*.*", 60), limit(2, "*.*"));
    assert_eq!(fetch("*.*", 86_000), limit(2, "*.*"));
    assert_eq!(fetch("a.*", 43_200), limit(1, "a.*"));
}

#[test]
fn a_full_store_and_a_closed_one_say_so() {
    let small = Limits {
        head_points: 1,
        ..limits()
    };
    let ground = Ground::new(schema("10s:1h,1m:1d"), small);
    let sample = |at_s| Sample {
        series: "a".to_owned(),
        at_s,
        value: 1.0,
    };
    let many = (0..5).map(|n| sample(START - n * 10)).collect();
    assert_eq!(now(ground.store().append(many)).unwrap().stored, 5);
    assert_eq!(
        now(ground.store().append(vec![sample(START)])),
        Err(AppendError::Full)
    );
    ground.store().maintain(START).unwrap();
    assert_eq!(
        now(ground.store().append(vec![sample(START)]))
            .unwrap()
            .stored,
        1
    );
    ground.store().close();
    assert_eq!(
        now(ground.store().append(vec![sample(START)])),
        Err(AppendError::Closed)
    );
    assert_eq!(ground.points("a", START - 60, START, START).len(), 5);
}

#[test]
fn a_file_that_is_not_ours_is_refused() {
    let ground = Ground::new(Rules::default(), limits());
    let open = |path: &std::path::Path| {
        let clock = Arc::clone(&ground.clock) as Arc<dyn Clock>;
        MetricStore::open(path, Rules::default(), limits(), clock).map(drop)
    };
    let other = ground.folder.path().join("other.db");
    let conn = rusqlite::Connection::open(&other).unwrap();
    conn.execute_batch("CREATE TABLE theirs (n INTEGER)")
        .unwrap();
    assert!(matches!(open(&other), Err(OpenError::File { .. })));
    let newer = ground.folder.path().join("newer.db");
    open(&newer).unwrap();
    let conn = rusqlite::Connection::open(&newer).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(
        open(&newer),
        Err(OpenError::TooNew {
            found: 99,
            known: 1,
            ..
        })
    ));
    assert!(matches!(
        open(&ground.folder.path().join("no/folder.db")),
        Err(OpenError::File { .. })
    ));
}
