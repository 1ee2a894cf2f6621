//! The real program as a process: started, asked, interrupted, killed.

mod cli;
mod crash;
mod emergency;
mod nodes;
mod pagerduty;
mod serve;
mod setup;
mod support;
