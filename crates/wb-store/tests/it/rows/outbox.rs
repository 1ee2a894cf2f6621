//! The fence between claiming and cancelling.

use wb_core::actor::{Actor, Via};
use wb_core::ids::{DeliveryId, NodeId};
use wb_core::incident::{
    AttemptReport, AttemptResult, DeliveryState, FailureReason, IncidentFact, IncidentInput,
};
use wb_store::db::{Error, Sql, sql};
use wb_store::incidents;
use wb_store::outbox::{self, Claimed, Counts, Look};
use wb_store::save::Save;

use super::on_both;
use super::world::{SALT_KEY, World, at, decide};

const NODE: NodeId = NodeId(uuid::Uuid::from_u128(0x11));
const OTHER: NodeId = NodeId(uuid::Uuid::from_u128(0x22));

on_both! {
    a_claim_takes_what_is_due_once,
    after_an_acknowledgement_nothing_is_claimed,
    an_acknowledgement_after_the_claim_says_what_is_under_way,
    a_claim_between_look_and_cancel_is_a_conflict,
    a_delivery_that_ended_anyway_does_not_stop_an_acknowledgement,
    a_dead_nodes_claims_are_found_and_end_by_a_decision,
    a_claim_past_its_deadline_is_lost,
    a_retry_waits_and_an_end_ends,
    what_was_cancelled_can_be_restored,
    claims_come_longest_due_first,
}

fn claim(world: &World, node: NodeId, seconds: i64) -> Vec<Claimed> {
    world.write(move |tx| outbox::claim(tx, node, at(seconds), 10, at(seconds + 60)))
}

fn counts(world: &World) -> Counts {
    world.read(outbox::counts)
}

fn report(claim: &Claimed, result: AttemptResult) -> IncidentInput {
    IncidentInput::Attempt(AttemptReport {
        delivery: claim.delivery,
        number: claim.attempt,
        providers: 1,
        claimed_at: claim.claimed_at,
        result,
        detail: "250 queued".to_owned(),
        together: None,
        jitter_permille: 0,
    })
}

fn a_claim_takes_what_is_due_once(world: &World) {
    let opened = world.open(1, "disk", 1);
    assert_eq!(claim(world, NODE, 0), [], "nothing is due yet");
    let first = claim(world, NODE, 2);
    assert_eq!(first.len(), 2, "both methods of the person");
    assert!(
        first
            .iter()
            .all(|c| c.incident == opened.incident && c.attempt == 1)
    );
    assert!(first.iter().all(|c| c.claimed_at == at(2)));
    assert_eq!(claim(world, OTHER, 3), []);
    assert_eq!(
        counts(world),
        Counts {
            pending: 0,
            claimed: 2
        }
    );
}

fn after_an_acknowledgement_nothing_is_claimed(world: &World) {
    let opened = world.open(1, "disk", 1);
    assert_eq!(world.read(outbox::next_due), Some(at(1)));
    let decision = world.acknowledge(opened.incident, 2);
    let Some(IncidentFact::Acknowledged {
        cancelled,
        under_way,
        ..
    }) = decision.facts.first().map(|d| &d.fact)
    else {
        panic!("{decision:?}");
    };
    assert_eq!((cancelled.len(), under_way.len()), (2, 0));
    assert_eq!(claim(world, NODE, 3), []);
    assert_eq!(world.read(outbox::next_due), None);
}

fn an_acknowledgement_after_the_claim_says_what_is_under_way(world: &World) {
    let opened = world.open(1, "disk", 1);
    let claimed = claim(world, NODE, 2);
    let look = |world: &World, claim: &Claimed| {
        let (delivery, claimed_at) = (claim.delivery, claim.claimed_at);
        world.read(move |tx| outbox::look(tx, NODE, delivery, claimed_at))
    };
    assert_eq!(look(world, &claimed[0]), Look::Wanted);
    let decision = world.acknowledge(opened.incident, 3);
    let Some(IncidentFact::Acknowledged {
        cancelled,
        under_way,
        ..
    }) = decision.facts.first().map(|d| &d.fact)
    else {
        panic!("{decision:?}");
    };
    let mut expected: Vec<DeliveryId> = claimed.iter().map(|c| c.delivery).collect();
    let mut under_way = under_way.clone();
    expected.sort();
    under_way.sort();
    assert_eq!((cancelled.len(), under_way), (0, expected));
    assert_eq!(look(world, &claimed[0]), Look::Unwanted);
    world.decide(
        opened.incident,
        report(&claimed[0], AttemptResult::Withheld),
        Actor::System,
        4,
    );
    assert_eq!(
        counts(world),
        Counts {
            pending: 0,
            claimed: 1
        }
    );
    assert_eq!(look(world, &claimed[0]), Look::Lost, "the claim has ended");
}

