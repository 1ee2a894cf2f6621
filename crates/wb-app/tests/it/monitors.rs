//! From a metric that crosses a line to a page and back, on both engines.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rstest::rstest;
use wb_app::Caller;
use wb_app::monitors::MonitorState;
use wb_app::workers::Monitors;
use wb_core::config::{Monitor, ObjectId, OnSilence, Scope, Side};
use wb_core::event::Severity;
use wb_core::ids::{IncidentId, MonitorId};
use wb_core::incident::{Incident, IncidentState};
use wb_core::number::Number;
use wb_ports::{Aggregation, MetricSource, Node, Points, SourceError};
use wb_store::Page;
use wb_store::db::{Sql, Tx, sql};
use wb_store::graphs::{self, GraphRow};

use crate::story::declared;
use crate::world::{On, World, world};

pub(crate) const STEP_S: i64 = 10;

/// Series in memory, in steps of ten seconds.
#[derive(Debug, Default)]
pub(crate) struct MemorySeries {
    points: Mutex<BTreeMap<String, BTreeMap<i64, f64>>>,
    heard_s: Mutex<Option<i64>>,
    /// Where they would be kept.
    pub(crate) disk: std::sync::Arc<crate::world::FakeDisk>,
}

impl MemorySeries {
    pub(crate) fn put(&self, name: &str, at_s: i64, value: f64) {
        let mut points = self.points.lock().unwrap();
        let series = points.entry(name.to_owned()).or_default();
        series.insert(at_s - at_s % STEP_S, value);
        *self.heard_s.lock().unwrap() = Some(at_s);
    }

    fn forget_after(&self, at_s: i64) {
        for series in self.points.lock().unwrap().values_mut() {
            series.retain(|at, _| *at <= at_s);
        }
        *self.heard_s.lock().unwrap() = None;
    }
}

impl MetricSource for MemorySeries {
    fn find(&self, _pattern: &str) -> Result<Vec<Node>, SourceError> {
        let points = self.points.lock().unwrap();
        let node = |path: &String| Node {
            path: path.clone(),
            leaf: true,
            branch: false,
        };
        Ok(points.keys().map(node).collect())
    }

    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        _now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        assert_ne!(pattern, "panics", "planted");
        let prefix = pattern.trim_end_matches('*');
        let fits = |name: &str| name == pattern || (prefix != pattern && name.starts_with(prefix));
        let start_s = from_s - from_s % STEP_S + STEP_S;
        let end_s = until_s - until_s % STEP_S + STEP_S;
        let points = self.points.lock().unwrap();
        let wanted = points.iter().filter(|(name, _)| fits(name));
        Ok(wanted
            .map(|(name, values)| Points {
                name: name.clone(),
                start_s,
                step_s: STEP_S,
                values: (start_s..end_s)
                    .step_by(usize::try_from(STEP_S).unwrap())
                    .map(|at_s| values.get(&at_s).copied())
                    .collect(),
                consolidation: Aggregation::Average,
                x_files_factor: 0.0,
            })
            .collect())
    }

    fn last_heard_s(&self) -> Option<i64> {
        *self.heard_s.lock().unwrap()
    }
}

fn number(value: f64) -> Number {
    Number::new(value).unwrap()
}

/// Over 500 for two minutes; recovers under 400 for two minutes.
pub(crate) fn latency(world: &World) -> Monitor {
    let config = world.app.config();
    let service = config
        .services
        .iter()
        .find(|(_, s)| s.value.name == "checkout");
    Monitor {
        service: *service.unwrap().0,
        name: "p99 latency".to_owned(),
        description: "How long customers wait.".to_owned(),
        target: "checkout.latency_ms.p99".to_owned(),
        side: Side::Above,
        threshold: number(500.0),
        for_s: 120,
        recovery: Some(number(400.0)),
        recover_for_s: 120,
        every_s: 10,
        severity: Severity::Critical,
        silent_after_s: 300,
        on_silence: OnSilence::Keep,
        runbook_url: Some("https://wiki.example/latency".to_owned()),
    }
}

