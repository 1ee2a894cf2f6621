//! What commands, alerts, ticks and receipts do to an incident.

use super::{
    Cause, Incident, IncidentError, IncidentFact, IncidentInput, PolicyRef, Situation, Turns,
    notes, timers,
};
use crate::actor::{Actor, Via};
use crate::config::Policy;
use crate::decision::{Ctx, Decided, Decision, Effect};
use crate::event::{Severity, Urgency};
use crate::ids::{AlertId, IdSource, IncidentId, ServiceId, TeamId};
use crate::time::Timestamp;

/// The decision about an incident.
pub type IncidentDecision = Decision<Incident, IncidentFact>;

/// What opens an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// Its id, derived by whoever opens it.
    pub id: IncidentId,
    /// The service.
    pub service: ServiceId,
    /// The service's team.
    pub team: TeamId,
    /// How bad it is.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// What opens it.
    pub cause: Cause,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words; may be empty.
    pub summary: String,
}

/// Opens an incident and executes its first step; `turns` as in [`Situation::turns`].
#[must_use]
pub fn open(
    new: OpenIncident,
    actor: Actor,
    turns: &Turns,
    ctx: Ctx<'_>,
) -> Option<IncidentDecision> {
    let policy = paging_policy(new.service, new.urgency, ctx);
    let fact = IncidentFact::Opened {
        incident: new.id,
        service: new.service,
        team: new.team,
        severity: new.severity,
        urgency: new.urgency,
        cause: new.cause,
        policy,
        auto_resolve_at: timers::later(
            ctx.now,
            timers::timeouts_of(new.service, ctx).auto_resolve_after_s,
        ),
        title: new.title,
        summary: new.summary,
    };
    let first = Decided {
        at: ctx.now,
        actor,
        fact,
    };
    let state = Incident::open(&first)?;
    let mut work = Work {
        ids: IdSource::new(ctx.now, ctx.input),
        now: ctx.now,
        ctx,
        state,
        turns: turns.clone(),
        facts: vec![first],
        effects: Vec::new(),
    };
    let policy = policy
        .and_then(|held| ctx.config.policies.get(&held.id))
        .map(|p| &p.value);
    work.run_due_steps(policy);
    Some(work.finish())
}

/// The policy that pages for a service at this urgency, at its current version.
pub(super) fn paging_policy(
    service: ServiceId,
    urgency: Urgency,
    ctx: Ctx<'_>,
) -> Option<PolicyRef> {
    if urgency == Urgency::None {
        return None;
    }
    let id = ctx.config.services.get(&service)?.value.policy?;
    let version = ctx.config.policies.get(&id)?.version;
    Some(PolicyRef { id, version })
}

