//! Stored form of the incident's state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::bundle::{HeldBack, Together};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, DeliveryId, IncidentId, MethodId, PageId, ServiceId, TeamId, UserId};
use wb_core::incident::{
    Attempt, AttemptOutcome, Cause, Delivery, DeliveryState, Escalation, EscalationState, Incident,
    IncidentState, Merged, Page, PageWhy, PolicyRef, Recipient, Responder, Snooze,
};
use wb_core::time::Timestamp;

use super::bundle::{HeldBackV1, TogetherV1};
use super::common::{
    Id, Iso, PageWhyV1, PolicyRefV1, RecipientV1, SeverityV1, UrgencyV1, is_default, mirrors,
};
use super::incident_fact::{AttemptOutcomeV1, CauseV1};
use super::responders::ResponderV1;

#[derive(Serialize, Deserialize)]
#[serde(remote = "IncidentState", rename_all = "snake_case")]
enum IncidentStateV1 {
    Triggered,
    Acknowledged,
    Resolved,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DeliveryState", rename_all = "snake_case")]
enum DeliveryStateV1 {
    Planned,
    Sent,
    GivenUp,
    Cancelled,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "EscalationState",
    rename_all = "snake_case",
    deny_unknown_fields
)]
enum EscalationStateV1 {
    Off,
    Due(#[serde_as(as = "Iso")] Timestamp),
    Held {
        #[serde_as(as = "Option<Iso>")]
        was_due: Option<Timestamp>,
    },
    Exhausted,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Escalation", deny_unknown_fields)]
struct EscalationV1 {
    cycle: u32,
    next_step: u32,
    #[serde_as(as = "EscalationStateV1")]
    state: EscalationState,
    #[serde(default, skip_serializing_if = "is_default")]
    fell_back: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Attempt", deny_unknown_fields)]
struct AttemptV1 {
    number: u32,
    #[serde_as(as = "Iso")]
    claimed_at: Timestamp,
    #[serde_as(as = "Iso")]
    finished_at: Timestamp,
    #[serde_as(as = "AttemptOutcomeV1")]
    outcome: AttemptOutcome,
    possible_duplicate: bool,
    /// Left out where it says nothing.
    #[serde_as(as = "Option<TogetherV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    together: Option<Together>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Delivery", deny_unknown_fields)]
struct DeliveryV1 {
    #[serde_as(as = "Id")]
    id: DeliveryId,
    #[serde_as(as = "Option<Id>")]
    method: Option<MethodId>,
    channel: String,
    #[serde_as(as = "Iso")]
    due_at: Timestamp,
    #[serde_as(as = "DeliveryStateV1")]
    state: DeliveryState,
    /// Left out where it says nothing.
    #[serde_as(as = "Option<HeldBackV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held_back: Option<HeldBack>,
    #[serde_as(as = "Vec<AttemptV1>")]
    attempts: Vec<Attempt>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Page", deny_unknown_fields)]
struct PageV1 {
    #[serde_as(as = "Id")]
    id: PageId,
    #[serde_as(as = "RecipientV1")]
    recipient: Recipient,
    recipient_version: u32,
    cycle: u32,
    step: Option<u32>,
    #[serde_as(as = "Iso")]
    at: Timestamp,
    #[serde_as(as = "PageWhyV1")]
    why: PageWhy,
    #[serde_as(as = "Vec<DeliveryV1>")]
    deliveries: Vec<Delivery>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Merged", deny_unknown_fields)]
struct MergedV1 {
    #[serde_as(as = "Id")]
    into: IncidentId,
    #[serde_as(as = "Vec<Id>")]
    alerts: Vec<AlertId>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Snooze", deny_unknown_fields)]
struct SnoozeV1 {
    #[serde_as(as = "Iso")]
    until: Timestamp,
    was_acknowledged: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Incident", deny_unknown_fields)]
pub(super) struct IncidentV1 {
    #[serde_as(as = "Id")]
    id: IncidentId,
    #[serde_as(as = "Id")]
    service: ServiceId,
    #[serde_as(as = "Id")]
    team: TeamId,
    title: String,
    summary: String,
    #[serde_as(as = "SeverityV1")]
    severity: Severity,
    #[serde_as(as = "UrgencyV1")]
    urgency: Urgency,
    #[serde_as(as = "IncidentStateV1")]
    state: IncidentState,
    #[serde_as(as = "CauseV1")]
    cause: Cause,
    #[serde_as(as = "Option<PolicyRefV1>")]
    policy: Option<PolicyRef>,
    #[serde_as(as = "Iso")]
    opened_at: Timestamp,
    #[serde_as(as = "Option<Iso>")]
    acknowledged_at: Option<Timestamp>,
    #[serde_as(as = "Option<Iso>")]
    resolved_at: Option<Timestamp>,
    #[serde_as(as = "Option<Id>")]
    owner: Option<UserId>,
    // Left out where they say nothing, for the same reason as what merges add.
    #[serde_as(as = "Option<SnoozeV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snooze: Option<Snooze>,
    #[serde_as(as = "Option<Iso>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledge_expires_at: Option<Timestamp>,
    #[serde_as(as = "Option<Iso>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_resolve_at: Option<Timestamp>,
    #[serde_as(as = "BTreeMap<Id, _>")]
    alerts: BTreeMap<AlertId, bool>,
    #[serde_as(as = "EscalationV1")]
    escalation: Escalation,
    // Left out where they say nothing, for the same reason.
    #[serde_as(as = "Option<Iso>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deferred_until: Option<Timestamp>,
    #[serde_as(as = "BTreeMap<Id, _>")]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    awaited: BTreeMap<UserId, bool>,
    #[serde_as(as = "Option<Iso>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rings_from: Option<Timestamp>,
    #[serde_as(as = "Vec<PageV1>")]
    pages: Vec<Page>,
    #[serde_as(as = "Vec<ResponderV1>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    responders: Vec<Responder>,
    #[serde_as(as = "Vec<Id>")]
    stopped: Vec<DeliveryId>,
    // Left out where they say nothing, so that nothing but a merged incident has another form than
    // before there were merges: no step from an old version, and during an upgrade the nodes of the
    // release before go on working on all others.
    #[serde_as(as = "Option<MergedV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merged: Option<Merged>,
    #[serde_as(as = "Vec<Id>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    absorbed: Vec<IncidentId>,
    #[serde_as(as = "Iso")]
    updated_at: Timestamp,
}

mirrors! {
    IncidentStateV1 => IncidentState,
    DeliveryStateV1 => DeliveryState,
    EscalationStateV1 => EscalationState,
    EscalationV1 => Escalation,
    AttemptV1 => Attempt,
    DeliveryV1 => Delivery,
    PageV1 => Page,
    MergedV1 => Merged,
    SnoozeV1 => Snooze,
    IncidentV1 => Incident,
}
