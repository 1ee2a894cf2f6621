//! Getting in: first start, tokens, passwords, sessions.

use wb_app::access::SignInError;
use wb_app::configure::UserDraft;
use wb_app::{AppError, Caller};
use wb_core::config::{ObjectId, Permission, Role, Target};

use crate::fixture::{Fixture, fields, on_both_engines, paths, user};

on_both_engines! {
    the_first_start_happens_once,
    two_nodes_start_one_admin,
    a_token_works_until_revoked_expired_or_its_user_is_gone,
    tokens_of_others_do_not_exist,
    a_set_up_link_works_once,
    signing_in_and_out,
    guessing_is_slowed_down,
    a_new_password_ends_other_sessions,
    an_inactive_user_is_shut_out,
}

const TOKEN: &str = "a-token-of-the-operator";
const PASSWORD: &str = "correct horse battery";

async fn the_first_start_happens_once(f: Fixture) {
    assert_eq!(paths(f.app.bootstrap(Some("short")).await), ["admin_token"]);
    let first = f.app.bootstrap(Some(TOKEN)).await.unwrap();
    assert!(first.created && first.setup_secret.is_some());
    let config = f.app.config();
    let catch_all = f.app.catch_all().unwrap();
    let service = &config.services[&catch_all].value;
    let policy = &config.policies[&service.policy.unwrap()].value;
    assert_eq!(policy.steps[0].targets, [Target::Admins]);
    assert_eq!(
        (policy.repeat, policy.steps[0].escalate_after_s),
        (100, 300)
    );

    let caller = f
        .app
        .caller_of_token(TOKEN, "10.0.0.1".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert!(caller.scope.allows_globally(Permission::Manage));
    let kept = f
        .app
        .delete(&caller, ObjectId::Service(catch_all), None)
        .await;
    assert_eq!(paths(kept), ["id"]);
    let unpaged = wb_core::config::Service {
        policy: None,
        ..service.clone()
    };
    let unpaged = f
        .app
        .update(&caller, ObjectId::Service(catch_all), None, unpaged)
        .await;
    assert_eq!(paths(unpaged), ["policy"]);

    let again = f
        .app
        .bootstrap(Some("another-token-of-theirs"))
        .await
        .unwrap();
    assert!(!again.created);
    assert_eq!(f.app.config().epoch, config.epoch);
    let other = f
        .app
        .caller_of_token("another-token-of-theirs", String::new())
        .await
        .unwrap();
    assert_eq!(other, None);
}

async fn two_nodes_start_one_admin(f: Fixture) {
    let other = f.another_node().await;
    let (one, two) = tokio::join!(f.app.bootstrap(None), other.bootstrap(None));
    assert_ne!(one.unwrap().created, two.unwrap().created);
    assert_eq!(f.app.refresh_config().await.unwrap().users.len(), 1);
    assert!(f.app.catch_all().is_some());
    assert_eq!(f.app.catch_all(), other.catch_all());
}

async fn caller(f: &Fixture, secret: &str) -> Option<Caller> {
    f.app
        .caller_of_token(secret, "10.0.0.1".to_owned())
        .await
        .unwrap()
}

async fn a_token_works_until_revoked_expired_or_its_user_is_gone(f: Fixture) {
    let admin = f.admin().await;
    let ana = f
        .user(
            &admin,
            UserDraft {
                role: Some(Role::Member),
                ..user("ana@x.org")
            },
        )
        .await;
    let as_ana = f.caller(ana);
    let in_an_hour = f.app.now().plus_secs(3_600);
    let bad = f
        .app
        .create_token(&as_ana, " ", ana, Some(f.app.now()))
        .await;
    assert_eq!(paths(bad), ["name", "expires_at"]);
    let (short, secret) = f
        .app
        .create_token(&as_ana, "laptop", ana, Some(in_an_hour))
        .await
        .unwrap();
    let (long, lasting) = f
        .app
        .create_token(&as_ana, "robot", ana, None)
        .await
        .unwrap();
    assert!(secret.starts_with("wb_") && secret != lasting);

    let found = caller(&f, &secret).await.unwrap();
    assert_eq!(found.actor.user(), Some(ana));
    assert!(!found.scope.allows_globally(Permission::Manage));
    f.clock.forward_s(3_600);
    assert_eq!(caller(&f, &secret).await, None);
    assert!(caller(&f, &lasting).await.is_some());
    let listed = f.app.list_tokens(&as_ana, ana).await.unwrap();
    assert_eq!(
        listed.iter().map(|t| t.id).collect::<Vec<_>>(),
        [long.id, short.id]
    );
    assert_eq!(listed[0].last_used_at, Some(f.app.now()));
    f.clock.forward_s(59);
    assert!(caller(&f, &lasting).await.is_some());
    let again = f.app.list_tokens(&as_ana, ana).await.unwrap();
    assert_eq!(again[0].last_used_at, listed[0].last_used_at);

    // What they may do is looked up each time.
    let now = f.user_now(ana);
    let draft = UserDraft {
        role: Some(Role::Admin),
        name: now.name,
        ..user("ana@x.org")
    };
    f.app
        .update(&admin, ObjectId::User(ana), None, draft)
        .await
        .unwrap();
    assert!(
        caller(&f, &lasting)
            .await
            .unwrap()
            .scope
            .allows_globally(Permission::Manage)
    );
    f.app.revoke_token(&as_ana, long.id).await.unwrap();
    assert_eq!(caller(&f, &lasting).await, None);
    assert_eq!(caller(&f, "wb_nonsense").await, None);
}

async fn tokens_of_others_do_not_exist(f: Fixture) {
    let admin = f.admin().await;
    let ana = f.user(&admin, user("ana@x.org")).await;
    let bob = f.user(&admin, user("bob@x.org")).await;
    let (as_ana, as_bob) = (f.caller(ana), f.caller(bob));
    let (token, secret) = f
        .app
        .create_token(&admin, "for ana", ana, None)
        .await
        .unwrap();
    let refused = f.app.create_token(&as_bob, "for ana", ana, None).await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
    let hidden = f.app.revoke_token(&as_bob, token.id).await;
    assert!(matches!(hidden, Err(AppError::NotFound)));
    assert!(matches!(
        f.app.list_tokens(&as_bob, ana).await,
        Err(AppError::Forbidden)
    ));
    assert_eq!(f.app.list_tokens(&as_ana, ana).await.unwrap().len(), 1);
    assert!(caller(&f, &secret).await.is_some());
    f.app.revoke_token(&admin, token.id).await.unwrap();
    assert_eq!(caller(&f, &secret).await, None);
}

async fn a_set_up_link_works_once(f: Fixture) {
    let secret = f.app.bootstrap(None).await.unwrap().setup_secret.unwrap();
    let set_up = |secret: String, email: &'static str, password: &'static str| {
        let app = f.app.clone();
        async move {
            app.set_up(&secret, "Ana", email, password, "Pacific/Auckland")
                .await
        }
    };
    let wrong = set_up(secret.clone(), "no address", "short").await;
    assert_eq!(paths(wrong), ["password", "email"]);
    let admin = set_up(secret.clone(), "ana@x.org", PASSWORD).await.unwrap();
    let value = f.user_now(admin);
    assert_eq!(
        (value.name.as_str(), value.email.as_str()),
        ("Ana", "ana@x.org")
    );
    assert_eq!(value.zone, "Pacific/Auckland");
    assert_eq!(
        paths(set_up(secret, "eve@x.org", PASSWORD).await),
        ["secret"]
    );
    assert_eq!(f.app.bootstrap(None).await.unwrap().setup_secret, None);
    assert_eq!(
        paths(set_up("nonsense".to_owned(), "eve@x.org", PASSWORD).await),
        ["secret"]
    );

    // Links for others: only by admins, several at once, each for a day.
    let as_admin = f.caller(admin);
    let bob = f.user(&as_admin, user("bob@x.org")).await;
    let refused = f.app.create_set_up_link(&f.caller(bob), bob).await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
    let one = f
        .app
        .create_set_up_link(&as_admin, bob)
        .await
        .unwrap()
        .secret;
    let old = f.app.create_set_up_link(&as_admin, bob).await.unwrap();
    let taken = set_up(one.clone(), "ANA@x.org", PASSWORD).await;
    assert_eq!(paths(taken), ["email"]);
    set_up(one, "bob@x.org", PASSWORD).await.unwrap();
    assert_eq!(
        paths(set_up(old.secret, "bob@x.org", PASSWORD).await),
        ["secret"]
    );
    let late = f.app.create_set_up_link(&as_admin, bob).await.unwrap();
    f.clock.forward_s(24 * 3_600);
    assert_eq!(
        paths(set_up(late.secret, "bob@x.org", PASSWORD).await),
        ["secret"]
    );
}

/// An admin with a password.
async fn admin_with_password(f: &Fixture) -> Caller {
    let secret = f.app.bootstrap(None).await.unwrap().setup_secret.unwrap();
    let admin = f
        .app
        .set_up(&secret, "Ana", "ana@x.org", PASSWORD, "UTC")
        .await
        .unwrap();
    f.caller(admin)
}

async fn signing_in_and_out(f: Fixture) {
    let admin = admin_with_password(&f).await;
    let signed = f
        .app
        .sign_in("ANA@x.org ", PASSWORD, "10.0.0.1", Some("Firefox"))
        .await
        .unwrap();
    let found = f
        .app
        .caller_of_session(&signed.secret, String::new())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.actor, admin.actor);

    let token = f.app.csrf_of(&signed.secret);
    assert!(f.app.check_csrf(&signed.secret, &token));
    let other = f
        .app
        .sign_in("ana@x.org", PASSWORD, "10.0.0.2", None)
        .await
        .unwrap();
    assert!(!f.app.check_csrf(&other.secret, &token));
    assert!(!f.app.check_csrf(&signed.secret, ""));

    let me = admin.user().unwrap();
    assert_eq!(f.app.list_sessions(&admin, me).await.unwrap().len(), 2);
    f.app.sign_out(&signed.secret).await.unwrap();
    assert_eq!(
        f.app
            .caller_of_session(&signed.secret, String::new())
            .await
            .unwrap(),
        None
    );
    let eve = f.user(&admin, user("eve@x.org")).await;
    let hidden = f.app.revoke_session(&f.caller(eve), other.session.id).await;
    assert!(matches!(hidden, Err(AppError::NotFound)));

    // Used sessions live on, unused ones end.
    let idle_s = i64::try_from(f.app.settings.session_idle.as_secs()).unwrap();
    f.clock.forward_s(idle_s - 1);
    assert!(
        f.app
            .caller_of_session(&other.secret, String::new())
            .await
            .unwrap()
            .is_some()
    );
    f.clock.forward_s(idle_s - 1);
    assert!(
        f.app
            .caller_of_session(&other.secret, String::new())
            .await
            .unwrap()
            .is_some()
    );
    f.clock.forward_s(idle_s);
    assert_eq!(
        f.app
            .caller_of_session(&other.secret, String::new())
            .await
            .unwrap(),
        None
    );
}

