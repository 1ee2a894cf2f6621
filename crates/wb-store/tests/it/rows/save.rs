//! Saving decisions and loading them back.

use std::collections::BTreeMap;

use wb_core::actor::{Actor, Via};
use wb_core::alert::{self, AlertInput};
use wb_core::config::Scope;
use wb_core::decision::Ctx;
use wb_core::ids::DeliveryId;
use wb_core::incident::{
    AttemptReport, AttemptResult, FailureReason, IncidentInput, IncidentState,
};
use wb_store::db::{Error, Sql, sql};
use wb_store::save::{InputBody, InputRow, Save};
use wb_store::{alerts, codec, incidents, record, signals};

use super::world::{INTEGRATION, SALT_KEY, USER, World, at, decide, event, opening, put, user};
use super::{on_both, world};
use crate::ground::Kind;

on_both! {
    what_is_saved_comes_back,
    a_stale_head_is_a_conflict,
    two_open_alerts_with_one_key_are_a_conflict,
    closing_and_opening_the_same_key_in_one_save,
    one_aggregate_is_saved_once,
    repeats_only_count,
    numbers_rise_by_one,
    wake_ups_come_oldest_first,
    a_reader_may_load,
    inputs_are_kept,
    a_receipt_is_kept_without_the_providers_words,
    a_key_with_nul_is_found_again,
}

fn what_is_saved_comes_back(world: &World) {
    let opened = world.open(1, "disk", 1);
    let (alert, incident) = opening(&world.config(), 1, "disk", 1);
    let stored = world
        .write(move |tx| incidents::load(tx, opened.incident))
        .unwrap();
    assert_eq!(stored.state, incident.state);
    assert_eq!(stored.head.seq, incident.facts.len() as u64);
    let stored = world
        .write(move |tx| alerts::load(tx, opened.alert))
        .unwrap();
    assert_eq!(stored.state, alert.state);

    let facts =
        world.read(move |tx| record::of_incident(tx, &Scope::system(), opened.incident, None, 100));
    assert_eq!(facts.len(), alert.facts.len() + incident.facts.len());
    for entry in &facts {
        assert!(!entry.erased);
        let known = match &entry.fact {
            record::EntryFact::Alert(fact) => alert.facts.iter().any(|d| d.fact == *fact),
            record::EntryFact::Incident(fact) => incident.facts.iter().any(|d| d.fact == *fact),
            record::EntryFact::Object(_) | record::EntryFact::Group(_) => false,
        };
        assert!(known, "{entry:?}");
    }

    let received = world
        .read(move |tx| signals::get(tx, &Scope::system(), opened.signal))
        .unwrap();
    assert_eq!(received.signal.dedup_key.as_deref(), Some("disk"));
    assert_eq!(
        received.payload.as_deref(),
        Some(&b"{\"broken\":\"\\ud800\\u0000\"}"[..])
    );
}

fn a_stale_head_is_a_conflict(world: &World) {
    let opened = world.open(1, "disk", 1);
    let stale = world
        .read(move |tx| incidents::load(tx, opened.incident))
        .unwrap();
    world.acknowledge(opened.incident, 2);
    let config = world.config();
    let lost = world.ground.write(move |tx| {
        let decision = decide(tx, &config, &stale, IncidentInput::Tick, Actor::System, 400)?;
        assert!(!decision.facts.is_empty());
        let mut save = Save::new(SALT_KEY);
        save.incident(Some(stale.head), &decision)?;
        save.flush(tx)
    });
    assert_eq!(lost, Err(Error::Conflict));
    let kept = world
        .read(move |tx| incidents::load(tx, opened.incident))
        .unwrap();
    assert_eq!(kept.state.state, IncidentState::Acknowledged);
}

fn two_open_alerts_with_one_key_are_a_conflict(world: &World) {
    world.open(1, "disk", 1);
    let config = world.config();
    let lost = world
        .ground
        .write(move |tx| world::open(tx, &config, 2, "disk", 2).map(drop));
    assert_eq!(lost, Err(Error::Conflict));
    assert_eq!(count(world, "alert"), 1);
    assert_eq!(
        count(world, "signal"),
        1,
        "the whole transaction rolled back"
    );
}

