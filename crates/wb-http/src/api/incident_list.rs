//! Lists of incidents, and how many there are of each kind.

use core::str::FromStr;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use wb_app::{AppError, Caller};
use wb_core::config::{Config, Policy};
use wb_core::event::Severity;
use wb_core::ids::{IncidentId, ServiceId};
use wb_core::incident::{IncidentState, PolicyRef};
use wb_store::db::Tx;
use wb_store::graphs::Graph;
use wb_store::incidents::{Counted, IncidentFilter, IncidentRow};

use super::incident_view::IncidentSummary;
use super::refs::{Names, Ref};
use crate::extract::Query;
use crate::identity::Auth;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    Id, IncidentStateWord, List, ServiceIdText, SeverityWord, TeamIdText, Time, UrgencyWord,
    UserIdText, Word,
};

/// Whoever has an incident: a user's id, or `me`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerText {
    /// Whoever asks.
    Me,
    /// A user.
    User(UserIdText),
}

impl FromStr for OwnerText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "me" {
            Ok(Self::Me)
        } else {
            text.parse().map(Self::User)
        }
    }
}

impl Serialize for OwnerText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Me => serializer.serialize_str("me"),
            Self::User(id) => id.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OwnerText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for OwnerText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A user's id, or `me`"))
            .into()
    }
}

impl ToSchema for OwnerText {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("OwnerText")
    }
}

/// Which incidents a list holds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncidentQuery {
    /// `triggered`, `acknowledged` or `resolved`; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub state: List<IncidentStateWord>,
    /// Only those of these services; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub service: List<ServiceIdText>,
    /// Only those of these teams; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub team: List<TeamIdText>,
    /// Only those of this urgency.
    #[param(value_type = Option<String>)]
    pub urgency: Option<UrgencyWord>,
    /// Only those of these severities; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub severity: List<SeverityWord>,
    /// Only those this user has; `me` for whoever asks.
    #[param(value_type = Option<String>)]
    pub owner: Option<OwnerText>,
    /// Only those whose title or summary has this text in it; a number such as `INC-12` means that one.
    pub q: Option<String>,
    /// Only those that opened then or later.
    #[param(value_type = Option<String>)]
    pub since: Option<Time>,
    /// Only those that opened before.
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

/// Which incidents a summary counts: those a list with the same parameters holds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// `triggered`, `acknowledged` or `resolved`; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub state: List<IncidentStateWord>,
    /// Only those of these services; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub service: List<ServiceIdText>,
    /// Only those of these teams; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub team: List<TeamIdText>,
    /// Only those of this urgency.
    #[param(value_type = Option<String>)]
    pub urgency: Option<UrgencyWord>,
    /// Only those of these severities; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub severity: List<SeverityWord>,
    /// Only those this user has; `me` for whoever asks.
    #[param(value_type = Option<String>)]
    pub owner: Option<OwnerText>,
    /// Only those whose title or summary has this text in it; a number such as `INC-12` means that one.
    pub q: Option<String>,
    /// Only those that opened then or later.
    #[param(value_type = Option<String>)]
    pub since: Option<Time>,
    /// Only those that opened before.
    #[param(value_type = Option<String>)]
    pub until: Option<Time>,
}

macro_rules! filter {
    ($query:expr, $caller:expr) => {{
        let query = $query;
        Ok(IncidentFilter {
            states: query.state.0.into_iter().map(|state| state.0).collect(),
            services: query.service.0.into_iter().map(|id| id.0).collect(),
            teams: query.team.0.into_iter().map(|id| id.0).collect(),
            urgency: query.urgency.map(|urgency| urgency.0),
            severities: query.severity.0.into_iter().map(|one| one.0).collect(),
            owner: match query.owner {
                None => None,
                Some(OwnerText::Me) => Some($caller.user()?),
                Some(OwnerText::User(Id(user))) => Some(user),
            },
            search: query.q.filter(|q| !q.trim().is_empty()),
            since: query.since.map(|at| at.0),
            until: query.until.map(|at| at.0),
        })
    }};
}

impl IncidentQuery {
    fn filter(self, caller: &Caller) -> Result<IncidentFilter, AppError> {
        filter!(self, caller)
    }
}

impl SummaryQuery {
    fn filter(self, caller: &Caller) -> Result<IncidentFilter, AppError> {
        filter!(self, caller)
    }
}

/// How many incidents there are of each kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SummaryView {
    /// All of them.
    pub total: u64,
    /// By where they stand, most pressing first; each word, also those with none.
    pub states: Vec<StateCount>,
    /// By how bad they are, worst first; each word, also those with none.
    pub severities: Vec<SeverityCount>,
    /// By service: those with the worst open incidents first; none without any.
    pub services: Vec<ServiceCount>,
}

/// How many incidents stand there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StateCount {
    /// Where.
    pub state: IncidentStateWord,
    /// How many.
    pub count: u64,
}

/// How many incidents are this bad.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeverityCount {
    /// How bad.
    pub severity: SeverityWord,
    /// How many.
    pub count: u64,
}

/// How many incidents a service has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceCount {
    /// The service.
    pub service: Ref,
    /// How many.
    pub count: u64,
    /// How many of them are open.
    pub open: u64,
    /// The worst severity among the open ones; null when none is.
    pub worst: Option<SeverityWord>,
}

