//! Claiming, and what of it goes out alone, together, or a little later.
//!
//! The claim takes what is due. Of what goes to people the deciders of [`wb_core::bundle`] then say
//! how it goes out, in the same transaction and under the lock of the method's row, so that two
//! nodes keep to one pace. What is held back is let go in it too: its row waits like any other, and an
//! acknowledgement cancels it. Endpoints are not looked at, and cost nothing more.
//!
//! That a delivery waits is written into its incident's record right after, in a transaction of its
//! own: here, under the locks of many deliveries, it would wait in a circle with the commands that
//! lock an incident first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;
use wb_core::actor::Actor;
use wb_core::bundle::{self, Bundle, Candidate, HeldBack, Pace, Plan, Sent};
use wb_core::config::Config;
use wb_core::decision::Ctx;
use wb_core::event::Urgency;
use wb_core::ids::{BundleId, DeliveryId, IncidentId, MethodId, NodeId, ServiceId, TeamId, derive};
use wb_core::incident::{self, IncidentInput};
use wb_core::limits;
use wb_core::time::Timestamp;
use wb_store::bundles;
use wb_store::db::{Lane, Tx};
use wb_store::outbox::{self, Claimed};
use wb_store::save::{InputBody, Save};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::incidents::{Deps, LoadedIncident};

/// One message that is to be sent, with the claims it carries: one, or several of one method.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) message: BundleId,
    pub(super) claims: Vec<Claimed>,
}

/// What a claim took.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) batches: Vec<Batch>,
    /// What waits, by incident.
    held: BTreeMap<IncidentId, Vec<(DeliveryId, HeldBack)>>,
    /// How many rows were due.
    pub(super) due: usize,
}

/// Everything a claim is made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claiming {
    pub(super) node: NodeId,
    pub(super) now: Timestamp,
    pub(super) deadline: Timestamp,
    pub(super) limit: u32,
    /// What the ids of the messages are derived from.
    pub(super) seed: Uuid,
}

/// The pace of each channel that has one of its own.
pub(super) type Paces = BTreeMap<&'static str, &'static Pace>;

impl App {
    /// Claims what is due. Where the messages cannot be put together, each goes out alone: a page
    /// too many is better than none.
    pub(super) async fn take(self: &Arc<Self>, claiming: Claiming) -> Result<Taken, AppError> {
        let paces: Paces = self
            .channels
            .all()
            .map(|channel| (channel.descriptor().name, channel.pace()))
            .collect();
        let gathered = self
            .store
            .write(Lane::People, move |tx| gather(tx, claiming, &paces))
            .await;
        let taken = match gathered {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "messages could not be put together: {error}");
                self.store
                    .write(Lane::People, move |tx| each_alone(tx, claiming))
                    .await?
            }
        };
        for (incident, holds) in taken.held.clone() {
            let app = Arc::clone(self);
            self.sends.spawn(async move {
                if let Err(error) = app.note_held(incident, holds).await {
                    tracing::warn!(%incident, %error, "that deliveries wait could not be noted: {error}");
                }
            });
        }
        Ok(taken)
    }

    /// Tells an incident which of its deliveries wait.
    async fn note_held(
        &self,
        id: IncidentId,
        holds: Vec<(DeliveryId, HeldBack)>,
    ) -> Result<(), AppError> {
        let deps = self.deps();
        let changed = self
            .decide(Lane::People, move |tx, config| {
                note(tx, config, &deps, id, holds.clone())
            })
            .await?;
        if let Some((version, team)) = changed {
            self.incident_changed(id, version, team);
        }
        Ok(())
    }

    /// A message that did not go out counts no more in the pace of its method.
    pub(super) async fn take_back(&self, method: MethodId, message: BundleId) {
        let now = self.now();
        let done = self
            .store
            .write(Lane::People, move |tx| {
                Ok::<_, AppError>(bundles::take_back(tx, method, message, now)?)
            })
            .await;
        if let Err(error) = done {
            tracing::warn!(%message, %error, "a message could not be taken back: {error}");
        }
    }
}

