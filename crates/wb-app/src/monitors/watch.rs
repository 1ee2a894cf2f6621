//! One round over the monitors that are due.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::task::JoinSet;
use wb_core::config::Config;
use wb_core::decision::Ctx;
use wb_core::ids::MonitorId;
use wb_core::monitor::{Group, Listening, Phase};
use wb_core::time::Timestamp;
use wb_ports::MetricSource;
use wb_store::monitors::{Damaged, Place};
use wb_store::save::Loaded;

use super::Known;
use super::commit::{Candidate, Evaluation};
use super::graph::{Copied, age_class, copy, copy_every_s};
use super::observe::{Due, Observed, observe};
use super::us::Quiet;
use crate::app::App;
use crate::error::AppError;
use crate::live::Hint;
use crate::workers::Report;

/// Seconds between two copies of the points of a group that keeps firing, at least.
const COPY_EVERY_S: i64 = 15;

/// After how many seconds without a look at the monitors this process did not run.
const SLEPT_S: i64 = 120;

/// Groups with an episode under way, by monitor and by the name of their series.
pub(super) type Active = BTreeMap<MonitorId, BTreeMap<String, Group>>;

impl App {
    /// Evaluates every monitor that is due at `now` over the points of `source`.
    pub(crate) async fn watch(
        self: &Arc<Self>,
        source: &Arc<dyn MetricSource>,
        now: Timestamp,
    ) -> Result<Report, AppError> {
        let config = self.refresh_config().await?;
        let now_s = now.as_secs();
        let quiet = self.listen(source.last_heard_s(), now_s);
        let mut report = Report::default();
        // Monitors that still see something are judged, whatever becomes of the alert about us.
        if let Err(error) = self.tell_about_us(source, quiet).await {
            report.failed += 1;
            tracing::error!(%error, "the alert about missing metrics could not be told: {error}");
        }
        let due = self.due(&config, now_s);
        let (active, damaged) = self.active_groups().await?;
        let gone: Vec<MonitorId> = active
            .keys()
            .copied()
            .filter(|id| !config.monitors.contains_key(id))
            .collect();
        if due.is_empty() && gone.is_empty() {
            report.failed += self.tell_of_failing(&config, &[], &damaged, now_s).await;
            return Ok(report);
        }
        let seen = read_all(Arc::clone(source), due, now_s).await?;
        let moved = self.moved_targets(&seen, &active).await?;
        let judged: Vec<MonitorId> = seen.iter().map(|(due, _)| due.id).collect();
        let mut running = JoinSet::new();
        for monitor in gone {
            let evaluation = farewell(monitor, &active, now_s);
            let app = Arc::clone(self);
            running.spawn(async move { app.commit_evaluation(evaluation).await });
        }
        for (due, observed) in seen {
            let evaluation = self.judge(&config, &due, &observed, &active, &moved, now);
            if evaluation.candidates.is_empty() {
                continue;
            }
            let (app, source) = (Arc::clone(self), Arc::clone(source));
            running.spawn(async move {
                let evaluation = with_points(source, due, evaluation, now_s).await;
                app.commit_evaluation(evaluation).await
            });
        }
        while let Some(written) = running.join_next().await {
            match written {
                Ok(Ok(changes)) => report.done += changes,
                Ok(Err(error)) => {
                    report.failed += 1;
                    tracing::error!(%error, "an evaluation could not be written: {error}");
                }
                Err(panic) => {
                    report.failed += 1;
                    tracing::error!(%panic, "an evaluation panicked: {panic}");
                }
            }
        }
        report.failed += self
            .tell_of_failing(&config, &judged, &damaged, now_s)
            .await;
        self.copy_points(source, &config, active, now).await?;
        Ok(report)
    }

    /// Takes in when the last sample came; returns for how long nothing came at all, and whether
    /// anything did since we began to listen. A process that did not run for a while, such as one
    /// whose host slept, begins anew: what it did not hear then says nothing.
    fn listen(&self, last_s: Option<i64>, now_s: i64) -> Quiet {
        self.monitors.with(|state| {
            let slept_s = now_s.saturating_sub(state.awake_s);
            state.awake_s = now_s;
            if slept_s > SLEPT_S {
                state.listening = None;
                state.began_s = now_s;
            }
            let is_heard = last_s.is_some_and(|last_s| last_s >= state.began_s);
            let listening = state
                .listening
                .get_or_insert_with(|| Listening::begin(now_s));
            listening.heard(last_s);
            Quiet {
                silence_s: listening.silence_s(now_s),
                patience_s: listening.patience_s(),
                is_heard,
            }
        })
    }

