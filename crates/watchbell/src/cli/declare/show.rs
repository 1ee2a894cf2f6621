//! A plan in lines for people.

use super::{Affected, Change, FieldChange, Mode, Plan};

/// What happens to each object, with its fields, and the sum of it.
pub(super) fn lines(plan: &Plan, mode: Mode) -> Vec<String> {
    plan.changes
        .iter()
        .flat_map(change_lines)
        .chain([sum(plan, mode)])
        .collect()
}

fn change_lines(change: &Change) -> Vec<String> {
    let kind = change.kind.replace('_', " ");
    let head = format!("{:<9}  {kind:<17}  {}", change.action, change.name);
    // That something new has no description is nothing to read.
    let is_said =
        |field: &&FieldChange| field.before.is_some() || field.after.as_deref() != Some("");
    let fields = change.fields.iter().filter(is_said).map(field_line);
    let affected = change.affected.iter().map(affected_line);
    std::iter::once(head)
        .chain(fields)
        .chain(affected)
        .collect()
}

/// What a person gains and loses over the next 90 days.
fn affected_line(one: &Affected) -> String {
    let hours = |seconds: i64| format!("{:.1} h", seconds as f64 / 3_600.0);
    let what = match (one.gains_s, one.loses_s) {
        (gains, 0) => format!("gains {}", hours(gains)),
        (0, loses) => format!("loses {}", hours(loses)),
        (gains, loses) => format!("gains {}, loses {}", hours(gains), hours(loses)),
    };
    let first = one.first.get(..16).unwrap_or(&one.first);
    format!(
        "             on call, next 90 days: {} {what}, first {first}Z",
        one.name
    )
}

fn field_line(field: &FieldChange) -> String {
    let FieldChange {
        path,
        before,
        after,
    } = field;
    let what = match (before.as_deref(), after.as_deref()) {
        (None, Some(after)) => one_line(after),
        (Some(before), Some(after)) => format!("{} -> {}", one_line(before), one_line(after)),
        (Some(before), None) => format!("{} -> nothing", one_line(before)),
        // Secrets are not shown, only that they change.
        (None, None) => "changed".to_owned(),
    };
    format!("             {path}: {what}")
}

/// A value in one line, so that indenting shows what belongs together.
fn one_line(text: &str) -> String {
    if text.is_empty() {
        "\"\"".to_owned()
    } else {
        text.replace('\n', "\\n")
    }
}

fn sum(plan: &Plan, mode: Mode) -> String {
    let count = |action: &str| {
        plan.changes
            .iter()
            .filter(|one| one.action == action)
            .count()
    };
    let (create, update, unchanged) = (count("create"), count("update"), count("unchanged"));
    match (create + update, mode) {
        (0, _) => format!("Nothing to change: {unchanged} as declared."),
        (_, Mode::Plan) => {
            format!("{create} to create, {update} to update, {unchanged} unchanged.")
        }
        (_, Mode::Apply) => format!("{create} created, {update} updated, {unchanged} unchanged."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(changes: serde_json::Value) -> Plan {
        serde_json::from_value(json!({"changes": changes})).expect("a plan")
    }

    #[test]
    fn changes_stand_under_their_object() {
        let plan = plan(json!([
            {"kind": "team", "name": "Payments", "action": "create", "fields": [
                {"path": "name", "before": null, "after": ""},
                {"path": "description", "before": null, "after": "Two\nlines"}]},
            {"kind": "escalation_policy", "name": "Night", "action": "update", "fields": [
                {"path": "repeat", "before": "1", "after": "2"},
                {"path": "steps[1]", "before": "x", "after": null}]},
            {"kind": "schedule", "name": "Rota", "action": "update", "fields": [], "affected": [
                {"name": "Ann", "gains_s": 5400, "loses_s": 3600, "first": "2026-11-21T09:00:00.000000Z"},
                {"name": "Bob", "gains_s": 0, "loses_s": 3600, "first": "2026-11-22T09:00:00.000000Z"}]},
            {"kind": "service", "name": "checkout", "action": "unchanged", "fields": []},
        ]));
        let expected = [
            "create     team               Payments",
            "             description: Two\\nlines",
            "update     escalation policy  Night",
            "             repeat: 1 -> 2",
            "             steps[1]: x -> nothing",
            "update     schedule           Rota",
            "             on call, next 90 days: Ann gains 1.5 h, loses 1.0 h, first 2026-11-21T09:00Z",
            "             on call, next 90 days: Bob loses 1.0 h, first 2026-11-22T09:00Z",
            "unchanged  service            checkout",
            "1 to create, 2 to update, 1 unchanged.",
        ];
        assert_eq!(lines(&plan, Mode::Plan), expected);
        let last = lines(&plan, Mode::Apply).pop();
        assert_eq!(last.as_deref(), Some("1 created, 2 updated, 1 unchanged."));
    }

    #[test]
    fn nothing_to_change_is_said() {
        let same = plan(json!([
            {"kind": "team", "name": "Payments", "action": "unchanged", "fields": []},
        ]));
        let last = lines(&same, Mode::Apply).pop();
        assert_eq!(last.as_deref(), Some("Nothing to change: 1 as declared."));
    }
}
