//! Everything at once, on a real PostgreSQL: senders, people, workers and edits of two nodes. What has
//! to hold afterwards is read from the facts and the outbox.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rstest::rstest;
use tokio::task::JoinSet;
use wb_app::app::Probe;
use wb_app::configure::declare::{
    Declared, DeclaredIntegration, DeclaredPolicy, DeclaredService, DeclaredStep, DeclaredTarget,
    DeclaredTeam,
};
use wb_app::error::AppError;
use wb_app::incidents::ReassignTarget;
use wb_app::ingest::RawSignal;
use wb_app::workers::{Nodes, Sealer, Sender, Timers, Worker};
use wb_app::{App, Caller};
use wb_core::config::{Condition, Scope, Timeouts, UrgencyRule};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::{DeliveryId, IncidentId, NodeId, UserId};
use wb_core::incident::{DeliveryState, FailureReason, Incident, IncidentFact, IncidentState};
use wb_core::time::Timestamp;
use wb_ports::{Clock, Message};
use wb_store::db::{Lane, Sql, sql};
use wb_store::outbox::Counts;
use wb_store::record::{Entry, EntryFact};

use crate::story::{incident, person, send};
use crate::world::{On, World, event, integration, settings, trigger, world, world_with};

const SENDERS_PER_NODE: usize = 4;
const EVENTS_PER_SENDER: usize = 35;
const PEOPLE_PER_NODE: usize = 2;
const COMMANDS_PER_PERSON: usize = 45;
const EDITS: usize = 5;

/// A small generator: the same numbers in every run of a seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, of: usize) -> Self {
        Self(seed.wrapping_mul(1_000_003).wrapping_add(of as u64))
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) % sides as u64) as usize
    }

    async fn pause(&mut self, up_to_us: usize) {
        let us = self.roll(up_to_us) as u64;
        tokio::time::sleep(Duration::from_micros(us)).await;
    }
}

/// What the actors share.
struct Stage {
    nodes: [World; 2],
    seed: u64,
    incidents: Mutex<Vec<IncidentId>>,
    opened: AtomicUsize,
    stop: AtomicBool,
}

fn declared(description: String) -> Declared {
    let step = |user: &str, escalate_after_s| DeclaredStep {
        targets: vec![DeclaredTarget::User(format!("{user}@example.org"))],
        escalate_after_s,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    };
    Declared {
        teams: vec![DeclaredTeam {
            name: "Payments".into(),
            description,
        }],
        users: vec![
            person("aiko", &[(0, "mail"), (3, "phone")]),
            person("marta", &[(0, "mail")]),
        ],
        policies: vec![DeclaredPolicy {
            name: "Payments".into(),
            team: "Payments".into(),
            steps: vec![step("aiko", 5), step("marta", 10)],
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
            timeouts: Timeouts {
                acknowledge_expires_after_s: Some(60),
                auto_resolve_after_s: None,
            },
        }],
        integrations: vec![DeclaredIntegration {
            service: "checkout".into(),
            name: "probe".into(),
            dialect: "events_v2".into(),
            key: None,
        }],
        ..Declared::default()
    }
}

async fn set_up(world: &World) {
    let declared = declared(String::new());
    let plan = world.app.apply(&Caller::system(), &declared).await;
    assert_eq!(plan.unwrap().problems, Vec::new());
}

async fn two_nodes() -> [World; 2] {
    two_nodes_with(None).await
}

async fn two_nodes_with(probe: Option<Probe>) -> [World; 2] {
    let one = world_with(On::Postgres, probe).await;
    set_up(&one).await;
    let two = one.peer().await;
    [one, two]
}

impl Stage {
    fn app(&self, node: usize) -> Arc<App> {
        Arc::clone(&self.nodes[node].app)
    }

