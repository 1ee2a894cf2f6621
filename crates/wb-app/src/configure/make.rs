//! From a draft to the object that is stored: ids found or made, texts trimmed, secrets sealed.

use wb_core::config::{
    Chart, Choices, Config, ContactMethod, Dashboard, Endpoint, Holiday, Integration, Monitor,
    Object, ObjectId, Override, PersonalRule, PersonalRules, Policy, Rotation, Schedule, Service,
    Team, User, Variable,
};
use wb_core::ids::{EndpointId, IntegrationId, MethodId, RotationId, ScheduleId, UserId};

use super::draft::{
    Draft, EndpointDraft, IntegrationDraft, MethodDraft, MethodRef, RuleDraft, ScheduleDraft,
    UserDraft,
};
use super::keys;
use super::problems::{Problems, same_name};
use super::settings::{Holder, Sealer, Use};
use crate::app::App;

/// Makes objects of drafts.
pub(super) struct Maker<'a> {
    pub(super) app: &'a App,
    /// The objects as they are now.
    pub(super) config: &'a Config,
}

impl Maker<'_> {
    /// The object of a draft. When something is wrong with it, `problems` grows and the object is
    /// only good for being checked further.
    pub(super) fn make(
        &self,
        id: ObjectId,
        draft: &Draft,
        problems: &mut Problems,
    ) -> Option<Object> {
        Some(match (id, draft) {
            (ObjectId::Team(id), Draft::Team(team)) => Object::Team(id, trimmed_team(team)),
            (ObjectId::User(id), Draft::User(user)) => {
                Object::User(id, self.user(id, user, problems))
            }
            (ObjectId::Endpoint(id), Draft::Endpoint(endpoint)) => {
                Object::Endpoint(id, self.endpoint(id, endpoint, problems))
            }
            (ObjectId::Service(id), Draft::Service(service)) => {
                let name = service.name.trim().to_owned();
                let description = service.description.trim().to_owned();
                Object::Service(
                    id,
                    Service {
                        name,
                        description,
                        ..service.clone()
                    },
                )
            }
            (ObjectId::Integration(id), Draft::Integration(integration)) => {
                Object::Integration(id, self.integration(id, integration, problems))
            }
            (ObjectId::Policy(id), Draft::Policy(policy)) => {
                let name = policy.name.trim().to_owned();
                Object::Policy(
                    id,
                    Policy {
                        name,
                        ..policy.clone()
                    },
                )
            }
            (ObjectId::Schedule(id), Draft::Schedule(schedule)) => {
                Object::Schedule(id, self.schedule(id, schedule, problems))
            }
            (ObjectId::Override(id), Draft::Override(value)) => {
                // How it came about stays, whoever moves its end.
                let old = self.config.overrides.get(&id);
                let origin = old.map_or(value.origin, |old| old.value.origin);
                let value = value.clone();
                Object::Override(id, Override { origin, ..value })
            }
            (ObjectId::TimeOff(id), Draft::TimeOff(value)) => Object::TimeOff(id, *value),
            (ObjectId::Monitor(id), Draft::Monitor(monitor)) => {
                Object::Monitor(id, trimmed_monitor(monitor))
            }
            (ObjectId::Dashboard(id), Draft::Dashboard(dashboard)) => {
                Object::Dashboard(id, trimmed_dashboard(dashboard))
            }
            _ => return None,
        })
    }

    fn sealer(&self) -> Sealer<'_> {
        Sealer {
            channels: &self.app.channels,
            vault: &self.app.vault,
            random: &*self.app.random,
        }
    }

    fn user(&self, id: UserId, draft: &UserDraft, problems: &mut Problems) -> User {
        let old = self.config.users.get(&id).map(|user| &user.value);
        let old_methods = old.map_or(&[][..], |user| &user.methods);
        let methods = self.methods(id, &draft.methods, old_methods, problems);
        let rules = PersonalRules {
            high: rules("rules.high", &draft.rules.high, &methods, problems),
            low: rules("rules.low", &draft.rules.low, &methods, problems),
            repeat_high_s: draft.rules.repeat_high_s,
            repeat_low_s: draft.rules.repeat_low_s,
            quiet_hours: draft.rules.quiet_hours.clone(),
        };
        User {
            name: draft.name.trim().to_owned(),
            email: draft.email.trim().to_owned(),
            zone: draft.zone.trim().to_owned(),
            role: draft.role,
            teams: draft.teams.clone(),
            active: draft.active,
            methods,
            rules,
            // A state of the person and not of their settings; see `App::pause`.
            paused_until: old.and_then(|user| user.paused_until),
            monthly_test: draft.monthly_test,
        }
    }

    fn methods(
        &self,
        user: UserId,
        drafts: &[MethodDraft],
        old: &[ContactMethod],
        problems: &mut Problems,
    ) -> Vec<ContactMethod> {
        let claimed: Vec<MethodId> = drafts.iter().filter_map(|draft| draft.id).collect();
        let mut made = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.iter().enumerate() {
            let before = match draft.id {
                Some(id) => old.iter().find(|method| method.id == id),
                None => old.iter().find(|method| {
                    same_name(&method.name, &draft.name) && !claimed.contains(&method.id)
                }),
            };
            let path = format!("methods[{at}]");
            if let (Some(id), None) = (draft.id, before) {
                problems.unknown(&format!("{path}.id"), "method", &id);
            }
            if claimed.iter().take(at).any(|id| draft.id == Some(*id)) {
                problems.add(&format!("{path}.id"), "duplicate", &[]);
            }
            made.push(self.method(user, draft, before, &path, problems));
        }
        made
    }

    fn method(
        &self,
        user: UserId,
        draft: &MethodDraft,
        before: Option<&ContactMethod>,
        path: &str,
        problems: &mut Problems,
    ) -> ContactMethod {
        let id = before.map_or_else(|| MethodId(self.app.fresh_id()), |method| method.id);
        let holder = Holder {
            object: ObjectId::User(user),
            id: &id,
            used_for: Use::Person,
            channel: &draft.channel,
            old: before.map(|method| (method.channel.as_str(), &method.settings)),
        };
        let settings = self
            .sealer()
            .seal(&holder, &draft.settings, &format!("{path}."), problems);
        // Another address has to prove itself again.
        let verified_at = before
            .filter(|method| method.channel == draft.channel && method.settings == settings)
            .and_then(|method| method.verified_at);
        ContactMethod {
            id,
            name: draft.name.trim().to_owned(),
            channel: draft.channel.clone(),
            settings,
            verified_at,
        }
    }

    fn endpoint(&self, id: EndpointId, draft: &EndpointDraft, problems: &mut Problems) -> Endpoint {
        let old = self
            .config
            .endpoints
            .get(&id)
            .map(|endpoint| &endpoint.value);
        let holder = Holder {
            object: ObjectId::Endpoint(id),
            id: &id,
            used_for: Use::Endpoint,
            channel: &draft.channel,
            old: old.map(|endpoint| (endpoint.channel.as_str(), &endpoint.settings)),
        };
        Endpoint {
            team: draft.team,
            name: draft.name.trim().to_owned(),
            channel: draft.channel.clone(),
            settings: self.sealer().seal(&holder, &draft.settings, "", problems),
        }
    }

    fn integration(
        &self,
        id: IntegrationId,
        draft: &IntegrationDraft,
        problems: &mut Problems,
    ) -> Integration {
        let old = self
            .config
            .integrations
            .get(&id)
            .map(|integration| &integration.value);
        let key = keys::choose(self.app, id, draft.key.as_deref(), old, problems);
        Integration {
            service: draft.service,
            name: draft.name.trim().to_owned(),
            dialect: draft.dialect.trim().to_owned(),
            key_sealed: key.sealed,
            key_hash: key.hash,
        }
    }

    fn schedule(&self, id: ScheduleId, draft: &ScheduleDraft, problems: &mut Problems) -> Schedule {
        let old = self
            .config
            .schedules
            .get(&id)
            .map_or(&[][..], |s| &s.value.rotations);
        let claimed: Vec<RotationId> = draft.rotations.iter().filter_map(|r| r.id).collect();
        let mut rotations = Vec::with_capacity(draft.rotations.len());
        for (at, rotation) in draft.rotations.iter().enumerate() {
            let before = match rotation.id {
                Some(id) => old.iter().find(|r| r.id == id),
                None => old.iter().find(|r| {
                    same_name(&r.name, &rotation.rotation.name) && !claimed.contains(&r.id)
                }),
            };
            if let (Some(id), None) = (rotation.id, before) {
                problems.unknown(&format!("rotations[{at}].id"), "rotation", &id);
            }
            if claimed.iter().take(at).any(|id| rotation.id == Some(*id)) {
                problems.add(&format!("rotations[{at}].id"), "duplicate", &[]);
            }
            let id = before.map_or_else(|| RotationId(self.app.fresh_id()), |r| r.id);
            rotations.push(made_rotation(id, &rotation.rotation));
        }
        Schedule {
            team: draft.team,
            name: draft.name.trim().to_owned(),
            zone: draft.zone.trim().to_owned(),
            rotations,
            holidays: in_order(&draft.holidays),
        }
    }
}

