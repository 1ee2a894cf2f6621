//! Reading targets: what they mean, what is wrong with them, and where.

use rstest::rstest;
use wb_metrics::render::{
    Limits, MAX_DEPTH, MAX_TARGET_BYTES, Problem, RenderError, Window, evaluate, parse,
};

use crate::memory::{Memory, series};

/// Targets as they are printed after reading.
#[rstest]
#[case("a.b.c", "a.b.c")]
#[case("  a.b  ", "a.b")]
#[case("web-{01,02}.cpu[0-3].us?r*", "web-{01,02}.cpu[0-3].us?r*")]
#[case("a.b;host=x;dc=y", "a.b;host=x;dc=y")]
#[case(r"a\,b.c\(d\)", r"a\,b.c\(d\)")]
#[case("scale( a.b , 2 )", "scale(a.b,2)")]
#[case("scale(a.b, 1.5e-3)", "scale(a.b,0.0015)")]
#[case("scale(a.b,-0.5)", "scale(a.b,-0.5)")]
#[case("a.b | scale(2) | alias('x')", "alias(scale(a.b,2),'x')")]
#[case("sum(a|scale(2),b)|alias(\"t\")", "alias(sum(scale(a,2),b),\"t\")")]
#[case("alias(a, \"it's \\\"it\\\"\")", "alias(a,\"it's \\\"it\\\"\")")]
#[case("timeShift(a,'1d',resetEnd=FALSE)", "timeShift(a,'1d',resetEnd=false)")]
#[case("a|alias(newName='x')", "alias(a,newName='x')")]
#[case("keepLastValue(a,INF)", "keepLastValue(a,inf)")]
#[case("keepLastValue(a,infinity)", "keepLastValue(a,inf)")]
#[case("transformNull(a,None)", "transformNull(a,None)")]
#[case(
    "sumSeries(10.0.0.1, 5min.x, true.story, none.b)",
    "sumSeries(10.0.0.1,5min.x,true.story,none.b)"
)]
#[case("alias(\nsum(\n a.*\n),\n 'x')", "alias(sum(a.*),'x')")]
#[case("größe.über", "größe.über")]
fn targets_are_read(#[case] target: &str, #[case] printed: &str) {
    let read = parse(target)
        .map_err(|error| error.to_string())
        .expect(target);
    assert_eq!(read.to_string(), printed);
}

/// Targets that are refused, where, and a part of what is said.
#[rstest]
#[case("", 0, "a pattern of names or a function call")]
#[case("a..b", 2, "a name after the dot")]
#[case("a.b.", 4, "a name after the dot")]
#[case("a.b c", 4, "the end of the target")]
#[case("a.b)", 3, "the end of the target")]
#[case("a.{b,c", 6, "closing brace")]
#[case("a.{}", 3, "a name of the choice")]
#[case("sum(a", 5, "closing parenthesis")]
#[case("sum(a,)", 6, "an argument")]
#[case("sum(,a)", 4, "an argument")]
#[case("alias(a,\"x)", 11, "closing quote")]
#[case("a|b", 3, "a function call after the pipe")]
#[case("alias(newName='x',a)", 19, "name=value")]
#[case("sum(a,sumSeris(b))", 6, "the nearest name is \"sumSeries\"")]
#[case("scale(a)", 0, "needs the parameter \"factor\"")]
#[case("scale(a,b)", 8, "\"factor\" takes a number")]
#[case("scale(a,'x')", 8, "\"factor\" takes a number")]
#[case("scale(a,2,3)", 10, "at most 2 arguments")]
#[case("scale(a,faktor=2)", 15, "no parameter \"faktor\"")]
#[case("scale(a,2,factor=2)", 17, "\"factor\" twice")]
#[case("sum(5)", 4, "\"seriesLists\" takes series")]
#[case("alias(a,b)", 8, "\"newName\" takes a text in quotes")]
#[case("movingAverage(a,-1)", 16, "a number of points")]
#[case("movingAverage(a,'5 apples')", 16, "a number of points")]
#[case("summarize(a,'0h')", 12, "longer than nothing")]
#[case("summarize(a,'-1h')", 12, "longer than nothing")]
#[case("summarize(a,'1h','sumSeries')", 17, "one of \"average\"")]
#[case("timeShift(a,'')", 12, "an interval in quotes")]
#[case("consolidateBy(a,'median')", 16, "one of \"sum\"")]
#[case("keepLastValue(a,1.5)", 16, "a whole number or inf")]
#[case("aliasByNode(a)", 0, "needs the parameter \"nodes\"")]
#[case(
    "transformNull(a,99999999999999999999)",
    16,
    "\"default\" takes a number"
)]
fn targets_are_refused(#[case] target: &str, #[case] offset: usize, #[case] said: &str) {
    let error = parse(target).expect_err(target);
    assert!(error.to_string().contains(said), "{error}");
    assert_eq!(error.offset(), offset, "{error}");
}

