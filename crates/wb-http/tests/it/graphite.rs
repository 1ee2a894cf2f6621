//! Graphite's read API: what its clients send and what they get.

use core::time::Duration;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wb_core::time::Timestamp;
use wb_http::Limits;
use wb_http::limits::{GRAPHITE_FORM_BYTES, GRAPHITE_RUNNING, GRAPHITE_WAITING, INDEX_NAMES};
use wb_metrics::store::{MetricStore, Rules};
use wb_ports::Clock;
use wb_ports::metrics::{MetricSource, Sample, SampleSink};

use crate::shelf::Shelf;
use crate::test_app::{ADMIN, Answer, Call, Setup, TestApp, World};

/// 2026-11-21T03:11:40Z, the present of these tests.
const NOW_S: i64 = 1_795_230_700;

const SHOP: [&str; 5] = [
    "disk.used;host=db.example",
    "shop.eu",
    "shop.eu.orders",
    "shop.latency",
    "shop.us.orders",
];

async fn on(shelf: Shelf) -> (TestApp, Arc<Shelf>) {
    let shelf = Arc::new(shelf);
    let setup = Setup {
        metrics: Some(Arc::clone(&shelf) as Arc<dyn MetricSource>),
        ..Setup::default()
    };
    (TestApp::with(setup).await, shelf)
}

async fn shop() -> TestApp {
    on(Shelf::with(&SHOP)).await.0
}

/// A form of these pairs, some of them more than once.
fn form<'a>(app: &'a TestApp, path: &str, pairs: &[(&str, &str)]) -> Call<'a> {
    let body = serde_urlencoded::to_string(pairs).expect("a form");
    let kind = "application/x-www-form-urlencoded";
    app.call("POST", path)
        .header("content-type", kind)
        .bytes(body)
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.call("GET", path).token(ADMIN).send().await
}

async fn read(app: &TestApp, path: &str) -> Value {
    get(app, path).await.expect(200).json()
}

fn basic(password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("api:{password}")))
}

/// What Grafana's data source posts for a panel, and what it reads of the answer: `target`,
/// `datapoints` as value and second, `tags` of texts.
#[tokio::test]
async fn grafana_posts_a_panel() {
    let app = shop().await;
    let panel = [
        ("from", "1795230400"),
        ("until", "1795230700"),
        ("format", "json"),
        ("maxDataPoints", "1234"),
        ("cacheTimeout", "60"),
        ("target", "shop.*.orders"),
        ("target", "alias(shop.latency,'Latency')"),
    ];
    let call = form(&app, "/render", &panel).header("authorization", &basic(ADMIN));
    let answer = call.send().await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let at = |second: i64, value: Value| json!([value, second]);
    let datapoints = json!([
        at(1_795_230_420, json!(7.0)),
        at(1_795_230_480, json!(8.0)),
        at(1_795_230_540, json!(9.0)),
        at(1_795_230_600, json!(0.0)),
        at(1_795_230_660, json!(1.0)),
    ]);
    let series = |target: &str, name: &str| json!({ "target": target, "tags": { "name": name }, "datapoints": datapoints });
    assert_eq!(
        answer.json(),
        json!([
            series("shop.eu.orders", "shop.eu.orders"),
            series("shop.us.orders", "shop.us.orders"),
            series("Latency", "shop.latency"),
        ])
    );
}

