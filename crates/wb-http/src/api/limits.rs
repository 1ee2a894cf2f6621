//! The limits there are, with what happens at each.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_core::limits as domain;
use wb_ports::catalogue;

use crate::identity::Auth;
use crate::limits as face;
use crate::state::HttpState;

/// The limits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitList {
    /// By what they are about, in the order of reading.
    pub items: Vec<LimitView>,
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitView {
    /// A fixed word.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What it is about: `signals`, `incidents`, `configuration`, `people`, `metrics`, `api` or
    /// `disk`.
    #[schema(value_type = String)]
    pub about: &'static str,
    /// How much is allowed; of the disk, how much has to be free.
    pub value: u64,
    /// What is counted: `items`, `characters`, `bytes` or `seconds`.
    #[schema(value_type = String)]
    pub unit: &'static str,
    /// What is limited, in words.
    pub what: String,
    /// What happens there, in words.
    pub then: String,
}

/// Shows every limit people may meet, with what happens there.
#[utoipa::path(
    get, path = "/limits", tag = "status", operation_id = "list_limits",
    responses((status = 200, body = LimitList)),
)]
pub async fn list(State(state): State<HttpState>, _: Auth) -> Json<LimitList> {
    Json(LimitList {
        items: all(&state.limits),
    })
}

fn all(operator: &face::Limits) -> Vec<LimitView> {
    let mut items = of_signals();
    items.extend(of_incidents());
    items.extend(of_configuration());
    items.extend(of_people());
    items.extend(of_metrics());
    items.extend(of_the_api(operator));
    items.extend(of_the_disk());
    items
}

fn row(about: &'static str, name: &'static str, value: u64, unit: &'static str) -> LimitView {
    LimitView {
        name,
        about,
        value,
        unit,
        what: catalogue::text(&format!("limits.{name}.what"), &[]),
        then: catalogue::text(&format!("limits.{name}.then"), &[]),
    }
}

/// A number that is counted in memory.
fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// A span of time; none of them is negative.
fn span(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0)
}

fn of_signals() -> Vec<LimitView> {
    let row = |name, value, unit| row("signals", name, count(value), unit);
    vec![
        row("signal_body", domain::SIGNAL_BODY_BYTES, "bytes"),
        row("dedup_key", domain::DEDUP_KEY_CHARS, "characters"),
        row("summary", domain::SUMMARY_SHOWN_CHARS, "characters"),
    ]
}

fn of_incidents() -> Vec<LimitView> {
    let row = |name, value, unit| row("incidents", name, value, unit);
    vec![
        row("incident_pages", count(domain::PAGES_PER_INCIDENT), "items"),
        row(
            "incident_alerts",
            count(domain::ALERTS_PER_INCIDENT),
            "items",
        ),
        row(
            "delivery_attempts",
            domain::ATTEMPTS_PER_DELIVERY.into(),
            "items",
        ),
        row("retry_delay", domain::RETRY_LONGEST_S.into(), "seconds"),
        row("note", count(domain::NOTE_BYTES), "bytes"),
        row("note_edit", span(domain::NOTE_EDIT_S), "seconds"),
        row("snooze", span(domain::SNOOZE_MAX_S), "seconds"),
        row(
            "responders",
            count(domain::RESPONDERS_PER_INCIDENT),
            "items",
        ),
        row(
            "help_message",
            count(domain::HELP_MESSAGE_CHARS),
            "characters",
        ),
        row("bulk", count(domain::BULK_INCIDENTS), "items"),
        row("record", count(face::RECORD_ENTRIES_MAX), "items"),
    ]
}

fn of_configuration() -> Vec<LimitView> {
    let row = |name, value, unit| row("configuration", name, count(value), unit);
    vec![
        row("name", domain::NAME_CHARS, "characters"),
        row("description", domain::DESCRIPTION_CHARS, "characters"),
        row("steps", domain::STEPS_PER_POLICY, "items"),
        row("step_targets", domain::TARGETS_PER_STEP, "items"),
        row("rotations", domain::ROTATIONS_PER_SCHEDULE, "items"),
        row("slots", domain::SLOTS_PER_ROTATION, "items"),
        row("holidays", domain::HOLIDAYS_PER_SCHEDULE, "items"),
        row("groups", domain::GROUPS_PER_MONITOR, "items"),
        row("charts", domain::CHARTS_PER_DASHBOARD, "items"),
        row("chart_targets", domain::TARGETS_PER_CHART, "items"),
        row("variables", domain::VARIABLES_PER_DASHBOARD, "items"),
    ]
}

fn of_people() -> Vec<LimitView> {
    let seconds = |name, value: u32| row("people", name, value.into(), "seconds");
    let long = |name, value: i64| row("people", name, span(value), "seconds");
    let row = |name, value| row("people", name, value, "items");
    vec![
        row("methods", count(domain::METHODS_PER_USER)),
        row("rules", count(domain::RULES_PER_URGENCY)),
        row("times_off", count(domain::TIMES_OFF_PER_USER)),
        row("tokens", count(domain::TOKENS_PER_USER)),
        row("filters", domain::FILTERS_PER_OWNER.into()),
        row("method_minute", domain::MESSAGES_PER_MINUTE.into()),
        row("method_quarter", domain::MESSAGES_PER_QUARTER_HOUR.into()),
        row("method_hour", domain::MESSAGES_PER_HOUR.into()),
        seconds("service_quiet", domain::SERVICE_QUIET_S),
        seconds("page_held", domain::PAGE_HELD_MAX_S),
        long("take_over", domain::TAKE_OVER_MAX_S),
        long("swap", domain::SWAP_MAX_S),
        row("message_named", count(domain::INCIDENTS_NAMED_PER_MESSAGE)),
    ]
}

fn of_metrics() -> Vec<LimitView> {
    let row = |name, value, unit| row("metrics", name, count(value), unit);
    vec![
        row("series_name", domain::SERIES_NAME_BYTES, "bytes"),
        row("target", domain::TARGET_CHARS, "characters"),
        row("render_points", face::RENDER_POINTS, "items"),
        row("found_names", face::FOUND_NAMES, "items"),
        row("graphite_running", face::GRAPHITE_RUNNING, "items"),
        row("graphite_waiting", face::GRAPHITE_WAITING, "items"),
    ]
}

fn of_the_api(operator: &face::Limits) -> Vec<LimitView> {
    let row = |name, value, unit| row("api", name, value, unit);
    vec![
        row("api_body", count(operator.api_body_bytes), "bytes"),
        row("request", operator.request.as_secs(), "seconds"),
        row("page_items", face::PAGE_ITEMS_MAX.into(), "items"),
    ]
}

fn of_the_disk() -> Vec<LimitView> {
    let row = |name, value| row("disk", name, value, "bytes");
    vec![
        row("disk_metrics", domain::DISK_FREE_METRICS_BYTES),
        row("disk_bodies", domain::DISK_FREE_BODIES_BYTES),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_limit_is_named_once_and_has_its_words() {
        let all = all(&face::Limits::default());
        let names: BTreeSet<_> = all.iter().map(|limit| limit.name).collect();
        assert_eq!(names.len(), all.len());
        for limit in all {
            for word in ["what", "then"] {
                let key = format!("limits.{}.{word}", limit.name);
                assert!(catalogue::has(&key), "{key}");
            }
            assert!(limit.value > 0, "{}", limit.name);
        }
    }
}
