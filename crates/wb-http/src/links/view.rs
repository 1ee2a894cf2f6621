//! What the page behind a link shows: the incident as its recipient sees it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use wb_app::AppError;
use wb_app::links::{Link, LinkAction, trail};
use wb_core::config::{Config, Policy, Target};
use wb_core::ids::{IncidentId, UserId};
use wb_core::incident::{Answer, EscalationState, Incident, IncidentState, Recipient};
use wb_core::time::Timestamp;
use wb_ports::catalogue;

use super::clock;
use crate::api::refs::channel_label;
use crate::state::HttpState;

/// When the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The link was opened.
    Opened,
    /// The form did what the link says.
    Done,
    /// The form changed nothing: it was so already.
    Unchanged,
    /// The form took back what the link did.
    Undone,
}

/// An incident as the recipient of a link's message sees it.
pub(super) struct Situation {
    pub(super) link: Link,
    /// The incident that the link acts on: of one that was merged, to acknowledge, the one it goes on as.
    pub(super) incident: Incident,
    /// The incident the message was about, or the one it goes on as: whichever the link does not act on.
    pub(super) other: Option<Incident>,
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    /// Whom the message was for.
    pub(super) recipient: Recipient,
    config: Arc<Config>,
    policy: Option<Policy>,
}

/// Loads what a link's page shows.
pub(super) async fn load(state: &HttpState, link: &Link) -> Result<Situation, AppError> {
    let id = link.incident;
    let follows = link.action == LinkAction::Acknowledge;
    let (told, goes_on, policy) = state
        .app
        .store
        .read(move |tx| {
            let mut trail = trail(tx, id)?;
            let goes_on = (trail.len() > 1).then(|| trail.pop()).flatten();
            let told = trail.into_iter().next().ok_or(AppError::NotFound)?;
            let shown = goes_on.as_ref().filter(|_| follows).unwrap_or(&told);
            let policy = match shown.policy {
                Some(held) => wb_store::config::policy_at(tx, held)?,
                None => None,
            };
            Ok::<_, AppError>((told, goes_on, policy))
        })
        .await?;
    let (page, _) = told.delivery(link.delivery).ok_or(AppError::NotFound)?;
    let recipient = page.recipient;
    let (incident, other) = match goes_on {
        Some(goes_on) if follows => (goes_on, Some(told)),
        other => (told, other),
    };
    let config = state.app.config();
    let zone = match recipient {
        Recipient::Person(user) => config
            .users
            .get(&user)
            .map(|user| clock::zone(&user.value.zone)),
        Recipient::Endpoint(_) => None,
    };
    Ok(Situation {
        link: *link,
        incident,
        other,
        now: state.app.now(),
        zone: zone.unwrap_or(TimeZone::UTC),
        recipient,
        config,
        policy,
    })
}

impl Situation {
    /// The person the message was for.
    pub(super) const fn person(&self) -> Option<UserId> {
        match self.recipient {
            Recipient::Person(user) => Some(user),
            Recipient::Endpoint(_) => None,
        }
    }

    /// The incident where people work.
    pub(super) fn goes_on_as(&self) -> IncidentId {
        let merged = self.incident.merged.is_some();
        let other = self.other.as_ref().filter(|_| merged);
        other.map_or(self.incident.id, |other| other.id)
    }

    /// The name of the person or endpoint the message was for.
    pub(super) fn recipient_name(&self) -> String {
        self.name_of(self.recipient)
    }

    /// The service's name.
    pub(super) fn service_name(&self) -> String {
        self.config
            .services
            .get(&self.incident.service)
            .map_or_else(
                || self.incident.service.to_string(),
                |s| s.value.name.clone(),
            )
    }

    /// The name of whoever has it, if that is not the recipient.
    pub(super) fn other_owner(&self) -> Option<String> {
        let owner = self.incident.owner?;
        (Some(owner) != self.person()).then(|| self.name_of(Recipient::Person(owner)))
    }

    /// What the recipient answered to who asks for help; none when they did not, or were not asked.
    pub(super) fn answer(&self) -> Option<Answer> {
        self.incident.responder(self.person()?)?.answer
    }

