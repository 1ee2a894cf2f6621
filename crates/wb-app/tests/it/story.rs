//! From an event to a page to an acknowledgement, on both engines.

use std::sync::Arc;

use rstest::rstest;
use wb_app::Caller;
use wb_app::configure::declare::{
    Declared, DeclaredIntegration, DeclaredMethod, DeclaredPolicy, DeclaredRule, DeclaredRules,
    DeclaredService, DeclaredStep, DeclaredTarget, DeclaredTeam, DeclaredUser,
};
use wb_app::error::AppError;
use wb_app::ingest::{Ingested, RawSignal};
use wb_app::links::{LinkAction, LinkError};
use wb_core::config::{Condition, Scope, Timeouts, UrgencyRule};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::IncidentId;
use wb_core::incident::{DeliveryState, FailureReason, Incident, IncidentError, IncidentState};
use wb_ports::Content;
use wb_store::Page;

use crate::world::{On, World, event, integration, settings, trigger, world, world_with};

pub(crate) fn person(name: &str, rules: &[(u32, &str)]) -> DeclaredUser {
    let methods = ["mail", "phone"]
        .map(|method| DeclaredMethod {
            name: method.into(),
            channel: "email".into(),
            settings: settings(&format!("{name}-{method}")),
        })
        .to_vec();
    let rule = |(after_s, method): &(u32, &str)| DeclaredRule {
        after_s: *after_s,
        method: (*method).into(),
    };
    DeclaredUser {
        name: name.into(),
        email: format!("{name}@example.org"),
        zone: "Europe/Berlin".into(),
        role: None,
        teams: Default::default(),
        methods,
        rules: DeclaredRules {
            high: rules.iter().map(rule).collect(),
            ..DeclaredRules::default()
        },
        monthly_test: None,
    }
}

pub(crate) async fn declared(world: &World) {
    declared_with(world, Timeouts::default()).await;
}

pub(crate) async fn declared_with(world: &World, timeouts: Timeouts) {
    let step = |user: &str| DeclaredStep {
        targets: vec![DeclaredTarget::User(format!("{user}@example.org"))],
        escalate_after_s: 300,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    };
    let declared = Declared {
        teams: vec![DeclaredTeam {
            name: "Payments".into(),
            description: String::new(),
        }],
        users: vec![
            person("aiko", &[(0, "mail"), (60, "phone")]),
            person("marta", &[(0, "mail")]),
        ],
        policies: vec![DeclaredPolicy {
            name: "Payments".into(),
            team: "Payments".into(),
            steps: vec![step("aiko"), step("marta")],
            repeat: 1,
            low_urgency_hours: None,
            fallback: Vec::new(),
        }],
        services: vec![DeclaredService {
            name: "checkout".into(),
            team: "Payments".into(),
            description: String::new(),
            urgency: UrgencyRule::BySeverity,
            policy: Some("Payments".into()),
            timeouts,
        }],
        integrations: vec![DeclaredIntegration {
            service: "checkout".into(),
            name: "probe".into(),
            dialect: "events_v2".into(),
            key: None,
        }],
        ..Declared::default()
    };
    let plan = world.app.apply(&Caller::system(), &declared).await.unwrap();
    assert_eq!(plan.problems, Vec::new());
}

pub(crate) async fn send(world: &World, event: Event) -> Ingested {
    let id = integration(&world.app, "probe");
    let raw = RawSignal {
        body: b"{}".to_vec(),
        ..RawSignal::default()
    };
    world.app.ingest(id, event, raw).await.unwrap()
}