fn in_order(holidays: &[Holiday]) -> Vec<Holiday> {
    let trimmed = holidays.iter().map(|holiday| Holiday {
        date: holiday.date,
        name: holiday.name.trim().to_owned(),
    });
    let mut holidays: Vec<_> = trimmed.collect();
    // Stable, so that of two on one date the later one is the one that is refused.
    holidays.sort_by_key(|holiday| holiday.date);
    holidays
}

fn trimmed_team(team: &Team) -> Team {
    Team {
        name: team.name.trim().to_owned(),
        description: team.description.trim().to_owned(),
    }
}

fn trimmed_monitor(monitor: &Monitor) -> Monitor {
    let runbook_url = monitor.runbook_url.as_deref().map(str::trim);
    Monitor {
        name: monitor.name.trim().to_owned(),
        description: monitor.description.trim().to_owned(),
        target: monitor.target.trim().to_owned(),
        runbook_url: runbook_url.filter(|url| !url.is_empty()).map(str::to_owned),
        ..monitor.clone()
    }
}

fn trimmed_dashboard(dashboard: &Dashboard) -> Dashboard {
    let trim = |text: &String| text.trim().to_owned();
    let given = |text: &Option<String>| text.as_ref().map(trim).filter(|text| !text.is_empty());
    let variable = |variable: &Variable| Variable {
        name: trim(&variable.name),
        choices: match &variable.choices {
            Choices::Find(pattern) => Choices::Find(trim(pattern)),
            Choices::List(list) => Choices::List(list.iter().map(trim).collect()),
        },
        default: given(&variable.default),
    };
    let chart = |chart: &Chart| Chart {
        title: trim(&chart.title),
        targets: chart.targets.iter().map(trim).collect(),
        unit: given(&chart.unit),
        ..chart.clone()
    };
    Dashboard {
        name: trim(&dashboard.name),
        description: trim(&dashboard.description),
        variables: dashboard.variables.iter().map(variable).collect(),
        charts: dashboard.charts.iter().map(chart).collect(),
        ..dashboard.clone()
    }
}

fn made_rotation(id: RotationId, draft: &Rotation) -> Rotation {
    let zone = draft.zone.as_deref().map(str::trim);
    Rotation {
        id,
        name: draft.name.trim().to_owned(),
        zone: zone.filter(|zone| !zone.is_empty()).map(str::to_owned),
        ..draft.clone()
    }
}

fn rules(
    path: &str,
    drafts: &[RuleDraft],
    methods: &[ContactMethod],
    problems: &mut Problems,
) -> Vec<PersonalRule> {
    let mut made = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts.iter().enumerate() {
        let method = match &draft.method {
            MethodRef::Id(id) => *id,
            MethodRef::Name(name) => {
                let found = methods.iter().find(|method| same_name(&method.name, name));
                if found.is_none() {
                    problems.unknown(&format!("{path}[{at}].method"), "method", name);
                }
                // Unknown ones stay in the list, so that the places of the others still count.
                found.map_or(MethodId(uuid::Uuid::nil()), |method| method.id)
            }
        };
        made.push(PersonalRule {
            after_s: draft.after_s,
            method,
        });
    }
    made
}
