//! What makes a configuration object sound: names, limits, references. Pure: an object is judged
//! against a configuration.

mod dashboard;
mod monitor;
mod schedule;

use core::fmt::Display;

use wb_core::config::{
    Config, ContactMethod, Endpoint, Hours, Integration, Object, ObjectId, Permission,
    PersonalRule, Policy, Role, Scope, Service, Step, Target, Team, Timeouts, UrgencyRule, User,
    Versioned, never_end,
};
use wb_core::event::Urgency;
use wb_core::ids::{ServiceId, TeamId, UserId};
use wb_core::limits;

use super::problems::{Problems, kind_label, repeats, same_name};

/// Judges objects against a configuration, as somebody with a scope sees it.
pub(super) struct Checker<'a> {
    /// The configuration the object will be part of.
    pub(super) config: &'a Config,
    /// The configuration as it is now.
    pub(super) base: &'a Config,
    /// Whoever refers to what they may not see is told that it does not exist.
    pub(super) scope: &'a Scope,
    /// The dialects there are.
    pub(super) dialects: &'a [&'static str],
    /// The service that must always page somebody.
    pub(super) catch_all: Option<ServiceId>,
}

impl Checker<'_> {
    /// Adds everything that is wrong with an object.
    pub(super) fn check(&self, object: &Object, problems: &mut Problems) {
        match object {
            Object::Team(_, team) => self.team(object.id(), team, problems),
            Object::User(id, user) => self.user(*id, user, problems),
            Object::Endpoint(_, endpoint) => self.endpoint(object.id(), endpoint, problems),
            Object::Service(id, service) => self.service(*id, service, problems),
            Object::Integration(_, integration) => {
                self.integration(object.id(), integration, problems);
            }
            Object::Policy(_, policy) => self.policy(object.id(), policy, problems),
            Object::Schedule(_, schedule) => self.schedule(object.id(), schedule, problems),
            Object::Override(_, value) => self.r#override(value, problems),
            Object::TimeOff(id, value) => self.time_off(*id, value, problems),
            // Made here and nowhere else: see `swaps`.
            Object::Swap(..) => {}
            Object::Monitor(_, monitor) => self.monitor(object.id(), monitor, problems),
            Object::Dashboard(_, dashboard) => self.dashboard(object.id(), dashboard, problems),
        }
    }

    /// Whether this caller may know of an object.
    fn sees(&self, id: ObjectId) -> bool {
        match id {
            // Every signed-in person may know who the users are: they put them on schedules.
            ObjectId::User(id) => self.config.users.contains_key(&id),
            other => self
                .config
                .team_of(other)
                .is_some_and(|team| self.scope.allows(Permission::Read, team)),
        }
    }

    fn refers(&self, path: &str, id: ObjectId, problems: &mut Problems) {
        if !self.sees(id) {
            problems.unknown(path, id.kind(), &id as &dyn Display);
        }
    }

    fn owner(&self, team: TeamId, problems: &mut Problems) {
        self.refers("team", ObjectId::Team(team), problems);
    }

    fn team(&self, id: ObjectId, team: &Team, problems: &mut Problems) {
        problems.name("name", &team.name);
        problems.description("description", &team.description);
        let others = names(&self.config.teams, ObjectId::Team, |t| &t.name);
        taken(id, &team.name, others, problems);
    }

    fn user(&self, id: UserId, user: &User, problems: &mut Problems) {
        problems.name("name", &user.name);
        problems.email("email", &user.email);
        problems.zone("zone", &user.zone);
        let other = self
            .config
            .users
            .iter()
            .find(|(other, u)| **other != id && same_name(&u.value.email, &user.email));
        if let Some((_, other)) = other {
            problems.add("email", "email_taken", &[("other", &other.value.name)]);
        }
        for team in user.teams.keys() {
            self.refers("teams", ObjectId::Team(*team), problems);
        }
        let is_admin = user.active && user.role == Some(Role::Admin);
        let was_admin = self.base.admins().any(|admin| admin == id);
        if was_admin && !is_admin && !self.config.admins().any(|admin| admin != id) {
            let path = if user.active { "role" } else { "active" };
            problems.add(path, "last_admin", &[]);
        }
        methods(&user.methods, problems);
        for (word, rules) in [("high", &user.rules.high), ("low", &user.rules.low)] {
            personal_rules(&format!("rules.{word}"), rules, &user.methods, problems);
        }
        let (least, longest) = (*limits::REPEAT_S.start(), *limits::REPEAT_S.end());
        let repeats = [
            ("rules.repeat_high_s", user.rules.repeat_high_s),
            ("rules.repeat_low_s", user.rules.repeat_low_s),
        ];
        for (path, seconds) in repeats {
            if let Some(seconds) = seconds {
                monitor::seconds(path, seconds, least, longest, problems);
            }
        }
        if let Some(quiet) = &user.rules.quiet_hours {
            hours("rules.quiet_hours", quiet, problems);
            if never_end(quiet) {
                problems.add("rules.quiet_hours.windows", "quiet_without_end", &[]);
            }
        }
    }

    fn endpoint(&self, id: ObjectId, endpoint: &Endpoint, problems: &mut Problems) {
        problems.name("name", &endpoint.name);
        self.owner(endpoint.team, problems);
        let others = names(&self.config.endpoints, ObjectId::Endpoint, |e| &e.name);
        taken(id, &endpoint.name, others, problems);
    }

    fn service(&self, id: ServiceId, service: &Service, problems: &mut Problems) {
        problems.name("name", &service.name);
        problems.description("description", &service.description);
        self.owner(service.team, problems);
        if let Some(policy) = service.policy {
            self.refers("policy", ObjectId::Policy(policy), problems);
        }
        timeouts(service.timeouts, problems);
        let others = names(&self.config.services, ObjectId::Service, |s| &s.name);
        taken(ObjectId::Service(id), &service.name, others, problems);
        if self.catch_all == Some(id) {
            if service.policy.is_none() {
                problems.add("policy", "catch_all", &[]);
            }
            if service.urgency == UrgencyRule::Fixed(Urgency::None) {
                problems.add("urgency", "catch_all", &[]);
            }
        }
    }

    fn integration(&self, id: ObjectId, integration: &Integration, problems: &mut Problems) {
        problems.name("name", &integration.name);
        self.refers("service", ObjectId::Service(integration.service), problems);
        if !self.dialects.contains(&integration.dialect.as_str()) {
            let known = self.dialects.join(", ");
            let values: [(&str, &dyn Display); 2] =
                [("name", &integration.dialect), ("known", &known)];
            problems.add("dialect", "unknown_dialect", &values);
        }
        let others = names(&self.config.integrations, ObjectId::Integration, |i| {
            &i.name
        });
        let siblings = others.filter(|(other, _)| match other {
            ObjectId::Integration(other) => self
                .config
                .integrations
                .get(other)
                .is_some_and(|i| i.value.service == integration.service),
            _ => false,
        });
        taken(id, &integration.name, siblings, problems);
        let holder = self.config.integration_by_key_hash(&integration.key_hash);
        if holder.is_some_and(|(other, _)| ObjectId::Integration(other) != id) {
            problems.add("key", "key_taken", &[]);
        }
    }

    fn policy(&self, id: ObjectId, policy: &Policy, problems: &mut Problems) {
        problems.name("name", &policy.name);
        self.owner(policy.team, problems);
        let others = names(&self.config.policies, ObjectId::Policy, |p| &p.name);
        taken(id, &policy.name, others, problems);
        let max = limits::REPEATS_PER_POLICY;
        if policy.repeat > max {
            problems.add("repeat", "too_much", &[("max", &max)]);
        }
        if policy.steps.is_empty() {
            problems.add("steps", "no_steps", &[]);
        }
        problems.many("steps", policy.steps.len(), limits::STEPS_PER_POLICY);
        for (at, step) in policy.steps.iter().enumerate() {
            self.step(&format!("steps[{at}]"), step, problems);
        }
        if let Some(low) = &policy.low_urgency_hours {
            hours("low_urgency_hours", low, problems);
        }
        self.targets("fallback", &policy.fallback, problems);
    }

    fn step(&self, path: &str, step: &Step, problems: &mut Problems) {
        let targets = format!("{path}.targets");
        problems.delay(&format!("{path}.escalate_after_s"), step.escalate_after_s);
        if step.targets.is_empty() {
            problems.add(&targets, "no_targets", &[]);
        }
        if step.round_robin && step.needs_everyone {
            problems.add(&format!("{path}.round_robin"), "one_or_everyone", &[]);
        }
        self.targets(&targets, &step.targets, problems);
        let only = &step.only;
        for (word, asked) in [("within", &only.within), ("outside", &only.outside)] {
            if let Some(asked) = asked {
                hours(&format!("{path}.only.{word}"), asked, problems);
            }
        }
        if only.urgency == Some(Urgency::None) {
            problems.add(&format!("{path}.only.urgency"), "never_paged", &[]);
        }
    }

    fn targets(&self, path: &str, targets: &[Target], problems: &mut Problems) {
        problems.many(path, targets.len(), limits::TARGETS_PER_STEP);
        for (at, target) in targets.iter().enumerate() {
            let id = match *target {
                Target::User(id) => ObjectId::User(id),
                Target::Schedule(id) => ObjectId::Schedule(id),
                Target::Team(id) => ObjectId::Team(id),
                Target::Endpoint(id) => ObjectId::Endpoint(id),
                Target::Admins => continue,
            };
            self.refers(&format!("{path}[{at}]"), id, problems);
        }
        for (_, at) in repeats(targets, |a, b| a == b) {
            problems.add(&format!("{path}[{at}]"), "duplicate", &[]);
        }
    }
}

