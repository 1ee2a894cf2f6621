//! The end of a play: with no more faults everything comes to rest, and then the whole record has to be true.

use std::collections::{BTreeMap, BTreeSet};

use wb_app::Caller;
use wb_app::error::AppError;
use wb_core::config::Scope;
use wb_core::ids::IncidentId;
use wb_core::incident::{
    DeliveryState, EscalationState, Incident, IncidentFact, IncidentState, PageWhy, Recipient,
};
use wb_core::time::Timestamp;
use wb_store::outbox::Counts;
use wb_store::record::{Entry, EntryFact};

use crate::check::signals;
use crate::house::PEOPLE;
use crate::node::NODES;
use crate::play::Stage;
use crate::provider::Becomes;

const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3_600 * SECOND_US;

/// Rounds until rest at most, each until something is due.
const ROUNDS_MAX: usize = 4_000;

const FACTS_MAX: u32 = 5_000;

/// Lets everything that is due happen, and nothing new.
pub(crate) fn come_to_rest(stage: &mut Stage) -> Result<(), String> {
    for _ in 0..ROUNDS_MAX {
        run_dry(stage)?;
        let (outbox, wake) = waiting(stage)?;
        if outbox == Counts::default() && wake.is_none() && is_idle(stage) {
            return Ok(());
        }
        let has_claims = outbox.claimed > 0;
        let next = wake.into_iter().chain(stage.next_plan()).min();
        let until_wake = next.map_or(SECOND_US, |at| at.micros_since(stage.time.now()));
        // Claims of the dead are found by those who look every second.
        let us = if has_claims { SECOND_US } else { until_wake };
        stage.pass(us.clamp(SECOND_US, HOUR_US));
        let nodes = stage.awake();
        if has_claims {
            nodes.iter().for_each(|node| tick(stage, *node, NODES));
        }
        if let Some(node) = stage.dice.pick(&nodes).copied() {
            (0..NODES).for_each(|worker| tick(stage, node, worker));
        }
    }
    Err(format!("it never comes to rest: {:?}", waiting(stage)?))
}

fn tick(stage: &mut Stage, node: usize, worker: usize) {
    let node = stage.nodes.get_mut(node).and_then(Option::as_mut);
    if let Some(node) = node {
        node.tick(worker);
    }
}

/// Steps writes and answers messages until none is left.
fn run_dry(stage: &mut Stage) -> Result<(), String> {
    loop {
        let mut is_dry = write_all(stage)? == 0;
        while let Some((node, _)) = stage.providers.under_way().first().copied() {
            is_dry = false;
            stage.answer(0, Some(node), Becomes::Taken)?;
        }
        stage.look_around()?;
        // What somebody has just begun is written at once, too.
        let mut nodes = stage.nodes.iter().flatten();
        if is_dry && nodes.all(|node| node.steps.waiting() == 0) {
            return Ok(());
        }
    }
}

/// Steps all writes, and those that they lead to; how many there were.
pub(crate) fn write_all(stage: &mut Stage) -> Result<usize, String> {
    let mut count = 0;
    for number in 0..stage.nodes.len() {
        while let Some(node) = stage.nodes.get_mut(number).and_then(Option::as_mut) {
            if node.steps.waiting() == 0 {
                break;
            }
            count += 1;
            node.steps.load(0);
            node.steps.save(0);
            node.settle();
            stage.checks.after_save(&stage.store)?;
        }
    }
    stage.report.steps += count;
    Ok(count)
}

fn is_idle(stage: &Stage) -> bool {
    stage.nodes.iter().flatten().all(crate::node::Node::is_idle) && stage.next_plan().is_none()
}

pub(crate) fn waiting(stage: &Stage) -> Result<(Counts, Option<Timestamp>), String> {
    stage
        .store
        .read_blocking(|tx| {
            let counts = wb_store::outbox::counts(tx)?;
            let wake = wb_store::incidents::next_wake(tx, Timestamp::EPOCH)?;
            let due = wb_store::outbox::next_due(tx)?;
            let next = match (wake, due) {
                (Some(wake), Some(due)) => Some(wake.min(due)),
                (wake, due) => wake.or(due),
            };
            Ok::<_, AppError>((counts, next))
        })
        .map_err(|error| error.to_string())
}

/// Checks the whole record against what people and providers know.
pub(crate) fn check(stage: &Stage) -> Result<(), String> {
    let node = stage.nodes.iter().flatten().next().ok_or("no node")?;
    let app = std::sync::Arc::clone(&node.app);
    let verified = node.run_now(async move { app.verify(&Caller::system()).await })?;
    if let Some(found) = verified.findings.first() {
        return Err(format!("the record does not verify: {found:?}"));
    }
    let stored = signals(&stage.store)?;
    if stored < stage.report.events {
        let accepted = stage.report.events;
        return Err(format!("{accepted} events accepted, {stored} stored"));
    }
    let taken: BTreeSet<String> = stage
        .providers
        .taken()
        .into_iter()
        .map(|taken| taken.message.delivery_id)
        .collect();
    let names = names_of(stage);
    for id in stage.checks.incidents() {
        let (incident, facts) = load(stage, id)?;
        let told = |what: String| format!("{id}: {what}\n{facts:#?}");
        check_ends(&incident, &facts, &taken).map_err(told)?;
        check_ladder(stage, &incident, &facts).map_err(told)?;
        check_on_call(stage, &facts, &names).map_err(told)?;
    }
    Ok(())
}

