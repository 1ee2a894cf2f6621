//! The unit of work: collects what one transaction writes, over any number of aggregates, and
//! flushes it as sets in a fixed order of tables, each sorted by key.
//!
//! The order (inputs, signals, monitors' groups, alerts, incidents, turns, outbox, facts) and the sorting are the same for
//! everybody, so two transactions on PostgreSQL never wait for each other in a circle. New alerts
//! are sorted by integration and key, not by id: two nodes that get the same events at the same
//! time, from a pair of senders, meet in the index of open keys.

mod outbox;
mod sets;
mod turns;

use std::collections::BTreeMap;

use uuid::Uuid;
use wb_core::DECIDER_VERSION;
use wb_core::actor::Actor;
use wb_core::alert::{Alert, AlertFact};
use wb_core::chain::{self, GENESIS, Hash, Link};
use wb_core::decision::{Decided, Decision};
use wb_core::event::Severity;
use wb_core::ids::{AlertId, GroupId, IncidentId, IntegrationId, ServiceId, SignalId};
use wb_core::incident::{Incident, IncidentFact, IncidentInput};
use wb_core::monitor::{Group, GroupFact};
use wb_core::time::Timestamp;

use crate::codec::{self, EncodedFact, StoredFact};
use crate::db::{DbKind, Error, Tx, Value};
use crate::read::{clean, int, put_checked};
use crate::row;

/// An aggregate's state with its place in its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded<S> {
    /// The state.
    pub state: S,
    /// The last fact it was folded from.
    pub head: Head,
}

/// The last fact of a stream. Its number is the aggregate's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A signal with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalRow {
    /// Its id.
    pub id: SignalId,
    /// Through which integration it came.
    pub integration: IntegrationId,
    /// When.
    pub at: Timestamp,
    /// The received bytes; equal ones are stored once.
    pub body: Vec<u8>,
    /// What the sender said they are.
    pub content_type: Option<String>,
    /// The sender's address.
    pub remote: Option<String>,
    /// What its event asked for.
    pub action: &'static str,
    /// Its event's key.
    pub dedup_key: String,
    /// What became of it: a word of [`wb_core::alert::AlertOutcome`], or `failed`.
    pub outcome: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// The alert it concerned.
    pub alert: Option<AlertId>,
    /// The incident it concerned.
    pub incident: Option<IncidentId>,
    /// The configuration it was decided by.
    pub config_epoch: i64,
}

/// What led to a decision, other than a signal: a command, a tick, a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRow {
    /// Its id, from which the decision's ids are derived.
    pub id: Uuid,
    /// What it was.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The stream it was about.
    pub stream: String,
    /// What was asked.
    pub body: InputBody,
    /// The configuration it was decided by.
    pub config_epoch: i64,
}

/// What was asked of a decision. Its free text is not kept here: a fact has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputBody {
    /// Open an incident by hand.
    Declare {
        /// About which service.
        service: ServiceId,
        /// How bad it is.
        severity: Severity,
    },
    /// Decide about an incident.
    Incident(IncidentInput),
    /// Let sending go that was held.
    ResumeSending {
        /// What was due before this was dropped.
        drop_before: Option<Timestamp>,
    },
}

/// The writes of one transaction. Nothing reaches the database before [`Save::flush`].
#[derive(Debug)]
pub struct Save {
    facts: FactLog,
    inputs: BTreeMap<Uuid, InputRow>,
    signals: BTreeMap<SignalId, SignalRow>,
    groups: BTreeMap<GroupId, AggregateRow>,
    alerts: BTreeMap<AlertId, AggregateRow>,
    incidents: BTreeMap<IncidentId, AggregateRow>,
    counts: BTreeMap<AlertId, (i64, Timestamp)>,
    outbox: outbox::Changes,
    turns: turns::Changes,
}

/// One aggregate's row, ready to be written.
#[derive(Debug)]
struct AggregateRow {
    is_new: bool,
    /// What new rows are sorted by before their ids, where others may insert an equal one.
    key: Option<(IntegrationId, String)>,
    values: Vec<Value>,
}

/// New facts with their texts, chained to what was there.
#[derive(Debug)]
pub(crate) struct FactLog {
    salt_key: [u8; 32],
    facts: BTreeMap<(String, u64), Vec<Value>>,
    texts: BTreeMap<(String, u64), Vec<Value>>,
}

