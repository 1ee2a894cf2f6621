//! The transaction of an evaluation that changes something.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wb_core::config::{Config, Monitor};
use wb_core::decision::Ctx;
use wb_core::ids::{GroupId, MonitorId, NodeId, ServiceId, SignalId, derive};
use wb_core::monitor::{self, Group, GroupDecision, INTEGRATION, Point, Subject};
use wb_core::time::Timestamp;
use wb_store::db::{Lane, Tx};
use wb_store::graphs::{self, GraphRow};
use wb_store::monitors;
use wb_store::save::{Loaded, Save};

use super::graph::Copied;
use super::{CHANGES_MAX, event};
use crate::app::App;
use crate::error::AppError;
use crate::ingest::{Batch, Ingested, Item};

/// A group that may change, with everything that is judged.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) name: String,
    /// When its episode began, if one is under way.
    pub(super) since_s: Option<i64>,
    pub(super) points: Vec<Point>,
    /// The distance between two values, in seconds; 0 when that is not known.
    pub(super) step_s: i64,
    pub(super) last_at_s: Option<i64>,
    pub(super) listened_s: i64,
    /// Its monitor no longer selects it, or is gone.
    pub(super) is_gone: bool,
    /// Its points for the incident's graph.
    pub(super) copied: Option<Copied>,
}

/// An evaluation whose outcome is to be written.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    pub(super) monitor: MonitorId,
    pub(super) version: u32,
    pub(super) due_s: i64,
    pub(super) candidates: Vec<Candidate>,
}

/// What the transaction needs besides the evaluation.
#[derive(Clone)]
struct Writer {
    batch: Batch,
    salt_key: [u8; 32],
    node: NodeId,
    now: Timestamp,
    input: uuid::Uuid,
    catch_all: Option<ServiceId>,
}

impl Evaluation {
    /// The same evaluation of some of its groups.
    fn part(&self, candidates: &[Candidate]) -> Self {
        Self {
            candidates: candidates.to_vec(),
            ..*self
        }
    }
}

impl Candidate {
    /// What becomes of this group, if anything.
    pub(super) fn decide(
        &self,
        group: Option<&Group>,
        monitor: MonitorId,
        version: u32,
        rule: Option<&Monitor>,
        ctx: Ctx<'_>,
    ) -> Option<GroupDecision> {
        let Some(rule) = rule.filter(|_| !self.is_gone) else {
            return monitor::close(group?, version, ctx);
        };
        let subject = Subject {
            monitor,
            version,
            rule,
            name: &self.name,
        };
        let seen = monitor::Seen {
            points: &self.points,
            step_s: self.step_s,
            last_at_s: self.last_at_s,
            listened_s: self.listened_s,
        };
        monitor::decide(group, subject, seen, ctx)
    }
}

impl App {
    /// Writes an evaluation: claims it, judges again over what is stored, and takes the events in.
    /// Nothing happens when another node was first or the monitor was edited meanwhile. Many changes
    /// are written in parts, and a part that something damaged spoils is written group by group.
    pub(super) async fn commit_evaluation(
        self: &Arc<Self>,
        evaluation: Evaluation,
    ) -> Result<u64, AppError> {
        let monitor = evaluation.monitor;
        let (mut changes, mut broken) = (0, Ok(()));
        for part in evaluation.candidates.chunks(CHANGES_MAX) {
            match self.commit_part(evaluation.part(part), None).await {
                Err(AppError::Internal(reason)) => {
                    tracing::error!(%reason, "an evaluation is written group by group: {reason}");
                    for one in part.chunks(1) {
                        match self.commit_alone(evaluation.part(one)).await {
                            Ok(done) => changes += done,
                            Err(error) => broken = Err(error),
                        }
                    }
                }
                done => changes += done?,
            }
        }
        if changes > 0 {
            self.monitor_changed(monitor);
        }
        broken.map(|()| changes)
    }

    /// Writes the change of one group; where its event cannot be decided the admins are told, as of
    /// any other sender's.
    async fn commit_alone(self: &Arc<Self>, evaluation: Evaluation) -> Result<u64, AppError> {
        match self.commit_part(evaluation.clone(), None).await {
            Err(AppError::Internal(reason)) => self.commit_part(evaluation, Some(reason)).await,
            done => done,
        }
    }

    async fn commit_part(
        self: &Arc<Self>,
        evaluation: Evaluation,
        failure: Option<String>,
    ) -> Result<u64, AppError> {
        let writer = Writer {
            batch: self.batch(failure),
            salt_key: self.vault.salt_key(),
            node: self.node.id,
            now: self.now(),
            input: self.fresh_id(),
            catch_all: self.catch_all(),
        };
        let evaluation = Arc::new(evaluation);
        let done = self
            .decide(Lane::Timers, move |tx, config| {
                writer.run(tx, config, &evaluation)
            })
            .await?;
        for ingested in &done {
            self.ingested(ingested);
        }
        Ok(done.len() as u64)
    }
}