    /// The monitors whose next evaluation is due. Each has a phase of its own within its period, so
    /// that those of one period do not run all at once.
    fn due(&self, config: &Config, now_s: i64) -> Vec<Due> {
        self.monitors.with(|state| {
            state
                .monitors
                .retain(|id, _| config.monitors.contains_key(id));
            let mut due = Vec::new();
            for (id, monitor) in &config.monitors {
                let rule = &monitor.value;
                let due_s = last_due_s(*id, rule.every_s, now_s);
                let known = state
                    .monitors
                    .entry(*id)
                    .and_modify(|known| {
                        if known.version != monitor.version {
                            *known = known.edited(monitor.version, &rule.target);
                        }
                    })
                    .or_insert_with(|| Known::new(monitor.version, &rule.target, due_s));
                if known.due_s >= due_s {
                    continue;
                }
                known.due_s = due_s;
                due.push(Due {
                    id: *id,
                    version: monitor.version,
                    rule: rule.clone(),
                    target: known.target.clone(),
                    due_s,
                    look_back: !known.looked_back,
                });
            }
            due
        })
    }

    /// All groups with an episode under way, and those that cannot be read.
    pub(super) async fn active_groups(&self) -> Result<(Active, Vec<Damaged>), AppError> {
        let (mut active, mut damaged) = (Active::new(), Vec::new());
        let mut next = Some(Place::FIRST);
        while let Some(from) = next {
            let (page, after) = self
                .store
                .read(move |tx| Ok::<_, AppError>(wb_store::monitors::active(tx, from)?))
                .await?;
            for Loaded { state, .. } in page.good {
                active
                    .entry(state.monitor)
                    .or_default()
                    .insert(state.name.clone(), state);
            }
            damaged.extend(page.damaged);
            next = after;
        }
        Ok((active, damaged))
    }

    /// The versions, by monitor, whose target was another one than today's, of groups whose monitor
    /// sees no series at all. Only then is it known that it was pointed elsewhere, and not that this
    /// node has no samples.
    async fn moved_targets(
        &self,
        seen: &[(Due, Observed)],
        active: &Active,
    ) -> Result<BTreeSet<(MonitorId, u32)>, AppError> {
        let mut asked = BTreeMap::new();
        let blind = seen
            .iter()
            .filter(|(_, observed)| observed.error.is_none() && observed.series.is_empty());
        for (due, _) in blind {
            let groups = active.get(&due.id).into_iter().flat_map(BTreeMap::values);
            let edited = groups.filter(|group| group.version != due.version);
            asked.extend(edited.map(|group| ((due.id, group.version), due.rule.target.clone())));
        }
        if asked.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.store
            .read(move |tx| {
                let mut moved = BTreeSet::new();
                for ((id, version), target) in &asked {
                    let before = wb_store::config::monitor_at(tx, *id, *version)?;
                    if before.is_some_and(|before| before.target != *target) {
                        moved.insert((*id, *version));
                    }
                }
                Ok::<_, AppError>(moved)
            })
            .await
    }

    /// Judges what was read, over the groups as they were a moment ago; those that may change are
    /// the candidates of a transaction.
    fn judge(
        &self,
        config: &Config,
        due: &Due,
        observed: &Observed,
        active: &Active,
        moved: &BTreeSet<(MonitorId, u32)>,
        now: Timestamp,
    ) -> Evaluation {
        let now_s = now.as_secs();
        let none = BTreeMap::new();
        let groups = active.get(&due.id).unwrap_or(&none);
        let ctx = Ctx {
            now,
            input: uuid::Uuid::nil(),
            config,
        };
        let candidates = self.monitors.with(|state| {
            if let (Some(listening), Some(apart_s)) = (&mut state.listening, observed.apart_s()) {
                listening.expect(apart_s);
            }
            let listening = state.listening.clone();
            let listened = |from_s: i64, step_s: i64| {
                let listening = listening.as_ref();
                listening.map_or(0, |listening| {
                    listening.listened_s(from_s, due.rule.silence_s(step_s))
                })
            };
            let Some(known) = state.monitors.get_mut(&due.id) else {
                return Vec::new();
            };
            known.learn(now_s, observed);
            if observed.error.is_some() {
                return Vec::new();
            }
            // Without any series this node has nothing to judge by; another one may have.
            if observed.series.is_empty() {
                let left = groups.values();
                let left = left.filter(|group| moved.contains(&(due.id, group.version)));
                return left.map(|group| gone_candidate(&group.name)).collect();
            }
            candidates(due, observed, groups, known, listened)
        });
        let may_change = |candidate: &Candidate| {
            let group = groups.get(&candidate.name);
            candidate
                .decide(group, due.id, due.version, Some(&due.rule), ctx)
                .is_some()
        };
        Evaluation {
            monitor: due.id,
            version: due.version,
            due_s: due.due_s,
            candidates: candidates.into_iter().filter(may_change).collect(),
        }
    }

