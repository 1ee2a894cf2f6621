//! Commands of people and senders to incidents: load, decide, save.

mod bulk;
mod merge;
mod notes;
mod responders;
mod turns;

pub use bulk::BulkAction;
pub use merge::Merging;
pub use responders::{AskTarget, Asked, Asking};
pub(crate) use turns::{InTurn, in_turn_of_service, lock as lock_turns};

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;
use wb_core::alert::{self, AlertInput};
use wb_core::config::{Config, Permission, Policy};
use wb_core::decision::Ctx;
use wb_core::event::Severity;
use wb_core::ids::{DeliveryId, IncidentId, NoteId, PolicyId, ServiceId, TeamId, UserId, derive};
use wb_core::incident::{
    self, Cause, Incident, IncidentDecision, IncidentFact, IncidentInput, IncidentState,
    OpenIncident, PolicyRef, ReassignTo, Situation, Turns,
};
use wb_core::limits;
use wb_core::planted::{self, Bug};
use wb_core::time::Timestamp;
use wb_store::alerts::AlertRow;
use wb_store::db::{Lane, Tx};
use wb_store::save::{InputBody, InputRow, Save};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::live::Hint;

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whether anything changed; acknowledging what is acknowledged changes nothing.
    pub changed: bool,
    /// Where the incident stands now.
    pub state: IncidentState,
    /// Who has it.
    pub owner: Option<UserId>,
    /// How many planned deliveries were stopped.
    pub cancelled: usize,
    /// How many of its alerts still fire.
    pub open_alerts: usize,
    /// The incident's version now.
    pub version: u64,
}

/// An incident declared by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declare {
    /// The service it is about.
    pub service: ServiceId,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words; may be empty.
    pub summary: String,
    /// How bad it is; major when not said.
    pub severity: Option<Severity>,
}

/// Who gets a reassigned incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReassignTarget {
    /// A person.
    User(UserId),
    /// A policy, at its current version.
    Policy(PolicyId),
}

#[derive(Clone, Debug)]
enum Command {
    Acknowledge,
    Unacknowledge,
    Resolve,
    Reopen,
    Reassign(ReassignTarget),
    Snooze(Timestamp),
    Unsnooze,
    Escalate(Option<u32>),
    Note(NoteId, String),
}

impl Command {
    const fn word(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Reassign(_) => "reassign",
            Self::Snooze(_) => "snooze",
            Self::Unsnooze => "unsnooze",
            Self::Escalate(_) => "escalate",
            Self::Note(..) => "note",
        }
    }

    fn input(&self, caller: &Caller, config: &Config) -> Result<IncidentInput, AppError> {
        let via = caller.via;
        Ok(match self {
            Self::Acknowledge => IncidentInput::Acknowledge {
                via,
                from: caller.from.clone(),
            },
            Self::Unacknowledge => IncidentInput::Unacknowledge { via },
            Self::Resolve => IncidentInput::Resolve {
                via,
                from: caller.from.clone(),
            },
            Self::Reopen => IncidentInput::Reopen { via },
            Self::Reassign(to) => IncidentInput::Reassign {
                via,
                to: reassign_to(*to, config)?,
            },
            Self::Snooze(until) => IncidentInput::Snooze { via, until: *until },
            Self::Unsnooze => IncidentInput::Unsnooze { via },
            Self::Escalate(step) => IncidentInput::Escalate { via, step: *step },
            Self::Note(note, text) => IncidentInput::Note {
                note: *note,
                via,
                text: text.clone(),
            },
        })
    }
}

fn reassign_to(target: ReassignTarget, config: &Config) -> Result<ReassignTo, AppError> {
    match target {
        ReassignTarget::User(id) => match config.users.get(&id) {
            Some(user) if user.value.active => Ok(ReassignTo::User(id)),
            Some(_) => Err(AppError::invalid(
                "user",
                "This user is inactive and is never paged.",
            )),
            None => Err(AppError::invalid("user", "There is no such user.")),
        },
        ReassignTarget::Policy(id) => match config.policies.get(&id) {
            Some(policy) => Ok(ReassignTo::Policy(PolicyRef {
                id,
                version: policy.version,
            })),
            None => Err(AppError::invalid(
                "policy",
                "There is no such escalation policy.",
            )),
        },
    }
}

