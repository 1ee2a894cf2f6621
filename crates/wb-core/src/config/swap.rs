//! Swaps: requests that somebody else has a stretch of one's shifts.

use crate::ids::{ScheduleId, SwapId, UserId};
use crate::time::Timestamp;

use super::{Override, OverrideChange, OverrideOrigin};

/// A span of time: its first instant, and the first one after.
pub type Stretch = (Timestamp, Timestamp);

/// A request that somebody else has a stretch of one's shifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// The schedule.
    pub schedule: ScheduleId,
    /// Whose shifts they are.
    pub asker: UserId,
    /// First instant of the stretch.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
    /// Who is asked; none means anyone of the schedule's people.
    pub asked: Option<UserId>,
    /// The stretch of the asked one's shifts that the asker has in return; none without one.
    pub in_return: Option<Stretch>,
    /// What became of it.
    pub state: SwapState,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapState {
    /// Nobody answered yet. Once the stretch has begun it is too late.
    Asked,
    /// Somebody took it.
    Accepted(UserId),
    /// Whoever was asked said no.
    Declined,
    /// It was taken back.
    Withdrawn,
}

impl Swap {
    /// The word for what became of it by now, as the API uses it.
    #[must_use]
    pub fn word(&self, now: Timestamp) -> &'static str {
        match self.state {
            SwapState::Asked if self.is_open(now) => "asked",
            SwapState::Asked => "expired",
            SwapState::Accepted(_) => "accepted",
            SwapState::Declined => "declined",
            SwapState::Withdrawn => "withdrawn",
        }
    }

    /// Whether it waits for an answer and can still have one.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == SwapState::Asked && now < self.begin()
    }

    /// Whether it holds, or may still come to hold.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        matches!(self.state, SwapState::Accepted(_)) || self.is_open(now)
    }

    /// When the first of its stretches begins.
    fn begin(&self) -> Timestamp {
        self.in_return
            .map_or(self.from, |(from, _)| self.from.min(from))
    }

    /// Whether somebody has to do with it.
    #[must_use]
    pub fn concerns(&self, user: UserId) -> bool {
        self.asker == user || self.asked == Some(user) || self.state == SwapState::Accepted(user)
    }

    /// The stretches it moves.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> {
        core::iter::once((self.from, self.to)).chain(self.in_return)
    }

    /// The overrides that make it so once `by` has taken it.
    #[must_use]
    pub fn overrides(&self, id: SwapId, by: UserId) -> Vec<Override> {
        let replace = |(from, to): Stretch, who: UserId, with: UserId| Override {
            schedule: self.schedule,
            rotation: None,
            from,
            to,
            change: OverrideChange::Replace {
                who: Some(who),
                with,
            },
            origin: OverrideOrigin::Swap(id),
        };
        let given = replace((self.from, self.to), self.asker, by);
        let back = self.in_return.map(|back| replace(back, by, self.asker));
        core::iter::once(given).chain(back).collect()
    }
}
