//! Watchbell put together by hand, for what the shipped binary has no switch for: group commit off, a clock that can be
//! moved, a single tick of a worker.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use axum_server::accept::NoDelayAcceptor;
use clap::Args;
use tokio_util::sync::CancellationToken;
use wb_adapters::net::{AllowList, HttpClient, NetSettings};
use wb_adapters::{channels, inbound};
use wb_app::vault::Vault;
use wb_app::{App, AppParts, Settings};
use wb_core::time::Timestamp;
use wb_http::{Build, HttpState, Limits, Readiness};
use wb_metrics::store::{self, MetricStore, Rules};
use wb_ports::{Clock, Random};
use wb_store::db::{SqliteOptions, Store};

use crate::harness::machine::now;
use crate::harness::watchbell::TOKEN;
use crate::harness::{Failure, Outcome};

/// Flags of `wb-bench serve-inside`: those of `watchbell serve` that benches use, and its own.
#[derive(Debug, Args)]
pub(crate) struct ServeInside {
    /// The directory of the database.
    #[arg(long)]
    data: PathBuf,
    /// Where API and UI listen.
    #[arg(long)]
    listen: SocketAddr,
    /// Taken, and left alone: no metrics are measured here.
    #[arg(long)]
    carbon: String,
    /// How many closures share a commit; 1 is a commit for each.
    #[arg(long)]
    batch_max: usize,
}

/// The wall's clock, shifted.
pub(crate) struct ShiftedClock {
    started: Instant,
    shift_us: AtomicI64,
}

impl ShiftedClock {
    /// Moves it forward.
    pub(crate) fn forward_s(&self, seconds: i64) {
        self.shift_us.fetch_add(seconds * 1_000_000, Relaxed);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(micros + self.shift_us.load(Relaxed))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench has nobody to take it from"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// A Watchbell inside this process.
pub(crate) struct Inside {
    /// The application.
    pub(crate) app: Arc<App>,
    /// Its clock.
    pub(crate) clock: Arc<ShiftedClock>,
    /// Its metrics.
    pub(crate) metrics: Arc<MetricStore>,
    /// Where API and UI listen.
    pub(crate) address: SocketAddr,
}

/// Puts it together and serves it; workers are not started.
///
/// # Errors
/// When a part cannot be had.
pub(crate) async fn start(data: &Path, listen: SocketAddr, batch_max: usize) -> Outcome<Inside> {
    std::fs::create_dir_all(data)?;
    let clock = Arc::new(ShiftedClock {
        started: now(),
        shift_us: AtomicI64::new(0),
    });
    let rules = Rules::from_carbon(None, None)?;
    let limits = store::Limits::default();
    let points = data.join("metrics.db");
    let metrics = MetricStore::open(&points, rules, limits, Arc::clone(&clock) as _)?;
    let metrics = Arc::new(metrics);
    let http = HttpClient::new(NetSettings::new(AllowList::parse(["127.0.0.1"])?))?;
    let listener = std::net::TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let app = App::start(AppParts {
        store: Store::open_sqlite(SqliteOptions {
            batch_max,
            ..SqliteOptions::file(data.join("watchbell.db"))
        })?,
        vault: Vault::new(&[7; 32]),
        clock: Arc::clone(&clock) as _,
        random: Arc::new(SystemRandom),
        channels: channels::all(&http, Vec::new()),
        metrics: Some(Arc::clone(&metrics) as _),
        disk: None,
        settings: Settings {
            public_url: Some(format!("http://{address}")),
            ..Settings::default()
        },
        before_deciding: None,
    })
    .await?;
    app.bootstrap(Some(TOKEN)).await?;
    serve(&app, listener)?;
    Ok(Inside {
        app,
        clock,
        metrics,
        address,
    })
}

fn serve(app: &Arc<App>, listener: std::net::TcpListener) -> Outcome<()> {
    let state = HttpState {
        app: Arc::clone(app),
        inbound: inbound::all().into(),
        metrics: Arc::new(String::new),
        metrics_public: false,
        listeners: Arc::new([]),
        proxies: Arc::default(),
        readiness: Arc::new(Readiness::default),
        build: Build {
            version: env!("CARGO_PKG_VERSION"),
            started_at: app.clock.now(),
        },
        limits: Limits::default(),
        demo: None,
    };
    let service = wb_http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor);
    tokio::spawn(server.serve(service));
    Ok(())
}

/// Serves until killed, with all workers, and says `ready URL` as the shipped binary does.
///
/// # Errors
/// When it does not start.
#[expect(
    clippy::print_stdout,
    reason = "whoever started this waits for the line"
)]
pub(crate) async fn run(flags: &ServeInside) -> Outcome<()> {
    let inside = start(&flags.data, flags.listen, flags.batch_max).await?;
    let workers = wb_app::workers::spawn_all(&inside.app, &CancellationToken::new());
    println!("ready http://{}", inside.address);
    workers.wait().await;
    Err(Failure::from("the workers ended"))
}
