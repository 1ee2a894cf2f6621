//! The incident: what people work on, with its escalation, pages and deliveries.

mod apply;
mod attempts;
mod bundled;
mod commands;
mod decide;
mod escalation;
mod facts;
mod input;
mod merge;
mod notes;
mod paging;
mod responders;
mod targets;
mod timers;
mod turns;

pub use decide::{IncidentDecision, OpenIncident, decide, open};
pub use facts::{
    AttemptOutcome, Cause, FailureReason, IncidentFact, NewDelivery, NextStep, NotTold, ReassignTo,
    Unmet,
};
pub use input::{Absorbed, AttemptReport, AttemptResult, IncidentError, IncidentInput, Situation};
pub use notes::{Note, NoteText};
pub use responders::{Answer, HelpFrom, Responder};
pub use turns::{Turn, TurnTaken, Turns, next_in_turn};

use std::collections::BTreeMap;

use crate::bundle::{HeldBack, Together};
use crate::config::{Duty, Target};
use crate::event::{Severity, Urgency};
use crate::ids::{
    AlertId, DeliveryId, EndpointId, IncidentId, MethodId, PageId, PolicyId, RequestId, ScheduleId,
    ServiceId, TeamId, UserId,
};
use crate::oncall;
use crate::time::Timestamp;

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncidentState {
    /// Nobody has it yet.
    Triggered,
    /// Somebody has it.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl IncidentState {
    /// All of them, most pressing first.
    pub const ALL: [Self; 3] = [Self::Triggered, Self::Acknowledged, Self::Resolved];

    /// The word used in code, API and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Triggered => "triggered",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// The state of one incident, as folded from its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The service it is about.
    pub service: ServiceId,
    /// The team that owned the service when it opened.
    pub team: TeamId,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words; may be empty.
    pub summary: String,
    /// The worst severity so far.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: IncidentState,
    /// What opened it.
    pub cause: Cause,
    /// The escalation policy, held at the version it had.
    pub policy: Option<PolicyRef>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it was last acknowledged; none unless acknowledged or resolved after that.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was resolved; none while open.
    pub resolved_at: Option<Timestamp>,
    /// Who has it.
    pub owner: Option<UserId>,
    /// Until when it is put off; only while acknowledged.
    pub snooze: Option<Snooze>,
    /// When the acknowledgement no longer holds; none when it holds for good, or there is none.
    pub acknowledge_expires_at: Option<Timestamp>,
    /// From when on it is over by itself, if that is so for its service.
    pub auto_resolve_at: Option<Timestamp>,
    /// Its alerts; true while the alert is open.
    pub alerts: BTreeMap<AlertId, bool>,
    /// How far the escalation has come.
    pub escalation: Escalation,
    /// The time at which the hours open that a step waits, or waited, for; in force while that is
    /// when the step is due.
    pub deferred_until: Option<Timestamp>,
    /// Who has to acknowledge because a step needs everybody it pages; true for whoever did.
    pub awaited: BTreeMap<UserId, bool>,
    /// Pages decided before this are not repeated: the incident was given away since.
    pub rings_from: Option<Timestamp>,
    /// Everybody who was, or is to be, told.
    pub pages: Vec<Page>,
    /// Who was asked to help, each once, in the order of the last time they were.
    pub responders: Vec<Responder>,
    /// What the acknowledgement or resolve in force stopped, retries too; goes out after all if it
    /// is taken back.
    pub stopped: Vec<DeliveryId>,
    /// Where it went when it was found to be the same as another incident.
    pub merged: Option<Merged>,
    /// The incidents that were found to be the same as this one, in order.
    pub absorbed: Vec<IncidentId>,
    /// The time of the last fact; the next one is never before it.
    pub updated_at: Timestamp,
}

/// An incident that is put off: somebody has it, and it comes back by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// When it comes back.
    pub until: Timestamp,
    /// Whether somebody had it before, and has it again when the snooze is taken back.
    pub was_acknowledged: bool,
}

/// An incident's end in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The other incident.
    pub into: IncidentId,
    /// The alerts that were its own until then.
    pub alerts: Vec<AlertId>,
}

/// A policy at one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyRef {
    /// Which policy.
    pub id: PolicyId,
    /// Which version of it.
    pub version: u32,
}

/// How far the escalation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// How often the whole ladder has been climbed.
    pub cycle: u32,
    /// The step that comes next, counted from 0.
    pub next_step: u32,
    /// Whether and when it comes.
    pub state: EscalationState,
    /// Whether the admins were told because nobody else could be reached.
    pub fell_back: bool,
}

/// Whether and when the next step comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscalationState {
    /// Nobody is to be paged: no policy, or urgency none.
    Off,
    /// The next step is executed at this time.
    Due(Timestamp),
    /// Somebody has it, or it is over; the step had been due at this time.
    Held {
        /// When the next step would have come, if one would.
        was_due: Option<Timestamp>,
    },
    /// Every step was executed, as often as the policy says.
    Exhausted,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// A person.
    Person(UserId),
    /// An endpoint; never counts as reaching a human.
    Endpoint(EndpointId),
}

