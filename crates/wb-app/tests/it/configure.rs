//! Creating, changing and deleting configuration objects.

use wb_app::AppError;
use wb_app::configure::{
    Draft, EndpointDraft, IntegrationDraft, MethodRef, RuleDraft, RulesDraft, ScheduleDraft,
    TestTarget, UserDraft,
};
use wb_core::config::{
    Condition, HandoffUnit, Hours, ObjectId, Override, OverrideChange, OverrideOrigin, Policy,
    Role, Setting, Step, Target, TimeOff, TurnRule, Weekdays, Window,
};
use wb_core::event::Urgency;
use wb_core::ids::{EndpointId, RotationId, ScheduleId, TeamId, UserId};
use wb_core::incident::FailureReason;

use crate::fixture::{
    Fixture, endpoint, in_team, integration, method, monitor, on_both_engines, paths, policy,
    schedule, service, user,
};

on_both_engines! {
    edits_meet_their_version,
    names_are_unique,
    ladders_are_checked,
    rotas_are_checked,
    channels_rules_and_keys_are_checked,
    what_is_used_stays,
    secrets_are_sealed_and_kept,
    a_changed_address_proves_itself_again,
    keys_are_shown_to_their_team,
    a_stale_node_decides_by_what_holds,
    the_last_admin_stays,
}

async fn edits_meet_their_version(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let id = ObjectId::Service(f.service(&admin, service(team, "checkout")).await);
    let mut hints = f.app.live.listen(None).hints;
    let second = f
        .app
        .update(&admin, id, Some(1), service(team, "Checkout"))
        .await
        .unwrap();
    assert_eq!(second.version, 2);
    let (_, hint) = hints.try_recv().unwrap();
    assert_eq!(
        (hint.kind, hint.id, hint.version),
        ("service", id.to_string(), 2)
    );
    let stale = f
        .app
        .update(&admin, id, Some(1), service(team, "late"))
        .await;
    assert!(matches!(stale, Err(AppError::Edited { current: 2 })));
    let epoch = f.app.config().epoch;
    let same = f
        .app
        .update(&admin, id, Some(2), service(team, " Checkout "))
        .await
        .unwrap();
    assert_eq!((same.version, f.app.config().epoch), (2, epoch));
    assert!(matches!(
        f.app.delete(&admin, id, Some(1)).await,
        Err(AppError::Edited { current: 2 })
    ));
    f.app.delete(&admin, id, Some(2)).await.unwrap();
    assert!(matches!(
        f.app.delete(&admin, id, None).await,
        Err(AppError::NotFound)
    ));
}

async fn names_are_unique(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    f.user(&admin, user("person@x.org")).await;
    f.service(&admin, service(team, "checkout")).await;
    let app = &f.app;
    let tried = |draft: Draft| async { paths(app.create(&admin, draft).await) };
    assert_eq!(tried(service(team, " CHECKOUT ").into()).await, ["name"]);
    assert_eq!(tried(user("Person@X.org").into()).await, ["email"]);
    let orphan = service(TeamId(uuid::Uuid::nil()), "");
    assert_eq!(tried(orphan.into()).await, ["name", "team"]);
    let bad = UserDraft {
        zone: "Mars".to_owned(),
        ..user("not an address")
    };
    assert_eq!(tried(bad.into()).await, ["email", "zone"]);
}

