//! The sender: claims deliveries that are due, makes one attempt with each, and reports.
//!
//! At least once, fenced (`docs/decisions/0005-at-least-once-and-fenced.md`). The
//! claim is a conditional update of the outbox row that an acknowledgement would cancel; right
//! before the first byte the sender looks once more. An outcome that cannot be written is kept and
//! written later; until then the claim stands.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use wb_core::ids::DeliveryId;
use wb_core::incident::{AttemptReport, AttemptResult, FailureReason, Incident};
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::outbox::{Claimed, Look};

use super::message::{self, Addressed};
use super::outcomes::{Outcome, Outcomes};
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

/// What the last look before the first byte gave.
enum Address {
    /// The claim is no longer this node's.
    Lost,
    /// Somebody has the incident by now, or there is no time left under this claim.
    Unwanted,
    /// There is nowhere to send to, and why.
    Impossible(String),
    /// Send this.
    Found(Box<Addressed>),
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
        let (claimed, next_at) = app.claim(now, permits.len()).await?;
        report.done = claimed.len() as u64;
        report.more = claimed.len() == permits.len();
        report.next_at = next_at;
        for claim in claimed {
            let permit = permits.pop();
            let app_of_task = Arc::clone(app);
            app.sends.tasks.spawn(async move {
                app_of_task.attempt(claim).await;
                drop(permit);
                app_of_task.sender_poke.notify_one();
            });
        }
        Ok(report)
    }
}

impl App {
    async fn claim(
        &self,
        now: Timestamp,
        free: usize,
    ) -> Result<(Vec<Claimed>, Option<Timestamp>), AppError> {
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
            return Ok((Vec::new(), next_at));
        }
        let claimed = self
            .store
            .write(Lane::People, move |tx| {
                if wb_store::meta::sending_held(tx)? {
                    return Ok::<_, AppError>(Vec::new());
                }
                Ok(wb_store::outbox::claim(tx, node, now, limit, deadline)?)
            })
            .await?;
        // What was due is claimed; held sending would otherwise look due without end.
        Ok((claimed, None))
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
    fn time_left(&self, claim: &Claimed) -> Duration {
        let allowed_ms = self.slowest_channel_ms() + CLAIM_GRACE_MS / 2;
        let end = claim.claimed_at.plus_millis(allowed_ms);
        Duration::from_micros(u64::try_from(end.micros_since(self.now())).unwrap_or(0))
    }

    /// One attempt, from the last look to the written outcome.
    async fn attempt(self: &Arc<Self>, claim: Claimed) {
        // Of the channel, also when nothing got as far as to it: the next provider may be reached.
        let channel = self.channels.get(&claim.channel);
        let providers = channel.map_or(1, |channel| channel.providers());
        let (result, detail) = match self.try_send(&claim).await {
            Ok(Some(made)) => made,
            Ok(None) => return,
            // The store could not be read, so nothing was sent: the delivery is simply due again.
            Err(error) => {
                let reason = FailureReason::ProviderFault;
                (
                    AttemptResult::Failed {
                        reason,
                        retry_after_s: None,
                    },
                    error.to_string(),
                )
            }
        };
        let mut jitter = [0_u8; 2];
        self.random.fill(&mut jitter);
        metrics::counter!(
            "watchbell_sends_total",
            "channel" => claim.channel.clone(),
            "result" => result_word(result),
        )
        .increment(1);
        let report = AttemptReport {
            delivery: claim.delivery,
            number: claim.attempt,
            providers,
            claimed_at: claim.claimed_at,
            result,
            detail,
            jitter_permille: u32::from(u16::from_be_bytes(jitter)) % 1_000,
        };
        self.report(Outcome {
            incident: claim.incident,
            report,
        })
        .await;
    }