async fn guessing_is_slowed_down(f: Fixture) {
    let admin = admin_with_password(&f).await;
    f.user(&admin, user("nopassword@x.org")).await;
    for email in ["ana@x.org", "nobody@x.org", "nopassword@x.org"] {
        for _ in 0..5 {
            let wrong = f.app.sign_in(email, "wrong password", email, None).await;
            assert!(matches!(wrong, Err(SignInError::Wrong)), "{wrong:?}");
        }
        // The same for accounts that do not exist; and the right password does not help now.
        let wait = f.app.sign_in(email, PASSWORD, "10.0.0.9", None).await;
        assert!(
            matches!(wait, Err(SignInError::Throttled { retry_after_s: 60 })),
            "{wait:?}"
        );
    }
    f.clock.forward_s(60);
    f.app
        .sign_in("ana@x.org", PASSWORD, "10.0.0.9", None)
        .await
        .unwrap();
    let still = f
        .app
        .sign_in("nobody@x.org", PASSWORD, "10.0.0.9", None)
        .await;
    assert!(matches!(still, Err(SignInError::Wrong)));
}

async fn a_new_password_ends_other_sessions(f: Fixture) {
    let admin = admin_with_password(&f).await;
    let mine = f
        .app
        .sign_in("ana@x.org", PASSWORD, "10.0.0.1", None)
        .await
        .unwrap();
    let other = f
        .app
        .sign_in("ana@x.org", PASSWORD, "10.0.0.2", None)
        .await
        .unwrap();
    let change = |old: &'static str, new: &'static str| {
        let (app, admin, secret) = (f.app.clone(), admin.clone(), mine.secret.clone());
        async move { app.set_password(&admin, Some(&secret), old, new).await }
    };
    let Err(SignInError::App(AppError::Invalid(short))) = change(PASSWORD, "short").await else {
        panic!("a short password was taken")
    };
    assert_eq!(fields(short), ["password"]);
    let Err(SignInError::App(AppError::Invalid(wrong))) =
        change("wrong", "longer than before").await
    else {
        panic!("a wrong password was taken")
    };
    assert_eq!(fields(wrong), ["old"]);
    change(PASSWORD, "longer than before").await.unwrap();
    assert!(
        f.app
            .caller_of_session(&mine.secret, String::new())
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        f.app
            .caller_of_session(&other.secret, String::new())
            .await
            .unwrap(),
        None
    );
    let old = f.app.sign_in("ana@x.org", PASSWORD, "10.0.0.1", None).await;
    assert!(matches!(old, Err(SignInError::Wrong)));
    f.app
        .sign_in("ana@x.org", "longer than before", "10.0.0.1", None)
        .await
        .unwrap();
}

