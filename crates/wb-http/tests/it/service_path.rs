//! The path of a service over the API: what was sent adds up to what is told.

use serde_json::json;

use crate::test_app::{TestApp, World};

#[tokio::test]
async fn events_add_up_to_alerts_incidents_and_pages() {
    let app = TestApp::start().await;
    let world = World::on(&app).await;
    for (action, key) in [
        ("trigger", "k1"),
        ("trigger", "k1"),
        ("trigger", "k2"),
        ("resolve", "k2"),
        ("resolve", "k3"),
    ] {
        app.enqueue(&world.event(action, key)).await.expect(202);
    }
    app.work().await;
    let address = format!("/services/{}/path", world.service);
    let path = app.admin("GET", &address).send().await.expect(200).json();
    let events = json!([
        { "outcome": "opened", "count": 2 },
        { "outcome": "repeated", "count": 1 },
        { "outcome": "resolved", "count": 1 },
        { "outcome": "stray", "count": 1 },
    ]);
    assert_eq!(path["events"], events);
    let way = &path["ways"][0];
    assert_eq!(way["integration"]["name"], "Alertmanager");
    assert_eq!(way["count"], 5);
    assert_eq!(way["by_hour"].as_array().unwrap().len(), 24);
    assert_eq!(way["by_hour"][23], 5);
    assert!(way["last_at"].is_string());
    assert!(path["ways"][1]["integration"].is_null());
    let alerts = json!({ "count": 2, "open": 1, "incidents": 2 });
    assert_eq!(path["alerts"], alerts);
    assert_eq!(path["incidents"]["count"], 2);
    assert_eq!(path["incidents"]["triggered"], 1);
    assert!(path["pages"]["count"].as_u64().unwrap() >= 1);
    let week = format!("{address}?hours=9999");
    let week = app.admin("GET", &week).send().await.expect(200).json();
    assert_eq!(week["ways"][0]["by_hour"].as_array().unwrap().len(), 168);
}
