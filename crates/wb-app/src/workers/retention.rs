//! Deletes what is older than it may be kept, in small slices, so that it never gets in the way.

use core::time::Duration;
use std::sync::Arc;

use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::retention::Kind;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// Rows deleted in one slice; about 10 ms of one writer.
const SLICE_ROWS: u32 = 500;

const DAY_S: i64 = 86_400;

/// Days for which idempotency keys are kept.
const IDEMPOTENCY_DAYS: u32 = 1;

/// Days for which ended sessions and inputs of decisions are kept.
const ENDED_DAYS: u32 = 30;

/// Deletes old signals, details of attempts, ended sessions and idempotency keys.
#[derive(Debug, Default)]
pub struct Retention;

#[async_trait::async_trait]
impl Worker for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let settings = &app.settings;
        let kinds = [
            (Kind::Signals, settings.signals_kept_days),
            (Kind::Attempts, settings.attempts_kept_days),
            (Kind::Sessions, ENDED_DAYS),
            (Kind::Inputs, ENDED_DAYS.max(settings.signals_kept_days)),
            (Kind::Idempotency, IDEMPOTENCY_DAYS),
        ];
        let mut report = Report::default();
        for (kind, days) in kinds {
            let before = now.plus_secs(-i64::from(days) * DAY_S);
            let deleted = app
                .store
                .write(Lane::Maintenance, move |tx| {
                    let slice = wb_store::retention::slice(tx, kind, before, SLICE_ROWS)?;
                    Ok::<_, AppError>(slice)
                })
                .await?;
            report.done += deleted;
            report.more |= deleted >= u64::from(SLICE_ROWS);
        }
        let cap = settings.signals_kept_bytes;
        let over = app
            .store
            .write(Lane::Maintenance, move |tx| {
                let slice = wb_store::retention::signals_over(tx, cap, SLICE_ROWS)?;
                Ok::<_, AppError>(slice)
            })
            .await?;
        report.done += over;
        report.more |= over >= u64::from(SLICE_ROWS);
        Ok(report)
    }
}
