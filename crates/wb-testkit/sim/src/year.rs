//! A year of a team of five that carries its own pager: four in Europe, one in New Zealand. What is measured is what
//! people feel: how long until somebody is told, until somebody has it, how often a night is broken, and how late
//! pages are after the database was away.
//!
//! Nothing here takes the time of a processor: a message that a provider takes is there at once, and workers look as
//! often as they do in the program. So the figures are those of the rules and of the faults, not of a machine.

use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::TimeZone;
use wb_core::event::{EventAction, Severity, Urgency};
use wb_core::ids::IncidentId;
use wb_core::incident::{FailureReason, IncidentFact};
use wb_core::oncall::NIGHT;
use wb_core::time::Timestamp;
use wb_ports::Content;

use crate::dice::Dice;
use crate::house::{House, PEOPLE, zone_of};
use crate::node::WORKERS;
use crate::people::Deed;
use crate::play::{Mode, Stage};
use crate::provider::{Becomes, Taken};
use crate::rest;

const DAY_S: i64 = 86_400;
const YEAR_S: i64 = 365 * DAY_S;
const SECOND_US: i64 = 1_000_000;
const MINUTE_S: i64 = 60;

/// Incidents of the year; a tenth of them come in storms.
const INCIDENTS: usize = 500;
const STORM: usize = 10;

/// How long the database is away, once a month.
const OUTAGE_S: i64 = 10 * MINUTE_S;
const OUTAGES: usize = 12;
/// Events that are sent while it is.
const EVENTS_PER_OUTAGE: usize = 4;

/// What goes wrong in the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Nothing.
    Calm,
    /// Of a hundred messages five are refused for the moment and two get no answer, a process dies every month, and
    /// every month the database is away for ten minutes.
    Rough,
}

/// Figures in order of size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread(Vec<i64>);

impl Spread {
    fn of(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        Self(values)
    }

    /// The figure that so many of a hundred do not exceed; 0 when there is none.
    #[must_use]
    pub fn at(&self, percent: usize) -> i64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or(0)
    }
}

/// Median, the ninetieth and the ninety-ninth of a hundred, and the greatest.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p90, p99, max] = [50, 90, 99, 100].map(|percent| self.at(percent));
        write!(f, "{p50} / {p90} / {p99} / {max}")
    }
}

/// What a year came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Incidents.
    pub incidents: usize,
    /// Messages that somebody got.
    pub messages: usize,
    /// Seconds from an urgent incident until somebody was told.
    pub told_s: Spread,
    /// Seconds from an urgent incident until somebody had it.
    pub acknowledged_s: Spread,
    /// Messages at night, of all people.
    pub night_messages: usize,
    /// Nights in which somebody was told something, of all people.
    pub broken_nights: usize,
    /// Seconds from the end of each outage until nothing that was due in it waited any more.
    pub late_s: Spread,
}

/// The nights of all people in a year.
pub const PERSON_NIGHTS: usize = 365 * PEOPLE.len();

/// Plays a year; everything that holds for a bad night holds for it too.
///
/// # Errors
/// The invariant that broke, in words.
pub fn year(seed: u64, weather: Weather) -> Result<Year, String> {
    let mut dice = Dice::new(seed);
    let house = House::of_a_team(&mut dice);
    let agenda = agenda(house.begin, weather, &mut dice);
    let mut stage = Stage::of(house, dice, Mode::One, 1, false)?;
    stage.reads = react;
    let mut late = Vec::new();
    for (at, what) in agenda {
        advance(&mut stage, at, weather)?;
        match what {
            Happens::Event(number) => open(&mut stage, number),
            Happens::Death => {
                stage.die()?;
                stage.start(0, 0)?;
            }
            Happens::OutageBegins => stage.set_down(true),
            Happens::OutageEnds => {
                stage.set_down(false);
                late.push(until_nothing_is_late(&mut stage, weather)?);
            }
        }
    }
    rest::come_to_rest(&mut stage)?;
    rest::check(&stage)?;
    sum(&stage, late)
}

#[derive(Clone, Copy, Debug)]
enum Happens {
    Event(usize),
    Death,
    OutageBegins,
    OutageEnds,
}

