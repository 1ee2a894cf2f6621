//! The record: facts as they are read by people.

use wb_core::actor::Actor;
use wb_core::alert::AlertFact;
use wb_core::chain::Hash;
use wb_core::config::{Object, ObjectId, Permission, Scope};
use wb_core::ids::{AlertId, GroupId, IncidentId, MonitorId, TeamId};
use wb_core::incident::IncidentFact;
use wb_core::monitor::GroupFact;
use wb_core::time::Timestamp;

use crate::codec::{self, StoredFact};
use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page::PAGE_ROWS_MAX;
use crate::params;
use crate::read::{self, damaged, text_list};
use crate::stream::Stream;

/// One fact with its place in its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stream's name.
    pub stream: String,
    /// Its number in the stream, 1 for the first.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The kind's word.
    pub kind: String,
    /// What became true.
    pub fact: EntryFact,
    /// Whether its free text was erased.
    pub erased: bool,
    /// Its hash.
    pub hash: Hash,
}

/// What became true, by the kind of its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFact {
    /// Of an alert.
    Alert(AlertFact),
    /// Of an incident.
    Incident(IncidentFact),
    /// Of a monitor's group.
    Group(GroupFact),
    /// Of a configuration object: what it became; none when it was deleted or the text is erased.
    Object(Option<Box<Object>>),
}

/// Where a merged record goes on: after this entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The entry's time.
    pub at: Timestamp,
    /// Its stream.
    pub stream: String,
    /// Its number.
    pub seq: u64,
}

const OF_STREAM: Sql = sql(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream = $1 AND f.seq > $2 ORDER BY f.seq LIMIT $3",
);

const OF_STREAMS: Sql = two(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM json_each($1) s JOIN fact f ON f.stream = s.value
       LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE (f.at, f.stream, f.seq) > ($2, $3, $4)
      ORDER BY f.at, f.stream, f.seq LIMIT $5",
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream IN (SELECT jsonb_array_elements_text($1::jsonb))
        AND (f.at, f.stream, f.seq) > ($2, $3, $4)
      ORDER BY f.at, f.stream, f.seq LIMIT $5",
);

const OF_EPISODE: Sql = sql(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream = $1 AND f.at >= $2 ORDER BY f.seq LIMIT 2",
);

const NEWEST_OF_STREAMS: Sql = two(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM json_each($1) s JOIN fact f ON f.stream = s.value
       LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      ORDER BY f.at DESC, f.stream DESC, f.seq DESC LIMIT $2",
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, f.hash, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream IN (SELECT jsonb_array_elements_text($1::jsonb))
      ORDER BY f.at DESC, f.stream DESC, f.seq DESC LIMIT $2",
);

const TEAM_OF_INCIDENT: Sql = sql("SELECT team_id FROM incident WHERE id = $1");
const TEAM_OF_ALERT: Sql = sql("SELECT team_id FROM alert WHERE id = $1");
const MONITOR_OF_GROUP: Sql = sql("SELECT monitor_id FROM monitor_group WHERE id = $1");
const ALERTS_OF: Sql = sql("SELECT id FROM alert WHERE incident_id = $1 ORDER BY id");

/// The facts of one stream after a number, in order; nothing when the caller may not read it or
/// the name is none.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn of_stream(
    tx: &mut Tx<'_>,
    scope: &Scope,
    stream: &str,
    after_seq: u64,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let Some(parsed) = Stream::parse(stream) else {
        return Ok(Vec::new());
    };
    let readable = match parsed {
        Stream::Alert(id) => may_read(tx, scope, &TEAM_OF_ALERT, id.0)?,
        Stream::Incident(id) => may_read(tx, scope, &TEAM_OF_INCIDENT, id.0)?,
        Stream::Group(id) => match tx.query_opt(&MONITOR_OF_GROUP, params![id.0], |row| {
            row.id(0).map(MonitorId)
        })? {
            Some(monitor) => crate::config::may_read(tx, scope, ObjectId::Monitor(monitor))?,
            None => false,
        },
        Stream::Object(id) => crate::config::may_read(tx, scope, id)?,
        // Read by [`crate::sending::resumptions`].
        Stream::Sending => false,
        // How somebody is reached is their own affair.
        Stream::Method(_) => false,
    };
    if !readable {
        return Ok(Vec::new());
    }
    let params = params![stream, read::int(after_seq), limit.min(PAGE_ROWS_MAX)];
    tx.query(&OF_STREAM, params, entry)
}