impl Writer {
    fn run(
        &self,
        tx: &mut Tx<'_>,
        config: &Config,
        evaluation: &Evaluation,
    ) -> Result<Vec<Ingested>, AppError> {
        let stored = config.monitors.get(&evaluation.monitor);
        if stored.is_some_and(|stored| stored.version != evaluation.version) {
            return Ok(Vec::new());
        }
        match stored {
            Some(stored) => {
                let claim = monitors::Claim {
                    monitor: evaluation.monitor,
                    due_s: evaluation.due_s,
                    latest_s: self.now.as_secs() + i64::from(stored.value.every_s),
                    node: self.node,
                };
                if !monitors::claim(tx, claim)? {
                    return Ok(Vec::new());
                }
            }
            // What is left of a deleted monitor ends once, whoever does it: nothing is evaluated.
            None => monitors::forget(tx, evaluation.monitor)?,
        }
        let rule = stored.map(|stored| &stored.value);
        let ids = evaluation.candidates.iter();
        let ids = ids.map(|candidate| Group::id_of(evaluation.monitor, &candidate.name));
        let found = monitors::by_ids(tx, ids)?;
        let damaged: BTreeSet<GroupId> = found.damaged.iter().map(|row| row.group).collect();
        let groups = found.good.into_iter();
        let groups: BTreeMap<_, _> = groups.map(|loaded| (loaded.state.id, loaded)).collect();
        let mut save = Save::new(self.salt_key);
        let mut changes = Vec::new();
        for candidate in &evaluation.candidates {
            // What became of it so far cannot be read, so nothing can be decided about it.
            if damaged.contains(&Group::id_of(evaluation.monitor, &candidate.name)) {
                continue;
            }
            changes.extend(self.change(config, evaluation, rule, candidate, &groups, &mut save)?);
        }
        save.flush(tx)?;
        let items: Vec<Arc<Item>> = changes
            .iter()
            .map(|change| Arc::clone(&change.item))
            .collect();
        let done = self.batch.run(tx, config, &items)?;
        for (change, ingested) in changes.iter().zip(&done) {
            self.keep_graph(tx, change, ingested)?;
        }
        Ok(done)
    }

    /// Decides about one group and saves it; the event it gives is taken in afterwards.
    fn change<'a>(
        &self,
        config: &Config,
        evaluation: &Evaluation,
        rule: Option<&Monitor>,
        candidate: &'a Candidate,
        groups: &BTreeMap<GroupId, Loaded<Group>>,
        save: &mut Save,
    ) -> Result<Option<Change<'a>>, AppError> {
        let id = Group::id_of(evaluation.monitor, &candidate.name);
        let loaded = groups.get(&id);
        let kind = format!("signal {id}");
        let signal = SignalId(derive(self.now, self.input, &kind, 0));
        let ctx = Ctx {
            now: self.now,
            input: signal.0,
            config,
        };
        let group = loaded.map(|loaded| &loaded.state);
        let Some(decided) =
            candidate.decide(group, evaluation.monitor, evaluation.version, rule, ctx)
        else {
            return Ok(None);
        };
        save.group(loaded.map(|loaded| loaded.head), &decided.decision)?;
        let state = decided.decision.state;
        let Some(fact) = decided.decision.facts.into_iter().next() else {
            return Ok(None);
        };
        let service = rule
            .map(|rule| rule.service)
            .filter(|service| config.services.contains_key(service))
            .or(self.catch_all);
        let item = Item {
            signal,
            integration: INTEGRATION,
            service,
            event: event::event(rule, &state, &fact.fact, decided.command, self.now),
            raw: event::signal(&state, &fact.fact, &candidate.points),
            at: self.now,
        };
        Ok(Some(Change {
            item: Arc::new(item),
            group: state,
            candidate,
        }))
    }

    /// Copies the points beside the incident; at the end of an episode for the last time.
    fn keep_graph(
        &self,
        tx: &mut Tx<'_>,
        change: &Change<'_>,
        ingested: &Ingested,
    ) -> Result<(), AppError> {
        let key = change.group.dedup_key();
        let is_final = !change.group.is_active();
        let mut rows = graphs::live(tx, change.group.monitor, &key)?;
        match (&change.candidate.copied, ingested.incident) {
            (Some(copied), Some(incident)) if rows.is_empty() && !is_final => {
                rows.push(GraphRow {
                    incident,
                    key,
                    monitor: change.group.monitor,
                    at: self.now,
                    is_final,
                    graph: copied.graph(&change.group, self.now),
                });
            }
            (copied, _) => {
                for row in &mut rows {
                    row.at = self.now;
                    row.is_final = is_final;
                    if let Some(copied) = copied {
                        copied.refresh(&mut row.graph);
                    }
                    if is_final {
                        row.graph.recovered_s = Some(self.now.as_secs());
                    }
                }
            }
        }
        for row in &rows {
            graphs::put(tx, row)?;
        }
        Ok(())
    }
}

/// A group that changed, with its event.
struct Change<'a> {
    item: Arc<Item>,
    group: Group,
    candidate: &'a Candidate,
}
