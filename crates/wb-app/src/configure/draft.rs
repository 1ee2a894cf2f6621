//! What people hand in to create or change an object: like the object itself, but with settings in
//! the clear, and with ids only where the object exists already.

use std::collections::BTreeMap;

use wb_core::config::{
    Dashboard, Holiday, Hours, Monitor, ObjectId, Override, Policy, Role, Rotation, Service, Team,
    TimeOff,
};
use wb_core::ids::{MethodId, RotationId, ServiceId, TeamId};

/// An object as somebody wants it to be. A kind without a draft type of its own is its own draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    /// A team.
    Team(Team),
    /// A user.
    User(UserDraft),
    /// An endpoint.
    Endpoint(EndpointDraft),
    /// A service.
    Service(Service),
    /// An integration.
    Integration(IntegrationDraft),
    /// A policy.
    Policy(Policy),
    /// A schedule.
    Schedule(ScheduleDraft),
    /// An override.
    Override(Override),
    /// A time off.
    TimeOff(TimeOff),
    /// A monitor.
    Monitor(Monitor),
    /// A dashboard.
    Dashboard(Dashboard),
}

/// Settings of a channel by field name, secrets in the clear. A secret that is left out keeps its
/// old value; a blank value takes the setting away.
pub type SettingsDraft = BTreeMap<String, String>;

/// A user as somebody wants them to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDraft {
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address.
    pub email: String,
    /// IANA zone in which times are shown.
    pub zone: String,
    /// Access role everywhere, if any.
    pub role: Option<Role>,
    /// Access roles by team.
    pub teams: BTreeMap<TeamId, Role>,
    /// Whether the account is in use.
    pub active: bool,
    /// Ways to reach this person, in order of preference.
    pub methods: Vec<MethodDraft>,
    /// What to do when this person is paged.
    pub rules: RulesDraft,
    /// Whether proved contact methods are tested every month.
    pub monthly_test: bool,
}

/// A contact method as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodDraft {
    /// The method that is changed; a method without an id is the present one of that name, or new.
    pub id: Option<MethodId>,
    /// What the person calls it; unique among their methods.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings.
    pub settings: SettingsDraft,
}

/// Personal rules as somebody wants them to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesDraft {
    /// For high urgency.
    pub high: Vec<RuleDraft>,
    /// For low urgency.
    pub low: Vec<RuleDraft>,
    /// Seconds after which the last rule for high urgency comes once more, again and again.
    pub repeat_high_s: Option<u32>,
    /// The same for low urgency.
    pub repeat_low_s: Option<u32>,
    /// When low urgency does not disturb.
    pub quiet_hours: Option<Hours>,
}

/// One personal rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDraft {
    /// Seconds after the page was decided.
    pub after_s: u32,
    /// Which method to use.
    pub method: MethodRef,
}

/// A contact method of the same user, by id or by name: a new method has no id yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodRef {
    /// By id.
    Id(MethodId),
    /// By name.
    Name(String),
}

impl MethodRef {
    /// Reads a text that is an id (`cm_...`) or else a name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Name(text.to_owned()), Self::Id)
    }
}

/// An endpoint as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointDraft {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among endpoints.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings.
    pub settings: SettingsDraft,
}

/// An integration as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationDraft {
    /// The service its events go to.
    pub service: ServiceId,
    /// Shown name, unique among the service's integrations.
    pub name: String,
    /// The dialect's name.
    pub dialect: String,
    /// A key of one's own; none keeps the present one, or makes a new one.
    pub key: Option<String>,
}

/// A schedule as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleDraft {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among schedules.
    pub name: String,
    /// IANA zone in which hand-off times are meant.
    pub zone: String,
    /// Highest priority first.
    pub rotations: Vec<RotationDraft>,
    /// The public holidays it knows, in any order.
    pub holidays: Vec<Holiday>,
}

/// A rotation as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationDraft {
    /// The rotation that is changed; one without an id is the present one of that name, or new.
    pub id: Option<RotationId>,
    /// What it will be; the id in it is not looked at.
    pub rotation: Rotation,
}

impl Draft {
    /// Whether this draft can become the object of `id`.
    pub(super) const fn fits(&self, id: ObjectId) -> bool {
        matches!(
            (self, id),
            (Self::Team(_), ObjectId::Team(_))
                | (Self::User(_), ObjectId::User(_))
                | (Self::Endpoint(_), ObjectId::Endpoint(_))
                | (Self::Service(_), ObjectId::Service(_))
                | (Self::Integration(_), ObjectId::Integration(_))
                | (Self::Policy(_), ObjectId::Policy(_))
                | (Self::Schedule(_), ObjectId::Schedule(_))
                | (Self::Override(_), ObjectId::Override(_))
                | (Self::TimeOff(_), ObjectId::TimeOff(_))
                | (Self::Monitor(_), ObjectId::Monitor(_))
                | (Self::Dashboard(_), ObjectId::Dashboard(_))
        )
    }

    /// A new id of this draft's kind.
    pub(super) const fn id(&self, uuid: uuid::Uuid) -> ObjectId {
        use wb_core::ids::{
            DashboardId, EndpointId, IntegrationId, MonitorId, OverrideId, PolicyId, ScheduleId,
            TimeOffId, UserId,
        };
        match self {
            Self::Team(_) => ObjectId::Team(TeamId(uuid)),
            Self::User(_) => ObjectId::User(UserId(uuid)),
            Self::Endpoint(_) => ObjectId::Endpoint(EndpointId(uuid)),
            Self::Service(_) => ObjectId::Service(ServiceId(uuid)),
            Self::Integration(_) => ObjectId::Integration(IntegrationId(uuid)),
            Self::Policy(_) => ObjectId::Policy(PolicyId(uuid)),
            Self::Schedule(_) => ObjectId::Schedule(ScheduleId(uuid)),
            Self::Override(_) => ObjectId::Override(OverrideId(uuid)),
            Self::TimeOff(_) => ObjectId::TimeOff(TimeOffId(uuid)),
            Self::Monitor(_) => ObjectId::Monitor(MonitorId(uuid)),
            Self::Dashboard(_) => ObjectId::Dashboard(DashboardId(uuid)),
        }
    }
}

macro_rules! drafts {
    ($($kind:ident: $draft:ty,)*) => {$(
        impl From<$draft> for Draft {
            fn from(draft: $draft) -> Self {
                Self::$kind(draft)
            }
        }
    )*};
}

drafts! {
    Team: Team,
    User: UserDraft,
    Endpoint: EndpointDraft,
    Service: Service,
    Integration: IntegrationDraft,
    Policy: Policy,
    Schedule: ScheduleDraft,
    Override: Override,
    TimeOff: TimeOff,
    Monitor: Monitor,
    Dashboard: Dashboard,
}
