//! Writes the refused calls that wait in memory.

use core::time::Duration;
use std::sync::Arc;

use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::refused::Refused;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// Writes refused calls, a second's worth at a time.
#[derive(Debug)]
pub struct RefusalsWriter;

#[async_trait::async_trait]
impl Worker for RefusalsWriter {
    fn name(&self) -> &'static str {
        "refusals"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn tick(&self, app: &Arc<App>, _now: Timestamp) -> Result<Report, AppError> {
        let mut report = Report::default();
        for (integration, waiting) in app.refusals.take() {
            let rows: Vec<Refused> = waiting
                .newest
                .into_iter()
                .map(|refusal| Refused {
                    id: app.fresh_id(),
                    at: refusal.at,
                    status: refusal.status,
                    reason: refusal.reason,
                    remote: refusal.remote,
                })
                .collect();
            let count = waiting.count;
            // What cannot be written is only counted in the log: these calls were refused, and a
            // database in trouble has better things to do.
            let written = app
                .store
                .write(Lane::Maintenance, move |tx| {
                    Ok::<_, AppError>(wb_store::refused::add(tx, integration, count, &rows)?)
                })
                .await;
            match written {
                Ok(()) => report.done += count,
                Err(error) => {
                    report.failed += count;
                    tracing::warn!(count, %error, "{count} refused calls were not noted: {error}");
                }
            }
        }
        Ok(report)
    }
}