impl Save {
    /// An empty unit of work; `salt_key` is the instance's secret for the salts of texts.
    #[must_use]
    pub const fn new(salt_key: [u8; 32]) -> Self {
        Self {
            facts: FactLog::new(salt_key),
            inputs: BTreeMap::new(),
            signals: BTreeMap::new(),
            groups: BTreeMap::new(),
            alerts: BTreeMap::new(),
            incidents: BTreeMap::new(),
            counts: BTreeMap::new(),
            outbox: outbox::Changes::new(),
            turns: turns::Changes::new(),
        }
    }

    /// Saves what was decided about an alert: its row, facts and texts. `before` is where its
    /// stream stood when it was loaded, none for a new alert. A decision without facts writes
    /// nothing.
    ///
    /// # Errors
    /// When the alert was saved before in this unit of work, or cannot be encoded.
    pub fn alert(
        &mut self,
        before: Option<Head>,
        decision: &Decision<Alert, AlertFact>,
    ) -> Result<(), Error> {
        let state = &decision.state;
        if decision.facts.is_empty() {
            return Ok(());
        }
        let head = self
            .facts
            .append(&state.id.to_string(), before, &decision.facts)?;
        let bytes = codec::encode_alert(state)?;
        let values = match before {
            None => sets::new_alert(state, head, bytes),
            Some(before) => sets::changed_alert(state, before, head, bytes),
        };
        let row = AggregateRow {
            is_new: before.is_none(),
            key: Some((state.integration, state.event.dedup_key.clone())),
            values,
        };
        once(self.alerts.insert(state.id, row), state.id)
    }

    /// Saves what was decided about an incident: its row, wake-up, facts, texts, and the changes of
    /// the outbox. A decision without facts writes nothing.
    ///
    /// # Errors
    /// When the incident was saved before in this unit of work, or cannot be encoded.
    pub fn incident(
        &mut self,
        before: Option<Head>,
        decision: &Decision<Incident, IncidentFact>,
    ) -> Result<(), Error> {
        let state = &decision.state;
        if decision.facts.is_empty() {
            return Ok(());
        }
        let head = self
            .facts
            .append(&state.id.to_string(), before, &decision.facts)?;
        let bytes = codec::encode_incident(state)?;
        let values = match before {
            None => sets::new_incident(state, head, bytes),
            Some(before) => sets::changed_incident(state, before, head, bytes),
        };
        self.outbox.add(&decision.effects);
        self.turns.add(&decision.effects);
        let row = AggregateRow {
            is_new: before.is_none(),
            key: None,
            values,
        };
        once(self.incidents.insert(state.id, row), state.id)
    }

    /// Saves what was decided about a monitor's group: its row and facts. A decision without facts
    /// writes nothing.
    ///
    /// # Errors
    /// When the group was saved before in this unit of work, or cannot be encoded.
    pub fn group(
        &mut self,
        before: Option<Head>,
        decision: &Decision<Group, GroupFact>,
    ) -> Result<(), Error> {
        let state = &decision.state;
        if decision.facts.is_empty() {
            return Ok(());
        }
        let head = self
            .facts
            .append(&state.id.to_string(), before, &decision.facts)?;
        let bytes = codec::encode_group(state)?;
        let values = match before {
            None => sets::new_group(state, head, bytes),
            Some(before) => sets::changed_group(state, before, head, bytes),
        };
        let row = AggregateRow {
            is_new: before.is_none(),
            key: None,
            values,
        };
        once(self.groups.insert(state.id, row), state.id)
    }

    /// Saves a signal with its payload.
    pub fn signal(&mut self, row: SignalRow) {
        self.signals.insert(row.id, row);
    }

    /// Counts one more signal of an alert, the opening one too.
    pub fn count(&mut self, alert: AlertId, at: Timestamp) {
        let (count, last_seen) = self.counts.entry(alert).or_insert((0, at));
        *count += 1;
        *last_seen = at.max(*last_seen);
    }

    /// Saves what led to a decision.
    pub fn input(&mut self, row: InputRow) {
        self.inputs.insert(row.id, row);
    }

