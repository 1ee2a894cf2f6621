//! Archives: how finely and for how long the points of a series are kept, and which archive a
//! sample or a request belongs to. The arithmetic is whisper's.

/// One archive: a point each `step_s` seconds, `points` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archive {
    /// The distance between two points, in seconds.
    pub step_s: i64,
    /// How many steps are kept.
    pub points: i64,
}

impl Archive {
    /// How far it reaches back, in seconds.
    #[must_use]
    pub fn reach_s(&self) -> i64 {
        self.step_s.saturating_mul(self.points)
    }
}

/// What is wrong with a list of archives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// One part is not `step:reach`.
    #[error(
        "{part:?} is not an archive: write step:reach, as in 10s:6h (units s, min, h, d, w, y)"
    )]
    Shape {
        /// The part, as given.
        part: String,
    },
    /// Zero, negative or too large.
    #[error("{part:?} has a step or a reach outside 1 second to 1,000 years: choose another")]
    Range {
        /// The part, as given.
        part: String,
    },
    /// No archive at all.
    #[error("no archive is named: write at least one, as in 60s:1d")]
    Empty,
    /// Two archives have the same step.
    #[error("two archives have a step of {step_s} s: remove one")]
    SameStep {
        /// The step.
        step_s: i64,
    },
    /// A coarser step is not a multiple of the finer one.
    #[error(
        "a step of {coarse_s} s is not a multiple of the finer step of {fine_s} s: choose one that is"
    )]
    NotMultiple {
        /// The finer step.
        fine_s: i64,
        /// The coarser step.
        coarse_s: i64,
    },
    /// A coarser archive does not reach further back.
    #[error(
        "the archive of {coarse_s} s steps must reach further back than that of {fine_s} s steps"
    )]
    NotLonger {
        /// The finer step.
        fine_s: i64,
        /// The coarser step.
        coarse_s: i64,
    },
    /// The finer archive does not hold enough points for one coarser point.
    #[error(
        "the archive of {fine_s} s steps keeps {points} points, but one step of {coarse_s} s needs {needed}: keep more"
    )]
    TooFew {
        /// The finer step.
        fine_s: i64,
        /// How many points the finer archive keeps.
        points: i64,
        /// The coarser step.
        coarse_s: i64,
        /// How many it must keep.
        needed: i64,
    },
}

/// The units of carbon; any beginning of one will do (`m`, `min`), and the first that fits is meant.
const UNITS: [(&str, i64); 6] = [
    ("seconds", 1),
    ("minutes", 60),
    ("hours", 3_600),
    ("days", 86_400),
    ("weeks", 604_800),
    ("years", 31_536_000),
];
const LONGEST_S: i64 = 1_000 * 31_536_000;

/// The archives of a series, finest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archives(Vec<Archive>);

