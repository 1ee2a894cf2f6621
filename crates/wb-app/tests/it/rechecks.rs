//! Contact methods that prove themselves again every month, on both engines.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use rstest::rstest;
use wb_app::links::LinkAction;
use wb_app::rechecks::{Proof, RecheckLink};
use wb_app::workers::{Notices, Rechecks};
use wb_app::{AppError, Caller};
use wb_core::actor::{Actor, Via};
use wb_core::config::{Role, Scope, TimeOff};
use wb_core::event::Severity;
use wb_core::ids::{MethodId, UserId};
use wb_core::incident::FailureReason;
use wb_core::recheck::is_overdue;
use wb_ports::Content;
use wb_store::db::{Lane, Tx};
use wb_store::sending::{self, HeldWhy};

use crate::fixture::paths;
use crate::story::{declared, send};
use crate::world::{On, World, trigger, world};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

/// Aiko, of Berlin, whose mail is proved and whose phone is not.
async fn aiko(world: &World) -> (UserId, MethodId) {
    declared(world).await;
    let config = world.app.config();
    let mut users = config.users.iter();
    let (id, user) = users.find(|(_, u)| u.value.name == "aiko").unwrap();
    let mail = user.value.methods[0].id;
    world.app.confirm_method(*id, mail).await.unwrap();
    (*id, mail)
}

fn caller(user: UserId, role: Option<Role>) -> Caller {
    Caller {
        actor: Actor::User(user),
        via: Via::Web,
        scope: Scope::new(role, [].into()),
        from: String::new(),
    }
}

/// Looks once an hour until a test goes out; says whether one did.
async fn tested_within(world: &World, days: i64) -> bool {
    for _ in 0..days * 24 {
        world.clock.forward(HOUR_S);
        if world.tick(&Rechecks).await.done > 0 {
            return true;
        }
    }
    false
}

/// Waits for the monthly test and sends it; gives its link.
async fn next_test(world: &World) -> RecheckLink {
    assert!(tested_within(world, 70).await);
    world.tick(&Notices).await;
    link_of_last(world)
}

fn link_of_last(world: &World) -> RecheckLink {
    let message = world.last_message();
    let Content::Notice { title, body } = &message.content else {
        panic!("no test: {message:?}")
    };
    assert!(
        title.contains("test") && body.contains("only a test of mail"),
        "{title}: {body}"
    );
    let link = message.links.confirm.unwrap();
    let token = link.strip_prefix("https://watch.example/l/").unwrap();
    assert!(world.app.read_link(token).is_err(), "no link of a page");
    world.app.read_recheck_link(token).unwrap()
}

