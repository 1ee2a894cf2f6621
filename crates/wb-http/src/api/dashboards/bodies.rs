//! Dashboards as people write them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_core::config::{Chart, Choices, Dashboard, Variable};

use crate::values::{Id, Measure, TeamIdText};

/// A dashboard, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among dashboards.
    pub name: String,
    /// What one sees on it, and when it is worth a look.
    #[serde(default)]
    pub description: String,
    /// What its targets and titles leave open; each may stand in those after it.
    #[serde(default)]
    pub variables: Vec<VariableBody>,
    /// The charts, in the order of reading.
    #[serde(default)]
    pub charts: Vec<ChartBody>,
    /// How far back it looks unless somebody asks for another time, in seconds (300 to 31622400).
    #[serde(default = "span_s")]
    pub span_s: u32,
    /// How often it asks anew, in seconds (5 to 3600); null means: only when somebody does.
    #[serde(default = "refresh_s")]
    pub refresh_s: Option<u32>,
}

/// One chart of a dashboard.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartBody {
    /// What stands over it; `$name` stands for the value of a variable.
    pub title: String,
    /// Which series, as render targets, 1 to 8; `$name` stands for the value of a variable.
    pub targets: Vec<String>,
    /// What stands behind its values, such as `ms`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Where its value axis begins; null means at zero, or below it where values are.
    #[serde(default)]
    pub y_min: Option<Measure>,
    /// How many columns of the grid it takes, 1 to 3.
    #[serde(default = "width")]
    pub width: u8,
}

/// Something that a dashboard leaves open.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariableBody {
    /// Its name, without the `$` that stands before it where it is used.
    pub name: String,
    /// What it may be.
    pub choices: ChoicesBody,
    /// What it is unless somebody chooses; null means: all choices together.
    #[serde(default)]
    pub default: Option<String>,
}

/// What a variable may be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChoicesBody {
    /// What stands at the last place with a wildcard in the names that fit this pattern, such as
    /// `servers.*.cpu`; without any wildcard, at the last place.
    Find(String),
    /// One of these.
    List(Vec<String>),
}

/// How far back a dashboard looks when nothing is given.
pub(in super::super) const fn span_s() -> u32 {
    3_600
}

/// How often a dashboard asks anew when nothing is given.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the default of a field that may be null"
)]
pub(in super::super) const fn refresh_s() -> Option<u32> {
    Some(30)
}

const fn width() -> u8 {
    1
}

impl DashboardBody {
    pub(super) fn of(dashboard: &Dashboard) -> Self {
        Self {
            team: Id(dashboard.team),
            name: dashboard.name.clone(),
            description: dashboard.description.clone(),
            variables: dashboard.variables.iter().map(VariableBody::of).collect(),
            charts: dashboard.charts.iter().map(ChartBody::of).collect(),
            span_s: dashboard.span_s,
            refresh_s: dashboard.refresh_s,
        }
    }

    pub(super) fn draft(self) -> Dashboard {
        Dashboard {
            team: self.team.0,
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
        }
    }
}

impl ChartBody {
    fn of(chart: &Chart) -> Self {
        Self {
            title: chart.title.clone(),
            targets: chart.targets.clone(),
            unit: chart.unit.clone(),
            y_min: chart.y_min.map(Measure),
            width: chart.width,
        }
    }

    pub(in super::super) fn draft(self) -> Chart {
        Chart {
            title: self.title,
            targets: self.targets,
            unit: self.unit,
            y_min: self.y_min.map(|level| level.0),
            width: self.width,
        }
    }
}

impl VariableBody {
    fn of(variable: &Variable) -> Self {
        Self {
            name: variable.name.clone(),
            choices: match &variable.choices {
                Choices::Find(pattern) => ChoicesBody::Find(pattern.clone()),
                Choices::List(list) => ChoicesBody::List(list.clone()),
            },
            default: variable.default.clone(),
        }
    }

    pub(in super::super) fn draft(self) -> Variable {
        Variable {
            name: self.name,
            choices: match self.choices {
                ChoicesBody::Find(pattern) => Choices::Find(pattern),
                ChoicesBody::List(list) => Choices::List(list),
            },
            default: self.default,
        }
    }
}
