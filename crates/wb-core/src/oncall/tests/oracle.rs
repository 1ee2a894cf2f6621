//! The naive answer, made another way on purpose: it steps from turn to turn, day by day and hour
//! by hour, resolves local times by trying the offsets around them, and keeps people in lists.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::config::{HandoffUnit, Override, OverrideChange, Rotation, Schedule};
use crate::ids::OverrideId;
use crate::oncall::{OnCall, Why};
use crate::time::Timestamp;

/// Who is on call at an instant before the one it was made for.
pub(super) struct Oracle<'a> {
    rotations: Vec<(&'a Rotation, Vec<Timestamp>)>,
    overrides: Vec<(OverrideId, &'a Override)>,
}

impl<'a> Oracle<'a> {
    pub(super) fn until(
        schedule: &'a Schedule,
        overrides: &[(OverrideId, &'a Override)],
        until: Timestamp,
    ) -> Self {
        let zone = TimeZone::get(&schedule.zone).unwrap();
        let mut overrides = overrides.to_vec();
        overrides.sort_by_key(|(id, _)| *id);
        let rotations = schedule.rotations.iter();
        let rotations = rotations
            .map(|r| (r, step_turns(r, &zone, until)))
            .collect();
        Self {
            rotations,
            overrides,
        }
    }

    /// Every instant at which a turn begins.
    pub(super) fn begins(&self) -> impl Iterator<Item = Timestamp> {
        self.rotations
            .iter()
            .flat_map(|(_, begins)| begins.iter().copied())
    }

    pub(super) fn on_call(&self, at: Timestamp) -> Vec<OnCall> {
        let mut people = Vec::new();
        for (rotation, begins) in &self.rotations {
            let turn = begins.iter().rposition(|begin| *begin <= at);
            if let (Some(turn), false) = (turn, rotation.slots.is_empty()) {
                let why = Why {
                    rotation: Some(rotation.id),
                    turn: Some(turn as i64),
                    overridden_by: None,
                };
                for user in &rotation.slots[turn % rotation.slots.len()].people {
                    add(&mut people, OnCall { user: *user, why });
                }
            }
            let turn = turn.map(|turn| turn as i64);
            let why = Why {
                rotation: Some(rotation.id),
                turn,
                overridden_by: None,
            };
            self.change(at, why, &mut people);
            if !people.is_empty() {
                break;
            }
        }
        self.change(
            at,
            Why {
                rotation: None,
                turn: None,
                overridden_by: None,
            },
            &mut people,
        );
        people.sort();
        people
    }

    fn change(&self, at: Timestamp, why: Why, people: &mut Vec<OnCall>) {
        for (id, change) in &self.overrides {
            if change.rotation != why.rotation || at < change.from || at >= change.to {
                continue;
            }
            let why = Why {
                overridden_by: Some(*id),
                ..why
            };
            match change.change {
                OverrideChange::Add(user) => add(people, OnCall { user, why }),
                OverrideChange::Remove(user) => people.retain(|p| p.user != user),
                OverrideChange::Replace { who: None, with } => {
                    *people = vec![OnCall { user: with, why }];
                }
                OverrideChange::Replace {
                    who: Some(who),
                    with,
                } => {
                    if people.iter().any(|p| p.user == who) {
                        people.retain(|p| p.user != who);
                        add(people, OnCall { user: with, why });
                    }
                }
            }
        }
    }
}

fn add(people: &mut Vec<OnCall>, new: OnCall) {
    if !people.iter().any(|p| p.user == new.user) {
        people.push(new);
    }
}

fn step_turns(rotation: &Rotation, zone: &TimeZone, until: Timestamp) -> Vec<Timestamp> {
    let mut local = rotation.start;
    let mut begins = vec![instant_of(zone, local)];
    while begins.last().is_some_and(|last| *last <= until) {
        let next = match rotation.handoff.unit {
            HandoffUnit::Hours => (0..rotation.handoff.every)
                .fold(begins[begins.len() - 1], |t, _| t.plus_secs(3_600)),
            unit => {
                let days_each = if unit == HandoffUnit::Weeks { 7 } else { 1 };
                for _ in 0..rotation.handoff.every * days_each {
                    local = local.date().tomorrow().unwrap().to_datetime(local.time());
                }
                instant_of(zone, local)
            }
        };
        begins.push(next);
    }
    begins
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
