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

/// Entries of a record shown with its incident; what comes after them is left out.
pub const RECORD_ENTRIES_MAX: usize = 10_000;
