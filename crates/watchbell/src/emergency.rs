//! The emergency path: what happens when the pager itself is broken.
//!
//! Everything else needs the database, so this does not: a probe writes to it every few seconds,
//! and when that fails for 30 s, or no wake-ups have been processed for a minute, readiness fails,
//! the dead-man's ping stops, and the contacts of the boot configuration are told over the same
//! channels that carry pages, once per outage, with an all-clear at its end.
//!
//! What to do is decided by [`step`], which knows only what was seen and monotonic time; [`watch`]
//! looks and carries out.

mod contacts;
mod watch;

use core::time::Duration;

use wb_core::time::Timestamp;

pub(crate) use contacts::Contacts;
pub(crate) use watch::{DeadMan, Watch, run};

/// How long the store may refuse writes before it is an outage.
const STORE_OUTAGE_AFTER: Duration = Duration::from_secs(30);

/// How long no wake-ups may be processed before it is an outage.
const PAGER_OUTAGE_AFTER: Duration = Duration::from_secs(60);

/// How long everything must work before an outage is over, so that a database that comes and goes
/// is one outage and not a mail a minute.
const CLEAR_AFTER: Duration = Duration::from_secs(30);

/// The pause between two dead-man's pings.
const PING_EVERY: Duration = Duration::from_secs(60);

/// How old the last processed wake-ups may be for a ping.
const PING_FRESH: Duration = Duration::from_secs(30);

/// What was seen at one look.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// Whether a write went through, else why not.
    pub(crate) store: Result<(), String>,
    /// When the timers last processed wake-ups; only a change of it counts.
    pub(crate) pager_mark: Option<Timestamp>,
    /// Whether sending is held. That is no outage, since somebody put this database here and is to
    /// let it go; but it pages nobody, so it must not look alive from outside.
    pub(crate) is_held: bool,
}

/// What keeps the pager from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The store cannot be written; what it says.
    Store(String),
    /// Wake-ups are not processed.
    Pager,
}

/// Something to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Tell the contacts that the pager is broken.
    TellOutage(Trouble),
    /// Tell the contacts that it works again, after so long.
    TellClear(Duration),
    /// Send the dead-man's ping.
    Ping,
}

/// What is remembered between looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    store_failing_since: Option<Duration>,
    pager_mark: Option<Timestamp>,
    pager_moved_at: Duration,
    outage: Option<Outage>,
    good_since: Option<Duration>,
    pinged_at: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Outage {
    since: Duration,
    trouble: Trouble,
}

impl State {
    /// A process that starts at `now` and has not failed yet.
    pub(crate) const fn new(now: Duration) -> Self {
        Self {
            store_failing_since: None,
            pager_mark: None,
            pager_moved_at: now,
            outage: None,
            good_since: None,
            pinged_at: None,
        }
    }

    /// What keeps the pager from working, for readiness.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        self.outage.as_ref().map(|outage| &outage.trouble)
    }
}

/// What follows from one look at `now` (monotonic).
pub(crate) fn step(mut state: State, seen: Observation, now: Duration) -> (State, Vec<Action>) {
    if seen.pager_mark != state.pager_mark {
        state.pager_mark = seen.pager_mark;
        state.pager_moved_at = now;
    }
    let pager_idle = now.saturating_sub(state.pager_moved_at);
    let store_error = seen.store.err();
    if store_error.is_some() {
        state.store_failing_since.get_or_insert(now);
    } else {
        state.store_failing_since = None;
    }
    let good = store_error.is_none() && pager_idle < PING_FRESH;
    if good {
        state.good_since.get_or_insert(now);
    } else {
        state.good_since = None;
    }
    let mut actions = Vec::new();
    match (&state.outage, trouble(&state, store_error, now)) {
        (None, Some((since, trouble))) => {
            actions.push(Action::TellOutage(trouble.clone()));
            state.outage = Some(Outage { since, trouble });
        }
        (Some(outage), None) => {
            let clear = state
                .good_since
                .is_some_and(|good| now.saturating_sub(good) >= CLEAR_AFTER);
            if clear {
                actions.push(Action::TellClear(now.saturating_sub(outage.since)));
                state.outage = None;
            }
        }
        _ => {}
    }
    let pinged = state
        .pinged_at
        .is_some_and(|at| now.saturating_sub(at) < PING_EVERY);
    // The first ping waits for the first wake-ups, so that a process that never pages never pings.
    let alive = good && !seen.is_held && state.outage.is_none();
    if alive && state.pager_mark.is_some() && !pinged {
        state.pinged_at = Some(now);
        actions.push(Action::Ping);
    }
    (state, actions)
}

/// The trouble at `now`, if it has lasted long enough to be an outage, and since when.
fn trouble(
    state: &State,
    store_error: Option<String>,
    now: Duration,
) -> Option<(Duration, Trouble)> {
    if let (Some(since), Some(error)) = (state.store_failing_since, store_error) {
        let long = now.saturating_sub(since) >= STORE_OUTAGE_AFTER;
        return long.then_some((since, Trouble::Store(error)));
    }
    let long = now.saturating_sub(state.pager_moved_at) >= PAGER_OUTAGE_AFTER;
    long.then_some((state.pager_moved_at, Trouble::Pager))
}

#[cfg(test)]
mod tests;
