//! Configuration as code: plan and apply.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use wb_app::AppError;
use wb_app::configure::declare::{
    Action, Declared, DeclaredDashboard, DeclaredEndpoint, DeclaredIntegration, DeclaredMethod,
    DeclaredMonitor, DeclaredOverride, DeclaredOverrideChange, DeclaredParticipant, DeclaredPolicy,
    DeclaredRotation, DeclaredRule, DeclaredRules, DeclaredSchedule, DeclaredService, DeclaredSlot,
    DeclaredStep, DeclaredTarget, DeclaredTeam, DeclaredTimeOff, DeclaredUser, Plan,
};
use wb_core::config::{
    Condition, Config, Hours, OnSilence, Role, Side, Timeouts, UrgencyRule, Window,
};
use wb_core::event::Severity;
use wb_core::ids::TeamId;
use wb_core::time::Timestamp;

use crate::fixture::{
    Fixture, dashboard, fields, number, on_both_engines, paths, service, user, weekly,
};

on_both_engines! {
    applying_twice_changes_nothing,
    a_change_is_shown_and_identities_stay,
    problems_have_their_place,
    admins_may_swap_and_others_may_not_apply,
    overrides_and_times_off_are_known_by_what_they_are_about,
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn settings() -> BTreeMap<String, String> {
    [(s("url"), s("https://x")), (s("secret"), s("hush"))].into()
}

fn person(email: &str) -> DeclaredUser {
    let rule = DeclaredRule {
        after_s: 0,
        method: s("hook"),
    };
    DeclaredUser {
        name: s("Somebody"),
        email: s(email),
        zone: s("Europe/Berlin"),
        role: None,
        teams: [(s("Payments"), Role::Member)].into(),
        methods: vec![DeclaredMethod {
            name: s("hook"),
            channel: s("hook"),
            settings: settings(),
        }],
        rules: DeclaredRules {
            high: vec![rule.clone()],
            low: vec![rule],
            ..DeclaredRules::default()
        },
        monthly_test: None,
    }
}

fn whole() -> Declared {
    let slot = |email: &str| DeclaredSlot {
        people: vec![DeclaredParticipant::new(s(email))],
        first_come: false,
    };
    Declared {
        teams: vec![DeclaredTeam {
            name: s("Payments"),
            description: s("Money"),
        }],
        users: vec![person("ana@x.org"), person("bob@x.org")],
        schedules: vec![DeclaredSchedule {
            name: s("Primary"),
            team: s("Payments"),
            zone: s("Pacific/Auckland"),
            rotations: vec![DeclaredRotation {
                rotation: weekly("weekly", Vec::new()),
                slots: vec![slot("ana@x.org"), slot("bob@x.org")],
            }],
            holidays: Vec::new(),
        }],
        overrides: Vec::new(),
        time_off: Vec::new(),
        endpoints: vec![DeclaredEndpoint {
            name: s("Room"),
            team: s("Payments"),
            channel: s("hook"),
            settings: settings(),
        }],
        policies: vec![ladder()],
        services: vec![DeclaredService {
            name: s("checkout"),
            team: s("Payments"),
            description: s("Takes orders"),
            urgency: UrgencyRule::BySeverity,
            policy: Some(s("Ladder")),
            timeouts: Timeouts::default(),
        }],
        integrations: vec![
            DeclaredIntegration {
                service: s("checkout"),
                name: s("events"),
                dialect: s("events_v2"),
                key: Some(s("DEMO00000000000000000000CHECKOUT")),
            },
            DeclaredIntegration {
                service: s("checkout"),
                name: s("more events"),
                dialect: s("events_v2"),
                key: None,
            },
        ],
        monitors: vec![latency()],
        dashboards: vec![DeclaredDashboard {
            team: s("payments"),
            dashboard: dashboard(TeamId(uuid::Uuid::nil()), "Web"),
        }],
    }
}

/// With everything that a policy can say.
fn ladder() -> DeclaredPolicy {
    let office = Hours {
        zone: s("Europe/Berlin"),
        windows: vec![Window {
            days: [Weekday::Monday, Weekday::Friday].into_iter().collect(),
            from: jiff::civil::time(9, 0, 0, 0),
            to: jiff::civil::time(17, 0, 0, 0),
            coordinate_only: false,
        }],
    };
    DeclaredPolicy {
        name: s("Ladder"),
        team: s("Payments"),
        steps: vec![DeclaredStep {
            targets: vec![
                DeclaredTarget::Schedule(s("Primary")),
                DeclaredTarget::User(s("bob@x.org")),
                DeclaredTarget::Team(s("payments")),
                DeclaredTarget::Endpoint(s("Room")),
            ],
            escalate_after_s: 60,
            only: Condition {
                severity_at_least: Some(Severity::Minor),
                outside: Some(office.clone()),
                ..Condition::default()
            },
            needs_everyone: true,
            round_robin: false,
        }],
        repeat: 3,
        low_urgency_hours: Some(office),
        fallback: vec![DeclaredTarget::User(s("ana@x.org")), DeclaredTarget::Admins],
    }
}

fn latency() -> DeclaredMonitor {
    DeclaredMonitor {
        service: s("Checkout"),
        name: s("Latency"),
        description: s("Customers wait"),
        target: s("shop.checkout.*.p99"),
        side: Side::Above,
        threshold: number(0.5),
        for_s: 120,
        recovery: None,
        recover_for_s: 120,
        every_s: 30,
        severity: Severity::Major,
        silent_after_s: 300,
        on_silence: OnSilence::Keep,
        runbook_url: Some(s("https://wiki.example/latency")),
    }
}

fn actions(plan: &Plan) -> Vec<&'static str> {
    plan.changes
        .iter()
        .map(|change| change.action.word())
        .collect()
}

