//! What is decided about an incident, what a decision knows besides it, and why one is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::{FailureReason, HelpFrom, Note, ReassignTo, Turns};
use crate::actor::{Actor, Via};
use crate::bundle::{HeldBack, Together};
use crate::config::Policy;
use crate::event::{Severity, Urgency};
use crate::ids::{AlertId, DeliveryId, IncidentId, NoteId};
use crate::limits;
use crate::time::Timestamp;

/// What is decided about an open or resolved incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentInput {
    /// Its wake-up is due.
    Tick,
    /// One of its alerts is over.
    AlertResolved {
        /// Which.
        alert: AlertId,
        /// By which way.
        via: Via,
    },
    /// One of its alerts is worse now.
    SeverityRaised {
        /// Which.
        alert: AlertId,
        /// The new severity.
        to: Severity,
        /// The new urgency.
        urgency: Urgency,
    },
    /// Somebody has it.
    Acknowledge {
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
    },
    /// Take the acknowledgement back.
    Unacknowledge {
        /// By which way.
        via: Via,
    },
    /// Put it off.
    Snooze {
        /// By which way.
        via: Via,
        /// When it comes back.
        until: Timestamp,
    },
    /// Take the snooze back.
    Unsnooze {
        /// By which way.
        via: Via,
    },
    /// Execute a step at once.
    Escalate {
        /// By which way.
        via: Via,
        /// Which, counted from 0; none means the one that comes next.
        step: Option<u32>,
    },
    /// It is over.
    Resolve {
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
    },
    /// It was resolved too early.
    Reopen {
        /// By which way.
        via: Via,
    },
    /// Give it to somebody else.
    Reassign {
        /// By which way.
        via: Via,
        /// To whom.
        to: ReassignTo,
    },
    /// Give up the pages that were due too long ago while sending was held.
    Drop {
        /// By which way.
        via: Via,
        /// What was due before this.
        due_before: Timestamp,
    },
    /// Ask others to help.
    AskResponders {
        /// By which way.
        via: Via,
        /// Who is wanted.
        targets: Vec<HelpFrom>,
        /// What is said to them; may be empty.
        message: String,
    },
    /// Say whether one helps.
    AnswerRequest {
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
        /// Whether one does.
        accepts: bool,
    },
    /// Write a note.
    Note {
        /// The note's id.
        note: NoteId,
        /// By which way.
        via: Via,
        /// Markdown.
        text: String,
    },
    /// Change the text of a note.
    EditNote {
        /// The note as its facts tell it.
        note: Note,
        /// By which way.
        via: Via,
        /// Markdown.
        text: String,
    },
    /// Take a note away.
    DeleteNote {
        /// The note as its facts tell it.
        note: Note,
        /// By which way.
        via: Via,
    },
    /// It is the same as another incident: its alerts go there, and it ends.
    MergeInto {
        /// The other incident.
        into: IncidentId,
        /// By which way.
        via: Via,
        /// From where: address and program.
        from: String,
    },
    /// Another incident is the same as this one: its alerts come here.
    Absorb(Absorbed),
    /// An attempt came to its end.
    Attempt(AttemptReport),
    /// Deliveries that were due wait, because much went to that address lately.
    HoldBack(Vec<(DeliveryId, HeldBack)>),
}

/// What an incident brings along when it is merged into another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absorbed {
    /// Which it was.
    pub incident: IncidentId,
    /// By which way.
    pub via: Via,
    /// Its alerts; true while the alert is open.
    pub alerts: BTreeMap<AlertId, bool>,
    /// Its severity.
    pub severity: Severity,
    /// Its urgency.
    pub urgency: Urgency,
}

/// What the sender reports of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptReport {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// 1 for the first.
    pub number: u32,
    /// How many providers the channel has; attempts go to each of them in turn.
    pub providers: u32,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// What happened.
    pub result: AttemptResult,
    /// What the provider said.
    pub detail: String,
    /// The message it was part of, when that carried other deliveries too.
    pub together: Option<Together>,
    /// Random 0 to 999, spreads retries.
    pub jitter_permille: u32,
}

