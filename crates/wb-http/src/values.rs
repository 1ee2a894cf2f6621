//! How ids, words, times and settings look in the API: the text forms of domain values.

use core::fmt::Display;
use core::str::FromStr;
use std::borrow::Cow;

use jiff::civil::Weekday;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use wb_core::config::{Duty, HandoffUnit, OnHolidays, OnSilence, Role, Side, TurnRule, WhenOff};
use wb_core::event::{EventAction, Severity, Urgency};
use wb_core::ids;
use wb_core::incident::IncidentState;
use wb_core::number::Number;
use wb_core::time::Timestamp;

/// A kind of id with the name of its schema.
pub trait ApiId: Copy + Display + FromStr<Err = ids::ParseIdError> {
    /// The schema's name.
    const NAME: &'static str;
    /// What stands before the underscore.
    const PREFIX: &'static str;
}

macro_rules! api_ids {
    ($($name:ident)*) => {$(
        impl ApiId for ids::$name {
            const NAME: &'static str = stringify!($name);
            const PREFIX: &'static str = ids::$name::PREFIX;
        }
    )*};
}

api_ids! {
    SignalId AlertId IncidentId PageId DeliveryId BundleId NoteId UserId MethodId TeamId ServiceId
    IntegrationId PolicyId ScheduleId RotationId OverrideId EndpointId TokenId SessionId NodeId
    MonitorId TimeOffId SwapId FilterId DashboardId
}

/// An id as prefixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id<T>(pub T);

impl<T: ApiId> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: ApiId> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: ApiId> FromStr for Id<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: ids::ParseIdError| error.to_string())
    }
}

impl<T: ApiId> PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        let pattern = format!("^{}_[0-9a-f]{{32}}$", T::PREFIX);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern))
            .into()
    }
}

impl<T: ApiId> ToSchema for Id<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// A closed list of words with the name of its schema.
pub trait ApiWord: Copy + 'static {
    /// The schema's name.
    const NAME: &'static str;
    /// All of them.
    const ALL: &'static [Self];
    /// The word.
    fn word(self) -> &'static str;
}

macro_rules! api_words {
    ($($name:ident)*) => {$(
        impl ApiWord for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = &$name::ALL;
            fn word(self) -> &'static str {
                $name::word(self)
            }
        }
    )*};
}

api_words! {
    Severity Urgency IncidentState Role Side OnSilence HandoffUnit TurnRule WhenOff Duty
    OnHolidays
}

impl ApiWord for EventAction {
    const NAME: &'static str = "EventAction";
    const ALL: &'static [Self] = &[Self::Trigger, Self::Acknowledge, Self::Resolve];
    fn word(self) -> &'static str {
        Self::word(self)
    }
}

impl ApiWord for Weekday {
    const NAME: &'static str = "Weekday";
    const ALL: &'static [Self] = &[
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
    fn word(self) -> &'static str {
        match self {
            Self::Monday => "mon",
            Self::Tuesday => "tue",
            Self::Wednesday => "wed",
            Self::Thursday => "thu",
            Self::Friday => "fri",
            Self::Saturday => "sat",
            Self::Sunday => "sun",
        }
    }
}

/// One word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<T: ApiWord> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, T: ApiWord> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl<T: ApiWord> FromStr for Word<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        T::ALL
            .iter()
            .find(|value| value.word() == text)
            .map(|value| Self(*value))
            .ok_or_else(|| {
                let known: Vec<_> = T::ALL.iter().map(|value| value.word()).collect();
                format!("`{text}` is none of {}", known.join(", "))
            })
    }
}

impl<T: ApiWord> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(T::ALL.iter().map(|value| value.word())))
            .into()
    }
}

