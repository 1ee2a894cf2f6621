//! How incidents look in the API.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use wb_core::config::{Config, Policy};
use wb_core::ids::IncidentId;
use wb_core::incident::{EscalationState, Incident, IncidentState};
use wb_store::graphs::Graph;

use super::graphs::SparkView;
use super::pages::PageView;
use super::record::RecordEntry;
use super::refs::{Names, PERSON, RecipientView, Ref};
use super::responders::ResponderView;
use crate::api::alerts::AlertView;
use crate::values::{Id, IncidentIdText, IncidentStateWord, SeverityWord, Time, UrgencyWord, Word};

/// An incident, as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentSummary {
    /// Its id.
    pub id: IncidentIdText,
    /// Its number, shown as INC-12.
    pub number: u64,
    /// Rises with each fact of its record.
    pub version: u64,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, in more words; may be empty.
    pub summary: String,
    /// The service it is about.
    pub service: Ref,
    /// The service's team when it opened.
    pub team: Ref,
    /// The worst severity so far.
    pub severity: SeverityWord,
    /// How loudly it is told.
    pub urgency: UrgencyWord,
    /// Where it stands.
    pub state: IncidentStateWord,
    /// Who has it.
    pub owner: Option<Ref>,
    /// When it opened.
    pub opened_at: Time,
    /// When it was last acknowledged.
    pub acknowledged_at: Option<Time>,
    /// When it was resolved.
    pub resolved_at: Option<Time>,
    /// Until when it is snoozed; null when it is not. It is acknowledged until then.
    pub snoozed_until: Option<Time>,
    /// When the acknowledgement no longer holds; null when it holds for good, or there is none.
    pub acknowledge_expires_at: Option<Time>,
    /// From when on it resolves by itself, once nobody is to be paged any more; null when it does not.
    pub auto_resolve_at: Option<Time>,
    /// The time of its last fact.
    pub updated_at: Time,
    /// How many alerts it has.
    pub alert_count: usize,
    /// How many of them still fire.
    pub open_alert_count: usize,
    /// Who was told last; null while nobody was.
    pub told: Option<ToldView>,
    /// Who is told next if nobody acknowledges.
    pub next: Option<NextStepView>,
    /// The newest points of the monitor that opened it; null for other incidents.
    pub spark: Option<SparkView>,
}

/// Who was told at one time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldView {
    /// When it was decided.
    pub at: Time,
    /// Who; the people first.
    pub recipients: Vec<RecipientView>,
}

/// The step that comes next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NextStepView {
    /// When.
    pub at: Time,
    /// Which step, counted from 1; one more than the policy has means its end.
    pub step: u32,
    /// Whom it pages, in words; at the policy's end whoever it names for that, if anybody.
    pub targets: Vec<String>,
}

/// An incident with everything about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentDetail {
    /// What lists show.
    #[serde(flatten)]
    pub incident: IncidentSummary,
    /// The escalation policy, at the version it had.
    pub policy: Option<PolicyAt>,
    /// How far the escalation has come: `off`, `due`, `held` or `exhausted`.
    #[schema(value_type = String)]
    pub escalation: &'static str,
    /// Who was, or is to be, told, and what became of each message.
    pub pages: Vec<PageView>,
    /// Who was asked to help, in the order of the last time they were.
    pub responders: Vec<ResponderView>,
    /// The incident it was merged into, with its alerts; it goes on there.
    pub merged_into: Option<IncidentRef>,
    /// The incidents that were merged into it.
    pub absorbed: Vec<IncidentRef>,
    /// Its alerts.
    pub alerts: Vec<AlertView>,
    /// What happened, in order.
    pub record: Vec<RecordEntry>,
}

/// Another incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentRef {
    /// Its id.
    pub id: IncidentIdText,
    /// Its number, shown as INC-12; null when it was deleted.
    pub number: Option<u64>,
}

impl IncidentRef {
    /// The view of an incident whose number is among these.
    #[must_use]
    pub fn new(id: IncidentId, numbers: &BTreeMap<IncidentId, u64>) -> Self {
        Self {
            id: Id(id),
            number: numbers.get(&id).copied(),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> String {
        self.number
            .map_or_else(|| self.id.0.to_string(), |number| format!("INC-{number}"))
    }
}

/// A policy at one version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyAt {
    /// Which.
    #[serde(flatten)]
    pub policy: Ref,
    /// Its version.
    pub version: u32,
}

impl IncidentSummary {
    /// The view of an incident. `policy` is the one it holds, at that version.
    #[must_use]
    pub fn new(
        incident: &Incident,
        number: u64,
        version: u64,
        policy: Option<&Policy>,
        config: &Config,
    ) -> Self {
        let names = Names(config);
        Self {
            id: Id(incident.id),
            number,
            version,
            title: incident.title.clone(),
            summary: incident.summary.clone(),
            service: names.service(incident.service),
            team: names.team(incident.team),
            severity: Word(incident.severity),
            urgency: Word(incident.urgency),
            state: Word(incident.state),
            owner: incident.owner.map(|user| names.user(user)),
            opened_at: Time(incident.opened_at),
            acknowledged_at: incident.acknowledged_at.map(Time),
            resolved_at: incident.resolved_at.map(Time),
            snoozed_until: incident.snooze.map(|snooze| Time(snooze.until)),
            acknowledge_expires_at: incident.acknowledge_expires_at.map(Time),
            auto_resolve_at: incident.auto_resolve_at.map(Time),
            updated_at: Time(incident.updated_at),
            alert_count: incident.alerts.len(),
            open_alert_count: incident.open_alerts(),
            told: told_last(incident, names),
            next: next_step(incident, policy, names),
            spark: None,
        }
    }

    /// The view with the points of the incident's monitor.
    #[must_use]
    pub fn with_spark(mut self, graph: Option<&Graph>) -> Self {
        self.spark = graph.map(SparkView::new);
        self
    }
}

/// The pages of the last step, or of the last time somebody gave it to somebody.
fn told_last(incident: &Incident, names: Names<'_>) -> Option<ToldView> {
    let at = incident.pages.last()?.at;
    let mut recipients: Vec<_> = incident
        .pages
        .iter()
        .filter(|page| page.at == at)
        .map(|page| names.recipient(page.recipient))
        .collect();
    recipients.sort_by_key(|one| one.kind != PERSON);
    Some(ToldView {
        at: Time(at),
        recipients,
    })
}

fn next_step(
    incident: &Incident,
    policy: Option<&Policy>,
    names: Names<'_>,
) -> Option<NextStepView> {
    // Other things may be due by time alone, but only this pages somebody.
    let (IncidentState::Triggered, EscalationState::Due(at)) =
        (incident.state, incident.escalation.state)
    else {
        return None;
    };
    let step = incident.escalation.next_step;
    let number = usize::try_from(step).unwrap_or(usize::MAX);
    let targets = policy.map_or(&[][..], |policy| match policy.steps.get(number) {
        Some(step) => &step.targets,
        None => &policy.fallback,
    });
    Some(NextStepView {
        at: Time(at),
        step: step.saturating_add(1),
        targets: targets.iter().map(|target| names.target(*target)).collect(),
    })
}

/// The word for how far the escalation has come.
#[must_use]
pub const fn escalation_word(state: EscalationState) -> &'static str {
    match state {
        EscalationState::Off => "off",
        EscalationState::Due(_) => "due",
        EscalationState::Held { .. } => "held",
        EscalationState::Exhausted => "exhausted",
    }
}
