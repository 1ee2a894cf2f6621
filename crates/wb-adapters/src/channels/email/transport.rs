//! Connections to the mail server.
//!
//! The library's own pool takes a connection back even when a send was given up half way, and the
//! answer that then still comes would be read as the answer to the next mail. So this keeps its
//! own few idle connections: one goes back only after a send that ended well.

use core::error::Error;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpFailure;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::{Code, Severity};
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::{Message, Receipt, SendFailure, catalogue};

use super::settings::{Smtp, Tls};
use crate::channels::words;

/// Idle connections that are kept; more are closed.
const IDLE_CONNECTIONS: usize = 4;

/// Seconds an idle connection is kept; servers close them by themselves after some minutes.
const IDLE_S: i64 = 60;

/// How long a server gets to answer our goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// The way to one mail server.
pub(super) struct Transport {
    smtp: Smtp,
    idle: Mutex<Vec<(AsyncSmtpConnection, Timestamp)>>,
}

impl Transport {
    pub(super) fn new(smtp: Smtp) -> Self {
        Self {
            smtp,
            idle: Mutex::default(),
        }
    }

    /// Which server it leads to.
    pub(super) fn server(&self) -> String {
        self.smtp.server()
    }

    pub(super) const fn from(&self) -> &Mailbox {
        &self.smtp.from
    }

    /// Hands a mail to the server. Half of the deadline is for the connection, so that a server
    /// that cannot be reached is told apart from one that may have taken the mail.
    pub(super) async fn deliver(
        &self,
        mail: &lettre::Message,
        message: &Message,
        deadline: Duration,
    ) -> Result<Receipt, SendFailure> {
        let half = deadline / 2;
        let report = Report {
            smtp: &self.smtp,
            message: Some(message),
            seconds: deadline.as_secs(),
        };
        let connecting = tokio::time::timeout(half, self.connection(message.sent_at));
        let mut connection = match connecting.await {
            Ok(connected) => connected.map_err(|error| report.connecting(&error))?,
            Err(_) => return Err(report.slow_connect(half)),
        };
        let bytes = mail.formatted();
        let sending = tokio::time::timeout(half, connection.send(mail.envelope(), &bytes));
        let response = match sending.await {
            Ok(sent) => sent.map_err(|error| report.sending(&error))?,
            Err(_) => return Err(report.no_answer("delivery.failed.no_answer")),
        };
        self.keep(connection, message.sent_at);
        let words = report.words(&response.message().collect::<Vec<_>>().join(" "));
        let detail = catalogue::text("delivery.accepted.smtp", &[("words", &words)]);
        Ok(Receipt {
            provider_id: None,
            detail,
        })
    }

    /// Connects and signs in as for a mail, and leaves again; whether the connection was encrypted.
    pub(super) async fn probe(&self, deadline: Duration) -> Result<bool, SendFailure> {
        let report = Report {
            smtp: &self.smtp,
            message: None,
            seconds: deadline.as_secs(),
        };
        let connected = tokio::time::timeout(deadline, self.connect()).await;
        let mut connection = connected
            .map_err(|_| report.slow_connect(deadline))?
            .map_err(|error| report.connecting(&error))?;
        let encrypted = connection.is_encrypted();
        // The answer to our goodbye tells nothing.
        drop(tokio::time::timeout(GOODBYE, connection.quit()).await);
        Ok(encrypted)
    }

