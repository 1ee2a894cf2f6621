//! Declared schedules.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::declare::{
    DeclaredParticipant, DeclaredRotation, DeclaredSchedule, DeclaredSlot,
};
use wb_core::config::Rotation;
use wb_core::ids::RotationId;

use super::super::schedules::{
    HandoffBody, HolidayBody, WindowBody, act, as_usual, calendar, next,
};
use crate::values::{DutyWord, LocalDate, LocalTime, OnHolidaysWord, TurnRuleWord, WhenOffWord};

/// A declared schedule.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleItem {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// IANA zone in which hand-off times are meant.
    pub zone: String,
    /// Highest priority first; each keeps its identity by its name.
    pub rotations: Vec<RotationItem>,
    /// The public holidays it knows, each date once.
    #[serde(default)]
    pub holidays: Vec<HolidayBody>,
}

/// A declared rotation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationItem {
    /// Shown name.
    pub name: String,
    /// IANA zone of its own for hand-offs and windows.
    #[serde(default)]
    pub zone: Option<String>,
    /// Local date and time at which the first turn begins.
    pub start: LocalTime,
    /// Local date and time from which the rotation has nobody any more.
    #[serde(default)]
    pub end: Option<LocalTime>,
    /// How long a turn is.
    pub handoff: HandoffBody,
    /// What a turn counts: `calendar` periods, or `worked` days.
    #[serde(default = "calendar")]
    pub turn: TurnRuleWord,
    /// When the rotation has people at all; empty means always.
    #[serde(default)]
    pub windows: Vec<WindowBody>,
    /// Whose turn it is, in order.
    pub slots: Vec<SlotItem>,
    /// What happens when everybody who has the turn is off: the `next` slot stands in, or `nobody`.
    #[serde(default = "next")]
    pub when_off: WhenOffWord,
    /// Whether its people are on call besides those of the rotation that counts.
    #[serde(default)]
    pub beside: bool,
    /// What holds on the schedule's holidays: `as_usual`, `nobody`, or `only`.
    #[serde(default = "as_usual")]
    pub on_holidays: OnHolidaysWord,
}

/// Who has one turn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotItem {
    /// The people; empty means nobody.
    pub people: Vec<ParticipantItem>,
    /// Whether everybody is told and the first to acknowledge has it.
    #[serde(default)]
    pub first_come: bool,
}

/// Somebody in a slot: the address alone, or with what is special about them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ParticipantItem {
    /// They can act and are there for good.
    Plain(String),
    /// With more to say.
    Special(SpecialParticipantItem),
}

/// Somebody in a slot, with what is special about them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialParticipantItem {
    /// Their address.
    pub user: String,
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
impl<'de> Deserialize<'de> for ParticipantItem {
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

impl ParticipantItem {
    fn declared(self) -> DeclaredParticipant {
        match self {
            Self::Plain(email) => DeclaredParticipant::new(email),
            Self::Special(one) => DeclaredParticipant {
                email: one.user,
                duty: one.duty.0,
                joins: one.joins.map(|date| date.0),
                leaves: one.leaves.map(|date| date.0),
            },
        }
    }
}

impl SlotItem {
    fn declared(self) -> DeclaredSlot {
        let people = self.people.into_iter();
        DeclaredSlot {
            people: people.map(ParticipantItem::declared).collect(),
            first_come: self.first_come,
        }
    }
}

impl RotationItem {
    fn declared(self) -> DeclaredRotation {
        let windows = self.windows.into_iter().map(WindowBody::window);
        DeclaredRotation {
            rotation: Rotation {
                id: RotationId(uuid::Uuid::nil()),
                name: self.name,
                zone: self.zone,
                start: self.start.0,
                end: self.end.map(|end| end.0),
                handoff: self.handoff.handoff(),
                turn: self.turn.0,
                windows: windows.collect(),
                slots: Vec::new(),
                when_off: self.when_off.0,
                beside: self.beside,
                on_holidays: self.on_holidays.0,
            },
            slots: self.slots.into_iter().map(SlotItem::declared).collect(),
        }
    }
}

impl ScheduleItem {
    pub(super) fn declared(self) -> DeclaredSchedule {
        let rotations = self.rotations.into_iter();
        DeclaredSchedule {
            name: self.name,
            team: self.team,
            zone: self.zone,
            rotations: rotations.map(RotationItem::declared).collect(),
            holidays: self
                .holidays
                .into_iter()
                .map(HolidayBody::holiday)
                .collect(),
        }
    }
}
