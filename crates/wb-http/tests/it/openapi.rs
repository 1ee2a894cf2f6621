//! The API's description is the one in the file, so that a change of the API is seen in review.

use std::path::Path;

use crate::test_app::TestApp;

/// Set (to anything), the file is written anew instead of compared: `cargo xtask openapi`.
const WRITE: &str = "WATCHBELL_WRITE_OPENAPI";

#[tokio::test]
async fn the_document_is_the_one_in_the_file() {
    let app = TestApp::start().await;
    let served = app
        .call("GET", "/api/openapi.json")
        .send()
        .await
        .expect(200)
        .json();
    let mut now = serde_json::to_string_pretty(&served).unwrap();
    now.push('\n');
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == now,
        "the API changed: look at the difference after `cargo xtask openapi`, and commit it"
    );
}

#[tokio::test]
async fn every_operation_is_named_and_described() {
    let app = TestApp::start().await;
    let document = serde_json::to_value(wb_http::openapi(app.state.clone())).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"]
                .as_str()
                .expect("a name")
                .to_owned();
            assert!(names.insert(name.clone()), "{name} is there twice");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no words"
            );
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path}"
            );
        }
    }
    assert!(names.len() > 60, "{}", names.len());
}
