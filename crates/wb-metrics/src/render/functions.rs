//! The functions, by theme. Each is a descriptor and what it does.

pub(super) mod alias;
pub(super) mod combine;
pub(super) mod consolidate;
pub(super) mod constant;
pub(super) mod gaps;
pub(super) mod moving;
pub(super) mod rate;
pub(super) mod shift;
pub(super) mod summarize;
