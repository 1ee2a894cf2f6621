//! The house a seed builds: people with their rules, a schedule near a clock change, a ladder, a service.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use wb_app::configure::declare::{
    Declared, DeclaredIntegration, DeclaredMethod, DeclaredParticipant, DeclaredPolicy,
    DeclaredRotation, DeclaredRule, DeclaredRules, DeclaredSchedule, DeclaredService, DeclaredSlot,
    DeclaredStep, DeclaredTarget, DeclaredTeam, DeclaredUser,
};
use wb_core::config::{Condition, Handoff, HandoffUnit, Rotation, Timeouts, UrgencyRule};
use wb_core::ids::RotationId;
use wb_core::time::Timestamp;

use crate::dice::Dice;

pub(crate) const PEOPLE: [&str; 4] = ["aiko", "ben", "chloe", "dev"];

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
];

/// What a seed builds, with what the checks have to know of it.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) declared: Declared,
    /// When the play begins.
    pub(crate) begin: Timestamp,
    pub(crate) rota: Rota,
    /// How many steps the ladder has.
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
}

impl Rota {
    /// Who has the turn, counted in local days as a person would on a calendar.
    pub(crate) fn on_call(&self, at: Timestamp) -> Option<&'static str> {
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
        };
        let steps: Vec<_> = (0..=dice.roll(2)).map(|_| step(dice)).collect();
        let repeat = u32::try_from(dice.roll(2)).unwrap_or(0);
        let fallback = if dice.in_100(25) {
            vec![user(dice.roll(PEOPLE.len()))]
        } else {
            Vec::new()
        };
        let timeouts = Timeouts {
            acknowledge_expires_after_s: dice.in_100(30).then_some(600),
            auto_resolve_after_s: None,
        };
        Self {
            begin,
            steps: u32::try_from(steps.len()).unwrap_or(0),
            climbs: repeat + 1,
            declared: Declared {
                teams: vec![DeclaredTeam {
                    name: "Payments".into(),
                    description: String::new(),
                }],
                users: PEOPLE.iter().map(|name| person(name, dice)).collect(),
                schedules: vec![schedule(&rota, zone_name)],
                policies: vec![DeclaredPolicy {
                    name: "Ladder".into(),
                    team: "Payments".into(),
                    steps,
                    repeat,
                    low_urgency_hours: None,
                    fallback,
                }],
                services: vec![DeclaredService {
                    name: "checkout".into(),
                    team: "Payments".into(),
                    description: String::new(),
                    urgency: UrgencyRule::BySeverity,
                    policy: Some("Ladder".into()),
                    timeouts,
                }],
                integrations: vec![DeclaredIntegration {
                    service: "checkout".into(),
                    name: "probe".into(),
                    dialect: "events_v2".into(),
                    key: None,
                }],
                ..Declared::default()
            },
            rota,
        }
    }
}

/// Some time before the next change of the clocks, or after the last one; any time in zones without.
fn near_a_clock_change(zone: &TimeZone, dice: &mut Dice) -> Timestamp {
    const FROM_S: i64 = 1_790_000_000;
    let from = Timestamp::from_micros(FROM_S * 1_000_000);
    let change = zone.following(from.to_jiff()).next();
    let change = change.map_or(from, |change| Timestamp::from_jiff(change.timestamp()));
    change.plus_secs(-dice.seconds(-12 * 3_600, 14 * 3_600))
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
        escalate_after_s: u32::try_from(dice.seconds(30, 600)).unwrap_or(60),
        only: Condition::default(),
        needs_everyone,
        round_robin: !needs_everyone && dice.in_100(25),
    }
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
    let rule = |method: &str, after_s: i64| DeclaredRule {
        after_s: u32::try_from(after_s).unwrap_or(0),
        method: method.into(),
    };
    let mut high = vec![rule("mail", 0)];
    if dice.in_100(70) {
        high.push(rule("phone", dice.seconds(5, 300)));
    }
    DeclaredUser {
        name: name.into(),
        email: address(name),
        zone: "Europe/Berlin".into(),
        role: None,
        teams: Default::default(),
        methods: methods.into(),
        rules: DeclaredRules {
            low: vec![rule("mail", 0)],
            high,
            ..DeclaredRules::default()
        },
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
