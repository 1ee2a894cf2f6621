//! Use cases against real stores.

mod access;
mod configure;
mod declare;
mod fixture;
mod story;
mod world;
