//! One attempt, from the last look to the written outcome: with one delivery, or with several that go
//! out together.
//!
//! The look right before the first byte, and the outcome, belong to each delivery of its own: one
//! that was acknowledged meanwhile is taken out, and the others go.

use core::time::Duration;
use std::sync::Arc;

use tokio::task::JoinSet;
use wb_core::bundle::Together;
use wb_core::ids::{BundleId, DeliveryId};
use wb_core::incident::{AttemptReport, AttemptResult, FailureReason, Incident};
use wb_ports::catalogue;
use wb_store::db::Tx;
use wb_store::outbox::{Claimed, Look};

use super::gather::Batch;
use super::message::{self, Addressed, Subject};
use super::outcomes::Outcome;
use crate::app::App;
use crate::error::AppError;

/// What became of a message, with the provider's words.
type Made = (AttemptResult, String);

/// What the last look before the first byte found.
#[derive(Default)]
struct Looked {
    /// These are to be sent.
    wanted: Vec<(Claimed, Subject)>,
    /// Somebody has the incident by now, or there is no time left under this claim.
    unwanted: Vec<Claimed>,
}

impl App {
    /// Makes the attempt, and writes what became of it.
    pub(super) async fn attempt(self: &Arc<Self>, batch: Batch) {
        let Batch { message, claims } = batch;
        let method = claims.first().and_then(|claim| claim.method);
        let (wanted, unwanted, made) = match self.look(&claims).await {
            Ok(looked) if looked.wanted.is_empty() => (Vec::new(), looked.unwanted, None),
            Ok(Looked { wanted, unwanted }) => {
                let made = self.make(message, &wanted).await;
                let wanted = wanted.into_iter().map(|(claim, _)| claim).collect();
                (wanted, unwanted, Some(made))
            }
            // The store could not be read, so nothing was sent: the deliveries are simply due again.
            Err(error) => {
                let made = failed(FailureReason::ProviderFault, error.to_string());
                (claims, Vec::new(), Some(made))
            }
        };
        let went_out = made
            .as_ref()
            .is_some_and(|(result, _)| may_have_gone_out(*result));
        if let (Some(method), false) = (method, went_out) {
            self.take_back(method, message).await;
        }
        let withheld = (AttemptResult::Withheld, String::new());
        self.report_all(message, unwanted, &withheld).await;
        if let Some(made) = made {
            self.report_all(message, wanted, &made).await;
        }
    }

    /// Sends what is wanted, as one message.
    async fn make(self: &Arc<Self>, message: BundleId, wanted: &[(Claimed, Subject)]) -> Made {
        let addressed = match wanted {
            [(claim, subject)] => message::address(self, claim, subject),
            several => message::together(self, message, several),
        };
        let addressed = match addressed {
            Ok(addressed) => addressed,
            Err(why) => return failed(FailureReason::Misconfigured, why),
        };
        let left = wanted.iter().map(|(claim, _)| self.time_left(claim)).min();
        let limit = left.unwrap_or_default().min(addressed.channel.deadline());
        // In a task of its own, so that a panic ends the attempt and not its outcome.
        let made = tokio::spawn(async move { send(&addressed, limit).await }).await;
        made.unwrap_or_else(|panic| failed(FailureReason::ProviderFault, panic.to_string()))
    }

