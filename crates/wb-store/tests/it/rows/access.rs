//! Tokens, sessions, passwords, kept answers, nodes, refused calls, seals, and facts by name.

use wb_core::actor::Actor;
use wb_core::config::Scope;
use wb_core::ids::{NodeId, SessionId, TokenId};
use wb_store::db::{Engine, Tx};
use wb_store::idempotency::Answer;
use wb_store::nodes::Node;
use wb_store::refused::{KEPT_PER_INTEGRATION, Refused};
use wb_store::seals::Seal;
use wb_store::sending::{HeldWhy, Hold, Resumed};
use wb_store::sessions::Session;
use wb_store::tokens::Token;
use wb_store::{
    credentials, idempotency, meta, nodes, origin, refused, seals, sending, sessions, tokens,
};

use super::on_both;
use super::world::{INTEGRATION, OTHER_TEAM, TEAM, USER, World, at, member};

on_both! {
    a_token_works_until_it_is_revoked_or_expires,
    a_session_works_until_it_ends,
    a_password_is_set_read_and_removed,
    a_setup_link_is_used_once,
    an_answer_is_kept_for_a_while,
    nodes_beat,
    refused_calls_are_bounded,
    seals_cover_every_stream,
    facts_by_name,
    a_database_that_moved_holds_its_sending,
}

fn token(n: u128) -> Token {
    Token {
        id: TokenId(uuid::Uuid::from_u128(n)),
        user: USER,
        name: "deploy\0bot".to_owned(),
        created_at: at(1),
        expires_at: Some(at(100)),
        last_used_at: None,
        revoked_at: None,
    }
}

fn a_token_works_until_it_is_revoked_or_expires(world: &World) {
    world.write(|tx| {
        tokens::create(tx, &token(1), "h1")?;
        tokens::create(
            tx,
            &Token {
                expires_at: None,
                ..token(2)
            },
            "h2",
        )
    });
    let works = |hash: &'static str, seconds| {
        world
            .read(move |tx| tokens::find(tx, hash, at(seconds)))
            .is_some()
    };
    assert_eq!(
        [works("h1", 99), works("h1", 100), works("h2", 999)],
        [true, false, true]
    );
    assert!(!works("h3", 1));

    world.write(|tx| {
        tokens::touch(tx, token(2).id, at(50))?;
        tokens::touch(tx, token(2).id, at(55))
    });
    let stored = world.read(|tx| tokens::get(tx, token(2).id)).unwrap();
    assert_eq!(stored.last_used_at, Some(at(50)), "to the minute");
    assert_eq!(stored.name, "deploy\u{fffd}bot");

    let revoke = || world.write(|tx| tokens::revoke(tx, token(2).id, at(60)));
    assert_eq!([revoke(), revoke()], [true, false]);
    assert!(!works("h2", 61));
    assert_eq!(world.write(|tx| tokens::revoke_all(tx, USER, at(70))), 1);
    assert!(!works("h1", 71));
    let all = world.read(|tx| tokens::of_user(tx, USER));
    assert_eq!(
        all.iter().map(|t| t.id).collect::<Vec<_>>(),
        [token(2).id, token(1).id]
    );
}

fn session(n: u128) -> Session {
    Session {
        id: SessionId(uuid::Uuid::from_u128(n)),
        user: USER,
        created_at: at(1),
        last_seen_at: at(1),
        expires_at: at(100),
        user_agent: Some("Firefox".to_owned()),
        remote: None,
    }
}

fn a_session_works_until_it_ends(world: &World) {
    world.write(|tx| {
        sessions::create(tx, &session(1), "h1")?;
        sessions::create(tx, &session(2), "h2")?;
        sessions::touch(tx, session(2).id, at(50), at(200))
    });
    let works = |hash: &'static str, seconds| {
        world
            .read(move |tx| sessions::find(tx, hash, at(seconds)))
            .is_some()
    };
    assert_eq!(
        [works("h1", 99), works("h1", 100), works("h2", 150)],
        [true, false, true]
    );
    assert_eq!(
        world.read(|tx| sessions::get(tx, session(1).id)),
        Some(session(1))
    );
    assert_eq!(
        world.read(|tx| sessions::of_user(tx, USER, at(50))).len(),
        2
    );
    assert_eq!(
        world.write(|tx| sessions::end_all(tx, USER, Some(session(2).id))),
        1
    );
    assert_eq!(
        world.read(|tx| sessions::of_user(tx, USER, at(50))).len(),
        1
    );
    let end = || world.write(|tx| sessions::end(tx, session(2).id));
    assert_eq!([end(), end()], [true, false]);
}

