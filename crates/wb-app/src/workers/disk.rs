//! What gives way while the disk runs low: metrics are not taken in any more, then old raw bodies go.
//! Paging goes on to the end.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use wb_core::limits::{DISK_FREE_BODIES_BYTES, DISK_FREE_METRICS_BYTES, DISK_REUSABLE_BYTES};
use wb_core::time::Timestamp;
use wb_ports::catalogue::text;
use wb_store::db::Lane;
use wb_store::retention::{Expired, reusable_bytes, slice};

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;
use crate::us::Trouble;

/// Rows deleted in one slice.
const SLICE_ROWS: u32 = 500;

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Level {
    Enough,
    NoMetrics,
    NoBodies,
}

/// What gives way, as the last look at the disk found it.
#[derive(Debug, Default)]
pub struct Room(AtomicU8);

impl Room {
    /// Whether metrics are taken in.
    #[must_use]
    pub fn is_for_metrics(&self) -> bool {
        self.0.load(Ordering::Relaxed) < Level::NoMetrics as u8
    }

    /// The level at so many free bytes. Each is left only with a quarter more than where it began,
    /// so that it does not come and go.
    fn note(&self, free_bytes: u64) -> Level {
        let before = self.0.load(Ordering::Relaxed);
        let is_under = |level: Level, limit: u64| {
            let limit = if before >= level as u8 {
                limit + limit / 4
            } else {
                limit
            };
            free_bytes < limit
        };
        let level = if is_under(Level::NoBodies, DISK_FREE_BODIES_BYTES) {
            Level::NoBodies
        } else if is_under(Level::NoMetrics, DISK_FREE_METRICS_BYTES) {
            Level::NoMetrics
        } else {
            Level::Enough
        };
        self.0.store(level as u8, Ordering::Relaxed);
        level
    }
}

/// Looks at the free space every few seconds.
#[derive(Debug)]
pub struct DiskWatch;

#[async_trait::async_trait]
impl Worker for DiskWatch {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let mut report = Report::default();
        let Some(disk) = app.disk.clone() else {
            return Ok(report);
        };
        let looked = tokio::task::spawn_blocking(move || disk.free_bytes()).await;
        let looked = looked.map_err(|panic| AppError::Internal(panic.to_string()))?;
        let free_bytes = looked.map_err(|error| AppError::Internal(error.to_string()))?;
        metrics::gauge!("watchbell_disk_free_bytes").set(free_bytes as f64);
        let level = app.room.note(free_bytes);
        let detail = (level > Level::Enough).then(|| {
            let mib = |bytes: u64| bytes >> 20;
            let (metrics, bodies) = (mib(DISK_FREE_METRICS_BYTES), mib(DISK_FREE_BODIES_BYTES));
            let free = mib(free_bytes);
            text(
                "us.disk_low_detail",
                &[("free", &free), ("metrics", &metrics), ("bodies", &bodies)],
            )
        });
        app.troubles.set(Trouble::DiskLow, detail);
        if level == Level::NoBodies {
            report.done = app.shed_bodies(now).await?;
            report.more = report.done > 0;
        }
        Ok(report)
    }
}

impl App {
    /// Deletes a slice of the oldest signals with their bodies, until there is room inside the file
    /// for what pages need; says how many rows went. Nothing on PostgreSQL, whose disk is its own.
    async fn shed_bodies(&self, now: Timestamp) -> Result<u64, AppError> {
        self.store
            .write(Lane::Maintenance, move |tx| {
                if reusable_bytes(tx)?.is_none_or(|bytes| bytes >= DISK_REUSABLE_BYTES) {
                    return Ok::<_, AppError>(0);
                }
                let signals = slice(tx, Expired::Signals, now, SLICE_ROWS)?;
                Ok(signals + slice(tx, Expired::Payloads, now, SLICE_ROWS)?)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_do_not_come_and_go() {
        let room = Room::default();
        let at = |mib: u64| room.note(mib << 20);
        assert_eq!(at(600), Level::Enough);
        assert_eq!(at(500), Level::NoMetrics);
        assert!(!room.is_for_metrics());
        assert_eq!(at(600), Level::NoMetrics);
        assert_eq!(at(200), Level::NoBodies);
        assert_eq!(at(300), Level::NoBodies);
        assert_eq!(at(330), Level::NoMetrics);
        assert_eq!(at(641), Level::Enough);
        assert!(room.is_for_metrics());
    }
}
