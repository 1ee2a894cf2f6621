//! Reading: windows over heads and chunks.

use std::sync::Arc;

use wb_ports::{Node, Points, SourceError};

use super::archive::Window;
use super::chunk;
use super::engine::Engine;
use super::error::StoreError;
use super::file;
use super::glob;
use super::head::Point;
use super::index::Series;
use super::{lock, read_lock};

/// How many series are read while the heads are held.
const SLICE: usize = 64;

/// The answer for one series, while it is put together.
struct Reading {
    series: Arc<Series>,
    window: Window,
    values: Vec<Option<f64>>,
    /// A value of the window is not known from the head.
    gaps: bool,
}

impl Engine {
    pub(crate) fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError> {
        let parts = glob::parse(pattern)?;
        Ok(read_lock(&self.index).tree.find(&parts))
    }

    pub(crate) fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        let parts = glob::parse(pattern)?;
        let limits = &self.limits;
        let too_many = |limit: usize| SourceError::TooMany {
            pattern: pattern.to_owned(),
            limit,
        };
        let fitting = read_lock(&self.index)
            .tree
            .series(&parts, limits.fetch_series_max);
        let series = fitting.ok_or_else(|| too_many(limits.fetch_series_max))?;
        let windows: Vec<(Arc<Series>, Window)> = series
            .into_iter()
            .filter_map(|series| {
                let window = series
                    .policy(&self.rules)
                    .archives
                    .window(from_s, until_s, now_s)?;
                Some((series, window))
            })
            .collect();
        let mut values = 0_usize;
        for (done, (_, window)) in windows.iter().enumerate() {
            values = values.saturating_add(steps(window));
            if values > limits.fetch_values_max {
                return Err(too_many(done));
            }
        }
        let mut readings: Vec<Reading> = windows.into_iter().map(Reading::new).collect();
        self.read(&mut readings)
            .map_err(|error| SourceError::Store(error.to_string()))?;
        Ok(readings
            .into_iter()
            .map(|reading| reading.points(self))
            .collect())
    }

    /// Heads first, then chunks: a point on its way from one to the other is seen in either.
    fn read(&self, readings: &mut [Reading]) -> Result<(), StoreError> {
        for slice in readings.chunks_mut(SLICE) {
            let heads = lock(&self.heads);
            for reading in slice {
                let Window {
                    step_s,
                    start_s,
                    end_s,
                } = reading.window;
                if let Some(head) = heads.head(reading.series.id, step_s) {
                    reading.fill(head.between(start_s, end_s));
                }
            }
        }
        for reading in readings.iter_mut() {
            reading.gaps = reading.values.iter().any(Option::is_none);
        }
        if !readings.iter().any(|reading| reading.gaps) {
            return Ok(());
        }
        self.readers.read(|tx| {
            for reading in readings.iter_mut().filter(|reading| reading.gaps) {
                let Window {
                    step_s,
                    start_s,
                    end_s,
                } = reading.window;
                let series = reading.series.id;
                file::chunks_between(tx, series, step_s, (start_s, end_s), |t0_s, data| {
                    reading.fill(&chunk::decode(data, t0_s, step_s)?);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }
}

impl Reading {
    fn new((series, window): (Arc<Series>, Window)) -> Self {
        Self {
            values: vec![None; steps(&window)],
            series,
            window,
            gaps: true,
        }
    }

    /// What is known already stays: heads are newer than chunks.
    fn fill(&mut self, points: &[Point]) {
        for point in points {
            let after = point.at_s - self.window.start_s;
            let at = usize::try_from(after / self.window.step_s);
            if let (Ok(at), true) = (at, after >= 0)
                && let Some(value) = self.values.get_mut(at)
            {
                value.get_or_insert(point.value);
            }
        }
    }

    fn points(self, engine: &Engine) -> Points {
        let policy = self.series.policy(&engine.rules);
        Points {
            name: self.series.name.to_string(),
            start_s: self.window.start_s,
            step_s: self.window.step_s,
            values: self.values,
            consolidation: policy.method,
            x_files_factor: policy.x_files_factor,
        }
    }
}

fn steps(window: &Window) -> usize {
    usize::try_from((window.end_s - window.start_s) / window.step_s).unwrap_or_default()
}
