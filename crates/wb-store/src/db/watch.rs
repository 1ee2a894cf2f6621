//! The one place of the store that looks at a clock. It is monotonic and only measures: how long something took,
//! whether a limit has passed. No decision about alerts, pages or people ever depends on it.

use std::time::{Duration, Instant};

/// A started stop watch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(
        clippy::disallowed_methods,
        reason = "measures elapsed time only, decides nothing of the domain"
    )]
    pub(crate) fn start() -> Watch {
        Watch(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
