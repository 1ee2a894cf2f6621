//! From start to ready to gone: the order in which things are opened, and closed again.
//!
//! What can be refused is refused first: configuration, the data directory's lock, the port. Only
//! then is the database opened, and only when everything stands is traffic accepted and `ready`
//! printed.

mod carbon;
mod listen;
mod lock;
mod opening;
pub(crate) mod origin;
mod points;
pub(crate) mod probe;
mod serving;
mod wiring;

use core::time::Duration;
use std::io::Write as _;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wb_adapters::listen::carbon::CarbonListener;
use wb_app::App;
use wb_app::us::Trouble;
use wb_app::workers;
use wb_ports::Clock as _;

use crate::ambient::{SystemClock, SystemRandom};
use crate::boot::Boot;
use crate::demo::{self, Demo, DemoError};
use crate::emergency::{self, Watch};
use crate::replace;
use crate::telemetry;

use listen::Bound;
pub(crate) use lock::{LockError, hold as hold_data};
pub(crate) use opening::{AdminToken, DATABASE_FILE};
use serving::Server;

/// How long requests under way and workers get after SIGTERM; the process is gone within 10 s.
const DRAIN: Duration = Duration::from_secs(5);

/// How long the attempts under way get after that.
const DRAIN_SENDS: Duration = Duration::from_secs(2);

/// How long the database gets to be closed.
const CLOSE: Duration = Duration::from_secs(1);

