//! The one alert about us: nothing at all comes in, so no monitor can see anything.

use std::sync::Arc;

use wb_core::event::Severity;
use wb_ports::MetricSource;
use wb_ports::catalogue::text;

use crate::app::App;
use crate::error::AppError;
use crate::us::AboutUs;

/// The dedup key of the alert about us.
const KEY: &str = "metrics-silent";

/// How long nothing came in at all, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quiet {
    /// For how long.
    pub(super) silence_s: i64,
    /// After how long the admins are told.
    pub(super) patience_s: i64,
    /// Whether anything came since we began to listen.
    pub(super) is_heard: bool,
}

impl App {
    /// Opens or ends the alert about us.
    pub(super) async fn tell_about_us(
        self: &Arc<Self>,
        source: &Arc<dyn MetricSource>,
        quiet: Quiet,
    ) -> Result<(), AppError> {
        let is_silent = quiet.silence_s > quiet.patience_s;
        let is_watching = !self.config().monitors.is_empty();
        let is_wrong = is_silent && is_watching && has_series(source).await;
        // Before the first sample nothing is known: neither that it is well, nor that it is not.
        if !is_wrong && (is_silent || !quiet.is_heard) {
            return Ok(());
        }
        let about = AboutUs {
            key: KEY.to_owned(),
            service: None,
            summary: text("monitors.us", &[]),
            detail: None,
            severity: Severity::Major,
        };
        self.tell_of_us(about, is_wrong).await
    }
}

/// Whether there ever was a series: a new installation is not silent, it is new.
async fn has_series(source: &Arc<dyn MetricSource>) -> bool {
    let source = Arc::clone(source);
    tokio::task::spawn_blocking(move || source.find("*").is_ok_and(|nodes| !nodes.is_empty()))
        .await
        .unwrap_or(false)
}
