//! The history of one object of configuration.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wb_app::Caller;
use wb_core::config::{Config, Object, ObjectId, Permission, Versioned};
use wb_store::config::Version;
use wb_store::sending::Resumption;

use super::refs::{ActorView, Names};
use super::sending::why_text;
use super::{
    endpoints, integrations, monitors, overrides, policies, schedules, services, teams, time_off,
    users,
};
use crate::extract::Query;
use crate::identity::Auth;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::Time;

/// What is asked for where it is not an object's history.
const SENDING: &str = "sending";

/// Whose history.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The object's id, such as `svc_...`; or `sending`, for each time that held sending was let go.
    pub object: String,
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
}

/// Lists the versions of an object, newest first.
#[utoipa::path(
    get, path = "/changes", tag = "config", operation_id = "list_changes", params(ChangesQuery),
    responses((status = 200, body = Page<VersionView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    if query.object == SENDING {
        return resumptions(&state, &caller, &query).await;
    }
    let id = object_id(&query.object)
        .ok_or_else(|| Problem::unreadable("object", "expected the id of an object"))?;
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
    let names = Names(&config);
    let place = |row: &Version| Uuid::from_u128(row.version.into());
    Ok(Json(Page::of_rows(rows, query.limit, place, |row| {
        VersionView {
            version: row.version,
            at: Time(row.at),
            actor: names.actor(row.actor),
            deleted: row.deleted,
            object: row
                .object
                .and_then(|object| shown(&caller, &config, object, row.version)),
        }
    })))
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
            version: row.number,
            at: Time(row.at),
            actor: names.actor(row.by),
            deleted: false,
            object: Some(serde_json::json!({
                "held_why": why_text(row.hold.why),
                "held_since": row.hold.since.map(Time),
                "dropped": row.dropped,
            })),
        }
    })))
}

fn object_id(text: &str) -> Option<ObjectId> {
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
        "mon" => ObjectId::Monitor(text.parse().ok()?),
        _ => return None,
    })
}

/// An object as its own resource shows it.
fn shown(
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
        Object::Monitor(id, v) => {
            serde_json::to_value(monitors::MonitorView::new(config, id, version, &v))
        }
    };
    value.ok()
}