fn names_of(stage: &Stage) -> BTreeMap<wb_core::ids::UserId, &'static str> {
    let mut names = BTreeMap::new();
    if let Some(node) = stage.nodes.iter().flatten().next() {
        for (id, user) in &node.app.config().users {
            let known = PEOPLE.iter().find(|name| **name == user.value.name);
            names.extend(known.map(|name| (*id, *name)));
        }
    }
    names
}

pub(crate) fn load(stage: &Stage, id: IncidentId) -> Result<(Incident, Vec<Entry>), String> {
    stage
        .store
        .read_blocking(move |tx| {
            let scope = Scope::system();
            let facts = wb_store::record::of_stream(tx, &scope, &id.to_string(), 0, FACTS_MAX)?;
            let loaded = wb_store::incidents::load(tx, id)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((loaded.state, facts))
        })
        .map_err(|error| error.to_string())
}

/// Nothing is said to have gone out that did not, and what was to go out did.
fn check_ends(
    incident: &Incident,
    facts: &[Entry],
    taken: &BTreeSet<String>,
) -> Result<(), String> {
    // What was stopped before it was given to others, or began anew, stays stopped.
    let began_anew = facts.iter().filter_map(incident_fact).any(|fact| {
        matches!(
            fact,
            IncidentFact::Reassigned { .. }
                | IncidentFact::Recalled { .. }
                | IncidentFact::SnoozeEnded { .. }
                | IncidentFact::Escalated { .. }
                | IncidentFact::Confirmed { .. }
        )
    });
    let pages = incident.pages.iter();
    let deliveries = pages.flat_map(|page| page.deliveries.iter().map(move |one| (page, one)));
    for (page, delivery) in deliveries {
        let id = delivery.id;
        let message = delivery
            .attempts
            .last()
            .and_then(|attempt| attempt.together);
        let sent_as = message.map_or_else(|| id.to_string(), |one| one.message.to_string());
        if delivery.state == DeliveryState::Sent && !taken.contains(&sent_as) {
            return Err(format!("{id} is said to be sent and nobody has it"));
        }
        let is_over = matches!(delivery.state, DeliveryState::Sent | DeliveryState::GivenUp);
        // Refused for good while somebody had it: there was nothing to bring back.
        let failed = delivery
            .attempts
            .last()
            .and_then(|last| last.outcome.failed_because());
        let is_over = is_over || failed.is_some_and(|reason| !reason.is_worth_retrying());
        // Whoever was asked to help and answered is rung no more, also when nobody has it again.
        let is_over = is_over || !incident.wants(page.recipient, page.why);
        if incident.state == IncidentState::Triggered && !began_anew && !is_over {
            return Err(format!("{id} never went out: {delivery:?}"));
        }
    }
    Ok(())
}

/// An incident that nobody touched was told to everybody its policy names, in order, as often as it
/// says.
fn check_ladder(stage: &Stage, incident: &Incident, facts: &[Entry]) -> Result<(), String> {
    if incident.state != IncidentState::Triggered {
        return Ok(());
    }
    if let EscalationState::Due(at) = incident.escalation.state {
        return Err(format!("its next step was due at {at} and never came"));
    }
    let is_untouched = facts.iter().filter_map(incident_fact).all(|fact| {
        matches!(
            fact,
            IncidentFact::Opened { .. }
                | IncidentFact::AlertResolved { .. }
                | IncidentFact::SeverityRaised { .. }
                | IncidentFact::StepExecuted { .. }
                | IncidentFact::Paged { .. }
                | IncidentFact::Attempted { .. }
                | IncidentFact::EscalationHastened { .. }
                | IncidentFact::EscalationExhausted { .. }
                | IncidentFact::FellBack { .. }
                | IncidentFact::Noted { .. }
        )
    });
    if !is_untouched || incident.policy.is_none() {
        return Ok(());
    }
    let executed: Vec<_> = facts
        .iter()
        .filter_map(incident_fact)
        .filter_map(|fact| match fact {
            IncidentFact::StepExecuted { cycle, step, .. } => Some((*cycle, *step)),
            _ => None,
        })
        .collect();
    let ladder = service_of(stage, incident).and_then(|name| stage.house.ladder(&name));
    let ladder = ladder.ok_or("its service is none of the house")?;
    let whole = (0..ladder.climbs).flat_map(|c| (0..ladder.steps).map(move |s| (c, s)));
    let whole: Vec<_> = whole.collect();
    if executed != whole {
        return Err(format!("its ladder is {whole:?}, climbed was {executed:?}"));
    }
    Ok(())
}

fn service_of(stage: &Stage, incident: &Incident) -> Option<String> {
    let node = stage.nodes.iter().flatten().next()?;
    let config = node.app.config();
    let service = config.services.get(&incident.service)?;
    Some(service.value.name.clone())
}

/// Whoever was paged because the schedule says so was the one whom the calendar names.
fn check_on_call(
    stage: &Stage,
    facts: &[Entry],
    names: &BTreeMap<wb_core::ids::UserId, &'static str>,
) -> Result<(), String> {
    for entry in facts {
        let Some(IncidentFact::Paged {
            recipient: Recipient::Person(person),
            why: PageWhy::OnCall { .. },
            ..
        }) = incident_fact(entry)
        else {
            continue;
        };
        let paged = names.get(person).copied();
        let wanted = stage.house.rota.on_call(entry.at);
        if paged != wanted {
            let at = entry.at;
            return Err(format!(
                "at {at} {paged:?} was paged, on call was {wanted:?}"
            ));
        }
    }
    Ok(())
}

pub(crate) const fn incident_fact(entry: &Entry) -> Option<&IncidentFact> {
    match &entry.fact {
        EntryFact::Incident(fact) => Some(fact),
        _ => None,
    }
}
