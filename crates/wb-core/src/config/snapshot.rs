//! The whole configuration at one epoch, held in memory: decisions read it instead of the database.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Dashboard, Endpoint, Integration, Monitor, Object, ObjectId, Override, Policy, Role, Schedule,
    Service, Swap, Team, TimeOff, User,
};
use crate::ids::{
    DashboardId, EndpointId, IntegrationId, MonitorId, OverrideId, PolicyId, ScheduleId, ServiceId,
    SwapId, TeamId, TimeOffId, UserId,
};

/// An object with its version (1 for the first).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// Rises by one with each edit.
    pub version: u32,
    /// The object.
    pub value: T,
}

/// The configuration at one epoch. The epoch rises with every edit of any object; a transaction
/// that decides compares it and is redone when it has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Rises with every edit.
    pub epoch: i64,
    /// Teams.
    pub teams: BTreeMap<TeamId, Versioned<Team>>,
    /// Users.
    pub users: BTreeMap<UserId, Versioned<User>>,
    /// Endpoints.
    pub endpoints: BTreeMap<EndpointId, Versioned<Endpoint>>,
    /// Services.
    pub services: BTreeMap<ServiceId, Versioned<Service>>,
    /// Integrations.
    pub integrations: BTreeMap<IntegrationId, Versioned<Integration>>,
    /// Policies.
    pub policies: BTreeMap<PolicyId, Versioned<Policy>>,
    /// Schedules.
    pub schedules: BTreeMap<ScheduleId, Versioned<Schedule>>,
    /// Overrides.
    pub overrides: BTreeMap<OverrideId, Versioned<Override>>,
    /// Times off.
    pub time_off: BTreeMap<TimeOffId, Versioned<TimeOff>>,
    /// Swaps.
    pub swaps: BTreeMap<SwapId, Versioned<Swap>>,
    /// Monitors.
    pub monitors: BTreeMap<MonitorId, Versioned<Monitor>>,
    /// Dashboards.
    pub dashboards: BTreeMap<DashboardId, Versioned<Dashboard>>,
    by_key_hash: BTreeMap<String, IntegrationId>,
    overrides_by_schedule: BTreeMap<ScheduleId, BTreeSet<OverrideId>>,
    time_off_by_user: BTreeMap<UserId, BTreeSet<TimeOffId>>,
}

impl Config {
    /// Puts one object in, replacing an older version.
    pub fn put(&mut self, object: Object, version: u32) {
        self.remove(object.id());
        match object {
            Object::Team(id, value) => drop(self.teams.insert(id, Versioned { version, value })),
            Object::User(id, value) => drop(self.users.insert(id, Versioned { version, value })),
            Object::Endpoint(id, value) => {
                self.endpoints.insert(id, Versioned { version, value });
            }
            Object::Service(id, value) => {
                self.services.insert(id, Versioned { version, value });
            }
            Object::Integration(id, value) => {
                self.by_key_hash.insert(value.key_hash.clone(), id);
                self.integrations.insert(id, Versioned { version, value });
            }
            Object::Policy(id, value) => {
                self.policies.insert(id, Versioned { version, value });
            }
            Object::Schedule(id, value) => {
                self.schedules.insert(id, Versioned { version, value });
            }
            Object::Override(id, value) => {
                self.overrides_by_schedule
                    .entry(value.schedule)
                    .or_default()
                    .insert(id);
                self.overrides.insert(id, Versioned { version, value });
            }
            Object::TimeOff(id, value) => {
                self.time_off_by_user
                    .entry(value.user)
                    .or_default()
                    .insert(id);
                self.time_off.insert(id, Versioned { version, value });
            }
            Object::Swap(id, value) => drop(self.swaps.insert(id, Versioned { version, value })),
            Object::Monitor(id, value) => {
                self.monitors.insert(id, Versioned { version, value });
            }
            Object::Dashboard(id, value) => {
                self.dashboards.insert(id, Versioned { version, value });
            }
        }
    }

    /// Takes one object out.
    pub fn remove(&mut self, id: ObjectId) {
        match id {
            ObjectId::Team(id) => drop(self.teams.remove(&id)),
            ObjectId::User(id) => drop(self.users.remove(&id)),
            ObjectId::Endpoint(id) => drop(self.endpoints.remove(&id)),
            ObjectId::Service(id) => drop(self.services.remove(&id)),
            ObjectId::Integration(id) => {
                if let Some(old) = self.integrations.remove(&id) {
                    self.by_key_hash.remove(&old.value.key_hash);
                }
            }
            ObjectId::Policy(id) => drop(self.policies.remove(&id)),
            ObjectId::Schedule(id) => drop(self.schedules.remove(&id)),
            ObjectId::Override(id) => {
                if let Some(old) = self.overrides.remove(&id)
                    && let Some(list) = self.overrides_by_schedule.get_mut(&old.value.schedule)
                {
                    list.remove(&id);
                }
            }
            ObjectId::TimeOff(id) => {
                if let Some(old) = self.time_off.remove(&id)
                    && let Some(list) = self.time_off_by_user.get_mut(&old.value.user)
                {
                    list.remove(&id);
                }
            }
            ObjectId::Swap(id) => drop(self.swaps.remove(&id)),
            ObjectId::Monitor(id) => drop(self.monitors.remove(&id)),
            ObjectId::Dashboard(id) => drop(self.dashboards.remove(&id)),
        }
    }

