//! What changes between two versions of an object, field by field, in people's words.

use std::collections::BTreeMap;

use wb_core::config::{
    Config, Monitor, Object, PersonalRule, Policy, Role, Setting, Settings, Step, Target, Timeouts,
    UrgencyRule, User,
};
use wb_core::ids::UserId;

use super::plan::FieldChange;
use super::{cover, dashboards, rotations};

/// Stands for a secret, which is compared but never shown.
const SECRET: &str = "(secret)";

/// A field's value as shown, and what tells two values apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    shown: String,
    identity: String,
}

/// The fields of an object by path.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, Leaf>);

/// The fields that differ. Each object is given with the configuration in which its references
/// have names.
pub(super) fn fields(
    before: Option<(&Config, &Object)>,
    after: (&Config, &Object),
) -> Vec<FieldChange> {
    let mut before = before
        .map(|(config, object)| flatten(config, object))
        .unwrap_or_default()
        .0;
    let after = flatten(after.0, after.1).0;
    let mut changes = Vec::new();
    for (path, leaf) in after {
        let old = before.remove(&path);
        if old.as_ref().is_none_or(|old| old.identity != leaf.identity) {
            let before = old.map(|old| old.shown);
            changes.push(FieldChange {
                path,
                before,
                after: Some(leaf.shown),
            });
        }
    }
    let gone = before.into_iter().map(|(path, old)| FieldChange {
        path,
        before: Some(old.shown),
        after: None,
    });
    changes.extend(gone);
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

impl Fields {
    pub(super) fn put(&mut self, path: impl Into<String>, value: impl Into<String>) {
        let shown = value.into();
        self.0.insert(
            path.into(),
            Leaf {
                identity: shown.clone(),
                shown,
            },
        );
    }

    fn secret(&mut self, path: String, sealed: &str) {
        self.0.insert(
            path,
            Leaf {
                shown: SECRET.to_owned(),
                identity: sealed.to_owned(),
            },
        );
    }

    fn settings(&mut self, path: &str, settings: &Settings) {
        for (name, setting) in settings {
            let path = format!("{path}settings.{name}");
            match setting {
                Setting::Plain(value) => self.put(path, value),
                Setting::Sealed(sealed) => self.secret(path, sealed),
            }
        }
    }
}

fn flatten(config: &Config, object: &Object) -> Fields {
    let mut fields = Fields::default();
    let team = |id| {
        config
            .teams
            .get(id)
            .map_or_else(|| id.to_string(), |v| v.value.name.clone())
    };
    match object {
        Object::Team(_, v) => {
            fields.put("name", &v.name);
            fields.put("description", &v.description);
        }
        Object::User(_, v) => user(config, v, &mut fields),
        Object::Endpoint(_, v) => {
            fields.put("name", &v.name);
            fields.put("team", team(&v.team));
            fields.put("channel", &v.channel);
            fields.settings("", &v.settings);
        }
        Object::Service(_, v) => {
            fields.put("name", &v.name);
            fields.put("team", team(&v.team));
            fields.put("description", &v.description);
            fields.put("urgency", urgency(v.urgency));
            let policy = v.policy.and_then(|id| config.policies.get(&id));
            if let Some(policy) = policy {
                fields.put("policy", &policy.value.name);
            }
            let Timeouts {
                acknowledge_expires_after_s,
                auto_resolve_after_s,
            } = v.timeouts;
            let times = [
                ("acknowledge_expires_after_s", acknowledge_expires_after_s),
                ("auto_resolve_after_s", auto_resolve_after_s),
            ];
            for (name, seconds) in times {
                if let Some(seconds) = seconds {
                    fields.put(name, seconds.to_string());
                }
            }
        }
        Object::Integration(_, v) => {
            fields.put("name", &v.name);
            let service = config.services.get(&v.service);
            fields.put("service", service.map_or("", |service| &service.value.name));
            fields.put("dialect", &v.dialect);
            fields.secret("key".to_owned(), &v.key_hash);
        }
        Object::Policy(_, v) => policy(config, team(&v.team), v, &mut fields),
        Object::Schedule(_, v) => {
            fields.put("team", team(&v.team));
            rotations::flatten(config, v, &mut fields);
        }
        Object::Monitor(_, v) => monitor(config, v, &mut fields),
        Object::Dashboard(_, v) => dashboards::flatten(team(&v.team), v, &mut fields),
        Object::Override(_, v) => cover::flatten_override(config, v, &mut fields),
        // Swaps are asked for and answered, not declared.
        Object::Swap(..) => {}
        Object::TimeOff(_, v) => cover::flatten_time_off(config, v, &mut fields),
    }
    fields
}

fn user(config: &Config, user: &User, fields: &mut Fields) {
    fields.put("name", &user.name);
    fields.put("email", &user.email);
    fields.put("zone", &user.zone);
    if let Some(role) = user.role {
        fields.put("role", role.word());
    }
    for (id, role) in &user.teams {
        let team = config
            .teams
            .get(id)
            .map_or_else(|| id.to_string(), |t| t.value.name.clone());
        fields.put(format!("teams.{team}"), Role::word(*role));
    }
    for (at, method) in user.methods.iter().enumerate() {
        fields.put(format!("methods[{at}].name"), &method.name);
        fields.put(format!("methods[{at}].channel"), &method.channel);
        fields.settings(&format!("methods[{at}]."), &method.settings);
    }
    let mut rules = |word: &str, rules: &[PersonalRule]| {
        for (at, rule) in rules.iter().enumerate() {
            let path = format!("rules.{word}[{at}]");
            let method = user.methods.iter().find(|method| method.id == rule.method);
            fields.put(format!("{path}.after_s"), rule.after_s.to_string());
            fields.put(
                format!("{path}.method"),
                method.map_or("", |method| &method.name),
            );
        }
    };
    rules("high", &user.rules.high);
    rules("low", &user.rules.low);
    let repeats = [
        ("rules.repeat_high_s", user.rules.repeat_high_s),
        ("rules.repeat_low_s", user.rules.repeat_low_s),
    ];
    for (path, seconds) in repeats {
        if let Some(seconds) = seconds {
            fields.put(path, seconds.to_string());
        }
    }
    if let Some(hours) = &user.rules.quiet_hours {
        rotations::hours("rules.quiet_hours", hours, fields);
    }
    if let Some(until) = user.paused_until {
        fields.put("paused_until", until.to_string());
    }
    if !user.monthly_test {
        fields.put("monthly_test", "false");
    }
}

fn policy(config: &Config, team: String, policy: &Policy, fields: &mut Fields) {
    let targets = |targets: &[Target]| {
        let names = targets.iter().map(|t| target(config, *t));
        names.collect::<Vec<_>>().join(", ")
    };
    fields.put("name", &policy.name);
    fields.put("team", team);
    fields.put("repeat", policy.repeat.to_string());
    for (at, step) in policy.steps.iter().enumerate() {
        fields.put(format!("steps[{at}].targets"), targets(&step.targets));
        let delay = step.escalate_after_s.to_string();
        fields.put(format!("steps[{at}].escalate_after_s"), delay);
        condition(&format!("steps[{at}]"), step, fields);
    }
    if let Some(hours) = &policy.low_urgency_hours {
        rotations::hours("low_urgency_hours", hours, fields);
    }
    if !policy.fallback.is_empty() {
        fields.put("fallback", targets(&policy.fallback));
    }
}

fn condition(path: &str, step: &Step, fields: &mut Fields) {
    let only = &step.only;
    if let Some(urgency) = only.urgency {
        fields.put(format!("{path}.only.urgency"), urgency.word());
    }
    if let Some(severity) = only.severity_at_least {
        fields.put(format!("{path}.only.severity_at_least"), severity.word());
    }
    for (word, hours) in [("within", &only.within), ("outside", &only.outside)] {
        if let Some(hours) = hours {
            rotations::hours(&format!("{path}.only.{word}"), hours, fields);
        }
    }
    if step.needs_everyone {
        fields.put(format!("{path}.needs_everyone"), "true");
    }
    if step.round_robin {
        fields.put(format!("{path}.round_robin"), "true");
    }
}

fn monitor(config: &Config, monitor: &Monitor, fields: &mut Fields) {
    let service = config.services.get(&monitor.service);
    fields.put("service", service.map_or("", |service| &service.value.name));
    fields.put("name", &monitor.name);
    fields.put("description", &monitor.description);
    fields.put("target", &monitor.target);
    fields.put("side", monitor.side.word());
    fields.put("threshold", monitor.threshold.to_string());
    fields.put("for_s", monitor.for_s.to_string());
    if let Some(level) = monitor.recovery {
        fields.put("recovery", level.to_string());
    }
    fields.put("recover_for_s", monitor.recover_for_s.to_string());
    fields.put("every_s", monitor.every_s.to_string());
    fields.put("severity", monitor.severity.word());
    fields.put("silent_after_s", monitor.silent_after_s.to_string());
    fields.put("on_silence", monitor.on_silence.word());
    if let Some(url) = &monitor.runbook_url {
        fields.put("runbook_url", url);
    }
}

pub(super) fn email(config: &Config, id: UserId) -> String {
    config
        .users
        .get(&id)
        .map_or_else(|| id.to_string(), |user| user.value.email.clone())
}

fn target(config: &Config, target: Target) -> String {
    let (kind, name) = match target {
        Target::Admins => return "admins".to_owned(),
        Target::User(id) => ("user", Some(email(config, id))),
        Target::Schedule(id) => (
            "schedule",
            config.schedules.get(&id).map(|v| v.value.name.clone()),
        ),
        Target::Team(id) => ("team", config.teams.get(&id).map(|v| v.value.name.clone())),
        Target::Endpoint(id) => (
            "endpoint",
            config.endpoints.get(&id).map(|v| v.value.name.clone()),
        ),
    };
    format!("{kind} {}", name.unwrap_or_default())
}

fn urgency(rule: UrgencyRule) -> &'static str {
    match rule {
        UrgencyRule::Fixed(urgency) => urgency.word(),
        UrgencyRule::BySeverity => "by_severity",
    }
}
