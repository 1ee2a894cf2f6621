//! Open heads: the points of every series that are not in a chunk yet, and the steps that wait to be
//! rolled up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::archive::slot;
use super::chunk::CHUNK_POINTS;
use super::index::{Series, SeriesId};
use super::rules::Rules;
use super::wal::{Image, Record, Run};

/// One point; its time is a multiple of the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) at_s: i64,
    pub(crate) value: f64,
}

/// The open points of one series and step.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) step_s: i64,
    /// In the order of their times, one for each.
    pub(crate) points: Vec<Point>,
    /// Coarser steps whose value must be computed (again), in order.
    pub(crate) dirty: Vec<i64>,
    /// The oldest row of the write-ahead table that something here stands in only there.
    pub(crate) first_seq: i64,
    /// At how many points it is sealed.
    pub(crate) seal_at: usize,
    /// When it last got a point, by the clock.
    pub(crate) touched_s: i64,
}

impl Head {
    fn new(series: SeriesId, step_s: i64) -> Self {
        Self {
            step_s,
            points: Vec::new(),
            dirty: Vec::new(),
            first_seq: i64::MAX,
            seal_at: first_seal(series ^ step_s),
            touched_s: 0,
        }
    }

    /// Nothing here needs the write-ahead table.
    pub(crate) fn is_clean(&self) -> bool {
        self.points.is_empty() && self.dirty.is_empty()
    }

    /// Keeps a point, in place of the one at its time if there is one; true when there was none.
    fn put(&mut self, point: Point) -> bool {
        if self.points.last().is_none_or(|last| last.at_s < point.at_s) {
            self.points.push(point);
            return true;
        }
        match self.points.binary_search_by_key(&point.at_s, |p| p.at_s) {
            Ok(at) => {
                if let Some(old) = self.points.get_mut(at) {
                    *old = point;
                }
                false
            }
            Err(at) => {
                self.points.insert(at, point);
                true
            }
        }
    }

    fn mark(&mut self, coarse_at_s: i64) {
        if let Err(at) = self.dirty.binary_search(&coarse_at_s) {
            self.dirty.insert(at, coarse_at_s);
        }
    }

    fn clear(&mut self, coarse_at_s: i64) {
        if let Ok(at) = self.dirty.binary_search(&coarse_at_s) {
            self.dirty.remove(at);
        }
    }

    /// Takes out the points that are sealed, unless they have been written anew since; returns how
    /// many. `all_until` is the last row applied when all points were copied for sealing.
    pub(crate) fn take_sealed(&mut self, sealed: &[Point], all_until: Option<i64>) -> usize {
        let before = self.points.len();
        let mut sealed = sealed.iter().peekable();
        self.points.retain(|point| {
            while sealed.next_if(|s| s.at_s < point.at_s).is_some() {}
            let same =
                |s: &&Point| s.at_s == point.at_s && s.value.to_bits() == point.value.to_bits();
            !sealed.peek().is_some_and(same)
        });
        self.seal_at = CHUNK_POINTS;
        if let (Some(seq), true) = (all_until, self.dirty.is_empty()) {
            self.first_seq = self.first_seq.max(seq + 1);
        }
        before - self.points.len()
    }

    /// The points at `start_s <= t < end_s`.
    pub(crate) fn between(&self, start_s: i64, end_s: i64) -> &[Point] {
        let from = self.points.partition_point(|p| p.at_s < start_s);
        let to = self.points.partition_point(|p| p.at_s < end_s);
        self.points.get(from..to).unwrap_or_default()
    }
}

/// The first chunk of each series has another size, so that series which tick together are not all
/// sealed together: a quarter of a chunk and up to three quarters more, by a multiplicative hash.
fn first_seal(key: i64) -> usize {
    let quarter = CHUNK_POINTS / 4;
    let hash = key.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    quarter + usize::try_from(hash).unwrap_or_default() % (CHUNK_POINTS - quarter + 1)
}

/// The heads of one series.
#[derive(Debug)]
pub(crate) struct SeriesHeads {
    pub(crate) series: Arc<Series>,
    pub(crate) heads: Vec<Head>,
}

impl SeriesHeads {
    pub(crate) fn get(&self, step_s: i64) -> Option<&Head> {
        self.heads.iter().find(|head| head.step_s == step_s)
    }

    fn get_or_new(&mut self, step_s: i64) -> Option<&mut Head> {
        if self.get(step_s).is_none() {
            self.heads.push(Head::new(self.series.id, step_s));
        }
        self.heads.iter_mut().find(|head| head.step_s == step_s)
    }
}