/// Hours that something waits for, or that something waits out.
fn hours(path: &str, hours: &Hours, problems: &mut Problems) {
    problems.zone(&format!("{path}.zone"), &hours.zone);
    if hours.windows.is_empty() {
        problems.add(&format!("{path}.windows"), "no_windows", &[]);
    }
    schedule::windows(path, &hours.windows, problems);
}

fn timeouts(timeouts: Timeouts, problems: &mut Problems) {
    let (least, longest) = (*limits::TIMEOUT_S.start(), *limits::TIMEOUT_S.end());
    let fields = [
        (
            "acknowledge_expires_after_s",
            timeouts.acknowledge_expires_after_s,
        ),
        ("auto_resolve_after_s", timeouts.auto_resolve_after_s),
    ];
    for (path, seconds) in fields {
        if let Some(seconds) = seconds {
            monitor::seconds(path, seconds, least, longest, problems);
        }
    }
}

fn methods(methods: &[ContactMethod], problems: &mut Problems) {
    problems.many("methods", methods.len(), limits::METHODS_PER_USER);
    for (at, method) in methods.iter().enumerate() {
        problems.name(&format!("methods[{at}].name"), &method.name);
    }
    for (_, at) in repeats(methods, |a, b| same_name(&a.name, &b.name)) {
        problems.add(&format!("methods[{at}].name"), "duplicate", &[]);
    }
}

