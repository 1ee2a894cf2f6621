//! The event: the normal form of what a sender told us, whatever dialect it spoke.

use core::fmt;

use crate::time::Timestamp;

/// How bad it is, worst first: Sev 1 to Sev 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Sev 1.
    Critical,
    /// Sev 2.
    Major,
    /// Sev 3.
    Moderate,
    /// Sev 4.
    Minor,
    /// Sev 5.
    Info,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::Major,
        Self::Moderate,
        Self::Minor,
        Self::Info,
    ];

    /// The word used in code, API, configuration and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::Moderate => "moderate",
            Self::Minor => "minor",
            Self::Info => "info",
        }
    }

    /// The severity of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// 1 for critical to 5 for info.
    #[must_use]
    pub const fn level(self) -> u8 {
        self as u8 + 1
    }

    /// Whether this is worse than `other`.
    #[must_use]
    pub fn is_worse_than(self, other: Self) -> bool {
        self < other
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How loudly to tell people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Page by the high-urgency rules.
    High,
    /// Page by the low-urgency rules.
    Low,
    /// Record only; nobody is paged.
    None,
}

impl Urgency {
    /// All of them, loudest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Low, Self::None];

    /// The word used in code, API, configuration and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::None => "none",
        }
    }

    /// The urgency of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.word() == word)
    }

    /// The urgency that `by_severity` gives: critical and major are high, moderate and minor low,
    /// info none.
    #[must_use]
    pub const fn by_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::Major => Self::High,
            Severity::Moderate | Severity::Minor => Self::Low,
            Severity::Info => Self::None,
        }
    }
}

/// What the sender wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventAction {
    /// Something is wrong.
    Trigger,
    /// Somebody over there has it.
    Acknowledge,
    /// It is over.
    Resolve,
}

impl EventAction {
    /// The word used in facts and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
        }
    }
}

/// A link the sender attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLink {
    /// Where it leads.
    pub href: String,
    /// What to call it; the address when the sender gave no text.
    pub text: Option<String>,
}

/// An image the sender attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventImage {
    /// Where the image lies.
    pub src: String,
    /// Where a tap on it leads.
    pub href: Option<String>,
    /// What it shows, in words.
    pub alt: Option<String>,
}

/// What we changed or could not use while normalising; shown on the alert. Form never costs a
/// page, so each of these is a note and not a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventNote {
    /// The summary is longer than the dialect allows; kept whole, shown shortened.
    SummaryLong {
        /// Its length in characters.
        characters: u32,
    },
    /// U+0000 or lone surrogates were replaced by U+FFFD; the signal keeps the received bytes.
    CharactersReplaced {
        /// How many were replaced.
        count: u32,
    },
    /// The timestamp could not be read; the time of receipt stands in.
    TimestampUnreadable {
        /// What was sent, at most 100 characters.
        given: String,
    },
    /// Fields the dialect does not know, kept under `details`.
    UnknownFields {
        /// Their names, at most 20.
        names: Vec<String>,
    },
    /// Any other part of the payload that was not usable and was left out of the event.
    LeftOut {
        /// Which field.
        field: String,
        /// Why, in words.
        why: String,
    },
}

/// One event, normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What the sender wants done.
    pub action: EventAction,
    /// Events with the same key belong to one alert; at most 255 characters.
    pub dedup_key: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the sender's words, whole.
    pub summary: String,
    /// What is affected: a host, a series, a customer.
    pub source: String,
    /// Part of the source.
    pub component: Option<String>,
    /// Logical grouping.
    pub group: Option<String>,
    /// Kind of event.
    pub class: Option<String>,
    /// When it happened according to the sender, else the time of receipt.
    pub occurred_at: Timestamp,
    /// Anything else the sender gave, as JSON text.
    pub details: Option<String>,
    /// Links.
    pub links: Vec<EventLink>,
    /// Images.
    pub images: Vec<EventImage>,
    /// The sending program.
    pub client: Option<String>,
    /// Where to see it in the sending program.
    pub client_url: Option<String>,
    /// What normalising changed.
    pub notes: Vec<EventNote>,
}
