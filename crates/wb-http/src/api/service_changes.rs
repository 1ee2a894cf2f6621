//! What was changed lately around a service: itself, what feeds it, and whom it pages.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::AppError;
use wb_core::config::{Config, ObjectId, Target};
use wb_core::ids::ServiceId;
use wb_core::time::Timestamp;
use wb_store::changes::Change;

use super::configured::readable;
use super::refs::{ActorView, Names, Ref};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::page::{Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, ServiceIdText, Time};

/// Which changes.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ServiceChangesQuery {
    /// Only those made then or later.
    #[param(value_type = Option<String>)]
    pub since: Option<Time>,
    /// How many, 1 to 200; the newest.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
}

/// A change of one object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// What kind of object: `service`, `integration`, `monitor`, `escalation_policy`, `schedule` or
    /// `override`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// The object; `/changes?object=` shows what it was and became.
    pub object: Ref,
    /// `created`, `changed` or `deleted`.
    #[schema(value_type = String)]
    pub change: &'static str,
    /// The version it got.
    pub version: u32,
    /// When.
    pub at: Time,
    /// By whom.
    pub actor: ActorView,
}

/// Lists what was changed around a service, newest first: the service, its integrations and
/// monitors, its policy and the schedules that pages, with their overrides.
#[utoipa::path(
    get, path = "/services/{id}/changes", tag = "services", operation_id = "list_service_changes",
    params(("id" = ServiceIdText, Path), ServiceChangesQuery),
    responses((status = 200, body = Page<ChangeView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ServiceIdText>,
    Query(query): Query<ServiceChangesQuery>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Service(id))?;
    let around = around(&config, id).into_iter();
    let seen = around.filter(|object| readable(&caller, &config, *object).is_ok());
    let objects: Vec<ObjectId> = seen.collect();
    let since = query.since.map_or(Timestamp::EPOCH, |at| at.0);
    let limit = query.limit.get();
    let changes = state
        .app
        .store
        .read(move |tx| Ok::<_, AppError>(wb_store::changes::recent(tx, &objects, since, limit)?))
        .await?;
    let items = changes.iter().map(|change| view(change, &config));
    Ok(Json(Page {
        items: items.collect(),
        next: None,
    }))
}

/// A service and what an incident on it depends on.
fn around(config: &Config, id: ServiceId) -> BTreeSet<ObjectId> {
    let integrations = config.integrations.iter();
    let integrations = integrations.filter(|(_, found)| found.value.service == id);
    let monitors = config.monitors.iter();
    let monitors = monitors.filter(|(_, found)| found.value.service == id);
    let mut objects = BTreeSet::from([ObjectId::Service(id)]);
    objects.extend(integrations.map(|(id, _)| ObjectId::Integration(*id)));
    objects.extend(monitors.map(|(id, _)| ObjectId::Monitor(*id)));
    let policy = config
        .services
        .get(&id)
        .and_then(|found| found.value.policy);
    let Some((policy, found)) = policy.and_then(|id| config.policies.get_key_value(&id)) else {
        return objects;
    };
    objects.insert(ObjectId::Policy(*policy));
    for target in found.value.targets() {
        if let Target::Schedule(schedule) = target {
            objects.insert(ObjectId::Schedule(schedule));
            let overrides = config.overrides_of(schedule);
            objects.extend(overrides.map(|(id, _)| ObjectId::Override(id)));
        }
    }
    objects
}

fn view(change: &Change, config: &Config) -> ChangeView {
    let names = Names(config);
    let nameless = |id: String| Ref { id, name: None };
    let (kind, object) = match change.object {
        ObjectId::Service(id) => ("service", names.service(id)),
        ObjectId::Integration(id) => ("integration", names.integration(id)),
        ObjectId::Monitor(id) => ("monitor", names.monitor(id)),
        ObjectId::Dashboard(id) => ("dashboard", nameless(id.to_string())),
        ObjectId::Policy(id) => ("escalation_policy", names.policy(id)),
        ObjectId::Schedule(id) => ("schedule", names.schedule(id)),
        ObjectId::Override(id) => ("override", nameless(id.to_string())),
        ObjectId::TimeOff(id) => ("time_off", nameless(id.to_string())),
        ObjectId::Swap(id) => ("swap", nameless(id.to_string())),
        ObjectId::Team(id) => ("team", names.team(id)),
        ObjectId::User(id) => ("user", names.user(id)),
        ObjectId::Endpoint(id) => ("endpoint", names.endpoint(id)),
    };
    ChangeView {
        kind,
        object,
        change: match (change.deleted, change.version) {
            (true, _) => "deleted",
            (false, 1) => "created",
            (false, _) => "changed",
        },
        version: change.version,
        at: Time(change.at),
        actor: names.actor(change.actor),
    }
}
