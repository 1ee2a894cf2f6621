//! Escalation and paging.

use proptest::prelude::*;
use wb_core::actor::Via;
use wb_core::config::Target;
use wb_core::event::Severity;
use wb_core::incident::{
    AttemptOutcome, AttemptResult, DeliveryState, EscalationState, FailureReason, IncidentError,
    IncidentFact, IncidentInput, IncidentState, ReassignTo,
};

use crate::world::{AIKO, HOOK, MARTA, NOBODY, World, config, step};

const AIKO_FIRST: [Target; 1] = [Target::User(AIKO)];
const THEN_MARTA: [Target; 1] = [Target::User(MARTA)];

fn ladder(repeat: u32) -> wb_core::config::Config {
    config(vec![step(&AIKO_FIRST, 300), step(&THEN_MARTA, 600)], repeat)
}

#[track_caller]
fn check_pages(world: &World, expected: &[&str]) {
    assert_eq!(world.pages(), expected.join("\n"));
}

#[test]
fn climbs_the_ladder_repeats_it_and_ends() {
    let mut world = World::open(ladder(1), Severity::Critical);
    while world.wake() {}
    check_pages(
        &world,
        &[
            "+0 aiko email+0 ntfy+60",
            "+300 marta email+300",
            "+900 aiko email+900 ntfy+960",
            "+1200 marta email+1200",
        ],
    );
    assert_eq!(world.now_s, 1_800);
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
    assert!(matches!(
        world.facts.last().map(|f| &f.fact),
        Some(IncidentFact::EscalationExhausted { cycles: 2 })
    ));
}

#[test]
fn a_late_timer_delays_the_next_step_instead_of_firing_two() {
    let mut world = World::open(ladder(0), Severity::Critical);
    world.now_s = 5_000;
    world.input(IncidentInput::Tick).unwrap();
    check_pages(
        &world,
        &["+0 aiko email+0 ntfy+60", "+5000 marta email+5000"],
    );
    assert_eq!(
        world.incident.wake_at().map(|at| at.as_secs()),
        Some(crate::world::START + 5_600)
    );
}

#[test]
fn a_step_that_reaches_nobody_is_followed_at_once() {
    let steps = vec![step(&[Target::User(NOBODY)], 300), step(&THEN_MARTA, 300)];
    let world = World::open(config(steps, 0), Severity::Critical);
    check_pages(&world, &["+0 nobody ", "+0 marta email+0"]);
}

#[test]
fn a_ladder_of_empty_steps_does_not_spin() {
    let mut world = World::open(config(vec![step(&[], 0)], 3), Severity::Critical);
    let mut wakes = 0;
    while world.wake() {
        wakes += 1;
        assert!(wakes < 20);
    }
    assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
    assert_eq!(world.now_s, 180);
}

#[test]
fn urgency_none_pages_nobody_until_it_gets_worse() {
    let mut world = World::open(ladder(0), Severity::Info);
    check_pages(&world, &[]);
    assert!(!world.wake());
    let alert = wb_core::ids::AlertId(uuid::Uuid::nil());
    let urgency = wb_core::event::Urgency::High;
    world
        .input(IncidentInput::SeverityRaised {
            alert,
            to: Severity::Major,
            urgency,
        })
        .unwrap();
    check_pages(&world, &["+0 aiko email+0 ntfy+60"]);
}

#[test]
fn low_urgency_uses_one_method_when_there_are_no_rules() {
    let world = World::open(ladder(0), Severity::Minor);
    check_pages(&world, &["+0 aiko email+0"]);
}

