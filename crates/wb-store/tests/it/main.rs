//! Tests of the store against real engines.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod only_postgres;
#[cfg(test)]
mod only_sqlite;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod rows;
