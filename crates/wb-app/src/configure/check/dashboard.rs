//! What makes a dashboard sound.

use wb_core::config::{Chart, Choices, Dashboard, ObjectId, Variable, filled, is_variable_name};
use wb_core::limits;

use super::monitor::{seconds, target};
use super::{Checker, names, taken};
use crate::configure::problems::{Problems, repeats};

/// Stands for the value of a variable where a target is read before anybody chose one.
const SAMPLE: &str = "x";

impl Checker<'_> {
    pub(super) fn dashboard(&self, id: ObjectId, dashboard: &Dashboard, problems: &mut Problems) {
        problems.name("name", &dashboard.name);
        problems.description("description", &dashboard.description);
        self.owner(dashboard.team, problems);
        let others = names(&self.config.dashboards, ObjectId::Dashboard, |d| &d.name);
        taken(id, &dashboard.name, others, problems);
        let (least, longest) = limits::DASHBOARD_SPAN_S.into_inner();
        seconds("span_s", dashboard.span_s, least, longest, problems);
        if let Some(refresh_s) = dashboard.refresh_s {
            let (least, longest) = limits::REFRESH_S.into_inner();
            seconds("refresh_s", refresh_s, least, longest, problems);
        }
        variables(&dashboard.variables, problems);
        let count = dashboard.charts.len();
        problems.many("charts", count, limits::CHARTS_PER_DASHBOARD);
        for (at, one) in dashboard.charts.iter().enumerate() {
            chart(
                &format!("charts[{at}]"),
                one,
                &dashboard.variables,
                problems,
            );
        }
    }
}

fn variables(variables: &[Variable], problems: &mut Problems) {
    problems.many(
        "variables",
        variables.len(),
        limits::VARIABLES_PER_DASHBOARD,
    );
    for (at, variable) in variables.iter().enumerate() {
        let path = format!("variables[{at}]");
        let name = format!("{path}.name");
        if !is_variable_name(&variable.name) {
            problems.add(&name, "variable_name", &[]);
        }
        problems.line(&name, &variable.name, limits::NAME_CHARS);
        let earlier = variables.get(..at).unwrap_or_default();
        match &variable.choices {
            Choices::Find(pattern) => {
                find(&format!("{path}.choices.find"), pattern, earlier, problems)
            }
            Choices::List(list) => choices(&format!("{path}.choices.list"), list, problems),
        }
        if let Some(default) = &variable.default {
            let path = format!("{path}.default");
            value(&path, default, problems);
            if matches!(&variable.choices, Choices::List(list) if !list.contains(default)) {
                problems.add(&path, "not_a_choice", &[]);
            }
        }
    }
    for (_, at) in repeats(variables, |a, b| a.name == b.name) {
        problems.add(&format!("variables[{at}].name"), "duplicate", &[]);
    }
}

fn choices(path: &str, list: &[String], problems: &mut Problems) {
    if list.is_empty() {
        problems.add(path, "no_choices", &[]);
    }
    problems.many(path, list.len(), limits::CHOICES_PER_VARIABLE);
    for (at, choice) in list.iter().enumerate() {
        value(&format!("{path}[{at}]"), choice, problems);
    }
    for (_, at) in repeats(list, |a, b| a == b) {
        problems.add(&format!("{path}[{at}]"), "duplicate", &[]);
    }
}

/// What may be put in place of a variable: what can stand in a name or a pattern. Anything more, such
/// as a bracket, could turn a target into another one.
fn value(path: &str, value: &str, problems: &mut Problems) {
    problems.name(path, value);
    if value.contains(['(', ')', '"', '\'', '$', '|', ' ']) {
        problems.add(path, "variable_value", &[]);
    }
}

fn find(path: &str, pattern: &str, earlier: &[Variable], problems: &mut Problems) {
    expression(path, pattern, earlier, problems);
    if pattern.contains(['(', '|', '"', ' ']) {
        problems.add(path, "find_pattern", &[]);
    }
}

fn chart(path: &str, chart: &Chart, variables: &[Variable], problems: &mut Problems) {
    problems.name(&format!("{path}.title"), &chart.title);
    let targets = format!("{path}.targets");
    if chart.targets.is_empty() {
        problems.add(&targets, "no_chart_targets", &[]);
    }
    problems.many(&targets, chart.targets.len(), limits::TARGETS_PER_CHART);
    for (at, text) in chart.targets.iter().enumerate() {
        expression(&format!("{targets}[{at}]"), text, variables, problems);
    }
    if let Some(unit) = &chart.unit {
        problems.line(&format!("{path}.unit"), unit, limits::UNIT_CHARS);
    }
    if !limits::CHART_COLUMNS.contains(&chart.width) {
        let (min, max) = limits::CHART_COLUMNS.into_inner();
        problems.add(
            &format!("{path}.width"),
            "between",
            &[("min", &min), ("max", &max)],
        );
    }
}

/// A target in which variables may stand.
fn expression(path: &str, text: &str, variables: &[Variable], problems: &mut Problems) {
    let known = |name: &str| variables.iter().any(|variable| variable.name == name);
    let read = filled(text, |name| known(name).then_some(SAMPLE));
    if let Some(name) = read.unknown {
        problems.add(path, "unknown_variable", &[("name", &name)]);
    }
    target(path, &read.text, problems);
}
