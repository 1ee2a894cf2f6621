//! The transaction over a batch of events: load as sets, decide each in memory, save as sets.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use wb_core::actor::{Actor, Via};
use wb_core::alert::{self, Alert, AlertCommand, AlertDecision, AlertFact, AlertInput, Route};
use wb_core::config::Config;
use wb_core::decision::{Ctx, Decision};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::{AlertId, IncidentId, IntegrationId, ServiceId, TeamId};
use wb_core::incident::{self, Cause, IncidentFact, IncidentInput, OpenIncident, Situation, Turns};
use wb_core::{incident::Incident, limits};
use wb_store::db::Tx;
use wb_store::save::{Head, Save, SignalRow};

use super::{Ingested, Item};
use crate::app::Probe;
use crate::error::AppError;
use crate::incidents::{InTurn, LoadedIncident, in_turn_of_service, lock_turns};

/// The dedup key of the one alert per integration that stands for events we failed to decide.
const UNDECIDED: &str = "undecided";

/// What a batch takes into its transaction.
#[derive(Clone)]
pub(crate) struct Batch {
    pub(super) salt_key: [u8; 32],
    pub(super) before_deciding: Option<Probe>,
    pub(super) catch_all: Option<ServiceId>,
    /// Why these events cannot be decided, when that is known from an earlier try: they are stored
    /// as failed, and nothing of theirs is loaded.
    pub(super) failure: Option<String>,
}

type Key = (IntegrationId, String);

/// An aggregate that this transaction loaded or made, with what it decided so far.
struct Open<S, F> {
    before: Option<Head>,
    decision: Decision<S, F>,
}

/// The aggregates of one transaction.
struct Work<'a> {
    config: &'a Config,
    keys: BTreeMap<Key, AlertId>,
    alerts: BTreeMap<AlertId, Open<Alert, AlertFact>>,
    counts: BTreeMap<AlertId, u64>,
    incidents: BTreeMap<IncidentId, Open<Incident, IncidentFact>>,
    loaded: BTreeMap<IncidentId, LoadedIncident>,
    /// Whose turn it is, with what this transaction took.
    turns: Turns,
    in_turn: InTurn,
    /// Whether all that it needs as far as that is known beforehand is loaded.
    is_begun: bool,
}

/// What was decided about one event, before it is kept.
struct Verdict {
    outcome: &'static str,
    alert: Option<AlertId>,
    incident: Option<IncidentId>,
    team: Option<TeamId>,
    alert_change: Option<Decision<Alert, AlertFact>>,
    incident_change: Option<Decision<Incident, IncidentFact>>,
}

impl Batch {
    /// Decides all items and writes everything; answers in the order of the items.
    pub(crate) fn run(
        &self,
        tx: &mut Tx<'_>,
        config: &Config,
        items: &[Arc<Item>],
    ) -> Result<Vec<Ingested>, AppError> {
        let mut work = match self.failure {
            None => Work::load(tx, config, items)?,
            Some(_) => Work::load(tx, config, &[])?,
        };
        let mut save = Save::new(self.salt_key);
        let mut done = Vec::with_capacity(items.len());
        for item in items {
            let decided = match &self.failure {
                None => self.decide(tx, &mut work, item)?,
                Some(reason) => Err(reason.clone()),
            };
            let (verdict, failure) = match decided {
                Ok(verdict) => (verdict, None),
                Err(reason) => (self.undecided(tx, &mut work, item)?, Some(reason)),
            };
            save.signal(item.row(&verdict, failure.as_deref(), config.epoch));
            if let Some(alert) = verdict.alert {
                save.count(alert, item.at);
            }
            let outcome = if failure.is_some() {
                "failed"
            } else {
                verdict.outcome
            };
            done.push(Ingested {
                dedup_key: item.event.dedup_key.clone(),
                outcome,
                incident: verdict.incident,
                team: verdict.team,
            });
            work.keep(verdict);
        }
        work.save_into(&mut save)?;
        save.flush(tx)?;
        Ok(done)
    }

    /// Decides one event; an inner error, or a panic, is the reason why that is impossible.
    fn decide(
        &self,
        tx: &mut Tx<'_>,
        work: &mut Work<'_>,
        item: &Item,
    ) -> Result<Result<Verdict, String>, AppError> {
        work.load_incident_for(tx, &item.key(), &item.event)?;
        // What is open may have ended within this transaction.
        let route = item.route(work.config);
        let steps = work.in_turn_to_open(&item.key(), &item.event, route);
        work.lock_turns(tx, steps)?;
        let decided = catch_unwind(AssertUnwindSafe(|| {
            if let Some(probe) = &self.before_deciding {
                probe(&item.event);
            }
            work.decide(item, &item.event, route)
        }));
        Ok(decided.unwrap_or_else(|panic| Err(panic_text(&*panic))))
    }

