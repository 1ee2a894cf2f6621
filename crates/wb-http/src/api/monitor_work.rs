//! Monitors at work: what one did, and what a draft would have done.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::monitors::{Past, Preview};
use wb_core::config::Monitor;
use wb_core::event::Severity;
use wb_core::ids::ServiceId;
use wb_core::monitor::Episode;
use wb_core::time::Timestamp;

use super::monitors::{every_s, on_silence, side, silent_after_s};
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, Measure, MonitorIdText, OnSilenceWord, SideWord, Time};

/// What a monitor did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorHistory {
    /// The episodes of its groups, the newest first, about 100 at most.
    pub items: Vec<MonitorEpisode>,
}

/// One time that a group was not well.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorEpisode {
    /// The name of the series.
    pub series: String,
    /// `firing` or `silent`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The first value of the stretch, or the last point before silence.
    pub since: Time,
    /// When it was decided.
    pub at: Time,
    /// The worst value by then; null for silence.
    pub worst: Option<Measure>,
    /// The line at the time; null for silence.
    pub threshold: Option<Measure>,
    /// When it was well again; null while it lasts.
    pub until: Option<Time>,
    /// Why it ended: `values` (they stayed good), `points` (there are some again), `silence` (taken
    /// for well) or `gone` (the monitor does not watch it any more).
    #[schema(value_type = Option<String>)]
    pub why: Option<&'static str>,
    /// The incident of its alert.
    pub incident: Option<IncidentIdText>,
}

/// What a monitor is to judge by, and how far to look back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorPreviewBody {
    /// Which series, as a render target.
    pub target: String,
    /// Which side of the line is bad.
    #[serde(default = "side")]
    pub side: SideWord,
    /// The line: a value beyond it is bad.
    pub threshold: Measure,
    /// How long values must stay bad before it fires, in seconds.
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
    /// A series without points for longer than this is silent, in seconds.
    #[serde(default = "silent_after_s")]
    pub silent_after_s: u32,
    /// What silence means.
    #[serde(default = "on_silence")]
    pub on_silence: OnSilenceWord,
    /// How far to look back, in seconds, from a minute to a week.
    #[serde(default = "week_s")]
    #[schema(minimum = 60, maximum = 604800)]
    pub span_s: u32,
}

const fn week_s() -> u32 {
    604_800
}

impl MonitorPreviewBody {
    fn draft(self) -> Monitor {
        Monitor {
            service: ServiceId(uuid::Uuid::nil()),
            name: String::new(),
            description: String::new(),
            target: self.target,
            side: self.side.0,
            threshold: self.threshold.0,
            for_s: self.for_s,
            recovery: self.recovery.map(|level| level.0),
            recover_for_s: self.recover_for_s.unwrap_or(self.for_s),
            every_s: self.every_s,
            severity: Severity::Major,
            silent_after_s: self.silent_after_s,
            on_silence: self.on_silence.0,
            runbook_url: None,
        }
    }
}

/// What a draft would have done over the points that are stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorPreview {
    /// The beginning of the time that was looked at.
    pub from: Time,
    /// Its end.
    pub until: Time,
    /// How often it was judged, in seconds; more seldom than asked for where that is much work, or
    /// where the stored values are further apart.
    pub every_s: i64,
    /// How often series fired or fell silent, all together.
    pub count: usize,
    /// The same, of the last day.
    pub count_day: usize,
    /// Each series, those with the most episodes first, at most 100.
    pub series: Vec<MonitorPreviewSeries>,
    /// Series that were not judged.
    pub left_out: usize,
}

/// What one series would have done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorPreviewSeries {
    /// Its name.
    pub series: String,
    /// The distance between two of its values, in seconds.
    pub step_s: i64,
    /// How often it fired or fell silent.
    pub count: usize,
    /// The newest of these times, oldest first, at most 100.
    pub episodes: Vec<MonitorPreviewEpisode>,
}

/// One time that a series would not have been well.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorPreviewEpisode {
    /// `firing` or `silent`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The first value of the stretch, or the last point before silence.
    pub since: Time,
    /// When it would have been decided.
    pub at: Time,
    /// When it would have been well again; null where that did not come.
    pub until: Option<Time>,
    /// The worst value by then; null for silence.
    pub worst: Option<Measure>,
}

/// Shows what a monitor did.
#[utoipa::path(
    get, path = "/monitors/{id}/history", tag = "monitors", operation_id = "list_monitor_history",
    params(("id" = MonitorIdText, Path)), responses((status = 200, body = MonitorHistory)),
)]
pub async fn history(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<MonitorIdText>,
) -> Result<Json<MonitorHistory>, Problem> {
    let past = state.app.monitor_history(&caller, id).await?;
    Ok(Json(MonitorHistory {
        items: past.into_iter().map(MonitorEpisode::new).collect(),
    }))
}

/// Judges a draft over the points of the last days: how often it would have fired. Nothing is kept.
#[utoipa::path(
    post, path = "/monitors/preview", tag = "monitors", operation_id = "preview_monitor",
    request_body = MonitorPreviewBody, responses((status = 200, body = MonitorPreview)),
)]
pub async fn preview(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<MonitorPreviewBody>,
) -> Result<Json<MonitorPreview>, Problem> {
    let span_s = body.span_s;
    let preview = state
        .app
        .preview_monitor(&caller, body.draft(), span_s)
        .await?;
    Ok(Json(MonitorPreview::new(preview)))
}

impl MonitorEpisode {
    fn new(past: Past) -> Self {
        Self {
            series: past.series,
            state: past.state,
            since: Time(past.since),
            at: Time(past.at),
            worst: past.worst.map(Measure),
            threshold: past.threshold.map(Measure),
            until: past.until.map(Time),
            why: past.why,
            incident: past.incident.map(Id),
        }
    }
}

impl MonitorPreview {
    fn new(preview: Preview) -> Self {
        let all = preview.series.iter();
        Self {
            from: moment(preview.from_s),
            until: moment(preview.until_s),
            every_s: preview.every_s,
            count: all.clone().map(|series| series.count).sum(),
            count_day: all.map(|series| series.count_day).sum(),
            left_out: preview.left_out,
            series: preview
                .series
                .into_iter()
                .map(|series| MonitorPreviewSeries {
                    series: series.name,
                    step_s: series.step_s,
                    count: series.count,
                    episodes: series
                        .episodes
                        .iter()
                        .map(MonitorPreviewEpisode::new)
                        .collect(),
                })
                .collect(),
        }
    }
}

impl MonitorPreviewEpisode {
    fn new(episode: &Episode) -> Self {
        Self {
            state: if episode.fired { "firing" } else { "silent" },
            since: moment(episode.since_s),
            at: moment(episode.at_s),
            until: episode.until_s.map(moment),
            worst: episode.worst.map(Measure),
        }
    }
}

fn moment(at_s: i64) -> Time {
    Time(Timestamp::EPOCH.plus_secs(at_s))
}