#[test]
fn the_caret_stands_under_the_place() {
    let error = parse("scale(größe.über,sumSeris(b))").expect_err("an unknown function");
    assert_eq!(
        error.caret(),
        "scale(größe.über,sumSeris(b))\n                 ^"
    );
    let long = format!("sum({}(b))", "x".repeat(100));
    let error = parse(&format!("sum({long},b,c(")).expect_err("an open call");
    let caret = error.caret();
    let (excerpt, caret) = caret.split_once('\n').expect("two lines");
    assert_eq!(excerpt.chars().count(), 40);
    assert_eq!(caret.chars().count(), 41);
}

#[test]
fn size_and_depth_are_bounded() {
    let nested = |depth: usize| format!("{}a{}", "sum(".repeat(depth), ")".repeat(depth));
    let piped = |depth: usize| format!("a{}", "|sum()".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&piped(MAX_DEPTH)).is_ok());
    for deep in [
        nested(MAX_DEPTH + 1),
        piped(MAX_DEPTH + 1),
        nested(5_000),
        piped(5_000),
    ] {
        let error = parse(&deep).expect_err("too deep").to_string();
        assert!(error.contains("fewer calls inside each other"), "{error}");
    }
    let error = parse(&"a".repeat(MAX_TARGET_BYTES + 1)).expect_err("too long");
    assert_eq!(
        error.problem(),
        &Problem::TooLong {
            limit: MAX_TARGET_BYTES
        }
    );
    let many = format!("sum({})", ["a"; 257].join(","));
    assert!(
        parse(&many)
            .expect_err("too many")
            .to_string()
            .contains("fewer arguments")
    );
}

fn window(from_s: i64, until_s: i64) -> Window {
    let zone = jiff::tz::TimeZone::UTC;
    Window {
        from_s,
        until_s,
        now_s: until_s,
        zone,
        max_points: None,
    }
}

fn memory() -> Memory {
    let values: Vec<_> = (0..100).map(|value| Some(f64::from(value))).collect();
    Memory {
        series: vec![series("a.x", 0, 60, &values), series("a.y", 0, 60, &values)],
        reach_s: None,
    }
}

#[rstest]
#[case("a.*", Limits { series: 1, ..Limits::default() }, RenderError::TooManySeries { limit: 1 })]
#[case("a.*", Limits { points: 19, ..Limits::default() }, RenderError::TooManyPoints { limit: 19 })]
#[case("a.x|scale(2)|scale(2)", Limits { points: 29, ..Limits::default() }, RenderError::TooManyPoints { limit: 29 })]
#[case("summarize(a.x,'1s')", Limits { points: 500, ..Limits::default() }, RenderError::TooManyPoints { limit: 500 })]
#[case("sum(a.x,a.y)", Limits { fetches: 1, ..Limits::default() }, RenderError::TooManyFetches { limit: 1 })]
fn requests_are_bounded(
    #[case] target: &str,
    #[case] limits: Limits,
    #[case] expected: RenderError,
) {
    let target = parse(target).expect("a target");
    let error = evaluate(&[target], &window(0, 600), &memory(), &limits).expect_err("too much");
    assert_eq!(error, expected);
}

#[test]
fn functions_that_read_twice_end_at_the_limit() {
    let target = parse(&format!("a.x{}", "|movingAverage(2)".repeat(30))).expect("a target");
    let limits = Limits::default();
    let error = evaluate(&[target], &window(0, 600), &memory(), &limits).expect_err("too much");
    assert!(
        matches!(error, RenderError::TooManyFetches { .. }),
        "{error}"
    );
}

#[test]
fn an_empty_window_is_refused_and_a_reversed_one_turned_round() {
    let targets = [parse("a.x").expect("a target")];
    let limits = Limits::default();
    let error = evaluate(&targets, &window(60, 60), &memory(), &limits).expect_err("no time");
    assert_eq!(error, RenderError::EmptyWindow);
    assert_eq!(
        evaluate(&targets, &window(600, 0), &memory(), &limits),
        evaluate(&targets, &window(0, 600), &memory(), &limits),
    );
}

#[test]
fn a_piped_expression_read_twice_keeps_its_functions() {
    let limits = Limits::default();
    let answers = [
        "a.x|scale(2)|movingAverage(3)",
        "movingAverage(scale(a.x,2),3)",
    ]
    .map(|text| {
        let target = parse(text).expect("a target");
        evaluate(&[target], &window(600, 1200), &memory(), &limits).expect("an answer")
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][0].name, "movingAverage(scale(a.x,2),3)");
}

#[test]
fn series_in_keyword_arguments_are_read() {
    let target = parse("transformNull(a.x,-1,referenceSeries=a.y)").expect("a target");
    let answer = evaluate(&[target], &window(0, 600), &memory(), &Limits::default());
    assert_eq!(
        answer.expect("an answer")[0].name,
        "transformNull(a.x,-1,referenceSeries)"
    );
}