async fn ladders_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let person = f.user(&admin, user("person@x.org")).await;
    let nobody = UserId(uuid::Uuid::from_u128(1));
    let app = &f.app;
    let tried = |draft: Draft| async { paths(app.create(&admin, draft).await) };
    let nowhere = Hours {
        zone: "Nowhere".to_owned(),
        windows: Vec::new(),
    };
    let targets = vec![
        Target::User(person),
        Target::User(person),
        Target::User(nobody),
        Target::Endpoint(EndpointId(uuid::Uuid::nil())),
    ];
    let steps = vec![
        Step {
            targets: vec![],
            escalate_after_s: 700_000,
            only: Condition::default(),
            needs_everyone: false,
            round_robin: false,
        },
        Step {
            targets,
            escalate_after_s: 1,
            only: Condition {
                urgency: Some(Urgency::None),
                outside: Some(nowhere.clone()),
                ..Condition::default()
            },
            needs_everyone: false,
            round_robin: false,
        },
    ];
    let ladder = Policy {
        team,
        name: "p".to_owned(),
        steps,
        repeat: 101,
        low_urgency_hours: Some(nowhere),
        fallback: vec![Target::User(nobody)],
    };
    let expected = [
        "repeat",
        "steps[0].escalate_after_s",
        "steps[0].targets",
        "steps[1].targets[2]",
        "steps[1].targets[3]",
        "steps[1].targets[1]",
        "steps[1].only.outside.zone",
        "steps[1].only.outside.windows",
        "steps[1].only.urgency",
        "low_urgency_hours.zone",
        "low_urgency_hours.windows",
        "fallback[0]",
    ];
    assert_eq!(tried(ladder.into()).await, expected);
    let empty = Policy {
        team,
        name: "p".to_owned(),
        steps: vec![],
        repeat: 0,
        low_urgency_hours: None,
        fallback: Vec::new(),
    };
    assert_eq!(tried(empty.into()).await, ["steps"]);
}

async fn rotas_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let person = f.user(&admin, user("person@x.org")).await;
    let nobody = UserId(uuid::Uuid::from_u128(1));
    let app = &f.app;
    let tried = |draft: Draft| async { paths(app.create(&admin, draft).await) };
    let mut rota = schedule(team, "c", vec![person, nobody]);
    rota.zone = "Nowhere".to_owned();
    let first = &mut rota.rotations[0].rotation;
    first.handoff.every = 0;
    let expected = [
        "zone",
        "rotations[0].handoff.every",
        "rotations[0].slots[0].people[1]",
    ];
    assert_eq!(tried(rota.into()).await, expected);
    assert_eq!(
        tried(wrong_rota(team, person).into()).await,
        [
            "rotations[0].zone",
            "rotations[0].end",
            "rotations[0].turn",
            "rotations[0].windows[0].days",
            "rotations[0].slots[0].people[0].leaves",
            "rotations[0].slots[0].first_come",
            "rotations[1].turn",
            "rotations[1].slots",
        ]
    );
    let backwards = TimeOff {
        user: person,
        from: f.app.now(),
        to: f.app.now(),
    };
    assert_eq!(tried(backwards.into()).await, ["to"]);
    let backwards = Override {
        schedule: f.schedule(&admin, schedule(team, "c", vec![person])).await,
        rotation: Some(RotationId(uuid::Uuid::nil())),
        from: f.app.now(),
        to: f.app.now(),
        change: OverrideChange::Replace {
            who: Some(person),
            with: person,
        },
        origin: OverrideOrigin::Set,
    };
    assert_eq!(
        tried(backwards.into()).await,
        ["to", "rotation", "change.with"]
    );
}

/// A schedule with everything wrong that a rotation can have.
fn wrong_rota(team: TeamId, person: UserId) -> ScheduleDraft {
    let mut rota = schedule(team, "c", vec![person]);
    rota.rotations.push(rota.rotations[0].clone());
    let first = &mut rota.rotations[0].rotation;
    first.zone = Some("Nowhere".to_owned());
    first.end = Some(first.start);
    first.handoff.unit = HandoffUnit::Hours;
    first.turn = TurnRule::Worked;
    first.windows = vec![Window {
        days: Weekdays::default(),
        from: jiff::civil::time(9, 0, 0, 0),
        to: jiff::civil::time(17, 0, 0, 0),
        coordinate_only: false,
    }];
    first.slots[0].first_come = true;
    first.slots[0].people[0].joins = Some(jiff::civil::date(2026, 1, 2));
    first.slots[0].people[0].leaves = Some(jiff::civil::date(2026, 1, 2));
    let second = &mut rota.rotations[1].rotation;
    second.name = "second".to_owned();
    second.turn = TurnRule::Worked;
    second.slots.clear();
    rota
}

