//! Bugs that the simulator plants to show that it would find them. Only debug builds know any: in what is shipped
//! [`is`] is `false`, and the branch behind it gone.
//!
//! Planted for a thread, not passed along: no signature of the program changes for the sake of bugs it does not have.

/// A bug that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// An acknowledgement does not cancel the last delivery that is pending.
    AcknowledgeLeavesOne,
    /// A wake-up is saved in a transaction of its own, after the one that decided it.
    WakeUpApart,
    /// A claim does not look again at what it claims.
    ClaimUnchecked,
    /// What a provider took is sent once more.
    RetryAfterSuccess,
    /// Hand-offs keep the distance of 24 hours over a change of the clocks instead of the local time.
    HandOffOffByAnHour,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::AcknowledgeLeavesOne,
        Self::WakeUpApart,
        Self::ClaimUnchecked,
        Self::RetryAfterSuccess,
        Self::HandOffOffByAnHour,
    ];
}

#[cfg(debug_assertions)]
mod here {
    use core::cell::Cell;

    use super::Bug;

    thread_local!(static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) });

    /// Plants a bug in what this thread does from now on, or none any more.
    pub fn plant(bug: Option<Bug>) {
        PLANTED.set(bug);
    }

    /// Whether this bug is planted.
    #[must_use]
    pub fn is(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }
}

#[cfg(not(debug_assertions))]
mod here {
    use super::Bug;

    /// Plants nothing: this is no debug build.
    pub const fn plant(_bug: Option<Bug>) {}

    /// Whether this bug is planted: never.
    #[must_use]
    pub const fn is(_bug: Bug) -> bool {
        false
    }
}

pub use here::{is, plant};
