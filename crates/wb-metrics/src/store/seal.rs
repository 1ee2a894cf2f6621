//! Sealing: points leave memory for chunks.
//!
//! Points are copied from their heads, merged with the chunk that they fall into, compressed without
//! holding anything, and written; then they leave the heads, unless they were written anew since.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::Connection;

use super::chunk::{self, CHUNK_POINTS};
use super::engine::Engine;
use super::error::StoreError;
use super::file::{self, Chunk};
use super::head::{Head, Heads, Point};
use super::index::{Series, SeriesId};
use super::limits::MaintenanceReport;
use super::lock;
use super::upkeep::SWEEP;
use super::wal::Record;

/// The most heads of one slice, and the most points.
const HEADS: usize = 64;
const POINTS: usize = 16_384;

/// Points copied from a head.
struct Sealing {
    series: Arc<Series>,
    step_s: i64,
    points: Vec<Point>,
    /// The last row applied when these were all its points.
    all_until: Option<i64>,
}

/// Chunks to be written for them.
struct Planned {
    chunks: Vec<Chunk>,
    /// By how much all chunks grow.
    bytes: i64,
}

impl Engine {
    /// Seals every head that is due.
    pub(super) fn seal(
        &self,
        now_s: i64,
        report: &mut MaintenanceReport,
    ) -> Result<(), StoreError> {
        let mut next = Some(SeriesId::MIN);
        while let (Some(from), false) = (next, self.closing()) {
            let (slice, go_on) = self.due_for_seal(from, now_s);
            let points: usize = slice.iter().map(|sealing| sealing.points.len()).sum();
            if points > 0 {
                report.chunks_written += self.seal_slice(&slice)?;
                report.sealed_points += points;
            }
            next = go_on;
        }
        Ok(())
    }

    fn due_for_seal(&self, from: SeriesId, now_s: i64) -> (Vec<Sealing>, Option<SeriesId>) {
        let mut heads = lock(&self.heads);
        let applied_seq = heads.applied_seq;
        let early = self.early(&heads);
        let mut slice: Vec<Sealing> = Vec::new();
        let (mut points, mut go_on, mut gone) = (0, None, Vec::new());
        for (seen, (id, entry)) in heads.by_series.range_mut(from..).enumerate() {
            if seen >= SWEEP || slice.len() >= HEADS || points >= POINTS {
                go_on = Some(*id);
                break;
            }
            let idle =
                |head: &Head| now_s - head.touched_s >= self.limits.idle_s.max(4 * head.step_s);
            entry.heads.retain(|head| !(head.is_clean() && idle(head)));
            if entry.heads.is_empty() {
                gone.push(*id);
            }
            for head in &entry.heads {
                let size = head.points.len();
                let due = size >= head.seal_at || size >= early || idle(head);
                if size == 0 || !due {
                    continue;
                }
                let copied: Vec<Point> = head.points.iter().take(POINTS).copied().collect();
                points += copied.len();
                slice.push(Sealing {
                    series: Arc::clone(&entry.series),
                    step_s: head.step_s,
                    all_until: (copied.len() == size).then_some(applied_seq),
                    points: copied,
                });
            }
            // A head that was too large for one slice comes again.
            if slice
                .last()
                .is_some_and(|s| s.all_until.is_none() && s.series.id == *id)
            {
                go_on = Some(*id);
                break;
            }
        }
        for id in gone {
            heads.by_series.remove(&id);
        }
        (slice, go_on)
    }

    /// From which size heads are sealed before their time because there are too many open points:
    /// well below the mean, so that some are always found.
    fn early(&self, heads: &Heads) -> usize {
        if heads.points <= self.limits.head_points {
            return usize::MAX;
        }
        (heads.points / (heads.by_series.len().max(1) * 8)).max(1)
    }

    /// Returns how many chunks were written.
    fn seal_slice(&self, slice: &[Sealing]) -> Result<usize, StoreError> {
        let planned = self.readers.read(|tx| {
            let mut all = Planned {
                chunks: Vec::new(),
                bytes: 0,
            };
            for sealing in slice {
                self.plan(tx, sealing, &mut all)?;
            }
            Ok(all)
        })?;
        let mut file = lock(&self.file);
        let (seq, _) = self.commit(&mut file, |tx| {
            for chunk in &planned.chunks {
                file::put_chunk(tx, chunk)?;
            }
            file::add_chunk_bytes(tx, planned.bytes)?;
            let whole = slice
                .iter()
                .filter_map(|s| Some((s.series.id, s.step_s, s.all_until?)));
            Ok(Record::Sealed(whole.collect()))
        })?;
        self.figures
            .chunk_bytes
            .fetch_add(planned.bytes, Ordering::Relaxed);
        let mut heads = lock(&self.heads);
        for sealing in slice {
            if let Some(head) = heads.head_mut(sealing.series.id, sealing.step_s) {
                let taken = head.take_sealed(&sealing.points, sealing.all_until);
                heads.points -= taken;
            }
        }
        heads.applied_seq = heads.applied_seq.max(seq);
        self.figures
            .head_points
            .store(heads.points, Ordering::Relaxed);
        Ok(planned.chunks.len())
    }

    /// Chunks never overlap: each runs from its first point to where the next begins. So each point
    /// belongs to the last chunk that begins no later, or to a new one in the gap behind it.
    fn plan(
        &self,
        conn: &Connection,
        sealing: &Sealing,
        all: &mut Planned,
    ) -> Result<(), StoreError> {
        let (series, step_s) = (sealing.series.id, sealing.step_s);
        let kept_s = sealing.series.policy(&self.rules).archives.kept_s(step_s);
        let mut rest = sealing.points.as_slice();
        while let Some(first) = rest.first() {
            let before = file::chunk_at(conn, series, step_s, first.at_s)?;
            let end = file::next_chunk(conn, series, step_s, first.at_s)?;
            let inside = end.map_or(rest.len(), |end| rest.partition_point(|p| p.at_s < end));
            let (group, later) = rest.split_at(inside);
            rest = later;
            let fits = |c: &Chunk| first.at_s <= c.t1_s || c.points + group.len() <= CHUNK_POINTS;
            let mut points = group.to_vec();
            if let Some(old) = before.filter(fits) {
                points = merged(&chunk::decode(&old.data, old.t0_s, step_s)?, group);
                all.bytes -= i64::try_from(old.data.len()).unwrap_or(i64::MAX);
            }
            let pieces = points.len().div_ceil(CHUNK_POINTS);
            for piece in points.chunks(points.len().div_ceil(pieces.max(1)).max(1)) {
                let (Some(first), Some(last)) = (piece.first(), piece.last()) else {
                    continue;
                };
                let data = chunk::encode(piece, step_s)?;
                all.bytes += i64::try_from(data.len()).unwrap_or(i64::MAX);
                all.chunks.push(Chunk {
                    series,
                    step_s,
                    t0_s: first.at_s,
                    t1_s: last.at_s,
                    points: piece.len(),
                    expires_s: last.at_s.saturating_add(kept_s),
                    data,
                });
            }
        }
        Ok(())
    }
}

/// Both in the order of their times; where both have a point the newer stands.
fn merged(old: &[Point], newer: &[Point]) -> Vec<Point> {
    let mut out = Vec::with_capacity(old.len() + newer.len());
    let mut old = old.iter().copied().peekable();
    for point in newer {
        while let Some(before) = old.next_if(|o| o.at_s < point.at_s) {
            out.push(before);
        }
        old.next_if(|o| o.at_s == point.at_s);
        out.push(*point);
    }
    out.extend(old);
    out
}