fn a_claim_between_look_and_cancel_is_a_conflict(world: &World) {
    let opened = world.open(1, "disk", 1);
    let config = world.config();
    let lost = world.ground.write(move |tx| {
        let loaded = incidents::load(tx, opened.incident)?.unwrap();
        let decision = decide(tx, &config, &loaded, acknowledge(), Actor::System, 2)?;
        // In one transaction, because the lock keeps others out.
        outbox::claim(tx, NODE, at(2), 1, at(60))?;
        let mut save = Save::new(SALT_KEY);
        save.incident(Some(loaded.head), &decision)?;
        save.flush(tx)
    });
    assert_eq!(lost, Err(Error::Conflict));
    assert_eq!(
        counts(world),
        Counts {
            pending: 2,
            claimed: 0
        }
    );
}

fn a_delivery_that_ended_anyway_does_not_stop_an_acknowledgement(world: &World) {
    const END: Sql = sql("UPDATE outbox SET state = 'done'");
    let opened = world.open(1, "disk", 1);
    world.write(|tx| tx.put(&END, &[], 2));
    world.acknowledge(opened.incident, 2);
    assert_eq!(counts(world), Counts::default());
}

fn acknowledge() -> IncidentInput {
    IncidentInput::Acknowledge {
        via: Via::Web,
        from: String::new(),
    }
}

fn a_dead_nodes_claims_are_found_and_end_by_a_decision(world: &World) {
    let opened = world.open(1, "disk", 1);
    let first = claim(world, NODE, 2);
    assert_eq!(world.read(outbox::claimants), [NODE]);
    let lost =
        |world: &World, dead: &'static [_]| world.read(move |tx| outbox::lost(tx, at(3), dead, 10));
    assert_eq!(lost(world, &[OTHER]), []);
    let found = lost(world, &[OTHER, NODE]);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].delivery, found[0].attempt, found[0].claimed_at),
        (first[0].delivery, 1, at(2))
    );
    let interrupted = AttemptResult::Failed {
        reason: FailureReason::Interrupted,
        retry_after_s: None,
    };
    for claim in &first {
        world.decide(
            opened.incident,
            report(claim, interrupted),
            Actor::System,
            3,
        );
    }
    let (delivery, claimed_at) = (first[0].delivery, first[0].claimed_at);
    let look = world.read(move |tx| outbox::look(tx, NODE, delivery, claimed_at));
    assert_eq!(look, Look::Lost);
    assert_eq!(world.read(outbox::claimants), []);
    let again = claim(world, OTHER, 4);
    assert_eq!(again.iter().map(|c| c.attempt).collect::<Vec<_>>(), [2, 2]);
}

fn a_claim_past_its_deadline_is_lost(world: &World) {
    world.open(1, "disk", 1);
    claim(world, NODE, 2);
    let lost = |now_s| {
        world
            .read(move |tx| outbox::lost(tx, at(now_s), &[], 10))
            .len()
    };
    assert_eq!((lost(61), lost(62)), (0, 2));
}

fn a_retry_waits_and_an_end_ends(world: &World) {
    let opened = world.open(1, "disk", 1);
    let claimed = claim(world, NODE, 2);
    let failed = AttemptResult::Failed {
        reason: FailureReason::ProviderFault,
        retry_after_s: None,
    };
    world.decide(
        opened.incident,
        report(&claimed[0], failed),
        Actor::System,
        3,
    );
    world.decide(
        opened.incident,
        report(&claimed[1], AttemptResult::Accepted),
        Actor::System,
        4,
    );
    assert_eq!(
        counts(world),
        Counts {
            pending: 1,
            claimed: 0
        }
    );
    assert_eq!(claim(world, NODE, 4), [], "the retry is not due yet");
    let again = claim(world, NODE, 60);
    assert_eq!(again.len(), 1);
    assert_eq!(
        (again[0].delivery, again[0].attempt),
        (claimed[0].delivery, 2)
    );
}

fn what_was_cancelled_can_be_restored(world: &World) {
    let opened = world.open(1, "disk", 1);
    world.acknowledge(opened.incident, 2);
    let input = IncidentInput::Unacknowledge { via: Via::Web };
    let decision = world.decide(opened.incident, input, Actor::System, 3);
    let planned = decision.state.planned_deliveries().count();
    assert_eq!(planned, 2);
    assert!(
        decision
            .state
            .planned_deliveries()
            .all(|d| d.state == DeliveryState::Planned)
    );
    assert_eq!(claim(world, NODE, 4).len(), 2);
}

fn claims_come_longest_due_first(world: &World) {
    let late = world.open(1, "late", 100).incident;
    let early = world.open(2, "early", 50).incident;
    let list = world.read(|tx| outbox::due(tx, at(1_000), 3));
    assert_eq!(
        list.iter().map(|c| c.incident).collect::<Vec<_>>(),
        [early, early, late]
    );
    let claimed = world.write(|tx| outbox::claim(tx, NODE, at(1_000), 3, at(1_060)));
    assert_eq!(
        claimed.iter().map(|c| c.delivery).collect::<Vec<_>>(),
        list.iter().map(|c| c.delivery).collect::<Vec<_>>()
    );
}
