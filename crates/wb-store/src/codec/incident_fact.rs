//! Stored form of the incident's facts.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::actor::Via;
use wb_core::bundle::{HeldBack, Together};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{
    AlertId, DeliveryId, IncidentId, MethodId, NoteId, PageId, RequestId, ServiceId, SignalId,
    TeamId, UserId,
};
use wb_core::incident::{
    AttemptOutcome, Cause, FailureReason, HelpFrom, IncidentFact, NewDelivery, NextStep, NotTold,
    PageWhy, PolicyRef, ReassignTo, Recipient, TurnTaken, Unmet,
};
use wb_core::time::Timestamp;

use super::bundle::{HeldBackV1, TogetherV1};
use super::common::{
    Id, Iso, PageWhyV1, PolicyRefV1, RecipientV1, SeverityV1, UrgencyV1, ViaV1, is_default, mirrors,
};
use super::responders::{HelpFromV1, TurnTakenV1};

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Cause", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum CauseV1 {
    Alert {
        #[serde_as(as = "Id")]
        alert: AlertId,
        #[serde_as(as = "Id")]
        signal: SignalId,
    },
    Declared {
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FailureReason", rename_all = "snake_case")]
pub(super) enum FailureReasonV1 {
    Refused,
    ProviderFault,
    RateLimited,
    Unauthorised,
    Unreachable,
    NoAnswer,
    Misconfigured,
    Forbidden,
    Interrupted,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "AttemptOutcome",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub(super) enum AttemptOutcomeV1 {
    Accepted,
    Retry {
        #[serde_as(as = "FailureReasonV1")]
        reason: FailureReason,
        #[serde_as(as = "Iso")]
        at: Timestamp,
    },
    GivenUp {
        #[serde_as(as = "FailureReasonV1")]
        reason: FailureReason,
    },
    Withheld,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "NewDelivery", deny_unknown_fields)]
struct NewDeliveryV1 {
    #[serde_as(as = "Id")]
    id: DeliveryId,
    #[serde_as(as = "Option<Id>")]
    method: Option<MethodId>,
    channel: String,
    #[serde_as(as = "Iso")]
    due_at: Timestamp,
    /// Came later; left out where it says nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    after_quiet_hours: bool,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "NotTold", rename_all = "snake_case", deny_unknown_fields)]
enum NotToldV1 {
    Gone,
    Inactive,
    Paused {
        #[serde_as(as = "Iso")]
        until: Timestamp,
    },
    NoMethod,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Unmet", rename_all = "snake_case")]
enum UnmetV1 {
    Urgency,
    Severity,
    Hours,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "NextStep", deny_unknown_fields)]
struct NextStepV1 {
    cycle: u32,
    step: u32,
    #[serde_as(as = "Iso")]
    at: Timestamp,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "ReassignTo", rename_all = "snake_case")]
pub(super) enum ReassignToV1 {
    User(#[serde_as(as = "Id")] UserId),
    Policy(#[serde_as(as = "PolicyRefV1")] PolicyRef),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "IncidentFact",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub(super) enum IncidentFactV1 {
    Opened {
        #[serde_as(as = "Id")]
        incident: IncidentId,
        #[serde_as(as = "Id")]
        service: ServiceId,
        #[serde_as(as = "Id")]
        team: TeamId,
        #[serde_as(as = "SeverityV1")]
        severity: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
        #[serde_as(as = "CauseV1")]
        cause: Cause,
        #[serde_as(as = "Option<PolicyRefV1>")]
        policy: Option<PolicyRef>,
        // Left out where they say nothing: facts from before there were timeouts do not have them.
        #[serde_as(as = "Option<Iso>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto_resolve_at: Option<Timestamp>,
        title: String,
        summary: String,
    },
    AlertResolved {
        #[serde_as(as = "Id")]
        alert: AlertId,
    },
    SeverityRaised {
        #[serde_as(as = "SeverityV1")]
        to: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
        #[serde_as(as = "Id")]
        alert: AlertId,
        #[serde_as(as = "Option<PolicyRefV1>")]
        policy: Option<PolicyRef>,
    },
    StepExecuted {
        cycle: u32,
        step: u32,
        reachable: u32,
        /// Came later; facts from before do not have it.
        #[serde_as(as = "Vec<Id>")]
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed_over: Vec<UserId>,
        #[serde_as(as = "Vec<Id>")]
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        awaits: Vec<UserId>,
        #[serde_as(as = "Option<TurnTakenV1>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<TurnTaken>,
        #[serde_as(as = "NextStepV1")]
        next: NextStep,
    },
    StepSkipped {
        cycle: u32,
        step: u32,
        #[serde_as(as = "UnmetV1")]
        unmet: Unmet,
        #[serde_as(as = "NextStepV1")]
        next: NextStep,
    },
    Deferred {
        #[serde_as(as = "Iso")]
        until: Timestamp,
    },
    DeferralEnded {
        #[serde_as(as = "Iso")]
        next_at: Timestamp,
    },
    Paged {
        #[serde_as(as = "Id")]
        page: PageId,
        #[serde_as(as = "RecipientV1")]
        recipient: Recipient,
        recipient_version: u32,
        cycle: u32,
        step: Option<u32>,
        #[serde_as(as = "PageWhyV1")]
        why: PageWhy,
        #[serde_as(as = "Vec<NewDeliveryV1>")]
        deliveries: Vec<NewDelivery>,
        #[serde_as(as = "Option<NotToldV1>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_told: Option<NotTold>,
    },
    Repeated {
        #[serde_as(as = "Id")]
        page: PageId,
        #[serde_as(as = "NewDeliveryV1")]
        delivery: NewDelivery,
    },
    EscalationExhausted {
        cycles: u32,
    },
    FellBack {
        to_admins: bool,
        reachable: u32,
    },
    EscalationHastened {
        #[serde_as(as = "Iso")]
        next_at: Timestamp,
    },
    Attempted {
        #[serde_as(as = "Id")]
        delivery: DeliveryId,
        number: u32,
        #[serde_as(as = "Iso")]
        claimed_at: Timestamp,
        #[serde_as(as = "AttemptOutcomeV1")]
        outcome: AttemptOutcome,
        possible_duplicate: bool,
        crossed: bool,
        /// Came later; left out where it says nothing.
        #[serde_as(as = "Option<TogetherV1>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        together: Option<Together>,
        detail: String,
    },
    HeldBack {
        #[serde_as(as = "Id")]
        delivery: DeliveryId,
        #[serde_as(as = "HeldBackV1")]
        held: HeldBack,
    },
    Acknowledged {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Option<Iso>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
        from: String,
    },
    Confirmed {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
        left: u32,
        from: String,
    },
    Unacknowledged {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<(Id, Iso)>")]
        restored: Vec<(DeliveryId, Timestamp)>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    AcknowledgementExpired {
        #[serde_as(as = "Option<Id>")]
        owner: Option<UserId>,
        #[serde_as(as = "Vec<(Id, Iso)>")]
        restored: Vec<(DeliveryId, Timestamp)>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    Snoozed {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Iso")]
        until: Timestamp,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
    },
    Unsnoozed {
        #[serde_as(as = "ViaV1")]
        via: Via,
        acknowledged: bool,
        #[serde_as(as = "Option<Iso>")]
        expires_at: Option<Timestamp>,
        #[serde_as(as = "Vec<(Id, Iso)>")]
        restored: Vec<(DeliveryId, Timestamp)>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    SnoozeEnded {
        #[serde_as(as = "Option<Id>")]
        owner: Option<UserId>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    Escalated {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "NextStepV1")]
        next: NextStep,
    },
    Resolved {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(default, skip_serializing_if = "is_default")]
        timed_out: bool,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
        from: String,
    },
    Reopened {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Option<Iso>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto_resolve_at: Option<Timestamp>,
        #[serde_as(as = "Vec<(Id, Iso)>")]
        restored: Vec<(DeliveryId, Timestamp)>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    Reassigned {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "ReassignToV1")]
        to: ReassignTo,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    Dropped {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Iso")]
        due_before: Timestamp,
        #[serde_as(as = "Vec<Id>")]
        deliveries: Vec<DeliveryId>,
    },
    EscalationRestarted {
        #[serde_as(as = "NextStepV1")]
        next: NextStep,
    },
    Recalled {
        #[serde_as(as = "Option<Id>")]
        owner: Option<UserId>,
        #[serde_as(as = "Option<Iso>")]
        next_at: Option<Timestamp>,
    },
    MergedInto {
        #[serde_as(as = "Id")]
        into: IncidentId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<Id>")]
        alerts: Vec<AlertId>,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
        from: String,
    },
    Absorbed {
        #[serde_as(as = "Id")]
        incident: IncidentId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<Id>")]
        firing: Vec<AlertId>,
        #[serde_as(as = "Vec<Id>")]
        resolved: Vec<AlertId>,
        #[serde_as(as = "SeverityV1")]
        severity: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
        #[serde_as(as = "Option<PolicyRefV1>")]
        policy: Option<PolicyRef>,
    },
    RespondersAsked {
        #[serde_as(as = "Id")]
        request: RequestId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<HelpFromV1>")]
        targets: Vec<HelpFrom>,
        #[serde_as(as = "Vec<Id>")]
        people: Vec<UserId>,
        reachable: u32,
        message: String,
    },
    ResponderAnswered {
        #[serde_as(as = "ViaV1")]
        via: Via,
        accepted: bool,
        #[serde_as(as = "Vec<Id>")]
        cancelled: Vec<DeliveryId>,
        #[serde_as(as = "Vec<Id>")]
        under_way: Vec<DeliveryId>,
        from: String,
    },
    Noted {
        #[serde_as(as = "Id")]
        note: NoteId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        text: String,
    },
    NoteEdited {
        #[serde_as(as = "Id")]
        note: NoteId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        version: u32,
        text: String,
    },
    NoteDeleted {
        #[serde_as(as = "Id")]
        note: NoteId,
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
}

mirrors! {
    CauseV1 => Cause,
    FailureReasonV1 => FailureReason,
    AttemptOutcomeV1 => AttemptOutcome,
    NewDeliveryV1 => NewDelivery,
    NotToldV1 => NotTold,
    UnmetV1 => Unmet,
    NextStepV1 => NextStep,
    ReassignToV1 => ReassignTo,
    IncidentFactV1 => IncidentFact,
}
