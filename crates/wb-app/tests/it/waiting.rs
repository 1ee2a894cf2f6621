//! What waits for a time, and what time alone does, on both engines.

use rstest::rstest;
use wb_app::Caller;
use wb_app::error::AppError;
use wb_core::config::Timeouts;
use wb_core::event::Severity;
use wb_core::incident::{IncidentError, IncidentState};

use crate::story::{declared, declared_with, incident, send};
use crate::world::{On, trigger, world};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_snooze_is_silent_until_it_ends_and_can_be_taken_back(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    let id = send(&world, trigger("latency", Severity::Critical)).await;
    let (id, caller) = (id.incident.unwrap(), Caller::system());
    let until = world.app.now().plus_secs(3_600);
    let put_off = world.app.snooze(&caller, id, until).await.unwrap();
    assert_eq!(
        (put_off.changed, put_off.state, put_off.cancelled),
        (true, IncidentState::Acknowledged, 2)
    );
    world.clock.forward(3_599);
    world.settle().await;
    assert_eq!(world.told(), Vec::<String>::new());
    world.clock.forward(1);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail"]);

    let until = world.app.now().plus_secs(3_600);
    world.app.snooze(&caller, id, until).await.unwrap();
    let back = world.app.unsnooze(&caller, id).await.unwrap();
    assert_eq!(back.state, IncidentState::Triggered);
    world.clock.forward(60);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail", "aiko-phone"]);
    let past = world.app.snooze(&caller, id, world.app.now()).await;
    assert!(matches!(
        past,
        Err(AppError::Incident(IncidentError::SnoozeTime))
    ));
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_expires_and_a_step_can_be_wanted(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let timeouts = Timeouts {
        acknowledge_expires_after_s: Some(600),
        auto_resolve_after_s: None,
    };
    declared_with(&world, timeouts).await;
    let id = send(&world, trigger("latency", Severity::Critical)).await;
    let (id, caller) = (id.incident.unwrap(), Caller::system());
    world.settle().await;
    world.app.acknowledge(&caller, id).await.unwrap();
    world.clock.forward(600);
    world.settle().await;
    // Two of them became due at one moment, and go out beside each other.
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["aiko-mail", "aiko-phone", "marta-mail"]);
    assert_eq!(incident(&world, id).await.state, IncidentState::Triggered);

    world.app.acknowledge(&caller, id).await.unwrap();
    world.app.escalate(&caller, id, Some(1)).await.unwrap();
    world.settle().await;
    assert_eq!(world.told().len(), 4);
    let none = world.app.escalate(&caller, id, Some(2)).await;
    assert!(matches!(
        none,
        Err(AppError::Incident(IncidentError::NoSuchStep { steps: 2 }))
    ));
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_for_long_is_over_with_its_alerts(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    let timeouts = Timeouts {
        acknowledge_expires_after_s: None,
        auto_resolve_after_s: Some(7_200),
    };
    declared_with(&world, timeouts).await;
    let first = send(&world, trigger("latency", Severity::Critical)).await;
    let id = first.incident.unwrap();
    world.app.acknowledge(&Caller::system(), id).await.unwrap();
    world.clock.forward(7_199);
    world.settle().await;
    assert_eq!(
        incident(&world, id).await.state,
        IncidentState::Acknowledged
    );
    world.clock.forward(1);
    world.settle().await;
    let state = incident(&world, id).await;
    assert_eq!(state.state, IncidentState::Resolved);
    assert_eq!(state.open_alerts(), 0);
    // The alert is over too: the next event of its key opens anew.
    let again = send(&world, trigger("latency", Severity::Critical)).await;
    assert_eq!(again.outcome, "opened");
    assert_ne!(again.incident, Some(id));
    world.verify().await;
}
