//! Creating and changing monitors and dashboards.

use wb_app::AppError;
use wb_core::config::{Choices, Dashboard, Monitor, Object, ObjectId, Side};
use wb_core::ids::TeamId;

use crate::fixture::{Fixture, dashboard, monitor, number, on_both_engines, paths, service};

on_both_engines! {
    monitors_are_known_by_service_and_name,
    monitors_are_checked,
    dashboards_are_checked,
    variables_are_checked,
}

async fn monitors_are_known_by_service_and_name(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    let other = f.service(&admin, service(team, "search")).await;
    let good = |name: &str| monitor(svc, name);
    let untidy = Monitor {
        name: " p99 ".to_owned(),
        target: " shop.*.p99 ".to_owned(),
        runbook_url: Some(" ".to_owned()),
        ..good("")
    };
    let made = f.app.create(&admin, untidy).await.unwrap();
    let tidy = Monitor {
        runbook_url: None,
        ..good("p99")
    };
    assert!(matches!(&made.object, Object::Monitor(_, saved) if *saved == tidy));
    f.app.create(&admin, monitor(other, "p99")).await.unwrap();
    let tried = |draft: Monitor| async { paths(f.app.create(&admin, draft).await) };
    assert_eq!(tried(good("P99")).await, ["name"]);
    let nowhere = wb_core::ids::ServiceId(uuid::Uuid::nil());
    assert_eq!(tried(monitor(nowhere, "")).await, ["name", "service"]);
}

async fn dashboards_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let mut untidy = dashboard(team, " Web ");
    untidy.charts[0].targets[0] = " scale(servers.$host.cpu, 100) ".to_owned();
    untidy.charts[0].unit = Some(" ".to_owned());
    let made = f.app.create(&admin, untidy).await.unwrap();
    let mut tidy = dashboard(team, "Web");
    tidy.charts[0].unit = None;
    assert!(matches!(&made.object, Object::Dashboard(_, saved) if *saved == tidy));
    let at = |change: &dyn Fn(&mut Dashboard)| {
        let mut draft = dashboard(team, "new");
        change(&mut draft);
        draft
    };
    for (field, draft) in [
        ("name", at(&|d| d.name = "WEB".to_owned())),
        ("team", at(&|d| d.team = TeamId(uuid::Uuid::nil()))),
        ("span_s", at(&|d| d.span_s = 299)),
        ("refresh_s", at(&|d| d.refresh_s = Some(4))),
        ("charts", at(&|d| d.charts = vec![d.charts[0].clone(); 61])),
        ("charts[0].title", at(&|d| d.charts[0].title.clear())),
        ("charts[0].width", at(&|d| d.charts[0].width = 4)),
        (
            "charts[0].unit",
            at(&|d| d.charts[0].unit = Some("x".repeat(21))),
        ),
        ("charts[0].targets", at(&|d| d.charts[0].targets.clear())),
        (
            "charts[0].targets",
            at(&|d| d.charts[0].targets = vec!["a".to_owned(); 9]),
        ),
        (
            "charts[0].targets[0]",
            at(&|d| d.charts[0].targets[0] = "servers.$hosts.cpu".to_owned()),
        ),
        (
            "charts[0].targets[0]",
            at(&|d| d.charts[0].targets[0] = "scale(servers.$host.cpu".to_owned()),
        ),
    ] {
        let found = paths(f.app.create(&admin, draft.clone()).await);
        assert_eq!(found, [field], "{draft:?}");
    }
    let gone = f.app.delete(&admin, ObjectId::Team(team), None).await;
    let Err(AppError::InUse(users)) = gone else {
        panic!("a team goes while it has dashboards: {gone:?}");
    };
    assert_eq!(users, ["dashboard Web"]);
}

