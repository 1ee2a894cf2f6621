//! The sender: claims deliveries that are due, makes one attempt with each, and reports. Several
//! deliveries to one person may go out in one message ([`super::gather`]).
//!
//! At least once, fenced (`docs/decisions/0005-at-least-once-and-fenced.md`). The
//! claim is a conditional update of the outbox row that an acknowledgement would cancel; right
//! before the first byte the sender looks once more. An outcome that cannot be written is kept and
//! written later; until then the claim stands.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use wb_core::time::Timestamp;
use wb_store::outbox::Claimed;

use super::gather::{Claiming, Taken};
use super::outcomes::Outcomes;
use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// How much longer than the slowest channel's deadline a claim stands, in milliseconds.
const CLAIM_GRACE_MS: i64 = 5_000;

/// Sends what is due.
#[derive(Debug)]
pub struct Sender;

/// The attempts under way on this node.
#[derive(Debug)]
pub struct Sends {
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
    pub(super) outcomes: Outcomes,
}

impl Sends {
    /// At most `at_once` attempts at the same time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        let tasks = TaskTracker::new();
        tasks.close();
        Self {
            permits: Arc::new(Semaphore::new(at_once.max(1))),
            tasks,
            outcomes: Outcomes::default(),
        }
    }

    /// Waits until no attempt is under way.
    pub async fn wait_idle(&self) {
        self.tasks.wait().await;
    }

    /// How many attempts are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.tasks.len()
    }

    /// Runs something that belongs to sending; [`Sends::wait_idle`] waits for it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// All permits that are free now.
    fn take_permits(&self) -> Vec<OwnedSemaphorePermit> {
        let take = || Arc::clone(&self.permits).try_acquire_owned().ok();
        std::iter::from_fn(take).collect()
    }
}

#[async_trait::async_trait]
impl Worker for Sender {
    fn name(&self) -> &'static str {
        "sender"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn poke<'a>(&self, app: &'a App) -> Option<&'a Notify> {
        Some(&app.sender_poke)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let mut report = Report::default();
        app.report_kept().await;
        // The permits come first: what is claimed is attempted, and nothing else is claimed.
        let mut permits = app.sends.take_permits();
        if permits.is_empty() {
            // The end of any attempt pokes.
            return Ok(report);
        }
        let (taken, next_at) = app.claim(now, permits.len()).await?;
        report.done = taken.due as u64;
        report.more = taken.due == permits.len();
        report.next_at = next_at;
        for batch in taken.batches {
            let permit = permits.pop();
            let app_of_task = Arc::clone(app);
            app.sends.spawn(async move {
                app_of_task.attempt(batch).await;
                drop(permit);
                app_of_task.sender_poke.notify_one();
            });
        }
        Ok(report)
    }
}

impl App {
    async fn claim(
        self: &Arc<Self>,
        now: Timestamp,
        free: usize,
    ) -> Result<(Taken, Option<Timestamp>), AppError> {
        let node = self.node.id;
        // Outcomes that had to wait may have taken up much of this tick.
        let now = now.max(self.now());
        let deadline = now.plus_millis(self.slowest_channel_ms() + CLAIM_GRACE_MS);
        let limit = u32::try_from(free).unwrap_or(u32::MAX);
        let (is_due, next_at) = self
            .store
            .read(move |tx| {
                let next = wb_store::outbox::next_due(tx)?;
                Ok::<_, AppError>((next.is_some_and(|at| at <= now), next))
            })
            .await?;
        if !is_due {
            return Ok((Taken::default(), next_at));
        }
        let claiming = Claiming {
            node,
            now,
            deadline,
            limit,
            seed: self.fresh_id(),
        };
        // What was due is claimed; held sending would otherwise look due without end.
        Ok((self.take(claiming).await?, None))
    }

    fn slowest_channel_ms(&self) -> i64 {
        let slowest = self
            .channels
            .all()
            .map(|c| c.deadline())
            .max()
            .unwrap_or_default();
        i64::try_from(slowest.as_millis()).unwrap_or(i64::MAX / 4)
    }

    /// How long an attempt under this claim may take, so that its outcome is written before the
    /// claim is taken for lost, by a clock that may differ a little from ours.
    pub(super) fn time_left(&self, claim: &Claimed) -> Duration {
        let allowed_ms = self.slowest_channel_ms() + CLAIM_GRACE_MS / 2;
        let end = claim.claimed_at.plus_millis(allowed_ms);
        Duration::from_micros(u64::try_from(end.micros_since(self.now())).unwrap_or(0))
    }
}
