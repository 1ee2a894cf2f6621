//! The channels, one folder each.
//!
//! A new channel: its folder, a `mod` line, one line in [`all`], and its texts in the catalogue
//! under `channels.<name>`.

mod bundle;
pub mod email;
mod http_call;
pub mod ntfy;
pub mod webhook;
mod words;

use std::sync::Arc;

use wb_ports::{Channel, Channels};

use crate::net::HttpClient;

/// The channels of an instance. Without a mail server the e-mail channel is there all the same and
/// says, when used, what is missing.
#[must_use]
pub fn all(http: &HttpClient, smtp: Vec<email::Smtp>) -> Channels {
    let channels: [Arc<dyn Channel>; 3] = [
        Arc::new(email::Email::new(smtp)),
        Arc::new(ntfy::Ntfy::new(http.clone())),
        Arc::new(webhook::Webhook::new(http.clone())),
    ];
    Channels::new(channels)
}
