//! The record of an incident in pages, cut down to kinds of entries.

use core::str::FromStr;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use wb_ports::catalogue;

use super::incidents;
use super::record::{KINDS, RecordEntry};
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, List};

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(&'static str);

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = KINDS.into_iter().find(|kind| *kind == text);
        known.map(Self).ok_or_else(|| {
            let values: [catalogue::Named<'_>; 2] = [("word", &text), ("known", &KINDS.join(", "))];
            catalogue::text("problems.record_kind", &values)
        })
    }
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// Only entries of these kinds; may be repeated or separated by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    pub kind: List<Kind>,
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// Lists what happened to an incident, oldest first.
#[utoipa::path(
    get, path = "/incidents/{id}/record", tag = "incidents", operation_id = "list_record",
    params(("id" = IncidentIdText, Path), RecordQuery),
    responses((status = 200, body = Page<RecordEntry>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Query(query): Query<RecordQuery>,
) -> Result<Json<Page<RecordEntry>>, Problem> {
    let kinds = query.kind.0;
    let entries = incidents::record(&state, caller.scope, id).await?;
    let rest = match query.cursor {
        None => &entries[..],
        Some(cursor) => after(&entries, cursor),
    };
    let wanted = |entry: &&RecordEntry| kinds.is_empty() || kinds.contains(&Kind(entry.kind));
    let rows = rest.iter().filter(wanted).cloned();
    let rows = rows.take(query.limit.size().saturating_add(1)).collect();
    Ok(Json(Page::of_rows(rows, query.limit, place, |entry| entry)))
}

/// Where an entry stands, in a form for cursors: its time, then the beginning of its hash. A merge
/// may bring earlier entries, so a number in the list would not do.
fn place(entry: &RecordEntry) -> Uuid {
    let at = u64::try_from(entry.at.0.as_micros()).unwrap_or(0);
    let hash = entry.hash.get(..16).unwrap_or_default();
    let hash = u64::from_str_radix(hash, 16).unwrap_or(0);
    Uuid::from_u64_pair(at, hash)
}

/// What stands behind an entry; when that is gone, what is later than it was.
fn after(entries: &[RecordEntry], cursor: Cursor) -> &[RecordEntry] {
    let (at, _) = cursor.0.as_u64_pair();
    let known = entries.iter().position(|entry| place(entry) == cursor.0);
    let from = known.map_or_else(
        || entries.partition_point(|entry| place(entry).as_u64_pair().0 <= at),
        |n| n + 1,
    );
    entries.get(from..).unwrap_or_default()
}
