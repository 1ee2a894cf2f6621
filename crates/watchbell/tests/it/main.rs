//! The real program as a process: started, asked, interrupted, killed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod backup;
mod carbon;
mod cli;
mod crash;
mod declare;
mod demo;
mod doctor;
mod emergency;
mod nodes;
mod pagerduty;
mod relays;
mod serve;
mod setup;
mod storm;
mod support;
