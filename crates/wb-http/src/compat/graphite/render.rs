//! `/render`: points of target expressions.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer as _};
use utoipa::{IntoParams, ToSchema};
use wb_metrics::render::{self, Limits, Series, Window, time};
use wb_ports::metrics::MetricSource;

use super::{Gate, Parameters, Refusal};
use crate::limits::RENDER_POINTS;
use crate::state::HttpState;

/// The formats of graphite-web that are not here, for a refusal that says so.
const FORMAT_NEEDED: &str = "Send format=json, the only format there is. Graphite's default is a \
                             picture (png); pictures, csv, raw, pickle, msgpack, dygraph and \
                             rickshaw are not supported.";

/// How far back a request looks that does not say, in seconds.
const DEFAULT_SPAN_S: i64 = 24 * 3_600;

/// What `/render` is asked. Other parameters of graphite-web are ignored.
#[derive(Clone, Debug, IntoParams, ToSchema)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[schema(rename_all = "camelCase")]
pub struct RenderForm {
    /// A target expression, once for each; `target[]` is read when there is no `target`.
    target: Vec<String>,
    /// The format of the answer: `json`.
    format: Option<String>,
    /// The beginning: `-1h`, `noon yesterday`, `18:30_20240131`, seconds since 1970. A day ago when
    /// left out.
    from: Option<String>,
    /// The end; now when left out.
    until: Option<String>,
    /// The time that counts as now.
    now: Option<String>,
    /// The zone in which times of day are read, such as `Europe/Berlin`; UTC when left out.
    tz: Option<String>,
    /// How many points a series should have at most.
    max_data_points: Option<String>,
    /// Given, points without a value are left out, and series without any.
    no_null_points: Option<String>,
}

/// The points of one series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenderedSeries {
    /// What the series is called.
    target: String,
    /// Its tags: `name`, those it was sent with, and those of the functions applied.
    tags: BTreeMap<String, String>,
    /// Value and time in seconds since 1970; null where nothing was measured.
    #[schema(value_type = Vec<Vec<Option<f64>>>)]
    datapoints: Vec<(Option<f64>, i64)>,
}

/// Shows points of target expressions, as graphite-web does.
#[utoipa::path(
    get, path = "/render", tag = "graphite", operation_id = "graphite_render",
    params(RenderForm),
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<RenderedSeries>),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn render(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer(&state, &gate, &parameters).await
}

/// Shows points of target expressions that are too long for a query.
#[utoipa::path(
    post, path = "/render", tag = "graphite", operation_id = "graphite_render_form",
    request_body(content = RenderForm, content_type = "application/x-www-form-urlencoded"),
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<RenderedSeries>),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn render_form(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer(&state, &gate, &parameters).await
}

/// The same for clients that can send no login: an integration key stands in the path.
#[utoipa::path(
    get, path = "/compat/graphite/k/{key}/render", tag = "graphite",
    operation_id = "graphite_render_by_key", security(()),
    params(("key" = String, Path, description = "An integration key"), RenderForm),
    responses(
        (status = 200, body = Vec<RenderedSeries>),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn render_by_key(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer(&state, &gate, &parameters).await
}

/// The same for clients that can send no login and have much to ask.
#[utoipa::path(
    post, path = "/compat/graphite/k/{key}/render", tag = "graphite",
    operation_id = "graphite_render_form_by_key", security(()),
    params(("key" = String, Path, description = "An integration key")),
    request_body(content = RenderForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Vec<RenderedSeries>),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn render_form_by_key(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer(&state, &gate, &parameters).await
}

async fn answer(
    state: &HttpState,
    gate: &Gate,
    parameters: &Parameters,
) -> Result<Response, Refusal> {
    let form = RenderForm::read(parameters);
    if form.format.as_deref() != Some("json") {
        return Err(Refusal::bad_request(FORMAT_NEEDED));
    }
    let window = form.window(state.app.now().as_secs())?;
    let json = gate
        .run(state, move |source| form.evaluate(&window, source))
        .await?;
    let head = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((head, json).into_response())
}

impl RenderForm {
    fn read(parameters: &Parameters) -> Self {
        let text = |name: &str| parameters.last(name).map(ToOwned::to_owned);
        let mut target = parameters.all("target");
        if target.is_empty() {
            target = parameters.all("target[]");
        }
        let no_null_points = parameters.has("noNullPoints").then(String::new);
        Self {
            target,
            format: text("format"),
            from: text("from"),
            until: text("until"),
            now: text("now"),
            tz: text("tz"),
            max_data_points: text("maxDataPoints"),
            no_null_points,
        }
    }

    fn window(&self, clock_s: i64) -> Result<Window, Refusal> {
        let zone = match &self.tz {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| {
                let text = format!("tz: {name:?} is no time zone; send one such as Europe/Berlin.");
                Refusal::bad_request(text)
            })?,
        };
        let read = |name: &str, text: &Option<String>, seen_s: i64| match text {
            None => Ok(None),
            Some(text) => time::parse_at(text, seen_s, &zone)
                .map(Some)
                .map_err(|error| Refusal::bad_request(format!("{name}: {error}"))),
        };
        let now_s = read("now", &self.now, clock_s)?.unwrap_or(clock_s);
        let from_s = read("from", &self.from, now_s)?;
        let until_s = read("until", &self.until, now_s)?;
        // What is no number is ignored, as graphite-web does: clients send `undefined` and the like.
        let max_points = self.max_data_points.as_deref();
        Ok(Window {
            from_s: from_s.unwrap_or_else(|| now_s.saturating_sub(DEFAULT_SPAN_S)),
            until_s: until_s.unwrap_or(now_s),
            now_s,
            max_points: max_points.and_then(|text| text.parse().ok()),
            zone,
        })
    }

    /// The answer as JSON; blocks.
    fn evaluate(&self, window: &Window, source: &dyn MetricSource) -> Result<Vec<u8>, Refusal> {
        let targets = self.target.iter().map(|target| {
            render::parse(target).map_err(|error| {
                Refusal::bad_request(format!("The target cannot be read: {error}"))
            })
        });
        let targets = targets.collect::<Result<Vec<_>, _>>()?;
        let all = render::evaluate(&targets, window, source, &Limits::default())?;
        let points: usize = all.iter().map(|series| series.points.values.len()).sum();
        if points > RENDER_POINTS {
            return Err(Refusal::too_much(format!(
                "The answer has more than {RENDER_POINTS} points; ask for less time or fewer \
                 series, or send maxDataPoints.",
            )));
        }
        let has_nulls = self.no_null_points.is_none();
        let rendered = all
            .into_iter()
            .map(|series| RenderedSeries::new(series, has_nulls))
            .filter(|series| has_nulls || !series.datapoints.is_empty());
        // Series by series: the points are never there three times over.
        let mut json = Vec::new();
        serde_json::Serializer::new(&mut json)
            .collect_seq(rendered)
            .map_err(|error| {
                tracing::error!(%error, "points could not be written as JSON");
                Refusal::internal()
            })?;
        Ok(json)
    }
}

impl RenderedSeries {
    fn new(series: Series, has_nulls: bool) -> Self {
        let points = series.points;
        let times = (0..).map(|step: i64| {
            let after_s = points.step_s.saturating_mul(step);
            points.start_s.saturating_add(after_s)
        });
        // What is no number in JSON (NaN, infinity) is none here either.
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let datapoints = points
            .values
            .iter()
            .map(|value| finite(*value))
            .zip(times)
            .filter(|(value, _)| has_nulls || value.is_some())
            .collect();
        Self {
            target: series.name,
            tags: series.tags,
            datapoints,
        }
    }
}