fn a_password_is_set_read_and_removed(world: &World) {
    let get = || world.read(|tx| credentials::get(tx, USER));
    assert_eq!(get(), None);
    for hash in ["$argon2id$1", "$argon2id$2"] {
        world.write(move |tx| credentials::set(tx, USER, hash, at(1)));
        assert_eq!(get().as_deref(), Some(hash));
    }
    let remove = || world.write(|tx| credentials::remove(tx, USER));
    assert_eq!([remove(), remove()], [true, false]);
}

fn a_setup_link_is_used_once(world: &World) {
    world.write(|tx| {
        credentials::new_setup_link(tx, "old", at(1))?;
        credentials::new_setup_link(tx, "new", at(2))
    });
    let open = |hash: &'static str, since| {
        world.read(move |tx| credentials::setup_link_is_open(tx, hash, at(since)))
    };
    assert_eq!(
        [open("old", 0), open("new", 0), open("new", 2)],
        [false, true, false]
    );
    let use_it = |hash: &'static str| {
        world.write(move |tx| credentials::use_setup_link(tx, hash, at(3), at(0)))
    };
    assert_eq!(
        [use_it("old"), use_it("new"), use_it("new")],
        [false, true, false]
    );
}

fn an_answer_is_kept_for_a_while(world: &World) {
    let answer = |seconds| Answer {
        at: at(seconds),
        request_hash: [3; 32],
        status: 201,
        body: b"{}".to_vec(),
    };
    let reserve = |seconds, kept_since, under_way_since| {
        world.write(move |tx| {
            let (now, kept) = (at(seconds), at(kept_since));
            let under_way = at(under_way_since);
            idempotency::reserve(tx, "usr_1", "key\0", &[3; 32], now, kept, under_way)
        })
    };
    let keep = |seconds| {
        let result = world
            .ground
            .write(move |tx| idempotency::answer(tx, "usr_1", "key\0", &answer(seconds)));
        result.is_ok()
    };
    let get = |since| world.read(move |tx| idempotency::get(tx, "usr_1", "key\0", at(since)));
    assert_eq!(get(0), None);
    assert!(!keep(9), "nothing was reserved");
    assert!(reserve(10, 0, 0));
    assert!(!reserve(11, 0, 0), "one call is under way");
    assert_eq!(get(0).map(|answer| answer.status), Some(0));
    assert!(reserve(12, 0, 11), "its process is gone");
    assert!(keep(13));
    assert_eq!(get(0), Some(answer(13)));
    assert_eq!(get(13), None, "expired");
    assert!(!reserve(14, 0, 14), "the kept answer stands");
    assert!(reserve(15, 13, 0), "an expired one gives way");
    world.write(|tx| idempotency::forget(tx, "usr_1", "key\0", &[3; 32]));
    assert_eq!(get(0), None, "given back");
    let other = world.read(|tx| idempotency::get(tx, "usr_2", "key\0", at(0)));
    assert_eq!(other, None, "keys belong to their caller");
}

fn nodes_beat(world: &World) {
    let node = Node {
        id: NodeId(uuid::Uuid::from_u128(1)),
        name: "one".to_owned(),
        key_id: "k1".to_owned(),
        beat: 0,
        started_at: at(1),
        version: "0.1.0".to_owned(),
        url: None,
    };
    for beat in 1..4 {
        let beating = node.clone();
        world.write(move |tx| nodes::beat(tx, &beating));
        assert_eq!(
            world.read(nodes::live),
            [Node {
                beat,
                ..node.clone()
            }]
        );
    }
    world.write(move |tx| nodes::forget(tx, node.id));
    assert_eq!(world.read(nodes::live), []);
}

fn refused_calls_are_bounded(world: &World) {
    let call = |n: u128| Refused {
        id: uuid::Uuid::from_u128(n),
        at: at(1),
        status: 400,
        reason: "no such key\0".to_owned(),
        remote: None,
    };
    for whose in [Some(INTEGRATION), None] {
        let offset = if whose.is_some() { 1_000 } else { 2_000 };
        for batch in 0..3 {
            world.write(move |tx| {
                let newest: Vec<_> = (0..60).map(|n| call(offset + batch * 60 + n)).collect();
                refused::add(tx, whose, 70, &newest)
            });
        }
        let (count, rows) = world.read(move |tx| refused::list(tx, &Scope::system(), whose, 500));
        assert_eq!((count, rows.len()), (210, KEPT_PER_INTEGRATION as usize));
        assert_eq!(rows[0].id, call(offset + 179).id);
        assert_eq!(rows[0].reason, "no such key\u{fffd}");
    }
    let seen = |scope: Scope, whose| {
        world
            .read(move |tx| refused::list(tx, &scope, whose, 1))
            .1
            .len()
    };
    assert_eq!(seen(member(TEAM), Some(INTEGRATION)), 1);
    assert_eq!(seen(member(OTHER_TEAM), Some(INTEGRATION)), 0);
    assert_eq!(seen(member(TEAM), None), 0);
}