    /// Copies the points of groups that keep firing, so that the incident's graph goes on and
    /// outlives the metric store.
    async fn copy_points(
        self: &Arc<Self>,
        source: &Arc<dyn MetricSource>,
        config: &Config,
        active: Active,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let now_s = now.as_secs();
        for (id, mut groups) in active {
            let Some(monitor) = config.monitors.get(&id) else {
                continue;
            };
            let (target, since_s) = self
                .monitors
                .with(|state| match state.monitors.get_mut(&id) {
                    Some(known) => (
                        known.target.clone().ok(),
                        known.due_for_copy(&groups, now_s),
                    ),
                    None => (None, BTreeMap::new()),
                });
            let Some(target) = target.filter(|_| !since_s.is_empty()) else {
                continue;
            };
            groups.retain(|name, _| since_s.contains_key(name));
            let (source, rule) = (Arc::clone(source), monitor.value.clone());
            let copied = tokio::task::spawn_blocking(move || {
                copy(&rule, &target, &*source, &since_s, now_s)
            })
            .await
            .map_err(|error| AppError::Internal(error.to_string()))?;
            self.refresh_graphs(groups, copied, now).await?;
        }
        Ok(())
    }

    async fn refresh_graphs(
        &self,
        groups: BTreeMap<String, Group>,
        copied: BTreeMap<String, Copied>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let wanted: Vec<_> = copied
            .into_iter()
            .filter_map(|(name, copied)| Some((groups.get(&name)?.clone(), copied)))
            .collect();
        self.store
            .write(wb_store::db::Lane::Maintenance, move |tx| {
                for (group, copied) in &wanted {
                    for mut row in wb_store::graphs::live(tx, group.monitor, &group.dedup_key())? {
                        row.at = now;
                        copied.refresh(&mut row.graph);
                        wb_store::graphs::put(tx, &row)?;
                    }
                }
                Ok::<_, AppError>(())
            })
            .await
    }

    /// Tells the views that a monitor changed.
    pub(super) fn monitor_changed(&self, id: MonitorId) {
        let team = self
            .config()
            .team_of(wb_core::config::ObjectId::Monitor(id));
        self.live.tell(Hint {
            kind: "monitor",
            id: id.to_string(),
            version: 0,
            team,
        });
    }
}

/// When the evaluation of a monitor was due last, in seconds since 1970 UTC.
fn last_due_s(id: MonitorId, every_s: u32, now_s: i64) -> i64 {
    let every_s = i64::from(every_s.max(1));
    let (_, low) = id.0.as_u64_pair();
    let phase_s = i64::try_from(low % every_s.unsigned_abs()).unwrap_or(0);
    now_s - (now_s - phase_s).rem_euclid(every_s)
}

async fn read_all(
    source: Arc<dyn MetricSource>,
    due: Vec<Due>,
    now_s: i64,
) -> Result<Vec<(Due, Observed)>, AppError> {
    tokio::task::spawn_blocking(move || {
        due.into_iter()
            .map(|due| {
                let observed = observe_caught(&due, &*source, now_s);
                (due, observed)
            })
            .collect()
    })
    .await
    .map_err(|error| AppError::Internal(format!("reading series failed: {error}")))
}

/// Reads one monitor; a panic is its error and nobody else's.
fn observe_caught(due: &Due, source: &dyn MetricSource, now_s: i64) -> Observed {
    let observed = catch_unwind(AssertUnwindSafe(|| observe(due, source, now_s)));
    observed.unwrap_or_else(|_| {
        tracing::error!(monitor = %due.id, "reading the series of {} panicked", due.id);
        Observed {
            error: Some("reading its series panicked; the log says where".to_owned()),
            ..Observed::default()
        }
    })
}

