//! Creating, changing and deleting configuration objects.

use std::collections::BTreeMap;

use wb_app::configure::{
    Draft, EndpointDraft, MethodDraft, MethodRef, RotationDraft, RuleDraft, RulesDraft,
    ScheduleDraft, TestTarget, UserDraft,
};
use wb_app::{AppError, Caller};
use wb_core::config::{
    Handoff, HandoffUnit, ObjectId, Override, OverrideChange, Policy, Role, Scope, Setting, Slot,
    Step, Target, Team,
};
use wb_core::ids::{EndpointId, ScheduleId, ServiceId, TeamId, UserId};
use wb_core::incident::FailureReason;

use crate::fixture::{
    Fixture, in_team, integration, on_both_engines, paths, policy, saved_user, service, user,
};

on_both_engines! {
    who_may_create_what,
    who_may_change_a_user,
    edits_meet_their_version,
    names_are_unique_and_references_hold,
    what_is_used_stays,
    secrets_are_sealed_and_kept,
    a_changed_address_proves_itself_again,
    keys_are_shown_to_their_team,
    a_stale_node_decides_by_what_holds,
    the_last_admin_stays,
}

fn schedule(team: TeamId, name: &str, people: Vec<UserId>) -> ScheduleDraft {
    ScheduleDraft {
        team,
        name: name.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        rotations: vec![RotationDraft {
            id: None,
            name: "primary".to_owned(),
            start: jiff::civil::date(2023, 11, 6).at(9, 0, 0, 0),
            handoff: Handoff {
                every: 1,
                unit: HandoffUnit::Weeks,
            },
            slots: vec![Slot { people }],
        }],
    }
}

fn endpoint(team: TeamId, name: &str, url: &str, secret: Option<&str>) -> EndpointDraft {
    EndpointDraft {
        team,
        name: name.to_owned(),
        channel: "hook".to_owned(),
        settings: settings(url, secret),
    }
}

fn settings(url: &str, secret: Option<&str>) -> BTreeMap<String, String> {
    let secret = secret.map(|secret| ("secret".to_owned(), secret.to_owned()));
    [("url".to_owned(), url.to_owned())]
        .into_iter()
        .chain(secret)
        .collect()
}

fn method(name: &str, url: &str, secret: Option<&str>) -> MethodDraft {
    MethodDraft {
        id: None,
        name: name.to_owned(),
        channel: "hook".to_owned(),
        settings: settings(url, secret),
    }
}

