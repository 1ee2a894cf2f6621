//! A storm of pages to one person: put together, held back, and none of them lost.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use wb_app::Caller;
use wb_app::configure::declare::{Declared, DeclaredIntegration, DeclaredService};
use wb_app::error::AppError;
use wb_app::ingest::RawSignal;
use wb_app::workers::Sender;
use wb_core::config::{Timeouts, UrgencyRule};
use wb_core::event::Severity;
use wb_core::ids::IncidentId;
use wb_core::incident::{DeliveryState, FailureReason, IncidentFact, IncidentState};
use wb_ports::{Content, Message};
use wb_store::db::sql;
use wb_store::record::EntryFact;

use crate::story::{declared, incident};
use crate::world::{On, World, integration, trigger, world};

const SERVICES: [&str; 3] = ["checkout", "search", "billing"];

/// Three services of one policy, whose first step pages aiko by mail.
async fn three_services(on: On) -> World {
    let world = world(on).await;
    declared(&world).await;
    let declared = Declared {
        services: SERVICES[1..]
            .iter()
            .map(|name| DeclaredService {
                name: (*name).into(),
                team: "Payments".into(),
                description: String::new(),
                urgency: UrgencyRule::BySeverity,
                policy: Some("Payments".into()),
                timeouts: Timeouts::default(),
            })
            .collect(),
        integrations: SERVICES[1..]
            .iter()
            .map(|name| DeclaredIntegration {
                service: (*name).into(),
                name: format!("probe of {name}"),
                dialect: "events_v2".into(),
                key: None,
            })
            .collect(),
        ..Declared::default()
    };
    let plan = world.app.apply(&Caller::system(), &declared).await.unwrap();
    assert_eq!(plan.problems, Vec::new());
    world
}

async fn open(world: &World, n: usize, severity: Severity) -> IncidentId {
    let probe = match n % 3 {
        0 => "probe".to_owned(),
        i => format!("probe of {}", SERVICES[i]),
    };
    let id = integration(&world.app, &probe);
    let event = trigger(&format!("alert {n}"), severity);
    let done = world.app.ingest(id, event, RawSignal::default()).await;
    done.unwrap().incident.expect("an incident")
}

async fn storm(world: &World, count: usize) -> Vec<IncidentId> {
    let mut opened = Vec::new();
    for n in 0..count {
        opened.push(open(world, n, Severity::Critical).await);
    }
    opened
}