    /// What happened, with the provider's words; `None` when the claim is no longer ours.
    async fn try_send(
        self: &Arc<Self>,
        claim: &Claimed,
    ) -> Result<Option<(AttemptResult, String)>, AppError> {
        match self.address(claim).await? {
            Address::Lost => Ok(None),
            Address::Unwanted => Ok(Some((AttemptResult::Withheld, String::new()))),
            Address::Impossible(why) => {
                let reason = FailureReason::Misconfigured;
                Ok(Some((
                    AttemptResult::Failed {
                        reason,
                        retry_after_s: None,
                    },
                    why,
                )))
            }
            Address::Found(addressed) => {
                let limit = self.time_left(claim).min(addressed.channel.deadline());
                // In a task of its own, so that a panic ends the attempt and not its outcome.
                let made = tokio::spawn(async move { send(&addressed, limit).await }).await;
                Ok(Some(made.unwrap_or_else(|panic| {
                    let reason = FailureReason::ProviderFault;
                    (
                        AttemptResult::Failed {
                            reason,
                            retry_after_s: None,
                        },
                        panic.to_string(),
                    )
                })))
            }
        }
    }

    /// The last look before the first byte, and the message with its address.
    async fn address(self: &Arc<Self>, claim: &Claimed) -> Result<Address, AppError> {
        let (delivery, incident, node) = (claim.delivery, claim.incident, self.node.id);
        let claimed_at = claim.claimed_at;
        let (look, subject, epoch) = self
            .store
            .read(move |tx| {
                let look = wb_store::outbox::look(tx, node, delivery, claimed_at)?;
                let subject = message::load_subject(tx, incident)?;
                Ok::<_, AppError>((look, subject, wb_store::config::epoch(tx)?))
            })
            .await?;
        // The page may have been decided by a newer configuration than this node knows: a method
        // that was just added is not missing, and an address that was just changed is not used.
        if epoch != self.config().epoch {
            self.refresh_config().await?;
        }
        if self.time_left(claim).is_zero() {
            // It is about to be taken for lost; nothing was sent, so it is simply due again.
            return Ok(Address::Unwanted);
        }
        Ok(match (look, subject) {
            (Look::Lost, _) => Address::Lost,
            (Look::Unwanted, _) | (_, None) => Address::Unwanted,
            // Whoever acknowledged for themselves is left in peace, though nobody has it yet.
            (Look::Wanted, Some(subject)) if !is_wanted(&subject.incident, delivery) => {
                Address::Unwanted
            }
            (Look::Wanted, Some(subject)) => match message::address(self, claim, &subject) {
                Ok(addressed) => Address::Found(Box::new(addressed)),
                Err(reason) => Address::Impossible(reason),
            },
        })
    }
}

fn is_wanted(incident: &Incident, delivery: DeliveryId) -> bool {
    let found = incident.delivery(delivery);
    found.is_none_or(|(page, _)| incident.wants(page.recipient))
}

/// Sends within the limit.
async fn send(addressed: &Addressed, limit: Duration) -> (AttemptResult, String) {
    let Addressed {
        channel,
        settings,
        message,
    } = addressed;
    match tokio::time::timeout(limit, channel.send(settings, message)).await {
        Ok(Ok(receipt)) => (AttemptResult::Accepted, receipt.detail),
        Ok(Err(failure)) => {
            let result = AttemptResult::Failed {
                reason: failure.reason,
                retry_after_s: failure.retry_after_s,
            };
            (result, failure.detail)
        }
        Err(_) => {
            let reason = FailureReason::NoAnswer;
            let words = wb_ports::catalogue::text("attempts.no_answer", &[]);
            (
                AttemptResult::Failed {
                    reason,
                    retry_after_s: None,
                },
                words,
            )
        }
    }
}

const fn result_word(result: AttemptResult) -> &'static str {
    match result {
        AttemptResult::Accepted => "accepted",
        AttemptResult::Withheld => "withheld",
        AttemptResult::Failed { reason, .. } => reason.word(),
    }
}