fn closing_and_opening_the_same_key_in_one_save(world: &World) {
    let opened = world.open(1, "disk", 1);
    let config = world.config();
    world.write(move |tx| {
        let old = alerts::load(tx, opened.alert)?.unwrap();
        let ctx = Ctx {
            now: at(9),
            input: USER.0,
            config: &config,
        };
        let input = AlertInput::IncidentResolved {
            by: Actor::User(USER),
            count: 1,
        };
        let closed = alert::decide(Some(&old.state), input, ctx)
            .decision
            .unwrap();
        // The new one has the smaller id, so that only the order of the statements can help.
        let (mut again, _) = opening(&config, 2, "disk", 0);
        again.state.incident = opened.incident;
        let mut save = Save::new(SALT_KEY);
        save.alert(None, &again)?;
        save.alert(Some(old.head), &closed)?;
        save.flush(tx)
    });
    let open = world.read(move |tx| alerts::open_by_keys(tx, &[(INTEGRATION, "disk".to_owned())]));
    let open = &open[&(INTEGRATION, "disk".to_owned())];
    assert_ne!(open.alert.state.id, opened.alert);
    assert_eq!(open.count, 0, "nothing was counted for it");
}

fn one_aggregate_is_saved_once(world: &World) {
    let (_, incident) = opening(&world.config(), 1, "disk", 1);
    let mut save = Save::new(SALT_KEY);
    save.incident(None, &incident).unwrap();
    let error = save.incident(None, &incident).unwrap_err();
    assert!(error.to_string().contains("saved twice"), "{error}");
}

fn repeats_only_count(world: &World) {
    let opened = world.open(1, "disk", 1);
    world.write(move |tx| {
        let mut save = Save::new(SALT_KEY);
        save.count(opened.alert, at(20));
        save.count(opened.alert, at(10));
        save.flush(tx)
    });
    let found = world.read(|tx| {
        let keys = [
            (INTEGRATION, "disk".to_owned()),
            (INTEGRATION, "other".to_owned()),
        ];
        alerts::open_by_keys(tx, &keys)
    });
    assert_eq!(found.len(), 1);
    let row = &found[&(INTEGRATION, "disk".to_owned())];
    assert_eq!((row.count, row.last_seen), (3, Some(at(20))));
    assert_eq!(row.alert.head.seq, 1, "a repeat is no fact");
}

fn numbers_rise_by_one(world: &World) {
    let ids = [1, 2, 3].map(|n| world.open(n, &format!("key {n}"), i64::from(n)).incident);
    let numbers = world.read(move |tx| incidents::numbers(tx, &ids));
    assert_eq!(
        numbers,
        BTreeMap::from([(ids[0], 1), (ids[1], 2), (ids[2], 3)])
    );
    let found = world
        .read(|tx| incidents::by_number(tx, &Scope::system(), 2))
        .unwrap();
    assert_eq!((found.number, found.incident.state.id), (2, ids[1]));
    assert_eq!(world.read(move |tx| incidents::number(tx, ids[2])), Some(3));
}

fn wake_ups_come_oldest_first(world: &World) {
    let late = world.open(1, "late", 100).incident;
    let early = world.open(2, "early", 50).incident;
    let due = |seconds| world.read(move |tx| incidents::due(tx, at(seconds), 10));
    assert_eq!(due(349), []);
    assert_eq!(due(350), [early]);
    assert_eq!(due(1_000), [early, late]);
    assert_eq!(
        world.read(|tx| incidents::next_wake(tx, at(0))),
        Some(at(350))
    );
    assert_eq!(
        world.read(|tx| incidents::next_wake(tx, at(350))),
        Some(at(400))
    );
    world.acknowledge(early, 60);
    assert_eq!(due(1_000), [late]);
}

fn a_reader_may_load(world: &World) {
    let opened = world.open(1, "disk", 1);
    let many = world.read(move |tx| incidents::load_many(tx, &[opened.incident]));
    assert_eq!(many.len(), 1);
    let locked = world.write(move |tx| incidents::load_many(tx, &[opened.incident]));
    assert_eq!(locked, many);
    let alerts = world.read(move |tx| alerts::of_incident(tx, opened.incident, 10));
    assert_eq!(alerts.len(), 1);
    let open = world.write(move |tx| alerts::open_of_incident(tx, opened.incident));
    assert_eq!(open[0].alert, alerts[0]);
}

