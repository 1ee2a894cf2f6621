//! The demo's outbox, as the API shows it. Outside the demo there is no such thing.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::demo::OutboxMessage;
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::Time;

/// A message that went out in the demo.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboxItem {
    /// When it arrived.
    pub at: Time,
    /// By which channel.
    pub channel: String,
    /// To whom.
    pub to: String,
    /// Its subject or title.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// Where it leads.
    pub links: Vec<OutboxItemLink>,
}

/// A link in a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboxItemLink {
    /// `acknowledge` and `resolve`, or `accept` and `decline`.
    pub rel: String,
    /// The absolute address.
    pub href: String,
}

impl OutboxItem {
    fn new(message: OutboxMessage) -> Self {
        Self {
            at: Time(message.at),
            channel: message.channel,
            to: message.to,
            subject: message.subject,
            body: message.body,
            links: message
                .links
                .into_iter()
                .map(|link| OutboxItemLink {
                    rel: link.rel,
                    href: link.href,
                })
                .collect(),
        }
    }
}

/// Lists the messages that went out in the demo, oldest first.
#[utoipa::path(
    get, path = "/outbox", tag = "demo", operation_id = "list_outbox",
    responses((status = 200, body = Page<OutboxItem>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    _auth: Auth,
) -> Result<Json<Page<OutboxItem>>, Problem> {
    let outbox = state.demo.as_ref().ok_or_else(Problem::not_found)?;
    let items = outbox.messages().into_iter().map(OutboxItem::new).collect();
    Ok(Json(Page { items, next: None }))
}
