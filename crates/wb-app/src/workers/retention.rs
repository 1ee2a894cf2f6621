//! Deletes what is older than it may be kept, in small slices, so that it never gets in the way.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use wb_core::time::Timestamp;
use wb_core::trusted::Trusted;
use wb_store::db::Lane;
use wb_store::retention::Expired;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// Rows deleted in one slice; about 10 ms of one writer.
const SLICE_ROWS: u32 = 500;

const DAY_S: i64 = 86_400;

/// Days for which idempotency keys are kept.
const IDEMPOTENCY_DAYS: u32 = 1;

/// Days for which it is kept what a contact method was sent, when nothing is sent any more.
const BUNDLE_DAYS: u32 = 1;

/// Days for which ended sessions and inputs of decisions are kept.
const ENDED_DAYS: u32 = 30;

/// The row of `meta` with the last time by which something was deleted.
const SEEN: &str = "retention_seen_at";

/// Deletes old signals, details of attempts, ended sessions and idempotency keys.
#[derive(Debug, Default)]
pub struct Retention {
    /// How far the clock is trusted with that; none before the first look.
    clock: Mutex<Option<Trusted>>,
}

impl Retention {
    /// The time by which things are old. It is kept in the database, so that a process that begins
    /// with a clock far ahead deletes nothing either.
    async fn act_by(&self, app: &App, now: Timestamp) -> Result<Timestamp, AppError> {
        let noted = app
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::meta::get(tx, SEEN)?))
            .await?;
        let noted_s: Option<i64> = noted.and_then(|text| text.parse().ok());
        let (act_by_s, is_new) = {
            let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            let clock = clock.get_or_insert_with(|| Trusted::new(noted_s));
            let was_doubted = clock.is_doubted();
            let act_by_s = clock.act_by(now.as_secs(), app.clock.monotonic());
            (act_by_s, clock.is_doubted() && !was_doubted)
        };
        if is_new {
            tracing::warn!(
                %now,
                "the clock jumped forward by more than a day; nothing is deleted by it until it has \
                 held for an hour"
            );
        }
        if noted_s != Some(act_by_s) {
            app.store
                .write(Lane::Maintenance, move |tx| {
                    wb_store::meta::set(tx, SEEN, &act_by_s.to_string())
                })
                .await?;
        }
        Ok(Timestamp::EPOCH.plus_secs(act_by_s))
    }
}

#[async_trait::async_trait]
impl Worker for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let now = self.act_by(app, now).await?;
        let settings = &app.settings;
        let kinds = [
            (Expired::Signals, settings.signals_kept_days),
            (Expired::AttemptTexts, settings.attempts_kept_days),
            (Expired::Sessions, ENDED_DAYS),
            (Expired::Inputs, ENDED_DAYS.max(settings.signals_kept_days)),
            (Expired::Idempotency, IDEMPOTENCY_DAYS),
            (Expired::Bundles, BUNDLE_DAYS),
            // After the signals: what no signal refers to any more.
            (Expired::Payloads, 0),
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
        report.done += app.enforce_byte_cap(now, &mut report.more).await?;
        Ok(report)
    }
}

impl App {
    /// Deletes the oldest signals while their bodies take more room than they may. The age limit is
    /// halved until enough is over it, so that no query has to sort all signals.
    async fn enforce_byte_cap(&self, now: Timestamp, more: &mut bool) -> Result<u64, AppError> {
        let cap = self.settings.signals_kept_bytes;
        let bytes = self
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::retention::payload_bytes(tx)?))
            .await?;
        if bytes <= cap {
            return Ok(0);
        }
        let mut age_s = i64::from(self.settings.signals_kept_days) * DAY_S;
        while age_s > 0 {
            age_s /= 2;
            let before = now.plus_secs(-age_s);
            let deleted = self
                .store
                .write(Lane::Maintenance, move |tx| {
                    let kind = Expired::Signals;
                    Ok::<_, AppError>(wb_store::retention::slice(tx, kind, before, SLICE_ROWS)?)
                })
                .await?;
            if deleted > 0 {
                *more = true;
                return Ok(deleted);
            }
        }
        Ok(0)
    }
}
