//! The application behind the router, with a clock and randomness of the test's own.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wb_app::access::SetUp;
use wb_app::vault::Vault;
use wb_app::{App, AppParts, Settings};
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_http::{Build, HttpState, Intake, IntakeFault, Limits, Listener, Outbox, Readiness};
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Channels, Clock, Field, FieldError, FieldKind,
    Inbound, Message, MetricSource, OpenedSettings, Random, Receipt, SendFailure,
};
use wb_store::db::{SqliteOptions, Store};

/// The first admin's token.
pub(crate) const ADMIN: &str = "test-admin-token-0123456789abcdef";

/// The public address of the tests.
pub(crate) const PUBLIC_URL: &str = "https://bell.example";

/// 2026-11-21T03:11:40Z, a Saturday.
const START_US: i64 = 1_795_230_700_000_000;

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

/// A channel that remembers its messages; addresses with `down` in them cannot be reached.
#[derive(Default)]
pub(crate) struct Hook {
    pub(crate) sent: Mutex<Vec<Message>>,
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
            required: false,
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

    fn check(&self, _: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        self.sent.lock().unwrap().push(message.clone());
        if settings.get("url").is_some_and(|url| url.contains("down")) {
            let detail = "no route".to_owned();
            let reason = FailureReason::Unreachable;
            return Err(SendFailure {
                reason,
                detail,
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

/// An outbox that is always empty.
struct EmptyOutbox;

impl Outbox for EmptyOutbox {
    fn messages(&self) -> Vec<wb_http::OutboxMessage> {
        Vec::new()
    }
}

/// What may differ from test to test.
pub(crate) struct Setup {
    pub(crate) public_url: Option<&'static str>,
    pub(crate) listen: &'static str,
    pub(crate) metrics_public: bool,
    pub(crate) limits: Limits,
    pub(crate) demo: bool,
    pub(crate) metrics: Option<Arc<dyn MetricSource>>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            public_url: Some(PUBLIC_URL),
            listen: "127.0.0.1:8080",
            metrics_public: false,
            limits: Limits::default(),
            demo: true,
            metrics: None,
        }
    }
}

/// The application behind its router.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) hook: Arc<Hook>,
    pub(crate) store: Store,
    pub(crate) state: HttpState,
    pub(crate) readiness: Arc<Mutex<Readiness>>,
    pub(crate) set_up: Option<String>,
    router: Router,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().expect("an id").to_owned()
    }
}

/// A request in the making.
pub(crate) struct Call<'a> {
    on: &'a TestApp,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.request = self.request.header("content-type", "application/json");
        self.body = Body::from(body.to_string());
        self
    }

    pub(crate) fn bytes(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn form(self, fields: &BTreeMap<String, String>) -> Self {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.header("content-type", "application/x-www-form-urlencoded")
            .bytes(body)
    }

    pub(crate) async fn send(self) -> Answer {
        let request: Request<Body> = self.request.body(self.body).unwrap();
        let response = self.on.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let store = Store::open_sqlite(SqliteOptions::memory()).unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(START_US)));
        let hook = Arc::new(Hook::default());
        let app = App::start(AppParts {
            store: store.clone(),
            vault: Vault::new(&[7; 32]),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Arc::new(Counted(AtomicU64::new(1))),
            channels: Channels::new([Arc::clone(&hook) as Arc<dyn Channel>]),
            settings: Settings {
                public_url: setup.public_url.map(ToOwned::to_owned),
                ..Settings::default()
            },
            metrics: setup.metrics,
            disk: None,
            before_deciding: None,
        })
        .await
        .unwrap();
        let bootstrap = app.bootstrap(Some(ADMIN)).await.unwrap();
        let readiness = Arc::new(Mutex::new(Readiness::default()));
        let shown = Arc::clone(&readiness);
        let inbound: Vec<Box<dyn Inbound>> = wb_adapters::inbound::all();
        let state = HttpState {
            app: Arc::clone(&app),
            inbound: inbound.into(),
            metrics: Arc::new(|| "watchbell_up 1\n".to_owned()),
            metrics_public: setup.metrics_public,
            listeners: Arc::new([
                Listener {
                    protocol: "http",
                    address: setup.listen.parse().unwrap(),
                    intake: None,
                },
                Listener {
                    protocol: "carbon",
                    address: "127.0.0.1:2003".parse().unwrap(),
                    intake: Some(Arc::new(one_bad_line)),
                },
            ]),
            proxies: Arc::default(),
            readiness: Arc::new(move || shown.lock().unwrap().clone()),
            build: Build {
                version: "0.0.0",
                started_at: clock.now(),
            },
            limits: setup.limits,
            demo: setup.demo.then(|| Arc::new(EmptyOutbox) as Arc<dyn Outbox>),
        };
        let router = wb_http::router(state.clone());
        let set_up = bootstrap.setup_secret;
        Self {
            app,
            clock,
            hook,
            store,
            state,
            readiness,
            set_up,
            router,
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path);
        Call {
            on: self,
            request,
            body: Body::empty(),
        }
    }

    /// A call of the first admin.
    pub(crate) fn admin(&self, method: &str, path: &str) -> Call<'_> {
        self.call(method, &format!("/api/v1{path}")).token(ADMIN)
    }

    /// Creates an object as the first admin and gives its id.
    pub(crate) async fn create(&self, path: &str, body: Value) -> String {
        let call = self.admin("POST", path).json(&body);
        call.send().await.expect(201).id()
    }

    /// A token of a user.
    pub(crate) async fn token_of(&self, user: &str) -> String {
        let body = json!({ "name": "test", "user": user });
        let answer = self
            .admin("POST", "/tokens")
            .json(&body)
            .send()
            .await
            .expect(201);
        answer.json()["secret"].as_str().unwrap().to_owned()
    }

    /// Sends an Events v2 body.
    pub(crate) async fn enqueue(&self, body: &Value) -> Answer {
        self.call("POST", "/v2/enqueue").json(body).send().await
    }

    /// Lets every worker tick until nothing is due.
    pub(crate) async fn work(&self) {
        for _ in 0..50 {
            let mut more = false;
            for worker in wb_app::workers::all() {
                let report = worker.tick(&self.app, self.app.now()).await.unwrap();
                more |= report.more;
            }
            self.app.sends.wait_idle().await;
            if !more {
                return;
            }
        }
        panic!("the workers never come to rest");
    }

    pub(crate) fn set_up_secret(&self) -> &str {
        self.set_up.as_deref().expect("no admin has a password yet")
    }
}

