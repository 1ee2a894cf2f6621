//! Configuration as code, with the real commands against a real server.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::tempdir;

use crate::support::{Server, Start, TOKEN};

const TEAM: &str = "\
teams:
  - name: Payments
users:
  - name: Ada
    email: ada@example.com
    teams: { Payments: member }
    methods:
      - { name: mail, channel: email, settings: { address: ada@example.com } }
    rules:
      high: [{ after_s: 0, method: mail }]
";

const SERVICES: &str = "\
policies:
  - name: Payments
    team: Payments
    steps:
      - targets: [{ user: ada@example.com }]
        escalate_after_s: 60
services:
  - name: checkout
    team: Payments
    policy: Payments
integrations:
  - { service: checkout, name: probe, dialect: events_v2, key: 0123456789abcdef0123456789ABCDEF }
monitors:
  - service: checkout
    name: Latency
    target: shop.checkout.*.p99
    threshold: 0.5
    for_s: 120
";

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(server: &Server, command: &str, file: &Path) -> Ran {
    let mut program = Command::new(env!("CARGO_BIN_EXE_watchbell"));
    program
        .args([command, "-f"])
        .arg(file)
        .args(["--url", &server.url, "--token", TOKEN]);
    let Output {
        status,
        stdout,
        stderr,
    } = program.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

#[tokio::test]
async fn files_are_planned_applied_and_applied_again() {
    let folder = tempdir().expect("a folder");
    let server = Start::new(&folder.path().join("data")).ready();
    let files = folder.path().join("config");
    std::fs::create_dir(&files).expect("made");
    std::fs::write(files.join("10-team.yaml"), TEAM).expect("written");
    std::fs::write(files.join("20-services.yml"), SERVICES).expect("written");
    let api = server.api();
    let before = api.get("/api/v1/services").await;

    let planned = run(&server, "plan", &files);
    assert_eq!(planned.code, Some(0), "{}", planned.stderr);
    assert!(
        planned
            .stdout
            .contains("6 to create, 0 to update, 0 unchanged."),
        "{}",
        planned.stdout
    );
    assert_eq!(
        api.get("/api/v1/services").await,
        before,
        "a plan changes nothing"
    );

    let applied = run(&server, "apply", &files);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    assert!(
        applied
            .stdout
            .contains("6 created, 0 updated, 0 unchanged."),
        "{}",
        applied.stdout
    );
    let services = api.all("/api/v1/services").await;
    assert!(
        services.iter().any(|service| service["name"] == "checkout"),
        "{services:?}"
    );

    let again = run(&server, "apply", &files);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(
        again.stdout.contains("Nothing to change: 6 as declared."),
        "{}",
        again.stdout
    );

    let louder = SERVICES
        .replace(
            "    policy: Payments\n",
            "    policy: Payments\n    urgency: high\n",
        )
        .replace(
            "    threshold: 0.5\n",
            "    threshold: 750\n    recovery: 700\n",
        );
    std::fs::write(files.join("20-services.yml"), louder).expect("written");
    let changed = run(&server, "plan", &files);
    assert!(
        changed.stdout.contains("urgency: by_severity -> high"),
        "{}",
        changed.stdout
    );
    assert!(
        changed
            .stdout
            .contains("0 to create, 2 to update, 4 unchanged."),
        "{}",
        changed.stdout
    );
    for line in ["threshold: 0.5 -> 750", "recovery: 700"] {
        assert!(changed.stdout.contains(line), "{line}:\n{}", changed.stdout);
    }
    server.terminate();
}

#[tokio::test]
async fn what_is_wrong_is_told_with_file_and_line_and_changes_nothing() {
    let folder = tempdir().expect("a folder");
    let server = Start::new(&folder.path().join("data")).ready();
    let file = folder.path().join("team.yaml");
    let api = server.api();
    let before = api.all("/api/v1/teams").await;
    let whole = format!("{TEAM}{SERVICES}");
    for (right, wrong, place) in [
        (
            "    policy: Payments",
            "    polcy: Payments",
            "team.yaml:20:5: services[0].polcy: ",
        ),
        (
            "    policy: Payments",
            "    policy: Nobody",
            "team.yaml:20:5: services[0].policy: ",
        ),
        (
            "channel: email",
            "channel: pigeon",
            "team.yaml:8:23: users[0].methods[0].channel: ",
        ),
        (
            "    escalate_after_s: 60",
            "    escalate_after_s: soon",
            "policies[0].steps[0].escalate_after_s: ",
        ),
        ("  - name: Ada", "  - name: [Ada", "team.yaml:5:"),
        (
            "    threshold: 0.5",
            "    treshold: 0.5",
            "team.yaml:27:5: monitors[0].treshold: ",
        ),
        (
            "    threshold: 0.5",
            "    threshold: much",
            "team.yaml:27:5: monitors[0].threshold: ",
        ),
        (
            "    for_s: 120",
            "    every_s: 0",
            "team.yaml:28:5: monitors[0].every_s: ",
        ),
        ("services:", "servces:", "team.yaml:17:1: servces: "),
    ] {
        std::fs::write(&file, whole.replace(right, wrong)).expect("written");
        for command in ["plan", "apply"] {
            let ran = run(&server, command, &file);
            assert_eq!(ran.code, Some(1), "{}", ran.stdout);
            assert!(ran.stderr.contains(place), "{place}:\n{}", ran.stderr);
            assert_eq!(ran.stdout, "", "nothing is promised");
        }
    }
    assert_eq!(api.all("/api/v1/teams").await, before);
    server.terminate();
}

#[tokio::test]
async fn the_example_of_the_guide_works() {
    let guide = include_str!("../../../../docs/guide/configuration-as-code.md");
    let (_, rest) = guide.split_once("```yaml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let folder = tempdir().expect("a folder");
    let file = folder.path().join("guide.yaml");
    std::fs::write(&file, example).expect("written");
    let server = Start::new(&folder.path().join("data")).ready();
    let ran = run(&server, "apply", &file);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("9 created, 0 updated, 0 unchanged."),
        "{}",
        ran.stdout
    );
    let again = run(&server, "plan", &file);
    assert!(
        again.stdout.contains("Nothing to change: 9 as declared."),
        "{}",
        again.stdout
    );
    server.terminate();
}
