//! Merging, notes, bulk commands, and what is told once more, on both engines.

use std::sync::Arc;

use rstest::rstest;
use wb_app::error::AppError;
use wb_app::incidents::{BulkAction, ReassignTarget};
use wb_app::{App, Caller};
use wb_core::actor::{Actor, Via};
use wb_core::config::Scope;
use wb_core::event::{EventAction, Severity};
use wb_core::ids::{IncidentId, UserId};
use wb_core::incident::{EscalationState, FailureReason, IncidentError, IncidentState, PageWhy};
use wb_store::db::Lane;
use wb_store::sending::HeldWhy;

use crate::story::{declared, incident, send};
use crate::world::{On, World, event, trigger, world};

fn person(app: &App, name: &str) -> UserId {
    let config = app.config();
    let mut users = config.users.iter();
    *users.find(|(_, user)| user.value.name == name).unwrap().0
}

/// Somebody who may do everything.
fn caller(user: UserId) -> Caller {
    Caller {
        actor: Actor::User(user),
        via: Via::Web,
        scope: Scope::system(),
        from: "10.0.0.1".to_owned(),
    }
}

async fn open(world: &World, key: &str, severity: Severity) -> IncidentId {
    let opened = send(world, trigger(key, severity)).await;
    assert_eq!(opened.outcome, "opened");
    opened.incident.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_merged_incident_is_silent_and_its_alert_goes_on_in_the_other(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    let marta = caller(person(&world.app, "marta"));
    let target = open(&world, "latency", Severity::Minor).await;
    world.settle().await;
    world.app.acknowledge(&marta, target).await.unwrap();
    let source = open(&world, "errors", Severity::Minor).await;
    world.settle().await;
    let before = world.told().len();

    let said = world.app.merge(&marta, source, target, true).await.unwrap();
    assert!(incident(&world, source).await.is_open());
    let done = world
        .app
        .merge(&marta, source, target, false)
        .await
        .unwrap();
    assert_eq!(said, done);
    assert_eq!((done.alerts, done.is_recalled), (1, false));
    world.clock.forward(10_000);
    world.settle().await;
    assert_eq!(world.told().len(), before, "neither pages any more");

    // The moved alert becomes loud: whoever has the target is told again.
    let raised = send(&world, trigger("errors", Severity::Critical)).await;
    assert_eq!((raised.outcome, raised.incident), ("raised", Some(target)));
    world.settle().await;
    assert_eq!(world.told().last().map(String::as_str), Some("marta-mail"));
    let state = incident(&world, target).await;
    assert_eq!(state.pages.last().unwrap().why, PageWhy::Louder);
    assert_eq!(state.severity, Severity::Critical);

    // A resolve of the target ends the alerts of both.
    world.app.resolve(&marta, target).await.unwrap();
    for key in ["errors", "latency"] {
        let over = event(EventAction::Resolve, key, Severity::Info);
        assert_eq!(send(&world, over).await.outcome, "stray");
    }
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn merges_and_events_all_at_once_lose_nothing(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let marta = caller(person(&world.app, "marta"));
    for round in 0..6 {
        let keys = ["a", "b", "c"].map(|key| format!("{key}{round}"));
        let mut ids = Vec::new();
        for key in &keys {
            ids.push(open(&world, key, Severity::Minor).await);
        }
        // In a ring, so that each is wanted as an end and as a target.
        let mut merges = tokio::task::JoinSet::new();
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            let (app, marta) = (Arc::clone(&world.app), marta.clone());
            let (from, to) = (ids[from], ids[to]);
            merges.spawn(async move { app.merge(&marta, from, to, false).await });
        }
        let raises = keys
            .iter()
            .map(|key| send(&world, trigger(key, Severity::Major)));
        let (merged, raised) = tokio::join!(merges.join_all(), one_after_another(raises));
        assert!(raised.iter().all(|one| one.outcome == "raised"));
        let done = merged.iter().filter(|merged| merged.is_ok()).count();
        assert!((1..3).contains(&done), "{merged:?}");
        for refused in merged.into_iter().filter_map(Result::err) {
            let is_clear = matches!(
                refused,
                AppError::Incident(
                    IncidentError::Merged { .. }
                        | IncidentError::MergeTargetResolved
                        | IncidentError::AlreadyResolved
                )
            );
            assert!(is_clear, "{refused}");
        }
        let mut alerts = 0;
        for id in &ids {
            alerts += incident(&world, *id).await.alerts.len();
        }
        assert_eq!(alerts, 3, "each alert has one incident");
        for key in &keys {
            let over = event(EventAction::Resolve, key, Severity::Info);
            assert_eq!(send(&world, over).await.outcome, "resolved");
        }
        for id in &ids {
            assert_eq!(incident(&world, *id).await.state, IncidentState::Resolved);
        }
    }
    world.verify().await;
}

async fn one_after_another<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut done = Vec::new();
    for one in all {
        done.push(one.await);
    }
    done
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_changed_and_erased(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let [marta, aiko] = ["marta", "aiko"].map(|name| caller(person(&world.app, name)));
    let id = open(&world, "latency", Severity::Minor).await;
    let app = &world.app;
    let note = app.note(&marta, id, "first".into()).await.unwrap();
    let row = app.edit_note(&marta, id, note, 1, "second".into()).await;
    assert_eq!(row.unwrap().texts.len(), 2);
    let late = app.edit_note(&marta, id, note, 1, "third".into()).await;
    assert!(matches!(late, Err(AppError::Edited { current: 2 })));
    let others = app.edit_note(&aiko, id, note, 2, "hers".into()).await;
    assert!(matches!(
        others,
        Err(AppError::Incident(IncidentError::NoteOfAnother))
    ));
    app.delete_note(&marta, id, note, Some(2)).await.unwrap();
    let row = app.note_of(&marta, id, note).await.unwrap();
    assert!(row.texts.iter().all(|text| text.text.is_empty()));
    let again = app.delete_note(&marta, id, note, None).await;
    assert!(matches!(
        again,
        Err(AppError::Incident(IncidentError::NoteDeleted))
    ));
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_are_acknowledged_side_by_side(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let marta = caller(person(&world.app, "marta"));
    let mut ids = Vec::new();
    for n in 0..70 {
        ids.push(open(&world, &format!("key-{n}"), Severity::Critical).await);
    }
    world.app.resolve(&marta, ids[3]).await.unwrap();
    let done = world
        .app
        .bulk(&marta, &ids, BulkAction::Acknowledge)
        .await
        .unwrap();
    assert_eq!(done.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    for (n, (_, changed)) in done.iter().enumerate() {
        assert_eq!(changed.is_ok(), n != 3);
    }
    world.settle().await;
    assert_eq!(world.told(), Vec::<String>::new());
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn dropping_what_was_held_leaves_nobody_untold(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let id = open(&world, "latency", Severity::Critical).await;
    for wait_s in [0, 300, 600, 300] {
        world.clock.forward(wait_s);
        world.settle().await;
    }
    // From now on nothing gets out; the last page is tried again and again until the policy ends.
    let told = world.told().len();
    let failing = || std::iter::repeat_n(FailureReason::Unreachable, 50);
    world.channel.failures.lock().unwrap().extend(failing());
    let policy = incident(&world, id).await.policy.unwrap().id;
    let marta = caller(person(&world.app, "marta"));
    let anew = ReassignTarget::Policy(policy);
    world.app.reassign(&marta, id, anew).await.unwrap();
    let ended = |state: EscalationState| state == EscalationState::Exhausted;
    for _ in 0..400 {
        world.settle().await;
        if ended(incident(&world, id).await.escalation.state) {
            break;
        }
        world.clock.forward(10);
    }
    let state = incident(&world, id).await;
    assert!(ended(state.escalation.state));
    assert_eq!(world.told().len(), told);
    let waiting = state.planned_deliveries().count();
    assert!(waiting > 0, "a retry waits: {state:#?}");

    let now = world.app.now();
    let held = world.app.store.write(Lane::People, move |tx| {
        Ok::<_, AppError>(wb_store::sending::hold(tx, HeldWhy::Backup, now)?)
    });
    held.await.unwrap();
    world.channel.failures.lock().unwrap().clear();
    world.clock.forward(86_400);
    world.settle().await;
    assert_eq!(world.told().len(), told, "sending is held");
    let before = world.app.now().plus_secs(-3_600);
    let system = Caller::system();
    let let_go = world.app.resume_sending(&system, Some(before)).await;
    assert_eq!(let_go.unwrap().dropped, waiting as u64);
    world.settle().await;
    assert_eq!(
        world.told().len(),
        told,
        "what was dropped is not sent at once"
    );
    world.clock.forward(600);
    world.settle().await;
    assert_eq!(world.told().last().map(String::as_str), Some("marta-mail"));
    assert_eq!(world.told().len(), told + 1);
    world.verify().await;
}
