//! The monthly test of a contact method: its link, and what the API shows of it.

use serde_json::json;
use wb_app::workers::{Notices, Worker as _};

use crate::links::{form, post};
use crate::test_app::{PUBLIC_URL, TestApp, World};

#[tokio::test]
async fn a_test_is_confirmed_by_the_button_behind_its_link() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let own = app.token_of(&world.user).await;
    let list = || async {
        let answer = app.call("GET", "/api/v1/rechecks").token(&own).send().await;
        answer.expect(200).json()["items"].clone()
    };
    assert_eq!(list().await, json!([]), "nothing is proved");
    let (user, method) = (world.user.parse().unwrap(), world.method.parse().unwrap());
    app.app.confirm_method(user, method).await.unwrap();
    assert_eq!(list().await[0]["asked_at"], json!(null));

    let path = format!(
        "/api/v1/users/{}/methods/{}/recheck",
        world.user, world.method
    );
    let ask = || app.call("POST", &path).token(&own).json(&json!({})).send();
    let asked = ask().await.expect(200).json();
    assert_eq!(asked["method"], json!(world.method));
    assert_eq!(ask().await.expect(429).json()["status"], json!(429));
    Notices.tick(&app.app, app.app.now()).await.unwrap();
    let link = {
        let sent = app.hook.sent.lock().unwrap();
        sent.last().unwrap().links.confirm.clone().unwrap()
    };
    let link = link.strip_prefix(PUBLIC_URL).unwrap().to_owned();

    for _ in 0..2 {
        let page = app.call("GET", &link).send().await.expect(200);
        assert!(page.text().contains("Did this test reach you?"));
        assert!(!page.text().contains("<script"));
    }
    assert_ne!(
        list().await[0]["unanswered_since"],
        json!(null),
        "a look is no answer"
    );
    let page = app.call("GET", &link).send().await.expect(200);
    let (action, mut fields) = form(&page);
    assert_eq!(fields["do"], "confirm");
    let nonce = fields
        .insert("nonce".to_owned(), "AAAA".to_owned())
        .unwrap();
    post(&app, (action.clone(), fields.clone()))
        .await
        .expect(403);
    fields.insert("nonce".to_owned(), nonce);
    for _ in 0..2 {
        let done = post(&app, (action.clone(), fields.clone()))
            .await
            .expect(200);
        assert!(done.text().contains("Confirmed"));
    }
    let proof = list().await[0].clone();
    assert_eq!(proof["unanswered_since"], json!(null));
    assert_eq!(proof["overdue"], json!(false));

    let bent = format!("{link}A");
    app.call("GET", &bent).send().await.expect(404);
    app.clock.forward_s(31 * 24 * 3_600);
    app.call("GET", &link).send().await.expect(410);
}

#[tokio::test]
async fn an_answered_page_shows_that_its_method_works() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let (user, method) = (world.user.parse().unwrap(), world.method.parse().unwrap());
    app.app.confirm_method(user, method).await.unwrap();
    let proved = || async {
        let answer = app.admin("GET", "/rechecks").send().await.expect(200);
        answer.json()["items"][0]["confirmed_at"].clone()
    };
    let before = proved().await;
    app.clock.forward_s(3_600);
    world.trigger(&app, "k").await;
    app.work().await;
    let link = {
        let sent = app.hook.sent.lock().unwrap();
        sent.last().unwrap().links.acknowledge.clone().unwrap()
    };
    let link = link.strip_prefix(PUBLIC_URL).unwrap().to_owned();
    let page = app.call("GET", &link).send().await.expect(200);
    assert_eq!(proved().await, before);
    post(&app, form(&page)).await.expect(200);
    assert_ne!(proved().await, before);
}
