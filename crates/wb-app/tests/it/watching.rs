//! Monitors that cannot do their work, or not all of it, and senders that are slow.

use rstest::rstest;
use wb_app::Caller;
use wb_app::workers::Monitors;
use wb_core::config::{Monitor, ObjectId, OnSilence};
use wb_core::incident::IncidentState;
use wb_store::db::{Lane, Sql, Tx, sql};

use crate::monitors::{P99, STEP_S, incidents, latency, monitor, pass, views_of};
use crate::story::declared;
use crate::world::{On, World, world};

async fn write(world: &World, text: &'static Sql) {
    let write = move |tx: &mut Tx<'_>| {
        tx.exec(text, &[])?;
        Ok::<_, wb_app::AppError>(())
    };
    world.app.store.write(Lane::People, write).await.unwrap();
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_group_stops_no_other(#[case] on: On) {
    const DAMAGE: Sql = sql("UPDATE monitor_group SET version = -1
         WHERE id = (SELECT id FROM monitor_group ORDER BY id LIMIT 1)");
    let world = world(on).await;
    declared(&world).await;
    let rule = Monitor {
        target: "host.*".to_owned(),
        ..latency(&world)
    };
    let id = monitor(&world, rule).await;
    let bad = [("host.a", 700.0), ("host.b", 700.0), ("host.c", 1.0)];
    pass(&world, 150, &bad).await;
    assert_eq!(incidents(&world).await.len(), 2);
    write(&world, &DAMAGE).await;

    // The other one recovers, and a third one fires.
    let later = [("host.a", 1.0), ("host.b", 1.0), ("host.c", 700.0)];
    pass(&world, 290, &later).await;
    let all = incidents(&world).await;
    let titles: Vec<_> = all.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(all.len(), 3, "{titles:?}");
    assert!(titles[0].contains("host.c"), "{titles:?}");
    let resolved = all.iter().filter(|i| i.state == IncidentState::Resolved);
    assert_eq!(resolved.count(), 1, "{titles:?}");
    let view = world.app.monitor_view(&Caller::system(), id).await.unwrap();
    let notice = view.notice.unwrap();
    assert!(
        notice.starts_with("1 of its groups are damaged"),
        "{notice}"
    );

    // Its own people are told that one is not judged.
    pass(&world, 60, &later).await;
    let told = incidents(&world).await.remove(0);
    assert!(told.title.contains("cannot be evaluated"), "{}", told.title);
    assert_eq!(told.service, latency(&world).service);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_active_groups_than_one_page_all_recover() {
    const MANY: Sql = sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
         INSERT INTO monitor_group (id, version, head, monitor_id, active, state)
         SELECT randomblob(16), g.version, g.head, g.monitor_id, 1, g.state
           FROM n, (SELECT * FROM monitor_group ORDER BY monitor_id LIMIT 1) g",
    );
    let world = world(On::Sqlite).await;
    declared(&world).await;
    for target in ["host.a", "host.b"] {
        let rule = Monitor {
            name: target.to_owned(),
            target: target.to_owned(),
            ..latency(&world)
        };
        monitor(&world, rule).await;
    }
    pass(&world, 150, &[("host.a", 700.0), ("host.b", 700.0)]).await;
    assert_eq!(incidents(&world).await.len(), 2);
    write(&world, &MANY).await;
    pass(&world, 150, &[("host.a", 700.0), ("host.b", 1.0)]).await;
    let states = views_of(&world).await;
    assert!(states.contains(&IncidentState::Resolved), "{states:?}");
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_evaluated_is_told_of_once(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let rule = Monitor {
        target: "panics".to_owned(),
        ..latency(&world)
    };
    let id = monitor(&world, rule.clone()).await;
    pass(&world, 280, &[(P99, 1.0)]).await;
    assert_eq!(incidents(&world).await, [], "not for long enough");
    pass(&world, 600, &[(P99, 1.0)]).await;
    let told = incidents(&world).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].title.contains("p99 latency"), "{}", told[0].title);
    assert_eq!(told[0].service, rule.service);

    // Another process knows that it was told.
    let world = world.again().await;
    world.app.bootstrap(None).await.unwrap();
    pass(&world, 600, &[(P99, 1.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Triggered]);
    let mended = Monitor {
        target: P99.to_owned(),
        ..rule
    };
    let (by, id) = (Caller::system(), ObjectId::Monitor(id));
    world.app.update(&by, id, None, mended).await.unwrap();
    pass(&world, 30, &[(P99, 1.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Resolved]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_monitor_fails_no_more() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "panics".to_owned(),
        ..latency(&world)
    };
    let id = ObjectId::Monitor(monitor(&world, rule).await);
    pass(&world, 400, &[(P99, 1.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Triggered]);
    world.app.delete(&Caller::system(), id, None).await.unwrap();
    pass(&world, 20, &[(P99, 1.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Resolved]);
}

#[rstest]
#[case(On::Sqlite)]
#[case(On::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_fits_nothing_ends_what_the_old_one_began(#[case] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let rule = latency(&world);
    let id = ObjectId::Monitor(monitor(&world, rule.clone()).await);
    pass(&world, 150, &[(P99, 700.0)]).await;
    let edited = Monitor {
        description: "Other words.".to_owned(),
        ..rule.clone()
    };
    let by = Caller::system();
    world.app.update(&by, id, None, edited).await.unwrap();
    pass(&world, 30, &[(P99, 700.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Triggered]);
    let edited = Monitor {
        target: "nothing.here".to_owned(),
        ..rule
    };
    world.app.update(&by, id, None, edited).await.unwrap();
    pass(&world, 30, &[(P99, 700.0)]).await;
    assert_eq!(views_of(&world).await, [IncidentState::Resolved]);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_but_regular_senders_are_judged_by_their_rhythm() {
    let world = world(On::Sqlite).await;
    declared(&world).await;
    let rule = Monitor {
        target: "job.*".to_owned(),
        silent_after_s: 1_500,
        on_silence: OnSilence::Alert,
        ..latency(&world)
    };
    monitor(&world, rule).await;
    let both = [("job.a", 1.0), ("job.b", 1.0)];
    // Every ten minutes, and nothing between.
    let round = async |values: &[(&str, f64)]| {
        pass(&world, 590, &[]).await;
        pass(&world, STEP_S, values).await;
    };
    // Before there is a rhythm the admins are told that nothing comes in; then no more.
    for _ in 0..6 {
        round(&both).await;
    }
    let before = incidents(&world).await.len();
    for _ in 0..3 {
        round(&both).await;
    }
    assert_eq!(
        incidents(&world).await.len(),
        before,
        "a rhythm is no silence"
    );
    // One of the two stays away.
    for _ in 0..4 {
        round(&both[..1]).await;
    }
    let told = incidents(&world).await;
    assert_eq!(told.len(), before + 1);
    assert!(
        told[0].title.contains("job.b has no data"),
        "{}",
        told[0].title
    );
    // Nothing at all: one alert, about us.
    pass(&world, 3_000, &[]).await;
    let told = incidents(&world).await;
    assert_eq!(told.len(), before + 2);
    assert!(
        told[0].title.contains("No metrics come in"),
        "{}",
        told[0].title
    );
    world.tick(&Monitors).await;
}
