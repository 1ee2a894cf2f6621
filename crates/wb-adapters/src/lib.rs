//! The outside world: one folder for each channel and each inbound dialect, and [`net`], the one
//! guarded client for outbound HTTP.
//!
//! A new channel is one folder under `channels/` and one line in [`channels::all`]; a new dialect
//! one folder under `inbound/` and one line in [`inbound::all`]. Nothing else changes: forms, docs
//! and validation come from the channel's descriptor, and tests and fuzzing go over the registries.

pub mod channels;
pub mod inbound;
pub mod listen;
pub mod net;
