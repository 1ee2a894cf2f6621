//! Tells what is wrong with this node itself: an alert for each trouble, and a gauge.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::gauge;
use wb_core::time::Timestamp;
use wb_ports::catalogue::text;
use wb_store::nodes;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;
use crate::us::Trouble;

/// For how long no node that keeps metrics may run before it is told: a restart is none.
const METRICS_GONE: Duration = Duration::from_secs(60);

/// Looks every few seconds at what was noted.
#[derive(Debug, Default)]
pub struct AboutUs {
    /// Since when no node that keeps metrics runs.
    metrics_gone: Mutex<Option<Duration>>,
}

#[async_trait::async_trait]
impl Worker for AboutUs {
    fn name(&self) -> &'static str {
        "about_us"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn tick(&self, app: &Arc<App>, _now: Timestamp) -> Result<Report, AppError> {
        if let Some(source) = &app.metrics {
            app.troubles.set(Trouble::MetricsWrite, source.trouble());
        }
        self.look_for_metrics(app).await?;
        let troubles = app.troubles.view();
        for trouble in Trouble::ALL {
            let is_there = troubles.contains_key(&trouble);
            gauge!("watchbell_trouble", "kind" => trouble.word())
                .set(f64::from(u8::from(is_there)));
        }
        Ok(Report {
            done: app.tell_troubles().await?,
            ..Report::default()
        })
    }
}

impl AboutUs {
    /// Each node that keeps metrics has points of its own, and its monitors are judged by nobody
    /// else. So the others say it when the last one is gone: its beats have stopped, and it is off
    /// the list.
    async fn look_for_metrics(&self, app: &Arc<App>) -> Result<(), AppError> {
        let (keepers, nodes) = app
            .store
            .read(|tx| Ok::<_, AppError>((nodes::metrics_nodes(tx)?, nodes::live(tx)?)))
            .await?;
        let is_live = |keeper: &nodes::MetricsNode| {
            let mut ids = nodes.iter().map(|node| node.id);
            ids.any(|id| Some(id) == keeper.last)
        };
        let is_wanted = !keepers.is_empty() && !app.config().monitors.is_empty();
        let mut since = self
            .metrics_gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !is_wanted || keepers.iter().any(is_live) {
            *since = None;
            app.troubles.set(Trouble::MetricsNode, None);
            return Ok(());
        }
        let now = app.clock.monotonic();
        let began = *since.get_or_insert(now);
        if now.saturating_sub(began) >= METRICS_GONE {
            let names: Vec<_> = keepers.into_iter().map(|keeper| keeper.name).collect();
            let names = names.join(", ");
            let detail = text("us.metrics_node_detail", &[("nodes", &names)]);
            app.troubles.set(Trouble::MetricsNode, Some(detail));
        }
        Ok(())
    }
}