    /// A monitoring system that triggers, acknowledges and resolves.
    async fn sender(self: Arc<Self>, node: usize, of: usize) {
        let (app, mut dice) = (self.app(node), Dice::new(self.seed, of));
        let id = integration(&app, "probe");
        for _ in 0..EVENTS_PER_SENDER {
            let action = match dice.roll(10) {
                0 => EventAction::Acknowledge,
                1 | 2 => EventAction::Resolve,
                _ => EventAction::Trigger,
            };
            let severity = Severity::ALL[dice.roll(Severity::ALL.len())];
            let event = event(action, &format!("key-{}", dice.roll(12)), severity);
            let done = app.ingest(id, event, RawSignal::default()).await.unwrap();
            if done.outcome == "opened" {
                self.opened.fetch_add(1, Ordering::SeqCst);
                self.incidents.lock().unwrap().extend(done.incident);
            }
            dice.pause(3_000).await;
        }
    }

    /// Somebody who cannot make up their mind.
    async fn person(self: Arc<Self>, node: usize, of: usize) {
        let (app, mut dice) = (self.app(node), Dice::new(self.seed, of));
        let users: Vec<UserId> = app.config().users.keys().copied().collect();
        for _ in 0..COMMANDS_PER_PERSON {
            dice.pause(4_000).await;
            let known = self.incidents.lock().unwrap().clone();
            let latest = &known[known.len().saturating_sub(12)..];
            if latest.is_empty() {
                continue;
            }
            let id = latest[dice.roll(latest.len())];
            let caller = Caller::system();
            let done = match dice.roll(25) {
                0..8 => app.acknowledge(&caller, id).await.map(drop),
                8..13 => app.unacknowledge(&caller, id).await.map(drop),
                13..15 => app.resolve(&caller, id).await.map(drop),
                15..17 => app.reopen(&caller, id).await.map(drop),
                17 => {
                    let to = ReassignTarget::User(users[dice.roll(users.len())]);
                    app.reassign(&caller, id, to).await.map(drop)
                }
                18 | 19 => app.note(&caller, id, "hm".into()).await.map(drop),
                20 | 21 => {
                    let until = app.now().plus_secs(1 + dice.roll(30) as i64);
                    app.snooze(&caller, id, until).await.map(drop)
                }
                22 => app.unsnooze(&caller, id).await.map(drop),
                _ => app.escalate(&caller, id, None).await.map(drop),
            };
            match done {
                Ok(()) | Err(AppError::Incident(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn editor(self: Arc<Self>) {
        let mut dice = Dice::new(self.seed, 1_000);
        for n in 0..EDITS {
            dice.pause(40_000).await;
            let edit = declared(format!("edit {n}"));
            self.app(n % 2)
                .apply(&Caller::system(), &edit)
                .await
                .unwrap();
        }
    }

    async fn worker(self: Arc<Self>, node: usize, worker: impl Worker, of: usize) {
        let mut dice = Dice::new(self.seed, of);
        while !self.stop.load(Ordering::SeqCst) {
            self.nodes[node].tick(&worker).await;
            dice.pause(10_000).await;
        }
    }

    /// Time passes, and now and then a provider is in trouble.
    async fn time(self: Arc<Self>) {
        let mut dice = Dice::new(self.seed, 2_000);
        while !self.stop.load(Ordering::SeqCst) {
            self.nodes[0].clock.forward(dice.roll(3) as i64);
            if dice.roll(3) == 0 {
                let mut failures = self.nodes[0].channel.failures.lock().unwrap();
                failures.push_back(FailureReason::Unreachable);
            }
            dice.pause(8_000).await;
        }
    }

    async fn play(self: &Arc<Self>) {
        let mut actors = JoinSet::new();
        for node in 0..2 {
            for n in 0..SENDERS_PER_NODE {
                actors.spawn(Arc::clone(self).sender(node, 10 * node + n));
            }
            for n in 0..PEOPLE_PER_NODE {
                actors.spawn(Arc::clone(self).person(node, 100 + 10 * node + n));
            }
        }
        actors.spawn(Arc::clone(self).editor());
        let mut engine = JoinSet::new();
        for node in 0..2 {
            engine.spawn(Arc::clone(self).worker(node, Sender, 200 + node));
            engine.spawn(Arc::clone(self).worker(node, Timers, 300 + node));
        }
        engine.spawn(Arc::clone(self).time());
        while let Some(ended) = actors.join_next().await {
            ended.unwrap();
        }
        self.stop.store(true, Ordering::SeqCst);
        while let Some(ended) = engine.join_next().await {
            ended.unwrap();
        }
        for node in &self.nodes {
            node.app.sends.wait_idle().await;
        }
    }

    /// Lets time pass until nothing is due any more.
    async fn come_to_rest(&self) {
        for _ in 0..100 {
            for node in &self.nodes {
                node.settle().await;
            }
            if self.outbox().await == Counts::default() && self.next_wake().await.is_none() {
                return;
            }
            self.nodes[0].clock.forward(60);
        }
        panic!(
            "no rest: {:?}, {:?}",
            self.outbox().await,
            self.next_wake().await
        );
    }

    async fn outbox(&self) -> Counts {
        self.app(0)
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::outbox::counts(tx)?))
            .await
            .unwrap()
    }

    async fn next_wake(&self) -> Option<Timestamp> {
        self.app(0)
            .store
            .read(|tx| {
                let next = wb_store::incidents::next_wake(tx, Timestamp::EPOCH)?;
                Ok::<_, AppError>(next)
            })
            .await
            .unwrap()
    }

    async fn incident(&self, id: IncidentId) -> (Incident, Vec<Entry>) {
        self.app(0)
            .store
            .read(move |tx| {
                let state = wb_store::incidents::load(tx, id)?.unwrap().state;
                let scope = Scope::system();
                let facts = wb_store::record::of_stream(tx, &scope, &id.to_string(), 0, 500)?;
                Ok::<_, AppError>((state, facts))
            })
            .await
            .unwrap()
    }

    async fn check(&self) {
        for node in &self.nodes {
            node.verify().await;
        }
        let incidents = self.incidents.lock().unwrap().clone();
        assert_eq!(incidents.len(), self.opened.load(Ordering::SeqCst));
        let mut accepted: BTreeMap<String, u32> = BTreeMap::new();
        for (_, message) in self.nodes[0].channel.sent.lock().unwrap().iter() {
            *accepted.entry(message.delivery_id.clone()).or_default() += 1;
        }
        let twice: Vec<_> = accepted.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "sent twice: {twice:?}");
        for id in incidents {
            let (state, facts) = self.incident(id).await;
            check_fence(&facts);
            check_ends(&state, &facts, &accepted);
        }
    }
}

/// No attempt was claimed after the commit of an acknowledgement or resolve: whatever is reported
/// while one is in force had its claim before, which the fact says.
fn check_fence(facts: &[Entry]) {
    let mut stopped: Option<&Vec<DeliveryId>> = None;
    for entry in facts {
        let EntryFact::Incident(fact) = &entry.fact else {
            panic!("a fact of something else: {entry:?}");
        };
        match fact {
            IncidentFact::Acknowledged { under_way, .. }
            | IncidentFact::Snoozed { under_way, .. }
            | IncidentFact::Resolved { under_way, .. } => stopped = Some(under_way),
            // The snooze is gone, and the acknowledgement from before it is still in force.
            IncidentFact::Unsnoozed {
                acknowledged: true, ..
            } => {}
            IncidentFact::Unacknowledged { .. }
            | IncidentFact::Unsnoozed { .. }
            | IncidentFact::SnoozeEnded { .. }
            | IncidentFact::AcknowledgementExpired { .. }
            | IncidentFact::Escalated { .. }
            | IncidentFact::Reopened { .. }
            | IncidentFact::Recalled { .. }
            | IncidentFact::Reassigned { .. } => stopped = None,
            IncidentFact::Attempted { delivery, .. } => {
                assert!(
                    stopped.is_none_or(|under_way| under_way.contains(delivery)),
                    "claimed after the fence: {entry:?}\nin {facts:#?}"
                );
            }
            _ => {}
        }
    }
}

/// Everything that was due went out, and nothing is said to have gone out that did not.
fn check_ends(state: &Incident, facts: &[Entry], accepted: &BTreeMap<String, u32>) {
    // What was stopped then stays stopped: others, or the same ones anew, were told instead.
    let was_given_anew = facts.iter().any(|entry| {
        matches!(
            entry.fact,
            EntryFact::Incident(
                IncidentFact::Reassigned { .. }
                    | IncidentFact::Recalled { .. }
                    | IncidentFact::SnoozeEnded { .. }
                    | IncidentFact::Escalated { .. }
            )
        )
    });
    for delivery in state.pages.iter().flat_map(|page| &page.deliveries) {
        // Under its own name, or under that of the message it went with.
        let together = delivery.attempts.iter().filter_map(|one| one.together);
        let went_out = accepted.contains_key(&delivery.id.to_string())
            || together
                .into_iter()
                .any(|with| accepted.contains_key(&with.message.to_string()));
        assert_eq!(
            went_out,
            delivery.state == DeliveryState::Sent,
            "{delivery:?}"
        );
        if state.state == IncidentState::Triggered && !was_given_anew {
            let ended = [DeliveryState::Sent, DeliveryState::GivenUp];
            assert!(
                ended.contains(&delivery.state),
                "never went out: {delivery:?}"
            );
        }
    }
}

#[rstest]
#[case(1)]
#[case(2)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once(#[case] seed: u64) {
    let stage = Arc::new(Stage {
        nodes: two_nodes().await,
        seed,
        incidents: Mutex::default(),
        opened: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
    });
    stage.nodes[0]
        .channel
        .pause_us
        .store(4_000, Ordering::SeqCst);
    stage.play().await;
    stage.come_to_rest().await;
    stage.check().await;
    let [one, two] = &stage.nodes;
    let db = one.pg.clone().unwrap();
    // The server counts what a connection saw when it closes.
    one.app.store.close();
    two.app.store.close();
    let asked = "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()";
    let deadlocks = tokio::task::spawn_blocking(move || db.ask(asked).unwrap());
    assert_eq!(
        deadlocks.await.unwrap(),
        "0",
        "everybody locks in one order"
    );
}

/// Claims what is due for a node that will never say what became of it.
async fn claim_and_die(node: &World) {
    let (id, now) = (node.app.node.id, node.app.now());
    let claimed = node
        .app
        .store
        .write(Lane::People, move |tx| {
            let claimed = wb_store::outbox::claim(tx, id, now, 10, now.plus_secs(15))?;
            Ok::<_, AppError>(claimed)
        })
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
}

fn message_to(world: &World, address: &str) -> Message {
    let sent = world.channel.sent.lock().unwrap();
    let found = sent.iter().find(|(to, _)| to == address);
    found.unwrap().1.clone()
}

/// Lets the first node watch for some seconds; the second one does not beat.
async fn watch(node: &World, nodes: &Nodes, seconds: u32) {
    for _ in 0..seconds {
        node.tick(nodes).await;
        node.clock.forward(1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_nodes_attempt_is_made_once_more_and_marked() {
    let [one, two] = two_nodes().await;
    let (nodes, key) = (Nodes::default(), Severity::Critical);
    let id = send(&one, trigger("latency", key)).await.incident.unwrap();
    claim_and_die(&two).await;
    watch(&one, &nodes, 4).await;
    one.settle().await;
    assert_eq!(one.told(), ["aiko-phone"], "it may still live");
    watch(&one, &nodes, 2).await;
    one.settle().await;
    let told = one.told();
    let mails = told.iter().filter(|to| *to == "aiko-mail");
    assert_eq!(mails.count(), 1, "{told:?}");
    let message = message_to(&one, "aiko-mail");
    assert_eq!((message.attempt, message.possible_duplicate), (2, true));
    let state = incident(&one, id).await;
    let attempts = &state.pages[0].deliveries[0].attempts;
    let marks: Vec<_> = attempts.iter().map(|a| a.possible_duplicate).collect();
    assert_eq!(marks, [false, true]);
    one.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_nodes_attempt_is_not_claimed_again_under_an_acknowledgement() {
    let [one, two] = two_nodes().await;
    let nodes = Nodes::default();
    let id = send(&one, trigger("latency", Severity::Critical)).await;
    let (id, caller) = (id.incident.unwrap(), Caller::system());
    claim_and_die(&two).await;
    one.app.acknowledge(&caller, id).await.unwrap();
    watch(&one, &nodes, 6).await;
    one.settle().await;
    assert_eq!(one.told(), Vec::<String>::new());
    let first = incident(&one, id).await.pages[0].deliveries[0].clone();
    assert_eq!(
        (first.state, first.attempts.len()),
        (DeliveryState::Cancelled, 1)
    );
    // The undo brings it back, still marked.
    one.app.unacknowledge(&caller, id).await.unwrap();
    one.settle().await;
    let message = message_to(&one, "aiko-mail");
    assert_eq!((message.attempt, message.possible_duplicate), (2, true));
    one.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_paused_in_the_middle_of_a_send_is_marked_and_not_repeated() {
    let [one, two] = two_nodes().await;
    let nodes = Nodes::default();
    let id = send(&one, trigger("latency", Severity::Critical)).await;
    let gate = one.channel.gate.write().await;
    assert_eq!(two.tick(&Sender).await.done, 1);
    watch(&one, &nodes, 6).await;
    one.tick(&Sender).await;
    drop(gate);
    for node in [&one, &two] {
        node.app.sends.wait_idle().await;
    }
    one.clock.forward(400);
    one.settle().await;
    let state = incident(&one, id.incident.unwrap()).await;
    let first = &state.pages[0].deliveries[0];
    assert_eq!(first.state, DeliveryState::Sent);
    let sent = one.channel.sent.lock().unwrap().clone();
    let of_first = sent
        .iter()
        .filter(|(_, m)| m.delivery_id == first.id.to_string());
    let marks: BTreeMap<_, _> = of_first
        .map(|(_, m)| (m.attempt, m.possible_duplicate))
        .collect();
    assert!(marks.get(&2).is_none_or(|marked| *marked), "{marks:?}");
    assert!(marks.contains_key(&1) && marks.len() <= 2, "{marks:?}");
    one.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_sends_by_the_configuration_that_the_page_was_decided_by() {
    let [one, two] = two_nodes().await;
    let mut edit = declared(String::new());
    let mut pager = edit.users[0].methods[0].clone();
    pager.name = "pager".into();
    pager.settings = settings("aiko-pager");
    edit.users[0].methods.push(pager);
    edit.users[0].rules.high[0].method = "pager".into();
    one.app.apply(&Caller::system(), &edit).await.unwrap();
    send(&one, trigger("latency", Severity::Critical)).await;
    two.tick(&Sender).await;
    two.app.sends.wait_idle().await;
    assert_eq!(two.told(), ["aiko-pager"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_panics_has_failed(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    set_up(&world).await;
    world.channel.panics.store(1, Ordering::SeqCst);
    send(&world, trigger("latency", Severity::Critical)).await;
    world.settle().await;
    assert_eq!(world.told(), Vec::<String>::new());
    world.clock.forward(8);
    world.settle().await;
    assert!(
        world.told().contains(&"aiko-mail".to_owned()),
        "{:?}",
        world.told()
    );
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_row_spoils_only_its_own_events(#[values(On::Sqlite, On::Postgres)] on: On) {
    const DAMAGE: Sql = sql("UPDATE alert SET version = -1 WHERE dedup_key = 'poison'");
    let world = world(on).await;
    set_up(&world).await;
    send(&world, trigger("poison", Severity::Critical)).await;
    world
        .app
        .store
        .write(Lane::People, |tx| {
            Ok::<_, AppError>(tx.put(&DAMAGE, &[], 1)?)
        })
        .await
        .unwrap();
    // Side by side, so that on PostgreSQL they share a batch.
    let id = integration(&world.app, "probe");
    let sends = ["a", "poison", "b", "c"].map(|key| {
        let app = Arc::clone(&world.app);
        let event = trigger(key, Severity::Critical);
        tokio::spawn(async move { app.ingest(id, event, RawSignal::default()).await })
    });
    let mut outcomes = Vec::new();
    for sent in sends {
        outcomes.push(sent.await.unwrap().unwrap().outcome);
    }
    assert_eq!(outcomes, ["opened", "failed", "opened", "opened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_does_not_keep_its_page_from_being_sent() {
    // A repeat whose transaction has loaded what it needs, and goes on when it is told to.
    let (reached, mut wait) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, told) = std::sync::mpsc::channel();
    let told = Mutex::new(told);
    let probe: Probe = Arc::new(move |event: &Event| {
        if event.source == "again" {
            reached.send(()).unwrap();
            told.lock().unwrap().recv().unwrap();
        }
    });
    let [one, two] = two_nodes_with(Some(probe)).await;
    send(&one, trigger("latency", Severity::Critical)).await;
    let (app, id) = (Arc::clone(&one.app), integration(&one.app, "probe"));
    let mut again = trigger("latency", Severity::Critical);
    again.source = "again".into();
    let repeat = tokio::spawn(async move { app.ingest(id, again, RawSignal::default()).await });
    wait.recv().await.unwrap();
    two.tick(&Sender).await;
    two.app.sends.wait_idle().await;
    assert_eq!(two.told(), ["aiko-mail"]);
    go_on.send(()).unwrap();
    assert_eq!(repeat.await.unwrap().unwrap().outcome, "repeated");
}

async fn beat_of(world: &World, node: NodeId) -> Option<u64> {
    let nodes = world
        .app
        .store
        .read(|tx| Ok::<_, AppError>(wb_store::nodes::live(tx)?))
        .await
        .unwrap();
    nodes.iter().find(|row| row.id == node).map(|row| row.beat)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_beats_until_its_last_attempt_has_ended() {
    let [one, two] = two_nodes().await;
    send(&one, trigger("latency", Severity::Critical)).await;
    let gate = one.channel.gate.write().await;
    assert_eq!(two.tick(&Sender).await.done, 1);
    let (app, id) = (Arc::clone(&two.app), two.app.node.id);
    let stopping = tokio::spawn(async move { wb_app::workers::wind_down(&app).await });
    while beat_of(&one, id).await < Some(2) {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    drop(gate);
    stopping.await.unwrap().unwrap();
    assert_eq!(beat_of(&one, id).await, None);
    assert_eq!(one.told(), ["aiko-mail"]);
    assert_eq!(two.app.sends.under_way(), 0);
}

async fn last_seal(world: &World) -> i64 {
    world.tick(&Sealer).await;
    let seals = world
        .app
        .store
        .read(|tx| Ok::<_, AppError>(wb_store::seals::list(tx, None, 1)?))
        .await;
    seals.unwrap()[0].day
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_sealed_when_nothing_of_it_can_come_any_more() {
    let world = world(On::Sqlite).await;
    set_up(&world).await;
    let day = world.clock.now().as_secs().div_euclid(86_400);
    let since_midnight_s = world.clock.now().as_secs() - day * 86_400;
    world.clock.forward(86_400 - since_midnight_s + 200);
    assert_eq!(last_seal(&world).await, day - 1);
    world.clock.forward(100);
    assert_eq!(last_seal(&world).await, day);
    send(&world, trigger("latency", Severity::Critical)).await;
    world.verify().await;
}
