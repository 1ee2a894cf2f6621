//! The history of the configuration: of one object, or of all of them.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wb_app::Caller;
use wb_core::actor::Actor;
use wb_core::config::{Config, Object, ObjectId, Permission, Versioned};
use wb_core::time::Timestamp;
use wb_store::changes::{Place, Wanted};
use wb_store::config::Version;
use wb_store::sending::Resumption;

use super::refs::{ActorView, Names};
use super::sending::why_text;
use super::{
    dashboards, endpoints, integrations, monitors, overrides, policies, schedules, services, swaps,
    teams, time_off, users,
};
use crate::extract::Query;
use crate::identity::Auth;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Time, UserIdText};

/// What is asked for where it is not an object's history.
const SENDING: &str = "sending";

/// Kinds of objects, and how their ids begin.
const KINDS: [(&str, &str); 12] = [
    ("team", "tea_"),
    ("user", "usr_"),
    ("endpoint", "end_"),
    ("service", "svc_"),
    ("integration", "int_"),
    ("policy", "pol_"),
    ("schedule", "sch_"),
    ("override", "ovr_"),
    ("time_off", "off_"),
    ("swap", "swp_"),
    ("monitor", "mon_"),
    ("dashboard", "dsh_"),
];

/// Whose history.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The object's id, such as `svc_...`; or `sending`, for each time that held sending was let go.
    /// Left out, the changes of all objects the caller may read.
    pub object: Option<String>,
    /// Of all objects, only those of this kind: `team`, `user`, `endpoint`, `service`, `integration`,
    /// `policy`, `schedule`, `override`, `time_off`, `swap`, `monitor` or `dashboard`.
    pub kind: Option<String>,
    /// Of all objects, only what this user changed.
    #[param(value_type = Option<String>)]
    pub user: Option<UserIdText>,
    /// Of all objects, only what was changed then or later.
    #[param(value_type = Option<String>)]
    pub since: Option<Time>,
    /// Of all objects, only what was changed then or earlier.
    #[param(value_type = Option<String>)]
    pub until: Option<Time>,
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// One version of an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// The object's id; null for the times that held sending was let go.
    pub id: Option<String>,
    /// The object's kind, as it is asked for.
    #[schema(value_type = Option<String>)]
    pub kind: Option<&'static str>,
    /// What the object was called then, or where it has no name, whose it is.
    pub name: Option<String>,
    /// The version.
    pub version: u32,
    /// When it was made.
    pub at: Time,
    /// By whom.
    pub actor: ActorView,
    /// Whether this version is the deletion.
    pub deleted: bool,
    /// The object as its own resource shows it; null for the deletion, and where it was erased.
    #[schema(value_type = Option<Object>)]
    pub object: Option<serde_json::Value>,
    /// The object as the version before had it; null for the first one, and after a deletion.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// The version that was brought back, where this one is that.
    pub restored_from: Option<u32>,
}

/// Lists the versions of an object, or the changes of all objects, newest first.
#[utoipa::path(
    get, path = "/changes", tag = "config", operation_id = "list_changes", params(ChangesQuery),
    responses((status = 200, body = Page<VersionView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let id = match query.object.as_deref() {
        None => return all(&state, &caller, &query).await,
        Some(SENDING) => return resumptions(&state, &caller, &query).await,
        Some(text) => object_id(text)
            .ok_or_else(|| Problem::unreadable("object", "expected the id of an object"))?,
    };
    // Versions stand in the cursor as if they were ids.
    let before = query
        .cursor
        .map(|cursor| u32::try_from(cursor.0.as_u128()).unwrap_or(u32::MAX));
    let limit = query.limit.get().saturating_add(1);
    let scope = caller.scope.clone();
    let rows = state
        .app
        .store
        .read(move |tx| wb_store::config::history(tx, &scope, id, before, limit))
        .await?;
    if rows.is_empty() && before.is_none() {
        return Err(Problem::not_found());
    }
    let config = state.app.config();
    let place = |row: &Version| Uuid::from_u128(row.version.into());
    Ok(Json(Page::of_rows(rows, query.limit, place, |row| {
        view(&caller, &config, id, row)
    })))
}

/// The changes of everything the caller may read.
async fn all(
    state: &HttpState,
    caller: &Caller,
    query: &ChangesQuery,
) -> Result<Json<Page<VersionView>>, Problem> {
    let prefix = query.kind.as_deref().map(prefix_of).transpose()?;
    let wanted = Wanted {
        prefix,
        actor: query.user.map(|user| Actor::User(user.0)),
        since: query.since.map(|at| at.0),
        until: query.until.map(|at| at.0),
    };
    // A place stands in the cursor as if it were an id.
    let from = query.cursor.map(|cursor| {
        let (at, skip) = cursor.0.as_u64_pair();
        let at = Timestamp::from_micros(i64::try_from(at).unwrap_or(i64::MAX));
        Place { at, skip }
    });
    let (limit, scope) = (query.limit.size(), caller.scope.clone());
    let (rows, next) = state
        .app
        .store
        .read(move |tx| wb_store::changes::all(tx, &scope, wanted, from, limit))
        .await?;
    let config = state.app.config();
    let items = rows
        .into_iter()
        .map(|row| view(caller, &config, row.object, row.version));
    let cursor = |place: Place| {
        let at = u64::try_from(place.at.as_micros()).unwrap_or(0);
        Cursor(Uuid::from_u64_pair(at, place.skip))
    };
    Ok(Json(Page {
        items: items.collect(),
        next: next.map(cursor),
    }))
}

fn prefix_of(kind: &str) -> Result<&'static str, Problem> {
    let found = KINDS.iter().find(|(word, _)| *word == kind);
    found.map(|(_, prefix)| *prefix).ok_or_else(|| {
        let known: Vec<_> = KINDS.iter().map(|(word, _)| *word).collect();
        Problem::unreadable("kind", format!("expected one of: {}", known.join(", ")))
    })
}

