//! When we were listening. Silence of a series is judged only over that time: after a start, or a
//! gap in all series, there is one thing to say about us and nothing about each of them.

use std::collections::VecDeque;

/// No sample of any series for longer than this, in seconds, is a gap for everybody: something is
/// wrong with us, or with the way to us, and not with each series. For those who are less patient,
/// two thirds of their patience are.
const GAP_S: i64 = 120;

/// Shorter stretches without a sample are not remembered.
const GAP_KEPT_S: i64 = 5;

/// Gaps that are remembered; when there are more, no silence is judged over the time of the oldest.
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

    /// Notes when the last sample of any series came in, by our clock. Called every second or two,
    /// else the time between two calls is taken for a gap.
    pub fn heard(&mut self, last_s: Option<i64>) {
        let Some(newest) = last_s.filter(|last| *last >= self.began_s) else {
            return;
        };
        let before = self.last_s.unwrap_or(self.began_s);
        if self.last_s.is_none() || newest.saturating_sub(before) > GAP_KEPT_S {
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

    /// For how many seconds since `from_s` we were listening, as somebody sees it who takes a series
    /// for silent after `silent_after_s`. The time after the last sample of all does not count: as
    /// long as nothing comes at all, nothing is known about anybody.
    #[must_use]
    pub fn listened_s(&self, from_s: i64, silent_after_s: i64) -> i64 {
        let (Some(last_s), Some(first)) = (self.last_s, self.gaps.front()) else {
            return 0;
        };
        let longest_s = GAP_S.min(silent_after_s.saturating_mul(2) / 3);
        // What came before the first sample after the start is a gap, however short.
        let is_gap = |gap: &&Gap| {
            gap.to_s - gap.from_s > longest_s
                || (gap.from_s == self.began_s && gap.to_s == first.to_s)
        };
        let from_s = from_s.max(self.began_s);
        let gaps = self.gaps.iter().filter(is_gap);
        let gaps_s: i64 = gaps
            .map(|gap| (gap.to_s.min(last_s) - gap.from_s.max(from_s)).max(0))
            .sum();
        (last_s.saturating_sub(from_s) - gaps_s).max(0)
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
        assert_eq!(listening.listened_s(0, 300), 0);
        assert_eq!(listening.silence_s(1_400), 400);
        // A sample of an earlier life says nothing about this one.
        listening.heard(Some(990));
        assert_eq!(listening.listened_s(0, 300), 0);
        listening.heard(Some(1_003));
        assert_eq!(listening.listened_s(0, 300), 0);
        listening.heard(Some(1_013));
        assert_eq!(listening.listened_s(0, 300), 10);
        assert_eq!(listening.silence_s(1_023), 10);
    }

    #[test]
    fn a_gap_in_all_series_does_not_count() {
        let mut listening = Listening::begin(0);
        for at in [0, 60, 120, 600, 660] {
            listening.heard(Some(at));
        }
        // Heard from 0 to 120 and from 600 on.
        assert_eq!(listening.listened_s(0, 300), 120 + 60);
        assert_eq!(listening.listened_s(100, 300), 20 + 60);
        assert_eq!(listening.listened_s(300, 300), 60);
    }

    #[test]
    fn the_impatient_count_shorter_gaps() {
        let mut listening = Listening::begin(0);
        for at in [0, 10, 20, 100, 110] {
            listening.heard(Some(at));
        }
        assert_eq!(listening.listened_s(0, 300), 110);
        assert_eq!(
            listening.listened_s(0, 60),
            20 + 10,
            "80 s without anything are no silence"
        );
    }

    #[test]
    fn while_nothing_comes_time_stands_still() {
        let mut listening = Listening::begin(0);
        for at in 0..100 {
            listening.heard(Some(at));
        }
        let before = listening.listened_s(50, 60);
        listening.heard(Some(99));
        assert_eq!(listening.listened_s(50, 60), before);
        assert_eq!(listening.silence_s(400), 301);
    }

    #[test]
    fn many_gaps_forget_the_oldest_time() {
        let mut listening = Listening::begin(0);
        for n in 0..2_000 {
            listening.heard(Some(n * (GAP_S + 1)));
        }
        assert!(listening.gaps.len() <= GAPS_KEPT);
        listening.heard(Some(1_999 * (GAP_S + 1) + 5));
        assert_eq!(listening.listened_s(0, 300), 5);
    }
}
