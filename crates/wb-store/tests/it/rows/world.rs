//! A small configured world, and decisions in it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::alert::{self, Alert, AlertFact, AlertInput, Route};
use wb_core::config::{
    Condition, Config, ContactMethod, Integration, Object, PersonalRules, Policy, Role, Scope,
    Service, Step, Target, Team, Timeouts, UrgencyRule, User,
};
use wb_core::decision::{Ctx, Decision};
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::{
    AlertId, IncidentId, IntegrationId, MethodId, PolicyId, ServiceId, SignalId, TeamId, UserId,
};
use wb_core::incident::{
    self, Cause, Incident, IncidentFact, IncidentInput, OpenIncident, Situation, Turns,
};
use wb_core::time::Timestamp;
use wb_store::db::{Engine, Error, Tx};
use wb_store::save::{Loaded, Save, SignalRow};
use wb_store::{config, incidents, outbox};

use crate::ground::{Ground, Kind, Wish};

pub(crate) const SALT_KEY: [u8; 32] = [7; 32];
pub(crate) const TEAM: TeamId = TeamId(Uuid::from_u128(1));
pub(crate) const OTHER_TEAM: TeamId = TeamId(Uuid::from_u128(2));
pub(crate) const USER: UserId = UserId(Uuid::from_u128(3));
pub(crate) const SERVICE: ServiceId = ServiceId(Uuid::from_u128(4));
pub(crate) const POLICY: PolicyId = PolicyId(Uuid::from_u128(5));
pub(crate) const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(6));
pub(crate) const METHODS: [MethodId; 2] =
    [MethodId(Uuid::from_u128(7)), MethodId(Uuid::from_u128(8))];

/// Seconds after the world was made.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus_secs(seconds)
}

/// A store with a team, a person with two methods, a policy of two steps, a service and an
/// integration.
pub(crate) struct World {
    pub(crate) ground: Ground,
}

/// An open alert with its incident, as saved.
pub(crate) struct Opened {
    pub(crate) alert: AlertId,
    pub(crate) incident: IncidentId,
    pub(crate) signal: SignalId,
}

impl World {
    pub(crate) fn new(kind: Kind) -> Self {
        let world = Self {
            ground: Ground::new(kind, Wish::default()),
        };
        world.write(|tx| {
            for object in objects() {
                put(tx, &object, None, at(0));
            }
            Ok(())
        });
        world
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.ground.write(f).unwrap()
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.ground.read(f).unwrap()
    }

    pub(crate) fn engine(&self) -> Engine {
        self.ground.store.engine()
    }

    pub(crate) fn config(&self) -> Config {
        self.read(config::load_all)
    }

    /// Opens an alert and its incident by a signal; `n` makes its ids.
    pub(crate) fn open(&self, n: u8, key: &str, seconds: i64) -> Opened {
        let config = self.config();
        let key = key.to_owned();
        self.write(move |tx| open(tx, &config, n, &key, seconds))
    }

    /// Acknowledges an incident by its person.
    pub(crate) fn acknowledge(
        &self,
        id: IncidentId,
        seconds: i64,
    ) -> Decision<Incident, IncidentFact> {
        let input = IncidentInput::Acknowledge {
            via: Via::Web,
            from: "192.0.2.7 Firefox".to_owned(),
        };
        self.decide(id, input, Actor::User(USER), seconds)
    }

    /// Loads, decides and saves.
    pub(crate) fn decide(
        &self,
        id: IncidentId,
        input: IncidentInput,
        actor: Actor,
        seconds: i64,
    ) -> Decision<Incident, IncidentFact> {
        let config = self.config();
        self.write(move |tx| {
            let loaded = incidents::load(tx, id)?.unwrap();
            let decision = decide(tx, &config, &loaded, input.clone(), actor, seconds)?;
            let mut save = Save::new(SALT_KEY);
            save.incident(Some(loaded.head), &decision)?;
            save.flush(tx)?;
            Ok(decision)
        })
    }
}

pub(crate) fn decide(
    tx: &mut Tx<'_>,
    config: &Config,
    loaded: &Loaded<Incident>,
    input: IncidentInput,
    actor: Actor,
    seconds: i64,
) -> Result<Decision<Incident, IncidentFact>, Error> {
    let under_way: BTreeSet<_> = outbox::lock(tx, loaded.state.id)?
        .into_iter()
        .filter(|row| row.claimed_at.is_some())
        .map(|row| row.delivery)
        .collect();
    let policy = match loaded.state.policy {
        Some(held) => config::policy_at(tx, held)?,
        None => None,
    };
    let situation = Situation {
        policy: policy.as_ref(),
        under_way: &under_way,
        turns: &Turns::default(),
        actor,
    };
    let input_id = Uuid::from_u128(1_000 + seconds as u128);
    let ctx = Ctx {
        now: at(seconds),
        input: input_id,
        config,
    };
    Ok(incident::decide(&loaded.state, input, situation, ctx).unwrap())
}

