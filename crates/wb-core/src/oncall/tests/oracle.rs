//! The naive answer, made another way on purpose: it steps from turn to turn and from slot to slot,
//! day by day and hour by hour, lists every window, resolves local times by trying the offsets
//! around them, and keeps people in lists.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::config::{
    Duty, HandoffUnit, Holiday, OnHolidays, Override, OverrideChange, OverrideOrigin, Rotation,
    Schedule, Slot, TurnRule, WhenOff, Window,
};
use crate::ids::{OverrideId, UserId};
use crate::oncall::{Changes, OnCall, Why};
use crate::time::Timestamp;

/// Who is on call at an instant of the span it was made for.
pub(super) struct Oracle<'a> {
    rotations: Vec<Stepped<'a>>,
    overrides: Vec<(OverrideId, &'a Override)>,
    off: Vec<(UserId, Timestamp, Timestamp)>,
}

/// One rotation, stepped through.
struct Stepped<'a> {
    rotation: &'a Rotation,
    end: Option<Timestamp>,
    turns: Vec<Turn>,
    windows: Vec<(Timestamp, Timestamp, bool)>,
    holidays: Vec<(Timestamp, Timestamp, Date)>,
}

impl Stepped<'_> {
    /// The holiday of an instant, if it is one where the rotation is.
    fn holiday(&self, at: Timestamp) -> Option<Date> {
        let found = self
            .holidays
            .iter()
            .find(|(from, to, _)| *from <= at && at < *to);
        found.map(|(_, _, date)| *date)
    }

    /// The turn of an instant.
    fn number(&self, at: Timestamp) -> Option<usize> {
        let ended = self.end.is_some_and(|end| end <= at);
        let number = self.turns.iter().rposition(|turn| turn.begin <= at);
        number.filter(|_| !ended)
    }

    /// Of the windows that are open, whether each is for coordinating; none when it has nobody.
    fn open(&self, at: Timestamp) -> Option<Vec<bool>> {
        let windows = self.windows.iter();
        let open: Vec<bool> = windows
            .filter(|(from, to, _)| *from <= at && at < *to)
            .map(|(_, _, coordinate_only)| *coordinate_only)
            .collect();
        (!open.is_empty() || self.rotation.windows.is_empty()).then_some(open)
    }
}

/// One turn: when it begins, and who takes part: each slot from that of the turn on, with the
/// places of its people who are there.
struct Turn {
    begin: Timestamp,
    slots: Vec<(usize, Vec<usize>)>,
}

impl<'a> Oracle<'a> {
    pub(super) fn over(
        schedule: &'a Schedule,
        changes: &Changes<'a>,
        from: Timestamp,
        to: Timestamp,
    ) -> Self {
        let mut overrides = changes.overrides.clone();
        overrides.sort_by_key(|(id, _)| *id);
        let off = changes.time_off.iter();
        let rotations = schedule.rotations.iter().map(|rotation| {
            let zone = rotation.zone.as_ref().unwrap_or(&schedule.zone);
            let zone = TimeZone::get(zone).unwrap();
            Stepped {
                rotation,
                end: rotation.end.map(|end| instant_of(&zone, end)),
                turns: step_turns(rotation, &zone, to),
                windows: list_windows(&rotation.windows, &zone, from, to),
                holidays: list_holidays(&schedule.holidays, &zone),
            }
        });
        Self {
            rotations: rotations.collect(),
            overrides,
            off: off.map(|off| (off.user, off.from, off.to)).collect(),
        }
    }

