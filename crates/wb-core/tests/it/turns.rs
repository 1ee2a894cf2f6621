//! Steps that tell one person after the other, from incident to incident.

use proptest::prelude::*;
use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::config::{Config, Object, Step, Target, User};
use wb_core::decision::Ctx;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, UserId};
use wb_core::incident::{
    Cause, IncidentFact, IncidentInput, OpenIncident, Turn, TurnTaken, Turns, open,
};

use crate::world::{AIKO, CHECKOUT, HOOK, MARTA, NOBODY, POLICY, TEAM, World, at, config, step};

fn in_turn(targets: &[Target]) -> Step {
    Step {
        round_robin: true,
        ..step(targets, 300)
    }
}

fn person(n: u128) -> UserId {
    UserId(Uuid::from_u128(100 + n))
}

/// A policy with one step over this many people, all of whom have mail.
fn with_people(count: u128) -> Config {
    let targets: Vec<_> = (0..count).map(|n| Target::User(person(n))).collect();
    let mut config = config(vec![in_turn(&targets)], 0);
    let marta = config.users[&MARTA].value.clone();
    for n in 0..count {
        let user = User {
            name: format!("p{n}"),
            ..marta.clone()
        };
        config.put(Object::User(person(n), user), 1);
    }
    config
}

/// Opens an incident and gives whose turn it was.
fn open_next(config: &Config, turns: &mut Turns, n: u128) -> Option<TurnTaken> {
    let new = OpenIncident {
        id: IncidentId(Uuid::from_u128(10_000 + n)),
        service: CHECKOUT,
        team: TEAM,
        severity: Severity::Critical,
        urgency: Urgency::High,
        cause: Cause::Declared { via: Via::Web },
        title: "latency".into(),
        summary: String::new(),
    };
    let ctx = Ctx {
        now: at(0),
        input: Uuid::from_u128(20_000 + n),
        config,
    };
    let decision = open(new, Actor::User(MARTA), turns, ctx).expect("an incident");
    turns.follow(&decision.effects);
    let mut facts = decision.facts.into_iter();
    facts.find_map(|decided| match decided.fact {
        IncidentFact::StepExecuted { turn, .. } => turn,
        _ => None,
    })
}

fn pause(config: &mut Config, id: UserId, pauses: bool) {
    let mut user = config.users[&id].value.clone();
    user.paused_until = pauses.then(|| at(1_000_000));
    config.put(Object::User(id, user), 2);
}

proptest! {
    #[test]
    fn each_is_taken_as_often_and_in_order(people in 1_u128..7, incidents in 0_u128..40) {
        let config = with_people(people);
        let mut turns = Turns::default();
        for n in 0..incidents {
            let turn = open_next(&config, &mut turns, n).expect("a turn");
            prop_assert_eq!(turn.user, person(n % people));
            prop_assert_eq!(turn.after, n.checked_sub(1).map(|before| person(before % people)));
            prop_assert!(turn.missed.is_empty());
        }
    }

    #[test]
    fn whoever_comes_or_goes_does_not_stop_the_others(
        orders in proptest::collection::vec(proptest::collection::vec(0_u128..5, 1..5), 1..20),
    ) {
        let mut turn = Turn::default();
        for order in orders {
            let mut people: Vec<_> = order.into_iter().map(person).collect();
            people.dedup();
            let next = turn.order_of(&people);
            let mut sorted = (next.clone(), people.clone());
            sorted.0.sort();
            sorted.1.sort();
            prop_assert_eq!(&sorted.0, &sorted.1, "the same people");
            turn = Turn { version: turn.version + 1, last: next.first().copied(), order: people };
        }
    }
}

#[test]
fn who_cannot_be_told_is_passed_over_and_keeps_their_place() {
    let mut config = with_people(3);
    let mut turns = Turns::default();
    assert_eq!(open_next(&config, &mut turns, 0).unwrap().user, person(0));
    pause(&mut config, person(1), true);
    let turn = open_next(&config, &mut turns, 1).unwrap();
    assert_eq!((turn.user, turn.missed), (person(2), vec![person(1)]));
    pause(&mut config, person(1), false);
    assert_eq!(open_next(&config, &mut turns, 2).unwrap().user, person(0));
    assert_eq!(open_next(&config, &mut turns, 3).unwrap().user, person(1));
}

#[test]
fn who_left_is_followed_by_whoever_came_after_them() {
    let [a, b, c, d] = [0, 1, 2, 3].map(person);
    let turn = |last, order: &[UserId]| Turn {
        version: 1,
        last: Some(last),
        order: order.to_vec(),
    };
    assert_eq!(turn(b, &[a, b, c]).order_of(&[a, c]), [c, a]);
    assert_eq!(turn(c, &[a, b, c]).order_of(&[a, b]), [a, b]);
    // On call changes hands: whoever came after still does.
    assert_eq!(turn(a, &[a, b]).order_of(&[c, b]), [b, c]);
    assert_eq!(turn(a, &[a]).order_of(&[c, d]), [c, d]);
}

#[test]
fn doing_the_step_again_takes_the_next_turn() {
    let both = in_turn(&[Target::User(AIKO), Target::User(MARTA)]);
    let mut world = World::open(config(vec![both], 1), Severity::Critical);
    assert!(world.wake());
    let by = Actor::User(MARTA);
    let again = IncidentInput::Escalate {
        via: Via::Web,
        step: Some(0),
    };
    world.input_by(by, again).unwrap();
    assert_eq!(
        world.pages(),
        "+0 aiko email+0 ntfy+60\n+300 marta email+300\n+300 aiko email+300 ntfy+360"
    );
    assert_eq!(world.turns.of(POLICY, 0).version, 3);
}

#[test]
fn nobody_is_taken_where_nobody_can_be_told_and_endpoints_always_are() {
    let targets = [Target::User(NOBODY), Target::Endpoint(HOOK)];
    let world = World::open(config(vec![in_turn(&targets)], 0), Severity::Critical);
    assert_eq!(world.turns, Turns::default());
    assert_eq!(world.pages(), "+0 nobody \n+0 hook webhook+0");
    let targets = [
        Target::User(NOBODY),
        Target::User(AIKO),
        Target::Endpoint(HOOK),
    ];
    let world = World::open(config(vec![in_turn(&targets)], 0), Severity::Critical);
    assert_eq!(world.pages(), "+0 aiko email+0 ntfy+60\n+0 hook webhook+0");
}
