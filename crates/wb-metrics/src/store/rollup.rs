//! Rolling up: coarser steps computed from finer points once they are over.
//!
//! A slice holds the file for itself while it computes, so no sample can come in between and every
//! mark that it clears is one whose samples it has seen.

use std::sync::Arc;

use wb_ports::Aggregation;

use super::chunk;
use super::engine::{Engine, WriteFile};
use super::error::StoreError;
use super::file;
use super::head::Point;
use super::index::{Series, SeriesId};
use super::lock;
use super::upkeep::SWEEP;
use super::wal::{Record, Run};

/// The most steps rolled up while the file is held.
const STEPS: usize = 512;
/// The most values gathered while the file is held.
const VALUES: i64 = 65_536;

/// A coarser step that is over and waits.
struct Due {
    series: Arc<Series>,
    fine_s: i64,
    coarse_s: i64,
    at_s: i64,
    values: Vec<Option<f64>>,
}

impl Engine {
    /// Rolls up what is over; returns how many steps.
    pub(super) fn roll_up(&self, now_s: i64) -> Result<usize, StoreError> {
        let mut rolled = 0;
        let mut next = Some(SeriesId::MIN);
        while let (Some(from), false) = (next, self.closing()) {
            let mut file = lock(&self.file);
            let (due, go_on) = self.due(from, now_s);
            rolled += due.len();
            self.roll(&mut file, due, now_s)?;
            next = go_on;
        }
        Ok(rolled)
    }

    /// The waiting steps of the next series, and the series to go on with.
    fn due(&self, from: SeriesId, now_s: i64) -> (Vec<Due>, Option<SeriesId>) {
        let heads = lock(&self.heads);
        let mut due = Vec::new();
        let mut values = 0;
        for (seen, (id, entry)) in heads.by_series.range(from..).enumerate() {
            if seen >= SWEEP || due.len() >= STEPS || values >= VALUES {
                return (due, Some(*id));
            }
            let archives = &entry.series.policy(&self.rules).archives;
            for head in &entry.heads {
                let Some(coarse) = archives.coarser(head.step_s) else {
                    continue;
                };
                let over = head
                    .dirty
                    .iter()
                    .take_while(|at| **at + coarse.step_s <= now_s);
                for at_s in over.take(STEPS) {
                    let count = coarse.step_s / head.step_s;
                    values += count;
                    let mut step = Due {
                        series: Arc::clone(&entry.series),
                        fine_s: head.step_s,
                        coarse_s: coarse.step_s,
                        at_s: *at_s,
                        values: vec![None; usize::try_from(count).unwrap_or_default()],
                    };
                    step.fill(head.between(*at_s, *at_s + coarse.step_s));
                    due.push(step);
                    if values >= VALUES {
                        break;
                    }
                }
            }
        }
        (due, None)
    }

    fn roll(&self, file: &mut WriteFile, due: Vec<Due>, now_s: i64) -> Result<(), StoreError> {
        if due.is_empty() {
            return Ok(());
        }
        let (seq, record) = self.commit(file, |tx| {
            let mut runs: Vec<Run> = Vec::new();
            for mut step in due {
                step.fill_from_chunks(tx)?;
                let policy = step.series.policy(&self.rules);
                let value = consolidated(&step.values, policy.method, policy.x_files_factor);
                let point = Point {
                    at_s: step.at_s,
                    value: value.unwrap_or(f64::NAN),
                };
                match runs.last_mut() {
                    Some(run) if run.series == step.series.id && run.step_s == step.coarse_s => {
                        run.points.push(point);
                    }
                    _ => runs.push(Run {
                        series: step.series.id,
                        step_s: step.coarse_s,
                        points: vec![point],
                    }),
                }
            }
            Ok(Record::Rolled(runs))
        })?;
        self.apply(seq, &record, now_s);
        Ok(())
    }
}

impl Due {
    /// What is known already stays: heads are newer than chunks.
    fn fill(&mut self, points: &[Point]) {
        for point in points {
            let at = usize::try_from((point.at_s - self.at_s) / self.fine_s).ok();
            if let Some(value) = at.and_then(|at| self.values.get_mut(at)) {
                value.get_or_insert(point.value);
            }
        }
    }

    fn fill_from_chunks(&mut self, conn: &rusqlite::Connection) -> Result<(), StoreError> {
        if self.values.iter().all(Option::is_some) {
            return Ok(());
        }
        let window = (self.at_s, self.at_s + self.coarse_s);
        let (series, fine_s) = (self.series.id, self.fine_s);
        file::chunks_between(conn, series, fine_s, window, |t0_s, data| {
            let points = chunk::decode(data, t0_s, fine_s)?;
            let inside = |p: &&Point| (window.0..window.1).contains(&p.at_s);
            let points: Vec<Point> = points.iter().filter(inside).copied().collect();
            self.fill(&points);
            Ok(())
        })
    }
}

/// One value from several, as whisper does it; `None` when too few are known.
fn consolidated(values: &[Option<f64>], method: Aggregation, x_files_factor: f64) -> Option<f64> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let first = *known.first()?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a step has far fewer than 2^52 points"
    )]
    let (count, all) = (known.len() as f64, values.len() as f64);
    if count / all < x_files_factor {
        return None;
    }
    let value = match method {
        Aggregation::Average => known.iter().sum::<f64>() / count,
        Aggregation::Sum => known.iter().sum(),
        Aggregation::Min => known.iter().copied().fold(first, f64::min),
        Aggregation::Max => known.iter().copied().fold(first, f64::max),
        Aggregation::First => first,
        Aggregation::Last => known.last().copied().unwrap_or(first),
    };
    // Sums may leave the range of numbers; such a point stays unknown.
    value.is_finite().then_some(value)
}