    async fn connection(&self, now: Timestamp) -> Result<AsyncSmtpConnection, Broken> {
        while let Some((mut connection, since)) = self.take() {
            if now.micros_since(since) < IDLE_S * 1_000_000 && connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Broken> {
        let Smtp {
            host,
            port,
            helo,
            tls,
            ..
        } = &self.smtp;
        let implicit = match tls {
            Tls::Implicit(parameters) => Some(parameters.clone()),
            _ => None,
        };
        // The caller's timeout covers the connection too.
        let address = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, None, helo, implicit, None)
                .await
                .map_err(Broken::Connecting)?;
        match tls {
            Tls::Required(_) if !connection.can_starttls() => return Err(Broken::NoTls),
            Tls::Required(parameters) | Tls::Offered(parameters) if connection.can_starttls() => {
                let done = connection.starttls(parameters.clone(), helo).await;
                done.map_err(Broken::Connecting)?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.smtp.credentials {
            let done = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            done.map_err(Broken::SigningIn)?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<(AsyncSmtpConnection, Timestamp)> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection, now: Timestamp) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| now.micros_since(*since) < IDLE_S * 1_000_000);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push((connection, now));
        }
    }
}

/// Where a connection failed.
enum Broken {
    Connecting(SmtpFailure),
    NoTls,
    SigningIn(SmtpFailure),
}

/// Turns what went wrong into words and a closed reason.
struct Report<'a> {
    smtp: &'a Smtp,
    /// None while only the way to the server is tried.
    message: Option<&'a Message>,
    seconds: u64,
}

impl Report<'_> {
    fn connecting(&self, broken: &Broken) -> SendFailure {
        match broken {
            Broken::NoTls => SendFailure::new(
                FailureReason::Misconfigured,
                "delivery.failed.smtp_no_tls",
                &[],
            ),
            Broken::SigningIn(error) if error.is_permanent() || error.is_client() => {
                let reason = FailureReason::Unauthorised;
                SendFailure::new(reason, "delivery.failed.smtp_credentials", &[])
            }
            Broken::Connecting(error) | Broken::SigningIn(error) => {
                self.reply(error).unwrap_or_else(|| {
                    let words = self.words_of(error);
                    let reason = FailureReason::Unreachable;
                    let key = "delivery.failed.smtp_unreachable";
                    SendFailure::new(reason, key, &[("words", &words)])
                })
            }
        }
    }

    fn slow_connect(&self, after: Duration) -> SendFailure {
        let seconds = after.as_secs();
        let key = "delivery.failed.smtp_slow_connect";
        SendFailure::new(FailureReason::Unreachable, key, &[("seconds", &seconds)])
    }

    fn sending(&self, error: &SmtpFailure) -> SendFailure {
        if error.is_client() {
            let words = self.words_of(error);
            let key = "delivery.failed.smtp_message";
            return SendFailure::new(FailureReason::Refused, key, &[("words", &words)]);
        }
        self.reply(error)
            .unwrap_or_else(|| self.no_answer("delivery.failed.broken_off"))
    }

    fn no_answer(&self, key: &str) -> SendFailure {
        SendFailure::new(FailureReason::NoAnswer, key, &[("seconds", &self.seconds)])
    }

    /// The failure that a reply of the server means; none if the error is no reply.
    fn reply(&self, error: &SmtpFailure) -> Option<SendFailure> {
        let words = self.words_of(error);
        let (reason, key) = meaning(error.status()?, &words);
        Some(SendFailure::new(reason, key, &[("words", &words)]))
    }

    /// The innermost words of an error, which for a reply are the server's own.
    fn words_of(&self, error: &SmtpFailure) -> String {
        let sources = core::iter::successors(error.source(), |error| (*error).source());
        self.words(&sources.last().map(ToString::to_string).unwrap_or_default())
    }

    fn words(&self, text: &str) -> String {
        let mut secrets = self.message.map(words::secrets_of).unwrap_or_default();
        secrets.extend(self.smtp.password.as_deref());
        words::first_words(text.as_bytes(), &secrets)
    }
}

/// The table: which reply means what. The enhanced status 4.7 is a policy that passes, such as too
/// many mails or greylisting.
fn meaning(code: Code, words: &str) -> (FailureReason, &'static str) {
    match (code.severity, u16::from(code)) {
        (_, 530 | 534 | 535 | 538) => (
            FailureReason::Unauthorised,
            "delivery.failed.smtp_credentials",
        ),
        (Severity::PermanentNegativeCompletion, _) => {
            (FailureReason::Refused, "delivery.failed.smtp_refused")
        }
        _ if words.starts_with("4.7.") => {
            (FailureReason::RateLimited, "delivery.failed.smtp_later")
        }
        _ => (FailureReason::ProviderFault, "delivery.failed.smtp_later"),
    }
}