/// Everything there is to judge: the series that were read, those known to have been alive, and
/// groups with an episode under way.
fn candidates(
    due: &Due,
    observed: &Observed,
    groups: &BTreeMap<String, Group>,
    known: &Known,
    listened_s: impl Fn(i64, i64) -> i64,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = observed
        .series
        .iter()
        .map(|seen| {
            let last_at_s = known.last.get(&seen.name).map(|point| point.at_s);
            let episode_s = groups.get(&seen.name).and_then(since_s);
            let last_at_s = last_at_s.or(episode_s);
            Candidate {
                name: seen.name.clone(),
                since_s: episode_s,
                points: seen.points.clone(),
                step_s: seen.step_s,
                last_at_s,
                listened_s: last_at_s.map_or(0, |at_s| listened_s(at_s, seen.step_s)),
                is_gone: false,
                copied: None,
            }
        })
        .collect();
    let read: BTreeSet<&str> = observed.series.iter().map(|s| s.name.as_str()).collect();
    let absent = known.last.keys().chain(groups.keys());
    let absent: BTreeSet<&String> = absent
        .filter(|name| !read.contains(name.as_str()))
        .collect();
    // With series left out, those that were not read are unknown and not absent.
    if observed.left_out > 0 {
        return found;
    }
    for name in absent {
        let group = groups.get(name);
        let last_at_s = known.last.get(name).map(|point| point.at_s);
        let last_at_s = last_at_s.or_else(|| group.map(|group| group.updated_at.as_secs()));
        found.push(Candidate {
            name: name.clone(),
            since_s: group.and_then(since_s),
            points: Vec::new(),
            step_s: 0,
            last_at_s,
            listened_s: last_at_s.map_or(0, |at_s| listened_s(at_s, 0)),
            is_gone: group.is_some_and(|group| group.version != due.version),
            copied: None,
        });
    }
    found
}

/// A group whose monitor does not look at it any more.
fn gone_candidate(name: &str) -> Candidate {
    Candidate {
        name: name.to_owned(),
        since_s: None,
        points: Vec::new(),
        step_s: 0,
        last_at_s: None,
        listened_s: 0,
        is_gone: true,
        copied: None,
    }
}

/// Ends the episodes of a monitor that was deleted.
fn farewell(monitor: MonitorId, active: &Active, now_s: i64) -> Evaluation {
    let groups = active.get(&monitor).into_iter().flat_map(BTreeMap::values);
    let mut version = 0;
    let candidates = groups
        .map(|group| {
            version = version.max(group.version);
            gone_candidate(&group.name)
        })
        .collect();
    Evaluation {
        monitor,
        version,
        due_s: now_s,
        candidates,
    }
}

/// Adds the points for the incidents' graphs: of an episode that ends all of it, of one that begins
/// what led to it.
async fn with_points(
    source: Arc<dyn MetricSource>,
    due: Due,
    mut evaluation: Evaluation,
    now_s: i64,
) -> Evaluation {
    let Ok(target) = due.target.clone() else {
        return evaluation;
    };
    let began_s = now_s - i64::from(due.rule.for_s.max(due.rule.recover_for_s));
    let candidates = evaluation.candidates.iter();
    let since_s = candidates.map(|candidate| {
        let since_s = candidate.since_s.unwrap_or(began_s);
        (candidate.name.clone(), since_s)
    });
    let since_s: BTreeMap<String, i64> = since_s.collect();
    let mut copied =
        tokio::task::spawn_blocking(move || copy(&due.rule, &target, &*source, &since_s, now_s))
            .await
            .unwrap_or_default();
    for candidate in &mut evaluation.candidates {
        candidate.copied = copied.remove(&candidate.name);
    }
    evaluation
}

impl Known {
    /// The groups whose points are to be copied again, with the beginnings of their episodes.
    fn due_for_copy(
        &mut self,
        groups: &BTreeMap<String, Group>,
        now_s: i64,
    ) -> BTreeMap<String, i64> {
        let mut classes: BTreeMap<u32, bool> = BTreeMap::new();
        let copied_s = &mut self.copied_s;
        let mut is_due = |since_s: i64| {
            let class = age_class(since_s, now_s);
            *classes.entry(class).or_insert_with(|| {
                let last_s = copied_s.get(&class).copied();
                let is_due =
                    last_s.is_none_or(|last_s| now_s - last_s >= copy_every_s(class, COPY_EVERY_S));
                if is_due {
                    copied_s.insert(class, now_s);
                }
                is_due
            })
        };
        groups
            .iter()
            .filter_map(|(name, group)| Some((name.clone(), since_s(group)?)))
            .filter(|(_, since_s)| is_due(*since_s))
            .collect()
    }
}

fn since_s(group: &Group) -> Option<i64> {
    match group.phase {
        Phase::Well => None,
        Phase::Firing { since_s } | Phase::Silent { since_s } => Some(since_s),
    }
}
