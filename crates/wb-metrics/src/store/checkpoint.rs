//! Checkpoints: the write-ahead table is cut once it has grown enough.
//!
//! What some head still has only there is written again at the table's end, then every row up to
//! where the end was is taken out, oldest first. The table is cut when it holds more than a fixed
//! number of points and twice the open ones, so each point is written again about once at most.

use std::sync::atomic::Ordering;

use super::engine::Engine;
use super::error::StoreError;
use super::file;
use super::index::SeriesId;
use super::limits::MaintenanceReport;
use super::lock;
use super::upkeep::SWEEP;
use super::wal::{Image, Record, Run};

/// The most points written again in one slice.
const POINTS: usize = 16_384;
/// The most rows taken out in one slice.
const ROWS: usize = 128;

impl Engine {
    /// Cuts the write-ahead table if it is time.
    pub(super) fn checkpoint(&self, report: &mut MaintenanceReport) -> Result<(), StoreError> {
        let open = self.figures.head_points.load(Ordering::Relaxed);
        let most = self
            .limits
            .wal_points
            .saturating_add(open.saturating_mul(2));
        if self.figures.wal_points.load(Ordering::Relaxed) <= most {
            return Ok(());
        }
        let until_seq = {
            // Under the file's lock every committed row is in the heads.
            let _file = lock(&self.file);
            lock(&self.heads).applied_seq
        };
        let mut next = Some(SeriesId::MIN);
        while let Some(from) = next {
            if self.closing() {
                return Ok(());
            }
            let (points, go_on) = self.relog(from, until_seq)?;
            report.relogged_points += points;
            next = go_on;
        }
        while !self.closing() {
            let rows = self.cut(until_seq)?;
            report.wal_rows_deleted += rows;
            if rows < ROWS {
                break;
            }
        }
        Ok(())
    }

    fn relog(
        &self,
        from: SeriesId,
        until_seq: i64,
    ) -> Result<(usize, Option<SeriesId>), StoreError> {
        let mut file = lock(&self.file);
        let (images, go_on) = self.images(from, until_seq);
        if images.is_empty() {
            return Ok((0, go_on));
        }
        let (seq, record) = self.commit(&mut file, |_| Ok(Record::Images(images)))?;
        let mut heads = lock(&self.heads);
        if let Record::Images(images) = &record {
            for image in images {
                if let Some(head) = heads.head_mut(image.run.series, image.run.step_s) {
                    head.first_seq = seq;
                }
            }
        }
        heads.applied_seq = heads.applied_seq.max(seq);
        Ok((record.weight(), go_on))
    }

    fn images(&self, from: SeriesId, until_seq: i64) -> (Vec<Image>, Option<SeriesId>) {
        let heads = lock(&self.heads);
        let (mut images, mut points) = (Vec::new(), 0);
        for (seen, (id, entry)) in heads.by_series.range(from..).enumerate() {
            if seen >= SWEEP || points >= POINTS {
                return (images, Some(*id));
            }
            for head in &entry.heads {
                if head.is_clean() || head.first_seq > until_seq {
                    continue;
                }
                let image = Image {
                    run: Run {
                        series: *id,
                        step_s: head.step_s,
                        points: head.points.clone(),
                    },
                    dirty: head.dirty.clone(),
                };
                points += image.weight();
                images.push(image);
            }
        }
        (images, None)
    }

    fn cut(&self, until_seq: i64) -> Result<usize, StoreError> {
        let mut file = lock(&self.file);
        let (mut rows, mut weight) = (0, 0);
        self.commit(&mut file, |tx| {
            (rows, weight) = file::delete_wal(tx, until_seq, ROWS)?;
            Ok(Record::Sealed(Vec::new()))
        })?;
        self.figures.wal_points.fetch_sub(weight, Ordering::Relaxed);
        Ok(rows)
    }
}
