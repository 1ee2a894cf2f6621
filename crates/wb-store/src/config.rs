//! Configuration objects: the current ones as rows, their history as streams of facts. Fact number
//! N of an object *is* its version N, and the object's stored form is that fact's text.

use wb_core::actor::Actor;
use wb_core::chain::GENESIS;
use wb_core::config::{Config, Monitor, Object, ObjectId, Permission, Policy, Scope};
use wb_core::ids::MonitorId;
use wb_core::incident::PolicyRef;
use wb_core::time::Timestamp;

use crate::codec::{self, EncodedFact};
use crate::db::{DbKind, Error, Row, Sql, Tx, sql, two};
use crate::params;
use crate::read::{self, clean, damaged, folded, head, number32};
use crate::save::{FactLog, Head};

/// Why an edit was not taken. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The object is not at the version the edit began with.
    #[error("it is at version {current} now; load it again and repeat the edit")]
    VersionMoved {
        /// The version it has; 0 when there is no such object, or it was deleted.
        current: u32,
    },
    /// Another object of this kind has this name, address or key.
    #[error("another {kind} has this name already; choose another one")]
    NameTaken {
        /// The kind's word.
        kind: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub version: u32,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// The object; none for the deletion, and where the text was erased.
    pub object: Option<Object>,
    /// Whether this version is the deletion.
    pub deleted: bool,
    /// The object as the version before had it; none for the first, after a deletion, and where the
    /// text was erased.
    pub before: Option<Object>,
    /// The version that was brought back, if this one is that.
    pub restored_from: Option<u32>,
}

struct Stored {
    head: Head,
    deleted: bool,
    updated_at: Timestamp,
    body: Vec<u8>,
}

const EPOCH: Sql = sql("SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'config_epoch'");
const EPOCH_LOCKED: Sql = two(
    "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'config_epoch'",
    "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'config_epoch' FOR UPDATE",
);
const BUMP_EPOCH: Sql = sql(
    "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'config_epoch'",
);
const ALL: Sql =
    sql("SELECT kind, id, version, body FROM config_object WHERE NOT deleted ORDER BY kind, id");
