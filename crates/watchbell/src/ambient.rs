//! The one clock and the one source of randomness of the program; everything else is handed them.
//!
//! The clock starts at the wall's time and then follows monotonic time, so it never runs backwards
//! (`ARCHITECTURE.md`, invariants). It is steered towards the wall each time it is read: a wall that
//! is more than a second ahead (the host slept, or its time was set) is stepped to at once and a
//! note of it kept; every other difference is slewed away by a tenth of the time that passes.

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rand::Rng as _;
use wb_core::time::Timestamp;
use wb_ports::{Clock, Random};

/// A wall further ahead than this is stepped to at once.
const STEP_OVER_NS: i128 = 1_000_000_000;

/// Of the time that passes, one part in this many is used for slewing.
const SLEW_DIVISOR: i128 = 10;

/// Steps kept until somebody asks; of more the oldest are dropped.
const STEPS_KEPT: usize = 64;

/// What the clock last said, and when by monotonic time. In nanoseconds, because a tenth of the
/// few microseconds between two readings would otherwise round to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steering {
    said_ns: i128,
    at: Duration,
}

impl Steering {
    /// A clock that starts at the wall's time.
    pub(crate) const fn new(wall_ns: i128, mono: Duration) -> Self {
        Self {
            said_ns: wall_ns,
            at: mono,
        }
    }

    /// What the clock says.
    pub(crate) fn now(self) -> Timestamp {
        timestamp(self.said_ns)
    }
}

/// The clock jumped forward to catch up with the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Where it would have been.
    pub(crate) from: Timestamp,
    /// Where it is.
    pub(crate) to: Timestamp,
}

/// What the clock says next, given what it said before, the wall and monotonic time; and the step,
/// if it had to make one. Never before what it said last.
pub(crate) fn steer(before: Steering, wall_ns: i128, mono: Duration) -> (Steering, Option<Step>) {
    let passed_ns = i128::try_from(mono.saturating_sub(before.at).as_nanos()).unwrap_or(0);
    let straight_ns = before.said_ns + passed_ns;
    let ahead_ns = wall_ns - straight_ns;
    // Two threads may read the monotonic time in one order and come here in the other.
    let at = mono.max(before.at);
    if ahead_ns > STEP_OVER_NS {
        let step = Step {
            from: timestamp(straight_ns),
            to: timestamp(wall_ns),
        };
        return (Steering::new(wall_ns, at), Some(step));
    }
    let most_ns = passed_ns / SLEW_DIVISOR;
    (
        Steering::new(straight_ns + ahead_ns.clamp(-most_ns, most_ns), at),
        None,
    )
}

fn timestamp(ns: i128) -> Timestamp {
    Timestamp::from_micros(i64::try_from(ns / 1_000).unwrap_or(i64::MAX))
}

/// The program's clock.
pub(crate) struct SystemClock {
    started: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    steering: Steering,
    steps: VecDeque<Step>,
}

impl SystemClock {
    /// A clock that starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub(crate) fn start() -> Self {
        let inner = Inner {
            steering: Steering::new(wall_ns(), Duration::ZERO),
            steps: VecDeque::new(),
        };
        Self {
            started: Instant::now(),
            inner: Mutex::new(inner),
        }
    }

    /// The steps since this was last asked, oldest first.
    pub(crate) fn take_steps(&self) -> Vec<Step> {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .steps
            .drain(..)
            .collect()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (steering, step) = steer(inner.steering, wall_ns(), self.started.elapsed());
        inner.steering = steering;
        if let Some(step) = step {
            if inner.steps.len() == STEPS_KEPT {
                inner.steps.pop_front();
            }
            inner.steps.push_back(step);
        }
        steering.now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn wall_ns() -> i128 {
    // A wall before 1970 is a broken clock; the steering slews or steps once it is mended.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i128::try_from(since.as_nanos()).unwrap_or(i128::MAX)
        })
}

/// The program's randomness: a generator that nobody can predict, seeded by the operating system.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one source of randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i128 = 1_000_000_000;

    fn run(readings: &[(i128, u64)]) -> Vec<(i128, bool)> {
        let mut steering = Steering::new(100 * S, Duration::ZERO);
        let mut out = Vec::new();
        for (wall_ns, mono_ms) in readings {
            let (next, step) = steer(steering, *wall_ns, Duration::from_millis(*mono_ms));
            assert!(
                next.said_ns >= steering.said_ns,
                "ran backwards at {mono_ms} ms"
            );
            steering = next;
            out.push((next.said_ns, step.is_some()));
        }
        out
    }

    #[test]
    fn a_steady_wall_is_followed() {
        assert_eq!(
            run(&[(101 * S, 1_000), (103 * S, 3_000)]),
            [(101 * S, false), (103 * S, false)]
        );
    }

    #[test]
    fn a_jump_forward_is_stepped_at_once_and_told() {
        assert_eq!(run(&[(3_701 * S, 1_000)]), [(3_701 * S, true)]);
        let before = Steering::new(100 * S, Duration::ZERO);
        let (_, step) = steer(before, 200 * S, Duration::from_secs(1));
        let step = step.expect("a step");
        assert_eq!(step.to.micros_since(step.from), 99_000_000);
    }

    #[test]
    fn a_second_ahead_is_slewed_not_stepped() {
        assert_eq!(run(&[(102 * S, 1_000)]), [(101 * S + S / 10, false)]);
    }

    #[test]
    fn a_wall_set_back_is_slewed_at_a_tenth_and_reached() {
        // Ten seconds back: after 10 s of monotonic time 1 s is made good, after 100 s all of it.
        let readings: Vec<_> = (1..=11)
            .map(|n| ((90 + 10 * n) * S, 10_000 * n as u64))
            .collect();
        let said = run(&readings);
        assert_eq!(said[0], (109 * S, false));
        assert_eq!(said[9], (190 * S, false));
        assert_eq!(said[10], (200 * S, false));
    }

    #[test]
    fn many_small_readings_are_slewed_too() {
        let mut steering = Steering::new(100 * S, Duration::ZERO);
        for us in 1..=1_000_000_u64 {
            let mono = Duration::from_micros(us);
            let wall_ns = 99 * S + i128::from(us) * 1_000;
            steering = steer(steering, wall_ns, mono).0;
        }
        assert_eq!(steering.said_ns, 100 * S + S * 9 / 10);
    }

    #[test]
    fn readings_that_arrive_out_of_order_do_not_run_backwards() {
        run(&[(102 * S, 2_000), (101 * S, 1_000), (102 * S, 2_000)]);
        let late = run(&[(102 * S, 2_000), (101 * S, 1_000), (103 * S, 3_000)]);
        assert_eq!(late[2].0, 103 * S);
    }

    #[test]
    fn random_bytes_differ() {
        let (mut one, mut two) = ([0_u8; 32], [0_u8; 32]);
        SystemRandom.fill(&mut one);
        SystemRandom.fill(&mut two);
        assert_ne!(one, two);
    }
}
