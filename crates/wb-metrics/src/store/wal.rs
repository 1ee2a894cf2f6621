//! The records of the write-ahead table, and their compact form: postcard, times as steps after the
//! one before.

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::head::Point;
use super::index::SeriesId;

/// Points of one series and step, in the order in which they came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) series: SeriesId,
    pub(crate) step_s: i64,
    pub(crate) points: Vec<Point>,
}

/// A head as it is, written again so that older rows can go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Image {
    pub(crate) run: Run,
    /// The coarser steps that wait to be rolled up.
    pub(crate) dirty: Vec<i64>,
}

/// One row of the write-ahead table: what one transaction did to the heads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    /// Samples that came in.
    Samples(Vec<Run>),
    /// Coarser steps that were computed; the value is NaN where there were too few points.
    Rolled(Vec<Run>),
    /// Heads written again.
    Images(Vec<Image>),
    /// Series and step whose points from all rows up to the third are in chunks.
    Sealed(Vec<(SeriesId, i64, i64)>),
}

#[derive(Serialize, Deserialize)]
struct StoredRun {
    series: i64,
    step_s: i64,
    /// Steps after the point before (the first: after the base), and the value.
    points: Vec<(i64, f64)>,
}

#[derive(Serialize, Deserialize)]
enum StoredKind {
    Samples(Vec<StoredRun>),
    Rolled(Vec<StoredRun>),
    Images(Vec<(StoredRun, Vec<i64>)>),
    Sealed(Vec<(i64, i64, i64)>),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    base_s: i64,
    kind: StoredKind,
}

impl Record {
    /// How much it counts for the size of the table.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Samples(runs) | Self::Rolled(runs) => runs.iter().map(|r| r.points.len()).sum(),
            Self::Images(images) => images.iter().map(Image::weight).sum(),
            Self::Sealed(list) => list.len(),
        }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let base_s = self.first_at_s();
        let kind = match self {
            Self::Samples(runs) => StoredKind::Samples(pack_all(runs, base_s)),
            Self::Rolled(runs) => StoredKind::Rolled(pack_all(runs, base_s)),
            Self::Images(images) => {
                let packed = images
                    .iter()
                    .map(|i| (pack(&i.run, base_s), i.dirty.clone()));
                StoredKind::Images(packed.collect())
            }
            Self::Sealed(list) => StoredKind::Sealed(list.clone()),
        };
        postcard::to_stdvec(&Stored { base_s, kind }).map_err(StoreError::codec)
    }

    pub(crate) fn decode(data: &[u8]) -> Result<Self, StoreError> {
        let Stored { base_s, kind } = postcard::from_bytes(data).map_err(StoreError::codec)?;
        Ok(match kind {
            StoredKind::Samples(runs) => Self::Samples(unpack_all(runs, base_s)),
            StoredKind::Rolled(runs) => Self::Rolled(unpack_all(runs, base_s)),
            StoredKind::Images(images) => {
                let images = images.into_iter().map(|(run, dirty)| Image {
                    run: unpack(run, base_s),
                    dirty,
                });
                Self::Images(images.collect())
            }
            StoredKind::Sealed(list) => Self::Sealed(list),
        })
    }

    fn first_at_s(&self) -> i64 {
        let run = match self {
            Self::Samples(runs) | Self::Rolled(runs) => runs.first(),
            Self::Images(images) => images.first().map(|image| &image.run),
            Self::Sealed(_) => None,
        };
        run.and_then(|run| run.points.first())
            .map_or(0, |point| point.at_s)
    }
}

impl Image {
    /// How much it counts for the size of the table.
    pub(crate) fn weight(&self) -> usize {
        self.run.points.len() + self.dirty.len()
    }
}

fn pack_all(runs: &[Run], base_s: i64) -> Vec<StoredRun> {
    runs.iter().map(|run| pack(run, base_s)).collect()
}

fn pack(run: &Run, base_s: i64) -> StoredRun {
    let mut before = base_s.div_euclid(run.step_s);
    let points = run.points.iter().map(|point| {
        let at = point.at_s.div_euclid(run.step_s);
        (at - std::mem::replace(&mut before, at), point.value)
    });
    StoredRun {
        points: points.collect(),
        series: run.series,
        step_s: run.step_s,
    }
}

fn unpack_all(runs: Vec<StoredRun>, base_s: i64) -> Vec<Run> {
    runs.into_iter().map(|run| unpack(run, base_s)).collect()
}

fn unpack(run: StoredRun, base_s: i64) -> Run {
    let step_s = run.step_s.max(1);
    let mut at = base_s.div_euclid(step_s);
    let points = run.points.into_iter().map(|(steps, value)| {
        at = at.saturating_add(steps);
        let at_s = at.saturating_mul(step_s);
        Point { at_s, value }
    });
    Run {
        points: points.collect(),
        series: run.series,
        step_s,
    }
}