    /// Every instant at which something may change.
    pub(super) fn edges(&self) -> Vec<Timestamp> {
        let mut edges: Vec<_> = self.off.iter().flat_map(|off| [off.1, off.2]).collect();
        edges.extend(self.overrides.iter().flat_map(|(_, o)| [o.from, o.to]));
        for stepped in &self.rotations {
            edges.extend(stepped.turns.iter().map(|turn| turn.begin));
            edges.extend(
                stepped
                    .windows
                    .iter()
                    .flat_map(|window| [window.0, window.1]),
            );
            edges.extend(stepped.end);
            let holidays = stepped.holidays.iter();
            edges.extend(holidays.flat_map(|(from, to, _)| [*from, *to]));
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    pub(super) fn on_call(&self, at: Timestamp) -> Vec<OnCall> {
        let all: Vec<(bool, Vec<OnCall>)> = self
            .rotations
            .iter()
            .map(|stepped| (stepped.rotation.beside, self.of_rotation(stepped, at)))
            .collect();
        let counts = |people: &[OnCall]| people.iter().any(|one| one.duty != Duty::Shadow);
        let mut people = Vec::new();
        let mut decided = false;
        let mut free_on = None;
        let mut later = Vec::new();
        for (stepped, (beside, some)) in self.rotations.iter().zip(&all) {
            let holiday = stepped.holiday(at);
            let rule = stepped.rotation.on_holidays;
            let there_for = holiday.filter(|_| rule == OnHolidays::Only);
            let on = |holiday| some.iter().map(move |one| holding(*one, holiday));
            if *beside {
                later.extend(on(there_for));
            } else if !decided && counts(some) {
                decided = true;
                on(there_for.or(free_on)).for_each(|one| add(&mut people, one));
            } else if rule == OnHolidays::Nobody
                && free_on.is_none()
                && stepped.number(at).is_some()
                && stepped.open(at).is_some()
            {
                free_on = holiday;
            }
        }
        later.into_iter().for_each(|one| add(&mut people, one));
        self.change(at, Why::default(), &mut people);
        if !counts(&people) {
            return Vec::new();
        }
        people.sort();
        people
    }

    fn of_rotation(&self, stepped: &Stepped<'_>, at: Timestamp) -> Vec<OnCall> {
        let Some(open) = stepped.open(at) else {
            return Vec::new();
        };
        let is_holiday = stepped.holiday(at).is_some();
        match stepped.rotation.on_holidays {
            OnHolidays::Nobody if is_holiday => return Vec::new(),
            OnHolidays::Only if !is_holiday => return Vec::new(),
            _ => {}
        }
        let coordinate_only = !open.is_empty() && !open.contains(&false);
        let number = stepped.number(at);
        let mut people = Vec::new();
        if let Some(number) = number {
            people = self.of_turn(stepped, number, at);
        }
        if coordinate_only {
            for one in people.iter_mut().filter(|one| one.duty == Duty::Act) {
                one.duty = Duty::Coordinate;
            }
        }
        let why = Why {
            rotation: Some(stepped.rotation.id),
            turn: number.map(|number| number as i64),
            ..Why::default()
        };
        self.change(at, why, &mut people);
        people
    }

    fn of_turn(&self, stepped: &Stepped<'_>, number: usize, at: Timestamp) -> Vec<OnCall> {
        let rotation = stepped.rotation;
        let is_away = |user: UserId| {
            let off = self
                .off
                .iter()
                .any(|o| o.0 == user && o.1 <= at && at < o.2);
            let settled = self.overrides.iter().any(|(_, o)| {
                (o.rotation.is_none() || o.rotation == Some(rotation.id))
                    && o.from <= at
                    && at < o.to
                    && matches!(o.change, OverrideChange::Replace { who: Some(who), .. } if who == user)
            });
            off && !settled
        };
        let mut covers = None;
        for (step, (slot, there)) in stepped.turns[number].slots.iter().enumerate() {
            let slot = &rotation.slots[*slot];
            let there = there.iter().map(|place| slot.people[*place]);
            let (away, here): (Vec<_>, Vec<_>) = there.partition(|one| is_away(one.user));
            let missing = away.iter().find(|one| one.duty != Duty::Shadow);
            let anybody = here.iter().any(|one| one.duty != Duty::Shadow);
            let is_fine = if step == 0 {
                anybody || missing.is_none() || rotation.when_off == WhenOff::Nobody
            } else {
                anybody
            };
            if step == 0 {
                covers = missing.map(|one| one.user);
            }
            let people = here.into_iter().map(|one| OnCall {
                user: one.user,
                duty: one.duty,
                first_come: slot.first_come,
                why: Why {
                    rotation: Some(rotation.id),
                    turn: Some(number as i64),
                    covers: covers.filter(|_| step > 0),
                    ..Why::default()
                },
            });
            if is_fine {
                return people.collect();
            }
        }
        // Nobody can stand in: what is left of the slot are its shadows.
        let shadows = stepped.turns[number].slots.first().map(|(slot, there)| {
            let people = there
                .iter()
                .map(|place| rotation.slots[*slot].people[*place]);
            people.filter(|one| !is_away(one.user)).map(|one| OnCall {
                user: one.user,
                duty: one.duty,
                first_come: rotation.slots[*slot].first_come,
                why: Why {
                    rotation: Some(rotation.id),
                    turn: Some(number as i64),
                    ..Why::default()
                },
            })
        });
        shadows.into_iter().flatten().collect()
    }

    fn change(&self, at: Timestamp, why: Why, people: &mut Vec<OnCall>) {
        for (id, change) in &self.overrides {
            if change.rotation != why.rotation || at < change.from || at >= change.to {
                continue;
            }
            let new = |user, duty, first_come| OnCall {
                user,
                duty,
                first_come,
                why: Why {
                    overridden_by: Some(*id),
                    swap: match change.origin {
                        OverrideOrigin::Swap(swap) => Some(swap),
                        _ => None,
                    },
                    ..why
                },
            };
            match change.change {
                OverrideChange::Add(user) => add(people, new(user, Duty::Act, false)),
                OverrideChange::Shadow(user) => add(people, new(user, Duty::Shadow, false)),
                OverrideChange::Remove(user) => people.retain(|p| p.user != user),
                OverrideChange::Replace { who: None, with } => {
                    *people = vec![new(with, Duty::Act, false)];
                }
                OverrideChange::Replace {
                    who: Some(who),
                    with,
                } => {
                    if let Some(old) = people.iter().find(|p| p.user == who).copied() {
                        people.retain(|p| p.user != who);
                        add(people, new(with, old.duty, old.first_come));
                    }
                }
            }
        }
    }
}

fn holding(one: OnCall, holiday: Option<Date>) -> OnCall {
    let why = Why { holiday, ..one.why };
    OnCall { why, ..one }
}

fn add(people: &mut Vec<OnCall>, new: OnCall) {
    match people.iter_mut().find(|p| p.user == new.user) {
        Some(old) if old.duty == Duty::Shadow && new.duty != Duty::Shadow => *old = new,
        Some(_) => {}
        None => people.push(new),
    }
}

/// All turns that begin until `until`, and one more.
fn step_turns(rotation: &Rotation, zone: &TimeZone, until: Timestamp) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut next_slot = 0;
    for begin in step_begins(rotation, zone, until) {
        let count = rotation.slots.len();
        let ring = (0..count).map(|step| (next_slot + step) % count);
        let slots: Vec<_> = ring
            .filter_map(|slot| {
                let there = there(&rotation.slots[slot], zone, begin)?;
                Some((slot, there))
            })
            .collect();
        if let Some((slot, _)) = slots.first() {
            next_slot = slot + 1;
        }
        turns.push(Turn { begin, slots });
    }
    turns
}

/// The places of the people of a slot who are there for a turn, if the slot takes part in it.
fn there(slot: &Slot, zone: &TimeZone, begin: Timestamp) -> Option<Vec<usize>> {
    let midnight = |date: Date| instant_of(zone, date.to_datetime(Time::midnight()));
    let people = slot.people.iter().enumerate();
    let there: Vec<usize> = people
        .filter(|(_, one)| one.joins.is_none_or(|date| midnight(date) <= begin))
        .filter(|(_, one)| one.leaves.is_none_or(|date| begin < midnight(date)))
        .map(|(place, _)| place)
        .collect();
    let counts = |place: &usize| slot.people[*place].duty != Duty::Shadow;
    let everybody: Vec<usize> = (0..slot.people.len()).collect();
    let takes_part = if everybody.iter().any(counts) {
        there.iter().any(counts)
    } else {
        everybody.is_empty() || !there.is_empty()
    };
    takes_part.then_some(there)
}

fn step_begins(rotation: &Rotation, zone: &TimeZone, until: Timestamp) -> Vec<Timestamp> {
    let every = rotation.handoff.every;
    let unit = rotation.handoff.unit;
    let worked = rotation.turn == TurnRule::Worked && unit == HandoffUnit::Days;
    let mut begins: Vec<Timestamp> = Vec::new();
    let mut units = 0;
    let mut worked_units = 0;
    let mut hour = instant_of(zone, rotation.start);
    while begins.last().is_none_or(|last| *last <= until) {
        let local = match unit {
            HandoffUnit::Hours => None,
            HandoffUnit::Days => Some(rotation.start.checked_add(Span::new().days(units)).unwrap()),
            HandoffUnit::Weeks => Some(
                rotation
                    .start
                    .checked_add(Span::new().weeks(units))
                    .unwrap(),
            ),
            HandoffUnit::Months => Some(months_later(rotation.start, units)),
        };
        let counts = match local {
            Some(local) if worked => is_worked(local, &rotation.windows),
            _ => true,
        };
        if counts {
            if worked_units % i64::from(every) == 0 {
                begins.push(local.map_or(hour, |local| instant_of(zone, local)));
            }
            worked_units += 1;
        }
        units += 1;
        hour = hour.plus_secs(3_600);
    }
    begins
}

/// Month by month, on the last day where the month is too short.
fn months_later(start: DateTime, months: i64) -> DateTime {
    let mut first = start.date().first_of_month();
    for _ in 0..months {
        first = first.last_of_month().tomorrow().unwrap();
    }
    let day = start.day().min(first.days_in_month());
    let date = Date::new(first.year(), first.month(), day).unwrap();
    date.to_datetime(start.time())
}

/// Whether a window falls into the day that begins at a local time, by the minute and the second
/// after it.
fn is_worked(begin: DateTime, windows: &[Window]) -> bool {
    if windows.is_empty() {
        return true;
    }
    let mut date = begin.date().yesterday().unwrap();
    let end = begin.checked_add(Span::new().days(1)).unwrap();
    while date <= end.date() {
        for window in windows {
            let from = date.to_datetime(window.from);
            let mut to = date.to_datetime(window.to);
            if to <= from {
                to = to.checked_add(Span::new().days(1)).unwrap();
            }
            if window.days.contains(date.weekday()) && from < end && begin < to {
                return true;
            }
        }
        date = date.tomorrow().unwrap();
    }
    false
}

fn list_windows(
    windows: &[Window],
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(Timestamp, Timestamp, bool)> {
    let mut found = Vec::new();
    if windows.is_empty() {
        return found;
    }
    let mut date = zone
        .to_datetime(from.plus_secs(-6 * 86_400).to_jiff())
        .date();
    while instant_of(zone, date.to_datetime(Time::midnight())) < to.plus_secs(6 * 86_400) {
        let noon = Timestamp::from_jiff(
            TimeZone::UTC
                .to_timestamp(date.to_datetime(Time::constant(12, 0, 0, 0)))
                .unwrap(),
        );
        // The day is there when some instant near its noon has its date.
        let there = (-8..=8).any(|n| {
            zone.to_datetime(noon.plus_secs(n * 6 * 3_600).to_jiff())
                .date()
                == date
        });
        for window in windows
            .iter()
            .filter(|w| there && w.days.contains(date.weekday()))
        {
            let ends = if window.to > window.from {
                date
            } else {
                date.tomorrow().unwrap()
            };
            let begin = instant_of(zone, date.to_datetime(window.from));
            let end = instant_of(zone, ends.to_datetime(window.to));
            if begin < end {
                found.push((begin, end, window.coordinate_only));
            }
        }
        date = date.tomorrow().unwrap();
    }
    found
}

/// From midnight to midnight, where there is anything between.
fn list_holidays(holidays: &[Holiday], zone: &TimeZone) -> Vec<(Timestamp, Timestamp, Date)> {
    let midnight = |date: Date| instant_of(zone, date.to_datetime(Time::midnight()));
    let days = holidays.iter().map(|holiday| holiday.date);
    let days = days.map(|date| (midnight(date), midnight(date.tomorrow().unwrap()), date));
    days.filter(|(from, to, _)| from < to).collect()
}

/// The instant of a local time, from the zone's offsets around it alone.
pub(super) fn instant_of(zone: &TimeZone, local: DateTime) -> Timestamp {
    const AROUND_S: i64 = 26 * 3_600;
    let wall = Timestamp::from_jiff(TimeZone::UTC.to_timestamp(local).unwrap());
    let from = wall.plus_secs(-AROUND_S).to_jiff();
    let to = wall.plus_secs(AROUND_S).to_jiff();
    let mut offset = zone.to_offset(from);
    let mut fitting = Vec::new();
    let mut skipped = None;
    let by = |offset: jiff::tz::Offset| wall.plus_secs(-i64::from(offset.seconds()));
    let changes = zone
        .following(from)
        .take_while(|change| change.timestamp() <= to);
    let mut offsets = vec![offset];
    for change in changes {
        let at = Timestamp::from_jiff(change.timestamp());
        if by(offset) >= at && by(change.offset()) < at {
            skipped = Some(by(offset));
        }
        offset = change.offset();
        offsets.push(offset);
    }
    for offset in offsets {
        if zone.to_offset(by(offset).to_jiff()) == offset {
            fitting.push(by(offset));
        }
    }
    fitting.into_iter().min().or(skipped).unwrap()
}