#[test]
fn acknowledging_cancels_what_is_unclaimed_and_only_that() {
    let mut world = World::open(ladder(0), Severity::Critical);
    let deliveries: Vec<_> = world.incident.planned_deliveries().map(|d| d.id).collect();
    world.claimed.insert(deliveries[0]);
    world.acknowledge().unwrap();
    let Some(IncidentFact::Acknowledged {
        cancelled,
        under_way,
        ..
    }) = world.facts.last().map(|f| &f.fact)
    else {
        panic!("no acknowledgement")
    };
    assert_eq!(
        (cancelled.as_slice(), under_way.as_slice()),
        (&deliveries[1..], &deliveries[..1])
    );
    assert_eq!(world.incident.owner, Some(MARTA));
    assert!(!world.wake());
    // Twice is once.
    let facts = world.facts.len();
    world.acknowledge().unwrap();
    assert_eq!(world.facts.len(), facts);
    // What was under way arrives, and says that it crossed.
    world
        .report(deliveries[0], AttemptResult::Accepted)
        .unwrap();
    assert!(matches!(
        world.facts.last().map(|f| &f.fact),
        Some(IncidentFact::Attempted { crossed: true, .. })
    ));
}

#[test]
fn taking_the_acknowledgement_back_restores_what_it_stopped() {
    let mut world = World::open(ladder(0), Severity::Critical);
    let before = world.outbox.clone();
    world.acknowledge().unwrap();
    assert!(world.outbox.is_empty());
    world.now_s = 10;
    world
        .input(IncidentInput::Unacknowledge { via: Via::Web })
        .unwrap();
    assert_eq!(world.outbox.len(), before.len());
    assert!(
        world
            .outbox
            .values()
            .all(|due| due.as_secs() >= crate::world::START + 10)
    );
    assert!(world.wake());
    assert_eq!(world.now_s, 300);
    assert_eq!(
        world.input(IncidentInput::Unacknowledge { via: Via::Web }),
        Err(IncidentError::NotAcknowledged)
    );
}

#[test]
fn resolve_beats_acknowledge() {
    let mut world = World::open(ladder(0), Severity::Critical);
    world
        .input(IncidentInput::Resolve {
            via: Via::Web,
            from: String::new(),
        })
        .unwrap();
    assert_eq!(world.acknowledge(), Err(IncidentError::AlreadyResolved));
    assert_eq!(world.incident.state, IncidentState::Resolved);
    world
        .input(IncidentInput::Reopen { via: Via::Web })
        .unwrap();
    assert!(world.wake(), "a reopened incident escalates again");
}

#[test]
fn when_every_way_failed_the_next_step_comes_at_once() {
    let mut world = World::open(ladder(0), Severity::Critical);
    let deliveries: Vec<_> = world.incident.planned_deliveries().map(|d| d.id).collect();
    let refused = AttemptResult::Failed {
        reason: FailureReason::Refused,
        retry_after_s: None,
    };
    world.now_s = 5;
    world.report(deliveries[0], refused).unwrap();
    check_pages(&world, &["+0 aiko email+0 ntfy+60"]);
    world.now_s = 65;
    world.report(deliveries[1], refused).unwrap();
    check_pages(&world, &["+0 aiko email+0 ntfy+60", "+65 marta email+65"]);
}

#[test]
fn a_repeat_keeps_its_distance_whatever_fails() {
    let mut world = World::open(config(vec![step(&THEN_MARTA, 300)], 2), Severity::Critical);
    let refused = AttemptResult::Failed {
        reason: FailureReason::Refused,
        retry_after_s: None,
    };
    for _ in 0..3 {
        let id = world.incident.planned_deliveries().next().unwrap().id;
        world.report(id, refused).unwrap();
        assert!(world.wake());
    }
    check_pages(
        &world,
        &[
            "+0 marta email+0",
            "+300 marta email+300",
            "+600 marta email+600",
        ],
    );
    assert_eq!(world.now_s, 900);
}

#[test]
fn an_endpoint_never_counts_as_reaching_a_human() {
    let both = [Target::User(AIKO), Target::Endpoint(HOOK)];
    let mut world = World::open(
        config(vec![step(&both, 300), step(&THEN_MARTA, 300)], 0),
        Severity::Critical,
    );
    let by_channel = |world: &World, channel: &str| {
        let mut all = world.incident.planned_deliveries();
        all.find(|d| d.channel == channel).map(|d| d.id).unwrap()
    };
    let hook = by_channel(&world, "webhook");
    world.report(hook, AttemptResult::Accepted).unwrap();
    let refused = AttemptResult::Failed {
        reason: FailureReason::Refused,
        retry_after_s: None,
    };
    for channel in ["email", "ntfy"] {
        let id = by_channel(&world, channel);
        world.report(id, refused).unwrap();
    }
    assert!(world.pages().contains("marta"));
}

