//! What can become true of an incident.

use super::{HelpFrom, PageWhy, PolicyRef, Recipient, TurnTaken};
use crate::actor::Via;
use crate::bundle::{HeldBack, Together};
use crate::event::{Severity, Urgency};
use crate::ids::{
    AlertId, DeliveryId, IncidentId, MethodId, NoteId, PageId, RequestId, ServiceId, SignalId,
    TeamId, UserId,
};
use crate::limits;
use crate::time::Timestamp;

/// What opened an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An alert opened.
    Alert {
        /// Which.
        alert: AlertId,
        /// By which signal.
        signal: SignalId,
    },
    /// Somebody declared it.
    Declared {
        /// By which way.
        via: Via,
    },
}

/// Why an attempt failed. Closed: it decides between retry and giving up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureReason {
    /// The provider refused this message or this recipient for good.
    Refused,
    /// The provider is busy or had a fault; it may work later.
    ProviderFault,
    /// The provider asked us to slow down.
    RateLimited,
    /// The provider refused our credentials.
    Unauthorised,
    /// The provider could not be reached: name, connection or TLS.
    Unreachable,
    /// No answer within the provider's deadline; the message may have gone out.
    NoAnswer,
    /// The settings of the method, endpoint or channel cannot work.
    Misconfigured,
    /// The address is one this instance must not call.
    Forbidden,
    /// The node died, or was stopped, between claim and outcome; the message may have gone out.
    Interrupted,
}

impl FailureReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Refused,
        Self::ProviderFault,
        Self::RateLimited,
        Self::Unauthorised,
        Self::Unreachable,
        Self::NoAnswer,
        Self::Misconfigured,
        Self::Forbidden,
        Self::Interrupted,
    ];

    /// The word used in facts and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::ProviderFault => "provider_fault",
            Self::RateLimited => "rate_limited",
            Self::Unauthorised => "unauthorised",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no_answer",
            Self::Misconfigured => "misconfigured",
            Self::Forbidden => "forbidden",
            Self::Interrupted => "interrupted",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }

    /// Whether trying again later can help.
    #[must_use]
    pub const fn is_worth_retrying(self) -> bool {
        !matches!(self, Self::Refused | Self::Misconfigured | Self::Forbidden)
    }

    /// Whether an attempt with this number that failed so may be followed by another one when nobody
    /// has the incident, however many providers there are.
    #[must_use]
    pub const fn may_be_retried_after(self, number: u32) -> bool {
        let most = limits::ATTEMPTS_PER_DELIVERY * limits::PROVIDERS_PER_CHANNEL;
        self.is_worth_retrying() && number < most
    }

    /// Whether the message may have gone out all the same.
    #[must_use]
    pub const fn may_have_gone_out(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Interrupted)
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The provider took it.
    Accepted,
    /// It failed and is tried again.
    Retry {
        /// Why it failed.
        reason: FailureReason,
        /// When it is tried again.
        at: Timestamp,
    },
    /// It failed and is not tried again.
    GivenUp {
        /// Why it failed.
        reason: FailureReason,
    },
    /// It was stopped before the first byte, because the delivery was no longer needed.
    Withheld,
}

impl AttemptOutcome {
    /// Whether the recipient may have been told.
    #[must_use]
    pub const fn may_have_gone_out(self) -> bool {
        match self {
            Self::Accepted => true,
            Self::Retry { reason, .. } | Self::GivenUp { reason } => reason.may_have_gone_out(),
            Self::Withheld => false,
        }
    }

    /// Why it failed, if it did.
    #[must_use]
    pub const fn failed_because(self) -> Option<FailureReason> {
        match self {
            Self::Retry { reason, .. } | Self::GivenUp { reason } => Some(reason),
            Self::Accepted | Self::Withheld => None,
        }
    }

    /// Whether the node that made it was taken for dead.
    #[must_use]
    pub const fn was_interrupted(self) -> bool {
        matches!(
            self,
            Self::Retry {
                reason: FailureReason::Interrupted,
                ..
            } | Self::GivenUp {
                reason: FailureReason::Interrupted,
            }
        )
    }
}

