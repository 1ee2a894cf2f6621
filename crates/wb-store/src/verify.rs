//! Checking that what is stored is what was written: the chain of each stream is recomputed, its
//! facts are folded again, and the result is compared with the stored state.

mod state;

use wb_core::actor::Actor;
use wb_core::alert::{Alert, AlertFact};
use wb_core::chain::{self, GENESIS, Hash, Link};
use wb_core::decision::Decided;
use wb_core::incident::{Incident, IncidentFact};
use wb_core::monitor::{Group, GroupFact};
use wb_core::time::Timestamp;

use crate::codec::{self, StoredFact};
use crate::db::{Error, Row, Sql, Tx, sql, two};
use crate::params;
use crate::read;
use crate::save::Head;
use crate::stream::Stream;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Facts are missing.
    Missing {
        /// The first missing number.
        from: u64,
        /// The last missing number.
        to: u64,
    },
    /// A fact does not have the hash of its content: it was changed.
    Changed {
        /// Its number.
        seq: u64,
    },
    /// A fact does not follow on the one before it.
    Unlinked {
        /// Its number.
        seq: u64,
    },
    /// A fact is older than the one before it.
    TimeRunsBack {
        /// Its number.
        seq: u64,
    },
    /// A fact's text is not the one it was written with.
    TextChanged {
        /// Its number.
        seq: u64,
    },
    /// A fact has its right hash but cannot be read.
    Unreadable {
        /// Its number.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// The facts do not fold: the first one does not open anything.
    DoesNotFold,
    /// There are facts but no row.
    RowMissing,
    /// There is a row but not a single fact.
    FactsMissing,
    /// The row does not stand at the last fact.
    HeadDiffers,
    /// The row's state is not what the facts give.
    StateDiffers,
    /// The row's columns are not those of its state.
    ColumnsDiffer,
    /// The stream's name is none of ours.
    UnknownStream,
}

/// What checking one stream gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many facts it has.
    pub facts: u64,
    /// How many of them had their text erased.
    pub erased: u64,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
}

const STREAMS: Sql = sql("WITH RECURSIVE streams (name) AS (
        SELECT min(stream) FROM fact WHERE stream > $1
        UNION ALL
        SELECT (SELECT min(f.stream) FROM fact f WHERE f.stream > streams.name)
          FROM streams WHERE streams.name IS NOT NULL)
     SELECT name FROM streams WHERE name IS NOT NULL LIMIT $2");

const FACTS: Sql = sql(
    "SELECT f.seq, f.at, f.actor, f.kind, f.body, f.prev_hash, f.hash, t.salt, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream = $1 ORDER BY f.seq",
);

macro_rules! factless {
    ($prefix:literal, $table:literal) => {
        two(
            concat!(
                "SELECT name FROM (SELECT ",
                $prefix,
                " || '_' || lower(hex(id)) AS name FROM ",
                $table,
                ") n WHERE NOT EXISTS (SELECT 1 FROM fact WHERE stream = n.name)
                  ORDER BY name LIMIT $1"
            ),
            concat!(
                "SELECT name FROM (SELECT ",
                $prefix,
                " || '_' || replace(id::text, '-', '') AS name FROM ",
                $table,
                ") n WHERE NOT EXISTS (SELECT 1 FROM fact WHERE stream = n.name)
                  ORDER BY name LIMIT $1"
            ),
        )
    };
}

const FACTLESS: [Sql; 4] = [
    factless!("'alr'", "alert"),
    factless!("'inc'", "incident"),
    factless!("'grp'", "monitor_group"),
    factless!(
        "CASE kind WHEN 'team' THEN 'tea' WHEN 'user' THEN 'usr' WHEN 'endpoint' THEN 'end'
              WHEN 'service' THEN 'svc' WHEN 'integration' THEN 'int' WHEN 'policy' THEN 'pol'
              WHEN 'schedule' THEN 'sch' WHEN 'override' THEN 'ovr' WHEN 'time_off' THEN 'off'
              WHEN 'swap' THEN 'swp'
              WHEN 'monitor' THEN 'mon' WHEN 'dashboard' THEN 'dsh'
              ELSE kind END",
        "config_object"
    ),
];

/// One stored fact with its text.
struct FactRow {
    seq: u64,
    at: Timestamp,
    actor: String,
    kind: String,
    body: Vec<u8>,
    prev_hash: Hash,
    hash: Hash,
    text: Option<(Vec<u8>, Vec<u8>)>,
}

