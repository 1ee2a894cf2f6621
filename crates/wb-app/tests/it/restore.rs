//! Bringing back what an object was.

use wb_app::configure::{Saved, UserDraft, WantedVersion};
use wb_app::{AppError, Caller};
use wb_core::config::{Object, ObjectId, Role, Service, Target};
use wb_core::ids::{PolicyId, ServiceId, TeamId};
use wb_store::changes::{self, Wanted};

use crate::fixture::{
    Fixture, endpoint, in_team, method, on_both_engines, paths, policy, service, user,
};

on_both_engines! {
    an_earlier_version_becomes_the_newest,
    a_preview_changes_nothing,
    a_deleted_object_comes_back_under_its_id,
    what_it_refers_to_must_be_there,
    who_may_not_edit_may_not_restore,
    secrets_and_proofs_come_back,
    all_changes_are_listed_for_those_who_may_read,
}

struct Ground {
    admin: Caller,
    team: TeamId,
    policy: PolicyId,
    service: ServiceId,
}

/// A service at version 2: renamed, and without its policy.
async fn ground(f: &Fixture) -> Ground {
    let admin = f.admin().await;
    let team = f.team(&admin, "Shop").await;
    let policy = f
        .policy(&admin, policy(team, "First", Target::Admins))
        .await;
    let with_policy = Service {
        policy: Some(policy),
        ..service(team, "checkout")
    };
    let id = f.service(&admin, with_policy).await;
    let renamed = service(team, "pay");
    let object = ObjectId::Service(id);
    f.app.update(&admin, object, None, renamed).await.unwrap();
    Ground {
        admin,
        team,
        policy,
        service: id,
    }
}

async fn restore(
    f: &Fixture,
    caller: &Caller,
    id: ObjectId,
    version: u32,
    expected: u32,
) -> Result<Saved, AppError> {
    let wanted = WantedVersion {
        id,
        version,
        expected,
    };
    f.app.restore(caller, wanted, false).await
}

async fn an_earlier_version_becomes_the_newest(f: Fixture) {
    let g = ground(&f).await;
    let id = ObjectId::Service(g.service);
    let stale = restore(&f, &g.admin, id, 1, 1).await;
    assert!(matches!(stale, Err(AppError::Edited { current: 2 })));
    let saved = restore(&f, &g.admin, id, 1, 2).await.unwrap();
    assert_eq!(saved.version, 3);
    let now = f.app.config().services[&g.service].value.clone();
    assert_eq!(
        (now.name.as_str(), now.policy),
        ("checkout", Some(g.policy))
    );
    let again = restore(&f, &g.admin, id, 1, 3).await.unwrap();
    assert_eq!(again.version, 3, "no difference, no version");
    let none = restore(&f, &g.admin, id, 9, 3).await;
    assert!(matches!(none, Err(AppError::NotFound)));
    let scope = g.admin.scope.clone();
    let history = f
        .app
        .store
        .read(move |tx| wb_store::config::history(tx, &scope, id, None, 10))
        .await
        .unwrap();
    let from: Vec<_> = history.iter().map(|v| v.restored_from).collect();
    assert_eq!(from, [Some(1), None, None]);
    assert_eq!(history[0].before, history[1].object);
    let stream = id.to_string();
    let checked = f
        .app
        .store
        .read(move |tx| wb_store::verify::check_stream(tx, &stream))
        .await
        .unwrap();
    assert_eq!((checked.facts, checked.findings), (3, vec![]));
}

async fn a_preview_changes_nothing(f: Fixture) {
    let g = ground(&f).await;
    let wanted = WantedVersion {
        id: ObjectId::Service(g.service),
        version: 1,
        expected: 2,
    };
    let shown = f.app.restore(&g.admin, wanted, true).await.unwrap();
    assert_eq!(shown.version, 3);
    assert_eq!(f.app.config().services[&g.service].version, 2);
}

async fn a_deleted_object_comes_back_under_its_id(f: Fixture) {
    let g = ground(&f).await;
    let id = ObjectId::Service(g.service);
    f.app.delete(&g.admin, id, None).await.unwrap();
    let gone = restore(&f, &g.admin, id, 3, 3).await;
    assert_eq!(paths(gone), ["version"]);
    let stale = restore(&f, &g.admin, id, 1, 2).await;
    assert!(matches!(stale, Err(AppError::Edited { current: 3 })));

    let namesake = f.service(&g.admin, service(g.team, "pay")).await;
    let taken = restore(&f, &g.admin, id, 2, 3).await;
    assert_eq!(paths(taken), ["name"]);
    let namesake = ObjectId::Service(namesake);
    f.app.delete(&g.admin, namesake, None).await.unwrap();

    let saved = restore(&f, &g.admin, id, 2, 3).await.unwrap();
    assert_eq!((saved.id(), saved.version), (id, 4));
    assert_eq!(f.app.config().services[&g.service].value.name, "pay");
    let stream = id.to_string();
    let checked = f
        .app
        .store
        .read(move |tx| wb_store::verify::check_stream(tx, &stream))
        .await
        .unwrap();
    assert_eq!((checked.facts, checked.findings), (4, vec![]));
    let edited = service(g.team, "pay on");
    let edited = f.app.update(&g.admin, id, Some(4), edited).await.unwrap();
    assert_eq!(edited.version, 5);
}