impl Archives {
    /// Reads carbon's notation: `10s:6h,1min:7d`; a reach without a unit is a number of points.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn parse(text: &str) -> Result<Self, ArchiveError> {
        let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        Self::new(parts.map(parse_one).collect::<Result<_, _>>()?)
    }

    /// Checks a list of archives as whisper does, and puts it in order.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn new(mut archives: Vec<Archive>) -> Result<Self, ArchiveError> {
        if archives.is_empty() {
            return Err(ArchiveError::Empty);
        }
        archives.sort_by_key(|archive| archive.step_s);
        for archive in &archives {
            let reach = archive.step_s.checked_mul(archive.points);
            if archive.step_s < 1 || !reach.is_some_and(|r| (1..=LONGEST_S).contains(&r)) {
                let part = format!("{}:{}", archive.step_s, archive.points);
                return Err(ArchiveError::Range { part });
            }
        }
        for pair in archives.windows(2) {
            if let [fine, coarse] = pair {
                check_pair(*fine, *coarse)?;
            }
        }
        Ok(Self(archives))
    }

    /// `10s:1d,1m:30d,10m:2y` (a test reads it).
    pub(crate) fn built_in() -> Self {
        let list = [(10, 8_640), (60, 43_200), (600, 105_120)];
        Self(
            list.map(|(step_s, points)| Archive { step_s, points })
                .to_vec(),
        )
    }

    /// Finest first.
    #[must_use]
    pub fn as_slice(&self) -> &[Archive] {
        &self.0
    }

    /// How far the longest one reaches back, in seconds.
    #[must_use]
    pub fn reach_s(&self) -> i64 {
        self.0.last().map_or(0, Archive::reach_s)
    }

    /// Where a sample of this age is written; `None` when it is older than all of them.
    pub(crate) fn for_sample(&self, age_s: i64) -> Option<Archive> {
        if age_s >= self.reach_s() {
            return None;
        }
        self.0.iter().copied().find(|a| a.reach_s() >= age_s)
    }

    /// The archive that a request is read from, its first step and the end of its last step.
    pub(crate) fn window(&self, from_s: i64, until_s: i64, now_s: i64) -> Option<Window> {
        let oldest = now_s.saturating_sub(self.reach_s());
        if from_s > until_s || from_s > now_s || until_s < oldest {
            return None;
        }
        let from = from_s.max(oldest);
        let until = until_s.min(now_s);
        let reaching = self.0.iter().find(|a| a.reach_s() >= now_s - from);
        let step_s = reaching.or(self.0.last())?.step_s;
        let start_s = slot(from, step_s).saturating_add(step_s);
        let end_s = slot(until, step_s).saturating_add(step_s);
        // As whisper: a window without length still gives the next step.
        let end_s = end_s.max(start_s.saturating_add(step_s));
        Some(Window {
            step_s,
            start_s,
            end_s,
        })
    }

    /// The archive that the points of this step are rolled up into.
    pub(crate) fn coarser(&self, step_s: i64) -> Option<Archive> {
        let at = self.0.iter().position(|a| a.step_s == step_s)?;
        self.0.get(at + 1).copied()
    }

    /// The archive that the points of this step are rolled up from.
    pub(crate) fn finer(&self, step_s: i64) -> Option<Archive> {
        let at = self.0.iter().position(|a| a.step_s == step_s)?;
        self.0.get(at.checked_sub(1)?).copied()
    }

    /// How long points of this step are kept: longer than the archive reaches by one coarser step
    /// and two of its own, so that a late sample, also one that was rolled up from finer archives,
    /// always finds the whole step that it rolls up into. Points of a step that the rules no longer
    /// name are kept as long as the longest archive.
    pub(crate) fn kept_s(&self, step_s: i64) -> i64 {
        match self.0.iter().find(|a| a.step_s == step_s) {
            Some(archive) => {
                let more = self.coarser(step_s).map_or(0, |coarse| coarse.step_s);
                let more = more.saturating_add(2 * step_s);
                archive.reach_s().saturating_add(more)
            }
            None => self.reach_s(),
        }
    }
}

/// What a request reads: `start_s <= t < end_s` in steps of `step_s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) step_s: i64,
    pub(crate) start_s: i64,
    pub(crate) end_s: i64,
}

/// The step that an instant belongs to.
pub(crate) fn slot(at_s: i64, step_s: i64) -> i64 {
    at_s - at_s.rem_euclid(step_s)
}

fn check_pair(fine: Archive, coarse: Archive) -> Result<(), ArchiveError> {
    let (fine_s, coarse_s) = (fine.step_s, coarse.step_s);
    if fine_s == coarse_s {
        return Err(ArchiveError::SameStep { step_s: fine_s });
    }
    if coarse_s % fine_s != 0 {
        return Err(ArchiveError::NotMultiple { fine_s, coarse_s });
    }
    if coarse.reach_s() <= fine.reach_s() {
        return Err(ArchiveError::NotLonger { fine_s, coarse_s });
    }
    let needed = coarse_s / fine_s;
    if fine.points < needed {
        return Err(ArchiveError::TooFew {
            fine_s,
            points: fine.points,
            coarse_s,
            needed,
        });
    }
    Ok(())
}

fn parse_one(part: &str) -> Result<Archive, ArchiveError> {
    let shape = || ArchiveError::Shape {
        part: part.to_owned(),
    };
    let range = || ArchiveError::Range {
        part: part.to_owned(),
    };
    let (step, reach) = part.split_once(':').ok_or_else(shape)?;
    let (step, step_unit) = quantity(step).ok_or_else(shape)?;
    let (reach, reach_unit) = quantity(reach).ok_or_else(shape)?;
    let step_s = step.checked_mul(step_unit.unwrap_or(1)).ok_or_else(range)?;
    if step_s < 1 {
        return Err(range());
    }
    let points = match reach_unit {
        Some(unit) => reach.checked_mul(unit).ok_or_else(range)? / step_s,
        None => reach,
    };
    let reach_s = points.checked_mul(step_s).ok_or_else(range)?;
    if !(1..=LONGEST_S).contains(&reach_s) {
        return Err(range());
    }
    Ok(Archive { step_s, points })
}

/// A number and, where one is written, its unit in seconds.
fn quantity(text: &str) -> Option<(i64, Option<i64>)> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = number.parse().ok()?;
    if unit.is_empty() {
        return Some((number, None));
    }
    let found = UNITS.iter().find(|(name, _)| name.starts_with(unit))?;
    Some((number, Some(found.1)))
}
