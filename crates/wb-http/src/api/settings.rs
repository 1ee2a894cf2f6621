//! Settings of channels, and test messages: shared by contact methods and endpoints.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use wb_app::configure::{SettingsDraft, TestReport};
use wb_core::config::{Setting, Settings};

/// A channel's settings by field name. A secret is shown as null; null keeps it as it is.
pub type SettingsBody = BTreeMap<String, Option<String>>;

/// How settings are shown: secrets never.
#[must_use]
pub fn settings_view(settings: &Settings) -> SettingsBody {
    settings
        .iter()
        .map(|(name, setting)| match setting {
            Setting::Plain(value) => (name.clone(), Some(value.clone())),
            Setting::Sealed(_) => (name.clone(), None),
        })
        .collect()
}

/// What was set; what is null is left out, which keeps it.
#[must_use]
pub fn settings_draft(settings: SettingsBody) -> SettingsDraft {
    settings
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// What became of a test message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestView {
    /// Whether the provider took it.
    pub accepted: bool,
    /// Why it did not, as a stable word.
    #[schema(value_type = Option<String>)]
    pub reason: Option<&'static str>,
    /// What the provider said.
    pub detail: String,
}

impl TestView {
    /// The view of a report.
    #[must_use]
    pub fn new(report: TestReport) -> Self {
        Self {
            accepted: report.accepted,
            reason: report.reason.map(wb_core::incident::FailureReason::word),
            detail: report.detail,
        }
    }
}
