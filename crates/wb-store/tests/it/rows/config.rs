//! Configuration objects and their history.

use wb_core::actor::Actor;
use wb_core::config::{Config, Object, ObjectId, Scope};
use wb_core::ids::UserId;
use wb_core::incident::PolicyRef;
use wb_store::config::{self, EditError};

use super::on_both;
use super::world::{
    OTHER_TEAM, POLICY, SALT_KEY, SERVICE, TEAM, USER, World, at, member, objects, policy, put,
    team, user,
};

on_both! {
    what_is_put_is_loaded,
    an_edit_needs_the_version_it_began_with,
    names_are_unique_among_the_living,
    a_policy_is_kept_at_every_version,
    history_tells_every_version,
    history_is_for_those_who_may_read,
}

fn what_is_put_is_loaded(world: &World) {
    let mut expected = Config::default();
    expected.epoch = 6;
    for object in objects() {
        expected.put(object, 1);
    }
    assert_eq!(world.config(), expected);
    assert_eq!(world.read(config::epoch), 6);
}

fn an_edit_needs_the_version_it_began_with(world: &World) {
    let edit = |world: &World, expected| {
        world.write(move |tx| {
            let object = Object::Policy(POLICY, policy());
            Ok(config::put(
                tx,
                &object,
                expected,
                Actor::User(USER),
                at(1),
                &SALT_KEY,
            ))
        })
    };
    assert_eq!(
        edit(world, None),
        Err(EditError::VersionMoved { current: 1 })
    );
    assert_eq!(
        edit(world, Some(7)),
        Err(EditError::VersionMoved { current: 1 })
    );
    assert_eq!(edit(world, Some(1)), Ok(2));
    assert_eq!(
        edit(world, Some(1)),
        Err(EditError::VersionMoved { current: 2 })
    );
    assert_eq!(world.read(config::epoch), 7, "only what was taken counts");

    let delete = |world: &World, expected| {
        world.write(move |tx| {
            let id = ObjectId::Policy(POLICY);
            Ok(config::delete(
                tx,
                id,
                expected,
                Actor::System,
                at(2),
                &SALT_KEY,
            ))
        })
    };
    assert_eq!(
        delete(world, 1),
        Err(EditError::VersionMoved { current: 2 })
    );
    assert_eq!(delete(world, 2), Ok(3));
    assert_eq!(
        delete(world, 3),
        Err(EditError::VersionMoved { current: 0 })
    );
    assert!(!world.config().policies.contains_key(&POLICY));
}

fn names_are_unique_among_the_living(world: &World) {
    let taken = world.write(|tx| {
        let object = Object::User(UserId(SERVICE.0), user("Bo", "aroha@EXAMPLE.org"));
        Ok(config::put(
            tx,
            &object,
            None,
            Actor::System,
            at(1),
            &SALT_KEY,
        ))
    });
    assert_eq!(taken, Err(EditError::NameTaken { kind: "user" }));
    world.write(|tx| {
        // The same name in another kind, the own name, and the name of a deleted object are free.
        put(tx, &Object::Team(TEAM, team("Databases")), Some(1), at(1));
        let id = ObjectId::User(USER);
        config::delete(tx, id, 1, Actor::System, at(2), &SALT_KEY).unwrap();
        put(
            tx,
            &Object::User(UserId(SERVICE.0), user("Bo", "aroha@EXAMPLE.org")),
            None,
            at(3),
        );
        Ok(())
    });
}

fn a_policy_is_kept_at_every_version(world: &World) {
    world.write(|tx| {
        let mut newer = policy();
        newer.repeat = 9;
        put(tx, &Object::Policy(POLICY, newer), Some(1), at(1));
        Ok(())
    });
    let repeat = |version| {
        let held = PolicyRef {
            id: POLICY,
            version,
        };
        world
            .read(move |tx| config::policy_at(tx, held))
            .map(|policy| policy.repeat)
    };
    assert_eq!([repeat(1), repeat(2), repeat(3)], [Some(1), Some(9), None]);
}

fn history_tells_every_version(world: &World) {
    world.write(|tx| {
        put(tx, &Object::Team(TEAM, team("Storage")), Some(1), at(9));
        // The clock of this edit stands behind; the stream's does not run back.
        let id = ObjectId::Team(TEAM);
        config::delete(tx, id, 2, Actor::User(USER), at(5), &SALT_KEY).unwrap();
        Ok(())
    });
    let id = ObjectId::Team(TEAM);
    let all = world.read(move |tx| config::history(tx, &Scope::system(), id, None, 10));
    let seen: Vec<_> = all
        .iter()
        .map(|v| (v.version, v.at, v.actor, v.deleted))
        .collect();
    let system = Actor::System;
    let expected = [
        (3, at(9), Actor::User(USER), true),
        (2, at(9), system, false),
        (1, at(0), system, false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(all[1].object, Some(Object::Team(TEAM, team("Storage"))));
    let older = world.read(move |tx| config::history(tx, &Scope::system(), id, Some(2), 10));
    assert_eq!(older, all[2..]);
}

fn history_is_for_those_who_may_read(world: &World) {
    for object in objects() {
        let id = object.id();
        let seen = |scope: Scope| {
            world
                .read(move |tx| config::history(tx, &scope, id, None, 1))
                .len()
        };
        let (ours, theirs) = match id {
            ObjectId::User(_) => (0, 0),
            ObjectId::Team(OTHER_TEAM) => (0, 1),
            _ => (1, 0),
        };
        assert_eq!(seen(member(TEAM)), ours, "{id}");
        assert_eq!(seen(member(OTHER_TEAM)), theirs, "{id}");
        assert_eq!(seen(Scope::default()), 0, "{id}");
        assert_eq!(seen(Scope::system()), 1, "{id}");
    }
}
