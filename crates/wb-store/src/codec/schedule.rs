//! Stored forms of schedules, overrides and times off.

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value, json};
use serde_with::{DeserializeAs, DisplayFromStr, SerializeAs, serde_as};
use wb_core::config::{
    Duty, Handoff, HandoffUnit, Holiday, OnHolidays, Override, OverrideChange, OverrideOrigin,
    Participant, Rotation, Schedule, Slot, Swap, SwapState, TimeOff, TurnRule, Weekdays, WhenOff,
    Window,
};
use wb_core::ids::{RotationId, ScheduleId, SwapId, TeamId, UserId};
use wb_core::time::Timestamp;

use super::common::{Id, Iso, is_default, mirrors};

/// Local dates and times without a zone, as ISO 8601.
type Civil = DisplayFromStr;

#[derive(Serialize, Deserialize)]
#[serde(remote = "HandoffUnit", rename_all = "snake_case")]
enum HandoffUnitV1 {
    Hours,
    Days,
    Weeks,
    Months,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Handoff", deny_unknown_fields)]
struct HandoffV1 {
    every: u32,
    #[serde_as(as = "HandoffUnitV1")]
    unit: HandoffUnit,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TurnRule", rename_all = "snake_case")]
enum TurnRuleV2 {
    Calendar,
    Worked,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WhenOff", rename_all = "snake_case")]
enum WhenOffV2 {
    Next,
    Nobody,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OnHolidays", rename_all = "snake_case")]
enum OnHolidaysV2 {
    AsUsual,
    Nobody,
    Only,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Duty", rename_all = "snake_case")]
pub(super) enum DutyV2 {
    Act,
    Coordinate,
    Shadow,
}

/// Weekdays as words, from Monday.
struct WeekdaysV2;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Weekday", rename_all = "snake_case")]
enum WeekdayV2 {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl SerializeAs<Weekdays> for WeekdaysV2 {
    fn serialize_as<S: Serializer>(days: &Weekdays, serializer: S) -> Result<S::Ok, S::Error> {
        let days: Vec<Weekday> = days.iter().collect();
        Vec::<WeekdayV2>::serialize_as(&days, serializer)
    }
}

impl<'de> DeserializeAs<'de, Weekdays> for WeekdaysV2 {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Weekdays, D::Error> {
        let days: Vec<Weekday> = Vec::<WeekdayV2>::deserialize_as(deserializer)?;
        let set: Weekdays = days.iter().copied().collect();
        if set.iter().eq(days) {
            Ok(set)
        } else {
            Err(D::Error::custom("weekdays are not in order"))
        }
    }
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Window", deny_unknown_fields)]
pub(super) struct WindowV2 {
    #[serde_as(as = "WeekdaysV2")]
    days: Weekdays,
    #[serde_as(as = "Civil")]
    from: Time,
    #[serde_as(as = "Civil")]
    to: Time,
    coordinate_only: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Participant", deny_unknown_fields)]
struct ParticipantV2 {
    #[serde_as(as = "Id")]
    user: UserId,
    #[serde_as(as = "DutyV2")]
    duty: Duty,
    #[serde_as(as = "Option<Civil>")]
    joins: Option<Date>,
    #[serde_as(as = "Option<Civil>")]
    leaves: Option<Date>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Slot", deny_unknown_fields)]
struct SlotV2 {
    #[serde_as(as = "Vec<ParticipantV2>")]
    people: Vec<Participant>,
    first_come: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Rotation", deny_unknown_fields)]
struct RotationV2 {
    #[serde_as(as = "Id")]
    id: RotationId,
    name: String,
    zone: Option<String>,
    #[serde_as(as = "Civil")]
    start: DateTime,
    #[serde_as(as = "Option<Civil>")]
    end: Option<DateTime>,
    #[serde_as(as = "HandoffV1")]
    handoff: Handoff,
    #[serde_as(as = "TurnRuleV2")]
    turn: TurnRule,
    #[serde_as(as = "Vec<WindowV2>")]
    windows: Vec<Window>,
    #[serde_as(as = "Vec<SlotV2>")]
    slots: Vec<Slot>,
    #[serde_as(as = "WhenOffV2")]
    when_off: WhenOff,
    beside: bool,
    /// Came later; left out where a holiday is a day like any other, which it was before.
    #[serde_as(as = "OnHolidaysV2")]
    #[serde(default, skip_serializing_if = "is_default")]
    on_holidays: OnHolidays,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Holiday", deny_unknown_fields)]
struct HolidayV2 {
    #[serde_as(as = "Civil")]
    date: Date,
    name: String,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Schedule", deny_unknown_fields)]
pub(super) struct ScheduleV2 {
    #[serde_as(as = "Id")]
    team: TeamId,
    name: String,
    zone: String,
    #[serde_as(as = "Vec<RotationV2>")]
    rotations: Vec<Rotation>,
    /// Came later; left out where there are none.
    #[serde_as(as = "Vec<HolidayV2>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<Holiday>,
}

/// A schedule of format 1 in format 2: rotations had no windows, and slots only people. What has
/// another shape is left alone, and refused when it is read.
pub(super) fn schedule_from_1(mut map: Map<String, Value>) -> Map<String, Value> {
    let rotations = map.get_mut("rotations").and_then(Value::as_array_mut);
    for rotation in rotations.into_iter().flatten() {
        let Some(rotation) = rotation.as_object_mut() else {
            continue;
        };
        let news = json!({
            "zone": null, "end": null, "turn": "calendar", "windows": [], "when_off": "next",
            "beside": false,
        });
        if let Value::Object(news) = news {
            rotation.extend(news);
        }
        let slots = rotation.get_mut("slots").and_then(Value::as_array_mut);
        for slot in slots.into_iter().flatten().filter_map(Value::as_object_mut) {
            slot.insert("first_come".to_owned(), Value::Bool(false));
            let people = slot.get_mut("people").and_then(Value::as_array_mut);
            for person in people.into_iter().flatten() {
                let user = person.take();
                *person = json!({ "user": user, "duty": "act", "joins": null, "leaves": null });
            }
        }
    }
    map
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "OverrideChange",
    rename_all = "snake_case",
    deny_unknown_fields
)]
enum OverrideChangeV1 {
    Add(#[serde_as(as = "Id")] UserId),
    Replace {
        #[serde_as(as = "Option<Id>")]
        who: Option<UserId>,
        #[serde_as(as = "Id")]
        with: UserId,
    },
    Remove(#[serde_as(as = "Id")] UserId),
    Shadow(#[serde_as(as = "Id")] UserId),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "OverrideOrigin", rename_all = "snake_case")]
enum OverrideOriginV1 {
    Set,
    TakeOver,
    Swap(#[serde_as(as = "Id")] SwapId),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "SwapState", rename_all = "snake_case")]
enum SwapStateV1 {
    Asked,
    Accepted(#[serde_as(as = "Id")] UserId),
    Declined,
    Withdrawn,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Swap", deny_unknown_fields)]
pub(super) struct SwapV1 {
    #[serde_as(as = "Id")]
    schedule: ScheduleId,
    #[serde_as(as = "Id")]
    asker: UserId,
    #[serde_as(as = "Iso")]
    from: Timestamp,
    #[serde_as(as = "Iso")]
    to: Timestamp,
    #[serde_as(as = "Option<Id>")]
    asked: Option<UserId>,
    #[serde_as(as = "Option<(Iso, Iso)>")]
    in_return: Option<(Timestamp, Timestamp)>,
    #[serde_as(as = "SwapStateV1")]
    state: SwapState,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Override", deny_unknown_fields)]
pub(super) struct OverrideV1 {
    #[serde_as(as = "Id")]
    schedule: ScheduleId,
    #[serde_as(as = "Option<Id>")]
    rotation: Option<RotationId>,
    #[serde_as(as = "Iso")]
    from: Timestamp,
    #[serde_as(as = "Iso")]
    to: Timestamp,
    #[serde_as(as = "OverrideChangeV1")]
    change: OverrideChange,
    /// Came later; left out where somebody set it, which everybody did before.
    #[serde_as(as = "OverrideOriginV1")]
    #[serde(default, skip_serializing_if = "is_default")]
    origin: OverrideOrigin,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "TimeOff", deny_unknown_fields)]
pub(super) struct TimeOffV1 {
    #[serde_as(as = "Id")]
    user: UserId,
    #[serde_as(as = "Iso")]
    from: Timestamp,
    #[serde_as(as = "Iso")]
    to: Timestamp,
}

mirrors! {
    HandoffUnitV1 => HandoffUnit,
    HandoffV1 => Handoff,
    TurnRuleV2 => TurnRule,
    WhenOffV2 => WhenOff,
    OnHolidaysV2 => OnHolidays,
    HolidayV2 => Holiday,
    OverrideOriginV1 => OverrideOrigin,
    SwapStateV1 => SwapState,
    SwapV1 => Swap,
    DutyV2 => Duty,
    WeekdayV2 => Weekday,
    WindowV2 => Window,
    ParticipantV2 => Participant,
    SlotV2 => Slot,
    RotationV2 => Rotation,
    ScheduleV2 => Schedule,
    OverrideChangeV1 => OverrideChange,
    OverrideV1 => Override,
    TimeOffV1 => TimeOff,
}