    /// Writes the outcome of every delivery of a message, each into its own incident's record.
    async fn report_all(self: &Arc<Self>, message: BundleId, claims: Vec<Claimed>, made: &Made) {
        let others = u32::try_from(claims.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let went = made.0 != AttemptResult::Withheld && others > 0;
        let together = went.then_some(Together { message, others });
        // One for all, so that what failed together comes again together.
        let mut jitter = [0_u8; 2];
        self.random.fill(&mut jitter);
        let jitter_permille = u32::from(u16::from_be_bytes(jitter)) % 1_000;
        let mut reports = JoinSet::new();
        for claim in claims {
            let channel = self.channels.get(&claim.channel);
            metrics::counter!(
                "watchbell_sends_total",
                "channel" => claim.channel.clone(),
                "result" => result_word(made.0),
            )
            .increment(1);
            let report = AttemptReport {
                delivery: claim.delivery,
                number: claim.attempt,
                // Also when nothing got as far as to the channel: the next provider may be reached.
                providers: channel.map_or(1, |channel| channel.providers()),
                claimed_at: claim.claimed_at,
                result: made.0,
                detail: made.1.clone(),
                together,
                jitter_permille,
            };
            let incident = claim.incident;
            let app = Arc::clone(self);
            reports.spawn(async move { app.report(Outcome { incident, report }).await });
        }
        while reports.join_next().await.is_some() {}
    }

    /// The last look before the first byte, with what the message is about. A claim that is no
    /// longer this node's is left alone.
    async fn look(self: &Arc<Self>, claims: &[Claimed]) -> Result<Looked, AppError> {
        let (node, asked) = (self.node.id, claims.to_vec());
        let (mut looked, epoch) = self
            .store
            .read(move |tx| {
                let mut kept = Vec::with_capacity(asked.len());
                for claim in &asked {
                    let (id, at) = (claim.delivery, claim.claimed_at);
                    match wb_store::outbox::look(tx, node, id, at)? {
                        Look::Lost => {}
                        look => kept.push((look, claim.clone())),
                    }
                }
                Ok::<_, AppError>((sorted(tx, kept)?, wb_store::config::epoch(tx)?))
            })
            .await?;
        // The page may have been decided by a newer configuration than this node knows: a method
        // that was just added is not missing, and an address that was just changed is not used.
        if epoch != self.config().epoch {
            self.refresh_config().await?;
        }
        if claims.iter().any(|claim| self.time_left(claim).is_zero()) {
            // It is about to be taken for lost; nothing was sent, so it is simply due again.
            let late = looked.wanted.drain(..).map(|(claim, _)| claim);
            looked.unwanted.extend(late);
        }
        Ok(looked)
    }
}

fn sorted(tx: &mut Tx<'_>, kept: Vec<(Look, Claimed)>) -> Result<Looked, AppError> {
    let wanted = kept.iter().filter(|(look, _)| *look == Look::Wanted);
    let is_alone = wanted.count() == 1;
    let mut looked = Looked::default();
    for (look, claim) in kept {
        let subject = match look {
            Look::Wanted => message::load_subject(tx, claim.incident, is_alone)?,
            Look::Unwanted | Look::Lost => None,
        };
        match subject {
            // Whoever acknowledged for themselves is left in peace, though nobody has it yet.
            Some(subject) if is_wanted(&subject.incident, claim.delivery) => {
                looked.wanted.push((claim, subject));
            }
            Some(_) | None => looked.unwanted.push(claim),
        }
    }
    Ok(looked)
}

fn is_wanted(incident: &Incident, delivery: DeliveryId) -> bool {
    let found = incident.delivery(delivery);
    found.is_none_or(|(page, _)| incident.wants(page.recipient, page.why))
}

/// Sends within the limit.
async fn send(addressed: &Addressed, limit: Duration) -> Made {
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
        Err(_) => failed(
            FailureReason::NoAnswer,
            catalogue::text("attempts.no_answer", &[]),
        ),
    }
}

const fn failed(reason: FailureReason, words: String) -> Made {
    let result = AttemptResult::Failed {
        reason,
        retry_after_s: None,
    };
    (result, words)
}

const fn may_have_gone_out(result: AttemptResult) -> bool {
    match result {
        AttemptResult::Accepted => true,
        AttemptResult::Failed { reason, .. } => reason.may_have_gone_out(),
        AttemptResult::Withheld => false,
    }
}

const fn result_word(result: AttemptResult) -> &'static str {
    match result {
        AttemptResult::Accepted => "accepted",
        AttemptResult::Withheld => "withheld",
        AttemptResult::Failed { reason, .. } => reason.word(),
    }
}
