//! What goes after a while, and what stays.

use wb_core::actor::Actor;
use wb_core::ids::{NodeId, SessionId};
use wb_core::incident::{AttemptReport, AttemptResult, IncidentInput};
use wb_core::time::Timestamp;
use wb_store::idempotency;
use wb_store::retention::{self, Expired};
use wb_store::save::{InputBody, InputRow, Save};
use wb_store::sessions::{self, Session};
use wb_store::{outbox, verify};

use super::on_both;
use super::save::count;
use super::world::{SALT_KEY, USER, World, at, signal};

on_both! {
    signals_go_oldest_first_and_payloads_follow,
    equal_payloads_are_stored_once,
    attempt_texts_go_and_the_chain_stands,
    sessions_answers_and_inputs_go,
}

fn slice(world: &World, expired: Expired, before: Timestamp, rows: u32) -> u64 {
    world.write(move |tx| retention::slice(tx, expired, before, rows))
}

fn signals_go_oldest_first_and_payloads_follow(world: &World) {
    for n in 1..4 {
        world.open(n, &format!("key {n}"), i64::from(n));
    }
    assert_eq!((count(world, "signal"), count(world, "payload")), (3, 1));
    assert_eq!(
        slice(world, Expired::Payloads, at(100), 10),
        0,
        "it is in use"
    );
    assert_eq!(slice(world, Expired::Signals, at(3), 1), 1);
    assert_eq!(slice(world, Expired::Signals, at(3), 10), 1);
    assert_eq!(slice(world, Expired::Signals, at(3), 10), 0);
    assert_eq!(slice(world, Expired::Signals, at(4), 10), 1);
    assert!(world.read(retention::payload_bytes) > 0);
    assert_eq!(slice(world, Expired::Payloads, at(1), 10), 0, "too young");
    assert_eq!(slice(world, Expired::Payloads, at(100), 10), 1);
    assert_eq!(world.read(retention::payload_bytes), 0);
}

fn equal_payloads_are_stored_once(world: &World) {
    let opened = world.open(1, "disk", 1);
    let large = vec![b'x'; 100_000];
    world.write(move |tx| {
        let mut save = Save::new(SALT_KEY);
        for n in 0..4 {
            let mut row = signal(&opened, "disk", 2, 6);
            row.id.0 = uuid::Uuid::from_u128(n);
            if n >= 2 {
                row.body.clone_from(&large);
            }
            save.signal(row);
        }
        save.flush(tx)
    });
    assert_eq!((count(world, "signal"), count(world, "payload")), (5, 2));
    assert!(world.read(retention::payload_bytes) > 100_000);
}

fn attempt_texts_go_and_the_chain_stands(world: &World) {
    let opened = world.open(1, "disk", 1);
    let node = NodeId(USER.0);
    let claimed = world.write(move |tx| outbox::claim(tx, node, at(2), 1, at(60)));
    let report = AttemptReport {
        delivery: claimed[0].delivery,
        number: 1,
        providers: 1,
        claimed_at: claimed[0].claimed_at,
        result: AttemptResult::Accepted,
        detail: "250 queued as 4711".to_owned(),
        together: None,
        jitter_permille: 0,
    };
    world.decide(
        opened.incident,
        IncidentInput::Attempt(report),
        Actor::System,
        3,
    );
    let texts = count(world, "fact_text");
    assert_eq!(slice(world, Expired::AttemptTexts, at(3), 10), 0);
    assert_eq!(slice(world, Expired::AttemptTexts, at(4), 10), 1);
    assert_eq!(count(world, "fact_text"), texts - 1);
    let stream = opened.incident.to_string();
    let checked = world.read(move |tx| verify::check_stream(tx, &stream));
    assert_eq!((checked.findings, checked.erased), (vec![], 1));
}

fn sessions_answers_and_inputs_go(world: &World) {
    world.write(|tx| {
        let session = Session {
            id: SessionId(USER.0),
            user: USER,
            created_at: at(1),
            last_seen_at: at(1),
            expires_at: at(9),
            user_agent: None,
            remote: None,
        };
        sessions::create(tx, &session, "h")?;
        idempotency::reserve(tx, "a", "k", &[0; 32], at(1), at(0), at(0))?;
        let mut save = Save::new(SALT_KEY);
        save.input(InputRow {
            id: USER.0,
            kind: "tick",
            at: at(1),
            actor: Actor::System,
            stream: "inc".to_owned(),
            body: InputBody::Incident(IncidentInput::Tick),
            config_epoch: 1,
        });
        save.flush(tx)
    });
    assert_eq!(slice(world, Expired::Sessions, at(9), 10), 0);
    for (expired, before) in [
        (Expired::Sessions, 10),
        (Expired::Idempotency, 2),
        (Expired::Inputs, 2),
    ] {
        assert_eq!(slice(world, expired, at(before), 10), 1, "{expired:?}");
        assert_eq!(slice(world, expired, at(before), 10), 0, "{expired:?}");
    }
}
