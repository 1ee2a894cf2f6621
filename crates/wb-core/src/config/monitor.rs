//! What a monitor is set to.

use crate::event::Severity;
use crate::ids::ServiceId;
use crate::number::Number;

/// Watches the series of a target expression and tells when one of them stays over, or under, a
/// line. Each series is a *group* of its own, with its own state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// The service its alerts are about; its team owns the monitor.
    pub service: ServiceId,
    /// Shown name, unique among the monitors of its service.
    pub name: String,
    /// What it means and what to do, for somebody woken by it.
    pub description: String,
    /// Which series, as a render target (`checkout.*.p99`, `scale(a.b, 2)`).
    pub target: String,
    /// Which side of the line is bad.
    pub side: Side,
    /// The line: a value beyond it is bad.
    pub threshold: Number,
    /// How long values must stay bad before it fires, in seconds; 0 fires at the first.
    pub for_s: u32,
    /// The level a value must be back under (for [`Side::Above`]; over for [`Side::Below`]) to be
    /// good again; none means: no longer beyond the threshold. Between both the state stays.
    pub recovery: Option<Number>,
    /// How long values must stay good before it recovers, in seconds.
    pub recover_for_s: u32,
    /// How often it is evaluated, in seconds; at least 1.
    pub every_s: u32,
    /// How bad it is when it fires.
    pub severity: Severity,
    /// A series without points for longer than this is silent, in seconds. Such a gap also ends a
    /// stretch of bad or good values.
    pub silent_after_s: u32,
    /// What silence means.
    pub on_silence: OnSilence,
    /// Where the way to mend it is written.
    pub runbook_url: Option<String>,
}

/// Which side of a line is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Values over the line are bad.
    Above,
    /// Values under the line are bad.
    Below,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Above, Self::Below];

    /// The word used in code, API, configuration and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }

    /// The side of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.word() == word)
    }

    /// Whether a value lies beyond a line on this side; on the line is not beyond it.
    #[must_use]
    pub fn is_beyond(self, value: Number, line: Number) -> bool {
        match self {
            Self::Above => value > line,
            Self::Below => value < line,
        }
    }
}

/// What it means that a series that used to have points has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OnSilence {
    /// Nothing: the state stays as it is.
    Keep,
    /// An alert of its own.
    Alert,
    /// It is over: a firing group recovers.
    Recover,
}

impl OnSilence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Alert, Self::Recover];

    /// The word used in code, API, configuration and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Alert => "alert",
            Self::Recover => "recover",
        }
    }

    /// The meaning of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.word() == word)
    }
}

impl Monitor {
    /// Whether a value is bad.
    #[must_use]
    pub fn is_bad(&self, value: Number) -> bool {
        self.side.is_beyond(value, self.threshold)
    }

    /// Whether a value is good enough to recover.
    #[must_use]
    pub fn is_good(&self, value: Number) -> bool {
        match (self.recovery, self.side) {
            (None, _) => !self.is_bad(value),
            (Some(level), Side::Above) => value < level,
            (Some(level), Side::Below) => value > level,
        }
    }

    /// How far back an evaluation has to read, in seconds: the longest stretch it judges, begun
    /// anywhere within a gap that is not silence yet.
    #[must_use]
    pub fn reach_s(&self, step_s: i64) -> i64 {
        i64::from(self.for_s.max(self.recover_for_s)).saturating_add(self.silence_s(step_s))
    }

    /// After how many seconds without a point a series of this step is silent: as set, and three
    /// steps at least. A value is up to two steps old before the next one can be there, and that may
    /// be a little late.
    #[must_use]
    pub fn silence_s(&self, step_s: i64) -> i64 {
        i64::from(self.silent_after_s).max(step_s.saturating_mul(3))
    }
}