pub(crate) async fn incident(world: &World, id: IncidentId) -> Incident {
    let found = world
        .app
        .store
        .read(move |tx| Ok::<_, AppError>(wb_store::incidents::load(tx, id)?))
        .await
        .unwrap();
    found.unwrap().state
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_pages_escalates_and_an_acknowledgement_ends_it(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    let done = send(&world, trigger("latency", Severity::Critical)).await;
    assert_eq!(done.outcome, "opened");
    let id = done.incident.unwrap();
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail"]);
    world.clock.forward(60);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail", "aiko-phone"]);
    world.clock.forward(240);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail", "aiko-phone", "marta-mail"]);

    // A repeat is counted and pages nobody.
    assert_eq!(
        send(&world, trigger("latency", Severity::Major))
            .await
            .outcome,
        "repeated"
    );

    // Marta taps the link in her mail.
    let message = world.last_message();
    let Content::Page {
        incident: shown,
        why,
        ..
    } = &message.content
    else {
        panic!("no page")
    };
    assert_eq!(
        (shown.title.as_str(), shown.service.as_str()),
        ("latency is wrong", "checkout")
    );
    assert!(why.contains("policy"), "{why}");
    let token = message.links.acknowledge.unwrap();
    let token = token.rsplit('/').next().unwrap();
    let link = world.app.read_link(token).unwrap();
    assert_eq!((link.action, link.incident), (LinkAction::Acknowledge, id));
    let caller = world
        .app
        .caller_of_link(&link, "203.0.113.7, phone".into())
        .await
        .unwrap();
    let changed = world.app.acknowledge(&caller, id).await.unwrap();
    assert_eq!(
        (changed.changed, changed.state),
        (true, IncidentState::Acknowledged)
    );
    let again = world.app.acknowledge(&caller, id).await.unwrap();
    assert!(!again.changed);

    world.clock.forward(10_000);
    world.settle().await;
    assert_eq!(
        world.told().len(),
        3,
        "nothing goes out after an acknowledgement"
    );

    // It heals by itself.
    let resolve = event(EventAction::Resolve, "latency", Severity::Info);
    assert_eq!(send(&world, resolve.clone()).await.outcome, "resolved");
    let state = incident(&world, id).await;
    assert_eq!(state.state, IncidentState::Resolved);
    assert_eq!(state.owner, caller.actor.user());
    assert_eq!(send(&world, resolve).await.outcome, "stray");
    assert_eq!(
        world
            .app
            .acknowledge(&caller, id)
            .await
            .unwrap_err()
            .to_string(),
        AppError::Incident(IncidentError::AlreadyResolved).to_string()
    );
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_and_cannot_be_bent(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    send(&world, trigger("latency", Severity::Critical)).await;
    world.settle().await;
    let address = world.last_message().links.resolve.unwrap();
    let token = address.rsplit('/').next().unwrap().to_owned();
    let nonce = world.app.nonce(&token);
    assert!(world.app.check_nonce(&token, &nonce));
    assert!(!world.app.check_nonce(&token[1..], &nonce));
    let mut bent = token.clone().into_bytes();
    bent[5] ^= 1;
    let bent = String::from_utf8(bent).unwrap();
    assert_eq!(world.app.read_link(&bent), Err(LinkError::Malformed));
    world.clock.forward(24 * 3_600);
    assert!(matches!(
        world.app.read_link(&token),
        Err(LinkError::Expired(_))
    ));
    world.clock.forward(1);
    assert!(!world.app.check_nonce(&token, &nonce));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn failures_are_retried_then_given_up_and_escalate(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    world
        .channel
        .failures
        .lock()
        .unwrap()
        .extend([FailureReason::Unreachable]);
    let id = send(&world, trigger("latency", Severity::Critical))
        .await
        .incident
        .unwrap();
    world.settle().await;
    assert_eq!(world.told(), Vec::<String>::new());
    world.clock.forward(8);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail"]);
    let state = incident(&world, id).await;
    let first = &state.pages[0].deliveries[0];
    assert_eq!(
        (first.state, first.attempts.len()),
        (DeliveryState::Sent, 2)
    );

    // All her ways are refused for good (her phone for the first incident too): Marta is paged at
    // once.
    world
        .channel
        .failures
        .lock()
        .unwrap()
        .extend([FailureReason::Refused; 3]);
    send(&world, trigger("disk", Severity::Critical)).await;
    world.settle().await;
    assert_eq!(
        world.told(),
        ["aiko-mail"],
        "her phone may still be reached in a minute"
    );
    world.clock.forward(60);
    world.settle().await;
    assert!(
        world.told().contains(&"marta-mail".to_owned()),
        "{:?}",
        world.told()
    );
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_decided_is_kept_and_tells_the_admins(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let probe: wb_app::app::Probe = Arc::new(|event: &Event| {
        assert!(event.dedup_key != "poison", "planted");
    });
    let world = world_with(on, Some(probe)).await;
    declared(&world).await;
    // Side by side, so that on PostgreSQL they share a batch.
    let id = integration(&world.app, "probe");
    let keys = ["a", "poison", "b", "poison", "c"];
    let sends = keys.map(|key| {
        let app = Arc::clone(&world.app);
        let raw = RawSignal {
            body: key.as_bytes().to_vec(),
            ..RawSignal::default()
        };
        tokio::spawn(async move { app.ingest(id, trigger(key, Severity::Info), raw).await })
    });
    let mut outcomes = Vec::new();
    for sent in sends {
        outcomes.push(sent.await.unwrap().unwrap().outcome);
    }
    assert_eq!(outcomes, ["opened", "failed", "opened", "failed", "opened"]);
    let alerts = world
        .app
        .store
        .read(move |tx| {
            let key = [(id, "undecided".to_owned())];
            Ok::<_, AppError>(wb_store::alerts::open_by_keys(tx, &key)?)
        })
        .await
        .unwrap();
    let undecided = alerts
        .into_values()
        .next()
        .expect("an alert on the catch-all");
    assert_eq!(undecided.count, 2);
    assert_eq!(Some(undecided.alert.state.service), world.app.catch_all());
    let signals = world
        .app
        .store
        .read(move |tx| {
            let scope = Scope::system();
            let key = undecided.alert.state.id;
            Ok::<_, AppError>(wb_store::signals::of_alert(
                tx,
                &scope,
                key,
                Page::newest(10),
            )?)
        })
        .await
        .unwrap();
    assert_eq!(signals.len(), 2, "both signals are kept");
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_lose_nothing(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    declared(&world).await;
    let id = integration(&world.app, "probe");
    let mut sends = tokio::task::JoinSet::new();
    for n in 0..400_u32 {
        let app = Arc::clone(&world.app);
        // Forty keys, ten events each, in every order.
        let event = trigger(&format!("key-{}", n % 40), Severity::Critical);
        sends.spawn(async move { app.ingest(id, event, RawSignal::default()).await });
    }
    let outcomes: Vec<_> = sends
        .join_all()
        .await
        .into_iter()
        .map(|sent| sent.unwrap().outcome)
        .collect();
    let opened = outcomes
        .iter()
        .filter(|outcome| **outcome == "opened")
        .count();
    let repeated = outcomes
        .iter()
        .filter(|outcome| **outcome == "repeated")
        .count();
    assert_eq!((opened, repeated), (40, 360));
    world.settle().await;
    assert_eq!(world.incidents_told(), 40);
    world.verify().await;
}
