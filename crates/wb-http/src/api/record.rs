//! The record: the facts of an incident and its alerts as sentences, in order.

mod asked;
mod bundled;
mod climbed;
mod did;
mod waited;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use wb_app::monitors::words;
use wb_core::actor::{Actor, Via};
use wb_core::alert::AlertFact;
use wb_core::config::Config;
use wb_core::event::Urgency;
use wb_core::ids::{AlertId, DeliveryId, IncidentId, NoteId, PageId, UserId};
use wb_core::incident::{AttemptOutcome, Cause, Incident, IncidentFact, Note, NoteText};
use wb_core::monitor::{GroupFact, Recovery};
use wb_core::time::Timestamp;
use wb_ports::catalogue;
use wb_store::record::{Entry, EntryFact};

use super::incident_view::IncidentRef;
use super::pages;
use super::refs::{ActorView, Names, channel_label, shown, via_word};
use crate::values::{AlertIdText, DeliveryIdText, Id, NoteIdText, PageIdText, Time};
pub(super) use bundled::{held_text, together_text};
pub(super) use climbed::not_told_text;

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordEntry {
    /// Names it for ever, for links to it: its stream and its place there, such as `inc_.../12`.
    pub id: String,
    /// The stream its fact stands in: the incident's id, an alert's, or that of a monitor's group.
    pub stream: String,
    /// Its place in the stream, counted from 1.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// What kind of thing, as a stable word.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Who brought it about.
    pub actor: ActorView,
    /// By which way: `web`, `api`, `link`, `signal` or `system`.
    #[schema(value_type = Option<String>)]
    pub via: Option<&'static str>,
    /// What happened, in a sentence.
    pub text: String,
    /// Why, or what follows from it.
    pub why: Option<String>,
    /// What a person wrote, or a provider said.
    pub quote: Option<String>,
    /// Address and program of whoever did it.
    pub from: Option<String>,
    /// The page it is about.
    pub page: Option<PageIdText>,
    /// The delivery it is about.
    pub delivery: Option<DeliveryIdText>,
    /// The alert it is about.
    pub alert: Option<AlertIdText>,
    /// The incident it was merged with.
    pub other: Option<IncidentRef>,
    /// The note it is about.
    pub note: Option<NoteMark>,
    /// When the next step comes because of it.
    pub next_at: Option<Time>,
    /// Its text was erased; that it happened is still proved.
    pub erased: bool,
    /// The hash that chains it to the entry before, in hexadecimal.
    pub hash: String,
}

/// A note, as its entries show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteMark {
    /// Its id.
    pub id: NoteIdText,
    /// Rises with each edit; its ETag.
    pub version: u32,
    /// When it was last changed.
    pub edited_at: Option<Time>,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
    /// Until when who wrote it may change or delete it.
    pub editable_until: Time,
}

impl NoteMark {
    /// The mark of a note.
    #[must_use]
    pub fn new(note: &Note) -> Self {
        Self {
            id: Id(note.id),
            version: note.version,
            edited_at: note.edited_at.map(Time),
            deleted_at: note.deleted_at.map(Time),
            editable_until: Time(note.editable_until()),
        }
    }
}

/// Every kind an entry may have.
pub const KINDS: [&str; 39] = [
    "absorbed",
    "acknowledged",
    "acknowledgement_expired",
    "alert_opened",
    "alert_resolved",
    "attempted",
    "confirmed",
    "deferral_ended",
    "deferred",
    "dropped",
    "escalated",
    "escalation_exhausted",
    "escalation_hastened",
    "escalation_restarted",
    "fell_back",
    "held_back",
    "merged_into",
    "monitor_fired",
    "monitor_recovered",
    "monitor_silent",
    "note_deleted",
    "note_edited",
    "noted",
    "opened",
    "paged",
    "reassigned",
    "recalled",
    "reopened",
    "repeated",
    "resolved",
    "responder_answered",
    "responders_asked",
    "severity_raised",
    "snooze_ended",
    "snoozed",
    "step_executed",
    "step_skipped",
    "unacknowledged",
    "unsnoozed",
];

/// What sentences are made of.
pub struct Words<'a> {
    names: Names<'a>,
    incident: &'a Incident,
    background: &'a Background<'a>,
}

