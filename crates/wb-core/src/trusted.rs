//! How far the clock is trusted with what cannot be undone, such as deleting what is old. A clock that
//! is far ahead for a while (a dead battery, a wrong time server) must not age everything at once.

use core::time::Duration;

/// A clock further ahead than this of what was seen last is doubted, in seconds.
const JUMP_S: i64 = 86_400;

/// For how long it must hold to be believed.
const HOLDS: Duration = Duration::from_secs(3_600);

/// What is known of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trusted {
    seen_s: Option<i64>,
    doubt: Option<Doubt>,
}

/// A jump that is not believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Doubt {
    since: Duration,
    /// What the clock said then, in seconds since 1970 UTC.
    to_s: i64,
}

impl Trusted {
    /// `seen_s` is the last time that was believed, also by an earlier process, in seconds since 1970
    /// UTC; none when there is nothing to go by.
    #[must_use]
    pub const fn new(seen_s: Option<i64>) -> Self {
        Self {
            seen_s,
            doubt: None,
        }
    }

    /// The time to act by when the clock says `now_s`: that, or, after a jump of more than a day
    /// forward that has not held for an hour of `monotonic` time, the last one that was believed. A
    /// step back is believed at once: it deletes nothing.
    pub fn act_by(&mut self, now_s: i64, monotonic: Duration) -> i64 {
        let Some(seen_s) = self
            .seen_s
            .filter(|seen| now_s.saturating_sub(*seen) > JUMP_S)
        else {
            return self.believe(now_s);
        };
        let fresh = Doubt {
            since: monotonic,
            to_s: now_s,
        };
        let doubt = self.doubt.get_or_insert(fresh);
        let held = monotonic.saturating_sub(doubt.since);
        let expected_s = doubt.to_s.saturating_add_unsigned(held.as_secs());
        if now_s.abs_diff(expected_s) > JUMP_S.unsigned_abs() {
            // Another jump: it has to hold anew.
            *doubt = fresh;
        } else if held >= HOLDS {
            return self.believe(now_s);
        }
        seen_s
    }

    /// Whether the clock is not believed for now.
    #[must_use]
    pub const fn is_doubted(&self) -> bool {
        self.doubt.is_some()
    }

    const fn believe(&mut self, now_s: i64) -> i64 {
        self.seen_s = Some(now_s);
        self.doubt = None;
        now_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: i64 = 86_400;

    fn at(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    #[test]
    fn a_jump_is_believed_when_it_held_for_an_hour() {
        let mut clock = Trusted::new(None);
        assert_eq!(clock.act_by(1_000, at(0)), 1_000);
        assert_eq!(clock.act_by(1_000 + DAY_S, at(1)), 1_000 + DAY_S);
        let far = 1_000 + 40 * DAY_S;
        for minutes in 2..62 {
            assert_eq!(clock.act_by(far, at(minutes)), 1_000 + DAY_S);
            assert!(clock.is_doubted());
        }
        assert_eq!(clock.act_by(far, at(62)), far);
        assert!(!clock.is_doubted());
    }

    #[test]
    fn a_clock_that_is_put_right_changed_nothing() {
        let mut clock = Trusted::new(Some(1_000));
        assert_eq!(clock.act_by(1_000 + 400 * DAY_S, at(0)), 1_000);
        assert_eq!(clock.act_by(1_060, at(1)), 1_060);
        assert!(!clock.is_doubted());
        // An hour later it jumps again: it has to hold from then on.
        assert_eq!(clock.act_by(1_000 + 400 * DAY_S, at(90)), 1_060);
        assert_eq!(clock.act_by(1_000 + 900 * DAY_S, at(160)), 1_060);
        assert_eq!(clock.act_by(1_000 + 900 * DAY_S, at(219)), 1_060);
        assert_eq!(
            clock.act_by(1_000 + 900 * DAY_S, at(220)),
            1_000 + 900 * DAY_S
        );
    }

    #[test]
    fn a_long_pause_costs_an_hour() {
        let mut clock = Trusted::new(Some(0));
        assert_eq!(clock.act_by(9 * DAY_S, at(0)), 0);
        assert_eq!(clock.act_by(9 * DAY_S + 3_600, at(60)), 9 * DAY_S + 3_600);
    }
}