impl App {
    /// Declares an incident by hand and executes its first step.
    ///
    /// # Errors
    /// When the service is unknown, the title is empty or too long, or the store fails.
    pub async fn declare(
        self: &Arc<Self>,
        caller: &Caller,
        declare: Declare,
    ) -> Result<IncidentId, AppError> {
        if declare.title.trim().is_empty() {
            return Err(AppError::invalid("title", "Say in a line what is wrong."));
        }
        if declare.title.chars().count() > limits::SUMMARY_SHOWN_CHARS {
            let message = format!(
                "Keep the title under {} characters; the rest belongs into the summary.",
                limits::SUMMARY_SHOWN_CHARS
            );
            return Err(AppError::invalid("title", message));
        }
        let deps = self.deps();
        let caller = caller.clone();
        let (id, team) = self
            .decide(Lane::People, move |tx, config| {
                run_declare(tx, config, &deps, &caller, &declare)
            })
            .await?;
        self.incident_changed(id, 1, team);
        Ok(id)
    }

    /// Takes the incident; everything still planned is cancelled in the same transaction.
    ///
    /// # Errors
    /// When it is resolved, unknown to the caller, or the store fails.
    pub async fn acknowledge(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Acknowledge).await
    }

    /// Takes an acknowledgement back; what it stopped goes out after all.
    ///
    /// # Errors
    /// When it is not acknowledged, unknown to the caller, or the store fails.
    pub async fn unacknowledge(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Unacknowledge).await
    }

    /// Ends the incident and its alerts.
    ///
    /// # Errors
    /// When it is unknown to the caller, or the store fails.
    pub async fn resolve(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Resolve).await
    }

    /// Opens a resolved incident again.
    ///
    /// # Errors
    /// When it is not resolved, unknown to the caller, or the store fails.
    pub async fn reopen(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Reopen).await
    }

    /// Gives the incident to a person or to another policy.
    ///
    /// # Errors
    /// When it is resolved, the target is unknown, or the store fails.
    pub async fn reassign(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        to: ReassignTarget,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Reassign(to)).await
    }

    /// Puts the incident off: it comes back then, and its policy begins anew.
    ///
    /// # Errors
    /// When it is resolved, the time is past or too far off, or the store fails.
    pub async fn snooze(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        until: Timestamp,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Snooze(until)).await
    }

    /// Takes a snooze back; the incident is as it was before.
    ///
    /// # Errors
    /// When it is not snoozed, unknown to the caller, or the store fails.
    pub async fn unsnooze(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Unsnooze).await
    }

    /// Executes the next step at once, or the one with this number, counted from 0.
    ///
    /// # Errors
    /// When it is resolved, has no policy or no such step, or the store fails.
    pub async fn escalate(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        step: Option<u32>,
    ) -> Result<Changed, AppError> {
        self.command(caller, id, Command::Escalate(step)).await
    }

    /// Writes a note into the record.
    ///
    /// # Errors
    /// When the text is empty or too long, the incident is unknown, or the store fails.
    pub async fn note(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        text: String,
    ) -> Result<NoteId, AppError> {
        let note = NoteId(self.fresh_id());
        self.command(caller, id, Command::Note(note, text)).await?;
        Ok(note)
    }

    async fn command(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        command: Command,
    ) -> Result<Changed, AppError> {
        let deps = self.deps();
        let caller = caller.clone();
        let (changed, team) = self
            .decide(Lane::People, move |tx, config| {
                run_command(tx, config, &deps, &caller, id, &command)
            })
            .await?;
        if changed.changed {
            self.incident_changed(id, changed.version, team);
        }
        Ok(changed)
    }

    /// What a use case takes into its transaction, drawn once, so that a second run decides the
    /// same.
    pub(crate) fn deps(&self) -> Deps {
        Deps {
            now: self.now(),
            input: self.fresh_id(),
            salt_key: self.vault.salt_key(),
        }
    }

    /// Wakes the workers and tells the views.
    pub(crate) fn incident_changed(&self, id: IncidentId, version: u64, team: TeamId) {
        self.sender_poke.notify_one();
        self.timers_poke.notify_one();
        if planted::is(Bug::WakeUpApart) {
            let store = self.store.clone();
            tokio::spawn(async move {
                let wake = move |tx: &mut Tx<'_>| Ok(wb_store::incidents::wake_apart(tx, id)?);
                store.write::<_, AppError, _>(Lane::Timers, wake).await
            });
        }
        let id = id.to_string();
        self.live.tell(Hint {
            kind: "incident",
            id,
            version,
            team: Some(team),
        });
    }
}

