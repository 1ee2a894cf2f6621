//! Tests of the adapters against real sockets.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod bundle;
mod carbon;
mod channels;
mod email;
mod events_v2;
mod inbound;
mod net;
mod support;
mod webhook;