/// The incidents that a message names, each with its acknowledge link.
fn named(message: &Message) -> Vec<(IncidentId, String)> {
    match &message.content {
        Content::Page { incident, .. } => {
            vec![(incident.id, message.links.acknowledge.clone().unwrap())]
        }
        Content::Bundle(bundle) => bundle
            .services
            .iter()
            .flat_map(|service| &service.incidents)
            .map(|incident| (incident.id, incident.links.acknowledge.clone().unwrap()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// What aiko was mailed; the rule that rings the phone a minute later is another method.
fn messages(world: &World) -> Vec<Message> {
    let sent = world.channel.sent.lock().unwrap();
    let mailed = sent.iter().filter(|(to, _)| to == "aiko-mail");
    mailed.map(|(_, message)| message.clone()).collect()
}

async fn facts(world: &World, id: IncidentId) -> Vec<IncidentFact> {
    let scope = Caller::system().scope;
    let record = world
        .app
        .store
        .read(move |tx| {
            let record = wb_store::record::of_incident(tx, &scope, id, None, 1_000)?;
            Ok::<_, AppError>(record)
        })
        .await
        .unwrap();
    let facts = record.into_iter().filter_map(|entry| match entry.fact {
        EntryFact::Incident(fact) => Some(fact),
        _ => None,
    });
    facts.collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_a_few_messages_and_nothing_is_lost(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = three_services(on).await;
    let opened = storm(&world, 200).await;
    world.settle().await;
    let sent = messages(&world);
    assert_eq!(
        sent.len(),
        5,
        "one of each service, one more, and all others"
    );
    let mut seen = BTreeMap::new();
    for (id, link) in sent.iter().flat_map(named) {
        assert_eq!(seen.insert(id, link), None, "{id} is named twice");
    }
    assert_eq!(
        seen.keys().copied().collect::<BTreeSet<_>>(),
        opened.iter().copied().collect()
    );
    // They go out side by side, so any of them may be the first to arrive.
    let bundles = sent.iter().filter_map(|message| match &message.content {
        Content::Bundle(bundle) => Some(bundle),
        _ => None,
    });
    let [bundle] = bundles.collect::<Vec<_>>()[..] else {
        panic!("not one bundle: {sent:?}");
    };
    let counts: Vec<_> = bundle
        .services
        .iter()
        .map(|service| service.count)
        .collect();
    assert_eq!(
        (bundle.count, bundle.more, counts.iter().sum::<u32>()),
        (196, 0, 196)
    );

    // Each has its own attempt in its own record, which says what it went with.
    let bundled = bundle.services[0].incidents[0].id;
    let state = incident(&world, bundled).await;
    let attempt = state.pages[0].deliveries[0].attempts[0];
    assert_eq!(attempt.together.map(|together| together.others), Some(195));
    assert_eq!(state.pages[0].deliveries[0].state, DeliveryState::Sent);

    // Its link works like any other.
    let token = seen[&bundled].rsplit('/').next().unwrap();
    let link = world.app.read_link(token).unwrap();
    assert_eq!(link.incident, bundled);
    let caller = world
        .app
        .caller_of_link(&link, "phone".into())
        .await
        .unwrap();
    assert!(
        world
            .app
            .acknowledge(&caller, bundled)
            .await
            .unwrap()
            .changed
    );
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_pace_pages_wait_and_say_so(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = three_services(on).await;
    let mut opened = Vec::new();
    for n in 0..8 {
        opened.push(open(&world, n * 3, Severity::Critical).await);
        world.settle().await;
        world.clock.forward(1);
    }
    assert_eq!(messages(&world).len(), 5);
    let waiting = incident(&world, opened[6]).await;
    let held = waiting.pages[0].deliveries[0].held_back.expect("it waits");
    assert_eq!((held.sent, held.within_s), (5, 60));
    assert_eq!(held.until, waiting.opened_at.plus_secs(54));
    let facts_of = facts(&world, opened[6]).await;
    let held_back = |fact: &&IncidentFact| matches!(fact, IncidentFact::HeldBack { .. });
    assert_eq!(facts_of.iter().filter(held_back).count(), 1);

    // One is acknowledged while it waits: it does not go out.
    let done = world
        .app
        .acknowledge(&Caller::system(), opened[5])
        .await
        .unwrap();
    assert_eq!(
        (done.state, done.cancelled > 0),
        (IncidentState::Acknowledged, true)
    );
    world.clock.forward(51);
    world.settle().await;
    assert_eq!(messages(&world).len(), 5, "not yet");
    world.clock.forward(1);
    world.settle().await;
    let sent = messages(&world);
    let last: Vec<_> = named(sent.last().unwrap())
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!((sent.len(), last), (6, opened[6..].to_vec()));
    let state = incident(&world, opened[6]).await;
    assert_eq!(state.pages[0].deliveries[0].held_back, None);

    // Another service's first page waits for nobody.
    open(&world, 1, Severity::Critical).await;
    for n in 20..30 {
        open(&world, n * 3, Severity::Critical).await;
    }
    world.settle().await;
    let first = messages(&world)[6].clone();
    assert!(
        matches!(&first.content, Content::Page { incident, .. } if incident.service == "search")
    );
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_failed_together_is_tried_again_together(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = three_services(on).await;
    // One message that goes out, and nine whose bundle is refused for now.
    for n in 0..4 {
        open(&world, n * 3, Severity::Critical).await;
        world.settle().await;
    }
    world
        .channel
        .failures
        .lock()
        .unwrap()
        .push_back(FailureReason::ProviderFault);
    let mut opened = Vec::new();
    for n in 10..19 {
        opened.push(open(&world, n * 3, Severity::Critical).await);
    }
    world.settle().await;
    assert_eq!(messages(&world).len(), 4);
    let state = incident(&world, opened[0]).await;
    let failed = state.pages[0].deliveries[0].attempts[0];
    assert_eq!(failed.together.map(|together| together.others), Some(8));
    // It did not go out, so it does not count: the next one may go before the minute is over.
    world.clock.forward(8);
    world.settle().await;
    let sent = messages(&world);
    assert_eq!((sent.len(), named(&sent[4]).len()), (5, 9));
    assert_eq!(sent[4].attempt, 2);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_keep_to_one_pace() {
    let one = three_services(On::Postgres).await;
    let other = one.peer().await;
    storm(&one, 120).await;
    for _ in 0..10 {
        tokio::join!(one.tick(&Sender), other.tick(&Sender));
    }
    one.app.sends.wait_idle().await;
    other.app.sends.wait_idle().await;
    let sent = messages(&one);
    assert!(sent.len() <= 5, "{} messages", sent.len());
    one.clock.forward(60);
    one.settle().await;
    let all: Vec<_> = messages(&one).iter().flat_map(named).collect();
    let distinct: BTreeSet<_> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!((all.len(), distinct.len()), (120, 120));
    one.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_that_memory_every_page_goes_out(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = three_services(on).await;
    let opened = storm(&world, 12).await;
    let dropped = world.app.store.write(wb_store::db::Lane::People, |tx| {
        tx.exec(&sql("ALTER TABLE bundle RENAME TO bundle_gone"), &[])?;
        Ok::<_, AppError>(())
    });
    dropped.await.unwrap();
    world.settle().await;
    let sent: BTreeSet<_> = messages(&world)
        .iter()
        .flat_map(named)
        .map(|(id, _)| id)
        .collect();
    assert_eq!(sent, opened.into_iter().collect());
}
