//! Stored forms of configuration objects but for schedules, which are in [`super::schedule`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::config::{
    Condition, ContactMethod, Endpoint, Hours, Integration, Monitor, OnSilence, PersonalRule,
    PersonalRules, Policy, Role, Service, Setting, Settings, Side, Step, Target, Team, Timeouts,
    UrgencyRule, User, Window,
};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{MethodId, PolicyId, ServiceId, TeamId};
use wb_core::number::Number;
use wb_core::time::Timestamp;

use super::common::{
    Id, Iso, NumberText, RoleV1, SeverityV1, SideV1, TargetV1, UrgencyV1, is_default, mirrors,
};
use super::schedule::WindowV2;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Team", deny_unknown_fields)]
pub(super) struct TeamV1 {
    name: String,
    description: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Setting", rename_all = "snake_case")]
enum SettingV1 {
    Plain(String),
    Sealed(String),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "ContactMethod", deny_unknown_fields)]
struct ContactMethodV1 {
    #[serde_as(as = "Id")]
    id: MethodId,
    name: String,
    channel: String,
    #[serde_as(as = "BTreeMap<_, SettingV1>")]
    settings: Settings,
    #[serde_as(as = "Option<Iso>")]
    verified_at: Option<Timestamp>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "PersonalRule", deny_unknown_fields)]
struct PersonalRuleV1 {
    after_s: u32,
    #[serde_as(as = "Id")]
    method: MethodId,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "PersonalRules", deny_unknown_fields)]
struct PersonalRulesV1 {
    #[serde_as(as = "Vec<PersonalRuleV1>")]
    high: Vec<PersonalRule>,
    #[serde_as(as = "Vec<PersonalRuleV1>")]
    low: Vec<PersonalRule>,
    // What came later is left out where it says nothing, as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat_high_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat_low_s: Option<u32>,
    #[serde_as(as = "Option<HoursV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<Hours>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "User", deny_unknown_fields)]
pub(super) struct UserV1 {
    name: String,
    email: String,
    zone: String,
    #[serde_as(as = "Option<RoleV1>")]
    role: Option<Role>,
    #[serde_as(as = "BTreeMap<Id, RoleV1>")]
    teams: BTreeMap<TeamId, Role>,
    active: bool,
    #[serde_as(as = "Vec<ContactMethodV1>")]
    methods: Vec<ContactMethod>,
    #[serde_as(as = "PersonalRulesV1")]
    rules: PersonalRules,
    /// Came later, as above.
    #[serde_as(as = "Option<Iso>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused_until: Option<Timestamp>,
    /// Came later; everybody is tested who does not say otherwise.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    monthly_test: bool,
}

const fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_yes(value: &bool) -> bool {
    *value
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Endpoint", deny_unknown_fields)]
pub(super) struct EndpointV1 {
    #[serde_as(as = "Id")]
    team: TeamId,
    name: String,
    channel: String,
    #[serde_as(as = "BTreeMap<_, SettingV1>")]
    settings: Settings,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "UrgencyRule", rename_all = "snake_case")]
enum UrgencyRuleV1 {
    Fixed(#[serde_as(as = "UrgencyV1")] Urgency),
    BySeverity,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Timeouts", deny_unknown_fields)]
struct TimeoutsV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledge_expires_after_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_resolve_after_s: Option<u32>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Service", deny_unknown_fields)]
pub(super) struct ServiceV1 {
    #[serde_as(as = "Id")]
    team: TeamId,
    name: String,
    description: String,
    #[serde_as(as = "UrgencyRuleV1")]
    urgency: UrgencyRule,
    #[serde_as(as = "Option<Id>")]
    policy: Option<PolicyId>,
    /// Came later; left out where there are none, as it was before.
    #[serde_as(as = "TimeoutsV1")]
    #[serde(default, skip_serializing_if = "is_default")]
    timeouts: Timeouts,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Integration", deny_unknown_fields)]
pub(super) struct IntegrationV1 {
    #[serde_as(as = "Id")]
    service: ServiceId,
    name: String,
    dialect: String,
    key_sealed: String,
    key_hash: String,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Hours", deny_unknown_fields)]
struct HoursV1 {
    zone: String,
    #[serde_as(as = "Vec<WindowV2>")]
    windows: Vec<Window>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Condition", deny_unknown_fields)]
struct ConditionV1 {
    #[serde_as(as = "Option<UrgencyV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    urgency: Option<Urgency>,
    #[serde_as(as = "Option<SeverityV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity_at_least: Option<Severity>,
    #[serde_as(as = "Option<HoursV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<Hours>,
    #[serde_as(as = "Option<HoursV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outside: Option<Hours>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Step", deny_unknown_fields)]
struct StepV1 {
    #[serde_as(as = "Vec<TargetV1>")]
    targets: Vec<Target>,
    escalate_after_s: u32,
    // What came later is left out where it says nothing, as it was before.
    #[serde_as(as = "ConditionV1")]
    #[serde(default, skip_serializing_if = "is_default")]
    only: Condition,
    #[serde(default, skip_serializing_if = "is_default")]
    needs_everyone: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    round_robin: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Policy", deny_unknown_fields)]
pub(super) struct PolicyV1 {
    #[serde_as(as = "Id")]
    team: TeamId,
    name: String,
    #[serde_as(as = "Vec<StepV1>")]
    steps: Vec<Step>,
    repeat: u32,
    // What came later is left out where it says nothing, as it was before.
    #[serde_as(as = "Option<HoursV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low_urgency_hours: Option<Hours>,
    #[serde_as(as = "Vec<TargetV1>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fallback: Vec<Target>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OnSilence", rename_all = "snake_case")]
enum OnSilenceV1 {
    Keep,
    Alert,
    Recover,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Monitor", deny_unknown_fields)]
pub(super) struct MonitorV1 {
    #[serde_as(as = "Id")]
    service: ServiceId,
    name: String,
    description: String,
    target: String,
    #[serde_as(as = "SideV1")]
    side: Side,
    #[serde_as(as = "NumberText")]
    threshold: Number,
    for_s: u32,
    #[serde_as(as = "Option<NumberText>")]
    recovery: Option<Number>,
    recover_for_s: u32,
    every_s: u32,
    #[serde_as(as = "SeverityV1")]
    severity: Severity,
    silent_after_s: u32,
    #[serde_as(as = "OnSilenceV1")]
    on_silence: OnSilence,
    runbook_url: Option<String>,
}

mirrors! {
    TeamV1 => Team,
    SettingV1 => Setting,
    ContactMethodV1 => ContactMethod,
    PersonalRuleV1 => PersonalRule,
    PersonalRulesV1 => PersonalRules,
    UserV1 => User,
    EndpointV1 => Endpoint,
    UrgencyRuleV1 => UrgencyRule,
    TimeoutsV1 => Timeouts,
    ServiceV1 => Service,
    IntegrationV1 => Integration,
    HoursV1 => Hours,
    ConditionV1 => Condition,
    StepV1 => Step,
    PolicyV1 => Policy,
    OnSilenceV1 => OnSilence,
    MonitorV1 => Monitor,
}
