//! Declared dashboards: whose they are, and what changes in them.

use wb_core::config::{Choices, Dashboard};

use super::diff::Fields;
use super::resolve::Resolver;
use crate::configure::problems::Problems;

/// A declared dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredDashboard {
    /// The owner's name.
    pub team: String,
    /// What it will be; the team in it is not looked at.
    pub dashboard: Dashboard,
}

impl Resolver<'_> {
    pub(super) fn dashboard(
        &self,
        declared: &DeclaredDashboard,
        problems: &mut Problems,
    ) -> Dashboard {
        Dashboard {
            team: self.team(&declared.team, problems),
            ..declared.dashboard.clone()
        }
    }
}

/// The fields of a dashboard as people read them. What is not set is left out.
pub(super) fn flatten(team: String, dashboard: &Dashboard, fields: &mut Fields) {
    fields.put("team", team);
    fields.put("name", &dashboard.name);
    fields.put("description", &dashboard.description);
    fields.put("span_s", dashboard.span_s.to_string());
    if let Some(refresh_s) = dashboard.refresh_s {
        fields.put("refresh_s", refresh_s.to_string());
    }
    for (at, variable) in dashboard.variables.iter().enumerate() {
        let path = format!("variables[{at}]");
        fields.put(format!("{path}.name"), &variable.name);
        match &variable.choices {
            Choices::Find(pattern) => fields.put(format!("{path}.choices.find"), pattern),
            Choices::List(list) => {
                fields.put(format!("{path}.choices.list"), list.join(", "));
            }
        }
        if let Some(default) = &variable.default {
            fields.put(format!("{path}.default"), default);
        }
    }
    for (at, chart) in dashboard.charts.iter().enumerate() {
        let path = format!("charts[{at}]");
        fields.put(format!("{path}.title"), &chart.title);
        fields.put(format!("{path}.width"), chart.width.to_string());
        if let Some(unit) = &chart.unit {
            fields.put(format!("{path}.unit"), unit);
        }
        if let Some(y_min) = chart.y_min {
            fields.put(format!("{path}.y_min"), y_min.to_string());
        }
        for (n, target) in chart.targets.iter().enumerate() {
            fields.put(format!("{path}.targets[{n}]"), target);
        }
    }
}
