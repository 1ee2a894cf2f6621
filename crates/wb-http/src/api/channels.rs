//! The channels of this instance: what forms are built from.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_ports::ChannelDescriptor;

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
    fn new(descriptor: &ChannelDescriptor) -> Self {
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
        .descriptors()
        .map(ChannelView::new)
        .collect();
    Json(Page { items, next: None })
}