/// The names of the streams after a name, in order: the way through all of them in pieces.
///
/// # Errors
/// When the store fails.
pub fn streams(tx: &mut Tx<'_>, after: &str, limit: u32) -> Result<Vec<String>, Error> {
    tx.query(&STREAMS, params![after, limit], |row| row.text(0))
}

/// Rows that have not a single fact, by the names of their streams: each is a
/// [`Finding::FactsMissing`].
///
/// # Errors
/// When the store fails.
pub fn rows_without_facts(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for sql in &FACTLESS {
        names.extend(tx.query(sql, params![limit], |row| row.text(0))?);
    }
    Ok(names)
}

/// Checks one stream and the row that is folded from it.
///
/// # Errors
/// When the store fails; what is wrong with the data is a finding and no error.
pub fn check_stream(tx: &mut Tx<'_>, stream: &str) -> Result<Checked, Error> {
    let rows = tx.query(&FACTS, params![stream], fact_row)?;
    let mut checked = Checked {
        facts: rows.len() as u64,
        ..Checked::default()
    };
    let Some(parsed) = Stream::parse(stream) else {
        checked.findings.push(Finding::UnknownStream);
        return Ok(checked);
    };
    let Some(last) = rows.last() else {
        checked.findings.push(Finding::FactsMissing);
        return Ok(checked);
    };
    check_chain(stream, &rows, &mut checked);
    let head = Head {
        seq: last.seq,
        hash: last.hash,
    };
    let found = match parsed {
        Stream::Alert(id) => {
            let folded = fold::<Alert>(&rows, &mut checked);
            state::alert(tx, id, head, folded)?
        }
        Stream::Incident(id) => {
            let folded = fold::<Incident>(&rows, &mut checked);
            state::incident(tx, id, head, folded)?
        }
        Stream::Group(id) => {
            let folded = fold::<Group>(&rows, &mut checked);
            state::group(tx, id, head, folded)?
        }
        Stream::Object(id) => {
            let deleted = last.kind == "deleted";
            let newest = rows.iter().rev().find(|row| row.kind == "changed");
            let body = newest
                .and_then(|row| row.text.as_ref())
                .map(|(_, text)| text.as_slice());
            state::object(tx, id, head, deleted, body)?
        }
        Stream::Sending | Stream::Method(_) => Vec::new(),
    };
    checked.findings.extend(found);
    Ok(checked)
}

/// Numbers, links, hashes, times and texts of a stream's facts.
fn check_chain(stream: &str, rows: &[FactRow], checked: &mut Checked) {
    let (mut next, mut link, mut time) = (1, GENESIS, None);
    let findings = &mut checked.findings;
    for row in rows {
        let seq = row.seq;
        if seq > next {
            findings.push(Finding::Missing {
                from: next,
                to: seq - 1,
            });
        } else if row.prev_hash != link {
            findings.push(Finding::Unlinked { seq });
        }
        if row.computed_hash(stream) != row.hash {
            findings.push(Finding::Changed { seq });
        }
        if time.is_some_and(|time| row.at < time) {
            findings.push(Finding::TimeRunsBack { seq });
        }
        match row.text_state() {
            TextState::Kept | TextState::None => {}
            TextState::Erased => checked.erased += 1,
            TextState::Changed => findings.push(Finding::TextChanged { seq }),
        }
        (next, link, time) = (seq + 1, row.hash, Some(row.at));
    }
}

enum TextState {
    None,
    Kept,
    Erased,
    Changed,
}

impl FactRow {
    fn computed_hash(&self, stream: &str) -> Hash {
        let link = Link {
            stream,
            seq: self.seq,
            at: self.at,
            actor: &self.actor,
            kind: &self.kind,
            body: &self.body,
        };
        chain::hash(&self.prev_hash, &link)
    }

    fn text_state(&self) -> TextState {
        // A body that cannot be read is found by its hash, or by folding it.
        let committed = codec::commitment_in(&self.body).ok().flatten();
        match (committed, &self.text) {
            (None, None) => TextState::None,
            (Some(_), None) => TextState::Erased,
            (None, Some(_)) => TextState::Changed,
            (Some(committed), Some((salt, text))) => match Hash::try_from(salt.as_slice()) {
                Ok(salt) if chain::commitment(&salt, text) == committed => TextState::Kept,
                _ => TextState::Changed,
            },
        }
    }
}

