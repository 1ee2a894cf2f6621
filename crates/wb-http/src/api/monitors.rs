//! Monitors: what they are set to, and how they are.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wb_app::configure::Saved;
use wb_app::monitors::{GroupView, MonitorState, MonitorSummary as InShort, MonitorView as AtWork};
use wb_core::config::{Config, Monitor, Object, ObjectId, OnSilence, Side};
use wb_core::event::Severity;
use wb_core::ids::MonitorId;
use wb_core::time::Timestamp;

use super::configured::{Tagged, readable, wrong_kind};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{
    Id, List, Measure, MonitorIdText, OnSilenceWord, ServiceIdText, SeverityWord, SideWord,
    TeamIdText, Time, Word,
};

/// Which monitors a list holds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonitorQuery {
    /// Only those of these teams; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub team: List<TeamIdText>,
    /// Only those of this service.
    #[param(value_type = Option<String>)]
    pub service: Option<ServiceIdText>,
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

impl MonitorQuery {
    fn selects(&self, config: &Config, id: MonitorId, monitor: &Monitor) -> bool {
        let team = config.team_of(ObjectId::Monitor(id));
        let is_of_team = self.team.0.is_empty() || self.team.0.iter().any(|t| Some(t.0) == team);
        is_of_team && self.service.is_none_or(|s| s.0 == monitor.service)
    }
}

/// A monitor, as it is set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorBody {
    /// The service its alerts are about; its team owns the monitor.
    pub service: ServiceIdText,
    /// Shown name, unique among the service's monitors.
    pub name: String,
    /// What it means and what to do, for somebody woken by it.
    #[serde(default)]
    pub description: String,
    /// Which series, as a render target, such as `scale(shop.checkout.*.p99, 1000)`; each series is
    /// judged by itself.
    pub target: String,
    /// Which side of the line is bad.
    #[serde(default = "side")]
    pub side: SideWord,
    /// The line: a value beyond it is bad.
    pub threshold: Measure,
    /// How long values must stay bad before it fires, in seconds; 0 fires at the first.
    #[serde(default)]
    pub for_s: u32,
    /// The level a value must be back beyond to be good again; null means the threshold.
    #[serde(default)]
    pub recovery: Option<Measure>,
    /// How long values must stay good before it recovers, in seconds; null means as long as `for_s`.
    #[serde(default)]
    pub recover_for_s: Option<u32>,
    /// How often it is evaluated, in seconds.
    #[serde(default = "every_s")]
    pub every_s: u32,
    /// How bad it is when it fires.
    #[serde(default = "severity")]
    pub severity: SeverityWord,
    /// A series without points for longer than this is silent, in seconds; at least 10, and at least
    /// twice `every_s`. Such a gap also ends a stretch of bad or good values.
    #[serde(default = "silent_after_s")]
    pub silent_after_s: u32,
    /// What silence means: `keep` changes nothing, `alert` makes an alert of it, `recover` takes it
    /// for well.
    #[serde(default = "on_silence")]
    pub on_silence: OnSilenceWord,
    /// Where the way to mend it is written.
    #[serde(default)]
    pub runbook_url: Option<String>,
}

/// The side that is bad when none is given.
pub(super) const fn side() -> SideWord {
    Word(Side::Above)
}

/// How often a monitor is evaluated when nothing is given.
pub(super) const fn every_s() -> u32 {
    30
}

/// How bad a monitor is when nothing is given: it tells of symptoms, not yet of a service down.
pub(super) const fn severity() -> SeverityWord {
    Word(Severity::Major)
}

/// When a series is silent when nothing is given.
pub(super) const fn silent_after_s() -> u32 {
    300
}

/// What silence means when nothing is given.
pub(super) const fn on_silence() -> OnSilenceWord {
    Word(OnSilence::Keep)
}

impl MonitorBody {
    fn draft(self) -> Monitor {
        Monitor {
            service: self.service.0,
            name: self.name,
            description: self.description,
            target: self.target,
            side: self.side.0,
            threshold: self.threshold.0,
            for_s: self.for_s,
            recovery: self.recovery.map(|level| level.0),
            recover_for_s: self.recover_for_s.unwrap_or(self.for_s),
            every_s: self.every_s,
            severity: self.severity.0,
            silent_after_s: self.silent_after_s,
            on_silence: self.on_silence.0,
            runbook_url: self.runbook_url,
        }
    }
}

