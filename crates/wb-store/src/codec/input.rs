//! Stored form of what was asked of a decision: what a replay needs, without free text. Texts and
//! addresses stand, erasable, in the facts that came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::actor::{Actor, Via};
use wb_core::bundle::{HeldBack, Together};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{AlertId, DeliveryId, IncidentId, NoteId};
use wb_core::incident::{
    Absorbed, AttemptReport, AttemptResult, FailureReason, HelpFrom, IncidentInput, Note,
    ReassignTo,
};
use wb_core::time::Timestamp;

use super::bundle::{HeldBackV1, TogetherV1};
use super::common::{ActorText, Id, Iso, SeverityV1, UrgencyV1, ViaV1, mirrors};
use super::incident_fact::{FailureReasonV1, ReassignToV1};
use super::responders::HelpFromV1;
use crate::save::InputBody;

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "InputBody", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum InputBodyV1 {
    Declare {
        #[serde_as(as = "Id")]
        service: wb_core::ids::ServiceId,
        #[serde_as(as = "SeverityV1")]
        severity: Severity,
    },
    Incident(#[serde_as(as = "IncidentInputV1")] IncidentInput),
    ResumeSending {
        #[serde_as(as = "Option<Iso>")]
        drop_before: Option<Timestamp>,
    },
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "IncidentInput",
    rename_all = "snake_case",
    deny_unknown_fields
)]
enum IncidentInputV1 {
    Tick,
    AlertResolved {
        #[serde_as(as = "Id")]
        alert: AlertId,
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
    SeverityRaised {
        #[serde_as(as = "Id")]
        alert: AlertId,
        #[serde_as(as = "SeverityV1")]
        to: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
    },
    Acknowledge {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        from: String,
    },
    Unacknowledge {
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
    Snooze {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Iso")]
        until: Timestamp,
    },
    Unsnooze {
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
    Escalate {
        #[serde_as(as = "ViaV1")]
        via: Via,
        step: Option<u32>,
    },
    Resolve {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        from: String,
    },
    Reopen {
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
    Reassign {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "ReassignToV1")]
        to: ReassignTo,
    },
    Drop {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Iso")]
        due_before: Timestamp,
    },
    AskResponders {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde_as(as = "Vec<HelpFromV1>")]
        targets: Vec<HelpFrom>,
        #[serde(skip)]
        message: String,
    },
    AnswerRequest {
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        from: String,
        accepts: bool,
    },
    Note {
        #[serde_as(as = "Id")]
        note: NoteId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        text: String,
    },
    EditNote {
        #[serde_as(as = "NoteV1")]
        note: Note,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        text: String,
    },
    DeleteNote {
        #[serde_as(as = "NoteV1")]
        note: Note,
        #[serde_as(as = "ViaV1")]
        via: Via,
    },
    MergeInto {
        #[serde_as(as = "Id")]
        into: IncidentId,
        #[serde_as(as = "ViaV1")]
        via: Via,
        #[serde(skip)]
        from: String,
    },
    Absorb(#[serde_as(as = "AbsorbedV1")] Absorbed),
    Attempt(#[serde_as(as = "AttemptReportV1")] AttemptReport),
    HoldBack(#[serde_as(as = "Vec<(Id, HeldBackV1)>")] Vec<(DeliveryId, HeldBack)>),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Note", deny_unknown_fields)]
struct NoteV1 {
    #[serde_as(as = "Id")]
    id: NoteId,
    #[serde_as(as = "ActorText")]
    author: Actor,
    #[serde_as(as = "Iso")]
    written_at: Timestamp,
    version: u32,
    #[serde_as(as = "Option<Iso>")]
    edited_at: Option<Timestamp>,
    #[serde_as(as = "Option<Iso>")]
    deleted_at: Option<Timestamp>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Absorbed", deny_unknown_fields)]
struct AbsorbedV1 {
    #[serde_as(as = "Id")]
    incident: IncidentId,
    #[serde_as(as = "ViaV1")]
    via: Via,
    #[serde_as(as = "BTreeMap<Id, _>")]
    alerts: BTreeMap<AlertId, bool>,
    #[serde_as(as = "SeverityV1")]
    severity: Severity,
    #[serde_as(as = "UrgencyV1")]
    urgency: Urgency,
}

const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that serde asks for"
)]
const fn is_one(providers: &u32) -> bool {
    *providers == 1
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "AttemptReport", deny_unknown_fields)]
struct AttemptReportV1 {
    #[serde_as(as = "Id")]
    delivery: DeliveryId,
    number: u32,
    /// Came later; left out where there is one, as it was before.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    providers: u32,
    #[serde_as(as = "Iso")]
    claimed_at: Timestamp,
    #[serde_as(as = "AttemptResultV1")]
    result: AttemptResult,
    #[serde(skip)]
    detail: String,
    /// Came later; left out where it says nothing.
    #[serde_as(as = "Option<TogetherV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    together: Option<Together>,
    jitter_permille: u32,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "AttemptResult",
    rename_all = "snake_case",
    deny_unknown_fields
)]
enum AttemptResultV1 {
    Accepted,
    Failed {
        #[serde_as(as = "FailureReasonV1")]
        reason: FailureReason,
        retry_after_s: Option<u32>,
    },
    Withheld,
}

mirrors! {
    InputBodyV1 => InputBody,
    IncidentInputV1 => IncidentInput,
    NoteV1 => Note,
    AbsorbedV1 => Absorbed,
    AttemptReportV1 => AttemptReport,
    AttemptResultV1 => AttemptResult,
}
