//! Putting together what goes to one contact method, below the deciders.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use wb_core::bundle::{Bundle, Sent};
use wb_core::event::Urgency;
use wb_core::ids::{BundleId, DeliveryId, MethodId, NodeId};
use wb_store::bundles;
use wb_store::db::{Error, Sql, sql};
use wb_store::outbox::{self, Claimed};
use wb_store::retention::{self, Expired};

use super::on_both;
use super::world::{METHODS, SERVICE, World, at};

const NODE: NodeId = NodeId(Uuid::from_u128(0x11));

on_both! {
    what_was_sent_is_kept_and_can_be_taken_back,
    a_row_that_cannot_be_read_holds_nothing_back,
    what_is_held_back_waits_and_is_found_by_its_method,
    what_is_held_back_can_be_cancelled,
    a_method_that_was_sent_nothing_for_long_is_forgotten,
    messages_are_put_together_by_service_and_urgency,
}

fn locked(world: &World, method: MethodId) -> Bundle {
    let methods = BTreeSet::from([method]);
    let mut found = world.write(move |tx| bundles::lock(tx, &methods, at(1)));
    found.remove(&method).expect("the row is made")
}

fn sent(n: u128) -> Sent {
    Sent {
        id: BundleId(Uuid::from_u128(n)),
        at: at(1),
        services: BTreeSet::from([SERVICE]),
    }
}

fn save(world: &World, bundle: Bundle) {
    locked(world, METHODS[0]);
    let bundles = BTreeMap::from([(METHODS[0], bundle)]);
    world.write(move |tx| bundles::save(tx, &bundles, at(1)));
}

fn what_was_sent_is_kept_and_can_be_taken_back(world: &World) {
    assert_eq!(locked(world, METHODS[0]), Bundle::default());
    let both = Bundle {
        sent: vec![sent(1), sent(2)],
    };
    save(world, both.clone());
    assert_eq!(locked(world, METHODS[0]), both);
    assert_eq!(locked(world, METHODS[1]), Bundle::default());
    world.write(|tx| bundles::take_back(tx, METHODS[0], sent(1).id, at(2)));
    world.write(|tx| bundles::take_back(tx, METHODS[1], sent(1).id, at(2)));
    assert_eq!(locked(world, METHODS[0]).sent, [sent(2)]);
}

fn a_row_that_cannot_be_read_holds_nothing_back(world: &World) {
    const SPOIL: Sql = sql("UPDATE bundle SET sent = $1");
    save(
        world,
        Bundle {
            sent: vec![sent(1)],
        },
    );
    world.write(|tx| tx.put(&SPOIL, wb_store::params![b"{".as_slice()], 1));
    assert_eq!(locked(world, METHODS[0]), Bundle::default());
}

fn claim(world: &World, seconds: i64) -> Vec<Claimed> {
    world.write(move |tx| outbox::claim(tx, NODE, at(seconds), 10, at(seconds + 60)))
}

fn hold(world: &World, claimed: &Claimed, until: i64) {
    let held = [(claimed.delivery, at(until))];
    world.write(move |tx| outbox::hold(tx, &held));
}

fn companions(world: &World, method: MethodId, seconds: i64) -> Vec<Claimed> {
    let methods = BTreeSet::from([method]);
    world.write(move |tx| outbox::companions(tx, &methods, at(seconds), 10))
}

fn what_is_held_back_waits_and_is_found_by_its_method(world: &World) {
    world.open(1, "disk", 1);
    let claimed = claim(world, 2);
    let (held, other) = (&claimed[0], &claimed[1]);
    hold(world, held, 60);
    assert_eq!(claim(world, 59), [], "it waits");
    let method = held.method.expect("a person's");
    let found = companions(world, method, 30);
    let delivery = found[0].delivery;
    assert_eq!((found.len(), delivery), (1, held.delivery));
    assert_eq!(
        (found[0].due_at, found[0].held_since),
        (at(60), Some(held.due_at))
    );
    assert_eq!(companions(world, other.method.expect("a person's"), 30), []);

    // It may go along before its time.
    world.write(move |tx| outbox::claim_these(tx, NODE, at(30), at(90), &[delivery]));
    assert_eq!(claim(world, 61), []);
    let again = world
        .ground
        .write(move |tx| outbox::claim_these(tx, NODE, at(30), at(90), &[delivery]));
    assert_eq!(again, Err(Error::Conflict), "it is claimed");
    // Held back again it keeps the time since which it was due.
    hold(world, held, 120);
    let claimed = claim(world, 120);
    assert_eq!(
        (claimed.len(), claimed[0].held_since),
        (1, Some(held.due_at))
    );
    assert_eq!(claimed[0].attempt, 1, "no attempt was made");
}

fn what_is_held_back_can_be_cancelled(world: &World) {
    let opened = world.open(1, "disk", 1);
    let claimed = claim(world, 2);
    for claimed in &claimed {
        hold(world, claimed, 60);
    }
    world.acknowledge(opened.incident, 3);
    assert_eq!(claim(world, 100), []);
    assert_eq!(companions(world, METHODS[0], 100), []);
    let delivery: DeliveryId = claimed[0].delivery;
    let late = world
        .ground
        .write(move |tx| outbox::hold(tx, &[(delivery, at(200))]));
    assert_eq!(
        late,
        Err(Error::Conflict),
        "what is cancelled is not held back"
    );
}

fn a_method_that_was_sent_nothing_for_long_is_forgotten(world: &World) {
    save(
        world,
        Bundle {
            sent: vec![sent(1)],
        },
    );
    let slice =
        |before: i64| world.write(move |tx| retention::slice(tx, Expired::Bundles, at(before), 10));
    assert_eq!((slice(1), slice(2)), (0, 1));
}

fn messages_are_put_together_by_service_and_urgency(world: &World) {
    let opened = world.open(1, "disk", 1);
    let incidents = BTreeSet::from([opened.incident]);
    let found = world.read(move |tx| bundles::subjects(tx, &incidents));
    assert_eq!(
        found,
        BTreeMap::from([(opened.incident, (SERVICE, Urgency::High))])
    );
}
