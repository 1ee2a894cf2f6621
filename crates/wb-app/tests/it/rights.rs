//! Who may create, change and delete what.

use wb_app::configure::{Draft, UserDraft};
use wb_app::{AppError, Caller};
use wb_core::config::{
    ObjectId, Override, OverrideChange, OverrideOrigin, Role, Scope, Target, Team, TimeOff,
};
use wb_core::ids::{ScheduleId, ServiceId, TeamId, UserId};

use crate::fixture::{
    Fixture, dashboard, endpoint, in_team, integration, method, monitor, on_both_engines, paths,
    policy, schedule, service, user,
};

on_both_engines! {
    who_may_create_what,
    time_off_is_set_by_the_person_and_by_admins_of_their_teams,
    who_may_change_what,
    who_may_change_a_user,
    a_team_admin_decides_who_is_in,
}

/// Two teams, and something of ours.
struct Ground {
    admin: Caller,
    ours: TeamId,
    theirs: TeamId,
    person: UserId,
    service: ServiceId,
    schedule: ScheduleId,
}

async fn ground(f: &Fixture) -> Ground {
    let admin = f.admin().await;
    let ours = f.team(&admin, "Ours").await;
    let person = f.user(&admin, user("person@x.org")).await;
    Ground {
        ours,
        theirs: f.team(&admin, "Theirs").await,
        person,
        service: f.service(&admin, service(ours, "base")).await,
        schedule: f
            .schedule(&admin, schedule(ours, "base", vec![person]))
            .await,
        admin,
    }
}

/// The columns of the matrix.
async fn callers(f: &Fixture, g: &Ground) -> Vec<(&'static str, Caller)> {
    let mut callers = vec![(
        "nobody",
        Caller {
            scope: Scope::default(),
            ..g.admin.clone()
        },
    )];
    for (name, email, role, team) in [
        ("observer", "o@x.org", Role::Observer, g.ours),
        ("member", "m@x.org", Role::Member, g.ours),
        ("team admin", "t@x.org", Role::Admin, g.ours),
        ("admin of theirs", "a@x.org", Role::Admin, g.theirs),
    ] {
        let id = f.user(&g.admin, in_team(email, team, role)).await;
        callers.push((name, f.caller(id)));
    }
    callers.push(("admin", g.admin.clone()));
    callers
}

/// One of each kind, owned by our team as far as it has an owner; `n` keeps names apart.
fn drafts(f: &Fixture, g: &Ground, n: usize) -> Vec<Draft> {
    let cover = Override {
        schedule: g.schedule,
        rotation: None,
        from: f.app.now(),
        to: f.app.now().plus_secs(60),
        change: OverrideChange::Add(g.person),
        origin: OverrideOrigin::Set,
    };
    vec![
        service(g.ours, &format!("s{n}")).into(),
        policy(g.ours, &format!("p{n}"), Target::User(g.person)).into(),
        schedule(g.ours, &format!("c{n}"), vec![g.person]).into(),
        endpoint(g.ours, &format!("e{n}"), "https://x", Some("s")).into(),
        integration(g.service, &format!("i{n}")).into(),
        monitor(g.service, &format!("m{n}")).into(),
        dashboard(g.ours, &format!("d{n}")).into(),
        cover.into(),
        Team {
            name: format!("t{n}"),
            description: String::new(),
        }
        .into(),
        user(&format!("u{n}@x.org")).into(),
        time_off(f, g.person).into(),
    ]
}

fn time_off(f: &Fixture, user: UserId) -> TimeOff {
    TimeOff {
        user,
        from: f.app.now(),
        to: f.app.now().plus_secs(60),
    }
}

async fn time_off_is_set_by_the_person_and_by_admins_of_their_teams(f: Fixture) {
    let g = ground(&f).await;
    let callers = callers(&f, &g).await;
    let member = callers.iter().find(|(name, _)| *name == "member");
    let member = member
        .and_then(|(_, caller)| caller.actor.user())
        .expect("a user");
    let mut found = String::new();
    for (_, caller) in &callers {
        found.push(letter(&f.app.create(caller, time_off(&f, member)).await));
    }
    // The admin's actor without any role is nobody to them.
    assert_eq!(found, "ffyyfy");
    let (id, _) = f
        .app
        .config()
        .time_off_of(member)
        .next()
        .map(|(id, v)| (id, v.version))
        .expect("one");
    let others = ObjectId::TimeOff(id);
    // Nobody hands their own time off to somebody else.
    let own = callers
        .iter()
        .find(|(name, _)| *name == "member")
        .expect("there");
    let moved = f
        .app
        .update(&own.1, others, None, time_off(&f, g.person))
        .await;
    assert_eq!(letter(&moved), 'f');
    f.app
        .delete(&g.admin, ObjectId::User(member), None)
        .await
        .expect("deleted");
    assert_eq!(
        f.app.config().time_off.len(),
        0,
        "a person takes their times off along"
    );
}

/// y: done; f: forbidden; x: does not exist for the caller.
fn letter<T: core::fmt::Debug>(result: &Result<T, AppError>) -> char {
    match result {
        Ok(_) => 'y',
        Err(AppError::Forbidden) => 'f',
        // A team that is not seen is a reference to nothing.
        Err(AppError::Invalid(_) | AppError::NotFound) => 'x',
        Err(other) => panic!("{other}"),
    }
}

