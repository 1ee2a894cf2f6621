//! Alerts: all events of one integration with one dedup key, until resolved.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_core::config::Config;
use wb_core::event::{Event, EventNote};
use wb_core::ids::AlertId;
use wb_ports::catalogue;
use wb_store::alerts::{AlertFilter, AlertRow};

use super::refs::{Names, Ref};
use super::signals::SignalView;
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::limits::RECENT_ITEMS;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    AlertIdText, Id, IncidentIdText, IntegrationIdText, List, ServiceIdText, SeverityWord,
    TeamIdText, Time, UrgencyWord, Word,
};

/// Whether an alert still fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It fires.
    Open,
    /// It is over.
    Resolved,
}

/// Which alerts a list holds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertQuery {
    /// Only those that fire, or that are over.
    #[param(inline)]
    pub state: Option<AlertState>,
    /// Only those of these teams; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub team: List<TeamIdText>,
    /// Only those of this service.
    #[param(value_type = Option<String>)]
    pub service: Option<ServiceIdText>,
    /// Only those of this incident.
    #[param(value_type = Option<String>)]
    pub incident: Option<IncidentIdText>,
    /// Only those of this integration.
    #[param(value_type = Option<String>)]
    pub integration: Option<IntegrationIdText>,
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// An alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// Its id.
    pub id: AlertIdText,
    /// The incident it belongs to.
    pub incident: IncidentIdText,
    /// Whose events it holds.
    pub integration: Ref,
    /// The service it was routed to.
    pub service: Ref,
    /// Whether it still fires.
    pub state: AlertState,
    /// The key its events have in common.
    pub dedup_key: String,
    /// What is wrong, in the sender's words, whole.
    pub summary: String,
    /// What is affected.
    pub source: String,
    /// Part of the source.
    pub component: Option<String>,
    /// Logical grouping.
    pub group: Option<String>,
    /// Kind of event.
    pub class: Option<String>,
    /// The worst severity reported so far.
    pub severity: SeverityWord,
    /// How loudly it is told.
    pub urgency: UrgencyWord,
    /// When it happened according to the sender.
    pub occurred_at: Time,
    /// When it opened.
    pub opened_at: Time,
    /// When it was resolved.
    pub resolved_at: Option<Time>,
    /// How many signals came.
    pub count: u64,
    /// When the last one came.
    pub last_seen_at: Option<Time>,
    /// Anything else the sender gave.
    #[schema(value_type = Option<Object>)]
    pub details: Option<serde_json::Value>,
    /// Links the sender attached.
    pub links: Vec<LinkView>,
    /// Images the sender attached.
    pub images: Vec<ImageView>,
    /// The sending program.
    pub client: Option<String>,
    /// Where to see it in the sending program.
    pub client_url: Option<String>,
    /// What was changed or left out when it was read, in words.
    pub notes: Vec<String>,
}

/// A link the sender attached.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// Where it leads.
    pub href: String,
    /// What to call it.
    pub text: Option<String>,
}

/// An image the sender attached.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImageView {
    /// Where the image lies.
    pub src: String,
    /// Where a tap on it leads.
    pub href: Option<String>,
    /// What it shows, in words.
    pub alt: Option<String>,
}

/// An alert with its newest signals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertDetail {
    /// What lists show.
    #[serde(flatten)]
    pub alert: AlertView,
    /// Its newest signals, newest first.
    pub signals: Vec<SignalView>,
}

impl AlertView {
    /// The view of an alert.
    #[must_use]
    pub fn new(row: AlertRow, config: &Config) -> Self {
        let names = Names(config);
        let alert = row.alert.state;
        let event: Event = alert.event;
        Self {
            id: Id(alert.id),
            incident: Id(alert.incident),
            integration: names.integration(alert.integration),
            service: names.service(alert.service),
            state: match alert.resolved_at {
                None => AlertState::Open,
                Some(_) => AlertState::Resolved,
            },
            dedup_key: event.dedup_key,
            summary: event.summary,
            source: event.source,
            component: event.component,
            group: event.group,
            class: event.class,
            severity: Word(alert.severity),
            urgency: Word(alert.urgency),
            occurred_at: Time(event.occurred_at),
            opened_at: Time(alert.opened_at),
            resolved_at: alert.resolved_at.map(Time),
            count: row.count,
            last_seen_at: row.last_seen.map(Time),
            // Details that are no JSON (none should be) are still worth showing.
            details: event
                .details
                .map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))),
            links: event
                .links
                .into_iter()
                .map(|link| LinkView {
                    href: link.href,
                    text: link.text,
                })
                .collect(),
            images: event
                .images
                .into_iter()
                .map(|image| ImageView {
                    src: image.src,
                    href: image.href,
                    alt: image.alt,
                })
                .collect(),
            client: event.client,
            client_url: event.client_url,
            notes: event.notes.iter().map(note).collect(),
        }
    }
}

fn note(note: &EventNote) -> String {
    match note {
        EventNote::SummaryLong { characters } => {
            catalogue::text("notes.summary_long", &[("characters", characters)])
        }
        EventNote::CharactersReplaced { count } => {
            catalogue::plural("notes.characters_replaced", u64::from(*count), &[])
        }
        EventNote::TimestampUnreadable { given } => {
            catalogue::text("notes.timestamp_unreadable", &[("given", given)])
        }
        EventNote::UnknownFields { names } => {
            catalogue::text("notes.unknown_fields", &[("names", &names.join(", "))])
        }
        EventNote::LeftOut { field, why } => {
            catalogue::text("notes.left_out", &[("field", field), ("why", why)])
        }
    }
}

/// Lists the alerts the caller may see, newest first.
#[utoipa::path(
    get, path = "/alerts", tag = "alerts", operation_id = "list_alerts", params(AlertQuery),
    responses((status = 200, body = Page<AlertView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<AlertQuery>,
) -> Result<Json<Page<AlertView>>, Problem> {
    let filter = AlertFilter {
        open: query.state.map(|state| state == AlertState::Open),
        teams: query.team.0.into_iter().map(|id| id.0).collect(),
        service: query.service.map(|id| id.0),
        integration: query.integration.map(|id| id.0),
        incident: query.incident.map(|id| id.0),
    };
    let page = query.limit.before(query.cursor, AlertId);
    let rows = state
        .app
        .store
        .read(move |tx| wb_store::alerts::list(tx, &caller.scope, &filter, page))
        .await?;
    let config = state.app.config();
    let id = |row: &AlertRow| row.alert.state.id.0;
    Ok(Json(Page::of_rows(rows, query.limit, id, |row| {
        AlertView::new(row, &config)
    })))
}

/// Shows an alert with its newest signals.
#[utoipa::path(
    get, path = "/alerts/{id}", tag = "alerts", operation_id = "get_alert",
    params(("id" = AlertIdText, Path)), responses((status = 200, body = AlertDetail)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<AlertIdText>,
) -> Result<Json<AlertDetail>, Problem> {
    let (row, signals) = state
        .app
        .store
        .read(move |tx| {
            let row = wb_store::alerts::get(tx, &caller.scope, id)?;
            let page = wb_store::Page::newest(RECENT_ITEMS);
            let signals = wb_store::signals::of_alert(tx, &caller.scope, id, page)?;
            Ok::<_, wb_store::db::Error>((row, signals))
        })
        .await?;
    let row = row.ok_or_else(Problem::not_found)?;
    Ok(Json(AlertDetail {
        alert: AlertView::new(row, &state.app.config()),
        signals: signals.into_iter().map(SignalView::new).collect(),
    }))
}
