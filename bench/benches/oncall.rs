//! What a schedule costs: a year of shifts of one with three rotations, 20 people and 200 overrides, and who is on call
//! now in 10,000 schedules. Both have a target, and the run fails when its median misses it.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::civil::{Weekday, date, time};
use uuid::Uuid;
use wb_core::config::{
    Config, Handoff, HandoffUnit, Object, Override, OverrideChange, OverrideOrigin, Participant,
    Rotation, Schedule, Slot, TimeOff, TurnRule, Weekdays, Window,
};
use wb_core::ids::{OverrideId, RotationId, ScheduleId, TeamId, TimeOffId, UserId};
use wb_core::oncall::{Changes, on_call, shifts};
use wb_core::time::Timestamp;

const ROUNDS: usize = 101;
const DAY_S: i64 = 86_400;
const YEAR_TARGET: Duration = Duration::from_millis(1);
const NOW_TARGET: Duration = Duration::from_millis(100);
const SCHEDULES: u128 = 10_000;
const ZONES: [&str; 5] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "America/Sao_Paulo",
];

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number % 20))
}

fn slots(from: u128, count: u128) -> Vec<Slot> {
    let slot = |number| Slot {
        people: vec![Participant::new(user(number))],
        first_come: false,
    };
    (from..from + count).map(slot).collect()
}

fn rotation(number: u128, every: u32, unit: HandoffUnit, slots: Vec<Slot>) -> Rotation {
    let start = date(2024, 1, 1).at(9, 0, 0, 0);
    let handoff = Handoff { every, unit };
    let id = RotationId(Uuid::from_u128(number));
    Rotation::new(id, format!("rotation {number}"), start, handoff, slots)
}

/// Three rotations and 20 people: working days in office hours, nights and weekends by the day, and the rest by the
/// week.
fn schedule(number: usize) -> Schedule {
    let working: Weekdays = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ]
    .into_iter()
    .collect();
    let mut office = rotation(1, 1, HandoffUnit::Days, slots(0, 7));
    office.turn = TurnRule::Worked;
    office.windows = vec![Window {
        days: working,
        from: time(9, 0, 0, 0),
        to: time(17, 0, 0, 0),
        coordinate_only: false,
    }];
    let days = rotation(2, 1, HandoffUnit::Days, slots(7, 7));
    let weeks = rotation(3, 1, HandoffUnit::Weeks, slots(14, 6));
    Schedule {
        team: TeamId(Uuid::nil()),
        name: format!("schedule {number}"),
        zone: ZONES[number % ZONES.len()].to_owned(),
        rotations: vec![office, days, weeks],
        holidays: Vec::new(),
    }
}

fn an_override(schedule: ScheduleId, number: u128, from: Timestamp) -> Override {
    let step = i64::try_from(number).unwrap_or(0);
    let from = from.plus_secs(step * (365 * DAY_S / 200) + 1_800);
    let change = match number % 4 {
        0 => OverrideChange::Add(user(number)),
        1 => OverrideChange::Remove(user(number)),
        2 => OverrideChange::Replace {
            who: None,
            with: user(number),
        },
        _ => OverrideChange::Replace {
            who: Some(user(number)),
            with: user(number + 1),
        },
    };
    Override {
        schedule,
        rotation: number
            .is_multiple_of(3)
            .then(|| RotationId(Uuid::from_u128(1 + number % 2))),
        from,
        to: from.plus_secs(DAY_S),
        change,
        origin: OverrideOrigin::Set,
    }
}

fn config(schedules: u128, overrides: u128, from: Timestamp) -> Config {
    let mut config = Config::default();
    for number in 0..schedules {
        let id = ScheduleId(Uuid::from_u128(number));
        let value = schedule(usize::try_from(number).unwrap_or(0));
        config.put(Object::Schedule(id, value), 1);
        for n in 0..overrides {
            let own = OverrideId(Uuid::from_u128(number * 1_000 + n));
            config.put(Object::Override(own, an_override(id, n, from)), 1);
        }
    }
    for number in 0..20 {
        let off = TimeOff {
            user: user(number),
            from: from.plus_secs(30 * DAY_S),
            to: from.plus_secs(44 * DAY_S),
        };
        let id = TimeOffId(Uuid::from_u128(number));
        config.put(Object::TimeOff(id, off), 1);
    }
    config
}

/// The median of some rounds, after as many to warm up.
fn median(rounds: usize, run: impl Fn() -> usize) -> (Duration, usize) {
    let mut times = Vec::with_capacity(rounds);
    let mut answer = 0;
    for round in 0..rounds * 2 {
        let begin = now();
        answer = black_box(run());
        if round >= rounds {
            times.push(begin.elapsed());
        }
    }
    times.sort_unstable();
    (times[rounds / 2], answer)
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring is what a benchmark is for"
)]
fn now() -> Instant {
    Instant::now()
}

fn main() -> ExitCode {
    let from = Timestamp::from_micros(1_767_225_600_000_000);
    let to = from.plus_secs(365 * DAY_S);

    let one = config(1, 200, from);
    let id = ScheduleId(Uuid::nil());
    let plan = &one.schedules[&id].value;
    let (year, count) = median(ROUNDS, || {
        let found = shifts(plan, &Changes::of(&one, id), from, to);
        found.map_or(0, |shifts| shifts.len())
    });
    println!("a year of shifts: {year:?} for {count} shifts (target {YEAR_TARGET:?})");

    let many = config(SCHEDULES, 2, from);
    let at = from.plus_secs(100 * DAY_S);
    let (now, people) = median(11, || {
        let answers = many.schedules.iter().map(|(id, schedule)| {
            let found = on_call(&schedule.value, &Changes::of(&many, *id), at);
            found.map_or(0, |people| people.len())
        });
        answers.sum()
    });
    println!(
        "on call now in {SCHEDULES} schedules: {now:?} for {people} people (target {NOW_TARGET:?})"
    );

    if year < YEAR_TARGET && now < NOW_TARGET && count > 0 && people > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
