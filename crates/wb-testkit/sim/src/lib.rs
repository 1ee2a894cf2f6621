//! The simulator: months of bad nights in a minute, each of them the same whenever its seed is run again.
//!
//! Everything that decides, stores and sends is the program's own: [`wb_app::App`] with its use cases and workers over
//! the real store on SQLite in memory. Played are time, randomness, people, providers and faults: a process that dies
//! between any two of its steps, replies that get lost or come late, providers that refuse or are silent, a database
//! that cannot be reached, clocks that jump, nodes that stand still, events that come twice or in the wrong order.
//!
//! One step at a time: a step is one transaction (or half of one), one message that a provider takes, one tick of one
//! worker, one person's deed. After each step the invariants are checked ([`Failure`] says which one broke), at the end
//! everything has to come to rest and the whole record to be true ([`rest`]).
//!
//! Two modes ([`Mode`]): one node, whose transactions are whole as on SQLite; and several nodes, whose transactions
//! fall into two halves, loading and saving, between which the others may commit, as on PostgreSQL.

mod check;
mod clock;
mod dice;
mod failure;
mod house;
mod node;
mod people;
mod play;
mod provider;
mod rest;
mod year;

pub use failure::Failure;
pub use play::{Mode, Options, Report, run};
pub use year::{PERSON_NIGHTS, Spread, Weather, Year, year};
