//! The contacts of the boot configuration, told without the database.

use core::time::Duration;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, derive};
use wb_core::incident::IncidentState;
use wb_core::time::Timestamp;
use wb_ports::{
    Channels, Clock, Content, IncidentView, Links, Message, MessageRecipient, OpenedSettings,
    catalogue,
};

use super::Trouble;
use crate::boot::Emergency;

/// Attempts to tell one contact; with the pauses between them about five minutes.
const ATTEMPTS: u32 = 6;

/// The pause after the first attempt; doubles with each.
const PAUSE_FIRST: Duration = Duration::from_secs(10);

/// Who is told, and what is needed for it.
#[derive(Clone)]
pub(crate) struct Contacts {
    channels: Channels,
    clock: Arc<dyn Clock>,
    addresses: Vec<(&'static str, OpenedSettings)>,
    instance: String,
}

impl Contacts {
    /// The contacts of the boot configuration; `instance` is the address that tells this Watchbell
    /// from others.
    pub(crate) fn new(
        given: &Emergency,
        channels: Channels,
        clock: Arc<dyn Clock>,
        instance: String,
    ) -> Self {
        let mut addresses: Vec<(&'static str, OpenedSettings)> = Vec::new();
        for address in &given.email {
            addresses.push(("email", [("address".to_owned(), address.clone())].into()));
        }
        if let Some(url) = &given.webhook {
            let mut settings: OpenedSettings =
                [("url".to_owned(), url.expose_secret().to_owned())].into();
            if let Some(secret) = &given.webhook_secret {
                settings.insert("secret".to_owned(), secret.expose_secret().to_owned());
            }
            addresses.push(("webhook", settings));
        }
        Self {
            channels,
            clock,
            addresses,
            instance,
        }
    }

    /// Whether nobody would be told.
    pub(crate) fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }

    /// What is wrong with the addresses, for a start that refuses them.
    pub(crate) fn problems(&self) -> Vec<String> {
        let check = |(channel, settings): &(&'static str, OpenedSettings)| {
            self.channels
                .get(channel)
                .and_then(|found| found.check(settings).err())
        };
        let errors = self.addresses.iter().filter_map(check).flatten();
        errors
            .map(|error| format!("emergency: {}", error.message))
            .collect()
    }

    /// Tells everybody that the pager is broken.
    pub(crate) fn outage(&self, trouble: &Trouble, opened_at: Timestamp) {
        let title = match trouble {
            Trouble::Store(_) => catalogue::text("emergency.store", &[]),
            Trouble::Pager => catalogue::text("emergency.pager", &[]),
        };
        let detail = match trouble {
            Trouble::Store(error) => Some(error.clone()),
            Trouble::Pager => None,
        };
        self.tell(IncidentState::Triggered, title, detail, opened_at);
    }

    /// Tells everybody that sending is held, which nobody else would be told.
    pub(crate) fn held(&self, words: String, since: Timestamp) {
        let title = catalogue::text("emergency.held", &[]);
        self.tell(IncidentState::Triggered, title, Some(words), since);
    }

    /// Tells everybody that it works again.
    pub(crate) fn clear(&self, lasted: Duration, opened_at: Timestamp) {
        let title = catalogue::text("emergency.clear", &[("seconds", &lasted.as_secs())]);
        self.tell(IncidentState::Resolved, title, None, opened_at);
    }

    fn tell(
        &self,
        state: IncidentState,
        title: String,
        details: Option<String>,
        opened_at: Timestamp,
    ) {
        let view = self.view(state, title, details, opened_at);
        for (index, (channel, settings)) in self.addresses.iter().enumerate() {
            let message = self.message(&view, settings, index);
            let (this, channel, settings) = (self.clone(), *channel, settings.clone());
            tokio::spawn(async move { this.send(channel, &settings, message).await });
        }
    }

    /// The outage in the form of an incident, which every channel can render. It has the number 0,
    /// because without the database there are no numbers.
    fn view(
        &self,
        state: IncidentState,
        title: String,
        details: Option<String>,
        opened_at: Timestamp,
    ) -> IncidentView {
        let input = uuid::Uuid::nil();
        IncidentView {
            id: IncidentId(derive(opened_at, input, "emergency", 0)),
            number: 0,
            summary: catalogue::text("emergency.summary", &[("instance", &self.instance)]),
            title,
            service: catalogue::text("emergency.service", &[]),
            severity: Severity::Critical,
            urgency: Urgency::High,
            state,
            opened_at,
            source: Some(self.instance.clone()),
            details,
            links: Vec::new(),
            images: Vec::new(),
            dedup_keys: vec!["watchbell.emergency".to_owned()],
        }
    }

    fn message(&self, view: &IncidentView, settings: &OpenedSettings, index: usize) -> Message {
        let name = settings.get("address").cloned();
        Message {
            content: Content::Page {
                incident: Box::new(view.clone()),
                step: None,
                why: catalogue::text("emergency.why", &[]),
            },
            recipient: MessageRecipient {
                name: name.unwrap_or_else(|| catalogue::text("emergency.contact", &[])),
                zone: "UTC".to_owned(),
            },
            links: Links::default(),
            delivery_id: format!("{}.{}.{index}", view.id, view.state.word()),
            thread: view.id.to_string(),
            attempt: 1,
            possible_duplicate: false,
            sent_at: self.clock.now(),
        }
    }

    async fn send(&self, channel: &str, settings: &OpenedSettings, mut message: Message) {
        let Some(found) = self.channels.get(channel) else {
            return;
        };
        let mut pause = PAUSE_FIRST;
        for attempt in 1..=ATTEMPTS {
            message.attempt = attempt;
            message.sent_at = self.clock.now();
            match found.send(settings, &message).await {
                Ok(receipt) => {
                    tracing::info!(channel, detail = %receipt.detail, "emergency contact told");
                    return;
                }
                Err(error) => {
                    tracing::error!(channel, attempt, %error, "emergency contact not told: {error}");
                }
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
    }
}