async fn who_may_create_what(f: Fixture) {
    let admin = f.admin().await;
    let ours = f.team(&admin, "Ours").await;
    let theirs = f.team(&admin, "Theirs").await;
    let person = f.user(&admin, user("person@x.org")).await;
    let svc = f.service(&admin, service(ours, "base")).await;
    let sch = f
        .schedule(&admin, schedule(ours, "base", vec![person]))
        .await;
    let drafts = |n: usize| -> Vec<Draft> {
        vec![
            service(ours, &format!("s{n}")).into(),
            policy(ours, &format!("p{n}"), Target::User(person)).into(),
            schedule(ours, &format!("c{n}"), vec![person]).into(),
            endpoint(ours, &format!("e{n}"), "https://x", Some("s")).into(),
            integration(svc, &format!("i{n}")).into(),
            Override {
                schedule: sch,
                rotation: None,
                from: f.app.now(),
                to: f.app.now().plus_secs(60),
                change: OverrideChange::Add(person),
            }
            .into(),
            Team {
                name: format!("t{n}"),
                description: String::new(),
            }
            .into(),
            user(&format!("u{n}@x.org")).into(),
        ]
    };
    let mut callers = vec![(
        "nobody",
        Caller {
            scope: Scope::default(),
            ..admin.clone()
        },
    )];
    for (n, (name, role, team)) in [
        ("observer", Role::Observer, ours),
        ("member", Role::Member, ours),
        ("team admin", Role::Admin, ours),
        ("admin of theirs", Role::Admin, theirs),
    ]
    .into_iter()
    .enumerate()
    {
        let id = f
            .user(&admin, in_team(&format!("c{n}@x.org"), team, role))
            .await;
        callers.push((name, f.caller(id)));
    }
    callers.push(("admin", admin.clone()));
    // One letter per draft above: y may, f is forbidden, x is told that the team does not exist.
    let expected = [
        ("nobody", "xxxxxxff"),
        ("observer", "ffffffff"),
        ("member", "yyyyyyff"),
        ("team admin", "yyyyyyff"),
        ("admin of theirs", "xxxxxxff"),
        ("admin", "yyyyyyyy"),
    ];
    for (n, ((name, caller), (who, wanted))) in callers.iter().zip(expected).enumerate() {
        assert_eq!(*name, who);
        let mut got = String::new();
        for draft in drafts(n) {
            got.push(match f.app.create(caller, draft).await {
                Ok(_) => 'y',
                Err(AppError::Forbidden) => 'f',
                Err(AppError::Invalid(_)) => 'x',
                Err(other) => panic!("{name}: {other}"),
            });
        }
        assert_eq!(got, wanted, "{name}");
    }
    // Changing and deleting: what one may not see does not exist.
    let id = ObjectId::Service(svc);
    for ((name, caller), wanted) in callers.iter().zip(["x", "f", "y", "y", "x", "y"]) {
        let changed = f
            .app
            .update(caller, id, None, service(ours, &format!("base {name}")))
            .await;
        let got = match changed {
            Ok(_) => "y",
            Err(AppError::Forbidden) => "f",
            Err(AppError::NotFound) => "x",
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(got, wanted, "{name}");
        if got != "y" {
            assert!(f.app.delete(caller, id, None).await.is_err(), "{name}");
            assert!(
                f.app
                    .update(caller, id, Some(99), service(ours, "x"))
                    .await
                    .is_err()
            );
        }
    }
    // Moving something into a team takes rights there too.
    let member = &callers[2].1;
    let moved = f
        .app
        .update(member, id, None, service(theirs, "gone"))
        .await;
    assert_eq!(paths(moved), ["team"]);
    let missing = f.app.update(
        &admin,
        ObjectId::Service(ServiceId(id.uuid())),
        None,
        Team {
            name: "not a service".to_owned(),
            description: String::new(),
        },
    );
    assert!(matches!(missing.await, Err(AppError::NotFound)));
}

async fn who_may_change_a_user(f: Fixture) {
    let admin = f.admin().await;
    let ours = f.team(&admin, "Ours").await;
    let ana = f
        .user(&admin, in_team("ana@x.org", ours, Role::Member))
        .await;
    let bob = f
        .user(&admin, in_team("bob@x.org", ours, Role::Admin))
        .await;
    let base = in_team("ana@x.org", ours, Role::Member);
    let own = UserDraft {
        name: "Ana B".to_owned(),
        zone: "Pacific/Auckland".to_owned(),
        methods: vec![method("hook", "https://x", Some("s"))],
        ..base.clone()
    };
    let cases = [
        ("self", f.caller(ana), own.clone(), true),
        ("self, unchanged", f.caller(ana), own.clone(), true),
        (
            "self, address",
            f.caller(ana),
            UserDraft {
                email: "b@x.org".into(),
                ..own.clone()
            },
            false,
        ),
        (
            "self, role",
            f.caller(ana),
            UserDraft {
                role: Some(Role::Admin),
                ..own.clone()
            },
            false,
        ),
        (
            "self, team",
            f.caller(ana),
            in_team("ana@x.org", ours, Role::Admin),
            false,
        ),
        (
            "self, inactive",
            f.caller(ana),
            UserDraft {
                active: false,
                ..own.clone()
            },
            false,
        ),
        (
            "team admin, name",
            f.caller(bob),
            UserDraft {
                name: "A".into(),
                ..own.clone()
            },
            false,
        ),
        (
            "team admin, team",
            f.caller(bob),
            UserDraft {
                teams: [(ours, Role::Observer)].into(),
                ..own.clone()
            },
            true,
        ),
        (
            "team admin, role",
            f.caller(bob),
            UserDraft {
                role: Some(Role::Observer),
                ..own.clone()
            },
            false,
        ),
        (
            "admin",
            admin.clone(),
            UserDraft {
                role: Some(Role::Observer),
                ..base
            },
            true,
        ),
    ];
    for (name, caller, draft, allowed) in cases {
        let changed = f
            .app
            .update(&caller, ObjectId::User(ana), None, draft)
            .await;
        match changed {
            Ok(_) => assert!(allowed, "{name}"),
            Err(AppError::Forbidden) => assert!(!allowed, "{name}"),
            Err(other) => panic!("{name}: {other}"),
        }
    }
    let theirs = f.team(&admin, "Theirs").await;
    let refused = f
        .app
        .set_member(&f.caller(bob), theirs, ana, Some(Role::Member))
        .await;
    assert!(matches!(refused, Err(AppError::NotFound)));
    f.app
        .set_member(&f.caller(bob), ours, ana, None)
        .await
        .unwrap();
    assert!(f.user_now(ana).teams.is_empty());
    let back = f
        .app
        .set_member(&f.caller(bob), ours, ana, Some(Role::Member))
        .await
        .unwrap();
    assert_eq!(
        saved_user(&back.object).teams,
        [(ours, Role::Member)].into()
    );
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

async fn names_are_unique_and_references_hold(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let person = f.user(&admin, user("person@x.org")).await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    let nobody = UserId(uuid::Uuid::from_u128(1));
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
    let steps = vec![
        Step {
            targets: vec![],
            escalate_after_s: 700_000,
        },
        Step {
            targets: vec![
                Target::User(person),
                Target::User(person),
                Target::User(nobody),
                Target::Endpoint(EndpointId(uuid::Uuid::nil())),
            ],
            escalate_after_s: 1,
        },
    ];
    let ladder = Policy {
        team,
        name: "p".to_owned(),
        steps,
        repeat: 101,
    };
    let expected = [
        "repeat",
        "steps[0].escalate_after_s",
        "steps[0].targets",
        "steps[1].targets[2]",
        "steps[1].targets[3]",
        "steps[1].targets[1]",
    ];
    assert_eq!(tried(ladder.into()).await, expected);
    let empty = Policy {
        team,
        name: "p".to_owned(),
        steps: vec![],
        repeat: 0,
    };
    assert_eq!(tried(empty.into()).await, ["steps"]);
    let mut rota = schedule(team, "c", vec![person, nobody]);
    rota.zone = "Nowhere".to_owned();
    rota.rotations[0].handoff.every = 0;
    let expected = [
        "zone",
        "rotations[0].handoff.every",
        "rotations[0].slots[0].people[1]",
    ];
    assert_eq!(tried(rota.into()).await, expected);
    let sch = f.schedule(&admin, schedule(team, "c", vec![person])).await;
    let backwards = Override {
        schedule: sch,
        rotation: Some(wb_core::ids::RotationId(uuid::Uuid::nil())),
        from: f.app.now(),
        to: f.app.now(),
        change: OverrideChange::Replace {
            who: Some(person),
            with: person,
        },
    };
    assert_eq!(
        tried(backwards.into()).await,
        ["to", "rotation", "change.with"]
    );
    let wrong = wb_app::configure::IntegrationDraft {
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
    let rules = RulesDraft {
        high: vec![
            RuleDraft {
                after_s: 0,
                method: MethodRef::Name("HOOK".to_owned()),
            },
            RuleDraft {
                after_s: 0,
                method: MethodRef::Name("pager".to_owned()),
            },
        ],
        low: vec![RuleDraft {
            after_s: 700_000,
            method: MethodRef::Name("hook".to_owned()),
        }],
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
    let pol = f
        .policy(&admin, policy(team, "ladder", Target::Schedule(sch)))
        .await;
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
    assert_eq!(in_use(ObjectId::Schedule(sch)).await, ["policy ladder"]);
    assert_eq!(in_use(ObjectId::Policy(pol)).await, ["service checkout"]);
    assert_eq!(in_use(ObjectId::Service(svc)).await, ["integration events"]);
    for id in [
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
            low: vec![],
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

    let given = |name: &str, key: &str| wb_app::configure::IntegrationDraft {
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
