//! Stored forms of the event, the alert and its facts.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::alert::{Alert, AlertFact};
use wb_core::event::{Event, EventAction, EventImage, EventLink, EventNote, Severity, Urgency};
use wb_core::ids::{AlertId, IncidentId, IntegrationId, ServiceId, SignalId, TeamId};
use wb_core::time::Timestamp;

use super::common::{EventActionV1, Id, Iso, SeverityV1, UrgencyV1, mirrors};

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventLink", deny_unknown_fields)]
struct EventLinkV1 {
    href: String,
    text: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventImage", deny_unknown_fields)]
struct EventImageV1 {
    src: String,
    href: Option<String>,
    alt: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventNote", rename_all = "snake_case", deny_unknown_fields)]
enum EventNoteV1 {
    SummaryLong { characters: u32 },
    CharactersReplaced { count: u32 },
    TimestampUnreadable { given: String },
    UnknownFields { names: Vec<String> },
    LeftOut { field: String, why: String },
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Event", deny_unknown_fields)]
pub(super) struct EventV1 {
    #[serde_as(as = "EventActionV1")]
    action: EventAction,
    dedup_key: String,
    #[serde_as(as = "SeverityV1")]
    severity: Severity,
    summary: String,
    source: String,
    component: Option<String>,
    group: Option<String>,
    class: Option<String>,
    #[serde_as(as = "Iso")]
    occurred_at: Timestamp,
    details: Option<String>,
    #[serde_as(as = "Vec<EventLinkV1>")]
    links: Vec<EventLink>,
    #[serde_as(as = "Vec<EventImageV1>")]
    images: Vec<EventImage>,
    client: Option<String>,
    client_url: Option<String>,
    #[serde_as(as = "Vec<EventNoteV1>")]
    notes: Vec<EventNote>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Alert", deny_unknown_fields)]
pub(super) struct AlertV1 {
    #[serde_as(as = "Id")]
    id: AlertId,
    #[serde_as(as = "Id")]
    integration: IntegrationId,
    #[serde_as(as = "Id")]
    service: ServiceId,
    #[serde_as(as = "Id")]
    team: TeamId,
    #[serde_as(as = "Id")]
    incident: IncidentId,
    #[serde_as(as = "SeverityV1")]
    severity: Severity,
    #[serde_as(as = "UrgencyV1")]
    urgency: Urgency,
    #[serde_as(as = "Iso")]
    opened_at: Timestamp,
    #[serde_as(as = "Option<Iso>")]
    resolved_at: Option<Timestamp>,
    #[serde_as(as = "Iso")]
    updated_at: Timestamp,
    #[serde_as(as = "Id")]
    opened_by: SignalId,
    #[serde_as(as = "EventV1")]
    event: Event,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "AlertFact", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AlertFactV1 {
    Opened {
        #[serde_as(as = "Id")]
        alert: AlertId,
        #[serde_as(as = "Id")]
        integration: IntegrationId,
        #[serde_as(as = "Id")]
        service: ServiceId,
        #[serde_as(as = "Id")]
        team: TeamId,
        #[serde_as(as = "Id")]
        incident: IncidentId,
        #[serde_as(as = "SeverityV1")]
        severity: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
        #[serde_as(as = "Id")]
        signal: SignalId,
        #[serde_as(as = "Box<EventV1>")]
        event: Box<Event>,
    },
    SeverityRaised {
        #[serde_as(as = "SeverityV1")]
        to: Severity,
        #[serde_as(as = "UrgencyV1")]
        urgency: Urgency,
        #[serde_as(as = "Id")]
        signal: SignalId,
        count: u64,
    },
    Resolved {
        #[serde_as(as = "Option<Id>")]
        signal: Option<SignalId>,
        count: u64,
    },
    Moved {
        #[serde_as(as = "Id")]
        to: IncidentId,
        count: u64,
    },
}

mirrors! {
    EventLinkV1 => EventLink,
    EventImageV1 => EventImage,
    EventNoteV1 => EventNote,
    EventV1 => Event,
    AlertV1 => Alert,
    AlertFactV1 => AlertFact,
}
