//! An application on a real store of either engine, with a clock and randomness of the test's own.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use wb_app::configure::{
    EndpointDraft, IntegrationDraft, MethodDraft, RotationDraft, ScheduleDraft, UserDraft,
};
use wb_app::vault::Vault;
use wb_app::{App, AppError, AppParts, Caller, FieldProblem, Settings};
use wb_core::actor::{Actor, Via};
use wb_core::config::{
    Chart, Choices, Condition, Dashboard, Endpoint, Handoff, HandoffUnit, Monitor, ObjectId,
    OnSilence, Participant, Policy, Role, Rotation, Scope, Service, Side, Slot, Step, Target, Team,
    Timeouts, UrgencyRule, User, Variable,
};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{
    EndpointId, IntegrationId, PolicyId, RotationId, ScheduleId, ServiceId, TeamId, UserId,
};
use wb_core::incident::FailureReason;
use wb_core::number::Number;
use wb_core::time::Timestamp;
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Channels, Clock, Content, Field, FieldError,
    FieldKind, Message, OpenedSettings, Random, Receipt, SendFailure,
};
use wb_store::db::{PostgresOptions, SqliteOptions, Store};
use wb_testkit::pg::PgDb;

/// Runs each test on both engines.
macro_rules! on_both_engines {
    ($($test:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::fixture::Fixture::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::fixture::Fixture::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_engines;

/// A clock that moves when told to.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

impl HandClock {
    pub(crate) fn forward_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, SeqCst);
    }
}

/// Different bytes each time, the same in each run.
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // SplitMix64: with the multiplications alone two ids come out the same by and by.
            let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, SeqCst);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = (mixed >> 56) as u8;
        }
    }
}

/// A channel that remembers what it was given, and refuses addresses with `bad` in them.
pub(crate) struct Hook {
    pub(crate) sent: Mutex<Vec<OpenedSettings>>,
    /// What the messages said.
    pub(crate) said: Mutex<Vec<Content>>,
}

const HOOK: ChannelDescriptor = ChannelDescriptor {
    name: "hook",
    fields: &[
        Field {
            name: "url",
            kind: FieldKind::Url,
            required: true,
        },
        Field {
            name: "secret",
            kind: FieldKind::Secret,
            required: true,
        },
    ],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: false,
        links: true,
        priority: false,
    },
};

