//! From lines to samples, and from there into the sink.

use core::mem;
use core::net::IpAddr;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use wb_ports::{AppendError, Clock, Sample, SampleSink};

use super::line::{LineFault, parse_line};
use super::split::Line;
use super::stats::{Counters, DropReason};

/// Samples of one batch, about; the rest of what was read with the last one comes along.
pub(super) const BATCH_SAMPLES: usize = 4_096;

/// How a batch is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// The wait before the second try; doubles from there.
    first: Duration,
    /// Where the doubling ends.
    longest: Duration,
    /// How often a store that cannot be written is tried; with the waits below about half a minute.
    tries_max: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(20),
            longest: Duration::from_secs(2),
            tries_max: 20,
        }
    }
}

/// What all connections share.
pub(super) struct Feed {
    pub(super) sink: Arc<dyn SampleSink>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) counters: Arc<Counters>,
    pub(super) stop: CancellationToken,
    pub(super) retry: Retry,
    /// Whether the store could not be written when it was last tried, so that a stretch of trouble
    /// is logged once.
    pub(super) in_trouble: AtomicBool,
}

/// Samples that were read and not handed on yet.
#[derive(Debug, Default)]
pub(super) struct Batch(Vec<Sample>);

impl Batch {
    /// Whether it should be handed on before more is read.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= BATCH_SAMPLES
    }

    /// Takes a line in, or counts what is wrong with it.
    pub(super) fn take(&mut self, line: &Line<'_>, peer: IpAddr, now_s: i64, counters: &Counters) {
        let (line, parsed) = match line {
            Line::Whole(line) => (line, parse_line(line, now_s)),
            Line::TooLong(line) => (line, Err(LineFault::TooLong)),
        };
        match parsed {
            Ok(Some(sample)) => self.0.push(sample),
            Ok(None) => counters.dropped(DropReason::Nan, 1),
            Err(fault) => counters.bad_line(fault, line, peer, now_s),
        }
    }
}

/// The sink is closed, or we are stopping: there is nothing to read for any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over;

impl Feed {
    /// The time by which lines without one are kept.
    pub(super) fn now_s(&self) -> i64 {
        self.clock.now().as_secs()
    }

