//! Tells what is wrong with this node itself: an alert for each trouble, and a gauge.

use core::time::Duration;
use std::sync::Arc;

use metrics::gauge;
use wb_core::time::Timestamp;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;
use crate::us::Trouble;

/// Looks every few seconds at what was noted.
#[derive(Debug)]
pub struct AboutUs;

#[async_trait::async_trait]
impl Worker for AboutUs {
    fn name(&self) -> &'static str {
        "about_us"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn tick(&self, app: &Arc<App>, _now: Timestamp) -> Result<Report, AppError> {
        if let Some(source) = &app.metrics {
            app.troubles.set(Trouble::MetricsWrite, source.trouble());
        }
        let troubles = app.troubles.view();
        for trouble in Trouble::ALL {
            let is_there = troubles.contains_key(&trouble);
            gauge!("watchbell_trouble", "kind" => trouble.word())
                .set(f64::from(u8::from(is_there)));
        }
        Ok(Report {
            done: app.tell_troubles().await?,
            ..Report::default()
        })
    }
}