async fn channels_rules_and_keys_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    let app = &f.app;
    let tried = |draft: Draft| async { paths(app.create(&admin, draft).await) };
    let wrong = IntegrationDraft {
        dialect: "morse".to_owned(),
        key: Some("short".to_owned()),
        ..integration(svc, "i")
    };
    assert_eq!(tried(wrong.into()).await, ["key", "dialect"]);
    let hook = endpoint(team, "e", "https://bad", None);
    assert_eq!(
        tried(hook.into()).await,
        ["settings.secret", "settings.url"]
    );
    let other = EndpointDraft {
        channel: "pigeon".to_owned(),
        ..endpoint(team, "e", "x", None)
    };
    assert_eq!(tried(other.into()).await, ["channel"]);
    let rule = |after_s, name: &str| RuleDraft {
        after_s,
        method: MethodRef::parse(name),
    };
    let rules = RulesDraft {
        high: vec![rule(0, "HOOK"), rule(0, "pager")],
        low: vec![rule(700_000, "hook")],
        repeat_high_s: Some(59),
        repeat_low_s: Some(86_401),
        quiet_hours: Some(Hours {
            zone: "Nowhere".to_owned(),
            windows: Vec::new(),
        }),
    };
    let methods = vec![
        method("hook", "https://x", Some("s")),
        method("Hook", "https://x", None),
    ];
    let twice = UserDraft {
        methods,
        rules,
        ..user("new@x.org")
    };
    let expected = [
        "methods[1].settings.secret",
        "rules.high[1].method",
        "methods[1].name",
        "rules.low[0].after_s",
        "rules.repeat_high_s",
        "rules.repeat_low_s",
        "rules.quiet_hours.zone",
        "rules.quiet_hours.windows",
    ];
    assert_eq!(tried(twice.into()).await, expected);
}

async fn what_is_used_stays(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let person = f.user(&admin, user("person@x.org")).await;
    let sch = f
        .schedule(&admin, schedule(team, "rota", vec![person]))
        .await;
    let last = f.user(&admin, user("last@x.org")).await;
    let ladder = Policy {
        fallback: vec![Target::User(last)],
        ..policy(team, "ladder", Target::Schedule(sch))
    };
    let pol = f.policy(&admin, ladder).await;
    let svc = wb_core::config::Service {
        policy: Some(pol),
        ..service(team, "checkout")
    };
    let svc = f.service(&admin, svc).await;
    let int = f.integration(&admin, integration(svc, "events")).await;
    let cover = Override {
        schedule: sch,
        rotation: None,
        from: f.app.now(),
        to: f.app.now().plus_secs(60),
        change: OverrideChange::Add(admin.user().unwrap()),
        origin: OverrideOrigin::Set,
    };
    f.app.create(&admin, cover).await.unwrap();
    let in_use = |id: ObjectId| {
        let (app, admin) = (f.app.clone(), admin.clone());
        async move {
            match app.delete(&admin, id, None).await {
                Err(AppError::InUse(users)) => users,
                other => panic!("{id}: {other:?}"),
            }
        }
    };
    let of_team = in_use(ObjectId::Team(team)).await;
    assert_eq!(
        of_team,
        ["service checkout", "policy ladder", "schedule rota"]
    );
    assert_eq!(in_use(ObjectId::User(person)).await, ["schedule rota"]);
    assert_eq!(in_use(ObjectId::User(last)).await, ["policy ladder"]);
    assert_eq!(in_use(ObjectId::Schedule(sch)).await, ["policy ladder"]);
    assert_eq!(in_use(ObjectId::Policy(pol)).await, ["service checkout"]);
    let watch = f.app.create(&admin, monitor(svc, "p99")).await.unwrap();
    assert_eq!(
        in_use(ObjectId::Service(svc)).await,
        ["integration events", "monitor p99"]
    );
    for id in [
        watch.id(),
        ObjectId::Integration(int),
        ObjectId::Service(svc),
        ObjectId::Policy(pol),
        ObjectId::Schedule(sch),
        ObjectId::User(person),
        ObjectId::Team(team),
    ] {
        f.app.delete(&admin, id, None).await.unwrap();
    }
    assert!(
        f.app.config().overrides.is_empty(),
        "a schedule takes its overrides along"
    );
}

