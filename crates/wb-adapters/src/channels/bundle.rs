//! Several incidents in one message, in the words that all channels share.

use wb_ports::catalogue::{plural, text};
use wb_ports::{BundleView, BundledIncident};

use super::words;

/// "37 incidents".
pub(super) fn title(bundle: &BundleView) -> String {
    plural("message.bundle.title", u64::from(bundle.count), &[])
}

/// "worst Sev 1".
pub(super) fn worst(bundle: &BundleView) -> String {
    let level = bundle.severity.level();
    let severity = text("message.severity", &[("level", &level)]);
    text("message.bundle.worst", &[("severity", &severity)])
}

/// "checkout: 30, billing: 7".
pub(super) fn services(bundle: &BundleView) -> String {
    let services = bundle.services.iter().map(|service| {
        let name = words::one_line(&service.name);
        text(
            "message.bundle.of_service",
            &[("service", &name), ("count", &service.count)],
        )
    });
    services.collect::<Vec<_>>().join(", ")
}

/// "checkout, 30 incidents".
pub(super) fn heading(service: &str, count: u32) -> String {
    let name = words::one_line(service);
    plural(
        "message.bundle.service",
        u64::from(count),
        &[("service", &name)],
    )
}

/// "And 37 more, ..."; none when all are named.
pub(super) fn more(count: u32) -> Option<String> {
    (count > 0).then(|| plural("message.bundle.more", u64::from(count), &[]))
}

/// "INC-12".
pub(super) fn name(incident: &BundledIncident) -> String {
    text("message.incident", &[("number", &incident.number)])
}