/// The decisions that open an alert and its incident.
pub(crate) fn opening(
    config: &Config,
    n: u8,
    key: &str,
    seconds: i64,
) -> (Decision<Alert, AlertFact>, Decision<Incident, IncidentFact>) {
    let signal = SignalId(Uuid::from_u128(0xa000 + u128::from(n)));
    let ctx = Ctx {
        now: at(seconds),
        input: signal.0,
        config,
    };
    let event = event(key, seconds);
    let route = Route {
        integration: INTEGRATION,
        service: SERVICE,
        team: TEAM,
    };
    let input = AlertInput::Event {
        event: &event,
        signal,
        route,
        count: 1,
    };
    let alert = alert::decide(None, input, ctx).decision.unwrap();
    let new = OpenIncident {
        id: alert.state.incident,
        service: SERVICE,
        team: TEAM,
        severity: alert.state.severity,
        urgency: alert.state.urgency,
        cause: Cause::Alert {
            alert: alert.state.id,
            signal,
        },
        title: format!("{key} is on fire 100%"),
        summary: "Größe \\ unknown".to_owned(),
    };
    let incident =
        incident::open(new, Actor::Integration(INTEGRATION), &Turns::default(), ctx).unwrap();
    (alert, incident)
}

pub(crate) fn open(
    tx: &mut Tx<'_>,
    config: &Config,
    n: u8,
    key: &str,
    seconds: i64,
) -> Result<Opened, Error> {
    let (alert, incident) = opening(config, n, key, seconds);
    let opened = Opened {
        alert: alert.state.id,
        incident: incident.state.id,
        signal: alert.state.opened_by,
    };
    let mut save = Save::new(SALT_KEY);
    save.signal(signal(&opened, key, seconds, config.epoch));
    save.count(opened.alert, at(seconds));
    save.alert(None, &alert)?;
    save.incident(None, &incident)?;
    save.flush(tx)?;
    Ok(opened)
}

pub(crate) fn signal(opened: &Opened, key: &str, seconds: i64, config_epoch: i64) -> SignalRow {
    SignalRow {
        id: opened.signal,
        integration: INTEGRATION,
        at: at(seconds),
        body: b"{\"broken\":\"\\ud800\\u0000\"}".to_vec(),
        content_type: Some("application/json".to_owned()),
        remote: Some("192.0.2.1".to_owned()),
        action: "trigger",
        dedup_key: key.to_owned(),
        outcome: "opened",
        reason: None,
        alert: Some(opened.alert),
        incident: Some(opened.incident),
        config_epoch,
    }
}

pub(crate) fn event(key: &str, seconds: i64) -> Event {
    Event {
        action: EventAction::Trigger,
        dedup_key: key.to_owned(),
        severity: Severity::Critical,
        summary: format!("{key} is on fire"),
        source: "db-7".to_owned(),
        component: None,
        group: None,
        class: None,
        occurred_at: at(seconds),
        details: Some("{\"load\":\"0.97\"}".to_owned()),
        links: Vec::new(),
        images: Vec::new(),
        client: None,
        client_url: None,
        notes: Vec::new(),
    }
}

pub(crate) fn put(tx: &mut Tx<'_>, object: &Object, expected: Option<u32>, at: Timestamp) -> u32 {
    config::put(tx, object, expected, Actor::System, at, &SALT_KEY).unwrap()
}

pub(crate) fn policy() -> Policy {
    let step = |target| Step {
        targets: vec![target],
        escalate_after_s: 300,
        only: Condition::default(),
        needs_everyone: false,
        round_robin: false,
    };
    Policy {
        team: TEAM,
        name: "Databases".to_owned(),
        steps: vec![step(Target::User(USER)), step(Target::Team(TEAM))],
        repeat: 1,
        low_urgency_hours: None,
        fallback: Vec::new(),
    }
}

pub(crate) fn user(name: &str, email: &str) -> User {
    let method = |id| ContactMethod {
        id,
        name: "mail".to_owned(),
        channel: "email".to_owned(),
        settings: BTreeMap::new(),
        verified_at: None,
    };
    User {
        name: name.to_owned(),
        email: email.to_owned(),
        zone: "Pacific/Auckland".to_owned(),
        role: Some(Role::Admin),
        teams: BTreeMap::from([(TEAM, Role::Member)]),
        active: true,
        methods: METHODS.map(method).to_vec(),
        rules: PersonalRules::default(),
        paused_until: None,
        monthly_test: true,
    }
}

pub(crate) fn team(name: &str) -> Team {
    Team {
        name: name.to_owned(),
        description: String::new(),
    }
}

pub(crate) fn objects() -> Vec<Object> {
    vec![
        Object::Team(TEAM, team("Databases")),
        Object::Team(OTHER_TEAM, team("Networks")),
        Object::User(USER, user("Aroha", "Aroha@example.org")),
        Object::Policy(POLICY, policy()),
        Object::Service(
            SERVICE,
            Service {
                team: TEAM,
                name: "Orders database".to_owned(),
                description: String::new(),
                urgency: UrgencyRule::BySeverity,
                policy: Some(POLICY),
                timeouts: Timeouts::default(),
            },
        ),
        Object::Integration(
            INTEGRATION,
            Integration {
                service: SERVICE,
                name: "Prometheus".to_owned(),
                dialect: "events_v2".to_owned(),
                key_sealed: "sealed".to_owned(),
                key_hash: "ab12".to_owned(),
            },
        ),
    ]
}

/// A member of our team, and one of another.
pub(crate) fn member(team: TeamId) -> Scope {
    Scope::new(None, BTreeMap::from([(team, Role::Member)]))
}
