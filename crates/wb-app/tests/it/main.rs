//! Use cases against real stores.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod access;
mod bundles;
mod codes;
mod configure;
mod cover;
mod declare;
mod fixture;
mod helping;
mod measures;
mod merge;
mod monitors;
mod race;
mod rechecks;
mod restore;
mod rights;
mod rules;
mod story;
mod us;
mod waiting;
mod watching;
mod world;