impl<T: ApiWord> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// Names for the concrete forms: the description's derive takes types without parameters only.
macro_rules! aliases {
    ($($(#[$doc:meta])* $name:ident = $type:ty;)*) => {$(
        $(#[$doc])*
        pub type $name = $type;
    )*};
}

aliases! {
    /// The text of a [`ids::SignalId`].
    SignalIdText = Id<ids::SignalId>;
    /// The text of a [`ids::AlertId`].
    AlertIdText = Id<ids::AlertId>;
    /// The text of a [`ids::IncidentId`].
    IncidentIdText = Id<ids::IncidentId>;
    /// The text of a [`ids::PageId`].
    PageIdText = Id<ids::PageId>;
    /// The text of a [`ids::DeliveryId`].
    DeliveryIdText = Id<ids::DeliveryId>;
    /// The text of a [`ids::BundleId`].
    BundleIdText = Id<ids::BundleId>;
    /// The text of a [`ids::NoteId`].
    NoteIdText = Id<ids::NoteId>;
    /// The text of a [`ids::UserId`].
    UserIdText = Id<ids::UserId>;
    /// The text of a [`ids::MethodId`].
    MethodIdText = Id<ids::MethodId>;
    /// The text of a [`ids::TeamId`].
    TeamIdText = Id<ids::TeamId>;
    /// The text of a [`ids::ServiceId`].
    ServiceIdText = Id<ids::ServiceId>;
    /// The text of a [`ids::IntegrationId`].
    IntegrationIdText = Id<ids::IntegrationId>;
    /// The text of a [`ids::PolicyId`].
    PolicyIdText = Id<ids::PolicyId>;
    /// The text of a [`ids::ScheduleId`].
    ScheduleIdText = Id<ids::ScheduleId>;
    /// The text of a [`ids::RotationId`].
    RotationIdText = Id<ids::RotationId>;
    /// The text of a [`ids::OverrideId`].
    OverrideIdText = Id<ids::OverrideId>;
    /// The text of a [`ids::EndpointId`].
    EndpointIdText = Id<ids::EndpointId>;
    /// The text of a [`ids::FilterId`].
    FilterIdText = Id<ids::FilterId>;
    /// The text of a [`ids::TokenId`].
    TokenIdText = Id<ids::TokenId>;
    /// The text of a [`ids::SessionId`].
    SessionIdText = Id<ids::SessionId>;
    /// The text of a [`ids::NodeId`].
    NodeIdText = Id<ids::NodeId>;
    /// The word of a [`Severity`].
    SeverityWord = Word<Severity>;
    /// The word of a [`Urgency`].
    UrgencyWord = Word<Urgency>;
    /// The word of a [`IncidentState`].
    IncidentStateWord = Word<IncidentState>;
    /// The word of a [`Role`].
    RoleWord = Word<Role>;
    /// The word of a [`HandoffUnit`].
    HandoffUnitWord = Word<HandoffUnit>;
    /// The word of a [`TurnRule`].
    TurnRuleWord = Word<TurnRule>;
    /// The word of a [`WhenOff`].
    WhenOffWord = Word<WhenOff>;
    /// The word of an [`OnHolidays`].
    OnHolidaysWord = Word<OnHolidays>;
    /// The word of a [`Duty`].
    DutyWord = Word<Duty>;
    /// The word of a [`Weekday`].
    WeekdayWord = Word<Weekday>;
    /// The text of a [`ids::TimeOffId`].
    TimeOffIdText = Id<ids::TimeOffId>;
    /// The text of a [`ids::SwapId`].
    SwapIdText = Id<ids::SwapId>;
    /// The text of a [`ids::DashboardId`].
    DashboardIdText = Id<ids::DashboardId>;
    /// The text of a [`ids::MonitorId`].
    MonitorIdText = Id<ids::MonitorId>;
    /// The word of a [`Side`].
    SideWord = Word<Side>;
    /// The word of a [`OnSilence`].
    OnSilenceWord = Word<OnSilence>;
}

/// An instant as RFC 3339 text in UTC, to the microsecond; any offset is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<jiff::Timestamp>()
            .map(|at| Self(Timestamp::from_jiff(at)))
            .map_err(|_| {
                format!("`{text}` is no time: write it like 2026-11-21T03:11:40Z, with an offset")
            })
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for Time {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }
}

macro_rules! civil {
    ($($(#[$doc:meta])* $name:ident($civil:ty), $what:literal, $example:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $civil);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse::<$civil>().map(Self).map_err(|_| {
                    let (what, example) = ($what, $example);
                    D::Error::custom(format!("`{text}` is no {what}: write it like {example}"))
                })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let (what, example) = ($what, $example);
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(format!("A {what}, such as {example}")))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

civil! {
    /// A local date and time without a zone, such as `2026-11-16T09:00`.
    LocalTime(jiff::civil::DateTime), "local date and time without an offset",
        "2026-11-16T09:00:00";
    /// A local date, such as `2026-11-16`.
    LocalDate(jiff::civil::Date), "date", "2026-11-16";
    /// A local time of day, such as `09:00`.
    ClockTime(jiff::civil::Time), "time of day", "09:00";
}

/// A measured value, or a line it is held against, as a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub struct Measure(pub Number);

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.get())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Number::new(value)
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected a finite number"))
    }
}

impl PartialSchema for Measure {
    fn schema() -> RefOr<Schema> {
        f64::schema()
    }
}

impl ToSchema for Measure {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Measure")
    }
}

/// Values of a query parameter that may be repeated or separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromStr<Err = String>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.split(',')
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::ids::ServiceId;

    #[test]
    fn times_are_read_with_any_offset_and_written_in_utc() {
        let time: Time = serde_json::from_str("\"2026-11-21T04:11:40+01:00\"").expect("a time");
        let written = serde_json::to_string(&time).expect("text");
        assert_eq!(written, "\"2026-11-21T03:11:40.000000Z\"");
        assert!(serde_json::from_str::<Time>("\"yesterday\"").is_err());
    }

    #[test]
    fn words_and_ids_of_another_kind_are_refused_with_what_is_known() {
        let error = serde_json::from_str::<Word<Severity>>("\"bad\"").expect_err("unknown");
        assert!(error.to_string().contains("critical, major"), "{error}");
        let user = "\"usr_00000000000000000000000000000001\"";
        assert!(serde_json::from_str::<Id<ServiceId>>(user).is_err());
    }

    #[test]
    fn lists_take_commas() {
        let list: List<Word<IncidentState>> =
            serde_json::from_str("\"triggered,acknowledged\"").expect("a list");
        assert_eq!(list.0.len(), 2);
    }
}