#[derive(Default)]
struct OfService {
    count: u64,
    open: u64,
    worst: Option<Severity>,
}

impl SummaryView {
    fn new(rows: &[Counted], config: &Config) -> Self {
        let sum = |wanted: &dyn Fn(&Counted) -> bool| {
            let rows = rows.iter().filter(|row| wanted(row));
            rows.map(|row| row.count).sum::<u64>()
        };
        let mut services: BTreeMap<ServiceId, OfService> = BTreeMap::new();
        for row in rows {
            let of = services.entry(row.service).or_default();
            of.count += row.count;
            if row.state != IncidentState::Resolved {
                of.open += row.count;
                of.worst = Some(
                    of.worst
                        .map_or(row.severity, |known| known.min(row.severity)),
                );
            }
        }
        let mut services: Vec<_> = services.into_iter().collect();
        services.sort_by_key(|(id, of)| {
            let none = of.worst.is_none();
            (none, of.worst, u64::MAX - of.open, u64::MAX - of.count, *id)
        });
        let names = Names(config);
        Self {
            total: sum(&|_| true),
            states: IncidentState::ALL
                .map(|state| StateCount {
                    state: Word(state),
                    count: sum(&|row| row.state == state),
                })
                .to_vec(),
            severities: Severity::ALL
                .map(|severity| SeverityCount {
                    severity: Word(severity),
                    count: sum(&|row| row.severity == severity),
                })
                .to_vec(),
            services: services
                .into_iter()
                .map(|(id, of)| ServiceCount {
                    service: names.service(id),
                    count: of.count,
                    open: of.open,
                    worst: of.worst.map(Word),
                })
                .collect(),
        }
    }
}

/// Lists the incidents the caller may see, newest first.
#[utoipa::path(
    get, path = "/incidents", tag = "incidents", operation_id = "list_incidents",
    params(IncidentQuery), responses((status = 200, body = Page<IncidentSummary>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<IncidentQuery>,
) -> Result<Json<Page<IncidentSummary>>, Problem> {
    let limit = query.limit;
    let page = limit.before(query.cursor, IncidentId);
    let filter = query.filter(&caller)?;
    let config = state.app.config();
    let known = std::sync::Arc::clone(&config);
    let (rows, policies, graphs) = state
        .app
        .store
        .read(move |tx| {
            let rows = wb_store::incidents::list(tx, &caller.scope, &filter, page)?;
            let policies = held_policies(tx, &known, &rows)?;
            let graphs = first_graphs(tx, &rows)?;
            Ok::<_, AppError>((rows, policies, graphs))
        })
        .await?;
    let id = |row: &IncidentRow| row.incident.state.id.0;
    Ok(Json(Page::of_rows(rows, limit, id, |row| {
        let incident = row.incident.state;
        let policy = incident
            .policy
            .and_then(|held| policies.get(&held)?.as_ref());
        IncidentSummary::new(
            &incident,
            row.number,
            row.incident.head.seq,
            policy,
            &config,
        )
        .with_spark(graphs.get(&incident.id))
    })))
}

/// Counts the incidents the caller may see, by state, severity and service.
#[utoipa::path(
    get, path = "/incidents/summary", tag = "incidents", operation_id = "summarise_incidents",
    params(SummaryQuery), responses((status = 200, body = SummaryView)),
)]
pub async fn summary(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<SummaryQuery>,
) -> Result<Json<SummaryView>, Problem> {
    let filter = query.filter(&caller)?;
    let rows = state
        .app
        .store
        .read(move |tx| {
            Ok::<_, AppError>(wb_store::incidents::summary(tx, &caller.scope, &filter)?)
        })
        .await?;
    Ok(Json(SummaryView::new(&rows, &state.app.config())))
}

/// The first graph of each incident of a list that has one.
fn first_graphs(
    tx: &mut Tx<'_>,
    rows: &[IncidentRow],
) -> Result<BTreeMap<IncidentId, Graph>, AppError> {
    let ids = rows.iter().map(|row| row.incident.state.id);
    let mut first = BTreeMap::new();
    for row in wb_store::graphs::of_incidents(tx, ids)? {
        first.entry(row.incident).or_insert(row.graph);
    }
    Ok(first)
}

/// The policies of those incidents of a list that still wait for a step; mostly the current ones,
/// which are known without a look.
fn held_policies(
    tx: &mut Tx<'_>,
    config: &Config,
    rows: &[IncidentRow],
) -> Result<BTreeMap<PolicyRef, Option<Policy>>, AppError> {
    let held: BTreeSet<_> = rows
        .iter()
        .map(|row| &row.incident.state)
        .filter(|incident| incident.wake_at().is_some())
        .filter_map(|incident| incident.policy)
        .collect();
    let mut policies = BTreeMap::new();
    for policy in held {
        let current = config.policies.get(&policy.id);
        let current = current.filter(|found| found.version == policy.version);
        let found = match current {
            Some(found) => Some(found.value.clone()),
            None => wb_store::config::policy_at(tx, policy)?,
        };
        policies.insert(policy, found);
    }
    Ok(policies)
}
