//! The demo's outbox: what would have gone to phones and mailboxes, received over real sockets.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;
use wb_adapters::listen::smtp::{self, ReceivedMail};
use wb_app::App;
use wb_app::live::Hint;
use wb_http::demo::{Outbox, OutboxLink, OutboxMessage};
use wb_ports::Clock;

/// Messages kept; the oldest go first.
const KEPT: usize = 500;

/// Bytes of a message's body kept.
const BODY_BYTES_KEPT: usize = 64 * 1_024;

/// Where the sinks listen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    /// Mail.
    pub(crate) smtp: SocketAddr,
    /// Pushes and webhooks.
    pub(crate) http: SocketAddr,
}

/// Receives and keeps.
pub(crate) struct Sink {
    clock: Arc<dyn Clock>,
    messages: Mutex<VecDeque<OutboxMessage>>,
    app: OnceLock<Arc<App>>,
}

impl Sink {
    /// Opens both sinks on free ports of the loopback interface.
    pub(crate) async fn open(clock: Arc<dyn Clock>) -> io::Result<(Arc<Self>, Addresses)> {
        let mail = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addresses = Addresses {
            smtp: mail.local_addr()?,
            http: http.local_addr()?,
        };
        let sink = Arc::new(Self {
            clock,
            messages: Mutex::default(),
            app: OnceLock::new(),
        });
        let receiver = Arc::clone(&sink);
        tokio::spawn(smtp::serve(
            mail,
            Arc::new(move |mail| receiver.keep_mail(mail)),
        ));
        let router = Router::new()
            .route("/", post(take_push))
            .route("/hook/{name}", post(take_webhook))
            .with_state(Arc::clone(&sink));
        tokio::spawn(async move { axum::serve(http, router).await });
        Ok((sink, addresses))
    }

    /// The application whose links the messages carry.
    pub(crate) fn attach(&self, app: Arc<App>) {
        // Set once, right after the application started.
        drop(self.app.set(app));
    }

    fn keep_mail(&self, mail: ReceivedMail) {
        for to in mail.to {
            self.keep("email", to, mail.subject.clone(), mail.text.clone());
        }
    }

    fn keep(&self, channel: &str, to: String, subject: String, mut body: String) {
        let links = self.links(&body);
        body.truncate(body.floor_char_boundary(BODY_BYTES_KEPT));
        let message = OutboxMessage {
            at: self.clock.now(),
            channel: channel.to_owned(),
            to,
            subject,
            body,
            links,
        };
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
        drop(messages);
        if let Some(app) = self.app.get() {
            app.live.tell(Hint {
                kind: "outbox",
                id: String::new(),
                version: 0,
                team: None,
            });
        }
    }

    /// The signed links in a text; what they do is read from the links themselves.
    fn links(&self, text: &str) -> Vec<OutboxLink> {
        let Some(app) = self.app.get() else {
            return Vec::new();
        };
        let Some(base) = app.settings.public_url.as_deref() else {
            return Vec::new();
        };
        let prefix = format!("{base}/l/");
        let mut links: Vec<OutboxLink> = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || "\"<>()".contains(c)) {
            let Some(token) = word.strip_prefix(&prefix) else {
                continue;
            };
            let Ok(link) = app.read_link(token) else {
                continue;
            };
            let found = OutboxLink {
                rel: link.action.word().to_owned(),
                href: word.to_owned(),
            };
            if !links.contains(&found) {
                links.push(found);
            }
        }
        links
    }
}

impl Outbox for Sink {
    fn messages(&self) -> Vec<OutboxMessage> {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// A push in ntfy's JSON form.
async fn take_push(State(sink): State<Arc<Sink>>, body: Bytes) -> StatusCode {
    let Ok(push) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let text = |name: &str| push[name].as_str().unwrap_or_default().to_owned();
    let actions = push["actions"].as_array().into_iter().flatten();
    let addresses = actions.filter_map(|action| action["url"].as_str());
    let body = std::iter::once(text("message"))
        .chain(addresses.map(ToOwned::to_owned))
        .collect::<Vec<_>>()
        .join("\n");
    sink.keep("ntfy", text("topic"), text("title"), body);
    StatusCode::OK
}

async fn take_webhook(
    State(sink): State<Arc<Sink>>,
    Path(name): Path<String>,
    body: Bytes,
) -> StatusCode {
    let Ok(call) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let subject = call["data"]["summary"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let body = serde_json::to_string_pretty(&call).unwrap_or_default();
    sink.keep("webhook", name, subject, body);
    StatusCode::OK
}
