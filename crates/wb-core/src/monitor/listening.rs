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

/// Gaps in a row that are alike and make a rhythm: samples come rarely here, but regularly.
const RHYTHM_GAPS: usize = 3;

/// After how many seconds without any sample something is wrong with us, where samples come often.
const PATIENCE_S: i64 = 300;

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
    rarely: Rarely,
}

/// How far apart samples come in, in seconds; 0 where they come often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rarely {
    /// By the points that were there when we began, if any were looked at.
    Expected(Option<i64>),
    /// By what we heard.
    Heard(i64),
}

impl Listening {
    /// Begins now.
    #[must_use]
    pub const fn begin(now_s: i64) -> Self {
        Self {
            began_s: now_s,
            last_s: None,
            gaps: VecDeque::new(),
            rarely: Rarely::Expected(None),
        }
    }

    /// Notes how far apart the points of a series lie that were there when we began: until we have
    /// heard enough ourselves, the one with the most frequent points says how long to be patient.
    pub fn expect(&mut self, apart_s: i64) {
        if let Rarely::Expected(known) = &mut self.rarely {
            *known = Some(known.map_or(apart_s, |known| known.min(apart_s)));
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
        self.learn_rhythm();
    }

    fn learn_rhythm(&mut self) {
        if let Some(rhythm_s) = self.rhythm_s() {
            self.rarely = Rarely::Heard(rhythm_s);
        } else if let (Some(last_s), Some(gap)) = (self.last_s, self.gaps.back())
            && last_s - gap.to_s > self.apart_s().max(GAP_S)
        {
            // For longer than the time between two samples used to be there was no gap.
            self.rarely = Rarely::Heard(0);
        }
    }

    fn apart_s(&self) -> i64 {
        match self.rarely {
            Rarely::Expected(apart_s) => apart_s.unwrap_or(0),
            Rarely::Heard(apart_s) => apart_s,
        }
    }

    /// How far apart samples come in, where that is rarely but regularly: the longest of the last
    /// gaps, if these are alike and fill the time since they began. A gap unlike those before it,
    /// such as an outage, ends the rhythm until it is found anew.
    fn rhythm_s(&self) -> Option<i64> {
        // The first one began with us and not with a sample.
        let heard = self.gaps.iter().skip(1).rev().take(RHYTHM_GAPS);
        let lengths: Vec<i64> = heard.clone().map(|gap| gap.to_s - gap.from_s).collect();
        let from_s = heard.map(|gap| gap.from_s).min()?;
        let (longest, shortest) = (*lengths.iter().max()?, *lengths.iter().min()?);
        let is_alike = lengths.len() == RHYTHM_GAPS && longest * 2 <= shortest * 3;
        let all_s = self.last_s?.saturating_sub(from_s);
        (is_alike && lengths.iter().sum::<i64>() * 2 >= all_s).then_some(longest)
    }

    /// After how many seconds without any sample at all something is wrong with us.
    #[must_use]
    pub fn patience_s(&self) -> i64 {
        PATIENCE_S.max(self.apart_s().saturating_mul(2))
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
        // Where samples come rarely, the time between two of them is none.
        let rhythm_s = self.rhythm_s().unwrap_or(0);
        let longest_s = longest_s.max(rhythm_s.saturating_mul(3) / 2);
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
        let mut at_s = 0;
        for n in 0..2_000 {
            // None like the one before.
            at_s += if n % 2 == 0 { GAP_S + 1 } else { 3 * GAP_S };
            listening.heard(Some(at_s));
        }
        assert!(listening.gaps.len() <= GAPS_KEPT);
        listening.heard(Some(at_s + 5));
        assert_eq!(listening.listened_s(0, 300), 5);
    }

    #[test]
    fn samples_that_come_rarely_but_regularly_are_no_gaps() {
        let mut listening = Listening::begin(0);
        for at in [100, 700, 1_300] {
            listening.heard(Some(at));
        }
        assert_eq!(listening.listened_s(100, 1_500), 0, "no rhythm yet");
        for at in [1_900, 2_500, 3_110] {
            listening.heard(Some(at));
        }
        assert_eq!(listening.listened_s(1_300, 1_500), 1_810);
        assert_eq!(listening.patience_s(), 1_220);
        // Nothing for much longer than that is an outage, and what was heard before it is unknown
        // until there is a rhythm again.
        listening.heard(Some(9_000));
        assert_eq!(listening.listened_s(1_300, 1_500), 0);
        assert_eq!(listening.patience_s(), 1_220, "still a slow sender");
        for at in [9_600, 10_200, 10_800] {
            listening.heard(Some(at));
        }
        assert_eq!(listening.listened_s(3_110, 1_500), 1_800);
    }

    #[test]
    fn outages_of_one_length_are_no_rhythm() {
        let mut listening = Listening::begin(0);
        for hour in 0..5 {
            for at in 0..3_000 {
                listening.heard(Some(hour * 3_600 + at));
            }
        }
        assert_eq!(listening.listened_s(17_000, 300), 399);
        assert_eq!(listening.patience_s(), PATIENCE_S);
    }

    #[test]
    fn a_slow_sender_is_known_again_after_a_start() {
        let mut listening = Listening::begin(0);
        listening.expect(900);
        listening.expect(600);
        assert_eq!(listening.patience_s(), 1_200);
        for at in 0..1_000 {
            listening.heard(Some(at));
        }
        assert_eq!(
            listening.patience_s(),
            PATIENCE_S,
            "another one sends often"
        );
        listening.expect(600);
        assert_eq!(listening.patience_s(), PATIENCE_S);
    }
}
