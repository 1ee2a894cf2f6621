//! Others are asked to help, and one after the other takes a turn, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use rstest::rstest;
use tokio::task::JoinSet;
use wb_app::Caller;
use wb_app::configure::declare::{
    Declared, DeclaredIntegration, DeclaredPolicy, DeclaredService, DeclaredStep, DeclaredTarget,
    DeclaredTeam,
};
use wb_app::error::AppError;
use wb_app::incidents::{AskTarget, Asking};
use wb_app::ingest::RawSignal;
use wb_app::links::LinkAction;
use wb_app::workers::Sender;
use wb_core::config::{Condition, Scope, Target, Timeouts, UrgencyRule};
use wb_core::event::Severity;
use wb_core::ids::{IncidentId, UserId};
use wb_core::incident::{IncidentError, IncidentFact, IncidentState, Recipient};
use wb_ports::Content;
use wb_store::record::EntryFact;

use crate::story::{declared, incident, person, send};
use crate::world::{On, World, integration, trigger, world};

fn user(world: &World, name: &str) -> UserId {
    let config = world.app.config();
    let mut users = config.users.iter();
    let found = users.find(|(_, user)| user.value.name == name);
    *found.unwrap().0
}

fn by(id: UserId) -> Caller {
    Caller {
        actor: wb_core::actor::Actor::User(id),
        ..Caller::system()
    }
}