async fn applying_twice_changes_nothing(f: Fixture) {
    let admin = f.admin().await;
    let epoch = f.app.config().epoch;
    let plan = f.app.plan(&admin, &whole()).await.unwrap();
    assert_eq!(fields(plan.problems.clone()), Vec::<String>::new());
    assert_eq!(actions(&plan), ["create"; 11]);
    assert_eq!(f.app.config().epoch, epoch, "a plan changes nothing");
    let secret = plan.changes[1]
        .fields
        .iter()
        .find(|f| f.path == "methods[0].settings.secret");
    assert_eq!(secret.unwrap().after.as_deref(), Some("(secret)"));

    let applied = f.app.apply(&admin, &whole()).await.unwrap();
    assert_eq!(actions(&applied), ["create"; 11]);
    let after = f.app.config();
    let again = f.app.apply(&admin, &whole()).await.unwrap();
    assert_eq!(actions(&again), ["unchanged"; 11]);
    assert!(again.changes.iter().all(|change| change.fields.is_empty()));
    assert_eq!(*f.app.config(), *after);

    // What is not declared stays.
    f.app.apply(&admin, &Declared::default()).await.unwrap();
    assert_eq!(*f.app.config(), *after);
}

async fn a_change_is_shown_and_identities_stay(f: Fixture) {
    let admin = f.admin().await;
    f.app.apply(&admin, &whole()).await.unwrap();
    let before = f.app.config();
    let mut declared = whole();
    declared.users[0].methods[0].settings.remove("secret");
    declared.users[1].methods[0]
        .settings
        .insert(s("secret"), s("louder"));
    declared.users[1].methods.push(DeclaredMethod {
        name: s("second"),
        channel: s("hook"),
        settings: settings(),
    });
    declared.policies[0].steps[0].targets.truncate(2);
    declared.schedules[0].rotations[0].rotation.handoff.every = 2;
    declared.services[0].policy = None;
    declared.integrations[0].key = None;
    declared.monitors[0].service = s("checkout");
    declared.monitors[0].threshold = number(0.75);
    declared.monitors[0].recovery = Some(number(0.5));
    declared.monitors[0].runbook_url = None;
    declared.dashboards[0].dashboard.charts[0].width = 3;
    declared.dashboards[0].dashboard.variables.clear();
    declared.dashboards[0].dashboard.charts[0].targets = vec![s("servers.*.cpu")];
    let plan = f.app.apply(&admin, &declared).await.unwrap();
    let changed: Vec<_> = plan
        .changes
        .iter()
        .filter(|change| change.action != Action::Unchanged)
        .flat_map(|change| change.fields.iter().map(|f| (change.path.as_str(), f)))
        .map(|(path, f)| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            format!(
                "{path}.{}: {} -> {}",
                f.path,
                text(&f.before),
                text(&f.after)
            )
        })
        .collect();
    assert_eq!(
        changed,
        [
            "users[1].methods[0].settings.secret: (secret) -> (secret)",
            "users[1].methods[1].channel:  -> hook",
            "users[1].methods[1].name:  -> second",
            "users[1].methods[1].settings.secret:  -> (secret)",
            "users[1].methods[1].settings.url:  -> https://x",
            "schedules[0].rotations[0].handoff: 1 weeks -> 2 weeks",
            "policies[0].steps[0].targets: schedule Primary, user bob@x.org, team Payments, \
             endpoint Room -> schedule Primary, user bob@x.org",
            "services[0].policy: Ladder -> ",
            "monitors[0].recovery:  -> 0.5",
            "monitors[0].runbook_url: https://wiki.example/latency -> ",
            "monitors[0].threshold: 0.5 -> 0.75",
            "dashboards[0].charts[0].targets[0]: scale(servers.$host.cpu, 100) -> servers.*.cpu",
            "dashboards[0].charts[0].width: 2 -> 3",
            "dashboards[0].variables[0].choices.find: servers.*.cpu -> ",
            "dashboards[0].variables[0].name: host -> ",
        ]
    );
    same_identities(&before, &f.app.config());
}

