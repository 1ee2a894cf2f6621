//! Declared dashboards.

use serde::Deserialize;
use utoipa::ToSchema;
use wb_app::configure::declare::DeclaredDashboard;
use wb_core::config::Dashboard;
use wb_core::ids::TeamId;

use super::super::dashboards::{ChartBody, VariableBody, refresh_s, span_s};

/// A declared dashboard.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardItem {
    /// Shown name.
    pub name: String,
    /// The owner's name.
    pub team: String,
    /// What one sees on it, and when it is worth a look.
    #[serde(default)]
    pub description: String,
    /// What its targets and titles leave open; each may stand in those after it.
    #[serde(default)]
    pub variables: Vec<VariableBody>,
    /// The charts, in the order of reading.
    #[serde(default)]
    pub charts: Vec<ChartBody>,
    /// How far back it looks unless somebody asks for another time, in seconds.
    #[serde(default = "span_s")]
    pub span_s: u32,
    /// How often it asks anew, in seconds; null means: only when somebody does.
    #[serde(default = "refresh_s")]
    pub refresh_s: Option<u32>,
}

impl DashboardItem {
    pub(super) fn declared(self) -> DeclaredDashboard {
        let dashboard = Dashboard {
            // The name counts; it is looked up where the file is compared with what is there.
            team: TeamId(uuid::Uuid::nil()),
            name: self.name,
            description: self.description,
            variables: self
                .variables
                .into_iter()
                .map(VariableBody::draft)
                .collect(),
            charts: self.charts.into_iter().map(ChartBody::draft).collect(),
            span_s: self.span_s,
            refresh_s: self.refresh_s,
        };
        DeclaredDashboard {
            team: self.team,
            dashboard,
        }
    }
}
