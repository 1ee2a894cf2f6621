//! Schedules as people set them up: rotations, their turns and windows, overrides, time off.
//!
//! What all of this means at an instant is decided in [`crate::oncall`] and nowhere else.

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::ids::{RotationId, ScheduleId, SwapId, TeamId, UserId};
use crate::time::Timestamp;

/// Who is on call when. Rotations stand in order of priority: the first one that has somebody at an
/// instant is the one that counts; overrides are laid over the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among schedules.
    pub name: String,
    /// IANA zone in which hand-off times are meant, such as `Europe/Berlin`.
    pub zone: String,
    /// Highest priority first.
    pub rotations: Vec<Rotation>,
    /// The public holidays it knows, in the order of their dates, each date once.
    pub holidays: Vec<Holiday>,
}

/// A public holiday: a whole local day, in the zone of each rotation that heeds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its local date.
    pub date: Date,
    /// What people call it.
    pub name: String,
}

/// People who take turns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Its id; stays the same when the rotation is edited.
    pub id: RotationId,
    /// Shown name.
    pub name: String,
    /// IANA zone of its own for hand-offs and windows, so that work can follow the sun; none means
    /// the schedule's.
    pub zone: Option<String>,
    /// Local date and time at which the first slot's first turn begins. For hand-offs by days,
    /// weeks and months its time of day (and weekday, and day of the month) is the hand-off's.
    pub start: DateTime,
    /// Local date and time from which the rotation has nobody any more; none means never.
    pub end: Option<DateTime>,
    /// How long a turn is.
    pub handoff: Handoff,
    /// What a turn counts.
    pub turn: TurnRule,
    /// When the rotation has people at all; empty means always.
    pub windows: Vec<Window>,
    /// Whose turn it is, in order; a slot may hold several people, or nobody.
    pub slots: Vec<Slot>,
    /// What happens when everybody who has the turn is off.
    pub when_off: WhenOff,
    /// Whether its people are on call besides those of the rotation that counts, instead of taking
    /// part in the choice by priority.
    pub beside: bool,
    /// What holds on the schedule's holidays.
    pub on_holidays: OnHolidays,
}

impl Rotation {
    /// A rotation that is always covered, without end, in the schedule's zone.
    #[must_use]
    pub const fn new(
        id: RotationId,
        name: String,
        start: DateTime,
        handoff: Handoff,
        slots: Vec<Slot>,
    ) -> Self {
        Self {
            id,
            name,
            zone: None,
            start,
            end: None,
            handoff,
            turn: TurnRule::Calendar,
            windows: Vec::new(),
            slots,
            when_off: WhenOff::Next,
            beside: false,
            on_holidays: OnHolidays::AsUsual,
        }
    }
}

/// How long a turn is. Hours are absolute from the rotation's start; days, weeks and months keep
/// the local time of the hand-off over clock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// Every how many units; at least 1.
    pub every: u32,
    /// The unit.
    pub unit: HandoffUnit,
}

/// The unit of a hand-off rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoffUnit {
    /// Absolute hours.
    Hours,
    /// Calendar days at the local time of the start.
    Days,
    /// Calendar weeks at the local weekday and time of the start.
    Weeks,
    /// Calendar months at the local day and time of the start; a month without that day hands off
    /// on its last one.
    Months,
}

impl HandoffUnit {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Days, Self::Weeks, Self::Months];

    /// The word used in API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
        }
    }
}

/// What a turn counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnRule {
    /// Calendar periods, whether or not a window falls into them: a weekend without windows uses up
    /// the turns of its days.
    #[default]
    Calendar,
    /// Worked days only: a day (from hand-off time to hand-off time) without any window uses up
    /// nothing, so that nobody loses a turn to a free day.
    Worked,
}

impl TurnRule {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Calendar, Self::Worked];

    /// The word used in API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Worked => "worked",
        }
    }
}

/// What happens to a turn when everybody who counts in its slot is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenOff {
    /// The next slot of the rotation with somebody who is there stands in. Turns stay where they
    /// are: who stands in has their own turn as well.
    #[default]
    Next,
    /// Nobody stands in: a rotation of lower priority counts, or there is a gap to be seen.
    Nobody,
}

impl WhenOff {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Next, Self::Nobody];

    /// The word used in API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Nobody => "nobody",
        }
    }
}