/// A delivery as its page plans it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The contact method; none for an endpoint.
    pub method: Option<MethodId>,
    /// The channel's name.
    pub channel: String,
    /// When it is to go out.
    pub due_at: Timestamp,
    /// Whether it waits for the end of the person's quiet hours.
    pub after_quiet_hours: bool,
}

/// Why a person who is paged cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotTold {
    /// The user was deleted.
    Gone,
    /// The account is switched off.
    Inactive,
    /// They are not to be paged before this.
    Paused {
        /// Until when.
        until: Timestamp,
    },
    /// They have no contact method.
    NoMethod,
}

/// What a step of a policy asks for and the moment does not give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmet {
    /// The incident has another urgency.
    Urgency,
    /// The incident is not bad enough.
    Severity,
    /// It is not the time for it.
    Hours,
}

/// The step that comes next. A step number equal to the policy's number of steps is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// In which climb of the ladder, counted from 0.
    pub cycle: u32,
    /// Which step, counted from 0.
    pub step: u32,
    /// When.
    pub at: Timestamp,
}

/// Who gets an incident that is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReassignTo {
    /// A person; the incident's policy begins anew if they do not acknowledge.
    User(UserId),
    /// Another policy, from its first step.
    Policy(PolicyRef),
}

/// What can become true of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentFact {
    /// It opened.
    Opened {
        /// Its id.
        incident: IncidentId,
        /// The service it is about.
        service: ServiceId,
        /// The service's team.
        team: TeamId,
        /// Its severity.
        severity: Severity,
        /// Its urgency.
        urgency: Urgency,
        /// What opened it.
        cause: Cause,
        /// The policy that pages; none when nobody is to be paged.
        policy: Option<PolicyRef>,
        /// From when on it is over by itself, if that is so for its service.
        auto_resolve_at: Option<Timestamp>,
        /// What is wrong, in a line; free text, kept in the body row.
        title: String,
        /// What is wrong, in more words; free text, kept in the body row.
        summary: String,
    },
    /// One of its alerts is over.
    AlertResolved {
        /// Which.
        alert: AlertId,
    },
    /// It became worse.
    SeverityRaised {
        /// The new severity.
        to: Severity,
        /// The new urgency.
        urgency: Urgency,
        /// Because of which alert.
        alert: AlertId,
        /// The policy that pages from now on, when it did not page before.
        policy: Option<PolicyRef>,
    },
    /// A step of the policy was executed.
    StepExecuted {
        /// In which climb of the ladder.
        cycle: u32,
        /// Which step, counted from 0.
        step: u32,
        /// How many recipients it can reach, shadows aside; 0 means nobody, and the next step follows
        /// at once.
        reachable: u32,
        /// Who is on call in it but can only coordinate, and is not told because somebody is who can
        /// act.
        passed_over: Vec<UserId>,
        /// Who has to acknowledge, when the step needs everybody it pages.
        awaits: Vec<UserId>,
        /// Whose turn it was, when the step tells one person after the other.
        turn: Option<TurnTaken>,
        /// What comes next, if nobody acknowledges.
        next: NextStep,
    },
    /// A step of the policy was not executed, because it is not for such an incident or such a time.
    StepSkipped {
        /// In which climb of the ladder.
        cycle: u32,
        /// Which step, counted from 0.
        step: u32,
        /// What it asks for in vain; the first thing, when there are several.
        unmet: Unmet,
        /// What comes next.
        next: NextStep,
    },
    /// The step that is due waits for the hours in which low urgency is told.
    Deferred {
        /// When they open.
        until: Timestamp,
    },
    /// It became too urgent to wait for hours to open: the step that waited is due.
    DeferralEnded {
        /// When it is due now.
        next_at: Timestamp,
    },
    /// A recipient is to be told.
    Paged {
        /// The page.
        page: PageId,
        /// Who.
        recipient: Recipient,
        /// The version of the user or endpoint whose rules and methods were used.
        recipient_version: u32,
        /// In which climb of the ladder.
        cycle: u32,
        /// By which step; none when reassigned, or told because nobody acknowledged to the end.
        step: Option<u32>,
        /// Why this recipient.
        why: PageWhy,
        /// By which ways; empty when the person cannot be told.
        deliveries: Vec<NewDelivery>,
        /// Why the person cannot be told; none when they can, and for endpoints.
        not_told: Option<NotTold>,
    },
    /// The last of a person's rules comes once more, because nobody acknowledged.
    Repeated {
        /// Of which page.
        page: PageId,
        /// The further delivery.
        delivery: NewDelivery,
    },
    /// Every step was executed as often as the policy says, and nobody has it.
    EscalationExhausted {
        /// How often the ladder was climbed.
        cycles: u32,
    },
    /// The ladder has come to its end, and whoever is there for that is told.
    FellBack {
        /// Whether that is every admin, because nobody else could be reached.
        to_admins: bool,
        /// How many people can be reached; 0 means that nobody hears of it.
        reachable: u32,
    },
    /// Nobody could be reached by the pages of the last step, so the next one is due at once.
    EscalationHastened {
        /// When it is due now.
        next_at: Timestamp,
    },
    /// An attempt came to its end.
    Attempted {
        /// Of which delivery.
        delivery: DeliveryId,
        /// 1 for the first.
        number: u32,
        /// When it was claimed.
        claimed_at: Timestamp,
        /// What became of it.
        outcome: AttemptOutcome,
        /// An earlier attempt's answer was lost, so the recipient may have been told twice.
        possible_duplicate: bool,
        /// The incident had been acknowledged or resolved between claim and first byte.
        crossed: bool,
        /// The message it was part of, when that carried other deliveries too.
        together: Option<Together>,
        /// What the provider said; free text, kept in the body row.
        detail: String,
    },
    /// A delivery that was due waits, because much went to that address lately.
    HeldBack {
        /// Which.
        delivery: DeliveryId,
        /// Until when, and why.
        held: HeldBack,
    },
    /// Somebody has it.
    Acknowledged {
        /// By which way.
        via: Via,
        /// When the acknowledgement no longer holds, if that is so for its service.
        expires_at: Option<Timestamp>,
        /// Deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
        /// From where: address and program; personal, kept in the body row.
        from: String,
    },
    /// Somebody acknowledged, but a step needs others to do so too: they are left in peace, and nobody
    /// has it yet.
    Confirmed {
        /// By which way.
        via: Via,
        /// Their deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Their deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
        /// How many are still to acknowledge.
        left: u32,
        /// From where: address and program; personal, kept in the body row.
        from: String,
    },
    /// The acknowledgement was taken back.
    Unacknowledged {
        /// By which way.
        via: Via,
        /// Cancelled deliveries that go out after all, with their new times.
        restored: Vec<(DeliveryId, Timestamp)>,
        /// When the next step comes.
        next_at: Option<Timestamp>,
    },
    /// Nobody did anything about it for as long as its service gives whoever has it, and it is
    /// nobody's again.
    AcknowledgementExpired {
        /// Who had it; none when that was no person.
        owner: Option<UserId>,
        /// Cancelled deliveries that go out after all, with their new times.
        restored: Vec<(DeliveryId, Timestamp)>,
        /// When the next step comes.
        next_at: Option<Timestamp>,
    },
    /// Somebody put it off.
    Snoozed {
        /// By which way.
        via: Via,
        /// When it comes back.
        until: Timestamp,
        /// Deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
    },
    /// The snooze was taken back: it is as it was before.
    Unsnoozed {
        /// By which way.
        via: Via,
        /// Whether somebody had it before, and has it again.
        acknowledged: bool,
        /// When that acknowledgement no longer holds, if that is so for its service.
        expires_at: Option<Timestamp>,
        /// Cancelled deliveries that go out after all, with their new times.
        restored: Vec<(DeliveryId, Timestamp)>,
        /// When the next step comes.
        next_at: Option<Timestamp>,
    },
    /// The time it was put off for is over: nobody has it, and its policy begins anew.
    SnoozeEnded {
        /// Who had put it off; none when that was no person.
        owner: Option<UserId>,
        /// When the policy's first step comes; none without a policy.
        next_at: Option<Timestamp>,
    },
    /// Somebody wanted a step at once.
    Escalated {
        /// By which way.
        via: Via,
        /// The step.
        next: NextStep,
    },
    /// It is over.
    Resolved {
        /// By which way.
        via: Via,
        /// Whether it was only its time that was up: its service ends what is open for long.
        timed_out: bool,
        /// Deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
        /// From where: address and program; personal, kept in the body row.
        from: String,
    },
    /// It was resolved too early and is open again.
    Reopened {
        /// By which way.
        via: Via,
        /// From when on it is over by itself, if that is so for its service.
        auto_resolve_at: Option<Timestamp>,
        /// Stopped deliveries that go out after all, with their new times.
        restored: Vec<(DeliveryId, Timestamp)>,
        /// When the next step comes.
        next_at: Option<Timestamp>,
    },
    /// It was given to somebody else.
    Reassigned {
        /// By which way.
        via: Via,
        /// To whom.
        to: ReassignTo,
        /// Deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// When the next step comes.
        next_at: Option<Timestamp>,
    },
    /// Pages that were due too long ago are not sent any more: sending was held, and who let it go
    /// wanted them dropped.
    Dropped {
        /// By which way.
        via: Via,
        /// What was due before this.
        due_before: Timestamp,
        /// The deliveries that will not go out.
        deliveries: Vec<DeliveryId>,
    },
    /// The ladder had come to its end without reaching anybody who took it, and goes on from here.
    EscalationRestarted {
        /// The step that comes next.
        next: NextStep,
    },
    /// Somebody had it, but it became louder since: they are told again, and the policy begins anew.
    Recalled {
        /// Who had it; none when that was no person.
        owner: Option<UserId>,
        /// When the policy's first step comes; none without a policy.
        next_at: Option<Timestamp>,
    },
    /// It is the same as another incident, where its alerts went; it is over with that.
    MergedInto {
        /// The other incident.
        into: IncidentId,
        /// By which way.
        via: Via,
        /// The alerts that went.
        alerts: Vec<AlertId>,
        /// Deliveries that will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
        /// From where: address and program; personal, kept in the body row.
        from: String,
    },
    /// Another incident was the same as this one, and its alerts came here.
    Absorbed {
        /// The other incident.
        incident: IncidentId,
        /// By which way.
        via: Via,
        /// The alerts that came and still fire.
        firing: Vec<AlertId>,
        /// The alerts that came and are over.
        resolved: Vec<AlertId>,
        /// How bad it is with them.
        severity: Severity,
        /// How loudly it is told with them.
        urgency: Urgency,
        /// The policy that pages from now on, when it did not page before.
        policy: Option<PolicyRef>,
    },
    /// Somebody asked others to help. A page for each of them follows.
    RespondersAsked {
        /// The request.
        request: RequestId,
        /// By which way.
        via: Via,
        /// Who was wanted.
        targets: Vec<HelpFrom>,
        /// Whom they mean now, but for those who were asked before or have the incident.
        people: Vec<UserId>,
        /// How many of those can be reached.
        reachable: u32,
        /// What was said to them; free text, kept in the body row.
        message: String,
    },
    /// Somebody who was asked to help said whether they do.
    ResponderAnswered {
        /// By which way.
        via: Via,
        /// Whether they do.
        accepted: bool,
        /// Deliveries that asked them and will not go out because of it.
        cancelled: Vec<DeliveryId>,
        /// Deliveries that were already being sent and may still arrive.
        under_way: Vec<DeliveryId>,
        /// From where: address and program; personal, kept in the body row.
        from: String,
    },
    /// Somebody wrote a note.
    Noted {
        /// Its id.
        note: NoteId,
        /// By which way.
        via: Via,
        /// What they wrote (Markdown); free text, kept in the body row.
        text: String,
    },
    /// Who wrote a note changed its text.
    NoteEdited {
        /// Which note.
        note: NoteId,
        /// By which way.
        via: Via,
        /// How often it was written now; 2 for the first edit.
        version: u32,
        /// What it says now (Markdown); free text, kept in the body row.
        text: String,
    },
    /// Who wrote a note took it away; its texts are erased.
    NoteDeleted {
        /// Which note.
        note: NoteId,
        /// By which way.
        via: Via,
    },
}