fn agenda(begin: Timestamp, weather: Weather, dice: &mut Dice) -> Vec<(Timestamp, Happens)> {
    let mut agenda = Vec::new();
    let mut number = 0;
    let mut event = |agenda: &mut Vec<_>, at| {
        agenda.push((at, Happens::Event(number)));
        number += 1;
    };
    let storms = INCIDENTS / 10 / STORM;
    for _ in 0..INCIDENTS - storms * STORM {
        event(&mut agenda, begin.plus_secs(dice.seconds(0, YEAR_S)));
    }
    for _ in 0..storms {
        let from = begin.plus_secs(dice.seconds(0, YEAR_S));
        for _ in 0..STORM {
            event(&mut agenda, from.plus_secs(dice.seconds(0, 5 * MINUTE_S)));
        }
    }
    if weather == Weather::Rough {
        for month in 0..OUTAGES {
            let from = i64::try_from(month).unwrap_or(0) * 30 * DAY_S;
            let from = begin.plus_secs(from + dice.seconds(0, 28 * DAY_S));
            // Some are mid-way when it begins, and some begin in it.
            for _ in 0..EVENTS_PER_OUTAGE {
                let at = from.plus_secs(dice.seconds(-15 * MINUTE_S, OUTAGE_S - 1));
                event(&mut agenda, at);
            }
            agenda.push((from, Happens::OutageBegins));
            agenda.push((from.plus_secs(OUTAGE_S), Happens::OutageEnds));
            let dies = begin.plus_secs(dice.seconds(0, YEAR_S));
            agenda.push((dies, Happens::Death));
        }
    }
    agenda.sort_by_key(|(at, _)| *at);
    agenda
}

/// Something is wrong; an hour or two later the sender says that it is right again.
fn open(stage: &mut Stage, number: usize) {
    let at = stage.dice.roll(4) / 3;
    let Some(integration) = stage.integrations.get(at).copied() else {
        return;
    };
    let severity = match stage.dice.in_100(70) {
        true => Severity::Critical,
        false => Severity::Minor,
    };
    let key = format!("trouble {number}");
    let send = |action| Deed::Send {
        integration,
        action,
        key: key.clone(),
        severity,
    };
    let now = stage.time.now();
    let heals = now.plus_secs(stage.dice.seconds(20 * MINUTE_S, 120 * MINUTE_S));
    stage.later.push((now, send(EventAction::Trigger)));
    stage.later.push((heals, send(EventAction::Resolve)));
}

/// Lets everything happen that is due until then.
fn advance(stage: &mut Stage, until: Timestamp, weather: Weather) -> Result<(), String> {
    loop {
        run_dry(stage, weather)?;
        let now = stage.time.now();
        if now >= until {
            return Ok(());
        }
        let soon = now.plus_secs(1);
        let (outbox, due) = rest::waiting(stage)?;
        let planned = stage.next_plan();
        let next = match outbox.claimed > 0 {
            // Claims of the dead are found by those who look every second.
            true => soon,
            false => due.into_iter().chain(planned).min().unwrap_or(until),
        };
        let next = next.max(soon).min(until);
        stage.pass(next.micros_since(now));
        for worker in 0..WORKERS {
            for node in stage.nodes.iter_mut().flatten() {
                node.tick(worker);
            }
        }
    }
}

fn run_dry(stage: &mut Stage, weather: Weather) -> Result<(), String> {
    loop {
        rest::write_all(stage)?;
        stage.look_around()?;
        let Some((node, _)) = stage.providers.under_way().first().copied() else {
            if stage
                .nodes
                .iter()
                .flatten()
                .all(|node| node.steps.waiting() == 0)
            {
                return Ok(());
            }
            continue;
        };
        let becomes = match (weather, stage.dice.roll(100)) {
            (Weather::Rough, 0..5) => Becomes::Failed(FailureReason::ProviderFault),
            (Weather::Rough, 5) => Becomes::TakenUnheard,
            (Weather::Rough, 6) => Becomes::LostUnheard,
            _ => Becomes::Taken,
        };
        stage.answer(0, Some(node), becomes)?;
    }
}

