//! The metric store, on real files.

mod basics;
mod find;
mod growth;
mod kill;
mod model;
mod rules;
mod support;
