//! The house a seed builds: people with their rules, a schedule near a clock change, two services, each with a ladder.

use jiff::civil::{DateTime, Time, date};
use jiff::tz::TimeZone;
use wb_app::configure::declare::{
    Declared, DeclaredIntegration, DeclaredMethod, DeclaredOverride, DeclaredOverrideChange,
    DeclaredParticipant, DeclaredPolicy, DeclaredRotation, DeclaredRule, DeclaredRules,
    DeclaredSchedule, DeclaredService, DeclaredSlot, DeclaredStep, DeclaredTarget, DeclaredTeam,
    DeclaredUser,
};
use wb_core::config::{Condition, Handoff, HandoffUnit, Rotation, Timeouts, UrgencyRule};
use wb_core::ids::RotationId;
use wb_core::time::Timestamp;

use crate::dice::Dice;

pub(crate) const PEOPLE: [&str; 5] = ["aiko", "ben", "chloe", "dev", "emma"];

/// Where somebody lives: one in New Zealand, the others in Europe.
pub(crate) fn zone_of(name: &str) -> &'static str {
    match name {
        "aiko" => "Pacific/Auckland",
        _ => "Europe/Berlin",
    }
}

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
];

/// The services; each has an integration and a policy of its name.
pub(crate) const SERVICES: [&str; 2] = ["checkout", "search"];

const HOUR_S: i64 = 3_600;

/// What a seed builds, with what the checks have to know of it.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) declared: Declared,
    /// When the play begins.
    pub(crate) begin: Timestamp,
    pub(crate) rota: Rota,
}

/// The policy of a service, as far as the checks have to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ladder {
    pub(crate) steps: u32,
    /// How often it is climbed.
    pub(crate) climbs: u32,
}

/// The one schedule, as the oracle knows it: whole days, handed off at an hour at which no clock
/// ever changes.
#[derive(Clone, Debug)]
pub(crate) struct Rota {
    zone: TimeZone,
    start: DateTime,
    every: i64,
    /// Whose turn it is, in order, as numbers of [`PEOPLE`].
    order: Vec<usize>,
    overrides: Vec<Instead>,
}

/// Somebody is on call instead of everybody else, from one instant until another.
#[derive(Clone, Copy, Debug)]
struct Instead {
    from: Timestamp,
    to: Timestamp,
    who: usize,
}

impl Rota {
    /// Who is on call: by an override, or who has the turn, counted in local days as a person would on a calendar.
    pub(crate) fn on_call(&self, at: Timestamp) -> Option<&'static str> {
        let mut overrides = self.overrides.iter();
        if let Some(instead) = overrides.find(|one| one.from <= at && at < one.to) {
            return PEOPLE.get(instead.who).copied();
        }
        let local = self.zone.to_datetime(at.to_jiff());
        let since = self.start.date().until(local.date()).ok()?;
        let before_handoff = i64::from(local.time() < self.start.time());
        let days = i64::from(since.get_days()) - before_handoff;
        if days < 0 || self.order.is_empty() {
            return None;
        }
        let turn = usize::try_from(days / self.every).ok()?;
        let person = self.order.get(turn % self.order.len())?;
        PEOPLE.get(*person).copied()
    }
}

impl House {
    pub(crate) fn build(dice: &mut Dice) -> Self {
        let zone_name = dice.pick(&ZONES).copied().unwrap_or("UTC");
        let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
        let begin = near_a_clock_change(&zone, dice);
        let rota = Rota {
            start: start_of_turns(&zone, begin, dice),
            zone,
            every: dice.seconds(1, 2),
            order: some_people(dice),
            overrides: overrides(begin, dice),
        };
        Self::around(rota, zone_name, begin, dice)
    }

    fn around(rota: Rota, zone_name: &str, begin: Timestamp, dice: &mut Dice) -> Self {
        let declared = Declared {
            teams: vec![DeclaredTeam {
                name: "Payments".into(),
                description: String::new(),
            }],
            users: PEOPLE.iter().map(|name| person(name, dice)).collect(),
            schedules: vec![schedule(&rota, zone_name)],
            overrides: rota.overrides.iter().map(declared_override).collect(),
            policies: SERVICES.iter().map(|name| policy(name, dice)).collect(),
            services: SERVICES.iter().map(|name| service(name, dice)).collect(),
            integrations: SERVICES.iter().map(|name| integration(name)).collect(),
            ..Declared::default()
        };
        Self {
            begin,
            declared,
            rota,
        }
    }