/// A recipient is to be told about this incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// Who is told.
    pub recipient: Recipient,
    /// The version of the user or endpoint whose rules and methods were used.
    pub recipient_version: u32,
    /// In which climb of the ladder.
    pub cycle: u32,
    /// By which step; none when a person reassigned the incident or asked for help, or at the end of
    /// the policy.
    pub step: Option<u32>,
    /// When it was decided.
    pub at: Timestamp,
    /// Why this recipient.
    pub why: PageWhy,
    /// By which ways, in order of time.
    pub deliveries: Vec<Delivery>,
}

/// Why a recipient was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageWhy {
    /// The step names this target, which is, or contains, the recipient.
    Target(Target),
    /// The step names a schedule, and they are on call in it.
    OnCall {
        /// The schedule.
        schedule: ScheduleId,
        /// Its version.
        version: u32,
        /// What they are on call for; a shadow is told and never counted on.
        duty: Duty,
        /// The rotation, turn or override.
        why: oncall::Why,
    },
    /// Somebody gave them the incident.
    Reassigned,
    /// They had the incident, and it became louder.
    Louder,
    /// Somebody asked them to help.
    Asked {
        /// With which request.
        request: RequestId,
    },
}

impl PageWhy {
    /// Whether who is paged for this reason is told only, and nobody counts on them.
    #[must_use]
    pub const fn is_shadow(self) -> bool {
        matches!(self, Self::OnCall { duty, .. } if !duty.counts())
    }

    /// Whether who is paged for this reason is asked to help, whoever has the incident.
    #[must_use]
    pub const fn is_asked(self) -> bool {
        matches!(self, Self::Asked { .. })
    }
}

/// A page over one contact method or endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The contact method; none for an endpoint.
    pub method: Option<MethodId>,
    /// The channel's name.
    pub channel: String,
    /// When it was planned to go out.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// Until when it waits because much goes to its recipient, and why; an attempt ends that.
    pub held_back: Option<HeldBack>,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// It waits for its time, for a retry, or for the attempt under way.
    Planned,
    /// A provider accepted it.
    Sent,
    /// No attempt succeeded and none follows.
    GivenUp,
    /// It was no longer needed.
    Cancelled,
}

/// One try with one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// When its outcome was known.
    pub finished_at: Timestamp,
    /// What became of it.
    pub outcome: AttemptOutcome,
    /// An earlier attempt's answer was lost, so the recipient may have been told twice.
    pub possible_duplicate: bool,
    /// The message it was part of, when that carried other deliveries too.
    pub together: Option<Together>,
}

impl Delivery {
    /// Whether an attempt before the one with this number may have told the recipient, so that they
    /// may be told twice.
    #[must_use]
    pub fn may_have_gone_out_before(&self, number: u32) -> bool {
        self.attempts
            .iter()
            .any(|attempt| attempt.number < number && attempt.outcome.may_have_gone_out())
    }
}

impl Incident {
    /// When the incident next needs a decision of its own accord; the aggregate's one wake-up.
    #[must_use]
    pub const fn wake_at(&self) -> Option<Timestamp> {
        match (self.state, self.escalation.state, self.snooze) {
            (IncidentState::Resolved, ..) => None,
            (IncidentState::Triggered, EscalationState::Due(at), _) => Some(at),
            (IncidentState::Acknowledged, _, Some(snooze)) => Some(snooze.until),
            (IncidentState::Acknowledged, _, None) => {
                earliest(self.acknowledge_expires_at, self.auto_resolve_at)
            }
            (IncidentState::Triggered, ..) => self.auto_resolve_at,
        }
    }

    /// Whether its next step waits for hours to open.
    #[must_use]
    pub fn is_deferred(&self) -> bool {
        let until = self.deferred_until.map(EscalationState::Due);
        until == Some(self.escalation.state)
    }

    /// Whether this recipient is still to be told for this reason: nobody has it, nor did they
    /// acknowledge for themselves. Whoever is asked to help is told until they answer.
    #[must_use]
    pub fn wants(&self, recipient: Recipient, why: PageWhy) -> bool {
        if let PageWhy::Asked { request } = why {
            return self.is_open() && self.waits_for_answer(recipient, request);
        }
        let has_confirmed = match recipient {
            Recipient::Person(user) => self.awaited.get(&user) == Some(&true),
            Recipient::Endpoint(_) => false,
        };
        self.state == IncidentState::Triggered && !has_confirmed
    }

    /// Whether it is not resolved.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state != IncidentState::Resolved
    }

    /// How many of its alerts are still open.
    #[must_use]
    pub fn open_alerts(&self) -> usize {
        self.alerts.values().filter(|open| **open).count()
    }

    /// The deliveries that may still go out.
    pub fn planned_deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.pages
            .iter()
            .flat_map(|page| &page.deliveries)
            .filter(|delivery| delivery.state == DeliveryState::Planned)
    }

    /// A delivery with its page.
    #[must_use]
    pub fn delivery(&self, id: DeliveryId) -> Option<(&Page, &Delivery)> {
        self.pages.iter().find_map(|page| {
            page.deliveries
                .iter()
                .find(|delivery| delivery.id == id)
                .map(|d| (page, d))
        })
    }
}

/// The earlier of two times, as far as there are any.
const fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) if other.as_micros() < one.as_micros() => Some(other),
        (Some(at), _) | (None, Some(at)) => Some(at),
        (None, None) => None,
    }
}