async fn what_it_refers_to_must_be_there(f: Fixture) {
    let g = ground(&f).await;
    let policy = ObjectId::Policy(g.policy);
    f.app.delete(&g.admin, policy, None).await.unwrap();
    let id = ObjectId::Service(g.service);
    let lacking = restore(&f, &g.admin, id, 1, 2).await;
    assert_eq!(paths(lacking), ["policy"]);
    restore(&f, &g.admin, policy, 1, 2).await.unwrap();
    restore(&f, &g.admin, id, 1, 2).await.unwrap();
}

async fn who_may_not_edit_may_not_restore(f: Fixture) {
    let g = ground(&f).await;
    let id = ObjectId::Service(g.service);
    let other = f.team(&g.admin, "Other").await;
    let mut refused = Vec::new();
    for (email, team, role) in [
        ("o@x.org", g.team, Role::Observer),
        ("s@x.org", other, Role::Admin),
    ] {
        let user = f.user(&g.admin, in_team(email, team, role)).await;
        refused.push(restore(&f, &f.caller(user), id, 1, 2).await);
    }
    assert!(matches!(
        refused.as_slice(),
        [Err(AppError::Forbidden), Err(AppError::NotFound)]
    ));
    let member = in_team("m@x.org", g.team, Role::Member);
    let member = f.user(&g.admin, member).await;
    restore(&f, &f.caller(member), id, 1, 2).await.unwrap();
}

async fn secrets_and_proofs_come_back(f: Fixture) {
    let g = ground(&f).await;
    let draft = UserDraft {
        methods: vec![method("Phone", "https://phone.example", Some("s3cret"))],
        ..user("ana@x.org")
    };
    let ana = f.user(&g.admin, draft).await;
    let phone = f.user_now(ana).methods[0].id;
    f.app.confirm_method(ana, phone).await.unwrap();
    let before = f.user_now(ana);
    let id = ObjectId::User(ana);
    f.app.delete(&g.admin, id, None).await.unwrap();
    restore(&f, &g.admin, id, 2, 3).await.unwrap();
    assert_eq!(f.user_now(ana), before);
    assert!(before.methods[0].verified_at.is_some());

    let hook = endpoint(g.team, "room", "https://room.example", Some("s"));
    let made = f.app.create(&g.admin, hook).await.unwrap();
    f.app.delete(&g.admin, made.id(), None).await.unwrap();
    let back = restore(&f, &g.admin, made.id(), 1, 2).await.unwrap();
    assert_eq!(back.object, made.object);
}

async fn list(f: &Fixture, caller: &Caller, wanted: Wanted, limit: usize) -> Vec<changes::Edit> {
    let (mut from, mut all) = (None, Vec::new());
    loop {
        let scope = caller.scope.clone();
        let (found, next) = f
            .app
            .store
            .read(move |tx| changes::all(tx, &scope, wanted, from, limit))
            .await
            .unwrap();
        all.extend(found);
        if next.is_none() {
            return all;
        }
        from = next;
    }
}

async fn all_changes_are_listed_for_those_who_may_read(f: Fixture) {
    let g = ground(&f).await;
    let other = f.team(&g.admin, "Other").await;
    f.clock.forward_s(60);
    let theirs = f.service(&g.admin, service(other, "theirs")).await;
    let all = list(&f, &g.admin, Wanted::default(), 100).await;
    let paged = list(&f, &g.admin, Wanted::default(), 1).await;
    assert_eq!(all, paged);
    assert_eq!(all[0].object, ObjectId::Service(theirs));
    let of_kind = Wanted {
        prefix: Some("svc_"),
        actor: Some(g.admin.actor),
        ..Wanted::default()
    };
    let services = list(&f, &g.admin, of_kind, 100).await;
    let seen: Vec<_> = services
        .iter()
        .map(|edit| (edit.object, edit.version.version))
        .collect();
    let ours = ObjectId::Service(g.service);
    assert_eq!(
        seen[0..1],
        [(ObjectId::Service(theirs), 1)],
        "the newest first"
    );
    assert!(seen.contains(&(ours, 2)) && seen.contains(&(ours, 1)));
    let renamed = services
        .iter()
        .find(|e| (e.object, e.version.version) == (ours, 2));
    let Some(Object::Service(_, before)) = renamed.and_then(|e| e.version.before.clone()) else {
        panic!("what it was before");
    };
    assert_eq!(before.name, "checkout");
    let until = Wanted {
        until: Some(f.app.now().plus_secs(-1)),
        ..of_kind
    };
    assert_eq!(
        list(&f, &g.admin, until, 100).await.len(),
        services.len() - 1
    );
    let member = in_team("m@x.org", other, Role::Observer);
    let member = f.user(&g.admin, member).await;
    let theirs_only = list(&f, &f.caller(member), Wanted::default(), 1).await;
    let seen: Vec<_> = theirs_only.iter().map(|edit| edit.object).collect();
    assert_eq!(seen, [ObjectId::Service(theirs), ObjectId::Team(other)]);
}
