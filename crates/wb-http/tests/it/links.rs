//! Acknowledge and resolve links, from the message to the record.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::test_app::{Answer, PUBLIC_URL, TestApp, World};

/// The addresses of the first message: acknowledge, resolve.
async fn paged(app: &TestApp) -> (String, String) {
    app.work().await;
    let sent = app.hook.sent.lock().unwrap();
    let links = &sent.first().expect("a message").links;
    let path = |link: &Option<String>| {
        link.as_deref()
            .unwrap()
            .strip_prefix(PUBLIC_URL)
            .unwrap()
            .to_owned()
    };
    (path(&links.acknowledge), path(&links.resolve))
}

/// The first form of a page: its action and its hidden inputs.
pub(crate) fn form(page: &Answer) -> (String, BTreeMap<String, String>) {
    forms(&page.text()).into_iter().next().expect("a form")
}

fn forms(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    html.split("<form ")
        .skip(1)
        .map(|rest| {
            let body = rest.split("</form>").next().unwrap();
            assert!(body.starts_with("method=\"post\""), "{body}");
            let inputs = body
                .split("<input type=\"hidden\" ")
                .skip(1)
                .map(|input| (attribute(input, "name"), attribute(input, "value")))
                .collect();
            (attribute(body, "action"), inputs)
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> String {
    let rest = tag.split(&format!("{name}=\"")).nth(1).expect(name);
    rest.split('"').next().unwrap().replace("&#x2f;", "/")
}

pub(crate) async fn post(
    app: &TestApp,
    (action, fields): (String, BTreeMap<String, String>),
) -> Answer {
    app.call("POST", &action)
        .header("user-agent", "Phone/1.0")
        .form(&fields)
        .send()
        .await
}

async fn incident(app: &TestApp, id: &str) -> Value {
    app.admin("GET", &format!("/incidents/{id}"))
        .send()
        .await
        .expect(200)
        .json()
}

#[tokio::test]
async fn opening_a_link_has_no_effect() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let (link, _) = paged(&app).await;
    let before = incident(&app, &id).await;
    app.call("HEAD", &link).send().await.expect(200);
    let page = app.call("GET", &link).send().await.expect(200);
    assert_eq!(forms(&page.text()).len(), 1);
    assert!(!page.text().contains("<script"));
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(incident(&app, &id).await["version"], before["version"]);
}

#[tokio::test]
async fn the_form_acknowledges_once_and_says_so_again() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let (link, _) = paged(&app).await;
    let fields = form(&app.call("GET", &link).send().await);
    app.clock.forward_s(10);
    let done = post(&app, fields.clone()).await.expect(200);
    assert!(
        done.text().contains("You have it, since 04:11:50"),
        "{}",
        done.text()
    );
    app.clock.forward_s(10);
    let again = post(&app, fields).await.expect(200);
    assert!(
        again.text().contains("You have it, since 04:11:50"),
        "{}",
        again.text()
    );
    let page = app.call("GET", &link).send().await.expect(200);
    assert_eq!(forms(&page.text()).len(), 1);
    let incident = incident(&app, &id).await;
    assert_eq!(incident["state"], "acknowledged");
    assert_eq!(incident["owner"]["name"], "Jonas Weber");
    let record = incident["record"].as_array().unwrap();
    let entries: Vec<_> = record
        .iter()
        .filter(|e| e["kind"] == "acknowledged")
        .collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["via"], "link");
    assert_eq!(entries[0]["from"], "Phone/1.0");
    assert_eq!(entries[0]["actor"]["id"], world.user);
}

#[tokio::test]
async fn undo_is_one_tap() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let (link, _) = paged(&app).await;
    let done = post(&app, form(&app.call("GET", &link).send().await))
        .await
        .expect(200);
    let undone = post(&app, form(&done)).await.expect(200);
    assert_eq!(incident(&app, &id).await["state"], "triggered");
    // What follows is the question again.
    post(&app, form(&undone)).await.expect(200);
    assert_eq!(incident(&app, &id).await["state"], "acknowledged");
}

#[tokio::test]
async fn what_somebody_else_has_is_said_and_not_taken() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let (link, _) = paged(&app).await;
    let fields = form(&app.call("GET", &link).send().await);
    let path = format!("/incidents/{id}/acknowledge");
    app.admin("POST", &path).send().await.expect(200);
    let page = post(&app, fields).await.expect(200);
    assert!(
        page.text().contains("has it since 04:11:40"),
        "{}",
        page.text()
    );
    assert!(forms(&page.text()).is_empty(), "nothing of theirs to undo");
    assert_ne!(incident(&app, &id).await["owner"]["id"], world.user);
}

