//! Evaluates the monitors that are due, each at its own phase of its period.

use core::time::Duration;
use std::sync::Arc;

use wb_core::time::Timestamp;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

/// Judges monitors over the node's metric source; idle on a node without one.
#[derive(Debug)]
pub struct Monitors;

#[async_trait::async_trait]
impl Worker for Monitors {
    fn name(&self) -> &'static str {
        "monitors"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        match &app.metrics {
            Some(source) => app.watch(source, now).await,
            None => Ok(Report::default()),
        }
    }
}
