//! A small configuration and a driver that plays the shell: it keeps the state, folds nothing by
//! itself, and moves time by hand.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::config::{
    Condition, Config, ContactMethod, Endpoint, Object, PersonalRule, PersonalRules, Policy, Role,
    Service, Step, Target, Team, Timeouts, UrgencyRule, User,
};
use wb_core::decision::{Ctx, Decided, Effect};
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{
    DeliveryId, EndpointId, IncidentId, MethodId, PolicyId, ServiceId, TeamId, UserId,
};
use wb_core::incident::{
    AttemptReport, AttemptResult, Cause, Incident, IncidentDecision, IncidentError, IncidentFact,
    IncidentInput, OpenIncident, Situation, Turns, decide, open,
};
use wb_core::time::Timestamp;

pub(crate) const TEAM: TeamId = TeamId(Uuid::from_u128(1));
pub(crate) const AIKO: UserId = UserId(Uuid::from_u128(11));
pub(crate) const MARTA: UserId = UserId(Uuid::from_u128(12));
pub(crate) const NOBODY: UserId = UserId(Uuid::from_u128(13));
pub(crate) const HOOK: EndpointId = EndpointId(Uuid::from_u128(21));
pub(crate) const CHECKOUT: ServiceId = ServiceId(Uuid::from_u128(31));
pub(crate) const POLICY: PolicyId = PolicyId(Uuid::from_u128(41));

pub(crate) const START: i64 = 1_790_000_000;

fn method(id: u128, channel: &str) -> ContactMethod {
    ContactMethod {
        id: MethodId(Uuid::from_u128(id)),
        name: channel.to_owned(),
        channel: channel.to_owned(),
        settings: BTreeMap::new(),
        verified_at: None,
    }
}

fn user(name: &str, methods: Vec<ContactMethod>, high: Vec<PersonalRule>) -> User {
    User {
        name: name.to_owned(),
        email: format!("{name}@example.org"),
        zone: "UTC".to_owned(),
        role: None,
        teams: BTreeMap::from([(TEAM, Role::Member)]),
        active: true,
        methods,
        rules: PersonalRules {
            high,
            low: Vec::new(),
            ..PersonalRules::default()
        },
        paused_until: None,
        monthly_test: true,
    }
}

/// A configuration with a policy of these steps: Aiko has mail at once and a push after a minute,
/// Marta mail at once, Nobody no way to be reached.
pub(crate) fn config(steps: Vec<Step>, repeat: u32) -> Config {
    let mut config = Config::default();
    let rule = |after_s, id| PersonalRule {
        after_s,
        method: MethodId(Uuid::from_u128(id)),
    };
    let aiko = user(
        "aiko",
        vec![method(111, "email"), method(112, "ntfy")],
        vec![rule(0, 111), rule(60, 112)],
    );
    let marta = user("marta", vec![method(121, "email")], Vec::new());
    for object in [
        Object::Team(
            TEAM,
            Team {
                name: "Payments".into(),
                description: String::new(),
            },
        ),
        Object::User(AIKO, aiko),
        Object::User(MARTA, marta),
        Object::User(NOBODY, user("nobody", Vec::new(), Vec::new())),
        Object::Endpoint(
            HOOK,
            Endpoint {
                team: TEAM,
                name: "hook".into(),
                channel: "webhook".into(),
                settings: BTreeMap::new(),
            },
        ),
        Object::Policy(
            POLICY,
            Policy {
                team: TEAM,
                name: "p".into(),
                steps,
                repeat,
                low_urgency_hours: None,
                fallback: Vec::new(),
            },
        ),
        Object::Service(
            CHECKOUT,
            Service {
                team: TEAM,
                name: "checkout".into(),
                description: String::new(),
                urgency: UrgencyRule::BySeverity,
                policy: Some(POLICY),
                timeouts: Timeouts::default(),
            },
        ),
    ] {
        config.put(object, 1);
    }
    config
}

pub(crate) fn step(targets: &[Target], escalate_after_s: u32) -> Step {
    Step {
        targets: targets.to_vec(),
        escalate_after_s,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    }
}

/// One incident under test.
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) now_s: i64,
    pub(crate) incident: Incident,
    pub(crate) facts: Vec<Decided<IncidentFact>>,
    /// The outbox as the effects say it is: due times of what may still be claimed.
    pub(crate) outbox: BTreeMap<DeliveryId, Timestamp>,
    pub(crate) claimed: BTreeSet<DeliveryId>,
    /// How many providers stand behind each channel.
    pub(crate) providers: u32,
    /// Whose turn it is.
    pub(crate) turns: Turns,
    policy: Option<Policy>,
    inputs: u128,
}

