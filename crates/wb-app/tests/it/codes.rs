//! Proving that a contact method reaches somebody.

use wb_app::configure::UserDraft;
use wb_app::{AppError, Caller};
use wb_core::config::{ObjectId, Role};
use wb_core::ids::{MethodId, UserId};
use wb_ports::Content;

use crate::fixture::{Fixture, method, on_both_engines, paths, settings, user};

on_both_engines! {
    the_right_code_proves_a_method_once,
    a_code_is_guessed_five_times_and_no_more,
    a_code_ends_with_its_time_its_successor_and_its_address,
    codes_are_throttled,
    nobody_proves_for_another,
    a_code_that_could_not_be_sent_says_so,
}

fn ana() -> UserDraft {
    UserDraft {
        role: Some(Role::Member),
        methods: vec![method("Phone", "https://phone.example/a", Some("s"))],
        ..user("ana@x.org")
    }
}

/// Somebody with one method.
async fn ground(f: &Fixture) -> (Caller, UserId, MethodId) {
    let admin = f.admin().await;
    let ana = f.user(&admin, ana()).await;
    (f.caller(ana), ana, f.user_now(ana).methods[0].id)
}

/// The code that was sent last.
fn last_code(f: &Fixture) -> String {
    let said = f.hook.said.lock().unwrap();
    match said.last() {
        Some(Content::Code { code, minutes: 15 }) => code.clone(),
        other => panic!("no code: {other:?}"),
    }
}

/// Any other code.
fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

fn words<T: core::fmt::Debug>(result: Result<T, AppError>) -> String {
    match result {
        Err(AppError::Invalid(problems)) => problems[0].message.clone(),
        other => panic!("expected a problem, got {other:?}"),
    }
}

async fn the_right_code_proves_a_method_once(f: Fixture) {
    let (caller, ana, phone) = ground(&f).await;
    let sent = f.app.send_code(&caller, ana, phone).await.unwrap();
    assert!(sent.report.accepted);
    assert_eq!(sent.expires_at, f.app.now().plus_secs(900));
    let code = last_code(&f);
    assert!(
        code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    let odd = f.app.confirm_code(&caller, ana, phone, "12 34").await;
    assert_eq!(paths(odd), ["code"]);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    f.app
        .confirm_code(&caller, ana, phone, &spaced)
        .await
        .unwrap();
    assert_eq!(f.user_now(ana).methods[0].verified_at, Some(f.app.now()));
    let again = f.app.confirm_code(&caller, ana, phone, &code).await;
    assert!(words(again).contains("Send a new code"));
    let stream = phone.to_string();
    let checked = f
        .app
        .store
        .read(move |tx| wb_store::verify::check_stream(tx, &stream))
        .await
        .unwrap();
    assert_eq!((checked.facts, checked.findings), (2, vec![]));
}

async fn a_code_is_guessed_five_times_and_no_more(f: Fixture) {
    let (caller, ana, phone) = ground(&f).await;
    f.app.send_code(&caller, ana, phone).await.unwrap();
    let code = last_code(&f);
    for left in (1..5).rev() {
        let guess = f.app.confirm_code(&caller, ana, phone, wrong(&code)).await;
        assert!(words(guess).contains(&format!("{left} more")));
    }
    let last = f.app.confirm_code(&caller, ana, phone, wrong(&code)).await;
    assert!(words(last).contains("cannot be tried again"));
    let right = f.app.confirm_code(&caller, ana, phone, &code).await;
    assert_eq!(paths(right), ["code"]);
    assert_eq!(f.user_now(ana).methods[0].verified_at, None);
}

async fn a_code_ends_with_its_time_its_successor_and_its_address(f: Fixture) {
    let (caller, ana, phone) = ground(&f).await;
    f.app.send_code(&caller, ana, phone).await.unwrap();
    let first = last_code(&f);
    f.clock.forward_s(60);
    f.app.send_code(&caller, ana, phone).await.unwrap();
    let second = last_code(&f);
    if first != second {
        let old = f.app.confirm_code(&caller, ana, phone, &first).await;
        assert_eq!(paths(old), ["code"]);
    }
    f.clock.forward_s(900);
    let late = f.app.confirm_code(&caller, ana, phone, &second).await;
    assert!(words(late).contains("15 minutes"));

    f.app.send_code(&caller, ana, phone).await.unwrap();
    let third = last_code(&f);
    let mut moved = ana_moved();
    moved.methods[0].id = Some(phone);
    let id = ObjectId::User(ana);
    f.app.update(&caller, id, None, moved).await.unwrap();
    let elsewhere = f.app.confirm_code(&caller, ana, phone, &third).await;
    assert_eq!(paths(elsewhere), ["code"]);
    assert_eq!(f.user_now(ana).methods[0].verified_at, None);
}

fn ana_moved() -> UserDraft {
    let mut draft = ana();
    draft.methods[0].settings = settings("https://phone.example/b", Some("s"));
    draft
}

async fn codes_are_throttled(f: Fixture) {
    let (caller, ana, phone) = ground(&f).await;
    f.app.send_code(&caller, ana, phone).await.unwrap();
    f.clock.forward_s(20);
    let soon = f.app.send_code(&caller, ana, phone).await;
    assert!(
        matches!(soon, Err(AppError::CodesTooOften { retry_after_s: 41 })),
        "{soon:?}"
    );
    for _ in 0..9 {
        f.clock.forward_s(60);
        f.app.send_code(&caller, ana, phone).await.unwrap();
    }
    f.clock.forward_s(60);
    let many = f.app.send_code(&caller, ana, phone).await;
    let Err(AppError::CodesTooOften { retry_after_s }) = many else {
        panic!("an eleventh within the hour: {many:?}");
    };
    f.clock.forward_s(i64::from(retry_after_s));
    f.app.send_code(&caller, ana, phone).await.unwrap();
}

async fn nobody_proves_for_another(f: Fixture) {
    let (caller, ana, phone) = ground(&f).await;
    let admin = f.admin_again();
    let sent = f.app.send_code(&admin, ana, phone).await;
    assert!(matches!(sent, Err(AppError::Forbidden)));
    f.app.send_code(&caller, ana, phone).await.unwrap();
    let code = last_code(&f);
    let taken = f.app.confirm_code(&admin, ana, phone, &code).await;
    assert!(matches!(taken, Err(AppError::Forbidden)));
    let none = f
        .app
        .send_code(&caller, ana, MethodId(uuid::Uuid::nil()))
        .await;
    assert!(matches!(none, Err(AppError::NotFound)));
}

async fn a_code_that_could_not_be_sent_says_so(f: Fixture) {
    let (caller, ana, _) = ground(&f).await;
    let mut down = ana_moved();
    down.methods[0].settings = settings("https://down.example", Some("s"));
    let id = ObjectId::User(ana);
    f.app.update(&caller, id, None, down).await.unwrap();
    let phone = f.user_now(ana).methods[0].id;
    let sent = f.app.send_code(&caller, ana, phone).await.unwrap();
    assert!(!sent.report.accepted);
    assert_eq!(sent.report.detail, "no route");
}
