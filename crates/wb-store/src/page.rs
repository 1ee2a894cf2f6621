//! Cutting lists into pages: newest first, by id, because ids are ordered by time.

use std::collections::BTreeSet;

use uuid::Uuid;
use wb_core::config::Scope;
use wb_core::ids::TeamId;

/// The most rows one page of a list holds; larger wishes get this many.
pub const PAGE_ROWS_MAX: u32 = 500;

/// Which part of a list is wanted: newest first, those before an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<I> {
    /// Only what is older than this; none for the newest.
    pub before: Option<I>,
    /// How many at most.
    pub limit: u32,
}

impl<I> Page<I> {
    /// The newest `limit` rows.
    #[must_use]
    pub const fn newest(limit: u32) -> Self {
        Self {
            before: None,
            limit,
        }
    }

    pub(crate) fn rows(&self) -> i64 {
        self.limit.min(PAGE_ROWS_MAX).into()
    }

    pub(crate) fn before(&self, uuid: impl FnOnce(&I) -> Uuid) -> Uuid {
        self.before.as_ref().map_or(Uuid::max(), uuid)
    }
}

/// The teams a list is cut down to: what the caller may read, and of that what was asked for.
/// `None` means all.
pub(crate) fn teams(scope: &Scope, wanted: &BTreeSet<TeamId>) -> Option<BTreeSet<TeamId>> {
    match (scope.readable_teams(), wanted.is_empty()) {
        (None, true) => None,
        (None, false) => Some(wanted.clone()),
        (Some(readable), true) => Some(readable),
        (Some(readable), false) => Some(readable.intersection(wanted).copied().collect()),
    }
}

/// Ids as one JSON parameter; `None` stays NULL.
pub(crate) fn ids(set: Option<impl IntoIterator<Item = Uuid>>) -> Option<String> {
    set.map(|ids| crate::db::id_list(&ids.into_iter().collect::<Vec<_>>()))
}