    /// The alert that tells the admins that an event could not be decided. Without a catch-all the
    /// signal alone is kept.
    fn undecided(
        &self,
        tx: &mut Tx<'_>,
        work: &mut Work<'_>,
        item: &Item,
    ) -> Result<Verdict, AppError> {
        let Some((service, team)) = self.catch_all.and_then(|id| {
            work.config
                .services
                .get(&id)
                .map(|service| (id, service.value.team))
        }) else {
            return Ok(Verdict::nothing());
        };
        let key = (item.integration, UNDECIDED.to_owned());
        let event = undecided_event(item);
        work.load_key(tx, &key, &event)?;
        let route = Route {
            integration: item.integration,
            service,
            team,
        };
        let steps = work.in_turn_to_open(&key, &event, Some(route));
        work.lock_turns(tx, steps)?;
        work.decide(item, &event, Some(route))
            .map_err(AppError::Internal)
    }
}

impl<'a> Work<'a> {
    fn load(tx: &mut Tx<'_>, config: &'a Config, items: &[Arc<Item>]) -> Result<Self, AppError> {
        let keys: BTreeSet<Key> = items.iter().map(|item| item.key()).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let mut work = Self {
            config,
            keys: BTreeMap::new(),
            alerts: BTreeMap::new(),
            counts: BTreeMap::new(),
            incidents: BTreeMap::new(),
            loaded: BTreeMap::new(),
            turns: Turns::default(),
            in_turn: InTurn::new(),
            is_begun: false,
        };
        work.load_keys(tx, &keys)?;
        for item in items {
            work.load_incident_for(tx, &item.key(), &item.event)?;
        }
        // After the incidents, and all at once: two batches never wait for each other in a circle.
        let opening = items.iter().flat_map(|item| {
            let route = item.route(config);
            work.in_turn_to_open(&item.key(), &item.event, route)
        });
        let known = work.loaded.values().flat_map(|one| one.in_turn(config));
        let steps = opening.chain(known).collect();
        work.lock_turns(tx, steps)?;
        work.is_begun = true;
        Ok(work)
    }

    /// The turns that an event may take because it opens an incident.
    fn in_turn_to_open(&self, key: &Key, event: &Event, route: Option<Route>) -> InTurn {
        let opens = event.action == EventAction::Trigger && self.open_alert(key).is_none();
        let route = route.filter(|_| opens);
        route.map_or_else(InTurn::new, |route| {
            in_turn_of_service(self.config, route.service)
        })
    }

    /// Locks the turns that it has not yet: its own may have gone on since.
    fn lock_turns(&mut self, tx: &mut Tx<'_>, steps: InTurn) -> Result<(), AppError> {
        let new: InTurn = steps.difference(&self.in_turn).copied().collect();
        let locked = lock_turns(tx, &new)?;
        for (policy, step) in &new {
            self.turns.put(*policy, *step, locked.of(*policy, *step));
        }
        self.in_turn.extend(new);
        Ok(())
    }

    fn load_keys(&mut self, tx: &mut Tx<'_>, keys: &[Key]) -> Result<(), AppError> {
        for (key, open) in wb_store::alerts::open_by_keys(tx, keys)? {
            let id = open.alert.state.id;
            self.keys.insert(key, id);
            self.counts.insert(id, open.count);
            self.alerts
                .insert(id, Open::loaded(open.alert.head, open.alert.state));
        }
        Ok(())
    }

    fn load_key(&mut self, tx: &mut Tx<'_>, key: &Key, event: &Event) -> Result<(), AppError> {
        if !self.keys.contains_key(key) {
            self.load_keys(tx, std::slice::from_ref(key))?;
        }
        self.load_incident_for(tx, key, event)
    }

