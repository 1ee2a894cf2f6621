//! The play: what happens next is rolled, step by step.

use std::collections::VecDeque;
use std::sync::Arc;

use wb_app::Caller;
use wb_app::error::AppError;
use wb_core::ids::{IncidentId, IntegrationId, UserId};
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_store::db::{Saved, SqliteOptions, Store};

use crate::check::{Checks, fingerprint};
use crate::clock::Time;
use crate::dice::Dice;
use crate::failure::Failure;
use crate::house::{House, SERVICES};
use crate::node::{Node, Parts, WORKERS};
use crate::people::{self, Deed, How};
use crate::provider::{Becomes, DEADLINE_S, Providers, Taken};
use crate::rest;

/// How many steps a failure tells about.
const TRACE: usize = 60;

/// How the nodes share the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One node, whose transactions are whole, as on SQLite.
    One,
    /// Several nodes, whose transactions load and save in two halves, as on PostgreSQL.
    Split,
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How the nodes share the database.
    pub mode: Mode,
    /// How many steps are played before everything is let come to rest.
    pub steps: usize,
}

/// What came of a run in which everything held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps, those until rest included.
    pub steps: usize,
    /// Events that were accepted.
    pub events: u64,
    /// Incidents.
    pub incidents: u64,
    /// Messages that somebody got.
    pub messages: u64,
    /// Processes that died.
    pub deaths: u64,
    /// Configurations that were applied while it was played.
    pub edits: u64,
    /// Incidents that were merged into others.
    pub merges: u64,
    /// Transactions that had to run again because others came in between.
    pub reruns: u64,
    /// The same for the same record; of many runs, of all of them together.
    pub fingerprint: u64,
}

impl Report {
    /// Takes what came of another run into the sum.
    pub const fn add(&mut self, other: Self) {
        self.steps += other.steps;
        self.events += other.events;
        self.incidents += other.incidents;
        self.messages += other.messages;
        self.deaths += other.deaths;
        self.edits += other.edits;
        self.merges += other.merges;
        self.reruns += other.reruns;
        self.fingerprint = self.fingerprint.rotate_left(1) ^ other.fingerprint;
    }
}

/// Plays one seed.
///
/// # Errors
/// [`Failure`] with the invariant that broke.
pub fn run(seed: u64, options: Options) -> Result<Report, Failure> {
    // Words cost time, so only what failed is told, by playing it again.
    play(seed, options, false).or_else(|_| play(seed, options, true))
}

fn play(seed: u64, options: Options, is_told: bool) -> Result<Report, Failure> {
    let failure = |what, step, trace| Failure {
        seed,
        mode: options.mode,
        step,
        what,
        trace,
    };
    let built = Stage::build(seed, options, is_told);
    let mut stage = built.map_err(|what| failure(what, 0, Vec::new()))?;
    let played = stage.whole(options.steps);
    played.map_err(|what| failure(what, stage.report.steps, stage.trace.drain(..).collect()))
}

pub(crate) struct Stage {
    pub(crate) mode: Mode,
    pub(crate) dice: Dice,
    pub(crate) time: Time,
    pub(crate) house: House,
    /// Looks at the database from outside.
    pub(crate) store: Store,
    pub(crate) nodes: Vec<Option<Node>>,
    pub(crate) providers: Arc<Providers>,
    pub(crate) checks: Checks,
    pub(crate) report: Report,
    /// Whether the database is out of reach.
    is_down: bool,
    /// Deeds that will be done, and when.
    pub(crate) later: Vec<(Timestamp, Deed)>,
    /// What people do about a message.
    pub(crate) reads: fn(&Taken, &mut Dice) -> Vec<(Timestamp, Deed)>,
    /// How many messages people have thought about.
    read: usize,
    pub(crate) integrations: Vec<IntegrationId>,
    people: Vec<UserId>,
    generation: u64,
    is_told: bool,
    trace: VecDeque<String>,
}

impl Stage {
    fn build(seed: u64, options: Options, is_told: bool) -> Result<Self, String> {
        let mut dice = Dice::new(seed);
        let house = House::build(&mut dice);
        let nodes = match options.mode {
            Mode::One => 1,
            Mode::Split => 2 + dice.roll(2),
        };
        Self::of(house, dice, options.mode, nodes, is_told)
    }

    /// A stage for a house, with its nodes started and its configuration applied.
    pub(crate) fn of(
        house: House,
        dice: Dice,
        mode: Mode,
        count: usize,
        is_told: bool,
    ) -> Result<Self, String> {
        let time = Time::begin(house.begin);
        let store = Store::open_sqlite(SqliteOptions::memory()).map_err(|e| e.to_string())?;
        let mut stage = Self {
            mode,
            dice,
            time,
            house,
            store,
            nodes: (0..count).map(|_| None).collect(),
            providers: Arc::default(),
            checks: Checks::default(),
            report: Report::default(),
            is_down: false,
            later: Vec::new(),
            reads: people::tap_something,
            read: 0,
            integrations: Vec::new(),
            people: Vec::new(),
            generation: 0,
            is_told,
            trace: VecDeque::new(),
        };
        for number in 0..count {
            stage.start(number, 0)?;
        }
        stage.furnish()?;
        Ok(stage)
    }

