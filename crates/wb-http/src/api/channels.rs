//! The channels of this instance: what forms are built from.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_ports::Channel;

use crate::identity::Auth;
use crate::page::Page;
use crate::state::HttpState;

/// A way to send messages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelView {
    /// The name in configuration.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What people call it.
    pub label: String,
    /// What it does and needs.
    pub docs: String,
    /// What a contact method or endpoint on it is asked for.
    pub fields: Vec<FieldView>,
    /// Usable as a person's contact method.
    pub person: bool,
    /// Usable as an endpoint.
    pub endpoint: bool,
    /// Whether this server has what it takes to send over it; what goes over one that has not fails at
    /// once, and a personal rule for it never rings.
    pub set_up: bool,
}

/// One thing a channel asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// The name in the settings.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What people call it.
    pub label: String,
    /// What to put into it.
    pub hint: String,
    /// `text`, `email`, `url` or `secret`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Whether it must be given.
    pub required: bool,
}

impl ChannelView {
    fn new(channel: &dyn Channel) -> Self {
        let descriptor = channel.descriptor();
        let fields = descriptor.fields.iter().map(|field| FieldView {
            name: field.name,
            label: descriptor.field_label(field),
            hint: descriptor.field_hint(field),
            kind: field.kind.word(),
            required: field.required,
        });
        Self {
            name: descriptor.name,
            label: descriptor.label(),
            docs: descriptor.docs(),
            fields: fields.collect(),
            person: descriptor.capabilities.person,
            endpoint: descriptor.capabilities.endpoint,
            set_up: channel.is_set_up(),
        }
    }
}

/// Lists the channels.
#[utoipa::path(
    get, path = "/channels", tag = "channels", operation_id = "list_channels",
    responses((status = 200, body = Page<ChannelView>)),
)]
pub async fn list(State(state): State<HttpState>, _auth: Auth) -> Json<Page<ChannelView>> {
    let items = state
        .app
        .channels
        .all()
        .map(|channel| ChannelView::new(&**channel))
        .collect();
    Json(Page { items, next: None })
}
