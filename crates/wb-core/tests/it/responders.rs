//! Others are asked to help.

use wb_core::actor::{Actor, Via};
use wb_core::config::{Config, Object, PersonalRules, Policy, Step, Target, User};
use wb_core::event::Severity;
use wb_core::ids::{DeliveryId, UserId};
use wb_core::incident::{
    AttemptResult, FailureReason, HelpFrom, IncidentError, IncidentFact, IncidentInput,
    IncidentState, PolicyRef,
};

use crate::world::{AIKO, HOOK, MARTA, NOBODY, POLICY, TEAM, World, at, config, step};

/// Marta has the incident, which paged nobody else but her.
fn acknowledged() -> World {
    let steps = vec![step(&[Target::User(MARTA)], 300)];
    let mut world = World::open(config(steps, 0), Severity::Critical);
    world.acknowledge().unwrap();
    world
}

fn ask(world: &mut World, targets: &[Target]) -> Result<(), IncidentError> {
    world.input(IncidentInput::AskResponders {
        via: Via::Web,
        targets: targets.iter().copied().map(HelpFrom::Target).collect(),
        message: "can you look at the database?".to_owned(),
    })
}

fn answer(world: &mut World, user: UserId, accepts: bool) -> Result<(), IncidentError> {
    let input = IncidentInput::AnswerRequest {
        via: Via::Web,
        from: String::new(),
        accepts,
    };
    world.input_by(Actor::User(user), input)
}

fn asked(world: &World) -> Vec<(UserId, Option<bool>)> {
    let all = world.incident.responders.iter();
    all.map(|known| (known.user, known.answer.map(|answer| answer.accepted)))
        .collect()
}

fn changed(config: &mut Config, id: UserId, change: impl FnOnce(&mut User)) {
    let mut user = config.users[&id].value.clone();
    change(&mut user);
    config.put(Object::User(id, user), 2);
}

/// What asks for help and may still go out.
fn deliveries(world: &World) -> Vec<DeliveryId> {
    let asks = |id: &DeliveryId| {
        let page = world.incident.delivery(*id).map(|(page, _)| page);
        page.is_some_and(|page| page.why.is_asked())
    };
    world.outbox.keys().copied().filter(asks).collect()
}

#[test]
fn help_is_asked_for_while_somebody_has_the_incident() {
    let mut world = acknowledged();
    assert!(world.outbox.is_empty());
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    assert_eq!(world.incident.state, IncidentState::Acknowledged);
    assert_eq!(world.outbox.len(), 2, "both of Aiko's rules");
    for input in [
        IncidentInput::Acknowledge {
            via: Via::Web,
            from: String::new(),
        },
        IncidentInput::Snooze {
            via: Via::Web,
            until: at(600),
        },
        IncidentInput::Unsnooze { via: Via::Web },
        IncidentInput::Unacknowledge { via: Via::Web },
        IncidentInput::Acknowledge {
            via: Via::Web,
            from: String::new(),
        },
    ] {
        world.input(input).unwrap();
        let left = deliveries(&world).len();
        assert_eq!(left, 2, "somebody has it, and still wants help");
    }
    answer(&mut world, AIKO, true).unwrap();
    assert!(world.outbox.is_empty());
    assert_eq!(asked(&world), [(AIKO, Some(true))]);
}

#[test]
fn nobody_is_asked_twice_but_after_a_decline() {
    let mut world = acknowledged();
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    let facts = world.facts.len();
    ask(&mut world, &[Target::User(AIKO), Target::Team(TEAM)]).unwrap();
    assert_eq!(
        asked(&world),
        [(AIKO, None), (NOBODY, None)],
        "only who was not asked yet"
    );
    assert_eq!(world.facts.len(), facts + 2);
    answer(&mut world, AIKO, false).unwrap();
    let before = world.facts.len();
    answer(&mut world, AIKO, false).unwrap();
    assert_eq!(
        world.facts.len(),
        before,
        "the same answer says nothing new"
    );
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    assert_eq!(asked(&world), [(NOBODY, None), (AIKO, None)]);
    answer(&mut world, AIKO, true).unwrap();
    let before = world.facts.len();
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    assert_eq!(world.facts.len(), before, "they come already");
    answer(&mut world, AIKO, false).unwrap();
    assert_eq!(
        asked(&world),
        [(NOBODY, None), (AIKO, Some(false))],
        "minds change"
    );
}

#[test]
fn who_has_it_and_who_asks_are_not_asked() {
    let mut world = acknowledged();
    let both = [Target::User(MARTA), Target::Endpoint(HOOK)];
    assert_eq!(ask(&mut world, &both), Err(IncidentError::NobodyToHelp));
    assert_eq!(ask(&mut world, &[]), Err(IncidentError::HelpTargets));
    assert_eq!(answer(&mut world, AIKO, true), Err(IncidentError::NotAsked));
}