async fn secrets_are_sealed_and_kept(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let draft = endpoint(team, "room", "https://one", Some("hush"));
    let id = f.app.create(&admin, draft).await.unwrap().id();
    let ObjectId::Endpoint(end) = id else {
        panic!("{id}")
    };
    let sealed = f.endpoint_now(end).settings["secret"].clone();
    assert!(matches!(&sealed, Setting::Sealed(text) if !text.contains("hush")));
    assert_eq!(
        f.endpoint_now(end).settings["url"],
        Setting::Plain("https://one".to_owned())
    );

    let kept = endpoint(team, "room", "https://two", None);
    f.app.update(&admin, id, None, kept).await.unwrap();
    assert_eq!(f.endpoint_now(end).settings["secret"], sealed);
    let same = endpoint(team, "room", "https://two", Some("hush"));
    assert_eq!(
        f.app.update(&admin, id, None, same).await.unwrap().version,
        2
    );
    let gone = endpoint(team, "room", "https://two", Some(""));
    assert_eq!(
        paths(f.app.update(&admin, id, None, gone).await),
        ["settings.secret"]
    );

    let report = f
        .app
        .test_send(&admin, TestTarget::Endpoint(end))
        .await
        .unwrap();
    assert_eq!((report.accepted, report.detail.as_str()), (true, "taken"));
    assert_eq!(f.hook.sent.lock().unwrap()[0]["secret"], "hush");
    let down = endpoint(team, "room", "https://down", Some("louder"));
    f.app.update(&admin, id, None, down).await.unwrap();
    let report = f
        .app
        .test_send(&admin, TestTarget::Endpoint(end))
        .await
        .unwrap();
    assert_eq!(
        (report.accepted, report.reason),
        (false, Some(FailureReason::Unreachable))
    );
    assert_eq!(f.hook.sent.lock().unwrap()[1]["secret"], "louder");

    let observer = f
        .user(&admin, in_team("o@x.org", team, Role::Observer))
        .await;
    let refused = f
        .app
        .test_send(&f.caller(observer), TestTarget::Endpoint(end))
        .await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
}

async fn a_changed_address_proves_itself_again(f: Fixture) {
    let admin = f.admin().await;
    let mail = |url: &str| UserDraft {
        methods: vec![method("hook", url, Some("s"))],
        rules: RulesDraft {
            high: vec![RuleDraft {
                after_s: 0,
                method: MethodRef::Name("hook".to_owned()),
            }],
            ..RulesDraft::default()
        },
        ..user("ana@x.org")
    };
    let ana = f.user(&admin, mail("https://one")).await;
    let id = f.user_now(ana).methods[0].id;
    let sent = f
        .app
        .test_send(&f.caller(ana), TestTarget::Method(ana, id))
        .await
        .unwrap();
    assert!(sent.accepted);
    assert_eq!(f.user_now(ana).methods[0].verified_at, None);
    f.app.confirm_method(ana, id).await.unwrap();
    let now = Some(f.app.now());
    assert_eq!(f.user_now(ana).methods[0].verified_at, now);

    let renamed = UserDraft {
        name: "Ana".to_owned(),
        ..mail("https://one")
    };
    f.app
        .update(&admin, ObjectId::User(ana), None, renamed)
        .await
        .unwrap();
    let method = &f.user_now(ana).methods[0];
    assert_eq!((method.id, method.verified_at), (id, now));
    f.app
        .update(&admin, ObjectId::User(ana), None, mail("https://two"))
        .await
        .unwrap();
    let value = f.user_now(ana);
    assert_eq!(
        (value.methods[0].id, value.methods[0].verified_at),
        (id, None)
    );
    assert_eq!(value.rules.high[0].method, id);

    let bob = f.user(&admin, user("bob@x.org")).await;
    let refused = f
        .app
        .test_send(&f.caller(bob), TestTarget::Method(ana, id))
        .await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
}

