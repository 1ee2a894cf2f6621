//! Signing in, sessions, CSRF, tokens, the set-up link.

use serde_json::{Value, json};

use crate::test_app::{Answer, TestApp, World, set_up_link};

const PASSWORD: &str = "correct horse battery staple";

struct Browser {
    cookie: String,
    csrf: String,
}

fn browser(answer: &Answer) -> Browser {
    let header = answer.header("set-cookie").expect("a cookie");
    for part in [
        "wb_session=",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
    ] {
        assert!(header.contains(part), "{header}");
    }
    let cookie = header.split(';').next().unwrap().to_owned();
    let csrf = answer.json()["csrf_token"].as_str().unwrap().to_owned();
    Browser { cookie, csrf }
}

async fn set_up(app: &TestApp) -> Browser {
    let body = json!({
        "secret": app.set_up_secret(), "name": "Marta Kowalska", "email": "marta@example.com",
        "password": PASSWORD, "zone": "Europe/Warsaw",
    });
    let answer = app
        .call("POST", "/api/v1/set-up")
        .json(&body)
        .send()
        .await
        .expect(200);
    assert_eq!(answer.json()["is_admin"], true);
    browser(&answer)
}

#[tokio::test]
async fn the_set_up_link_works_once_and_signs_in() {
    let app = TestApp::start().await;
    let marta = set_up(&app).await;
    let me = app
        .call("GET", "/api/v1/me")
        .header("cookie", &marta.cookie)
        .send()
        .await;
    assert_eq!(me.expect(200).json()["user"]["name"], "Marta Kowalska");
    let body = json!({
        "secret": app.set_up_secret(), "name": "Eve", "email": "eve@example.com",
        "password": PASSWORD, "zone": "UTC",
    });
    app.call("POST", "/api/v1/set-up")
        .json(&body)
        .send()
        .await
        .expect(422);
}

#[tokio::test]
async fn a_session_changes_things_only_with_its_csrf_token() {
    let app = TestApp::start().await;
    let marta = set_up(&app).await;
    let post = || {
        let call = app
            .call("POST", "/api/v1/teams")
            .header("cookie", &marta.cookie);
        call.json(&json!({ "name": "Search" }))
    };
    assert_eq!(post().send().await.expect(403).json()["code"], "csrf");
    post()
        .header("x-csrf-token", "AAAA")
        .send()
        .await
        .expect(403);
    post()
        .header("x-csrf-token", &marta.csrf)
        .send()
        .await
        .expect(201);
}

#[tokio::test]
async fn signing_in_and_out() {
    let app = TestApp::start().await;
    set_up(&app).await;
    let sign_in = |password: &str| {
        let body = json!({ "email": "Marta@Example.com", "password": password });
        app.call("POST", "/api/v1/sign-in").json(&body)
    };
    let wrong = sign_in("wrong").send().await.expect(401).json();
    assert_eq!(wrong["code"], "wrong_password");
    let marta = browser(&sign_in(PASSWORD).send().await.expect(200));
    let sessions = app
        .call("GET", "/api/v1/sessions")
        .header("cookie", &marta.cookie);
    let sessions = sessions.send().await.expect(200).json();
    let current: Vec<_> = sessions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["current"].as_bool().unwrap())
        .collect();
    assert_eq!(current.iter().filter(|current| **current).count(), 1);
    let out = app
        .call("POST", "/api/v1/sign-out")
        .header("cookie", &marta.cookie)
        .header("x-csrf-token", &marta.csrf)
        .send()
        .await
        .expect(204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    let me = app
        .call("GET", "/api/v1/me")
        .header("cookie", &marta.cookie)
        .send()
        .await;
    assert_eq!(me.expect(401).json()["code"], "unauthenticated");
}

#[tokio::test]
async fn wrong_passwords_are_throttled() {
    let app = TestApp::start().await;
    set_up(&app).await;
    let body = json!({ "email": "marta@example.com", "password": "wrong" });
    let mut last = 401;
    for _ in 0..20 {
        let answer = app.call("POST", "/api/v1/sign-in").json(&body).send().await;
        last = answer.status.as_u16();
        if last == 429 {
            assert!(answer.header("retry-after").is_some());
            assert_eq!(answer.json()["code"], "throttled");
            break;
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_token_is_shown_once_and_can_be_revoked() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let token = app.token_of(&world.user).await;
    let list = app
        .call("GET", "/api/v1/tokens")
        .token(&token)
        .send()
        .await
        .expect(200);
    assert!(!list.text().contains(&token));
    let id = list.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let me = app
        .call("GET", "/api/v1/me")
        .token(&token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&me["via"], &me["csrf_token"]),
        (&json!("api"), &Value::Null)
    );
    app.admin("DELETE", &format!("/tokens/{id}"))
        .send()
        .await
        .expect(204);
    app.call("GET", "/api/v1/me")
        .token(&token)
        .send()
        .await
        .expect(401);
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let link = set_up_link(&app, &world.user).await;
    let body = json!({
        "secret": link.secret, "name": "Jonas Weber", "email": "jonas@example.com",
        "password": PASSWORD, "zone": "Europe/Berlin",
    });
    let jonas = app
        .call("POST", "/api/v1/set-up")
        .json(&body)
        .send()
        .await
        .expect(200);
    let jonas = browser(&jonas);
    let change = |old: &str, new: &str| {
        app.call("POST", "/api/v1/me/password")
            .header("cookie", &jonas.cookie)
            .header("x-csrf-token", &jonas.csrf)
            .json(&json!({ "old": old, "password": new }))
    };
    let wrong = change("wrong", "another long password")
        .send()
        .await
        .expect(422)
        .json();
    assert_eq!(wrong["errors"][0]["field"], "old");
    change(PASSWORD, "short").send().await.expect(422);
    change(PASSWORD, "another long password")
        .send()
        .await
        .expect(204);
    let me = app
        .call("GET", "/api/v1/me")
        .header("cookie", &jonas.cookie)
        .send()
        .await;
    me.expect(200);
}