/// Its query editor: the tree level by level, functions and tags, which it does without.
#[tokio::test]
async fn grafana_walks_the_tree() {
    let app = shop().await;
    let find = |query: &str| {
        let path = "/metrics/find?from=1795230400&until=1795230700";
        form(&app, path, &[("query", query)]).token(ADMIN)
    };
    let top = find("*").send().await.expect(200).json();
    let branch = |text: &str, id: &str| json!({ "text": text, "id": id, "allowChildren": 1, "expandable": 1, "leaf": 0 });
    let leaf = |text: &str, id: &str| json!({ "text": text, "id": id, "allowChildren": 0, "expandable": 0, "leaf": 1 });
    assert_eq!(top, json!([branch("disk", "disk"), branch("shop", "shop")]));
    let below = find("shop.*").send().await.expect(200).json();
    assert_eq!(
        below,
        json!([
            branch("eu", "shop.eu"),
            branch("us", "shop.us"),
            leaf("latency", "shop.latency"),
        ])
    );
    // One node for each name, and an id that can be appended to.
    let across = find("shop.*.orders").send().await.expect(200).json();
    assert_eq!(across, json!([leaf("orders", "shop.*.orders")]));
    assert_eq!(find("none.*").send().await.expect(200).json(), json!([]));

    for absent in ["/functions", "/version", "/tags/autoComplete/tags?expr=a"] {
        let call = app.call("GET", absent).token(ADMIN);
        call.header("accept", "application/json, text/plain, */*")
            .send()
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn a_script_reads_with_curl() {
    let (app, shelf) = on(Shelf::with(&SHOP)).await;
    let answer = get(&app, "/render/?target=shop.latency&format=json&from=-2min").await;
    assert_eq!(
        answer.expect(200).text(),
        r#"[{"target":"shop.latency","tags":{"name":"shop.latency"},"datapoints":[[0.0,1795230600],[1.0,1795230660]]}]"#
    );
    // A day back when nothing is said; the window's ends in any order; another present.
    let day_s = 24 * 3_600;
    let rows = [
        ("", NOW_S - day_s, NOW_S, NOW_S),
        ("&from=", NOW_S - day_s, NOW_S, NOW_S),
        ("&from=now&until=-1h", NOW_S - 3_600, NOW_S, NOW_S),
        ("&now=100000", 100_000 - day_s, 100_000, 100_000),
        // 2026-11-21 in Warsaw began at 23:00 UTC.
        ("&from=today&tz=Europe/Warsaw", NOW_S - 15_100, NOW_S, NOW_S),
    ];
    for (query, from_s, until_s, now_s) in rows {
        shelf.read.lock().expect("a lock").clear();
        get(
            &app,
            &format!("/render?target=shop.latency&format=json{query}"),
        )
        .await
        .expect(200);
        let read = shelf.read.lock().expect("a lock").clone();
        assert_eq!(read, [(from_s, until_s, now_s)], "{query}");
    }
    assert_eq!(read(&app, "/render?format=json").await, json!([]));
    assert_eq!(
        read(&app, "/render?format=json&target=nothing.like.it").await,
        json!([])
    );
    let rails = read(&app, "/render?format=json&target[]=shop.eu&from=-1min").await;
    assert_eq!(rails[0]["target"], "shop.eu");
    // The body wins over the query, and its targets come after.
    let both = form(
        &app,
        "/render?format=csv&target=shop.eu",
        &[("format", "json"), ("target", "shop.latency")],
    );
    let both = both.token(ADMIN).send().await.expect(200).json();
    assert_eq!(
        (&both[0]["target"], &both[1]["target"]),
        (&json!("shop.eu"), &json!("shop.latency"))
    );
}

#[tokio::test]
async fn points_are_made_few_and_unknown_ones_are_null() {
    let app = shop().await;
    let query = "/render?target=shop.latency&format=json&from=1795230180&until=1795230780";
    let values = |answer: Value| -> Vec<Value> {
        let points = answer[0]["datapoints"].as_array().expect("points").clone();
        points.into_iter().map(|point| point[0].clone()).collect()
    };
    let all = values(read(&app, query).await);
    assert_eq!(
        json!(all),
        json!([4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 1.0, 2.0, null])
    );
    let one = values(read(&app, &format!("{query}&maxDataPoints=1")).await);
    assert_eq!(json!(one), json!([42.0 / 9.0]));
    let few = values(read(&app, &format!("{query}&maxDataPoints=5")).await);
    assert!(few.len() <= 5, "{few:?}");
    // What is no number counts as nothing said.
    let none = values(read(&app, &format!("{query}&maxDataPoints=undefined")).await);
    assert_eq!(none, all);
    let known = values(read(&app, &format!("{query}&noNullPoints=true")).await);
    assert_eq!(known.len(), 9);
    let unknown = "/render?target=shop.latency&format=json&from=1795230720&until=1795230780";
    assert_eq!(values(read(&app, unknown).await), [Value::Null]);
    assert_eq!(
        read(&app, &format!("{unknown}&noNullPoints")).await,
        json!([])
    );
}

#[tokio::test]
async fn names_are_completed_expanded_and_listed() {
    let app = shop().await;
    let entry = |path: &str, name: &str, is_leaf: &str| json!({ "path": path, "name": name, "is_leaf": is_leaf });
    let completed = read(&app, "/metrics/find?format=completer&query=shop.").await;
    assert_eq!(
        completed,
        json!({ "metrics": [
            entry("shop.eu.", "eu", "0"),
            entry("shop.eu", "eu", "1"),
            entry("shop.latency", "latency", "1"),
            entry("shop.us.", "us", "0"),
        ]})
    );
    let completed = read(&app, "/metrics/find?format=completer&query=sh..la").await;
    assert_eq!(
        completed,
        json!({ "metrics": [entry("shop.latency", "latency", "1")] })
    );
    let leaves = read(&app, "/metrics/find?query=shop.*&leavesOnly=1").await;
    assert_eq!(leaves.as_array().map(Vec::len), Some(2));

    let path = "/metrics/expand?query=shop.*&query=*.e*.orders";
    assert_eq!(
        read(&app, path).await,
        json!({ "results": ["shop.eu", "shop.eu.orders", "shop.latency", "shop.us"] })
    );
    assert_eq!(
        read(&app, &format!("{path}&leavesOnly=1&groupByExpr=1")).await,
        json!({ "results": {
            "shop.*": ["shop.eu", "shop.latency"], "*.e*.orders": ["shop.eu.orders"],
        }})
    );
    assert_eq!(read(&app, "/metrics/index.json").await, json!(SHOP));
    // Ours, beside Graphite's.
    assert_eq!(
        get(&app, "/metrics").await.expect(200).text(),
        "watchbell_up 1\n"
    );
}

#[tokio::test]
async fn an_index_that_is_too_long_says_so() {
    // Characters that mean something in patterns are only characters in names.
    let odd = ["a?.x", "ab.x", "b{c.x"];
    let (app, _) = on(Shelf::with(&odd)).await;
    assert_eq!(read(&app, "/metrics/index.json").await, json!(odd));

    let names: Vec<String> = (0..=INDEX_NAMES).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (app, _) = on(Shelf::with(&names)).await;
    let answer = get(&app, "/metrics/index.json").await.expect(200);
    assert_eq!(answer.header("x-watchbell-cut-at"), Some("100000"));
    assert_eq!(answer.json().as_array().map(Vec::len), Some(INDEX_NAMES));
    for path in ["/metrics/expand?query=*", "/metrics/find?query=*"] {
        let all = get(&app, path).await.expect(413);
        assert!(all.text().contains("More than 100000 names"), "{path}");
    }
}

/// The present of the tests, standing still.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH.plus_secs(NOW_S)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// The same over the store that the program has.
#[tokio::test]
async fn what_carbon_brought_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("metrics.db");
    let limits = wb_metrics::store::Limits::default();
    let store = MetricStore::open(&path, Rules::default(), limits, Arc::new(Still));
    let store = Arc::new(store.expect("a store"));
    let sample = |series: &str, value: f64| Sample {
        series: series.to_owned(),
        at_s: NOW_S - 100,
        value,
    };
    let brought = [
        sample("shop.eu.orders", 17.0),
        sample("shop.us.orders", 4.5),
        sample("disk.used;host=db.example", 1.0),
    ];
    store.append(brought.into()).await.expect("stored");
    let setup = Setup {
        metrics: Some(Arc::clone(&store) as Arc<dyn MetricSource>),
        ..Setup::default()
    };
    let app = TestApp::with(setup).await;
    let known = "/render?format=json&noNullPoints=1&from=-10min";
    let sum = read(&app, &format!("{known}&target=sumSeries(shop.*.orders)")).await;
    assert_eq!(
        (&sum[0]["target"], &sum[0]["datapoints"][0][0]),
        (&json!("sumSeries(shop.*.orders)"), &json!(21.5)),
        "{sum}"
    );
    assert_eq!(
        read(&app, "/metrics/expand?query=shop.*.orders").await,
        json!({ "results": ["shop.eu.orders", "shop.us.orders"] })
    );
    let index = read(&app, "/metrics/index.json").await;
    assert_eq!(
        index,
        json!([
            "disk.used;host=db.example",
            "shop.eu.orders",
            "shop.us.orders"
        ])
    );
    let broken = get(&app, "/metrics/find?query=shop.{eu").await.expect(400);
    assert!(
        broken.text().contains("cannot be read"),
        "{}",
        broken.text()
    );
    store.close();
}

/// What is asked, the status, and a piece of what is said.
const REFUSED: &[(&str, u16, &str)] = &[
    ("/render?target=a", 400, "Send format=json"),
    ("/render?target=a&format=png", 400, "Send format=json"),
    (
        "/render?target=a&format=json&jsonp=f",
        400,
        "jsonp is not supported",
    ),
    ("/metrics/index.json?jsonp=f", 400, "jsonp is not supported"),
    (
        "/render?target=scale(a,&format=json",
        400,
        "The target cannot be read: ",
    ),
    (
        "/render?target=scale(a,&format=json",
        400,
        "\nscale(a,\n        ^",
    ),
    (
        "/render?target=skale(a,2)&format=json",
        400,
        "no function \"skale\"; the nearest name is \"scale\"",
    ),
    (
        "/render?target=a&format=json&from=soon",
        400,
        "from: \"soon\" is no time",
    ),
    (
        "/render?target=a&format=json&until=-1x",
        400,
        "until: \"-1x\" is no span",
    ),
    (
        "/render?target=a&format=json&now=then",
        400,
        "now: \"then\" is no time",
    ),
    (
        "/render?target=a&format=json&tz=Mars",
        400,
        "tz: \"Mars\" is no time zone",
    ),
    (
        "/render?target=a&format=json&from=now",
        400,
        "window is empty",
    ),
    (
        "/render?target=broken&format=json",
        503,
        "could not be read; the log says why",
    ),
    (
        "/render?target=many&format=json",
        413,
        "\"many\" fits more than 7 series",
    ),
    (
        "/render?target=long&format=json",
        413,
        "more than 2000000 points",
    ),
    ("/metrics/find", 400, "query is missing"),
    ("/metrics/find?query=", 400, "query is missing"),
    (
        "/metrics/find?query=*&format=pickle",
        400,
        "\"pickle\" is not supported; send treejson or completer",
    ),
    (
        "/metrics/find?query=*&leavesOnly=yes",
        400,
        "leavesOnly: \"yes\" is no number",
    ),
    ("/metrics/find?query=a[b", 400, "'[' has no ']'"),
    ("/metrics/find?query=many", 413, "more than 7 series"),
    ("/metrics/find?query=broken", 503, "the log says why"),
    ("/metrics/expand", 400, "query is missing"),
];

#[tokio::test]
async fn refusals_say_what_to_change() {
    let app = on(Shelf::with(&["a", "long", "slow"])).await.0;
    for (path, status, text) in REFUSED {
        let answer = get(&app, path).await.expect(*status);
        assert!(answer.text().contains(text), "{path}: {}", answer.text());
        assert!(!answer.text().contains("on fire"), "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(
            answer.header("retry-after").is_some(),
            *status == 503,
            "{path}"
        );
    }
    let json = app.call("POST", "/render?format=json").token(ADMIN);
    let answer = json.json(&json!({ "target": "a" })).send().await;
    assert!(answer.expect(415).text().contains("x-www-form-urlencoded"));
    let target = "a".repeat(GRAPHITE_FORM_BYTES);
    let large = form(&app, "/render", &[("target", &target)]).token(ADMIN);
    assert!(
        large
            .send()
            .await
            .expect(413)
            .text()
            .contains("over 1048576 bytes")
    );

    let without = TestApp::start().await;
    let answer = get(&without, "/render?target=a&format=json").await;
    assert!(answer.expect(404).text().contains("keeps no metrics"));
}

#[tokio::test]
async fn whoever_may_read_anything_reads_metrics() {
    let app = shop().await;
    let world = World::on(&app).await;
    let render = "/render?target=shop.eu&format=json";
    let member = app.token_of(&world.user).await;
    app.call("GET", render)
        .token(&member)
        .send()
        .await
        .expect(200);
    let with = |login: &str| app.call("GET", render).header("authorization", login);
    with(&basic(&member)).send().await.expect(200);

    let body = json!({ "name": "New", "email": "new@example.com", "zone": "UTC" });
    let nobody = app.create("/users", body).await;
    let nobody = app.token_of(&nobody).await;
    let refused = with(&basic(&nobody)).send().await.expect(403);
    assert!(refused.text().contains("no role"), "{}", refused.text());

    let body = json!({
        "secret": app.set_up_secret(), "name": "Marta", "email": "marta@example.com",
        "password": "correct horse battery staple", "zone": "UTC",
    });
    let answer = app.call("POST", "/api/v1/set-up").json(&body).send().await;
    let answer = answer.expect(200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a value").to_owned();
    app.call("GET", render)
        .header("cookie", &cookie)
        .send()
        .await
        .expect(200);
    // Reading needs no CSRF token, and a wrong password is not made up for.
    let post = form(&app, "/render", &[("format", "json")]).header("cookie", &cookie);
    post.send().await.expect(200);
    let both = with(&basic("wrong")).header("cookie", &cookie);
    let refused = both.send().await.expect(401);
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Basic realm=\"Watchbell\"")
    );
    for login in ["Basic !", "Bearer wrong", &basic(&world.key)] {
        with(login).send().await.expect(401);
    }
}

