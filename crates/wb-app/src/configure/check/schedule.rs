//! What makes schedules, overrides and times off sound.

use wb_core::config::{
    HandoffUnit, Holiday, ObjectId, Override, OverrideChange, Participant, Rotation, Schedule,
    Slot, TimeOff, TurnRule, Weekdays, Window,
};
use wb_core::ids::{TimeOffId, UserId};
use wb_core::limits;

use super::{Checker, names, taken};
use crate::configure::problems::{Problems, repeats, same_name};

impl Checker<'_> {
    pub(super) fn schedule(&self, id: ObjectId, schedule: &Schedule, problems: &mut Problems) {
        problems.name("name", &schedule.name);
        problems.zone("zone", &schedule.zone);
        self.owner(schedule.team, problems);
        let others = names(&self.config.schedules, ObjectId::Schedule, |s| &s.name);
        taken(id, &schedule.name, others, problems);
        problems.many(
            "rotations",
            schedule.rotations.len(),
            limits::ROTATIONS_PER_SCHEDULE,
        );
        for (at, rotation) in schedule.rotations.iter().enumerate() {
            self.rotation(&format!("rotations[{at}]"), rotation, problems);
        }
        for (_, at) in repeats(&schedule.rotations, |a, b| same_name(&a.name, &b.name)) {
            problems.add(&format!("rotations[{at}].name"), "duplicate", &[]);
        }
        holidays(&schedule.holidays, problems);
    }

    fn rotation(&self, path: &str, rotation: &Rotation, problems: &mut Problems) {
        problems.name(&format!("{path}.name"), &rotation.name);
        if let Some(zone) = &rotation.zone {
            problems.zone(&format!("{path}.zone"), zone);
        }
        if rotation.end.is_some_and(|end| end <= rotation.start) {
            problems.add(&format!("{path}.end"), "override_order", &[]);
        }
        handoff(path, rotation, problems);
        windows(path, &rotation.windows, problems);
        let slots = format!("{path}.slots");
        if rotation.slots.is_empty() {
            problems.add(&slots, "no_slots", &[]);
        }
        problems.many(&slots, rotation.slots.len(), limits::SLOTS_PER_ROTATION);
        for (at, slot) in rotation.slots.iter().enumerate() {
            self.slot(&format!("{slots}[{at}]"), slot, problems);
        }
    }

    fn slot(&self, path: &str, slot: &Slot, problems: &mut Problems) {
        let people = format!("{path}.people");
        problems.many(&people, slot.people.len(), limits::PEOPLE_PER_SLOT);
        for (n, one) in slot.people.iter().enumerate() {
            let path = format!("{people}[{n}]");
            self.refers(&path, ObjectId::User(one.user), problems);
            if let (Some(joins), Some(leaves)) = (one.joins, one.leaves)
                && leaves <= joins
            {
                problems.add(&format!("{path}.leaves"), "leaves_before", &[]);
            }
        }
        let is_same = |a: &Participant, b: &Participant| a.user == b.user;
        for (_, n) in repeats(&slot.people, is_same) {
            problems.add(&format!("{people}[{n}]"), "duplicate", &[]);
        }
        if slot.first_come && slot.people.iter().filter(|p| p.duty.counts()).count() < 2 {
            problems.add(&format!("{path}.first_come"), "first_come_alone", &[]);
        }
    }

    pub(super) fn r#override(&self, value: &Override, problems: &mut Problems) {
        self.refers("schedule", ObjectId::Schedule(value.schedule), problems);
        if value.to <= value.from {
            problems.add("to", "override_order", &[]);
        }
        let schedule = self.config.schedules.get(&value.schedule);
        if let (Some(rotation), Some(schedule)) = (value.rotation, schedule)
            && !schedule.value.rotations.iter().any(|r| r.id == rotation)
        {
            problems.unknown("rotation", "rotation", &rotation);
        }
        let user = |path: &str, id: UserId, problems: &mut Problems| {
            self.refers(path, ObjectId::User(id), problems);
        };
        match value.change {
            OverrideChange::Add(who)
            | OverrideChange::Remove(who)
            | OverrideChange::Shadow(who) => {
                user("change.user", who, problems);
            }
            OverrideChange::Replace { who, with } => {
                user("change.with", with, problems);
                if let Some(who) = who {
                    user("change.who", who, problems);
                }
                if who == Some(with) {
                    problems.add("change.with", "replace_self", &[]);
                }
            }
        }
    }

    pub(super) fn time_off(&self, id: TimeOffId, value: &TimeOff, problems: &mut Problems) {
        self.refers("user", ObjectId::User(value.user), problems);
        if value.to <= value.from {
            problems.add("to", "override_order", &[]);
        }
        let others = self.config.time_off_of(value.user);
        let count = others.filter(|(other, _)| *other != id).count() + 1;
        problems.many("user", count, limits::TIMES_OFF_PER_USER);
    }
}

/// They stand in the order of their dates; where somebody wrote them in another one, a path may name
/// the neighbour.
fn holidays(holidays: &[Holiday], problems: &mut Problems) {
    problems.many("holidays", holidays.len(), limits::HOLIDAYS_PER_SCHEDULE);
    for (at, holiday) in holidays.iter().enumerate() {
        problems.name(&format!("holidays[{at}].name"), &holiday.name);
    }
    for (at, pair) in (1..).zip(holidays.windows(2)) {
        if let [before, after] = pair
            && before.date == after.date
        {
            let date = after.date;
            let path = format!("holidays[{at}].date");
            problems.add(&path, "holiday_twice", &[("date", &date)]);
        }
    }
}

fn handoff(path: &str, rotation: &Rotation, problems: &mut Problems) {
    let every = format!("{path}.handoff.every");
    if rotation.handoff.every == 0 {
        problems.add(&every, "at_least_one", &[]);
    }
    let max = limits::HANDOFF_EVERY_MAX;
    if rotation.handoff.every > max {
        problems.add(&every, "too_much", &[("max", &max)]);
    }
    if rotation.turn == TurnRule::Worked {
        // Hours are absolute and know no days; without windows every day is worked.
        let turn = format!("{path}.turn");
        if rotation.handoff.unit == HandoffUnit::Hours {
            problems.add(&turn, "worked_hours", &[]);
        } else if rotation.windows.is_empty() {
            problems.add(&turn, "worked_without_windows", &[]);
        }
    }
}

pub(super) fn windows(path: &str, windows: &[Window], problems: &mut Problems) {
    let path = format!("{path}.windows");
    problems.many(&path, windows.len(), limits::WINDOWS_PER_ROTATION);
    for (at, window) in windows.iter().enumerate() {
        if window.days == Weekdays::default() {
            problems.add(&format!("{path}[{at}].days"), "no_days", &[]);
        }
    }
}