#[test]
fn retries_double_keep_their_distance_and_end() {
    let mut world = World::open(ladder(0), Severity::Critical);
    let id = world.incident.planned_deliveries().next().unwrap().id;
    let busy = AttemptResult::Failed {
        reason: FailureReason::ProviderFault,
        retry_after_s: None,
    };
    let mut waits = Vec::new();
    while world.incident.delivery(id).unwrap().1.state == DeliveryState::Planned {
        world.report(id, busy).unwrap();
        if let Some(due) = world.outbox.get(&id) {
            waits.push(due.as_secs() - crate::world::START - world.now_s);
        }
    }
    assert_eq!(waits, [5, 11, 22, 45, 90, 180, 337]);
    assert_eq!(
        world.incident.delivery(id).unwrap().1.state,
        DeliveryState::GivenUp
    );
    assert_eq!(
        world.report(id, busy),
        Ok(()),
        "a ninth report has a new number"
    );
}

#[test]
fn a_lost_answer_marks_the_next_attempt_as_possible_duplicate() {
    let mut world = World::open(ladder(0), Severity::Critical);
    let id = world.incident.planned_deliveries().next().unwrap().id;
    let silent = AttemptResult::Failed {
        reason: FailureReason::NoAnswer,
        retry_after_s: None,
    };
    world.report(id, silent).unwrap();
    world.report(id, AttemptResult::Accepted).unwrap();
    let attempts = &world.incident.delivery(id).unwrap().1.attempts;
    assert_eq!(
        attempts
            .iter()
            .map(|a| a.possible_duplicate)
            .collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn reassigning_pages_the_person_and_starts_the_policy_anew() {
    let mut world = World::open(ladder(0), Severity::Critical);
    world.acknowledge().unwrap();
    world.now_s = 100;
    world
        .input(IncidentInput::Reassign {
            via: Via::Web,
            to: ReassignTo::User(MARTA),
        })
        .unwrap();
    assert_eq!(world.incident.state, IncidentState::Triggered);
    assert!(world.wake());
    check_pages(
        &world,
        &[
            "+0 aiko email+0 ntfy+60",
            "+100 marta email+100",
            "+400 aiko email+400 ntfy+460",
        ],
    );
}

fn failed(reason: FailureReason) -> AttemptResult {
    AttemptResult::Failed {
        reason,
        retry_after_s: None,
    }
}

/// A world in which the first delivery is claimed, with its id.
fn with_a_claim() -> (World, wb_core::ids::DeliveryId) {
    let mut world = World::open(ladder(0), Severity::Critical);
    let id = *world.outbox.keys().next().unwrap();
    world.claimed.insert(id);
    (world, id)
}

fn undo(world: &mut World) {
    let input = IncidentInput::Unacknowledge { via: Via::Web };
    world.input(input).unwrap();
}

#[track_caller]
fn check_delivery(
    world: &World,
    id: wb_core::ids::DeliveryId,
    state: DeliveryState,
    due_s: Option<i64>,
) {
    assert_eq!(world.incident.delivery(id).unwrap().1.state, state);
    let due = world.outbox.get(&id).map(|at| at.as_secs());
    assert_eq!(due, due_s.map(|s| crate::world::START + s));
}

#[test]
fn what_was_withheld_goes_out_when_the_acknowledgement_is_gone_by_the_time_of_the_report() {
    let (mut world, id) = with_a_claim();
    world.acknowledge().unwrap();
    // The sender looks, sees the acknowledgement and withholds; before it reports, it is undone.
    world.now_s = 2;
    undo(&mut world);
    world.report(id, AttemptResult::Withheld).unwrap();
    check_delivery(&world, id, DeliveryState::Planned, Some(2));
}

#[test]
fn an_undo_retries_what_failed_while_somebody_had_it() {
    for (reason, state, due_s) in [
        (
            FailureReason::ProviderFault,
            DeliveryState::Planned,
            Some(9),
        ),
        (FailureReason::Refused, DeliveryState::Cancelled, None),
    ] {
        let (mut world, id) = with_a_claim();
        world.acknowledge().unwrap();
        world.report(id, failed(reason)).unwrap();
        check_delivery(&world, id, DeliveryState::Cancelled, None);
        world.now_s = 9;
        undo(&mut world);
        check_delivery(&world, id, state, due_s);
    }
}

#[test]
fn an_interrupted_attempt_is_made_again_at_once_and_marked() {
    let (mut world, id) = with_a_claim();
    world.now_s = 4;
    let interrupted = failed(FailureReason::Interrupted);
    world.report(id, interrupted).unwrap();
    check_delivery(&world, id, DeliveryState::Planned, Some(4));
    // The node lives after all, but what it has to say about a failure comes too late.
    let late = world.report_of(id, 1, failed(FailureReason::Unreachable));
    assert_eq!(late, Err(IncidentError::UnknownAttempt));
    world.claimed.insert(id);
    world.report(id, AttemptResult::Accepted).unwrap();
    let attempts = &world.incident.delivery(id).unwrap().1.attempts;
    let marks: Vec<_> = attempts.iter().map(|a| a.possible_duplicate).collect();
    assert_eq!(marks, [false, true]);
}

#[test]
fn an_acceptance_that_comes_late_stops_the_next_attempt() {
    let (mut world, id) = with_a_claim();
    world
        .report(id, failed(FailureReason::Interrupted))
        .unwrap();
    world.report_of(id, 1, AttemptResult::Accepted).unwrap();
    check_delivery(&world, id, DeliveryState::Sent, None);
    let again = world.report_of(id, 1, AttemptResult::Accepted);
    assert_eq!(again, Err(IncidentError::UnknownAttempt));
    // Somebody who was just sending it tells them twice, and says so.
    world.report_of(id, 2, AttemptResult::Accepted).unwrap();
    let attempts = &world.incident.delivery(id).unwrap().1.attempts;
    assert_eq!((attempts.len(), attempts[1].possible_duplicate), (2, true));

    // What was accepted is not sent again by an undo.
    let (mut world, id) = with_a_claim();
    world.acknowledge().unwrap();
    world
        .report(id, failed(FailureReason::Interrupted))
        .unwrap();
    world.report_of(id, 1, AttemptResult::Accepted).unwrap();
    undo(&mut world);
    check_delivery(&world, id, DeliveryState::Sent, None);
}

#[test]
fn who_is_given_the_incident_has_its_policy_behind_them_even_when_that_was_deleted() {
    let mut world = World::open(ladder(0), Severity::Critical);
    world.config.policies.clear();
    let to = ReassignTo::User(MARTA);
    world
        .input(IncidentInput::Reassign { via: Via::Web, to })
        .unwrap();
    assert_eq!(
        world.incident.wake_at().map(|at| at.as_secs()),
        Some(crate::world::START + 300)
    );
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Wait(i64),
    Tick,
    Claim(usize),
    Report(usize, u8),
    Acknowledge,
    Unacknowledge,
    Resolve,
    Reopen,
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0_i64..400).prop_map(Act::Wait),
        Just(Act::Tick),
        (0_usize..4).prop_map(Act::Claim),
        (0_usize..4, 0_u8..5).prop_map(|(n, kind)| Act::Report(n, kind)),
        Just(Act::Acknowledge),
        Just(Act::Unacknowledge),
        Just(Act::Resolve),
        Just(Act::Reopen),
    ]
}