#[tokio::test]
async fn the_resolve_page_says_what_still_fires() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    let (_, link) = paged(&app).await;
    let page = app.call("GET", &link).send().await.expect(200);
    assert!(
        page.text().contains("1 alert still fires"),
        "{}",
        page.text()
    );
    let done = post(&app, form(&page)).await.expect(200);
    assert!(done.text().contains("Resolved since"), "{}", done.text());
    assert_eq!(incident(&app, &id).await["state"], "resolved");
    post(&app, form(&done)).await.expect(200);
    assert_eq!(incident(&app, &id).await["state"], "triggered");
}

#[tokio::test]
async fn links_that_do_not_work_say_why() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    world.trigger(&app, "k1").await;
    let (link, _) = paged(&app).await;
    let (action, mut fields) = form(&app.call("GET", &link).send().await);
    fields.insert("nonce".to_owned(), "AAAA".to_owned());
    post(&app, (action.clone(), fields.clone()))
        .await
        .expect(403);
    post(&app, (action.clone(), BTreeMap::new()))
        .await
        .expect(403);
    let cut = link.get(..link.len() - 4).unwrap();
    app.call("GET", cut).send().await.expect(404);
    app.call("GET", "/l/nonsense").send().await.expect(404);
    app.call("POST", "/l/nonsense").send().await.expect(404);
    app.clock.forward_s(25 * 3_600);
    app.call("GET", &link).send().await.expect(410);
    app.call("HEAD", &link).send().await.expect(410);
    post(&app, (action, fields)).await.expect(410);
}

#[tokio::test]
async fn a_title_cannot_bring_markup_into_the_page() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let mut event = world.event("trigger", "k1");
    event["payload"]["summary"] = Value::from("<form method=\"post\"><b>boo</b>");
    app.enqueue(&event).await.expect(202);
    let (link, _) = paged(&app).await;
    let page = app.call("GET", &link).send().await.expect(200);
    assert_eq!(forms(&page.text()).len(), 1);
    assert!(page.text().contains("&lt;b&gt;boo"), "{}", page.text());
}

#[tokio::test]
async fn a_link_in_a_room_acts_for_nobody_in_particular() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let id = world.trigger(&app, "k1").await;
    app.work().await;
    app.clock.forward_s(301);
    app.work().await;
    let address = {
        let sent = app.hook.sent.lock().unwrap();
        let message = sent
            .iter()
            .find(|m| m.recipient.name == "Room")
            .expect("the room is told");
        message.links.acknowledge.clone().unwrap()
    };
    let link = address.strip_prefix(PUBLIC_URL).unwrap();
    let page = app.call("GET", link).send().await.expect(200);
    let done = post(&app, form(&page)).await.expect(200);
    assert!(
        done.text().contains("Acknowledged since"),
        "{}",
        done.text()
    );
    let shown = incident(&app, &id).await;
    assert_eq!(shown["owner"], Value::Null);
    post(&app, form(&done)).await.expect(200);
    assert_eq!(incident(&app, &id).await["state"], "triggered");
}

#[tokio::test]
async fn the_links_of_a_merged_incident_lead_where_it_goes_on() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    let merged = world.trigger(&app, "k1").await;
    let (acknowledge, resolve) = paged(&app).await;
    let asked_before = form(&app.call("GET", &acknowledge).send().await);
    app.clock.forward_s(1);
    let into = world.trigger(&app, "k2").await;
    let merge = app.admin("POST", &format!("/incidents/{merged}/merge"));
    let body = serde_json::json!({ "into": into });
    merge.json(&body).send().await.expect(200);

    // What is asked is about the one that still pages, and says so.
    let page = app.call("GET", &acknowledge).send().await.expect(200);
    assert!(
        page.text().contains("merged into this one"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("is paged in"), "{}", page.text());
    let done = post(&app, asked_before).await.expect(200);
    assert!(
        done.text().contains("You have it, since"),
        "{}",
        done.text()
    );
    let taken = incident(&app, &into).await;
    assert_eq!(taken["state"], "acknowledged");
    assert_eq!(taken["owner"]["id"], world.user);
    post(&app, form(&done)).await.expect(200);
    assert_eq!(incident(&app, &into).await["state"], "triggered");

    // Nothing is ended that its message was not about.
    let page = app.call("GET", &resolve).send().await.expect(200);
    assert!(page.text().contains("and goes on there"), "{}", page.text());
    assert!(
        page.text().contains(&into),
        "it leads there: {}",
        page.text()
    );
    post(&app, form(&page)).await.expect(200);
    assert_eq!(incident(&app, &into).await["state"], "triggered");
}