fn view(caller: &Caller, config: &Config, id: ObjectId, row: Version) -> VersionView {
    let named = row.object.as_ref().or(row.before.as_ref());
    VersionView {
        id: Some(id.to_string()),
        kind: Some(id.kind()),
        name: named.map(|object| wb_app::configure::name_of(config, object)),
        version: row.version,
        at: Time(row.at),
        actor: Names(config).actor(row.actor),
        deleted: row.deleted,
        object: row
            .object
            .and_then(|object| shown(caller, config, object, row.version)),
        before: row
            .before
            .and_then(|object| shown(caller, config, object, row.version.saturating_sub(1))),
        restored_from: row.restored_from,
    }
}

/// Each time that held sending was let go, as if it were a version. For global admins, as is doing it.
async fn resumptions(
    state: &HttpState,
    caller: &Caller,
    query: &ChangesQuery,
) -> Result<Json<Page<VersionView>>, Problem> {
    caller.require_globally(Permission::Manage)?;
    let before = query
        .cursor
        .map(|cursor| u32::try_from(cursor.0.as_u128()).unwrap_or(u32::MAX));
    let limit = query.limit.get().saturating_add(1);
    let rows = state
        .app
        .store
        .read(move |tx| wb_store::sending::resumptions(tx, before, limit))
        .await?;
    let config = state.app.config();
    let names = Names(&config);
    let place = |row: &Resumption| Uuid::from_u128(row.number.into());
    Ok(Json(Page::of_rows(rows, query.limit, place, |row| {
        VersionView {
            id: None,
            kind: None,
            name: None,
            version: row.number,
            at: Time(row.at),
            actor: names.actor(row.by),
            deleted: false,
            object: Some(serde_json::json!({
                "held_why": why_text(row.hold.why),
                "held_since": row.hold.since.map(Time),
                "dropped": row.dropped,
            })),
            before: None,
            restored_from: None,
        }
    })))
}

/// The object of an id.
pub(super) fn object_id(text: &str) -> Option<ObjectId> {
    let (prefix, _) = text.split_once('_')?;
    Some(match prefix {
        "tea" => ObjectId::Team(text.parse().ok()?),
        "usr" => ObjectId::User(text.parse().ok()?),
        "end" => ObjectId::Endpoint(text.parse().ok()?),
        "svc" => ObjectId::Service(text.parse().ok()?),
        "int" => ObjectId::Integration(text.parse().ok()?),
        "pol" => ObjectId::Policy(text.parse().ok()?),
        "sch" => ObjectId::Schedule(text.parse().ok()?),
        "ovr" => ObjectId::Override(text.parse().ok()?),
        "off" => ObjectId::TimeOff(text.parse().ok()?),
        "swp" => ObjectId::Swap(text.parse().ok()?),
        "mon" => ObjectId::Monitor(text.parse().ok()?),
        "dsh" => ObjectId::Dashboard(text.parse().ok()?),
        _ => return None,
    })
}

/// An object as its own resource shows it.
pub(super) fn shown(
    caller: &Caller,
    config: &Config,
    object: Object,
    version: u32,
) -> Option<serde_json::Value> {
    macro_rules! at {
        ($value:expr) => {
            &Versioned {
                version,
                value: $value,
            }
        };
    }
    let value = match object {
        Object::Team(id, v) => serde_json::to_value(teams::TeamView::new(id, at!(v))),
        Object::User(id, v) => serde_json::to_value(users::UserView::new(caller, id, version, &v)),
        Object::Endpoint(id, v) => serde_json::to_value(endpoints::EndpointView::new(id, at!(v))),
        Object::Service(id, v) => serde_json::to_value(services::ServiceView::new(id, at!(v))),
        Object::Integration(id, v) => {
            serde_json::to_value(integrations::IntegrationView::new(id, at!(v)))
        }
        Object::Policy(id, v) => serde_json::to_value(policies::PolicyView::new(id, at!(v))),
        Object::Schedule(id, v) => serde_json::to_value(schedules::ScheduleView::new(id, at!(v))),
        Object::Override(id, v) => {
            serde_json::to_value(overrides::OverrideView::new(id, version, &v))
        }
        Object::TimeOff(id, v) => serde_json::to_value(time_off::TimeOffView::new(id, version, &v)),
        Object::Swap(id, v) => serde_json::to_value(swaps::SwapBody::of(config, id, &v)),
        Object::Monitor(id, v) => {
            serde_json::to_value(monitors::MonitorView::new(config, id, version, &v))
        }
        Object::Dashboard(id, v) => {
            serde_json::to_value(dashboards::DashboardView::new(id, at!(v)))
        }
    };
    value.ok()
}
