//! The codec of sealed chunks: values compressed with pco; times only where there are gaps.

use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::head::Point;

/// The most points of one chunk.
pub(crate) const CHUNK_POINTS: usize = 256;

/// A chunk on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    /// The steps between the first point and each point; empty when there is no gap.
    steps: Vec<u8>,
    values: Vec<u8>,
}

/// Points in the order of their times, all multiples of the step, become bytes.
pub(crate) fn encode(points: &[Point], step_s: i64) -> Result<Vec<u8>, StoreError> {
    let first = points.first().map_or(0, |p| p.at_s);
    let steps: Vec<u64> = points
        .iter()
        .map(|p| u64::try_from((p.at_s - first) / step_s).unwrap_or_default())
        .collect();
    let values: Vec<f64> = points.iter().map(|p| p.value).collect();
    let gapless = steps.iter().copied().eq(0..steps.len() as u64);
    let config = ChunkConfig::default();
    let stored = Stored {
        steps: if gapless {
            Vec::new()
        } else {
            simple_compress(&steps, &config).map_err(StoreError::codec)?
        },
        values: simple_compress(&values, &config).map_err(StoreError::codec)?,
    };
    postcard::to_stdvec(&stored).map_err(StoreError::codec)
}

/// Bytes become points again.
pub(crate) fn decode(data: &[u8], t0_s: i64, step_s: i64) -> Result<Vec<Point>, StoreError> {
    let stored: Stored = postcard::from_bytes(data).map_err(StoreError::codec)?;
    let values: Vec<f64> = simple_decompress(&stored.values).map_err(StoreError::codec)?;
    let steps: Vec<u64> = if stored.steps.is_empty() {
        (0..values.len() as u64).collect()
    } else {
        simple_decompress(&stored.steps).map_err(StoreError::codec)?
    };
    if steps.len() != values.len() {
        return Err(StoreError::codec("a chunk has not as many times as values"));
    }
    let points = steps.into_iter().zip(values).map(|(steps, value)| {
        let after_s = i64::try_from(steps)
            .unwrap_or(i64::MAX)
            .saturating_mul(step_s);
        let at_s = t0_s.saturating_add(after_s);
        Point { at_s, value }
    });
    Ok(points.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(
            step_s in 1_i64..4_000,
            start in -1_000_000_i64..1_000_000,
            points in prop::collection::vec((1_i64..9, any::<f64>()), 1..CHUNK_POINTS),
            gapless: bool,
        ) {
            let mut at_s = start * step_s;
            let points: Vec<Point> = points.into_iter().map(|(gap, value)| {
                at_s += step_s * if gapless { 1 } else { gap };
                Point { at_s, value }
            }).collect();
            let bytes = encode(&points, step_s).unwrap();
            let back = decode(&bytes, points[0].at_s, step_s).unwrap();
            let bits = |p: &Point| (p.at_s, p.value.to_bits());
            prop_assert!(back.iter().map(bits).eq(points.iter().map(bits)));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(decode(&bytes, 0, 10));
        }
    }
}