    /// Loads the incident of the key's open alert, once, if the event may change it. A plain repeat
    /// finds its alert and is done: on PostgreSQL it must not lock the incident and its deliveries,
    /// else a source that repeats itself would keep the sender from claiming them.
    fn load_incident_for(
        &mut self,
        tx: &mut Tx<'_>,
        key: &Key,
        event: &Event,
    ) -> Result<(), AppError> {
        let Some(alert) = self.open_alert(key) else {
            return Ok(());
        };
        let incident = alert.incident;
        let is_repeat =
            event.action == EventAction::Trigger && !event.severity.is_worse_than(alert.severity);
        if is_repeat || self.incidents.contains_key(&incident) {
            return Ok(());
        }
        if let Some(found) = LoadedIncident::load_without_turns(tx, self.config, incident)? {
            self.incidents
                .insert(incident, Open::loaded(found.head, found.state.clone()));
            let steps = found.in_turn(self.config);
            self.loaded.insert(incident, found);
            if self.is_begun {
                self.lock_turns(tx, steps)?;
            }
        }
        Ok(())
    }

    fn open_alert(&self, key: &Key) -> Option<&Alert> {
        let id = self.keys.get(key)?;
        Some(&self.alerts.get(id)?.decision.state).filter(|alert| alert.is_open())
    }

    fn decide(&self, item: &Item, event: &Event, route: Option<Route>) -> Result<Verdict, String> {
        let known = self.open_alert(&(item.integration, event.dedup_key.clone()));
        // An open alert is found before routing, so that no edit can strand its resolve.
        let route = known
            .map(Route::of)
            .or(route)
            .ok_or("the integration, or its service, is gone")?;
        let count = known
            .and_then(|alert| self.counts.get(&alert.id))
            .map_or(1, |n| n + 1);
        let ctx = Ctx {
            now: item.at,
            input: item.signal.0,
            config: self.config,
        };
        let input = AlertInput::Event {
            event,
            signal: item.signal,
            route,
            count,
        };
        let decided = alert::decide(known, input, ctx);
        self.with_incident(item, event, known, decided, ctx)
    }

    fn with_incident(
        &self,
        item: &Item,
        event: &Event,
        known: Option<&Alert>,
        decided: AlertDecision,
        ctx: Ctx<'_>,
    ) -> Result<Verdict, String> {
        let AlertDecision {
            outcome,
            decision,
            command,
        } = decided;
        let alert = decision.as_ref().map(|d| &d.state).or(known);
        let alert_id = alert.map(|alert| alert.id);
        let incident_id = alert.map(|alert| alert.incident);
        let incident_change = match (command, alert) {
            (Some(command), Some(alert)) => self.command(item, event, alert, command, ctx)?,
            _ => None,
        };
        Ok(Verdict {
            outcome: outcome.word(),
            alert: alert_id,
            incident: incident_id,
            team: alert.map(|alert| alert.team),
            alert_change: decision,
            incident_change,
        })
    }

