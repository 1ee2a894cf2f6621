//! Services.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::Saved;
use wb_core::config::{Object, ObjectId, Service, Timeouts, UrgencyRule, Versioned};
use wb_core::event::Urgency;
use wb_core::ids::ServiceId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, PolicyIdText, ServiceIdText, TeamIdText};

/// A service, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceBody {
    /// Owner.
    pub team: TeamIdText,
    /// Shown name, unique among services.
    pub name: String,
    /// What it does, for somebody woken by it.
    #[serde(default)]
    pub description: String,
    /// How loudly its incidents are told.
    #[serde(default)]
    pub urgency: ServiceUrgency,
    /// Who is paged; null records only.
    #[serde(default)]
    pub policy: Option<PolicyIdText>,
    /// Seconds after which an acknowledgement no longer holds and escalation goes on (60 to 2592000);
    /// null means it holds for good.
    #[serde(default)]
    pub acknowledge_expires_after_s: Option<u32>,
    /// Seconds after it opened from which an incident resolves by itself (60 to 2592000): not while
    /// somebody is still to be paged, nor while it is snoozed. Null means never.
    #[serde(default)]
    pub auto_resolve_after_s: Option<u32>,
}

/// How loudly a service's incidents are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceUrgency {
    /// Page by the high-urgency rules.
    High,
    /// Page by the low-urgency rules.
    Low,
    /// Record only.
    None,
    /// By the severity of the event.
    #[default]
    BySeverity,
}

impl ServiceUrgency {
    const fn of(rule: UrgencyRule) -> Self {
        match rule {
            UrgencyRule::Fixed(Urgency::High) => Self::High,
            UrgencyRule::Fixed(Urgency::Low) => Self::Low,
            UrgencyRule::Fixed(Urgency::None) => Self::None,
            UrgencyRule::BySeverity => Self::BySeverity,
        }
    }

    /// The rule of the domain.
    #[must_use]
    pub const fn rule(self) -> UrgencyRule {
        match self {
            Self::High => UrgencyRule::Fixed(Urgency::High),
            Self::Low => UrgencyRule::Fixed(Urgency::Low),
            Self::None => UrgencyRule::Fixed(Urgency::None),
            Self::BySeverity => UrgencyRule::BySeverity,
        }
    }
}

impl ServiceBody {
    fn of(service: &Service) -> Self {
        Self {
            team: Id(service.team),
            name: service.name.clone(),
            description: service.description.clone(),
            urgency: ServiceUrgency::of(service.urgency),
            policy: service.policy.map(Id),
            acknowledge_expires_after_s: service.timeouts.acknowledge_expires_after_s,
            auto_resolve_after_s: service.timeouts.auto_resolve_after_s,
        }
    }

    fn draft(self) -> Service {
        Service {
            team: self.team.0,
            name: self.name,
            description: self.description,
            urgency: self.urgency.rule(),
            policy: self.policy.map(|policy| policy.0),
            timeouts: Timeouts {
                acknowledge_expires_after_s: self.acknowledge_expires_after_s,
                auto_resolve_after_s: self.auto_resolve_after_s,
            },
        }
    }
}

/// A service, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceView {
    /// Its id.
    pub id: ServiceIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: ServiceBody,
}

impl ServiceView {
    /// The view of a service.
    #[must_use]
    pub fn new(id: ServiceId, service: &Versioned<Service>) -> Self {
        Self {
            id: Id(id),
            version: service.version,
            body: ServiceBody::of(&service.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Service(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: ServiceBody::of(value),
        })
    }
}

/// Lists the services the caller may see.
#[utoipa::path(
    get, path = "/services", tag = "services", operation_id = "list_services", params(ListQuery),
    responses((status = 200, body = Page<ServiceView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<ServiceView>> {
    let config = state.app.config();
    let all = config
        .services
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Service(**id)).is_ok());
    query.page(all.map(|(id, service)| (id.0, ServiceView::new(*id, service))))
}

/// Creates a service.
#[utoipa::path(
    post, path = "/services", tag = "services", operation_id = "create_service",
    request_body = ServiceBody, responses((status = 201, body = ServiceView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<ServiceBody>,
) -> Result<Tagged<ServiceView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = ServiceView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/services/{}", saved.id()),
        view,
    ))
}

/// Shows a service.
#[utoipa::path(
    get, path = "/services/{id}", tag = "services", operation_id = "get_service",
    params(("id" = ServiceIdText, Path)), responses((status = 200, body = ServiceView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ServiceIdText>,
) -> Result<Tagged<ServiceView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Service(id))?;
    let service = config.services.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(service.version, ServiceView::new(id, service)))
}

/// Changes a service; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/services/{id}", tag = "services", operation_id = "update_service",
    params(("id" = ServiceIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = ServiceBody, responses((status = 200, body = ServiceView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ServiceIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<ServiceBody>,
) -> Result<Tagged<ServiceView>, Problem> {
    let id = ObjectId::Service(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = ServiceView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes a service that nothing else refers to.
#[utoipa::path(
    delete, path = "/services/{id}", tag = "services", operation_id = "delete_service",
    params(("id" = ServiceIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<ServiceIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Service(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