/// Rotations, contact methods and keys are still those they were.
fn same_identities(before: &Config, after: &Config) {
    let rotation =
        |config: &Config| config.schedules.values().next().unwrap().value.rotations[0].id;
    assert_eq!(rotation(before), rotation(after));
    let methods = |config: &Config| -> Vec<_> {
        config
            .users
            .values()
            .flat_map(|u| u.value.methods.iter().map(|m| m.id))
            .collect()
    };
    assert!(methods(before).iter().all(|id| methods(after).contains(id)));
    let keys = |config: &Config| -> Vec<_> {
        config
            .integrations
            .values()
            .map(|i| i.value.key_hash.clone())
            .collect()
    };
    assert_eq!(keys(before), keys(after));
}

async fn problems_have_their_place(f: Fixture) {
    let admin = f.admin().await;
    let epoch = f.app.config().epoch;
    let mut declared = whole();
    declared.users.push(person("ANA@x.org"));
    declared.users[1].rules.high[0].method = s("pager");
    declared.users[1].teams.insert(s("Ghosts"), Role::Member);
    declared.schedules[0].zone = s("Mars");
    declared.schedules[0].rotations[0].slots[1]
        .people
        .push(DeclaredParticipant::new(s("eve@x.org")));
    let steps = &mut declared.policies[0].steps;
    steps[0].targets.push(DeclaredTarget::Team(s("Ghosts")));
    steps.push(DeclaredStep {
        targets: vec![],
        escalate_after_s: 0,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    });
    declared.services[0].policy = Some(s("Laddder"));
    declared.services[0].team = s("Ghosts");
    declared.integrations[0].dialect = s("morse");
    declared.integrations[1].key = declared.integrations[0].key.clone();
    declared.endpoints[0].settings.insert(s("colour"), s("red"));
    declared.monitors[0].every_s = 0;
    declared.dashboards[0].dashboard.charts[0].title.clear();
    declared.dashboards.push(DeclaredDashboard {
        team: s("Ghosts"),
        ..declared.dashboards[0].clone()
    });
    declared.dashboards[1].dashboard.name = s("Other");
    declared.dashboards[1].dashboard.charts.clear();
    declared.monitors.push(DeclaredMonitor {
        name: s("latency"),
        ..latency()
    });
    declared.monitors.push(DeclaredMonitor {
        service: s("chekout"),
        ..latency()
    });
    let mut expected = vec![
        "dashboards[0].charts[0].title",
        "dashboards[1].team",
        "endpoints[0].settings.colour",
        "integrations[0].dialect",
        "integrations[1].key",
        "monitors[0].every_s",
        "monitors[1].name",
        "monitors[2].service",
        "policies[0].steps[0].targets[4]",
        "policies[0].steps[1].targets",
        "schedules[0].rotations[0].slots[1].people[1]",
        "schedules[0].zone",
        "services[0].policy",
        "services[0].team",
        "users[1].rules.high[0].method",
        "users[1].teams.Ghosts",
        "users[2].email",
    ];
    expected.sort_unstable();
    let plan = f.app.plan(&admin, &declared).await.unwrap();
    let mut found = fields(plan.problems);
    found.sort();
    assert_eq!(found, expected);
    let mut refused = paths(f.app.apply(&admin, &declared).await);
    refused.sort();
    assert_eq!(refused, expected);
    assert_eq!(f.app.config().epoch, epoch, "nothing was applied");
}

