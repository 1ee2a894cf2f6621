//! The real program as a process: started, asked, interrupted, killed.

mod cli;
mod crash;
mod declare;
mod demo;
mod emergency;
mod nodes;
mod pagerduty;
mod serve;
mod setup;
mod support;