    /// Whether this link's effect is in force and its recipient's to take back.
    pub(super) fn can_undo(&self) -> bool {
        match self.link.action {
            LinkAction::Acknowledge => {
                self.incident.state == IncidentState::Acknowledged
                    && self.incident.owner == self.person()
            }
            // A merged incident cannot be reopened: it goes on as another one.
            LinkAction::Resolve => {
                self.incident.state == IncidentState::Resolved && self.incident.merged.is_none()
            }
            LinkAction::Accept | LinkAction::Decline => false,
        }
    }

    /// What was stopped: what to whom, and when it would have gone out.
    pub(super) fn stopped(&self) -> Vec<(String, String)> {
        let mut rows: Vec<_> = self
            .incident
            .stopped
            .iter()
            .filter_map(|id| self.incident.delivery(*id))
            .map(|(page, delivery)| {
                let channel = channel_label(&delivery.channel);
                let name = self.name_of(page.recipient);
                let text = catalogue::text(
                    "link.stopped_delivery",
                    &[("channel", &channel), ("name", &name)],
                );
                (delivery.due_at, text)
            })
            .collect();
        if let EscalationState::Held { was_due: Some(at) } = self.incident.escalation.state {
            let step = self.incident.escalation.next_step.saturating_add(1);
            rows.push((at, catalogue::text("link.stopped_step", &[("step", &step)])));
        }
        rows.sort();
        rows.into_iter()
            .filter(|(at, _)| *at > self.now)
            .map(|(at, text)| (text, clock::clock(at, self.now, &self.zone)))
            .collect()
    }

    /// Who is paged next if nobody answers, and in how long.
    pub(super) fn next(&self) -> Option<(String, String)> {
        let EscalationState::Due(at) = self.incident.escalation.state else {
            return None;
        };
        let step = usize::try_from(self.incident.escalation.next_step).ok()?;
        let policy = self.policy.as_ref()?;
        let targets = match policy.steps.get(step) {
            Some(step) => &step.targets,
            None => &policy.fallback,
        };
        if targets.is_empty() {
            return None;
        }
        let names: Vec<_> = targets
            .iter()
            .map(|target| self.target_name(*target))
            .collect();
        Some((names.join(", "), clock::span(self.now, at)))
    }

    fn target_name(&self, target: Target) -> String {
        match target {
            Target::User(user) => self.name_of(Recipient::Person(user)),
            Target::Endpoint(endpoint) => self.name_of(Recipient::Endpoint(endpoint)),
            Target::Schedule(id) => {
                let name = self
                    .config
                    .schedules
                    .get(&id)
                    .map(|s| s.value.name.as_str());
                catalogue::text("link.on_call", &[("schedule", &name.unwrap_or_default())])
            }
            Target::Team(id) => {
                let name = self.config.teams.get(&id).map(|t| t.value.name.as_str());
                catalogue::text("link.team", &[("team", &name.unwrap_or_default())])
            }
            Target::Admins => catalogue::text("link.admins", &[]),
        }
    }

    fn name_of(&self, recipient: Recipient) -> String {
        match recipient {
            Recipient::Person(id) => self
                .config
                .users
                .get(&id)
                .map_or_else(|| id.to_string(), |user| user.value.name.clone()),
            Recipient::Endpoint(id) => self
                .config
                .endpoints
                .get(&id)
                .map_or_else(|| id.to_string(), |endpoint| endpoint.value.name.clone()),
        }
    }

    /// A clock time in the recipient's zone.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        clock::clock(at, self.now, &self.zone)
    }

    /// A clock time in the recipient's zone, with the zone's name.
    pub(super) fn clock_with_zone(&self, at: Timestamp) -> String {
        clock::clock_with_zone(at, self.now, &self.zone)
    }

    /// How long the incident has been open, or was.
    pub(super) fn age(&self) -> String {
        let until = self.incident.resolved_at.unwrap_or(self.now);
        clock::span(self.incident.opened_at, until)
    }
}
