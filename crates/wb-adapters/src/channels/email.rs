//! Mail over SMTP.

mod compose;
mod render;
mod settings;
mod transport;

use core::time::Duration;

use lettre::Address;
use wb_core::incident::FailureReason;
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Field, FieldError, FieldKind, Message,
    OpenedSettings, Receipt, SendFailure, catalogue,
};

use super::words::given;
use transport::Transport;

pub use settings::{Smtp, SmtpError};

const ADDRESS: Field = Field {
    name: "address",
    kind: FieldKind::Email,
    required: true,
};

static DESCRIPTOR: ChannelDescriptor = ChannelDescriptor {
    name: "email",
    fields: &[ADDRESS],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: true,
        links: true,
        priority: true,
    },
};

/// The e-mail channel.
pub struct Email {
    /// The servers, in the order in which they are tried.
    transports: Vec<Transport>,
    deadline: Duration,
}

impl Email {
    /// An e-mail channel over these servers, in the order in which they are tried; without any every
    /// send says what is missing.
    #[must_use]
    pub fn new(servers: impl IntoIterator<Item = Smtp>) -> Self {
        Self {
            transports: servers.into_iter().map(Transport::new).collect(),
            deadline: Duration::from_secs(30),
        }
    }

    /// The same with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// How a mail server was reached, with nothing sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// Whether the server took a user's name and password.
    pub signed_in: bool,
}

impl Smtp {
    /// Connects, starts TLS and signs in as for a mail, and sends none.
    ///
    /// # Errors
    /// What a mail would have failed with.
    pub async fn reach(self, deadline: Duration) -> Result<Reached, SendFailure> {
        let signed_in = self.credentials.is_some();
        let encrypted = Transport::new(self).probe(deadline).await?;
        Ok(Reached {
            encrypted,
            signed_in,
        })
    }

    /// The server, as `host:port`.
    #[must_use]
    pub fn server(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[async_trait::async_trait]
impl Channel for Email {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &DESCRIPTOR
    }

    fn check(&self, settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        let mut errors = DESCRIPTOR.shape_errors(settings);
        if given(settings, &ADDRESS).is_some_and(|address| address.parse::<Address>().is_err()) {
            errors.push(FieldError::new(ADDRESS.name, "channels.errors.email", &[]));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        let turn = message.attempt.saturating_sub(1) % self.providers();
        let Some(transport) = self.transports.get(turn as usize) else {
            let reason = FailureReason::Misconfigured;
            return Err(SendFailure::new(reason, "delivery.failed.smtp_absent", &[]));
        };
        let address = given(settings, &ADDRESS).unwrap_or_default();
        let mail = compose::mail(transport.from(), address, message)?;
        let sent = transport.deliver(&mail, message, self.deadline).await;
        if self.transports.len() < 2 {
            return sent;
        }
        // With several servers it has to be told which one it was.
        let by = |detail: &str| {
            let server = transport.server();
            catalogue::text(
                "delivery.by_provider",
                &[("provider", &server), ("detail", &detail)],
            )
        };
        sent.map(|receipt| Receipt {
            detail: by(&receipt.detail),
            ..receipt
        })
        .map_err(|failure| SendFailure {
            detail: by(&failure.detail),
            ..failure
        })
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }

    fn is_set_up(&self) -> bool {
        !self.transports.is_empty()
    }

    fn providers(&self) -> u32 {
        u32::try_from(self.transports.len().max(1)).unwrap_or(u32::MAX)
    }
}
