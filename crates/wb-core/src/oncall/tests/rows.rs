//! Schedules and shifts as text, so that a test reads as a table.
//!
//! ```text
//! zone Europe/Berlin
//! from 2026-03-28                      local time; `to` is the first instant after
//! to 2026-03-30
//! rotation first 2026-03-28T09:00 every 1 days: ann bob | | cat        slots; the second is nobody
//! override 1 first 2026-03-29T00:00+01 2026-03-29T12:00+02 add dan     or `remove`, `replace X with Y`,
//! override 2 all ...                                                   `replace all with Y`, `shadow X`
//! off ann 2026-03-28T00:00+01 2026-03-28T12:00+01
//! holiday 2026-03-29
//! ```
//!
//! After the length of a turn a rotation may say `worked`, `beside`, `when-off-nobody`, `no-holidays`, `only-holidays`, `zone Z`,
//! `until 2026-06-01T00:00`, and `on mon,tue 09:00-17:00` (or `every-day`, and `coordinate` behind
//! it) as often as it likes. Behind a person stand `?` (can only coordinate), `~` (shadow),
//! `+2026-03-29` (joins) and `-2026-04-01` (leaves); a slot that begins with `first:` is first come,
//! first served.
//!
//! The answer has a line for each shift and each gap: `from .. to hours who why`, where why is
//! `rotation#turn`, or `all`, `by N` for an override, `for ann` for somebody who is off and `on DATE` for a holiday. Behind
//! the name stand `?` and `~` as above, and `!` for first come, first served.

use jiff::tz::TimeZone;

use super::oracle::{Oracle, instant_of};
use crate::config::{
    Duty, Handoff, HandoffUnit, Holiday, OnHolidays, Override, OverrideChange, OverrideOrigin,
    Participant, Rotation, Schedule, Slot, TimeOff, TurnRule, Weekdays, WhenOff, Window,
};
use crate::ids::{OverrideId, RotationId, ScheduleId, TeamId, UserId};
use crate::oncall::{Changes, OnCall, Shift, gaps, on_call, shifts};
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
    time_off: Vec<TimeOff>,
    zone: TimeZone,
    from: Timestamp,
    to: Timestamp,
}