fn seals_cover_every_stream(world: &World) {
    let opened = world.open(1, "disk", 1);
    let root = |seconds| world.read(move |tx| seals::root(tx, at(seconds)));
    let (before, streams) = root(2);
    assert_eq!(streams, 8, "six objects, an alert and an incident");
    world.acknowledge(opened.incident, 3);
    assert_eq!(root(2), (before, 8), "later facts change nothing");
    assert_ne!(root(4).0, before);
    assert_eq!(root(4).1, 8);
    let seal = Seal {
        day: 19_675,
        at: at(5),
        key_id: "k1".to_owned(),
        root: before,
        count: 8,
        signature: vec![1; 64],
    };
    let put = {
        let seal = seal.clone();
        move |world: &World| {
            let seal = seal.clone();
            world.write(move |tx| seals::put(tx, &seal))
        }
    };
    assert_eq!([put(world), put(world)], [true, false]);
    assert_eq!(world.read(|tx| seals::list(tx, None, 5)), [seal]);
    assert_eq!(world.read(|tx| seals::list(tx, Some(19_675), 5)), []);
}

fn facts_by_name(world: &World) {
    assert!(!world.read(meta::sending_held));
    world.write(|tx| sending::hold(tx, HeldWhy::Server, at(1)));
    // The first reason stands.
    world.write(|tx| sending::hold(tx, HeldWhy::Backup, at(2)));
    assert!(world.read(meta::sending_held));
    let hold = Hold {
        why: HeldWhy::Server,
        since: Some(at(1)),
    };
    assert_eq!(world.read(sending::held), Some(hold));
    assert_eq!(world.read(sending::resumed), None);
    let by = Actor::User(USER);
    let resume = move |tx: &mut Tx<'_>| sending::resume(tx, by, at(3), 7);
    assert_eq!(world.write(resume), Some(hold));
    assert_eq!(world.write(resume), None);
    assert_eq!(world.read(sending::held), None);
    let resumed = Resumed { at: at(3), by };
    assert_eq!(world.read(sending::resumed), Some(resumed));
    // Each time is a fact that stays.
    world.write(|tx| sending::hold(tx, HeldWhy::Directory, at(4)));
    assert!(world.write(move |tx| sending::tell_once(tx, hold)));
    assert!(!world.write(move |tx| sending::tell_once(tx, hold)));
    world.write(|tx| sending::resume(tx, Actor::System, at(5), 0));
    let all = world.read(|tx| sending::resumptions(tx, None, 10));
    let seen: Vec<_> = all
        .iter()
        .map(|one| (one.number, one.by, one.dropped))
        .collect();
    assert_eq!(seen, [(2, Actor::System, 0), (1, by, 7)]);
    assert_eq!(all[1].hold, hold);
    let checked = world.read(|tx| wb_store::verify::check_stream(tx, "sending"));
    assert_eq!((checked.facts, checked.findings), (2, Vec::new()));
    world.write(|tx| meta::probe(tx, at(1)));
    world.write(|tx| meta::set(tx, "who", "a"));
    assert_eq!(world.read(|tx| meta::get(tx, "who")).as_deref(), Some("a"));
    assert_eq!(world.read(|tx| meta::get(tx, "nobody")), None);
}

fn a_database_that_moved_holds_its_sending(world: &World) {
    let why = |world: &World| world.read(sending::held).map(|hold| hold.why);
    let let_go = |tx: &mut Tx<'_>| sending::resume(tx, Actor::System, at(9), 0);
    world.write(|tx| origin::set_instance(tx, "one", at(1)));
    world.write(|tx| origin::set_instance(tx, "one", at(1)));
    assert_eq!(why(world), None);
    world.write(|tx| origin::set_instance(tx, "two", at(2)));
    assert_eq!(world.read(origin::instance).as_deref(), Some("two"));
    assert_eq!(why(world), Some(HeldWhy::Directory));
    world.write(let_go);

    let engine = world.engine();
    let settle = move |tx: &mut Tx<'_>| origin::settle_server(tx, engine, at(3));
    world.write(settle);
    world.write(settle);
    assert_eq!(why(world), None, "what is found first is only noted");
    for (key, expected) in [
        ("postgres_database", HeldWhy::Database),
        ("postgres_system", HeldWhy::Server),
    ] {
        world.write(move |tx| meta::set(tx, key, "1"));
        world.write(settle);
        let is_postgres = engine == Engine::Postgres;
        assert_eq!(why(world), is_postgres.then_some(expected));
        world.write(let_go);
        world.write(settle);
        assert_eq!(why(world), None, "it holds once");
    }
}
