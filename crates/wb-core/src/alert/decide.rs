//! What an event, or a person's resolve, does to an alert.

use super::{Alert, AlertFact};
use crate::actor::Actor;
use crate::decision::{Ctx, Decided, Decision};
use crate::event::{Event, EventAction, Severity, Urgency};
use crate::ids::{AlertId, IdSource, IncidentId, IntegrationId, ServiceId, SignalId, TeamId};

/// Where an event goes, found before the decision. For an open alert the alert's own route counts,
/// so that a changed rule can never strand a resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Whose event it is.
    pub integration: IntegrationId,
    /// The service.
    pub service: ServiceId,
    /// The service's team.
    pub team: TeamId,
}

impl Route {
    /// Where the events of this alert go.
    #[must_use]
    pub const fn of(alert: &Alert) -> Self {
        Self {
            integration: alert.integration,
            service: alert.service,
            team: alert.team,
        }
    }
}

/// What is decided.
#[derive(Clone, Copy, Debug)]
pub enum AlertInput<'a> {
    /// An event came for this alert's key.
    Event {
        /// The event.
        event: &'a Event,
        /// The signal it came in.
        signal: SignalId,
        /// Where it goes if it opens an alert.
        route: Route,
        /// How many signals this alert has had, with this one.
        count: u64,
    },
    /// A person resolved the incident.
    IncidentResolved {
        /// Who.
        by: Actor,
        /// How many signals this alert has had.
        count: u64,
    },
    /// A person merged the incident into another one.
    IncidentMerged {
        /// Into which.
        into: IncidentId,
        /// Who.
        by: Actor,
        /// How many signals this alert has had.
        count: u64,
    },
}

/// What became of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertOutcome {
    /// It opened an alert.
    Opened,
    /// It repeated what was known; only counted.
    Repeated,
    /// It made the alert worse.
    Raised,
    /// It said that somebody over there has it.
    Acknowledged,
    /// It ended the alert.
    Resolved,
    /// It went to another incident.
    Moved,
    /// It was an acknowledge or resolve for a key with no open alert; recorded, nothing else.
    Stray,
}

impl AlertOutcome {
    /// The word used in the store and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Repeated => "repeated",
            Self::Raised => "raised",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::Moved => "moved",
            Self::Stray => "stray",
        }
    }
}

/// What the alert asks of its incident, in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertCommand {
    /// Open an incident with this id.
    OpenIncident(IncidentId),
    /// This alert is worse now.
    RaiseSeverity {
        /// The new severity.
        to: Severity,
        /// The new urgency.
        urgency: Urgency,
    },
    /// Somebody over there has it.
    Acknowledge,
    /// This alert is over.
    AlertResolved,
}

/// The decision about an alert; no state and no facts when nothing about the alert changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertDecision {
    /// What became of the event.
    pub outcome: AlertOutcome,
    /// The new state with its facts, if any fact came out.
    pub decision: Option<Decision<Alert, AlertFact>>,
    /// What the incident has to do.
    pub command: Option<AlertCommand>,
}

impl AlertDecision {
    const fn unchanged(outcome: AlertOutcome, command: Option<AlertCommand>) -> Self {
        Self {
            outcome,
            decision: None,
            command,
        }
    }

    fn changed(
        outcome: AlertOutcome,
        state: Alert,
        fact: Decided<AlertFact>,
        command: Option<AlertCommand>,
    ) -> Self {
        let decision = Decision {
            state,
            facts: vec![fact],
            effects: Vec::new(),
        };
        Self {
            outcome,
            decision: Some(decision),
            command,
        }
    }
}

