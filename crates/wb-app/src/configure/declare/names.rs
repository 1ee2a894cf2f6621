//! Finds objects by the names people know them by.

use std::collections::BTreeMap;

use wb_core::config::{Config, Versioned};
use wb_core::ids::{
    DashboardId, EndpointId, IntegrationId, MonitorId, PolicyId, ScheduleId, ServiceId, TeamId,
    UserId,
};

use crate::configure::problems::same_name;

/// A configuration, asked by name.
pub(super) struct Names<'a>(pub(super) &'a Config);

impl Names<'_> {
    pub(super) fn team(&self, name: &str) -> Option<TeamId> {
        find(&self.0.teams, |v| same_name(&v.name, name))
    }

    pub(super) fn user(&self, email: &str) -> Option<UserId> {
        find(&self.0.users, |v| same_name(&v.email, email))
    }

    pub(super) fn schedule(&self, name: &str) -> Option<ScheduleId> {
        find(&self.0.schedules, |v| same_name(&v.name, name))
    }

    pub(super) fn endpoint(&self, name: &str) -> Option<EndpointId> {
        find(&self.0.endpoints, |v| same_name(&v.name, name))
    }

    pub(super) fn dashboard(&self, name: &str) -> Option<DashboardId> {
        find(&self.0.dashboards, |v| same_name(&v.name, name))
    }

    pub(super) fn policy(&self, name: &str) -> Option<PolicyId> {
        find(&self.0.policies, |v| same_name(&v.name, name))
    }

    pub(super) fn service(&self, name: &str) -> Option<ServiceId> {
        find(&self.0.services, |v| same_name(&v.name, name))
    }

    pub(super) fn integration(&self, service: ServiceId, name: &str) -> Option<IntegrationId> {
        find(&self.0.integrations, |v| {
            v.service == service && same_name(&v.name, name)
        })
    }

    pub(super) fn monitor(&self, service: ServiceId, name: &str) -> Option<MonitorId> {
        find(&self.0.monitors, |v| {
            v.service == service && same_name(&v.name, name)
        })
    }
}

fn find<I: Copy, T>(objects: &BTreeMap<I, Versioned<T>>, is_it: impl Fn(&T) -> bool) -> Option<I> {
    objects
        .iter()
        .find(|(_, object)| is_it(&object.value))
        .map(|(id, _)| *id)
}