impl World {
    pub(crate) fn open(config: Config, severity: Severity) -> Self {
        let new = OpenIncident {
            id: IncidentId(Uuid::from_u128(51)),
            service: CHECKOUT,
            team: TEAM,
            severity,
            urgency: Urgency::by_severity(severity),
            cause: Cause::Declared { via: Via::Web },
            title: "latency".into(),
            summary: String::new(),
        };
        let ctx = Ctx {
            now: at(0),
            input: Uuid::from_u128(1_000),
            config: &config,
        };
        let decision = open(new, Actor::User(MARTA), &Turns::default(), ctx).expect("an incident");
        let mut world = Self {
            now_s: 0,
            incident: decision.state.clone(),
            facts: Vec::new(),
            outbox: BTreeMap::new(),
            claimed: BTreeSet::new(),
            providers: 1,
            turns: Turns::default(),
            inputs: 1_000,
            policy: config.policies.get(&POLICY).map(|p| p.value.clone()),
            config,
        };
        world.keep(decision);
        world
    }

    fn keep(&mut self, decision: IncidentDecision) {
        self.turns.follow(&decision.effects);
        for effect in &decision.effects {
            match effect {
                Effect::Plan(plan) => drop(self.outbox.insert(plan.delivery, plan.due_at)),
                Effect::Cancel(ids) => {
                    for id in ids {
                        assert!(
                            !self.claimed.contains(id),
                            "a claimed delivery was cancelled"
                        );
                        self.outbox.remove(id);
                    }
                }
                Effect::TakeTurn { .. } => {}
                Effect::Restore(all) => self.outbox.extend(all.iter().copied()),
                Effect::Retry { delivery, due_at } => {
                    self.claimed.remove(delivery);
                    self.outbox.insert(*delivery, *due_at);
                }
                Effect::Finish { delivery } => {
                    self.claimed.remove(delivery);
                    self.outbox.remove(delivery);
                }
            }
        }
        self.facts.extend(decision.facts);
        self.incident = decision.state;
        assert_eq!(
            self.refold(),
            self.incident,
            "state is a cache of the facts"
        );
    }

    fn refold(&self) -> Incident {
        let (first, later) = self.facts.split_first().expect("a first fact");
        let mut state = Incident::open(first).expect("an opening fact");
        for fact in later {
            state.apply(fact);
        }
        state
    }

    pub(crate) fn input(&mut self, input: IncidentInput) -> Result<(), IncidentError> {
        self.input_by(Actor::User(MARTA), input)
    }

    pub(crate) fn input_by(
        &mut self,
        actor: Actor,
        input: IncidentInput,
    ) -> Result<(), IncidentError> {
        self.inputs += 1;
        // At the version the incident holds, whatever becomes of the policy itself.
        let policy = self.policy.clone();
        let decision = decide(
            &self.incident,
            input,
            Situation {
                policy: policy.as_ref(),
                under_way: &self.claimed,
                turns: &self.turns,
                actor,
            },
            Ctx {
                now: at(self.now_s),
                input: Uuid::from_u128(self.inputs),
                config: &self.config,
            },
        )?;
        self.keep(decision);
        Ok(())
    }

    /// Moves time to the incident's wake-up and ticks; false when it has none.
    pub(crate) fn wake(&mut self) -> bool {
        let Some(wake_at) = self.incident.wake_at() else {
            return false;
        };
        self.now_s = self.now_s.max(wake_at.as_secs() - START);
        self.input(IncidentInput::Tick).expect("a tick always fits");
        true
    }

    pub(crate) fn acknowledge(&mut self) -> Result<(), IncidentError> {
        self.input(IncidentInput::Acknowledge {
            via: Via::Web,
            from: String::new(),
        })
    }

    pub(crate) fn report(
        &mut self,
        delivery: DeliveryId,
        result: AttemptResult,
    ) -> Result<(), IncidentError> {
        let number = self
            .incident
            .delivery(delivery)
            .and_then(|(_, d)| d.attempts.last())
            .map_or(1, |attempt| attempt.number + 1);
        self.report_of(delivery, number, result)
    }

    pub(crate) fn report_of(
        &mut self,
        delivery: DeliveryId,
        number: u32,
        result: AttemptResult,
    ) -> Result<(), IncidentError> {
        self.input(IncidentInput::Attempt(AttemptReport {
            delivery,
            number,
            providers: self.providers,
            together: None,
            claimed_at: at(self.now_s),
            result,
            detail: String::new(),
            jitter_permille: 500,
        }))
    }

    /// Who was paged, in order, as `+seconds who channel,channel`.
    pub(crate) fn pages(&self) -> String {
        let name = |id: UserId| self.config.users[&id].value.name.clone();
        let mut lines: Vec<String> = Vec::new();
        for page in &self.incident.pages {
            let who = match page.recipient {
                wb_core::incident::Recipient::Person(user) => name(user),
                wb_core::incident::Recipient::Endpoint(_) => "hook".to_owned(),
            };
            let ways: Vec<_> = page
                .deliveries
                .iter()
                .map(|d| format!("{}+{}", d.channel, d.due_at.as_secs() - START))
                .collect();
            lines.push(format!(
                "+{} {who} {}",
                page.at.as_secs() - START,
                ways.join(" ")
            ));
        }
        lines.join("\n")
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_secs(START + seconds)
}