#[async_trait::async_trait]
impl Channel for Hook {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &HOOK
    }

    fn check(&self, settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        let bad = settings.get("url").is_some_and(|url| url.contains("bad"));
        let error = FieldError {
            field: "url".to_owned(),
            message: "cannot work".to_owned(),
        };
        if bad { Err(vec![error]) } else { Ok(()) }
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        self.said.lock().unwrap().push(message.content.clone());
        self.sent.lock().unwrap().push(settings.clone());
        if settings.get("url").is_some_and(|url| url.contains("down")) {
            return Err(SendFailure {
                reason: FailureReason::Unreachable,
                detail: "no route".to_owned(),
                retry_after_s: None,
            });
        }
        Ok(Receipt {
            provider_id: None,
            detail: "taken".to_owned(),
        })
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// An application and the ground it stands on. The fields go in order: the database last.
pub(crate) struct Fixture {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) hook: Arc<Hook>,
    store: Store,
    _db: Option<PgDb>,
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        Self::on(Store::open_sqlite(SqliteOptions::memory()).unwrap(), None).await
    }

    pub(crate) async fn postgres() -> Self {
        let db = tokio::task::spawn_blocking(wb_testkit::pg::database)
            .await
            .unwrap()
            .unwrap();
        let options = PostgresOptions {
            connections: 3,
            readers: 2,
            ..PostgresOptions::url(db.url())
        };
        let open = move || Store::open_postgres(options).unwrap();
        Self::on(tokio::task::spawn_blocking(open).await.unwrap(), Some(db)).await
    }

    async fn on(store: Store, db: Option<PgDb>) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_700_000_000_000_000)));
        let hook = Arc::new(Hook {
            sent: Mutex::default(),
            said: Mutex::default(),
        });
        let app = start(&store, &clock, &hook, 1).await;
        Self {
            app,
            clock,
            hook,
            store,
            _db: db,
        }
    }

    /// Another node on the same database.
    pub(crate) async fn another_node(&self) -> Arc<App> {
        start(&self.store, &self.clock, &self.hook, 1 << 40).await
    }

    /// An admin, by a first start.
    pub(crate) async fn admin(&self) -> Caller {
        self.app.bootstrap(None).await.unwrap();
        self.admin_again()
    }

    /// The admin of the first start.
    pub(crate) fn admin_again(&self) -> Caller {
        let admin = self.app.config().admins().next().unwrap();
        self.caller(admin)
    }

    /// The caller a user is, as a browser session would make them.
    pub(crate) fn caller(&self, user: UserId) -> Caller {
        let value = self.app.config().users.get(&user).unwrap().value.clone();
        Caller {
            actor: Actor::User(user),
            via: Via::Web,
            scope: Scope::new(value.role, value.teams),
            from: "10.0.0.1".to_owned(),
        }
    }

    pub(crate) async fn team(&self, caller: &Caller, name: &str) -> TeamId {
        let team = Team {
            name: name.to_owned(),
            description: String::new(),
        };
        match self.app.create(caller, team).await.unwrap().id() {
            ObjectId::Team(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn user(&self, caller: &Caller, draft: UserDraft) -> UserId {
        match self.app.create(caller, draft).await.unwrap().id() {
            ObjectId::User(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn policy(&self, caller: &Caller, policy: Policy) -> PolicyId {
        match self.app.create(caller, policy).await.unwrap().id() {
            ObjectId::Policy(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn service(&self, caller: &Caller, service: Service) -> ServiceId {
        match self.app.create(caller, service).await.unwrap().id() {
            ObjectId::Service(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn integration(
        &self,
        caller: &Caller,
        draft: IntegrationDraft,
    ) -> IntegrationId {
        match self.app.create(caller, draft).await.unwrap().id() {
            ObjectId::Integration(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn schedule(&self, caller: &Caller, draft: ScheduleDraft) -> ScheduleId {
        match self.app.create(caller, draft).await.unwrap().id() {
            ObjectId::Schedule(id) => id,
            other => panic!("{other}"),
        }
    }

    pub(crate) fn user_now(&self, id: UserId) -> User {
        self.app.config().users.get(&id).unwrap().value.clone()
    }

    pub(crate) fn endpoint_now(&self, id: EndpointId) -> Endpoint {
        self.app.config().endpoints.get(&id).unwrap().value.clone()
    }
}

async fn start(store: &Store, clock: &Arc<HandClock>, hook: &Arc<Hook>, seed: u64) -> Arc<App> {
    let parts = AppParts {
        store: store.clone(),
        vault: Vault::new(&[7; 32]),
        clock: Arc::clone(clock) as _,
        random: Arc::new(Counted(AtomicU64::new(seed))),
        channels: Channels::new([Arc::clone(hook) as Arc<dyn Channel>]),
        settings: Settings::default(),
        metrics: None,
        disk: None,
        before_deciding: None,
    };
    App::start(parts).await.unwrap()
}

pub(crate) fn user(email: &str) -> UserDraft {
    UserDraft {
        name: email.split('@').next().unwrap_or_default().to_owned(),
        email: email.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        role: None,
        teams: [].into(),
        active: true,
        methods: Vec::new(),
        rules: wb_app::configure::RulesDraft::default(),
        monthly_test: true,
    }
}

pub(crate) fn in_team(email: &str, team: TeamId, role: Role) -> UserDraft {
    UserDraft {
        teams: [(team, role)].into(),
        ..user(email)
    }
}

pub(crate) fn policy(team: TeamId, name: &str, target: Target) -> Policy {
    Policy {
        team,
        name: name.to_owned(),
        steps: vec![Step {
            targets: vec![target],
            escalate_after_s: 300,
            only: Condition::default(),
            needs_everyone: false,
            round_robin: false,
        }],
        repeat: 1,
        low_urgency_hours: None,
        fallback: Vec::new(),
    }
}

pub(crate) fn service(team: TeamId, name: &str) -> Service {
    Service {
        team,
        name: name.to_owned(),
        description: String::new(),
        urgency: UrgencyRule::Fixed(Urgency::High),
        policy: None,
        timeouts: Timeouts::default(),
    }
}

pub(crate) fn integration(service: ServiceId, name: &str) -> IntegrationDraft {
    IntegrationDraft {
        service,
        name: name.to_owned(),
        dialect: "events_v2".to_owned(),
        key: None,
    }
}

pub(crate) fn monitor(service: ServiceId, name: &str) -> Monitor {
    Monitor {
        service,
        name: name.to_owned(),
        description: String::new(),
        target: "shop.*.p99".to_owned(),
        side: Side::Above,
        threshold: number(500.0),
        for_s: 60,
        recovery: Some(number(400.0)),
        recover_for_s: 60,
        every_s: 30,
        severity: Severity::Major,
        silent_after_s: 300,
        on_silence: OnSilence::Keep,
        runbook_url: Some("https://wiki.example/p99".to_owned()),
    }
}

pub(crate) fn dashboard(team: TeamId, name: &str) -> Dashboard {
    Dashboard {
        team,
        name: name.to_owned(),
        description: String::new(),
        variables: vec![Variable {
            name: "host".to_owned(),
            choices: Choices::Find("servers.*.cpu".to_owned()),
            default: None,
        }],
        charts: vec![Chart {
            title: "CPU of $host".to_owned(),
            targets: vec!["scale(servers.$host.cpu, 100)".to_owned()],
            unit: Some("%".to_owned()),
            y_min: Some(number(0.0)),
            width: 2,
        }],
        span_s: 3_600,
        refresh_s: Some(30),
    }
}

pub(crate) fn number(value: f64) -> Number {
    Number::new(value).expect("finite")
}

/// The paths of what was wrong.
pub(crate) fn paths<T: core::fmt::Debug>(result: Result<T, AppError>) -> Vec<String> {
    match result {
        Err(AppError::Invalid(problems)) => fields(problems),
        other => panic!("expected problems, got {other:?}"),
    }
}

pub(crate) fn fields(problems: Vec<FieldProblem>) -> Vec<String> {
    problems.into_iter().map(|problem| problem.field).collect()
}

pub(crate) fn schedule(team: TeamId, name: &str, people: Vec<UserId>) -> ScheduleDraft {
    ScheduleDraft {
        team,
        name: name.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        rotations: vec![RotationDraft {
            id: None,
            rotation: weekly("primary", vec![people]),
        }],
        holidays: Vec::new(),
    }
}

/// A rotation by the week from 6 November 2023, with one slot for each list of people.
pub(crate) fn weekly(name: &str, slots: Vec<Vec<UserId>>) -> Rotation {
    let slot = |people: Vec<UserId>| Slot {
        people: people.into_iter().map(Participant::new).collect(),
        first_come: false,
    };
    Rotation::new(
        RotationId(uuid::Uuid::nil()),
        name.to_owned(),
        jiff::civil::date(2023, 11, 6).at(9, 0, 0, 0),
        Handoff {
            every: 1,
            unit: HandoffUnit::Weeks,
        },
        slots.into_iter().map(slot).collect(),
    )
}

pub(crate) fn endpoint(team: TeamId, name: &str, url: &str, secret: Option<&str>) -> EndpointDraft {
    EndpointDraft {
        team,
        name: name.to_owned(),
        channel: "hook".to_owned(),
        settings: settings(url, secret),
    }
}

pub(crate) fn settings(url: &str, secret: Option<&str>) -> BTreeMap<String, String> {
    let secret = secret.map(|secret| ("secret".to_owned(), secret.to_owned()));
    [("url".to_owned(), url.to_owned())]
        .into_iter()
        .chain(secret)
        .collect()
}

pub(crate) fn method(name: &str, url: &str, secret: Option<&str>) -> MethodDraft {
    MethodDraft {
        id: None,
        name: name.to_owned(),
        channel: "hook".to_owned(),
        settings: settings(url, secret),
    }
}
