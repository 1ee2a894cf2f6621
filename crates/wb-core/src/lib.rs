//! Watchbell's pure domain.
//!
//! Everything that happens is decided here, by functions over a snapshot, an input and a time, and
//! comes out as *facts* (what is now true), *effects* (what has to be carried out) and *commands*
//! to other aggregates. There is no I/O, no clock, no randomness and no serialisation in this crate:
//! time and input ids come in as parameters, ids are derived ([`ids::derive`]), and state changes
//! only by applying facts ([`alert::Alert::apply`], [`incident::Incident::apply`]). So the same
//! inputs give the same facts on either database, in the simulator and in a replay.
//!
//! The words are those of the glossary (`docs/glossary.md`).

pub mod actor;
pub mod affected;
pub mod alert;
pub mod bundle;
pub mod chain;
pub mod config;
pub mod decision;
pub mod event;
pub mod ids;
pub mod incident;
pub mod limits;
pub mod monitor;
pub mod number;
pub mod oncall;
pub mod planted;
pub mod recheck;
pub mod time;
pub mod trusted;

/// The version of the deciders: raised whenever the same input could give other facts than before.
/// Stored with every input, so that a replay knows whether it must be exact.
pub const DECIDER_VERSION: u32 = 2;
