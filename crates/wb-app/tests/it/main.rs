//! Use cases against real stores.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod access;
mod configure;
mod declare;
mod fixture;
mod merge;
mod monitors;
mod race;
mod rights;
mod story;
mod us;
mod watching;
mod world;
mod waiting;