/// What one entry needs to know of the others.
pub struct Background<'a> {
    /// What each alert says.
    alerts: BTreeMap<AlertId, String>,
    /// The numbers of the incidents it was merged with.
    numbers: &'a BTreeMap<IncidentId, u64>,
    notes: BTreeMap<NoteId, KnownNote>,
}

/// A note as it is now.
struct KnownNote {
    note: Note,
    text: String,
}

impl<'a> Background<'a> {
    /// What a whole record tells; `numbers` are those of the incidents it was merged with.
    #[must_use]
    pub fn new(record: &[Entry], numbers: &'a BTreeMap<IncidentId, u64>) -> Self {
        let mut background = Self {
            alerts: BTreeMap::new(),
            numbers,
            notes: BTreeMap::new(),
        };
        for entry in record {
            match &entry.fact {
                EntryFact::Alert(AlertFact::Opened { alert, event, .. }) => {
                    background.alerts.insert(*alert, event.summary.clone());
                }
                EntryFact::Incident(fact) => background.note(entry, fact),
                EntryFact::Alert(_) | EntryFact::Group(_) | EntryFact::Object(_) => {}
            }
        }
        background
    }

    fn note(&mut self, entry: &Entry, fact: &IncidentFact) {
        if let Some(note) = Note::written(entry.at, entry.actor, fact) {
            let text = String::new();
            self.notes.insert(note.id, KnownNote { note, text });
        }
        if let IncidentFact::NoteEdited { note, .. } | IncidentFact::NoteDeleted { note, .. } = fact
            && let Some(known) = self.notes.get_mut(note)
        {
            known.note.apply(entry.at, fact);
        }
        if let Some(NoteText { note, text }) = NoteText::of(fact)
            && let Some(known) = self.notes.get_mut(&note)
        {
            text.clone_into(&mut known.text);
        }
    }
}

/// The words of one entry, before it is dressed up.
#[derive(Default)]
struct Said {
    kind: &'static str,
    via: Option<Via>,
    text: String,
    why: Option<String>,
    quote: Option<String>,
    from: Option<String>,
    page: Option<PageId>,
    delivery: Option<DeliveryId>,
    alert: Option<AlertId>,
    other: Option<IncidentRef>,
    note: Option<NoteMark>,
    next_at: Option<Timestamp>,
}

impl<'a> Words<'a> {
    /// The words for the facts of an incident.
    #[must_use]
    pub const fn new(
        config: &'a Config,
        incident: &'a Incident,
        background: &'a Background<'a>,
    ) -> Self {
        Self {
            names: Names(config),
            incident,
            background,
        }
    }