    /// Writes everything.
    ///
    /// # Errors
    /// [`Error::Conflict`] when an aggregate moved since it was loaded, when an alert with the same
    /// key (or the same group) opened meanwhile, or when a delivery to be cancelled was claimed; or the store's error.
    pub fn flush(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let inputs = self.inputs.into_values().map(input_values);
        let inputs: Vec<_> = inputs.collect::<Result<_, _>>()?;
        tx.put_many(&sets::PUT_INPUT, &inputs)?;
        let signals: Vec<(Hash, SignalRow)> =
            self.signals.into_values().map(sets::hashed).collect();
        sets::put_payloads(tx, &signals)?;
        let rows: Vec<_> = signals.iter().map(sets::signal).collect();
        tx.put_many(&sets::PUT_SIGNAL, &rows)?;
        let (new, changed) = split(self.groups.into_values());
        put_checked(tx, &sets::UPDATE_GROUP, &changed)?;
        put_checked(tx, &sets::INSERT_GROUP, &new)?;
        // Alerts that close come before alerts that open: both may have the same key.
        let (new, changed) = split(self.alerts.into_values());
        put_checked(tx, &sets::UPDATE_ALERT, &changed)?;
        put_checked(tx, &sets::INSERT_ALERT, &new)?;
        let counts = self.counts.into_iter();
        let counts: Vec<_> = counts
            .map(|(id, (n, at))| row![id.0, n, at.as_micros()])
            .collect();
        tx.put_many(&sets::COUNT_ALERT, &counts)?;
        let (new, changed) = split(self.incidents.into_values());
        put_checked(tx, &sets::UPDATE_INCIDENT, &changed)?;
        put_checked(tx, &sets::INSERT_INCIDENT, &new)?;
        self.turns.flush(tx)?;
        self.outbox.flush(tx)?;
        self.facts.flush(tx)
    }
}

impl FactLog {
    pub(crate) const fn new(salt_key: [u8; 32]) -> Self {
        Self {
            salt_key,
            facts: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Chains facts to a stream and returns its new head.
    fn append<F: StoredFact>(
        &mut self,
        stream: &str,
        before: Option<Head>,
        facts: &[Decided<F>],
    ) -> Result<Head, Error> {
        let mut head = before.unwrap_or(Head {
            seq: 0,
            hash: GENESIS,
        });
        for decided in facts {
            let encoded = decided.fact.encode()?;
            head = self.append_one(stream, head, decided.at, decided.actor, encoded)?;
        }
        Ok(head)
    }

    /// Chains one fact to a stream and returns its new head.
    pub(crate) fn append_one(
        &mut self,
        stream: &str,
        before: Head,
        at: Timestamp,
        actor: Actor,
        fact: EncodedFact,
    ) -> Result<Head, Error> {
        let seq = before.seq + 1;
        let key = (stream.to_owned(), seq);
        let salt = chain::salt(&self.salt_key, stream, seq);
        let kind = fact.kind;
        if let Some(text) = &fact.text {
            let values = row![
                stream,
                int(seq),
                at.as_micros(),
                text.kind.word(),
                &salt[..],
                text.bytes.as_slice(),
            ];
            self.texts.insert(key.clone(), values);
        }
        let body = fact.seal(&salt)?;
        let actor = codec::actor_text(actor);
        let link = Link {
            stream,
            seq,
            at,
            actor: &actor,
            kind,
            body: &body,
        };
        let hash = chain::hash(&before.hash, &link);
        let values = row![
            stream,
            int(seq),
            at.as_micros(),
            actor,
            kind,
            body,
            &before.hash[..],
            &hash[..],
        ];
        self.facts.insert(key, values);
        Ok(Head { seq, hash })
    }

    pub(crate) fn flush(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let facts: Vec<_> = self.facts.into_values().collect();
        tx.put_many(&sets::PUT_FACT, &facts)?;
        let texts: Vec<_> = self.texts.into_values().collect();
        tx.put_many(&sets::PUT_TEXT, &texts)?;
        Ok(())
    }
}

fn input_values(input: InputRow) -> Result<Vec<Value>, Error> {
    Ok(row![
        input.id,
        input.kind,
        input.at.as_micros(),
        codec::actor_text(input.actor),
        clean(&input.stream),
        input.config_epoch,
        DECIDER_VERSION,
        codec::encode_input(&input.body)?,
    ])
}

/// Refuses a second save of one aggregate: its facts belong together.
fn once<R>(earlier: Option<R>, id: impl std::fmt::Display) -> Result<(), Error> {
    match earlier {
        None => Ok(()),
        Some(_) => Err(Error::db(
            DbKind::Other,
            format!("{id} was saved twice in one transaction; merge its decisions first"),
        )),
    }
}

/// The values of new rows and of changed ones, each in the order of their keys and ids.
fn split(rows: impl Iterator<Item = AggregateRow>) -> (Vec<Vec<Value>>, Vec<Vec<Value>>) {
    let (mut new, changed): (Vec<_>, Vec<_>) = rows.partition(|row| row.is_new);
    new.sort_by(|a, b| a.key.cmp(&b.key));
    let values = |rows: Vec<AggregateRow>| rows.into_iter().map(|row| row.values).collect();
    (values(new), values(changed))
}
