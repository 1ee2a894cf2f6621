//! Liveness of nodes, and the release of claims that a dead node left behind.
//!
//! With PostgreSQL each node raises its counter each second; a peer is dead when its counter has not
//! changed for [`DEAD_AFTER`] of the observer's own monotonic time, so that no clock is compared with
//! another. With SQLite there is one node, and every claim that is not its own is from a process
//! that is gone.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use wb_core::ids::NodeId;
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::nodes::Node;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// How long a peer's counter may stand still.
const DEAD_AFTER: Duration = Duration::from_secs(4);

/// Beats, watches the peers, and releases what dead ones had claimed.
#[derive(Debug, Default)]
pub struct Nodes {
    seen: Mutex<BTreeMap<NodeId, Seen>>,
}

/// A peer's counter, and when it was first seen at that value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    beat: u64,
    since: Duration,
}

impl Nodes {
    /// Which peers live, by what was seen of their counters.
    fn living(&self, own: NodeId, rows: &[Node], monotonic: Duration) -> BTreeSet<NodeId> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|id, _| rows.iter().any(|row| row.id == *id));
        let mut living = BTreeSet::from([own]);
        for row in rows {
            let known = seen.entry(row.id).or_insert(Seen {
                beat: row.beat,
                since: monotonic,
            });
            if known.beat != row.beat {
                *known = Seen {
                    beat: row.beat,
                    since: monotonic,
                };
            }
            if monotonic.saturating_sub(known.since) < DEAD_AFTER {
                living.insert(row.id);
            }
        }
        living
    }
}

#[async_trait::async_trait]
impl Worker for Nodes {
    fn name(&self) -> &'static str {
        "nodes"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let own = app.node.id;
        let row = app.node.clone();
        let rows = app
            .store
            .write(Lane::People, move |tx| {
                wb_store::nodes::beat(tx, &row)?;
                Ok::<_, AppError>(wb_store::nodes::live(tx)?)
            })
            .await?;
        let living: Vec<NodeId> = self
            .living(own, &rows, app.clock.monotonic())
            .into_iter()
            .collect();
        let dead: Vec<NodeId> = rows
            .iter()
            .map(|row| row.id)
            .filter(|id| !living.contains(id))
            .collect();
        let released = app
            .store
            .write(Lane::People, move |tx| {
                let released = wb_store::outbox::release_dead(tx, now, &living)?;
                for node in &dead {
                    wb_store::nodes::forget(tx, *node)?;
                }
                Ok::<_, AppError>(released)
            })
            .await?;
        let released = released.len() as u64;
        if released > 0 {
            tracing::warn!(released, "took over {released} deliveries of dead nodes");
            app.sender_poke.notify_one();
        }
        Ok(Report {
            done: released,
            ..Report::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_peer_is_dead_when_its_counter_stands_still() {
        let nodes = Nodes::default();
        let (own, peer) = (NodeId(Uuid::from_u128(1)), NodeId(Uuid::from_u128(2)));
        let row = |id, beat| Node {
            id,
            name: String::new(),
            key_id: String::new(),
            beat,
            started_at: Timestamp::EPOCH,
            version: String::new(),
            url: None,
        };
        let look = |seconds, beat| {
            let rows = [row(own, 0), row(peer, beat)];
            nodes
                .living(own, &rows, Duration::from_secs(seconds))
                .contains(&peer)
        };
        assert!(look(10, 5), "never seen before counts as living");
        assert!(look(13, 5));
        assert!(!look(14, 5));
        assert!(look(15, 6), "it beats again");
        assert!(look(18, 6));
    }
}