/// A monitor, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorView {
    /// Its id.
    pub id: MonitorIdText,
    /// Rises with each edit.
    pub version: u32,
    /// The service its alerts are about.
    pub service: ServiceIdText,
    /// The team of that service now, which owns the monitor; null where the service was deleted.
    pub team: Option<TeamIdText>,
    /// Shown name.
    pub name: String,
    /// What it means and what to do.
    pub description: String,
    /// Which series, as a render target.
    pub target: String,
    /// Which side of the line is bad.
    pub side: SideWord,
    /// The line: a value beyond it is bad.
    pub threshold: Measure,
    /// How long values must stay bad before it fires, in seconds.
    pub for_s: u32,
    /// The level a value must be back beyond to be good again; null means the threshold.
    pub recovery: Option<Measure>,
    /// How long values must stay good before it recovers, in seconds.
    pub recover_for_s: u32,
    /// How often it is evaluated, in seconds.
    pub every_s: u32,
    /// How bad it is when it fires.
    pub severity: SeverityWord,
    /// A series without points for longer than this is silent, in seconds.
    pub silent_after_s: u32,
    /// What silence means.
    pub on_silence: OnSilenceWord,
    /// Where the way to mend it is written.
    pub runbook_url: Option<String>,
}

impl MonitorView {
    /// The view of a monitor.
    #[must_use]
    pub fn new(config: &Config, id: MonitorId, version: u32, monitor: &Monitor) -> Self {
        Self {
            id: Id(id),
            version,
            service: Id(monitor.service),
            team: config.team_of(ObjectId::Service(monitor.service)).map(Id),
            name: monitor.name.clone(),
            description: monitor.description.clone(),
            target: monitor.target.clone(),
            side: Word(monitor.side),
            threshold: Measure(monitor.threshold),
            for_s: monitor.for_s,
            recovery: monitor.recovery.map(Measure),
            recover_for_s: monitor.recover_for_s,
            every_s: monitor.every_s,
            severity: Word(monitor.severity),
            silent_after_s: monitor.silent_after_s,
            on_silence: Word(monitor.on_silence),
            runbook_url: monitor.runbook_url.clone(),
        }
    }

    fn of(config: &Config, saved: &Saved) -> Result<Self, Problem> {
        let Object::Monitor(id, value) = &saved.object else {
            return Err(wrong_kind(saved));
        };
        Ok(Self::new(config, *id, saved.version, value))
    }
}

/// A monitor with how it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorDetail {
    /// What lists show.
    #[serde(flatten)]
    pub monitor: MonitorView,
    /// The worst of its groups: `firing`, `silent`, `failed`, `no_series`, `unknown` (not evaluated
    /// by this node yet) or `well`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// What somebody should know or mend, in words.
    pub notice: Option<String>,
    /// When this node last evaluated it.
    pub evaluated_at: Option<Time>,
    /// Its groups, those with an episode under way first, at most 100.
    pub groups: Vec<MonitorGroup>,
}

/// One series that a monitor watches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorGroup {
    /// The name of the series.
    pub series: String,
    /// `well`, `firing` or `silent`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// Since when it fires or is silent.
    pub since: Option<Time>,
    /// The time of its last point.
    pub last_at: Option<Time>,
    /// Its last value.
    pub last_value: Option<Measure>,
}

impl MonitorDetail {
    fn new(monitor: MonitorView, at_work: AtWork) -> Self {
        Self {
            monitor,
            state: at_work.state.word(),
            notice: at_work.notice,
            evaluated_at: at_work.evaluated_at.map(Time),
            groups: at_work.groups.into_iter().map(MonitorGroup::new).collect(),
        }
    }
}