    /// The object of an id with its version.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<(Object, u32)> {
        fn both<T: Clone>(
            found: Option<&Versioned<T>>,
            wrap: impl FnOnce(T) -> Object,
        ) -> Option<(Object, u32)> {
            found.map(|v| (wrap(v.value.clone()), v.version))
        }
        match id {
            ObjectId::Team(id) => both(self.teams.get(&id), |v| Object::Team(id, v)),
            ObjectId::User(id) => both(self.users.get(&id), |v| Object::User(id, v)),
            ObjectId::Endpoint(id) => both(self.endpoints.get(&id), |v| Object::Endpoint(id, v)),
            ObjectId::Service(id) => both(self.services.get(&id), |v| Object::Service(id, v)),
            ObjectId::Integration(id) => {
                both(self.integrations.get(&id), |v| Object::Integration(id, v))
            }
            ObjectId::Policy(id) => both(self.policies.get(&id), |v| Object::Policy(id, v)),
            ObjectId::Schedule(id) => both(self.schedules.get(&id), |v| Object::Schedule(id, v)),
            ObjectId::Override(id) => both(self.overrides.get(&id), |v| Object::Override(id, v)),
            ObjectId::TimeOff(id) => both(self.time_off.get(&id), |v| Object::TimeOff(id, v)),
            ObjectId::Swap(id) => both(self.swaps.get(&id), |v| Object::Swap(id, v)),
            ObjectId::Monitor(id) => both(self.monitors.get(&id), |v| Object::Monitor(id, v)),
            ObjectId::Dashboard(id) => both(self.dashboards.get(&id), |v| Object::Dashboard(id, v)),
        }
    }

    /// The integration whose key has this keyed hash.
    #[must_use]
    pub fn integration_by_key_hash(
        &self,
        key_hash: &str,
    ) -> Option<(IntegrationId, &Versioned<Integration>)> {
        let id = self.by_key_hash.get(key_hash)?;
        self.integrations
            .get(id)
            .map(|integration| (*id, integration))
    }

    /// The overrides of a schedule, in the order of their ids.
    pub fn overrides_of(
        &self,
        schedule: ScheduleId,
    ) -> impl Iterator<Item = (OverrideId, &Versioned<Override>)> {
        self.overrides_by_schedule
            .get(&schedule)
            .into_iter()
            .flatten()
            .filter_map(|id| self.overrides.get(id).map(|value| (*id, value)))
    }

    /// When a person is off, in the order of the ids.
    pub fn time_off_of(
        &self,
        user: UserId,
    ) -> impl Iterator<Item = (TimeOffId, &Versioned<TimeOff>)> {
        self.time_off_by_user
            .get(&user)
            .into_iter()
            .flatten()
            .filter_map(|id| self.time_off.get(id).map(|value| (*id, value)))
    }

    /// The active users whose global role is admin, in the order of their ids.
    pub fn admins(&self) -> impl Iterator<Item = UserId> + '_ {
        self.users
            .iter()
            .filter(|(_, user)| user.value.active && user.value.role == Some(Role::Admin))
            .map(|(id, _)| *id)
    }

    /// The active members of a team, in the order of their ids.
    pub fn members(&self, team: TeamId) -> impl Iterator<Item = UserId> + '_ {
        self.users
            .iter()
            .filter(move |(_, user)| user.value.active && user.value.teams.contains_key(&team))
            .map(|(id, _)| *id)
    }

    /// The team that owns an object (a team owns itself); `None` for users, their times
    /// off and unknown objects.
    #[must_use]
    pub fn team_of(&self, id: ObjectId) -> Option<TeamId> {
        match id {
            ObjectId::Team(id) => self.teams.contains_key(&id).then_some(id),
            ObjectId::User(_) | ObjectId::TimeOff(_) => None,
            ObjectId::Endpoint(id) => self.endpoints.get(&id).map(|v| v.value.team),
            ObjectId::Service(id) => self.services.get(&id).map(|v| v.value.team),
            ObjectId::Integration(id) => {
                let service = self.integrations.get(&id)?.value.service;
                self.services.get(&service).map(|v| v.value.team)
            }
            ObjectId::Policy(id) => self.policies.get(&id).map(|v| v.value.team),
            ObjectId::Schedule(id) => self.schedules.get(&id).map(|v| v.value.team),
            ObjectId::Dashboard(id) => self.dashboards.get(&id).map(|v| v.value.team),
            ObjectId::Override(id) => {
                let schedule = self.overrides.get(&id)?.value.schedule;
                self.schedules.get(&schedule).map(|v| v.value.team)
            }
            ObjectId::Swap(id) => {
                let schedule = self.swaps.get(&id)?.value.schedule;
                self.schedules.get(&schedule).map(|v| v.value.team)
            }
            ObjectId::Monitor(id) => {
                let service = self.monitors.get(&id)?.value.service;
                self.services.get(&service).map(|v| v.value.team)
            }
        }
    }
}
