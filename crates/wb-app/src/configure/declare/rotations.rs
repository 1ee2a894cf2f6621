//! Declared schedules: from addresses to people, and what changes in them.

use jiff::civil::Weekday;
use wb_core::config::{
    Config, Duty, Handoff, Hours, OnHolidays, Participant, Rotation, Schedule, Slot, TurnRule,
    WhenOff, Window,
};

use super::diff::{Fields, email};
use super::resolve::Resolver;
use super::{DeclaredSchedule, DeclaredSlot};
use crate::configure::draft::{RotationDraft, ScheduleDraft};
use crate::configure::problems::Problems;

impl Resolver<'_> {
    pub(super) fn schedule(
        &self,
        declared: &DeclaredSchedule,
        problems: &mut Problems,
    ) -> ScheduleDraft {
        let mut rotations = Vec::with_capacity(declared.rotations.len());
        for (at, one) in declared.rotations.iter().enumerate() {
            let mut slots = Vec::with_capacity(one.slots.len());
            for (n, slot) in one.slots.iter().enumerate() {
                let path = format!("rotations[{at}].slots[{n}].people");
                slots.push(self.slot(&path, slot, problems));
            }
            rotations.push(RotationDraft {
                id: None,
                rotation: Rotation {
                    slots,
                    ..one.rotation.clone()
                },
            });
        }
        ScheduleDraft {
            team: self.team(&declared.team, problems),
            name: declared.name.clone(),
            zone: declared.zone.clone(),
            rotations,
            holidays: declared.holidays.clone(),
        }
    }

    fn slot(&self, path: &str, slot: &DeclaredSlot, problems: &mut Problems) -> Slot {
        let mut people = Vec::with_capacity(slot.people.len());
        for (at, one) in slot.people.iter().enumerate() {
            people.push(Participant {
                user: self.person(&format!("{path}[{at}]"), &one.email, problems),
                duty: one.duty,
                joins: one.joins,
                leaves: one.leaves,
            });
        }
        Slot {
            people,
            first_come: slot.first_come,
        }
    }
}

/// The fields of a schedule but for its owner, as people read them. What is as usual is left out.
pub(super) fn flatten(config: &Config, schedule: &Schedule, fields: &mut Fields) {
    fields.put("name", &schedule.name);
    fields.put("zone", &schedule.zone);
    for (at, rotation) in schedule.rotations.iter().enumerate() {
        let path = format!("rotations[{at}]");
        fields.put(format!("{path}.name"), &rotation.name);
        fields.put(format!("{path}.start"), rotation.start.to_string());
        fields.put(format!("{path}.handoff"), handoff(rotation.handoff));
        if let Some(zone) = &rotation.zone {
            fields.put(format!("{path}.zone"), zone);
        }
        if let Some(end) = rotation.end {
            fields.put(format!("{path}.end"), end.to_string());
        }
        if rotation.turn != TurnRule::default() {
            fields.put(format!("{path}.turn"), rotation.turn.word());
        }
        if rotation.when_off != WhenOff::default() {
            fields.put(format!("{path}.when_off"), rotation.when_off.word());
        }
        if rotation.beside {
            fields.put(format!("{path}.beside"), "true");
        }
        if rotation.on_holidays != OnHolidays::default() {
            fields.put(format!("{path}.on_holidays"), rotation.on_holidays.word());
        }
        for (n, one) in rotation.windows.iter().enumerate() {
            fields.put(format!("{path}.windows[{n}]"), window(one));
        }
        for (n, slot) in rotation.slots.iter().enumerate() {
            let path = format!("{path}.slots[{n}]");
            fields.put(format!("{path}.people"), people(config, slot));
            if slot.first_come {
                fields.put(format!("{path}.first_come"), "true");
            }
        }
    }
    // By date and not by place: one more holiday is one field more.
    for holiday in &schedule.holidays {
        fields.put(format!("holidays.{}", holiday.date), &holiday.name);
    }
}

/// Hours as fields, each window as a line.
pub(super) fn hours(path: &str, hours: &Hours, fields: &mut Fields) {
    fields.put(format!("{path}.zone"), &hours.zone);
    for (n, one) in hours.windows.iter().enumerate() {
        fields.put(format!("{path}.windows[{n}]"), window(one));
    }
}

fn people(config: &Config, slot: &Slot) -> String {
    let one = |one: &Participant| {
        let mut more = Vec::new();
        if one.duty != Duty::default() {
            more.push(one.duty.word().to_owned());
        }
        more.extend(one.joins.map(|date| format!("joins {date}")));
        more.extend(one.leaves.map(|date| format!("leaves {date}")));
        let email = email(config, one.user);
        match more.as_slice() {
            [] => email,
            more => format!("{email} ({})", more.join(", ")),
        }
    };
    let people: Vec<_> = slot.people.iter().map(one).collect();
    people.join(", ")
}

fn window(window: &Window) -> String {
    let day = |day| match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    };
    let days: Vec<_> = window.days.iter().map(day).collect();
    let to = window.to;
    let rest = if window.coordinate_only {
        ", coordinate only"
    } else {
        ""
    };
    format!("{} {} to {to}{rest}", days.join(", "), window.from)
}

fn handoff(handoff: Handoff) -> String {
    format!("{} {}", handoff.every, handoff.unit.word())
}