    /// Applies the configuration and notes what the players have to know of it.
    fn furnish(&mut self) -> Result<(), String> {
        let declared = self.house.declared.clone();
        let first = self.nodes.iter().flatten().next();
        let node = first.ok_or("no node")?;
        let app = Arc::clone(&node.app);
        let apply = async move { app.apply(&Caller::system(), &declared).await };
        let plan = node.run_now(apply)?;
        if let Some(problem) = plan.problems.first() {
            return Err(format!("the house cannot be built: {problem:?}"));
        }
        let config = node.app.config();
        for service in SERVICES {
            let mut found = config.integrations.iter();
            let found = found.find(|(_, one)| one.value.name == service);
            let (id, _) = found.ok_or("no integration")?;
            self.integrations.push(*id);
        }
        self.people = config.users.keys().copied().collect();
        Ok(())
    }

    pub(crate) fn start(&mut self, number: usize, wrong_by_us: i64) -> Result<(), String> {
        self.generation += 1;
        let as_many = self.mode == Mode::Split;
        let (store, steps) = self.store.stepped(as_many).map_err(|e| e.to_string())?;
        let node = Node::start(Parts {
            number,
            generation: self.generation,
            store,
            steps,
            time: &self.time,
            wrong_by_us,
            providers: &self.providers,
        })?;
        if let Some(place) = self.nodes.get_mut(number) {
            *place = Some(node);
        }
        Ok(())
    }

    fn whole(&mut self, steps: usize) -> Result<Report, String> {
        for _ in 0..steps {
            self.step()?;
        }
        self.heal()?;
        rest::come_to_rest(self)?;
        rest::check(self)?;
        self.report.incidents = self.checks.incidents().len() as u64;
        self.report.messages = self.providers.taken().len() as u64;
        self.report.fingerprint = fingerprint(&self.store)?;
        Ok(self.report)
    }