#[tokio::test]
async fn an_integration_key_in_the_path_opens_and_is_never_logged() {
    let log = Log::default();
    let app = shop().await;
    let world = World::on(&app).await;
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let base = format!("/compat/graphite/k/{}", world.key);
    for path in [
        "/render?format=json&target=shop.eu",
        "/metrics/find?query=*",
    ] {
        let path = format!("{base}{path}");
        app.call("GET", &path).send().await.expect(200);
    }
    let render = format!("{base}/render");
    let call = form(&app, &render, &[("format", "json"), ("target", "shop.eu")]);
    assert_eq!(call.send().await.expect(200).json()[0]["target"], "shop.eu");
    let find = form(&app, &format!("{base}/metrics/find"), &[("query", "*")]);
    find.send().await.expect(200);
    for path in [format!("{base}/render"), format!("{base}/nothing")] {
        let status = app.call("GET", &path).send().await.status.as_u16();
        assert!([400, 404].contains(&status), "{path}: {status}");
    }
    drop(listening);
    let text = log.text();
    assert!(text.contains("/compat/graphite/k/{key}/render"), "{text}");
    assert!(!text.contains(&world.key), "{text}");

    let wrong = "/compat/graphite/k/wrong/render?format=json";
    let refused = app.call("GET", wrong).token(ADMIN).send().await.expect(401);
    assert!(refused.header("www-authenticate").is_some());
}

