//! Stored form of what a contact method was sent lately, and of what that does to deliveries.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::bundle::{Bundle, HeldBack, Sent, Together};
use wb_core::ids::{BundleId, ServiceId};
use wb_core::time::Timestamp;

use super::common::{Id, Iso, mirrors};

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Bundle", deny_unknown_fields)]
pub(super) struct BundleV1 {
    #[serde_as(as = "Vec<SentV1>")]
    sent: Vec<Sent>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Sent", deny_unknown_fields)]
struct SentV1 {
    #[serde_as(as = "Id")]
    id: BundleId,
    #[serde_as(as = "Iso")]
    at: Timestamp,
    #[serde_as(as = "BTreeSet<Id>")]
    services: BTreeSet<ServiceId>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "HeldBack", deny_unknown_fields)]
pub(super) struct HeldBackV1 {
    #[serde_as(as = "Iso")]
    until: Timestamp,
    sent: u32,
    within_s: u32,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Together", deny_unknown_fields)]
pub(super) struct TogetherV1 {
    #[serde_as(as = "Id")]
    message: BundleId,
    others: u32,
}

mirrors! {
    BundleV1 => Bundle,
    SentV1 => Sent,
    HeldBackV1 => HeldBack,
    TogetherV1 => Together,
}
