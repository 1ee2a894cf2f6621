//! Who takes over whose shift, on both engines.

use std::collections::BTreeMap;

use jiff::civil::date;
use rstest::rstest;
use wb_app::configure::declare::{
    DeclaredParticipant, DeclaredPolicy, DeclaredRotation, DeclaredSchedule, DeclaredSlot,
    DeclaredStep, DeclaredTarget,
};
use wb_app::configure::{AskSwap, Declared, SwapAnswer, TakeOver};
use wb_app::error::AppError;
use wb_app::workers::Notices;
use wb_app::{App, Caller};
use wb_core::actor::{Actor, Via};
use wb_core::config::{
    Condition, Handoff, HandoffUnit, Object, ObjectId, Override, OverrideChange, OverrideOrigin,
    Role, Rotation, Scope,
};
use wb_core::event::Severity;
use wb_core::ids::{RotationId, ScheduleId, SwapId, UserId};
use wb_core::oncall::{self, Changes};
use wb_core::time::Timestamp;
use wb_ports::Content;

use crate::fixture::fields;
use crate::story::{declared, send};
use crate::world::{On, World, trigger, world};

/// Days in turn, from 2026-09-20 at 00:00 UTC; the clock begins on 2026-09-21 at 14:13:20.
async fn with_schedule(world: &World) -> ScheduleId {
    declared(world).await;
    let start = date(2026, 9, 20).at(0, 0, 0, 0);
    let handoff = Handoff {
        every: 1,
        unit: HandoffUnit::Days,
    };
    let id = RotationId(uuid::Uuid::nil());
    let slot = |user: &str| DeclaredSlot {
        people: vec![DeclaredParticipant::new(format!("{user}@example.org"))],
        first_come: false,
    };
    let step = || DeclaredStep {
        targets: vec![DeclaredTarget::Schedule("Primary".into())],
        escalate_after_s: 300,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    };
    let more = Declared {
        schedules: vec![DeclaredSchedule {
            name: "Primary".into(),
            team: "Payments".into(),
            zone: "UTC".into(),
            rotations: vec![DeclaredRotation {
                rotation: Rotation::new(id, "days".into(), start, handoff, Vec::new()),
                slots: vec![slot("marta"), slot("aiko")],
            }],
            holidays: Vec::new(),
        }],
        policies: vec![DeclaredPolicy {
            name: "Payments".into(),
            team: "Payments".into(),
            steps: vec![step(), step()],
            repeat: 0,
            low_urgency_hours: None,
            fallback: Vec::new(),
        }],
        ..Declared::default()
    };
    let plan = world.app.apply(&Caller::system(), &more).await.unwrap();
    assert_eq!(plan.problems, Vec::new());
    let config = world.app.config();
    *config.schedules.keys().next().unwrap()
}

fn user(app: &App, name: &str) -> UserId {
    let config = app.config();
    let mut users = config.users.iter();
    let found = users.find(|(_, user)| user.value.email.starts_with(name));
    *found.unwrap().0
}