async fn variables_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let at = |change: &dyn Fn(&mut Dashboard)| {
        let mut draft = dashboard(team, "new");
        change(&mut draft);
        draft
    };
    for (field, draft) in [
        ("variables", at(&|d| d.variables = named(11))),
        (
            "variables[1].name",
            at(&|d| {
                d.variables.push(d.variables[0].clone());
                d.variables[1].name = "1st".to_owned();
            }),
        ),
        (
            "variables[1].name",
            at(&|d| d.variables.push(d.variables[0].clone())),
        ),
        (
            "variables[0].choices.find",
            at(&|d| d.variables[0].choices = Choices::Find("servers.$host.cpu".to_owned())),
        ),
        (
            "variables[0].choices.find",
            at(&|d| d.variables[0].choices = Choices::Find("sumSeries(a.*)".to_owned())),
        ),
        (
            "variables[0].choices.list",
            at(&|d| d.variables[0].choices = Choices::List(Vec::new())),
        ),
        (
            "variables[0].choices.list[1]",
            at(&|d| d.variables[0].choices = list(&["a", "b),c("])),
        ),
        (
            "variables[0].default",
            at(&|d| {
                d.variables[0].choices = list(&["a", "b"]);
                d.variables[0].default = Some("c".to_owned());
            }),
        ),
    ] {
        let found = paths(f.app.create(&admin, draft.clone()).await);
        assert_eq!(found, [field], "{draft:?}");
    }
    let chained = at(&|d| {
        let mut second = d.variables[0].clone();
        second.name = "disk".to_owned();
        second.choices = Choices::Find("servers.$host.disk.*".to_owned());
        d.variables.push(second);
    });
    f.app.create(&admin, chained).await.unwrap();
}

fn list(values: &[&str]) -> Choices {
    Choices::List(values.iter().map(|value| (*value).to_owned()).collect())
}

fn named(count: usize) -> Vec<wb_core::config::Variable> {
    let variable = |at: usize| wb_core::config::Variable {
        name: if at == 0 {
            "host".to_owned()
        } else {
            format!("v{at}")
        },
        choices: list(&["a"]),
        default: None,
    };
    (0..count).map(variable).collect()
}

async fn monitors_are_checked(f: Fixture) {
    let admin = f.admin().await;
    let team = f.team(&admin, "Ours").await;
    let svc = f.service(&admin, service(team, "checkout")).await;
    let tried = |draft: Monitor| async { paths(f.app.create(&admin, draft).await) };
    let at = |change: &dyn Fn(&mut Monitor)| {
        let mut draft = monitor(svc, "new");
        change(&mut draft);
        draft
    };
    for (field, draft) in [
        ("description", at(&|m| m.description = "x".repeat(4_001))),
        ("target", at(&|m| m.target = " ".to_owned())),
        ("target", at(&|m| m.target = "a\0b".to_owned())),
        ("target", at(&|m| m.target = "a".repeat(4_097))),
        ("target", at(&|m| m.target = "scale(shop.*.p99".to_owned())),
        (
            "target",
            at(&|m| m.target = "noSuchFunction(shop.*.p99)".to_owned()),
        ),
        ("recovery", at(&|m| m.recovery = Some(number(500.5)))),
        ("recovery", at(&|m| m.side = Side::Below)),
        ("for_s", at(&|m| m.for_s = 86_401)),
        ("recover_for_s", at(&|m| m.recover_for_s = 86_401)),
        ("every_s", at(&|m| m.every_s = 0)),
        ("silent_after_s", at(&|m| m.silent_after_s = 59)),
        ("silent_after_s", at(&|m| m.silent_after_s = 86_401)),
        (
            "runbook_url",
            at(&|m| m.runbook_url = Some("wiki/p99".to_owned())),
        ),
        (
            "runbook_url",
            at(&|m| m.runbook_url = Some("javascript:1".to_owned())),
        ),
        (
            "runbook_url",
            at(&|m| m.runbook_url = Some(format!("https://x/{}", "x".repeat(2_048)))),
        ),
    ] {
        assert_eq!(tried(draft.clone()).await, [field], "{draft:?}");
    }
    let late = at(&|m| m.every_s = 3_601);
    assert_eq!(tried(late).await, ["every_s", "silent_after_s"]);
    let hasty = |silent_after_s| {
        at(&|m| {
            m.every_s = 1;
            m.silent_after_s = silent_after_s;
        })
    };
    assert_eq!(tried(hasty(9)).await, ["silent_after_s"]);
    let on_the_line = Monitor {
        recovery: Some(number(500.0)),
        ..hasty(10)
    };
    f.app.create(&admin, on_the_line).await.unwrap();
}
