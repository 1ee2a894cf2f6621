//! The inbound dialects, one folder each.
//!
//! A new dialect: its folder, a `mod` line and one line in [`all`]. The corpus and the fuzz tests
//! go over the registry.

mod json_text;
pub mod pagerduty_v2;

use wb_ports::Inbound;

/// Every dialect.
#[must_use]
pub fn all() -> Vec<Box<dyn Inbound>> {
    vec![Box::new(pagerduty_v2::EventsV2)]
}
