//! Asking others to help with an incident, and what they answer.

use std::sync::Arc;

use wb_core::config::{Config, Permission, Target};
use wb_core::decision::Ctx;
use wb_core::ids::{IncidentId, PolicyId, RequestId, TeamId, UserId};
use wb_core::incident::{
    self, HelpFrom, IncidentDecision, IncidentFact, IncidentInput, NotTold, PolicyRef, Recipient,
};
use wb_ports::catalogue;
use wb_store::db::{Lane, Tx};
use wb_store::save::{InputBody, Save};

use super::turns::in_turn_now;
use super::{Changed, Deps, InTurn, LoadedIncident};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Who is asked for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskTarget {
    /// A person, a team, whoever is on call.
    Target(Target),
    /// Whom the first step of a policy means now.
    Policy(PolicyId),
}

/// What asking for help did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What it changed: nothing when everybody it means was asked before.
    pub changed: Changed,
    /// The request; none when nobody was asked.
    pub request: Option<RequestId>,
    /// Who is asked.
    pub asked: Vec<Asked>,
}

/// Somebody who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub user: UserId,
    /// Why they cannot be told; none when they can.
    pub not_told: Option<NotTold>,
}

impl App {
    /// Asks others to help: each person whom the targets mean now is told by their own rules for high
    /// urgency until they answer, whoever has the incident. With `is_preview` nothing is done, only
    /// said.
    ///
    /// # Errors
    /// When the incident is over or unknown to the caller, a target is unknown, they mean nobody, the
    /// message is too long, or the store fails.
    pub async fn ask_responders(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        targets: Vec<AskTarget>,
        message: String,
        is_preview: bool,
    ) -> Result<Asking, AppError> {
        let (deps, caller) = (self.deps(), caller.clone());
        let ask = Ask {
            id,
            targets,
            message: message.trim().to_owned(),
            deps,
        };
        let (asking, team) = self
            .decide(Lane::People, move |tx, config| {
                ask.run(tx, config, &caller, is_preview)
            })
            .await?;
        if asking.changed.changed && !is_preview {
            self.incident_changed(id, asking.changed.version, team);
        }
        Ok(asking)
    }

    /// Says whether the caller helps. Whoever was asked may answer, also when the incident is of a
    /// team that is not theirs.
    ///
    /// # Errors
    /// When the caller was not asked, the incident is over, or the store fails.
    pub async fn answer_request(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        accepts: bool,
    ) -> Result<Changed, AppError> {
        let (deps, caller) = (self.deps(), caller.clone());
        let (changed, team) = self
            .decide(Lane::People, move |tx, config| {
                run_answer(tx, config, &deps, &caller, id, accepts)
            })
            .await?;
        if changed.changed {
            self.incident_changed(id, changed.version, team);
        }
        Ok(changed)
    }
}

/// A request to come.
#[derive(Clone)]
struct Ask {
    id: IncidentId,
    targets: Vec<AskTarget>,
    message: String,
    deps: Deps,
}

impl Ask {
    fn run(
        &self,
        tx: &mut Tx<'_>,
        config: &Config,
        caller: &Caller,
        is_preview: bool,
    ) -> Result<(Asking, TeamId), AppError> {
        let id = self.id;
        let loaded = LoadedIncident::load_with(tx, config, id, self.in_turn(config))?;
        let loaded = loaded.ok_or(AppError::NotFound)?;
        caller.require(Permission::Write, loaded.state.team)?;
        let targets = self.targets.iter().enumerate();
        let targets = targets.map(|(at, target)| known(config, at, *target));
        let input = IncidentInput::AskResponders {
            via: caller.via,
            targets: targets.collect::<Result<_, _>>()?,
            message: self.message.clone(),
        };
        let deps = Deps {
            now: loaded.not_before(self.deps.now),
            ..self.deps
        };
        let ctx = Ctx {
            now: deps.now,
            input: deps.input,
            config,
        };
        let body = InputBody::Incident(input.clone());
        let decision = incident::decide(&loaded.state, input, loaded.situation(caller.actor), ctx)?;
        let asking = asking(&loaded, &decision);
        if asking.changed.changed && !is_preview {
            let mut save = Save::new(deps.salt_key);
            save.input(deps.row("ask", caller, id, body, config));
            save.incident(Some(loaded.head), &decision)?;
            save.flush(tx)?;
        }
        Ok((asking, loaded.state.team))
    }

    fn in_turn(&self, config: &Config) -> InTurn {
        let policies = self.targets.iter().filter_map(|target| match target {
            AskTarget::Policy(id) => Some(*id),
            AskTarget::Target(_) => None,
        });
        policies.flat_map(|id| in_turn_now(config, id)).collect()
    }
}

/// The target as the domain knows it; one that is gone is refused by its place.
fn known(config: &Config, at: usize, target: AskTarget) -> Result<HelpFrom, AppError> {
    let unknown = |key: &str| {
        let message = catalogue::text(key, &[]);
        Err(AppError::invalid(&format!("targets[{at}]"), message))
    };
    match target {
        AskTarget::Policy(id) => match config.policies.get(&id) {
            Some(policy) => Ok(HelpFrom::Policy(PolicyRef {
                id,
                version: policy.version,
            })),
            None => unknown("problems.help_policy"),
        },
        AskTarget::Target(target) => match target {
            Target::User(id) if config.users.get(&id).is_none_or(|user| !user.value.active) => {
                unknown("problems.help_user")
            }
            Target::Schedule(id) if !config.schedules.contains_key(&id) => {
                unknown("problems.help_schedule")
            }
            Target::Team(id) if !config.teams.contains_key(&id) => unknown("problems.help_team"),
            Target::Endpoint(_) => unknown("problems.help_endpoint"),
            _ => Ok(HelpFrom::Target(target)),
        },
    }
}

fn asking(loaded: &LoadedIncident, decision: &IncidentDecision) -> Asking {
    let facts = || decision.facts.iter().map(|decided| &decided.fact);
    let asked = facts().filter_map(|fact| match fact {
        IncidentFact::Paged {
            recipient: Recipient::Person(user),
            not_told,
            ..
        } => Some(Asked {
            user: *user,
            not_told: *not_told,
        }),
        _ => None,
    });
    Asking {
        changed: loaded.changed_by(decision),
        request: facts().find_map(|fact| match fact {
            IncidentFact::RespondersAsked { request, .. } => Some(*request),
            _ => None,
        }),
        asked: asked.collect(),
    }
}

fn run_answer(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    caller: &Caller,
    id: IncidentId,
    accepts: bool,
) -> Result<(Changed, TeamId), AppError> {
    let loaded = LoadedIncident::load(tx, config, id)?.ok_or(AppError::NotFound)?;
    let user = caller.actor.user();
    if user.is_none_or(|user| loaded.state.responder(user).is_none()) {
        caller.require(Permission::Read, loaded.state.team)?;
    }
    let deps = Deps {
        now: loaded.not_before(deps.now),
        ..*deps
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let input = IncidentInput::AnswerRequest {
        via: caller.via,
        from: caller.from.clone(),
        accepts,
    };
    let body = InputBody::Incident(input.clone());
    let decision = incident::decide(&loaded.state, input, loaded.situation(caller.actor), ctx)?;
    let changed = loaded.changed_by(&decision);
    if changed.changed {
        let mut save = Save::new(deps.salt_key);
        save.input(deps.row("answer", caller, id, body, config));
        save.incident(Some(loaded.head), &decision)?;
        save.flush(tx)?;
    }
    Ok((changed, loaded.state.team))
}
