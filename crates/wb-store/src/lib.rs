//! Everything SQL: transactions on SQLite and PostgreSQL, row mapping, stored JSON, migrations.
//!
//! The bottom is [`db`]: it alone knows that there are two engines.

pub mod codec;
pub mod db;
