//! Tests of the store against real engines.

mod contract;
mod ground;
mod only_postgres;
mod only_sqlite;
mod proxy;
mod rows;
