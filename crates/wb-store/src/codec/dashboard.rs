//! Stored forms of dashboards.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::config::{Chart, Choices, Dashboard, Variable};
use wb_core::ids::TeamId;
use wb_core::number::Number;

use super::common::{Id, NumberText, mirrors};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Choices", rename_all = "snake_case")]
enum ChoicesV1 {
    Find(String),
    List(Vec<String>),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Variable", deny_unknown_fields)]
struct VariableV1 {
    name: String,
    #[serde_as(as = "ChoicesV1")]
    choices: Choices,
    default: Option<String>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Chart", deny_unknown_fields)]
struct ChartV1 {
    title: String,
    targets: Vec<String>,
    unit: Option<String>,
    #[serde_as(as = "Option<NumberText>")]
    y_min: Option<Number>,
    width: u8,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Dashboard", deny_unknown_fields)]
pub(super) struct DashboardV1 {
    #[serde_as(as = "Id")]
    team: TeamId,
    name: String,
    description: String,
    #[serde_as(as = "Vec<VariableV1>")]
    variables: Vec<Variable>,
    #[serde_as(as = "Vec<ChartV1>")]
    charts: Vec<Chart>,
    span_s: u32,
    refresh_s: Option<u32>,
}

mirrors! {
    ChoicesV1 => Choices,
    VariableV1 => Variable,
    ChartV1 => Chart,
    DashboardV1 => Dashboard,
}
