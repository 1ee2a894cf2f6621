//! Schedules and shifts as text, so that a test reads as a table.
//!
//! ```text
//! zone Europe/Berlin
//! from 2026-03-28                      local time; `to` is the first instant after
//! to 2026-03-30
//! rotation first 2026-03-28T09:00 every 1 days: ann bob | | cat        slots; the second is nobody
//! override 1 first 2026-03-29T00:00+01 2026-03-29T12:00+02 add dan     or `remove`, `replace X with Y`,
//! override 2 all ...                                                   `replace all with Y`
//! ```
//!
//! The answer has a line for each shift and each gap: `from .. to hours who why`, where why is
//! `rotation#turn`, or `all`, and `by N` for an override.

use jiff::tz::TimeZone;

use super::oracle::{Oracle, instant_of};
use crate::config::{Handoff, HandoffUnit, Override, OverrideChange, Rotation, Schedule, Slot};
use crate::ids::{OverrideId, RotationId, ScheduleId, TeamId, UserId};
use crate::oncall::{OnCall, Shift, gaps, on_call, shifts};
use crate::time::Timestamp;

/// Fails unless the shifts and gaps of the schedule are exactly the rows, and unless `on_call` and
/// the oracle agree with them around every edge and at every quarter of an hour.
#[track_caller]
pub(super) fn check(schedule: &str, expected: &str) {
    let case = Case::parse(schedule);
    let expected: Vec<String> = lines(expected).map(|l| words(l).join(" ")).collect();
    assert_eq!(case.render(), expected, "\n{}", case.render().join("\n"));
    case.agrees_with_oracle();
}

/// A schedule, its overrides and the span that is asked for.
pub(super) struct Case {
    pub(super) schedule: Schedule,
    overrides: Vec<(OverrideId, Override)>,
    zone: TimeZone,
    from: Timestamp,
    to: Timestamp,
}

impl Case {
    pub(super) fn parse(text: &str) -> Self {
        let mut case = Self {
            schedule: schedule("UTC"),
            overrides: Vec::new(),
            zone: TimeZone::UTC,
            from: Timestamp::EPOCH,
            to: Timestamp::EPOCH,
        };
        for line in lines(text) {
            match words(line)[..] {
                ["zone", name] => {
                    case.zone = TimeZone::get(name).unwrap();
                    case.schedule.zone = name.to_owned();
                }
                ["from", at] => case.from = instant_of(&case.zone, at.parse().unwrap()),
                ["to", at] => case.to = instant_of(&case.zone, at.parse().unwrap()),
                ["rotation", ..] => case.schedule.rotations.push(rotation(line)),
                ["override", ref rest @ ..] => case.overrides.push(change(rest)),
                _ => panic!("no such line: {line}"),
            }
        }
        case
    }

