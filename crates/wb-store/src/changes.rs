//! What was changed in the configuration lately, over several objects.

use wb_core::actor::Actor;
use wb_core::config::ObjectId;
use wb_core::time::Timestamp;

use crate::codec;
use crate::db::{Error, P, Row, Sql, Tx, two};
use crate::page::PAGE_ROWS_MAX;
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

fn change(row: &Row<'_>) -> Result<Change, Error> {
    let stream = row.text(0)?;
    let Some(Stream::Object(object)) = Stream::parse(&stream) else {
        return Err(damaged(format_args!("`{stream}` is no object's stream")));
    };
    Ok(Change {
        object,
        version: number32(row, 1)?,
        at: read::at(row, 2)?,
        actor: codec::parse_actor(&row.text(3)?)?,
        deleted: row.text(4)? == "deleted",
    })
}