fn personal_rules(
    path: &str,
    rules: &[PersonalRule],
    methods: &[ContactMethod],
    problems: &mut Problems,
) {
    problems.many(path, rules.len(), limits::RULES_PER_URGENCY);
    for (at, rule) in rules.iter().enumerate() {
        problems.delay(&format!("{path}[{at}].after_s"), rule.after_s);
        if !methods.iter().any(|method| method.id == rule.method) {
            problems.unknown(&format!("{path}[{at}].method"), "method", &rule.method);
        }
    }
    // Of two that say the same, one would never do anything of its own.
    for (_, at) in repeats(rules, |a, b| (a.after_s, a.method) == (b.after_s, b.method)) {
        problems.add(&format!("{path}[{at}].method"), "rule_twice", &[]);
    }
}

fn names<'a, I: Copy + 'a, T>(
    objects: &'a std::collections::BTreeMap<I, Versioned<T>>,
    id: fn(I) -> ObjectId,
    name: fn(&T) -> &String,
) -> impl Iterator<Item = (ObjectId, &'a str)> {
    objects
        .iter()
        .map(move |(key, object)| (id(*key), name(&object.value).as_str()))
}

fn taken<'a>(
    id: ObjectId,
    name: &str,
    mut others: impl Iterator<Item = (ObjectId, &'a str)>,
    problems: &mut Problems,
) {
    if others.any(|(other, theirs)| other != id && same_name(theirs, name)) {
        let kind = kind_label(id.kind());
        problems.add("name", "name_taken", &[("kind", &kind)]);
    }
}
