//! What comes from outside: senders that send again until they are answered, and people.

use std::sync::Arc;

use wb_app::configure::declare::Declared;
use wb_app::error::AppError;
use wb_app::incidents::{AskTarget, ReassignTarget};
use wb_app::ingest::RawSignal;
use wb_app::links::LinkAction;
use wb_app::{App, Caller};
use wb_core::config::Target;
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::{IncidentId, IntegrationId, UserId};
use wb_core::time::Timestamp;

use crate::dice::Dice;
use crate::provider::Taken;

const KEYS: usize = 6;

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// A monitoring system sends an event.
    Send {
        integration: IntegrationId,
        action: EventAction,
        key: String,
        severity: Severity,
    },
    /// Somebody who was told taps a link.
    Tap { token: String },
    /// Somebody works with the incident.
    Work { incident: IncidentId, how: How },
    /// Somebody applies another configuration.
    Apply(Box<Declared>),
}

/// What people do with an incident.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Acknowledge,
    Unacknowledge,
    Resolve,
    Reopen,
    Reassign(UserId),
    Snooze(Timestamp),
    Unsnooze,
    Escalate,
    Note,
    Ask(UserId),
    Merge(IncidentId),
}

impl Deed {
    pub(crate) fn event(integration: IntegrationId, dice: &mut Dice) -> Self {
        let action = match dice.roll(10) {
            0 => EventAction::Acknowledge,
            1 | 2 => EventAction::Resolve,
            _ => EventAction::Trigger,
        };
        Self::Send {
            integration,
            action,
            key: format!("key-{}", dice.roll(KEYS)),
            severity: dice
                .pick(&Severity::ALL)
                .copied()
                .unwrap_or(Severity::Major),
        }
    }

    pub(crate) fn work(
        known: &[IncidentId],
        people: &[UserId],
        now: Timestamp,
        dice: &mut Dice,
    ) -> Option<Self> {
        let incident = *dice.pick(known)?;
        let how = match dice.roll(32) {
            0..8 => How::Acknowledge,
            8..13 => How::Unacknowledge,
            13..15 => How::Resolve,
            15..17 => How::Reopen,
            17 => How::Reassign(*dice.pick(people)?),
            18 => How::Note,
            24 | 25 => How::Ask(*dice.pick(people)?),
            26..32 => How::Merge(*dice.pick(known).filter(|into| **into != incident)?),
            19 | 20 => How::Snooze(now.plus_secs(dice.seconds(1, 900))),
            21 => How::Unsnooze,
            _ => How::Escalate,
        };
        Some(Self::Work { incident, how })
    }

    /// Whether whoever does it does it again until it is answered.
    pub(crate) const fn is_insisted_on(&self) -> bool {
        matches!(self, Self::Send { .. })
    }

    pub(crate) async fn run(self, app: Arc<App>) -> Result<(), AppError> {
        match self {
            Self::Send {
                integration,
                action,
                key,
                severity,
            } => {
                let event = event(action, key, severity);
                let raw = RawSignal {
                    body: b"{}".to_vec(),
                    ..RawSignal::default()
                };
                app.ingest(integration, event, raw).await.map(drop)
            }
            Self::Tap { token } => tap(&app, &token).await,
            Self::Work { incident, how } => work(&app, incident, how).await,
            Self::Apply(declared) => {
                let plan = app.apply(&Caller::system(), &declared).await?;
                match plan.problems.first() {
                    Some(problem) => Err(AppError::Internal(format!("{problem:?}"))),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Taps one of the links of a message, or none, soon or late.
pub(crate) fn tap_something(taken: &Taken, dice: &mut Dice) -> Vec<(Timestamp, Deed)> {
    let links = &taken.message.links;
    let link = match dice.roll(10) {
        0..3 => &links.acknowledge,
        3 => &links.resolve,
        4 | 5 if links.accept.is_some() => &links.accept,
        6 if links.decline.is_some() => &links.decline,
        _ => &None,
    };
    let Some(token) = link.as_ref().and_then(|link| link.rsplit('/').next()) else {
        return Vec::new();
    };
    let at = taken.at.plus_secs(dice.seconds(2, 900));
    let token = token.to_owned();
    vec![(at, Deed::Tap { token })]
}

/// A page's link, as the form behind it does it.
async fn tap(app: &Arc<App>, token: &str) -> Result<(), AppError> {
    let Ok(link) = app.read_link(token) else {
        // It expired, by a clock that is wrong or by people who are late.
        return Ok(());
    };
    let caller = app.caller_of_link(&link, "phone".to_owned()).await?;
    match link.action {
        LinkAction::Acknowledge => app.acknowledge_by_link(&caller, &link).await.map(drop),
        LinkAction::Resolve => app.resolve(&caller, link.incident).await.map(drop),
        LinkAction::Accept => app
            .answer_request(&caller, link.incident, true)
            .await
            .map(drop),
        LinkAction::Decline => app
            .answer_request(&caller, link.incident, false)
            .await
            .map(drop),
    }
}

async fn work(app: &Arc<App>, incident: IncidentId, how: How) -> Result<(), AppError> {
    let caller = Caller::system();
    let done = match how {
        How::Acknowledge => app.acknowledge(&caller, incident).await,
        How::Unacknowledge => app.unacknowledge(&caller, incident).await,
        How::Resolve => app.resolve(&caller, incident).await,
        How::Reopen => app.reopen(&caller, incident).await,
        How::Reassign(to) => {
            let to = ReassignTarget::User(to);
            app.reassign(&caller, incident, to).await
        }
        How::Snooze(until) => app.snooze(&caller, incident, until).await,
        How::Unsnooze => app.unsnooze(&caller, incident).await,
        How::Escalate => app.escalate(&caller, incident, None).await,
        How::Ask(who) => {
            let targets = vec![AskTarget::Target(Target::User(who))];
            let message = "can you help?".to_owned();
            let asked = app.ask_responders(&caller, incident, targets, message, false);
            return asked.await.map(drop);
        }
        How::Merge(into) => {
            let merged = app.merge(&caller, incident, into, false);
            return merged.await.map(drop);
        }
        How::Note => {
            let note = app.note(&caller, incident, "hm".to_owned()).await;
            return note.map(drop);
        }
    };
    done.map(drop)
}

fn event(action: EventAction, dedup_key: String, severity: Severity) -> Event {
    Event {
        action,
        summary: format!("{dedup_key} is wrong"),
        dedup_key,
        severity,
        source: "simulator".to_owned(),
        component: None,
        group: None,
        class: None,
        occurred_at: Timestamp::EPOCH,
        details: None,
        links: Vec::new(),
        images: Vec::new(),
        client: None,
        client_url: None,
        notes: Vec::new(),
    }
}