    /// Takes a step into the trace, if somebody will read it.
    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        if !self.is_told {
            return;
        }
        if self.trace.len() == TRACE {
            self.trace.pop_front();
        }
        let at = self.time.now();
        let step = self.report.steps;
        self.trace.push_back(format!("{step} {at} {}", what()));
    }

    fn step(&mut self) -> Result<(), String> {
        self.report.steps += 1;
        match self.dice.roll(100) {
            0..40 => self.go_on_with_a_write()?,
            40..54 => self.answer_a_message()?,
            54..62 => self.send_an_event(),
            62..66 => self.work(),
            66 => self.edit(),
            67..85 => self.tick_a_worker(),
            85..96 => self.pass_time(),
            _ => self.disturb()?,
        }
        self.look_around()
    }

    /// What follows from a step: people read, deeds end, and those that are due begin.
    pub(crate) fn look_around(&mut self) -> Result<(), String> {
        self.checks.after_send(&self.providers)?;
        self.read_messages();
        let now = self.time.now();
        for number in 0..self.nodes.len() {
            let Some(node) = self.nodes.get_mut(number).and_then(Option::as_mut) else {
                continue;
            };
            if node.paused_until.is_some_and(|until| until > now) {
                continue;
            }
            node.paused_until = None;
            for (deed, result) in node.ended() {
                self.deed_ended(deed, result)?;
            }
        }
        let (due, later) = core::mem::take(&mut self.later)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.later = later;
        for (_, deed) in due {
            self.begin(deed);
        }
        Ok(())
    }

    fn deed_ended(&mut self, deed: Deed, result: Result<(), AppError>) -> Result<(), String> {
        match result {
            Ok(()) => match deed {
                Deed::Send { .. } => self.report.events += 1,
                Deed::Apply(_) => self.report.edits += 1,
                Deed::Work {
                    how: How::Merge(_), ..
                } => self.report.merges += 1,
                Deed::Tap { .. } | Deed::Work { .. } => {}
            },
            Err(AppError::Incident(_) | AppError::Invalid(_)) => {}
            // Whoever gets no answer tries again, or gives up.
            Err(AppError::Unavailable(_) | AppError::Unknown | AppError::Busy { .. }) => {
                self.again(deed);
            }
            Err(error) => return Err(format!("{deed:?} failed: {error}")),
        }
        Ok(())
    }

    fn again(&mut self, deed: Deed) {
        if deed.is_insisted_on() {
            let at = self.time.now().plus_secs(self.dice.seconds(1, 30));
            self.later.push((at, deed));
        }
    }

    /// Somebody may do something about what they were told, at once or late.
    fn read_messages(&mut self) {
        for taken in self.providers.taken_from(self.read) {
            self.read += 1;
            self.later.extend((self.reads)(&taken, &mut self.dice));
        }
    }

    /// When somebody is to do the next thing.
    pub(crate) fn next_plan(&self) -> Option<Timestamp> {
        self.later.iter().map(|(at, _)| *at).min()
    }

    /// The nodes that run.
    pub(crate) fn awake(&self) -> Vec<usize> {
        let nodes = self.nodes.iter().flatten();
        nodes
            .filter(|node| node.paused_until.is_none())
            .map(|node| node.number)
            .collect()
    }

    fn some_node(&mut self) -> Option<&mut Node> {
        let awake = self.awake();
        let number = *self.dice.pick(&awake)?;
        self.nodes.get_mut(number)?.as_mut()
    }

    fn begin(&mut self, deed: Deed) {
        self.note(|| format!("{deed:?}"));
        match self.some_node() {
            Some(node) => node.begin(deed),
            None => self.again(deed),
        }
    }

    fn send_an_event(&mut self) {
        // The first service is in more trouble than the other.
        let at = self.dice.roll(4) / 3;
        if let Some(integration) = self.integrations.get(at).copied() {
            let deed = Deed::event(integration, &mut self.dice);
            self.begin(deed);
        }
    }

    fn work(&mut self) {
        let known: Vec<IncidentId> = self.checks.incidents();
        let newest = known.get(known.len().saturating_sub(5)..).unwrap_or(&[]);
        let now = self.time.now();
        if let Some(deed) = Deed::work(newest, &self.people, now, &mut self.dice) {
            self.begin(deed);
        }
    }

    fn edit(&mut self) {
        let declared = self.house.edited(&mut self.dice);
        self.begin(Deed::Apply(Box::new(declared)));
    }

    fn tick_a_worker(&mut self) {
        let worker = self.dice.roll(WORKERS);
        if let Some(node) = self.some_node() {
            let number = node.number;
            if let Some(name) = node.tick(worker) {
                self.note(|| format!("node {number}: {name}"));
            }
        }
    }

    /// Runs a waiting write's closure, or saves what it did; now and then the answer is lost.
    fn go_on_with_a_write(&mut self) -> Result<(), String> {
        let mode = self.mode;
        let trouble = self.dice.roll(400);
        let roll = self.dice.next();
        let Some(node) = self.some_node() else {
            return Ok(());
        };
        let waiting = node.steps.waiting();
        if waiting == 0 {
            return Ok(());
        }
        let at = usize::try_from(roll % waiting as u64).unwrap_or(0);
        let number = node.number;
        let was_loaded = node.steps.is_loaded(at);
        if !was_loaded {
            node.steps.load(at);
        }
        if mode == Mode::One || was_loaded {
            let (saved, how) = match trouble {
                0 => (node.steps.save_without_answer(at), ", the answer is lost"),
                1 => {
                    node.steps.fail(at);
                    (Saved::Nothing, ", which fails")
                }
                _ => (node.steps.save(at), ""),
            };
            node.settle();
            if saved == Saved::Stale {
                self.report.reruns += 1;
            }
            self.note(|| format!("node {number}: saves write {at}{how}: {saved:?}"));
            return self.checks.after_save(&self.store);
        }
        node.settle();
        Ok(())
    }

    /// Settles what becomes of a message that is under way.
    fn answer_a_message(&mut self) -> Result<(), String> {
        let under_way = self.providers.under_way();
        if under_way.is_empty() {
            return Ok(());
        }
        let at = self.dice.roll(under_way.len());
        let becomes = match self.dice.roll(20) {
            0 => Becomes::TakenUnheard,
            1 => Becomes::LostUnheard,
            2 => Becomes::Failed(FailureReason::Unreachable),
            3 => Becomes::Failed(FailureReason::ProviderFault),
            4 if self.dice.in_100(30) => Becomes::Failed(FailureReason::Refused),
            _ => Becomes::Taken,
        };
        let node = under_way.get(at).map(|(node, _)| *node);
        self.answer(at, node, becomes)
    }

    pub(crate) fn answer(
        &mut self,
        at: usize,
        node: Option<usize>,
        becomes: Becomes,
    ) -> Result<(), String> {
        let now = self.time.now();
        let delivery = self.providers.settle(at, becomes, now);
        self.note(|| format!("{} is {becomes:?}", delivery.unwrap_or_default()));
        // A node that stands still hears of it when it runs again.
        let node = node.and_then(|number| self.nodes.get_mut(number)?.as_mut());
        if let Some(node) = node.filter(|node| node.paused_until.is_none()) {
            node.settle();
        }
        self.checks.after_send(&self.providers)
    }

    /// Time passes, mostly little; a message that nobody answered within its time is lost.
    fn pass_time(&mut self) {
        let us = match self.dice.roll(20) {
            0..12 => self.dice.seconds(1_000, 2_000_000),
            12..18 => self.dice.seconds(2_000_000, 20_000_000),
            _ => self.dice.seconds(20_000_000, 400_000_000),
        };
        self.pass(us);
    }

    pub(crate) fn pass(&mut self, us: i64) {
        self.time.pass(us);
        let late = self.time.now().plus_secs(-DEADLINE_S);
        loop {
            let under_way = self.providers.under_way();
            let found = under_way.iter().position(|(_, since)| *since <= late);
            let Some(at) = found else {
                return;
            };
            let becomes = if self.dice.in_100(50) {
                Becomes::TakenUnheard
            } else {
                Becomes::LostUnheard
            };
            let node = under_way.get(at).map(|(node, _)| *node);
            // What it breaks is found at the end of the step.
            drop(self.answer(at, node, becomes));
        }
    }

    fn disturb(&mut self) -> Result<(), String> {
        match self.dice.roll(10) {
            0..3 => self.die(),
            3..5 => self.revive(),
            5 | 6 => {
                self.stand_still();
                Ok(())
            }
            7 | 8 => {
                self.set_down(!self.is_down);
                Ok(())
            }
            _ => {
                let us = self.dice.seconds(-90_000_000, 90_000_000);
                if let Some(node) = self.some_node() {
                    node.clock.set_wrong_by(us);
                    let number = node.number;
                    self.note(|| format!("node {number}: its clock is wrong by {us} us"));
                }
                Ok(())
            }
        }
    }

    /// Takes the database out of reach, or brings it back.
    pub(crate) fn set_down(&mut self, is_down: bool) {
        self.is_down = is_down;
        self.note(|| format!("the database is down: {is_down}"));
        for node in self.nodes.iter_mut().flatten() {
            node.steps.set_down(is_down);
            if node.paused_until.is_none() {
                node.settle();
            }
        }
    }

    /// A process dies. What it had given to a provider may have arrived.
    pub(crate) fn die(&mut self) -> Result<(), String> {
        let alive: Vec<_> = self.nodes.iter().flatten().map(|n| n.number).collect();
        let Some(number) = self.dice.pick(&alive).copied() else {
            return Ok(());
        };
        let node = self.nodes.get_mut(number).and_then(Option::take);
        let Some(node) = node else {
            return Ok(());
        };
        self.report.deaths += 1;
        self.note(|| format!("node {number} dies"));
        for deed in node.unanswered() {
            self.again(deed);
        }
        while let Some(at) = self.providers.first_of(number) {
            let becomes = if self.dice.in_100(50) {
                Becomes::TakenUnheard
            } else {
                Becomes::LostUnheard
            };
            self.answer(at, None, becomes)?;
        }
        Ok(())
    }

    fn revive(&mut self) -> Result<(), String> {
        let dead: Vec<_> = (0..self.nodes.len())
            .filter(|number| self.nodes.get(*number).is_some_and(Option::is_none))
            .collect();
        match self.dice.pick(&dead).copied() {
            Some(number) if !self.is_down => {
                self.note(|| format!("node {number} starts"));
                let wrong_by_us = self.dice.seconds(-2_000_000, 2_000_000);
                self.start(number, wrong_by_us)?;
                self.checks.after_save(&self.store)
            }
            _ => Ok(()),
        }
    }

    /// A node stands still for a while: its process is stopped, or its host sleeps.
    fn stand_still(&mut self) {
        let until = self.time.now().plus_secs(self.dice.seconds(2, 40));
        let sleeps = self.dice.in_100(50);
        if let Some(node) = self.some_node() {
            let number = node.number;
            node.paused_until = Some(until);
            self.note(|| format!("node {number} stands still until {until}"));
            if sleeps {
                self.sleep(number, until);
            }
        }
    }

    /// A sleeping host's monotonic clock stands still, too.
    fn sleep(&mut self, number: usize, until: Timestamp) {
        let us = until.micros_since(self.time.now());
        if let Some(node) = self.nodes.get_mut(number).and_then(Option::as_mut) {
            node.clock.slept(us);
        }
    }

    /// No more faults: the database is there, every node runs, clocks go about right.
    fn heal(&mut self) -> Result<(), String> {
        self.note(|| "everything is mended".to_owned());
        self.is_down = false;
        for node in self.nodes.iter_mut().flatten() {
            node.steps.set_down(false);
            node.paused_until = None;
            node.clock.set_wrong_by(0);
            node.settle();
        }
        for number in 0..self.nodes.len() {
            if self.nodes.get(number).is_some_and(Option::is_none) {
                self.start(number, 0)?;
            }
        }
        self.look_around()
    }
}
