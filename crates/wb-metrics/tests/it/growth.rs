//! The file stays bounded, whatever is written how often.

use wb_metrics::store::Limits;

use crate::support::{Ground, START, limits, schema};

const SERIES: usize = 20;

fn names() -> Vec<String> {
    (0..SERIES).map(|n| format!("host{n}.load")).collect()
}

fn size(ground: &Ground) -> i64 {
    let conn = rusqlite::Connection::open(ground.path()).unwrap();
    let pragma = |name| {
        conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    pragma("page_count") * pragma("page_size")
}

#[test]
fn rewriting_the_same_steps_does_not_grow_the_file() {
    let small = Limits {
        wal_points: 2_000,
        ..limits()
    };
    let mut ground = Ground::new(schema("10s:1h,1m:1d"), small);
    let names = names();
    let mut sizes = Vec::new();
    for round in 0..120_u32 {
        let samples: Vec<_> = names
            .iter()
            .flat_map(|name| {
                (0..10).map(move |n| (name.as_str(), START - n * 10, f64::from(round)))
            })
            .collect();
        ground.append(&samples);
        ground.store().maintain(START).unwrap();
        if round % 40 == 39 {
            sizes.push(size(&ground));
        }
        assert!(
            ground.store().stats().wal_points <= 2_000 + 2 * ground.store().stats().head_points
        );
    }
    assert_eq!(
        sizes[1], sizes[2],
        "24,000 points were written over the same 200 steps"
    );
    ground.reopen();
    let read = ground.points("host3.load", START - 100, START, START);
    assert_eq!(read.len(), 10);
    assert!(
        read.iter()
            .all(|(_, value)| value.to_bits() == 119.0_f64.to_bits())
    );
}

#[test]
fn time_going_by_does_not_grow_the_file_beyond_what_is_kept() {
    let small = Limits {
        wal_points: 1_000,
        ..limits()
    };
    let ground = Ground::new(schema("10s:10m,1m:1h"), small);
    let names = names();
    let mut sizes = Vec::new();
    for tick in 0..1_800_i64 {
        let now_s = START + tick * 10;
        ground.clock.set(now_s);
        let samples: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), now_s, 0.5))
            .collect();
        ground.append(&samples);
        if tick % 6 == 0 {
            ground.store().maintain(now_s).unwrap();
        }
        if tick % 600 == 599 {
            sizes.push(size(&ground));
        }
    }
    assert!(sizes[2] <= sizes[1] + sizes[1] / 4, "{sizes:?}");
    let stats = ground.store().stats();
    assert!(stats.wal_points < 1_000 + 2 * stats.head_points + 200);
}

#[test]
fn too_many_open_points_are_sealed_early() {
    let small = Limits {
        head_points: 500,
        ..limits()
    };
    let mut ground = Ground::new(schema("10s:1h,1m:1d"), small);
    let names = names();
    let samples: Vec<_> = names
        .iter()
        .flat_map(|name| (0..50).map(move |n| (name.as_str(), START - n * 10, 1.0)))
        .collect();
    ground.append(&samples);
    assert_eq!(ground.store().stats().head_points, 1_000);
    ground.store().maintain(START).unwrap();
    assert!(ground.store().stats().head_points <= 500);
    ground.reopen();
    assert!(
        ground.store().stats().head_points <= 500,
        "sealed points do not come back"
    );
    assert_eq!(
        ground
            .points("host7.load", START - 3_600, START, START)
            .len(),
        50
    );
}

#[test]
fn series_that_tick_together_are_not_sealed_together() {
    let ground = Ground::new(schema("10s:1d,1m:10d"), limits());
    let names: Vec<String> = (0..100).map(|n| format!("s{n}")).collect();
    let mut most = 0;
    for tick in 0..256_i64 {
        let now_s = START + tick * 10;
        ground.clock.set(now_s);
        let samples: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), now_s, 0.5))
            .collect();
        ground.append(&samples);
        most = most.max(ground.store().maintain(now_s).unwrap().chunks_written);
    }
    assert!(
        (1..10).contains(&most),
        "{most} of 100 series were sealed in one run"
    );
}

#[test]
fn a_long_backfill_in_any_order_is_cut_into_chunks() {
    let mut ground = Ground::new(schema("1s:1d"), limits());
    let at = |n: i64| START - 1 - (n * 7_919) % 40_000;
    let samples: Vec<_> = (0..40_000).map(|n| ("a", at(n), 1.5)).collect();
    ground.append(&samples);
    let report = ground.store().maintain(START).unwrap();
    assert!(
        report.sealed_points >= 39_000 && report.chunks_written >= 150,
        "{report:?}"
    );
    ground.reopen();
    assert_eq!(
        ground.points("a", START - 86_000, START, START).len(),
        40_000
    );
}
