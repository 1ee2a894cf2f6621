//! Metrics: where samples are kept ([`store`]) and the Graphite functions over them ([`render`]).
//!
//! The store keeps an open head per series in memory, every batch in a write-ahead table, and
//! sealed chunks compressed in the background, in an SQLite file of its own. Render parses target
//! expressions and evaluates them over any [`wb_ports::MetricSource`].

pub mod render;
pub mod store;