async fn who_may_create_what(f: Fixture) {
    let g = ground(&f).await;
    // One letter per draft.
    let expected = [
        ("nobody", "xxxxxxxxfff"),
        ("observer", "fffffffffff"),
        ("member", "yyyyyyyyfff"),
        ("team admin", "yyyyyyyyfff"),
        ("admin of theirs", "xxxxxxxxfff"),
        ("admin", "yyyyyyyyyyy"),
    ];
    let mut found = Vec::new();
    for (n, (name, caller)) in callers(&f, &g).await.into_iter().enumerate() {
        let mut letters = String::new();
        for draft in drafts(&f, &g, n) {
            letters.push(letter(&f.app.create(&caller, draft).await));
        }
        found.push((name, letters));
    }
    let expected = expected.map(|(name, letters)| (name, letters.to_owned()));
    assert_eq!(found, expected);
}

async fn who_may_change_what(f: Fixture) {
    let g = ground(&f).await;
    let id = ObjectId::Service(g.service);
    let callers = callers(&f, &g).await;
    let mut found = String::new();
    for (name, caller) in &callers {
        let changed = f.app.update(caller, id, None, service(g.ours, name)).await;
        let letter = letter(&changed);
        found.push(letter);
        if letter != 'y' {
            assert_eq!(
                self::letter(&f.app.delete(caller, id, None).await),
                letter,
                "{name}"
            );
            // The version is not told to those who may not see the object.
            let stale = f
                .app
                .update(caller, id, Some(99), service(g.ours, name))
                .await;
            assert!(
                matches!(stale, Err(AppError::NotFound)) || letter == 'f',
                "{name}: {stale:?}"
            );
        }
    }
    assert_eq!(found, "xfyyxy");

    // Moving something into a team takes rights there too.
    let moved = f
        .app
        .update(&callers[2].1, id, None, service(g.theirs, "gone"))
        .await;
    assert_eq!(paths(moved), ["team"]);
    let no_service = Team {
        name: "not a service".to_owned(),
        description: String::new(),
    };
    let missing = f.app.update(&g.admin, id, None, no_service).await;
    assert!(matches!(missing, Err(AppError::NotFound)));
}

/// A change of a draft; the team is ours.
type Change = fn(&mut UserDraft, TeamId);

fn own_things(draft: &mut UserDraft, _: TeamId) {
    draft.name = "Ana B".to_owned();
    draft.zone = "Pacific/Auckland".to_owned();
    draft.methods = vec![method("hook", "https://x", Some("s"))];
}

async fn who_may_change_a_user(f: Fixture) {
    let g = ground(&f).await;
    let base = in_team("ana@x.org", g.ours, Role::Member);
    let ana = f.user(&g.admin, base.clone()).await;
    let mate = f
        .user(&g.admin, in_team("bob@x.org", g.ours, Role::Admin))
        .await;
    let stranger = f
        .user(&g.admin, in_team("eve@x.org", g.theirs, Role::Admin))
        .await;
    let admin = g.admin.user().unwrap();
    let renamed: Change = |d, _| d.name = "A".to_owned();
    let observer: Change = |d, _| d.role = Some(Role::Observer);
    let cases: [(&str, UserId, Change, char); 11] = [
        ("own things", ana, own_things, 'y'),
        ("nothing", ana, |_, _| {}, 'y'),
        (
            "own address",
            ana,
            |d, _| d.email = "b@x.org".to_owned(),
            'f',
        ),
        ("own role", ana, observer, 'f'),
        (
            "own team",
            ana,
            |d, t| d.teams.extend([(t, Role::Admin)]),
            'f',
        ),
        ("own account", ana, |d, _| d.active = false, 'f'),
        ("nothing, stranger", stranger, |_, _| {}, 'f'),
        ("name, team admin", mate, renamed, 'f'),
        ("role, team admin", mate, observer, 'f'),
        (
            "team, team admin",
            mate,
            |d, t| d.teams.extend([(t, Role::Observer)]),
            'y',
        ),
        ("role, admin", admin, observer, 'y'),
    ];
    let mut present = base;
    for (name, who, change, allowed) in cases {
        let mut draft = present.clone();
        change(&mut draft, g.ours);
        let changed = f
            .app
            .update(&f.caller(who), ObjectId::User(ana), None, draft.clone())
            .await;
        assert_eq!(letter(&changed), allowed, "{name}");
        if allowed == 'y' {
            present = draft;
        }
    }
}

async fn a_team_admin_decides_who_is_in(f: Fixture) {
    let g = ground(&f).await;
    let bob = f
        .user(&g.admin, in_team("bob@x.org", g.ours, Role::Admin))
        .await;
    let bob = f.caller(bob);
    let elsewhere = f
        .app
        .set_member(&bob, g.theirs, g.person, Some(Role::Member))
        .await;
    assert!(matches!(elsewhere, Err(AppError::NotFound)));
    f.app
        .set_member(&bob, g.ours, g.person, Some(Role::Member))
        .await
        .unwrap();
    assert_eq!(f.user_now(g.person).teams, [(g.ours, Role::Member)].into());
    let member = f.caller(g.person);
    let refused = f
        .app
        .set_member(&member, g.ours, g.person, Some(Role::Admin))
        .await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
    f.app
        .set_member(&bob, g.ours, g.person, None)
        .await
        .unwrap();
    assert!(f.user_now(g.person).teams.is_empty());
}
