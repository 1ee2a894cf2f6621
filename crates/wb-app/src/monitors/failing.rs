//! Monitors that cannot be evaluated. Their people are told: they believe that somebody watches.

use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::config::Config;
use wb_core::ids::MonitorId;
use wb_ports::catalogue::text;
use wb_store::monitors::Damaged;

use crate::app::App;
use crate::error::AppError;
use crate::us::AboutUs;

/// For how many seconds a monitor may fail before somebody is told.
const FAILING_S: i64 = 300;

/// Damaged groups that are named.
const NAMED: usize = 3;

/// How a monitor stands.
struct Verdict {
    monitor: MonitorId,
    key: String,
    /// What is wrong; none when it is well.
    failure: Option<String>,
}

impl App {
    /// Tells of monitors that could not be evaluated for a while, or not all of them, and takes it
    /// back for those that can be again. `judged` are those whose turn it was. Returns how many could
    /// not be told.
    pub(super) async fn tell_of_failing(
        self: &Arc<Self>,
        config: &Config,
        judged: &[MonitorId],
        damaged: &[Damaged],
        now_s: i64,
    ) -> u64 {
        let verdicts = self.verdicts(config, judged, damaged, now_s);
        let keys: Vec<&str> = verdicts.iter().map(|one| one.key.as_str()).collect();
        if let Err(error) = self.learn_told(&keys).await {
            tracing::error!(%error, "our own alerts could not be read: {error}");
            return 1;
        }
        let mut failed = 0;
        for verdict in verdicts {
            if !self.told.differs(&verdict.key, verdict.failure.is_some()) {
                continue;
            }
            if let Err(error) = self.tell_verdict(config, verdict).await {
                failed += 1;
                tracing::error!(%error, "a failing monitor could not be told of: {error}");
            }
        }
        failed
    }

    /// How the monitors stand of which something can be said.
    fn verdicts(
        &self,
        config: &Config,
        judged: &[MonitorId],
        damaged: &[Damaged],
        now_s: i64,
    ) -> Vec<Verdict> {
        let mut by_monitor: BTreeMap<MonitorId, Vec<&Damaged>> = BTreeMap::new();
        for row in damaged {
            by_monitor.entry(row.monitor).or_default().push(row);
        }
        self.monitors.with(|state| {
            let mut verdicts = Vec::new();
            for id in judged {
                let Some(known) = state.monitors.get_mut(id) else {
                    continue;
                };
                let damage = by_monitor.get(id).map(|rows| damage_text(rows));
                if damage.is_some() && damage != known.damage {
                    let rows = by_monitor.get(id);
                    tracing::error!(monitor = %id, ?rows, "groups of {id} are damaged and left out");
                }
                known.damage = damage;
                let seen = known.seen.as_ref();
                let error = seen.and_then(|seen| seen.error.clone());
                let failure = error.or_else(|| known.damage.clone());
                let has_series = seen.is_some_and(|seen| seen.series > 0);
                if failure.is_none() {
                    known.failing_since_s = None;
                }
                let since_s = failure
                    .is_some()
                    .then(|| *known.failing_since_s.get_or_insert(now_s));
                let key = key(*id);
                let is_due = match since_s {
                    Some(since_s) => now_s - since_s >= FAILING_S,
                    // Who sees no series cannot say that it is well, unless it said otherwise.
                    None => has_series || self.told.differs(&key, false),
                };
                if is_due {
                    verdicts.push(Verdict {
                        monitor: *id,
                        key,
                        failure,
                    });
                }
            }
            verdicts.extend(state.deleted(config));
            verdicts
        })
    }

    async fn tell_verdict(
        self: &Arc<Self>,
        config: &Config,
        verdict: Verdict,
    ) -> Result<(), AppError> {
        let rule = config.monitors.get(&verdict.monitor);
        let rule = rule.map(|stored| &stored.value);
        let name = rule.map_or_else(|| verdict.monitor.to_string(), |rule| rule.name.clone());
        let service = rule.map(|rule| rule.service);
        let is_wrong = verdict.failure.is_some();
        let about = AboutUs {
            key: verdict.key,
            service: service.filter(|service| config.services.contains_key(service)),
            summary: text("monitors.failing", &[("monitor", &name)]),
            detail: verdict.failure,
            severity: wb_core::event::Severity::Major,
        };
        self.tell_of_us(about, is_wrong).await
    }
}

impl super::State {
    /// Monitors that are gone since the last look: there is nothing to mend any more.
    fn deleted(&mut self, config: &Config) -> Vec<Verdict> {
        let gone = self.failing.iter().copied();
        let gone: Vec<MonitorId> = gone
            .filter(|id| !config.monitors.contains_key(id))
            .collect();
        let monitors = &self.monitors;
        self.failing = monitors
            .iter()
            .filter(|(_, known)| known.failing_since_s.is_some())
            .map(|(id, _)| *id)
            .collect();
        gone.into_iter()
            .map(|monitor| Verdict {
                monitor,
                key: key(monitor),
                failure: None,
            })
            .collect()
    }
}

fn key(id: MonitorId) -> String {
    format!("monitor-failing:{id}")
}

fn damage_text(rows: &[&Damaged]) -> String {
    let named: Vec<String> = rows
        .iter()
        .take(NAMED)
        .map(|row| format!("{} ({})", row.group, row.why))
        .collect();
    let (count, named) = (rows.len(), named.join("; "));
    text(
        "monitors.notice.damaged",
        &[("count", &count), ("groups", &named)],
    )
}