    /// The entry of a fact. What an alert's stream repeats of the incident's is left out.
    #[must_use]
    pub fn entry(&self, read: &Entry) -> Option<RecordEntry> {
        let said = match &read.fact {
            EntryFact::Incident(fact) => self.say(fact, read.actor),
            EntryFact::Alert(AlertFact::Opened {
                alert,
                event,
                signal,
                ..
            }) => Said {
                kind: "alert_opened",
                via: Some(Via::Signal(*signal)),
                text: catalogue::text("record.alert_opened", &[("alert", &event.summary)]),
                alert: Some(*alert),
                ..Said::default()
            },
            EntryFact::Group(fact) => self.judged(fact),
            EntryFact::Alert(_) | EntryFact::Object(_) => return None,
        };
        Some(RecordEntry {
            id: format!("{}/{}", read.stream, read.seq),
            stream: read.stream.clone(),
            seq: read.seq,
            at: Time(read.at),
            kind: said.kind,
            actor: self.names.actor(read.actor),
            via: said.via.map(via_word),
            text: said.text,
            why: said.why.filter(|text| !text.is_empty()),
            quote: said.quote.filter(|text| !text.is_empty()),
            from: said.from.filter(|text| !text.is_empty()),
            page: said.page.map(Id),
            delivery: said.delivery.map(Id),
            alert: said.alert.map(Id),
            other: said.other,
            note: said.note,
            next_at: said.next_at.map(Time),
            erased: read.erased,
            hash: read.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    fn say(&self, fact: &IncidentFact, actor: Actor) -> Said {
        let who = self.who(actor);
        match fact {
            IncidentFact::Opened { .. } => self.opened(fact, &who),
            IncidentFact::AlertResolved { alert } => Said {
                kind: "alert_resolved",
                text: self.with_alert("record.alert_resolved", *alert),
                alert: Some(*alert),
                ..Said::default()
            },
            IncidentFact::SeverityRaised { to, alert, .. } => Said {
                kind: "severity_raised",
                text: catalogue::text(
                    "record.severity_raised",
                    &[("level", &to.level()), ("word", to)],
                ),
                why: Some(self.with_alert("record.because_of_alert", *alert)),
                alert: Some(*alert),
                ..Said::default()
            },
            IncidentFact::StepExecuted { .. }
            | IncidentFact::StepSkipped { .. }
            | IncidentFact::Deferred { .. }
            | IncidentFact::DeferralEnded { .. }
            | IncidentFact::EscalationExhausted { .. }
            | IncidentFact::EscalationHastened { .. }
            | IncidentFact::EscalationRestarted { .. }
            | IncidentFact::FellBack { .. } => self.climbed(fact),
            IncidentFact::Paged { .. } => self.paged(fact),
            IncidentFact::Repeated { .. } => self.repeated(fact),
            IncidentFact::Recalled { owner, next_at } => self.recalled(*owner, *next_at),
            IncidentFact::Attempted { .. } => self.attempted(fact),
            IncidentFact::HeldBack { .. } => self.held_back(fact),
            _ => self.command(fact, &who),
        }
    }

    fn recalled(&self, owner: Option<UserId>, next_at: Option<Timestamp>) -> Said {
        let text = match owner {
            Some(user) => {
                let name = shown(&self.names.user(user));
                catalogue::text("record.recalled_owner", &[("name", &name)])
            }
            None => catalogue::text("record.recalled", &[]),
        };
        Said {
            kind: "recalled",
            text,
            why: next_at.map(|_| catalogue::text("record.recalled_why", &[])),
            next_at,
            ..Said::default()
        }
    }

    fn opened(&self, fact: &IncidentFact, who: &str) -> Said {
        let IncidentFact::Opened {
            service,
            severity,
            urgency,
            cause,
            policy,
            summary,
            ..
        } = fact
        else {
            return Said::default();
        };
        let service = shown(&self.names.service(*service));
        let level = severity.level();
        let values: [catalogue::Named<'_>; 4] = [
            ("who", &who),
            ("service", &service),
            ("level", &level),
            ("word", severity),
        ];
        let (text, alert, via) = match cause {
            Cause::Alert { alert, signal } => (
                catalogue::text("record.opened_by_alert", &values),
                Some(*alert),
                Via::Signal(*signal),
            ),
            Cause::Declared { via } => (
                catalogue::text("record.opened_by_hand", &values),
                None,
                *via,
            ),
        };
        let why = match (policy, urgency) {
            (Some(policy), _) => {
                let name = shown(&self.names.policy(policy.id));
                catalogue::text(
                    "record.policy_pages",
                    &[("policy", &name), ("version", &policy.version)],
                )
            }
            (None, Urgency::None) => catalogue::text("record.urgency_none", &[]),
            (None, _) => catalogue::text("record.no_policy", &[]),
        };
        Said {
            kind: "opened",
            via: Some(via),
            text,
            why: Some(why),
            quote: Some(summary.clone()),
            alert,
            ..Said::default()
        }
    }

    fn paged(&self, fact: &IncidentFact) -> Said {
        let IncidentFact::Paged {
            page,
            recipient,
            step,
            why,
            deliveries,
            not_told,
            ..
        } = fact
        else {
            return Said::default();
        };
        let name = self.recipient_name(*recipient);
        let mut channels: Vec<_> = deliveries
            .iter()
            .map(|delivery| channel_label(&delivery.channel))
            .collect();
        channels.dedup();
        let channels = channels.join(", ");
        let text = if deliveries.is_empty() {
            not_told_text(*not_told, &name)
        } else if deliveries.iter().all(|delivery| delivery.after_quiet_hours) {
            catalogue::text(
                "record.paged_later",
                &[("name", &name), ("channels", &channels)],
            )
        } else {
            catalogue::text("record.paged", &[("name", &name), ("channels", &channels)])
        };
        Said {
            kind: "paged",
            text,
            why: Some(pages::why(*why, *step, self.names)),
            page: Some(*page),
            ..Said::default()
        }
    }

    fn attempted(&self, fact: &IncidentFact) -> Said {
        let IncidentFact::Attempted {
            delivery,
            number,
            outcome,
            possible_duplicate,
            crossed,
            together,
            detail,
            ..
        } = fact
        else {
            return Said::default();
        };
        let found = self.incident.delivery(*delivery);
        let name = found
            .map(|(page, _)| self.recipient_name(page.recipient))
            .unwrap_or_default();
        let channel = found
            .map(|(_, d)| channel_label(&d.channel))
            .unwrap_or_default();
        let mut why = Vec::new();
        why.extend(together.map(|together| together_text(*outcome, together)));
        if *possible_duplicate {
            why.push(catalogue::text("record.possible_duplicate", &[]));
        }
        if *crossed {
            why.push(catalogue::text("record.crossed", &[]));
        }
        let became = pages::outcome_text(*outcome);
        Said {
            kind: "attempted",
            text: catalogue::text(
                "record.attempted",
                &[
                    ("channel", &channel),
                    ("name", &name),
                    ("number", number),
                    ("became", &became),
                ],
            ),
            why: Some(why.join(" ")),
            quote: Some(detail.clone()),
            page: found.map(|(page, _)| page.id),
            delivery: Some(*delivery),
            next_at: match outcome {
                AttemptOutcome::Retry { at, .. } => Some(*at),
                _ => None,
            },
            ..Said::default()
        }
    }

    /// What a monitor decided about one of its groups.
    fn judged(&self, fact: &GroupFact) -> Said {
        match fact {
            GroupFact::Fired {
                monitor,
                name,
                since_s,
                at_s,
                value,
                worst,
                side,
                threshold,
                ..
            } => Said {
                kind: "monitor_fired",
                via: Some(Via::System),
                text: catalogue::text(
                    "record.monitor_fired",
                    &[
                        ("monitor", &shown(&self.names.monitor(*monitor))),
                        ("series", name),
                    ],
                ),
                why: Some(catalogue::text(
                    "record.monitor_fired_why",
                    &[
                        ("side", &words::side(*side)),
                        ("threshold", &words::value(*threshold)),
                        ("span", &words::span(at_s.saturating_sub(*since_s))),
                        ("value", &words::value(*value)),
                        ("worst", &words::value(*worst)),
                    ],
                )),
                ..Said::default()
            },
            GroupFact::WentSilent { monitor, name, .. } => Said {
                kind: "monitor_silent",
                via: Some(Via::System),
                text: catalogue::text(
                    "record.monitor_silent",
                    &[
                        ("monitor", &shown(&self.names.monitor(*monitor))),
                        ("series", name),
                    ],
                ),
                ..Said::default()
            },
            GroupFact::Recovered { why, .. } => Said {
                kind: "monitor_recovered",
                via: Some(Via::System),
                text: recovered_text(*why),
                ..Said::default()
            },
        }
    }

    fn who(&self, actor: Actor) -> String {
        match actor {
            Actor::System => catalogue::text("record.who.system", &[]),
            Actor::Anonymous => catalogue::text("record.who.anonymous", &[]),
            Actor::User(id) => shown(&self.names.user(id)),
            Actor::Integration(id) => shown(&self.names.integration(id)),
        }
    }

    fn recipient_name(&self, recipient: wb_core::incident::Recipient) -> String {
        let view = self.names.recipient(recipient);
        view.name.unwrap_or(view.id)
    }

    fn with_alert(&self, key: &str, alert: AlertId) -> String {
        let summary = self
            .background
            .alerts
            .get(&alert)
            .cloned()
            .unwrap_or_else(|| alert.to_string());
        catalogue::text(key, &[("alert", &summary)])
    }
}

fn recovered_text(why: Recovery) -> String {
    match why {
        Recovery::Values { value, .. } => catalogue::text(
            "record.monitor_recovered",
            &[("value", &words::value(value))],
        ),
        Recovery::Points { .. } => catalogue::text("record.monitor_heard_again", &[]),
        Recovery::Silence => catalogue::text("record.monitor_silence_is_well", &[]),
        Recovery::Gone => catalogue::text("record.monitor_gone", &[]),
    }
}
