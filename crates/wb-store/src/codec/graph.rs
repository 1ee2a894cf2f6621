//! The stored form of a graph. Its values are measured numbers, so this one document is plain JSON
//! and not canonical: nothing hashes it.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::config::Side;

use super::common::{SideV1, mirrors};
use crate::graphs::Graph;

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Graph", deny_unknown_fields)]
pub(super) struct GraphV1 {
    monitor_name: String,
    series: String,
    target: String,
    #[serde_as(as = "SideV1")]
    side: Side,
    threshold: f64,
    recovery: Option<f64>,
    since_s: Option<i64>,
    fired_s: i64,
    recovered_s: Option<i64>,
    start_s: i64,
    step_s: i64,
    values: Vec<Option<f64>>,
}

mirrors! {
    GraphV1 => Graph,
}