    /// A team that has the pager in weekly turns from a Monday on: first whoever is on call, after ten minutes
    /// a second person, twice. Mail comes at once, the phone rings after two minutes.
    pub(crate) fn of_a_team(dice: &mut Dice) -> Self {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let start = date(2025, 11, 17).at(9, 0, 0, 0);
        let begin = zone.to_timestamp(start).map(Timestamp::from_jiff);
        let begin = begin.unwrap_or(Timestamp::EPOCH);
        let rota = Rota {
            start,
            zone,
            every: 7,
            order: (0..PEOPLE.len()).collect(),
            overrides: sick_days(begin, dice),
        };
        let step = |target| DeclaredStep {
            targets: vec![target],
            escalate_after_s: 600,
            only: Condition::default(),
            needs_everyone: false,
            round_robin: false,
        };
        let policy = |name: &&str| DeclaredPolicy {
            name: (*name).into(),
            team: "Payments".into(),
            steps: vec![
                step(DeclaredTarget::Schedule("Primary".into())),
                step(user(1)),
            ],
            repeat: 1,
            low_urgency_hours: None,
            fallback: Vec::new(),
        };
        let mut house = Self::around(rota, "Europe/Berlin", begin, dice);
        house.declared.policies = SERVICES.iter().map(policy).collect();
        for service in &mut house.declared.services {
            service.timeouts = Timeouts::default();
        }
        for user in &mut house.declared.users {
            user.rules.high = vec![rule("mail", 0), rule("phone", 120)];
        }
        house
    }

    /// The ladder of a service.
    pub(crate) fn ladder(&self, service: &str) -> Option<Ladder> {
        let mut policies = self.declared.policies.iter();
        let policy = policies.find(|policy| policy.name == service)?;
        Some(Ladder {
            steps: u32::try_from(policy.steps.len()).ok()?,
            climbs: policy.repeat + 1,
        })
    }

    /// The same house with other rules for a person and other delays in the policies. The ladders keep their length.
    pub(crate) fn edited(&self, dice: &mut Dice) -> Declared {
        let mut declared = self.declared.clone();
        let at = dice.roll(PEOPLE.len());
        if let Some((user, name)) = declared.users.get_mut(at).zip(PEOPLE.get(at)) {
            user.rules = person(name, dice).rules;
        }
        for policy in &mut declared.policies {
            for step in &mut policy.steps {
                step.escalate_after_s = delay_s(dice);
            }
        }
        declared
    }
}

fn policy(name: &str, dice: &mut Dice) -> DeclaredPolicy {
    DeclaredPolicy {
        name: name.into(),
        team: "Payments".into(),
        steps: (0..=dice.roll(2)).map(|_| step(dice)).collect(),
        repeat: u32::try_from(dice.roll(2)).unwrap_or(0),
        low_urgency_hours: None,
        fallback: match dice.in_100(25) {
            true => vec![user(dice.roll(PEOPLE.len()))],
            false => Vec::new(),
        },
    }
}

fn service(name: &str, dice: &mut Dice) -> DeclaredService {
    DeclaredService {
        name: name.into(),
        team: "Payments".into(),
        description: String::new(),
        urgency: UrgencyRule::BySeverity,
        policy: Some(name.into()),
        timeouts: Timeouts {
            acknowledge_expires_after_s: dice.in_100(30).then_some(600),
            auto_resolve_after_s: None,
        },
    }
}

fn integration(service: &str) -> DeclaredIntegration {
    DeclaredIntegration {
        service: service.into(),
        name: service.into(),
        dialect: "events_v2".into(),
        key: None,
    }
}

/// None, one, or two that follow each other.
fn overrides(begin: Timestamp, dice: &mut Dice) -> Vec<Instead> {
    let mut from = begin;
    let mut overrides = Vec::new();
    for _ in 0..dice.roll(3) {
        from = from.plus_secs(dice.seconds(0, 6 * HOUR_S));
        let to = from.plus_secs(dice.seconds(600, 12 * HOUR_S));
        let who = dice.roll(PEOPLE.len());
        overrides.push(Instead { from, to, who });
        from = to;
    }
    overrides
}

/// Now and then somebody is on call for a day or two because somebody else is not well.
fn sick_days(begin: Timestamp, dice: &mut Dice) -> Vec<Instead> {
    let months = (0..12).map(|month: i64| {
        let from = begin.plus_secs(month * 30 * 24 * HOUR_S + dice.seconds(0, 25 * 24 * HOUR_S));
        Instead {
            from,
            to: from.plus_secs(dice.seconds(1, 2) * 24 * HOUR_S),
            who: dice.roll(PEOPLE.len()),
        }
    });
    months.collect()
}