/// The facts of an incident and of its alerts, also of those that went elsewhere with a merge, in
/// order of time, after a cursor; nothing when the caller may not read the incident.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn of_incident(
    tx: &mut Tx<'_>,
    scope: &Scope,
    incident: IncidentId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let Some(row) = crate::incidents::get(tx, scope, incident)? else {
        return Ok(Vec::new());
    };
    let mut alerts = tx.query(&ALERTS_OF, params![incident.0], |row| {
        Ok(AlertId(row.id(0)?).to_string())
    })?;
    // Those that a merge took away are part of the story until then.
    let moved = row.incident.state.merged.into_iter();
    alerts.extend(
        moved
            .flat_map(|merged| merged.alerts)
            .map(|id| id.to_string()),
    );
    let own = incident.to_string();
    let streams = text_list(alerts.iter().map(String::as_str).chain([own.as_str()]));
    let (at, stream, seq) = after.map_or((i64::MIN, "", 0), |cursor| {
        (
            cursor.at.as_micros(),
            cursor.stream.as_str(),
            read::int(cursor.seq),
        )
    });
    let params = [
        P::Json(&streams),
        P::Int(at),
        P::Text(stream),
        P::Int(seq),
        P::from(limit.min(PAGE_ROWS_MAX)),
    ];
    tx.query(&OF_STREAMS, &params, entry)
}

/// The facts of a group's episode that opened an alert at `from`: its beginning, and its end if that
/// has come. Whether the caller may read the incident is asked before.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn of_episode(tx: &mut Tx<'_>, group: GroupId, from: Timestamp) -> Result<Vec<Entry>, Error> {
    // A group's facts alternate, so the two from the opening on are those of one episode.
    tx.query(
        &OF_EPISODE,
        params![&group.to_string(), from.as_micros()],
        entry,
    )
}

/// The newest facts of groups, the newest first. Whether the caller may read their monitor is asked
/// before.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn newest_of_groups(
    tx: &mut Tx<'_>,
    groups: &[GroupId],
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let streams = text_list(names.iter().map(String::as_str));
    let params = [P::Json(&streams), P::from(limit.min(PAGE_ROWS_MAX))];
    tx.query(&NEWEST_OF_STREAMS, &params, entry)
}

fn may_read(tx: &mut Tx<'_>, scope: &Scope, team_of: &Sql, id: uuid::Uuid) -> Result<bool, Error> {
    let team = tx.query_opt(team_of, params![id], |row| row.id(0).map(TeamId))?;
    Ok(team.is_some_and(|team| scope.allows(Permission::Read, team)))
}

fn entry(row: &Row<'_>) -> Result<Entry, Error> {
    let stream = row.text(0)?;
    let parsed = Stream::parse(&stream)
        .ok_or_else(|| damaged(format_args!("`{stream}` is no stream's name")))?;
    let kind = row.text(4)?;
    let body = row.blob(5)?;
    let text = row.opt_blob(7)?;
    let (fact, erased) = read_fact(parsed, &kind, &body, text.as_deref())?;
    Ok(Entry {
        stream,
        seq: read::number(row, 1)?,
        at: read::at(row, 2)?,
        actor: codec::parse_actor(&row.text(3)?)?,
        kind,
        fact,
        erased,
        hash: read::hash(row, 6)?,
    })
}

fn read_fact(
    stream: Stream,
    kind: &str,
    body: &[u8],
    text: Option<&[u8]>,
) -> Result<(EntryFact, bool), Error> {
    Ok(match stream {
        Stream::Alert(_) => {
            let decoded = AlertFact::decode(kind, body, text)?;
            (EntryFact::Alert(decoded.fact), decoded.erased)
        }
        Stream::Incident(_) => {
            let decoded = IncidentFact::decode(kind, body, text)?;
            (EntryFact::Incident(decoded.fact), decoded.erased)
        }
        Stream::Group(_) => {
            let decoded = GroupFact::decode(kind, body, text)?;
            (EntryFact::Group(decoded.fact), decoded.erased)
        }
        Stream::Object(id) => {
            let object = text
                .map(|text| codec::decode_object(id, text))
                .transpose()?;
            let erased = object.is_none() && codec::commitment_in(body)?.is_some();
            (EntryFact::Object(object.map(Box::new)), erased)
        }
        Stream::Sending | Stream::Method(_) => (EntryFact::Object(None), false),
    })
}
