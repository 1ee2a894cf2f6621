//! Liveness of nodes, and the claims that a dead node left behind.
//!
//! With PostgreSQL each node raises its counter each second; a peer is dead when its counter has not
//! changed for [`DEAD_AFTER`] of the observer's own monotonic time, so that no clock is compared with
//! another. With SQLite there is one node, and every other that is known is a process that is gone.
//!
//! A claim that was left behind ends like any other, by the decision about its attempt: interrupted.
//! The decision makes the attempt again, marked as a possible duplicate, or, where somebody has the
//! incident by now, does not.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use wb_core::ids::NodeId;
use wb_core::incident::{AttemptReport, AttemptResult, FailureReason};
use wb_core::time::Timestamp;
use wb_ports::catalogue;
use wb_store::db::{Engine, Lane};
use wb_store::outbox::LostClaim;

use super::outcomes::Outcome;
use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// How long a peer's counter may stand still.
const DEAD_AFTER: Duration = Duration::from_secs(4);

/// The longest pause between two looks that still counts as having watched the peers all the time.
const WATCHED_WITHIN: Duration = Duration::from_secs(2);

/// Claims ended in one tick at most.
const BATCH_MAX: u32 = 256;

/// Beats, watches the peers, and ends the claims of dead ones.
#[derive(Debug, Default)]
pub struct Nodes {
    watch: Mutex<Watch>,
}

/// What was seen of the peers.
#[derive(Debug, Default)]
struct Watch {
    looked_at: Option<Duration>,
    seen: BTreeMap<NodeId, Seen>,
}

/// A peer's counter, and since when it was seen at that value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    beat: u64,
    since: Duration,
}

impl Watch {
    /// Which peers are dead, by what was seen of their counters. A time in which this node did not
    /// look, because it was paused or could not reach the database, tells nothing about them: after
    /// an outage of the database each peer gets the time to beat again.
    fn dead(&mut self, beats: &BTreeMap<NodeId, u64>, monotonic: Duration) -> BTreeSet<NodeId> {
        let before = self.looked_at.replace(monotonic);
        if before.is_some_and(|before| monotonic.saturating_sub(before) > WATCHED_WITHIN) {
            self.seen.clear();
        }
        self.seen.retain(|id, _| beats.contains_key(id));
        let mut dead = BTreeSet::new();
        for (id, beat) in beats {
            let fresh = Seen {
                beat: *beat,
                since: monotonic,
            };
            let known = self.seen.entry(*id).or_insert(fresh);
            if known.beat != *beat {
                *known = fresh;
            }
            if monotonic.saturating_sub(known.since) >= DEAD_AFTER {
                dead.insert(*id);
            }
        }
        dead
    }
}

impl Nodes {
    /// How often a node beats.
    pub(super) const BEAT: Duration = Duration::from_secs(1);
}

#[async_trait::async_trait]
impl Worker for Nodes {
    fn name(&self) -> &'static str {
        "nodes"
    }

    fn every(&self) -> Duration {
        Self::BEAT
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let peers = app.beat().await?;
        let dead: Vec<NodeId> = match app.store.engine() {
            Engine::Sqlite => peers.keys().copied().collect(),
            Engine::Postgres => {
                let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
                watch
                    .dead(&peers, app.clock.monotonic())
                    .into_iter()
                    .collect()
            }
        };
        let mut report = Report::default();
        for lost in app.lost_claims(now, &dead).await? {
            match app.interrupt(&lost).await {
                Ok(()) => report.done += 1,
                Err(error) => {
                    // It is found again by the next tick.
                    report.failed += 1;
                    let delivery = lost.delivery;
                    tracing::error!(%delivery, %error, "a claim could not be ended: {error}");
                }
            }
        }
        if report.done > 0 {
            let lost = report.done;
            tracing::warn!(
                lost,
                "ended {lost} claims of nodes that are gone or too slow"
            );
        }
        report.more = report.done == u64::from(BATCH_MAX);
        if !dead.is_empty() && !report.more && report.failed == 0 {
            app.forget(dead).await?;
        }
        Ok(report)
    }
}

impl App {
    /// One heartbeat; gives the counters of all other nodes. A node that is known by its claims only
    /// counts as one that stands still: it may be about to beat again after a long pause.
    pub(super) async fn beat(&self) -> Result<BTreeMap<NodeId, u64>, AppError> {
        let row = self.node.clone();
        self.store
            .write(Lane::People, move |tx| {
                wb_store::nodes::beat(tx, &row)?;
                let unknown = wb_store::outbox::claimants(tx)?
                    .into_iter()
                    .map(|id| (id, 0));
                let known = wb_store::nodes::live(tx)?;
                let known = known.into_iter().map(|node| (node.id, node.beat));
                let mut beats: BTreeMap<_, _> = unknown.chain(known).collect();
                beats.remove(&row.id);
                Ok::<_, AppError>(beats)
            })
            .await
    }

    async fn lost_claims(
        &self,
        now: Timestamp,
        dead: &[NodeId],
    ) -> Result<Vec<LostClaim>, AppError> {
        let dead = dead.to_vec();
        self.store
            .read(move |tx| {
                let lost = wb_store::outbox::lost(tx, now, &dead, BATCH_MAX)?;
                Ok::<_, AppError>(lost)
            })
            .await
    }

    /// Ends a claim that was left behind. When its own node was first, this changes nothing.
    async fn interrupt(self: &Arc<Self>, lost: &LostClaim) -> Result<(), AppError> {
        let channel = self.channels.get(&lost.channel);
        let providers = channel.map_or(1, |channel| channel.providers());
        let report = AttemptReport {
            delivery: lost.delivery,
            number: lost.attempt,
            providers,
            claimed_at: lost.claimed_at,
            result: AttemptResult::Failed {
                reason: FailureReason::Interrupted,
                retry_after_s: None,
            },
            detail: catalogue::text("attempts.interrupted", &[]),
            together: None,
            jitter_permille: 0,
        };
        let incident = lost.incident;
        self.write_outcome(&Outcome { incident, report }).await
    }

    pub(super) async fn forget(&self, nodes: Vec<NodeId>) -> Result<(), AppError> {
        self.store
            .write(Lane::People, move |tx| {
                for node in &nodes {
                    wb_store::nodes::forget(tx, *node)?;
                }
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const PEER: NodeId = NodeId(Uuid::from_u128(2));

    fn is_dead(watch: &mut Watch, seconds: u64, beat: u64) -> bool {
        let beats = BTreeMap::from([(PEER, beat)]);
        watch
            .dead(&beats, Duration::from_secs(seconds))
            .contains(&PEER)
    }

    #[test]
    fn a_peer_is_dead_when_its_counter_stands_still() {
        let mut watch = Watch::default();
        let seen: Vec<_> = (10..16).map(|s| is_dead(&mut watch, s, 5)).collect();
        assert_eq!(seen, [false, false, false, false, true, true]);
        assert!(!is_dead(&mut watch, 16, 6), "it beats again");
        assert!(!is_dead(&mut watch, 18, 6));
        assert!(is_dead(&mut watch, 20, 6));
    }

    #[test]
    fn a_time_without_looking_tells_nothing() {
        let mut watch = Watch::default();
        assert!(!is_dead(&mut watch, 10, 5));
        assert!(!is_dead(&mut watch, 12, 5));
        // The database was away for a minute: the peer could not beat, and this node not look.
        assert!(!is_dead(&mut watch, 72, 5));
        assert!(!is_dead(&mut watch, 74, 5));
        assert!(is_dead(&mut watch, 76, 5));
    }
}