fn each_alone(tx: &mut Tx<'_>, claiming: Claiming) -> Result<Taken, AppError> {
    let claimed = claim(tx, claiming)?;
    let due = claimed.len();
    let mut ids = Ids::new(claiming);
    let batches = claimed.into_iter().map(|claim| ids.batch(vec![claim]));
    Ok(Taken {
        batches: batches.collect(),
        held: BTreeMap::new(),
        due,
    })
}

fn claim(tx: &mut Tx<'_>, claiming: Claiming) -> Result<Vec<Claimed>, AppError> {
    let Claiming {
        node,
        now,
        deadline,
        limit,
        ..
    } = claiming;
    if wb_store::meta::sending_held(tx)? {
        return Ok(Vec::new());
    }
    Ok(outbox::claim(tx, node, now, limit, deadline)?)
}

/// Claims, and puts together what goes to people.
fn gather(tx: &mut Tx<'_>, claiming: Claiming, paces: &Paces) -> Result<Taken, AppError> {
    let claimed = claim(tx, claiming)?;
    let mut ids = Ids::new(claiming);
    let mut taken = Taken {
        due: claimed.len(),
        ..Taken::default()
    };
    let mut by_method: BTreeMap<MethodId, Vec<Claimed>> = BTreeMap::new();
    for claim in claimed {
        match claim.method {
            Some(method) if !claim.is_asked => by_method.entry(method).or_default().push(claim),
            _ => taken.batches.push(ids.batch(vec![claim])),
        }
    }
    if by_method.is_empty() {
        return Ok(taken);
    }
    let mut work = Work::load(tx, claiming, &by_method)?;
    for (method, claims) in by_method {
        work.decide(method, claims, paces, &mut ids, &mut taken);
    }
    work.save(tx)?;
    // The longest due first, whoever it goes to.
    taken
        .batches
        .sort_by_key(|batch| batch.claims.first().map(|claim| claim.due_at));
    Ok(taken)
}

/// The ids of the messages of one claim.
struct Ids {
    claiming: Claiming,
    made: u32,
}

impl Ids {
    const fn new(claiming: Claiming) -> Self {
        Self { claiming, made: 0 }
    }

    fn batch(&mut self, claims: Vec<Claimed>) -> Batch {
        let Claiming { now, seed, .. } = self.claiming;
        let message = BundleId(derive(now, seed, "message", self.made));
        self.made = self.made.saturating_add(1);
        Batch { message, claims }
    }
}

/// The decisions about the methods of one claim.
struct Work {
    claiming: Claiming,
    bundles: BTreeMap<MethodId, Bundle>,
    companions: BTreeMap<MethodId, Vec<Claimed>>,
    subjects: BTreeMap<IncidentId, (ServiceId, Urgency)>,
    /// Companions that go along.
    joining: Vec<DeliveryId>,
    held: Vec<(DeliveryId, Timestamp)>,
}

impl Work {
    fn load(
        tx: &mut Tx<'_>,
        claiming: Claiming,
        by_method: &BTreeMap<MethodId, Vec<Claimed>>,
    ) -> Result<Self, AppError> {
        let methods: BTreeSet<MethodId> = by_method.keys().copied().collect();
        let bundles = bundles::lock(tx, &methods, claiming.now)?;
        let limit = limits::DELIVERIES_PER_MESSAGE;
        let mut companions: BTreeMap<MethodId, Vec<Claimed>> = BTreeMap::new();
        for claim in outbox::companions(tx, &methods, claiming.now, limit)? {
            if let Some(method) = claim.method {
                companions.entry(method).or_default().push(claim);
            }
        }
        let all = by_method.values().chain(companions.values()).flatten();
        let subjects = bundles::subjects(tx, &all.map(|claim| claim.incident).collect())?;
        Ok(Self {
            claiming,
            bundles,
            companions,
            subjects,
            joining: Vec::new(),
            held: Vec::new(),
        })
    }

