//! What still uses an object, for those who want to delete it.

use wb_core::config::{Config, Object, ObjectId, OverrideChange, Target};
use wb_core::ids::{
    DashboardId, EndpointId, IntegrationId, MonitorId, OverrideId, PolicyId, ScheduleId, ServiceId,
    TeamId, TimeOffId, UserId,
};

use super::problems::kind_label;

/// Names everything that refers to an object, such as `policy Checkout`.
pub(super) fn users_of(config: &Config, id: ObjectId) -> Vec<String> {
    all(config)
        .filter(|other| other.id() != id && refers(other, id))
        .map(|other| {
            format!(
                "{} {}",
                kind_label(other.id().kind()),
                name_of(config, &other)
            )
        })
        .collect()
}

/// The name under which people know an object.
#[must_use]
pub fn name_of(config: &Config, object: &Object) -> String {
    match object {
        Object::Team(_, v) => v.name.clone(),
        Object::User(_, v) => v.name.clone(),
        Object::Endpoint(_, v) => v.name.clone(),
        Object::Service(_, v) => v.name.clone(),
        Object::Integration(_, v) => v.name.clone(),
        Object::Policy(_, v) => v.name.clone(),
        Object::Schedule(_, v) => v.name.clone(),
        Object::Override(id, v) => config
            .schedules
            .get(&v.schedule)
            .map_or_else(|| id.to_string(), |schedule| schedule.value.name.clone()),
        Object::TimeOff(id, v) => config
            .users
            .get(&v.user)
            .map_or_else(|| id.to_string(), |user| user.value.name.clone()),
        Object::Swap(id, v) => config
            .schedules
            .get(&v.schedule)
            .map_or_else(|| id.to_string(), |schedule| schedule.value.name.clone()),
        Object::Monitor(_, v) => v.name.clone(),
        Object::Dashboard(_, v) => v.name.clone(),
    }
}

/// Every object there is.
fn all(config: &Config) -> impl Iterator<Item = Object> + '_ {
    let ids = core::iter::empty()
        .chain(config.teams.keys().map(|id: &TeamId| ObjectId::Team(*id)))
        .chain(config.users.keys().map(|id: &UserId| ObjectId::User(*id)))
        .chain(
            config
                .endpoints
                .keys()
                .map(|id: &EndpointId| ObjectId::Endpoint(*id)),
        )
        .chain(
            config
                .services
                .keys()
                .map(|id: &ServiceId| ObjectId::Service(*id)),
        )
        .chain(
            config
                .integrations
                .keys()
                .map(|id: &IntegrationId| ObjectId::Integration(*id)),
        )
        .chain(
            config
                .policies
                .keys()
                .map(|id: &PolicyId| ObjectId::Policy(*id)),
        )
        .chain(
            config
                .schedules
                .keys()
                .map(|id: &ScheduleId| ObjectId::Schedule(*id)),
        )
        .chain(
            config
                .overrides
                .keys()
                .map(|id: &OverrideId| ObjectId::Override(*id)),
        )
        .chain(
            config
                .time_off
                .keys()
                .map(|id: &TimeOffId| ObjectId::TimeOff(*id)),
        )
        .chain(
            config
                .monitors
                .keys()
                .map(|id: &MonitorId| ObjectId::Monitor(*id)),
        )
        .chain(
            config
                .dashboards
                .keys()
                .map(|id: &DashboardId| ObjectId::Dashboard(*id)),
        );
    ids.filter_map(|id| config.get(id).map(|(object, _)| object))
}

fn refers(object: &Object, id: ObjectId) -> bool {
    let team = |team: TeamId| id == ObjectId::Team(team);
    match object {
        Object::Team(..) => false,
        Object::User(_, v) => v.teams.keys().any(|t| team(*t)),
        Object::Endpoint(_, v) => team(v.team),
        Object::Dashboard(_, v) => team(v.team),
        Object::Service(_, v) => {
            team(v.team)
                || v.policy
                    .is_some_and(|policy| id == ObjectId::Policy(policy))
        }
        Object::Integration(_, v) => id == ObjectId::Service(v.service),
        Object::Monitor(_, v) => id == ObjectId::Service(v.service),
        Object::Policy(_, v) => team(v.team) || v.targets().any(|t| targets(t, id)),
        Object::Schedule(_, v) => {
            let mut people = v
                .rotations
                .iter()
                .flat_map(|r| &r.slots)
                .flat_map(|s| &s.people);
            team(v.team) || people.any(|one| id == ObjectId::User(one.user))
        }
        // A person's times off go with them.
        Object::TimeOff(..) => false,
        // Nor is a swap kept without whom it is about.
        Object::Swap(..) => false,
        Object::Override(_, v) => {
            let who = |user: UserId| id == ObjectId::User(user);
            // Not the schedule: its overrides go with it.
            match v.change {
                OverrideChange::Add(user)
                | OverrideChange::Remove(user)
                | OverrideChange::Shadow(user) => who(user),
                OverrideChange::Replace { who: old, with } => who(with) || old.is_some_and(who),
            }
        }
    }
}

fn targets(target: Target, id: ObjectId) -> bool {
    match target {
        Target::User(user) => id == ObjectId::User(user),
        Target::Schedule(schedule) => id == ObjectId::Schedule(schedule),
        Target::Team(team) => id == ObjectId::Team(team),
        Target::Endpoint(endpoint) => id == ObjectId::Endpoint(endpoint),
        Target::Admins => false,
    }
}