fn declared_override(instead: &Instead) -> DeclaredOverride {
    let with = PEOPLE.get(instead.who).copied().unwrap_or_default();
    DeclaredOverride {
        schedule: "Primary".into(),
        rotation: None,
        from: instead.from,
        to: instead.to,
        change: DeclaredOverrideChange::Replace {
            who: None,
            with: address(with),
        },
    }
}

/// Some time before the next change of the clocks, or after the last one; any time in zones without.
fn near_a_clock_change(zone: &TimeZone, dice: &mut Dice) -> Timestamp {
    const FROM_S: i64 = 1_790_000_000;
    let from = Timestamp::from_micros(FROM_S * 1_000_000);
    let change = zone.following(from.to_jiff()).next();
    let change = change.map_or(from, |change| Timestamp::from_jiff(change.timestamp()));
    change.plus_secs(-dice.seconds(-12 * HOUR_S, 14 * HOUR_S))
}

fn start_of_turns(zone: &TimeZone, begin: Timestamp, dice: &mut Dice) -> DateTime {
    let hour = i8::try_from(dice.seconds(6, 22)).unwrap_or(9);
    let days_ago = dice.seconds(3, 20);
    let date = zone
        .to_datetime(begin.plus_secs(-days_ago * 86_400).to_jiff())
        .date();
    let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    date.to_datetime(time)
}

fn some_people(dice: &mut Dice) -> Vec<usize> {
    let first = dice.roll(PEOPLE.len());
    (0..=dice.roll(PEOPLE.len()))
        .map(|n| (first + n) % PEOPLE.len())
        .collect()
}

fn step(dice: &mut Dice) -> DeclaredStep {
    let mut targets = vec![if dice.in_100(60) {
        DeclaredTarget::Schedule("Primary".into())
    } else {
        user(dice.roll(PEOPLE.len()))
    }];
    if dice.in_100(25) {
        targets.push(user(dice.roll(PEOPLE.len())));
    }
    targets.dedup();
    let needs_everyone = dice.in_100(10);
    DeclaredStep {
        targets,
        escalate_after_s: delay_s(dice),
        only: Condition::default(),
        needs_everyone,
        round_robin: !needs_everyone && dice.in_100(25),
    }
}

fn delay_s(dice: &mut Dice) -> u32 {
    u32::try_from(dice.seconds(30, 600)).unwrap_or(60)
}

fn user(number: usize) -> DeclaredTarget {
    let name = PEOPLE.get(number).copied().unwrap_or_default();
    DeclaredTarget::User(address(name))
}

pub(crate) fn address(name: &str) -> String {
    format!("{name}@example.org")
}

fn person(name: &str, dice: &mut Dice) -> DeclaredUser {
    let methods = ["mail", "phone"].map(|method| DeclaredMethod {
        name: method.into(),
        channel: "email".into(),
        settings: [("address".to_owned(), format!("{name}-{method}"))].into(),
    });
    let mut high = vec![rule("mail", 0)];
    if dice.in_100(70) {
        high.push(rule("phone", dice.seconds(5, 300)));
    }
    DeclaredUser {
        name: name.into(),
        email: address(name),
        zone: zone_of(name).into(),
        role: None,
        teams: Default::default(),
        methods: methods.into(),
        rules: DeclaredRules {
            low: vec![rule("mail", 0)],
            high,
            ..DeclaredRules::default()
        },
        monthly_test: None,
    }
}

fn rule(method: &str, after_s: i64) -> DeclaredRule {
    DeclaredRule {
        after_s: u32::try_from(after_s).unwrap_or(0),
        method: method.into(),
    }
}

fn schedule(rota: &Rota, zone: &str) -> DeclaredSchedule {
    let slots = rota.order.iter().filter_map(|number| PEOPLE.get(*number));
    let slots = slots.map(|name| DeclaredSlot {
        people: vec![DeclaredParticipant::new(address(name))],
        first_come: false,
    });
    let handoff = Handoff {
        every: u32::try_from(rota.every).unwrap_or(1),
        unit: HandoffUnit::Days,
    };
    let id = RotationId(uuid::Uuid::nil());
    DeclaredSchedule {
        name: "Primary".into(),
        team: "Payments".into(),
        zone: zone.into(),
        holidays: Vec::new(),
        rotations: vec![DeclaredRotation {
            rotation: Rotation::new(id, "days".into(), rota.start, handoff, Vec::new()),
            slots: slots.collect(),
        }],
    }
}
