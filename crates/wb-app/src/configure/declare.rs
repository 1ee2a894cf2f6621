//! Configuration as code: a declared state, compared with what is there and applied as a whole.
//!
//! Everything refers by name (users by e-mail address) to what is declared in the same file or is
//! there already. Nothing is ever deleted because it is not declared: a file that was cut short must
//! not take the pager down.

mod cover;
mod dashboards;
mod diff;
mod names;
mod plan;
mod resolve;
mod rotations;

use std::collections::BTreeMap;

use jiff::civil::Date;
use wb_core::config::{
    Condition, Duty, Holiday, Hours, OnSilence, Role, Rotation, Side, Timeouts, UrgencyRule,
};
use wb_core::event::Severity;
use wb_core::number::Number;

pub use cover::{DeclaredOverride, DeclaredOverrideChange, DeclaredTimeOff};
pub use dashboards::DeclaredDashboard;
pub use plan::{Action, Change, FieldChange, Plan};

use super::draft::SettingsDraft;

/// A declared state. Paths in problems follow these names: `services[2].policy`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Teams.
    pub teams: Vec<DeclaredTeam>,
    /// Users.
    pub users: Vec<DeclaredUser>,
    /// Schedules.
    pub schedules: Vec<DeclaredSchedule>,
    /// Overrides.
    pub overrides: Vec<DeclaredOverride>,
    /// Times off.
    pub time_off: Vec<DeclaredTimeOff>,
    /// Endpoints.
    pub endpoints: Vec<DeclaredEndpoint>,
    /// Policies.
    pub policies: Vec<DeclaredPolicy>,
    /// Services.
    pub services: Vec<DeclaredService>,
    /// Integrations.
    pub integrations: Vec<DeclaredIntegration>,
    /// Monitors.
    pub monitors: Vec<DeclaredMonitor>,
    /// Dashboards.
    pub dashboards: Vec<DeclaredDashboard>,
}

/// A declared team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTeam {
    /// Shown name.
    pub name: String,
    /// What the team looks after.
    pub description: String,
}

/// A declared user, known by their address. Whether the account is in use is not declared: a new
/// one is, a present one stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredUser {
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address.
    pub email: String,
    /// IANA zone in which times are shown.
    pub zone: String,
    /// Access role everywhere, if any.
    pub role: Option<Role>,
    /// Access roles by the team's name.
    pub teams: BTreeMap<String, Role>,
    /// Ways to reach this person; each keeps its identity by its name.
    pub methods: Vec<DeclaredMethod>,
    /// What to do when this person is paged.
    pub rules: DeclaredRules,
    /// Whether proved contact methods are tested every month; none leaves it as it is.
    pub monthly_test: Option<bool>,
}

/// A declared contact method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredMethod {
    /// What the person calls it.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings; a secret that is left out keeps its value.
    pub settings: SettingsDraft,
}

/// Declared personal rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredRules {
    /// For high urgency.
    pub high: Vec<DeclaredRule>,
    /// For low urgency.
    pub low: Vec<DeclaredRule>,
    /// Seconds after which the last rule for high urgency comes once more, again and again.
    pub repeat_high_s: Option<u32>,
    /// The same for low urgency.
    pub repeat_low_s: Option<u32>,
    /// When low urgency does not disturb.
    pub quiet_hours: Option<Hours>,
}

/// A declared personal rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredRule {
    /// Seconds after the page was decided.
    pub after_s: u32,
    /// The name of one of the user's contact methods.
    pub method: String,
}

/// A declared schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredSchedule {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// IANA zone in which hand-off times are meant.
    pub zone: String,
    /// Highest priority first; each keeps its identity by its name.
    pub rotations: Vec<DeclaredRotation>,
    /// The public holidays it knows, in any order.
    pub holidays: Vec<Holiday>,
}

/// A declared rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredRotation {
    /// What it will be; the id and the slots in it are not looked at.
    pub rotation: Rotation,
    /// Whose turn it is, in order.
    pub slots: Vec<DeclaredSlot>,
}

/// Who has one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredSlot {
    /// The people; empty means nobody.
    pub people: Vec<DeclaredParticipant>,
    /// Whether the first to acknowledge has it.
    pub first_come: bool,
}

/// Somebody in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredParticipant {
    /// Their address.
    pub email: String,
    /// What they are there for.
    pub duty: Duty,
    /// The first local date on which they may have a turn begin.
    pub joins: Option<Date>,
    /// The first local date on which they have no turn begin any more.
    pub leaves: Option<Date>,
}

impl DeclaredParticipant {
    /// Somebody who can act and is there for good.
    #[must_use]
    pub const fn new(email: String) -> Self {
        Self {
            email,
            duty: Duty::Act,
            joins: None,
            leaves: None,
        }
    }
}

/// A declared endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredEndpoint {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings; a secret that is left out keeps its value.
    pub settings: SettingsDraft,
}

/// A declared policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredPolicy {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// The ladder.
    pub steps: Vec<DeclaredStep>,
    /// How often the whole ladder is climbed again.
    pub repeat: u32,
    /// When low urgency is told; none means at any time.
    pub low_urgency_hours: Option<Hours>,
    /// Who is told when nobody acknowledged to the end.
    pub fallback: Vec<DeclaredTarget>,
}

/// A declared step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredStep {
    /// Who is paged.
    pub targets: Vec<DeclaredTarget>,
    /// Seconds after this step until the next one.
    pub escalate_after_s: u32,
    /// For which incidents and when it is executed.
    pub only: Condition,
    /// Whether everybody it pages has to acknowledge.
    pub needs_everyone: bool,
    /// Whether of the people it means only one is told, one after the other.
    pub round_robin: bool,
}

/// Whom a declared step pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredTarget {
    /// The person with this address.
    User(String),
    /// Whoever is on call in the schedule of this name.
    Schedule(String),
    /// Every member of the team of this name.
    Team(String),
    /// The endpoint of this name.
    Endpoint(String),
    /// Every admin.
    Admins,
}

/// A declared service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredService {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// What it does.
    pub description: String,
    /// How loudly its incidents are told.
    pub urgency: UrgencyRule,
    /// The policy's name; none records only.
    pub policy: Option<String>,
    /// What happens to its incidents by time alone.
    pub timeouts: Timeouts,
}

/// A declared integration, known by its service and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredIntegration {
    /// The service's name.
    pub service: String,
    /// Shown name.
    pub name: String,
    /// The dialect's name.
    pub dialect: String,
    /// A key of one's own; none keeps the present one, or makes a new one.
    pub key: Option<String>,
}

/// A declared monitor, known by its service and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredMonitor {
    /// The service's name.
    pub service: String,
    /// Shown name.
    pub name: String,
    /// What it means and what to do.
    pub description: String,
    /// Which series, as a render target.
    pub target: String,
    /// Which side of the line is bad.
    pub side: Side,
    /// The line.
    pub threshold: Number,
    /// How long values must stay bad before it fires, in seconds.
    pub for_s: u32,
    /// The level a value must be back beyond to be good again; none means the threshold.
    pub recovery: Option<Number>,
    /// How long values must stay good before it recovers, in seconds.
    pub recover_for_s: u32,
    /// How often it is evaluated, in seconds.
    pub every_s: u32,
    /// How bad it is when it fires.
    pub severity: Severity,
    /// A series without points for longer than this is silent, in seconds.
    pub silent_after_s: u32,
    /// What silence means.
    pub on_silence: OnSilence,
    /// Where the way to mend it is written.
    pub runbook_url: Option<String>,
}
