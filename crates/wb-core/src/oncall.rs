//! Who is on call, and why: pure and exact.
//!
//! Time zones are resolved here and nowhere else. Hand-offs are civil times in the schedule's zone,
//! resolved once; hourly hand-offs are absolute durations from the rotation's start.

use crate::ids::{OverrideId, RotationId, UserId};
use crate::time::Timestamp;

/// Somebody who is on call at an instant, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OnCall {
    /// Who.
    pub user: UserId,
    /// Why.
    pub why: Why,
}

/// Why somebody is on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// The rotation that put them there, if one did (none for an added or replacing person of a
    /// whole-schedule override).
    pub rotation: Option<RotationId>,
    /// The number of the turn within the rotation, counted from 0 at its start.
    pub turn: Option<i64>,
    /// The override that put them there.
    pub overridden_by: Option<OverrideId>,
}

/// A span in which one person is on call for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Who.
    pub user: UserId,
    /// Why.
    pub why: Why,
}
