//! Configuration as code: what applying a declared state would do, and doing it.

mod cover;
mod dashboards;
mod schedules;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::Declared;
use wb_app::configure::declare::{
    Change, DeclaredEndpoint, DeclaredIntegration, DeclaredMethod, DeclaredMonitor, DeclaredPolicy,
    DeclaredRule, DeclaredRules, DeclaredService, DeclaredStep, DeclaredTarget, DeclaredTeam,
    DeclaredUser, Plan,
};
use wb_core::config::Timeouts;

use super::hours::HoursBody;
use super::monitors;
use super::policies::ConditionBody;
use super::services::ServiceUrgency;
use super::settings::{SettingsBody, settings_draft};
use crate::extract::Body;
use crate::identity::Auth;
use crate::problem::{FieldIssue, Problem};
use crate::state::HttpState;
use crate::values::{Measure, OnSilenceWord, RoleWord, SeverityWord, SideWord, Time};

pub use cover::{ChangeItem, OverrideItem, TimeOffItem};
pub use dashboards::DashboardItem;
pub use schedules::{
    ParticipantItem, RotationItem, ScheduleItem, SlotItem, SpecialParticipantItem,
};

/// A declared state. Everything refers by name, users by address. What is not declared stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredBody {
    /// Teams.
    #[serde(default)]
    pub teams: Vec<TeamItem>,
    /// Users.
    #[serde(default)]
    pub users: Vec<UserItem>,
    /// Schedules.
    #[serde(default)]
    pub schedules: Vec<ScheduleItem>,
    /// Overrides.
    #[serde(default)]
    pub overrides: Vec<OverrideItem>,
    /// Times off.
    #[serde(default)]
    pub time_off: Vec<TimeOffItem>,
    /// Endpoints.
    #[serde(default)]
    pub endpoints: Vec<EndpointItem>,
    /// Escalation policies.
    #[serde(default)]
    pub policies: Vec<PolicyItem>,
    /// Services.
    #[serde(default)]
    pub services: Vec<ServiceItem>,
    /// Integrations.
    #[serde(default)]
    pub integrations: Vec<IntegrationItem>,
    /// Monitors.
    #[serde(default)]
    pub monitors: Vec<MonitorItem>,
    /// Dashboards.
    #[serde(default)]
    pub dashboards: Vec<DashboardItem>,
}

/// A declared team.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamItem {
    /// Shown name.
    pub name: String,
    /// What the team looks after.
    #[serde(default)]
    pub description: String,
}

/// A declared user, known by their address.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserItem {
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address.
    pub email: String,
    /// IANA zone in which times are shown.
    #[serde(default = "utc")]
    pub zone: String,
    /// Access role everywhere, if any.
    #[serde(default)]
    pub role: Option<RoleWord>,
    /// Access roles by the team's name.
    #[serde(default)]
    pub teams: BTreeMap<String, RoleWord>,
    /// Ways to reach this person; each keeps its identity by its name.
    #[serde(default)]
    pub methods: Vec<MethodItem>,
    /// What to do when this person is paged.
    #[serde(default)]
    pub rules: RulesItem,
    /// Whether contact methods that were proved are tested every month; left out, it stays as it is.
    #[serde(default)]
    pub monthly_test: Option<bool>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A declared contact method.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodItem {
    /// What the person calls it.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings; a secret that is left out keeps its value.
    #[serde(default)]
    pub settings: SettingsBody,
}

/// Declared personal rules.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesItem {
    /// For high urgency.
    #[serde(default)]
    pub high: Vec<RuleItem>,
    /// For low urgency.
    #[serde(default)]
    pub low: Vec<RuleItem>,
    /// Seconds after which the last rule for high urgency comes once more, again and again, until
    /// somebody acknowledges (60 to 86400); null means once.
    #[serde(default)]
    pub repeat_high_s: Option<u32>,
    /// The same for low urgency.
    #[serde(default)]
    pub repeat_low_s: Option<u32>,
    /// When low urgency does not disturb: what would go out within these hours waits for their end.
    /// Null means never.
    #[serde(default)]
    pub quiet_hours: Option<HoursBody>,
}