async fn admins_may_swap_and_others_may_not_apply(f: Fixture) {
    let admin = f.admin().await;
    let ana = f.user(&admin, user("ana@x.org")).await;
    let refused = f.app.apply(&f.caller(ana), &whole()).await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
    assert!(matches!(
        f.app.plan(&f.caller(ana), &whole()).await,
        Err(AppError::Forbidden)
    ));

    // The one who leaves stands above the one who takes over.
    let admins = |old, new| Declared {
        users: vec![
            DeclaredUser {
                role: old,
                teams: [].into(),
                ..person("admin@localhost")
            },
            DeclaredUser {
                role: new,
                teams: [].into(),
                ..person("ana@x.org")
            },
        ],
        ..Declared::default()
    };
    let none = f.app.apply(&admin, &admins(Some(Role::Member), None)).await;
    assert_eq!(paths(none), ["users[0].role"]);
    f.app
        .apply(&admin, &admins(Some(Role::Member), Some(Role::Admin)))
        .await
        .unwrap();
    assert_eq!(f.app.config().admins().collect::<Vec<_>>(), [ana]);

    // What is there already can be referred to.
    let team = f.app.config().teams.keys().next().copied().unwrap();
    f.service(&f.caller(ana), service(team, "old")).await;
    let more = Declared {
        integrations: vec![DeclaredIntegration {
            service: s("Old"),
            name: s("events"),
            dialect: s("events_v2"),
            key: None,
        }],
        ..Declared::default()
    };
    let plan = f.app.apply(&f.caller(ana), &more).await.unwrap();
    assert_eq!(actions(&plan), ["create"]);
}

async fn overrides_and_times_off_are_known_by_what_they_are_about(f: Fixture) {
    let admin = f.admin().await;
    let from = Timestamp::from_micros(1_790_000_000_000_000);
    let cover = |hours: i64| DeclaredOverride {
        schedule: s("primary"),
        rotation: Some(s("Weekly")),
        from,
        to: from.plus_secs(hours * 3_600),
        change: DeclaredOverrideChange::Replace {
            who: Some(s("ana@x.org")),
            with: s("BOB@x.org"),
        },
    };
    let off = |hours: i64| DeclaredTimeOff {
        user: s("ana@x.org"),
        from,
        to: from.plus_secs(hours * 3_600),
    };
    let with = |hours: i64| Declared {
        overrides: vec![cover(hours)],
        time_off: vec![off(hours)],
        ..whole()
    };
    let actions = |plan: &Plan| {
        let of = |kind: &str| plan.changes.iter().find(|one| one.kind() == kind).unwrap();
        [of("override").action, of("time_off").action]
    };
    let first = f.app.apply(&admin, &with(8)).await.unwrap();
    assert_eq!(actions(&first), [Action::Create; 2]);
    let again = f.app.apply(&admin, &with(8)).await.unwrap();
    assert_eq!(actions(&again), [Action::Unchanged; 2]);
    let longer = f.app.apply(&admin, &with(9)).await.unwrap();
    assert_eq!(actions(&longer), [Action::Update; 2]);
    let config = f.app.config();
    assert_eq!((config.overrides.len(), config.time_off.len()), (1, 1));

    let wrong = Declared {
        overrides: vec![
            cover(8),
            cover(9),
            DeclaredOverride {
                rotation: Some(s("daily")),
                change: DeclaredOverrideChange::Add(s("nobody@x.org")),
                ..cover(8)
            },
        ],
        time_off: vec![off(0)],
        ..whole()
    };
    let plan = f.app.plan(&admin, &wrong).await.unwrap();
    assert_eq!(
        fields(plan.problems),
        [
            "overrides[1].from",
            "overrides[2].rotation",
            "overrides[2].change.user",
            "time_off[0].to"
        ]
    );
}