    /// Decides about one method. What is due over it and was not claimed is claimed too when it goes
    /// along now; else it stays as it is, due, for the next claim.
    fn decide(
        &mut self,
        method: MethodId,
        claims: Vec<Claimed>,
        paces: &Paces,
        ids: &mut Ids,
        taken: &mut Taken,
    ) {
        let now = self.claiming.now;
        let channel = claims.first().map(|claim| claim.channel.clone());
        let own = channel.and_then(|channel| paces.get(channel.as_str()).copied());
        let pace = own.unwrap_or(&bundle::PACE);
        let companions = self.companions.remove(&method).unwrap_or_default();
        let joined: BTreeSet<DeliveryId> = companions.iter().map(|claim| claim.delivery).collect();
        let mut rows: BTreeMap<DeliveryId, Claimed> = claims
            .into_iter()
            .chain(companions)
            .map(|claim| (claim.delivery, claim))
            .collect();
        let candidates: Vec<_> = rows
            .values()
            .filter_map(|row| self.candidate(row))
            .collect();
        let bundle = self.bundles.entry(method).or_default();
        bundle.prune(pace, now);
        let Plan { messages, held } = bundle::decide(bundle, pace, &candidates, now);
        for message in messages {
            let claims: Vec<_> = message.iter().filter_map(|id| rows.remove(id)).collect();
            let batch = ids.batch(claims.into_iter().map(|c| self.joins(c, &joined)).collect());
            let services = batch.claims.iter().filter_map(|claim| self.service(claim));
            let sent = Sent {
                id: batch.message,
                at: now,
                services: services.collect(),
            };
            self.bundles.entry(method).or_default().sent.push(sent);
            taken.batches.push(batch);
        }
        for (delivery, why) in held {
            let Some(row) = rows.remove(&delivery) else {
                continue;
            };
            if !joined.contains(&delivery) {
                self.held.push((delivery, why.until));
                let of_incident = taken.held.entry(row.incident).or_default();
                of_incident.push((delivery, why));
            }
        }
        // An incident that is not there has no service: its delivery ends by itself, with the reason.
        let left = rows
            .into_values()
            .filter(|row| !joined.contains(&row.delivery));
        taken
            .batches
            .extend(left.map(|claim| ids.batch(vec![claim])));
    }

    fn candidate(&self, row: &Claimed) -> Option<Candidate> {
        let (service, urgency) = *self.subjects.get(&row.incident)?;
        Some(Candidate {
            delivery: row.delivery,
            incident: row.incident,
            service,
            urgency,
            due_at: row.held_since.unwrap_or(row.due_at),
            held_until: row.held_since.map(|_| row.due_at),
        })
    }

    fn service(&self, claim: &Claimed) -> Option<ServiceId> {
        self.subjects
            .get(&claim.incident)
            .map(|(service, _)| *service)
    }

    /// A row that goes out now; one that was not claimed yet is claimed with the others.
    fn joins(&mut self, mut claim: Claimed, joined: &BTreeSet<DeliveryId>) -> Claimed {
        if joined.contains(&claim.delivery) {
            self.joining.push(claim.delivery);
            claim.claimed_at = self.claiming.now;
        }
        claim
    }

    fn save(self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        let Claiming {
            node,
            now,
            deadline,
            ..
        } = self.claiming;
        outbox::claim_these(tx, node, now, deadline, &self.joining)?;
        outbox::hold(tx, &self.held)?;
        Ok(bundles::save(tx, &self.bundles, now)?)
    }
}

/// Writes into an incident's record that deliveries wait.
fn note(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    id: IncidentId,
    holds: Vec<(DeliveryId, HeldBack)>,
) -> Result<Option<(u64, TeamId)>, AppError> {
    let Some(loaded) = LoadedIncident::load(tx, config, id)? else {
        return Ok(None);
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let input = IncidentInput::HoldBack(holds);
    let body = InputBody::Incident(input.clone());
    let situation = loaded.situation(Actor::System);
    let decision = incident::decide(&loaded.state, input, situation, ctx)?;
    if decision.facts.is_empty() {
        return Ok(None);
    }
    let mut save = Save::new(deps.salt_key);
    save.input(deps.row("hold_back", &Caller::system(), id, body, config));
    save.incident(Some(loaded.head), &decision)?;
    save.flush(tx)?;
    let version = loaded.head.seq + decision.facts.len() as u64;
    Ok(Some((version, loaded.state.team)))
}