/// All heads.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    pub(crate) by_series: BTreeMap<SeriesId, SeriesHeads>,
    /// How many points they hold together.
    pub(crate) points: usize,
    /// The last row of the write-ahead table that is in here.
    pub(crate) applied_seq: i64,
}

/// What applying a record needs to know.
pub(crate) struct Applying<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) now_s: i64,
    pub(crate) series: &'a dyn Fn(SeriesId) -> Option<Arc<Series>>,
    /// Whether the points of this series, step and row are in chunks already.
    pub(crate) sealed: &'a dyn Fn(SeriesId, i64, i64) -> bool,
}

impl Heads {
    pub(crate) fn head(&self, series: SeriesId, step_s: i64) -> Option<&Head> {
        self.by_series.get(&series)?.get(step_s)
    }

    pub(crate) fn head_mut(&mut self, series: SeriesId, step_s: i64) -> Option<&mut Head> {
        let heads = &mut self.by_series.get_mut(&series)?.heads;
        heads.iter_mut().find(|head| head.step_s == step_s)
    }

    /// Brings one row of the write-ahead table in. Commits and replay both come through here, so a
    /// replay gives what was there before. Points must come before seals that name their row: a
    /// replay reads the seals first and answers through [`Applying::sealed`].
    pub(crate) fn apply(&mut self, seq: i64, record: &Record, with: &Applying<'_>) {
        match record {
            Record::Samples(runs) => {
                for run in runs {
                    self.apply_run(seq, run, with);
                }
            }
            Record::Rolled(runs) => {
                // All of them were computed before any was written: a mark that one of them makes
                // must not be cleared by another.
                for run in runs {
                    self.clear_dirty(run, with);
                }
                for run in runs {
                    self.apply_run(seq, run, with);
                }
            }
            Record::Images(images) => {
                for image in images {
                    self.apply_image(seq, image, with);
                }
            }
            Record::Sealed(_) => {}
        }
        self.applied_seq = self.applied_seq.max(seq);
    }

    fn entry(&mut self, id: SeriesId, with: &Applying<'_>) -> Option<&mut SeriesHeads> {
        use std::collections::btree_map::Entry;
        match self.by_series.entry(id) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(entry) => Some(entry.insert(SeriesHeads {
                series: (with.series)(id)?,
                heads: Vec::new(),
            })),
        }
    }

    fn apply_run(&mut self, seq: i64, run: &Run, with: &Applying<'_>) {
        let sealed = (with.sealed)(run.series, run.step_s, seq);
        let mut added = 0;
        let Some(entry) = self.entry(run.series, with) else {
            return;
        };
        let policy = entry.series.policy(with.rules);
        let coarser = policy.archives.coarser(run.step_s);
        let Some(head) = entry.get_or_new(run.step_s) else {
            return;
        };
        for point in run.points.iter().filter(|p| p.value.is_finite()) {
            if head.is_clean() {
                head.first_seq = seq;
            }
            if let Some(coarse) = coarser {
                head.mark(slot(point.at_s, coarse.step_s));
            }
            if !sealed && head.put(*point) {
                added += 1;
            }
        }
        head.touched_s = with.now_s;
        self.points += added;
    }

    /// A rolled step waits no longer, whether it has a value or too few points for one.
    fn clear_dirty(&mut self, run: &Run, with: &Applying<'_>) {
        let Some(entry) = self.by_series.get_mut(&run.series) else {
            return;
        };
        let policy = entry.series.policy(with.rules);
        let Some(finer) = policy.archives.finer(run.step_s) else {
            return;
        };
        if let Some(head) = self.head_mut(run.series, finer.step_s) {
            for point in &run.points {
                head.clear(point.at_s);
            }
        }
    }

    fn apply_image(&mut self, seq: i64, image: &Image, with: &Applying<'_>) {
        let run = &image.run;
        let sealed = (with.sealed)(run.series, run.step_s, seq);
        let mut added = 0;
        let Some(entry) = self.entry(run.series, with) else {
            return;
        };
        let coarser = entry.series.policy(with.rules).archives.coarser(run.step_s);
        let Some(head) = entry.get_or_new(run.step_s) else {
            return;
        };
        if head.is_clean() {
            head.first_seq = seq;
        }
        if let Some(coarse) = coarser {
            for at_s in &image.dirty {
                head.mark(slot(*at_s, coarse.step_s));
            }
        }
        if !sealed {
            added = run.points.iter().filter(|point| head.put(**point)).count();
        }
        head.touched_s = with.now_s;
        self.points += added;
    }
}