/// A declared personal rule.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleItem {
    /// Seconds after the page was decided.
    #[serde(default)]
    pub after_s: u32,
    /// The name of one of the user's contact methods.
    pub method: String,
}

/// A declared endpoint.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointItem {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings; a secret that is left out keeps its value.
    #[serde(default)]
    pub settings: SettingsBody,
}

/// A declared escalation policy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyItem {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// The ladder.
    pub steps: Vec<StepItem>,
    /// How often the whole ladder is climbed again.
    #[serde(default)]
    pub repeat: u32,
    /// When low urgency is told; null means at any time.
    #[serde(default)]
    pub low_urgency_hours: Option<HoursBody>,
    /// Who is told when nobody acknowledged to the end.
    #[serde(default)]
    pub fallback: Vec<TargetItem>,
}

/// A declared step.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepItem {
    /// Who is paged.
    pub targets: Vec<TargetItem>,
    /// Seconds after this step until the next one.
    pub escalate_after_s: u32,
    /// For which incidents and when it is executed.
    #[serde(default)]
    pub only: ConditionBody,
    /// Whether everybody it pages has to acknowledge.
    #[serde(default)]
    pub needs_everyone: bool,
    /// Whether of the people it means only one is told, one after the other from incident to incident.
    #[serde(default)]
    pub round_robin: bool,
}

/// Whom a declared step pages.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetItem {
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
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceItem {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// What it does.
    #[serde(default)]
    pub description: String,
    /// How loudly its incidents are told.
    #[serde(default)]
    pub urgency: ServiceUrgency,
    /// The policy's name; null records only.
    #[serde(default)]
    pub policy: Option<String>,
    /// Seconds after which an acknowledgement no longer holds and escalation goes on (60 to 2592000);
    /// null means it holds for good.
    #[serde(default)]
    pub acknowledge_expires_after_s: Option<u32>,
    /// Seconds after it opened from which an incident resolves by itself (60 to 2592000): not while
    /// somebody is still to be paged, nor while it is snoozed. Null means never.
    #[serde(default)]
    pub auto_resolve_after_s: Option<u32>,
}

/// A declared integration, known by its service and its name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationItem {
    /// The service's name.
    pub service: String,
    /// Shown name.
    pub name: String,
    /// The dialect's name.
    pub dialect: String,
    /// A key of one's own; without one the present key stays, or a new one is made.
    #[serde(default)]
    pub key: Option<String>,
}

/// A declared monitor, known by its service and its name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorItem {
    /// The service's name.
    pub service: String,
    /// Shown name.
    pub name: String,
    /// What it means and what to do.
    #[serde(default)]
    pub description: String,
    /// Which series, as a render target.
    pub target: String,
    /// Which side of the line is bad.
    #[serde(default = "monitors::side")]
    pub side: SideWord,
    /// The line.
    pub threshold: Measure,
    /// How long values must stay bad before it fires, in seconds.
    #[serde(default)]
    pub for_s: u32,
    /// The level a value must be back beyond to be good again; null means the threshold.
    #[serde(default)]
    pub recovery: Option<Measure>,
    /// How long values must stay good before it recovers, in seconds; null means as long as `for_s`.
    #[serde(default)]
    pub recover_for_s: Option<u32>,
    /// How often it is evaluated, in seconds.
    #[serde(default = "monitors::every_s")]
    pub every_s: u32,
    /// How bad it is when it fires.
    #[serde(default = "monitors::severity")]
    pub severity: SeverityWord,
    /// A series without points for longer than this is silent, in seconds.
    #[serde(default = "monitors::silent_after_s")]
    pub silent_after_s: u32,
    /// What silence means.
    #[serde(default = "monitors::on_silence")]
    pub on_silence: OnSilenceWord,
    /// Where the way to mend it is written.
    #[serde(default)]
    pub runbook_url: Option<String>,
}

/// What applying a declared state does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Each declared object, in the order of application.
    pub changes: Vec<ChangeView>,
    /// What stands in the way; with any of these nothing can be applied.
    pub problems: Vec<FieldIssue>,
}