#[tokio::test]
async fn when_too_many_wait_one_is_told_to_come_back() {
    let (app, release) = slow(Limits::default()).await;
    let world = World::on(&app).await;
    // With a key nothing is awaited before the queue, so that one poll is one place.
    let path = format!("/compat/graphite/k/{}/metrics/find?query=slow", world.key);
    let mut waiting: Vec<_> = (0..GRAPHITE_RUNNING + GRAPHITE_WAITING)
        .map(|_| Box::pin(app.call("GET", &path).send()))
        .collect();
    for request in &mut waiting {
        assert!(futures::poll!(request).is_pending());
    }
    let refused = app.call("GET", &path).send().await.expect(503);
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert!(
        refused.text().contains("wait already"),
        "{}",
        refused.text()
    );
    // Whoever hangs up makes room.
    drop(waiting.pop());
    let mut next = Box::pin(app.call("GET", &path).send());
    assert!(futures::poll!(&mut next).is_pending());
    drop(release);
    for answer in futures::future::join_all(waiting).await {
        answer.expect(200);
    }
    next.await.expect(200);
}

#[tokio::test]
async fn waiting_ends_when_the_time_is_over() {
    let limits = Limits {
        request: Duration::from_millis(200),
        ..Limits::default()
    };
    let (app, release) = slow(limits).await;
    let answer = get(&app, "/render?target=slow&format=json").await;
    let text = answer.expect(503).text();
    assert!(text.contains("Not answered within 180 ms"), "{text}");
    drop(release);
}

/// An application whose series `slow` answers when the sender is dropped.
async fn slow(limits: Limits) -> (TestApp, Sender<()>) {
    let (release, released) = channel();
    let shelf = Shelf::with(&["slow"]).until(released);
    let setup = Setup {
        metrics: Some(Arc::new(shelf)),
        limits,
        ..Setup::default()
    };
    (TestApp::with(setup).await, release)
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("a lock")).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
