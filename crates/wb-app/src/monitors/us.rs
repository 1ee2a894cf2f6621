//! The one alert about us: nothing at all comes in, so no monitor can see anything.

use std::sync::Arc;

use wb_core::event::{Event, EventAction, Severity};
use wb_core::monitor::INTEGRATION;
use wb_core::time::Timestamp;
use wb_ports::MetricSource;
use wb_ports::catalogue::text;
use wb_store::alerts;

use crate::app::App;
use crate::error::AppError;
use crate::ingest::RawSignal;

/// The dedup key of the alert about us.
const KEY: &str = "metrics-silent";

/// After how many seconds without any sample the admins are told.
const SILENT_S: i64 = 300;

/// What is known about our own alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    /// Since the start nobody looked.
    #[default]
    Unknown,
    /// It is open.
    Open,
    /// It is not open.
    Closed,
}

impl App {
    /// Opens or ends the alert about us. `silence_s` is for how long nothing came in; `is_heard`,
    /// whether anything did since the start.
    pub(super) async fn tell_about_us(
        self: &Arc<Self>,
        source: &Arc<dyn MetricSource>,
        silence_s: i64,
        is_heard: bool,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut told = self.monitors.with(|state| state.us);
        if told == Told::Unknown {
            told = if self.is_told().await? {
                Told::Open
            } else {
                Told::Closed
            };
        }
        let is_watching = !self.config().monitors.is_empty();
        if told == Told::Closed && silence_s > SILENT_S && is_watching && has_series(source).await {
            self.send_about_us(EventAction::Trigger, now).await?;
            told = Told::Open;
        } else if told == Told::Open && is_heard && silence_s <= SILENT_S {
            self.send_about_us(EventAction::Resolve, now).await?;
            told = Told::Closed;
        }
        self.monitors.with(|state| state.us = told);
        Ok(())
    }

    async fn is_told(&self) -> Result<bool, AppError> {
        let keys = [(INTEGRATION, KEY.to_owned())];
        let open = self
            .store
            .read(move |tx| Ok::<_, AppError>(alerts::open_by_keys(tx, &keys)?))
            .await?;
        Ok(!open.is_empty())
    }

    async fn send_about_us(
        self: &Arc<Self>,
        action: EventAction,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let event = Event {
            action,
            dedup_key: KEY.to_owned(),
            severity: Severity::Major,
            summary: text("monitors.us", &[]),
            source: self.node.name.clone(),
            component: None,
            group: None,
            class: Some(text("monitors.class", &[])),
            occurred_at: now,
            details: None,
            links: Vec::new(),
            images: Vec::new(),
            client: None,
            client_url: None,
            notes: Vec::new(),
        };
        let raw = RawSignal {
            body: format!("{{\"kind\":\"{KEY}\",\"action\":\"{}\"}}", action.word()).into_bytes(),
            content_type: Some("application/json".to_owned()),
            remote: None,
        };
        self.ingest_to(INTEGRATION, self.catch_all(), event, raw)
            .await?;
        Ok(())
    }
}

/// Whether there ever was a series: a new installation is not silent, it is new.
async fn has_series(source: &Arc<dyn MetricSource>) -> bool {
    let source = Arc::clone(source);
    tokio::task::spawn_blocking(move || source.find("*").is_ok_and(|nodes| !nodes.is_empty()))
        .await
        .unwrap_or(false)
}
