//! A whole application on a real store, with a clock moved by hand, counted randomness and a channel
//! that remembers. Workers move only when ticked.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::monitors::MemorySeries;
use wb_app::workers::{Report, Sender, Timers, Worker};
use wb_app::{App, AppParts, Settings, vault::Vault};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::IntegrationId;
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Channels, Clock, Content, Disk, Field, FieldError,
    FieldKind, Message, OpenedSettings, Random, Receipt, SendFailure,
};
use wb_store::db::{PostgresOptions, SqliteOptions, Store};
use wb_testkit::pg;

/// Time that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct ManualClock(AtomicI64);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

impl ManualClock {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

/// Numbers in order: never the same bytes twice, and the same in every run.
#[derive(Debug, Default)]
pub(crate) struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            let spread = next.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            chunk.copy_from_slice(&spread[..chunk.len()]);
        }
    }
}

/// A channel that remembers what it sent and fails as told.
#[derive(Debug, Default)]
pub(crate) struct Remembering {
    pub(crate) sent: Mutex<Vec<(String, Message)>>,
    pub(crate) failures: Mutex<VecDeque<FailureReason>>,
    /// Sends take up to this long, none like the one before.
    pub(crate) pause_us: AtomicU64,
    /// Sends up to this number of the following ones panic.
    pub(crate) panics: AtomicU64,
    /// While this is held, nothing is sent.
    pub(crate) gate: tokio::sync::RwLock<()>,
}

const DESCRIPTOR: ChannelDescriptor = ChannelDescriptor {
    name: "email",
    fields: &[Field {
        name: "address",
        kind: FieldKind::Text,
        required: true,
    }],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: false,
        links: true,
        priority: false,
    },
};

#[async_trait::async_trait]
impl Channel for Remembering {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &DESCRIPTOR
    }

    fn check(&self, _settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        let pause_us = self.pause_us.load(Ordering::SeqCst);
        if pause_us > 0 {
            let spread = self.sent.lock().unwrap().len() as u64 * 7_919 % pause_us;
            tokio::time::sleep(Duration::from_micros(spread)).await;
        }
        let _open = self.gate.read().await;
        let one_less = |n: u64| n.checked_sub(1);
        let (set, get) = (Ordering::SeqCst, Ordering::SeqCst);
        assert!(
            self.panics.fetch_update(set, get, one_less).is_err(),
            "planted"
        );
        if let Some(reason) = self.failures.lock().unwrap().pop_front() {
            return Err(SendFailure {
                reason,
                detail: "as told".into(),
                retry_after_s: None,
            });
        }
        let to = settings["address"].clone();
        self.sent.lock().unwrap().push((to, message.clone()));
        Ok(Receipt {
            provider_id: None,
            detail: "taken".into(),
        })
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// A disk with as much room as it is told.
#[derive(Debug)]
pub(crate) struct FakeDisk(pub(crate) AtomicU64);

impl Default for FakeDisk {
    fn default() -> Self {
        Self(AtomicU64::new(1 << 40))
    }
}

impl Disk for FakeDisk {
    fn free_bytes(&self) -> std::io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }
}

/// An application with its instruments.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) channel: Arc<Remembering>,
    pub(crate) series: Arc<MemorySeries>,
    pub(crate) pg: Option<Arc<pg::PgDb>>,
}

/// The engines every story is told on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// An application on a fresh database of this engine.
pub(crate) async fn world(on: On) -> World {
    world_with(on, None).await
}

pub(crate) async fn world_with(on: On, probe: Option<wb_app::app::Probe>) -> World {
    let (store, pg) = tokio::task::spawn_blocking(move || open(on)).await.unwrap();
    let clock = Arc::new(ManualClock(AtomicI64::new(1_790_000_000_000_000)));
    let channel = Arc::new(Remembering::default());
    let random = Counted::default();
    let series = Arc::new(MemorySeries::default());
    let app = start(store, &clock, random, &channel, &series, probe).await;
    app.bootstrap(None).await.unwrap();
    let pg = pg.map(Arc::new);
    World {
        app,
        clock,
        channel,
        series,
        pg,
    }
}