    fn command(
        &self,
        item: &Item,
        event: &Event,
        alert: &Alert,
        command: AlertCommand,
        ctx: Ctx<'_>,
    ) -> Result<Option<Decision<Incident, IncidentFact>>, String> {
        let actor = Actor::Integration(item.integration);
        let via = Via::Signal(item.signal);
        let input = match command {
            AlertCommand::OpenIncident(id) => {
                let new = opening(id, alert, event, item);
                return incident::open(new, actor, &self.turns, ctx)
                    .map(Some)
                    .ok_or_else(|| "an opening fact gave no incident".to_owned());
            }
            AlertCommand::RaiseSeverity { to, urgency } => IncidentInput::SeverityRaised {
                alert: alert.id,
                to,
                urgency,
            },
            AlertCommand::Acknowledge => IncidentInput::Acknowledge {
                via,
                from: item.raw.remote.clone().unwrap_or_default(),
            },
            AlertCommand::AlertResolved => IncidentInput::AlertResolved {
                alert: alert.id,
                via,
            },
        };
        // An incident that was deleted whole leaves its alert to itself.
        let Some(open) = self.incidents.get(&alert.incident) else {
            return Ok(None);
        };
        let none = BTreeSet::new();
        let situation = self.loaded.get(&alert.incident).map_or(
            Situation {
                policy: None,
                under_way: &none,
                turns: &self.turns,
                actor,
            },
            |loaded| Situation {
                turns: &self.turns,
                ..loaded.situation(actor)
            },
        );
        let now = self
            .loaded
            .get(&alert.incident)
            .map_or(ctx.now, |loaded| loaded.not_before(ctx.now));
        match incident::decide(&open.decision.state, input, situation, Ctx { now, ..ctx }) {
            Ok(decision) => Ok(Some(decision)),
            // Resolve beats acknowledge: a late acknowledge of a sender changes nothing.
            Err(incident::IncidentError::AlreadyResolved) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn keep(&mut self, verdict: Verdict) {
        if let Some(change) = verdict.alert_change {
            let id = change.state.id;
            let key = (
                change.state.integration,
                change.state.event.dedup_key.clone(),
            );
            self.keys.insert(key, id);
            keep_change(&mut self.alerts, id, change);
        }
        if let Some(id) = verdict.alert {
            *self.counts.entry(id).or_insert(0) += 1;
        }
        if let Some(change) = verdict.incident_change {
            let id = change.state.id;
            self.turns.follow(&change.effects);
            keep_change(&mut self.incidents, id, change);
        }
    }

    fn save_into(self, save: &mut Save) -> Result<(), AppError> {
        for open in self.alerts.into_values().filter(Open::is_changed) {
            save.alert(open.before, &open.decision)?;
        }
        for open in self.incidents.into_values().filter(Open::is_changed) {
            save.incident(open.before, &open.decision)?;
        }
        Ok(())
    }
}

impl<S, F> Open<S, F> {
    const fn loaded(head: Head, state: S) -> Self {
        let decision = Decision {
            state,
            facts: Vec::new(),
            effects: Vec::new(),
        };
        Self {
            before: Some(head),
            decision,
        }
    }

    fn is_changed(&self) -> bool {
        !self.decision.facts.is_empty()
    }
}

/// Adds a change to what the transaction decided about this aggregate before.
fn keep_change<I: Ord, S, F>(all: &mut BTreeMap<I, Open<S, F>>, id: I, change: Decision<S, F>) {
    match all.get_mut(&id) {
        Some(open) => {
            open.decision.state = change.state;
            open.decision.facts.extend(change.facts);
            open.decision.effects.extend(change.effects);
        }
        None => drop(all.insert(
            id,
            Open {
                before: None,
                decision: change,
            },
        )),
    }
}

impl Verdict {
    const fn nothing() -> Self {
        Self {
            outcome: "failed",
            alert: None,
            incident: None,
            team: None,
            alert_change: None,
            incident_change: None,
        }
    }
}

impl Item {
    fn key(&self) -> Key {
        (self.integration, self.event.dedup_key.clone())
    }

    fn route(&self, config: &Config) -> Option<Route> {
        let service = match self.service {
            Some(service) => service,
            None => config.integrations.get(&self.integration)?.value.service,
        };
        let team = config.services.get(&service)?.value.team;
        Some(Route {
            integration: self.integration,
            service,
            team,
        })
    }

    fn row(&self, verdict: &Verdict, failure: Option<&str>, config_epoch: i64) -> SignalRow {
        SignalRow {
            id: self.signal,
            integration: self.integration,
            at: self.at,
            body: self.raw.body.clone(),
            content_type: self.raw.content_type.clone(),
            remote: self.raw.remote.clone(),
            action: self.event.action.word(),
            dedup_key: self.event.dedup_key.clone(),
            outcome: if failure.is_some() {
                "failed"
            } else {
                verdict.outcome
            },
            reason: failure.map(ToOwned::to_owned),
            alert: verdict.alert,
            incident: verdict.incident,
            config_epoch,
        }
    }
}

fn opening(id: IncidentId, alert: &Alert, event: &Event, item: &Item) -> OpenIncident {
    OpenIncident {
        id,
        service: alert.service,
        team: alert.team,
        severity: alert.severity,
        urgency: alert.urgency,
        cause: Cause::Alert {
            alert: alert.id,
            signal: item.signal,
        },
        title: shown(&event.summary),
        summary: if is_long(&event.summary) {
            event.summary.clone()
        } else {
            String::new()
        },
    }
}

fn is_long(summary: &str) -> bool {
    summary.chars().count() > limits::SUMMARY_SHOWN_CHARS
}

/// The summary as a title: whole, or cut with an ellipsis.
fn shown(summary: &str) -> String {
    if is_long(summary) {
        let mut cut: String = summary
            .chars()
            .take(limits::SUMMARY_SHOWN_CHARS - 1)
            .collect();
        cut.push('…');
        cut
    } else {
        summary.to_owned()
    }
}

fn undecided_event(item: &Item) -> Event {
    Event {
        action: EventAction::Trigger,
        dedup_key: UNDECIDED.to_owned(),
        severity: Severity::Major,
        summary: wb_ports::catalogue::text("alerts.undecided.summary", &[]),
        source: item.integration.to_string(),
        component: None,
        group: None,
        class: None,
        occurred_at: item.at,
        details: None,
        links: Vec::new(),
        images: Vec::new(),
        client: None,
        client_url: None,
        notes: Vec::new(),
    }
}

/// What a panic said, for the signal's record and the log.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}
