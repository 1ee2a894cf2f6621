//! What was changed in the configuration lately, over several objects.

use std::collections::BTreeMap;

use wb_core::actor::Actor;
use wb_core::config::{ObjectId, Scope};
use wb_core::time::Timestamp;

use crate::codec;
use crate::config::{self, Version};
use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page::PAGE_ROWS_MAX;
use crate::params;
use crate::read::{self, damaged, number32, text_list};
use crate::stream::Stream;

/// One change of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which object.
    pub object: ObjectId,
    /// The version it got; 1 is its creation.
    pub version: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// Whether it was deleted.
    pub deleted: bool,
}

const RECENT: Sql = two(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind
       FROM json_each($1) s JOIN fact f ON f.stream = s.value
      WHERE f.at >= $2 ORDER BY f.at DESC, f.stream, f.seq DESC LIMIT $3",
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind FROM fact f
      WHERE f.stream IN (SELECT jsonb_array_elements_text($1::jsonb)) AND f.at >= $2
      ORDER BY f.at DESC, f.stream, f.seq DESC LIMIT $3",
);

/// The newest changes of these objects since a time, newest first. Whether the caller may read them
/// is asked before.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn recent(
    tx: &mut Tx<'_>,
    objects: &[ObjectId],
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Change>, Error> {
    let streams: Vec<String> = objects.iter().map(ToString::to_string).collect();
    let params = [
        P::Json(&text_list(streams.iter().map(String::as_str))),
        P::Int(since.as_micros()),
        P::from(limit.min(PAGE_ROWS_MAX)),
    ];
    tx.query(&RECENT, &params, change)
}

/// Which changes of the whole configuration are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of objects of one kind, by the prefix of their ids, such as `svc_`.
    pub prefix: Option<&'static str>,
    /// Of one person.
    pub actor: Option<Actor>,
    /// Made then or later.
    pub since: Option<Timestamp>,
    /// Made then or earlier.
    pub until: Option<Timestamp>,
}

/// A place in the list of all changes: so many of those made at this time are behind one. Many
/// objects change at one time when a whole file is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The time.
    pub at: Timestamp,
    /// How many of that time.
    pub skip: u64,
}

/// A change of some object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which object.
    pub object: ObjectId,
    /// What it became, and was.
    pub version: Version,
}

/// Changes read at once while looking for those the caller may see.
const BATCH_ROWS: u32 = 200;

/// Changes looked at for one page; a page may be short, or empty, and have a next one.
const LOOKED_AT_MAX: usize = 4_000;

const ALL: Sql = sql(
    "SELECT f.stream, f.seq, f.at, f.actor, f.kind, f.body, t.text, b.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
            LEFT JOIN fact_text b ON b.stream = f.stream AND b.seq = f.seq - 1
      WHERE f.kind IN ('changed', 'deleted') AND f.at <= $1 AND f.at >= $2
        AND ($3 = '' OR substr(f.stream, 1, 4) = $3) AND ($4 = '' OR f.actor = $4)
      ORDER BY f.at DESC, f.stream DESC, f.seq DESC LIMIT $5 OFFSET $6",
);

/// The changes of everything the caller may read, newest first, and where the next page begins.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: Wanted,
    from: Option<Place>,
    limit: usize,
) -> Result<(Vec<Edit>, Option<Place>), Error> {
    let first = wanted.until.unwrap_or(Timestamp::from_micros(i64::MAX));
    let mut place = from.unwrap_or(Place { at: first, skip: 0 });
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let mut readable: BTreeMap<ObjectId, bool> = BTreeMap::new();
    while looked_at < LOOKED_AT_MAX {
        let rows = batch(tx, wanted, place)?;
        let is_last = rows.len() < usize::try_from(BATCH_ROWS).unwrap_or(usize::MAX);
        looked_at += rows.len();
        for row in rows {
            if found.len() == limit {
                return Ok((found, Some(place)));
            }
            place = place.behind(row.version.at);
            let known = readable.get(&row.object).copied();
            let may = match known {
                Some(may) => may,
                None => config::may_read(tx, scope, row.object)?,
            };
            readable.insert(row.object, may);
            if may {
                found.push(row);
            }
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, Some(place)))
}

impl Place {
    /// The place behind a change made at a time.
    fn behind(self, at: Timestamp) -> Self {
        let skip = if at == self.at { self.skip + 1 } else { 1 };
        Self { at, skip }
    }
}

fn batch(tx: &mut Tx<'_>, wanted: Wanted, from: Place) -> Result<Vec<Edit>, Error> {
    let since = wanted.since.unwrap_or(Timestamp::from_micros(i64::MIN));
    let actor = wanted.actor.map(codec::actor_text).unwrap_or_default();
    let params = params![
        from.at.as_micros(),
        since.as_micros(),
        wanted.prefix.unwrap_or_default(),
        actor.as_str(),
        BATCH_ROWS,
        read::int(from.skip),
    ];
    tx.query(&ALL, params, |row| {
        let object = object_of(&row.text(0)?)?;
        let version = config::version(row, 1, object)?;
        Ok(Edit { object, version })
    })
}

fn object_of(stream: &str) -> Result<ObjectId, Error> {
    match Stream::parse(stream) {
        Some(Stream::Object(object)) => Ok(object),
        _ => Err(damaged(format_args!("`{stream}` is no object's stream"))),
    }
}

fn change(row: &Row<'_>) -> Result<Change, Error> {
    Ok(Change {
        object: object_of(&row.text(0)?)?,
        version: number32(row, 1)?,
        at: read::at(row, 2)?,
        actor: codec::parse_actor(&row.text(3)?)?,
        deleted: row.text(4)? == "deleted",
    })
}
