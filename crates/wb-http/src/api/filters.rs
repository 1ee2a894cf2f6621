//! Saved filters of the list of incidents, one's own and those of one's teams.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::filters::FilterDraft;
use wb_store::filters::{Filter, FilterOwner};

use super::configured::{ListQuery, Tagged};
use super::incident_list::OwnerText;
use super::refs::{Names, Ref};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::limits::FILTER_QUERY_BYTES;
use crate::page::Page;
use crate::problem::{FieldIssue, Problem};
use crate::state::HttpState;
use crate::values::{
    FilterIdText, Id, IncidentStateWord, ServiceIdText, SeverityWord, TeamIdText, Time, UrgencyWord,
};

/// What a filter selects: the parameters of the list of incidents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterQuery {
    /// Where they stand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<IncidentStateWord>,
    /// Their services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<ServiceIdText>,
    /// Their teams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub team: Vec<TeamIdText>,
    /// How loudly they are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyWord>,
    /// How bad they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<SeverityWord>,
    /// Who has them; `me` for whoever uses the filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerText>,
    /// What title or summary has in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Opened then or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Opened before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// A filter to be saved.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterBody {
    /// What to call it.
    pub name: String,
    /// What it selects.
    pub query: FilterQuery,
    /// The team that shares it; it is the caller's own when left out. Cannot be changed later.
    #[serde(default)]
    pub team: Option<TeamIdText>,
}

/// A saved filter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilterView {
    /// Its id.
    pub id: FilterIdText,
    /// Rises with each edit.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// What it selects.
    #[schema(value_type = FilterQuery)]
    pub query: serde_json::Value,
    /// The team that shares it; null when it is the caller's own.
    pub team: Option<Ref>,
    /// When it was saved last.
    pub updated_at: Time,
    /// Who saved it last.
    pub updated_by: Ref,
}

impl FilterView {
    fn new(filter: &Filter, names: Names<'_>) -> Self {
        Self {
            id: Id(filter.id),
            version: filter.version,
            name: filter.name.clone(),
            query: serde_json::from_str(&filter.query).unwrap_or_default(),
            team: match filter.owner {
                FilterOwner::User(_) => None,
                FilterOwner::Team(team) => Some(names.team(team)),
            },
            updated_at: Time(filter.updated_at),
            updated_by: names.user(filter.updated_by),
        }
    }
}

impl FilterBody {
    fn draft(self) -> Result<FilterDraft, Problem> {
        let query = serde_json::to_string(&self.query).map_err(|_| Problem::internal())?;
        if query.len() > FILTER_QUERY_BYTES {
            let values: [wb_ports::catalogue::Named<'_>; 2] =
                [("count", &query.len()), ("max", &FILTER_QUERY_BYTES)];
            return Err(Problem::invalid(vec![FieldIssue {
                field: "query".to_owned(),
                message: wb_ports::catalogue::text("problems.too_long", &values),
            }]));
        }
        Ok(FilterDraft {
            name: self.name,
            query,
        })
    }
}

fn view(state: &HttpState, filter: &Filter) -> FilterView {
    FilterView::new(filter, Names(&state.app.config()))
}

/// Lists the saved filters of the caller and of their teams.
#[utoipa::path(
    get, path = "/filters", tag = "incidents", operation_id = "list_filters", params(ListQuery),
    responses((status = 200, body = Page<FilterView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<FilterView>>, Problem> {
    let filters = state.app.list_filters(&caller).await?;
    let config = state.app.config();
    let names = Names(&config);
    let all = filters.iter();
    Ok(query.page(all.map(|filter| (filter.id.0, FilterView::new(filter, names)))))
}

/// Saves a filter, for oneself or for a team.
#[utoipa::path(
    post, path = "/filters", tag = "incidents", operation_id = "create_filter",
    request_body = FilterBody, responses((status = 201, body = FilterView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<FilterBody>,
) -> Result<Tagged<FilterView>, Problem> {
    let team = body.team.map(|team| team.0);
    let filter = state
        .app
        .create_filter(&caller, team, body.draft()?)
        .await?;
    let path = format!("/api/v1/filters/{}", filter.id);
    Ok(Tagged::created(filter.version, path, view(&state, &filter)))
}

/// Shows a saved filter.
#[utoipa::path(
    get, path = "/filters/{id}", tag = "incidents", operation_id = "get_filter",
    params(("id" = FilterIdText, Path)), responses((status = 200, body = FilterView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<FilterIdText>,
) -> Result<Tagged<FilterView>, Problem> {
    let filter = state.app.filter(&caller, id).await?;
    Ok(Tagged::new(filter.version, view(&state, &filter)))
}

/// Changes the name and query of a saved filter; `If-Match` names the version the change was made
/// from. Whose it is stays.
#[utoipa::path(
    put, path = "/filters/{id}", tag = "incidents", operation_id = "update_filter",
    params(("id" = FilterIdText, Path), ("If-Match" = String, Header, example = "\"v1\"")),
    request_body = FilterBody, responses((status = 200, body = FilterView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<FilterIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<FilterBody>,
) -> Result<Tagged<FilterView>, Problem> {
    let filter = state
        .app
        .update_filter(&caller, id, version, body.draft()?)
        .await?;
    Ok(Tagged::new(filter.version, view(&state, &filter)))
}

/// Deletes a saved filter.
#[utoipa::path(
    delete, path = "/filters/{id}", tag = "incidents", operation_id = "delete_filter",
    params(("id" = FilterIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<FilterIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state.app.delete_filter(&caller, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
