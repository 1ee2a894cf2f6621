//! Shifts: one sweep over the instants at which the answer can change.

use std::collections::BTreeMap;

use super::people::{self, ActiveOverrides, People};
use super::turns::Turns;
use super::{ScheduleError, Shift, Why, zone_of};
use crate::config::{Override, Schedule};
use crate::ids::{OverrideId, UserId};
use crate::limits::SHIFTS_PER_SPAN;
use crate::time::Timestamp;

const TOO_BUSY: ScheduleError = ScheduleError::SpanTooBusy {
    limit: SHIFTS_PER_SPAN,
};

/// Who is on call from `from` until just before `to`: longest spans of one person for one reason,
/// in order of begin and person, cut off at both ends. Empty when `to` is not after `from`.
///
/// At every instant of the span the shifts that cover it are exactly what [`super::on_call`] says.
/// `overrides` are as there.
///
/// # Errors
/// The zone is unknown, a rotation's turns have no length, or the span holds more than
/// [`SHIFTS_PER_SPAN`] hand-offs, override edges or shifts.
pub fn shifts(
    schedule: &Schedule,
    overrides: &[(OverrideId, &Override)],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Shift>, ScheduleError> {
    let zone = zone_of(schedule)?;
    let mut turns = Vec::with_capacity(schedule.rotations.len());
    let mut edges = Vec::new();
    for (place, rotation) in schedule.rotations.iter().enumerate() {
        let of_rotation = Turns::of(rotation, &zone)?;
        turns.push(of_rotation.at(from));
        let room = SHIFTS_PER_SPAN.saturating_sub(edges.len());
        let begins = of_rotation.begins_between(from, to, room).ok_or(TOO_BUSY)?;
        edges.extend(
            begins
                .into_iter()
                .map(|(at, turn)| (at, Edge::Turn { place, turn })),
        );
    }
    if from >= to {
        return Ok(Vec::new());
    }
    let mut active = ActiveOverrides::default();
    for (id, change) in overrides {
        if change.from >= change.to || change.to <= from || to <= change.from {
            continue;
        }
        if change.from <= from {
            active.begin(*id, change);
        } else {
            edges.push((change.from, Edge::Begin(*id, change)));
        }
        if change.to < to {
            edges.push((change.to, Edge::End(*id, change)));
        }
    }
    if edges.len() > SHIFTS_PER_SPAN {
        return Err(TOO_BUSY);
    }
    // Stable: turns that begin together (a skipped day) stay in their order, and the last one wins.
    edges.sort_by_key(|(at, _)| *at);

    let mut open = OpenShifts::default();
    open.turn_to(from, &people::resolve(&schedule.rotations, &turns, &active))?;
    for together in edges.chunk_by(|(left, _), (right, _)| left == right) {
        let Some((now, _)) = together.first() else {
            continue;
        };
        for (_, edge) in together {
            edge.cross(&mut turns, &mut active);
        }
        open.turn_to(*now, &people::resolve(&schedule.rotations, &turns, &active))?;
    }
    open.finish(to)
}

/// The stretches between `from` and `to` that no shift covers, in order.
#[must_use]
pub fn gaps(shifts: &[Shift], from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut covered: Vec<_> = shifts.iter().map(|shift| (shift.from, shift.to)).collect();
    covered.sort_unstable();
    let mut found = Vec::new();
    let mut reached = from;
    for (begin, end) in covered {
        if reached < begin.min(to) {
            found.push((reached, begin.min(to)));
        }
        reached = reached.max(end);
    }
    if reached < to {
        found.push((reached, to));
    }
    found
}

/// Something that may change who is on call.
enum Edge<'a> {
    Turn { place: usize, turn: i64 },
    Begin(OverrideId, &'a Override),
    End(OverrideId, &'a Override),
}

impl Edge<'_> {
    fn cross(&self, turns: &mut [Option<i64>], active: &mut ActiveOverrides) {
        match self {
            Self::Turn { place, turn } => {
                if let Some(current) = turns.get_mut(*place) {
                    *current = Some(*turn);
                }
            }
            Self::Begin(id, change) => active.begin(*id, change),
            Self::End(id, change) => active.end(*id, change),
        }
    }
}

/// The shifts that have ended, and those that go on.
#[derive(Default)]
struct OpenShifts {
    ended: Vec<Shift>,
    open: BTreeMap<UserId, (Timestamp, Why)>,
}

impl OpenShifts {
    /// From `now` on, `people` are on call: ends what stops or changes its reason, begins what is
    /// new, and leaves alone what goes on.
    fn turn_to(&mut self, now: Timestamp, people: &People) -> Result<(), ScheduleError> {
        let ended = &mut self.ended;
        self.open.retain(|user, (from, why)| {
            let goes_on = people.get(user) == Some(why);
            if !goes_on {
                ended.push(Shift {
                    from: *from,
                    to: now,
                    user: *user,
                    why: *why,
                });
            }
            goes_on
        });
        for (user, why) in people {
            self.open.entry(*user).or_insert((now, *why));
        }
        if self.ended.len().saturating_add(self.open.len()) > SHIFTS_PER_SPAN {
            return Err(TOO_BUSY);
        }
        Ok(())
    }

    fn finish(mut self, to: Timestamp) -> Result<Vec<Shift>, ScheduleError> {
        self.turn_to(to, &People::new())?;
        self.ended
            .sort_unstable_by_key(|shift| (shift.from, shift.user));
        Ok(self.ended)
    }
}