    /// Hands a batch on and waits until it is stored; meanwhile the sender is not read from, which
    /// slows it down. A store that cannot be written is given up after a while: the sender's
    /// queue, and with it what is new, matters more than this batch.
    pub(super) async fn deliver(&self, batch: &mut Batch) -> Result<(), Over> {
        let samples = mem::take(&mut batch.0);
        if samples.is_empty() {
            return Ok(());
        }
        let mut wait = self.retry.first;
        let mut store_tries = 0;
        loop {
            // A copy each time: a batch that fails is gone, and which one will is not known before.
            let over = match self.append(samples.clone()).await {
                Ok(()) => return Ok(()),
                Err(AppendError::Full) => None,
                Err(AppendError::Closed) => Some(DropReason::Stopping),
                Err(AppendError::Store(_)) => {
                    store_tries += 1;
                    (store_tries >= self.retry.tries_max).then_some(DropReason::Store)
                }
            };
            match over {
                Some(DropReason::Store) => {
                    self.counters.dropped(DropReason::Store, samples.len());
                    return Ok(());
                }
                Some(reason) => {
                    self.counters.dropped(reason, samples.len());
                    return Err(Over);
                }
                None if self.stop.is_cancelled() => {
                    self.counters.dropped(DropReason::Stopping, samples.len());
                    return Err(Over);
                }
                None => {}
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(self.retry.longest),
                // One more try, and no more waiting.
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Hands a batch on once: who sent it cannot be made to wait.
    pub(super) async fn offer(&self, batch: &mut Batch) -> Result<(), Over> {
        let samples = mem::take(&mut batch.0);
        if samples.is_empty() {
            return Ok(());
        }
        let count = samples.len();
        let (reason, ended) = match self.append(samples).await {
            Ok(()) => return Ok(()),
            Err(AppendError::Full) => (DropReason::Full, Ok(())),
            Err(AppendError::Store(_)) => (DropReason::Store, Ok(())),
            Err(AppendError::Closed) => (DropReason::Stopping, Err(Over)),
        };
        self.counters.dropped(reason, count);
        ended
    }

    async fn append(&self, samples: Vec<Sample>) -> Result<(), AppendError> {
        match self.sink.append(samples).await {
            Ok(appended) => {
                self.counters.appended(appended);
                if self.in_trouble.swap(false, Relaxed) {
                    tracing::info!("metrics can be stored again");
                }
                Ok(())
            }
            Err(error) => {
                let is_new =
                    matches!(error, AppendError::Store(_)) && !self.in_trouble.swap(true, Relaxed);
                if is_new {
                    tracing::error!(%error, "metrics cannot be stored: {error}");
                }
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use wb_core::time::Timestamp;
    use wb_ports::Appended;

    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    /// Fails as often as told, in the way told.
    struct Failing(Mutex<u32>, AppendError);

    #[async_trait::async_trait]
    impl SampleSink for Failing {
        async fn append(&self, batch: Vec<Sample>) -> Result<Appended, AppendError> {
            let mut left = self.0.lock().expect("whole");
            if *left == 0 {
                let (stored, refused) = (batch.len() - 1, 1);
                return Ok(Appended { stored, refused });
            }
            *left -= 1;
            Err(self.1.clone())
        }
    }

    fn feed(failures: u32, error: AppendError) -> Feed {
        Feed {
            sink: Arc::new(Failing(Mutex::new(failures), error)),
            clock: Arc::new(Still),
            counters: Arc::default(),
            stop: CancellationToken::new(),
            retry: Retry {
                first: Duration::ZERO,
                longest: Duration::ZERO,
                tries_max: 3,
            },
            in_trouble: AtomicBool::new(false),
        }
    }

    fn three() -> Batch {
        let sample = Sample {
            series: "a".to_owned(),
            at_s: 1,
            value: 1.0,
        };
        Batch(vec![sample; 3])
    }

    fn left_out(feed: &Feed, reason: DropReason) -> u64 {
        feed.counters.stats().dropped[reason as usize]
    }

    fn broken() -> AppendError {
        AppendError::Store("disk full".to_owned())
    }

    #[tokio::test]
    async fn a_batch_that_waits_is_stored_in_the_end() {
        for (failures, error) in [(50, AppendError::Full), (2, broken())] {
            let feed = feed(failures, error);
            assert_eq!(feed.deliver(&mut three()).await, Ok(()));
            let stats = feed.counters.stats();
            assert_eq!((stats.samples, stats.dropped_total()), (2, 1));
            assert_eq!(left_out(&feed, DropReason::Refused), 1);
            assert!(!feed.in_trouble.load(Relaxed));
        }
    }

    #[tokio::test]
    async fn a_store_that_stays_broken_costs_the_batch_and_not_the_connection() {
        let feed = feed(3, broken());
        assert_eq!(feed.deliver(&mut three()).await, Ok(()));
        assert_eq!(left_out(&feed, DropReason::Store), 3);
        assert!(feed.in_trouble.load(Relaxed));
        assert_eq!(feed.deliver(&mut three()).await, Ok(()));
        assert_eq!(feed.counters.stats().samples, 2);
    }

    #[tokio::test]
    async fn what_cannot_wait_is_dropped() {
        for (error, reason) in [
            (AppendError::Full, DropReason::Full),
            (broken(), DropReason::Store),
        ] {
            let feed = feed(1, error);
            assert_eq!(feed.offer(&mut three()).await, Ok(()));
            assert_eq!(left_out(&feed, reason), 3);
            assert_eq!(feed.counters.stats().dropped_total(), 3);
        }
    }

    #[tokio::test]
    async fn a_closed_sink_and_a_stop_end_it() {
        let closed = feed(1, AppendError::Closed);
        assert_eq!(closed.deliver(&mut three()).await, Err(Over));
        let closed = feed(1, AppendError::Closed);
        assert_eq!(closed.offer(&mut three()).await, Err(Over));
        assert_eq!(left_out(&closed, DropReason::Stopping), 3);

        let full = feed(u32::MAX, AppendError::Full);
        full.stop.cancel();
        assert_eq!(full.deliver(&mut three()).await, Err(Over));
        assert_eq!(left_out(&full, DropReason::Stopping), 3);
        // What can be stored at the stop is.
        let good = feed(0, AppendError::Full);
        good.stop.cancel();
        assert_eq!(good.deliver(&mut three()).await, Ok(()));
    }
}
