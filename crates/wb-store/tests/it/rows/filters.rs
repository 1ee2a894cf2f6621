//! Saved filters: whose they are, and what an edit needs.

use uuid::Uuid;
use wb_core::config::Scope;
use wb_core::ids::{FilterId, UserId};
use wb_store::filters::{self, Filter, FilterOwner};

use super::on_both;
use super::world::{OTHER_TEAM, TEAM, USER, World, at, member};

on_both! {
    each_sees_their_own_and_their_teams,
    names_are_unique_for_each_owner,
    an_edit_names_its_version,
}

const OTHER_USER: UserId = UserId(Uuid::from_u128(99));

fn filter(n: u128, owner: FilterOwner, name: &str) -> Filter {
    Filter {
        id: FilterId(Uuid::from_u128(n)),
        owner,
        name: name.to_owned(),
        query: "{\"state\":[\"triggered\"]}".to_owned(),
        version: 1,
        updated_at: at(1),
        updated_by: USER,
    }
}

fn insert(world: &World, new: Filter) -> bool {
    world.write(move |tx| filters::insert(tx, &new))
}

fn each_sees_their_own_and_their_teams(world: &World) {
    let mine = filter(1, FilterOwner::User(USER), "mine");
    let ours = filter(2, FilterOwner::Team(TEAM), "ours");
    let theirs = filter(3, FilterOwner::Team(OTHER_TEAM), "theirs");
    for one in [&mine, &ours, &theirs] {
        assert!(insert(world, one.clone()));
    }
    let seen = |scope: Scope, user| world.read(move |tx| filters::list(tx, &scope, user));
    assert_eq!(seen(member(TEAM), USER), [mine.clone(), ours.clone()]);
    assert_eq!(seen(member(TEAM), OTHER_USER), std::slice::from_ref(&ours));
    assert_eq!(seen(Scope::default(), OTHER_USER), []);
    let all = [mine.clone(), ours, theirs.clone()];
    assert_eq!(seen(Scope::system(), USER), all);
    let get = |scope: Scope, user, id| world.read(move |tx| filters::get(tx, &scope, user, id));
    assert_eq!(get(member(TEAM), USER, mine.id), Some(mine.clone()));
    assert_eq!(get(Scope::system(), OTHER_USER, mine.id), None);
    assert_eq!(get(member(TEAM), USER, theirs.id), None);
    assert_eq!(world.read(move |tx| filters::count(tx, mine.owner)), 1);
    let owner = FilterOwner::Team(TEAM);
    assert_eq!(world.read(move |tx| filters::count(tx, owner)), 1);
}

fn names_are_unique_for_each_owner(world: &World) {
    assert!(insert(world, filter(1, FilterOwner::User(USER), "Größe")));
    assert!(!insert(
        world,
        filter(
            2,
            FilterOwner::User(USER),
            "GRÖSSE".replace("SS", "ß").as_str()
        )
    ));
    assert!(insert(world, filter(3, FilterOwner::Team(TEAM), "Größe")));
    assert!(insert(world, filter(4, FilterOwner::User(USER), "other")));
    let mut taken = filter(4, FilterOwner::User(USER), "größe");
    taken.version = 2;
    assert!(!world.write(move |tx| filters::update(tx, &taken, 1)));
}

fn an_edit_names_its_version(world: &World) {
    let first = filter(1, FilterOwner::User(USER), "a");
    assert!(insert(world, first.clone()));
    let edit = |version| {
        let mut next = filter(1, FilterOwner::User(USER), "b");
        next.version = version + 1;
        world.write(move |tx| filters::update(tx, &next, version))
    };
    assert!(edit(1));
    assert!(!edit(1));
    assert!(edit(2));
    let id = first.id;
    let scope = Scope::default();
    let found = world.read(move |tx| filters::get(tx, &scope, USER, id));
    assert_eq!(
        found.map(|f| (f.version, f.name)),
        Some((3, "b".to_owned()))
    );
    assert!(world.write(move |tx| filters::delete(tx, id)));
    assert!(!world.write(move |tx| filters::delete(tx, id)));
}
