//! How one value is made of several, unknown ones among them.

/// An aggregation function by graphite's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Average,
    AverageZero,
    Median,
    Sum,
    Min,
    Max,
    Diff,
    StdDev,
    Count,
    Range,
    Multiply,
    Last,
}

impl Aggregate {
    /// The function with this name or alias.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "average" | "avg" => Self::Average,
            "avg_zero" => Self::AverageZero,
            "median" => Self::Median,
            "sum" | "total" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "diff" => Self::Diff,
            "stddev" => Self::StdDev,
            "count" => Self::Count,
            "range" | "rangeOf" => Self::Range,
            "multiply" => Self::Multiply,
            "last" | "current" => Self::Last,
            _ => return None,
        })
    }

    /// The value of a row; `None` if nothing in it is known.
    pub(super) fn of(self, row: &[Option<f64>]) -> Option<f64> {
        let known: Vec<f64> = row.iter().copied().flatten().collect();
        let first = *known.first()?;
        let count = known.len() as f64;
        let sum: f64 = known.iter().sum();
        Some(match self {
            Self::Average => sum / count,
            Self::AverageZero => sum / row.len() as f64,
            Self::Median => median(known),
            Self::Sum => sum,
            Self::Min => min(&known),
            Self::Max => max(&known),
            Self::Diff => known.iter().skip(1).fold(first, |left, value| left - value),
            Self::StdDev => {
                let mean = sum / count;
                (known
                    .iter()
                    .map(|value| (value - mean).powi(2))
                    .sum::<f64>()
                    / count)
                    .sqrt()
            }
            Self::Count => count,
            Self::Range => max(&known) - min(&known),
            // A product is only known when all of its factors are.
            Self::Multiply if known.len() < row.len() => return None,
            Self::Multiply => known.iter().product(),
            Self::Last => known.last().copied().unwrap_or(first),
        })
    }
}

/// Whether enough is known: something at all, and at least this share.
pub(super) fn enough(known: usize, total: f64, x_files_factor: f64) -> bool {
    known > 0 && total != 0.0 && known as f64 / total >= x_files_factor
}

pub(super) fn min(known: &[f64]) -> f64 {
    known.iter().copied().fold(f64::INFINITY, f64::min)
}

pub(super) fn max(known: &[f64]) -> f64 {
    known.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn median(mut known: Vec<f64>) -> f64 {
    known.sort_by(f64::total_cmp);
    let middle = known.len() / 2;
    let upper = known.get(middle).copied().unwrap_or_default();
    if known.len() % 2 == 1 {
        return upper;
    }
    let lower = middle.checked_sub(1).and_then(|at| known.get(at)).copied();
    f64::midpoint(lower.unwrap_or(upper), upper)
}
