//! What is wrong with Watchbell itself: told once, taken back, and paging goes on.

use std::sync::atomic::Ordering;

use rstest::rstest;
use wb_app::workers::{AboutUs, DiskWatch, Retention};
use wb_core::event::Severity;
use wb_core::ids::NodeId;
use wb_core::incident::{Incident, IncidentState};
use wb_store::db::{Lane, Sql, Tx, sql};
use wb_store::nodes::{self, Node};

use crate::monitors::{incidents, latency, monitor};
use crate::story::declared;
use crate::world::{On, World, integration, trigger, world};

const DAY_S: i64 = 86_400;

async fn signals(world: &World) -> i64 {
    const COUNT: Sql = sql("SELECT count(*) FROM signal");
    let read =
        |tx: &mut Tx<'_>| Ok::<_, wb_app::AppError>(tx.query_one(&COUNT, &[], |r| r.i64(0))?);
    world.app.store.read(read).await.unwrap()
}

async fn enqueue(world: &World, key: &str) {
    let probe = integration(&world.app, "probe");
    let raw = wb_app::ingest::RawSignal {
        body: key.repeat(100).into_bytes(),
        ..Default::default()
    };
    let event = trigger(key, Severity::Critical);
    world.app.ingest(probe, event, raw).await.unwrap();
}

/// The incident about us, if there is one.
async fn about_us(world: &World, words: &str) -> Option<Incident> {
    let all = incidents(world).await;
    all.into_iter().find(|one| one.title.contains(words))
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_low_disk_costs_metrics_then_bodies_and_no_page(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let (watch, us) = (DiskWatch, AboutUs::default());
    let free = |mib: u64| world.series.disk.0.store(mib << 20, Ordering::SeqCst);
    for n in 0..20 {
        enqueue(&world, &format!("early-{n}")).await;
    }
    world.tick(&watch).await;
    world.tick(&us).await;
    assert!(world.app.room.is_for_metrics());

    free(400);
    world.tick(&watch).await;
    world.tick(&us).await;
    assert!(!world.app.room.is_for_metrics());
    let told = about_us(&world, "runs low").await.expect("told");
    assert_eq!(told.state, IncidentState::Triggered);
    let before = signals(&world).await;
    assert!(before >= 20, "bodies stay");

    world.clock.forward(1);
    free(100);
    while world.tick(&watch).await.more {}
    world.tick(&us).await;
    match on {
        On::Sqlite => assert_eq!(signals(&world).await, 0),
        On::Postgres => assert_eq!(signals(&world).await, before, "its disk is its own"),
    }
    enqueue(&world, "late").await;
    world.settle().await;
    assert!(world.incidents_told() > 20, "paging goes on");

    free(4_000);
    world.tick(&watch).await;
    world.tick(&us).await;
    assert!(world.app.room.is_for_metrics());
    let told = about_us(&world, "runs low").await.expect("told");
    assert_eq!(told.state, IncidentState::Resolved);
    world.verify().await;
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_last_node_with_metrics_is_missed(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    monitor(&world, latency(&world)).await;
    let us = AboutUs::default();
    world.tick(&us).await;
    assert_eq!(incidents(&world).await, []);
    // This node keeps none, and the one that does is gone.
    let here = world.app.node.clone();
    let gone = Node {
        id: NodeId(world.app.fresh_id()),
        name: "two".to_owned(),
        ..here.clone()
    };
    let keep = async |node: &Node, keeps: bool| {
        let node = node.clone();
        let write = move |tx: &mut Tx<'_>| {
            Ok::<_, wb_app::AppError>(nodes::keep_metrics(tx, &node, keeps)?)
        };
        world.app.store.write(Lane::People, write).await.unwrap();
    };
    keep(&here, false).await;
    keep(&gone, true).await;
    world.tick(&us).await;
    world.clock.forward(50);
    world.tick(&us).await;
    assert_eq!(incidents(&world).await, [], "a restart is none");
    world.clock.forward(10);
    world.tick(&us).await;
    let told = about_us(&world, "No node that keeps metrics").await;
    assert_eq!(told.expect("told").state, IncidentState::Triggered);
    world.tick(&us).await;
    assert_eq!(incidents(&world).await.len(), 1);
    keep(&here, true).await;
    world.tick(&us).await;
    let told = about_us(&world, "No node that keeps metrics").await;
    assert_eq!(told.expect("told").state, IncidentState::Resolved);
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_far_ahead_deletes_nothing(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    enqueue(&world, "kept").await;
    let kept = signals(&world).await;
    world.tick(&Retention::default()).await;
    world.clock.forward(400 * DAY_S);
    // A process that begins with it, and goes on.
    let retention = Retention::default();
    world.tick(&retention).await;
    world.clock.forward(3_599);
    world.tick(&retention).await;
    assert_eq!(signals(&world).await, kept);
    world.clock.forward(1);
    world.tick(&retention).await;
    assert_eq!(signals(&world).await, 0, "it held: it is believed");
}