pub(crate) async fn monitor(world: &World, rule: Monitor) -> MonitorId {
    let saved = world.app.create(&Caller::system(), rule).await.unwrap();
    match saved.id() {
        ObjectId::Monitor(id) => id,
        other => panic!("{other} is no monitor"),
    }
}

/// Lets time pass in steps of ten seconds; before each evaluation every series gets its value.
pub(crate) async fn pass(world: &World, seconds: i64, values: &[(&str, f64)]) {
    for _ in 0..seconds / STEP_S {
        world.clock.forward(STEP_S);
        let now_s = wb_ports::Clock::now(&*world.clock).as_secs();
        for (name, value) in values {
            world.series.put(name, now_s, *value);
        }
        world.tick(&Monitors).await;
        world.settle().await;
    }
}

pub(crate) async fn incidents(world: &World) -> Vec<Incident> {
    world
        .app
        .store
        .read(|tx| {
            let page = Page::newest(100);
            let filter = wb_store::incidents::IncidentFilter::default();
            Ok::<_, wb_app::AppError>(wb_store::incidents::list(
                tx,
                &Scope::system(),
                &filter,
                page,
            )?)
        })
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.incident.state)
        .collect()
}

async fn graphs_of(world: &World, incident: IncidentId) -> Vec<GraphRow> {
    let read = move |tx: &mut Tx<'_>| Ok::<_, wb_app::AppError>(graphs::of_incident(tx, incident)?);
    world.app.store.read(read).await.unwrap()
}