/// Decides about an alert. `alert` is the open alert of the event's key, if there is one.
#[must_use]
pub fn decide(alert: Option<&Alert>, input: AlertInput<'_>, ctx: Ctx<'_>) -> AlertDecision {
    match (alert, input) {
        (
            None,
            AlertInput::Event {
                event,
                signal,
                route,
                ..
            },
        ) => match event.action {
            EventAction::Trigger => open(event, signal, route, ctx),
            EventAction::Acknowledge | EventAction::Resolve => {
                AlertDecision::unchanged(AlertOutcome::Stray, None)
            }
        },
        (
            Some(alert),
            AlertInput::Event {
                event,
                signal,
                count,
                ..
            },
        ) => match event.action {
            EventAction::Trigger if event.severity.is_worse_than(alert.severity) => {
                raise(alert, event.severity, signal, count, ctx)
            }
            EventAction::Trigger => AlertDecision::unchanged(AlertOutcome::Repeated, None),
            EventAction::Acknowledge => AlertDecision::unchanged(
                AlertOutcome::Acknowledged,
                Some(AlertCommand::Acknowledge),
            ),
            EventAction::Resolve => resolve(
                alert,
                Some(signal),
                Actor::Integration(alert.integration),
                count,
                ctx,
            ),
        },
        (Some(alert), AlertInput::IncidentResolved { by, count }) if alert.is_open() => {
            resolve(alert, None, by, count, ctx)
        }
        (Some(alert), AlertInput::IncidentMerged { into, by, count }) => {
            move_to(alert, into, by, count, ctx)
        }
        (_, AlertInput::IncidentResolved { .. } | AlertInput::IncidentMerged { .. }) => {
            AlertDecision::unchanged(AlertOutcome::Stray, None)
        }
    }
}

fn open(event: &Event, signal: SignalId, route: Route, ctx: Ctx<'_>) -> AlertDecision {
    let mut ids = IdSource::new(ctx.now, ctx.input);
    let incident = IncidentId(ids.next("incident"));
    let fact = AlertFact::Opened {
        alert: AlertId(ids.next("alert")),
        integration: route.integration,
        service: route.service,
        team: route.team,
        incident,
        severity: event.severity,
        urgency: urgency(ctx, route.service, event.severity),
        signal,
        event: Box::new(event.clone()),
    };
    let first = Decided {
        at: ctx.now,
        actor: Actor::Integration(route.integration),
        fact,
    };
    match Alert::open(&first) {
        Some(state) => AlertDecision::changed(
            AlertOutcome::Opened,
            state,
            first,
            Some(AlertCommand::OpenIncident(incident)),
        ),
        // `open` gives a state for every `Opened` fact; this arm keeps the function total.
        None => AlertDecision::unchanged(AlertOutcome::Stray, None),
    }
}

fn raise(alert: &Alert, to: Severity, signal: SignalId, count: u64, ctx: Ctx<'_>) -> AlertDecision {
    let urgency = urgency(ctx, alert.service, to);
    let later = Decided {
        at: ctx.now.max(alert.updated_at),
        actor: Actor::Integration(alert.integration),
        fact: AlertFact::SeverityRaised {
            to,
            urgency,
            signal,
            count,
        },
    };
    let mut state = alert.clone();
    state.apply(&later);
    AlertDecision::changed(
        AlertOutcome::Raised,
        state,
        later,
        Some(AlertCommand::RaiseSeverity { to, urgency }),
    )
}

fn resolve(
    alert: &Alert,
    signal: Option<SignalId>,
    by: Actor,
    count: u64,
    ctx: Ctx<'_>,
) -> AlertDecision {
    let later = Decided {
        at: ctx.now.max(alert.updated_at),
        actor: by,
        fact: AlertFact::Resolved { signal, count },
    };
    let mut state = alert.clone();
    state.apply(&later);
    AlertDecision::changed(
        AlertOutcome::Resolved,
        state,
        later,
        Some(AlertCommand::AlertResolved),
    )
}

/// Its later events follow it there, because it is found by its key wherever it is.
fn move_to(alert: &Alert, to: IncidentId, by: Actor, count: u64, ctx: Ctx<'_>) -> AlertDecision {
    let later = Decided {
        at: ctx.now.max(alert.updated_at),
        actor: by,
        fact: AlertFact::Moved { to, count },
    };
    let mut state = alert.clone();
    state.apply(&later);
    AlertDecision::changed(AlertOutcome::Moved, state, later, None)
}

/// How loudly events of this severity are told on a service; high when the service is gone, because
/// silence is the worse mistake.
fn urgency(ctx: Ctx<'_>, service: ServiceId, severity: Severity) -> Urgency {
    ctx.config
        .services
        .get(&service)
        .map_or(Urgency::High, |found| found.value.urgency.of(severity))
}