    fn render(&self) -> Vec<String> {
        let overrides = self.overrides();
        let shifts = shifts(&self.schedule, &overrides, self.from, self.to).unwrap();
        let mut rows: Vec<_> = shifts.iter().map(|s| (s.from, self.shift_row(s))).collect();
        for (from, to) in gaps(&shifts, self.from, self.to) {
            rows.push((from, format!("{} nobody", self.span(from, to))));
        }
        rows.sort_by_key(|(from, _)| *from);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn agrees_with_oracle(&self) {
        let overrides = self.overrides();
        let found = shifts(&self.schedule, &overrides, self.from, self.to).unwrap();
        let oracle = Oracle::until(&self.schedule, &overrides, self.to);
        let edges = found
            .iter()
            .flat_map(|s| [s.from, s.to])
            .chain(oracle.begins());
        let quarters = (0..)
            .map(|n| self.from.plus_secs(n * 900))
            .take_while(|at| *at < self.to);
        for at in edges
            .flat_map(around)
            .chain(quarters)
            .filter(|at| self.from <= *at && *at < self.to)
        {
            let expected = oracle.on_call(at);
            assert_eq!(
                on_call(&self.schedule, &overrides, at).unwrap(),
                expected,
                "{at}"
            );
            assert_eq!(covering(&found, at), expected, "{at}");
        }
    }

    fn overrides(&self) -> Vec<(OverrideId, &Override)> {
        self.overrides
            .iter()
            .map(|(id, change)| (*id, change))
            .collect()
    }

    fn shift_row(&self, shift: &Shift) -> String {
        let rotation = shift.why.rotation.map_or("all".to_owned(), |id| word(id.0));
        let turn = shift
            .why
            .turn
            .map_or(String::new(), |turn| format!("#{turn}"));
        let by = shift
            .why
            .overridden_by
            .map_or(String::new(), |id| format!(" by {}", id.0.as_u128()));
        let who = word(shift.user.0);
        format!(
            "{} {who} {rotation}{turn}{by}",
            self.span(shift.from, shift.to)
        )
    }

    fn span(&self, from: Timestamp, to: Timestamp) -> String {
        let local = |at: Timestamp| {
            let text = at
                .to_jiff()
                .to_zoned(self.zone.clone())
                .strftime("%FT%H:%M%:z")
                .to_string();
            text.strip_suffix(":00").map_or(text.clone(), str::to_owned)
        };
        let hours = to.micros_since(from) as f64 / 3_600_000_000.0;
        format!("{} .. {} {hours}h", local(from), local(to))
    }
}

/// The people whose shifts cover an instant, in the order of `on_call`.
pub(super) fn covering(shifts: &[Shift], at: Timestamp) -> Vec<OnCall> {
    let covering = shifts.iter().filter(|s| s.from <= at && at < s.to);
    let mut people: Vec<_> = covering
        .map(|s| OnCall {
            user: s.user,
            why: s.why,
        })
        .collect();
    people.sort();
    people
}

/// The seconds, and the smallest steps, around an instant.
pub(super) fn around(at: Timestamp) -> impl Iterator<Item = Timestamp> {
    let seconds = (-2..=2).map(move |seconds| at.plus_secs(seconds));
    let micros = [-1, 1]
        .into_iter()
        .map(move |us| Timestamp::from_micros(at.as_micros() + us));
    seconds.chain(micros)
}

/// A schedule without rotations.
pub(super) fn schedule(zone: &str) -> Schedule {
    Schedule {
        team: TeamId(id("team")),
        name: "schedule".to_owned(),
        zone: zone.to_owned(),
        rotations: Vec::new(),
    }
}

/// A UUID that shows a short word, so that ids can be told apart and sort like their words.
pub(super) fn id(word: &str) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes[..word.len()].copy_from_slice(word.as_bytes());
    uuid::Uuid::from_bytes(bytes)
}

fn word(id: uuid::Uuid) -> String {
    String::from_utf8_lossy(id.as_bytes())
        .trim_end_matches('\0')
        .to_owned()
}

fn rotation(line: &str) -> Rotation {
    let (rule, slots) = line.split_once(": ").expect("slots after a colon");
    let ["rotation", name, start, "every", every, unit] = words(rule)[..] else {
        panic!("no such rotation: {line}")
    };
    let unit = match unit {
        "hours" => HandoffUnit::Hours,
        "days" => HandoffUnit::Days,
        "weeks" => HandoffUnit::Weeks,
        _ => panic!("no such unit: {line}"),
    };
    let slots = slots.split('|');
    Rotation {
        id: RotationId(id(name)),
        name: name.to_owned(),
        start: start.parse().unwrap(),
        handoff: Handoff {
            every: every.parse().unwrap(),
            unit,
        },
        slots: slots
            .map(|s| Slot {
                people: words(s).into_iter().map(user).collect(),
            })
            .collect(),
    }
}

fn change(words: &[&str]) -> (OverrideId, Override) {
    let [number, rotation, from, to, ref rest @ ..] = *words else {
        panic!("{words:?}")
    };
    let change = match *rest {
        ["add", who] => OverrideChange::Add(user(who)),
        ["remove", who] => OverrideChange::Remove(user(who)),
        ["replace", "all", "with", with] => OverrideChange::Replace {
            who: None,
            with: user(with),
        },
        ["replace", who, "with", with] => OverrideChange::Replace {
            who: Some(user(who)),
            with: user(with),
        },
        _ => panic!("no such change: {rest:?}"),
    };
    let instant = |text: &str| Timestamp::from_jiff(text.parse().unwrap());
    let change = Override {
        schedule: ScheduleId(id("schedule")),
        rotation: (rotation != "all").then(|| RotationId(id(rotation))),
        from: instant(from),
        to: instant(to),
        change,
    };
    (
        OverrideId(uuid::Uuid::from_u128(number.parse().unwrap())),
        change,
    )
}

fn user(name: &str) -> UserId {
    UserId(id(name))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}
