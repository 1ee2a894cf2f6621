//! Puts into the metrics what tells whether the pager keeps up.

use core::time::Duration;
use std::sync::Arc;

use metrics::gauge;
use wb_core::time::Timestamp;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// Looks at the queues every few seconds. The names are fixed: dashboards and alarms outside rely on
/// them.
#[derive(Debug)]
pub struct Gauges;

#[async_trait::async_trait]
impl Worker for Gauges {
    fn name(&self) -> &'static str {
        "gauges"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let (wake_up, unsent, counts, database_clock, held) = app
            .store
            .read(|tx| {
                Ok::<_, AppError>((
                    wb_store::incidents::next_wake(tx, Timestamp::EPOCH)?,
                    wb_store::outbox::next_due(tx)?,
                    wb_store::outbox::counts(tx)?,
                    wb_store::nodes::database_clock(tx)?,
                    wb_store::meta::sending_held(tx)?,
                ))
            })
            .await?;
        gauge!("watchbell_oldest_due_wakeup_seconds").set(age_s(wake_up, now));
        gauge!("watchbell_oldest_unsent_delivery_seconds").set(age_s(unsent, now));
        gauge!("watchbell_outbox_deliveries", "state" => "pending").set(counts.pending as f64);
        gauge!("watchbell_outbox_deliveries", "state" => "claimed").set(counts.claimed as f64);
        gauge!("watchbell_sending_held").set(f64::from(u8::from(held)));
        gauge!("watchbell_sends_under_way").set(app.sends.under_way() as f64);
        if let Some(database) = database_clock {
            let offset_us = app.now().micros_since(database);
            gauge!("watchbell_clock_offset_seconds").set(offset_us as f64 / 1e6);
        }
        Ok(Report {
            done: 1,
            ..Report::default()
        })
    }
}

/// How long something has been due, in seconds; 0 when nothing is.
fn age_s(due: Option<Timestamp>, now: Timestamp) -> f64 {
    due.map_or(0.0, |due| now.micros_since(due).max(0) as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_later_is_no_backlog() {
        let now = Timestamp::EPOCH.plus_secs(100);
        assert!((age_s(Some(now.plus_secs(-3)), now) - 3.0).abs() < 1e-9);
        assert!(age_s(Some(now.plus_secs(3)), now).abs() < 1e-9);
        assert!(age_s(None, now).abs() < 1e-9);
    }
}