/// What a use case takes into its transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deps {
    /// The time of the decision.
    pub(crate) now: Timestamp,
    /// The id of the input.
    pub(crate) input: Uuid,
    /// The key of the salts.
    pub(crate) salt_key: [u8; 32],
}

fn run_declare(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    caller: &Caller,
    declare: &Declare,
) -> Result<(IncidentId, TeamId), AppError> {
    let service = config
        .services
        .get(&declare.service)
        .ok_or_else(|| AppError::invalid("service", "There is no such service."))?;
    caller.require(Permission::Write, service.value.team)?;
    let severity = declare.severity.unwrap_or(Severity::Major);
    let id = IncidentId(derive(deps.now, deps.input, "declared", 0));
    let new = OpenIncident {
        id,
        service: declare.service,
        team: service.value.team,
        severity,
        urgency: service.value.urgency.of(severity),
        cause: Cause::Declared { via: caller.via },
        title: declare.title.trim().to_owned(),
        summary: declare.summary.clone(),
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let turns = lock_turns(tx, &in_turn_of_service(config, declare.service))?;
    let decision = incident::open(new, caller.actor, &turns, ctx)
        .ok_or_else(|| AppError::Internal("an opening fact gave no incident".to_owned()))?;
    let mut save = Save::new(deps.salt_key);
    let body = InputBody::Declare {
        service: declare.service,
        severity,
    };
    save.input(deps.row("declare", caller, id, body, config));
    save.incident(None, &decision)?;
    save.flush(tx)?;
    Ok((id, service.value.team))
}

fn run_command(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    caller: &Caller,
    id: IncidentId,
    command: &Command,
) -> Result<(Changed, TeamId), AppError> {
    // Alerts before their incident, as in every transaction: the events of these very alerts may be
    // under way, and would be waited for in a circle.
    let alerts = match command {
        Command::Resolve => wb_store::alerts::open_of_incident(tx, id)?,
        _ => Vec::new(),
    };
    let also = match command {
        Command::Reassign(ReassignTarget::Policy(policy)) => turns::in_turn_now(config, *policy),
        _ => InTurn::new(),
    };
    let loaded = LoadedIncident::load_with(tx, config, id, also)?.ok_or(AppError::NotFound)?;
    caller.require(Permission::Write, loaded.state.team)?;
    let deps = Deps {
        now: loaded.not_before(deps.now),
        ..*deps
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let mut save = Save::new(deps.salt_key);
    if loaded.state.is_open() {
        resolve_alerts(&mut save, alerts, caller, ctx)?;
    }
    let input = command.input(caller, config)?;
    let body = InputBody::Incident(input.clone());
    let decision = incident::decide(&loaded.state, input, loaded.situation(caller.actor), ctx)?;
    let changed = !decision.facts.is_empty();
    let outcome = Changed {
        open_alerts: loaded.state.open_alerts(),
        ..loaded.changed_by(&decision)
    };
    if changed {
        save.input(deps.row(command.word(), caller, id, body, config));
        save.incident(Some(loaded.head), &decision)?;
        save.flush(tx)?;
    }
    Ok((outcome, loaded.state.team))
}

fn stopped_by(fact: &IncidentFact) -> usize {
    match fact {
        IncidentFact::Acknowledged { cancelled, .. }
        | IncidentFact::Resolved { cancelled, .. }
        | IncidentFact::Snoozed { cancelled, .. }
        | IncidentFact::ResponderAnswered { cancelled, .. }
        | IncidentFact::MergedInto { cancelled, .. }
        | IncidentFact::Reassigned { cancelled, .. } => cancelled.len(),
        _ => 0,
    }
}

/// Resolving an incident by hand ends its alerts.
pub(crate) fn resolve_alerts(
    save: &mut Save,
    alerts: Vec<AlertRow>,
    caller: &Caller,
    ctx: Ctx<'_>,
) -> Result<(), AppError> {
    for open in alerts {
        let input = AlertInput::IncidentResolved {
            by: caller.actor,
            count: open.count,
        };
        if let Some(decision) = alert::decide(Some(&open.alert.state), input, ctx).decision {
            save.alert(Some(open.alert.head), &decision)?;
        }
    }
    Ok(())
}

/// An incident with everything a decision about it needs.
pub(crate) struct LoadedIncident {
    pub(crate) state: Incident,
    pub(crate) head: wb_store::save::Head,
    policy: Option<Policy>,
    under_way: BTreeSet<DeliveryId>,
    turns: Turns,
    last_claim: Option<Timestamp>,
}

impl LoadedIncident {
    /// Loads for a decision; on PostgreSQL the incident's row, its outbox rows and the turns it may take
    /// stay locked until the commit, so that a claim and a cancellation cannot cross.
    pub(crate) fn load(
        tx: &mut Tx<'_>,
        config: &Config,
        id: IncidentId,
    ) -> Result<Option<Self>, AppError> {
        Self::load_with(tx, config, id, InTurn::new())
    }

    /// As [`Self::load`], for a decision that may take these turns as well.
    pub(crate) fn load_with(
        tx: &mut Tx<'_>,
        config: &Config,
        id: IncidentId,
        also: InTurn,
    ) -> Result<Option<Self>, AppError> {
        let Some(mut loaded) = Self::load_without_turns(tx, config, id)? else {
            return Ok(None);
        };
        let mut steps = loaded.in_turn(config);
        steps.extend(also);
        loaded.turns = lock_turns(tx, &steps)?;
        Ok(Some(loaded))
    }

    /// As [`Self::load`], for who decides about several incidents and locks their turns at once.
    pub(crate) fn load_without_turns(
        tx: &mut Tx<'_>,
        config: &Config,
        id: IncidentId,
    ) -> Result<Option<Self>, AppError> {
        let Some(loaded) = wb_store::incidents::load(tx, id)? else {
            return Ok(None);
        };
        let deliveries = wb_store::outbox::lock(tx, id)?;
        let last_claim = deliveries.iter().filter_map(|row| row.claimed_at).max();
        let under_way = deliveries
            .into_iter()
            .filter(|row| row.claimed_at.is_some())
            .map(|row| row.delivery)
            .collect();
        let policy = held_policy(tx, config, &loaded.state)?;
        Ok(Some(Self {
            state: loaded.state,
            head: loaded.head,
            policy,
            under_way,
            turns: Turns::default(),
            last_claim,
        }))
    }

    /// The time of a decision that may stop deliveries: not before the claims that it found under
    /// way. The time of a command is taken when it arrives, so a claim may have overtaken it, and the
    /// record would look as if that delivery had been claimed after the acknowledgement.
    pub(crate) fn not_before(&self, now: Timestamp) -> Timestamp {
        self.last_claim
            .map_or(now, |claimed_at| claimed_at.max(now))
    }

    /// What a decision about it does, in short.
    fn changed_by(&self, decision: &IncidentDecision) -> Changed {
        let state = &decision.state;
        let cancelled = decision
            .facts
            .iter()
            .map(|decided| stopped_by(&decided.fact));
        Changed {
            changed: !decision.facts.is_empty(),
            state: state.state,
            owner: state.owner,
            cancelled: cancelled.sum(),
            open_alerts: state.open_alerts(),
            version: self.head.seq + decision.facts.len() as u64,
        }
    }

    pub(crate) fn situation(&self, actor: wb_core::actor::Actor) -> Situation<'_> {
        Situation {
            policy: self.policy.as_ref(),
            under_way: &self.under_way,
            turns: &self.turns,
            actor,
        }
    }
}

/// The policy at the version the incident holds, from the snapshot when that is the current one.
pub(crate) fn held_policy(
    tx: &mut Tx<'_>,
    config: &Config,
    incident: &Incident,
) -> Result<Option<Policy>, AppError> {
    let Some(held) = incident.policy else {
        return Ok(None);
    };
    if let Some(current) = config.policies.get(&held.id)
        && current.version == held.version
    {
        return Ok(Some(current.value.clone()));
    }
    Ok(wb_store::config::policy_at(tx, held)?)
}

impl Deps {
    pub(crate) fn row(
        &self,
        kind: &'static str,
        caller: &Caller,
        incident: IncidentId,
        body: InputBody,
        config: &Config,
    ) -> InputRow {
        InputRow {
            id: self.input,
            kind,
            at: self.now,
            actor: caller.actor,
            stream: incident.to_string(),
            body,
            config_epoch: config.epoch,
        }
    }
}
