//! Retention: chunks whose points are older than their archive reaches are dropped, and series
//! without any points left.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::Transaction;

use super::engine::Engine;
use super::error::StoreError;
use super::file::{self, ChunkKey};
use super::index::Series;
use super::limits::MaintenanceReport;
use super::wal::Record;
use super::{lock, read_lock, write_lock};

/// The most chunks of one slice.
const CHUNKS: usize = 512;

/// What a slice did.
#[derive(Default)]
struct Dropped {
    chunks: usize,
    bytes: i64,
    seen: usize,
    series: Vec<Arc<Series>>,
}

impl Engine {
    /// Drops what is over.
    pub(super) fn retain(
        &self,
        now_s: i64,
        report: &mut MaintenanceReport,
    ) -> Result<(), StoreError> {
        while !self.closing() {
            let dropped = self.retain_slice(now_s)?;
            report.chunks_dropped += dropped.chunks;
            report.series_removed += dropped.series.len();
            if dropped.seen < CHUNKS {
                break;
            }
        }
        Ok(())
    }

    fn retain_slice(&self, now_s: i64) -> Result<Dropped, StoreError> {
        let mut file = lock(&self.file);
        let mut dropped = Dropped::default();
        self.commit(&mut file, |tx| {
            dropped = self.drop_chunks(tx, now_s)?;
            Ok(Record::Sealed(Vec::new()))
        })?;
        self.figures
            .chunk_bytes
            .fetch_sub(dropped.bytes, Ordering::Relaxed);
        let mut heads = lock(&self.heads);
        let mut index = write_lock(&self.index);
        for series in &dropped.series {
            heads.by_series.remove(&series.id);
            index.remove(series);
        }
        drop(index);
        Ok(dropped)
    }

    fn drop_chunks(&self, tx: &Transaction<'_>, now_s: i64) -> Result<Dropped, StoreError> {
        let expired = file::expired_chunks(tx, now_s, CHUNKS)?;
        let mut dropped = Dropped {
            seen: expired.len(),
            ..Dropped::default()
        };
        let mut touched = std::collections::BTreeMap::new();
        for key in &expired {
            let series = read_lock(&self.index).by_id(key.series).cloned();
            // The rules may reach further back now than when the chunk was written.
            let until_s = series
                .as_ref()
                .map_or(i64::MIN, |series| self.kept_until_s(series, key));
            if until_s > now_s {
                file::keep_chunk(tx, key, until_s)?;
                continue;
            }
            file::delete_chunk(tx, key)?;
            dropped.chunks += 1;
            dropped.bytes += key.bytes;
            touched.extend(series.map(|series| (series.id, series)));
        }
        file::add_chunk_bytes(tx, -dropped.bytes)?;
        for (id, series) in touched {
            let open = lock(&self.heads)
                .by_series
                .get(&id)
                .is_some_and(|s| s.heads.iter().any(|h| !h.is_clean()));
            if !open && !file::has_chunks(tx, id)? {
                file::delete_series(tx, id)?;
                dropped.series.push(series);
            }
        }
        Ok(dropped)
    }

    fn kept_until_s(&self, series: &Series, key: &ChunkKey) -> i64 {
        let kept_s = series.policy(&self.rules).archives.kept_s(key.step_s);
        key.t1_s.saturating_add(kept_s)
    }
}