/// A small world: a team with a service that pages a person, then an endpoint.
pub(crate) struct World {
    pub(crate) team: String,
    pub(crate) user: String,
    pub(crate) method: String,
    pub(crate) endpoint: String,
    pub(crate) policy: String,
    pub(crate) service: String,
    pub(crate) integration: String,
    pub(crate) key: String,
}

impl World {
    pub(crate) async fn on(app: &TestApp) -> Self {
        let team = app.create("/teams", json!({ "name": "Payments" })).await;
        let (user, method) = person(app, &team).await;
        let endpoint = app
            .create(
                "/endpoints",
                json!({
                    "team": team, "name": "Room", "channel": "hook",
                    "settings": { "url": "https://hook.example/room" },
                }),
            )
            .await;
        let policy = app
            .create(
                "/escalation-policies",
                json!({
                    "team": team, "name": "Payments on call",
                    "steps": [
                        {
                            "targets": [{ "type": "user", "id": user }],
                            "escalate_after_s": 300,
                        },
                        {
                            "targets": [{ "type": "endpoint", "id": endpoint }],
                            "escalate_after_s": 300,
                        },
                    ],
                    "repeat": 1,
                }),
            )
            .await;
        let service = app
            .create(
                "/services",
                json!({ "team": team, "name": "checkout", "urgency": "high", "policy": policy }),
            )
            .await;
        let integration = app
            .create(
                "/integrations",
                json!({ "service": service, "name": "Alertmanager", "dialect": "events_v2" }),
            )
            .await;
        let path = format!("/integrations/{integration}/key");
        let key = app.admin("GET", &path).send().await.expect(200).json()["key"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            team,
            user,
            method,
            endpoint,
            policy,
            service,
            integration,
            key,
        }
    }

    /// An event of this world's sender.
    pub(crate) fn event(&self, action: &str, key: &str) -> Value {
        json!({
            "routing_key": self.key,
            "event_action": action,
            "dedup_key": key,
            "payload": {
                "summary": "Checkout p99 latency over 500 ms",
                "source": "checkout",
                "severity": "critical",
            },
        })
    }

    /// Triggers, and gives the id of the incident.
    pub(crate) async fn trigger(&self, app: &TestApp, key: &str) -> String {
        app.enqueue(&self.event("trigger", key)).await.expect(202);
        let list = app
            .admin("GET", "/incidents?limit=1")
            .send()
            .await
            .expect(200)
            .json();
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

fn one_bad_line() -> Intake {
    Intake {
        samples: 7,
        bad_lines: 1,
        dropped: 2,
        recent_bad_lines: vec![IntakeFault {
            at: Timestamp::from_micros(START_US),
            peer: "127.0.0.1".parse().unwrap(),
            reason: "fields",
            line: "nonsense".to_owned(),
        }],
        ..Intake::default()
    }
}

/// A member of the team with one contact method: their id and the method's.
async fn person(app: &TestApp, team: &str) -> (String, String) {
    let body = json!({
        "name": "Jonas Weber",
        "email": "jonas@example.com",
        "zone": "Europe/Berlin",
        "teams": [{ "team": team, "role": "member" }],
        "methods": [{
            "name": "phone", "channel": "hook",
            "settings": { "url": "https://hook.example/jonas", "secret": "hush" },
        }],
    });
    let user = app
        .admin("POST", "/users")
        .json(&body)
        .send()
        .await
        .expect(201);
    let method = user.json()["methods"][0]["id"].as_str().unwrap().to_owned();
    (user.id(), method)
}

/// A set-up link made by the application itself.
pub(crate) async fn set_up_link(app: &TestApp, user: &str) -> SetUp {
    app.app
        .create_set_up_link(&wb_app::Caller::system(), user.parse().unwrap())
        .await
        .unwrap()
}
