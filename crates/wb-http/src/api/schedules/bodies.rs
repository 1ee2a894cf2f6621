//! Schedules as people write them.

use jiff::civil::Weekday;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::{RotationDraft, ScheduleDraft};
use wb_core::config::{
    Duty, Handoff, Holiday, OnHolidays, Participant, Rotation, Schedule, Slot, TurnRule, Weekdays,
    WhenOff, Window,
};
use wb_core::ids::RotationId;

use crate::values::{
    ApiWord as _, ClockTime, DutyWord, HandoffUnitWord, Id, LocalDate, LocalTime, OnHolidaysWord,
    RotationIdText, TeamIdText, TurnRuleWord, UserIdText, WeekdayWord, WhenOffWord, Word,
};

/// A schedule, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among schedules.
    pub name: String,
    /// IANA zone in which hand-off times are meant, such as `Europe/Berlin`.
    pub zone: String,
    /// Highest priority first: the first one that has somebody counts.
    pub rotations: Vec<RotationBody>,
    /// The public holidays it knows, each date once; what they change is said by each rotation.
    #[serde(default)]
    pub holidays: Vec<HolidayBody>,
}

/// A public holiday: a whole local day, in the zone of each rotation that heeds it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayBody {
    /// Its local date.
    pub date: LocalDate,
    /// What people call it.
    pub name: String,
}

/// People who take turns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationBody {
    /// Its id; without one it is the present rotation of that name, or new.
    #[serde(default)]
    pub id: Option<RotationIdText>,
    /// Shown name, unique in the schedule.
    pub name: String,
    /// IANA zone of its own for hand-offs and windows; null means the schedule's.
    #[serde(default)]
    pub zone: Option<String>,
    /// Local date and time at which the first turn begins.
    pub start: LocalTime,
    /// Local date and time from which the rotation has nobody any more; null means never.
    #[serde(default)]
    pub end: Option<LocalTime>,
    /// How long a turn is.
    pub handoff: HandoffBody,
    /// What a turn counts: `calendar` periods, or `worked` days, so that a day without any window
    /// uses up nothing.
    #[serde(default = "calendar")]
    pub turn: TurnRuleWord,
    /// When the rotation has people at all; empty means always.
    #[serde(default)]
    pub windows: Vec<WindowBody>,
    /// Whose turn it is, in order; a slot may hold several people, or nobody.
    pub slots: Vec<SlotBody>,
    /// What happens when everybody who has the turn is off: the `next` slot stands in, or `nobody`.
    #[serde(default = "next")]
    pub when_off: WhenOffWord,
    /// Whether its people are on call besides those of the rotation that counts.
    #[serde(default)]
    pub beside: bool,
    /// What holds on the schedule's holidays: they are days `as_usual`, it has `nobody`, or it has
    /// people on them `only`.
    #[serde(default = "as_usual")]
    pub on_holidays: OnHolidaysWord,
}

/// How long a turn is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoffBody {
    /// Every how many units; at least 1.
    pub every: u32,
    /// The unit. Hours are absolute; days, weeks and months keep the local time over clock changes.
    pub unit: HandoffUnitWord,
}

/// A stretch of local time, on some weekdays, in which a rotation has people.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowBody {
    /// The weekdays on which it begins; all of them when left out.
    #[serde(default = "every_day")]
    pub days: Vec<WeekdayWord>,
    /// Local time at which it begins.
    #[serde(default = "midnight")]
    pub from: ClockTime,
    /// Local time at which it ends: on the same day when later than `from`, else on the next one.
    #[serde(default = "midnight")]
    pub to: ClockTime,
    /// Whether people can only coordinate in it.
    #[serde(default)]
    pub coordinate_only: bool,
}

/// Who has one turn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotBody {
    /// The people; empty means nobody.
    pub people: Vec<ParticipantBody>,
    /// Whether everybody is told and the first to acknowledge has it.
    #[serde(default)]
    pub first_come: bool,
}

/// Somebody in a slot: the id alone, or with what is special about them.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ParticipantBody {
    /// They can act and are there for good.
    Plain(UserIdText),
    /// With more to say.
    Special(SpecialParticipant),
}

/// Somebody in a slot, with what is special about them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialParticipant {
    /// Who.
    pub user: UserIdText,
    /// What they are there for: to `act`, only to `coordinate`, or to `shadow`.
    #[serde(default = "act")]
    pub duty: DutyWord,
    /// They have the turns that begin on this local date or later.
    #[serde(default)]
    pub joins: Option<LocalDate>,
    /// They have no turn that begins on this local date or later.
    #[serde(default)]
    pub leaves: Option<LocalDate>,
}

/// Takes a text for the plain form, so that a mistake in the long one is told as such.
impl<'de> Deserialize<'de> for ParticipantBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let read = if value.is_object() {
            serde_json::from_value(value).map(Self::Special)
        } else {
            serde_json::from_value(value).map(Self::Plain)
        };
        read.map_err(D::Error::custom)
    }
}

/// What a turn counts when nothing is said.
pub(in crate::api) const fn calendar() -> TurnRuleWord {
    Word(TurnRule::Calendar)
}

