//! Stored forms of the small types that facts, states and objects share, and the tools for them.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_with::{DeserializeAs, DisplayFromStr, SerializeAs, serde_as};
use wb_core::actor::{Actor, Via};
use wb_core::config::{Duty, Role, Side, Target};
use wb_core::event::{EventAction, Severity, Urgency};
use wb_core::ids::{
    DeliveryId, EndpointId, OverrideId, PolicyId, RequestId, RotationId, ScheduleId, SignalId,
    SwapId, TeamId, TokenId, UserId,
};
use wb_core::incident::{PageWhy, PolicyRef, Recipient};
use wb_core::oncall;
use wb_core::time::Timestamp;

use super::schedule::DutyV2;

/// Ids are stored in their prefixed text form (`inc_0190...`).
pub(super) type Id = DisplayFromStr;

/// Measured values are stored as text: canonical JSON here keeps integers only.
pub(super) type NumberText = DisplayFromStr;

/// Lets a mirror (`#[serde(remote = ...)]`) stand wherever its core type stands, also inside
/// options, lists and maps.
macro_rules! mirrors {
    ($($mirror:ty => $core:ty),* $(,)?) => {$(
        impl serde_with::SerializeAs<$core> for $mirror {
            fn serialize_as<S: serde::Serializer>(
                value: &$core,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                <$mirror>::serialize(value, serializer)
            }
        }

        impl<'de> serde_with::DeserializeAs<'de, $core> for $mirror {
            fn deserialize_as<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$core, D::Error> {
                <$mirror>::deserialize(deserializer)
            }
        }
    )*};
}
pub(super) use mirrors;

/// A time as ISO 8601 in UTC with microseconds: a number of microseconds can pass 2^53, which
/// canonical JSON (RFC 8785) cannot write exactly.
pub(super) struct Iso;

impl SerializeAs<Timestamp> for Iso {
    fn serialize_as<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }
}

impl<'de> DeserializeAs<'de, Timestamp> for Iso {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<jiff::Timestamp>()
            .map(Timestamp::from_jiff)
            .map_err(D::Error::custom)
    }
}

/// Who did something, in the text form that facts have it in.
pub(super) struct ActorText;

impl SerializeAs<Actor> for ActorText {
    fn serialize_as<S: Serializer>(actor: &Actor, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::actor_text(*actor))
    }
}

impl<'de> DeserializeAs<'de, Actor> for ActorText {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Actor, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_actor(&text).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Severity", rename_all = "snake_case")]
pub(super) enum SeverityV1 {
    Critical,
    Major,
    Moderate,
    Minor,
    Info,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Urgency", rename_all = "snake_case")]
pub(super) enum UrgencyV1 {
    High,
    Low,
    None,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventAction", rename_all = "snake_case")]
pub(super) enum EventActionV1 {
    Trigger,
    Acknowledge,
    Resolve,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Role", rename_all = "snake_case")]
pub(super) enum RoleV1 {
    Observer,
    Member,
    Admin,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Side", rename_all = "snake_case")]
pub(super) enum SideV1 {
    Above,
    Below,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Via", rename_all = "snake_case")]
pub(super) enum ViaV1 {
    Web,
    Api(#[serde_as(as = "Id")] TokenId),
    Link(#[serde_as(as = "Id")] DeliveryId),
    Signal(#[serde_as(as = "Id")] SignalId),
    System,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Target", rename_all = "snake_case")]
pub(super) enum TargetV1 {
    User(#[serde_as(as = "Id")] UserId),
    Schedule(#[serde_as(as = "Id")] ScheduleId),
    Team(#[serde_as(as = "Id")] TeamId),
    Admins,
    Endpoint(#[serde_as(as = "Id")] EndpointId),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Recipient", rename_all = "snake_case")]
pub(super) enum RecipientV1 {
    Person(#[serde_as(as = "Id")] UserId),
    Endpoint(#[serde_as(as = "Id")] EndpointId),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "PolicyRef", deny_unknown_fields)]
pub(super) struct PolicyRefV1 {
    #[serde_as(as = "Id")]
    id: PolicyId,
    version: u32,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "oncall::Why", deny_unknown_fields)]
pub(super) struct OnCallWhyV1 {
    #[serde_as(as = "Option<Id>")]
    rotation: Option<RotationId>,
    turn: Option<i64>,
    #[serde_as(as = "Option<Id>")]
    overridden_by: Option<OverrideId>,
    /// Came later; facts from before do not have it.
    #[serde_as(as = "Option<Id>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covers: Option<UserId>,
    /// Came later, too.
    #[serde_as(as = "Option<Id>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    swap: Option<SwapId>,
    /// And so did this.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holiday: Option<Date>,
}

/// Whether a field that came later says nothing, and is left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "PageWhy", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum PageWhyV1 {
    Target(#[serde_as(as = "TargetV1")] Target),
    OnCall {
        #[serde_as(as = "Id")]
        schedule: ScheduleId,
        version: u32,
        /// Came later; left out where somebody can act, which is what it was for everybody before.
        #[serde_as(as = "DutyV2")]
        #[serde(default, skip_serializing_if = "is_default")]
        duty: Duty,
        #[serde_as(as = "OnCallWhyV1")]
        why: oncall::Why,
    },
    Reassigned,
    Louder,
    Asked {
        #[serde_as(as = "Id")]
        request: RequestId,
    },
}

mirrors! {
    SeverityV1 => Severity,
    UrgencyV1 => Urgency,
    EventActionV1 => EventAction,
    RoleV1 => Role,
    SideV1 => Side,
    ViaV1 => Via,
    TargetV1 => Target,
    RecipientV1 => Recipient,
    PolicyRefV1 => PolicyRef,
    OnCallWhyV1 => oncall::Why,
    PageWhyV1 => PageWhy,
}
