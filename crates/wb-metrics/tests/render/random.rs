//! Random texts, targets and data: nothing panics, and what is printed is read as the same.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use wb_metrics::render::{Limits, Window, evaluate, function_names, parse, time};
use wb_ports::metrics::Points;

use crate::memory::{Memory, series};

/// Text made of what targets are made of, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        prop::sample::select(function_names()).prop_map(str::to_owned),
        "[a-c.*{},()'\"|=\\\\ 0-9-]{1,4}",
        prop::sample::select(vec!["true", "none", "inf", "1e5", "'1h'", "a.b", "é", "\n"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(scrap, 0..20).prop_map(|scraps| scraps.concat())
}

fn path() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a.*", "a.x", "a.{x,y}", "b.*", "nothing", "*.x", r"a\,b.x", "5.x",
    ])
    .prop_map(str::to_owned)
}

fn interval() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "'1s'", "'90s'", "'5min'", "'-7min'", "'+1h'", "'1d12h'", "'0s'", "'900y'", "'-'",
    ])
    .prop_map(str::to_owned)
}

/// Calls that are good for the most part.
fn target() -> impl Strategy<Value = String> {
    path().prop_recursive(5, 24, 3, |inner| {
        let aggregate = prop::sample::select(vec!["sum", "avg", "minSeries", "max"]);
        let number = prop_oneof![
            (-3_i64..9).prop_map(|n| n.to_string()),
            "-?[0-9]\\.[0-9]{1,3}"
        ];
        let text = "[a-z. )(é]{0,6}";
        let func = prop::sample::select(vec!["sum", "avg_zero", "last", "multiply", "range"]);
        let by = prop::sample::select(vec!["avg_zero", "first", "max"]);
        prop_oneof![
            (aggregate, prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(name, all)| format!("{name}({})", all.join(","))),
            (inner.clone(), number.clone()).prop_map(|(a, n)| format!("scale({a},{n})")),
            (inner.clone(), number.clone()).prop_map(|(a, n)| format!("{a}|perSecond({n})")),
            (inner.clone(), interval()).prop_map(|(a, i)| format!("{a} | movingAverage({i})")),
            (inner.clone(), 0..40).prop_map(|(a, n)| format!("movingAverage({a},{n},0.5)")),
            (inner.clone(), text).prop_map(|(a, t)| format!("alias({a},\"{t}\")")),
            (inner.clone(), -4..4).prop_map(|(a, n)| format!("aliasByNode({a},{n},'name')")),
            (inner.clone(), interval(), func, any::<bool>())
                .prop_map(|(a, i, f, b)| format!("summarize({a},{i},'{f}',{b})")),
            (inner.clone(), interval(), any::<bool>(), any::<bool>())
                .prop_map(|(a, i, r, d)| format!("timeShift({a},{i},{r},alignDST={d})")),
            (inner.clone(), 0..4).prop_map(|(a, n)| format!("keepLastValue({a},{n})")),
            (inner.clone(), number, inner.clone())
                .prop_map(|(a, n, r)| format!("transformNull({a},{n},{r})")),
            (inner, by).prop_map(|(a, f)| format!("consolidateBy({a},'{f}')")),
        ]
    })
}

fn input() -> impl Strategy<Value = Points> {
    let name = prop::sample::select(vec!["a.x", "a.y", "b.x", "b.z;k=v", "5.x"]);
    let step = prop::sample::select(vec![1_i64, 7, 60, 300, 3_600]);
    let value = prop_oneof![
        2 => Just(None),
        6 => (-100.0..100.0).prop_map(Some),
        1 => prop::sample::select(vec![f64::MAX, f64::MIN, 0.0, -0.0, 1e-300]).prop_map(Some),
    ];
    (name, step, -50_i64..50, prop::collection::vec(value, 0..60))
        .prop_map(|(name, step_s, at, values)| series(name, at * step_s, step_s, &values))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.offset() <= text.len());
            prop_assert_eq!(error.caret().lines().count(), 2);
        }
    }

    #[test]
    fn scraps_are_read_or_refused(text in scraps()) {
        match parse(&text) {
            Ok(target) => {
                let printed = target.to_string();
                let again = parse(&printed);
                prop_assert_eq!(again.map(|again| again.to_string()).ok(), Some(printed));
            }
            Err(error) => prop_assert!(error.offset() <= text.len()),
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(
        text in target(),
        inputs in prop::collection::vec(input(), 0..5),
    ) {
        let Ok(target) = parse(&text) else { return Ok(()) };
        let again = parse(&target.to_string()).expect("the printed target");
        prop_assert_eq!(again.to_string(), target.to_string());
        let memory = Memory { series: inputs, reach_s: Some(10_000) };
        let window = Window {
            from_s: 0,
            until_s: 600,
            now_s: 600,
            zone: TimeZone::UTC,
            max_points: None,
        };
        let limits = Limits { series: 100, points: 20_000, fetches: 50 };
        let answers = [target, again].map(|target| evaluate(&[target], &window, &memory, &limits));
        // Not compared by value: there may be NaN.
        prop_assert_eq!(format!("{:?}", answers[0]), format!("{:?}", answers[1]));
    }

    #[test]
    fn any_target_over_any_data_is_answered_or_refused(
        texts in prop::collection::vec(target(), 1..4),
        inputs in prop::collection::vec(input(), 0..6),
        from_s in -4_000_i64..4_000,
        length_s in 0_i64..4_000,
        max_points in prop::option::of(0_usize..50),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
    ) {
        let targets: Vec<_> = texts.iter().filter_map(|text| parse(text).ok()).collect();
        let memory = Memory { series: inputs, reach_s: Some(10_000) };
        let zone = TimeZone::get(zone).expect("a zone");
        let until_s = from_s + length_s;
        let window = Window { from_s, until_s, now_s: until_s, zone, max_points };
        let limits = Limits { series: 200, points: 50_000, fetches: 60 };
        if let Ok(answer) = evaluate(&targets, &window, &memory, &limits) {
            for series in answer {
                prop_assert!(series.points.step_s >= 1);
                prop_assert_eq!(&series.name, &series.points.name);
            }
        }
    }

    #[test]
    fn any_time_is_read_or_refused(
        text in prop_oneof![any::<String>(), "[0-9a-z:/+ _-]{0,16}"],
        now_s in any::<i64>(),
    ) {
        let _ = time::parse_at(&text, now_s, &TimeZone::UTC);
        let _ = time::parse_duration(&text);
    }
}