impl Case {
    pub(super) fn parse(text: &str) -> Self {
        let mut case = Self {
            schedule: schedule("UTC"),
            overrides: Vec::new(),
            time_off: Vec::new(),
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
                ["off", who, from, to] => case.time_off.push(TimeOff {
                    user: user(who),
                    from: Timestamp::from_jiff(from.parse().unwrap()),
                    to: Timestamp::from_jiff(to.parse().unwrap()),
                }),
                ["holiday", date] => case.schedule.holidays.push(Holiday {
                    date: date.parse().unwrap(),
                    name: String::new(),
                }),
                ["override", ref rest @ ..] => case.overrides.push(change(rest)),
                _ => panic!("no such line: {line}"),
            }
        }
        case
    }

    fn render(&self) -> Vec<String> {
        let shifts = shifts(&self.schedule, &self.changes(), self.from, self.to).unwrap();
        let mut rows: Vec<_> = shifts.iter().map(|s| (s.from, self.shift_row(s))).collect();
        for (from, to) in gaps(&shifts, self.from, self.to) {
            rows.push((from, format!("{} nobody", self.span(from, to))));
        }
        rows.sort_by_key(|(from, _)| *from);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn agrees_with_oracle(&self) {
        let changes = self.changes();
        let found = shifts(&self.schedule, &changes, self.from, self.to).unwrap();
        let oracle = Oracle::over(&self.schedule, &changes, self.from, self.to);
        let edges = found
            .iter()
            .flat_map(|s| [s.from, s.to])
            .chain(oracle.edges());
        let quarters = (0..)
            .map(|n| self.from.plus_secs(n * 900))
            .take_while(|at| *at < self.to);
        for at in edges
            .flat_map(around)
            .chain(quarters)
            .filter(|at| self.from <= *at && *at < self.to)
        {
            let expected = oracle.on_call(at);
            let answer = on_call(&self.schedule, &changes, at).unwrap();
            assert_eq!(answer, expected, "{at}");
            assert_eq!(covering(&found, at), expected, "{at}");
        }
    }

    fn changes(&self) -> Changes<'_> {
        let overrides = self.overrides.iter();
        Changes {
            overrides: overrides.map(|(id, change)| (*id, change)).collect(),
            time_off: self.time_off.iter().collect(),
        }
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
        let covers = shift.why.covers;
        let covers = covers.map_or(String::new(), |id| format!(" for {}", word(id.0)));
        let holiday = shift.why.holiday;
        let holiday = holiday.map_or(String::new(), |date| format!(" on {date}"));
        let duty = match shift.duty {
            Duty::Act => "",
            Duty::Coordinate => "?",
            Duty::Shadow => "~",
        };
        let shared = if shift.first_come { "!" } else { "" };
        let who = word(shift.user.0);
        format!(
            "{} {who}{duty}{shared} {rotation}{turn}{covers}{by}{holiday}",
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
    let mut people: Vec<_> = covering.map(Shift::who).collect();
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
        holidays: Vec::new(),
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
    let ["rotation", name, start, "every", every, unit, ref more @ ..] = words(rule)[..] else {
        panic!("no such rotation: {line}")
    };
    let unit = HandoffUnit::ALL
        .into_iter()
        .find(|known| known.word() == unit);
    let handoff = Handoff {
        every: every.parse().unwrap(),
        unit: unit.expect("a unit"),
    };
    let slots = slots.split('|').map(slot).collect();
    let id = RotationId(id(name));
    let start = start.parse().unwrap();
    let mut rotation = Rotation::new(id, name.to_owned(), start, handoff, slots);
    let mut more = more;
    loop {
        more = match more {
            [] => return rotation,
            ["worked", rest @ ..] => {
                rotation.turn = TurnRule::Worked;
                rest
            }
            ["beside", rest @ ..] => {
                rotation.beside = true;
                rest
            }
            ["when-off-nobody", rest @ ..] => {
                rotation.when_off = WhenOff::Nobody;
                rest
            }
            ["no-holidays", rest @ ..] => {
                rotation.on_holidays = OnHolidays::Nobody;
                rest
            }
            ["only-holidays", rest @ ..] => {
                rotation.on_holidays = OnHolidays::Only;
                rest
            }
            ["zone", zone, rest @ ..] => {
                rotation.zone = Some((*zone).to_owned());
                rest
            }
            ["until", end, rest @ ..] => {
                rotation.end = Some(end.parse().unwrap());
                rest
            }
            ["on", days, times, rest @ ..] => {
                rotation.windows.push(window(days, times));
                rest
            }
            ["coordinate", rest @ ..] => {
                rotation
                    .windows
                    .last_mut()
                    .expect("a window")
                    .coordinate_only = true;
                rest
            }
            _ => panic!("what is {more:?}?"),
        };
    }
}

fn window(days: &str, times: &str) -> Window {
    let words = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = |day: &str| {
        let offset = words.iter().position(|word| *word == day).expect("a day") as i8;
        jiff::civil::Weekday::from_monday_zero_offset(offset).unwrap()
    };
    let (from, to) = times.split_once('-').expect("from-to");
    Window {
        days: match days {
            "every-day" => Weekdays::ALL,
            _ => days.split(',').map(day).collect(),
        },
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        coordinate_only: false,
    }
}

fn slot(text: &str) -> Slot {
    let text = text.trim();
    let (first_come, people) = match text.strip_prefix("first:") {
        Some(people) => (true, people),
        None => (false, text),
    };
    Slot {
        people: words(people).into_iter().map(participant).collect(),
        first_come,
    }
}

fn participant(text: &str) -> Participant {
    let end = text.find(['?', '~', '+', '-']).unwrap_or(text.len());
    let mut one = Participant::new(user(&text[..end]));
    let mut rest = &text[end..];
    while let Some(mark) = rest.chars().next() {
        rest = &rest[1..];
        match mark {
            '?' => one.duty = Duty::Coordinate,
            '~' => one.duty = Duty::Shadow,
            '+' | '-' => {
                let (date, behind) = rest.split_at(10);
                let date = Some(date.parse().unwrap());
                rest = behind;
                if mark == '+' {
                    one.joins = date;
                } else {
                    one.leaves = date;
                }
            }
            _ => panic!("what is {text}?"),
        }
    }
    one
}

fn change(words: &[&str]) -> (OverrideId, Override) {
    let [number, rotation, from, to, ref rest @ ..] = *words else {
        panic!("{words:?}")
    };
    let change = match *rest {
        ["add", who] => OverrideChange::Add(user(who)),
        ["remove", who] => OverrideChange::Remove(user(who)),
        ["shadow", who] => OverrideChange::Shadow(user(who)),
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
        origin: OverrideOrigin::Set,
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