/// A state that is folded from facts.
trait Folds: Sized {
    type Fact: StoredFact;
    fn first(fact: &Decided<Self::Fact>) -> Option<Self>;
    fn later(&mut self, fact: &Decided<Self::Fact>);
}

impl Folds for Alert {
    type Fact = AlertFact;

    fn first(fact: &Decided<AlertFact>) -> Option<Self> {
        Self::open(fact)
    }

    fn later(&mut self, fact: &Decided<AlertFact>) {
        self.apply(fact);
    }
}

impl Folds for Incident {
    type Fact = IncidentFact;

    fn first(fact: &Decided<IncidentFact>) -> Option<Self> {
        Self::open(fact)
    }

    fn later(&mut self, fact: &Decided<IncidentFact>) {
        self.apply(fact);
    }
}

impl Folds for Group {
    type Fact = GroupFact;

    fn first(fact: &Decided<GroupFact>) -> Option<Self> {
        Self::open(fact)
    }

    fn later(&mut self, fact: &Decided<GroupFact>) {
        self.apply(fact);
    }
}

/// What the facts give, and whether a text that the state holds was erased.
struct Folded<S> {
    state: S,
    erased: bool,
}

/// Folds a stream again; none when that is not possible, which is a finding unless facts are
/// missing or changed anyway.
fn fold<S: Folds>(rows: &[FactRow], checked: &mut Checked) -> Option<Folded<S>> {
    let damaged = checked
        .findings
        .iter()
        .any(|finding| matches!(finding, Finding::Missing { .. } | Finding::Changed { .. }));
    if damaged {
        return None;
    }
    let mut folded: Option<Folded<S>> = None;
    for row in rows {
        let (decided, erased) = match decode::<S::Fact>(row) {
            Ok(decoded) => decoded,
            Err(error) => {
                let reason = error.to_string();
                checked.findings.push(Finding::Unreadable {
                    seq: row.seq,
                    reason,
                });
                return None;
            }
        };
        match &mut folded {
            Some(folded) => folded.state.later(&decided),
            None => folded = S::first(&decided).map(|state| Folded { state, erased }),
        }
        if folded.is_none() {
            checked.findings.push(Finding::DoesNotFold);
            return None;
        }
    }
    folded
}

fn decode<F: StoredFact>(row: &FactRow) -> Result<(Decided<F>, bool), codec::CodecError> {
    let text = row.text.as_ref().map(|(_, text)| text.as_slice());
    let decoded = F::decode(&row.kind, &row.body, text)?;
    let actor: Actor = codec::parse_actor(&row.actor)?;
    Ok((
        Decided {
            at: row.at,
            actor,
            fact: decoded.fact,
        },
        decoded.erased,
    ))
}

fn fact_row(row: &Row<'_>) -> Result<FactRow, Error> {
    let text = row.opt_blob(7)?.zip(row.opt_blob(8)?);
    Ok(FactRow {
        seq: read::number(row, 0)?,
        at: read::at(row, 1)?,
        actor: row.text(2)?,
        kind: row.text(3)?,
        body: row.blob(4)?,
        prev_hash: read::hash(row, 5)?,
        hash: read::hash(row, 6)?,
        text,
    })
}

/// What is wrong, in words for the person who ran the check.
impl core::fmt::Display for Finding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Missing { from, to } if from == to => write!(f, "fact {from} is missing"),
            Self::Missing { from, to } => write!(f, "facts {from} to {to} are missing"),
            Self::Changed { seq } => write!(f, "fact {seq} was changed after it was written"),
            Self::Unlinked { seq } => write!(f, "fact {seq} does not follow on the one before it"),
            Self::TimeRunsBack { seq } => write!(f, "fact {seq} is older than the one before it"),
            Self::TextChanged { seq } => {
                write!(
                    f,
                    "the text of fact {seq} is not the one it was written with"
                )
            }
            Self::Unreadable { seq, reason } => write!(f, "fact {seq} cannot be read: {reason}"),
            Self::DoesNotFold => f.write_str("the first fact opens nothing"),
            Self::RowMissing => f.write_str("there are facts but no row"),
            Self::FactsMissing => f.write_str("there is a row but no fact"),
            Self::HeadDiffers => f.write_str("the row does not stand at the last fact"),
            Self::StateDiffers => f.write_str("the stored state is not what the facts give"),
            Self::ColumnsDiffer => f.write_str("the row's columns are not those of its state"),
            Self::UnknownStream => f.write_str("no stream of this program has such a name"),
        }
    }
}