async fn an_inactive_user_is_shut_out(f: Fixture) {
    let admin = admin_with_password(&f).await;
    let bob = f.user(&admin, user("bob@x.org")).await;
    let link = f.app.create_set_up_link(&admin, bob).await.unwrap();
    f.app
        .set_up(&link.secret, "Bob", "bob@x.org", PASSWORD, "UTC")
        .await
        .unwrap();
    let (_, token) = f
        .app
        .create_token(&admin, "robot", bob, None)
        .await
        .unwrap();
    let session = f
        .app
        .sign_in("bob@x.org", PASSWORD, "10.0.0.1", None)
        .await
        .unwrap()
        .secret;
    for active in [false, true] {
        let draft = UserDraft {
            active,
            ..user("bob@x.org")
        };
        f.app
            .update(&admin, ObjectId::User(bob), None, draft)
            .await
            .unwrap();
        // Not even when they are back: old secrets do not come to life again.
        assert_eq!(caller(&f, &token).await, None);
        assert_eq!(
            f.app
                .caller_of_session(&session, String::new())
                .await
                .unwrap(),
            None
        );
        let refused = f.app.sign_in("bob@x.org", PASSWORD, "10.0.0.1", None).await;
        assert!(matches!(refused, Err(SignInError::Wrong)));
    }
}
