//! What makes a monitor sound.

use core::fmt::Display;

use url::Url;
use wb_core::config::{Monitor, ObjectId, Side};
use wb_core::limits;

use super::{Checker, names, taken};
use crate::app::App;
use crate::configure::problems::Problems;
use crate::error::AppError;

/// The shortest time after which a series may be taken for silent, in seconds: many agents send
/// every ten seconds, and a series is not silent between two of their points.
const SILENT_AFTER_S_MIN: u32 = 10;

impl Checker<'_> {
    pub(super) fn monitor(&self, id: ObjectId, monitor: &Monitor, problems: &mut Problems) {
        problems.name("name", &monitor.name);
        problems.description("description", &monitor.description);
        self.refers("service", ObjectId::Service(monitor.service), problems);
        let others = names(&self.config.monitors, ObjectId::Monitor, |m| &m.name);
        let siblings = others.filter(|(other, _)| match other {
            ObjectId::Monitor(other) => self
                .config
                .monitors
                .get(other)
                .is_some_and(|m| m.value.service == monitor.service),
            _ => false,
        });
        taken(id, &monitor.name, siblings, problems);
        rule(monitor, problems);
        if let Some(url) = &monitor.runbook_url {
            runbook(url, problems);
        }
    }
}

impl App {
    /// Refuses what no monitor may judge by, whatever it is called and belongs to.
    pub(crate) fn check_rule(monitor: &Monitor) -> Result<(), AppError> {
        let mut problems = Problems::default();
        rule(monitor, &mut problems);
        problems.into_result()
    }
}

fn rule(monitor: &Monitor, problems: &mut Problems) {
    target("target", &monitor.target, problems);
    recovery(monitor, problems);
    times(monitor, problems);
}

/// A target expression, wherever one stands.
pub(super) fn target(path: &str, target: &str, problems: &mut Problems) {
    if target.trim().is_empty() {
        problems.add(path, "blank", &[]);
    }
    problems.line(path, target, limits::TARGET_CHARS);
    if let Err(error) = wb_metrics::render::parse(target) {
        // People count characters from one; the reader counts bytes from zero.
        let before = target.get(..error.offset()).unwrap_or(target);
        let at = before.chars().count() + 1;
        let values: [(&str, &dyn Display); 2] = [("at", &at), ("problem", error.problem())];
        problems.add(path, "target", &values);
    }
}

/// A level on the bad side of the line would let a group fire and recover at the same value.
fn recovery(monitor: &Monitor, problems: &mut Problems) {
    let Some(level) = monitor.recovery else {
        return;
    };
    if monitor.is_bad(level) {
        let word = match monitor.side {
            Side::Above => "recovery_above",
            Side::Below => "recovery_below",
        };
        problems.add("recovery", word, &[("threshold", &monitor.threshold)]);
    }
}

fn times(monitor: &Monitor, problems: &mut Problems) {
    let longest = limits::LONGEST_STRETCH_S;
    seconds("for_s", monitor.for_s, 0, longest, problems);
    seconds("recover_for_s", monitor.recover_for_s, 0, longest, problems);
    seconds("every_s", monitor.every_s, 1, limits::EVERY_S_MAX, problems);
    // Twice the step, so that one evaluation that was missed is neither silence nor the end of a
    // stretch, and no point falls between what two evaluations read.
    let every_s = monitor.every_s.min(limits::EVERY_S_MAX);
    let least = SILENT_AFTER_S_MIN.max(every_s.saturating_mul(2));
    let silent_after_s = monitor.silent_after_s;
    seconds("silent_after_s", silent_after_s, least, longest, problems);
}

pub(super) fn seconds(path: &str, value: u32, min: u32, max: u32, problems: &mut Problems) {
    if !(min..=max).contains(&value) {
        let values: [(&str, &dyn Display); 2] = [("min", &min), ("max", &max)];
        problems.add(path, "seconds", &values);
    }
}

fn runbook(url: &str, problems: &mut Problems) {
    problems.line("runbook_url", url, limits::URL_CHARS);
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web {
        problems.add("runbook_url", "web_link", &[]);
    }
}