#[test]
fn taking_the_incident_is_helping() {
    let steps = vec![step(&[Target::User(MARTA)], 300)];
    let mut world = World::open(config(steps, 0), Severity::Critical);
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    let input = IncidentInput::Acknowledge {
        via: Via::Web,
        from: String::new(),
    };
    world.input_by(Actor::User(AIKO), input).unwrap();
    assert_eq!(asked(&world), [(AIKO, Some(true))]);
    assert!(world.outbox.is_empty());
    assert_eq!(world.incident.owner, Some(AIKO));
}

#[test]
fn an_incident_that_is_over_asks_nobody() {
    let mut world = acknowledged();
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    let over = IncidentInput::Resolve {
        via: Via::Web,
        from: String::new(),
    };
    world.input(over).unwrap();
    assert!(world.outbox.is_empty());
    assert_eq!(
        answer(&mut world, AIKO, true),
        Err(IncidentError::AlreadyResolved)
    );
    let again = ask(&mut world, &[Target::User(NOBODY)]);
    assert_eq!(again, Err(IncidentError::AlreadyResolved));
    world
        .input(IncidentInput::Reopen { via: Via::Web })
        .unwrap();
    assert_eq!(deliveries(&world).len(), 2, "still wanted");
}

#[test]
fn a_request_is_urgent_whatever_the_incident_is_and_rings_on() {
    let mut world = acknowledged();
    changed(&mut world.config, AIKO, |user| {
        user.rules = PersonalRules {
            repeat_high_s: Some(60),
            ..user.rules.clone()
        };
    });
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    for delivery in deliveries(&world) {
        world.claimed.insert(delivery);
        world.report(delivery, AttemptResult::Accepted).unwrap();
    }
    assert_eq!(world.outbox.len(), 1, "the last rule once more");
    answer(&mut world, AIKO, false).unwrap();
    assert!(world.outbox.is_empty());
}

#[test]
fn a_policy_means_whom_its_first_step_means() {
    let mut world = acknowledged();
    let policy = Policy {
        steps: vec![
            Step {
                round_robin: true,
                ..step(&[Target::User(AIKO), Target::User(NOBODY)], 300)
            },
            step(&[Target::User(NOBODY)], 300),
        ],
        ..world.config.policies[&POLICY].value.clone()
    };
    world.config.put(Object::Policy(POLICY, policy), 2);
    world
        .input(IncidentInput::AskResponders {
            via: Via::Web,
            targets: vec![HelpFrom::Policy(PolicyRef {
                id: POLICY,
                version: 2,
            })],
            message: String::new(),
        })
        .unwrap();
    assert_eq!(asked(&world), [(AIKO, None)]);
    assert_eq!(world.turns.of(POLICY, 0).last, Some(AIKO));
}

#[test]
fn who_could_not_be_told_can_be_asked_again() {
    let mut world = acknowledged();
    changed(&mut world.config, AIKO, |user| {
        user.paused_until = Some(at(1_000))
    });
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    assert!(matches!(
        world.facts.last().unwrap().fact,
        IncidentFact::Paged {
            not_told: Some(_),
            ..
        }
    ));
    changed(&mut world.config, AIKO, |user| user.paused_until = None);
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    assert_eq!(world.outbox.len(), 2);
}

#[test]
fn a_request_that_fails_moves_no_step() {
    let steps = vec![
        step(&[Target::User(MARTA)], 300),
        step(&[Target::User(NOBODY)], 300),
    ];
    let mut world = World::open(config(steps, 0), Severity::Critical);
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    let own: Vec<_> = world.incident.pages[1]
        .deliveries
        .iter()
        .map(|one| one.id)
        .collect();
    for delivery in own {
        world.claimed.insert(delivery);
        let refused = AttemptResult::Failed {
            reason: FailureReason::Refused,
            retry_after_s: None,
        };
        world.report(delivery, refused).unwrap();
    }
    assert_eq!(world.incident.wake_at(), Some(at(300)));
}

#[test]
fn what_is_under_way_is_named_by_the_answer() {
    let mut world = acknowledged();
    ask(&mut world, &[Target::User(AIKO)]).unwrap();
    let first = world.incident.pages[1].deliveries[0].id;
    world.claimed.insert(first);
    answer(&mut world, AIKO, false).unwrap();
    let answered = world.facts.last().unwrap().fact.clone();
    assert!(matches!(
        answered,
        IncidentFact::ResponderAnswered { under_way, cancelled, .. }
            if under_way == [first] && cancelled.len() == 1
    ));
    world.report(first, AttemptResult::Accepted).unwrap();
    assert!(world.outbox.is_empty(), "and it does not ring on");
}
