//! Every limit of the HTTP face in one place, with what happens at each.

use core::time::Duration;

/// Limits that an operator may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an API body; a larger one is answered 413.
    pub api_body_bytes: usize,
    /// How long a request may take before it is answered 503.
    pub request: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            api_body_bytes: 4 << 20,
            request: Duration::from_secs(30),
        }
    }
}

/// Items of a list's page when the caller does not say.
pub const PAGE_ITEMS: u32 = 50;

/// Items of a list's page at most; more are refused.
pub const PAGE_ITEMS_MAX: u32 = 200;

/// Characters of an `Idempotency-Key`; a longer one is refused.
pub const IDEMPOTENCY_KEY_CHARS: usize = 255;

/// Characters of address and program kept in the record; the rest is cut off.
pub const FROM_CHARS: usize = 300;

/// Bytes of a too large signal that are still read and dropped, so that the sender gets to see the
/// answer instead of a broken connection.
pub const DRAINED_BYTES: usize = 8 << 20;

/// Bytes of a link's form; a larger one is answered 413.
pub const LINK_FORM_BYTES: usize = 4_096;

/// Signals, refusals and versions of an object shown at once.
pub const RECENT_ITEMS: u32 = 50;

/// Bytes of the query of a saved filter; a longer one is refused.
pub const FILTER_QUERY_BYTES: usize = 16_384;

/// Entries of a record shown with its incident; what comes after them is left out.
pub const RECORD_ENTRIES_MAX: usize = 10_000;

/// Bytes of the body of a Graphite request; a larger one is answered 413.
pub const GRAPHITE_FORM_BYTES: usize = 1 << 20;

/// Graphite requests that read metrics at the same time; more wait their turn.
pub const GRAPHITE_RUNNING: usize = 4;

/// Graphite requests that wait their turn; more are answered 503.
pub const GRAPHITE_WAITING: usize = 60;

/// Points in an answer of `/render`; more are answered 413.
pub const RENDER_POINTS: usize = 2_000_000;

/// Names in an answer of `/metrics/find` or `/metrics/expand`; more are answered 413.
pub const FOUND_NAMES: usize = 100_000;

/// Names in an answer of `/metrics/index.json`; at this number it is cut short, which a header says.
pub const INDEX_NAMES: usize = 100_000;

/// How long a backup may take before it begins to arrive; longer than any other request, because the
/// whole database is copied first.
pub const BACKUP: Duration = Duration::from_secs(2 * 3_600);

/// Bytes of a backup that are read and sent at once.
pub const BACKUP_CHUNK_BYTES: usize = 256 << 10;

/// How long a caller may take nothing of a backup; after that the copy is dropped and its place is
/// free.
pub const BACKUP_STALLS: Duration = Duration::from_secs(60);

/// Alerts of an incident whose monitors' decisions stand in its record; those of further ones are in
/// the streams of their groups.
pub const EPISODES_MAX: usize = 50;