/// A monitor with how it is, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorSummary {
    /// What it is set to.
    #[serde(flatten)]
    pub monitor: MonitorView,
    /// The worst of its groups, as when it is shown alone.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// How many of its series fire.
    pub firing: usize,
    /// How many of its series are silent, where that is a fault.
    pub silent: usize,
    /// How many series this node saw at the last evaluation; null before the first.
    pub series: Option<usize>,
    /// The series that fires or is silent for the longest time; else one with the newest value.
    pub first: Option<MonitorGroup>,
}

impl MonitorSummary {
    fn new(monitor: MonitorView, at_work: Option<InShort>) -> Self {
        let Some(at_work) = at_work else {
            return Self {
                monitor,
                state: MonitorState::Unknown.word(),
                firing: 0,
                silent: 0,
                series: None,
                first: None,
            };
        };
        Self {
            monitor,
            state: at_work.state.word(),
            firing: at_work.firing,
            silent: at_work.silent,
            series: at_work.series,
            first: at_work.first.map(MonitorGroup::new),
        }
    }
}

impl MonitorGroup {
    fn new(group: GroupView) -> Self {
        Self {
            series: group.series,
            state: group.state,
            since: group.since.map(Time),
            last_at: group
                .last
                .map(|point| Time(Timestamp::EPOCH.plus_secs(point.at_s))),
            last_value: group.last.map(|point| Measure(point.value)),
        }
    }
}

/// Lists the monitors the caller may see.
#[utoipa::path(
    get, path = "/monitors", tag = "monitors", operation_id = "list_monitors", params(MonitorQuery),
    responses((status = 200, body = Page<MonitorSummary>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<MonitorQuery>,
) -> Result<Json<Page<MonitorSummary>>, Problem> {
    let mut at_work = state.app.monitor_summaries().await?;
    let config = state.app.config();
    let (cursor, limit) = (query.cursor, query.limit);
    let all = config.monitors.iter().filter(|(id, monitor)| {
        readable(&caller, &config, ObjectId::Monitor(**id)).is_ok()
            && query.selects(&config, **id, &monitor.value)
    });
    let views = all.map(|(id, v)| {
        let view = MonitorView::new(&config, *id, v.version, &v.value);
        (id.0, MonitorSummary::new(view, at_work.remove(id)))
    });
    Ok(Json(Page::cut(views, cursor, limit)))
}

/// Creates a monitor.
#[utoipa::path(
    post, path = "/monitors", tag = "monitors", operation_id = "create_monitor",
    request_body = MonitorBody, responses((status = 201, body = MonitorView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<MonitorBody>,
) -> Result<Tagged<MonitorView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    Ok(Tagged::created(
        saved.version,
        format!("/api/v1/monitors/{}", saved.id()),
        MonitorView::of(&state.app.config(), &saved)?,
    ))
}

/// Shows a monitor and how it is.
#[utoipa::path(
    get, path = "/monitors/{id}", tag = "monitors", operation_id = "get_monitor",
    params(("id" = MonitorIdText, Path)), responses((status = 200, body = MonitorDetail)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<MonitorIdText>,
) -> Result<Tagged<MonitorDetail>, Problem> {
    let config = state.app.config();
    readable(&caller, &config, ObjectId::Monitor(id))?;
    let monitor = config.monitors.get(&id).ok_or_else(Problem::not_found)?;
    let view = MonitorView::new(&config, id, monitor.version, &monitor.value);
    let at_work = state.app.monitor_view(&caller, id).await?;
    Ok(Tagged::new(
        monitor.version,
        MonitorDetail::new(view, at_work),
    ))
}

/// Changes a monitor; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/monitors/{id}", tag = "monitors", operation_id = "update_monitor",
    params(("id" = MonitorIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = MonitorBody, responses((status = 200, body = MonitorView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<MonitorIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<MonitorBody>,
) -> Result<Tagged<MonitorView>, Problem> {
    let id = ObjectId::Monitor(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    let view = MonitorView::of(&state.app.config(), &saved)?;
    Ok(Tagged::new(saved.version, view))
}

/// Deletes a monitor.
#[utoipa::path(
    delete, path = "/monitors/{id}", tag = "monitors", operation_id = "delete_monitor",
    params(("id" = MonitorIdText, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<MonitorIdText>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    state
        .app
        .delete(&caller, ObjectId::Monitor(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