async fn ask(world: &World, id: IncidentId, from: UserId, whom: UserId) -> Asking {
    let targets = vec![AskTarget::Target(Target::User(whom))];
    let message = "can you look at the database?".to_owned();
    let caller = by(from);
    let asking = world
        .app
        .ask_responders(&caller, id, targets, message, false);
    asking.await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_out_while_somebody_has_it_and_is_answered_by_a_link(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    let (aiko, marta) = (user(&world, "aiko"), user(&world, "marta"));
    let id = send(&world, trigger("latency", Severity::Critical)).await;
    let id = id.incident.unwrap();
    world.settle().await;
    world.app.acknowledge(&by(aiko), id).await.unwrap();
    let asking = ask(&world, id, aiko, marta).await;
    assert_eq!(asking.asked.len(), 1);
    assert_eq!(asking.changed.state, IncidentState::Acknowledged);
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail", "marta-mail"]);
    let message = world.last_message();
    let Content::Page { why, .. } = &message.content else {
        panic!("no page")
    };
    assert_eq!(why, "aiko asks you to help: can you look at the database?");
    assert!(message.links.acknowledge.is_none());
    let token = message.links.accept.unwrap();
    let link = world
        .app
        .read_link(token.rsplit('/').next().unwrap())
        .unwrap();
    assert_eq!(link.action, LinkAction::Accept);
    let caller = world
        .app
        .caller_of_link(&link, "phone".into())
        .await
        .unwrap();
    assert!(
        world
            .app
            .answer_request(&caller, id, true)
            .await
            .unwrap()
            .changed
    );
    assert!(
        !world
            .app
            .answer_request(&caller, id, true)
            .await
            .unwrap()
            .changed
    );
    let answer = incident(&world, id).await.responders[0].answer.unwrap();
    assert!(answer.accepted);
    let not_asked = world.app.answer_request(&by(aiko), id, true).await;
    assert!(matches!(
        not_asked,
        Err(AppError::Incident(IncidentError::NotAsked))
    ));
    world.app.resolve(&by(aiko), id).await.unwrap();
    let late = world.app.answer_request(&caller, id, false).await;
    assert!(matches!(
        late,
        Err(AppError::Incident(IncidentError::AlreadyResolved))
    ));
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_the_fence_for_what_is_not_claimed(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    declared(&world).await;
    let (aiko, marta) = (user(&world, "aiko"), user(&world, "marta"));
    let id = send(&world, trigger("latency", Severity::Critical)).await;
    let id = id.incident.unwrap();
    world.app.acknowledge(&by(marta), id).await.unwrap();
    ask(&world, id, marta, aiko).await;
    world.settle().await;
    assert_eq!(
        world.told(),
        ["aiko-mail"],
        "the phone comes after a minute"
    );
    let answered = world
        .app
        .answer_request(&by(aiko), id, false)
        .await
        .unwrap();
    assert_eq!(answered.cancelled, 1);
    world.clock.forward(600);
    world.settle().await;
    assert_eq!(world.told().len(), 1);
    // Who declined can be asked again; who resolves it ends that.
    ask(&world, id, marta, aiko).await;
    world.app.resolve(&by(marta), id).await.unwrap();
    world.clock.forward(600);
    world.settle().await;
    assert_eq!(world.told().len(), 1);
    assert_eq!(world.tick(&Sender).await.done, 0);
    world.verify().await;
}

const PEOPLE: [&str; 3] = ["aiko", "marta", "noor"];

async fn in_turn(world: &World) {
    let declared = Declared {
        teams: vec![DeclaredTeam {
            name: "Payments".into(),
            description: String::new(),
        }],
        users: PEOPLE.map(|name| person(name, &[(0, "mail")])).to_vec(),
        policies: vec![DeclaredPolicy {
            name: "Payments".into(),
            team: "Payments".into(),
            steps: vec![DeclaredStep {
                targets: PEOPLE
                    .map(|name| DeclaredTarget::User(format!("{name}@example.org")))
                    .to_vec(),
                escalate_after_s: 300,
                only: Condition::default(),
                needs_everyone: false,
                round_robin: true,
            }],
            repeat: 0,
            low_urgency_hours: None,
            fallback: Vec::new(),
        }],
        services: vec![DeclaredService {
            name: "checkout".into(),
            team: "Payments".into(),
            description: String::new(),
            urgency: UrgencyRule::BySeverity,
            policy: Some("Payments".into()),
            timeouts: Timeouts::default(),
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

/// Opens this many incidents at once on these nodes, and gives whom each paged.
async fn open_at_once(nodes: &[&World], count: usize) -> Vec<UserId> {
    let mut running = JoinSet::new();
    for n in 0..count {
        let app = Arc::clone(&nodes[n % nodes.len()].app);
        running.spawn(async move {
            let id = integration(&app, "probe");
            let event = trigger(&format!("key-{n}"), Severity::Critical);
            app.ingest(id, event, RawSignal::default()).await.unwrap()
        });
    }
    let mut paged = Vec::new();
    while let Some(done) = running.join_next().await {
        let id = done.unwrap().incident.unwrap();
        let state = incident(nodes[0], id).await;
        assert_eq!(state.pages.len(), 1);
        match state.pages[0].recipient {
            Recipient::Person(user) => paged.push(user),
            Recipient::Endpoint(_) => panic!("an endpoint"),
        }
    }
    paged
}

fn counts(paged: &[UserId]) -> Vec<usize> {
    let mut counts: BTreeMap<UserId, usize> = BTreeMap::new();
    for user in paged {
        *counts.entry(*user).or_default() += 1;
    }
    counts.into_values().collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn incidents_of_one_batch_take_turns(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    in_turn(&world).await;
    let paged = open_at_once(&[&world], 99).await;
    assert_eq!(counts(&paged), [33, 33, 33]);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_take_one_turn_twice() {
    let one = world(On::Postgres).await;
    in_turn(&one).await;
    let two = one.peer().await;
    let paged = open_at_once(&[&one, &two], 60).await;
    assert_eq!(counts(&paged), [20, 20, 20]);
    one.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_record_says_whose_turn_it_was(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    in_turn(&world).await;
    let mut taken = Vec::new();
    for key in ["a", "b", "c", "d"] {
        let id = send(&world, trigger(key, Severity::Critical))
            .await
            .incident
            .unwrap();
        let record = world
            .app
            .store
            .read(move |tx| {
                let all = Scope::system();
                Ok::<_, AppError>(wb_store::record::of_incident(tx, &all, id, None, 100)?)
            })
            .await
            .unwrap();
        for entry in record {
            if let EntryFact::Incident(IncidentFact::StepExecuted {
                turn: Some(turn), ..
            }) = entry.fact
            {
                taken.push((turn.user, turn.after));
            }
        }
    }
    let [a, m, n] = PEOPLE.map(|name| user(&world, name));
    let expected = [(a, None), (m, Some(a)), (n, Some(m)), (a, Some(n))];
    assert_eq!(taken, expected);
    world.verify().await;
}