/// Decides about an existing incident. A decision without facts means: nothing to change (an
/// acknowledgement of what is acknowledged, a wake-up that is no longer due).
///
/// # Errors
/// When the command does not fit the incident's state.
pub fn decide(
    incident: &Incident,
    input: IncidentInput,
    situation: Situation<'_>,
    ctx: Ctx<'_>,
) -> Result<IncidentDecision, IncidentError> {
    let mut work = Work {
        ids: IdSource::new(ctx.now, ctx.input),
        now: ctx.now.max(incident.updated_at),
        ctx,
        state: incident.clone(),
        turns: situation.turns.clone(),
        facts: Vec::new(),
        effects: Vec::new(),
    };
    match input {
        IncidentInput::Tick => work.tick(situation),
        IncidentInput::AlertResolved { alert, via } => {
            work.alert_resolved(alert, via, situation);
        }
        IncidentInput::SeverityRaised { alert, to, urgency } => {
            work.severity_raised(alert, to, urgency, situation);
        }
        IncidentInput::Acknowledge { via, from } => work.acknowledge(via, from, situation)?,
        IncidentInput::Unacknowledge { via } => work.unacknowledge(via, situation)?,
        IncidentInput::Snooze { via, until } => work.snooze(via, until, situation)?,
        IncidentInput::Unsnooze { via } => work.unsnooze(via, situation)?,
        IncidentInput::Escalate { via, step } => work.escalate(via, step, situation)?,
        IncidentInput::Resolve { via, from } => work.resolve_by_hand(via, from, situation)?,
        IncidentInput::Reopen { via } => work.reopen(via, situation)?,
        IncidentInput::Reassign { via, to } => work.reassign(via, to, situation)?,
        IncidentInput::Drop { via, due_before } => work.drop_overdue(via, due_before, situation),
        IncidentInput::AskResponders {
            via,
            targets,
            message,
        } => work.ask_responders(via, targets, message, situation)?,
        IncidentInput::AnswerRequest { via, from, accepts } => {
            work.answer_request(via, from, accepts, situation)?;
        }
        IncidentInput::Note { note, via, text } => {
            notes::check_length(&text)?;
            work.emit(situation.actor, IncidentFact::Noted { note, via, text });
        }
        IncidentInput::EditNote { note, via, text } => {
            work.edit_note(note, via, text, situation)?;
        }
        IncidentInput::DeleteNote { note, via } => work.delete_note(note, via, situation)?,
        IncidentInput::MergeInto { into, via, from } => {
            work.merge_into(into, via, from, situation)?;
        }
        IncidentInput::Absorb(absorbed) => work.absorb(absorbed, situation)?,
        IncidentInput::Attempt(report) => {
            work.attempted(report, situation.policy)?;
            work.run_due_steps(situation.policy);
        }
        IncidentInput::HoldBack(holds) => work.hold_back(holds),
    }
    Ok(work.finish())
}

/// A decision in the making: facts are applied to the state as they are made.
pub(super) struct Work<'a> {
    pub(super) ids: IdSource,
    pub(super) now: Timestamp,
    pub(super) ctx: Ctx<'a>,
    pub(super) state: Incident,
    pub(super) turns: Turns,
    facts: Vec<Decided<IncidentFact>>,
    pub(super) effects: Vec<Effect>,
}

impl<'a> Work<'a> {
    pub(super) fn emit(&mut self, actor: Actor, fact: IncidentFact) {
        let decided = Decided {
            at: self.now,
            actor,
            fact,
        };
        self.state.apply(&decided);
        self.facts.push(decided);
    }

    fn finish(self) -> IncidentDecision {
        Decision {
            state: self.state,
            facts: self.facts,
            effects: self.effects,
        }
    }

    fn alert_resolved(&mut self, alert: AlertId, via: Via, situation: Situation<'_>) {
        if self.state.alerts.get(&alert) != Some(&true) {
            return;
        }
        self.emit(situation.actor, IncidentFact::AlertResolved { alert });
        if self.state.is_open() && self.state.open_alerts() == 0 {
            self.resolve(via, String::new(), situation);
        }
    }

    fn severity_raised(
        &mut self,
        alert: AlertId,
        to: Severity,
        urgency: Urgency,
        situation: Situation<'_>,
    ) {
        if !to.is_worse_than(self.state.severity) {
            return;
        }
        let before = self.weight();
        let policy = self.policy_at(urgency);
        let urgency = urgency.min(before.urgency);
        self.emit(
            Actor::System,
            IncidentFact::SeverityRaised {
                to,
                urgency,
                alert,
                policy,
            },
        );
        self.tell_again_if_louder(before, situation);
    }

    /// The policy that pages once the incident is this urgent. Louder than before: a service that
    /// only recorded may have to page from now on.
    pub(super) fn policy_at(&self, urgency: Urgency) -> Option<PolicyRef> {
        match self.state.policy {
            Some(held) => Some(held),
            None => paging_policy(self.state.service, urgency, self.ctx),
        }
    }

    /// The held policy, also when the incident came to hold it within this decision.
    pub(super) fn held_policy<'s>(&self, situation: Situation<'s>) -> Option<&'s Policy>
    where
        'a: 's,
    {
        situation.policy.or_else(|| {
            let held = self.state.policy?;
            self.ctx.config.policies.get(&held.id).map(|p| &p.value)
        })
    }
}
