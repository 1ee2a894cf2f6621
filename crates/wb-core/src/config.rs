//! Configuration: what people set up, versioned, and the snapshot that decisions read.
//!
//! Every edit of an object makes a new version. An incident holds the version of its escalation
//! policy; who is on call, personal rules and contact methods are looked up at the moment of the
//! step.

mod access;
mod dashboard;
mod idle;
mod monitor;
mod schedule;
mod snapshot;
mod swap;

use std::collections::BTreeMap;

pub use access::{Permission, Role, Scope};
pub use dashboard::{Chart, Choices, Dashboard, Filled, Variable, filled, is_variable_name};
pub use idle::{Idle, IdleRule, idle_rules, never_end};
pub use monitor::{Monitor, OnSilence, Side};
pub use schedule::{
    Duty, Handoff, HandoffUnit, Holiday, OnHolidays, Override, OverrideChange, OverrideOrigin,
    Participant, Rotation, Schedule, Slot, TimeOff, TurnRule, Weekdays, WhenOff, Window,
};
pub use snapshot::{Config, Versioned};
pub use swap::{Stretch, Swap, SwapState};

use crate::event::{Severity, Urgency};
use crate::ids::{
    DashboardId, EndpointId, IntegrationId, MethodId, MonitorId, OverrideId, PolicyId, ScheduleId,
    ServiceId, SwapId, TeamId, TimeOffId, UserId,
};
use crate::time::Timestamp;

/// A group that owns configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Shown name, unique among teams.
    pub name: String,
    /// What the team looks after.
    pub description: String,
}

/// An account; a person when on call or paged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address, unique among users, compared without case.
    pub email: String,
    /// IANA zone in which times are shown to this person, such as `Pacific/Auckland`.
    pub zone: String,
    /// Access role everywhere, if any.
    pub role: Option<Role>,
    /// Access roles by team; being listed here is membership.
    pub teams: BTreeMap<TeamId, Role>,
    /// Inactive users cannot sign in and are never paged.
    pub active: bool,
    /// Ways to reach this person.
    pub methods: Vec<ContactMethod>,
    /// What to do when this person is paged.
    pub rules: PersonalRules,
    /// Until when nobody pages this person, such as when they are ill; in force while that is in the
    /// future. Their shifts stay theirs, and escalation passes them over.
    pub paused_until: Option<Timestamp>,
    /// Whether proved contact methods are tested every month; see [`crate::recheck`].
    pub monthly_test: bool,
}

impl User {
    /// Whether this person is not to be paged at that time, and until when.
    #[must_use]
    pub fn pause_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.paused_until.filter(|until| *until > now)
    }
}

/// One way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactMethod {
    /// Its id.
    pub id: MethodId,
    /// What the person calls it, such as "work mail".
    pub name: String,
    /// The channel's name, such as `email`; the channel's descriptor says which settings it takes.
    pub channel: String,
    /// The channel's settings.
    pub settings: Settings,
    /// When the person last proved to receive messages on it.
    pub verified_at: Option<Timestamp>,
}

/// Settings of a channel by field name; secret fields hold ciphertext.
pub type Settings = BTreeMap<String, Setting>;

/// One setting's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Readable by everybody who may see the object.
    Plain(String),
    /// Encrypted under the instance's key (base64); opened only right before use.
    Sealed(String),
}

/// What to do when a person is paged, per urgency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalRules {
    /// For high urgency. Empty means: every method at once.
    pub high: Vec<PersonalRule>,
    /// For low urgency. Empty means: the first method, at once.
    pub low: Vec<PersonalRule>,
    /// Seconds after which the last rule for high urgency comes once more, again and again, until
    /// somebody acknowledges. None means once.
    pub repeat_high_s: Option<u32>,
    /// The same for low urgency.
    pub repeat_low_s: Option<u32>,
    /// When low urgency does not disturb: what would go out within these hours waits for their end.
    pub quiet_hours: Option<Hours>,
}

impl PersonalRules {
    /// Seconds after which the last rule for this urgency comes once more, if it does.
    #[must_use]
    pub const fn repeat_s(&self, urgency: Urgency) -> Option<u32> {
        match urgency {
            Urgency::High => self.repeat_high_s,
            Urgency::Low | Urgency::None => self.repeat_low_s,
        }
    }
}

/// One personal rule: after a delay, use a method, unless somebody has acknowledged by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonalRule {
    /// Seconds after the page was decided.
    pub after_s: u32,
    /// Which method to use.
    pub method: MethodId,
}