/// What happened in an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    /// The provider took it.
    Accepted,
    /// It failed.
    Failed {
        /// Why.
        reason: FailureReason,
        /// When the provider wants to be asked again, in seconds from now.
        retry_after_s: Option<u32>,
    },
    /// It was stopped before the first byte, because the delivery was no longer needed.
    Withheld,
}

/// What a decision knows besides the incident itself.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The incident's policy at the version it holds; none when it has none or the row is gone.
    pub policy: Option<&'a Policy>,
    /// Deliveries whose outbox row is claimed: they can no longer be cancelled.
    pub under_way: &'a BTreeSet<DeliveryId>,
    /// Whose turn it is in the steps that tell one person after the other; of the policies that the
    /// decision may climb.
    pub turns: &'a Turns,
    /// Who brings the input.
    pub actor: Actor,
}

/// Why a command does not fit the incident's state. None of these changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    /// Resolve beats acknowledge.
    #[error("the incident is already resolved")]
    AlreadyResolved,
    /// There is no acknowledgement to take back.
    #[error("the incident is not acknowledged")]
    NotAcknowledged,
    /// There is no snooze to take back.
    #[error("the incident is not snoozed")]
    NotSnoozed,
    /// An incident comes back later than now, and not too late.
    #[error("a snooze ends in the future, within {} days", limits::SNOOZE_MAX_S / 86_400)]
    SnoozeTime,
    /// There are no steps to escalate to.
    #[error("the incident has no escalation policy")]
    NoPolicy,
    /// The policy the incident holds has no such step.
    #[error("the escalation policy has {steps} steps")]
    NoSuchStep {
        /// How many it has.
        steps: usize,
    },
    /// Only a resolved incident can be reopened.
    #[error("the incident is not resolved")]
    NotResolved,
    /// The delivery is not one of this incident's, or its attempt was reported before.
    #[error("this attempt is not known to the incident, or was reported before")]
    UnknownAttempt,
    /// The note is empty or too long.
    #[error("a note needs between 1 and {} bytes of text", limits::NOTE_BYTES)]
    NoteLength,
    /// Only who wrote a note may change it.
    #[error("the note is somebody else's")]
    NoteOfAnother,
    /// The note is no longer fresh; who reads the record must be able to rely on it.
    #[error("a note can be changed for {} minutes", limits::NOTE_EDIT_S / 60)]
    NoteTooOld,
    /// The note was deleted.
    #[error("the note was deleted")]
    NoteDeleted,
    /// An incident cannot be merged into itself.
    #[error("an incident cannot be merged into itself")]
    MergeIntoItself,
    /// It was merged before, and what there is to do is done there.
    #[error("the incident was merged into {into}")]
    Merged {
        /// The incident it was merged into.
        into: IncidentId,
    },
    /// What is over takes nothing up.
    #[error("the incident to merge into is resolved")]
    MergeTargetResolved,
    /// A request names somebody, and not everybody.
    #[error(
        "ask between 1 and {} people, teams, schedules or policies",
        limits::TARGETS_PER_STEP
    )]
    HelpTargets,
    /// What is said with a request goes into messages.
    #[error("the message has more than {} characters", limits::HELP_MESSAGE_CHARS)]
    HelpMessageLength,
    /// There is nobody to ask.
    #[error("this means nobody at the moment but you or whoever has the incident")]
    NobodyToHelp,
    /// The incident keeps no more.
    #[error(
        "this would be more than {} people asked to help",
        limits::RESPONDERS_PER_INCIDENT
    )]
    TooManyResponders,
    /// Only who was asked can answer.
    #[error("you were not asked to help with this incident")]
    NotAsked,
    /// Both together have more alerts than one incident keeps.
    #[error("together they have more than {} alerts", limits::ALERTS_PER_INCIDENT)]
    TooManyAlerts,
}