/// What happens to one declared object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// Its place in the declaration, such as `services[2]`.
    pub path: String,
    /// What kind of object.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Its id; null for one that is not there yet.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// `create`, `update` or `unchanged`.
    #[schema(value_type = String)]
    pub action: &'static str,
    /// The fields that change; secrets are not shown.
    pub fields: Vec<FieldChangeView>,
    /// Whose shifts move over the next 90 days, when it is a schedule that is there already.
    pub affected: Vec<AffectedView>,
}

/// What a change of a schedule means for one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AffectedView {
    /// Their name.
    pub name: String,
    /// Time on call they gain, in seconds.
    pub gains_s: i64,
    /// Time on call they lose, in seconds.
    pub loses_s: i64,
    /// When the first of it begins.
    pub first: Time,
}

/// A field that changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldChangeView {
    /// Where.
    pub path: String,
    /// What it is.
    pub before: Option<String>,
    /// What it will be.
    pub after: Option<String>,
}

impl DeclaredBody {
    fn declared(self) -> Declared {
        Declared {
            teams: self.teams.into_iter().map(TeamItem::declared).collect(),
            users: self.users.into_iter().map(UserItem::declared).collect(),
            schedules: self
                .schedules
                .into_iter()
                .map(ScheduleItem::declared)
                .collect(),
            overrides: self
                .overrides
                .into_iter()
                .map(OverrideItem::declared)
                .collect(),
            time_off: self
                .time_off
                .into_iter()
                .map(TimeOffItem::declared)
                .collect(),
            endpoints: self
                .endpoints
                .into_iter()
                .map(EndpointItem::declared)
                .collect(),
            policies: self
                .policies
                .into_iter()
                .map(PolicyItem::declared)
                .collect(),
            services: self
                .services
                .into_iter()
                .map(ServiceItem::declared)
                .collect(),
            integrations: self
                .integrations
                .into_iter()
                .map(IntegrationItem::declared)
                .collect(),
            monitors: self
                .monitors
                .into_iter()
                .map(MonitorItem::declared)
                .collect(),
            dashboards: self
                .dashboards
                .into_iter()
                .map(DashboardItem::declared)
                .collect(),
        }
    }
}

impl TeamItem {
    fn declared(self) -> DeclaredTeam {
        DeclaredTeam {
            name: self.name,
            description: self.description,
        }
    }
}

impl UserItem {
    fn declared(self) -> DeclaredUser {
        let method = |item: MethodItem| DeclaredMethod {
            name: item.name,
            channel: item.channel,
            settings: settings_draft(item.settings),
        };
        let rule = |item: RuleItem| DeclaredRule {
            after_s: item.after_s,
            method: item.method,
        };
        DeclaredUser {
            name: self.name,
            email: self.email,
            zone: self.zone,
            role: self.role.map(|role| role.0),
            teams: self
                .teams
                .into_iter()
                .map(|(team, role)| (team, role.0))
                .collect(),
            methods: self.methods.into_iter().map(method).collect(),
            rules: DeclaredRules {
                high: self.rules.high.into_iter().map(rule).collect(),
                low: self.rules.low.into_iter().map(rule).collect(),
                repeat_high_s: self.rules.repeat_high_s,
                repeat_low_s: self.rules.repeat_low_s,
                quiet_hours: self.rules.quiet_hours.map(HoursBody::hours),
            },
            monthly_test: self.monthly_test,
        }
    }
}

impl EndpointItem {
    fn declared(self) -> DeclaredEndpoint {
        DeclaredEndpoint {
            name: self.name,
            team: self.team,
            channel: self.channel,
            settings: settings_draft(self.settings),
        }
    }
}