/// Seconds until nothing waits that was due by now.
fn until_nothing_is_late(stage: &mut Stage, weather: Weather) -> Result<i64, String> {
    let back = stage.time.now();
    loop {
        let now = stage.time.now();
        advance(stage, now.plus_secs(1), weather)?;
        let (outbox, due) = rest::waiting(stage)?;
        if outbox.claimed == 0 && due.is_none_or(|at| at > back) {
            return Ok(stage.time.now().micros_since(back) / SECOND_US);
        }
    }
}

/// What somebody does about a message: at night mail is mostly slept through, and the phone rarely.
fn react(taken: &Taken, dice: &mut Dice) -> Vec<(Timestamp, Deed)> {
    let is_phone = taken.to.ends_with("phone");
    let is_night = is_night(&taken.to, taken.at);
    let notices = match (is_night, is_phone) {
        (false, false) => 60,
        (false, true) => 95,
        (true, false) => 15,
        (true, true) => 85,
    };
    if !dice.in_100(notices) {
        return Vec::new();
    }
    let after_s = match is_night {
        true => dice.seconds(2 * MINUTE_S, 12 * MINUTE_S),
        false => dice.seconds(20, 5 * MINUTE_S),
    };
    let links = match &taken.message.content {
        Content::Bundle(bundle) => {
            let services = bundle.services.iter();
            let incidents = services.flat_map(|service| &service.incidents);
            incidents.map(|one| one.links.acknowledge.clone()).collect()
        }
        _ => vec![taken.message.links.acknowledge.clone()],
    };
    let tokens = links
        .into_iter()
        .flatten()
        .filter_map(|link| link.rsplit('/').next().map(str::to_owned));
    let at = taken.at.plus_secs(after_s);
    tokens.map(|token| (at, Deed::Tap { token })).collect()
}

fn local(address: &str, at: Timestamp) -> jiff::civil::DateTime {
    let name = address.split('-').next().unwrap_or_default();
    let zone = TimeZone::get(zone_of(name)).unwrap_or(TimeZone::UTC);
    zone.to_datetime(at.to_jiff())
}

fn is_night(address: &str, at: Timestamp) -> bool {
    let time = local(address, at).time();
    time >= NIGHT.0 || time < NIGHT.1
}

fn sum(stage: &Stage, late: Vec<i64>) -> Result<Year, String> {
    let taken = stage.providers.taken();
    let mut told: BTreeMap<IncidentId, Timestamp> = BTreeMap::new();
    let mut nights = std::collections::BTreeSet::new();
    let mut night_messages = 0;
    for one in &taken {
        for id in named(one) {
            told.entry(id).or_insert(one.at);
        }
        if is_night(&one.to, one.at) {
            night_messages += 1;
            let person = one.to.split('-').next().unwrap_or_default().to_owned();
            // The night of a date begins the evening before.
            let evening = local(&one.to, one.at.plus_secs(-12 * 3_600)).date();
            nights.insert((person, evening));
        }
    }
    let (mut told_s, mut acknowledged_s) = (Vec::new(), Vec::new());
    let incidents = stage.checks.incidents();
    for id in &incidents {
        let (incident, facts) = rest::load(stage, *id)?;
        if incident.urgency != Urgency::High {
            continue;
        }
        let after_s = |at: Timestamp| at.micros_since(incident.opened_at) / SECOND_US;
        told_s.extend(told.get(id).copied().map(after_s));
        let acknowledged = facts.iter().find(|entry| {
            matches!(
                rest::incident_fact(entry),
                Some(IncidentFact::Acknowledged { .. })
            )
        });
        acknowledged_s.extend(acknowledged.map(|entry| after_s(entry.at)));
    }
    Ok(Year {
        incidents: incidents.len(),
        messages: taken.len(),
        told_s: Spread::of(told_s),
        acknowledged_s: Spread::of(acknowledged_s),
        night_messages,
        broken_nights: nights.len(),
        late_s: Spread::of(late),
    })
}

fn named(taken: &Taken) -> Vec<IncidentId> {
    match &taken.message.content {
        Content::Page { incident, .. } => vec![incident.id],
        Content::Bundle(bundle) => {
            let services = bundle.services.iter();
            let incidents = services.flat_map(|service| &service.incidents);
            incidents.map(|one| one.id).collect()
        }
        _ => Vec::new(),
    }
}
