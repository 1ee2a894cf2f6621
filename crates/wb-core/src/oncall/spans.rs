//! Shifts: one sweep over the instants at which the answer can change.

use jiff::civil::Date;

use super::holidays;
use super::layer::Layer;
use super::people::{self, Exceptions, People};
use super::windows::occurrences;
use super::{Changes, OnCall, ScheduleError, Shift};
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
///
/// # Errors
/// A zone is unknown, a rotation's turns have no length, or the span holds more than
/// [`SHIFTS_PER_SPAN`] hand-offs, windows, edges of overrides and times off, or shifts.
pub fn shifts(
    schedule: &Schedule,
    changes: &Changes<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Shift>, ScheduleError> {
    let mut layers = Layer::all_of(schedule, from)?;
    if from >= to {
        return Ok(Vec::new());
    }
    let mut exceptions = Exceptions::default();
    let edges = edges(&mut layers, &mut exceptions, changes, from, to)?;

    let mut open = OpenShifts::default();
    let mut present = People::default();
    for layer in &mut layers {
        layer.resolve(&exceptions);
    }
    people::of_schedule(&layers, &exceptions, &mut present);
    open.turn_to(from, present.as_slice())?;
    for together in edges.chunk_by(|left, right| left.at == right.at) {
        let Some(now) = together.first().map(|edge| edge.at) else {
            continue;
        };
        let mut touched = Touched::None;
        for edge in together {
            touched = touched.and(edge.cross(&mut layers, &mut exceptions));
        }
        for (place, layer) in layers.iter_mut().enumerate() {
            if touched.has(place) {
                layer.resolve(&exceptions);
            }
        }
        people::of_schedule(&layers, &exceptions, &mut present);
        open.turn_to(now, present.as_slice())?;
    }
    open.finish(to)
}

/// The stretches between `from` and `to` in which nobody counts, in order.
#[must_use]
pub fn gaps(shifts: &[Shift], from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let counted = shifts.iter().filter(|shift| shift.duty.counts());
    let mut covered: Vec<_> = counted.map(|shift| (shift.from, shift.to)).collect();
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
struct Edge<'a> {
    at: Timestamp,
    what: What<'a>,
}

enum What<'a> {
    Turn {
        place: usize,
        turn: Option<i64>,
    },
    Window {
        place: usize,
        window: usize,
        by: i32,
    },
    Holiday {
        place: usize,
        date: Option<Date>,
    },
    Begin(OverrideId, &'a Override),
    End(OverrideId),
    Leave(UserId),
    ComeBack(UserId),
}

/// Everything that happens after `from` and before `to`, in order. What began before is set in
/// `layers` and `exceptions`.
fn edges<'a>(
    layers: &mut [Layer<'_>],
    exceptions: &mut Exceptions,
    changes: &Changes<'a>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Edge<'a>>, ScheduleError> {
    let mut edges = Vec::new();
    for (place, layer) in layers.iter_mut().enumerate() {
        edges_of_layer(place, layer, from, to, &mut edges)?;
    }
    let mut add = |begin: Timestamp, end: Timestamp, first: What<'a>, last: What<'a>| {
        if from < begin {
            let at = begin;
            edges.push(Edge { at, what: first });
        }
        if end < to {
            let at = end;
            edges.push(Edge { at, what: last });
        }
    };
    let is_in_span = |begin: Timestamp, end: Timestamp| begin < end && from < end && begin < to;
    for (id, change) in &changes.overrides {
        if is_in_span(change.from, change.to) {
            if change.from <= from {
                exceptions.begin(*id, change);
            }
            let (begin, end) = (What::Begin(*id, change), What::End(*id));
            add(change.from, change.to, begin, end);
        }
    }
    for off in &changes.time_off {
        if is_in_span(off.from, off.to) {
            if off.from <= from {
                exceptions.leave(off.user);
            }
            let (begin, end) = (What::Leave(off.user), What::ComeBack(off.user));
            add(off.from, off.to, begin, end);
        }
    }
    if edges.len() > SHIFTS_PER_SPAN {
        return Err(TOO_BUSY);
    }
    // Stable: turns that begin together (a skipped day) stay in their order, and the last one wins;
    // the end of a holiday comes before the begin of the next day's.
    edges.sort_by_key(|edge| edge.at);
    Ok(edges)
}

fn edges_of_layer(
    place: usize,
    layer: &mut Layer<'_>,
    from: Timestamp,
    to: Timestamp,
    edges: &mut Vec<Edge<'_>>,
) -> Result<(), ScheduleError> {
    let room = SHIFTS_PER_SPAN.saturating_sub(edges.len());
    let begins = layer.turns.begins_between(from, to, room, &layer.zone);
    let turn = |(at, turn)| Edge {
        at,
        what: What::Turn {
            place,
            turn: Some(turn),
        },
    };
    edges.extend(begins.ok_or(TOO_BUSY)?.into_iter().map(turn));
    if let Some(at) = layer.turns.end().filter(|end| from < *end && *end < to) {
        edges.push(Edge {
            at,
            what: What::Turn { place, turn: None },
        });
    }
    let room = SHIFTS_PER_SPAN.saturating_sub(edges.len()) / 2;
    let windows = &layer.rotation.windows;
    let all = occurrences(windows, &layer.zone, from, to, room).ok_or(TOO_BUSY)?;
    for one in all {
        let change = |by| What::Window {
            place,
            window: one.window,
            by,
        };
        if one.from <= from {
            layer.open.change(one.window, 1);
        } else {
            edges.push(Edge {
                at: one.from,
                what: change(1),
            });
        }
        if one.to < to {
            edges.push(Edge {
                at: one.to,
                what: change(-1),
            });
        }
    }
    edges_of_holidays(place, layer, from, to, edges);
    Ok(())
}

/// Needs no room of its own: there are few holidays, and all edges are counted in the end.
fn edges_of_holidays(
    place: usize,
    layer: &mut Layer<'_>,
    from: Timestamp,
    to: Timestamp,
    edges: &mut Vec<Edge<'_>>,
) {
    // Most rotations heed none.
    if layer.holidays.is_empty() {
        return;
    }
    let mut holiday = None;
    for free in holidays::between(layer.holidays, &layer.zone, from, to) {
        let mut add = |at, date| {
            let what = What::Holiday { place, date };
            edges.push(Edge { at, what });
        };
        if free.from <= from {
            holiday = Some(free.date);
        } else {
            add(free.from, Some(free.date));
        }
        if free.to < to {
            add(free.to, None);
        }
    }
    layer.holiday = holiday;
}

/// The rotations whose people may have changed.
#[derive(Clone, Copy)]
enum Touched {
    None,
    One(usize),
    All,
}

impl Touched {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, one) | (one, Self::None) => one,
            (Self::One(a), Self::One(b)) if a == b => self,
            _ => Self::All,
        }
    }

    const fn has(self, place: usize) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => one == place,
            Self::All => true,
        }
    }
}