async fn start(
    store: Store,
    clock: &Arc<ManualClock>,
    random: Counted,
    channel: &Arc<Remembering>,
    series: &Arc<MemorySeries>,
    probe: Option<wb_app::app::Probe>,
) -> Arc<App> {
    let disk = Arc::clone(&series.disk) as Arc<dyn Disk>;
    App::start(AppParts {
        store,
        vault: Vault::new(&[7; 32]),
        clock: clock.clone(),
        random: Arc::new(random),
        channels: Channels::new([channel.clone() as Arc<dyn Channel>]),
        settings: Settings {
            public_url: Some("https://watch.example".into()),
            dialects: vec!["events_v2"],
            ..Settings::default()
        },
        metrics: Some(series.clone()),
        disk: Some(disk),
        before_deciding: probe,
    })
    .await
    .unwrap()
}

fn open(on: On) -> (Store, Option<pg::PgDb>) {
    match on {
        On::Sqlite => (Store::open_sqlite(SqliteOptions::default()).unwrap(), None),
        On::Postgres => {
            let db = pg::database().unwrap();
            (open_postgres(&db.url()), Some(db))
        }
    }
}

fn open_postgres(url: &str) -> Store {
    Store::open_postgres(PostgresOptions::url(url)).unwrap()
}

impl World {
    /// Another node on the same PostgreSQL database, with the same clock and the same way out.
    pub(crate) async fn peer(&self) -> World {
        let pg = self.pg.clone().unwrap();
        let url = pg.url();
        let store = tokio::task::spawn_blocking(move || open_postgres(&url));
        let random = Counted(AtomicU64::new(1 << 32));
        let app = start(
            store.await.unwrap(),
            &self.clock,
            random,
            &self.channel,
            &self.series,
            None,
        )
        .await;
        app.bootstrap(None).await.unwrap();
        World {
            app,
            clock: self.clock.clone(),
            channel: self.channel.clone(),
            series: self.series.clone(),
            pg: Some(pg),
        }
    }

    /// The application of another process on the same store, with the same clock.
    pub(crate) async fn again(self) -> World {
        let random = Counted(AtomicU64::new(1 << 32));
        let (clock, channel, series) = (&self.clock, &self.channel, &self.series);
        let store = self.app.store.clone();
        let app = start(store, clock, random, channel, series, None).await;
        World { app, ..self }
    }

    /// Ticks timers and sender until neither has anything left that is due now.
    pub(crate) async fn settle(&self) {
        loop {
            let timers = self.tick(&Timers).await;
            let sender = self.tick(&Sender).await;
            self.app.sends.wait_idle().await;
            if timers.done + sender.done == 0 {
                break;
            }
        }
    }

    pub(crate) async fn tick(&self, worker: &dyn Worker) -> Report {
        worker.tick(&self.app, self.clock.now()).await.unwrap()
    }

    /// Who was sent something so far, in order.
    pub(crate) fn told(&self) -> Vec<String> {
        self.channel
            .sent
            .lock()
            .unwrap()
            .iter()
            .map(|(to, _)| to.clone())
            .collect()
    }

    /// Of how many incidents all messages tell; one may carry several.
    pub(crate) fn incidents_told(&self) -> usize {
        let sent = self.channel.sent.lock().unwrap();
        sent.iter()
            .map(|(_, message)| match &message.content {
                Content::Page { .. } => 1,
                Content::Bundle(bundle) => bundle.count as usize,
                _ => 0,
            })
            .sum()
    }

    /// The last message that was sent.
    pub(crate) fn last_message(&self) -> Message {
        self.channel.sent.lock().unwrap().last().unwrap().1.clone()
    }

    pub(crate) async fn verify(&self) {
        let verified = self.app.verify(&wb_app::Caller::system()).await.unwrap();
        assert_eq!(verified.findings, Vec::new(), "the record does not verify");
        assert!(verified.facts > 0);
    }
}

pub(crate) fn trigger(key: &str, severity: Severity) -> Event {
    event(EventAction::Trigger, key, severity)
}

pub(crate) fn event(action: EventAction, key: &str, severity: Severity) -> Event {
    Event {
        action,
        dedup_key: key.to_owned(),
        severity,
        summary: format!("{key} is wrong"),
        source: "test".to_owned(),
        component: None,
        group: None,
        class: None,
        occurred_at: Timestamp::EPOCH,
        details: None,
        links: Vec::new(),
        images: Vec::new(),
        client: None,
        client_url: None,
        notes: Vec::new(),
    }
}

/// The integration of a name.
pub(crate) fn integration(app: &App, name: &str) -> IntegrationId {
    let config = app.config();
    let found = config
        .integrations
        .iter()
        .find(|(_, found)| found.value.name == name);
    *found.expect("the integration").0
}

pub(crate) fn settings(address: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("address".to_owned(), address.to_owned())])
}