/// Why the server does not run. The words are for the person who started it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The data directory cannot be had.
    #[error(transparent)]
    Lock(#[from] lock::LockError),
    /// A restore that was cut off cannot be finished.
    #[error(
        "a restore in {data} was cut off and cannot be finished: {source}; mend that and start again"
    )]
    Restore {
        /// The data directory.
        data: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] listen::ListenError),
    /// Carbon's lines cannot be listened for.
    #[error(transparent)]
    Carbon(#[from] carbon::CarbonError),
    /// The metric store's rules cannot be had.
    #[error(transparent)]
    Points(#[from] points::PointsError),
    /// Database, keys or first account cannot be had.
    #[error(transparent)]
    Open(#[from] opening::OpenError),
    /// Channels cannot be set up.
    #[error(transparent)]
    Wiring(#[from] wiring::WiringError),
    /// Certificate or key cannot be used.
    #[error("TLS cannot be set up with {cert} and {key}: {source}")]
    Tls {
        /// The certificate's file.
        cert: String,
        /// The key's file.
        key: String,
        /// What is wrong.
        source: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Server(std::io::Error),
    /// The demo cannot be shown.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The metrics cannot be set up.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// Runs the server until SIGTERM or SIGINT.
///
/// # Errors
/// Why it did not start, or stopped by itself.
pub(crate) async fn serve(boot: Boot, admin_token: AdminToken) -> Result<(), ServeError> {
    run(boot, admin_token, Role::Server).await
}

/// Runs the demo until SIGTERM or SIGINT.
///
/// # Errors
/// Why it did not start, or stopped by itself.
pub(crate) async fn demo(boot: Boot, admin_token: AdminToken) -> Result<(), ServeError> {
    demo::check(&boot, opening::DATABASE_FILE)?;
    run(boot, admin_token, Role::Demo).await
}

/// As what a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Server,
    Demo,
}

async fn run(mut boot: Boot, admin_token: AdminToken, role: Role) -> Result<(), ServeError> {
    // Asked for first: a signal that comes while the database is migrated must not kill us half-way.
    let mut signals = Signals::new().map_err(ServeError::Server)?;
    let _lock = lock::hold(&boot.data.dir)?;
    finish_restore(&boot)?;
    let tls = serving::tls(&boot.tls).await?;
    if matches!(role, Role::Demo) {
        demo::keep_points(&mut boot)?;
    }
    let rules = points::rules(&boot)?;
    let (bound, carbon) = bind(&boot, tls.is_some(), role).await?;
    let clock = Arc::new(SystemClock::start());
    let random = Arc::new(SystemRandom);
    let demo = match role {
        Role::Server => None,
        Role::Demo => {
            let clock = Arc::clone(&clock) as _;
            Some(Demo::open(&mut boot, admin_token.as_ref(), clock, &*random).await?)
        }
    };

    let opened = opening::open(&boot, clock.now(), &*random).await?;
    let hold = opened.hold;
    let points = points::open(&boot, rules, Arc::clone(&clock) as _).await;
    let carbon = points.fed_by(carbon);
    let counters = carbon.as_ref().map(CarbonListener::counters);
    let metrics = telemetry::start_metrics(&opened.store, counters)?;
    let outside = wiring::outside(&boot)?;
    let source = points.open().map(|points| points as _);
    let parts = wiring::parts(&boot, &bound.url, opened, &outside, source, &clock, &random);
    let app = App::start(parts).await.map_err(opening::OpenError::from)?;
    app.troubles.set(Trouble::MetricsOff, points.trouble());
    match &demo {
        Some(demo) => demo.furnish(&app).await?,
        None => opening::bootstrap(&app, admin_token, &bound.url).await?,
    }

    let watch = Watch::new(hold);
    let contacts = wiring::contacts(&boot, &app, &bound.url)?;
    let outbox = demo.as_ref().map(Demo::outbox);
    let listeners = wiring::listeners(&bound, carbon.as_ref());
    let state = wiring::http_state(&boot, &app, listeners, metrics, watch.clone(), outbox);
    let mut server = serving::start(bound.listener, tls, state).map_err(ServeError::Server)?;

    let stop = CancellationToken::new();
    let workers = workers::spawn_all(&app, &stop);
    workers.spawn(emergency::run(
        Arc::clone(&app),
        watch,
        contacts,
        wiring::dead_man(&boot, &outside),
        stop.clone(),
    ));
    workers.spawn(report_clock(Arc::clone(&clock), stop.clone()));
    let carbon_address = carbon.as_ref().map(CarbonListener::address);
    feed(carbon, &points, &app, &stop, &workers);
    if let Some(demo) = &demo {
        let begun = demo.begin(&bound.url, carbon_address, stop.clone());
        workers.spawn(begun.await?);
    }
    say_ready(&bound.url);

    let ended = tokio::select! {
        name = signals.next() => {
            tracing::info!("{name}: draining");
            Ok(())
        }
        ended = server.ended() => Err(ServeError::Server(ended)),
    };
    stop.cancel();
    drain(server, &workers).await;
    tokio::join!(close(app), points::close(points));
    ended
}

/// Lets carbon's lines in.
fn feed(
    carbon: Option<CarbonListener>,
    points: &points::Store,
    app: &Arc<App>,
    stop: &CancellationToken,
    workers: &TaskTracker,
) {
    if let (Some(listener), Some(points)) = (carbon, points.open()) {
        carbon::say(listener.address());
        let sink = points::WhileThereIsRoom::new(points, Arc::clone(app));
        let (sink, clock) = (Arc::new(sink) as _, Arc::clone(&app.clock));
        workers.spawn(listener.serve(sink, clock, stop.clone()));
    }
}

/// Finishes a restore that was cut off: without this an empty database would take its place.
fn finish_restore(boot: &Boot) -> Result<(), ServeError> {
    if boot.database.url.is_some() {
        return Ok(());
    }
    let data = &boot.data.dir;
    let done = replace::finish(data).map_err(|source| ServeError::Restore {
        data: data.display().to_string(),
        source,
    })?;
    if let Some(replaced) = done {
        let aside = replaced.aside.map(|path| path.display().to_string());
        tracing::warn!(aside, "a restore that was cut off is finished");
    }
    Ok(())
}

/// Binds all ports.
async fn bind(
    boot: &Boot,
    tls: bool,
    role: Role,
) -> Result<(Bound, Option<CarbonListener>), ServeError> {
    let http = &boot.listen.http;
    Ok(match role {
        Role::Server => (
            listen::bind(http, tls).await?,
            carbon::bind(&boot.carbon).await?,
        ),
        Role::Demo => (
            listen::bind_or_next(http, tls).await?,
            carbon::bind_or_next(&boot.carbon).await?,
        ),
    })
}

/// Waits for requests under way, listeners and workers, which were told to stop.
async fn drain(mut server: Server, workers: &TaskTracker) {
    let drained = async {
        server.drain(DRAIN).await;
        workers.wait().await;
    };
    if tokio::time::timeout(DRAIN + Duration::from_secs(1), drained)
        .await
        .is_err()
    {
        tracing::warn!(
            "some work did not end in time; what is written is carried on at the next start"
        );
    }
}

/// Waits for the attempts under way, so that none is sent twice for want of its outcome, and closes
/// the database.
async fn close(app: Arc<App>) {
    match tokio::time::timeout(DRAIN_SENDS, workers::wind_down(&app)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "this node is not off the list: {error}"),
        Err(_) => {
            tracing::warn!(
                "attempts are still under way; their outcome is unknown to the next start"
            );
        }
    }
    let store = app.store.clone();
    // A database that is away must not keep us: whatever waits for it was never answered.
    let closing = tokio::task::spawn_blocking(move || store.close());
    drop(tokio::time::timeout(CLOSE, closing).await);
}

/// The one line on standard output.
fn say_ready(url: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever closed our standard output does not want to know.
    drop(writeln!(out, "ready {url}").and_then(|()| out.flush()));
    tracing::info!(url, version = env!("CARGO_PKG_VERSION"), "ready");
}

/// Writes the clock's steps to the log.
async fn report_clock(clock: Arc<SystemClock>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        clock.now();
        for step in clock.take_steps() {
            let by_ms = step.to.micros_since(step.from) / 1_000;
            tracing::warn!(by_ms, from = %step.from, to = %step.to, "the clock was stepped forward");
            metrics::counter!("watchbell_clock_steps_total").increment(1);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// The signals that end the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
