//! Stored forms of a monitor's group and its facts.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::config::Side;
use wb_core::ids::{GroupId, MonitorId};
use wb_core::monitor::{Group, GroupFact, Phase, Recovery};
use wb_core::number::Number;
use wb_core::time::Timestamp;

use super::common::{Id, Iso, NumberText, SideV1, mirrors};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Phase", rename_all = "snake_case", deny_unknown_fields)]
enum PhaseV1 {
    Well,
    Firing { since_s: i64 },
    Silent { since_s: i64 },
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Group", deny_unknown_fields)]
pub(super) struct GroupV1 {
    #[serde_as(as = "Id")]
    id: GroupId,
    #[serde_as(as = "Id")]
    monitor: MonitorId,
    name: String,
    version: u32,
    #[serde_as(as = "PhaseV1")]
    phase: Phase,
    episode: u32,
    #[serde_as(as = "Iso")]
    updated_at: Timestamp,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Recovery", rename_all = "snake_case", deny_unknown_fields)]
enum RecoveryV1 {
    Values {
        since_s: i64,
        #[serde_as(as = "NumberText")]
        value: Number,
    },
    Points {
        #[serde_as(as = "NumberText")]
        value: Number,
    },
    Silence,
    Gone,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "GroupFact", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum GroupFactV1 {
    Fired {
        #[serde_as(as = "Id")]
        group: GroupId,
        #[serde_as(as = "Id")]
        monitor: MonitorId,
        version: u32,
        name: String,
        episode: u32,
        since_s: i64,
        at_s: i64,
        #[serde_as(as = "NumberText")]
        value: Number,
        #[serde_as(as = "NumberText")]
        worst: Number,
        #[serde_as(as = "SideV1")]
        side: Side,
        #[serde_as(as = "NumberText")]
        threshold: Number,
    },
    WentSilent {
        #[serde_as(as = "Id")]
        group: GroupId,
        #[serde_as(as = "Id")]
        monitor: MonitorId,
        version: u32,
        name: String,
        episode: u32,
        last_at_s: i64,
    },
    Recovered {
        version: u32,
        episode: u32,
        #[serde_as(as = "RecoveryV1")]
        why: Recovery,
    },
}

mirrors! {
    PhaseV1 => Phase,
    GroupV1 => Group,
    RecoveryV1 => Recovery,
    GroupFactV1 => GroupFact,
}