fn inputs_are_kept(world: &World) {
    const BODY: Sql = sql("SELECT body FROM input");
    let opened = world.open(1, "disk", 1);
    let asked = |from: &str| {
        InputBody::Incident(IncidentInput::Acknowledge {
            via: Via::Web,
            from: from.to_owned(),
        })
    };
    world.write(move |tx| {
        let mut save = Save::new(SALT_KEY);
        save.input(InputRow {
            id: USER.0,
            kind: "acknowledge",
            at: at(2),
            actor: Actor::User(USER),
            stream: opened.incident.to_string(),
            body: asked("203.0.113.7, phone"),
            config_epoch: 6,
        });
        save.flush(tx)
    });
    let body = world.read(|tx| tx.query_one(&BODY, &[], |row| row.blob(0)));
    let stored = std::str::from_utf8(&body).unwrap();
    assert_eq!(
        stored,
        r#"{"incident":{"acknowledge":{"via":"web"}},"v":1}"#
    );
    assert_eq!(codec::decode_input(&body), Ok(asked("")));
}

fn a_receipt_is_kept_without_the_providers_words(_: &World) {
    let receipt = |detail: &str| {
        InputBody::Incident(IncidentInput::Attempt(AttemptReport {
            delivery: DeliveryId(USER.0),
            number: 2,
            providers: 1,
            claimed_at: at(2),
            result: AttemptResult::Failed {
                reason: FailureReason::RateLimited,
                retry_after_s: Some(30),
            },
            detail: detail.to_owned(),
            together: None,
            jitter_permille: 7,
        }))
    };
    let bytes = codec::encode_input(&receipt("slow down, aiko@example.org")).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("aiko"));
    assert_eq!(codec::decode_input(&bytes), Ok(receipt("")));
}

fn a_key_with_nul_is_found_again(world: &World) {
    let key = "a\0b";
    let config = world.config();
    world.write(move |tx| world::open(tx, &config, 1, key, 1).map(drop));
    let found = world.read(move |tx| alerts::open_by_keys(tx, &[(INTEGRATION, key.to_owned())]));
    assert_eq!(
        found[&(INTEGRATION, key.to_owned())].alert.state.event,
        event(key, 1)
    );
}

#[test]
fn both_engines_keep_the_same_bytes() {
    let facts = [Kind::Memory, Kind::Postgres].map(|kind| {
        let world = World::new(kind);
        let opened = world.open(1, "disk", 1);
        world.acknowledge(opened.incident, 2);
        world.write(|tx| {
            put(
                tx,
                &wb_core::config::Object::User(USER, user("Ana", "ana@example.org")),
                Some(1),
                at(3),
            );
            Ok(())
        });
        world.read(|tx| {
            const ALL: Sql = sql(
                "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.prev_hash, f.hash,
                        t.kind, t.salt, t.text
                   FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
                  ORDER BY f.stream, f.seq",
            );
            tx.query(&ALL, &[], |row| {
                let texts = [row.text(0)?, row.text(3)?, row.text(4)?];
                let numbers = [row.i64(1)?, row.i64(2)?];
                let bytes = [row.blob(5)?, row.blob(6)?, row.blob(7)?];
                let text = (row.opt_text(8)?, row.opt_blob(9)?, row.opt_blob(10)?);
                Ok((texts, numbers, bytes, text))
            })
        })
    });
    assert!(facts[0].len() > 8);
    assert_eq!(facts[0], facts[1]);
}

pub(super) fn count(world: &World, table: &'static str) -> i64 {
    const TABLES: [(&str, Sql); 6] = [
        ("alert", sql("SELECT count(*) FROM alert")),
        ("signal", sql("SELECT count(*) FROM signal")),
        ("payload", sql("SELECT count(*) FROM payload")),
        ("input", sql("SELECT count(*) FROM input")),
        ("outbox", sql("SELECT count(*) FROM outbox")),
        ("fact_text", sql("SELECT count(*) FROM fact_text")),
    ];
    let sql = TABLES.iter().find(|(name, _)| *name == table).unwrap().1;
    world.read(move |tx| tx.query_one(&sql, &[], |row| row.i64(0)))
}