pub(crate) fn play(world: &mut World, act: &Act) {
    match act {
        Act::Wait(seconds) => world.now_s += seconds,
        Act::Tick => world.input(IncidentInput::Tick).unwrap(),
        Act::Claim(n) => {
            let now = crate::world::at(world.now_s);
            let free: Vec<_> = world
                .outbox
                .iter()
                .filter(|(id, due)| **due <= now && !world.claimed.contains(*id))
                .map(|(id, _)| *id)
                .collect();
            if let Some(id) = free.get(*n) {
                assert_eq!(
                    world.incident.state,
                    IncidentState::Triggered,
                    "claimable although somebody has it"
                );
                world.claimed.insert(*id);
            }
        }
        Act::Report(n, kind) => {
            let Some(id) = world.claimed.iter().nth(*n).copied() else {
                return;
            };
            let result = match kind {
                0 => AttemptResult::Accepted,
                1 => failed(FailureReason::Refused),
                2 => failed(FailureReason::NoAnswer),
                3 => failed(FailureReason::Interrupted),
                _ => AttemptResult::Withheld,
            };
            world.report(id, result).unwrap();
        }
        // Refused where the state does not allow it, which changes nothing.
        Act::Acknowledge => world.acknowledge().unwrap_or_default(),
        Act::Unacknowledge => {
            world
                .input(IncidentInput::Unacknowledge { via: Via::Web })
                .unwrap_or_default();
        }
        Act::Resolve => {
            let input = IncidentInput::Resolve {
                via: Via::Web,
                from: String::new(),
            };
            world.input(input).unwrap_or_default();
        }
        Act::Reopen => {
            world
                .input(IncidentInput::Reopen { via: Via::Web })
                .unwrap_or_default();
        }
    }
}