const ONE: Sql = sql(
    "SELECT version, head, deleted, updated_at, body FROM config_object
      WHERE kind = $1 AND id = $2",
);
const ONE_LOCKED: Sql = two(
    "SELECT version, head, deleted, updated_at, body FROM config_object
      WHERE kind = $1 AND id = $2",
    "SELECT version, head, deleted, updated_at, body FROM config_object
      WHERE kind = $1 AND id = $2 FOR UPDATE",
);
const NAMESAKE: Sql = sql("SELECT count(*) FROM config_object
      WHERE kind = $1 AND unique_name = $2 AND NOT deleted AND id <> $3");
const INSERT: Sql = sql(
    "INSERT INTO config_object (kind, id, version, head, unique_name, body, deleted, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, FALSE, $7)",
);
const UPDATE: Sql = sql(
    "UPDATE config_object SET version = $3, head = $4, unique_name = $5, body = $6,
            updated_at = $7
      WHERE kind = $1 AND id = $2 AND version = $8 AND NOT deleted",
);
const REVIVE: Sql = sql(
    "UPDATE config_object SET version = $3, head = $4, unique_name = $5, body = $6,
            updated_at = $7, deleted = FALSE
      WHERE kind = $1 AND id = $2 AND version = $8 AND deleted",
);
const DELETE: Sql = sql(
    "UPDATE config_object SET version = $3, head = $4, deleted = TRUE, updated_at = $5
      WHERE kind = $1 AND id = $2 AND version = $6 AND NOT deleted",
);
const HISTORY: Sql = sql("SELECT f.seq, f.at, f.actor, f.kind, f.body, t.text, b.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
            LEFT JOIN fact_text b ON b.stream = f.stream AND b.seq = f.seq - 1
      WHERE f.stream = $1 AND f.seq < $2 ORDER BY f.seq DESC LIMIT $3");
const TEXT_AT: Sql = sql("SELECT text FROM fact_text WHERE stream = $1 AND seq = $2");

/// The epoch: rises with every edit of any object.
///
/// # Errors
/// When the store fails.
pub fn epoch(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one(&EPOCH, &[], |row| row.i64(0))
}

/// The epoch, held still until the commit: the first thing an edit reads, so that on PostgreSQL
/// edits follow one another and each checks its references against what really holds.
///
/// # Errors
/// When the store fails.
pub fn epoch_for_edit(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one(&EPOCH_LOCKED, &[], |row| row.i64(0))
}

/// Everything that is configured now.
///
/// # Errors
/// When the store fails or an object is damaged.
pub fn load_all(tx: &mut Tx<'_>) -> Result<Config, Error> {
    // The epoch is read first: an edit in between makes it too old, never too new.
    let mut config = Config::default();
    config.epoch = epoch(tx)?;
    tx.query(&ALL, &[], |row| {
        let kind = row.text(0)?;
        let id = ObjectId::from_parts(&kind, row.id(1)?)
            .ok_or_else(|| damaged(format_args!("unknown kind of object `{kind}`")))?;
        config.put(codec::decode_object(id, &row.blob(3)?)?, number32(row, 2)?);
        Ok(())
    })?;
    Ok(config)
}

/// Writes a new object (`expected` none) or a new version of one (`expected` is the version the
/// edit began with), with its fact, and raises the epoch. Returns the version it has now.
///
/// # Errors
/// [`EditError::VersionMoved`], [`EditError::NameTaken`], or the store's error.
pub fn put(
    tx: &mut Tx<'_>,
    object: &Object,
    expected: Option<u32>,
    actor: Actor,
    at: Timestamp,
    salt_key: &[u8; 32],
) -> Result<u32, EditError> {
    let fact = |body| codec::changed(body, None);
    epoch_for_edit(tx)?;
    let stored = find(tx, &ONE_LOCKED, object.id())?;
    let before = match (expected, &stored) {
        (None, None) => None,
        (Some(expected), Some(stored)) if stored.is_at(expected) => Some(stored),
        _ => return Err(moved(stored.as_ref())),
    };
    write(tx, object, before, fact, (actor, at), salt_key)
}

/// Writes what an object was at version `from` as its newest version, with a fact that says so, and
/// raises the epoch. `expected` is the version it has now, which may be its deletion: then it lives
/// again under its id. Returns the version it has now.
///
/// # Errors
/// [`EditError::VersionMoved`], [`EditError::NameTaken`], or the store's error.
pub fn restore(
    tx: &mut Tx<'_>,
    object: &Object,
    from: u32,
    expected: u32,
    actor: Actor,
    at: Timestamp,
    salt_key: &[u8; 32],
) -> Result<u32, EditError> {
    epoch_for_edit(tx)?;
    let stored = find(tx, &ONE_LOCKED, object.id())?;
    let before = stored
        .as_ref()
        .filter(|stored| stored.head.seq == u64::from(expected));
    if before.is_none() {
        return Err(moved(stored.as_ref()));
    }
    let fact = |body| codec::changed(body, Some(from));
    write(tx, object, before, fact, (actor, at), salt_key)
}

/// Writes an object's next version and its fact, after the one it has now.
fn write(
    tx: &mut Tx<'_>,
    object: &Object,
    before: Option<&Stored>,
    fact: impl FnOnce(Vec<u8>) -> EncodedFact,
    (actor, at): (Actor, Timestamp),
    salt_key: &[u8; 32],
) -> Result<u32, EditError> {
    let id = object.id();
    let name = unique_name(object);
    if let Some(name) = &name
        && tx.query_one(&NAMESAKE, params![id.kind(), name, id.uuid()], |row| {
            row.i64(0)
        })? > 0
    {
        return Err(EditError::NameTaken { kind: id.kind() });
    }
    let body = codec::encode_object(object).map_err(Error::from)?;
    let (head, at) = append(tx, id, before, actor, at, fact(body.clone()), salt_key)?;
    let version = version_of(head)?;
    let (kind, uuid) = (id.kind(), id.uuid());
    match before {
        None => {
            let params = params![kind, uuid, version, &head.hash, name.as_ref(), &body, at];
            tx.put(&INSERT, params, 1)?;
        }
        Some(before) => {
            let expected = version_of(before.head)?;
            let params = params![
                kind,
                uuid,
                version,
                &head.hash,
                name.as_ref(),
                &body,
                at,
                expected
            ];
            let sql = if before.deleted { &REVIVE } else { &UPDATE };
            tx.put(sql, params, 1)?;
        }
    }
    tx.put(&BUMP_EPOCH, &[], 1)?;
    Ok(version)
}

/// Deletes an object; its history stays. Returns the version that says so.
///
/// # Errors
/// [`EditError::VersionMoved`], or the store's error.
pub fn delete(
    tx: &mut Tx<'_>,
    id: ObjectId,
    expected: u32,
    actor: Actor,
    at: Timestamp,
    salt_key: &[u8; 32],
) -> Result<u32, EditError> {
    epoch_for_edit(tx)?;
    let stored = find(tx, &ONE_LOCKED, id)?;
    let Some(before) = stored.as_ref().filter(|stored| stored.is_at(expected)) else {
        return Err(moved(stored.as_ref()));
    };
    let (head, at) = append(tx, id, Some(before), actor, at, codec::deleted(), salt_key)?;
    let version = version_of(head)?;
    let params = params![id.kind(), id.uuid(), version, &head.hash, at, expected];
    tx.put(&DELETE, params, 1)?;
    tx.put(&BUMP_EPOCH, &[], 1)?;
    Ok(version)
}

/// A policy at the version an incident holds; none when that version's text was erased.
///
/// # Errors
/// When the store fails or the text is damaged.
pub fn policy_at(tx: &mut Tx<'_>, policy: PolicyRef) -> Result<Option<Policy>, Error> {
    let stream = policy.id.to_string();
    let text = tx.query_opt(&TEXT_AT, params![&stream, policy.version], |row| {
        row.blob(0)
    })?;
    let Some(text) = text else { return Ok(None) };
    match codec::decode_object(ObjectId::Policy(policy.id), &text)? {
        Object::Policy(_, policy) => Ok(Some(policy)),
        _ => Err(damaged("a policy's stream holds something else")),
    }
}

/// A monitor as it was set at a version; none when that version's text was erased.
///
/// # Errors
/// When the store fails or the text is damaged.
pub fn monitor_at(
    tx: &mut Tx<'_>,
    monitor: MonitorId,
    version: u32,
) -> Result<Option<Monitor>, Error> {
    let id = ObjectId::Monitor(monitor);
    let text = tx.query_opt(&TEXT_AT, params![&id.to_string(), version], |row| {
        row.blob(0)
    })?;
    let Some(text) = text else { return Ok(None) };
    match codec::decode_object(id, &text)? {
        Object::Monitor(_, monitor) => Ok(Some(monitor)),
        _ => Err(damaged("a monitor's stream holds something else")),
    }
}

/// The versions of an object that come before `before` (none: from the newest), newest first, if
/// the caller may read the object.
///
/// # Errors
/// When the store fails or a version is damaged.
pub fn history(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: ObjectId,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Version>, Error> {
    if !may_read(tx, scope, id)? {
        return Ok(Vec::new());
    }
    let before = before.map_or(i64::MAX, i64::from);
    let limit = limit.min(crate::page::PAGE_ROWS_MAX);
    tx.query(&HISTORY, params![&id.to_string(), before, limit], |row| {
        version(row, 0, id)
    })
}

/// A version of an object, from its columns in the order of [`HISTORY`].
pub(crate) fn version(row: &Row<'_>, first: usize, id: ObjectId) -> Result<Version, Error> {
    let object = |column: usize| {
        row.opt_blob(first + column)?
            .map(|text| codec::decode_object(id, &text).map_err(Error::from))
            .transpose()
    };
    Ok(Version {
        version: number32(row, first)?,
        at: read::at(row, first + 1)?,
        actor: codec::parse_actor(&row.text(first + 2)?)?,
        deleted: row.text(first + 3)? == "deleted",
        restored_from: codec::restored_from(&row.blob(first + 4)?)?,
        object: object(5)?,
        before: object(6)?,
    })
}

/// Whether the caller may read an object, also a deleted one: what hangs on a service or schedule
/// belongs to that one's team, and what belongs to no team needs a global role.
pub(crate) fn may_read(tx: &mut Tx<'_>, scope: &Scope, id: ObjectId) -> Result<bool, Error> {
    if scope.allows_globally(Permission::Read) {
        return Ok(true);
    }
    let mut id = id;
    // An integration or monitor leads to its service, an override or swap to its schedule; nothing is
    // deeper.
    for _ in 0..2 {
        let Some(stored) = find(tx, &ONE, id)? else {
            return Ok(false);
        };
        let team = match codec::decode_object(id, &stored.body)? {
            Object::Team(team, _) => team,
            Object::User(..) | Object::TimeOff(..) => return Ok(false),
            Object::Endpoint(_, value) => value.team,
            Object::Service(_, value) => value.team,
            Object::Policy(_, value) => value.team,
            Object::Schedule(_, value) => value.team,
            Object::Dashboard(_, value) => value.team,
            Object::Integration(_, value) => {
                id = ObjectId::Service(value.service);
                continue;
            }
            Object::Override(_, value) => {
                id = ObjectId::Schedule(value.schedule);
                continue;
            }
            Object::Swap(_, value) => {
                id = ObjectId::Schedule(value.schedule);
                continue;
            }
            Object::Monitor(_, value) => {
                id = ObjectId::Service(value.service);
                continue;
            }
        };
        return Ok(scope.allows(Permission::Read, team));
    }
    Ok(false)
}

impl Stored {
    fn is_at(&self, version: u32) -> bool {
        !self.deleted && self.head.seq == u64::from(version)
    }
}

fn moved(stored: Option<&Stored>) -> EditError {
    let current = stored
        .filter(|stored| !stored.deleted)
        .and_then(|stored| u32::try_from(stored.head.seq).ok())
        .unwrap_or(0);
    EditError::VersionMoved { current }
}

fn version_of(head: Head) -> Result<u32, Error> {
    u32::try_from(head.seq).map_err(|_| {
        Error::db(
            DbKind::Value,
            "an object has more versions than can be counted",
        )
    })
}

fn find(tx: &mut Tx<'_>, sql: &Sql, id: ObjectId) -> Result<Option<Stored>, Error> {
    tx.query_opt(sql, params![id.kind(), id.uuid()], |row| {
        Ok(Stored {
            head: head(row, 0)?,
            deleted: row.bool(2)?,
            updated_at: read::at(row, 3)?,
            body: row.blob(4)?,
        })
    })
}

/// Writes the fact of an edit; returns the new head and its time, which never runs backwards.
fn append(
    tx: &mut Tx<'_>,
    id: ObjectId,
    before: Option<&Stored>,
    actor: Actor,
    at: Timestamp,
    fact: EncodedFact,
    salt_key: &[u8; 32],
) -> Result<(Head, i64), Error> {
    let head = before.map_or(
        Head {
            seq: 0,
            hash: GENESIS,
        },
        |stored| stored.head,
    );
    let at = before.map_or(at, |stored| at.max(stored.updated_at));
    let mut log = FactLog::new(*salt_key);
    let head = log.append_one(&id.to_string(), head, at, actor, fact)?;
    log.flush(tx)?;
    Ok((head, at.as_micros()))
}

/// What must be unique among the living objects of a kind.
fn unique_name(object: &Object) -> Option<String> {
    match object {
        Object::Team(_, value) => Some(clean(&value.name)),
        Object::User(_, value) => Some(folded(&value.email)),
        Object::Service(_, value) => Some(clean(&value.name)),
        Object::Integration(_, value) => Some(clean(&value.key_hash)),
        Object::Policy(_, value) => Some(clean(&value.name)),
        Object::Schedule(_, value) => Some(clean(&value.name)),
        Object::Dashboard(_, value) => Some(clean(&value.name)),
        Object::Endpoint(..)
        | Object::Override(..)
        | Object::TimeOff(..)
        | Object::Swap(..)
        | Object::Monitor(..) => None,
    }
}