impl Edge<'_> {
    fn cross(&self, layers: &mut [Layer<'_>], exceptions: &mut Exceptions) -> Touched {
        match self.what {
            What::Turn { place, turn } => {
                if let Some(layer) = layers.get_mut(place) {
                    layer.turn = turn;
                }
                return Touched::One(place);
            }
            What::Window { place, window, by } => {
                if let Some(layer) = layers.get_mut(place) {
                    layer.open.change(window, by);
                }
                return Touched::One(place);
            }
            What::Holiday { place, date } => {
                if let Some(layer) = layers.get_mut(place) {
                    layer.holiday = date;
                }
                return Touched::One(place);
            }
            What::Begin(id, change) => exceptions.begin(id, change),
            What::End(id) => exceptions.end(id),
            What::Leave(user) => exceptions.leave(user),
            What::ComeBack(user) => exceptions.come_back(user),
        }
        Touched::All
    }
}

/// The shifts that have ended, and those that go on.
#[derive(Default)]
struct OpenShifts {
    ended: Vec<Shift>,
    /// In the order of the people.
    open: Vec<Shift>,
    spare: Vec<Shift>,
}

impl OpenShifts {
    /// From `now` on, `people` are on call: ends what stops or changes its reason, begins what is
    /// new, and leaves alone what goes on.
    fn turn_to(&mut self, now: Timestamp, people: &[OnCall]) -> Result<(), ScheduleError> {
        self.spare.clear();
        let mut before = self.open.iter().peekable();
        for one in people {
            while let Some(gone) = before.next_if(|shift| shift.user < one.user) {
                self.ended.push(Shift { to: now, ..*gone });
            }
            let old = before.next_if(|shift| shift.user == one.user);
            if let Some(old) = old
                && old.who() == *one
            {
                self.spare.push(*old);
                continue;
            }
            self.ended.extend(old.map(|old| Shift { to: now, ..*old }));
            self.spare.push(Shift::begin(now, *one));
        }
        self.ended
            .extend(before.map(|gone| Shift { to: now, ..*gone }));
        core::mem::swap(&mut self.open, &mut self.spare);
        if self.ended.len().saturating_add(self.open.len()) > SHIFTS_PER_SPAN {
            return Err(TOO_BUSY);
        }
        Ok(())
    }

    fn finish(mut self, to: Timestamp) -> Result<Vec<Shift>, ScheduleError> {
        self.turn_to(to, &[])?;
        self.ended
            .sort_unstable_by_key(|shift| (shift.from, shift.user));
        Ok(self.ended)
    }
}
