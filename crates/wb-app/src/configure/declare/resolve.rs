//! From declared names to drafts that refer by id.

use core::fmt::Display;

use uuid::Uuid;
use wb_core::config::{Config, Monitor, ObjectId, Policy, Service, Step, Target, Team};
use wb_core::ids::{
    DashboardId, EndpointId, IntegrationId, MonitorId, OverrideId, PolicyId, ScheduleId, ServiceId,
    TeamId, TimeOffId, UserId,
};

use super::names::Names;
use super::{
    Declared, DeclaredDashboard, DeclaredEndpoint, DeclaredIntegration, DeclaredMonitor,
    DeclaredOverride, DeclaredPolicy, DeclaredSchedule, DeclaredService, DeclaredTarget,
    DeclaredTeam, DeclaredTimeOff, DeclaredUser,
};
use crate::configure::draft::{
    Draft, EndpointDraft, IntegrationDraft, MethodDraft, MethodRef, RuleDraft, RulesDraft,
    UserDraft,
};
use crate::configure::problems::{Problems, same_name};

/// One declared object with its place in the file.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Team(&'a DeclaredTeam),
    User(&'a DeclaredUser),
    Schedule(&'a DeclaredSchedule),
    Override(&'a DeclaredOverride),
    TimeOff(&'a DeclaredTimeOff),
    Endpoint(&'a DeclaredEndpoint),
    Policy(&'a DeclaredPolicy),
    Service(&'a DeclaredService),
    Integration(&'a DeclaredIntegration),
    Monitor(&'a DeclaredMonitor),
    Dashboard(&'a DeclaredDashboard),
}

/// Everything declared, in an order in which each object only refers to earlier ones, with its path
/// (`services[2]`).
pub(super) fn items(declared: &Declared) -> Vec<(String, Item<'_>)> {
    fn section<'a, T>(
        name: &'static str,
        list: &'a [T],
        item: fn(&'a T) -> Item<'a>,
    ) -> impl Iterator<Item = (String, Item<'a>)> {
        list.iter()
            .enumerate()
            .map(move |(at, one)| (format!("{name}[{at}]"), item(one)))
    }
    core::iter::empty()
        .chain(section("teams", &declared.teams, Item::Team))
        .chain(section("users", &declared.users, Item::User))
        .chain(section("schedules", &declared.schedules, Item::Schedule))
        .chain(section("overrides", &declared.overrides, Item::Override))
        .chain(section("time_off", &declared.time_off, Item::TimeOff))
        .chain(section("endpoints", &declared.endpoints, Item::Endpoint))
        .chain(section("policies", &declared.policies, Item::Policy))
        .chain(section("services", &declared.services, Item::Service))
        .chain(section(
            "integrations",
            &declared.integrations,
            Item::Integration,
        ))
        .chain(section("monitors", &declared.monitors, Item::Monitor))
        .chain(section("dashboards", &declared.dashboards, Item::Dashboard))
        .collect()
}

impl Item<'_> {
    /// Whether both declare the same object.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Team(a), Self::Team(b)) => same_name(&a.name, &b.name),
            (Self::User(a), Self::User(b)) => same_name(&a.email, &b.email),
            (Self::Schedule(a), Self::Schedule(b)) => same_name(&a.name, &b.name),
            (Self::Override(a), Self::Override(b)) => a.is_same(b),
            (Self::TimeOff(a), Self::TimeOff(b)) => a.is_same(b),
            (Self::Endpoint(a), Self::Endpoint(b)) => same_name(&a.name, &b.name),
            (Self::Policy(a), Self::Policy(b)) => same_name(&a.name, &b.name),
            (Self::Service(a), Self::Service(b)) => same_name(&a.name, &b.name),
            (Self::Dashboard(a), Self::Dashboard(b)) => {
                same_name(&a.dashboard.name, &b.dashboard.name)
            }
            (Self::Integration(a), Self::Integration(b)) => {
                same_name(&a.name, &b.name) && same_name(&a.service, &b.service)
            }
            (Self::Monitor(a), Self::Monitor(b)) => {
                same_name(&a.name, &b.name) && same_name(&a.service, &b.service)
            }
            _ => false,
        }
    }

    /// The field by which the object is known.
    pub(super) const fn key_field(&self) -> &'static str {
        match self {
            Self::User(_) => "email",
            Self::Override(_) | Self::TimeOff(_) => "from",
            _ => "name",
        }
    }
}

/// Resolves names against the configuration as it will be after the objects before this one.
pub(super) struct Resolver<'a> {
    pub(super) config: &'a Config,
}

impl Resolver<'_> {
    fn names(&self) -> Names<'_> {
        Names(self.config)
    }

    /// The id of the object this declares: the present one's, or else the fresh one.
    pub(super) fn id(&self, item: Item<'_>, fresh: Uuid) -> ObjectId {
        let names = self.names();
        match item {
            Item::Team(v) => ObjectId::Team(names.team(&v.name).unwrap_or(TeamId(fresh))),
            Item::User(v) => ObjectId::User(names.user(&v.email).unwrap_or(UserId(fresh))),
            Item::Schedule(v) => {
                ObjectId::Schedule(names.schedule(&v.name).unwrap_or(ScheduleId(fresh)))
            }
            Item::Override(v) => {
                ObjectId::Override(names.r#override(v).unwrap_or(OverrideId(fresh)))
            }
            Item::TimeOff(v) => ObjectId::TimeOff(names.time_off(v).unwrap_or(TimeOffId(fresh))),
            Item::Endpoint(v) => {
                ObjectId::Endpoint(names.endpoint(&v.name).unwrap_or(EndpointId(fresh)))
            }
            Item::Policy(v) => ObjectId::Policy(names.policy(&v.name).unwrap_or(PolicyId(fresh))),
            Item::Service(v) => {
                ObjectId::Service(names.service(&v.name).unwrap_or(ServiceId(fresh)))
            }
            Item::Integration(v) => {
                let service = names.service(&v.service);
                let found = service.and_then(|service| names.integration(service, &v.name));
                ObjectId::Integration(found.unwrap_or(IntegrationId(fresh)))
            }
            Item::Monitor(v) => {
                let service = names.service(&v.service);
                let found = service.and_then(|service| names.monitor(service, &v.name));
                ObjectId::Monitor(found.unwrap_or(MonitorId(fresh)))
            }
            Item::Dashboard(v) => {
                let found = names.dashboard(&v.dashboard.name);
                ObjectId::Dashboard(found.unwrap_or(DashboardId(fresh)))
            }
        }
    }

    /// The draft of a declared object. Unknown names are problems, and nobody's id stands in.
    pub(super) fn draft(&self, id: ObjectId, item: Item<'_>, problems: &mut Problems) -> Draft {
        match item {
            Item::Team(v) => Draft::Team(Team {
                name: v.name.clone(),
                description: v.description.clone(),
            }),
            Item::User(v) => Draft::User(self.user(id, v, problems)),
            Item::Schedule(v) => Draft::Schedule(self.schedule(v, problems)),
            Item::Override(v) => Draft::Override(self.r#override(v, problems)),
            Item::TimeOff(v) => Draft::TimeOff(self.time_off(v, problems)),
            Item::Endpoint(v) => Draft::Endpoint(EndpointDraft {
                team: self.team(&v.team, problems),
                name: v.name.clone(),
                channel: v.channel.clone(),
                settings: v.settings.clone(),
            }),
            Item::Policy(v) => Draft::Policy(self.policy(v, problems)),
            Item::Service(v) => Draft::Service(self.service(v, problems)),
            Item::Integration(v) => Draft::Integration(IntegrationDraft {
                service: self.service_of(&v.service, problems),
                name: v.name.clone(),
                dialect: v.dialect.clone(),
                key: v.key.clone(),
            }),
            Item::Monitor(v) => Draft::Monitor(self.monitor(v, problems)),
            Item::Dashboard(v) => Draft::Dashboard(self.dashboard(v, problems)),
        }
    }

    fn monitor(&self, declared: &DeclaredMonitor, problems: &mut Problems) -> Monitor {
        Monitor {
            service: self.service_of(&declared.service, problems),
            name: declared.name.clone(),
            description: declared.description.clone(),
            target: declared.target.clone(),
            side: declared.side,
            threshold: declared.threshold,
            for_s: declared.for_s,
            recovery: declared.recovery,
            recover_for_s: declared.recover_for_s,
            every_s: declared.every_s,
            severity: declared.severity,
            silent_after_s: declared.silent_after_s,
            on_silence: declared.on_silence,
            runbook_url: declared.runbook_url.clone(),
        }
    }

    /// The service to which an integration or monitor belongs.
    fn service_of(&self, name: &str, problems: &mut Problems) -> ServiceId {
        let found = self.names().service(name).map(|id| id.0);
        ServiceId(known("service", "service", &name, found, problems))
    }

    pub(super) fn team(&self, name: &str, problems: &mut Problems) -> TeamId {
        let found = self.names().team(name).map(|id| id.0);
        TeamId(known("team", "team", &name, found, problems))
    }

    pub(super) fn person(&self, path: &str, email: &str, problems: &mut Problems) -> UserId {
        let found = self.names().user(email).map(|id| id.0);
        UserId(known(path, "user", &email, found, problems))
    }

    fn user(&self, id: ObjectId, declared: &DeclaredUser, problems: &mut Problems) -> UserDraft {
        let mut teams = std::collections::BTreeMap::new();
        for (name, role) in &declared.teams {
            match self.names().team(name) {
                Some(team) => drop(teams.insert(team, *role)),
                None => problems.unknown(&format!("teams.{name}"), "team", name),
            }
        }
        let methods = declared.methods.iter().map(|method| MethodDraft {
            id: None,
            name: method.name.clone(),
            channel: method.channel.clone(),
            settings: method.settings.clone(),
        });
        let rules = |rules: &[super::DeclaredRule]| {
            let rule = |rule: &super::DeclaredRule| RuleDraft {
                after_s: rule.after_s,
                method: MethodRef::Name(rule.method.clone()),
            };
            rules.iter().map(rule).collect()
        };
        let present = match id {
            ObjectId::User(id) => self.config.users.get(&id),
            _ => None,
        };
        UserDraft {
            name: declared.name.clone(),
            email: declared.email.clone(),
            zone: declared.zone.clone(),
            role: declared.role,
            teams,
            active: present.is_none_or(|user| user.value.active),
            methods: methods.collect(),
            rules: RulesDraft {
                high: rules(&declared.rules.high),
                low: rules(&declared.rules.low),
                repeat_high_s: declared.rules.repeat_high_s,
                repeat_low_s: declared.rules.repeat_low_s,
                quiet_hours: declared.rules.quiet_hours.clone(),
            },
            monthly_test: declared
                .monthly_test
                .unwrap_or_else(|| present.is_none_or(|user| user.value.monthly_test)),
        }
    }

    fn policy(&self, declared: &DeclaredPolicy, problems: &mut Problems) -> Policy {
        let mut targets = |path: &str, all: &[DeclaredTarget]| {
            let named = all.iter().enumerate();
            named
                .map(|(n, target)| self.target(&format!("{path}[{n}]"), target, problems))
                .collect()
        };
        let mut steps = Vec::with_capacity(declared.steps.len());
        for (at, step) in declared.steps.iter().enumerate() {
            steps.push(Step {
                targets: targets(&format!("steps[{at}].targets"), &step.targets),
                escalate_after_s: step.escalate_after_s,
                only: step.only.clone(),
                needs_everyone: step.needs_everyone,
                round_robin: step.round_robin,
            });
        }
        let fallback = targets("fallback", &declared.fallback);
        Policy {
            team: self.team(&declared.team, problems),
            name: declared.name.clone(),
            steps,
            repeat: declared.repeat,
            low_urgency_hours: declared.low_urgency_hours.clone(),
            fallback,
        }
    }

    fn target(&self, path: &str, target: &DeclaredTarget, problems: &mut Problems) -> Target {
        let names = self.names();
        match target {
            DeclaredTarget::Admins => Target::Admins,
            DeclaredTarget::User(email) => Target::User(self.person(path, email, problems)),
            DeclaredTarget::Schedule(name) => {
                let found = names.schedule(name).map(|id| id.0);
                Target::Schedule(ScheduleId(known(path, "schedule", name, found, problems)))
            }
            DeclaredTarget::Team(name) => {
                let found = names.team(name).map(|id| id.0);
                Target::Team(TeamId(known(path, "team", name, found, problems)))
            }
            DeclaredTarget::Endpoint(name) => {
                let found = names.endpoint(name).map(|id| id.0);
                Target::Endpoint(EndpointId(known(path, "endpoint", name, found, problems)))
            }
        }
    }

    fn service(&self, declared: &DeclaredService, problems: &mut Problems) -> Service {
        let policy = declared.policy.as_ref().map(|name| {
            let found = self.names().policy(name).map(|id| id.0);
            PolicyId(known("policy", "policy", name, found, problems))
        });
        Service {
            team: self.team(&declared.team, problems),
            name: declared.name.clone(),
            description: declared.description.clone(),
            urgency: declared.urgency,
            policy,
            timeouts: declared.timeouts,
        }
    }
}

pub(super) fn known(
    path: &str,
    kind: &str,
    name: &dyn Display,
    found: Option<Uuid>,
    problems: &mut Problems,
) -> Uuid {
    found.unwrap_or_else(|| {
        problems.unknown(path, kind, name);
        Uuid::nil()
    })
}
