//! Tests of the adapters against real sockets.

mod channels;
mod email;
mod net;
mod support;
mod webhook;