/// What holds for a rotation on a public holiday. Turns go on being counted whatever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnHolidays {
    /// A day like any other.
    #[default]
    AsUsual,
    /// It has nobody: a rotation of lower priority counts, or there is a gap to be seen.
    Nobody,
    /// It has people on holidays only: the others' cover.
    Only,
}

impl OnHolidays {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AsUsual, Self::Nobody, Self::Only];

    /// The word used in API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AsUsual => "as_usual",
            Self::Nobody => "nobody",
            Self::Only => "only",
        }
    }
}

/// A stretch of local time, on some weekdays, in which a rotation has people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The weekdays on which it begins.
    pub days: Weekdays,
    /// Local time at which it begins.
    pub from: Time,
    /// Local time at which it ends: on the same day when later than `from`, else on the next one.
    pub to: Time,
    /// Whether people can only coordinate in it, such as on the way home without a computer.
    pub coordinate_only: bool,
}

/// A set of weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);

    /// Whether a weekday is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// How many there are.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Those that are in it, from Monday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        (0..7)
            .filter_map(|offset| Weekday::from_monday_zero_offset(offset).ok())
            .filter(move |day| self.contains(*day))
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        let bit = |day: Weekday| 1 << day.to_monday_zero_offset();
        Self(days.into_iter().fold(0, |set, day| set | bit(day)))
    }
}

/// Who has one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// The people; empty means nobody.
    pub people: Vec<Participant>,
    /// Whether it is first come, first served: everybody is told, and the first to acknowledge has
    /// it. Else each of them is meant.
    pub first_come: bool,
}

/// Somebody in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub user: UserId,
    /// What they are there for.
    pub duty: Duty,
    /// They have the turns that begin on this local date or later; none means from the start.
    pub joins: Option<Date>,
    /// They have no turn that begins on this local date or later; none means for good. A turn that
    /// began before is finished.
    pub leaves: Option<Date>,
}

impl Participant {
    /// Somebody who can act and is there for good.
    #[must_use]
    pub const fn new(user: UserId) -> Self {
        Self {
            user,
            duty: Duty::Act,
            joins: None,
            leaves: None,
        }
    }
}

/// What somebody on call is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// They can act: they have what it takes at hand.
    #[default]
    Act,
    /// They can only coordinate: they answer and fetch others, but cannot mend anything.
    Coordinate,
    /// They look over somebody's shoulder: they are told and never counted on.
    Shadow,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Act, Self::Coordinate, Self::Shadow];

    /// The word used in API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Coordinate => "coordinate",
            Self::Shadow => "shadow",
        }
    }

    /// Whether somebody with this duty counts as being on call.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Shadow)
    }
}

/// A change of who is on call for a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The schedule it changes.
    pub schedule: ScheduleId,
    /// The one rotation it changes, within that rotation's windows; none means the whole schedule.
    pub rotation: Option<RotationId>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after; later than `from`.
    pub to: Timestamp,
    /// What changes.
    pub change: OverrideChange,
    /// How it came about.
    pub origin: OverrideOrigin,
}

/// How an override came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverrideOrigin {
    /// Somebody set it.
    #[default]
    Set,
    /// Somebody took over at once.
    TakeOver,
    /// A swap was accepted.
    Swap(SwapId),
}

impl OverrideOrigin {
    /// The word used in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::TakeOver => "take_over",
            Self::Swap(_) => "swap",
        }
    }
}

/// What an override does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideChange {
    /// One more person is on call.
    Add(UserId),
    /// Somebody is on call instead of one person, with that person's duty, or, when `who` is none,
    /// instead of everybody.
    Replace {
        /// Who is replaced.
        who: Option<UserId>,
        /// Who is on call instead.
        with: UserId,
    },
    /// One person is not on call.
    Remove(UserId),
    /// One more person is told and never counted on.
    Shadow(UserId),
}

impl OverrideChange {
    /// Whom it puts on call, if anybody.
    #[must_use]
    pub const fn puts_on_call(self) -> Option<UserId> {
        match self {
            Self::Add(user) | Self::Replace { with: user, .. } => Some(user),
            Self::Remove(_) | Self::Shadow(_) => None,
        }
    }
}

/// A span in which a person has no turns, in whichever schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOff {
    /// Who is off.
    pub user: UserId,
    /// First instant.
    pub from: Timestamp,
    /// First instant after; later than `from`.
    pub to: Timestamp,
}