pub(crate) const P99: &str = "checkout.latency_ms.p99";

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_metric_over_the_line_pages_and_calms_down(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let id = monitor(&world, latency(&world)).await;
    pass(&world, 300, &[(P99, 120.0)]).await;
    assert_eq!(incidents(&world).await, []);
    pass(&world, 120, &[(P99, 700.0)]).await;
    assert_eq!(incidents(&world).await, [], "not for long enough");
    pass(&world, 20, &[(P99, 812.5)]).await;

    let incident = incidents(&world).await.remove(0);
    assert_eq!(incident.state, IncidentState::Triggered);
    assert_eq!(incident.severity, Severity::Critical);
    assert_eq!(
        incident.title,
        "p99 latency is 812.5, over 500 for 2 min: checkout.latency_ms.p99"
    );
    assert_eq!(world.told(), ["aiko-mail"]);
    let view = world.app.monitor_view(&Caller::system(), id).await.unwrap();
    assert_eq!(view.state, MonitorState::Firing);
    assert_eq!(view.groups.len(), 1);

    pass(&world, 30, &[(P99, 900.0)]).await;
    let [graph] = graphs_of(&world, incident.id).await.try_into().unwrap();
    assert!(!graph.is_final);
    assert!(
        graph.graph.values.contains(&Some(900.0)),
        "goes on while it fires"
    );
    assert!(
        graph.graph.values.contains(&Some(120.0)),
        "and shows what was before"
    );

    pass(&world, 180, &[(P99, 450.0)]).await;
    assert_eq!(incidents(&world).await[0].state, IncidentState::Triggered);
    pass(&world, 140, &[(P99, 100.0)]).await;
    assert_eq!(incidents(&world).await[0].state, IncidentState::Resolved);
    let [graph] = graphs_of(&world, incident.id).await.try_into().unwrap();
    assert!(graph.is_final && graph.graph.recovered_s.is_some());
    let view = world.app.monitor_view(&Caller::system(), id).await.unwrap();
    assert_eq!(view.state, MonitorState::Well);
    world.verify().await;
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_resolved_stays_so_until_it_was_well_once(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    monitor(&world, latency(&world)).await;
    pass(&world, 150, &[(P99, 700.0)]).await;
    let first = incidents(&world).await.remove(0);
    let resolved = world.app.resolve(&Caller::system(), first.id).await;
    resolved.unwrap();
    pass(&world, 300, &[(P99, 700.0)]).await;
    assert_eq!(
        incidents(&world).await.len(),
        1,
        "it keeps firing, and nobody is woken again"
    );
    let graph = graphs_of(&world, first.id).await.remove(0);
    assert!(!graph.is_final, "the incident says that it still fires");

    pass(&world, 150, &[(P99, 100.0)]).await;
    assert!(graphs_of(&world, first.id).await.remove(0).is_final);
    pass(&world, 150, &[(P99, 700.0)]).await;
    let all = incidents(&world).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].state, IncidentState::Triggered);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_fire_once() {
    let world = world(On::Postgres).await;
    declared(&world).await;
    for n in 0..8 {
        let rule = Monitor {
            name: format!("latency {n}"),
            ..latency(&world)
        };
        monitor(&world, rule).await;
    }
    let peer = world.peer().await;
    for _ in 0..16 {
        world.clock.forward(STEP_S);
        let now = wb_ports::Clock::now(&*world.clock);
        world.series.put(P99, now.as_secs(), 700.0);
        let (one, two) = tokio::join!(world.tick(&Monitors), peer.tick(&Monitors));
        assert_eq!(one.failed + two.failed, 0);
    }
    assert_eq!(incidents(&world).await.len(), 8);
    world.verify().await;
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_all_series_is_one_alert_about_us(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    monitor(&world, rule).await;
    let names: Vec<String> = (0..20).map(|n| format!("host.{n:02}")).collect();
    let all: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
    pass(&world, 120, &all).await;

    // Nothing at all comes in: one alert, about us.
    pass(&world, 900, &[]).await;
    let now = incidents(&world).await;
    assert_eq!(now.len(), 1);
    assert!(
        now[0].title.contains("No metrics come in"),
        "{}",
        now[0].title
    );

    // It comes back, but for one host: nothing is said about it before its own time is over.
    pass(&world, 200, &all[1..]).await;
    let now = incidents(&world).await;
    assert_eq!(now.len(), 1);
    assert_eq!(now[0].state, IncidentState::Resolved);
    pass(&world, 200, &all[1..]).await;
    let now = incidents(&world).await;
    assert_eq!(now.len(), 2);
    assert!(
        now[0].title.contains("host.00 has no data"),
        "{}",
        now[0].title
    );
    pass(&world, 20, &all).await;
    assert_eq!(incidents(&world).await[0].state, IncidentState::Resolved);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_no_silence() {
    let world = world(On::Postgres).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    monitor(&world, rule).await;
    let all = [("host.0", 1.0), ("host.1", 1.0), ("host.2", 1.0)];
    pass(&world, 120, &all).await;
    // An hour later another process begins; its first sample is of one series only.
    world.clock.forward(3_600);
    let peer = world.peer().await;
    pass(&peer, 280, &all[..1]).await;
    assert_eq!(incidents(&peer).await, []);
    // Those that stay away are told of after their own time of silence, while we listened.
    pass(&peer, 60, &all[..1]).await;
    assert_eq!(incidents(&peer).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_slept_wakes_nobody() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    monitor(&world, rule).await;
    pass(&world, 120, &[(P99, 1.0)]).await;
    world.clock.forward(3_600);
    // Before the first sample that comes after it.
    world.tick(&Monitors).await;
    assert_eq!(incidents(&world).await, []);
    pass(&world, 60, &[(P99, 1.0)]).await;
    assert_eq!(incidents(&world).await, []);
    // Awake, it notices that nothing comes.
    pass(&world, 400, &[]).await;
    assert_eq!(incidents(&world).await.len(), 1);
    world.clock.forward(3_600);
    world.tick(&Monitors).await;
    let states = views_of(&world).await;
    assert_eq!(states, [IncidentState::Triggered], "sleep is no recovery");
    pass(&world, 20, &[(P99, 1.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Resolved]);
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_monitor_takes_its_alerts_along(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let id = monitor(&world, latency(&world)).await;
    pass(&world, 150, &[(P99, 700.0)]).await;
    let id = ObjectId::Monitor(id);
    world.app.delete(&Caller::system(), id, None).await.unwrap();
    pass(&world, 10, &[(P99, 700.0)]).await;
    assert_eq!(incidents(&world).await[0].state, IncidentState::Resolved);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_without_series_says_so_and_changes_nothing() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "no.such.series".to_owned(),
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    let id = monitor(&world, rule).await;
    pass(&world, 600, &[(P99, 700.0)]).await;
    assert_eq!(incidents(&world).await, []);
    let view = world.app.monitor_view(&Caller::system(), id).await.unwrap();
    assert_eq!(view.state, MonitorState::NoSeries);
    assert!(
        view.notice
            .is_some_and(|notice| notice.starts_with("No series fits"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_leaves_a_firing_series_out_ends_it() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let id = monitor(&world, latency(&world)).await;
    let values = [(P99, 700.0), ("checkout.other", 1.0)];
    pass(&world, 150, &values).await;
    let rule = Monitor {
        target: "checkout.other".to_owned(),
        ..latency(&world)
    };
    let id = ObjectId::Monitor(id);
    world
        .app
        .update(&Caller::system(), id, None, rule)
        .await
        .unwrap();
    pass(&world, 30, &values).await;
    assert_eq!(incidents(&world).await[0].state, IncidentState::Resolved);
    world.verify().await;
}

pub(crate) async fn views_of(world: &World) -> Vec<IncidentState> {
    incidents(world).await.iter().map(|i| i.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_of_a_long_episode_keeps_its_beginning() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    monitor(&world, latency(&world)).await;
    pass(&world, 60, &[(P99, 120.0)]).await;
    pass(&world, 5_400, &[(P99, 700.0)]).await;
    pass(&world, 200, &[(P99, 100.0)]).await;
    let incident = incidents(&world).await.remove(0);
    assert_eq!(incident.state, IncidentState::Resolved);
    let graph = graphs_of(&world, incident.id).await.remove(0);
    assert!(graph.is_final);
    assert!(
        graph.graph.start_s < graph.graph.since_s.unwrap(),
        "where it began is on the graph to the end"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_episode_does_not_widen_the_graph_of_a_new_one() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        ..latency(&world)
    };
    monitor(&world, rule).await;
    pass(&world, 8 * 3_600, &[("host.a", 700.0), ("host.b", 1.0)]).await;
    pass(&world, 300, &[("host.a", 700.0), ("host.b", 700.0)]).await;
    let newest = incidents(&world).await.remove(0);
    let graph = graphs_of(&world, newest.id).await.remove(0);
    assert_eq!(graph.graph.series, "host.b");
    assert_eq!(graph.graph.step_s, STEP_S, "as fine as it was measured");
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_far_ahead_stops_no_monitor(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    monitor(&world, latency(&world)).await;
    pass(&world, 150, &[(P99, 700.0)]).await;
    world.clock.forward(86_400);
    pass(&world, 300, &[(P99, 100.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Resolved]);
    // The host's clock is put right, and another process begins.
    world.clock.forward(-86_400);
    let world = world.again().await;
    world
        .series
        .forget_after(wb_ports::Clock::now(&*world.clock).as_secs());
    pass(&world, 300, &[(P99, 100.0)]).await;
    pass(&world, 300, &[(P99, 700.0)]).await;
    assert_eq!(incidents(&world).await.len(), 2, "it fires all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_whose_reading_panics_stops_no_other() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    for target in ["panics", P99] {
        let rule = Monitor {
            name: target.to_owned(),
            target: target.to_owned(),
            // Both at the same seconds.
            every_s: 1,
            ..latency(&world)
        };
        monitor(&world, rule).await;
    }
    pass(&world, 150, &[(P99, 700.0)]).await;
    assert_eq!(incidents(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_groups_than_one_transaction_takes_fire_at_once() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        ..latency(&world)
    };
    monitor(&world, rule).await;
    let names: Vec<String> = (0..450).map(|n| format!("host.{n:04}")).collect();
    let all: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 700.0)).collect();
    for _ in 0..12 {
        world.clock.forward(STEP_S);
        let now_s = wb_ports::Clock::now(&*world.clock).as_secs();
        for (name, value) in &all {
            world.series.put(name, now_s, *value);
        }
        assert_eq!(world.tick(&Monitors).await.done, 0);
    }
    world.clock.forward(STEP_S);
    let now_s = wb_ports::Clock::now(&*world.clock).as_secs();
    for (name, value) in &all {
        world.series.put(name, now_s, *value);
    }
    let report = world.tick(&Monitors).await;
    assert_eq!((report.done, report.failed), (450, 0));
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_alert_spoils_only_its_own_group(#[case] on: On) {
    const DAMAGE: Sql = sql("UPDATE alert SET version = -1
         WHERE id = (SELECT id FROM alert ORDER BY id LIMIT 1)");
    let world = world(on).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        ..latency(&world)
    };
    monitor(&world, rule).await;
    pass(&world, 150, &[("host.a", 700.0), ("host.b", 700.0)]).await;
    assert_eq!(incidents(&world).await.len(), 2);
    let write = |tx: &mut Tx<'_>| Ok::<_, wb_app::AppError>(tx.put(&DAMAGE, &[], 1)?);
    let lane = wb_store::db::Lane::People;
    world.app.store.write(lane, write).await.unwrap();
    pass(&world, 300, &[("host.a", 1.0), ("host.b", 1.0)]).await;
    let states = views_of(&world).await;
    assert!(states.contains(&IncidentState::Resolved), "{states:?}");
    assert_eq!(states.len(), 3, "and the admins are told of the other one");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_impatient_do_not_take_our_silence_for_theirs() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        silent_after_s: 60,
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    monitor(&world, rule).await;
    let all = [("host.0", 1.0), ("host.1", 1.0), ("host.2", 1.0)];
    pass(&world, 120, &all).await;
    // Everything stops for less than what is a gap to everybody, and begins with one series.
    pass(&world, 100, &[]).await;
    assert_eq!(incidents(&world).await, []);
    pass(&world, 50, &all[..1]).await;
    assert_eq!(incidents(&world).await, []);
    pass(&world, 40, &all[..1]).await;
    assert_eq!(
        incidents(&world).await.len(),
        2,
        "their own silence, while we heard another"
    );
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_monitor_did_is_told_with_its_incidents(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let id = monitor(&world, latency(&world)).await;
    let system = Caller::system();
    let summary = |all: &BTreeMap<MonitorId, wb_app::monitors::MonitorSummary>| {
        let one = all.get(&id).unwrap();
        (one.state, one.firing, one.series)
    };
    pass(&world, 150, &[(P99, 700.0)]).await;
    let all = world.app.monitor_summaries().await.unwrap();
    assert_eq!(summary(&all), (MonitorState::Firing, 1, Some(1)));
    pass(&world, 150, &[(P99, 1.0)]).await;
    let all = world.app.monitor_summaries().await.unwrap();
    assert_eq!(summary(&all), (MonitorState::Well, 0, Some(1)));
    pass(&world, 150, &[(P99, 800.0)]).await;

    let past = world.app.monitor_history(&system, id).await.unwrap();
    let ends: Vec<_> = past
        .iter()
        .map(|one| (one.why, one.until.is_some()))
        .collect();
    assert_eq!(ends, [(None, false), (Some("values"), true)], "{past:?}");
    assert_eq!(past[0].worst, Number::new(800.0));
    let known: Vec<_> = incidents(&world).await.iter().map(|one| one.id).collect();
    assert_eq!(
        past.iter()
            .filter_map(|one| one.incident)
            .collect::<Vec<_>>(),
        known
    );
    let nobody = MonitorId(uuid::Uuid::nil());
    assert!(world.app.monitor_history(&system, nobody).await.is_err());
}