proptest! {
    /// Whatever happens in whatever order: nothing can be claimed while somebody has the incident,
    /// a claimed delivery is never cancelled, and the state is what its facts fold to (the last two
    /// are asserted by the world at every step).
    #[test]
    fn nothing_is_claimable_while_somebody_has_it(acts in prop::collection::vec(act(), 0..60)) {
        let mut world = World::open(ladder(1), Severity::Critical);
        for act in &acts {
            play(&mut world, act);
            if world.incident.state != IncidentState::Triggered {
                let unclaimed = world.outbox.keys().filter(|id| !world.claimed.contains(*id));
                prop_assert_eq!(unclaimed.count(), 0);
            }
        }
    }

    /// While nobody has the incident, every delivery is on its way, has arrived, or has failed for
    /// good: no acknowledgement that was taken back keeps one from going out.
    #[test]
    fn nothing_stays_stopped_while_nobody_has_it(acts in prop::collection::vec(act(), 0..60)) {
        let mut world = World::open(ladder(1), Severity::Critical);
        for act in &acts {
            play(&mut world, act);
            if world.incident.state != IncidentState::Triggered {
                continue;
            }
            for delivery in world.incident.pages.iter().flat_map(|page| &page.deliveries) {
                let waits = world.outbox.contains_key(&delivery.id);
                prop_assert_eq!(waits, delivery.state == DeliveryState::Planned);
                let has_failed = matches!(
                    delivery.attempts.last().map(|attempt| (attempt.number, attempt.outcome)),
                    Some((number, AttemptOutcome::GivenUp { reason }))
                        if !reason.may_be_retried_after(number)
                );
                prop_assert!(has_failed || delivery.state != DeliveryState::Cancelled);
            }
        }
    }

    /// However its life went so far, an incident that nobody has reaches the end of its policy.
    #[test]
    fn an_unacknowledged_incident_reaches_the_end(acts in prop::collection::vec(act(), 0..40)) {
        let mut world = World::open(ladder(2), Severity::Critical);
        for act in &acts {
            play(&mut world, act);
        }
        if world.incident.state != IncidentState::Triggered {
            return Ok(());
        }
        let mut wakes = 0;
        while world.wake() {
            wakes += 1;
            prop_assert!(wakes < 100, "no end in sight");
        }
        prop_assert_eq!(world.incident.escalation.state, EscalationState::Exhausted);
    }

    /// The same inputs at the same times give the same facts.
    #[test]
    fn decisions_are_functions(acts in prop::collection::vec(act(), 0..40)) {
        let mut one = World::open(ladder(1), Severity::Critical);
        let mut other = World::open(ladder(1), Severity::Critical);
        for act in &acts {
            play(&mut one, act);
            play(&mut other, act);
        }
        prop_assert_eq!(one.facts, other.facts);
    }
}