fn caller(app: &App, name: &str) -> Caller {
    let id = user(app, name);
    let config = app.config();
    let teams = config.teams.keys().map(|team| (*team, Role::Member));
    Caller {
        actor: Actor::User(id),
        via: Via::Web,
        scope: Scope::new(None, teams.collect()),
        from: String::new(),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_take_over_during_an_incident_counts_at_its_next_step(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let schedule = with_schedule(&world).await;
    send(&world, trigger("latency", Severity::Critical)).await;
    world.settle().await;
    assert_eq!(world.told(), ["aiko-mail"], "whose day it is");

    let marta = caller(&world.app, "marta");
    let wanted = TakeOver {
        until: Some(world.app.now().plus_secs(3_600)),
        ..TakeOver::default()
    };
    let taken = world.app.take_over(&marta, schedule, wanted).await.unwrap();
    let aiko = user(&world.app, "aiko");
    assert_eq!(taken.replaced, [aiko]);
    world.clock.forward(300);
    world.settle().await;
    // What the first step planned goes out; the second one pages who has it now.
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["aiko-mail", "aiko-phone", "marta-mail"]);

    let report = world.tick(&Notices).await;
    assert_eq!((report.done, report.failed), (1, 0));
    assert_eq!(world.told().last().unwrap(), "aiko-mail");
    let message = world.last_message();
    let Content::Notice { title, body } = &message.content else {
        panic!("no notice: {message:?}")
    };
    assert!(title.contains("marta has Primary until"), "{title}");
    // An hour on, as aiko reads it in Berlin.
    assert!(body.contains("17:13"), "{body}");
    let view = format!("https://watch.example/schedules/{schedule}");
    assert_eq!(message.links.view, Some(view));
    assert_eq!(world.tick(&Notices).await.done, 0, "a notice is sent once");
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_take_over_lasts_until_the_shift_ends_and_says_what_is_wrong(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let schedule = with_schedule(&world).await;
    let (marta, aiko) = (caller(&world.app, "marta"), caller(&world.app, "aiko"));
    let refused = |caller: Caller, wanted: TakeOver| {
        let app = world.app.clone();
        async move {
            match app.take_over(&caller, schedule, wanted).await {
                Err(AppError::Invalid(problems)) => problems[0].field.clone(),
                other => format!("{other:?}"),
            }
        }
    };
    let past = TakeOver {
        until: Some(world.app.now()),
        ..TakeOver::default()
    };
    assert_eq!(refused(marta.clone(), past).await, "until");
    let not_there = TakeOver {
        who: marta.actor.user(),
        ..TakeOver::default()
    };
    assert_eq!(refused(aiko.clone(), not_there).await, "who");
    assert_eq!(refused(aiko.clone(), TakeOver::default()).await, "with");
    let for_others = TakeOver {
        with: aiko.actor.user(),
        ..TakeOver::default()
    };
    let forbidden = world.app.take_over(&marta, schedule, for_others).await;
    assert!(matches!(forbidden, Err(AppError::Forbidden)));

    let wanted = TakeOver::default();
    let taken = world.app.take_over(&marta, schedule, wanted).await.unwrap();
    let now = world.app.now();
    let Object::Override(id, value) = taken.saved.object else {
        panic!("no override")
    };
    let expected = Override {
        schedule,
        rotation: None,
        from: now,
        // Midnight, when it is marta's turn anyway.
        to: now.plus_secs(86_400 - now.as_secs().rem_euclid(86_400)),
        change: OverrideChange::Replace {
            who: None,
            with: marta.actor.user().unwrap(),
        },
        origin: OverrideOrigin::TakeOver,
    };
    assert_eq!(value, expected);
    // Taken back, and the other one has it again.
    let id = ObjectId::Override(id);
    world.app.delete(&marta, id, Some(1)).await.unwrap();
    assert_eq!(refused(aiko, TakeOver::default()).await, "with");
    world.verify().await;
}

async fn swap(
    world: &World,
    caller: &Caller,
    schedule: ScheduleId,
    wanted: AskSwap,
) -> Result<SwapId, Vec<String>> {
    match world.app.ask_swap(caller, schedule, wanted).await {
        Ok(saved) => match saved.id() {
            ObjectId::Swap(id) => Ok(id),
            other => panic!("no swap: {other}"),
        },
        Err(AppError::Invalid(problems)) => Err(fields(problems)),
        Err(other) => panic!("{other}"),
    }
}

async fn refused(world: &World, caller: &Caller, id: SwapId, answer: SwapAnswer) -> Vec<String> {
    match world.app.answer_swap(caller, id, answer).await {
        Err(AppError::Invalid(problems)) => fields(problems),
        other => panic!("{other:?}"),
    }
}

/// A whole day of September 2026.
fn day(number: i64) -> (Timestamp, Timestamp) {
    let first = Timestamp::EPOCH.plus_secs(20_697 * 86_400);
    let from = first.plus_secs((number - 1) * 86_400);
    (from, from.plus_secs(86_400))
}

fn on_call_at(world: &World, schedule: ScheduleId, at: Timestamp) -> (String, Option<SwapId>) {
    let config = world.app.config();
    let changes = Changes::of(&config, schedule);
    let found = oncall::on_call(&config.schedules[&schedule].value, &changes, at).unwrap();
    let name = config.users[&found[0].user].value.name.clone();
    (name, found[0].why.swap)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_swap_is_in_the_schedule_at_once_and_named(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let schedule = with_schedule(&world).await;
    let (marta, aiko) = (caller(&world.app, "marta"), caller(&world.app, "aiko"));
    let wanted = AskSwap {
        asker: None,
        stretch: day(22),
        asked: aiko.actor.user(),
        in_return: Some(day(23)),
    };
    let id = swap(&world, &marta, schedule, wanted).await.unwrap();
    assert_eq!(world.tick(&Notices).await.done, 1);
    assert_eq!(world.told(), ["aiko-mail"]);
    assert_eq!(
        on_call_at(&world, schedule, day(22).0),
        ("marta".into(), None)
    );
    let own = world
        .app
        .answer_swap(&marta, id, SwapAnswer::Accept(None))
        .await;
    assert!(matches!(own, Err(AppError::Forbidden)));
    let again = swap(&world, &marta, schedule, wanted).await;
    assert_eq!(again, Err(vec!["from".into(), "in_return.from".into()]));

    world
        .app
        .answer_swap(&aiko, id, SwapAnswer::Accept(None))
        .await
        .unwrap();
    assert_eq!(world.tick(&Notices).await.done, 1);
    assert_eq!(world.told().last().unwrap(), "marta-mail");
    assert_eq!(
        on_call_at(&world, schedule, day(22).0),
        ("aiko".into(), Some(id))
    );
    assert_eq!(
        on_call_at(&world, schedule, day(23).0),
        ("marta".into(), Some(id))
    );
    assert_eq!(
        on_call_at(&world, schedule, day(24).0),
        ("marta".into(), None)
    );
    for answer in [SwapAnswer::Accept(None), SwapAnswer::Decline] {
        assert_eq!(refused(&world, &aiko, id, answer).await, ["state"]);
    }
    let back = AskSwap {
        asked: marta.actor.user(),
        in_return: None,
        ..wanted
    };
    let taken = swap(&world, &aiko, schedule, back).await;
    assert_eq!(taken, Err(vec!["from".into()]), "swapped already");
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_declined_taken_back_or_too_late_and_a_manager_may_answer(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let schedule = with_schedule(&world).await;
    let (marta, aiko) = (caller(&world.app, "marta"), caller(&world.app, "aiko"));
    let manager = Caller {
        scope: Scope::new(Some(Role::Admin), BTreeMap::new()),
        ..marta.clone()
    };
    let wanted = |stretch| AskSwap {
        asker: None,
        stretch,
        asked: None,
        in_return: None,
    };
    // Whoever has no shift then, or one that has begun, has nothing to swap.
    let not_mine = swap(&world, &marta, schedule, wanted(day(23))).await;
    assert_eq!(not_mine, Err(vec!["from".into()]));
    let begun = swap(&world, &aiko, schedule, wanted(day(21))).await;
    assert_eq!(begun, Err(vec!["from".into()]));
    let stranger = AskSwap {
        asked: Some(UserId(uuid::Uuid::from_u128(7))),
        ..wanted(day(22))
    };
    let unknown = swap(&world, &marta, schedule, stranger).await;
    assert_eq!(unknown, Err(vec!["asked".into()]));

    let id = swap(&world, &marta, schedule, wanted(day(22)))
        .await
        .unwrap();
    world
        .app
        .answer_swap(&marta, id, SwapAnswer::Withdraw)
        .await
        .unwrap();
    assert_eq!(
        refused(&world, &aiko, id, SwapAnswer::Accept(None)).await,
        ["state"]
    );

    let of_aiko = AskSwap {
        asked: aiko.actor.user(),
        ..wanted(day(22))
    };
    let id = swap(&world, &marta, schedule, of_aiko).await.unwrap();
    world
        .app
        .answer_swap(&aiko, id, SwapAnswer::Decline)
        .await
        .unwrap();
    assert_eq!(on_call_at(&world, schedule, day(22).0).0, "marta");

    // For aiko the manager asks, and accepts for marta.
    let for_aiko = AskSwap {
        asker: aiko.actor.user(),
        ..wanted(day(23))
    };
    let forbidden = world.app.ask_swap(&marta, schedule, for_aiko).await;
    assert!(matches!(forbidden, Err(AppError::Forbidden)));
    let id = swap(&world, &manager, schedule, for_aiko).await.unwrap();
    let by = SwapAnswer::Accept(marta.actor.user());
    world.app.answer_swap(&manager, id, by).await.unwrap();
    assert_eq!(
        on_call_at(&world, schedule, day(23).0),
        ("marta".into(), Some(id))
    );

    let late = swap(&world, &aiko, schedule, wanted(day(25)))
        .await
        .unwrap();
    world.clock.forward(5 * 86_400);
    assert_eq!(
        refused(&world, &marta, late, SwapAnswer::Accept(None)).await,
        ["state"]
    );
    world.verify().await;
}
