//! The way out: a channel sends one message to one address.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::bundle::{self, Pace};
use wb_core::incident::FailureReason;

use crate::catalogue;
use crate::message::Message;

/// A channel's settings by field name, with secret ones opened. Lives only as long as one send or
/// one check; never logged, never stored.
pub type OpenedSettings = BTreeMap<String, String>;

/// A way to send messages: e-mail, a webhook, a push service.
#[async_trait::async_trait]
pub trait Channel: Send + Sync {
    /// Its name, form fields and capabilities.
    fn descriptor(&self) -> &'static ChannelDescriptor;

    /// Checks settings when somebody saves them; sends nothing.
    ///
    /// # Errors
    /// Every field that cannot work, each with words on how to mend it.
    fn check(&self, settings: &OpenedSettings) -> Result<(), Vec<FieldError>>;

    /// Makes one attempt. Comes back within [`Channel::deadline`], does not retry by itself, and
    /// never puts a secret into the receipt or the failure.
    ///
    /// # Errors
    /// The closed reason, which decides what happens next, and what the provider said.
    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure>;

    /// How long one attempt may take; after it the outcome is unknown.
    fn deadline(&self) -> Duration;

    /// How many messages one person's contact method may be sent; what comes beyond that is put
    /// together. Endpoints know no pace.
    fn pace(&self) -> &'static Pace {
        &bundle::PACE
    }

    /// Whether this server has what it takes to send over it, such as a mail server. What goes over one
    /// that has not fails at once.
    fn is_set_up(&self) -> bool {
        true
    }

    /// How many providers stand behind it, at least 1. The first attempt of a delivery goes to the
    /// first one, the second to the next, and so on in turn ([`Message::attempt`] says which): when
    /// one refuses, fails or stays silent, the next is tried at once.
    fn providers(&self) -> u32 {
        1
    }
}

/// What a channel is called, what it asks for and what it can do. Its texts stand in the catalogue
/// under `channels.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelDescriptor {
    /// The name in configuration and API, such as `email`.
    pub name: &'static str,
    /// What a contact method or endpoint on this channel is asked for.
    pub fields: &'static [Field],
    /// What it can do.
    pub capabilities: Capabilities,
}

impl ChannelDescriptor {
    /// What people call it.
    #[must_use]
    pub fn label(&self) -> String {
        catalogue::text(&format!("channels.{}.label", self.name), &[])
    }

    /// What it does and needs, in a sentence or two.
    #[must_use]
    pub fn docs(&self) -> String {
        catalogue::text(&format!("channels.{}.docs", self.name), &[])
    }

    /// What people call a field.
    #[must_use]
    pub fn field_label(&self, field: &Field) -> String {
        catalogue::text(
            &format!("channels.{}.fields.{}.label", self.name, field.name),
            &[],
        )
    }

    /// What to put into a field.
    #[must_use]
    pub fn field_hint(&self, field: &Field) -> String {
        catalogue::text(
            &format!("channels.{}.fields.{}.hint", self.name, field.name),
            &[],
        )
    }

    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What is wrong with `settings` whatever the channel: required fields that are missing or
    /// blank, and fields the channel does not have.
    #[must_use]
    pub fn shape_errors(&self, settings: &OpenedSettings) -> Vec<FieldError> {
        let missing = self
            .fields
            .iter()
            .filter(|field| field.required)
            .filter(|field| {
                settings
                    .get(field.name)
                    .is_none_or(|value| value.trim().is_empty())
            })
            .map(|field| {
                let label = self.field_label(field);
                FieldError::new(field.name, "channels.errors.missing", &[("field", &label)])
            });
        let known: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        let unknown = settings
            .keys()
            .filter(|name| self.field(name).is_none())
            .map(|name| {
                let known = known.join(", ");
                FieldError::new(
                    name,
                    "channels.errors.unknown",
                    &[("name", name), ("known", &known)],
                )
            });
        missing.chain(unknown).collect()
    }
}

/// One thing a channel asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in configuration and API.
    pub name: &'static str,
    /// What kind of value it takes.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub required: bool,
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// An e-mail address.
    Email,
    /// An http or https address.
    Url,
    /// A secret: encrypted at rest, never shown again.
    Secret,
}

impl FieldKind {
    /// The word used in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Secret => "secret",
        }
    }
}

/// What a channel can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Usable as a person's contact method.
    pub person: bool,
    /// Usable as an endpoint that a policy's step pages.
    pub endpoint: bool,
    /// Messages about one incident appear together.
    pub can_thread: bool,
    /// Links in the message can be followed.
    pub links: bool,
    /// High urgency looks or sounds different from low.
    pub priority: bool,
}

/// A setting that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl FieldError {
    /// An error whose words are the catalogue's `key`.
    #[must_use]
    pub fn new(field: &str, key: &str, values: &[catalogue::Named<'_>]) -> Self {
        Self {
            field: field.to_owned(),
            message: catalogue::text(key, values),
        }
    }
}

/// A provider accepted a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the provider calls the message, if it says so.
    pub provider_id: Option<String>,
    /// What the provider said, in a line.
    pub detail: String,
}

/// An attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SendFailure {
    /// Decides between retry and giving up.
    pub reason: FailureReason,
    /// What happened, in a line, without secrets.
    pub detail: String,
    /// How long the provider asked us to wait.
    pub retry_after_s: Option<u32>,
}

impl SendFailure {
    /// A failure whose words are the catalogue's `key`.
    #[must_use]
    pub fn new(reason: FailureReason, key: &str, values: &[catalogue::Named<'_>]) -> Self {
        Self {
            reason,
            detail: catalogue::text(key, values),
            retry_after_s: None,
        }
    }
}

/// The channels of this instance, by name.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<&'static str, Arc<dyn Channel>>);

impl Channels {
    /// A registry of these channels; of two with one name the later one counts.
    #[must_use]
    pub fn new(channels: impl IntoIterator<Item = Arc<dyn Channel>>) -> Self {
        Self(
            channels
                .into_iter()
                .map(|channel| (channel.descriptor().name, channel))
                .collect(),
        )
    }

    /// The channel of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Channel>> {
        self.0.get(name)
    }

    /// Whether messages over the channel of a name can go out at all.
    #[must_use]
    pub fn is_set_up(&self, name: &str) -> bool {
        self.get(name).is_some_and(|channel| channel.is_set_up())
    }

    /// The channels themselves, by name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.0.values()
    }

    /// What there is, by name.
    pub fn descriptors(&self) -> impl Iterator<Item = &'static ChannelDescriptor> {
        self.0.values().map(|channel| channel.descriptor())
    }
}
