//! The alert: all events of one integration with one dedup key, until resolved.

mod decide;

pub use decide::{AlertCommand, AlertDecision, AlertInput, AlertOutcome, Route, decide};

use crate::decision::Decided;
use crate::event::{Event, Severity, Urgency};
use crate::ids::{AlertId, IncidentId, IntegrationId, ServiceId, SignalId, TeamId};
use crate::time::Timestamp;

/// The state of one alert, as folded from its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// Whose events it holds.
    pub integration: IntegrationId,
    /// The service it was routed to.
    pub service: ServiceId,
    /// The team that owned the service when the alert opened.
    pub team: TeamId,
    /// The incident it belongs to.
    pub incident: IncidentId,
    /// The worst severity reported so far.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it was resolved; none while open.
    pub resolved_at: Option<Timestamp>,
    /// The time of the last fact; the next one is never before it.
    pub updated_at: Timestamp,
    /// The signal that opened it.
    pub opened_by: SignalId,
    /// The event that opened it.
    pub event: Event,
}

/// What can become true of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertFact {
    /// It opened.
    Opened {
        /// Its id.
        alert: AlertId,
        /// Whose event it was.
        integration: IntegrationId,
        /// The service it was routed to.
        service: ServiceId,
        /// The service's team.
        team: TeamId,
        /// The incident it belongs to.
        incident: IncidentId,
        /// Its severity.
        severity: Severity,
        /// Its urgency.
        urgency: Urgency,
        /// The signal that opened it.
        signal: SignalId,
        /// The event; free text, kept in the body row.
        event: Box<Event>,
    },
    /// A later event was worse.
    SeverityRaised {
        /// The new severity.
        to: Severity,
        /// The new urgency.
        urgency: Urgency,
        /// The signal that raised it.
        signal: SignalId,
        /// How many signals had come by then.
        count: u64,
    },
    /// It is over.
    Resolved {
        /// The signal that resolved it; none when a person resolved the incident.
        signal: Option<SignalId>,
        /// How many signals had come by then.
        count: u64,
    },
    /// Its incident was merged into another one, to which it belongs from now on.
    Moved {
        /// That incident.
        to: IncidentId,
        /// How many signals had come by then.
        count: u64,
    },
}

impl Alert {
    /// The state that the first fact gives; `None` when that is not [`AlertFact::Opened`].
    #[must_use]
    pub fn open(first: &Decided<AlertFact>) -> Option<Self> {
        let AlertFact::Opened {
            alert,
            integration,
            service,
            team,
            incident,
            severity,
            urgency,
            signal,
            event,
        } = &first.fact
        else {
            return None;
        };
        Some(Self {
            id: *alert,
            integration: *integration,
            service: *service,
            team: *team,
            incident: *incident,
            severity: *severity,
            urgency: *urgency,
            opened_at: first.at,
            resolved_at: None,
            updated_at: first.at,
            opened_by: *signal,
            event: (**event).clone(),
        })
    }

    /// Changes the state by one later fact.
    pub fn apply(&mut self, later: &Decided<AlertFact>) {
        self.updated_at = later.at;
        match &later.fact {
            AlertFact::Opened { .. } => {}
            AlertFact::SeverityRaised { to, urgency, .. } => {
                self.severity = *to;
                self.urgency = *urgency;
            }
            AlertFact::Resolved { .. } => self.resolved_at = Some(later.at),
            AlertFact::Moved { to, .. } => self.incident = *to,
        }
    }

    /// Whether it is still open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }
}
