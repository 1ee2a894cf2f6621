//! Workers: idempotent ticks that carry out what is written in the database.
//!
//! A tick takes no input but the time: it looks at the database, does a bounded amount of work and
//! reports. It is run by timer and by poke; one item's failure never stops the next; a panic is
//! caught. A worker is a file here plus a line in [`all`]. Only the driver ([`spawn_all`]) sleeps;
//! tests tick by hand.

mod about_us;
mod attempt;
mod board;
mod disk;
mod gather;
mod gauges;
mod message;
mod monitors;
mod nodes;
mod notices;
mod outcomes;
mod rechecks;
mod refusals;
mod retention;
pub(crate) mod seal;
mod sender;
mod timers;

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wb_core::time::Timestamp;

pub use about_us::AboutUs;
pub use board::{Board, WorkerView};
pub use disk::{DiskWatch, Room};
pub use gauges::Gauges;
pub use monitors::Monitors;
pub use nodes::Nodes;
pub use notices::Notices;
pub use rechecks::Rechecks;
pub use refusals::RefusalsWriter;
pub use retention::Retention;
pub use seal::Sealer;
pub use sender::{Sender, Sends};
pub use timers::Timers;

use crate::app::App;
use crate::error::AppError;

/// The shortest pause after a tick that failed, so that a dead database is not hammered.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many items it carried out.
    pub done: u64,
    /// How many items failed; each is logged and stays due.
    pub failed: u64,
    /// Whether more is due already.
    pub more: bool,
    /// When something is due next, if known.
    pub next_at: Option<Timestamp>,
}

/// A worker.
#[async_trait::async_trait]
pub trait Worker: Send + Sync {
    /// Its name in status, metrics and log.
    fn name(&self) -> &'static str;

    /// How often it looks without being poked.
    fn every(&self) -> Duration;

    /// What wakes it early.
    fn poke<'a>(&self, _app: &'a App) -> Option<&'a Notify> {
        None
    }

    /// Does what is due at `now`.
    ///
    /// # Errors
    /// When it could not look at all.
    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError>;
}

/// All workers of a node.
#[must_use]
pub fn all() -> Vec<Arc<dyn Worker>> {
    vec![
        Arc::new(Timers),
        Arc::new(Sender),
        Arc::new(Notices),
        Arc::new(Rechecks),
        Arc::new(Monitors),
        Arc::new(Nodes::default()),
        Arc::new(RefusalsWriter),
        Arc::new(Retention::default()),
        Arc::new(Sealer),
        Arc::new(Gauges),
        Arc::new(AboutUs::default()),
        Arc::new(DiskWatch),
    ]
}

/// Starts all workers; they stop when `stop` is cancelled, each after the tick it is in. Wait for
/// the returned tracker, then for [`wind_down`].
#[must_use]
pub fn spawn_all(app: &Arc<App>, stop: &CancellationToken) -> TaskTracker {
    let tracker = TaskTracker::new();
    for worker in all() {
        tracker.spawn(drive(Arc::clone(app), worker, stop.clone()));
    }
    tracker.close();
    tracker
}

/// Ends this node's sending: waits for the attempts under way, beating meanwhile so that no peer
/// takes them over, writes the outcomes that are still kept, and takes the node off the list. For
/// when the workers have stopped.
///
/// # Errors
/// When the store fails; then the peers find out by themselves.
pub async fn wind_down(app: &Arc<App>) -> Result<(), AppError> {
    loop {
        tokio::select! {
            () = app.sends.wait_idle() => break,
            () = tokio::time::sleep(Nodes::BEAT) => {
                if let Err(error) = app.beat().await {
                    tracing::warn!(%error, "a heartbeat failed: {error}");
                }
            }
        }
    }
    app.report_kept().await;
    app.forget(vec![app.node.id]).await
}

async fn drive(app: Arc<App>, worker: Arc<dyn Worker>, stop: CancellationToken) {
    let idle = Notify::new();
    while !stop.is_cancelled() {
        let report = run_once(&app, &worker).await;
        let pause = match report {
            Some(report) if report.more => continue,
            Some(report) => pause_until(report.next_at, app.now(), worker.every()),
            None => PAUSE_AFTER_FAILURE,
        };
        let poke = worker.poke(&app).unwrap_or(&idle);
        tokio::select! {
            () = stop.cancelled() => {}
            () = poke.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Ticks once in a task of its own, so that a panic ends the tick and not the worker. `None` when
/// the tick failed.
async fn run_once(app: &Arc<App>, worker: &Arc<dyn Worker>) -> Option<Report> {
    let name = worker.name();
    let now = app.now();
    let tick = {
        let (app, worker) = (Arc::clone(app), Arc::clone(worker));
        tokio::spawn(async move { worker.tick(&app, now).await })
    };
    let result = match tick.await {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(format!("the tick panicked: {panic}")),
    };
    app.board.note(name, app.now(), &result);
    match result {
        Ok(report) => Some(report),
        Err(error) => {
            tracing::error!(worker = name, %error, "worker {name} could not work: {error}");
            None
        }
    }
}

fn pause_until(next_at: Option<Timestamp>, now: Timestamp, longest: Duration) -> Duration {
    let Some(next_at) = next_at else {
        return longest;
    };
    let micros = u64::try_from(next_at.micros_since(now)).unwrap_or(0);
    Duration::from_micros(micros).min(longest)
}
