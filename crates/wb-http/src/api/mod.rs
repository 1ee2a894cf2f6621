//! The API under `/api/v1`: a file per resource.

pub mod affected;
pub mod alerts;
pub mod backup;
pub mod changes;
pub mod channels;
pub mod codes;
pub mod config;
pub mod configured;
pub mod coverage;
pub mod dashboards;
pub mod endpoints;
pub mod explain;
pub mod filters;
pub mod graphs;
pub mod hours;
pub mod incident_commands;
pub mod incident_list;
pub mod incident_view;
pub mod incidents;
pub mod integrations;
pub mod limits;
pub mod live;
pub mod me;
pub mod metrics;
pub mod monitor_work;
pub mod monitors;
pub mod notes;
pub mod on_call;
pub mod outbox;
pub mod overrides;
pub mod pages;
pub mod pause;
pub mod policies;
pub mod rechecks;
pub mod record;
pub mod record_list;
pub mod refs;
pub mod responders;
pub mod restore;
pub mod schedules;
pub mod sending;
pub mod service_changes;
pub mod service_path;
pub mod services;
pub mod settings;
pub mod sign_in;
pub mod signals;
pub mod status;
pub mod swaps;
pub mod take_over;
pub mod teams;
pub mod time_off;
pub mod users;
pub mod verify;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::HttpState;
use crate::{idempotency, identity};

/// The routes of the API. What stands in `closed` needs a login whatever its handlers do.
pub(crate) fn router(state: &HttpState) -> OpenApiRouter<HttpState> {
    let open = OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::set_up));
    let closed = people()
        .merge(response())
        .merge(configuration())
        .route_layer(from_fn_with_state(state.clone(), idempotency::repeat))
        // Behind the login, but no answer to be kept for a repeat: it is as long as the database.
        .routes(routes!(backup::create))
        .route_layer(from_fn_with_state(state.clone(), identity::require));
    open.merge(closed)
        .layer(DefaultBodyLimit::max(state.limits.api_body_bytes))
}

/// Incidents and what belongs to them, and this instance itself.
fn response() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(incident_list::list, incidents::declare))
        .routes(routes!(incident_list::summary))
        .routes(routes!(incident_commands::bulk))
        .routes(routes!(incidents::get))
        .routes(routes!(graphs::of_incident))
        .routes(routes!(record_list::list))
        .routes(routes!(incident_commands::acknowledge))
        .routes(routes!(incident_commands::unacknowledge))
        .routes(routes!(incident_commands::resolve))
        .routes(routes!(incident_commands::reopen))
        .routes(routes!(incident_commands::reassign))
        .routes(routes!(responders::ask))
        .routes(routes!(responders::answer))
        .routes(routes!(incident_commands::merge))
        .routes(routes!(notes::add))
        .routes(routes!(incident_commands::snooze))
        .routes(routes!(incident_commands::unsnooze))
        .routes(routes!(incident_commands::escalate))
        .routes(routes!(notes::get, notes::edit, notes::delete))
        .routes(routes!(filters::list, filters::create))
        .routes(routes!(filters::get, filters::update, filters::delete))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::get))
        .routes(routes!(on_call::list))
        .routes(routes!(live::listen))
        .routes(routes!(verify::everything))
        .routes(routes!(verify::incident))
        .routes(routes!(explain::explain))
        .routes(routes!(status::get))
        .routes(routes!(limits::list))
        .routes(routes!(sending::get))
        .routes(routes!(sending::resume))
        .routes(routes!(outbox::list))
}

/// Accounts, sessions and tokens.
fn people() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(me::get))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::set_password))
        .routes(routes!(me::sessions, me::end_other_sessions))
        .routes(routes!(me::revoke_session))
        .routes(routes!(me::tokens, me::create_token))
        .routes(routes!(me::revoke_token))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::get, users::update, users::delete))
        .routes(routes!(time_off::list, time_off::create))
        .routes(routes!(time_off::get, time_off::update, time_off::delete))
        .routes(routes!(users::test_method))
        .routes(routes!(codes::send))
        .routes(routes!(codes::confirm))
        .routes(routes!(rechecks::list))
        .routes(routes!(rechecks::ask))
        .routes(routes!(sign_in::create_link))
        .routes(routes!(teams::list, teams::create))
        .routes(routes!(teams::get, teams::update, teams::delete))
        .routes(routes!(affected::by_user))
        .routes(routes!(pause::pause, pause::end))
        .routes(routes!(users::set_member, users::remove_member))
}

/// What people set up.
fn configuration() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(services::list, services::create))
        .routes(routes!(services::get, services::update, services::delete))
        .routes(routes!(service_changes::list))
        .routes(routes!(service_path::get))
        .routes(routes!(integrations::list, integrations::create))
        .routes(routes!(
            integrations::get,
            integrations::update,
            integrations::delete
        ))
        .routes(routes!(integrations::key))
        .routes(routes!(integrations::rotate_key))
        .routes(routes!(metrics::functions))
        .routes(routes!(monitors::list, monitors::create))
        .routes(routes!(monitor_work::preview))
        .routes(routes!(monitor_work::history))
        .routes(routes!(monitors::get, monitors::update, monitors::delete))
        .routes(routes!(dashboards::list, dashboards::create))
        .routes(routes!(
            dashboards::get,
            dashboards::update,
            dashboards::delete
        ))
        .routes(routes!(signals::list))
        .routes(routes!(signals::refusals))
        .routes(routes!(policies::list, policies::create))
        .routes(routes!(policies::get, policies::update, policies::delete))
        .routes(routes!(policies::turns))
        .routes(routes!(affected::by_policy))
        .routes(routes!(affected::by_schedule))
        .routes(routes!(schedules::list, schedules::create))
        .routes(routes!(
            schedules::get,
            schedules::update,
            schedules::delete
        ))
        .routes(routes!(on_call::at))
        .routes(routes!(on_call::shifts))
        .routes(routes!(take_over::take_over))
        .routes(routes!(swaps::list))
        .routes(routes!(swaps::ask))
        .routes(routes!(swaps::accept))
        .routes(routes!(swaps::decline))
        .routes(routes!(swaps::withdraw))
        .routes(routes!(coverage::preview))
        .routes(routes!(coverage::get))
        .routes(routes!(overrides::list, overrides::create))
        .routes(routes!(
            overrides::get,
            overrides::update,
            overrides::delete
        ))
        .routes(routes!(endpoints::list, endpoints::create))
        .routes(routes!(
            endpoints::get,
            endpoints::update,
            endpoints::delete
        ))
        .routes(routes!(endpoints::test))
        .routes(routes!(channels::list))
        .routes(routes!(config::plan))
        .routes(routes!(config::apply))
        .routes(routes!(changes::list))
        .routes(routes!(restore::restore))
}