impl PolicyItem {
    fn declared(self) -> DeclaredPolicy {
        let target = |item| match item {
            TargetItem::User(email) => DeclaredTarget::User(email),
            TargetItem::Schedule(name) => DeclaredTarget::Schedule(name),
            TargetItem::Team(name) => DeclaredTarget::Team(name),
            TargetItem::Endpoint(name) => DeclaredTarget::Endpoint(name),
            TargetItem::Admins => DeclaredTarget::Admins,
        };
        let step = |item: StepItem| DeclaredStep {
            targets: item.targets.into_iter().map(target).collect(),
            escalate_after_s: item.escalate_after_s,
            only: item.only.condition(),
            needs_everyone: item.needs_everyone,
            round_robin: item.round_robin,
        };
        DeclaredPolicy {
            name: self.name,
            team: self.team,
            steps: self.steps.into_iter().map(step).collect(),
            repeat: self.repeat,
            low_urgency_hours: self.low_urgency_hours.map(HoursBody::hours),
            fallback: self.fallback.into_iter().map(target).collect(),
        }
    }
}

impl ServiceItem {
    fn declared(self) -> DeclaredService {
        DeclaredService {
            name: self.name,
            team: self.team,
            description: self.description,
            urgency: self.urgency.rule(),
            policy: self.policy,
            timeouts: Timeouts {
                acknowledge_expires_after_s: self.acknowledge_expires_after_s,
                auto_resolve_after_s: self.auto_resolve_after_s,
            },
        }
    }
}

impl IntegrationItem {
    fn declared(self) -> DeclaredIntegration {
        DeclaredIntegration {
            service: self.service,
            name: self.name,
            dialect: self.dialect,
            key: self.key,
        }
    }
}

impl MonitorItem {
    fn declared(self) -> DeclaredMonitor {
        DeclaredMonitor {
            service: self.service,
            name: self.name,
            description: self.description,
            target: self.target,
            side: self.side.0,
            threshold: self.threshold.0,
            for_s: self.for_s,
            recovery: self.recovery.map(|level| level.0),
            recover_for_s: self.recover_for_s.unwrap_or(self.for_s),
            every_s: self.every_s,
            severity: self.severity.0,
            silent_after_s: self.silent_after_s,
            on_silence: self.on_silence.0,
            runbook_url: self.runbook_url,
        }
    }
}

impl PlanView {
    fn new(plan: Plan) -> Self {
        let issue = |problem: wb_app::FieldProblem| FieldIssue {
            field: problem.field,
            message: problem.message,
        };
        Self {
            changes: plan.changes.into_iter().map(ChangeView::new).collect(),
            problems: plan.problems.into_iter().map(issue).collect(),
        }
    }
}

impl ChangeView {
    fn new(change: Change) -> Self {
        let is_there = change.action != wb_app::configure::declare::Action::Create;
        Self {
            kind: change.kind(),
            id: is_there.then(|| change.id.to_string()),
            path: change.path,
            name: change.name,
            action: change.action.word(),
            fields: change
                .fields
                .into_iter()
                .map(|f| FieldChangeView {
                    path: f.path,
                    before: f.before,
                    after: f.after,
                })
                .collect(),
            affected: change
                .affected
                .into_iter()
                .map(|one| AffectedView {
                    name: one.name,
                    gains_s: one.gains_s,
                    loses_s: one.loses_s,
                    first: Time(one.first),
                })
                .collect(),
        }
    }
}

/// Says what applying a declared state would do; changes nothing.
#[utoipa::path(
    post, path = "/config/plan", tag = "config", operation_id = "plan_config",
    request_body = DeclaredBody, responses((status = 200, body = PlanView)),
)]
pub async fn plan(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<DeclaredBody>,
) -> Result<Json<PlanView>, Problem> {
    let plan = state.app.plan(&caller, &body.declared()).await?;
    Ok(Json(PlanView::new(plan)))
}

/// Makes it so, all in one transaction, and says what was done.
#[utoipa::path(
    post, path = "/config/apply", tag = "config", operation_id = "apply_config",
    request_body = DeclaredBody, responses((status = 200, body = PlanView)),
)]
pub async fn apply(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<DeclaredBody>,
) -> Result<Json<PlanView>, Problem> {
    let plan = state.app.apply(&caller, &body.declared()).await?;
    Ok(Json(PlanView::new(plan)))
}
