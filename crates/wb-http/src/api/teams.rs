//! Teams.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::configure::Saved;
use wb_core::config::{Object, ObjectId, Team, Versioned};
use wb_core::ids::TeamId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, TeamIdText};

/// A team, as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamBody {
    /// Shown name, unique among teams.
    pub name: String,
    /// What the team looks after.
    #[serde(default)]
    pub description: String,
}

impl TeamBody {
    fn of(team: &Team) -> Self {
        Self {
            name: team.name.clone(),
            description: team.description.clone(),
        }
    }

    fn draft(self) -> Team {
        Team {
            name: self.name,
            description: self.description,
        }
    }
}

/// A team, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TeamView {
    /// Its id.
    pub id: TeamIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What was set.
    #[serde(flatten)]
    pub body: TeamBody,
}

impl TeamView {
    /// The view of a team.
    #[must_use]
    pub fn new(id: TeamId, team: &Versioned<Team>) -> Self {
        Self {
            id: Id(id),
            version: team.version,
            body: TeamBody::of(&team.value),
        }
    }

    fn of(saved: &Saved) -> Option<Self> {
        let Object::Team(id, value) = &saved.object else {
            return None;
        };
        Some(Self {
            id: Id(*id),
            version: saved.version,
            body: TeamBody::of(value),
        })
    }
}

/// Lists the teams the caller may see.
#[utoipa::path(
    get, path = "/teams", tag = "teams", operation_id = "list_teams", params(ListQuery),
    responses((status = 200, body = Page<TeamView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<TeamView>> {
    let config = state.app.config();
    let all = config
        .teams
        .iter()
        .filter(|(id, _)| readable(&caller, &config, ObjectId::Team(**id)).is_ok());
    query.page(all.map(|(id, team)| (id.0, TeamView::new(*id, team))))
}

/// Creates a team.
#[utoipa::path(
    post, path = "/teams", tag = "teams", operation_id = "create_team",
    request_body = TeamBody, responses((status = 201, body = TeamView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<TeamBody>,
) -> Result<Tagged<TeamView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let view = TeamView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/teams/{}", saved.id()),
        view,
    ))
}

/// Shows a team.
#[utoipa::path(
    get, path = "/teams/{id}", tag = "teams", operation_id = "get_team",
    params(("id" = TeamIdText, Path)), responses((status = 200, body = TeamView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<TeamIdText>,
) -> Result<Tagged<TeamView>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Team(id))?;
    let team = config.teams.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(team.version, TeamView::new(id, team)))
}

/// Changes a team; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/teams/{id}", tag = "teams", operation_id = "update_team",
    params(("id" = TeamIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = TeamBody, responses((status = 200, body = TeamView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<TeamIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<TeamBody>,
) -> Result<Tagged<TeamView>, Problem> {
    let id = ObjectId::Team(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = TeamView::of(&saved).ok_or_else(|| wrong_kind(&saved))?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes a team that nothing else refers to.
#[utoipa::path(
    delete, path = "/teams/{id}", tag = "teams", operation_id = "delete_team",
    params(("id" = TeamIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<TeamIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Team(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
