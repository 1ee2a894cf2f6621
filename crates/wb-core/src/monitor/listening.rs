//! When we were listening. Silence of a series is judged only over that time: after a start, or a
//! gap in all series, there is one thing to say about us and nothing about each of them.

use std::collections::VecDeque;

/// No sample of any series for longer than this, in seconds, is a gap: something is wrong with us,
/// or with the way to us, and not with each series.
pub const GAP_S: i64 = 120;

/// Gaps that are remembered; with more than these in a day no silence is judged over the oldest.
const GAPS_KEPT: usize = 1_000;

/// A span in which we heard nothing at all, in seconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    from_s: i64,
    to_s: i64,
}

/// When samples, of whichever series, came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// When we began; nothing before it was heard by us.
    began_s: i64,
    /// The last sample of all.
    last_s: Option<i64>,
    gaps: VecDeque<Gap>,
}

impl Listening {
    /// Begins now.
    #[must_use]
    pub const fn begin(now_s: i64) -> Self {
        Self {
            began_s: now_s,
            last_s: None,
            gaps: VecDeque::new(),
        }
    }

    /// Notes when the last sample of any series came in, by our clock. Called more often than
    /// [`GAP_S`], else the time between two calls is taken for a gap.
    pub fn heard(&mut self, last_s: Option<i64>) {
        let Some(newest) = last_s.filter(|last| *last >= self.began_s) else {
            return;
        };
        let before = self.last_s.unwrap_or(self.began_s);
        // What came before the first sample after a start is a gap, however short.
        if self.last_s.is_none() || newest.saturating_sub(before) > GAP_S {
            if self.gaps.len() == GAPS_KEPT
                && let Some(oldest) = self.gaps.pop_front()
            {
                self.began_s = oldest.to_s;
            }
            self.gaps.push_back(Gap {
                from_s: before,
                to_s: newest,
            });
        }
        self.last_s = Some(newest.max(before));
    }

    /// For how many seconds between `from_s` and `now_s` we were listening.
    #[must_use]
    pub fn listened_s(&self, from_s: i64, now_s: i64) -> i64 {
        let Some(last_s) = self.last_s else {
            return 0;
        };
        let from_s = from_s.max(self.began_s);
        let until_s = if now_s.saturating_sub(last_s) > GAP_S {
            last_s
        } else {
            now_s
        };
        let gaps_s: i64 = self
            .gaps
            .iter()
            .map(|gap| (gap.to_s.min(until_s) - gap.from_s.max(from_s)).max(0))
            .sum();
        (until_s.saturating_sub(from_s) - gaps_s).max(0)
    }

    /// For how many seconds we have heard nothing at all, counted from our beginning at the
    /// earliest.
    #[must_use]
    pub fn silence_s(&self, now_s: i64) -> i64 {
        now_s.saturating_sub(self.last_s.unwrap_or(self.began_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_sample_nothing_is_heard() {
        let mut listening = Listening::begin(1_000);
        assert_eq!(listening.listened_s(0, 2_000), 0);
        assert_eq!(listening.silence_s(1_400), 400);
        // A sample of an earlier life says nothing about this one.
        listening.heard(Some(990));
        assert_eq!(listening.listened_s(0, 2_000), 0);
        listening.heard(Some(1_060));
        assert_eq!(listening.listened_s(0, 1_070), 10);
        assert_eq!(listening.silence_s(1_070), 10);
    }

    #[test]
    fn a_gap_in_all_series_does_not_count() {
        let mut listening = Listening::begin(0);
        for at in [0, 60, 120, 600, 660] {
            listening.heard(Some(at));
        }
        // Heard from 0 to 120 and from 600 on.
        assert_eq!(listening.listened_s(0, 660), 120 + 60);
        assert_eq!(listening.listened_s(100, 660), 20 + 60);
        assert_eq!(listening.listened_s(300, 660), 60);
        // In the middle of a gap time stands still.
        assert_eq!(listening.listened_s(600, 660 + GAP_S + 1), 60);
        assert_eq!(listening.listened_s(600, 660 + GAP_S), 60 + GAP_S);
    }

    #[test]
    fn many_gaps_forget_the_oldest_time() {
        let mut listening = Listening::begin(0);
        for n in 0..2_000 {
            listening.heard(Some(n * (GAP_S + 1)));
        }
        assert!(listening.gaps.len() <= GAPS_KEPT);
        assert_eq!(listening.listened_s(0, 1_999 * (GAP_S + 1) + 5), 5);
    }
}