async fn keys_are_shown_to_their_team(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    let int = f.integration(&admin, integration(svc, "events")).await;
    let key = f.app.reveal_key(&admin, int).unwrap();
    assert_eq!(key.len(), 32);
    let found = f.app.config();
    let found = found.integration_by_key_hash(&f.app.vault.key_hash(&key));
    assert_eq!(found.map(|(id, _)| id), Some(int));

    let observer = f
        .user(&admin, in_team("o@x.org", team, Role::Observer))
        .await;
    assert!(matches!(
        f.app.reveal_key(&f.caller(observer), int),
        Err(AppError::Forbidden)
    ));
    let stranger = f.user(&admin, user("s@x.org")).await;
    assert!(matches!(
        f.app.reveal_key(&f.caller(stranger), int),
        Err(AppError::NotFound)
    ));
    let member = f.user(&admin, in_team("m@x.org", team, Role::Member)).await;
    let member = f.caller(member);
    assert_eq!(f.app.reveal_key(&member, int).unwrap(), key);

    let (rotated, saved) = f.app.rotate_key(&member, int, Some(1)).await.unwrap();
    assert_eq!(saved.version, 2);
    assert_ne!(rotated, key);
    assert_eq!(f.app.reveal_key(&member, int).unwrap(), rotated);
    assert!(
        f.app
            .config()
            .integration_by_key_hash(&f.app.vault.key_hash(&key))
            .is_none()
    );

    let given = |name: &str, key: &str| IntegrationDraft {
        key: Some(key.to_owned()),
        ..integration(svc, name)
    };
    const DEMO: &str = "DEMO00000000000000000000CHECKOUT";
    let demo = f.integration(&admin, given("demo", DEMO)).await;
    assert_eq!(f.app.reveal_key(&admin, demo).unwrap(), DEMO);
    assert_eq!(
        paths(f.app.create(&admin, given("copy", DEMO)).await),
        ["key"]
    );
    assert_eq!(
        paths(
            f.app
                .create(&admin, given("gap", "sixteen or more ?"))
                .await
        ),
        ["key"]
    );
    let renamed = f
        .app
        .update(
            &admin,
            ObjectId::Integration(demo),
            None,
            integration(svc, "d"),
        )
        .await;
    assert_eq!(renamed.unwrap().version, 2);
    assert_eq!(f.app.reveal_key(&admin, demo).unwrap(), DEMO);
}

async fn a_stale_node_decides_by_what_holds(f: Fixture) {
    let admin = f.admin().await;
    let other = f.another_node().await;
    let team = f.team(&admin, "Ours").await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    // The other node has heard of neither.
    let taken = other.create(&admin, service(team, "checkout")).await;
    assert_eq!(paths(taken), ["name"]);
    f.app
        .update(
            &admin,
            ObjectId::Service(svc),
            None,
            service(team, "basket"),
        )
        .await
        .unwrap();
    let edited = other
        .update(&admin, ObjectId::Service(svc), Some(1), service(team, "b"))
        .await;
    assert!(matches!(edited, Err(AppError::Edited { current: 2 })));
    let both = tokio::join!(
        f.app.create(&admin, service(team, "same")),
        other.create(&admin, service(team, "Same")),
    );
    assert_ne!(both.0.is_ok(), both.1.is_ok(), "{both:?}");
    let unknown = ObjectId::Schedule(ScheduleId(uuid::Uuid::nil()));
    assert!(matches!(
        other.delete(&admin, unknown, None).await,
        Err(AppError::NotFound)
    ));
}

async fn the_last_admin_stays(f: Fixture) {
    let admin = f.admin().await;
    let first = admin.user().unwrap();
    let as_user = UserDraft {
        role: Some(Role::Member),
        ..user("admin@localhost")
    };
    let inactive = UserDraft {
        role: Some(Role::Admin),
        active: false,
        ..user("admin@localhost")
    };
    let id = ObjectId::User(first);
    assert_eq!(
        paths(f.app.update(&admin, id, None, as_user.clone()).await),
        ["role"]
    );
    assert_eq!(
        paths(f.app.update(&admin, id, None, inactive).await),
        ["active"]
    );
    assert_eq!(paths(f.app.delete(&admin, id, None).await), ["id"]);
    let second = UserDraft {
        role: Some(Role::Admin),
        ..user("second@x.org")
    };
    f.user(&admin, second).await;
    f.app.update(&admin, id, None, as_user).await.unwrap();
}