/// A place that is paged without being a person, such as a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Owner.
    pub team: TeamId,
    /// Shown name.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings.
    pub settings: Settings,
}

/// What people look after and what alerts are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among services.
    pub name: String,
    /// What it does, for somebody woken by it.
    pub description: String,
    /// How loudly its incidents are told.
    pub urgency: UrgencyRule,
    /// Who is paged; none records only.
    pub policy: Option<PolicyId>,
    /// What happens to its incidents by time alone.
    pub timeouts: Timeouts,
}

/// What happens to a service's incidents when nobody does anything about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Seconds after which an acknowledgement no longer holds, and escalation goes on; none means it
    /// holds for good.
    pub acknowledge_expires_after_s: Option<u32>,
    /// Seconds after it opened from which an incident is over by itself; not while somebody is still
    /// to be paged, nor while it is snoozed. None means never.
    pub auto_resolve_after_s: Option<u32>,
}

/// How a service's urgency comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrgencyRule {
    /// Always the same.
    Fixed(Urgency),
    /// By the severity of the event.
    BySeverity,
}

impl UrgencyRule {
    /// The urgency of an incident of this severity.
    #[must_use]
    pub const fn of(self, severity: Severity) -> Urgency {
        match self {
            Self::Fixed(urgency) => urgency,
            Self::BySeverity => Urgency::by_severity(severity),
        }
    }
}

/// A key and a dialect, feeding a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The service its events go to; its team owns the integration.
    pub service: ServiceId,
    /// Shown name.
    pub name: String,
    /// The dialect's name, such as `events_v2`.
    pub dialect: String,
    /// The key, encrypted, so that its team can see it again.
    pub key_sealed: String,
    /// Keyed hash of the key (hexadecimal), by which it is found.
    pub key_hash: String,
}

/// Who is paged, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among policies.
    pub name: String,
    /// The ladder; at least one step.
    pub steps: Vec<Step>,
    /// How often the whole ladder is climbed again while nobody acknowledges.
    pub repeat: u32,
    /// When low urgency is told: outside of these hours what is due waits for them. None means at
    /// any time.
    pub low_urgency_hours: Option<Hours>,
    /// Who is told when the ladder has come to its end and nobody acknowledged. When there are none,
    /// or none of them can be reached, and nobody was reached before either: every admin.
    pub fallback: Vec<Target>,
}

impl Policy {
    /// Everything it names: the targets of its steps and those at its end.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        let steps = self.steps.iter().flat_map(|step| &step.targets);
        steps.chain(&self.fallback).copied()
    }
}

/// One step of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who is paged; several are paged at once.
    pub targets: Vec<Target>,
    /// Seconds after this step until the next one is executed, if nobody acknowledges.
    pub escalate_after_s: u32,
    /// For which incidents and when it is executed; else the next one follows at once.
    pub only: Condition,
    /// Whether everybody it pages has to acknowledge. Until then whoever did is left in peace, and
    /// escalation goes on for the others.
    pub needs_everyone: bool,
    /// Whether of the people it means only one is told, one after the other from incident to
    /// incident.
    pub round_robin: bool,
}

/// When a step of a policy is executed: when all that is asked for here holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The incident has this urgency.
    pub urgency: Option<Urgency>,
    /// The incident is at least this bad.
    pub severity_at_least: Option<Severity>,
    /// It is within these hours.
    pub within: Option<Hours>,
    /// It is outside of these hours.
    pub outside: Option<Hours>,
}

/// Stretches of local time on some weekdays, such as the hours of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// IANA zone in which they are meant.
    pub zone: String,
    /// The stretches; what people can do in them has no meaning here.
    pub windows: Vec<Window>,
}

/// Whom a step pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One person.
    User(UserId),
    /// Whoever is on call in this schedule at the moment of the step.
    Schedule(ScheduleId),
    /// Every member of a team.
    Team(TeamId),
    /// Every user whose global role is admin; used by the catch-all policy.
    Admins,
    /// A webhook, a room: told, but never counted as reaching a human.
    Endpoint(EndpointId),
}

/// Any configuration object, as it is stored, versioned and applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A team.
    Team(TeamId, Team),
    /// A user.
    User(UserId, User),
    /// An endpoint.
    Endpoint(EndpointId, Endpoint),
    /// A service.
    Service(ServiceId, Service),
    /// An integration.
    Integration(IntegrationId, Integration),
    /// A policy.
    Policy(PolicyId, Policy),
    /// A schedule.
    Schedule(ScheduleId, Schedule),
    /// An override.
    Override(OverrideId, Override),
    /// A time off.
    TimeOff(TimeOffId, TimeOff),
    /// A swap.
    Swap(SwapId, Swap),
    /// A monitor.
    Monitor(MonitorId, Monitor),
    /// A dashboard.
    Dashboard(DashboardId, Dashboard),
}