async fn proof(world: &World, user: UserId) -> Proof {
    let proofs = world.app.proofs(&caller(user, None)).await.unwrap();
    assert_eq!(proofs.len(), 1, "only what was proved is tested");
    proofs[0].clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_proved_method_is_tested_once_a_month_by_day(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    aiko(&world).await;
    let peer = match on {
        On::Postgres => Some(world.peer().await),
        On::Sqlite => None,
    };
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let mut months = BTreeSet::new();
    for _ in 0..120 * 24 {
        world.clock.forward(HOUR_S);
        let before = world.told().len();
        match &peer {
            Some(peer) => {
                tokio::join!(world.tick(&Rechecks), peer.tick(&Rechecks));
                tokio::join!(world.tick(&Notices), peer.tick(&Notices));
            }
            None => {
                world.tick(&Rechecks).await;
                world.tick(&Notices).await;
            }
        }
        let told = world.told().split_off(before);
        if told.is_empty() {
            continue;
        }
        assert_eq!(told, ["aiko-mail"]);
        let at = world.app.now().to_jiff().to_zoned(berlin.clone());
        assert!((10..16).contains(&at.hour()), "{at}");
        assert!(
            months.insert(at.date().first_of_month()),
            "{at} is too soon"
        );
    }
    assert_eq!(months.len(), 4, "{months:?}");
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_answered_by_its_link(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    let (aiko, mail) = aiko(&world).await;
    let proved_at = world.app.now();
    let link = next_test(&world).await;
    assert_eq!((link.user, link.method), (aiko, mail));
    let asked_at = world.app.now();
    world.clock.forward(7 * DAY_S);

    let open = proof(&world, aiko).await;
    assert_eq!(open.confirmed_at, proved_at);
    let tests = open.tests.unwrap();
    assert_eq!(
        (tests.asked_at, tests.sent_at),
        (Some(asked_at), Some(asked_at))
    );
    assert!(is_overdue(tests.unanswered_since.unwrap(), world.app.now()));
    // Another test leaves open since when the first one is.
    world
        .app
        .recheck(&caller(aiko, None), aiko, mail)
        .await
        .unwrap();
    let again = proof(&world, aiko).await.tests.unwrap();
    assert_eq!(again.unanswered_since, Some(asked_at));

    let done = world.app.confirm_recheck(&link).await.unwrap();
    assert_eq!(
        (done.person.as_str(), done.method.as_str()),
        ("aiko", "mail")
    );
    let confirmed_at = world.app.now();
    world.clock.forward(60);
    world.app.confirm_recheck(&link).await.unwrap();
    let closed = proof(&world, aiko).await;
    assert_eq!(closed.confirmed_at, confirmed_at, "once");
    assert_eq!(closed.tests.unwrap().unanswered_since, None);

    world.clock.forward(30 * DAY_S);
    let late = world.app.confirm_recheck(&link).await;
    assert!(matches!(late, Err(AppError::NotFound)), "{late:?}");
    world.verify().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_not_confirmed_by_the_old_ones_link(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let (aiko, mail) = aiko(&world).await;
    let link = next_test(&world).await;
    world.clock.forward(60);
    // As if it had been changed and proved anew.
    world.app.confirm_method(aiko, mail).await.unwrap();
    assert_eq!(world.app.rechecked(&link), None);
    let void = world.app.confirm_recheck(&link).await;
    assert!(matches!(void, Err(AppError::NotFound)), "{void:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_or_does_not_want_it_is_left_alone(#[values(On::Sqlite, On::Postgres)] on: On) {
    let world = world(on).await;
    let (aiko, _) = aiko(&world).await;
    let own = caller(aiko, None);
    world.clock.forward(60 * DAY_S);
    let now = world.app.now();
    let off = TimeOff {
        user: aiko,
        from: now,
        to: now.plus_secs(10 * DAY_S),
    };
    world.app.create(&own, off).await.unwrap();
    assert!(!tested_within(&world, 9).await, "off");
    let until = world.app.now().plus_secs(10 * DAY_S);
    world.app.pause(&own, aiko, Some(until)).await.unwrap();
    assert!(!tested_within(&world, 9).await, "paused");
    let at = world.app.now();
    let hold = move |tx: &mut Tx<'_>| sending::hold(tx, HeldWhy::Backup, at);
    world.app.store.write(Lane::People, hold).await.unwrap();
    assert!(!tested_within(&world, 9).await, "held");
    let admin = Caller::system();
    world.app.resume_sending(&admin, None).await.unwrap();
    wanted(&world, false).await;
    assert!(!tested_within(&world, 40).await, "not wanted");
    wanted(&world, true).await;
    assert!(tested_within(&world, 4).await, "long due");
}

/// Declares whether aiko wants tests.
async fn wanted(world: &World, monthly_test: bool) {
    use wb_app::configure::Declared;
    let person = crate::story::person("aiko", &[(0, "mail"), (60, "phone")]);
    let declared = Declared {
        users: vec![wb_app::configure::declare::DeclaredUser {
            monthly_test: Some(monthly_test),
            ..person
        }],
        ..Declared::default()
    };
    let applied = world.app.apply(&Caller::system(), &declared).await;
    assert_eq!(applied.unwrap().problems, Vec::new());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_answered_by_its_link_is_proof_too(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let (aiko, _) = aiko(&world).await;
    world.clock.forward(25 * DAY_S);
    send(&world, trigger("latency", Severity::Critical)).await;
    world.settle().await;
    let link = world.last_message().links.acknowledge.unwrap();
    let token = link.strip_prefix("https://watch.example/l/").unwrap();
    let link = world.app.read_link(token).unwrap();
    assert_eq!(link.action, LinkAction::Acknowledge);
    world.clock.forward(60);
    world.app.reached_by_link(&link).await.unwrap();
    assert_eq!(proof(&world, aiko).await.confirmed_at, world.app.now());
    assert!(
        !tested_within(&world, 28).await,
        "nothing to prove for four weeks"
    );
    assert!(tested_within(&world, 40).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_cannot_be_sent_is_tried_again_and_says_why(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    let world = world(on).await;
    let (aiko, mail) = aiko(&world).await;
    let own = caller(aiko, None);
    let ask = || world.app.recheck(&own, aiko, mail);
    ask().await.unwrap();
    let soon = ask().await;
    assert!(
        matches!(soon, Err(AppError::TestsTooOften { .. })),
        "{soon:?}"
    );
    let fails = [FailureReason::Unreachable; 5];
    world.channel.failures.lock().unwrap().extend(fails);
    for _ in 0..5 {
        world.tick(&Notices).await;
        world.clock.forward(121);
    }
    let tests = proof(&world, aiko).await.tests.unwrap();
    assert_eq!(tests.failed, Some(FailureReason::Unreachable));
    assert_eq!(tests.sent_at, None);

    let phone = world.app.config().users[&aiko].value.methods[1].id;
    assert_eq!(
        paths(world.app.recheck(&own, aiko, phone).await),
        ["method"]
    );
    let marta = caller(UserId(uuid::Uuid::nil()), None);
    let others = world.app.recheck(&marta, aiko, mail).await;
    assert!(matches!(others, Err(AppError::Forbidden)), "{others:?}");
    assert_eq!(world.app.proofs(&marta).await.unwrap(), Vec::new());
    let admin = caller(UserId(uuid::Uuid::nil()), Some(Role::Admin));
    assert_eq!(world.app.proofs(&admin).await.unwrap().len(), 1);
    world.verify().await;
}
