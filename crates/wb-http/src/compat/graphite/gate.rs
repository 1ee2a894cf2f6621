//! Where metrics are read: a few requests at a time, on threads that may block, and only for as long
//! as somebody waits.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;
use wb_ports::metrics::{MetricSource, Node, Points, SourceError};

use super::Refusal;
use crate::limits::{GRAPHITE_RUNNING, GRAPHITE_WAITING};
use crate::state::HttpState;

/// Lets a few requests read at a time, and a few more wait their turn.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Those who read or wait.
    places: Arc<Semaphore>,
    /// Those who read.
    turns: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(GRAPHITE_RUNNING + GRAPHITE_WAITING)),
            turns: Arc::new(Semaphore::new(GRAPHITE_RUNNING)),
        }
    }
}

impl Gate {
    /// Runs a job over this node's metrics when its turn comes.
    ///
    /// # Errors
    /// What the job says; or there are no metrics here, too many wait, or it took too long.
    pub(super) async fn run<T, F>(&self, state: &HttpState, job: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&dyn MetricSource) -> Result<T, Refusal> + Send + 'static,
    {
        let source = state.app.metrics.clone().ok_or_else(Refusal::no_metrics)?;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Refusal::unavailable("Too many requests for metrics wait already; try again shortly.")
        })?;
        let gone = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(Arc::clone(&gone));
        let turns = Arc::clone(&self.turns);
        let work = async move {
            let turn = turns
                .acquire_owned()
                .await
                .map_err(|_| Refusal::internal())?;
            let span = tracing::Span::current();
            let reading = tokio::task::spawn_blocking(move || {
                // Held until the thread is free again, however long ago the client left.
                let _held = (place, turn);
                span.in_scope(|| job(&Attended { source, gone }))
            });
            reading.await.map_err(|error| {
                tracing::error!(%error, "reading metrics panicked");
                Refusal::internal()
            })?
        };
        let within = time_limit(state);
        tokio::time::timeout(within, work)
            .await
            .unwrap_or_else(|_| {
                let text = format!(
                    "Not answered within {} ms; ask for less time or fewer series.",
                    within.as_millis()
                );
                Err(Refusal::unavailable(text))
            })
    }
}

/// A little less than every request has, so that the answer is in the dialect's words.
fn time_limit(state: &HttpState) -> Duration {
    let request = state.limits.request;
    request.saturating_sub(request / 10)
}

/// Tells the reading thread that nobody waits for it any more: the time is over, or the client hung
/// up.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A source that is read only while somebody waits. A thread cannot be stopped from outside, so it
/// ends at its next read.
struct Attended {
    source: Arc<dyn MetricSource>,
    gone: Arc<AtomicBool>,
}

impl Attended {
    fn attended(&self) -> Result<&dyn MetricSource, SourceError> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(SourceError::Store("nobody waits for it".to_owned()));
        }
        Ok(&*self.source)
    }
}

impl MetricSource for Attended {
    fn find(&self, pattern: &str) -> Result<Vec<Node>, SourceError> {
        self.attended()?.find(pattern).inspect_err(log)
    }

    fn fetch(
        &self,
        pattern: &str,
        from_s: i64,
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<Points>, SourceError> {
        let source = self.attended()?;
        source
            .fetch(pattern, from_s, until_s, now_s)
            .inspect_err(log)
    }

    fn last_heard_s(&self) -> Option<i64> {
        self.source.last_heard_s()
    }
}

/// The client is told only that the store failed, so the reason stands in the log.
fn log(error: &SourceError) {
    if let SourceError::Store(reason) = error {
        tracing::error!(%reason, "the metric store could not be read");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Empty;

    impl MetricSource for Empty {
        fn find(&self, _: &str) -> Result<Vec<Node>, SourceError> {
            Ok(Vec::new())
        }

        fn fetch(&self, _: &str, _: i64, _: i64, _: i64) -> Result<Vec<Points>, SourceError> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn nothing_is_read_for_those_who_left() {
        let gone = Arc::new(AtomicBool::new(false));
        let leaving = Leaving(Arc::clone(&gone));
        let source = Arc::new(Empty);
        let attended = Attended { source, gone };
        assert_eq!(attended.find("*"), Ok(Vec::new()));
        assert_eq!(attended.fetch("*", 0, 1, 1), Ok(Vec::new()));
        drop(leaving);
        assert!(attended.find("*").is_err());
        assert!(attended.fetch("*", 0, 1, 1).is_err());
    }
}