/// Who stands in when nothing is said.
pub(in crate::api) const fn next() -> WhenOffWord {
    Word(WhenOff::Next)
}

/// What a holiday is when nothing is said.
pub(in crate::api) const fn as_usual() -> OnHolidaysWord {
    Word(OnHolidays::AsUsual)
}

/// What somebody is there for when nothing is said.
pub(in crate::api) const fn act() -> DutyWord {
    Word(Duty::Act)
}

/// The weekdays when nothing is said.
pub(in crate::api) fn every_day() -> Vec<WeekdayWord> {
    Weekday::ALL.iter().copied().map(Word).collect()
}

const fn midnight() -> ClockTime {
    ClockTime(jiff::civil::Time::midnight())
}

impl WindowBody {
    fn of(window: &Window) -> Self {
        Self {
            days: window.days.iter().map(Word).collect(),
            from: ClockTime(window.from),
            to: ClockTime(window.to),
            coordinate_only: window.coordinate_only,
        }
    }

    /// The window as the domain knows it.
    pub(in crate::api) fn window(self) -> Window {
        Window {
            days: self.days.into_iter().map(|day| day.0).collect::<Weekdays>(),
            from: self.from.0,
            to: self.to.0,
            coordinate_only: self.coordinate_only,
        }
    }
}

impl HandoffBody {
    /// The rule as the domain knows it.
    pub(in crate::api) const fn handoff(self) -> Handoff {
        Handoff {
            every: self.every,
            unit: self.unit.0,
        }
    }
}

impl ParticipantBody {
    fn of(one: &Participant) -> Self {
        if *one == Participant::new(one.user) {
            return Self::Plain(Id(one.user));
        }
        Self::Special(SpecialParticipant {
            user: Id(one.user),
            duty: Word(one.duty),
            joins: one.joins.map(LocalDate),
            leaves: one.leaves.map(LocalDate),
        })
    }

    fn participant(self) -> Participant {
        match self {
            Self::Plain(user) => Participant::new(user.0),
            Self::Special(one) => Participant {
                user: one.user.0,
                duty: one.duty.0,
                joins: one.joins.map(|date| date.0),
                leaves: one.leaves.map(|date| date.0),
            },
        }
    }
}

impl SlotBody {
    fn of(slot: &Slot) -> Self {
        Self {
            people: slot.people.iter().map(ParticipantBody::of).collect(),
            first_come: slot.first_come,
        }
    }

    fn slot(self) -> Slot {
        let people = self.people.into_iter();
        Slot {
            people: people.map(ParticipantBody::participant).collect(),
            first_come: self.first_come,
        }
    }
}

impl RotationBody {
    fn of(rotation: &Rotation) -> Self {
        Self {
            id: Some(Id(rotation.id)),
            name: rotation.name.clone(),
            zone: rotation.zone.clone(),
            start: LocalTime(rotation.start),
            end: rotation.end.map(LocalTime),
            handoff: HandoffBody {
                every: rotation.handoff.every,
                unit: Word(rotation.handoff.unit),
            },
            turn: Word(rotation.turn),
            windows: rotation.windows.iter().map(WindowBody::of).collect(),
            slots: rotation.slots.iter().map(SlotBody::of).collect(),
            when_off: Word(rotation.when_off),
            beside: rotation.beside,
            on_holidays: Word(rotation.on_holidays),
        }
    }

    fn draft(self) -> RotationDraft {
        let id = self.id.map(|id| id.0);
        let windows = self.windows.into_iter().map(WindowBody::window);
        RotationDraft {
            id,
            rotation: Rotation {
                id: id.unwrap_or(RotationId(uuid::Uuid::nil())),
                name: self.name,
                zone: self.zone,
                start: self.start.0,
                end: self.end.map(|end| end.0),
                handoff: self.handoff.handoff(),
                turn: self.turn.0,
                windows: windows.collect(),
                slots: self.slots.into_iter().map(SlotBody::slot).collect(),
                when_off: self.when_off.0,
                beside: self.beside,
                on_holidays: self.on_holidays.0,
            },
        }
    }
}

impl HolidayBody {
    fn of(holiday: &Holiday) -> Self {
        Self {
            date: LocalDate(holiday.date),
            name: holiday.name.clone(),
        }
    }

    /// The holiday as the domain knows it.
    pub(in crate::api) fn holiday(self) -> Holiday {
        Holiday {
            date: self.date.0,
            name: self.name,
        }
    }
}

impl ScheduleBody {
    pub(super) fn of(schedule: &Schedule) -> Self {
        Self {
            team: Id(schedule.team),
            name: schedule.name.clone(),
            zone: schedule.zone.clone(),
            rotations: schedule.rotations.iter().map(RotationBody::of).collect(),
            holidays: schedule.holidays.iter().map(HolidayBody::of).collect(),
        }
    }

    /// What somebody wants the schedule to be.
    pub(in crate::api) fn draft(self) -> ScheduleDraft {
        let rotations = self.rotations.into_iter();
        ScheduleDraft {
            team: self.team.0,
            name: self.name,
            zone: self.zone,
            rotations: rotations.map(RotationBody::draft).collect(),
            holidays: self
                .holidays
                .into_iter()
                .map(HolidayBody::holiday)
                .collect(),
        }
    }
}
