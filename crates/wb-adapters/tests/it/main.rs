//! Tests of the adapters against real sockets.

mod net;
mod support;