/// The id of a configuration object of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectId {
    /// A team.
    Team(TeamId),
    /// A user.
    User(UserId),
    /// An endpoint.
    Endpoint(EndpointId),
    /// A service.
    Service(ServiceId),
    /// An integration.
    Integration(IntegrationId),
    /// A policy.
    Policy(PolicyId),
    /// A schedule.
    Schedule(ScheduleId),
    /// An override.
    Override(OverrideId),
    /// A time off.
    TimeOff(TimeOffId),
    /// A swap.
    Swap(SwapId),
    /// A monitor.
    Monitor(MonitorId),
    /// A dashboard.
    Dashboard(DashboardId),
}

impl Object {
    /// The object's id.
    #[must_use]
    pub const fn id(&self) -> ObjectId {
        match self {
            Self::Team(id, _) => ObjectId::Team(*id),
            Self::User(id, _) => ObjectId::User(*id),
            Self::Endpoint(id, _) => ObjectId::Endpoint(*id),
            Self::Service(id, _) => ObjectId::Service(*id),
            Self::Integration(id, _) => ObjectId::Integration(*id),
            Self::Policy(id, _) => ObjectId::Policy(*id),
            Self::Schedule(id, _) => ObjectId::Schedule(*id),
            Self::Override(id, _) => ObjectId::Override(*id),
            Self::TimeOff(id, _) => ObjectId::TimeOff(*id),
            Self::Swap(id, _) => ObjectId::Swap(*id),
            Self::Monitor(id, _) => ObjectId::Monitor(*id),
            Self::Dashboard(id, _) => ObjectId::Dashboard(*id),
        }
    }
}

impl ObjectId {
    /// The word for the kind, as used in the store and in facts.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Team(_) => "team",
            Self::User(_) => "user",
            Self::Endpoint(_) => "endpoint",
            Self::Service(_) => "service",
            Self::Integration(_) => "integration",
            Self::Policy(_) => "policy",
            Self::Schedule(_) => "schedule",
            Self::Override(_) => "override",
            Self::TimeOff(_) => "time_off",
            Self::Swap(_) => "swap",
            Self::Monitor(_) => "monitor",
            Self::Dashboard(_) => "dashboard",
        }
    }

    /// The id without its kind.
    #[must_use]
    pub const fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Team(id) => id.0,
            Self::User(id) => id.0,
            Self::Endpoint(id) => id.0,
            Self::Service(id) => id.0,
            Self::Integration(id) => id.0,
            Self::Policy(id) => id.0,
            Self::Schedule(id) => id.0,
            Self::Override(id) => id.0,
            Self::TimeOff(id) => id.0,
            Self::Swap(id) => id.0,
            Self::Monitor(id) => id.0,
            Self::Dashboard(id) => id.0,
        }
    }

    /// The id of a kind's word and a UUID; `None` for an unknown kind.
    #[must_use]
    pub fn from_parts(kind: &str, id: uuid::Uuid) -> Option<Self> {
        Some(match kind {
            "team" => Self::Team(TeamId(id)),
            "user" => Self::User(UserId(id)),
            "endpoint" => Self::Endpoint(EndpointId(id)),
            "service" => Self::Service(ServiceId(id)),
            "integration" => Self::Integration(IntegrationId(id)),
            "policy" => Self::Policy(PolicyId(id)),
            "schedule" => Self::Schedule(ScheduleId(id)),
            "override" => Self::Override(OverrideId(id)),
            "time_off" => Self::TimeOff(TimeOffId(id)),
            "swap" => Self::Swap(SwapId(id)),
            "monitor" => Self::Monitor(MonitorId(id)),
            "dashboard" => Self::Dashboard(DashboardId(id)),
            _ => return None,
        })
    }
}

/// The prefixed text form (`svc_0190...`).
impl core::fmt::Display for ObjectId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Team(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Endpoint(id) => id.fmt(f),
            Self::Service(id) => id.fmt(f),
            Self::Integration(id) => id.fmt(f),
            Self::Policy(id) => id.fmt(f),
            Self::Schedule(id) => id.fmt(f),
            Self::Override(id) => id.fmt(f),
            Self::TimeOff(id) => id.fmt(f),
            Self::Swap(id) => id.fmt(f),
            Self::Monitor(id) => id.fmt(f),
            Self::Dashboard(id) => id.fmt(f),
        }
    }
}
